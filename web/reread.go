package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// shown is the digest of what a form was filled in for.
func shown(form url.Values) review.Digest { return review.Digest(form.Get("shown")) }

// asRead rebuilds a project as somebody had read it when they filled a form in;
// nil when the form does not say that.
func (s *Server) asRead(r *http.Request, p review.ProjectKey, form url.Values) (*store.AsOfView, error) {
	seq, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	if err != nil {
		return nil, nil
	}
	v, err := s.Store.AsRead(r.Context(), s.by(r), p, seq)
	if errors.Is(err, review.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// rereadOnGate lists what has changed in the condition or the finding that a
// refused form was about since the person read it. It is empty when that cannot
// be told.
func (s *Server) rereadOnGate(r *http.Request, now *store.GateView, what string, form url.Values) ([]page.Reread, error) {
	no, err := number(r, "no")
	if err != nil {
		return nil, err
	}
	before, err := s.asRead(r, projectKey(r), form)
	if before == nil {
		return nil, err
	}
	a, b := before.Review.Stage(stageKey(r)), now.Stage
	switch {
	case what == "condition" && no <= len(a.Conditions) && no <= len(b.Conditions) && a.Conditions[no-1].Digest() == shown(form):
		return page.RereadCondition(&a.Conditions[no-1], &b.Conditions[no-1], before.Names.Of, now.Now), nil
	case what == "finding" && no <= len(a.Findings) && no <= len(b.Findings) && a.Findings[no-1].Digest() == shown(form):
		return page.RereadFinding(&a.Findings[no-1], &b.Findings[no-1], before.Names.Of), nil
	}
	return nil, nil
}

// rereadWaiver is the same for a waiver.
func (s *Server) rereadWaiver(r *http.Request, id string) ([]page.Reread, error) {
	project, stage, no, _ := page.ReadWaiverID(id)
	before, err := s.asRead(r, project, r.PostForm)
	if before == nil {
		return nil, err
	}
	now, err := s.Store.Checklist(r.Context(), s.by(r), project, stage)
	if err != nil {
		return nil, err
	}
	a, b := before.Review.Stage(stage).Waivers, now.Review.Stage(stage).Waivers
	if no > len(a) || no > len(b) || a[no-1].Digest() != shown(r.PostForm) {
		return nil, nil
	}
	return page.RereadWaiver(&a[no-1], &b[no-1], before.Names.Of, now.Now), nil
}
