package web

import (
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// level changes how much an item weighs in this project, or whether it is there
// at all.
func (s *Server) level(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "level", "reason", "shown")
	typed := page.LevelForm{Do: posted.Get("do"), Level: posted.Get("level"), Reason: posted.Get("reason")}
	form := page.ItemForm{Name: page.FormLevel, Level: typed}
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	if typed.Do == page.LevelApprove {
		if err := s.mayDecide(r); err != nil {
			return err
		}
	}
	at := page.ItemURL(projectKey(r), stageKey(r), itemKey(r)) + "#level"
	if typed.Do == page.LevelDrop {
		at = page.StageURL(projectKey(r), stageKey(r))
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)}, func(rv *review.Review, who review.Actor, now time.Time) error {
		return setLevel(rv, who, r, typed, shown(posted), now)
	})
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	return s.donePlan(w, r, changed, at)
}

func setLevel(rv *review.Review, who review.Actor, r *http.Request, typed page.LevelForm, shown review.Digest, at time.Time) error {
	k := itemKey(r)
	switch typed.Do {
	case page.LevelApprove:
		return rv.ApproveLowering(who, k, shown, at)
	case page.LevelRefuse:
		return rv.RefuseLowering(who, k, shown, typed.Reason, at)
	case page.LevelCore, page.LevelNotCore:
		return rv.MarkCore(who, k, typed.Do == page.LevelCore, shown, typed.Reason, at)
	case page.LevelDrop:
		return rv.DropItem(who, k, shown, typed.Reason, at)
	}
	to, chosen := typed.To()
	if typed.Do != page.LevelChange || !chosen {
		return &review.Invalid{Fields: []review.FieldError{{Field: "level", Message: "choose how much it shall weigh"}}}
	}
	s := rv.Stage(stageKey(r))
	if s == nil || s.Item(k) == nil {
		return review.ErrNotFound
	}
	if to.Rank() > s.Item(k).Level.Rank() {
		return rv.RaiseLevel(who, k, to, shown, typed.Reason, at)
	}
	return rv.AskLowering(who, k, to, shown, typed.Reason, at)
}

// newItem is the page on which a project adds an item of its own: to the stage of
// the address, or from the plan's page to one that is chosen.
func (s *Server) newItem(w http.ResponseWriter, r *http.Request) error {
	return s.showNewItem(w, r, http.StatusOK, page.NewItemForm{Stage: string(stageKey(r))})
}

func (s *Server) showNewItem(w http.ResponseWriter, r *http.Request, status int, form page.NewItemForm) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	p := &v.Review.Project
	d := &page.NewItemData{Project: p, Words: v.Review.Plan.Adds, Form: form}
	if key := stageKey(r); key != "" {
		st := v.Review.Stage(key)
		if st == nil {
			return review.ErrNotFound
		}
		d.Stage = st.Def
	}
	for i := range v.Review.Stages {
		d.Stages = append(d.Stages, v.Review.Stages[i].Def)
	}
	if err := review.May(v.Actor, review.ChangePlan, p); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Add an item, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = d.URL(), len(form.Errors)
	return s.render(w, r, status, page.NewItem(m, d))
}

// addItem adds an item of the project's own, and goes back to where it was asked for.
func (s *Server) addItem(w http.ResponseWriter, r *http.Request) error {
	fields := []string{"title", "why", "done", "show", "level", "evidence" + several, "seats" + several}
	at, back := stageKey(r), page.PlanURL(projectKey(r))
	if at == "" {
		fields = append(fields, "stage")
	} else {
		back = page.StageURL(projectKey(r), at)
	}
	posted, err := readForm(r, fields...)
	form := page.NewItemForm{
		Stage: posted.Get("stage"),
		Title: posted.Get("title"), Why: posted.Get("why"), Done: posted.Get("done"), Show: posted.Get("show"), Level: posted.Get("level"),
		Evidence: posted["evidence"], Seats: posted["seats"],
	}
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: at}, func(rv *review.Review, who review.Actor, now time.Time) error {
			to := at
			if to == "" {
				to = plan.StageKey(form.Stage)
			}
			if at == "" && rv.Stage(to) == nil && review.May(who, review.ChangePlan, &rv.Project) == nil {
				return invalidField("stage", "choose one of the list")
			}
			return rv.AddItem(who, to, form.Item(), now)
		})
	}
	if err == nil {
		return s.donePlan(w, r, changed, back)
	}
	var refused bool
	if form.Errors, form.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showNewItem(w, r, explain(err).status, form)
}
