package review

import (
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
)

// Other is another project, as somebody may see it who looks at what depends on it.
type Other struct {
	ID     ProjectID
	Key    ProjectKey
	Name   string
	Status Status
	Live   Live
	Target time.Time // date; zero: none
}

// Others are other projects by number: those that somebody may see.
type Others map[ProjectID]Other

// Named finds the project that a field of type [record.Project] holds; nil where it
// is none that the person may see.
func (o Others) Named(value string) *Other {
	if other, ok := o[projectNumber(value)]; ok {
		return &other
	}
	return nil
}

// Fails says why nothing can rest on the project as it stands; empty: it can.
func (o *Other) Fails() string {
	switch {
	case o.Status == StatusStopped:
		return "is stopped"
	case o.Status != StatusActive:
		return "is " + string(o.Status)
	case o.Live == LiveLapsed:
		return "is live, but has lapsed"
	}
	return ""
}

// OtherProject is the number of the project that the record is about; 0: none.
func (rec *Record) OtherProject() ProjectID {
	k := rec.Def()
	for i := range k.Fields {
		if k.Fields[i].Type == record.Project {
			return projectNumber(rec.Values[k.Fields[i].Key])
		}
	}
	return 0
}

func projectNumber(value string) ProjectID {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0
	}
	return ProjectID(n)
}

// OtherProjectsIn are the projects that entries name.
func OtherProjectsIn(entries []Entry) []ProjectID {
	var out []ProjectID
	note := func(k record.Key, field, value string) {
		kind := record.Of(k)
		if kind == nil {
			return
		}
		if f := kind.Field(record.FieldKey(field)); f != nil && f.Type == record.Project {
			if id := projectNumber(value); id != 0 {
				out = append(out, id)
			}
		}
	}
	for _, en := range entries {
		switch e := en.Event.(type) {
		case AnswerInherited:
			out = append(out, e.From)
		case RecordOpened:
			for f, v := range e.Record.Values {
				note(e.Type, string(f), v)
			}
		case RecordEdited:
			for _, c := range e.Changes {
				note(e.Type, c.Field, c.From)
				note(e.Type, c.Field, c.To)
			}
		}
	}
	return out
}

// KeptProject is how a form says of a project that whoever fills it in may not see
// that it stays as it is.
func KeptProject(value string) string { return "#" + value }

// otherProjects puts the numbers of projects into the fields in which keys were
// typed. A key that the actor may not see is refused as one that there is not.
func (r *Review) otherProjects(in *input, kind *record.Kind, typed, has record.Values) {
	for i := range kind.Fields {
		f := &kind.Fields[i]
		key := strings.ToLower(typed[f.Key])
		if f.Type != record.Project || key == "" {
			continue
		}
		id, seen := r.Seen[ProjectKey(key)]
		switch {
		case has[f.Key] != "" && key == KeptProject(has[f.Key]):
			typed[f.Key] = has[f.Key]
		case ProjectKey(key) == r.Project.Key || seen && id == r.Project.ID:
			in.problems.Add(string(f.Key), "is this project itself; say on which other it depends")
		case !seen:
			in.problems.Add(string(f.Key), "is neither the name nor the key of a project that you can see")
		default:
			typed[f.Key] = strconv.FormatInt(int64(id), 10)
		}
	}
}
