package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// projectsListed is how many projects a list to choose from holds.
const projectsListed = 200

// personForms are the forms of a person's page as they were sent and could not
// be carried out. Zero values are empty forms.
type personForms struct {
	right    page.RightForm
	hand     page.HandOverForm
	out      page.OutForm
	problems map[review.ProjectKey]string // why something was not handed over
}

// showPerson renders one person's rights and what hangs on them.
func (s *Server) showPerson(w http.ResponseWriter, r *http.Request, status int, id review.PersonID, forms personForms) error {
	if id == 0 {
		return review.ErrNotFound
	}
	v, err := s.Store.Person(r.Context(), s.by(r), id)
	if err != nil {
		return err
	}
	words, err := s.Store.Words(r.Context())
	if err != nil {
		return err
	}
	d := &page.PersonData{
		Actor: v.Actor, Now: v.Now, Words: words, Person: personOf(&v.Person, v.Names), Form: forms.right,
		Sessions: v.Sessions, Lacks: v.Lacks, Twins: somebodies(v.Twins), Why: v.Why,
		More: v.More, Alone: v.Alone, StandIns: standInList(v.Names, v.StandIns), Waivers: v.Waivers,
		Who: searchText(r, "who"), Hand: forms.hand, Out: forms.out,
	}
	if v.By != review.System {
		d.By = v.Names.Of(v.By)
	}
	for _, o := range v.Owns {
		d.Owns = append(d.Owns, page.OwnedDocument(o))
	}
	hands := len(v.Owns) > 0 && review.May(v.Actor, review.EditLibrary, nil) == nil
	for _, l := range v.Left {
		p := &l.Project
		d.Left = append(d.Left, page.LeftWith{Key: p.Key, Name: l.Name, Duty: l.Duty, Tasks: l.Tasks, May: l.May, Problem: forms.problems[p.Key]})
		hands = hands || l.May
	}
	if hands {
		found, err := s.Store.FindPeople(r.Context(), s.by(r), d.Who, peopleListed, forms.hand.To)
		if err != nil {
			return err
		}
		d.People, d.Many = somebodies(found), len(found) >= peopleListed
	}
	if review.May(v.Actor, review.GrantRights, nil) == nil {
		found, err := s.Store.ProjectChoices(r.Context(), s.by(r), "", projectsListed)
		if err != nil {
			return err
		}
		for _, p := range found {
			d.Projects = append(d.Projects, page.ProjectChoice(p))
		}
	}
	m := s.meta(w, r, &v.Viewer, d.Person.Name, ui.NavPeople)
	m.Path, m.ErrorCount = page.PersonURL(id), len(forms.right.Errors)+len(forms.hand.Errors)+len(forms.out.Errors)
	return s.render(w, r, status, page.OnePerson(m, d))
}

func somebodies(list []store.Somebody) []page.Somebody {
	out := make([]page.Somebody, len(list))
	for i, p := range list {
		out[i] = page.Somebody(p)
	}
	return out
}

// keepOut blocks a person, unblocks them, or erases them.
func (s *Server) keepOut(what string) handler {
	do, done := (*review.Entitlements).Block, flashBlocked
	fields := []string{"reason"}
	switch what {
	case page.FormUnblock:
		do, done = (*review.Entitlements).Unblock, flashUnblocked
	case page.FormErase:
		do, done = (*review.Entitlements).Erase, flashErased
		fields = append(fields, "sure")
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		id := personNumber(chi.URLParam(r, "person"))
		if id == 0 {
			return review.ErrNotFound
		}
		form, err := readForm(r, fields...)
		if err == nil && what == page.FormErase && form.Get("sure") != "yes" {
			err = &review.Invalid{Fields: []review.FieldError{{Field: "sure", Message: "tick the box: it cannot be undone"}}}
		}
		if err == nil {
			_, err = s.Store.ChangeRights(r.Context(), s.by(r), id, func(e *review.Entitlements, who review.Actor, at time.Time) error {
				return do(e, who, form.Get("reason"), at)
			})
		}
		if err == nil {
			return s.done(w, r, page.PersonURL(id), done)
		}
		if invalid, ok := fieldErrors(err); ok {
			return s.showPerson(w, r, http.StatusUnprocessableEntity, id,
				personForms{out: page.OutForm{What: what, Reason: r.PostForm.Get("reason"), Errors: invalid}})
		}
		return err
	}
}

// handOver gives what hangs on a person to another, project by project: where it
// is refused, the page says why, and the rest is done.
func (s *Server) handOver(w http.ResponseWriter, r *http.Request) error {
	id := personNumber(chi.URLParam(r, "person"))
	if id == 0 {
		return review.ErrNotFound
	}
	_, err := readForm(r, "project"+several, "document"+several, "to", "leave", "reason")
	typed := handOverForm(r.PostForm)
	if err == nil {
		err = s.checkSuccessor(r, typed.To)
	}
	switch {
	case err != nil:
	case len(typed.Projects)+len(typed.Owns) == 0:
		err = &review.Invalid{Fields: []review.FieldError{{Field: "project", Message: "choose at least one project or document"}}}
	case len(typed.Projects) == 0 && typed.To == 0:
		err = &review.Invalid{Fields: []review.FieldError{{Field: "to", Message: "choose who takes over"}}}
	}
	if err != nil {
		if fields, ok := fieldErrors(err); ok {
			typed.Errors = fields
			return s.showPerson(w, r, http.StatusUnprocessableEntity, id, personForms{hand: typed})
		}
		return err
	}
	problems := map[review.ProjectKey]string{}
	for _, project := range typed.Projects {
		key := review.ProjectKey(project)
		_, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: key, Others: []review.PersonID{typed.To}},
			func(rv *review.Review, who review.Actor, at time.Time) error {
				return rv.Succeed(who, id, typed.To, typed.Leave, typed.Reason, at)
			})
		if fields, ok := fieldErrors(err); ok {
			typed.Errors = fields
			return s.showPerson(w, r, http.StatusUnprocessableEntity, id, personForms{hand: typed, problems: problems})
		}
		why, refused := refusal(err)
		if err != nil && !refused {
			return err
		}
		if refused {
			problems[key] = why
		}
	}
	for _, key := range typed.Owns {
		if err := s.Store.HandDocument(r.Context(), s.by(r), key, id, typed.To); err != nil {
			return err
		}
	}
	if len(problems) == 0 {
		return s.done(w, r, page.PersonURL(id)+"#left", flashHanded)
	}
	typed.Errors = map[string]string{"project": "was not handed over everywhere: see below where not, and why"}
	return s.showPerson(w, r, http.StatusConflict, id, personForms{hand: typed, problems: problems})
}

// refusal is why the domain did not do something, in a sentence; ok is false for
// errors of another kind.
func refusal(err error) (why string, ok bool) {
	var denied *review.Denied
	var refused *review.Refused
	switch {
	case errors.As(err, &denied):
		return denied.Why, true
	case errors.As(err, &refused):
		return refused.Why, true
	case errors.Is(err, review.ErrNotFound):
		return "There is no such project, or it is not open to you.", true
	}
	return "", false
}

func handOverForm(form url.Values) page.HandOverForm {
	return page.HandOverForm{
		Sent: true, Projects: slices.Compact(slices.Sorted(slices.Values(form["project"]))), Owns: form["document"], To: personNumber(form.Get("to")), Leave: form.Get("leave") == "yes", Reason: form.Get("reason"),
	}
}

// checkSuccessor sees that somebody can be chosen at all: that they exist and are
// not kept out.
func (s *Server) checkSuccessor(r *http.Request, to review.PersonID) error {
	if to == 0 {
		return nil // the command says so
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), "", 0, to)
	if err == nil && len(found) == 0 {
		return &review.Invalid{Fields: []review.FieldError{{Field: "to", Message: "is nobody who can take over; choose somebody from the list"}}}
	}
	return err
}
