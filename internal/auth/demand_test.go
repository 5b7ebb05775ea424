package auth_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/slipway-prr/slipway/internal/auth"
)

// The provider is asked for what a decision demands, and believed only as far as
// its signed token goes.
func TestDemands(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	client := newClient(t, f.issuer, forgerOrigin, nil)
	now := time.Now().Unix()
	recent := auth.Demand{MaxAge: 10 * time.Minute}
	strong := auth.Demand{ACR: []string{"gold", "silver"}}
	cases := []struct {
		name   string
		demand auth.Demand
		claims map[string]any
		want   error
	}{
		{"nothing demanded, nothing said", auth.Demand{}, nil, nil},
		{"nothing demanded, long ago", auth.Demand{}, map[string]any{"auth_time": now - 90_000}, nil},
		{"just now", recent, map[string]any{"auth_time": now}, nil},
		{"within", recent, map[string]any{"auth_time": now - 500}, nil},
		{"too long ago", recent, map[string]any{"auth_time": now - 700}, auth.ErrNotFresh},
		{"in the future", recent, map[string]any{"auth_time": now + 700}, auth.ErrNotFresh},
		{"not said", recent, nil, auth.ErrNoAuthTime},
		{"not a time", recent, map[string]any{"auth_time": "now"}, auth.ErrNoAuthTime},
		{"one of the ways", strong, map[string]any{"acr": "silver"}, nil},
		{"another way", strong, map[string]any{"acr": "bronze"}, auth.ErrWeak},
		{"in other letters", strong, map[string]any{"acr": "Gold"}, auth.ErrWeak},
		{"no way", strong, nil, auth.ErrWeak},
		{"both, one missing", auth.Demand{MaxAge: time.Minute, ACR: strong.ACR}, map[string]any{"auth_time": now}, auth.ErrWeak},
	}
	// What userinfo says of it does not count: nobody has signed that.
	f.set(func() { f.userinfo = map[string]any{"sub": "person-1", "auth_time": now, "acr": "gold"} })
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			redirect, flow, err := client.Begin(t.Context(), "/", c.demand)
			if err != nil {
				t.Fatal(err)
			}
			checkAsked(t, redirect, c.demand)
			claims := mergeClaims(mergeClaims(f.claims(flow.Nonce), map[string]any{"groups": nil}), c.claims)
			token := sign(t, jose.RS256, f.key, "JWT", claims)
			f.set(func() { f.idToken = token })
			id, err := client.Finish(t.Context(), flow, url.Values{"state": {flow.State}, "code": {"code"}})
			if c.want != nil {
				wantOnly(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if acr, _ := c.claims["acr"].(string); id.ACR != acr {
				t.Errorf("acr %q, want %q", id.ACR, acr)
			}
		})
	}
}

func checkAsked(t *testing.T, redirect string, d auth.Demand) {
	t.Helper()
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	q, want := u.Query(), url.Values{}
	if !d.IsZero() {
		want.Set("prompt", "login")
	}
	if d.MaxAge > 0 {
		want.Set("max_age", map[time.Duration]string{time.Minute: "60", 10 * time.Minute: "600"}[d.MaxAge])
	}
	if len(d.ACR) > 0 {
		want.Set("acr_values", "gold silver")
	}
	for _, name := range []string{"prompt", "max_age", "acr_values"} {
		if q.Has(name) != want.Has(name) || q.Get(name) != want.Get(name) {
			t.Errorf("%s = %q, want %q", name, q.Get(name), want.Get(name))
		}
	}
}

// Real providers ask somebody who has signed in again, and say when that was.
func TestRealProvidersMeetDemands(t *testing.T) {
	t.Parallel()
	for _, real := range realProviders() {
		t.Run(real.name, func(t *testing.T) {
			t.Parallel()
			rp := newRelyingParty(t)
			client := newClient(t, real.start(t, rp), rp.origin, nil)
			b := newBrowser(t)
			redirect, _ := begin(t, client, "/")
			b.signIn(t, rp, redirect, "omar")
			redirect, flow, err := client.Begin(t.Context(), "/", auth.Demand{MaxAge: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			id, err := client.Finish(t.Context(), flow, b.signIn(t, rp, redirect, "omar")) // fails where no list of people comes up
			if err != nil || id.AuthTime.IsZero() {
				t.Errorf("identity = %+v, %v", id, err)
			}
		})
	}
}
