package auth

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// CallbackPath is where the provider sends the browser back to, under Config.Origin.
const CallbackPath = "/auth/callback"

// BackChannelPath is where the provider posts logout tokens to, under Config.Origin.
const BackChannelPath = "/auth/backchannel-logout"

const defaultGroupsClaim = "groups"

// Config says which OpenID provider is trusted and as which client Slipway speaks to it.
type Config struct {
	// Issuer is the provider's address exactly as it names itself, a trailing slash included.
	// https, or http on a loopback host.
	Issuer string
	// ClientID is the name under which Slipway is registered at the provider.
	ClientID string
	// ClientSecret is empty for a client that is registered as public; PKCE is used either way.
	ClientSecret string
	// Origin is Slipway's own public address without a path, such as https://slipway.example.com.
	// https, or http on a loopback host.
	Origin string
	// Scopes are asked for beside "openid". Empty means profile and email. Many providers want "groups"
	// here too, and some refuse it, so it is never added unasked.
	Scopes []string
	// GroupsClaim is the top-level claim that lists a person's groups. Empty means "groups".
	GroupsClaim string
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

// withDefaults checks every field and returns the configuration with the empty ones filled.
// The error joins all that is wrong, so that an operator corrects it in one go.
func (c Config) withDefaults() (Config, error) {
	var wrong []error
	if err := checkAddress(c.Issuer); err != nil {
		wrong = append(wrong, fmt.Errorf("issuer %q: %w", c.Issuer, err))
	}
	if err := checkOrigin(c.Origin); err != nil {
		wrong = append(wrong, fmt.Errorf("origin %q: %w", c.Origin, err))
	}
	if c.ClientID == "" {
		wrong = append(wrong, errors.New("client id: must not be empty"))
	}
	for _, s := range c.Scopes {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			wrong = append(wrong, fmt.Errorf("scope %q: must be one word of printable ASCII", s))
		}
	}
	if len(wrong) > 0 {
		return Config{}, fmt.Errorf("sign-in settings: %w", errors.Join(wrong...))
	}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{"profile", "email"}
	}
	scopes := []string{"openid"}
	for _, s := range c.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	c.Scopes = scopes
	if c.GroupsClaim == "" {
		c.GroupsClaim = defaultGroupsClaim
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

// checkAddress accepts https anywhere and http on this machine only: tokens never cross a network in the clear.
func checkAddress(raw string) error {
	if raw == "" {
		return errors.New("must not be empty")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return errors.New("is not a web address")
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be a web address without a user, a query or a fragment")
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return errors.New("must begin with https:// (http:// only for localhost)")
}

func checkOrigin(raw string) error {
	if err := checkAddress(raw); err != nil {
		return err
	}
	if u, err := url.Parse(raw); err != nil || u.Path != "" {
		return errors.New("must have no path and no slash at its end")
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
