package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// item shows one item with its discussion and history.
func (s *Server) item(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.itemAt(w, r)
	}
	return s.showItem(w, r, http.StatusOK, page.ItemForm{})
}

// showItem renders the item's page around a form that was refused, if any.
func (s *Server) showItem(w http.ResponseWriter, r *http.Request, status int, form page.ItemForm) error {
	return s.showItemOf(w, r, status, itemPlace{projectKey(r), stageKey(r), itemKey(r)}, form)
}

// itemPlace says which item, where the address does not.
type itemPlace struct {
	project review.ProjectKey
	stage   plan.StageKey
	item    plan.ItemKey
}

func (s *Server) showItemOf(w http.ResponseWriter, r *http.Request, status int, at itemPlace, form page.ItemForm) error {
	view, err := s.Store.Item(r.Context(), s.by(r), at.project, at.stage, at.item)
	if err != nil {
		return err
	}
	d := &page.ItemData{
		StageView: stageView(&view.ProjectView, at.stage), Item: view.Item, Entries: view.Entries,
		Comments: comments(view.Comments), Who: searchText(r, "who"), Once: rand.Text(), Seq: view.Seq, Form: form,
	}
	for _, o := range view.Offers {
		d.Offers = append(d.Offers, page.OfferFound(o))
	}
	if form.Once != "" {
		d.Once = form.Once
	}
	if err := s.assignable(r, view, d); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &view.Viewer, view.Review, d.Title(), ui.NavPortfolio)
	m.ErrorCount = d.ErrorCount()
	if m.Posted { // maybe from a form about its waiver, whose address is another
		m.Path = page.ItemURL(at.project, at.stage, at.item)
	}
	if err := s.tellUnmatched(r, view, &m); err != nil {
		return err
	}
	return s.render(w, r, status, page.Item(m, d))
}

// tellUnmatched adds to the word on one's new comment which names in it reach
// nobody: the same for one that nobody has and for somebody who may not see the
// project.
func (s *Server) tellUnmatched(r *http.Request, view *store.ItemView, m *ui.PageMeta) error {
	f, span := flash(read(r, s.cookies.flashName)).parts()
	first, _, ok := readSpan(span)
	if f != flashCommented || !ok || len(m.Banners) == 0 {
		return nil
	}
	for _, en := range view.Entries {
		e, is := en.Event.(review.CommentAdded)
		if en.Seq != first || !is || en.Actor != view.Actor.Person {
			continue
		}
		words, err := s.Store.Unmatched(r.Context(), e.Text, append(slices.Clone(e.Mentions), en.Actor)...)
		if err != nil {
			return err
		}
		for _, word := range words {
			m.Banners[len(m.Banners)-1].Text += " @" + word + " matches nobody who can see this project."
		}
	}
	return nil
}

// peopleListed is how many people a list to choose from holds.
const peopleListed = 200

// assignable finds whom the viewer can give the item: everybody, or for those
// who may not see the directory, the people of the project.
func (s *Server) assignable(r *http.Request, view *store.ItemView, d *page.ItemData) error {
	project := &view.Review.Project
	if review.May(view.Actor, review.AssignItem, project) != nil {
		return nil
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), d.Who, peopleListed)
	var denied *review.Denied
	if err != nil && !errors.As(err, &denied) {
		return err
	}
	for _, p := range found {
		d.People = append(d.People, page.Somebody{ID: p.ID, Name: p.Name, Email: p.Email})
	}
	d.More = len(found) == peopleListed
	if denied != nil {
		for _, m := range project.Members {
			if !view.Review.CanAnswer(m.Person) {
				continue
			}
			d.People = append(d.People, page.Somebody{ID: m.Person, Name: view.Names.Of(m.Person)})
		}
	}
	for _, id := range []review.PersonID{view.Item.Assignee, view.Actor.Person} {
		if id != 0 && !slices.ContainsFunc(d.People, func(p page.Somebody) bool { return p.ID == id }) {
			name := view.Names.Of(id)
			if id == view.Actor.Person {
				name = view.Name
			}
			d.People = append(d.People, page.Somebody{ID: id, Name: name})
		}
	}
	return nil
}

// itemFailed shows the page again around a form that could not be carried
// out, with all that was typed and what is wrong with it.
func (s *Server) itemFailed(w http.ResponseWriter, r *http.Request, form page.ItemForm, err error) error {
	var conflict *review.AnswerConflict
	var denied *review.Denied
	var refused *review.Refused
	fields, invalid := fieldErrors(err)
	switch {
	case errors.As(err, &conflict) && form.Name == page.FormAnswer && conflict.Current.Version > 0 && (form.State.Valid() || form.Choosing):
		form.Conflict = &conflict.Current
	case invalid:
		form.Errors = fields
		if fields["form"] != "" || fields["version"] != "" {
			form.Problem = explain(err).text
		}
	case errors.As(err, &conflict), errors.As(err, &denied), errors.As(err, &refused):
		form.Problem = explain(err).text
	default:
		return err
	}
	return s.showItem(w, r, explain(err).status, form)
}

// itemChange carries out a command on the item and leads back to its page.
// others are people whose rights the command asks for.
func (s *Server) itemChange(w http.ResponseWriter, r *http.Request, form page.ItemForm, done flash, anchor string, decide store.Decide, others ...review.PersonID) error {
	to := store.Target{Project: projectKey(r), Stage: stageKey(r), Others: others}
	changed, err := s.Store.Change(r.Context(), s.by(r), to, decide)
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	s.metrics.decided(changed.Events)
	if done == flashCommented {
		done = done.about(entrySpan(changed.Events))
	}
	return s.done(w, r, page.ItemURL(projectKey(r), stageKey(r), itemKey(r))+anchor, done)
}

// approve confirms that a must does not apply.
func (s *Server) approve(w http.ResponseWriter, r *http.Request) error {
	form := page.ItemForm{Name: page.FormApprove}
	posted, err := readForm(r, "version")
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	if err := s.mayDecide(r); err != nil {
		return err
	}
	version, err := readVersion(posted.Get("version"))
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	return s.itemChange(w, r, form, flashApproved, "", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ApproveNotApplicable(who, stageKey(r), itemKey(r), version, at)
	})
}

// assign names who works on the item.
func (s *Server) assign(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "person", "due", "join")
	form := page.ItemForm{Name: page.FormAssign, Person: posted.Get("person"), Due: posted.Get("due")}
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	person := personNumber(form.Person)
	if person == 0 && form.Person != "" {
		return s.itemFailed(w, r, form, &review.Invalid{Fields: []review.FieldError{{Field: "person", Message: "choose a person from the list"}}})
	}
	return s.itemChange(w, r, form, flashAssigned, "", func(rv *review.Review, who review.Actor, at time.Time) error {
		if posted.Get("join") == page.JoinValue {
			return rv.AssignJoining(who, stageKey(r), itemKey(r), person, form.Due, at)
		}
		return rv.Assign(who, stageKey(r), itemKey(r), person, form.Due, at)
	}, person)
}

// comment adds to the discussion.
func (s *Server) comment(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "text", "once")
	form := page.ItemForm{Name: page.FormComment, Text: posted.Get("text"), Once: posted.Get("once")}
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	mentioned, err := s.Store.Mentioned(r.Context(), strings.ToValidUTF8(form.Text, ""))
	if err != nil {
		return err
	}
	return s.itemChange(w, r, form, flashCommented, "#discussion", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.Discuss(who, stageKey(r), itemKey(r), form.Text, form.Once, at, mentioned...)
	}, mentioned...)
}

// addEvidence links evidence to the item: one link with all that can be said of
// it, or pasted lines of which the rest is guessed.
func (s *Server) addEvidence(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "url", "title", "kind", "effective", "expires", "commit", "links")
	form := page.ItemForm{Name: page.FormEvidence, Links: posted.Get("links"), Evidence: review.NewEvidence{
		URL: posted.Get("url"), Title: posted.Get("title"), Type: plan.EvidenceKind(posted.Get("kind")),
		Effective: posted.Get("effective"), Expires: posted.Get("expires"), Commit: posted.Get("commit"), Links: s.Links,
	}}
	if posted.Has("links") {
		return s.addLinks(w, r, form, err)
	}
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	return s.itemChange(w, r, form, flashLinked, "#evidence", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.AddEvidence(who, stageKey(r), itemKey(r), form.Evidence, at)
	})
}

// addLinks links what was pasted into a row of the list or on the item's page.
// Lines that are no links come back to be mended.
func (s *Server) addLinks(w http.ResponseWriter, r *http.Request, form page.ItemForm, err error) error {
	form.Name = page.FormLinks
	var bad []review.BadLine
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)},
			func(rv *review.Review, who review.Actor, at time.Time) (err error) {
				bad, err = rv.AddLinks(who, stageKey(r), itemKey(r), form.Links, s.Links, at)
				return err
			})
	}
	if err != nil {
		return s.linksFailed(w, r, form, err)
	}
	s.metrics.decided(changed.Events)
	if len(bad) == 0 && !htmx(r) {
		return s.done(w, r, page.ItemURL(projectKey(r), stageKey(r), itemKey(r))+"#evidence", flashLinked)
	}
	paste := page.BadLines(bad, len(changed.Events))
	if htmx(r) {
		return s.swapRow(w, r, changed, itemKey(r), page.Said{Do: page.BulkLinks}, paste)
	}
	form.Links, form.Errors = paste.Lines, map[string]string{"links": paste.Text}
	return s.showItem(w, r, http.StatusUnprocessableEntity, form)
}

// linksFailed says why nothing of what was pasted was added.
func (s *Server) linksFailed(w http.ResponseWriter, r *http.Request, form page.ItemForm, err error) error {
	fields, invalid := fieldErrors(err)
	if !htmx(r) || !invalid {
		return s.itemFailed(w, r, form, err)
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
	row.Paste = &ui.RowPaste{Text: "Nothing was added: what you pasted " + fields["links"] + ".", Lines: form.Links}
	show, text := listFilter(r)
	return s.render(w, r, http.StatusUnprocessableEntity, page.Ticked(checked, row, show, text, page.Said{}))
}

// reviseEvidence corrects the title and kind of a link.
func (s *Server) reviseEvidence(w http.ResponseWriter, r *http.Request) error {
	form := page.ItemForm{Name: page.FormRevise}
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	posted, err := readForm(r, "title", "kind")
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	decide := func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.ReviseEvidence(who, stageKey(r), itemKey(r), no, posted.Get("title"), plan.EvidenceKind(posted.Get("kind")), at)
	}
	if !htmx(r) {
		return s.itemChange(w, r, form, flashRevised, "#evidence", decide)
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)}, decide)
	if err != nil {
		return s.answerFailed(w, r, answered{}, err)
	}
	s.metrics.decided(changed.Events)
	return s.swapRow(w, r, changed, itemKey(r), page.Said{Do: page.BulkRevise}, nil)
}

// removeEvidence takes a link away from the item.
func (s *Server) removeEvidence(w http.ResponseWriter, r *http.Request) error {
	form := page.ItemForm{Name: page.FormRemove}
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	if _, err := readForm(r); err != nil {
		return s.itemFailed(w, r, form, err)
	}
	return s.itemChange(w, r, form, flashUnlinked, "#evidence", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.RemoveEvidence(who, stageKey(r), itemKey(r), no, at)
	})
}
