package web

import (
	"net/http"

	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// project is a project's overview.
func (s *Server) project(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.projectAt(w, r)
	}
	v, err := s.Store.Overview(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	pace, err := s.Store.PaceOf(r.Context(), v.Review.Plan.Ref())
	if err != nil {
		return err
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, v.Review.Project.Name, ui.NavPortfolio)
	if err := s.tellExposure(r, v.Review, &m); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Project(m, page.ProjectData{
		Pace: (*page.Pace)(pace), Review: v.Review, Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Recent: v.Recent, Reviews: v.Reviews, Newest: v.Newest, Nobody: v.Nobody,
		Others: v.Others, Resting: resting(v.Resting), RestingAll: v.RestingAll,
	}))
}

// stages leads to the checklist of the stage that the project is at.
func (s *Server) stages(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Overview(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	http.Redirect(w, r, page.CurrentChecklist(page.ProjectData{Review: v.Review, Now: v.Now, Name: v.Names.Of}), http.StatusSeeOther)
	return nil
}

// resting are the records of other projects that rest on one.
func resting(from []store.Resting) []page.Resting {
	out := make([]page.Resting, len(from))
	for i, r := range from {
		out[i] = page.Resting(r)
	}
	return out
}
