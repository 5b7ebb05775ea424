package provider

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// authRequest is an authorization request whose client and redirect address are known to be right.
type authRequest struct {
	redirect  string
	state     string
	scopes    []string
	nonce     string
	challenge string
	prompt    []string
	maxAge    time.Duration // negative: not asked for
	acr       []string      // one of these is asked for; empty: none
	hint      string
}

// oauthError is an error as the protocol names it.
type oauthError struct {
	code        string
	description string
}

// An S256 challenge is the unpadded base64url form of 32 bytes.
var challengePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorize answers the client's request: at once for somebody who is signed in here, otherwise with the list of people.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	req, ok := p.readAuthRequest(w, r)
	if !ok {
		return
	}
	_, current, signedIn := p.currentLogin(r)
	fresh := signedIn && (req.maxAge < 0 || p.now().Sub(current.at) <= req.maxAge) &&
		(len(req.acr) == 0 || slices.Contains(req.acr, current.acr))
	mustAsk := slices.Contains(req.prompt, "login") || slices.Contains(req.prompt, "select_account")
	switch {
	case fresh && !mustAsk:
		p.sendCode(w, r, req, current)
	case slices.Contains(req.prompt, "none"):
		p.sendBack(w, r, req, url.Values{"error": {"login_required"}})
	default:
		p.showPeople(w, r, http.StatusOK, req, "")
	}
}

// pick answers the form of the list: the person is signed in from now on.
func (p *Provider) pick(w http.ResponseWriter, r *http.Request) {
	req, ok := p.readAuthRequest(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		p.showProblem(w, http.StatusBadRequest, "The form could not be read.")
		return
	}
	person, ok := p.find(r.PostForm.Get("person"))
	if !ok {
		p.showPeople(w, r, http.StatusUnprocessableEntity, req, "Nobody by that name can sign in here. Please pick a person from the list.")
		return
	}
	if key, _, signedIn := p.currentLogin(r); signedIn {
		p.logins.remove(key)
	}
	l := login{person: person, sid: rand.Text(), at: p.now(), acr: req.way()}
	http.SetCookie(w, &http.Cookie{
		Name: p.cookie, Value: p.logins.put(l), Path: p.prefix + "/", MaxAge: int(loginLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	p.sendCode(w, r, req, l)
}

// readAuthRequest reads the query. When it is not usable it answers, and returns false: with a page as long as the
// redirect address is not known to be the client's, with a redirect after that.
func (p *Provider) readAuthRequest(w http.ResponseWriter, r *http.Request) (authRequest, bool) {
	if len(r.URL.RawQuery) > maxProviderQuery {
		p.showProblem(w, http.StatusRequestURITooLong, "The sign-in request is too long.")
		return authRequest{}, false
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || hasRepeats(q) {
		p.showProblem(w, http.StatusBadRequest, "The sign-in request cannot be read, or has a parameter twice.")
		return authRequest{}, false
	}
	if q.Get("client_id") != p.client.ID {
		p.showProblem(w, http.StatusBadRequest, "The application that sent you here is not registered.")
		return authRequest{}, false
	}
	if !slices.Contains(p.client.RedirectURIs, q.Get("redirect_uri")) {
		p.showProblem(w, http.StatusBadRequest, "The address to return to is not registered for this application.")
		return authRequest{}, false
	}
	req := authRequest{redirect: q.Get("redirect_uri"), state: q.Get("state"), maxAge: -1}
	if wrong := req.fill(q); wrong != nil {
		p.sendBack(w, r, req, url.Values{"error": {wrong.code}, "error_description": {wrong.description}})
		return authRequest{}, false
	}
	return req, true
}

func (req *authRequest) fill(q url.Values) *oauthError {
	req.scopes = strings.Fields(q.Get("scope"))
	req.nonce = q.Get("nonce")
	req.challenge = q.Get("code_challenge")
	req.prompt = strings.Fields(q.Get("prompt"))
	req.hint = q.Get("login_hint")
	switch {
	case q.Has("request"):
		return &oauthError{"request_not_supported", "request objects are not supported"}
	case q.Has("request_uri"):
		return &oauthError{"request_uri_not_supported", "request objects are not supported"}
	case q.Get("response_type") != "code":
		return &oauthError{"unsupported_response_type", "response_type must be code"}
	case q.Has("response_mode") && q.Get("response_mode") != "query":
		return &oauthError{"invalid_request", "response_mode must be query"}
	case !slices.Contains(req.scopes, "openid"):
		return &oauthError{"invalid_scope", "scope must contain openid"}
	case q.Get("code_challenge_method") != "S256" || !challengePattern.MatchString(req.challenge):
		return &oauthError{"invalid_request", "PKCE with S256 is required"}
	case slices.Contains(req.prompt, "none") && len(req.prompt) > 1:
		return &oauthError{"invalid_request", "prompt none goes with no other"}
	}
	req.acr = strings.Fields(q.Get("acr_values"))
	if !q.Has("max_age") {
		return nil
	}
	seconds, err := strconv.ParseUint(q.Get("max_age"), 10, 31)
	if err != nil {
		return &oauthError{"invalid_request", "max_age must be a number of seconds"}
	}
	req.maxAge = time.Duration(seconds) * time.Second
	return nil
}

// The ways of signing in (acr) that the demo claims to have. They do not differ: nobody proves anything here.
const (
	acrBasic  = "demo:basic"
	acrStrong = "demo:strong"
)

// way is the one in which somebody signs in who was asked to: the first that we know of those asked for.
func (req *authRequest) way() string {
	for _, acr := range req.acr {
		if acr == acrBasic || acr == acrStrong {
			return acr
		}
	}
	return acrBasic
}

func (p *Provider) sendCode(w http.ResponseWriter, r *http.Request, req authRequest, l login) {
	code := p.codes.put(&codeGrant{login: l, request: req})
	p.sendBack(w, r, req, url.Values{"code": {code}})
}

func (p *Provider) sendBack(w http.ResponseWriter, r *http.Request, req authRequest, answer url.Values) {
	if req.state != "" {
		answer.Set("state", req.state)
	}
	answer.Set("iss", p.issuer)
	http.Redirect(w, r, withQuery(req.redirect, answer), http.StatusSeeOther)
}

// withQuery adds parameters to an address that may have some already.
func withQuery(address string, more url.Values) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + more.Encode()
}

func hasRepeats(v url.Values) bool {
	for _, values := range v {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

func (p *Provider) currentLogin(r *http.Request) (key string, l login, ok bool) {
	c, err := r.Cookie(p.cookie)
	if err != nil {
		return "", login{}, false
	}
	l, ok = p.logins.get(c.Value)
	return c.Value, l, ok
}

// providerCookie names the cookie after the issuer: browsers share cookies between the ports of a host, and two
// demos on one machine must not sign each other out.
func providerCookie(issuer string) string {
	sum := sha256.Sum256([]byte(issuer))
	return "slipway_demo_sign_in_" + hex.EncodeToString(sum[:4])
}
