package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// bulk changes several items of a stage in one transaction. What it has to
// leave it lists by item; the rest is done.
func (s *Server) bulk(w http.ResponseWriter, r *http.Request) error {
	form, picked, err := readBulk(r)
	if err != nil {
		return s.bulkFailed(w, r, form, err)
	}
	var left []review.Left
	stage := stageKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stage},
		func(rv *review.Review, who review.Actor, at time.Time) error {
			var err error
			left, err = decideBulk(rv, who, stage, form, picked, at)
			return err
		})
	if err != nil {
		return s.bulkFailed(w, r, form, err)
	}
	s.metrics.decided(changed.Events)
	touched := make([]plan.ItemKey, len(picked))
	for i, p := range picked {
		touched[i] = p.Item
	}
	return s.told(w, r, changed, outcome{what: form.Do, flash: flashBulk, left: left, touched: touched})
}

func decideBulk(rv *review.Review, who review.Actor, stage plan.StageKey, form page.BulkForm, picked []review.Picked, at time.Time) ([]review.Left, error) {
	switch form.Do {
	case page.BulkAssign:
		return rv.AssignAll(who, stage, picked, personNumber(form.Person), form.Due, at)
	case page.BulkDue:
		return rv.DueAll(who, stage, picked, form.Due, at)
	}
	return rv.AnswerAll(who, stage, picked, review.State(form.Do), form.Note, at)
}

// readBulk reads the form of several items: those picked with the versions that
// were shown, and what to do with them. Its buttons say either what to do, or
// whom to assign.
func readBulk(r *http.Request) (page.BulkForm, []review.Picked, error) {
	posted, err := readForm(r, "pick"+several, "do", "assign", "note", "person", "due")
	form := page.BulkForm{
		Do: posted.Get("do"), Note: posted.Get("note"), Person: posted.Get("person"), Due: posted.Get("due"), Picked: map[plan.ItemKey]bool{},
	}
	if posted.Has("assign") {
		form.Do, form.Person = page.BulkAssign, posted.Get("assign")
	}
	if err != nil {
		return form, nil, err
	}
	picked, err := readPicks(posted["pick"])
	if err != nil {
		return form, nil, err
	}
	for _, p := range picked {
		form.Picked[p.Item] = true
	}
	if form.Do == page.BulkAssign && form.Person != "0" && personNumber(form.Person) == 0 {
		return form, nil, invalidField("person", "choose whom to assign")
	}
	return form, picked, nil
}

// readPicks reads items with the versions that were shown of them.
func readPicks(posted []string) ([]review.Picked, error) {
	picked := make([]review.Picked, 0, len(posted))
	for _, p := range posted {
		dot := strings.LastIndexByte(p, '.')
		version, err := strconv.Atoi(p[dot+1:])
		if dot < 1 || err != nil || version < 0 {
			return nil, invalidField("pick", "a selected item cannot be read; reload the page and select again")
		}
		picked = append(picked, review.Picked{Item: plan.ItemKey(p[:dot]), Version: version})
	}
	return picked, nil
}

func invalidField(field, message string) error {
	return &review.Invalid{Fields: []review.FieldError{{Field: field, Message: message}}}
}

// bulkFailed says why nothing was changed, with everything still selected.
func (s *Server) bulkFailed(w http.ResponseWriter, r *http.Request, form page.BulkForm, err error) error {
	p := explain(err)
	if p.status == http.StatusNotFound || p.status >= http.StatusInternalServerError || errors.Is(err, store.ErrNoSession) || errors.Is(err, errMediaType) {
		return err
	}
	text := p.text
	var invalid *review.Invalid
	if errors.As(err, &invalid) {
		text = page.BulkProblem(invalid)
	}
	if htmx(r) {
		if p.status == http.StatusForbidden {
			return err // app.js says so beside the buttons
		}
		return s.render(w, r, p.status, page.SaidProblem(text))
	}
	view, readErr := s.Store.Checklist(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if readErr != nil {
		return readErr
	}
	return s.showList(w, r, p.status, stageView(view, stageKey(r)), &view.Viewer, form, page.Said{Problem: text})
}

// showList shows the list of a stage in answer to a form of several items.
func (s *Server) showList(w http.ResponseWriter, r *http.Request, status int, v page.StageView, viewer *store.Viewer, form page.BulkForm, said page.Said) error {
	if v.Review.Stage(v.Stage) == nil {
		return review.ErrNotFound
	}
	show, text := listFilter(r)
	d := page.ChecklistData{Checked: page.Check(v), Show: show, Query: text, Bulk: form, Said: said}
	defer d.Release()
	m := s.projectMeta(w, r, viewer, v.Review, d.Title(), ui.NavPortfolio)
	m.Width, m.Saved = ui.Wide, said.Problem == ""
	if q := show.Query(text); q != "" && m.Posted {
		m.Path += "?" + q
	}
	if said.Problem != "" {
		m.ErrorCount = 1
	}
	return s.render(w, r, status, page.Checklist(m, d))
}

// outcome is what a change in a list came to.
type outcome struct {
	what    string // one of the Bulk constants, or an answer
	flash   flash
	left    []review.Left
	touched []plan.ItemKey // whose rows it concerns
	undone  bool           // it took an earlier change back
	pasted  page.PasteRefusals
}

// told shows what came of a change: the rows concerned and a line about it, or
// without a script the list with the line. Where something was left, the list
// stands right in the answer, because a redirect could not tell why.
func (s *Server) told(w http.ResponseWriter, r *http.Request, changed *store.Changed, o outcome) error {
	v := changedView(changed, stageKey(r))
	said := page.Said{Do: o.what, Entries: entrySpan(changed.Events), Undone: o.undone, Left: o.left, Pasted: o.pasted}
	for _, e := range changed.Events {
		_, item := e.Event.Subject()
		said.Changed = append(said.Changed, item)
		if !slices.Contains(o.touched, item) {
			o.touched = append(o.touched, item)
		}
	}
	said.Events = changed.Events
	if htmx(r) {
		show, text := listFilter(r)
		return s.render(w, r, http.StatusOK, page.Swapped(v, o.touched, show, text, said))
	}
	if len(o.left) > 0 {
		return s.showList(w, r, http.StatusConflict, v, &changed.Viewer, page.BulkForm{}, said)
	}
	return s.done(w, r, listURL(r), o.flash.about(said.Entries).refusing(o.pasted))
}

// listURL is the list as it was filtered.
func listURL(r *http.Request) string {
	list := page.StageURL(projectKey(r), stageKey(r))
	if q := filterQuery(r); q != "" {
		list += "?" + q
	}
	return list
}

// entrySpan names entries of the trail that were written together: "12-31".
// Empty for none.
func entrySpan(events []review.Entry) string {
	if len(events) == 0 {
		return ""
	}
	return strconv.FormatInt(events[0].Seq, 10) + "-" + strconv.FormatInt(events[len(events)-1].Seq, 10)
}

// readSpan reads it back.
func readSpan(s string) (first, last int64, ok bool) {
	a, b, _ := strings.Cut(s, "-")
	first, err1 := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	return first, last, err1 == nil && err2 == nil && first > 0 && last >= first && last-first < 2*review.MaxPicked
}

// undo takes a change of the viewer's own back, by ordinary changes that stand
// on the trail like any other.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "entries", "redo")
	if err != nil {
		return s.bulkFailed(w, r, page.BulkForm{}, err)
	}
	first, last, ok := readSpan(posted.Get("entries"))
	if !ok {
		return s.bulkFailed(w, r, page.BulkForm{}, invalidField("pick", "what to undo cannot be read; reload the page"))
	}
	entries, err := s.Store.Entries(r.Context(), s.by(r), projectKey(r), stageKey(r), first, last)
	if err != nil {
		return err
	}
	var left []review.Left
	stage := stageKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stage},
		func(rv *review.Review, who review.Actor, at time.Time) error {
			var err error
			left, err = rv.Undo(who, stage, entries, at)
			return err
		})
	if err != nil {
		return s.bulkFailed(w, r, page.BulkForm{}, err)
	}
	s.metrics.decided(changed.Events)
	touched := make([]plan.ItemKey, len(left))
	for i, l := range left {
		touched[i] = l.Item
	}
	o := outcome{what: page.BulkUndo, flash: flashUndone, left: left, touched: touched, undone: true}
	if posted.Get("redo") != "" {
		o.what, o.flash, o.undone = page.BulkRedo, flashRedone, false
	}
	return s.told(w, r, changed, o)
}

// said is what the list says of the change that led to it, where that can be
// undone.
func (s *Server) said(r *http.Request) page.Said {
	f, entries := flash(read(r, s.cookies.flashName)).parts()
	switch f {
	case flashAnswered, flashBulk, flashPasted, flashUndone, flashRedone:
	default:
		return page.Said{}
	}
	if _, _, ok := readSpan(entries); !ok {
		return page.Said{}
	}
	text := flashTexts[f] + flash(read(r, s.cookies.flashName)).refusals().Words()
	return page.Said{Text: text, Entries: entries, Undone: f == flashUndone}
}

// about is a flash with the entries of the trail that it speaks of.
func (f flash) about(entries string) flash {
	if entries == "" {
		return f
	}
	return f + "." + flash(entries)
}

func (f flash) parts() (code flash, entries string) {
	c, e, _ := strings.Cut(string(f), ".")
	e, _, _ = strings.Cut(e, ".")
	return flash(c), e
}

// refusing is a flash with how much of what was pasted came to nothing. It is two numbers, so
// that here, too, no text can be slipped in.
func (f flash) refusing(n page.PasteRefusals) flash {
	if n == (page.PasteRefusals{}) {
		return f
	}
	code, entries := f.parts()
	return code + "." + flash(entries) + "." + flash(strconv.Itoa(n.Rows)+"-"+strconv.Itoa(n.Links))
}

// refusals reads them back; none where there are none.
func (f flash) refusals() page.PasteRefusals {
	parts := strings.Split(string(f), ".")
	if len(parts) != 3 || parts[0] != string(flashPasted) {
		return page.PasteRefusals{}
	}
	rows, links, _ := strings.Cut(parts[2], "-")
	r, err1 := strconv.Atoi(rows)
	l, err2 := strconv.Atoi(links)
	if err1 != nil || err2 != nil || min(r, l) < 0 || max(r, l) > maxPaste {
		return page.PasteRefusals{}
	}
	return page.PasteRefusals{Rows: r, Links: l}
}
