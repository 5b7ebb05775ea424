package auth_test

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/auth"
)

// TestSignInAndOut goes the whole way with real providers: sign in, be somebody, sign out everywhere.
func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			issuer := real.start(t, rp)
			client := newClient(t, issuer, rp.origin, nil)
			b := newBrowser(t)

			redirect, flow := begin(t, client, "/projects/checkout?tab=gates")
			checkAuthorizationRequest(t, redirect, flow)
			if flow.ReturnTo != "/projects/checkout?tab=gates" {
				t.Errorf("ReturnTo = %q", flow.ReturnTo)
			}
			id, err := client.Finish(t.Context(), flow, b.signIn(t, rp, redirect, "omar"))
			if err != nil {
				t.Fatal(err)
			}
			checkOmar(t, id, issuer)

			// Signed in at the provider, no page comes up the second time, and it is the same session there.
			redirect, flow = begin(t, client, "/")
			b.open(t, redirect)
			again, err := client.Finish(t.Context(), flow, rp.lastCallback(t, 2))
			if err != nil {
				t.Fatal(err)
			}
			if again.Subject != id.Subject || again.SessionID != id.SessionID {
				t.Errorf("second sign-in gave %s/%s, want %s/%s", again.Subject, again.SessionID, id.Subject, id.SessionID)
			}
			signOutEverywhere(t, client, rp, b, id)

			redirect, _ = begin(t, client, "/")
			if n := b.open(t, redirect).page.Find("button[name=person]").Length(); n == 0 {
				t.Error("still signed in at the provider after signing out")
			}
		})
	}
}

func checkAuthorizationRequest(t *testing.T, redirect string, flow auth.Flow) {
	t.Helper()
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "state": flow.State, "nonce": flow.Nonce,
		"code_challenge_method": "S256", "scope": "openid profile email groups",
	} {
		if got := q.Get(name); got != want {
			t.Errorf("authorization request: %s = %q, want %q", name, got, want)
		}
	}
	if len(flow.State) < 26 || len(flow.Nonce) < 26 || len(flow.Verifier) < 43 || flow.State == flow.Nonce {
		t.Errorf("too little randomness in %+v", flow)
	}
	if strings.Contains(redirect, flow.Verifier) {
		t.Error("the verifier travels through the browser")
	}
}

func checkOmar(t *testing.T, id auth.Identity, issuer string) {
	t.Helper()
	if id.IDToken == "" || id.SessionID == "" {
		t.Errorf("token or session id is missing: %+v", id)
	}
	if age := time.Since(id.AuthTime); !id.AuthTime.IsZero() && (age < -time.Minute || age > time.Minute) {
		t.Errorf("AuthTime = %s", id.AuthTime)
	}
	id.IDToken, id.SessionID, id.AuthTime, id.ACR = "", "", time.Time{}, ""
	want := auth.Identity{
		Issuer: issuer, Subject: "omar", Name: "Omar Farouk", Email: "omar@slipway.example",
		Groups: []string{"seat-security", "seat-sre", "team-payments"}, GroupsKnown: true,
	}
	if !reflect.DeepEqual(id, want) {
		t.Errorf("identity = %+v\nwant %+v", id, want)
	}
}

func signOutEverywhere(t *testing.T, client *auth.Client, rp *relyingParty, b browser, id auth.Identity) {
	t.Helper()
	address, ok := client.EndSessionURL(t.Context(), id.IDToken, rp.origin+"/", "bye")
	if !ok {
		t.Fatal("no address to sign out at")
	}
	page := b.open(t, address)
	if page.page.Find("form").Length() == 1 { // the certified provider asks first
		page = b.submit(t, page, "logout", "yes")
	}
	if got, want := page.at.String(), rp.origin+"/?state=bye"; got != want {
		t.Fatalf("after signing out at %s, want %s: %s", got, want, page.page.Text())
	}
	token := rp.logoutToken(t)
	notice, err := client.VerifyLogout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if notice.Issuer != id.Issuer || notice.SessionID != id.SessionID || notice.Subject != "" && notice.Subject != id.Subject {
		t.Errorf("logout notice = %+v, want it about %s/%s", notice, id.Subject, id.SessionID)
	}
	if notice.ID == "" || notice.Expires.Before(time.Now()) || notice.Expires.After(time.Now().Add(10*time.Minute)) {
		t.Errorf("logout notice has a bad id or expiry: %+v", notice)
	}
	again, err := client.VerifyLogout(t.Context(), token)
	if err != nil || again.ID != notice.ID {
		t.Errorf("a replay must be recognisable by its ID: %q, then %q (%v)", notice.ID, again.ID, err)
	}
}

// TestCallbackRefusals has one good callback bent in one way at a time.
func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		bend func(flow *auth.Flow, callback url.Values)
		want error
	}{
		{"wrong state", func(f *auth.Flow, _ url.Values) { f.State = "AAAAAAAAAAAAAAAAAAAAAAAAAA" }, auth.ErrState},
		{"no state", func(_ *auth.Flow, v url.Values) { v.Del("state") }, auth.ErrState},
		{"state twice", func(_ *auth.Flow, v url.Values) { v.Add("state", v.Get("state")) }, auth.ErrCallback},
		{"no flow", func(f *auth.Flow, v url.Values) { *f = auth.Flow{}; v.Set("state", "") }, auth.ErrNoFlow},
		{"flow without verifier", func(f *auth.Flow, _ url.Values) { f.Verifier = "" }, auth.ErrNoFlow},
		{"wrong verifier", func(f *auth.Flow, _ url.Values) { f.Verifier = strings.Repeat("a", 43) }, auth.ErrExchange},
		{"wrong nonce", func(f *auth.Flow, _ url.Values) { f.Nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAA" }, auth.ErrNonce},
		{"wrong issuer parameter", func(_ *auth.Flow, v url.Values) { v.Set("iss", "https://other.example") }, auth.ErrResponseIssuer},
		{"no issuer parameter", func(_ *auth.Flow, v url.Values) { v.Del("iss") }, auth.ErrResponseIssuer},
		{"no code", func(_ *auth.Flow, v url.Values) { v.Del("code") }, auth.ErrCallback},
		{"code twice", func(_ *auth.Flow, v url.Values) { v.Add("code", "x") }, auth.ErrCallback},
		{"made-up code", func(_ *auth.Flow, v url.Values) { v.Set("code", "made-up") }, auth.ErrExchange},
		{"declined", func(_ *auth.Flow, v url.Values) { v.Set("error", "access_denied") }, auth.ErrDenied},
		{"strange error", func(_ *auth.Flow, v url.Values) { v.Set("error", "<b>x</b>") }, auth.ErrProvider},
		{"provider busy", func(_ *auth.Flow, v url.Values) { v.Set("error", "temporarily_unavailable") }, auth.ErrUnavailable},
	}
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, nil)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					redirect, flow := begin(t, client, "/")
					callback := newBrowser(t).signIn(t, rp, redirect, "ada")
					c.bend(&flow, callback)
					id, err := client.Finish(t.Context(), flow, callback)
					wantOnly(t, err, c.want)
					if !reflect.DeepEqual(id, auth.Identity{}) {
						t.Errorf("refused, and yet an identity: %+v", id)
					}
				})
			}
		})
	}
}

// wantOnly checks that err is want and none of the other errors, and that it gives no secret away.
func wantOnly(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error = %v\nwant %v", err, want)
	}
	for _, other := range allErrors() {
		if other != want && errors.Is(err, other) {
			t.Errorf("error is also %q: %v", other, err)
		}
	}
	if strings.Contains(err.Error(), clientSecret) || strings.Contains(err.Error(), "eyJ") {
		t.Errorf("error gives a secret away: %v", err)
	}
	if msg := auth.PublicMessage(err); msg == "" || strings.Contains(msg, "<") {
		t.Errorf("message = %q", msg)
	}
}

func allErrors() []error {
	return []error{
		auth.ErrUnavailable, auth.ErrNoFlow, auth.ErrState, auth.ErrCallback, auth.ErrResponseIssuer, auth.ErrDenied,
		auth.ErrProvider, auth.ErrExchange, auth.ErrMalformed, auth.ErrSignature, auth.ErrIssuer, auth.ErrAudience,
		auth.ErrExpired, auth.ErrStale, auth.ErrNonce, auth.ErrAccessTokenHash, auth.ErrLogoutEvent, auth.ErrLogoutNonce,
		auth.ErrNoAuthTime, auth.ErrNotFresh, auth.ErrWeak,
	}
}

func TestCodeIsGoodForOneUse(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, nil)
			redirect, flow := begin(t, client, "/")
			callback := newBrowser(t).signIn(t, rp, redirect, "ada")
			if _, err := client.Finish(t.Context(), flow, maps.Clone(callback)); err != nil {
				t.Fatal(err)
			}
			_, err := client.Finish(t.Context(), flow, callback)
			wantOnly(t, err, auth.ErrExchange)
		})
	}
}

// TestProvidersWantProof exchanges codes by hand: what keeps a stolen code useless is the provider's to enforce.
func TestProvidersWantProof(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		secret string
		bend   func(form url.Values)
	}{
		{"no verifier", clientSecret, func(v url.Values) { v.Del("code_verifier") }},
		{"other redirect address", clientSecret, func(v url.Values) { v.Set("redirect_uri", "http://127.0.0.1:1/x") }},
		{"wrong secret", "wrong", func(url.Values) {}},
	}
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			issuer := real.start(t, rp)
			client := newClient(t, issuer, rp.origin, nil)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					redirect, flow := begin(t, client, "/")
					callback := newBrowser(t).signIn(t, rp, redirect, "ada")
					form := url.Values{
						"grant_type": {"authorization_code"}, "code": {callback.Get("code")},
						"redirect_uri": {rp.origin + auth.CallbackPath}, "code_verifier": {flow.Verifier},
					}
					c.bend(form)
					req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
					if err != nil {
						t.Fatal(err)
					}
					req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					req.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(c.secret))
					resp, err := http.DefaultClient.Do(req)
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = resp.Body.Close() }()
					if resp.StatusCode != http.StatusBadRequest && resp.StatusCode != http.StatusUnauthorized {
						t.Errorf("status = %d", resp.StatusCode)
					}
				})
			}
		})
	}
}

func TestWrongClientSecretIsTheOperatorsProblem(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, func(c *auth.Config) { c.ClientSecret = "not this" })
			redirect, flow := begin(t, client, "/")
			_, err := client.Finish(t.Context(), flow, newBrowser(t).signIn(t, rp, redirect, "ada"))
			wantOnly(t, err, auth.ErrProvider)
		})
	}
}

// TestGroupsNotAskedFor: a provider that was not asked for groups says nothing of them, and nothing follows.
func TestGroupsNotAskedFor(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, func(c *auth.Config) { c.Scopes = nil })
			redirect, flow := begin(t, client, "/")
			id, err := client.Finish(t.Context(), flow, newBrowser(t).signIn(t, rp, redirect, "ada"))
			if err != nil {
				t.Fatal(err)
			}
			if id.GroupsKnown || id.Groups != nil || id.Name != "Ada Lindqvist" {
				t.Errorf("identity = %+v", id)
			}
		})
	}
}

// TestClaimsFromUserinfo: by the letter of the standard, claims that a scope asks for are at the userinfo endpoint.
func TestClaimsFromUserinfo(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t)
	issuer := startCertifiedProvider(t, rp, true)
	client := newClient(t, issuer, rp.origin, nil)
	redirect, flow := begin(t, client, "/")
	id, err := client.Finish(t.Context(), flow, newBrowser(t).signIn(t, rp, redirect, "omar"))
	if err != nil {
		t.Fatal(err)
	}
	if id.SessionID == "" {
		id.SessionID = "not in this mode"
	}
	checkOmar(t, id, issuer)
}

// TestIDTokenIsNoLogoutToken: both are signed by the same key for the same audience.
func TestIDTokenIsNoLogoutToken(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, nil)
			redirect, flow := begin(t, client, "/")
			id, err := client.Finish(t.Context(), flow, newBrowser(t).signIn(t, rp, redirect, "ada"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.VerifyLogout(t.Context(), id.IDToken)
			wantOnly(t, err, auth.ErrLogoutNonce)
		})
	}
}
