package web

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// policy shows one version of a policy, which items show it, and what it changes.
func (s *Server) policy(w http.ResponseWriter, r *http.Request, v *store.DocumentView) error {
	shelf, err := s.Store.Shelf(r.Context(), s.by(r), v.Ref.Key)
	if err != nil {
		return err
	}
	d := &page.PolicyData{
		PolicyDocument: v.Document.Policy, Ref: v.Ref, Versions: v.Versions, May: review.May(v.Actor, review.EditLibrary, nil) == nil,
		Showing: map[plan.ItemKey][]page.LibraryItem{}, Owner: shelf.Names.Of(shelf.Owner), Now: v.Now,
	}
	for _, u := range v.Uses {
		d.Uses = append(d.Uses, page.DocumentUse(u))
	}
	if v.Before != nil {
		d.Before = v.Before.Policy
	}
	for k, items := range v.Showing {
		for _, it := range items {
			d.Showing[k] = append(d.Showing[k], page.LibraryItem(it))
		}
	}
	if d.Exports, err = exports(v.Document, func(format string) string { return page.ExportURL(v.Ref.Key, v.Ref.Version, format) }); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Policy(s.meta(w, r, &v.Viewer, d.Title(), ui.NavLibrary), d))
}

// policies shows how the policies of a project stand, or stood.
func (s *Server) policies(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.policiesAt(w, r)
	}
	v, err := s.Store.ProjectPlan(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &page.PoliciesData{
		Review: v.Review, Now: v.Now, Names: v.Names.Of, Entries: v.Entries, Offered: offeredPolicies(v), Newest: v.Newest, Actor: v.Actor,
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Policies, "+v.Review.Project.Name, ui.NavPortfolio)
	return s.render(w, r, http.StatusOK, page.Policies(m, d))
}

func (s *Server) policiesAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	d := &page.PoliciesData{Review: v.Review, Now: v.At, Names: v.Names.Of, Entries: v.Entries, Past: true}
	return s.showPast(w, r, v, pageAsOf{
		title: "Policies, " + v.Review.Project.Name, back: page.PoliciesURL(v.Review.Project.Key), nav: ui.NavPortfolio,
		page: func(m ui.PageMeta) templ.Component { return page.Policies(m, d) },
	})
}

// offeredPolicies are those that the project does not have, by key.
func offeredPolicies(v *store.PlanView) []page.PlanPolicy {
	var out []page.PlanPolicy
	for _, ref := range v.Newest {
		if doc, _ := v.Document(ref.Key); doc.Policy != nil && v.Review.Plan.Origin.Policy(ref.Key).Key == "" {
			out = append(out, page.PlanPolicy{Ref: ref, Policy: doc.Policy})
		}
	}
	return out
}
