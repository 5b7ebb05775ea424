package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
	"github.com/slipway-prr/slipway/web/ui"
)

// gate is the one page on which a stage's sign-off is decided.
func (s *Server) gate(w http.ResponseWriter, r *http.Request) error {
	if asksPast(r) {
		return s.gateAt(w, r)
	}
	v, err := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	return s.showGate(w, r, http.StatusOK, v, gate.Form{})
}

func (s *Server) showGate(w http.ResponseWriter, r *http.Request, status int, v *store.GateView, form gate.Form) error {
	inSeats := func(from map[plan.Seat]store.SeatHolders) map[plan.Seat]gate.SeatHolders {
		out := make(map[plan.Seat]gate.SeatHolders, len(from))
		for seat, h := range from {
			out[seat] = gate.SeatHolders(h)
		}
		return out
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Gate: "+v.Stage.Def.Name+", "+v.Review.Project.Name, ui.NavSignOffs)
	m.ErrorCount = len(form.Errors)
	if r.Method != http.MethodGet {
		m.Path = page.GateURL(v.Review.Project.Key, v.Stage.Def.Key)
	}
	d := gate.Data{
		Review: v.Review, Stage: v.Stage, Actor: v.Actor, Now: v.Now, Name: v.Names.Of, Others: v.Others, Holders: inSeats(v.Holders), Able: inSeats(v.Able), Changes: v.Changes, Reviews: v.Reviews, Seq: v.Seq, Forced: v.Forced, Nobody: v.Nobody, Form: form,
	}
	if err := s.conditionOwners(r, v, &d); err != nil {
		return err
	}
	if err := s.nextGate(r, v, &d); err != nil {
		return err
	}
	return s.render(w, r, status, gate.Page(m, d))
}

// gateAgain shows the gate with a form that could not be carried out, and all
// that was typed into it. Errors that are not about the decision go to their
// own page.
func (s *Server) gateAgain(w http.ResponseWriter, r *http.Request, action string, typed url.Values, err error) error {
	p := explain(err)
	if p.status != http.StatusForbidden && p.status != http.StatusConflict && p.status != http.StatusUnprocessableEntity {
		return err
	}
	v, viewErr := s.Store.Gate(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if viewErr != nil {
		return viewErr
	}
	form := gate.Form{Action: action, Typed: typed}
	var stale *review.StaleDigest
	var outdated *review.Outdated
	var blocked *review.Blocked
	fields, aboutFields := fieldErrors(err)
	switch {
	case aboutFields && fields["form"] == "":
		form.Errors = fields
	case errors.As(err, &blocked):
		form.Title, form.Problem = p.title, "Something still stands in the way; it is listed under “Blockers”. Nothing was changed."
	case errors.As(err, &stale):
		form.Title, form.Problem = p.title, "It changed after you opened the page, so nothing was recorded. What you typed is still in the form. Decide on what the page says now."
		form.Seen, _ = strconv.ParseInt(typed.Get("seen"), 10, 64)
	case errors.As(err, &outdated):
		form.Title, form.Problem = p.title, p.text
		if form.Reread, err = s.rereadOnGate(r, v, outdated.What, typed); err != nil {
			return err
		}
	default:
		form.Title, form.Problem = p.title, p.text
	}
	return s.showGate(w, r, p.status, v, form)
}

// conditionOwners lists who can be given a condition: everybody, or for those
// who may not see the directory, the people of the project.
func (s *Server) conditionOwners(r *http.Request, v *store.GateView, d *gate.Data) error {
	if v.Stage.OpenRound() == nil || review.May(v.Actor, review.SignGate, &v.Review.Project) != nil {
		return nil
	}
	chosen := []review.PersonID{}
	for _, m := range v.Review.Project.Members {
		chosen = append(chosen, m.Person)
	}
	for _, c := range v.Stage.Conditions {
		chosen = append(chosen, c.Owner)
	}
	for _, c := range conditions(d.Form.Typed) {
		if c.Owner != 0 {
			chosen = append(chosen, c.Owner)
		}
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), searchWords(d.Form.Typed.Get("find")), peopleListed, chosen...)
	if err != nil {
		return err
	}
	for _, p := range found {
		d.People = append(d.People, page.Somebody{ID: p.ID, Name: p.Name, Email: p.Email})
	}
	d.More = len(found) >= peopleListed || d.Form.Typed.Get("find") != ""
	return nil
}

// nextGate finds the next gate that waits for somebody who holds a seat and has
// nothing left to decide at this one.
func (s *Server) nextGate(r *http.Request, v *store.GateView, d *gate.Data) error {
	if len(v.Actor.Seats) == 0 || d.Signs() {
		return nil
	}
	q, err := s.Store.NextInQueue(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(q.Gates, func(g store.WaitingGate) bool {
		return g.Project == v.Review.Project.Key && g.Stage == v.Stage.Def.Key
	})
	if len(others) == 0 {
		return nil
	}
	first := others[0]
	d.Next = &gate.NextGate{
		Name: q.Stages.StageName(first.Stage) + ", " + first.Name, Href: page.GateURL(first.Project, first.Stage),
		Others: len(others) - 1, Full: len(q.Gates)+len(q.Excluded) >= store.NextGates-1,
	}
	return nil
}
