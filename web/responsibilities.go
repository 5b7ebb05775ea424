package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// responsibilities shows who builds, runs and approves a project, and who is
// informed of it.
func (s *Server) responsibilities(w http.ResponseWriter, r *http.Request) error {
	return s.showResponsibilities(w, r, http.StatusOK, nil)
}

func (s *Server) showResponsibilities(w http.ResponseWriter, r *http.Request, status int, typed *page.ResponsibilityForm) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	p := &v.Review.Project
	d := &page.ResponsibilityData{Actor: v.Actor, Project: p, Names: v.Names.Of, Away: v.Review.Away, Find: searchText(r, "find"), Form: typed}
	if d.MayEdit() {
		var chosen []review.PersonID // stays in the list, whatever is looked for
		if typed != nil {
			for _, row := range typed.Rows {
				if row.Person != 0 {
					chosen = append(chosen, row.Person)
				}
			}
		}
		found, err := s.Store.FindPeople(r.Context(), s.by(r), d.Find, maxChoices, chosen...)
		var denied *review.Denied
		if err != nil && !errors.As(err, &denied) {
			return err
		}
		d.Many = len(found) >= maxChoices
		d.People = choices(found)
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Responsibilities, "+p.Name, ui.NavPortfolio)
	m.Path = page.ResponsibilitiesURL(p.Key)
	if typed != nil {
		m.ErrorCount = len(typed.Errors)
	}
	return s.render(w, r, status, page.Responsibilities(m, d))
}

// setResponsibilities says all of it anew.
func (s *Server) setResponsibilities(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "shown", page.RowPerson+each, page.RowTeam+each, page.RowPart+each)
	form := &page.ResponsibilityForm{Rows: responsibilityRows(posted), Shown: shown(posted)}
	var changed *store.Changed
	if err == nil {
		to := store.Target{Project: projectKey(r)}
		for _, row := range form.Rows {
			if row.Person != 0 && !slices.Contains(to.Others, row.Person) {
				to.Others = append(to.Others, row.Person)
			}
		}
		changed, err = s.Store.Change(r.Context(), s.by(r), to, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.SetResponsibilities(who, form.Shown, form.Rows, at)
		})
	}
	if err == nil {
		done := flashSaved
		if len(changed.Events) == 0 {
			done = flashAlready
		}
		return s.done(w, r, page.ResponsibilitiesURL(projectKey(r)), done)
	}
	var refused bool
	if form.Errors, form.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showResponsibilities(w, r, explain(err).status, form)
}

// maxMatrix is how many rows of the form are read.
const maxMatrix = 500

// responsibilityRows reads the rows of the form, in their order.
func responsibilityRows(form url.Values) []review.Responsibility {
	var rows []review.Responsibility
	for no := 1; no <= maxMatrix; no++ {
		n := strconv.Itoa(no)
		if !form.Has(page.RowPerson+n) && !form.Has(page.RowTeam+n) {
			break
		}
		row := review.Responsibility{Person: personNumber(form.Get(page.RowPerson + n)), Team: form.Get(page.RowTeam + n)}
		for _, part := range review.Parts() {
			if form.Get(page.RowPart+n+"-"+string(part)) == page.RowTicked {
				row.Parts = append(row.Parts, part)
			}
		}
		rows = append(rows, row)
	}
	return rows
}
