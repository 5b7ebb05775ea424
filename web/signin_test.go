package web

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/devstack"
	idp "github.com/slipway-prr/slipway/internal/devstack/provider"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// company is a server that listens, with an OpenID provider that does too.
type company struct {
	*fixture
	provider *switchable
	issuer   string
	keyFile  string
}

// switchable is a handler that tests can exchange while it is served. It keeps
// the logout tokens that were posted through it.
type switchable struct {
	mu     sync.Mutex
	h      http.Handler
	tokens []string
}

func (s *switchable) set(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.h = h
}

func (s *switchable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	h := s.h
	if r.URL.Path == auth.BackChannelPath && r.ParseForm() == nil {
		s.tokens = append(s.tokens, r.PostForm.Get("logout_token"))
	}
	s.mu.Unlock()
	h.ServeHTTP(w, r)
}

func (s *switchable) lastToken(t *testing.T) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tokens) == 0 {
		t.Fatal("no logout token arrived")
	}
	return s.tokens[len(s.tokens)-1]
}

type companySetting func(*auth.Config, *Config)

func newCompany(t *testing.T, secure bool, with ...companySetting) (*company, *switchable) {
	t.Helper()
	front, back := &switchable{}, &switchable{}
	rp := httptest.NewUnstartedServer(front)
	if secure {
		rp.StartTLS()
	} else {
		rp.Start()
	}
	t.Cleanup(rp.Close)
	op := httptest.NewServer(back)
	t.Cleanup(op.Close)
	c := &company{fixture: newFixtureAt(t, rp.URL), provider: back, issuer: op.URL, keyFile: filepath.Join(t.TempDir(), "key.pem")}
	c.employ(devstack.People()...)

	groups, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	ac := auth.Config{Issuer: op.URL, ClientID: "slipway", ClientSecret: "s3cret", Origin: rp.URL, Scopes: []string{"profile", "email", "groups"}}
	cfg := c.Server.Config
	cfg.Groups, cfg.Metrics = groups, prometheus.NewRegistry()
	for _, w := range with {
		w(&ac, &cfg)
	}
	if cfg.Auth, err = auth.NewLazy(ac); err != nil {
		t.Fatal(err)
	}
	if c.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	front.set(c.Server)
	return c, front
}

// employ says who can sign in at the provider, and in which groups they are.
func (c *company) employ(people ...devstack.Person) {
	c.t.Helper()
	p, err := idp.New(idp.Config{
		Issuer: c.issuer, KeyFile: c.keyFile, People: people,
		Client: idp.Client{
			ID: "slipway", Secret: "s3cret", RedirectURIs: []string{c.Origin + auth.CallbackPath},
			PostLogoutURIs: []string{c.Origin + "/"}, BackChannelURL: c.Origin + auth.BackChannelPath,
		},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.provider.set(p)
}

// surfer is a real browser as far as cookies and redirects go; it follows a
// redirect only when told to.
type surfer struct {
	t *testing.T
	c *company
	*http.Client
}

func (c *company) surf(t *testing.T) surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return surfer{t, c, &http.Client{
		Jar: jar, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true},
	}}
}

type visit struct {
	*http.Response
	body string
}

func (s surfer) do(r *http.Request) visit {
	s.t.Helper()
	res, err := s.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return visit{res, string(body)}
}

func (s surfer) get(address string) visit {
	s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.c.Origin + address
	}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(r)
}

func (s surfer) post(address string, form url.Values) visit {
	s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.c.Origin + address
	}
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	return s.do(r)
}

func (v visit) want(t *testing.T, status int) visit {
	t.Helper()
	if v.StatusCode != status {
		t.Fatalf("%s: status %d, want %d\n%s", v.Request.URL, v.StatusCode, status, v.body)
	}
	return v
}

func (v visit) to(t *testing.T) string {
	t.Helper()
	v.want(t, http.StatusSeeOther)
	return v.Header.Get("Location")
}

func (v visit) find(t *testing.T, selector string) *goquery.Selection {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(v.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Find(selector)
}

// atProvider begins a sign-in, picks a person at the provider, and returns the
// address of the callback without going there.
func (s surfer) atProvider(person, to string) (callback string) {
	s.t.Helper()
	authorize := s.post(page.LoginURL, url.Values{"to": {to}}).to(s.t)
	return s.post(authorize, url.Values{"person": {person}}).to(s.t)
}

// signIn goes the whole way and returns where the person lands.
func (s surfer) signIn(person, to string) string {
	s.t.Helper()
	return s.get(s.atProvider(person, to)).to(s.t)
}

func (s surfer) cookie(name string) string {
	u, _ := url.Parse(s.c.Origin)
	for _, c := range s.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// who is signed in; nil for nobody.
func (s surfer) who() *store.Viewer {
	s.t.Helper()
	v, err := s.c.Store.Who(context.Background(), store.BySession(store.HashToken(s.cookie(s.c.cookies.sessionName))))
	if err != nil {
		return nil
	}
	return v
}

func TestSignInGoesTheWholeWay(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	if got := b.get("/people?q=x").to(t); got != "/login?to=%2Fpeople%3Fq%3Dx" {
		t.Fatalf("without a session a reader is sent to %s", got)
	}
	login := b.get("/login?to=%2Fpeople%3Fq%3Dx").want(t, 200)
	if to := login.find(t, `form[action="/login"][method=post] input[name=to]`).AttrOr("value", ""); to != "/people?q=x" {
		t.Fatalf("the form carries to=%q", to)
	}
	if got := b.signIn("omar", "/people?q=x"); got != "/people?q=x" {
		t.Fatalf("signed in and sent to %s", got)
	}
	v := b.who()
	if v == nil || v.Name != "Omar Farouk" || v.Email != "omar@slipway.example" {
		t.Fatalf("signed in as %+v", v)
	}
	if !v.Actor.Sits(plan.SeatSRE, 7) || !v.Actor.Sits(plan.SeatSecurity, 7) || !v.Actor.HasRole(review.RoleViewer) || len(v.Actor.Roles) != 1 {
		t.Errorf("rights from groups: %+v", v.Actor)
	}
	if b.cookie(c.cookies.flowName) != "" {
		t.Error("the cookie of the sign-in under way is left")
	}
	if got := b.get("/login?to=%2Fsign-offs").to(t); got != "/sign-offs" {
		t.Errorf("whoever is signed in is sent from /login to %s", got)
	}
	if got := b.post("/login", url.Values{"to": {"/sign-offs"}}).to(t); got != "/sign-offs" {
		t.Errorf("whoever is signed in begins another sign-in at %s", got)
	}
}

func TestSignInCookies(t *testing.T) {
	for _, secure := range []bool{false, true} {
		c, _ := newCompany(t, secure)
		b := c.surf(t)
		start := b.post("/login", url.Values{"to": {"/"}})
		check := func(v visit, name string, lasts int) {
			t.Helper()
			i := slices.IndexFunc(v.Cookies(), func(k *http.Cookie) bool { return k.Name == name })
			if i < 0 {
				t.Fatalf("no cookie %s among %v", name, v.Cookies())
			}
			k := v.Cookies()[i]
			if !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" || k.Secure != secure || k.MaxAge != lasts || len(k.Value) < 26 {
				t.Errorf("cookie %+v", k)
			}
			if strings.HasPrefix(k.Name, "__Host-") != secure {
				t.Errorf("cookie name %s, secure %v", k.Name, secure)
			}
		}
		check(start, c.cookies.flowName, 600)
		callback := b.post(start.to(t), url.Values{"person": {"ada"}}).to(t)
		end := b.get(callback)
		check(end, c.cookies.sessionName, 3600)
		if cc := end.Header.Get("Cache-Control"); cc != "no-store" {
			t.Errorf("Cache-Control of the callback: %q", cc)
		}
		if hsts := end.Header.Get("Strict-Transport-Security"); (hsts != "") != secure {
			t.Errorf("Strict-Transport-Security %q, secure %v", hsts, secure)
		}
	}
}

// TestSignInIsRefused bends one good sign-in in one way at a time.
func TestSignInIsRefused(t *testing.T) {
	c, _ := newCompany(t, false)
	query := func(callback, name, value string) string {
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	cases := []struct {
		name   string
		visit  func(b surfer, callback string) visit
		status int
	}{
		{"wrong state", func(b surfer, cb string) visit { return b.get(query(cb, "state", "AAAAAAAAAAAAAAAAAAAAAAAAAA")) }, 400},
		{"no state", func(b surfer, cb string) visit { return b.get(query(cb, "state", "")) }, 400},
		{"no query", func(b surfer, _ string) visit { return b.get("/auth/callback") }, 400},
		{"other browser", func(b surfer, cb string) visit { return c.surf(t).get(cb) }, 400},
		{"replayed", func(b surfer, cb string) visit {
			b.get(cb).to(t)
			b.Jar, _ = cookiejar.New(nil)
			return b.get(cb)
		}, 400},
		{"made-up code", func(b surfer, cb string) visit { return b.get(query(cb, "code", "made-up")) }, 400},
		{"other issuer", func(b surfer, cb string) visit { return b.get(query(cb, "iss", "https://other.example")) }, 400},
		{"declined", func(b surfer, cb string) visit { return b.get(query(cb, "error", "access_denied")) }, 403},
		{"provider's error", func(b surfer, cb string) visit { return b.get(query(cb, "error", "server_error")) }, 502},
		{"hostile error", func(b surfer, cb string) visit { return b.get(query(cb, "error", "<b>x</b>")) }, 502},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			b := c.surf(t)
			v := k.visit(b, b.atProvider("ada", "/people")).want(t, k.status)
			if v.find(t, `main a[href^="/login"]`).Length() != 1 {
				t.Errorf("no way to try again: %s", v.body)
			}
			for _, secret := range []string{"<b>x</b>", "eyJ", "AAAAAAAAAA", "made-up", "other.example"} {
				if strings.Contains(v.body, secret) {
					t.Errorf("the page repeats %q", secret)
				}
			}
			if b.who() != nil {
				t.Error("signed in all the same")
			}
		})
	}
	t.Run("replayed in the browser that is signed in", func(t *testing.T) {
		b := c.surf(t)
		callback := b.atProvider("ada", "/people")
		b.get(callback).to(t)
		b.get(callback).want(t, 400)
		if v := b.who(); v == nil || v.Name != "Ada Lindqvist" {
			t.Errorf("the session is gone: %+v", v)
		}
	})
	t.Run("cookie of another sign-in", func(t *testing.T) {
		a, b := c.surf(t), c.surf(t)
		callback := a.atProvider("ada", "/")
		b.atProvider("tom", "/") // b has a sign-in under way of its own
		b.get(callback).want(t, 400)
		if b.who() != nil {
			t.Error("a browser was signed in by somebody else's callback")
		}
		if got := a.get(callback).to(t); got != "/" {
			t.Errorf("the right browser lands at %s", got)
		}
	})
}

func TestSignInReturnsOnlyToOurselves(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	for _, to := range []string{
		"https://evil.example/", "//evil.example/", `/\evil.example/`, "/%2F/evil.example", "/login", "/auth/callback?x=1", "/logout",
		"javascript:alert(1)", "/\r\nSet-Cookie: a=b", "", "people",
	} {
		v := b.get("/login?to="+url.QueryEscape(to)).want(t, 200)
		if got := v.find(t, "input[name=to]").First().AttrOr("value", ""); got != "/" {
			t.Errorf("to=%q: the form carries %q", to, got)
		}
		if got := c.surf(t).signIn("ada", to); got != "/" {
			t.Errorf("to=%q: landed at %s", to, got)
		}
	}
	signedIn := c.surf(t)
	signedIn.signIn("ada", "/")
	if got := signedIn.get("/login?to=//evil.example").to(t); got != "/" {
		t.Errorf("whoever is signed in is sent to %s", got)
	}
}

func TestSignInAlwaysBeginsANewSession(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	u, _ := url.Parse(c.Origin)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: c.cookies.sessionName, Value: "KNOWNTOSOMEBODYELSE"}, {Name: c.cookies.flowName, Value: "ALSOKNOWN"}})
	b.signIn("ada", "/")
	first := b.cookie(c.cookies.sessionName)
	if first == "KNOWNTOSOMEBODYELSE" || len(first) < 26 {
		t.Fatalf("the session's secret is %q", first)
	}
	callback := b.atProviderAgain(t)
	b.get(callback).to(t)
	if second := b.cookie(c.cookies.sessionName); second == first {
		t.Error("a new sign-in keeps the session")
	}
	if _, err := c.Store.Who(context.Background(), store.BySession(store.HashToken(first))); err == nil {
		t.Error("the session before still works")
	}
}

// atProviderAgain begins a second sign-in as a browser does whose cookie was
// set aside for the moment.
func (s surfer) atProviderAgain(t *testing.T) string {
	t.Helper()
	u, _ := url.Parse(s.c.Origin)
	secret := s.cookie(s.c.cookies.sessionName)
	s.Jar.SetCookies(u, []*http.Cookie{{Name: s.c.cookies.sessionName, MaxAge: -1}})
	callback := s.get(s.post("/login", url.Values{"to": {"/"}}).to(t)).to(t) // signed in at the provider: no list of people
	s.Jar.SetCookies(u, []*http.Cookie{{Name: s.c.cookies.sessionName, Value: secret}})
	return callback
}

func TestSignInWithoutProvider(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	down := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret detail", http.StatusBadGateway) })
	c.provider.set(down)
	v := b.post("/login", url.Values{"to": {"/people"}}).want(t, 503)
	if v.Header.Get("Retry-After") == "" || v.find(t, `main a[href="/login?to=%2Fpeople"]`).Length() != 1 || strings.Contains(v.body, "secret detail") {
		t.Errorf("page: %s", v.body)
	}
}

func TestSignInTakesNoUnknownField(t *testing.T) {
	c, _ := newCompany(t, false)
	c.surf(t).post("/login", url.Values{"to": {"/"}, "issuer": {"https://evil.example"}}).want(t, 422)
}

func TestSignInGroups(t *testing.T) {
	t.Run("unknown: nothing but the default role", func(t *testing.T) {
		c, _ := newCompany(t, false, func(a *auth.Config, cfg *Config) {
			a.Scopes = []string{"profile"} // the provider then says nothing of groups
			cfg.DefaultRole = review.RoleViewer
		})
		b := c.surf(t)
		b.signIn("ada", "/")
		if v := b.who(); v == nil || len(v.Actor.Roles) != 1 || !v.Actor.HasRole(review.RoleViewer) || len(v.Actor.Seats) != 0 {
			t.Errorf("rights: %+v", v)
		}
	})
	t.Run("unknown, no default role: nothing", func(t *testing.T) {
		c, _ := newCompany(t, false, func(a *auth.Config, _ *Config) { a.Scopes = []string{"profile"} })
		b := c.surf(t)
		b.signIn("ada", "/")
		v := b.who()
		if v == nil || len(v.Actor.Roles)+len(v.Actor.Seats) != 0 {
			t.Errorf("rights: %+v", v)
		}
		b.get("/people").want(t, 403)
	})
	t.Run("taken out of a group", func(t *testing.T) {
		c, _ := newCompany(t, false)
		sam := devstack.Person{ID: "sam", Name: "Sam", Email: "sam@slipway.example", Groups: []string{"seat-security", "slipway-managers"}}
		c.employ(sam)
		b := c.surf(t)
		b.signIn("sam", "/")
		if v := b.who(); !v.Actor.HasRole(review.RoleManager) || !v.Actor.Sits(plan.SeatSecurity, 1) {
			t.Fatalf("rights: %+v", v.Actor)
		}
		sam.Groups = []string{"slipway-managers"}
		c.employ(sam)
		again := c.surf(t)
		again.signIn("sam", "/")
		if v := again.who(); !v.Actor.HasRole(review.RoleManager) || v.Actor.Sits(plan.SeatSecurity, 1) {
			t.Errorf("rights after: %+v", v.Actor)
		}
		if v := b.who(); v.Actor.Sits(plan.SeatSecurity, 1) {
			t.Error("the first session keeps the seat")
		}
	})
}

func TestLogout(t *testing.T) {
	c, _ := newCompany(t, false)
	b, other := c.surf(t), c.surf(t)
	b.signIn("ada", "/")
	other.signIn("ada", "/")
	secret := b.cookie(c.cookies.sessionName)
	v := b.post("/logout", nil)
	end := v.to(t)
	u, err := url.Parse(end)
	if err != nil || !strings.HasPrefix(end, c.issuer) || u.Query().Get("post_logout_redirect_uri") != c.Origin+"/" || u.Query().Get("id_token_hint") == "" {
		t.Fatalf("signing out leads to %s", end)
	}
	if strings.Count(u.Query().Get("id_token_hint"), ".") != 2 {
		t.Errorf("the hint is %q", u.Query().Get("id_token_hint"))
	}
	if b.cookie(c.cookies.sessionName) != "" {
		t.Error("the cookie is left")
	}
	if _, err := c.Store.Who(context.Background(), store.BySession(store.HashToken(secret))); err == nil {
		t.Error("the session is left")
	}
	if other.who() == nil {
		t.Error("the session in another browser ended too")
	}
	if back := b.get(end).to(t); back != c.Origin+"/" {
		t.Errorf("the provider leads back to %s", back)
	}
	login := b.get("/login").want(t, 200)
	if login.find(t, "main[data-saved]").Length() != 1 || !strings.Contains(login.body, flashTexts[flashSignedOut]) {
		t.Error("the page does not say that the person is signed out")
	}
	if got := b.post("/logout", nil).to(t); got != page.LoginURL {
		t.Errorf("signing out twice leads to %s", got)
	}
}

func TestBackChannelLogout(t *testing.T) {
	c, front := newCompany(t, false)
	b, other := c.surf(t), c.surf(t)
	b.signIn("ada", "/")
	other.signIn("tom", "/")
	b.get("/people").want(t, 200)
	// The person signs out at the provider, in another tab. It tells us.
	v := b.get(c.issuer+"/logout").want(t, 200)
	form := url.Values{"confirm": {"yes"}}
	v.find(t, "input[type=hidden]").Each(func(_ int, in *goquery.Selection) { form.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	b.post(c.issuer+"/logout", form).want(t, 200)

	if got := b.get("/people").to(t); got != "/login?to=%2Fpeople" {
		t.Errorf("the next request leads to %s", got)
	}
	other.get("/people").want(t, 200)

	token := front.lastToken(t)
	outside := c.surf(t)
	cases := []struct {
		name   string
		form   url.Values
		status int
	}{
		{"replayed", url.Values{"logout_token": {token}}, 400},
		{"replayed with more fields", url.Values{"logout_token": {token}, "state": {"x"}}, 400},
		{"forged", url.Values{"logout_token": {token[:len(token)-8] + "AAAAAAAA"}}, 400},
		{"twice", url.Values{"logout_token": {token, token}}, 400},
		{"none", nil, 400},
		{"no token", url.Values{"logout_token": {"<b>"}}, 400},
	}
	for _, k := range cases {
		v := outside.post("/auth/backchannel-logout", k.form).want(t, k.status)
		var answer struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(v.body), &answer); err != nil || answer.Error != "invalid_request" || v.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q, Cache-Control %q", k.name, v.body, v.Header.Get("Cache-Control"))
		}
	}
	// The token counts in the body only.
	outside.post("/auth/backchannel-logout?logout_token="+token, nil).want(t, 400)
	other.get("/people").want(t, 200)
}

func TestBackChannelLogoutNeedsNoBrowser(t *testing.T) {
	c, front := newCompany(t, false)
	b := c.surf(t)
	b.signIn("ada", "/")
	// Providers post without Origin; the demo provider's own message came so.
	b.get(b.post("/logout", nil).to(t)).to(t)
	front.lastToken(t)
	r, err := http.NewRequest(http.MethodPost, c.Origin+"/auth/backchannel-logout", strings.NewReader("logout_token=x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c.surf(t).do(r).want(t, 400) // refused for the token, not for where it comes from
}

func TestSessionEnds(t *testing.T) {
	c, _ := newCompany(t, false, func(_ *auth.Config, cfg *Config) { cfg.Session = time.Second })
	b := c.surf(t)
	b.signIn("ada", "/")
	secret := b.cookie(c.cookies.sessionName)
	b.get("/people").want(t, 200)
	time.Sleep(1100 * time.Millisecond)
	u, _ := url.Parse(c.Origin)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: c.cookies.sessionName, Value: secret}}) // the browser did not drop it
	if got := b.get("/people").to(t); got != "/login?to=%2Fpeople" {
		t.Errorf("after its end a session leads to %s", got)
	}
	b.Jar.SetCookies(u, []*http.Cookie{{Name: c.cookies.sessionName, Value: "FORGEDFORGEDFORGEDFORGEDFO"}})
	if got := b.get("/people").to(t); got != "/login?to=%2Fpeople" {
		t.Errorf("a forged session leads to %s", got)
	}
}

// However much a session is used, it ends when it was to end: rights from
// groups are never older than that.
func TestUseProlongsNoSession(t *testing.T) {
	c, _ := newCompany(t, false)
	b := c.surf(t)
	b.signIn("ada", "/")
	db, err := pgx.Connect(t.Context(), c.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	if _, err := db.Exec(t.Context(), `update session set seen_at = now() - interval '5 minutes', expires_at = now() + interval '10 minutes'`); err != nil {
		t.Fatal(err)
	}
	b.get("/people").want(t, 200)
	var noted, same bool
	if err := db.QueryRow(
		t.Context(), `select seen_at > now() - interval '1 minute', expires_at < now() + interval '10 minutes' from session`,
	).Scan(&noted, &same); err != nil {
		t.Fatal(err)
	}
	if !noted || !same {
		t.Errorf("use is noted: %v, the end stays: %v", noted, same)
	}
}

func TestTheme(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	for _, k := range []struct{ to, lands string }{
		{"/people?q=a", "/people?q=a"},
		{"/login?to=%2Fpeople", "/login?to=%2Fpeople"},
		{"/login?to=//evil.example", "/login?to=%2F"},
		{"//evil.example", "/"},
		{"https://evil.example/login", "/"},
		{"", "/"},
	} {
		r := b.post("/theme", "theme", "dark", "to", k.to).want(303)
		if got := r.Header.Get("Location"); got != k.lands {
			t.Errorf("to=%q leads to %s, want %s", k.to, got, k.lands)
		}
	}
	if got := b.get("/people").one("html").AttrOr("data-theme", ""); got != "dark" {
		t.Errorf("theme %q", got)
	}
	form := b.get("/people?q=a").one(`header form[action="/theme"]`)
	if got := form.Find("[name=to]").AttrOr("value", ""); got != "/people?q=a" {
		t.Errorf("the switch returns to %q", got)
	}
	b.post("/theme", "theme", "pink", "to", "/").want(422)
	b.postFrom("https://evil.example", "/theme", "theme", "light", "to", "/").want(403)
	f.stranger().post("/theme", "theme", "light", "to", "/readiness").want(303)
}
