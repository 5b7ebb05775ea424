package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
	// maxLogoutAge is how long after its issue a logout token is taken. Within it a replay has to be noticed by its id.
	maxLogoutAge = 10 * time.Minute
	// maxHint bounds the ID token that is put into an address, in bytes; servers commonly refuse longer addresses.
	maxHint = 6 << 10
)

// LogoutNotice is the provider's word that a session, or all sessions of a person, ended there.
type LogoutNotice struct {
	Issuer string
	// Subject or SessionID may be empty, not both. With a SessionID only that session ends.
	Subject   string
	SessionID string
	// ID is unique (jti). The caller refuses one that it has seen, and may forget it after Expires.
	ID       string
	IssuedAt time.Time
	// Expires is when this token will be refused for its age or expiry anyhow: at most ten minutes after its issue.
	Expires time.Time
}

// EndSessionURL is where to send the browser so that the person is signed out at the provider too. postLogout is the
// registered address they come back to; state, when not empty, comes back with them. ok is false when the provider
// has no such page or cannot be reached; then only our own session ends.
func (c *Client) EndSessionURL(ctx context.Context, idToken, postLogout, state string) (address string, ok bool) {
	p, err := c.provider(ctx)
	if err != nil || p.endSession == "" {
		return "", false
	}
	u, err := url.Parse(p.endSession)
	if err != nil {
		return "", false
	}
	q := u.Query()
	q.Set("client_id", c.cfg.ClientID)
	q.Set("post_logout_redirect_uri", postLogout)
	if idToken != "" && len(idToken) <= maxHint {
		q.Set("id_token_hint", idToken)
	}
	if state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	return u.String(), true
}

// VerifyLogout checks a token posted to BackChannelPath by every rule of OpenID Connect Back-Channel Logout 1.0 but
// one: that its ID was not seen before is for the caller to ensure.
func (c *Client) VerifyLogout(ctx context.Context, rawLogoutToken string) (LogoutNotice, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return LogoutNotice{}, err
	}
	notice, err := c.verifyLogout(oidc.ClientContext(ctx, c.http), p, rawLogoutToken)
	if err != nil {
		return LogoutNotice{}, fmt.Errorf("logout token: %w", err)
	}
	return notice, nil
}

func (c *Client) verifyLogout(ctx context.Context, p *provider, raw string) (LogoutNotice, error) {
	if raw == "" || len(raw) > maxTokenSize {
		return LogoutNotice{}, fmt.Errorf("%w: it must have 1 to %d bytes", ErrMalformed, maxTokenSize)
	}
	verifier, keys := c.verifier(p)
	token, err := verifier.VerifyLogout(ctx, raw)
	if err != nil {
		return LogoutNotice{}, c.nameLogoutRefusal(keys, err)
	}
	if err := checkLogoutEvent(keys.payload); err != nil {
		return LogoutNotice{}, err
	}
	switch typ := tokenType(raw); typ {
	case "", "jwt", "logout+jwt": // older providers do not set logout+jwt
	default:
		return LogoutNotice{}, fmt.Errorf("%w: its type is another", ErrLogoutEvent)
	}
	if err := checkLogoutTimes(token.IssuedAt, token.Expiry, c.cfg.Now()); err != nil {
		return LogoutNotice{}, err
	}
	for name, value := range map[string]string{"sub": token.Subject, "sid": token.SessionID, "jti": token.TokenID} {
		if value != "" && !isIdentifier(value) {
			return LogoutNotice{}, fmt.Errorf("%w: %s must be at most %d printable ASCII characters", ErrMalformed, name, maxIdentifier)
		}
	}
	return LogoutNotice{
		Issuer:    token.Issuer,
		Subject:   token.Subject,
		SessionID: token.SessionID,
		ID:        token.TokenID,
		IssuedAt:  token.IssuedAt,
		Expires:   earlier(token.Expiry, token.IssuedAt.Add(maxLogoutAge)),
	}, nil
}

// nameLogoutRefusal adds to nameRefusal what only a logout token can get wrong.
func (c *Client) nameLogoutRefusal(keys *observedKeys, refusal error) error {
	if keys.payload == nil {
		return c.nameRefusal(keys, refusal)
	}
	if err := checkLogoutEvent(keys.payload); err != nil {
		return err
	}
	return c.nameRefusal(keys, refusal)
}

// checkLogoutEvent makes sure that an ID token, or some other token of the provider, is never taken for a logout.
func checkLogoutEvent(payload []byte) error {
	var claims map[string]json.RawMessage
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fmt.Errorf("%w: claims cannot be read", ErrMalformed)
	}
	for name := range claims {
		if strings.EqualFold(name, "nonce") {
			return ErrLogoutNonce
		}
	}
	var events map[string]json.RawMessage
	if json.Unmarshal(claims["events"], &events) != nil {
		return ErrLogoutEvent
	}
	var detail map[string]json.RawMessage
	if json.Unmarshal(events[logoutEvent], &detail) != nil || detail == nil {
		return ErrLogoutEvent
	}
	return nil
}

func checkLogoutTimes(issued, expires, now time.Time) error {
	switch {
	case issued.IsZero():
		return fmt.Errorf("%w: it has no iat", ErrMalformed)
	case issued.After(now.Add(clockSkew)):
		return fmt.Errorf("%w: it comes from the future", ErrStale)
	case now.Sub(issued) > maxLogoutAge:
		return fmt.Errorf("%w: it is older than %s", ErrStale, maxLogoutAge)
	case expires.Before(issued):
		return fmt.Errorf("%w: it expired before it was issued", ErrMalformed)
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
