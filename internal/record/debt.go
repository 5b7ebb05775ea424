package record

// debt is something that is done worse than it should be, for now.
var debt = Kind{
	Key: "debt", One: "debt", Many: "debts", Mark: "D",
	About:   "What is done worse than it should be for now, what that costs, and until when.",
	Title:   "What is owed?",
	Example: "Backups are restored by hand",
	Text:    "Why was it left like this?",
	Due:     "Paid by", DueIn: 90, Overdue: "is overdue",
	Fields: []Field{
		{Key: "cost", Label: "What keeping it costs", Type: Line, Required: true, Help: "Such as two hours of every release, or an outage that takes longer."},
		{Key: "ticket", Label: "Ticket", Type: Link},
		{Key: CameFrom, Label: "Came up with", Type: Source, Of: []Key{Incident, Lesson}, From: []What{AtWaiver, AtFinding}},
	},
	Columns: []FieldKey{"cost"},
	States: []State{
		{Key: "open", Label: "Owed", Act: "It is owed again", From: []StateKey{"paid", "kept"}, AtGate: true, Dated: true, Why: "Why is it owed again?"},
		{Key: "paid", Label: "Paid", Act: "It is paid", From: []StateKey{"open", "kept"}, Closed: true},
		{
			Key: "kept", Label: "Kept for good", Act: "Keep it for good", From: []StateKey{"open"}, Closed: true, AtGate: true,
			Why: "Why is it cheaper to keep?", By: Judges,
		},
	},
}
