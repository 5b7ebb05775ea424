package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/records"
	"github.com/slipway-prr/slipway/web/ui"
)

// recordKind is the kind of records in the address, which is known: see [params].
func recordKind(r *http.Request) *record.Kind { return record.Of(record.Key(chi.URLParam(r, "kind"))) }

func recordsView(v *store.ProjectView) records.View {
	return records.View{Review: v.Review, Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Forced: v.Forced, Others: v.Others}
}

func pastRecords(v *store.AsOfView) records.View {
	return records.View{Review: v.Review, Now: v.At, Name: v.Names.Of, Forced: v.Review.Forced(), Others: v.Others, Past: true}
}

// records lists what a project keeps, kind by kind.
func (s *Server) records(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		v, err := s.asOf(r)
		if err != nil {
			return err
		}
		d := pastRecords(v)
		return s.showPast(w, r, v, pageAsOf{
			title: "Records, " + v.Review.Project.Name, back: page.RecordsURL(v.Review.Project.Key), nav: ui.NavPortfolio,
			page: func(m ui.PageMeta) templ.Component { return records.Overview(m, &d) },
		})
	}
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := recordsView(v)
	return s.render(w, r, http.StatusOK, records.Overview(s.projectMeta(w, r, &v.Viewer, v.Review, "Records, "+v.Review.Project.Name, ui.NavPortfolio), &d))
}

// recordsOfKind lists a project's records of one kind.
func (s *Server) recordsOfKind(w http.ResponseWriter, r *http.Request) error {
	d := &records.ListData{Kind: recordKind(r), All: r.URL.Query().Get("all") != "", Page: pageNumber(r)}
	if asksPast(r) {
		v, err := s.asOf(r)
		if err != nil {
			return err
		}
		d.View = pastRecords(v)
		return s.showPast(w, r, v, pageAsOf{
			title: d.Title(), back: page.RecordKindURL(v.Review.Project.Key, d.Kind.Key), nav: ui.NavPortfolio,
			page: func(m ui.PageMeta) templ.Component { return records.List(m, d) },
		})
	}
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d.View = recordsView(v)
	return s.render(w, r, http.StatusOK, records.List(s.projectMeta(w, r, &v.Viewer, v.Review, d.Title(), ui.NavPortfolio), d))
}

// exportRecords sends all that the list of a kind has over its pages, as a file.
func (s *Server) exportRecords(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &records.ListData{View: recordsView(v), Kind: recordKind(r), All: r.URL.Query().Get("all") != ""}
	return s.sendTable(w, r, func(t *table) error {
		if err := t.begin(fmt.Sprintf("%s-%s-%s", projectKey(r), d.Kind.Key, v.Now.Format(time.DateOnly)), page.Capital(d.Kind.Many), d.SheetColumns()); err != nil {
			return err
		}
		return d.SheetRows(s.Origin, t.Row)
	})
}

// newRecord is the form of a new record.
func (s *Server) newRecord(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.showRecordForm(w, r, http.StatusOK, 0, records.Form{Stage: q.Get("stage"), Item: q.Get("item"), Source: q.Get("source")})
}

// showRecordForm renders the form of a record, new when its number is 0.
func (s *Server) showRecordForm(w http.ResponseWriter, r *http.Request, status, no int, form records.Form) error {
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &records.FormData{View: recordsView(v), Kind: recordKind(r), Form: form}
	if no > 0 {
		if d.Record, err = recordOfKind(v.Review, no, d.Kind); err != nil {
			return err
		}
	}
	if d.Record == nil || d.Record.Owner != v.Actor.Person {
		if err := review.May(v.Actor, review.KeepRecords, &v.Review.Project); err != nil {
			return err
		}
	}
	switch {
	case form.Errors != nil || form.Problem != "":
	case d.Record != nil:
		d.Form = records.Typed(d.Record, v.Others)
	default:
		if err := v.Review.MayAddKind(d.Kind); err != nil {
			return err
		}
		d.Begin()
	}
	if err := s.recordOwners(r, v, d); err != nil {
		return err
	}
	if err := s.otherChoices(r, v, d); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, d.Title(), ui.NavPortfolio)
	m.ErrorCount = d.ErrorCount()
	if m.Posted {
		m.Path = page.NewRecordURL(v.Review.Project.Key, d.Kind.Key, "", "")
		if no > 0 {
			m.Path = page.EditRecordURL(v.Review.Project.Key, d.Kind.Key, no)
		}
	}
	return s.render(w, r, status, records.FormPage(m, d))
}

// recordOfKind finds a record by its number, at the address of its kind.
func recordOfKind(rv *review.Review, no int, k *record.Kind) (*review.Record, error) {
	rec, err := rv.Record(no)
	if err == nil && rec.Kind != k.Key {
		return nil, review.ErrNotFound
	}
	return rec, err
}

// recordOwners finds whom the viewer can make the owner: those on the project
// first, then others whom they may find.
func (s *Server) recordOwners(r *http.Request, v *store.ProjectView, d *records.FormData) error {
	add := func(id review.PersonID, name string) {
		if !slices.ContainsFunc(d.People, func(p page.Somebody) bool { return p.ID == id }) {
			d.People = append(d.People, page.Somebody{ID: id, Name: name})
		}
	}
	for _, m := range v.Review.Project.Members {
		add(m.Person, v.Names.Of(m.Person))
	}
	add(v.Actor.Person, v.Name)
	if d.Record != nil && d.Record.Owner != 0 {
		add(d.Record.Owner, v.Names.Of(d.Record.Owner))
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), "", peopleListed)
	var denied *review.Denied
	if err != nil && !errors.As(err, &denied) {
		return err
	}
	for _, p := range found {
		add(p.ID, p.Name)
	}
	return nil
}

// otherChoices finds the projects that the form can name, where it asks for one.
func (s *Server) otherChoices(r *http.Request, v *store.ProjectView, d *records.FormData) error {
	if !d.AsksProject() {
		return nil
	}
	found, err := s.Store.ProjectChoices(r.Context(), s.by(r), "", projectsListed)
	if err != nil {
		return err
	}
	for _, p := range found {
		if p.Key != v.Review.Project.Key {
			d.Projects = append(d.Projects, page.ProjectChoice(p))
		}
	}
	return nil
}

// recordFields are the fields of the form of a record.
func recordFields(posted url.Values) records.Form {
	return records.Form{
		Title: posted.Get("title"), Text: posted.Get("text"), Owner: posted.Get("owner"), Due: posted.Get("due"), Stage: posted.Get("stage"),
		Item: posted.Get("item"), Links: posted.Get("links"), Shown: posted.Get("shown"), Values: recordValues(posted),
	}
}

// recordValues are the fields of a form that a kind has itself.
func recordValues(posted url.Values) record.Values {
	out := record.Values{}
	for name, values := range posted {
		if key, own := strings.CutPrefix(name, records.ValuePrefix); own {
			out[record.FieldKey(key)] = values[0]
		}
	}
	return out
}

// tellAll enters the authorities that were ticked as those that have to be told of an
// incident.
func tellAll(form *records.Form, k *record.Kind, posted url.Values) error {
	ticked := posted[records.TellField]
	switch {
	case len(ticked) == 0:
		return nil
	case k.Key != record.Incident:
		return &review.Invalid{Fields: []review.FieldError{{Field: "form", Message: "has a field that this page does not know: " + records.TellField}}}
	case form.Tell(ticked) > 0:
		return &review.Invalid{Fields: []review.FieldError{{Field: records.TellField, Message: "are more than an incident has room for; clear one of those below"}}}
	}
	return nil
}

// ownsField refuses a field that the kind does not have.
func ownsField(k *record.Kind, values record.Values) error {
	for key := range values {
		if f := k.Field(key); f == nil || f.Given {
			return &review.Invalid{Fields: []review.FieldError{{Field: "form", Message: "has a field that this page does not know: " + printable(string(key), 40)}}}
		}
	}
	return nil
}

// addRecord adds a record.
func (s *Server) addRecord(w http.ResponseWriter, r *http.Request) error {
	k := recordKind(r)
	posted, err := readForm(r, "title", "text", "owner", "due", "stage", "item", "links", "value-"+each, records.TellField+several)
	form := recordFields(posted)
	if err == nil {
		err = tellAll(&form, k, posted)
	}
	if err == nil {
		err = ownsField(k, form.Values)
	}
	found := form
	if err == nil {
		found.Values, err = s.projectsByName(r, k, form.Values)
	}
	var no int
	if err == nil {
		owner := personNumber(form.Owner)
		t := store.Target{Project: projectKey(r), Others: []review.PersonID{owner}, Seen: otherProjects(k, found.Values)}
		err = s.changeRecord(r, t, func(rv *review.Review, who review.Actor, at time.Time) (err error) {
			no, err = rv.OpenRecord(who, k.Key, found.Record(owner, s.Links), at)
			return err
		})
	}
	if err != nil {
		return s.recordFormFailed(w, r, 0, form, err)
	}
	return s.done(w, r, page.RecordURL(projectKey(r), k.Key, no), flashRecordAdded)
}

// changeRecord carries out a command on records.
func (s *Server) changeRecord(r *http.Request, t store.Target, decide store.Decide) error {
	changed, err := s.Store.Change(r.Context(), s.by(r), t, decide)
	if err != nil {
		return err
	}
	s.metrics.decided(changed.Events)
	return nil
}

// changeOne is [Server.changeRecord] for the record at an address, which has to be of
// the kind that the address says.
func (s *Server) changeOne(r *http.Request, t store.Target, no int, decide store.Decide) error {
	k := recordKind(r)
	return s.changeRecord(r, t, func(rv *review.Review, who review.Actor, at time.Time) error {
		if _, err := recordOfKind(rv, no, k); err != nil {
			return err
		}
		return decide(rv, who, at)
	})
}

// otherProjects are the keys of other projects that a form names.
func otherProjects(k *record.Kind, values record.Values) []review.ProjectKey {
	var out []review.ProjectKey
	for i := range k.Fields {
		f := &k.Fields[i]
		if key := strings.ToLower(strings.TrimSpace(values[f.Key])); f.Type == record.Project && plan.ValidKey(key) {
			out = append(out, review.ProjectKey(key))
		}
	}
	return out
}

// keyBehind is the key behind a project's name, where lists tell twins apart by it.
var keyBehind = regexp.MustCompile(` \(([a-z0-9-]+)\)$`)

// namesakesListed is how many projects a refusal names at most.
const namesakesListed = 5

// projectsByName has the fields that name another project do so by its key, where its
// name was typed or a part of it that no other project has which the person may see.
func (s *Server) projectsByName(r *http.Request, k *record.Kind, typed record.Values) (record.Values, error) {
	out := typed
	for i := range k.Fields {
		f := &k.Fields[i]
		name := strings.TrimSpace(typed[f.Key])
		if f.Type != record.Project || name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		key, err := s.projectNamed(r, name)
		var several *namesakes
		if errors.As(err, &several) {
			return typed, invalidField(string(f.Key), "has several matches; type one of them in full: "+strings.Join(several.names, "; "))
		}
		if err != nil {
			return typed, err
		}
		if key != "" {
			out = out.With(record.Values{f.Key: string(key)})
		}
	}
	return out, nil
}

// namesakes are projects among which a name does not tell.
type namesakes struct{ names []string }

func (n *namesakes) Error() string { return "several projects: " + strings.Join(n.names, "; ") }

// projectNamed finds a project by its key, its name, or a part of that which no other
// has; empty where there is none.
func (s *Server) projectNamed(r *http.Request, name string) (review.ProjectKey, error) {
	if known, err := s.keyTaken(r, strings.ToLower(name)); err != nil || known {
		return review.ProjectKey(strings.ToLower(name)), err
	}
	search := name
	if m := keyBehind.FindStringSubmatch(name); m != nil {
		search = m[1]
	}
	found, err := s.Store.ProjectChoices(r.Context(), s.by(r), search, projectsListed)
	if err != nil {
		return "", err
	}
	for _, same := range []func(p store.ProjectChoice) bool{
		func(p store.ProjectChoice) bool { return strings.EqualFold(string(p.Key), search) },
		func(p store.ProjectChoice) bool { return fold.Text(p.Name) == fold.Text(name) },
	} {
		if i := slices.IndexFunc(found, same); i >= 0 {
			return found[i].Key, nil
		}
	}
	several := &namesakes{}
	for _, p := range found {
		several.names = append(several.names, p.Name)
	}
	switch n := len(found); {
	case n == 0:
		return "", nil
	case n == 1:
		return found[0].Key, nil
	case n > namesakesListed:
		several.names = append(several.names[:namesakesListed], "and others")
	}
	return "", several
}

// recordFormFailed shows the form again with what was typed and what is wrong.
func (s *Server) recordFormFailed(w http.ResponseWriter, r *http.Request, no int, form records.Form, err error) error {
	var refused bool
	if form.Errors, form.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showRecordForm(w, r, explain(err).status, no, form)
}

// editRecord is the form of a record that there is.
func (s *Server) editRecord(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	return s.showRecordForm(w, r, http.StatusOK, no, records.Form{})
}

// saveRecord changes what a record says.
func (s *Server) saveRecord(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	k := recordKind(r)
	posted, err := readForm(r, "title", "text", "owner", "due", "stage", "item", "links", "shown", "value-"+each, records.TellField+several)
	form := recordFields(posted)
	if err == nil {
		err = tellAll(&form, k, posted)
	}
	if err == nil {
		err = ownsField(k, form.Values)
	}
	found := form
	if err == nil {
		found.Values, err = s.projectsByName(r, k, form.Values)
	}
	if err == nil {
		owner := personNumber(form.Owner)
		t := store.Target{Project: projectKey(r), Others: []review.PersonID{owner}, Seen: otherProjects(k, found.Values)}
		err = s.changeOne(r, t, no, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.EditRecord(who, no, shown(posted), found.Record(owner, s.Links), at)
		})
	}
	if err != nil {
		return s.recordFormFailed(w, r, no, form, err)
	}
	return s.done(w, r, page.RecordURL(projectKey(r), k.Key, no), flashRecordSaved)
}

// record is a record's page.
func (s *Server) record(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	if !asksPast(r) {
		return s.showRecord(w, r, http.StatusOK, no, recordForms{})
	}
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	rec, err := v.RecordAsOf(no)
	if err != nil {
		return err
	}
	if rec.Record.Kind != recordKind(r).Key {
		return review.ErrNotFound
	}
	d := &records.Data{View: pastRecords(v), Record: rec.Record, Comments: comments(rec.Comments), Entries: rec.Entries}
	return s.showPast(w, r, v, pageAsOf{
		title: d.Title(), back: page.RecordURL(v.Review.Project.Key, rec.Record.Kind, no), nav: ui.NavPortfolio,
		page: func(m ui.PageMeta) templ.Component { return records.Page(m, d) },
	})
}

// recordForms are what was typed into the forms of a record's page and refused.
type recordForms struct {
	move    records.MoveForm
	said    records.Form
	once    string // the key of the comment
	reading records.ReadingForm
}

// showRecord renders a record's page around what was refused, if anything.
func (s *Server) showRecord(w http.ResponseWriter, r *http.Request, status, no int, typed recordForms) error {
	v, err := s.Store.Record(r.Context(), s.by(r), projectKey(r), no)
	if err != nil {
		return err
	}
	if v.Record.Kind != recordKind(r).Key {
		return review.ErrNotFound
	}
	if typed.once == "" {
		typed.once = rand.Text()
	}
	d := &records.Data{
		View: recordsView(&v.ProjectView), Record: v.Record, Comments: comments(v.Comments), Entries: v.Entries, Once: typed.once, Move: typed.move,
		Comment: typed.said, Reading: typed.reading,
	}
	if err := s.lessonParts(r, v, d); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, d.Title(), ui.NavPortfolio)
	m.ErrorCount = d.ErrorCount()
	if m.Posted {
		m.Path = page.RecordURL(v.Review.Project.Key, v.Record.Kind, no)
	}
	return s.render(w, r, status, records.Page(m, d))
}

// moveRecord brings a record into another state.
func (s *Server) moveRecord(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	k := recordKind(r)
	posted, err := readForm(r, "to", "reason", "due", "item", "shown", "value-"+each)
	form := records.MoveForm{
		To: posted.Get("to"), Reason: posted.Get("reason"), Due: posted.Get("due"), Item: posted.Get("item"), Values: recordValues(posted),
	}
	if err == nil {
		err = ownsField(k, form.Values)
	}
	if to := k.State(record.StateKey(form.To)); err == nil && to != nil && to.Decided() {
		if err := s.mayDecide(r); err != nil {
			return err
		}
	}
	if err == nil {
		err = s.changeOne(r, store.Target{Project: projectKey(r)}, no, func(rv *review.Review, who review.Actor, at time.Time) error {
			in := review.RecordMove{
				To: record.StateKey(form.To), Reason: form.Reason, Due: form.Due, Item: plan.ItemKey(form.Item), Values: form.Values, Rules: s.Links,
			}
			return rv.MoveRecord(who, no, shown(posted), in, at)
		})
	}
	if err == nil {
		return s.done(w, r, page.RecordURL(projectKey(r), k.Key, no), flashRecordMoved)
	}
	return s.moveFailed(w, r, no, form, err)
}

// toldOf notes that somebody was told of an incident, at this moment.
func (s *Server) toldOf(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	posted, err := readForm(r, "whom")
	if err != nil {
		return err
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
		if _, err := recordOfKind(rv, no, recordKind(r)); err != nil {
			return err
		}
		return rv.Told(who, no, posted.Get("whom"), at)
	})
	if err != nil {
		var invalid *review.Invalid
		if errors.As(err, &invalid) { // the page has no field for that
			return s.showRecord(w, r, http.StatusUnprocessableEntity, no, recordForms{move: records.MoveForm{Problem: page.FieldSentence("The moment", invalid.Fields[0].Message)}})
		}
		return s.moveFailed(w, r, no, records.MoveForm{}, err)
	}
	s.metrics.decided(changed.Events)
	done := flashTold
	if len(changed.Events) == 0 {
		done = flashAlready
	}
	return s.done(w, r, page.RecordURL(projectKey(r), record.Incident, no), done)
}

// moveFailed shows a record again around a move that was refused.
func (s *Server) moveFailed(w http.ResponseWriter, r *http.Request, no int, form records.MoveForm, err error) error {
	var denied *review.Denied
	var refused bool
	form.Errors, form.Problem, refused = formRefusal(err)
	switch {
	case errors.As(err, &denied), form.Errors["to"] != "": // the page has no field for that
		form.Errors, form.Problem = nil, explain(err).text
	case !refused:
		return err
	}
	return s.showRecord(w, r, explain(err).status, no, recordForms{move: form})
}

// commentRecord adds to a record's discussion.
func (s *Server) commentRecord(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	k := recordKind(r)
	posted, err := readForm(r, "text", "once")
	form := records.Form{Text: posted.Get("text")}
	if err == nil {
		mentioned, mentionErr := s.Store.Mentioned(r.Context(), strings.ToValidUTF8(form.Text, ""))
		if mentionErr != nil {
			return mentionErr
		}
		t := store.Target{Project: projectKey(r), Others: mentioned}
		err = s.changeOne(r, t, no, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.DiscussRecord(who, no, form.Text, posted.Get("once"), at, mentioned...)
		})
	}
	if err == nil {
		return s.done(w, r, page.RecordURL(projectKey(r), k.Key, no)+"#discussion", flashCommented)
	}
	fields, invalid := fieldErrors(err)
	if !invalid {
		return err
	}
	form.Errors = fields
	return s.showRecord(w, r, explain(err).status, no, recordForms{said: form, once: posted.Get("once")})
}
