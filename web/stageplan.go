package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// stageDates is the form that says who answers for a stage, and by when it is to be
// done.
func (s *Server) stageDates(w http.ResponseWriter, r *http.Request) error {
	return s.showStageDates(w, r, http.StatusOK, nil)
}

func (s *Server) showStageDates(w http.ResponseWriter, r *http.Request, status int, typed *page.StagePlanForm) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	st := v.Review.Stage(stageKey(r))
	if st == nil {
		return review.ErrNotFound
	}
	if err := v.Review.MayPlanStage(v.Actor, st.Def.Key); err != nil {
		return err
	}
	p := &v.Review.Project
	d := &page.StagePlanData{Project: p, Stage: st.Def, Away: v.Review.Away, Names: v.Names.Of}
	if typed != nil {
		d.Form = *typed
	} else {
		d.Form.Plan = p.StagePlan(st.Def.Key)
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Owner and dates: "+st.Def.Name+", "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.StageDatesURL(p.Key, st.Def.Key), len(d.Form.Errors)
	return s.render(w, r, status, page.StageDates(m, d))
}

// planStage takes that form.
func (s *Server) planStage(w http.ResponseWriter, r *http.Request) error {
	fields := []string{"shown", "owner", "deputy", "target"}
	for no := 1; no <= review.MaxMilestones; no++ {
		for _, part := range []string{"name", "due", "done"} {
			fields = append(fields, review.MilestoneField(part, no))
		}
	}
	posted, err := readForm(r, fields...)
	form := &page.StagePlanForm{Plan: stagePlan(posted), Shown: shown(posted)}
	form.Plan.Stage = stageKey(r)
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.PlanStage(who, form.Shown, form.Plan, at)
		})
	}
	if err == nil {
		done := flashSaved
		if len(changed.Events) == 0 {
			done = flashAlready
		}
		return s.done(w, r, page.StageURL(projectKey(r), stageKey(r)), done)
	}
	var refused bool
	if form.Errors, form.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showStageDates(w, r, explain(err).status, form)
}

// stagePlan reads what was typed. Rows that were left empty stay, so that what is
// wrong with a row names the row.
func stagePlan(form url.Values) review.StagePlan {
	sp := review.StagePlan{Owner: personNumber(form.Get("owner")), Deputy: personNumber(form.Get("deputy")), Target: strings.TrimSpace(form.Get("target"))}
	filled := 0
	for no := 1; no <= review.MaxMilestones; no++ {
		m := review.Milestone{
			Name: strings.TrimSpace(form.Get(review.MilestoneField("name", no))), Due: strings.TrimSpace(form.Get(review.MilestoneField("due", no))),
			Done: form.Get(review.MilestoneField("done", no)) == "yes",
		}
		sp.Milestones = append(sp.Milestones, m)
		if m != (review.Milestone{}) {
			filled = no
		}
	}
	sp.Milestones = sp.Milestones[:filled]
	return sp
}
