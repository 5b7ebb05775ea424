package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// people lists who may do what; an address that names a person shows that one.
func (s *Server) people(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Has("person") {
		return s.showPerson(w, r, http.StatusOK, personNumber(r.URL.Query().Get("person")), personForms{})
	}
	f := page.PeopleFilter{Search: searchText(r, "q"), Page: pageNumber(r)}
	words, err := s.Store.Words(r.Context())
	if err != nil {
		return err
	}
	if right := r.URL.Query().Get("right"); review.Role(right).Valid() || words.HasSeat(plan.Seat(right)) {
		f.Right = right
	}
	view, err := s.Store.People(r.Context(), s.by(r), store.PeopleFilter{Search: f.Search, Right: f.Right, Page: f.Page})
	if err != nil {
		return err
	}
	ref, err := s.Store.DefaultLifecycle(r.Context())
	if err != nil {
		return err
	}
	tmpl, err := s.Store.Template(r.Context(), ref)
	if err != nil {
		return err
	}
	d := &page.PeopleData{
		Actor: view.Actor, Now: view.Now, Filter: f, Template: tmpl, Words: words,
		People: make([]page.Person, len(view.People)), First: (f.Page-1)*store.PeoplePage + 1, More: view.More,
	}
	for i := range view.People {
		d.People[i] = personOf(&view.People[i], view.Names)
	}
	if review.May(view.Actor, review.BlockPerson, nil) == nil {
		odd, names, err := s.Store.Oddities(r.Context(), s.by(r))
		if err != nil {
			return err
		}
		for _, o := range odd {
			d.Odd = append(d.Odd, page.Oddity{Person: o.Person, Name: names.Of(o.Person), Lacks: o.Lacks, Twin: o.Twin})
		}
	}
	return s.render(w, r, http.StatusOK, page.People(s.meta(w, r, &view.Viewer, "People", ui.NavPeople), d))
}

func personOf(p *store.PersonRights, names store.Names) page.Person {
	out := page.Person{
		ID: p.ID, Name: p.Name, Email: p.Email, Blocked: p.Blocked, Erased: p.Erased, Rights: make([]page.HeldRight, len(p.Granted)),
	}
	for i, g := range p.Granted {
		out.Rights[i] = page.HeldRight{
			Right: g.Right, Source: g.Source, By: names.Of(g.By), At: g.At, Project: g.Project, ProjectName: g.ProjectName,
		}
	}
	return out
}

// rightsTrail shows every change to people's rights.
func (s *Server) rightsTrail(w http.ResponseWriter, r *http.Request) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	view, err := s.Store.DirectoryTrail(r.Context(), s.by(r), before)
	if err != nil {
		return err
	}
	d := &page.RightsTrailData{Now: view.Now, Newest: before == 0, More: view.More}
	teller := page.Teller{Names: view.Names.Of}
	for _, en := range view.Entries {
		d.Entries = append(d.Entries, teller.DescribeRight(en, view.Projects, view.Titles))
		d.Last = en.Seq
	}
	m := s.meta(w, r, &view.Viewer, "Trail of rights", ui.NavPeople)
	return s.render(w, r, http.StatusOK, page.RightsTrail(m, d))
}

// grant gives a person a role or a seat.
func (s *Server) grant(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "right", "project")
	if err != nil {
		return err
	}
	return s.changeRight(w, r, page.RightForm{What: page.FormGrant, Right: form.Get("right"), Project: form.Get("project")}, flashGranted)
}

// revoke takes a role or a seat that was given by hand.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "right", "project", "reason")
	if err != nil {
		return err
	}
	return s.changeRight(
		w, r, page.RightForm{What: page.FormRevoke, Right: form.Get("right"), Project: form.Get("project"), Reason: form.Get("reason")},
		flashRevoked,
	)
}

// changeRight carries out either form, or shows the person again with what was
// wrong.
func (s *Server) changeRight(w http.ResponseWriter, r *http.Request, form page.RightForm, done flash) error {
	id := personNumber(chi.URLParam(r, "person"))
	if id == 0 {
		return review.ErrNotFound
	}
	right, err := s.readRight(r, form)
	if err == nil {
		_, err = s.Store.ChangeRights(r.Context(), s.by(r), id, func(e *review.Entitlements, who review.Actor, at time.Time) error {
			if form.What == page.FormRevoke {
				return e.Revoke(who, right, form.Reason, at)
			}
			return e.Grant(who, right, at)
		})
	}
	if err == nil {
		return s.done(w, r, page.PersonURL(id), done)
	}
	var refused *review.Refused
	fields, invalid := fieldErrors(err)
	switch {
	case invalid:
		form.Errors = fields
		return s.showPerson(w, r, http.StatusUnprocessableEntity, id, personForms{right: form})
	case errors.As(err, &refused):
		form.Errors = map[string]string{"right": refused.Why}
		return s.showPerson(w, r, http.StatusConflict, id, personForms{right: form})
	}
	return err
}

// readRight finds the right that a form names: role:KEY or seat:KEY, a seat
// also for one project.
func (s *Server) readRight(r *http.Request, form page.RightForm) (review.Right, error) {
	right, ok := page.ParseRight(form.Right)
	if !ok {
		return right, &review.Invalid{Fields: []review.FieldError{{Field: "right", Message: "choose a role or a seat"}}}
	}
	key := searchWords(form.Project)
	if key == "" {
		return right, nil
	}
	scope, err := s.Store.Scope(r.Context(), s.by(r), review.ProjectKey(key))
	if errors.Is(err, review.ErrNotFound) {
		return s.namedRight(r, right, key)
	}
	right.Scope = scope
	return right, err
}

// namedRight is a right for the one project that a part of its name tells.
func (s *Server) namedRight(r *http.Request, right review.Right, name string) (review.Right, error) {
	found, err := s.Store.ProjectChoices(r.Context(), s.by(r), name, 2)
	if err != nil {
		return right, err
	}
	if len(found) != 1 {
		return right, &review.Invalid{Fields: []review.FieldError{{Field: "project", Message: "is not the name or key of one project; choose one from the list"}}}
	}
	right.Scope, err = s.Store.Scope(r.Context(), s.by(r), found[0].Key)
	return right, err
}
