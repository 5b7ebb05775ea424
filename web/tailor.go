package web

import (
	"errors"
	"net/http"
	"time"

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
	done, at := flashPlan, page.ItemURL(projectKey(r), stageKey(r), itemKey(r))+"#level"
	if typed.Do == page.LevelDrop {
		at = page.StageURL(projectKey(r), stageKey(r))
	}
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)}, func(rv *review.Review, who review.Actor, now time.Time) error {
		return setLevel(rv, who, r, typed, shown(posted), now)
	})
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	s.metrics.decided(changed.Events)
	for _, en := range changed.Events {
		if _, asked := en.Event.(review.LoweringAsked); asked {
			done = flashLowering
		}
	}
	return s.done(w, r, at, done)
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

// newItem is the page on which a project adds an item of its own.
func (s *Server) newItem(w http.ResponseWriter, r *http.Request) error {
	return s.showNewItem(w, r, http.StatusOK, page.NewItemForm{})
}

func (s *Server) showNewItem(w http.ResponseWriter, r *http.Request, status int, form page.NewItemForm) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	st := v.Review.Stage(stageKey(r))
	if st == nil {
		return review.ErrNotFound
	}
	p := &v.Review.Project
	if err := review.May(v.Actor, review.ChangePlan, p); err != nil {
		return err
	}
	m := s.meta(w, r, &v.Viewer, "Add an item, "+p.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.NewItemURL(p.Key, st.Def.Key), len(form.Errors)
	return s.render(w, r, status, page.NewItem(m, &page.NewItemData{Project: p, Stage: st.Def, Words: v.Review.Plan.Adds, Form: form}))
}

// addItem adds an item of the project's own.
func (s *Server) addItem(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "title", "why", "done", "show", "level", "evidence"+several, "seats"+several)
	form := page.NewItemForm{
		Title: posted.Get("title"), Why: posted.Get("why"), Done: posted.Get("done"), Show: posted.Get("show"), Level: posted.Get("level"),
		Evidence: posted["evidence"], Seats: posted["seats"],
	}
	if err == nil {
		_, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stageKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.AddItem(who, stageKey(r), form.Item(), at)
		})
	}
	if err == nil {
		return s.done(w, r, page.StageURL(projectKey(r), stageKey(r)), flashPlan)
	}
	var refused *review.Refused
	fields, invalid := fieldErrors(err)
	switch {
	case invalid && fields["form"] == "":
		form.Errors = fields
	case invalid, errors.As(err, &refused):
		form.Problem = explain(err).text
	default:
		return err
	}
	return s.showNewItem(w, r, explain(err).status, form)
}
