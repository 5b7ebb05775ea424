package records

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// Data is what a record's page shows.
type Data struct {
	View
	Record   *review.Record
	Comments []page.Comment
	Entries  []review.Entry // newest first
	Once     string         // key of the comment form
	Move     MoveForm
	Comment  Form // its text, when it was refused
	Reading  ReadingForm

	// Of a lesson that proposes something: where that can go, for who may decide on it,
	// and what became of it.
	Places     []Place
	PlacesSays string // hash of what stands there
	Answer     *Answer
}

// MoveForm is a move that was refused.
type MoveForm struct {
	To, Reason, Due string
	Item, Into      string
	Values          record.Values
	Errors          map[string]string
	Problem         string
}

// Title is the page's.
func (d *Data) Title() string {
	return d.Record.Name() + " " + d.Record.Title + ", " + d.Review.Project.Name
}

// ErrorCount is how many fields are at fault.
func (d *Data) ErrorCount() int {
	return len(d.Move.Errors) + len(d.Comment.Errors) + len(d.Reading.Errors)
}

// mayChange reports whether whoever looks may change what the record says.
func (d *Data) mayChange() bool {
	return d.changes() && d.Record.Owner == d.Actor.Person || d.keeps()
}

// edits reports whether whoever looks may change it where it stands.
func (d *Data) edits() bool { return d.mayChange() && !d.Record.Standing().Decided() }

func (d *Data) talks() bool {
	return d.may(review.Comment)
}

// moves are the states that whoever looks may bring the record into.
func (d *Data) moves() []*record.State {
	if !d.changes() {
		return nil
	}
	var out []*record.State
	for _, st := range d.Record.Def().Moves(d.Record.State) {
		if d.Review.MayMove(d.Actor, d.Record, st) == nil {
			out = append(out, st)
		}
	}
	return out
}

// barred says of the states that the record could go to who else decides on them.
func (d *Data) barred() []string {
	if !d.changes() {
		return nil
	}
	var out []string
	for _, st := range d.Record.Def().Moves(d.Record.State) {
		if !st.Decided() || !d.mayChange() || d.Review.MayMove(d.Actor, d.Record, st) == nil {
			continue
		}
		who := "a manager, or somebody in a seat, who does not own it decides that."
		if st.By == record.Librarians {
			who = "somebody who may edit the library, and does not own it, decides that."
		}
		out = append(out, st.Act+": "+who)
	}
	return out
}

// plain reports whether a move needs nothing but its button.
func plain(st *record.State) bool {
	return st.Why == "" && len(st.Needs) == 0 && !st.Dated && len(st.Gives) == 0
}

func (d *Data) action() string {
	return page.MoveRecordURL(d.key(), d.Record.Kind, d.Record.No)
}

// moving is the form of a move, refused or not.
func (d *Data) moving(st *record.State) MoveForm {
	if d.Move.To == string(st.Key) {
		return d.Move
	}
	return MoveForm{To: string(st.Key), Due: d.Record.Due, Item: string(d.Record.Item), Values: d.Record.Values}
}

func (d *Data) moveField(st *record.State, name, label, value string) ui.Field {
	return ui.Field{Name: name, ID: string(st.Key) + "-" + name, Label: label, Value: value, Error: d.moving(st).Errors[name]}
}

func (d *Data) needed(st *record.State, key record.FieldKey) (*record.Field, ui.Field) {
	f := d.Record.Def().Field(key)
	m := d.moving(st)
	field := valueField(f, m.Values, m.Errors)
	field.ID, field.Optional = string(st.Key)+"-"+string(key), false
	return f, field
}

// reason asks why a record goes to a state.
func (d *Data) reason(st *record.State) ui.Field {
	return d.moveField(st, "reason", st.Why, d.moving(st).Reason)
}

func (d *Data) due(st *record.State) ui.Field {
	return d.moveField(st, "due", d.Record.Def().Due, d.moving(st).Due)
}

func (d *Data) itemField(st *record.State) ui.Field {
	return d.moveField(st, "item", d.Record.Def().Item, d.moving(st).Item)
}

// summary lists what is wrong.
func (d *Data) summary() []ui.FieldError {
	var out []ui.FieldError
	if st := d.Record.Def().State(record.StateKey(d.Move.To)); st != nil {
		fields := []ui.Field{d.reason(st), d.due(st), d.itemField(st), d.intoField(st)}
		for _, key := range st.Needs {
			_, f := d.needed(st, key)
			fields = append(fields, f)
		}
		for _, f := range fields {
			if f.Error != "" {
				out = append(out, ui.FieldError{Name: f.ID, Text: page.FieldSentence(f.Label, f.Error)})
			}
		}
	}
	if r := d.read(); r != nil {
		out = append(out, r.problems()...)
	}
	if text := d.Comment.Errors["text"]; text != "" {
		out = append(out, ui.FieldError{Name: "text", Text: page.FieldSentence("Comment", text)})
	}
	return out
}

// facts are the record's fields in words.
func (d *Data) facts() []ui.Fact {
	rec, k := d.Record, d.Record.Def()
	var fs []ui.Fact
	add := func(term, text, href string) {
		if text != "" {
			fs = append(fs, ui.Fact{Term: term, Text: text, Href: href})
		}
	}
	if k.Score != nil {
		if s := k.Score(rec.Values); s.Of > 5 { // otherwise it is one of the fields in other words
			add("Score", page.Capital(s.Word)+", "+strconv.Itoa(s.Figure)+" of "+strconv.Itoa(s.Of), "")
		}
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		text, href := page.RecordValue(f, rec.Values[f.Key], d.Others), ""
		switch {
		case f.Type == record.Text || d.apart(f):
			continue
		case f.Type == record.Link:
			href = rec.Values[f.Key]
		case f.Type == record.Source:
			text, href = d.source(rec.Values[f.Key])
		case f.Type == record.Project:
			if o := d.Others.Named(rec.Values[f.Key]); o != nil {
				href = page.ProjectURL(o.Key)
			}
		}
		add(f.Label, text, href)
	}
	if k.Derived != nil {
		for _, f := range k.Derived(rec.Values) {
			add(f.Term, f.Text, "")
		}
	}
	add("Owner", cmp.Or(page.NameOrNone(d.Name, rec.Owner), "Nobody in particular; whoever leads the project sees to it"), "")
	add(k.Due, d.View.due(rec), "")
	if k.AtGates() {
		where, href := d.where(rec)
		add("Decided on at", where, href)
	}
	item, href := d.item(rec)
	add(cmp.Or(k.Item, "About"), item, href)
	add("Added", d.Name(rec.By)+", "+page.DayOf(rec.At, d.Now), "")
	if rec.MovedBy != 0 {
		add("Since", d.Name(rec.MovedBy)+", "+page.DayOf(rec.MovedAt, d.Now), "")
	}
	return fs
}

// texts are the fields that hold more than a line.
func (d *Data) texts() []ui.Fact {
	k := d.Record.Def()
	var out []ui.Fact
	if d.Record.Text != "" {
		out = append(out, ui.Fact{Term: k.Text, Text: d.Record.Text})
	}
	for i := range k.Fields {
		if f := &k.Fields[i]; f.Type == record.Text && !d.apart(f) && d.Record.Values[f.Key] != "" {
			out = append(out, ui.Fact{Term: f.Label, Text: d.Record.Values[f.Key]})
		}
	}
	if d.Record.Why != "" {
		out = append(out, ui.Fact{Term: "Why it is " + strings.ToLower(d.Record.Standing().Label), Text: d.Record.Why})
	}
	return out
}

// says reports whether the record says more than its title and its facts.
func (d *Data) says() bool { return len(d.texts()) > 0 || len(d.Record.Links) > 0 }

// history tells what happened to the record.
func (d *Data) history() []ui.Entry {
	told := page.Teller{Project: d.key(), Template: &d.Review.Plan.Lifecycle, Names: d.Name, Others: d.Others}.DescribeAll(d.Entries)
	for i := range told {
		told[i].Thing, told[i].Href = "", "" // the reader is there
		told[i].What = strings.TrimSuffix(told[i].What, ":")
		if strings.HasSuffix(told[i].What, " on") || strings.HasSuffix(told[i].What, " of") {
			told[i].What += " it"
		}
	}
	return told
}

// signedAt are the gates that have passed with the record, as it was then.
func (d *Data) signedAt() []signedAt {
	var out []signedAt
	for i := range d.Review.Stages {
		s := &d.Review.Stages[i]
		for _, rec := range s.Decided() {
			if rec.No == d.Record.No {
				st := d.Record.Def().State(rec.State)
				out = append(out, signedAt{
					page.StageTitle(i, s.Def), page.GateURL(d.key(), s.Def.Key), strings.ToLower(st.Label), rec.Version != d.Record.Version, s.LastRound().ClosedAt,
				})
			}
		}
	}
	return out
}

type signedAt struct {
	gate, href, state string
	since             bool // it has changed since
	at                time.Time
}

// gatesWhen says of which moment the record keeps how the gates stood.
func (d *Data) gatesWhen() string {
	g := d.Record.Gates
	text := page.Moment(g.At) + ", when it was recorded"
	if g.Review > 1 {
		text += " in review " + strconv.Itoa(g.Review)
	}
	return text + "."
}

// gateNow is how a gate stands now that stood otherwise then; empty: as it stood.
func (d *Data) gateNow(g review.GateThen) string {
	s := d.Review.Stage(g.Stage)
	if s == nil {
		return "now no longer in the plan"
	}
	if now := d.Review.Standing(s, d.Now); now != g.State {
		return "now " + strings.ToLower(now.Label())
	}
	return ""
}

// ownRemarks are the remarks that the page does not say elsewhere: those who have to be
// told stand in a notice of their own.
func (d *Data) ownRemarks() []string {
	said := d.tellings(d.Record)
	return slices.DeleteFunc(d.remarks(d.Record), func(text string) bool {
		return slices.ContainsFunc(said, func(t telling) bool { return t.text == text })
	})
}

// noticeKind is the tone of the notice with what people should know: how another
// project stands can be good news.
func (d *Data) noticeKind() ui.NoticeKind {
	if len(d.Record.Warnings()) > 0 || len(page.TermsRemarks(d.Review, d.Record, d.Now)) > 0 || d.otherFails(d.Record) {
		return ui.Warning
	}
	return ui.Info
}
