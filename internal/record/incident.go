package record

import (
	"fmt"
	"slices"
)

// Incident is the kind of incidents.
const Incident Key = "incident"

// incident is something that went wrong where people could notice. Its moments
// are in order, and each authority that has to be told has a deadline.
var incident = Kind{
	Key: Incident, One: "incident", Many: "incidents", Mark: "I",
	About:   "What went wrong where people could notice: when, how bad, who had to be told, and what was learnt.",
	Title:   "What went wrong?",
	Example: "Checkout refused all cards",
	Text:    "What did people notice, and how many?",
	Due:     "Review it by", DueIn: 7, Overdue: "has not been reviewed",
	Fields: slices.Concat([]Field{
		{Key: "severity", Label: "Severity", Type: Choice, Required: true, Choices: []Option{
			{"1", "1: nothing works, or data is at risk"}, {"2", "2: something important fails for many"}, {"3", "3: some are hindered"}, {"4", "4: hardly anybody noticed"},
		}},
		{Key: "started", Label: "Started", Type: Moment, Required: true},
		{Key: "detected", Label: "Detected", Type: Moment},
		{Key: "mitigated", Later: true, Label: "Mitigated", Type: Moment},
		{Key: "resolved", Later: true, Label: "Resolved", Type: Moment},
	}, tellingFields(), []Field{
		{Key: "review", Later: true, Label: "Link to the review", Type: Link},
	}),
	Columns: []FieldKey{"started", "resolved"},
	States: []State{
		{Key: "open", Label: "Going on", Act: "It goes on", From: []StateKey{"mitigated", "resolved", "reviewed"}, AtGate: true, Why: "What has come back?"},
		{Key: "mitigated", Label: "Mitigated", Act: "It is mitigated", From: []StateKey{"open"}, AtGate: true, Needs: []FieldKey{"mitigated"}},
		{Key: "resolved", Label: "Resolved", Act: "It is resolved", From: []StateKey{"open", "mitigated"}, AtGate: true, Needs: []FieldKey{"detected", "resolved"}},
		{
			Key: "reviewed", Label: "Reviewed", Act: "It was reviewed", From: []StateKey{"resolved"}, Closed: true, Needs: []FieldKey{"review"},
		},
	},
	Score: func(v Values) Score {
		s := Score{Of: 4, Word: "minor", Level: Low}
		switch v["severity"] {
		case "1":
			s = Score{4, 4, "critical", High}
		case "2":
			s = Score{3, 4, "major", High}
		case "3":
			s = Score{2, 4, "moderate", Medium}
		case "4":
			s.Figure = 1
		}
		return s
	},
	Check: checkIncident,
	Alarm: func(s StateKey, _ Values) Alarm {
		if s == "open" || s == "mitigated" {
			return GoingOn
		}
		return NoAlarm
	},
	Deadlines: func(v Values) []Deadline {
		var out []Deadline
		for _, t := range Tellings() {
			if v[t.Authority] != "" {
				out = append(out, Deadline{v[t.Authority], v.moment(t.Deadline), v[t.Notified] != ""})
			}
		}
		return out
	},
}

// maxTellings is how many authorities have to be told of an incident at most.
const maxTellings = 6

// Telling are the fields about one authority that has to be told.
type Telling struct{ Authority, Deadline, Notified FieldKey }

// Tellings are the fields about all of them. The first were there when an incident had
// one authority.
func Tellings() []Telling {
	out := []Telling{{"authority", "deadline", "notified"}}
	for n := 2; n <= maxTellings; n++ {
		out = append(out, Telling{FieldKey(fmt.Sprint("authority-", n)), FieldKey(fmt.Sprint("deadline-", n)), FieldKey(fmt.Sprint("notified-", n))})
	}
	return out
}

// tellingFields are asked for one authority after the other.
func tellingFields() []Field {
	fields := []Field{
		{Key: "authority", Label: "Authority that has to be told", Type: Line, Help: "Such as a data protection authority. Leave empty when nobody has to be told."},
		{Key: "deadline", Label: "Has to be told by", Type: Moment},
		{Key: "notified", Later: true, Label: "Was told", Type: Moment},
	}
	all := Tellings()
	for i, t := range all[1:] {
		name := fmt.Sprint("Authority ", i+2)
		fields = append(fields,
			Field{Key: t.Authority, Label: name + " that has to be told", Type: Line, After: all[i].Authority},
			Field{Key: t.Deadline, Label: name + " has to be told by", Type: Moment, After: t.Authority},
			Field{Key: t.Notified, Later: true, Label: name + " was told", Type: Moment, After: t.Authority})
	}
	return fields
}

func checkIncident(v Values) []Problem {
	var out []Problem
	started, mitigated := v.moment("started"), v.moment("mitigated")
	moments := []FieldKey{"detected", "mitigated", "resolved"}
	for _, t := range Tellings() {
		moments = append(moments, t.Deadline, t.Notified)
	}
	for _, f := range moments {
		if at := v.moment(f); !at.IsZero() && at.Before(started) {
			out = append(out, Problem{f, "lies before the moment when it started"})
		}
	}
	if at := v.moment("resolved"); !at.IsZero() && at.Before(mitigated) {
		out = append(out, Problem{"resolved", "lies before the moment when it was mitigated"})
	}
	for _, t := range Tellings() {
		switch {
		case v[t.Authority] == "" && (v[t.Deadline] != "" || v[t.Notified] != ""):
			out = append(out, Problem{t.Authority, "say who has to be told, or leave the times below empty"})
		case v[t.Authority] != "" && v[t.Deadline] == "":
			out = append(out, Problem{t.Deadline, "say by when they have to be told"})
		}
	}
	return out
}
