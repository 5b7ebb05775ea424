package record

import (
	"strings"
	"unicode/utf8"
)

// Where the state of a lesson is spoken of, and its proposal is read.
const (
	Lesson         Key      = "lesson"
	LessonNoted    StateKey = "noted"
	LessonProposed StateKey = "proposed"
	LessonAccepted StateKey = "accepted"

	LessonFrom     FieldKey = "from"     // incident, return or retrospective
	LessonSource            = CameFrom   // the record, or the round or the finding of a gate, that it came from
	LessonPart     FieldKey = "part"     // of the item, that should read otherwise; LessonNewItem: an item beside it
	LessonWording  FieldKey = "wording"  // of that part
	LessonDocument FieldKey = "document" // that took the proposal up
	LessonVersion  FieldKey = "version"  // of that document, which says it or will

	LessonNewItem = "new"
)

// lesson is what a project learnt, and would have the library say. Whoever may edit
// the library decides on that; accepting it writes it into the draft of a document.
var lesson = Kind{
	Key: Lesson, One: "lesson", Many: "lessons", Mark: "L",
	About:   "What was learnt, which item should have caught it, and what the library should say so that it does next time.",
	Title:   "What was learnt?",
	Example: "A rollback that nobody has rehearsed takes an hour",
	Text:    "What happened, and why did nothing catch it?",
	Item:    "The item that should have caught it",
	ItemFor: "A lesson needs it once it proposes something to the library.",
	Later:   "What the library should say instead",
	Fields: []Field{
		{Key: LessonFrom, Label: "Where from", Type: Choice, Required: true, Choices: []Option{
			{"incident", "An incident"}, {"return", "A gate that was returned"}, {"retrospective", "A retrospective"},
		}},
		{Key: LessonSource, Label: "Which one", Type: Source, Of: []Key{"incident", "decision"}, From: []What{AtRound, AtFinding}},
		{
			Key: LessonPart, Later: true, Label: "What should change", Type: Choice, Choices: []Option{
				{"title", "The item's title"}, {"why", "Why it matters"}, {"done", "When it is done"}, {"show", "What to show"},
				{LessonNewItem, "A new item beside it"},
			},
			Help: "Of the item that should have caught it. Leave this and the wording empty where the library can stay as it is.",
		},
		{
			Key: LessonWording, Later: true, Label: "Its new wording, in full", Type: Text,
			Help: "Needed where something should change. Of a new item, the first line is its title, and the rest says when it is done.",
		},
		{Key: LessonDocument, Label: "Taken up by", Type: Line, Given: true},
		{Key: LessonVersion, Label: "Version", Type: Line, Given: true},
	},
	Columns: []FieldKey{LessonFrom},
	States: []State{
		{Key: LessonNoted, Label: "Noted", Act: "Withdraw the proposal", From: []StateKey{LessonProposed}, Closed: true},
		{
			Key: LessonProposed, Label: "Proposed", Act: "Propose it to the library", From: []StateKey{LessonNoted, LessonAccepted, "declined"},
			Needs: []FieldKey{LessonPart, LessonWording}, NeedsItem: true,
		},
		{
			Key: LessonAccepted, Label: "Accepted", Act: "Accept it", From: []StateKey{LessonProposed}, Closed: true, By: Librarians,
			Gives: []FieldKey{LessonDocument, LessonVersion},
		},
		{
			Key: "declined", Label: "Declined", Act: "Decline it", From: []StateKey{LessonProposed}, Closed: true, By: Librarians,
			Why: "Why should the library stay as it is?",
		},
	},
	Check: checkLesson,
}

// LessonOrigin is where a lesson comes from whose source is given.
func LessonOrigin(source string) string {
	switch k, _ := SplitNumber(source); {
	case SplitPoint(source).No > 0:
		return "return"
	case k == &incident:
		return "incident"
	}
	return "retrospective"
}

// longestTitle is the most characters that an item's title can have.
const longestTitle = 200

func checkLesson(v Values) []Problem {
	var out []Problem
	gate := SplitPoint(v[LessonSource]).No
	switch from := v[LessonFrom]; {
	case v[LessonSource] == "":
	case from == "return" && gate == 0:
		out = append(out, Problem{LessonSource, "is no gate that was returned; choose one, or say that it comes from elsewhere"})
	case from != "return" && gate > 0:
		out = append(out, Problem{LessonSource, "is a gate that was returned; say that it comes from there, or choose another"})
	case from == "incident" && !strings.HasPrefix(v[LessonSource], incident.Mark):
		out = append(out, Problem{LessonSource, "is no incident; choose one, or say that it comes from elsewhere"})
	}
	part, text := v[LessonPart], v[LessonWording]
	title, _, more := strings.Cut(text, "\n")
	switch {
	case part == "" && text != "":
		out = append(out, Problem{LessonPart, "say what should be worded so"})
	case part != "" && text == "":
		out = append(out, Problem{LessonWording, "say how it should read"})
	case part == "title" && more:
		out = append(out, Problem{LessonWording, "has to be a single line: it is a title"})
	case (part == "title" || part == LessonNewItem) && utf8.RuneCountInString(title) > longestTitle:
		out = append(out, Problem{LessonWording, "has a title of more than 200 characters; put what explains it below"})
	}
	return out
}
