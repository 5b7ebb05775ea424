package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

const (
	flowLasts  = 10 * time.Minute // as long as the store keeps a sign-in under way
	themeLasts = 365 * 24 * time.Hour
)

// login shows the sign-in page, or leads on whoever is signed in.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	to := auth.SafeReturn(r.URL.Query().Get("to"))
	again := s.again(r.URL.Query().Get("again"))
	if v, _ := s.viewer(r); v != nil && !again {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	m := s.meta(w, r, nil, "Sign in", ui.NavNone)
	m.Path = loginTo(to, again)
	return s.render(w, r, http.StatusOK, page.SignIn(m, to, again, s.Demo))
}

// startLogin sends the browser to the provider. What comes back is only taken
// from this very browser, because it alone holds the secret.
func (s *Server) startLogin(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "to", "again")
	if err != nil {
		return err
	}
	to, again := auth.SafeReturn(form.Get("to")), s.again(form.Get("again"))
	if v, _ := s.viewer(r); v != nil && !again { // signed in meanwhile, in another tab
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	address, flow, err := s.Auth.Begin(r.Context(), to, s.demand(again))
	if err != nil {
		return s.signInFailed(w, r, to, again, err)
	}
	browser := rand.Text()
	err = s.Store.BeginFlow(r.Context(), store.Flow{
		State: flow.State, Browser: browser, Nonce: flow.Nonce, Verifier: flow.Verifier, ReturnTo: flow.ReturnTo, Again: again,
	})
	if err != nil {
		return err
	}
	s.cookies.set(w, s.cookies.flowName, browser, flowLasts)
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// callback is where the provider sends the browser back to.
func (s *Server) callback(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	query := r.URL.Query()
	kept, err := s.Store.TakeFlow(r.Context(), query.Get("state"), read(r, s.cookies.flowName))
	if errors.Is(err, review.ErrNotFound) {
		return s.signInFailed(w, r, page.WorkURL, false, auth.ErrNoFlow)
	}
	if err != nil {
		return err
	}
	s.cookies.drop(w, s.cookies.flowName)
	to := auth.SafeReturn(kept.ReturnTo)
	flow := auth.Flow{State: kept.State, Nonce: kept.Nonce, Verifier: kept.Verifier, ReturnTo: to, Demand: s.demand(kept.Again)}
	id, err := s.Auth.Finish(r.Context(), flow, query)
	if err != nil {
		return s.signInFailed(w, r, to, kept.Again, err)
	}
	if err := s.beginSession(w, r, id); errors.Is(err, review.ErrBlocked) {
		return s.blocked(w, r)
	} else if err != nil {
		return err
	}
	if to == page.WorkURL {
		if to, err = s.firstPage(r, factsOf(r).person); err != nil {
			return err
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// beginSession signs an identity in. The session's secret is always a new one,
// so that nobody can slip a known one to a browser; the session that the
// browser had before ends.
func (s *Server) beginSession(w http.ResponseWriter, r *http.Request, id auth.Identity) error {
	if old := s.cookies.session(r); old != "" {
		if _, err := s.Store.SignOut(r.Context(), store.BySession(store.HashToken(old))); err != nil {
			return err
		}
	}
	secret := rand.Text()
	person, err := s.Store.SignIn(r.Context(), store.Identity{
		Issuer: id.Issuer, Subject: id.Subject, Name: id.Name, Email: id.Email,
		Session: id.SessionID, Sealed: s.sealed(r, secret, id.IDToken), Rights: s.rightsOf(id), Gap: s.gapOf(id),
		AuthTime: id.AuthTime, ACR: id.ACR, Browser: browserOf(r.UserAgent()), Address: middleware.GetClientIP(r.Context()),
	}, store.HashToken(secret), s.Session)
	if err != nil {
		return err
	}
	factsOf(r).person = person
	if !id.GroupsKnown {
		s.event(r, slog.LevelWarn, "the provider did not say in which groups the person is", slog.String("why", string(id.GroupsGap)))
	}
	s.event(r, slog.LevelInfo, "signed in")
	s.cookies.set(w, s.cookies.sessionName, secret, s.Session)
	return nil
}

// rightsOf is what an identity's groups give, and the role that everybody
// gets. Unknown groups give nothing.
func (s *Server) rightsOf(id auth.Identity) []review.Right {
	var rights []review.Right
	for _, g := range s.Groups.For(id) {
		rights = append(rights, review.Right{Role: review.Role(g.Role), Seat: plan.Seat(g.Seat)})
	}
	if everybody := (review.Right{Role: s.DefaultRole}); s.DefaultRole != "" && !slices.Contains(rights, everybody) {
		rights = append(rights, everybody)
	}
	return rights
}

// gapOf is why what an identity's groups give is suspended in its session. Where
// no group gives anything, nothing is.
func (s *Server) gapOf(id auth.Identity) review.GroupsGap {
	if len(s.Groups) == 0 {
		return ""
	}
	return review.GroupsGap(id.GroupsGap)
}

// blocked tells somebody whom an admin has blocked that they cannot sign in.
func (s *Server) blocked(w http.ResponseWriter, r *http.Request) error {
	s.cookies.drop(w, s.cookies.sessionName)
	m := s.meta(w, r, nil, "You cannot sign in", ui.NavNone)
	m.Path = page.LoginURL
	return s.render(w, r, http.StatusForbidden, page.Blocked(m))
}

// browserOf names a browser and its system roughly, for its owner to recognise;
// empty when the header is none that we know.
func browserOf(userAgent string) string {
	find := func(names ...string) string { // pairs of what stands there and what it means, the more telling first
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(userAgent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := find(
		"Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS/", "Firefox", "CriOS/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari",
		"curl/", "curl",
	)
	system := find(
		"iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "Mac", "CrOS", "ChromeOS", "Linux", "Linux",
	)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// signInFailed explains a failed sign-in without giving away which check
// failed, and offers to begin again.
func (s *Server) signInFailed(w http.ResponseWriter, r *http.Request, to string, again bool, err error) error {
	title := "You are not signed in"
	status, level := http.StatusBadRequest, slog.LevelWarn
	switch {
	case errors.Is(err, auth.ErrUnavailable):
		status, level = http.StatusServiceUnavailable, slog.LevelError
		w.Header().Set("Retry-After", "10")
	case errors.Is(err, auth.ErrNoAuthTime), errors.Is(err, auth.ErrNotFresh), errors.Is(err, auth.ErrWeak):
		title, status = "You cannot decide yet", http.StatusForbidden
	case errors.Is(err, auth.ErrProvider):
		status, level = http.StatusBadGateway, slog.LevelError
	case errors.Is(err, auth.ErrDenied):
		status = http.StatusForbidden
	}
	factsOf(r).why = "sign-in failed"
	s.event(r, level, "sign-in failed", slog.Any("err", err))
	m := s.meta(w, r, nil, title, ui.NavNone)
	m.Path = loginTo(to, again)
	return s.render(w, r, status, page.SignInFailed(m, auth.PublicMessage(err), m.Path, requestID(r)))
}

// logout ends the session here and, where it offers that, at the provider.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	secret := s.cookies.session(r)
	sealed, err := s.Store.SignOut(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	if factsOf(r).person != 0 {
		s.event(r, slog.LevelInfo, "signed out")
	}
	s.cookies.drop(w, s.cookies.sessionName)
	w.Header().Set("Clear-Site-Data", `"cache"`) // the pages that the browser keeps, so that Back shows none to the next person
	to := page.LoginURL
	if idToken := unseal(secret, sealed); idToken != "" {
		if address, ok := s.Auth.EndSessionURL(r.Context(), idToken, s.Origin+"/", ""); ok {
			to = address
		}
	}
	return s.done(w, r, to, flashSignedOut)
}

// backchannelLogout takes the provider's word that somebody signed out there.
// Fields beside the token are ignored, as the specification demands.
func (s *Server) backchannelLogout(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if err := r.ParseForm(); err != nil || len(r.PostForm["logout_token"]) != 1 {
		return refuseLogout(w, http.StatusBadRequest, "send one logout_token in a form")
	}
	notice, err := s.Auth.VerifyLogout(r.Context(), r.PostForm.Get("logout_token"))
	if errors.Is(err, auth.ErrUnavailable) {
		s.event(r, slog.LevelError, "logout token cannot be checked", slog.Any("err", err))
		return refuseLogout(w, http.StatusServiceUnavailable, "the token cannot be checked at the moment")
	}
	if err != nil {
		s.event(r, slog.LevelWarn, "logout token refused", slog.Any("err", err))
		return refuseLogout(w, http.StatusBadRequest, "the token was refused")
	}
	ended, err := s.Store.EndSessions(r.Context(), store.LogoutNotice{
		Issuer: notice.Issuer, Subject: notice.Subject, Session: notice.SessionID, ID: notice.ID, Expires: notice.Expires,
	})
	if errors.Is(err, store.ErrReplayed) {
		return refuseLogout(w, http.StatusBadRequest, "the token was used before")
	}
	if err != nil {
		s.event(r, slog.LevelError, "ending sessions failed", slog.Any("err", err))
		return refuseLogout(w, http.StatusServiceUnavailable, "the sessions could not be ended; send the token again")
	}
	s.event(r, slog.LevelInfo, "signed out by the provider", slog.Int64("sessions", ended))
	w.WriteHeader(http.StatusOK)
	return nil
}

func refuseLogout(w http.ResponseWriter, status int, why string) error {
	code := "invalid_request"
	if status >= http.StatusInternalServerError {
		code = "temporarily_unavailable"
		w.Header().Set("Retry-After", "10")
	}
	body, err := json.Marshal(map[string]string{"error": code, "error_description": why})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

// theme remembers the person's colours in the browser.
func (s *Server) theme(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r, "theme", "to")
	if err != nil {
		return err
	}
	switch t := ui.Theme(form.Get("theme")); t {
	case ui.Auto, ui.Light, ui.Dark:
		s.cookies.set(w, s.cookies.themeName, string(t), themeLasts)
	default:
		return &review.Invalid{Fields: []review.FieldError{{Field: "theme", Message: "must be auto, light or dark"}}}
	}
	http.Redirect(w, r, backTo(form.Get("to")), http.StatusSeeOther)
	return nil
}

// backTo is a safe place to go back to; unlike after a sign-in, the sign-in
// page is one.
func backTo(to string) string {
	u, err := url.Parse(to)
	if err == nil && u.Scheme == "" && u.Host == "" && u.Path == page.LoginURL {
		return page.LoginTo(auth.SafeReturn(u.Query().Get("to")))
	}
	return auth.SafeReturn(to)
}
