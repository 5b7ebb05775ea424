package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// startReview begins the next review of a project. The form says which review
// the person was shown.
func (s *Server) startReview(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "reason", "review")
	if err != nil {
		return s.reviewFailed(w, r, err)
	}
	shown, err := strconv.Atoi(form.Get("review"))
	if err != nil || shown < 1 {
		return s.reviewFailed(
			w, r, &review.Invalid{Fields: []review.FieldError{{Field: "review", Message: "is missing or no number; reload the page and try again"}}},
		)
	}
	key := projectKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: key}, func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.StartReview(who, shown, form.Get("reason"), at)
	})
	if err != nil {
		return s.reviewFailed(w, r, err)
	}
	s.metrics.decided(changed.Events)
	return s.done(w, r, page.ProjectURL(key), flashReview)
}

// reviewFailed shows the overview again with why the next review was not
// started, and the reason that was typed.
func (s *Server) reviewFailed(w http.ResponseWriter, r *http.Request, err error) error {
	p := explain(err)
	if p.status != http.StatusForbidden && p.status != http.StatusConflict && p.status != http.StatusUnprocessableEntity {
		return err
	}
	v, viewErr := s.Store.Overview(r.Context(), s.by(r), projectKey(r))
	if viewErr != nil {
		return viewErr
	}
	next := page.NextReviewForm{Reason: r.PostForm.Get("reason")}
	if fields, ok := fieldErrors(err); ok && fields["reason"] != "" {
		next.Error = fields["reason"]
	} else {
		next.Problem = p.text
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, v.Review.Project.Name, ui.NavPortfolio)
	m.Path = page.ProjectURL(v.Review.Project.Key)
	if next.Error != "" {
		m.ErrorCount = 1
	}
	return s.render(w, r, p.status, page.Project(m, page.ProjectData{
		Review: v.Review, Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Recent: v.Recent, Reviews: v.Reviews, Newest: v.Newest, Next: next,
	}))
}
