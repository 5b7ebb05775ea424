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

// standIns is the page of stand-ins.
func (s *Server) standIns(w http.ResponseWriter, r *http.Request) error {
	return s.showStandIns(w, r, http.StatusOK, page.StandInForm{})
}

func (s *Server) showStandIns(w http.ResponseWriter, r *http.Request, status int, form page.StandInForm) error {
	v, err := s.Store.Delegations(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	if err := review.May(v.Actor, review.ViewPeople, nil); err != nil {
		return err
	}
	d, err := s.readStandIns(r, v, form)
	if err != nil {
		return err
	}
	m := s.meta(w, r, &v.Viewer, "Stand-ins", ui.NavPeople)
	m.Path, m.ErrorCount = page.StandInsURL, len(form.Errors)
	return s.render(w, r, status, page.StandIns(m, d, v.Now))
}

// readStandIns is what the page says, around a form that was refused, if any.
func (s *Server) readStandIns(r *http.Request, v *store.DelegationsView, form page.StandInForm) (*page.StandInsData, error) {
	d := &page.StandInsData{
		Reader: v.Actor.Person, Given: standInList(v.Names, v.Given), Taken: standInList(v.Names, v.Taken), Others: standInList(v.Names, v.Others),
		Who: searchText(r, "who"), Form: form,
	}
	for _, own := range v.Seats {
		d.Seats = append(d.Seats, page.OwnSeat(own))
	}
	if len(d.Seats) == 0 {
		return d, nil
	}
	var chosen []review.PersonID
	if to := personNumber(form.To); to != 0 {
		chosen = append(chosen, to)
	}
	found, err := s.Store.FindPeople(r.Context(), s.by(r), d.Who, peopleListed, chosen...)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		d.People = append(d.People, page.Somebody{ID: p.ID, Name: p.Name, Email: p.Email})
	}
	d.More = len(found) >= peopleListed
	return d, nil
}

func standInList(names store.Names, list []store.StandIn) []page.StandIn {
	out := make([]page.StandIn, len(list))
	for i, d := range list {
		out[i] = page.StandIn{
			Person: d.Person, Holder: names.Of(d.Person), To: names.Of(d.To), No: d.No, Seat: d.Seat, Project: d.Project, ProjectName: d.ProjectName,
			Starts: d.Starts, Ends: d.Ends, Reason: d.Reason,
		}
	}
	return out
}

// delegate names a stand-in for a seat.
func (s *Server) delegate(w http.ResponseWriter, r *http.Request) error {
	id := personNumber(chi.URLParam(r, "person"))
	posted, err := readForm(r, "to", "seat", "project", "starts", "ends", "reason")
	form := page.StandInForm{
		To: posted.Get("to"), Seat: posted.Get("seat"), Starts: posted.Get("starts"), Ends: posted.Get("ends"), Reason: posted.Get("reason"),
	}
	if project := posted.Get("project"); project != "" {
		form.Seat = page.OwnSeat{Seat: plan.Seat(form.Seat), Project: review.ProjectKey(searchWords(project))}.Value()
	}
	if err != nil {
		return s.delegateAgain(w, r, form, err)
	}
	in := review.NewDelegation{To: personNumber(form.To), Starts: form.Starts, Ends: form.Ends, Reason: form.Reason}
	seat, project := page.ParseOwnSeat(form.Seat)
	in.Seat = seat
	if project != "" {
		in.Scope, err = s.Store.Scope(r.Context(), s.by(r), project)
		if errors.Is(err, review.ErrNotFound) {
			in.Scope, err = review.Nowhere, nil
		}
	}
	if err == nil {
		_, err = s.Store.ChangeRights(r.Context(), s.by(r), id, func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Delegate(who, in, at)
		}, in.To)
	}
	if err != nil {
		return s.delegateAgain(w, r, form, err)
	}
	return s.done(w, r, page.StandInsURL, flashDelegated)
}

// delegateAgain shows the page with a form that could not be carried out.
func (s *Server) delegateAgain(w http.ResponseWriter, r *http.Request, form page.StandInForm, err error) error {
	var refused *review.Refused
	fields, invalid := fieldErrors(err)
	switch {
	case invalid:
		form.Errors = fields
		return s.showStandIns(w, r, http.StatusUnprocessableEntity, form)
	case errors.As(err, &refused):
		form.Problem = refused.Why
		return s.showStandIns(w, r, http.StatusConflict, form)
	}
	return err
}

// endDelegation ends a stand-in's time before its date.
func (s *Server) endDelegation(w http.ResponseWriter, r *http.Request) error {
	id := personNumber(chi.URLParam(r, "person"))
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	if _, err := readForm(r); err != nil {
		return err
	}
	_, err = s.Store.ChangeRights(r.Context(), s.by(r), id, func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.EndDelegation(who, no, at)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, page.StandInsURL, flashUndelegated)
}
