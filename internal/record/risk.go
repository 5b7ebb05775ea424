package record

import "strconv"

// Risk is the kind of risks.
const Risk Key = "risk"

// risk is something that could go wrong. Its score is likelihood times impact,
// 1 to 25: from 15 on it is high, from 8 on medium.
var risk = Kind{
	Key: Risk, One: "risk", Many: "risks", Mark: "R",
	About:   "What could go wrong, how likely and how bad it is, and what is done about it.",
	Title:   "What could happen?",
	Example: "The payment provider is down for an afternoon",
	Text:    "Why, and what would it do to whom?",
	Due:     "Look at it again by", DueIn: 90, Overdue: "has to be looked at again",
	Fields: []Field{
		{Key: "likelihood", Label: "Likelihood", Type: Choice, Required: true, Choices: []Option{
			{"1", "1: rare, once in many years"}, {"2", "2: unlikely, once in some years"}, {"3", "3: possible, once a year"},
			{"4", "4: likely, several times a year"}, {"5", "5: expected, every month"},
		}},
		{Key: "impact", Label: "Impact", Type: Choice, Required: true, Choices: []Option{
			{"1", "1: hardly noticed"}, {"2", "2: a nuisance to some"}, {"3", "3: work is interrupted"},
			{"4", "4: serious, money, data or trust is lost"}, {"5", "5: severe, people harmed, the law broken, or the business at stake"},
		}},
		{Key: "treatment", Label: "What is done about it", Type: Text, Help: "Avoid it, make it less likely or less bad, or have somebody else carry it. Link the work below."},
		{Key: CameFrom, Label: "Came up with", Type: Source, Of: []Key{Incident}, From: []What{AtWaiver}},
	},
	Columns: []FieldKey{"likelihood", "impact"},
	States: []State{
		{Key: "open", Label: "Open", Act: "Open it again", From: []StateKey{"treated", "accepted", "closed"}, AtGate: true, Why: "What has changed?"},
		{Key: "treated", Label: "Being treated", Act: "Treat it", From: []StateKey{"open", "accepted"}, AtGate: true, Needs: []FieldKey{"treatment"}},
		{
			Key: "accepted", Label: "Accepted", Act: "Accept it", From: []StateKey{"open", "treated"}, AtGate: true, Dated: true, Bounded: true,
			Why: "Why can the organisation live with it?", By: Judges,
		},
		{Key: "closed", Label: "Closed", Act: "Close it", From: []StateKey{"open", "treated", "accepted"}, Closed: true, Why: "Why is it no risk any longer?"},
	},
	Score: riskScore,
	Stops: func(s StateKey, v Values) string {
		if s == "open" && riskScore(v).Level == High {
			return "A high risk is neither treated nor accepted."
		}
		return ""
	},
	Alarm: func(s StateKey, v Values) Alarm {
		if s == "open" && riskScore(v).Level == High {
			return HighRisk
		}
		return NoAlarm
	},
}

// Bounds of a risk's score.
const (
	highRisk   = 15
	mediumRisk = 8
	WorstRisk  = 25 // the highest score that there can be
)

func riskScore(v Values) Score {
	likelihood, _ := strconv.Atoi(v["likelihood"]) // 0 without one
	impact, _ := strconv.Atoi(v["impact"])
	s := Score{Figure: likelihood * impact, Of: WorstRisk, Word: "low", Level: Low}
	switch {
	case s.Figure >= highRisk:
		s.Word, s.Level = "high", High
	case s.Figure >= mediumRisk:
		s.Word, s.Level = "medium", Medium
	}
	return s
}
