package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/slipway-prr/slipway/internal/devstack"
)

// The address never answers: the tests look at where they are sent, and do not go there.
const (
	testRedirect   = "http://127.0.0.1:1/auth/callback"
	testPostLogout = "http://127.0.0.1:1/"
	testVerifier   = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeee"
	// the base64url form of the SHA-256 sum of testVerifier
	testChallenge = "SU8uBX5GqV5hewClN5huQcXfDKm7b84E4QOmvVEL3rw"
)

// testClock can be moved.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type providerFixture struct {
	issuer string
	clock  *testClock
	client *http.Client // keeps cookies, follows nothing
	told   chan string  // logout tokens
}

func startProvider(t *testing.T, path string) *providerFixture {
	t.Helper()
	fix := &providerFixture{clock: &testClock{now: time.Now()}, told: make(chan string, 10)}
	backChannel := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fix.told <- r.PostFormValue("logout_token")
	}))
	t.Cleanup(backChannel.Close)
	server := httptest.NewUnstartedServer(nil)
	fix.issuer = "http://" + server.Listener.Addr().String() + path
	p, err := New(Config{
		Issuer: fix.issuer,
		Client: Client{
			ID: "slipway", Secret: "secret", RedirectURIs: []string{testRedirect}, PostLogoutURIs: []string{testPostLogout},
			BackChannelURL: backChannel.URL,
		},
		People: devstack.People(),
		Now:    fix.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p
	server.Start()
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	fix.client = &http.Client{
		Jar: jar, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return fix
}

type answer struct {
	status int
	header http.Header
	body   string
}

// sentTo returns where the answer redirects to, without the query, and the query.
func (a answer) sentTo(t *testing.T) (string, url.Values) {
	t.Helper()
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("status %d, Location %q, want a redirect: %s", a.status, a.header.Get("Location"), a.body)
	}
	q := u.Query()
	u.RawQuery = ""
	return u.String(), q
}

func (f *providerFixture) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (f *providerFixture) get(t *testing.T, path string, q url.Values) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.issuer+path+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f.do(t, req)
}

func (f *providerFixture) post(t *testing.T, path string, q, form url.Values, change func(*http.Request)) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.issuer+path+"?"+q.Encode(), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(req)
	}
	return f.do(t, req)
}

func authQuery(change ...string) url.Values {
	q := url.Values{
		"client_id": {"slipway"}, "redirect_uri": {testRedirect}, "response_type": {"code"}, "state": {"st"}, "nonce": {"no"},
		"scope": {"openid profile email groups"}, "code_challenge": {testChallenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

// signIn picks a person and returns the code.
func (f *providerFixture) signIn(t *testing.T, person string) string {
	t.Helper()
	_, q := f.post(t, "/authorize", authQuery(), url.Values{"person": {person}}, nil).sentTo(t)
	if q.Get("code") == "" || q.Get("state") != "st" || q.Get("iss") != f.issuer {
		t.Fatalf("sent back with %v", q)
	}
	return q.Get("code")
}

type tokenAnswer struct {
	Error       string
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

func (f *providerFixture) exchange(t *testing.T, code string, change func(*http.Request, url.Values)) (int, tokenAnswer) {
	t.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {testRedirect}, "code_verifier": {testVerifier},
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.issuer+"/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("slipway", "secret")
	if change != nil {
		change(req, form)
	}
	req.Body = io.NopCloser(strings.NewReader(form.Encode()))
	a := f.do(t, req)
	var out tokenAnswer
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control = %q", a.header.Get("Cache-Control"))
	}
	return a.status, out
}

func TestProviderPage(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/demo-sign-in"} {
		t.Run("below "+path, func(t *testing.T) {
			t.Parallel()
			f := startProvider(t, path)
			a := f.get(t, "/authorize", authQuery())
			if a.status != http.StatusOK {
				t.Fatalf("status %d: %s", a.status, a.body)
			}
			wantPolicy := "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://127.0.0.1:1"
			if got := a.header.Get("Content-Security-Policy"); got != wantPolicy {
				t.Errorf("policy = %q", got)
			}
			page, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if n := page.Find("script, [style], [onclick]").Length(); n != 0 {
				t.Errorf("%d scripts or inline styles", n)
			}
			for _, p := range devstack.People() {
				button := page.Find(fmt.Sprintf("form button[name=person][value=%s]", p.ID))
				if button.Length() != 1 || !strings.Contains(button.Text(), p.Name) || !strings.Contains(button.Text(), p.Purpose) {
					t.Errorf("%s: button is %q", p.ID, button.Text())
				}
			}
			sheet, _ := page.Find("link[rel=stylesheet]").Attr("href")
			if css := f.get(t, strings.TrimPrefix(sheet, path), nil); css.status != http.StatusOK ||
				!strings.Contains(css.body, "prefers-color-scheme: dark") {
				t.Errorf("stylesheet %q: status %d", sheet, css.status)
			}
			if action, _ := page.Find("form").Attr("action"); !strings.HasPrefix(action, path+"/authorize?") {
				t.Errorf("form leads to %q", action)
			}
			f.signIn(t, "ada")
		})
	}
}

func TestProviderHint(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	for _, hint := range []string{"omar", "Omar@slipway.example"} {
		page, err := goquery.NewDocumentFromReader(strings.NewReader(f.get(t, "/authorize", authQuery("login_hint", hint)).body))
		if err != nil {
			t.Fatal(err)
		}
		first := page.Find("button").First()
		if _, focused := first.Attr("autofocus"); first.AttrOr("value", "") != "omar" || !focused ||
			page.Find("button[value=omar]").Length() != 1 {
			t.Errorf("hint %q: first is %q", hint, first.Text())
		}
	}
	strange := f.get(t, "/authorize", authQuery("login_hint", `"><script>alert(1)</script>`))
	if strange.status != http.StatusOK || strings.Contains(strange.body, "<script") {
		t.Errorf("a hint got into the page: %s", strange.body)
	}
}

func TestProviderPrompts(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	_, q := f.get(t, "/authorize", authQuery("prompt", "none")).sentTo(t)
	if q.Get("error") != "login_required" || q.Get("state") != "st" || q.Get("iss") != f.issuer {
		t.Errorf("signed out, prompt none: %v", q)
	}
	f.signIn(t, "ada")
	for _, change := range [][]string{{}, {"prompt", "none"}, {"max_age", "100"}} {
		if _, q := f.get(t, "/authorize", authQuery(change...)).sentTo(t); q.Get("code") == "" {
			t.Errorf("%v: %v", change, q)
		}
	}
	f.clock.advance(200 * time.Second)
	for _, change := range [][]string{{"prompt", "login"}, {"prompt", "select_account"}, {"max_age", "100"}, {"max_age", "0"}} {
		if a := f.get(t, "/authorize", authQuery(change...)); a.status != http.StatusOK {
			t.Errorf("%v: status %d, want the list", change, a.status)
		}
	}
	f.clock.advance(13 * time.Hour)
	if a := f.get(t, "/authorize", authQuery()); a.status != http.StatusOK {
		t.Errorf("after 13 hours: status %d, want the list", a.status)
	}
}

func TestProviderRefusesRequests(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	t.Run("with a page, as nobody may be sent to an unknown address", func(t *testing.T) {
		for _, q := range []url.Values{
			authQuery("client_id", "other"),
			authQuery("redirect_uri", testRedirect+"/x"),
			authQuery("redirect_uri", "https://evil.example"),
			{},
			mergeQuery(authQuery(), "redirect_uri", "https://evil.example"),
			authQuery("state", strings.Repeat("s", 9000)),
		} {
			a := f.get(t, "/authorize", q)
			if a.status/100 != 4 || a.header.Get("Location") != "" {
				t.Errorf("status %d, Location %q", a.status, a.header.Get("Location"))
			}
			if a = f.post(t, "/authorize", q, url.Values{"person": {"ada"}}, nil); a.status/100 != 4 || len(a.header["Set-Cookie"]) > 0 {
				t.Errorf("posted: status %d, cookies %v", a.status, a.header["Set-Cookie"])
			}
		}
	})
	t.Run("with a word to the client", func(t *testing.T) {
		for want, changes := range map[string][][]string{
			"unsupported_response_type": {{"response_type", "token"}, {"response_type", "code id_token"}},
			"invalid_scope":             {{"scope", "profile"}, {"scope", ""}},
			"request_not_supported":     {{"request", "x"}},
			"request_uri_not_supported": {{"request_uri", "https://evil.example"}},
			"invalid_request": {
				{"code_challenge", ""}, {"code_challenge_method", "plain"}, {"code_challenge", "short"}, {"prompt", "none login"},
				{"max_age", "-1"}, {"max_age", "soon"}, {"response_mode", "fragment"},
			},
		} {
			for _, change := range changes {
				to, q := f.get(t, "/authorize", authQuery(change...)).sentTo(t)
				if to != testRedirect || q.Get("error") != want || q.Get("state") != "st" || q.Has("code") {
					t.Errorf("%v: sent to %s with %v, want %s", change, to, q, want)
				}
			}
		}
	})
	t.Run("somebody unknown", func(t *testing.T) {
		a := f.post(t, "/authorize", authQuery(), url.Values{"person": {"nobody"}}, nil)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) || len(a.header["Set-Cookie"]) > 0 {
			t.Errorf("status %d", a.status)
		}
	})
	t.Run("a form on another site", func(t *testing.T) {
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			foreign := func(r *http.Request) { r.Header.Set(name, value) }
			for _, path := range []string{"/authorize", "/logout"} {
				a := f.post(t, path, authQuery(), url.Values{"person": {"ada"}, "confirm": {"yes"}}, foreign)
				if a.status != http.StatusForbidden {
					t.Errorf("%s with %s: status %d", path, name, a.status)
				}
			}
		}
	})
	t.Run("a name that points at this machine", func(t *testing.T) {
		a := f.post(t, "/authorize", authQuery(), url.Values{"person": {"ada"}}, func(r *http.Request) { r.Host = "evil.example" })
		if a.status != http.StatusMisdirectedRequest {
			t.Errorf("status %d", a.status)
		}
	})
	t.Run("an endless form", func(t *testing.T) {
		endless := url.Values{"person": {"ada"}, "x": {strings.Repeat("x", 20<<10)}}
		for _, path := range []string{"/authorize", "/token", "/logout"} {
			if a := f.post(t, path, authQuery(), endless, nil); a.status != http.StatusBadRequest {
				t.Errorf("%s: status %d", path, a.status)
			}
		}
	})
}

// mergeQuery adds a second value.
func mergeQuery(q url.Values, name, value string) url.Values {
	q.Add(name, value)
	return q
}

func TestProviderToken(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	inForm := func(r *http.Request, form url.Values) {
		r.Header.Del("Authorization")
		form.Set("client_id", "slipway")
		form.Set("client_secret", "secret")
	}
	cases := []struct {
		name   string
		change func(*http.Request, url.Values)
		status int
		want   string
	}{
		{"secret in the header", nil, 200, ""},
		{"secret in the form", inForm, 200, ""},
		{"secret in both", func(r *http.Request, form url.Values) { inForm(r, form); r.SetBasicAuth("slipway", "secret") }, 401,
			"invalid_client"},
		{"no secret", func(r *http.Request, _ url.Values) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		{"wrong secret", func(r *http.Request, _ url.Values) { r.SetBasicAuth("slipway", "other") }, 401, "invalid_client"},
		{"wrong client", func(r *http.Request, _ url.Values) { r.SetBasicAuth("other", "secret") }, 401, "invalid_client"},
		{"no verifier", func(_ *http.Request, form url.Values) { form.Del("code_verifier") }, 400, "invalid_grant"},
		{"wrong verifier", func(_ *http.Request, form url.Values) { form.Set("code_verifier", strings.Repeat("b", 43)) }, 400, "invalid_grant"},
		{"other redirect address", func(_ *http.Request, form url.Values) { form.Set("redirect_uri", testPostLogout) }, 400, "invalid_grant"},
		{"made-up code", func(_ *http.Request, form url.Values) { form.Set("code", "x") }, 400, "invalid_grant"},
		{"other grant", func(_ *http.Request, form url.Values) { form.Set("grant_type", "password") }, 400, "unsupported_grant_type"},
		{"code twice", func(_ *http.Request, form url.Values) { form.Add("code", "x") }, 400, "invalid_request"},
		{"as JSON", func(r *http.Request, _ url.Values) { r.Header.Set("Content-Type", "application/json") }, 400, "invalid_request"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, got := f.exchange(t, f.signIn(t, "ada"), c.change)
			if status != c.status || got.Error != c.want || (got.IDToken != "") != (status == 200) || (got.AccessToken != "") != (status == 200) {
				t.Errorf("status %d, %+v", status, got)
			}
		})
	}
	t.Run("too late", func(t *testing.T) {
		code := f.signIn(t, "ada")
		f.clock.advance(61 * time.Second)
		if status, got := f.exchange(t, code, nil); status != 400 || got.Error != "invalid_grant" {
			t.Errorf("status %d, %+v", status, got)
		}
	})
	t.Run("a wrong verifier uses the code up", func(t *testing.T) {
		code := f.signIn(t, "ada")
		f.exchange(t, code, func(_ *http.Request, form url.Values) { form.Set("code_verifier", strings.Repeat("b", 43)) })
		if status, _ := f.exchange(t, code, nil); status != 400 {
			t.Errorf("status %d", status)
		}
	})
}

func (f *providerFixture) userinfo(t *testing.T, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.issuer+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return f.do(t, req)
}

func TestProviderUserinfo(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	code := f.signIn(t, "hana")
	_, tokens := f.exchange(t, code, nil)
	a := f.userinfo(t, tokens.AccessToken)
	var got struct {
		Sub, Name, Email string
		Groups           []string
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Sub != "hana" || got.Name != "Hana Sato" || len(got.Groups) != 2 {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if a := f.userinfo(t, "made-up"); a.status != http.StatusUnauthorized {
		t.Errorf("made-up token: status %d", a.status)
	}
	// A code that turns up twice was stolen by somebody, so that what it gave is taken back.
	f.exchange(t, code, nil)
	if a := f.userinfo(t, tokens.AccessToken); a.status != http.StatusUnauthorized {
		t.Errorf("after a replay of the code: status %d", a.status)
	}
	_, tokens = f.exchange(t, f.signIn(t, "hana"), nil)
	f.clock.advance(11 * time.Minute)
	if a := f.userinfo(t, tokens.AccessToken); a.status != http.StatusUnauthorized {
		t.Errorf("after eleven minutes: status %d", a.status)
	}
}

func TestProviderLogout(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	_, tokens := f.exchange(t, f.signIn(t, "ada"), nil)
	f.clock.advance(2 * time.Hour) // the ID token has expired; it is still a good hint

	back := url.Values{"post_logout_redirect_uri": {testPostLogout}, "state": {"st"}}
	if a := f.get(t, "/logout", back); a.status != http.StatusOK || !strings.Contains(a.body, "confirm") {
		t.Errorf("without a hint the person must be asked: status %d", a.status)
	}
	for name, q := range map[string]url.Values{
		"unknown address": {"id_token_hint": {tokens.IDToken}, "post_logout_redirect_uri": {"https://evil.example"}},
		"unknown client":  {"id_token_hint": {tokens.IDToken}, "post_logout_redirect_uri": {testPostLogout}, "client_id": {"other"}},
		"forged hint":     {"id_token_hint": {tokens.IDToken[:len(tokens.IDToken)-8] + "AAAAAAAA"}},
	} {
		if a := f.get(t, "/logout", q); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
	if _, q := f.get(t, "/authorize", authQuery("prompt", "none")).sentTo(t); q.Get("code") == "" {
		t.Fatal("signed out by a request that was refused")
	}
	if len(f.told) != 0 {
		t.Fatal("the client was told of a logout that did not happen")
	}

	pending := f.signedInCode(t)
	back.Set("id_token_hint", tokens.IDToken)
	if to, q := f.get(t, "/logout", back).sentTo(t); to != testPostLogout || q.Get("state") != "st" {
		t.Errorf("sent to %s with %v", to, q)
	}
	if len(f.told) != 1 {
		t.Fatalf("the client was told %d times", len(f.told))
	}
	if status, _ := f.exchange(t, pending, nil); status != 400 {
		t.Errorf("a code from before the logout still works: status %d", status)
	}
	token := <-f.told
	if a := f.get(t, "/logout", url.Values{"id_token_hint": {token}}); a.status != http.StatusBadRequest {
		t.Errorf("a logout token as a hint: status %d", a.status)
	}
	if _, q := f.get(t, "/authorize", authQuery("prompt", "none")).sentTo(t); q.Get("error") != "login_required" {
		t.Errorf("after signing out: %v", q)
	}
}

// signedInCode gets a code for the person who is signed in.
func (f *providerFixture) signedInCode(t *testing.T) string {
	t.Helper()
	_, q := f.get(t, "/authorize", authQuery("prompt", "none")).sentTo(t)
	return q.Get("code")
}

func TestProviderLogoutAfterConfirmation(t *testing.T) {
	t.Parallel()
	f := startProvider(t, "")
	f.signIn(t, "ada")
	form := url.Values{"confirm": {"yes"}, "post_logout_redirect_uri": {testPostLogout}}
	if to, _ := f.post(t, "/logout", nil, form, nil).sentTo(t); to != testPostLogout || len(f.told) != 1 {
		t.Errorf("sent to %s, client told %d times", to, len(f.told))
	}
	if a := f.post(t, "/logout", nil, url.Values{"confirm": {"yes"}}, nil); a.status != http.StatusOK || len(f.told) != 1 {
		t.Errorf("nobody to sign out: status %d, client told %d times", a.status, len(f.told))
	}
}

func TestProviderStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	good := Config{
		Issuer: "http://localhost:8090",
		Client: Client{ID: "slipway", Secret: "secret", RedirectURIs: []string{testRedirect}},
		People: devstack.People(),
	}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for _, issuer := range []string{"http://10.0.0.1:8090", "http://demo.example", "https://localhost", "http://localhost.example",
		"localhost:8090", ""} {
		bad := good
		bad.Issuer = issuer
		if _, err := New(bad); err == nil {
			t.Errorf("issuer %q was accepted", issuer)
		}
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "nonsense"} {
		if l, err := Listen(t.Context(), addr, false); err == nil {
			_ = l.Close()
			t.Errorf("listens on %q", addr)
		}
	}
	for addr, insideCompose := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true} {
		l, err := Listen(t.Context(), addr, insideCompose)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		_ = l.Close()
	}
	_, err := New(Config{Issuer: "x", People: []devstack.Person{{ID: "a"}, {ID: "a"}}, Client: Client{PostLogoutURIs: []string{"/"}}})
	for _, want := range []string{"issuer", "client: needs", `address "/"`, `id "a"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
}

func TestProviderServes(t *testing.T) {
	t.Parallel()
	l, err := Listen(t.Context(), "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	issuer := "http://" + l.Addr().String()
	p, err := New(Config{
		Issuer: issuer,
		Client: Client{ID: "slipway", Secret: "secret", RedirectURIs: []string{testRedirect}},
		People: devstack.People(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx, l) }()
	resp, err := http.Get(issuer + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := net.DialTimeout("tcp", l.Addr().String(), time.Second); err == nil {
		t.Error("still listening")
	}
}

func TestSigningKeyIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deeper", "provider-key.pem")
	first, err := loadSigningKey(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o", info.Mode().Perm())
	}
	second, err := loadSigningKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if first.id != second.id || !first.private.Equal(second.private) {
		t.Error("another key after a restart")
	}
	token, err := first.sign("JWT", map[string]any{"sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.open(token, &struct{}{}); err != nil {
		t.Errorf("a token from before the restart: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadSigningKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that everybody can read: %v", err)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadSigningKey(path); err == nil {
		t.Error("nonsense was taken for a key")
	}
}

// TestSigningKeyRace: however many start at once, they agree on one key.
func TestSigningKeyRace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "provider-key.pem")
	ids := make([]string, 4)
	errs := make([]error, len(ids))
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			var key signingKey
			key, errs[i] = loadSigningKey(path)
			ids[i] = key.id
		})
	}
	wg.Wait()
	for i := range ids {
		if errs[i] != nil || ids[i] != ids[0] {
			t.Fatalf("keys %q, errors %v", ids, errors.Join(errs...))
		}
	}
}

func TestShelfIsBounded(t *testing.T) {
	t.Parallel()
	clock := &testClock{now: time.Now()}
	s := newShelf[int](3, time.Minute, clock.Now)
	var keys []string
	for i := range 5 {
		keys = append(keys, s.put(i))
		clock.advance(time.Second)
	}
	if len(s.items) != 3 {
		t.Fatalf("holds %d things", len(s.items))
	}
	for i, key := range keys {
		if v, ok := s.get(key); ok != (i >= 2) || ok && v != i {
			t.Errorf("thing %d: %d, %t", i, v, ok)
		}
	}
	s.removeIf(func(v int) bool { return v == 2 })
	s.remove(keys[3])
	if len(s.items) != 1 {
		t.Errorf("holds %d things after removing two", len(s.items))
	}
	clock.advance(2 * time.Minute)
	if _, ok := s.get(keys[4]); ok {
		t.Error("still there after its time")
	}
	s.put(9)
	if len(s.items) != 1 {
		t.Errorf("holds %d things, want what has expired swept out", len(s.items))
	}
}

// TestProviderPeople keeps the demo people sane: everything that names them relies on it.
func TestProviderPeople(t *testing.T) {
	t.Parallel()
	seats := map[string]int{}
	names := map[string]bool{}
	for _, p := range devstack.People() {
		if p.ID == "" || p.ID != strings.ToLower(p.ID) || p.Title == "" || p.Purpose == "" || len(p.Groups) == 0 || names[p.Name] {
			t.Errorf("%+v", p)
		}
		names[p.Name] = true
		if p.Email != p.ID+"@slipway.example" {
			t.Errorf("%s: e-mail %q", p.ID, p.Email)
		}
		for _, g := range p.Groups {
			if seat, ok := strings.CutPrefix(g, devstack.SeatPrefix); ok {
				seats[seat]++
			}
		}
	}
	for _, seat := range []string{"product", "engineering", "architecture", "qa", "sre", "security", "compliance", "data"} {
		if seats[seat] == 0 {
			t.Errorf("nobody holds the seat %s", seat)
		}
	}
	if len(seats) != 8 {
		t.Errorf("seats: %v", seats)
	}
}
