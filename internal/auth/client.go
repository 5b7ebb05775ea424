// Package auth speaks OpenID Connect: it sends a browser to the provider, turns what comes back into a verified
// identity, and understands logout in both directions. It knows no database, no session and no page.
//
// Rights follow from the pair (issuer, subject) and from groups, never from a name or an e-mail address.
package auth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// retryPause is how long a failed discovery is remembered: pages answer at once meanwhile, and a provider that
// comes back is not met by a crowd.
const retryPause = 2 * time.Second

// Client is one relying party at one provider. It is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client

	mu       sync.Mutex
	found    *provider     // nil until discovery has worked once
	busy     chan struct{} // closed when the discovery under way ends; nil when there is none
	failed   error
	failedAt time.Time
}

// provider is what discovery told us.
type provider struct {
	oidc       *oidc.Provider
	oauth      oauth2.Config
	keys       oidc.KeySet
	algorithms []string
	endSession string
	namesSelf  bool // RFC 9207: every authorization response carries iss
	origins    []string
}

// metadata holds the fields of the discovery document that the OIDC library does not offer.
type metadata struct {
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	SigningAlgorithms     []string `json:"id_token_signing_alg_values_supported"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	ResponseIssuer        bool     `json:"authorization_response_iss_parameter_supported"`
}

// New checks the configuration and asks the provider about itself. It fails with ErrUnavailable when that does not
// work within ctx or ten seconds; trying again is up to the caller.
func New(ctx context.Context, cfg Config) (*Client, error) {
	c, err := NewLazy(cfg)
	if err != nil {
		return nil, err
	}
	if err := c.Check(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// NewLazy checks the configuration only. The provider is asked at first use, and again (at most every two seconds)
// until it answers; up to then every call that needs it fails with ErrUnavailable.
func NewLazy(cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, http: newHTTPClient()}, nil
}

// Check reports whether people can sign in: nil once the provider has been discovered, else ErrUnavailable.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.provider(ctx)
	return err
}

// Origins are the web origins to which a form of ours may end up being redirected: the provider's own and, once
// discovered, those of its sign-in and sign-out pages. A Content-Security-Policy has to name them in form-action.
func (c *Client) Origins() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found != nil {
		return slices.Clone(c.found.origins)
	}
	return []string{originOf(c.cfg.Issuer)}
}

// provider returns what discovery found, discovering at most once at a time. The discovery itself is not tied to
// the request that started it, as others wait for it too.
func (c *Client) provider(ctx context.Context) (*provider, error) {
	c.mu.Lock()
	if c.found != nil {
		defer c.mu.Unlock()
		return c.found, nil
	}
	if c.failed != nil && time.Since(c.failedAt) < retryPause {
		defer c.mu.Unlock()
		return nil, c.failed
	}
	if c.busy == nil {
		c.busy = make(chan struct{})
		go c.look(context.WithoutCancel(ctx), c.busy)
	}
	busy := c.busy
	c.mu.Unlock()

	select {
	case <-busy:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: waiting for discovery: %w", ErrUnavailable, ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found == nil {
		return nil, c.failed
	}
	return c.found, nil
}

func (c *Client) look(ctx context.Context, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, providerTimeout)
	defer cancel()
	p, err := c.discover(ctx)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.found, c.failed, c.failedAt, c.busy = p, err, time.Now(), nil
	close(done)
}

func (c *Client) discover(ctx context.Context) (*provider, error) {
	ctx = oidc.ClientContext(ctx, c.http)
	p, err := oidc.NewProvider(ctx, c.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: discovery: %w", ErrUnavailable, err)
	}
	var meta metadata
	if err := p.Claims(&meta); err != nil {
		return nil, fmt.Errorf("%w: reading the discovery document: %w", ErrUnavailable, err)
	}
	if err := meta.check(); err != nil {
		return nil, fmt.Errorf("%w: discovery document: %w", ErrUnavailable, err)
	}
	endpoint := p.Endpoint()
	endpoint.AuthStyle = authStyle(c.cfg.ClientSecret, meta.TokenAuthMethods)
	return &provider{
		oidc: p,
		oauth: oauth2.Config{
			ClientID:     c.cfg.ClientID,
			ClientSecret: c.cfg.ClientSecret,
			Endpoint:     endpoint,
			RedirectURL:  c.cfg.Origin + CallbackPath,
			Scopes:       c.cfg.Scopes,
		},
		keys:       oidc.NewRemoteKeySet(ctx, meta.JWKSURI),
		algorithms: asymmetric(meta.SigningAlgorithms),
		endSession: meta.EndSessionEndpoint,
		namesSelf:  meta.ResponseIssuer,
		origins:    distinctOrigins(c.cfg.Issuer, meta.AuthorizationEndpoint, meta.EndSessionEndpoint),
	}, nil
}

func (m metadata) check() error {
	for name, address := range map[string]string{
		"authorization_endpoint": m.AuthorizationEndpoint,
		"token_endpoint":         m.TokenEndpoint,
		"jwks_uri":               m.JWKSURI,
	} {
		if err := checkEndpoint(address); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if m.EndSessionEndpoint == "" {
		return nil
	}
	if err := checkEndpoint(m.EndSessionEndpoint); err != nil {
		return fmt.Errorf("end_session_endpoint: %w", err)
	}
	return nil
}

// checkEndpoint is checkAddress for addresses that may have a query of their own.
func checkEndpoint(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return checkAddress(raw)
	}
	u.RawQuery = ""
	return checkAddress(u.String())
}

// authStyle chooses how the client secret travels. Trying one way and then the other, as the OAuth library does by
// default, would present every refused code twice.
func authStyle(secret string, methods []string) oauth2.AuthStyle {
	if secret == "" {
		return oauth2.AuthStyleInParams
	}
	if len(methods) == 0 || slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// asymmetric keeps the algorithms that need the provider's private key. With HS256 or none in the list, anyone who
// knows the client secret, or nobody at all, could sign.
func asymmetric(offered []string) []string {
	taken := []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
		oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
	}
	both := slices.DeleteFunc(slices.Clone(offered), func(a string) bool { return !slices.Contains(taken, a) })
	if len(both) == 0 {
		return []string{oidc.RS256} // every provider must have it
	}
	return both
}

func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func distinctOrigins(addresses ...string) []string {
	var out []string
	for _, a := range addresses {
		if o := originOf(a); o != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}
