package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// checklist shows the items of one stage.
func (s *Server) checklist(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.checklistAt(w, r)
	}
	if answered, err := s.unchanged(w, r); answered || err != nil {
		return err
	}
	view, err := s.Store.Checklist(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	show, text := listFilter(r)
	d := page.ChecklistData{Checked: page.Check(stageView(view, stageKey(r))), Show: show, Query: text, Said: s.said(r)}
	defer d.Release()
	m := s.projectMeta(w, r, &view.Viewer, view.Review, d.Title(), ui.NavPortfolio)
	m.Width = ui.Wide
	if d.Said.Entries != "" { // it stands beside the button that undoes it
		m.Banners, m.Saved = nil, true
	}
	return s.renderKept(w, r, view, page.Checklist(m, d))
}

// listFilter is what the list shows, or what the list showed in which an answer
// was given.
func listFilter(r *http.Request) (page.Show, string) {
	q := r.URL.Query()
	return page.Show(q.Get("show")), searchWords(q.Get("q"))
}

func stageView(v *store.ProjectView, stage plan.StageKey) page.StageView {
	return page.StageView{Review: v.Review, Rollups: v.Rollups, Actor: v.Actor, Now: v.Now, Names: v.Names.Of, Stage: stage, Forced: v.Forced, Others: v.Others}
}

// answered is what the form of an answer says.
type answered struct {
	state    review.State
	choosing bool        // by choices, and not by state
	chosen   plan.Chosen // of a question
	note     string
	noted    bool // a note came along; without one, the item's stays
	version  int  // that the person was shown
}

// answer sets the answer of an item, from its row or from its own page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	in, err := readAnswer(r)
	if err != nil {
		return s.answerFailed(w, r, in, err)
	}
	project, stage, item := projectKey(r), stageKey(r), itemKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: project, Stage: stage}, in.decide(stage, item))
	if err != nil {
		return s.answerFailed(w, r, in, err)
	}
	s.metrics.decided(changed.Events)
	if !htmx(r) {
		return s.done(w, r, afterAnswer(r), flashAnswered.about(entrySpan(changed.Events)))
	}
	return s.swapRow(w, r, changed, item, page.Said{Do: string(in.state), Noted: in.noted}, nil)
}

// swapRow answers a change that a row's own form made: the row as it is now,
// what of the page follows it, and a line that says what happened.
func (s *Server) swapRow(w http.ResponseWriter, r *http.Request, changed *store.Changed, item plan.ItemKey, said page.Said, paste *ui.RowPaste) error {
	checked, row, ok := page.CheckRow(changedView(changed, stageKey(r)), item)
	if !ok {
		return review.ErrNotFound
	}
	defer checked.Release()
	show, text := listFilter(r)
	row.Filter, row.Paste = show.Query(text), paste
	said.Entries, said.Events, said.Changed = entrySpan(changed.Events), changed.Events, []plan.ItemKey{item}
	status := http.StatusOK
	if paste != nil && len(changed.Events) == 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page.Ticked(checked, row, show, text, said))
}

// filterQuery is listFilter as addresses carry it.
func filterQuery(r *http.Request) string {
	show, text := listFilter(r)
	return show.Query(text)
}

func changedView(c *store.Changed, stage plan.StageKey) page.StageView {
	return page.StageView{Review: c.Review, Rollups: c.Rollups, Actor: c.Actor, Now: c.Now, Names: c.Names.Of, Stage: stage}
}

// afterAnswer is where an answer leads without a script: back to the row in the
// list as it was filtered, or to the item's own page when it was given there.
func afterAnswer(r *http.Request) string {
	if r.URL.Query().Get("from") == "item" {
		return page.ItemURL(projectKey(r), stageKey(r), itemKey(r))
	}
	return listURL(r) + "#item-" + string(itemKey(r))
}

func (in answered) decide(stage plan.StageKey, item plan.ItemKey) store.Decide {
	return func(rv *review.Review, who review.Actor, at time.Time) error {
		switch {
		case in.choosing && in.noted:
			return rv.Choose(who, stage, item, in.chosen, &in.note, in.version, at)
		case in.choosing:
			return rv.Choose(who, stage, item, in.chosen, nil, in.version, at)
		case !in.noted:
			return rv.AnswerKeepingNote(who, stage, item, in.state, in.version, at)
		}
		return rv.Answer(who, stage, item, in.state, in.note, in.version, at)
	}
}

// readAnswer reads the form. A row carries the version in its address, the
// item's page in a field.
func readAnswer(r *http.Request) (answered, error) {
	form, err := readForm(r, "answer", "choice"+several, "note", "version")
	in := answered{state: review.State(form.Get("answer")), note: form.Get("note"), noted: form.Has("note")}
	var unknown error
	in.chosen, in.choosing, unknown = page.ReadChosen(form.Get("answer"), form["choice"])
	if err = cmp.Or(err, unknown); err != nil {
		return in, err
	}
	version := form.Get("version")
	if version == "" {
		version = r.URL.Query().Get("version")
	}
	in.version, err = readVersion(version)
	return in, err
}

// readVersion reads the version of an answer that a form was shown.
func readVersion(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, &review.Invalid{Fields: []review.FieldError{{Field: "version", Message: "is missing or no number; reload the page and answer again"}}}
	}
	return n, nil
}

// answerFailed shows an answer that could not be saved again, with what was
// chosen and typed: in its row or on the item's page.
func (s *Server) answerFailed(w http.ResponseWriter, r *http.Request, in answered, err error) error {
	if !htmx(r) {
		form := page.ItemForm{
			Name: page.FormAnswer, State: in.state, Choosing: in.choosing, Chosen: in.chosen, Note: in.note, Noted: in.noted, Version: in.version,
		}
		return s.itemFailed(w, r, form, err)
	}
	status := explain(err).status
	if status != http.StatusConflict && status != http.StatusUnprocessableEntity && status != http.StatusRequestEntityTooLarge {
		return err // what app.js tells in words of its own
	}
	view, readErr := s.Store.Checklist(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if readErr != nil {
		return readErr
	}
	checked, row, ok := page.CheckRow(stageView(view, stageKey(r)), itemKey(r))
	if !ok {
		return err
	}
	defer checked.Release()
	row.Filter = filterQuery(r)
	var def *plan.Item
	if st := view.Review.Stage(stageKey(r)); st != nil {
		def = st.Item(itemKey(r)).Def
	}
	in.explain(&row, def, err, view)
	show, text := listFilter(r)
	return s.render(w, r, status, page.Ticked(checked, row, show, text, page.Said{}))
}

// explain puts into the row why it was not saved.
func (in answered) explain(row *ui.ItemRow, def *plan.Item, err error, view *store.ProjectView) {
	var conflict *review.AnswerConflict
	switch fields, ok := fieldErrors(err); {
	case errors.As(err, &conflict) && conflict.Current.Version > 0:
		row.Conflict = &ui.RowConflict{
			By: view.Names.Of(conflict.Current.By), Own: conflict.Current.By == view.Actor.Person, When: ui.Ago(conflict.Current.At, view.Now),
			MineAnswer: page.AnswerValue(in.state, in.chosen), MineNote: in.note, MineNoted: in.noted,
		}
		if in.choosing {
			row.Conflict.MineWord = page.MineWord(def, in.chosen)
		}
	case ok && fields["choices"] != "":
		row.Problem = &ui.RowProblem{Text: page.ChoicesProblem(fields["choices"]), Note: in.note}
	case ok && fields["note"] != "" && (in.state.Valid() || in.choosing):
		row.Version = in.version // what the person saw, so that a change meanwhile still shows
		row.Problem = page.NoteProblem(in.state, in.chosen, in.note, fields["note"])
	default:
		row.Problem = &ui.RowProblem{Text: explain(err).text, Note: in.note}
	}
}
