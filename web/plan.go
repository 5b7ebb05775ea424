package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// plan shows what a project's plan is made of, and before a change of it what
// that would do.
func (s *Server) plan(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	for _, do := range []string{page.PlanAttach, page.PlanDetach, page.PlanUpgrade, page.PlanUndo} {
		if key := q.Get(do); key != "" {
			return s.showPlan(w, r, http.StatusOK, do, key, page.PlanForm{})
		}
	}
	return s.showPlan(w, r, http.StatusOK, "", "", page.PlanForm{})
}

func (s *Server) showPlan(w http.ResponseWriter, r *http.Request, status int, do, key string, form page.PlanForm) error {
	v, err := s.Store.ProjectPlan(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &page.PlanData{Review: v.Review, Actor: v.Actor, Now: v.Now, Names: v.Names.Of, Form: form}
	listModules(v, d)
	if do != "" && d.MayPlan() {
		d.Do, d.Key = do, key
		if err := lookAhead(v, d); err != nil {
			return err
		}
	}
	m := s.meta(w, r, &v.Viewer, "Plan, "+v.Review.Project.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.PlanURL(v.Review.Project.Key), len(form.Errors)
	return s.render(w, r, status, page.Plan(m, d))
}

// listModules says which modules the plan has and could have, those first that
// the profile proposes, and what has a newer version.
func listModules(v *store.PlanView, d *page.PlanData) {
	o := v.Review.Plan.Origin
	for i, ref := range o.Modules {
		d.Attached = append(d.Attached, page.PlanModule{Ref: ref, Module: v.Review.Plan.Modules[i]})
	}
	for _, ref := range v.Newest {
		doc := v.Document(ref)
		has := o.Module(ref.Key)
		switch {
		case ref.Key == o.Lifecycle.Key && ref.Version > o.Lifecycle.Version, has.Key != "" && ref.Version > has.Version:
			d.Newer = append(d.Newer, fmt.Sprintf("%s has a newer version, %d.", doc.Name(), ref.Version))
		case doc.Module == nil || has.Key != "":
		default:
			d.Offered = append(d.Offered, page.PlanModule{Ref: ref, Module: doc.Module, Proposed: proposed(&v.Review.Plan.Lifecycle, v.Review.Project.Profile, doc.Module)})
		}
	}
	slices.SortStableFunc(d.Offered, func(a, b page.PlanModule) int {
		switch {
		case a.Proposed != "" && b.Proposed == "":
			return -1
		case a.Proposed == "" && b.Proposed != "":
			return 1
		}
		return 0
	})
}

// proposed says by which answer a module is proposed; empty when it is not.
func proposed(l *plan.Lifecycle, profile plan.Profile, m *plan.Module) string {
	for _, f := range m.ProposedWhen {
		if !slices.Contains(profile, f) {
			continue
		}
		for _, q := range l.Flags {
			if q.Key == f {
				return "because of the answer “" + q.Label + "”"
			}
		}
	}
	return ""
}

// lookAhead works out what a change would make of the plan.
func lookAhead(v *store.PlanView, d *page.PlanData) error {
	o := v.Review.Plan.Origin
	switch d.Do {
	case page.PlanAttach:
		at := slices.IndexFunc(d.Offered, func(m page.PlanModule) bool { return m.Ref.Key == d.Key })
		if at < 0 {
			d.Why = "There is no such module to attach."
			return nil
		}
		o = o.With(d.Offered[at].Ref)
	case page.PlanDetach:
		if o.Module(d.Key).Key == "" {
			d.Why = "The plan has no such module."
			return nil
		}
		o = o.Without(d.Key)
	case page.PlanUpgrade:
		o.Lifecycle, o.Modules = newest(v)
	case page.PlanUndo:
		if err := v.Review.CanUndo(); err != nil {
			d.Why = err.Error()
			return nil
		}
		o = v.Review.Upgraded.From
	}
	then, err := v.Review.Preview(o)
	var refused *review.Refused
	if errors.As(err, &refused) {
		d.Why = refused.Why
		return nil
	}
	d.Then = then
	return err
}

// newest are the newest versions of what the plan is made of.
func newest(v *store.PlanView) (plan.Ref, []plan.Ref) {
	o := v.Review.Plan.Origin
	lifecycle, modules := o.Lifecycle, slices.Clone(o.Modules)
	for _, ref := range v.Newest {
		if ref.Key == lifecycle.Key && ref.Version > lifecycle.Version {
			lifecycle = ref
		}
		for i := range modules {
			if ref.Key == modules[i].Key && ref.Version > modules[i].Version {
				modules[i] = ref
			}
		}
	}
	return lifecycle, modules
}

// changePlan does what the page showed.
func (s *Server) changePlan(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "module", "reason", "shown")
	do, key := posted.Get("do"), posted.Get("module")
	form := page.PlanForm{Reason: posted.Get("reason")}
	if err == nil {
		err = s.replan(r, do, key, form.Reason, shown(posted))
	}
	if err == nil {
		return s.done(w, r, page.PlanURL(projectKey(r)), flashPlan)
	}
	var refused *review.Refused
	var outdated *review.Outdated
	var denied *review.Denied
	fields, invalid := fieldErrors(err)
	switch {
	case invalid && fields["form"] == "":
		form.Errors = fields
	case errors.As(err, &denied) && denied.Action == review.DropSeat, invalid, errors.As(err, &refused), errors.As(err, &outdated):
		form.Problem = explain(err).text
	default:
		return err
	}
	return s.showPlan(w, r, explain(err).status, do, key, form)
}

func (s *Server) replan(r *http.Request, do, key, reason string, shown review.Digest) error {
	v, err := s.Store.ProjectPlan(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	_, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
		switch do {
		case page.PlanAttach:
			for _, ref := range v.Newest {
				if ref.Key == key && v.Document(ref).Module != nil {
					return rv.AttachModule(who, ref, shown, reason, at)
				}
			}
			return &review.Refused{Why: "There is no such module to attach."}
		case page.PlanDetach:
			return rv.DetachModule(who, key, shown, reason, at)
		case page.PlanUpgrade:
			lifecycle, modules := newest(v)
			return rv.Upgrade(who, lifecycle, modules, shown, reason, at)
		case page.PlanUndo:
			return rv.UndoUpgrade(who, shown, reason, at)
		}
		return &review.Invalid{Fields: []review.FieldError{{Field: "form", Message: "This form does nothing that we know."}}}
	})
	return err
}
