package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// endedLogin names the login that a logout is about.
type endedLogin struct{ subject, sid string }

// logout ends the login of this browser. With a token of ours as a hint it happens at once and the client may be
// returned to; without one the person is asked first, as any page could have sent them here.
func (p *Provider) logout(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > maxProviderQuery {
		p.showProblem(w, http.StatusRequestURITooLong, "The sign-out request is too long.")
		return
	}
	if err := r.ParseForm(); err != nil || hasRepeats(r.Form) {
		p.showProblem(w, http.StatusBadRequest, "The sign-out request cannot be read, or has a parameter twice.")
		return
	}
	back, ok := p.postLogoutAddress(r.Form)
	if !ok {
		p.showProblem(w, http.StatusBadRequest, "The address to return to after signing out is not registered for this application.")
		return
	}
	ended, hinted := endedLogin{}, false
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		if ended, ok = p.readHint(hint); !ok {
			p.showProblem(w, http.StatusBadRequest, "The sign-out request carries a token that was not issued here.")
			return
		}
		hinted = true
	}
	confirmed := r.Method == http.MethodPost && r.PostForm.Get("confirm") == "yes"
	if !hinted && !confirmed {
		p.showSignOut(w, r.Form)
		return
	}
	p.endLogin(w, r, ended)
	if back != "" {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return
	}
	p.showSignedOut(w)
}

// postLogoutAddress returns where to go afterwards, empty for nowhere, and false when the address is not registered.
func (p *Provider) postLogoutAddress(form url.Values) (string, bool) {
	to := form.Get("post_logout_redirect_uri")
	if to == "" {
		return "", true
	}
	client := form.Get("client_id")
	if client != "" && client != p.client.ID || !slices.Contains(p.client.PostLogoutURIs, to) {
		return "", false
	}
	if state := form.Get("state"); state != "" {
		to = withQuery(to, url.Values{"state": {state}})
	}
	return to, true
}

// readHint takes an ID token of ours, expired ones included: people sign out long after they signed in.
func (p *Provider) readHint(token string) (endedLogin, bool) {
	var claims struct {
		Issuer   string          `json:"iss"`
		Audience string          `json:"aud"`
		Subject  string          `json:"sub"`
		Session  string          `json:"sid"`
		Events   json.RawMessage `json:"events"` // a logout token is no hint
	}
	if err := p.key.open(token, &claims); err != nil {
		return endedLogin{}, false
	}
	ok := claims.Issuer == p.issuer && claims.Audience == p.client.ID && claims.Session != "" && claims.Events == nil
	return endedLogin{subject: claims.Subject, sid: claims.Session}, ok
}

// endLogin forgets the login of this browser and the one that the hint names (mostly the same), and tells the client.
func (p *Provider) endLogin(w http.ResponseWriter, r *http.Request, hinted endedLogin) {
	var ended []endedLogin
	if hinted.sid != "" {
		ended = append(ended, hinted)
	}
	if _, current, ok := p.currentLogin(r); ok && current.sid != hinted.sid {
		ended = append(ended, endedLogin{subject: current.person.ID, sid: current.sid})
	}
	http.SetCookie(w, &http.Cookie{Name: p.cookie, Path: p.prefix + "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	for _, e := range ended {
		p.logins.removeIf(func(l login) bool { return l.sid == e.sid })
		p.codes.removeIf(func(g *codeGrant) bool { return g.login.sid == e.sid })
		p.tokens.removeIf(func(g accessGrant) bool { return g.login.sid == e.sid })
		if err := p.tellClient(r.Context(), e); err != nil {
			p.log.Warn("demo provider: back-channel logout", "err", err)
		}
	}
}

// tellClient posts a logout token. It waits for the answer (three seconds at most), so that somebody who is sent
// back to the client finds themselves signed out.
func (p *Provider) tellClient(ctx context.Context, e endedLogin) error {
	if p.client.BackChannelURL == "" {
		return nil
	}
	now := p.now()
	token, err := p.key.sign("logout+jwt", map[string]any{
		"iss":    p.issuer,
		"aud":    p.client.ID,
		"sub":    e.subject,
		"sid":    e.sid,
		"iat":    now.Unix(),
		"exp":    now.Add(logoutTokenLife).Unix(),
		"jti":    rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": struct{}{}},
	})
	if err != nil {
		return err
	}
	// The browser may go away meanwhile; the client should learn of it nevertheless.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	form := strings.NewReader(url.Values{"logout_token": {token}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.client.BackChannelURL, form)
	if err != nil {
		return fmt.Errorf("address %q: %w", p.client.BackChannelURL, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.messenger.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the client answered with status %d", resp.StatusCode)
	}
	return nil
}
