package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// members shows the people of a project, to be changed. With "owner" or "remove"
// in the address it asks first, and says what the person would leave behind.
func (s *Server) members(w http.ResponseWriter, r *http.Request) error {
	return s.showMembers(w, r, http.StatusOK, page.MemberForm{})
}

func (s *Server) showMembers(w http.ResponseWriter, r *http.Request, status int, typed page.MemberForm) error {
	view, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	p := &view.Review.Project
	if err := review.May(view.Actor, review.ManageMembers, p); err != nil {
		return err
	}
	q := r.URL.Query()
	d := &page.MembersData{
		Actor: view.Actor, Project: p, Template: &view.Review.Plan.Lifecycle, Names: view.Names.Of, Member: typed, Find: searchText(r, "find"),
		Owner: asked(p, q.Get("owner")), Remove: asked(p, q.Get("remove")), Away: view.Review.Away,
	}
	if typed.Errors["to"] != "" {
		d.Remove = typed.Person
	}
	if d.Remove != 0 {
		d.Tasks, d.Done = view.Review.Tasks(d.Remove), view.Review.Done(d.Remove)
	}
	if err := s.findMembers(r, d); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &view.Viewer, view.Review, "People, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.MembersURL(p.Key), len(typed.Errors)
	if err := s.tellMember(r, view, &m); err != nil {
		return err
	}
	return s.render(w, r, status, page.Members(m, d))
}

// tellMember says by name who was added, and adds to the word on somebody's
// leaving who got what they left.
func (s *Server) tellMember(r *http.Request, view *store.ProjectView, m *ui.PageMeta) error {
	f, span := flash(read(r, s.cookies.flashName)).parts()
	if id := personNumber(span); f == flashAdded && len(m.Banners) > 0 && view.Review.Project.Duty(id) != "" {
		m.Banners[len(m.Banners)-1].Text = view.Names.Of(id) + " was added to the project."
		return nil
	}
	first, last, ok := readSpan(span)
	if f != flashRemoved || !ok || len(m.Banners) == 0 {
		return nil
	}
	entries, err := s.Store.Entries(r.Context(), s.by(r), view.Review.Project.Key, "", first, last)
	if err != nil {
		return err
	}
	if words := page.HandedWords(entries, &view.Review.Plan.Lifecycle, view.Names.Of); words != "" {
		m.Banners[len(m.Banners)-1].Text += " " + words
	}
	return nil
}

// asked is somebody on the project, beside its owner, whom an address names; 0
// for anybody else.
func asked(p *review.Project, word string) review.PersonID {
	if id := personNumber(word); p.Duty(id) != "" && p.Duty(id) != review.DutyOwner {
		return id
	}
	return 0
}

// findMembers lists people who can be added: those found who are not on the
// project yet.
func (s *Server) findMembers(r *http.Request, d *page.MembersData) error {
	found, err := s.Store.FindPeople(r.Context(), s.by(r), d.Find, maxChoices)
	var denied *review.Denied
	if errors.As(err, &denied) {
		d.NoPeople = true
		return nil
	}
	d.Many = len(found) == maxChoices
	d.People = slices.DeleteFunc(choices(found), func(c page.Choice) bool { return d.Project.Duty(c.ID) != "" })
	return err
}

// saveMember gives a person a part in the project, or takes it.
func (s *Server) saveMember(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "person", "duty", "to")
	if err != nil {
		return err
	}
	typed := page.MemberForm{Person: personNumber(form.Get("person")), Duty: form.Get("duty"), To: personNumber(form.Get("to"))}
	if !form.Has("duty") { // an empty one takes the person off; a missing one is a mistake
		typed.Errors = map[string]string{"duty": "choose owner, deputy or member"}
		return s.showMembers(w, r, http.StatusUnprocessableEntity, typed)
	}
	done := flashMember
	to := store.Target{Project: projectKey(r), Others: []review.PersonID{typed.Person, typed.To}}
	changed, err := s.Store.Change(r.Context(), s.by(r), to, func(rv *review.Review, who review.Actor, at time.Time) error {
		if typed.Duty == page.NoDuty {
			done = flashRemoved
			return rv.RemoveMember(who, typed.Person, typed.To, at)
		}
		if rv.Project.Duty(typed.Person) == "" {
			done = flashAdded.about(strconv.FormatInt(int64(typed.Person), 10))
		}
		return rv.SetDuty(who, typed.Person, review.Duty(typed.Duty), at)
	})
	if err == nil {
		if done == flashRemoved {
			done = done.about(entrySpan(changed.Events))
		}
		return s.doneSettings(w, r, changed, page.MembersURL(projectKey(r)), done)
	}
	var refused *review.Refused
	fields, invalid := fieldErrors(err)
	switch {
	case invalid:
		typed.Errors = fields
		return s.showMembers(w, r, http.StatusUnprocessableEntity, typed)
	case errors.As(err, &refused):
		typed.Errors = map[string]string{"duty": refused.Why}
		return s.showMembers(w, r, http.StatusConflict, typed)
	}
	return err
}
