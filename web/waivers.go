package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// waivers is the register of waivers.
func (s *Server) waivers(w http.ResponseWriter, r *http.Request) error {
	return s.showWaivers(w, r, http.StatusOK, page.WaiverForm{})
}

// showWaivers renders the register around a decision that was refused, if any.
func (s *Server) showWaivers(w http.ResponseWriter, r *http.Request, status int, form page.WaiverForm) error {
	f := waiverFilter(r)
	v, err := s.Store.Waivers(
		r.Context(), s.by(r), storeWaivers(f),
	)
	if err != nil {
		return err
	}
	d := &page.WaiversData{
		Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Filter: f, Waivers: waiverLines(v.Rows), First: (f.Page-1)*store.WaiverPage + 1, More: v.More,
		Counts: page.WaiverCounts(v.Counts), ToMe: v.Mine.Waiting, Teams: v.Teams, Form: form,
	}
	if f.Mine {
		d.Counts = page.WaiverCounts(v.Mine)
	}
	m := s.meta(w, r, &v.Viewer, "Waivers", ui.NavWaivers)
	m.Width, m.ErrorCount = ui.Wide, len(form.Errors)
	if r.Method != http.MethodGet {
		m.Path = page.WaiversURL + f.Query()
	}
	return s.render(w, r, status, page.Waivers(m, d))
}

func storeWaivers(f page.WaiverFilter) store.WaiverFilter {
	return store.WaiverFilter{Kind: store.WaiverKind(f.Kind), Team: f.Team, Project: f.Project, Mine: f.Mine, Page: f.Page}
}

// exportWaivers sends all that the register lists, over all its pages, as a file.
func (s *Server) exportWaivers(w http.ResponseWriter, r *http.Request) error {
	f := waiverFilter(r)
	return s.sendTable(w, r, func(t *table) error {
		return s.Store.WholeWaivers(r.Context(), s.by(r), storeWaivers(f), exportStretch, func(v *store.WaiversView) error {
			d := &page.WaiversData{Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Filter: f, Waivers: waiverLines(v.Rows)}
			if t.Writer == nil {
				if err := t.begin("waivers-"+v.Now.Format(time.DateOnly), "Waivers", page.WaiverColumns()); err != nil {
					return err
				}
			}
			for i := range d.Waivers {
				if err := t.Row(d.SheetRow(&d.Waivers[i], s.Origin)...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func waiverLines(rows []store.WaiverRow) []page.Waiver {
	out := make([]page.Waiver, len(rows))
	for i, w := range rows {
		out[i] = page.Waiver{
			Project: w.Project, Name: w.Name, Team: w.Team, Stage: w.Stage, Gate: w.Gate, GateIs: w.GateIs, Title: w.Title, Level: w.Level,
			Waiver: w.Waiver, Lacks: w.Lacks, Followed: w.Followed, Mine: w.Mine, Seq: w.Seq, Source: w.Source, Raises: w.Raises,
		}
	}
	return out
}

// waiverFilter reads the address. What makes no sense there narrows nothing.
func waiverFilter(r *http.Request) page.WaiverFilter {
	q := r.URL.Query()
	f := page.WaiverFilter{Team: searchText(r, "team"), Project: searchText(r, "project"), Mine: q.Get("decide") == "me", Page: pageNumber(r)}
	if k := q.Get("show"); page.ValidWaiverKind(k) {
		f.Kind = k
	}
	return f
}

// askWaiver asks for leave to pass without the item for a while.
func (s *Server) askWaiver(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "reason", "risk", "measure", "until")
	form := page.ItemForm{Name: page.FormWaiver, Waiver: review.NewWaiver{
		Reason: posted.Get("reason"), Risk: posted.Get("risk"), Measure: posted.Get("measure"), Until: posted.Get("until"),
	}}
	if err != nil {
		return s.itemFailed(w, r, form, err)
	}
	return s.itemChange(w, r, form, flashAsked, "#waiver", func(rv *review.Review, who review.Actor, at time.Time) error {
		return rv.RequestWaiver(who, stageKey(r), itemKey(r), form.Waiver, at)
	})
}

// decideWaiver carries out a decision on a waiver and leads back to where it
// was taken: the register, or the item's page.
func (s *Server) decideWaiver(d page.WaiverDecision) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := chi.URLParam(r, "id")
		project, stage, no, ok := page.ReadWaiverID(id)
		if !ok {
			if _, err := s.Store.Who(r.Context(), s.by(r)); err != nil {
				return err // without a session every address answers alike
			}
			return review.ErrNotFound
		}
		fields := []string{"reason", "shown", "seen"}
		if d == page.WaiverExtend {
			fields = append(fields, "until")
		}
		posted, err := readForm(r, fields...)
		form := page.WaiverForm{ID: id, Decision: d, Reason: posted.Get("reason"), Until: posted.Get("until")}
		if err != nil {
			return s.waiverFailed(w, r, form, err)
		}
		if d == page.WaiverGrant || d == page.WaiverExtend {
			if err := s.mayDecide(r); err != nil {
				return err
			}
		}
		changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: project, Stage: stage}, func(rv *review.Review, who review.Actor, at time.Time) error {
			return decideOn(rv, who, d, stage, no, shown(posted), form, at)
		})
		if err != nil {
			return s.waiverFailed(w, r, form, err)
		}
		s.metrics.decided(changed.Events)
		to := page.WaiversURL + waiverFilter(r).Query()
		if fromItem(r) {
			to = page.ItemURL(project, stage, changed.Review.Stage(stage).Waiver(no).Item) + "#waiver"
		}
		return s.done(w, r, to, waiverFlashes[d])
	}
}

var waiverFlashes = map[page.WaiverDecision]flash{
	page.WaiverGrant: flashWaived, page.WaiverDeny: flashRefused, page.WaiverExtend: flashExtended, page.WaiverRevoke: flashEnded,
}

func decideOn(rv *review.Review, who review.Actor, d page.WaiverDecision, stage plan.StageKey, no int, shown review.Digest, form page.WaiverForm, at time.Time) error {
	switch d {
	case page.WaiverGrant:
		return rv.GrantWaiver(who, stage, no, shown, form.Reason, at)
	case page.WaiverDeny:
		return rv.DenyWaiver(who, stage, no, shown, form.Reason, at)
	case page.WaiverExtend:
		return rv.ExtendWaiver(who, stage, no, shown, form.Until, form.Reason, at)
	}
	return rv.RevokeWaiver(who, stage, no, shown, form.Reason, at)
}

// fromItem reports whether the form stood on the item's page.
func fromItem(r *http.Request) bool { return r.URL.Query().Get("from") == "item" }

// waiverFailed shows the page of the form again, with all that was typed and
// what is wrong with it.
func (s *Server) waiverFailed(w http.ResponseWriter, r *http.Request, form page.WaiverForm, err error) error {
	p := explain(err)
	var denied *review.Denied
	var refused *review.Refused
	var outdated *review.Outdated
	fields, invalid := fieldErrors(err)
	switch {
	case invalid && fields["form"] == "":
		form.Errors = fields
	case errors.As(err, &outdated):
		form.Problem = p.text
		if form.Reread, err = s.rereadWaiver(r, form.ID); err != nil {
			return err
		}
	case invalid, errors.As(err, &denied), errors.As(err, &refused):
		form.Problem = p.text
	default:
		return err
	}
	if !fromItem(r) {
		return s.showWaivers(w, r, p.status, form)
	}
	project, stage, no, _ := page.ReadWaiverID(form.ID)
	v, err := s.Store.Checklist(r.Context(), s.by(r), project, stage)
	if err != nil {
		return err
	}
	decided := v.Review.Stage(stage).Waiver(no)
	if decided == nil {
		return review.ErrNotFound
	}
	return s.showItemOf(
		w, r, p.status, itemPlace{project, stage, decided.Item},
		page.ItemForm{Name: page.FormDecide, Decision: form, Errors: form.Errors, Problem: form.Problem},
	)
}
