package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/slipway-prr/slipway/internal/auth"
)

const (
	forgerOrigin = "http://127.0.0.1:1"
	accessToken  = "access-token"
)

// forger is a provider that answers with whatever a test tells it to. It announces algorithms that must not be taken.
type forger struct {
	issuer string
	key    *rsa.PrivateKey

	mu       sync.Mutex
	idToken  string
	metadata map[string]any
	down     map[string]bool // paths that answer 503
	userinfo map[string]any  // nil: 403
	refuse   bool            // the token endpoint knows no code
	asked    []tokenRequest
}

// tokenRequest is what the token endpoint saw of the client's secret.
type tokenRequest struct{ header, form string }

func newForger(t *testing.T) *forger {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f := &forger{key: key, down: map[string]bool{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.issuer = server.URL
	f.metadata = map[string]any{
		"issuer": f.issuer, "authorization_endpoint": f.issuer + "/authorize", "token_endpoint": f.issuer + "/token",
		"jwks_uri": f.issuer + "/jwks", "userinfo_endpoint": f.issuer + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"},
	}
	return f
}

func (f *forger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down[r.URL.Path] {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = f.metadata
	case "/jwks":
		// The second key is a blunder that must not matter: with it, whoever knows the client secret could sign.
		answer = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
			{Key: f.key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"},
			{Key: hmacKey(), KeyID: "k"},
		}}
	case "/token":
		_, inHeader, _ := r.BasicAuth()
		f.asked = append(f.asked, tokenRequest{header: inHeader, form: r.PostFormValue("client_secret")})
		if f.refuse {
			w.WriteHeader(http.StatusBadRequest)
			answer = map[string]any{"error": "invalid_grant"}
			break
		}
		answer = map[string]any{"access_token": accessToken, "token_type": "Bearer", "expires_in": 60, "id_token": f.idToken}
	case "/userinfo":
		if f.userinfo == nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		answer = f.userinfo
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (f *forger) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// finish lets the forger answer with token and runs the rest of a sign-in.
func (f *forger) finish(t *testing.T, client *auth.Client, make func(nonce string) string) (auth.Identity, error) {
	t.Helper()
	_, flow := begin(t, client, "/")
	token := make(flow.Nonce)
	f.set(func() { f.idToken = token })
	return client.Finish(t.Context(), flow, url.Values{"state": {flow.State}, "code": {"code"}})
}

func (f *forger) claims(nonce string) map[string]any {
	now := time.Now().Unix()
	half := sha256.Sum256([]byte(accessToken))
	return map[string]any{
		"iss": f.issuer, "aud": clientID, "sub": "person-1", "iat": now, "exp": now + 300, "nonce": nonce,
		"at_hash": base64.RawURLEncoding.EncodeToString(half[:16]), "name": "Some Person", "groups": []string{"b", "a", "b"},
	}
}

func (f *forger) logoutClaims() map[string]any {
	now := time.Now().Unix()
	return map[string]any{
		"iss": f.issuer, "aud": clientID, "sub": "person-1", "sid": "session-1", "iat": now, "exp": now + 120, "jti": "id-1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, typ string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithHeader("kid", "k")
	if typ != "" {
		options = options.WithType(jose.ContentType(typ))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// unsigned makes a token with algorithm none.
func unsigned(t *testing.T, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none","kid":"k"}`)) + "." + enc(body) + "."
}

// hmacKey is the client secret, which both sides know.
func hmacKey() []byte { return []byte(clientSecret) }

func TestForgedIDTokens(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	// with signs rightly what has been changed.
	with := func(change func(map[string]any)) func(*testing.T, map[string]any) string {
		return func(t *testing.T, c map[string]any) string {
			change(c)
			return sign(t, jose.RS256, f.key, "JWT", c)
		}
	}
	hour := int64(3600)
	cases := []struct {
		name string
		make func(*testing.T, map[string]any) string
		want error
	}{
		{"as it should be", with(func(map[string]any) {}), nil},
		{"an access token by its type", func(t *testing.T, c map[string]any) string { return sign(t, jose.RS256, f.key, "at+jwt", c) }, auth.ErrMalformed},
		{"a logout token by its type", func(t *testing.T, c map[string]any) string { return sign(t, jose.RS256, f.key, "logout+jwt", c) }, auth.ErrMalformed},
		{"without a type", func(t *testing.T, c map[string]any) string { return sign(t, jose.RS256, f.key, "", c) }, nil},
		{"algorithm none", unsigned, auth.ErrSignature},
		{"HS256 with the client secret", func(t *testing.T, c map[string]any) string { return sign(t, jose.HS256, hmacKey(), "JWT", c) }, auth.ErrSignature},
		{"foreign key", func(t *testing.T, c map[string]any) string { return sign(t, jose.RS256, foreign, "JWT", c) }, auth.ErrSignature},
		{"changed after signing", func(t *testing.T, c map[string]any) string {
			parts := strings.Split(sign(t, jose.RS256, f.key, "JWT", c), ".")
			c["sub"] = "person-2"
			return parts[0] + "." + strings.Split(unsigned(t, c), ".")[1] + "." + parts[2]
		}, auth.ErrSignature},
		{"not a token", func(*testing.T, map[string]any) string { return "x.y.z" }, auth.ErrSignature},
		{"no token", func(*testing.T, map[string]any) string { return "" }, auth.ErrMalformed},
		{"endless", func(*testing.T, map[string]any) string { return strings.Repeat("a", 70<<10) }, auth.ErrMalformed},
		{"wrong issuer", with(func(c map[string]any) { c["iss"] = "https://other.example" }), auth.ErrIssuer},
		{"issuer with a slash more", with(func(c map[string]any) { c["iss"] = f.issuer + "/" }), auth.ErrIssuer},
		{"wrong audience", with(func(c map[string]any) { c["aud"] = "other" }), auth.ErrAudience},
		{"no audience", with(func(c map[string]any) { delete(c, "aud") }), auth.ErrAudience},
		{"two audiences, no azp", with(func(c map[string]any) { c["aud"] = []string{clientID, "other"} }), auth.ErrAudience},
		{"azp is another", with(func(c map[string]any) { c["aud"] = []string{clientID, "other"}; c["azp"] = "other" }), auth.ErrAudience},
		{"two audiences, azp is us", with(func(c map[string]any) { c["aud"] = []string{clientID, "other"}; c["azp"] = clientID }), nil},
		{"azp is no text", with(func(c map[string]any) { c["azp"] = 7 }), auth.ErrMalformed},
		{"expired", with(func(c map[string]any) { c["exp"] = time.Now().Unix() - 5 }), auth.ErrExpired},
		{"no expiry", with(func(c map[string]any) { delete(c, "exp") }), auth.ErrExpired},
		{"from the future", with(func(c map[string]any) { c["iat"] = time.Now().Unix() + hour }), auth.ErrStale},
		{"no time of issue", with(func(c map[string]any) { delete(c, "iat") }), auth.ErrMalformed},
		{"not valid yet", with(func(c map[string]any) { c["nbf"] = time.Now().Unix() + hour }), auth.ErrMalformed},
		{"wrong nonce", with(func(c map[string]any) { c["nonce"] = "other" }), auth.ErrNonce},
		{"no nonce", with(func(c map[string]any) { delete(c, "nonce") }), auth.ErrNonce},
		{"other access token", with(func(c map[string]any) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }), auth.ErrAccessTokenHash},
		{"no access token hash", with(func(c map[string]any) { delete(c, "at_hash") }), nil},
		{"no subject", with(func(c map[string]any) { delete(c, "sub") }), auth.ErrMalformed},
		{"subject too long", with(func(c map[string]any) { c["sub"] = strings.Repeat("s", 256) }), auth.ErrMalformed},
		{"subject with NUL", with(func(c map[string]any) { c["sub"] = "a\x00b" }), auth.ErrMalformed},
		{"session id with a line end", with(func(c map[string]any) { c["sid"] = "a\nb" }), auth.ErrMalformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id, err := f.finish(t, client, func(nonce string) string { return c.make(t, f.claims(nonce)) })
			if c.want != nil {
				wantOnly(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if id.Subject != "person-1" || !id.GroupsKnown || !reflect.DeepEqual(id.Groups, []string{"a", "b"}) {
				t.Errorf("identity = %+v", id)
			}
		})
	}
}

func TestForgedLogoutTokens(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	typed := func(typ string, change func(map[string]any)) func(*testing.T, map[string]any) string {
		return func(t *testing.T, c map[string]any) string {
			change(c)
			return sign(t, jose.RS256, f.key, typ, c)
		}
	}
	with := func(change func(map[string]any)) func(*testing.T, map[string]any) string {
		return typed("logout+jwt", change)
	}
	same := func(map[string]any) {}
	now := time.Now().Unix()
	cases := []struct {
		name string
		make func(*testing.T, map[string]any) string
		want error
	}{
		{"as it should be", with(same), nil},
		{"without a type", typed("", same), nil},
		{"of the plain type", typed("JWT", same), nil},
		{"only a subject", with(func(c map[string]any) { delete(c, "sid") }), nil},
		{"only a session", with(func(c map[string]any) { delete(c, "sub") }), nil},
		{"of another type", typed("at+jwt", same), auth.ErrLogoutEvent},
		{"empty", func(*testing.T, map[string]any) string { return "" }, auth.ErrMalformed},
		{"algorithm none", unsigned, auth.ErrSignature},
		{"HS256 with the client secret", func(t *testing.T, c map[string]any) string { return sign(t, jose.HS256, hmacKey(), "logout+jwt", c) }, auth.ErrSignature},
		{"foreign key", func(t *testing.T, c map[string]any) string { return sign(t, jose.RS256, foreign, "logout+jwt", c) }, auth.ErrSignature},
		{"with a nonce", with(func(c map[string]any) { c["nonce"] = "n" }), auth.ErrLogoutNonce},
		{"with an empty nonce", with(func(c map[string]any) { c["nonce"] = nil }), auth.ErrLogoutNonce},
		{"without events", with(func(c map[string]any) { delete(c, "events") }), auth.ErrLogoutEvent},
		{"with another event", with(func(c map[string]any) { c["events"] = map[string]any{"https://other.example": map[string]any{}} }), auth.ErrLogoutEvent},
		{"with an event that is no object", with(func(c map[string]any) {
			c["events"] = map[string]any{"http://schemas.openid.net/event/backchannel-logout": nil}
		}), auth.ErrLogoutEvent},
		{"wrong audience", with(func(c map[string]any) { c["aud"] = "other" }), auth.ErrAudience},
		{"wrong issuer", with(func(c map[string]any) { c["iss"] = "https://other.example" }), auth.ErrIssuer},
		{"expired", with(func(c map[string]any) { c["exp"] = now - 5 }), auth.ErrExpired},
		{"stale", with(func(c map[string]any) { c["iat"] = now - 3600; c["exp"] = now + 3600 }), auth.ErrStale},
		{"from the future", with(func(c map[string]any) { c["iat"] = now + 3600; c["exp"] = now + 7200 }), auth.ErrStale},
		{"without time of issue", with(func(c map[string]any) { delete(c, "iat") }), auth.ErrMalformed},
		{"without expiry", with(func(c map[string]any) { delete(c, "exp") }), auth.ErrMalformed},
		{"without id", with(func(c map[string]any) { delete(c, "jti") }), auth.ErrMalformed},
		{"with an endless id", with(func(c map[string]any) { c["jti"] = strings.Repeat("j", 300) }), auth.ErrMalformed},
		{"about nobody", with(func(c map[string]any) { delete(c, "sub"); delete(c, "sid") }), auth.ErrMalformed},
		{"session id with NUL", with(func(c map[string]any) { c["sid"] = "a\x00" }), auth.ErrMalformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			notice, err := client.VerifyLogout(t.Context(), c.make(t, f.logoutClaims()))
			if c.want != nil {
				wantOnly(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if notice.ID != "id-1" || notice.Subject+notice.SessionID == "" || !notice.Expires.After(notice.IssuedAt) {
				t.Errorf("notice = %+v", notice)
			}
		})
	}
}

// TestLogoutNoticeIsForgottenSoon: however far off the expiry, the id need not be kept longer than ten minutes.
func TestLogoutNoticeIsForgottenSoon(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	c := f.logoutClaims()
	c["exp"] = time.Now().Add(1000 * time.Hour).Unix()
	notice, err := client.VerifyLogout(t.Context(), sign(t, jose.RS256, f.key, "logout+jwt", c))
	if err != nil {
		t.Fatal(err)
	}
	if d := notice.Expires.Sub(notice.IssuedAt); d != 10*time.Minute {
		t.Errorf("to be remembered for %s", d)
	}
}

func TestGroupsFailClosed(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	many := make([]string, 1001)
	for i := range many {
		many[i] = "g"
	}
	elsewhere := map[string]any{
		"_claim_names":   map[string]any{"groups": "src1"},
		"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/me/groups"}},
	}
	cases := []struct {
		name   string
		claims map[string]any // nil value: claim removed
		gap    auth.GroupsGap
		want   []string
	}{
		{"missing, and userinfo fails", map[string]any{"groups": nil}, auth.GroupsFailed, nil},
		{"overflow: kept elsewhere", mergeClaims(elsewhere, map[string]any{"groups": nil}), auth.GroupsElsewhere, nil},
		{"overflow: some here, the rest elsewhere", mergeClaims(elsewhere, map[string]any{"groups": []string{"slipway-admins"}}), auth.GroupsElsewhere, nil},
		{"overflow: hasgroups", map[string]any{"groups": []string{"slipway-admins"}, "hasgroups": true}, auth.GroupsElsewhere, nil},
		{"overflow: hasgroups as text", map[string]any{"groups": nil, "hasgroups": "true"}, auth.GroupsElsewhere, nil},
		{"too many", map[string]any{"groups": many}, auth.GroupsTooMany, nil},
		{"too long", map[string]any{"groups": []string{strings.Repeat("g", 300)}}, auth.GroupsUnreadable, nil},
		{"not text", map[string]any{"groups": []any{"slipway-admins", 7}}, auth.GroupsUnreadable, nil},
		{"an object", map[string]any{"groups": map[string]any{"slipway-admins": true}}, auth.GroupsUnreadable, nil},
		{"with NUL", map[string]any{"groups": []string{"slipway-admins\x00"}}, auth.GroupsUnreadable, nil},
		{"turned around", map[string]any{"groups": []string{"\u202eslipway-admins"}}, auth.GroupsUnreadable, nil},
		{"an empty name", map[string]any{"groups": []string{""}}, auth.GroupsUnreadable, nil},
		{"none", map[string]any{"groups": []string{}}, "", []string{}},
		{"a single one", map[string]any{"groups": "slipway-admins"}, "", []string{"slipway-admins"}},
		{"hasgroups says no", map[string]any{"groups": []string{"a"}, "hasgroups": false}, "", []string{"a"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id, err := f.finish(t, client, func(nonce string) string {
				return sign(t, jose.RS256, f.key, "JWT", mergeClaims(f.claims(nonce), c.claims))
			})
			if err != nil {
				t.Fatal(err)
			}
			if id.GroupsKnown != (c.gap == "") || id.GroupsGap != c.gap || !reflect.DeepEqual(id.Groups, c.want) {
				t.Errorf("groups = %q, gap = %q", id.Groups, id.GroupsGap)
			}
		})
	}
}

// mergeClaims lays b over a; nil in b removes.
func mergeClaims(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	for k, v := range b {
		if v == nil {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}

func TestUserinfo(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	thin := func(nonce string) string {
		return sign(t, jose.RS256, f.key, "JWT", mergeClaims(f.claims(nonce), map[string]any{"groups": nil}))
	}
	t.Run("adds, and replaces nothing", func(t *testing.T) {
		f.set(func() {
			f.userinfo = map[string]any{"sub": "person-1", "groups": []string{"g"}, "name": "Other Name", "email": "p@slipway.example"}
		})
		id, err := f.finish(t, client, thin)
		if err != nil {
			t.Fatal(err)
		}
		if !id.GroupsKnown || !reflect.DeepEqual(id.Groups, []string{"g"}) || id.Name != "Some Person" || id.Email != "p@slipway.example" {
			t.Errorf("identity = %+v", id)
		}
	})
	t.Run("about somebody else", func(t *testing.T) {
		f.set(func() { f.userinfo = map[string]any{"sub": "person-2", "groups": []string{"slipway-admins"}} })
		_, err := f.finish(t, client, thin)
		wantOnly(t, err, auth.ErrMalformed)
	})
	t.Run("knows no groups either", func(t *testing.T) {
		f.set(func() { f.userinfo = map[string]any{"sub": "person-1"} })
		id, err := f.finish(t, client, thin)
		if err != nil || id.GroupsKnown || id.GroupsGap != auth.GroupsMissing {
			t.Errorf("identity = %+v, %v", id, err)
		}
	})
	t.Run("overflows too", func(t *testing.T) {
		f.set(func() {
			f.userinfo = map[string]any{"sub": "person-1", "groups": []string{"slipway-admins"}, "hasgroups": true}
		})
		id, err := f.finish(t, client, thin)
		if err != nil || id.GroupsKnown || id.Groups != nil {
			t.Errorf("identity = %+v, %v", id, err)
		}
	})
}

func TestGroupsClaimCanHaveAnotherName(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, func(c *auth.Config) { c.GroupsClaim = "https://slipway.example/roles" })
	id, err := f.finish(t, client, func(nonce string) string {
		return sign(t, jose.RS256, f.key, "JWT", mergeClaims(f.claims(nonce), map[string]any{"https://slipway.example/roles": []string{"r"}}))
	})
	if err != nil || !reflect.DeepEqual(id.Groups, []string{"r"}) {
		t.Errorf("groups = %q, %v", id.Groups, err)
	}
}

func TestNamesAndAddresses(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	cases := []struct {
		name        string
		claims      map[string]any
		want, email string
	}{
		{"plain", map[string]any{"name": "Inês Duarte", "email": "ines@slipway.example"}, "Inês Duarte", "ines@slipway.example"},
		{"blanks", map[string]any{"name": " \t Mei\u00a0\n Chen "}, "Mei Chen", ""},
		{"turned around", map[string]any{"name": "Ada\u202e\u2066 nimda", "email": "a\u202eb@slipway.example"}, "Ada nimda", ""},
		{"control characters", map[string]any{"name": "A\x00d\x1ba\u0085"}, "Ada", ""},
		{"only invisible", map[string]any{"name": "\u200b\u2060\u200d", "preferred_username": "ada"}, "ada", ""},
		{"joiners inside words", map[string]any{"name": "می\u200cخواهم"}, "می\u200cخواهم", ""},
		{"in two parts", map[string]any{"name": nil, "given_name": "Ada", "family_name": "Lindqvist"}, "Ada Lindqvist", ""},
		{"only an address", map[string]any{"name": nil, "email": "ada@slipway.example"}, "ada@slipway.example", "ada@slipway.example"},
		{"nothing at all", map[string]any{"name": nil}, "person-1", ""},
		{"not text", map[string]any{"name": []int{1}, "email": 7}, "person-1", ""},
		{"endless", map[string]any{"name": strings.Repeat("å", 5000), "email": strings.Repeat("a", 250) + "@slipway.example"}, strings.Repeat("å", 120), ""},
		{"unverified address", map[string]any{"email": "boss@slipway.example", "email_verified": false}, "Some Person", ""},
		{"unverified address as text", map[string]any{"email": "boss@slipway.example", "email_verified": "false"}, "Some Person", ""},
		{"address in brackets", map[string]any{"email": "Boss <boss@slipway.example>"}, "Some Person", ""},
		{"two ats", map[string]any{"email": "a@b@c"}, "Some Person", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id, err := f.finish(t, client, func(nonce string) string {
				return sign(t, jose.RS256, f.key, "JWT", mergeClaims(f.claims(nonce), c.claims))
			})
			if err != nil {
				t.Fatal(err)
			}
			if id.Name != c.want || id.Email != c.email {
				t.Errorf("name = %q, email = %q", id.Name, id.Email)
			}
		})
	}
}
