package record

// assumption is something that the project takes for granted until it is shown
// or refuted.
var assumption = Kind{
	Key: "assumption", One: "assumption", Many: "assumptions", Mark: "A",
	About:   "What the project takes for granted, and what showed whether it holds.",
	Title:   "What do you take for granted?",
	Example: "Half of the customers pay by card",
	Text:    "What would be different if it were wrong?",
	Due:     "Find out by", DueIn: 30, Overdue: "should have been found out",
	Fields: []Field{
		{Key: "result", Later: true, Label: "What showed it", Type: Text, Help: "The result in a sentence or two."},
		{Key: "source", Later: true, Label: "Link to that", Type: Link},
	},
	States: []State{
		{Key: "open", Label: "Open", Act: "Open it again", From: []StateKey{"confirmed", "refuted"}, AtGate: true, Why: "Why is it open again?"},
		{Key: "confirmed", Label: "Confirmed", Act: "It holds", From: []StateKey{"open", "refuted"}, Closed: true, Needs: []FieldKey{"result"}},
		{Key: "refuted", Label: "Refuted", Act: "It is wrong", From: []StateKey{"open", "confirmed"}, Closed: true, AtGate: true, Needs: []FieldKey{"result"}},
	},
}
