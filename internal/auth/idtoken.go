package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	// clockSkew is how far the provider's clock may be ahead of ours.
	clockSkew = time.Minute
	// maxIdentifier bounds subject, session id and token id, in bytes. OpenID Connect bounds the subject so.
	maxIdentifier = 255
	// maxTokenSize bounds a token as received, in bytes.
	maxTokenSize = 64 << 10
)

// observedKeys checks signatures and remembers how that went. The OIDC library flattens every failure into text;
// this tells a wrong signature from keys that could not be fetched, and keeps the verified payload so that a later
// refusal can be named. One is made for each token.
type observedKeys struct {
	keys    oidc.KeySet
	payload []byte // nil unless the signature is right
	err     error
}

func (o *observedKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	o.payload, o.err = o.keys.VerifySignature(ctx, jwt)
	return o.payload, o.err
}

func (c *Client) verifier(p *provider) (*oidc.IDTokenVerifier, *observedKeys) {
	keys := &observedKeys{keys: p.keys}
	return oidc.NewVerifier(c.cfg.Issuer, keys, &oidc.Config{
		ClientID:             c.cfg.ClientID,
		SupportedSigningAlgs: p.algorithms,
		Now:                  c.cfg.Now,
	}), keys
}

// verifyIDToken runs every check of OpenID Connect Core 3.1.3.7 that applies to the code flow.
func (c *Client) verifyIDToken(ctx context.Context, p *provider, raw, nonce, accessToken string) (*oidc.IDToken, error) {
	if len(raw) > maxTokenSize {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, maxTokenSize)
	}
	verifier, keys := c.verifier(p)
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, c.nameRefusal(keys, err)
	}
	// ID tokens say JWT or nothing; the provider's other tokens that name this client say what they are (RFC 9068, RFC 8417).
	if typ := tokenType(raw); typ != "" && typ != "jwt" {
		return nil, fmt.Errorf("%w: it is no ID token, but of type %q", ErrMalformed, typ)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return nil, ErrNonce
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(accessToken); err != nil {
			return nil, ErrAccessTokenHash
		}
	}
	if err := c.checkAuthorizedParty(token); err != nil {
		return nil, err
	}
	if !isIdentifier(token.Subject) {
		return nil, fmt.Errorf("%w: the subject must be 1 to %d printable ASCII characters", ErrMalformed, maxIdentifier)
	}
	if token.IssuedAt.IsZero() {
		return nil, fmt.Errorf("%w: it has no iat", ErrMalformed)
	}
	if token.IssuedAt.After(c.cfg.Now().Add(clockSkew)) {
		return nil, fmt.Errorf("%w: it comes from the future", ErrStale)
	}
	return token, nil
}

// checkAuthorizedParty refuses tokens that were made for another client and merely name us beside it.
func (c *Client) checkAuthorizedParty(token *oidc.IDToken) error {
	var claims struct {
		AuthorizedParty *string `json:"azp"`
	}
	if err := token.Claims(&claims); err != nil {
		return fmt.Errorf("%w: azp is not text", ErrMalformed)
	}
	if claims.AuthorizedParty != nil && *claims.AuthorizedParty != c.cfg.ClientID {
		return fmt.Errorf("%w: azp", ErrAudience)
	}
	if claims.AuthorizedParty == nil && len(token.Audience) > 1 {
		return fmt.Errorf("%w: several audiences and no azp", ErrAudience)
	}
	return nil
}

// nameRefusal finds the typed error for a refusal of the OIDC library. It never turns one into a pass.
func (c *Client) nameRefusal(keys *observedKeys, refusal error) error {
	if keys.payload == nil {
		if keys.err != nil && unreachable(keys.err) {
			return fmt.Errorf("%w: fetching signing keys: %w", ErrUnavailable, keys.err)
		}
		return ErrSignature
	}
	var claims struct {
		Issuer   string          `json:"iss"`
		Audience json.RawMessage `json:"aud"`
	}
	if err := json.Unmarshal(keys.payload, &claims); err != nil {
		return fmt.Errorf("%w: claims cannot be read", ErrMalformed)
	}
	if claims.Issuer != c.cfg.Issuer {
		return ErrIssuer
	}
	if !slices.Contains(oneOrMany(claims.Audience), c.cfg.ClientID) {
		return ErrAudience
	}
	var expired *oidc.TokenExpiredError
	if errors.As(refusal, &expired) {
		return fmt.Errorf("%w at %s", ErrExpired, expired.Expiry.UTC().Format(time.RFC3339))
	}
	return fmt.Errorf("%w: %w", ErrMalformed, refusal)
}

// oneOrMany reads a claim that is a string or a list of strings; nil when it is neither.
func oneOrMany(raw json.RawMessage) []string {
	var one *string
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []string{*one}
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	return many
}

// isIdentifier accepts what providers may use as a subject, session id or token id.
func isIdentifier(s string) bool {
	return s != "" && len(s) <= maxIdentifier && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// tokenType reads the typ header of a signed token, in lower case and without "application/". It proves nothing:
// use it only on tokens that have been verified.
func tokenType(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return ""
	}
	var header struct {
		Type string `json:"typ"`
	}
	if err := json.Unmarshal(decoded, &header); err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(header.Type), "application/")
}
