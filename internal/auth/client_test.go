package auth_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/slipway-prr/slipway/internal/auth"
)

func TestEverySettingErrorAtOnce(t *testing.T) {
	t.Parallel()
	_, err := auth.NewLazy(auth.Config{Issuer: "http://sign-in.example", Origin: "https://slipway.example/", Scopes: []string{"a b"}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{`issuer "http://sign-in.example"`, `origin "https://slipway.example/"`, "client id", `scope "a b"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
}

func TestAddressesThatAreTaken(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://sign-in.example": true, "https://sign-in.example/realms/main/": true,
		"http://localhost:8090": true, "http://127.0.0.1:8090": true, "http://[::1]:8090": true, "http://op.localhost:80": true,
		"http://sign-in.example": false, "http://10.0.0.1": false, "http://localhost.example": false, "ftp://localhost": false,
		"https://u:p@sign-in.example": false, "https://sign-in.example?x=1": false, "sign-in.example": false, "": false, "https://": false,
	} {
		_, err := auth.NewLazy(auth.Config{Issuer: address, Origin: "https://slipway.example", ClientID: "x"})
		if (err == nil) != ok {
			t.Errorf("issuer %q: %v", address, err)
		}
	}
}

// TestRecovery: the server starts while the provider is down, says so, and needs no help once it is up.
func TestRecovery(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := auth.Config{Issuer: "http://" + address, ClientID: clientID, ClientSecret: clientSecret, Origin: forgerOrigin}
	_, err = auth.New(t.Context(), cfg)
	wantOnly(t, err, auth.ErrUnavailable)
	client, err := auth.NewLazy(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Begin(t.Context(), "/", auth.Demand{})
	wantOnly(t, err, auth.ErrUnavailable)
	_, err = client.VerifyLogout(t.Context(), "x")
	wantOnly(t, err, auth.ErrUnavailable)
	if _, ok := client.EndSessionURL(t.Context(), "", forgerOrigin+"/", ""); ok {
		t.Error("an address to sign out at, out of nowhere")
	}
	if got := client.Origins(); !reflect.DeepEqual(got, []string{cfg.Issuer}) {
		t.Errorf("origins = %q", got)
	}

	f := newForger(t)
	f.set(func() {
		f.metadata["issuer"] = cfg.Issuer
		f.metadata["end_session_endpoint"] = "https://sign-out.example/end"
	})
	l, err = net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: f}}
	server.Start()
	t.Cleanup(server.Close)
	for deadline := time.Now().Add(10 * time.Second); client.Check(t.Context()) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("did not recover: %v", client.Check(t.Context()))
		}
	}
	if _, _, err := client.Begin(t.Context(), "/", auth.Demand{}); err != nil {
		t.Error(err)
	}
	want := []string{cfg.Issuer, f.issuer, "https://sign-out.example"}
	if got := client.Origins(); !reflect.DeepEqual(got, want) {
		t.Errorf("origins = %q, want %q", got, want)
	}
}

// TestImpatientCaller: a request that is given up does not wait for a provider that never answers.
func TestImpatientCaller(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	client, err := auth.NewLazy(auth.Config{Issuer: server.URL, ClientID: clientID, Origin: forgerOrigin})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	_, _, err = client.Begin(ctx, "/", auth.Demand{})
	wantOnly(t, err, auth.ErrUnavailable)
	if d := time.Since(started); d > 3*time.Second {
		t.Errorf("waited %s", d)
	}
}

func TestDiscoveryDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *forger){
		"another issuer":               func(f *forger) { f.metadata["issuer"] = "https://other.example" },
		"no token endpoint":            func(f *forger) { delete(f.metadata, "token_endpoint") },
		"keys in the clear":            func(f *forger) { f.metadata["jwks_uri"] = "http://sign-in.example/jwks" },
		"sign-in page in the clear":    func(f *forger) { f.metadata["authorization_endpoint"] = "http://sign-in.example/a" },
		"sign-out page that is script": func(f *forger) { f.metadata["end_session_endpoint"] = "javascript:alert(1)" },
		"trouble":                      func(f *forger) { f.down["/.well-known/openid-configuration"] = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t)
			f.set(func() { change(f) })
			_, err := auth.New(t.Context(), auth.Config{Issuer: f.issuer, ClientID: clientID, Origin: forgerOrigin})
			wantOnly(t, err, auth.ErrUnavailable)
		})
	}
}

// TestTroubleIsNotForgery: a provider that is in trouble half-way is reported as such, not as an attack.
func TestTroubleIsNotForgery(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/token", "/jwks"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			f := newForger(t)
			client := newClient(t, f.issuer, forgerOrigin, nil)
			f.set(func() { f.down[path] = true })
			good := func(nonce string) string { return sign(t, jose.RS256, f.key, "JWT", f.claims(nonce)) }
			_, err := f.finish(t, client, good)
			wantOnly(t, err, auth.ErrUnavailable)
			f.set(func() { f.down[path] = false })
			if _, err := f.finish(t, client, good); err != nil {
				t.Errorf("did not recover: %v", err)
			}
		})
	}
}

// TestHowTheSecretTravels: the way that the provider announces, and once: trying several would present a code twice.
func TestHowTheSecretTravels(t *testing.T) {
	t.Parallel()
	encoded := url.QueryEscape(clientSecret)
	for name, c := range map[string]struct {
		methods []string
		secret  string
		want    tokenRequest
	}{
		"nothing announced": {nil, clientSecret, tokenRequest{header: encoded}},
		"both":              {[]string{"client_secret_post", "client_secret_basic"}, clientSecret, tokenRequest{header: encoded}},
		"form only":         {[]string{"client_secret_post"}, clientSecret, tokenRequest{form: clientSecret}},
		"public client":     {[]string{"client_secret_basic", "none"}, "", tokenRequest{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t)
			f.set(func() {
				f.refuse = true
				if c.methods != nil {
					f.metadata["token_endpoint_auth_methods_supported"] = c.methods
				}
			})
			client := newClient(t, f.issuer, forgerOrigin, func(cfg *auth.Config) { cfg.ClientSecret = c.secret })
			_, flow := begin(t, client, "/")
			_, err := client.Finish(t.Context(), flow, url.Values{"state": {flow.State}, "code": {"code"}})
			wantOnly(t, err, auth.ErrExchange)
			if !reflect.DeepEqual(f.asked, []tokenRequest{c.want}) {
				t.Errorf("the token endpoint saw %+v", f.asked)
			}
		})
	}
}

func TestEndSessionURL(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	if _, ok := newClient(t, f.issuer, forgerOrigin, nil).EndSessionURL(t.Context(), "tok", forgerOrigin+"/", ""); ok {
		t.Error("the provider has no such page")
	}
	f.set(func() { f.metadata["end_session_endpoint"] = f.issuer + "/end?tenant=a" })
	client := newClient(t, f.issuer, forgerOrigin, nil)
	address, ok := client.EndSessionURL(t.Context(), "tok", forgerOrigin+"/", "st")
	if !ok {
		t.Fatal("no address")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"tenant": {"a"}, "id_token_hint": {"tok"}, "client_id": {clientID}, "state": {"st"},
		"post_logout_redirect_uri": {forgerOrigin + "/"},
	}
	if !reflect.DeepEqual(u.Query(), want) || u.Path != "/end" {
		t.Errorf("address = %s", address)
	}
	long, _ := client.EndSessionURL(t.Context(), strings.Repeat("t", 7000), forgerOrigin+"/", "")
	if strings.Contains(long, "id_token_hint") || len(long) > 2000 {
		t.Errorf("an address of %d bytes", len(long))
	}
}

func TestPublicMessageSaysNothingOfTheCheck(t *testing.T) {
	t.Parallel()
	if auth.PublicMessage(nil) != "" {
		t.Error("a message about nothing")
	}
	general := auth.PublicMessage(errors.New("anything"))
	for _, err := range []error{auth.ErrNonce, auth.ErrSignature, auth.ErrIssuer, auth.ErrAudience, auth.ErrAccessTokenHash, auth.ErrMalformed} {
		if got := auth.PublicMessage(err); got != general {
			t.Errorf("%v: %q", err, got)
		}
	}
}
