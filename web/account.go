package web

import (
	"net/http"
	"strconv"

	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// account shows whoever looks where they are signed in. It needs no right.
func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	return s.showAccount(w, r, "")
}

// showAccount shows it with the address of a calendar that was just made, if any.
func (s *Server) showAccount(w http.ResponseWriter, r *http.Request, address string) error {
	v, err := s.Store.Sessions(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	d := &page.AccountData{Actor: v.Actor, Now: v.Now, Name: v.Name, Email: v.Email, Calendar: page.CalendarData{Made: v.Calendar, Address: address}}
	for _, x := range v.Sessions {
		d.Sessions = append(d.Sessions, page.Session(x))
	}
	return s.render(w, r, http.StatusOK, page.Account(s.meta(w, r, &v.Viewer, "My account", ui.NavNone), d))
}

// endSession ends one of the person's own sessions. One that is gone already is
// no mistake.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "session")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("session"), 10, 64)
	if err != nil || id < 1 {
		id = -1 // of no session
	}
	if _, err := s.Store.EndOwnSessions(r.Context(), s.by(r), id); err != nil {
		return err
	}
	return s.done(w, r, page.AccountURL, flashSession)
}

// endOtherSessions ends all of the person's sessions but this one.
func (s *Server) endOtherSessions(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	if _, err := s.Store.EndOwnSessions(r.Context(), s.by(r), 0); err != nil {
		return err
	}
	return s.done(w, r, page.AccountURL, flashSessions)
}
