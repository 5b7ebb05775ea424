package record

// handover gives the care of something from one team to another, who say whether
// they take it.
var handover = Kind{
	Key: "handover", One: "handover", Many: "handovers", Mark: "H",
	About:   "What one team gives another to run, and whether they take it.",
	Title:   "What is handed over?",
	Example: "Night duty for the checkout",
	Text:    "What goes with it: runbooks, rights, training?",
	Due:     "Agreed by", DueIn: 30, Overdue: "has not been agreed on",
	Fields: []Field{
		{Key: "giving", Label: "From which team", Type: Line, Required: true},
		{Key: "receiving", Label: "To which team", Type: Line, Required: true},
		{Key: "checklist", Label: "Link to the list of what goes with it", Type: Link},
	},
	Columns: []FieldKey{"giving", "receiving"},
	States: []State{
		{Key: "offered", Label: "Offered", Act: "Offer it again", From: []StateKey{"returned", "accepted"}, AtGate: true, Why: "What has changed?"},
		{Key: "accepted", Label: "Taken over", Act: "Take it over", From: []StateKey{"offered"}, Closed: true, AtGate: true, Why: "What was shown to the receiving team?", By: Judges},
		{Key: "returned", Label: "Given back", Act: "Give it back", From: []StateKey{"offered"}, AtGate: true, Why: "What is missing?", By: Judges},
	},
}
