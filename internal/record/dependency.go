package record

// Dependency is the kind of records that say what a project depends on.
const Dependency Key = "dependency"

// dependency is what the project needs of another project here or of a system
// elsewhere. How another project stands is read when somebody looks: nothing of it
// is kept.
var dependency = Kind{
	Key: Dependency, One: "dependency", Many: "dependencies", Mark: "X",
	About:   "What the project needs of others: what is promised, by when it is needed, and how they stand.",
	Title:   "What do you depend on?",
	Example: "Tokens instead of card numbers",
	Text:    "What does not work without it?",
	Due:     "Needed by", DueIn: 30, Overdue: "is not there",
	Fields: []Field{
		{Key: "project", Label: "Project here", Type: Project, Help: "Its name or its key; type a few letters to choose one. Leave it empty for a system that is not kept here."},
		{Key: "system", Label: "System elsewhere", Type: Line, Help: "What it is called, where it is no project here."},
		{Key: "promised", Label: "What is promised", Type: Text, Required: true},
		{Key: "contact", Label: "Contact", Type: Line, Help: "Such as a team's address or channel."},
	},
	Columns: []FieldKey{"project", "system"},
	States: []State{
		{
			Key: "asked", Label: "Asked for", Act: "Ask for it again", From: []StateKey{"promised", "met", "dropped"}, AtGate: true, Dated: true,
			Why: "What has changed?",
		},
		{Key: "promised", Label: "Promised", Act: "It is promised", From: []StateKey{"asked"}, AtGate: true, Dated: true, Needs: []FieldKey{"contact"}},
		// One that is met goes on being shown: what stands on it falls with it.
		{Key: "met", Label: "Met", Act: "It is met", From: []StateKey{"asked", "promised"}, Closed: true, AtGate: true, Why: "What shows that it is there?"},
		{Key: "dropped", Label: "No longer needed", Act: "It is no longer needed", From: []StateKey{"asked", "promised", "met"}, Closed: true, Why: "What takes its place?"},
	},
	Check: func(v Values) []Problem {
		switch {
		case v["project"] == "" && v["system"] == "":
			return []Problem{{"project", "say on which project here it depends, or name the system elsewhere below"}}
		case v["project"] != "" && v["system"] != "":
			return []Problem{{"system", "leave one of the two empty; a record is of one dependency"}}
		}
		return nil
	},
}
