package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// environments shows where a project runs and how ready each environment is, or was,
// and before a change what that would do.
func (s *Server) environments(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.environmentsAt(w, r)
	}
	q := r.URL.Query()
	form := page.EnvironmentForm{Name: q.Get("name"), Key: q.Get("key"), Kind: q.Get("kind")}
	return s.showEnvironments(w, r, http.StatusOK, q.Get("do"), form)
}

func (s *Server) environmentsAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	d := &page.EnvironmentsData{Plan: page.PlanData{Review: v.Review, Now: v.At, Names: v.Names.Of}, Past: true}
	return s.showPast(w, r, v, pageAsOf{
		title: "Environments, " + v.Review.Project.Name, back: page.EnvironmentsURL(v.Review.Project.Key), nav: ui.NavPortfolio,
		page: func(m ui.PageMeta) templ.Component { return page.Environments(m, d) },
	})
}

func (s *Server) showEnvironments(w http.ResponseWriter, r *http.Request, status int, do string, form page.EnvironmentForm) error {
	v, err := s.Store.ProjectPlan(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &page.EnvironmentsData{
		Plan: page.PlanData{Review: v.Review, Actor: v.Actor, Now: v.Now, Names: v.Names.Of, Titles: v.Titles, Do: page.PlanEnvironments},
		Form: form,
	}
	if d.Asks, err = s.situatedVersion(r, v); err != nil {
		return err
	}
	if d.Plan.MayPlan() {
		d.Do = do
		if err := lookAround(d); err != nil {
			return err
		}
		if status == http.StatusOK && len(d.Form.Errors) > 0 {
			status = http.StatusUnprocessableEntity
		}
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Environments, "+v.Review.Project.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.EnvironmentsURL(v.Review.Project.Key), len(d.Form.Errors)
	return s.render(w, r, status, page.Environments(m, d))
}

// situatedVersion is the newest version of a project's lifecycle, where that asks
// something of environments and the project's plan does not; 0: there is none.
func (s *Server) situatedVersion(r *http.Request, v *store.PlanView) (int, error) {
	has := v.Review.Plan.Ref()
	for _, ref := range v.Newest {
		if ref.Key != has.Key || ref.Version <= has.Version || v.Review.Plan.Situated() {
			continue
		}
		l, err := s.Store.Template(r.Context(), ref)
		if err != nil {
			return 0, err
		}
		if l.Situated() {
			return ref.Version, nil
		}
	}
	return 0, nil
}

// lookAround works out what a change of the environments would make of the plan.
func lookAround(d *page.EnvironmentsData) error {
	rv := d.Plan.Review
	var err error
	switch d.Do {
	case page.EnvironmentAdd:
		var e plan.Environment
		e, err = rv.Adding(review.NewEnvironment{Name: d.Form.Name, Key: d.Form.Key, Kind: d.Form.Kind})
		if fields, invalid := fieldErrors(err); invalid {
			d.Form.Errors = fields
			return nil
		}
		if err == nil {
			d.Form.Name, d.Form.Key = e.Name, string(e.Key)
			d.Plan.Then, err = rv.PreviewAdding(e)
		}
	case page.EnvironmentRemove:
		e := rv.Plan.Origin.Environment(plan.EnvironmentKey(d.Form.Key))
		if e == nil || e.Retired {
			d.Do, d.Form.Problem = "", "There is no such environment any longer."
			return nil
		}
		d.Form.Name = e.Name
		d.Plan.Then, err = rv.PreviewRemoving(e.Key)
	}
	var refused *review.Refused
	if errors.As(err, &refused) {
		d.Plan.Why = refused.Why
		return nil
	}
	return err
}

// changeEnvironments does what the page showed.
func (s *Server) changeEnvironments(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "key", "name", "kind", "reason", "shown")
	do := posted.Get("do")
	form := page.EnvironmentForm{Name: posted.Get("name"), Key: posted.Get("key"), Kind: posted.Get("kind"), Reason: posted.Get("reason")}
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			key := plan.EnvironmentKey(form.Key)
			switch do {
			case page.EnvironmentAdd:
				return rv.AddEnvironment(who, review.NewEnvironment{Name: form.Name, Key: form.Key, Kind: form.Kind}, shown(posted), form.Reason, at)
			case page.EnvironmentRename:
				return rv.RenameEnvironment(who, key, form.Name, shown(posted), form.Reason, at)
			case page.EnvironmentRemove:
				return rv.RemoveEnvironment(who, key, shown(posted), form.Reason, at)
			}
			if err := review.May(who, review.ChangePlan, &rv.Project); err != nil {
				return err
			}
			return invalidField("form", "does nothing that this page knows; open the page again")
		})
	}
	if err == nil {
		return s.donePlan(w, r, changed, page.EnvironmentsURL(projectKey(r)))
	}
	var denied *review.Denied
	var refused bool
	form.Errors, form.Problem, refused = formRefusal(err)
	switch {
	case errors.As(err, &denied) && denied.Action == review.DropSeat:
		form.Problem = explain(err).text
	case !refused:
		return err
	}
	return s.showEnvironments(w, r, explain(err).status, do, form)
}
