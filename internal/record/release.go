package record

import (
	"fmt"
	"time"
)

// rehearsedWithin is how many days before a release its way back may have been
// rehearsed last.
const rehearsedWithin = 180

// release is a change that goes out, to production or somewhere on the way there.
// Its date is when somebody looks at what came of it.
var release = Kind{
	Key: "release", One: "release", Many: "releases", Mark: "V",
	About:   "What goes out, where and when, who said so, how the gates stood then, and what came of it.",
	Title:   "What is released?",
	Example: "Refunds in the checkout",
	Text:    "What changes?",
	Due:     "Look at the actual impact by", DueIn: 14, Overdue: "has not been looked back on",
	Fields: []Field{
		{Key: "subject", Label: "What is it?", Type: Choice, Required: true, Choices: []Option{{"service", "Service"}, {"data", "Data set"}, {"model", "Model"}}},
		{Key: "version", Label: "Version", Type: Line, Required: true},
		{Key: "registry", Label: "Link to it in its registry", Type: Link},
		{Key: "environment", Label: "Where to", Type: Choice, Required: true, Choices: []Option{
			{"production", "Production"}, {"staging", "Staging"}, {"other", "Another environment"},
		}},
		{Key: "site", Label: "Which environment", Type: Environment, Sort: "environment", Help: "Such as Production, Frankfurt. A part of the name is enough."},
		{Key: "time", Label: "When", Type: Moment, Required: true, Help: "When it goes out or, once it is out, when it did."},
		{Key: "because", Label: "Why it is released", Type: Text, Required: true},
		{Key: "expected", Label: "Expected impact", Type: Text, Help: "What will be different, for whom, and how you will see it."},
		{Key: "commit", Label: "Commit", Type: Commit, Help: "7 to 64 hexadecimal digits."},
		{Key: "digest", Label: "Digest of what is deployed", Type: Digest, Help: "Such as of an image or a file: sha256: and 64 hexadecimal digits."},
		{Key: "ticket", Label: "Change ticket", Type: Link},
		{Key: "rollback", Label: "Link to how it is rolled back", Type: Link},
		{Key: "rehearsed", Label: "Rollback last rehearsed on", Type: Date},
		{Key: "authorised", Later: true, Label: "Authorised by", Type: Line},
		{Key: "actual", Later: true, Label: "Actual impact", Type: Text},
	},
	Columns: []FieldKey{"version", "environment", "time"},
	States: []State{
		{Key: "planned", Label: "Planned", Act: "Plan it again", From: []StateKey{"off"}, AtGate: true, KeepsGates: true, Why: "What has changed?"},
		{
			Key: "out", Label: "Out", Act: "It is out", From: []StateKey{"planned"}, AtGate: true, KeepsGates: true, Dated: true,
			Needs: []FieldKey{"time", "authorised"},
		},
		{Key: "back", Label: "Rolled back", Act: "It was rolled back", From: []StateKey{"out", "looked"}, AtGate: true, Why: "Why, and what did people notice?"},
		{Key: "looked", Label: "Looked back on", Act: "Look back on it", From: []StateKey{"out", "back"}, Closed: true, Needs: []FieldKey{"actual"}},
		{Key: "off", Label: "Called off", Act: "Call it off", From: []StateKey{"planned"}, Closed: true, Why: "Why does it not go out?"},
	},
	Check:      checkRelease,
	CheckAt:    checkReleaseAt,
	Warn:       warnOfRelease,
	NeedsGates: func(s StateKey, v Values) bool { return hasGoneOut(s) && v["environment"] == "production" },
}

func hasGoneOut(s StateKey) bool { return s != "planned" && s != "off" }

func checkRelease(v Values) []Problem {
	if out := v.moment("time"); !out.IsZero() && v.date("rehearsed").After(out) {
		return []Problem{{"rehearsed", "lies after the release"}}
	}
	return nil
}

func checkReleaseAt(s StateKey, v Values, at time.Time) []Problem {
	var out []Problem
	if hasGoneOut(s) && v.moment("time").After(at) {
		out = append(out, Problem{"time", "lies in the future; a release that is out has a time that has gone by"})
	}
	today, _ := time.Parse(time.DateOnly, at.Format(time.DateOnly)) // where the organisation is
	if v.date("rehearsed").After(today) {
		out = append(out, Problem{"rehearsed", "lies in the future; give the last rehearsal that was held"})
	}
	return out
}

// warnOfRelease speaks of the way back, which only production has to have.
func warnOfRelease(v Values) string {
	if v["environment"] != "production" {
		return ""
	}
	rehearsed, out := v.date("rehearsed"), v.moment("time")
	days := int(out.Sub(rehearsed) / (24 * time.Hour)) // both are of UTC, and a day begins the count
	switch {
	case rehearsed.IsZero():
		return "Rolling it back has not been rehearsed."
	case days > rehearsedWithin:
		return fmt.Sprintf("Rolling it back was last rehearsed on %s, %d days before the release; %d days is the most.", rehearsed.Format("2 Jan 2006"), days, rehearsedWithin)
	case v["rollback"] == "":
		return "It is not linked how to roll it back."
	}
	return ""
}
