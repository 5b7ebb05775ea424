// Package provider is the small OpenID provider of the demo mode, on loopback
// only.
package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/slipway-prr/slipway/internal/devstack"
)

const (
	codeLife        = time.Minute
	accessTokenLife = 10 * time.Minute
	idTokenLife     = 10 * time.Minute
	logoutTokenLife = 2 * time.Minute
	loginLife       = 12 * time.Hour

	// maxLogins, maxCodes and maxAccessTokens bound what the provider remembers; the entry next to expire makes room.
	maxLogins       = 5_000
	maxCodes        = 5_000
	maxAccessTokens = 5_000

	// maxProviderForm and maxProviderQuery bound what is read of a request, in bytes.
	maxProviderForm  = 16 << 10
	maxProviderQuery = 8 << 10
)

// Client is the one application that the demo provider knows.
type Client struct {
	ID     string
	Secret string
	// RedirectURIs and PostLogoutURIs are compared exactly.
	RedirectURIs   []string
	PostLogoutURIs []string
	// BackChannelURL is told when a login ends. Empty: nobody is told.
	BackChannelURL string
}

// Config describes a demo provider.
type Config struct {
	// Issuer is the provider's address, such as http://127.0.0.1:8090 or http://localhost:8080/demo-sign-in.
	// Its host must be a loopback name: nobody but the people at this machine may sign in without a password.
	Issuer string
	Client Client
	// KeyFile is where the signing key is kept (created with mode 0600), so that a restart does not invalidate
	// tokens. Empty: the key lives as long as the process.
	KeyFile string
	// People who can sign in. Their ids must be distinct.
	People []devstack.Person
	// Logger may be nil.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Provider is a small OpenID provider for demos: code flow with PKCE for one client, and "signing in" is picking a
// person from a list. It must never be reachable from another machine.
type Provider struct {
	issuer    string
	prefix    string // the issuer's path, without a slash at its end
	client    Client
	people    []devstack.Person
	log       *slog.Logger
	now       func() time.Time
	key       signingKey
	cookie    string
	logins    *shelf[login]
	codes     *shelf[*codeGrant]
	tokens    *shelf[accessGrant]
	messenger *http.Client
	templates *template.Template
	handler   http.Handler
}

// login is one person's session at the provider.
type login struct {
	person devstack.Person
	sid    string
	at     time.Time
	acr    string
}

// New makes a provider. The error joins everything that is wrong with cfg, or says why the key file cannot be used.
func New(cfg Config) (*Provider, error) {
	issuer, err := checkProviderConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("demo provider: %w", err)
	}
	key, err := loadSigningKey(cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("demo provider: signing key: %w", err)
	}
	templates, err := parseProviderTemplates()
	if err != nil {
		return nil, fmt.Errorf("demo provider: pages: %w", err)
	}
	p := &Provider{
		issuer:    cfg.Issuer,
		prefix:    strings.TrimSuffix(issuer.Path, "/"),
		client:    cfg.Client,
		people:    cfg.People,
		log:       cfg.Logger,
		now:       cfg.Now,
		key:       key,
		templates: templates,
		cookie:    providerCookie(cfg.Issuer),
		messenger: &http.Client{
			Timeout:       3 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.now == nil {
		p.now = time.Now
	}
	p.logins = newShelf[login](maxLogins, loginLife, p.now)
	p.codes = newShelf[*codeGrant](maxCodes, codeLife, p.now)
	p.tokens = newShelf[accessGrant](maxAccessTokens, accessTokenLife, p.now)
	p.handler = p.routes()
	return p, nil
}

func checkProviderConfig(cfg Config) (*url.URL, error) {
	var wrong []error
	issuer, err := url.Parse(cfg.Issuer)
	switch {
	case err != nil || issuer.Scheme != "http" || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" || issuer.User != nil:
		wrong = append(wrong, fmt.Errorf("issuer %q: must be http://HOST:PORT with or without a path", cfg.Issuer))
	case !isLoopbackName(issuer.Hostname()):
		wrong = append(wrong, fmt.Errorf("issuer %q: the demo provider asks for no password, so its host must be localhost or a "+
			"loopback address", cfg.Issuer))
	}
	if cfg.Client.ID == "" || cfg.Client.Secret == "" || len(cfg.Client.RedirectURIs) == 0 {
		wrong = append(wrong, errors.New("client: needs an id, a secret and a redirect address"))
	}
	for _, address := range slices.Concat(cfg.Client.RedirectURIs, cfg.Client.PostLogoutURIs) {
		if originOfURL(address) == "" {
			wrong = append(wrong, fmt.Errorf("client: address %q: must be absolute", address))
		}
	}
	seen := map[string]bool{}
	for _, person := range cfg.People {
		if person.ID == "" || seen[person.ID] {
			wrong = append(wrong, fmt.Errorf("people: id %q is empty or there twice", person.ID))
		}
		seen[person.ID] = true
	}
	if len(cfg.People) == 0 {
		wrong = append(wrong, errors.New("people: there must be somebody who can sign in"))
	}
	return issuer, errors.Join(wrong...)
}

func (p *Provider) routes() http.Handler {
	// A form on another site must not be able to sign somebody in or out here.
	sameOrigin := http.NewCrossOriginProtection()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+p.prefix+"/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET "+p.prefix+"/jwks", p.jwks)
	mux.HandleFunc("GET "+p.prefix+"/provider.css", p.stylesheet)
	mux.HandleFunc("GET "+p.prefix+"/authorize", p.authorize)
	mux.Handle("POST "+p.prefix+"/authorize", sameOrigin.Handler(http.HandlerFunc(p.pick)))
	mux.HandleFunc("POST "+p.prefix+"/token", p.token)
	mux.HandleFunc("GET "+p.prefix+"/userinfo", p.userinfo)
	mux.HandleFunc("POST "+p.prefix+"/userinfo", p.userinfo)
	mux.HandleFunc("GET "+p.prefix+"/logout", p.logout)
	mux.Handle("POST "+p.prefix+"/logout", sameOrigin.Handler(http.HandlerFunc(p.logout)))
	return p.guard(mux)
}

// guard answers only under a loopback name, so that a web page elsewhere cannot reach the provider by pointing a
// name of its own at this machine, and sets the headers that every answer has.
func (p *Provider) guard(next http.Handler) http.Handler {
	policy := "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " +
		strings.Join(p.formTargets(), " ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if !isLoopbackName(host) {
			http.Error(w, "The demo provider is for this machine only.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxProviderForm)
		next.ServeHTTP(w, r)
	})
}

// formTargets lists where the forms here lead. Browsers apply form-action to the redirect back to the client as well.
func (p *Provider) formTargets() []string {
	targets := []string{"'self'"}
	for _, address := range slices.Concat(p.client.RedirectURIs, p.client.PostLogoutURIs) {
		if o := originOfURL(address); !slices.Contains(targets, o) {
			targets = append(targets, o)
		}
	}
	return targets
}

// ServeHTTP answers requests below the issuer's path.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// Listen opens the address for a provider of its own port. Only loopback addresses are accepted, unless
// insideCompose says that the process runs in a container whose port is published on the host's loopback only.
func Listen(ctx context.Context, addr string, insideCompose bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("demo provider: address %q: must be HOST:PORT", addr)
	}
	if !insideCompose && !isLoopbackName(host) {
		return nil, fmt.Errorf("demo provider: address %q: it asks for no password, so it listens on loopback addresses only", addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("demo provider: %w", err)
	}
	return l, nil
}

// Serve answers on l until ctx ends, then finishes what is under way (for at most three seconds). It closes l and
// returns nil after an orderly end.
func (p *Provider) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           p,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("demo provider: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("demo provider: stopping: %w", errors.Join(err, server.Close()))
	}
	return nil
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	base := strings.TrimSuffix(p.issuer, "/")
	p.writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                p.issuer,
		"authorization_endpoint":                base + "/authorize",
		"token_endpoint":                        base + "/token",
		"userinfo_endpoint":                     base + "/userinfo",
		"jwks_uri":                              base + "/jwks",
		"end_session_endpoint":                  base + "/logout",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
		"scopes_supported":                      []string{"openid", "profile", "email", "groups"},
		"acr_values_supported":                  []string{acrBasic, acrStrong},
		"claims_supported": []string{"sub", "sid", "auth_time", "acr", "name", "preferred_username", "email",
			"email_verified", "groups"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"prompt_values_supported":                        []string{"none", "login", "select_account"},
		"authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"claims_parameter_supported":                     false,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	p.writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.key.public()}})
}

func (p *Provider) writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		p.log.Error("demo provider: encoding an answer", "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (p *Provider) find(id string) (devstack.Person, bool) {
	i := slices.IndexFunc(p.people, func(person devstack.Person) bool { return person.ID == id })
	if i < 0 {
		return devstack.Person{}, false
	}
	return p.people[i], true
}

func isLoopbackName(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func originOfURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
