package record

// decision is what people decided together, in a review meeting or elsewhere.
var decision = Kind{
	Key: "decision", One: "decision", Many: "decisions", Mark: "M",
	About:   "What was decided in a review or a meeting, by whom, and where the minutes are.",
	Title:   "What was it about?",
	Example: "Launch review with the settlement team",
	Text:    "What was decided?",
	Fields: []Field{
		{Key: "held", Label: "When", Type: Moment, Required: true},
		{Key: "people", Label: "Who was there", Type: Line, Required: true},
		{Key: "minutes", Label: "Link to the minutes", Type: Link},
	},
	Columns: []FieldKey{"held", "people"},
	States: []State{
		{Key: "held", Label: "In force", Act: "It is in force again", From: []StateKey{"replaced"}, AtGate: true, Why: "Why is it in force again?"},
		{Key: "replaced", Label: "Replaced", Act: "It was replaced", From: []StateKey{"held"}, Closed: true, Why: "What was decided instead?"},
	},
}
