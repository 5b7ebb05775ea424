package provider

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"github.com/slipway-prr/slipway/internal/devstack"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// codeGrant is what a code stands for. It stays on its shelf after use, so that a second use can be noticed.
type codeGrant struct {
	login   login
	request authRequest

	mu    sync.Mutex
	used  bool
	token string // the access token that it was exchanged for
}

// accessGrant is what an access token stands for.
type accessGrant struct {
	login  login
	scopes []string
}

// token exchanges a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	form, ok := readProviderForm(r)
	if !ok {
		p.tokenError(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if !p.isClient(r, form) {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
		p.tokenError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if form.Get("grant_type") != "authorization_code" {
		p.tokenError(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	grant, ok := p.codes.get(form.Get("code"))
	if !ok {
		p.tokenError(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	grant.mu.Lock()
	defer grant.mu.Unlock()
	if grant.used {
		p.tokens.remove(grant.token) // somebody has a copy of the code: what it gave is not to be trusted either
		p.tokenError(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	grant.used = true
	if !grant.matches(form) {
		p.tokenError(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	p.answerToken(w, grant)
}

func (g *codeGrant) matches(form url.Values) bool {
	verifier := form.Get("code_verifier")
	if len(verifier) < 43 || len(verifier) > 128 || form.Get("redirect_uri") != g.request.redirect {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(challenge), []byte(g.request.challenge)) == 1
}

func (p *Provider) answerToken(w http.ResponseWriter, grant *codeGrant) {
	grant.token = p.tokens.put(accessGrant{login: grant.login, scopes: grant.request.scopes})
	half := sha256.Sum256([]byte(grant.token))
	now := p.now()
	claims := personClaims(grant.login.person, grant.request.scopes)
	claims["iss"] = p.issuer
	claims["aud"] = p.client.ID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(idTokenLife).Unix()
	claims["auth_time"] = grant.login.at.Unix()
	claims["acr"] = grant.login.acr
	claims["sid"] = grant.login.sid
	claims["at_hash"] = base64.RawURLEncoding.EncodeToString(half[:len(half)/2])
	if grant.request.nonce != "" {
		claims["nonce"] = grant.request.nonce
	}
	idToken, err := p.key.sign("JWT", claims)
	if err != nil {
		p.log.Error("demo provider: ID token", "err", err)
		p.tokenError(w, http.StatusInternalServerError, "server_error")
		return
	}
	p.writeJSON(w, http.StatusOK, map[string]any{
		"access_token": grant.token,
		"token_type":   "Bearer",
		"expires_in":   int(accessTokenLife.Seconds()),
		"id_token":     idToken,
		"scope":        strings.Join(grant.request.scopes, " "),
	})
}

// personClaims says of a person what the scopes ask for.
func personClaims(person devstack.Person, scopes []string) map[string]any {
	claims := map[string]any{"sub": person.ID}
	if slices.Contains(scopes, "profile") {
		claims["name"] = person.Name
		claims["preferred_username"] = person.ID
	}
	if slices.Contains(scopes, "email") {
		claims["email"] = person.Email
		claims["email_verified"] = true
	}
	if slices.Contains(scopes, "groups") {
		claims["groups"] = person.Groups
	}
	return claims
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	grant, ok := p.tokens.get(token)
	if !bearer || !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		p.tokenError(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	p.writeJSON(w, http.StatusOK, personClaims(grant.login.person, grant.scopes))
}

// isClient checks the client's secret, which comes in the header (form-encoded first, RFC 6749 2.3.1) or in the
// form, not in both.
func (p *Provider) isClient(r *http.Request, form url.Values) bool {
	id, secret, inHeader := r.BasicAuth()
	if inHeader {
		if form.Has("client_secret") {
			return false
		}
		var idErr, secretErr error
		id, idErr = url.QueryUnescape(id)
		secret, secretErr = url.QueryUnescape(secret)
		if idErr != nil || secretErr != nil {
			return false
		}
	} else {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	sameID := subtle.ConstantTimeCompare([]byte(id), []byte(p.client.ID))
	sameSecret := subtle.ConstantTimeCompare([]byte(secret), []byte(p.client.Secret))
	return sameID&sameSecret == 1
}

func readProviderForm(r *http.Request) (url.Values, bool) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, false
	}
	if err := r.ParseForm(); err != nil {
		return nil, false
	}
	return r.PostForm, !hasRepeats(r.PostForm)
}

func (p *Provider) tokenError(w http.ResponseWriter, status int, code string) {
	p.writeJSON(w, status, map[string]string{"error": code})
}
