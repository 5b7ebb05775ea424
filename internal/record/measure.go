package record

import "unicode/utf8"

// measure is a figure that shows whether the project does what it was started for,
// or how it runs.
var measure = Kind{
	Key: "measure", One: "measure", Many: "measures", Mark: "K",
	About:   "The figures by which success is judged: where they started, where they should be, and where they are.",
	Title:   "What is measured?",
	Example: "Customers who leave on the address page",
	Text:    "Why does this figure show it?",
	Due:     "Read it again by", DueIn: 30, Overdue: "has to be read again",
	Fields: []Field{
		{Key: "use", Label: "What it shows", Type: Choice, Required: true, Choices: []Option{
			{"success", "Success: whether the project does what it was started for"}, {"operation", "Operation: how it runs"},
		}},
		{Key: "unit", Label: "Unit", Type: Line, Help: "Such as ms, % or EUR. Leave empty for a plain count."},
		{Key: "baseline", Label: "Where it started", Type: Number},
		{Key: "better", Label: "Which way is better", Type: Choice, Required: true, Choices: []Option{{"more", "More is better"}, {"less", "Less is better"}}},
		{Key: "target", Label: "Target", Type: Number, Required: true},
		{Key: "source", Label: "Link to the figures", Type: Link},
	},
	Columns: []FieldKey{"baseline"},
	States: []State{
		{Key: "followed", Label: "Followed", Act: "Follow it again", From: []StateKey{"retired"}, AtGate: true, Why: "Why again?"},
		{Key: "retired", Label: "Retired", Act: "Retire it", From: []StateKey{"followed"}, Closed: true, Why: "Why does nobody need it any longer?"},
	},
	Check: func(v Values) []Problem {
		if utf8.RuneCountInString(v["unit"]) > maxUnit {
			return []Problem{{"unit", "is longer than 20 characters; write what is measured in the title"}}
		}
		return nil
	},
	Reads: &Reads{
		Label:  "Value",
		Unit:   func(v Values) string { return v["unit"] },
		Target: func(v Values) (Decimal, bool, bool) { d, ok := v.number("target"); return d, v["better"] == "less", ok },
	},
}

const maxUnit = 20

// Success reports whether a record is a measure of what its project was started for.
func Success(k Key, v Values) bool { return k == measure.Key && v["use"] == "success" }
