package record

// feedback is what users, figures or support say about the running thing.
var feedback = Kind{
	Key: "feedback", One: "feedback entry", Many: "feedback entries", Mark: "F",
	About:   "What users, figures and support say about it, and what came of that.",
	Title:   "What did you hear or see?",
	Example: "Every fourth customer leaves on the address page",
	Text:    "Who says so, how many, and since when?",
	Fields: []Field{
		{Key: "source", Label: "Where from", Type: Choice, Required: true, Choices: []Option{
			{"analytics", "Analytics"}, {"customer", "Customers"}, {"performance", "Performance figures"}, {"support", "Support"},
		}},
		{Key: "sentiment", Label: "How is it meant?", Type: Choice, Required: true, Choices: []Option{
			{"good", "Praise"}, {"mixed", "Both"}, {"bad", "Complaint"},
		}},
		{Key: "ticket", Later: true, Label: "Ticket", Type: Link},
	},
	Columns: []FieldKey{"source", "sentiment"},
	States: []State{
		{Key: "open", Label: "To look at", Act: "Look at it again", From: []StateKey{"taken", "aside"}, Why: "Why again?"},
		{Key: "taken", Label: "Taken up", Act: "Take it up", From: []StateKey{"open"}, Closed: true, Needs: []FieldKey{"ticket"}},
		{Key: "aside", Label: "Set aside", Act: "Set it aside", From: []StateKey{"open"}, Closed: true, Why: "Why is nothing done about it?"},
	},
}
