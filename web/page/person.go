package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PersonData is one person of the directory.
type PersonData struct {
	Actor    review.Actor
	Now      time.Time
	Person   Person
	Form     RightForm
	Projects []ProjectChoice // for a seat in one project only
	Words    plan.Words      // that published documents add

	Sessions int              // known to admins
	Lacks    review.GroupsGap // why rights from groups do not count in a session; empty: they do
	Twins    []Somebody       // who may be the same person
	Why      string           // the person is blocked
	By       string           // who blocked them; empty: not told

	Left     []LeftWith
	More     bool // there are more projects
	Owns     []OwnedDocument
	Alone    []plan.Seat
	StandIns []StandIn
	Waivers  int

	Who    string     // by what a successor was looked for
	People []Somebody // who can take over
	Many   bool       // there are more than these
	Hand   HandOverForm
	Out    OutForm
}

// ProjectChoice is a project to choose from a list.
type ProjectChoice struct {
	Key  review.ProjectKey
	Name string
}

// OwnedDocument is a document of the library that a person answers for.
type OwnedDocument struct{ Key, Name string }

// LeftWith is what hangs on a person in one project.
type LeftWith struct {
	Key     review.ProjectKey
	Name    string
	Duty    review.Duty
	Tasks   []review.Task
	May     bool   // the reader may hand it over
	Problem string // why it was not handed over just now
}

func (l *LeftWith) tasksWords() string {
	items, conditions, records, stages, named := 0, 0, 0, 0, 0
	for i := range l.Tasks {
		switch t := &l.Tasks[i]; {
		case t.Leads:
			stages++
		case t.Named:
			named++
		case t.Record > 0:
			records++
		case t.Condition > 0:
			conditions++
		default:
			items++
		}
	}
	var words []string
	if items > 0 {
		words = append(words, CountOf(items, "item"))
	}
	if conditions > 0 {
		words = append(words, CountOf(conditions, "condition"))
	}
	if records > 0 {
		words = append(words, CountOf(records, "record"))
	}
	if stages > 0 {
		words = append(words, CountOf(stages, "stage"))
	}
	if named > 0 {
		words = append(words, "named in the responsibilities")
	}
	return strings.Join(words, ", ")
}

// HandOverForm gives what hangs on a person to another. The zero value is an
// empty form, in which all projects are chosen.
type HandOverForm struct {
	Sent     bool
	Projects []string
	Owns     []string // keys of documents
	To       review.PersonID
	Leave    bool
	Reason   string
	Errors   map[string]string // by field
}

func (f *HandOverForm) wrong(field string) string {
	if f.Errors[field] == "" {
		return ""
	}
	return FieldSentence(map[string]string{"to": "Successor", "reason": "Reason"}[field], f.Errors[field])
}

// The forms that keep a person out.
const (
	FormBlock   = "block"
	FormUnblock = "unblock"
	FormErase   = "erase"
)

// OutForm is one of these as it was sent and could not be carried out. The zero
// value is an empty form.
type OutForm struct {
	What, Reason string
	Errors       map[string]string // by field
}

func (f *OutForm) wrong(what, field string) string {
	if f.What != what || f.Errors[field] == "" {
		return ""
	}
	return FieldSentence(fieldName(field), f.Errors[field])
}

func (d *PersonData) reasonField(what string) ui.Field {
	f := ui.Field{
		ID: what + "-reason", Name: "reason", Label: "Reason", Hint: "Kept on the trail of rights.", Error: d.Out.wrong(what, "reason"),
	}
	if d.Out.What == what {
		f.Value = d.Out.Reason
	}
	return f
}

// errors lists what is wrong with the form that was sent.
func (d *PersonData) errors() []ui.FieldError {
	out := append(d.Form.fieldErrors(FormGrant), d.Form.fieldErrors(FormRevoke)...)
	for _, field := range []string{"reason", "sure", "form"} {
		if text := d.Out.wrong(d.Out.What, field); text != "" {
			id := field
			if field == "form" {
				id = "reason"
			}
			out = append(out, ui.FieldError{Name: d.Out.What + "-" + id, Text: text})
		}
	}
	for _, field := range []string{"to", "reason"} {
		if text := d.Hand.wrong(field); text != "" {
			out = append(out, ui.FieldError{Name: "hand-" + field, Text: text})
		}
	}
	for _, field := range []string{"project", "form"} {
		if text := d.Hand.Errors[field]; text != "" {
			out = append(out, ui.FieldError{Name: "hand-to", Text: FieldSentence(fieldName(field), text)})
		}
	}
	return out
}

func (d *PersonData) mayGrant() bool { return review.May(d.Actor, review.GrantRights, nil) == nil }

// mayRevoke reports whether the reader may take rights from the person.
func (d *PersonData) mayRevoke(p *Person) bool { return d.mayGrant() && p.ID != d.Actor.Person }

func (d *PersonData) nothingLeft() bool {
	return len(d.Left)+len(d.Owns)+len(d.Alone)+len(d.StandIns)+d.Waivers == 0
}

func (d *PersonData) mayHandOver() bool {
	return slices.ContainsFunc(d.Left, func(l LeftWith) bool { return l.May }) || len(d.Owns) > 0 && d.mayGive()
}

// mayGive reports whether the reader may name another owner of a document.
func (d *PersonData) mayGive() bool { return review.May(d.Actor, review.EditLibrary, nil) == nil }

// gives reports whether a document is ticked.
func (d *PersonData) gives(key string) bool { return !d.Hand.Sent || slices.Contains(d.Hand.Owns, key) }

// chosen reports whether a project is ticked.
func (d *PersonData) chosen(key review.ProjectKey) bool {
	return !d.Hand.Sent || slices.Contains(d.Hand.Projects, string(key))
}

// successors are the people who can take over.
func (d *PersonData) successors() []ui.Option {
	options := []ui.Option{{Label: "Choose"}}
	for _, p := range d.People {
		if p.ID != d.Person.ID {
			options = append(options, ui.Option{Value: idValue(p.ID), Label: p.label(), Selected: p.ID == d.Hand.To})
		}
	}
	return options
}

func (d *PersonData) aloneWords() string {
	words := make([]string, len(d.Alone))
	for i, s := range d.Alone {
		words[i] = s.Label()
	}
	noun := " seat"
	if len(words) > 1 {
		noun = " seats"
	}
	return "Nobody else holds the " + Enumerate(words, "and") + noun + ". Without " + d.Person.Name + ", nobody can sign there."
}

func (d *PersonData) sessionWords() string {
	switch d.Sessions {
	case 0:
		return "Not signed in."
	case 1:
		return "Signed in, in 1 session."
	}
	return "Signed in, in " + strconv.Itoa(d.Sessions) + " sessions."
}

func (d *PersonData) blockedWords() string {
	words := "Blocked since " + DayOf(d.Person.Blocked, d.Now)
	if d.By != "" {
		words += " by " + d.By
	}
	return words + "."
}

// label is a person in a list to choose from.
func (p *Somebody) label() string {
	if p.Email == "" {
		return p.Name
	}
	return p.Name + " (" + p.Email + ")"
}

// sentence says who stands in for whom, for readers who are neither.
func (s *StandIn) sentence(now time.Time) string {
	seat := s.Seat.Label()
	if s.ProjectName != "" {
		seat += ", " + s.ProjectName
	}
	when := " until " + s.last().Format("2 Jan 2006") + "."
	if !s.running(now) {
		when = " from " + s.Starts.Format("2 Jan 2006") + when
	}
	return s.To + " stands in for " + s.Holder + " (" + seat + ")" + when
}

// revoked reports whether the form that takes this right away was sent, and
// refused for its reason.
func (d *PersonData) revoked(r *HeldRight) bool {
	return d.Form.What == FormRevoke && d.Form.Right == RightValue(r.Right) && d.Form.Project == string(r.Project) && d.Form.Errors["reason"] != ""
}

// revokeReason is what was typed into that form.
func (d *PersonData) revokeReason(r *HeldRight) string {
	if !d.revoked(r) {
		return ""
	}
	return d.Form.Reason
}
