package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Flow is one sign-in under way. It has to be bound to the browser that began it, kept for minutes at most, and used
// once: the caller removes it before it calls Finish.
type Flow struct {
	// State comes back through the browser and finds the flow again. 26 characters, 128 random bits.
	State string
	// Nonce comes back inside the ID token. 26 characters, 128 random bits.
	Nonce string
	// Verifier proves to the token endpoint that we began this flow (PKCE). 43 characters.
	Verifier string
	// ReturnTo is where the person lands afterwards: a path on our own site, already made safe.
	ReturnTo string
	// Demand is what the sign-in has to be.
	Demand Demand
}

// Begin starts a sign-in that has to meet a demand: send the browser to redirect and keep flow. Fails with ErrUnavailable only.
func (c *Client) Begin(ctx context.Context, returnTo string, demand Demand) (redirect string, flow Flow, err error) {
	p, err := c.provider(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow = Flow{
		State:    rand.Text(),
		Nonce:    rand.Text(),
		Verifier: oauth2.GenerateVerifier(),
		ReturnTo: SafeReturn(returnTo),
		Demand:   demand,
	}
	options := append(demand.options(), oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier))
	redirect = p.oauth.AuthCodeURL(flow.State, options...)
	return redirect, flow, nil
}

// Finish turns the query of the callback into a verified identity. flow is what Begin returned to this very browser;
// the zero Flow (the browser has none) is refused with ErrNoFlow. See errors.go for what else can go wrong.
func (c *Client) Finish(ctx context.Context, flow Flow, callback url.Values) (Identity, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return Identity{}, err
	}
	code, err := c.readCallback(p, flow, callback)
	if err != nil {
		return Identity{}, fmt.Errorf("sign-in callback: %w", err)
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, fmt.Errorf("exchanging the code: %w", exchangeError(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return Identity{}, fmt.Errorf("exchanging the code: %w: no id_token in the answer", ErrMalformed)
	}
	verified, err := c.verifyIDToken(ctx, p, raw, flow.Nonce, token.AccessToken)
	if err != nil {
		return Identity{}, fmt.Errorf("ID token: %w", err)
	}
	id, err := c.identity(ctx, p, raw, verified, token)
	if err != nil {
		return Identity{}, err
	}
	if err := flow.Demand.Check(id.AuthTime, id.ACR, c.cfg.Now()); err != nil {
		return Identity{}, fmt.Errorf("ID token: %w", err)
	}
	return id, nil
}

// readCallback checks what came through the browser, cheapest and most telling first, and returns the code.
func (c *Client) readCallback(p *provider, flow Flow, v url.Values) (string, error) {
	if flow.State == "" || flow.Nonce == "" || flow.Verifier == "" {
		return "", ErrNoFlow
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(v[name]) > 1 {
			return "", fmt.Errorf("%w: %s is there twice", ErrCallback, name)
		}
	}
	if subtle.ConstantTimeCompare([]byte(v.Get("state")), []byte(flow.State)) != 1 {
		return "", ErrState
	}
	if v.Has("iss") && v.Get("iss") != c.cfg.Issuer || p.namesSelf && !v.Has("iss") {
		return "", ErrResponseIssuer
	}
	if v.Has("error") {
		return "", reportedError(v.Get("error"))
	}
	if v.Get("code") == "" {
		return "", fmt.Errorf("%w: neither code nor error", ErrCallback)
	}
	return v.Get("code"), nil
}

// reportedError sorts the error codes of OAuth and OpenID Connect. Their descriptions are free text from outside
// and are not repeated anywhere.
func reportedError(code string) error {
	declined := []string{"access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"}
	known := []string{
		"invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope", "server_error",
		"invalid_request_uri", "invalid_request_object", "request_not_supported", "request_uri_not_supported",
	}
	switch {
	case slices.Contains(declined, code):
		return fmt.Errorf("%w: %s", ErrDenied, code)
	case code == "temporarily_unavailable":
		return fmt.Errorf("%w: %s", ErrUnavailable, code)
	case slices.Contains(known, code):
		return fmt.Errorf("%w: %s", ErrProvider, code)
	default:
		return fmt.Errorf("%w: an error code outside the standard", ErrProvider)
	}
}

// exchangeError tells a code that was refused from a client that was refused and from a provider that is down.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		switch refused.ErrorCode {
		case "invalid_grant":
			return ErrExchange
		case "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope":
			return fmt.Errorf("%w: %s", ErrProvider, refused.ErrorCode)
		default:
			return fmt.Errorf("%w: token endpoint answered with status %d", ErrProvider, refused.Response.StatusCode)
		}
	}
	if unreachable(err) {
		return fmt.Errorf("%w: token endpoint: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("%w: token endpoint's answer cannot be read", ErrMalformed)
}

// unreachable tells whether err comes from the network (or from a 5xx answer, see boundedTransport).
func unreachable(err error) bool {
	var network *url.Error
	return errors.As(err, &network) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
