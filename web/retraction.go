package web

import (
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// retraction shows which answers about a project are to be taken back, and what
// its gates would lose.
func (s *Server) retraction(w http.ResponseWriter, r *http.Request) error {
	return s.showRetraction(w, r, http.StatusOK, page.RetractionForm{})
}

func (s *Server) showRetraction(w http.ResponseWriter, r *http.Request, status int, form page.RetractionForm) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	p := &v.Review.Project
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Taking answers back, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.RetractionURL(p.Key), len(form.Errors)
	return s.render(w, r, status, page.Retraction(m, &page.RetractionData{Review: v.Review, Actor: v.Actor, Now: v.Now, Names: v.Names.Of, Form: form}))
}

// decideRetraction takes the answers back, or leaves them as they are.
func (s *Server) decideRetraction(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "reason", "shown")
	do, form := posted.Get("do"), page.RetractionForm{Reason: posted.Get("reason")}
	if err == nil && do == page.RetractionApprove {
		if err := s.mayDecide(r); err != nil {
			return err
		}
	}
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			switch do {
			case page.RetractionApprove:
				return rv.ApproveRetraction(who, shown(posted), at)
			case page.RetractionRefuse:
				return rv.RefuseRetraction(who, shown(posted), form.Reason, at)
			}
			return invalidField("form", "does nothing that this page knows; open the page again")
		})
	}
	if err == nil {
		s.metrics.decided(changed.Events)
		done := flashKept
		switch {
		case len(changed.Events) == 0:
			done = flashAlready
		case do == page.RetractionApprove:
			done = flashRetracted
		}
		return s.done(w, r, page.ProjectURL(projectKey(r)), done)
	}
	var refused bool
	if form.Errors, form.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showRetraction(w, r, explain(err).status, form)
}
