package record

import "strconv"

// Objective is the kind of service level objectives, which are read and written in a
// form of their own, too.
const Objective Key = "objective"

// objective is a service level objective: what share of the time, or of the
// requests, is to be good over a window. What is left of the whole is the error
// budget.
var objective = Kind{
	Key: Objective, One: "objective", Many: "objectives", Mark: "S",
	About:   "What the service promises: which share has to be good over which window, and how it has done.",
	Title:   "What is promised?",
	Example: "Payments are confirmed within a second",
	Text:    "Why this much, and no more?",
	Item:    "The item that it concerns",
	Due:     "Look at it again by", DueIn: 90, Overdue: "has to be looked at again",
	Fields: []Field{
		{Key: "indicator", Label: "Indicator", Type: Line, Required: true, Help: "What counts as good, of what: such as requests answered without an error in under 300 ms, of all requests."},
		{Key: "objective", Label: "Objective, in percent", Type: Number, Required: true, Help: "Such as 99.5. What is left of 100 is the error budget."},
		{Key: "window", Label: "Over which window", Type: Choice, Required: true, Choices: []Option{
			{"1d", "1 day"}, {"7d", "7 days"}, {"14d", "14 days"}, {"28d", "28 days"}, {"30d", "30 days"}, {"90d", "90 days"}, {"365d", "365 days"},
		}},
		{Key: "method", Label: "How it is measured", Type: Text, Help: "Where the figures come from, and what is left out."},
		{Key: "source", Label: "Link to the figures", Type: Link},
		{Key: "spent", Label: "What happens when the error budget is used up", Type: Text, Help: "Such as: no release but repairs until it has recovered."},
	},
	Columns: []FieldKey{"window"},
	States: []State{
		{Key: "agreed", Label: "Agreed", Act: "Agree on it again", From: []StateKey{"retired"}, AtGate: true, Why: "What has changed?"},
		{Key: "retired", Label: "Retired", Act: "Retire it", From: []StateKey{"agreed"}, Closed: true, Why: "What is promised instead?"},
	},
	Check: checkObjective,
	Derived: func(v Values) []Fact {
		share, ok := v.number("objective")
		if !ok {
			return nil
		}
		days := WindowDays(v["window"])
		return []Fact{{"Error budget", (Whole - share).String() + "\u00a0%, which is " + OfTime(Whole-share, days) + " of " + about(float64(days), "day")}}
	},
	Reads: &Reads{
		Label:  "Share that was good over the window, in percent",
		Unit:   func(Values) string { return "%" },
		Target: func(v Values) (Decimal, bool, bool) { d, ok := v.number("objective"); return d, false, ok },
		Check: func(_ Values, d Decimal) string {
			if d < 0 || d > Whole {
				return "is a share in percent, and lies between 0 and 100"
			}
			return ""
		},
	},
}

func checkObjective(v Values) []Problem {
	if d, ok := v.number("objective"); ok && (d <= 0 || d >= Whole) {
		return []Problem{{"objective", "lies between 0 and 100; 100 would leave nothing for errors"}}
	}
	return nil
}

// Windows are the keys of the windows that an objective can have.
func Windows() []string {
	var out []string
	for _, o := range objective.Field("window").Choices {
		out = append(out, o.Key)
	}
	return out
}

// WindowDays is how long a window of an objective is.
func WindowDays(window string) int {
	if n := len(window); n > 1 && window[n-1] == 'd' {
		days, _ := strconv.Atoi(window[:n-1]) // 0 without one
		return days
	}
	return 0
}

// Promised is the share and the window in days that an objective promises; false
// where it does not say a share.
func Promised(v Values) (share Decimal, days int, ok bool) {
	share, ok = v.number("objective")
	return share, WindowDays(v["window"]), ok
}

// Indicator is what an objective counts as good.
func Indicator(v Values) string { return v["indicator"] }
