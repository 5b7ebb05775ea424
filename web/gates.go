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

// gates is the page on which several gates of a project are decided together.
func (s *Server) gates(w http.ResponseWriter, r *http.Request) error {
	return s.showGates(w, r, http.StatusOK, &page.GatesData{})
}

func (s *Server) showGates(w http.ResponseWriter, r *http.Request, status int, d *page.GatesData) error {
	v, err := s.Store.Project(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d.Review, d.Actor, d.Now, d.Names = v.Review, v.Actor, v.Now, v.Names.Of
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Several gates, "+v.Review.Project.Name, ui.NavSignOffs)
	m.Path, m.ErrorCount = page.GatesURL(v.Review.Project.Key), len(d.Errors)
	return s.render(w, r, status, page.Gates(m, d))
}

// decideGates asks for sign-off of the chosen gates, or approves them: all of
// them, or none.
func (s *Server) decideGates(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "gate"+several, "text", "effort")
	d := &page.GatesData{Do: posted.Get("do"), Picked: posted["gate"], Text: posted.Get("text"), Effort: review.Effort(posted.Get("effort"))}
	signs := d.Do == page.GatesSign
	if signs {
		if err := s.mayDecide(r); err != nil {
			return err
		}
	}
	if err == nil && !signs && d.Do != page.GatesRequest {
		err = invalidField("form", "does nothing that this page knows; open the page again")
	}
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			gates := make([]review.GateShown, len(d.Picked))
			for i, p := range d.Picked {
				gates[i] = page.Pick(p)
			}
			if signs {
				return rv.SignTogether(who, gates, d.Text, d.Effort, at)
			}
			return rv.RequestTogether(who, gates, d.Text, at)
		})
	}
	if err != nil {
		return s.gatesAgain(w, r, d, err)
	}
	s.metrics.decided(changed.Events)
	done := flashRequested
	switch several := len(d.Picked) > 1; {
	case signs && several:
		done = flashSignedAll
	case signs:
		done = flashSigned
	case several:
		done = flashRequestedAll
	}
	return s.done(w, r, page.GatesURL(projectKey(r)), done)
}

// gatesAgain shows the page with what could not be done, and at which gate.
func (s *Server) gatesAgain(w http.ResponseWriter, r *http.Request, d *page.GatesData, err error) error {
	p := explain(err)
	if p.status != http.StatusForbidden && p.status != http.StatusConflict && p.status != http.StatusUnprocessableEntity {
		return err
	}
	fields, invalid := fieldErrors(err)
	if invalid && fields["form"] == "" {
		d.Errors = map[string]string{}
		for name, message := range fields {
			if name == "reason" || name == "note" {
				name = "text"
			}
			d.Errors[name] = message
		}
	}
	var at *review.InStage
	if d.Problem = p.text; errors.As(err, &at) {
		d.Problem = at.Name + ": " + p.text
	}
	if len(d.Errors) > 0 && at == nil {
		d.Problem = ""
	}
	return s.showGates(w, r, p.status, d)
}
