package auth_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/devstack/provider"
)

const (
	clientID     = "slipway"
	clientSecret = "a secret with spaces & + signs / that is long enough"
)

// relyingParty stands where Slipway's web server will: it notes what arrives at the two addresses of sign-in.
type relyingParty struct {
	origin string

	mu           sync.Mutex
	callbacks    []url.Values
	logoutTokens []string
}

func newRelyingParty(t *testing.T) *relyingParty {
	t.Helper()
	rp := &relyingParty{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "front page") })
	mux.HandleFunc("GET "+auth.CallbackPath, func(_ http.ResponseWriter, r *http.Request) {
		rp.mu.Lock()
		defer rp.mu.Unlock()
		rp.callbacks = append(rp.callbacks, r.URL.Query())
	})
	mux.HandleFunc("POST "+auth.BackChannelPath, func(_ http.ResponseWriter, r *http.Request) {
		rp.mu.Lock()
		defer rp.mu.Unlock()
		rp.logoutTokens = append(rp.logoutTokens, r.PostFormValue("logout_token"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	rp.origin = server.URL
	return rp
}

// lastCallback returns the query of the latest callback; there must be count of them by now.
func (rp *relyingParty) lastCallback(t *testing.T, count int) url.Values {
	t.Helper()
	rp.mu.Lock()
	defer rp.mu.Unlock()
	if len(rp.callbacks) != count {
		t.Fatalf("callbacks so far: %d, want %d", len(rp.callbacks), count)
	}
	return rp.callbacks[count-1]
}

// logoutToken waits for the first logout token.
func (rp *relyingParty) logoutToken(t *testing.T) string {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		rp.mu.Lock()
		tokens := slices.Clone(rp.logoutTokens)
		rp.mu.Unlock()
		if len(tokens) > 1 {
			t.Fatalf("got %d logout tokens, want one", len(tokens))
		}
		if len(tokens) == 1 {
			return tokens[0]
		}
	}
	t.Fatal("no logout token arrived within five seconds")
	return ""
}

// browser keeps cookies and follows redirects, like the real thing.
type browser struct{ *http.Client }

func newBrowser(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{&http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

type visited struct {
	at   *url.URL
	page *goquery.Document
}

func (b browser) open(t *testing.T, address string) visited {
	t.Helper()
	resp, err := b.Get(address)
	return readPage(t, resp, err)
}

// submit posts the page's only form with its hidden fields and the named button.
func (b browser) submit(t *testing.T, p visited, name, value string) visited {
	t.Helper()
	form := p.page.Find("form")
	if form.Length() != 1 {
		t.Fatalf("%s: want one form in: %s", p.at, p.page.Text())
	}
	fields := url.Values{name: {value}}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		fields.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	action, err := p.at.Parse(form.AttrOr("action", ""))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.PostForm(action.String(), fields)
	return readPage(t, resp, err)
}

func readPage(t *testing.T, resp *http.Response, err error) visited {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return visited{at: resp.Request.URL, page: page}
}

// signIn goes through the provider's pages as person and returns what comes back to the relying party.
func (b browser) signIn(t *testing.T, rp *relyingParty, redirect, person string) url.Values {
	t.Helper()
	rp.mu.Lock()
	before := len(rp.callbacks)
	rp.mu.Unlock()
	page := b.open(t, redirect)
	if page.page.Find("button[name=person]").Length() == 0 {
		t.Fatalf("no list of people at %s: %s", page.at, page.page.Text())
	}
	b.submit(t, page, "person", person)
	return rp.lastCallback(t, before+1)
}

// realProvider is a provider that plays by the rules. Both run the same tests.
type realProvider struct {
	name  string
	start func(t *testing.T, rp *relyingParty) (issuer string)
}

func realProviders() []realProvider {
	return []realProvider{
		{"ours", startDemoProvider},
		{"certified", func(t *testing.T, rp *relyingParty) string { return startCertifiedProvider(t, rp, false) }},
	}
}

func startDemoProvider(t *testing.T, rp *relyingParty) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	p, err := provider.New(provider.Config{
		Issuer: issuer,
		Client: provider.Client{
			ID: clientID, Secret: clientSecret,
			RedirectURIs:   []string{rp.origin + auth.CallbackPath},
			PostLogoutURIs: []string{rp.origin + "/"},
			BackChannelURL: rp.origin + auth.BackChannelPath,
		},
		People: devstack.People(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p
	server.Start()
	t.Cleanup(server.Close)
	return issuer
}

// startCertifiedProvider runs e2e/npm/op.mjs: an implementation that is certified by the OpenID Foundation and knows
// nothing of ours.
func startCertifiedProvider(t *testing.T, rp *relyingParty, claimsInUserinfoOnly bool) string {
	t.Helper()
	script, err := filepath.Abs("../../e2e/npm/op.mjs")
	if err != nil {
		t.Fatal(err)
	}
	modules := os.Getenv("SLIPWAY_NODE_MODULES")
	if modules == "" {
		modules = filepath.Join(filepath.Dir(script), "node_modules")
	}
	if modules, err = filepath.Abs(modules); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "oidc-provider")); err != nil {
		t.Fatalf("the certified provider is not installed (%v); run: npm --prefix e2e/npm ci --ignore-scripts", err)
	}
	config, err := json.Marshal(map[string]any{
		"people":               devstack.People(),
		"claimsInUserinfoOnly": claimsInUserinfoOnly,
		"client": map[string]any{
			"id": clientID, "secret": clientSecret,
			"redirectURIs":   []string{rp.origin + auth.CallbackPath},
			"postLogoutURIs": []string{rp.origin + "/"},
			"backChannelURL": rp.origin + auth.BackChannelPath,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", script, string(config))
	cmd.Env = append(os.Environ(), "SLIPWAY_NODE_MODULES="+modules)
	stdin, err := cmd.StdinPipe() // stays open as long as this process lives
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting node: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		cancel()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the certified provider said: %s", complaints.String())
		}
	})
	line := make(chan string, 1)
	go func() {
		out := bufio.NewScanner(stdout)
		for first := true; out.Scan(); first = false {
			if first {
				line <- out.Text()
			}
		}
	}()
	select {
	case issuer := <-line:
		return issuer
	case <-time.After(30 * time.Second):
		t.Fatal("the certified provider did not start within 30 seconds")
		return ""
	}
}

func newClient(t *testing.T, issuer, origin string, change func(*auth.Config)) *auth.Client {
	t.Helper()
	cfg := auth.Config{
		Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, Origin: origin,
		Scopes: []string{"profile", "email", "groups"},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := auth.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func begin(t *testing.T, c *auth.Client, returnTo string) (string, auth.Flow) {
	t.Helper()
	redirect, flow, err := c.Begin(t.Context(), returnTo, auth.Demand{})
	if err != nil {
		t.Fatal(err)
	}
	return redirect, flow
}
