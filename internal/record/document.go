package record

// document is a page about the project that has to stay true.
var document = Kind{
	Key: "document", One: "document", Many: "documents", Mark: "P",
	About:   "The pages that explain the project, who keeps each true, and by when somebody looks at it again.",
	Title:   "What is it called?",
	Example: "Architecture overview",
	Due:     "Look at it again by", DueIn: 180, Overdue: "is stale",
	Fields: []Field{
		{Key: "place", Label: "What does it explain?", Type: Choice, Required: true, Choices: []Option{
			{"architecture", "Architecture"}, {"code", "Code"}, {"process", "Process"}, {"other", "Something else"},
		}},
		{Key: "link", Label: "Link to it", Type: Link, Required: true},
		{Key: "checked", Label: "Last looked at", Type: Moment},
	},
	Columns: []FieldKey{"place", "checked"},
	States: []State{
		{Key: "current", Label: "Kept", Act: "It is kept again", From: []StateKey{"retired"}, Dated: true, Why: "Why is it kept again?"},
		{Key: "retired", Label: "Retired", Act: "It is no longer kept", From: []StateKey{"current"}, Closed: true, Why: "What takes its place?"},
	},
}
