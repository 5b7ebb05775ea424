package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// signing is a gate that waits for the product seat, and the form with which
// somebody signs it.
func (f *fixture) signing(key string) (review.ProjectKey, plan.StageKey, url.Values) {
	f.t.Helper()
	p, sk := f.create(key), f.tmpl.Stages[0].Key
	f.fill("owner", p, sk)
	f.requestSignOff("owner", p, sk)
	var digest review.Digest
	f.change("owner", p, sk, func(r *review.Review, _ review.Actor, _ time.Time) error {
		digest = r.Digest(r.Stage(sk))
		return nil
	})
	return p, sk, url.Values{"seat": {"product"}, "decision": {"go"}, "note": {"Looks right to me."}, "condition-text-1": {""}, "seen": {"7"}, "digest": {string(digest)}}
}

// form is the form of a page that has an action, as a browser would send it.
func (v visit) form(t *testing.T, action string) url.Values {
	t.Helper()
	out := url.Values{}
	for _, in := range v.find(t, `form[method=post][action="`+action+`"] [name]`).EachIter() {
		name := in.AttrOr("name", "")
		if in.Is("textarea") {
			out.Add(name, in.Text())
		} else {
			out.Add(name, in.AttrOr("value", ""))
		}
	}
	return out
}

// again signs somebody in again from a page that asks for it, and returns what
// the callback answers.
func (s surfer) signInAgain(v visit, person string) visit {
	s.t.Helper()
	link := v.find(s.t, `main a[target=_blank]`).AttrOr("href", "")
	login := s.get(link).want(s.t, 200)
	authorize := s.post(page.LoginURL, login.form(s.t, page.LoginURL)).to(s.t)
	if authorize = s.c.issuer + strings.TrimPrefix(authorize, s.c.issuer); s.get(authorize).StatusCode != 200 {
		s.t.Fatal("the provider asks for nothing")
	}
	return s.get(s.post(authorize, url.Values{"person": {person}}).to(s.t))
}

// signedInAgo makes the last sign-in of everybody older.
func (c *company) signedInAgo(ago string) {
	c.t.Helper()
	db, err := pgx.Connect(c.t.Context(), c.db.OwnerURL)
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close(c.t.Context())
	if _, err := db.Exec(c.t.Context(), `update session set auth_time = now() - $1::interval`, ago); err != nil {
		c.t.Fatal(err)
	}
}

// A decision asks for a recent sign-in; after it, the same form goes through.
func TestDecisionsNeedARecentSignIn(t *testing.T) {
	c, _ := newCompany(t, false, func(_ *auth.Config, cfg *Config) { cfg.Signing.MaxAge = time.Hour })
	p, sk, form := c.signing("payments")
	b := c.surf(t)
	b.signIn("tom", "/")
	c.signedInAgo("2 hours")
	before := c.seq(p)
	sign, item := page.GateURL(p, sk)+"/sign", c.tmpl.Stages[0].Items[0].Key

	asked := b.post(sign, form).want(t, 401)
	kept := asked.form(t, sign)
	for name := range form {
		if !slices.Equal(kept[name], form[name]) {
			t.Errorf("%s: %q is kept of %q", name, kept[name], form[name])
		}
	}
	if n := asked.find(t, "main textarea").Length(); n != 1 {
		t.Errorf("%d texts are shown, of which one was typed", n)
	}
	if said := asked.find(t, "main dl").Text(); strings.Contains(said, "Seen") || !strings.Contains(said, "Approved") || !strings.Contains(said, "Product") {
		t.Errorf("choices are shown as %q", said)
	}
	if !strings.Contains(asked.body, "Tom Okafor") || !strings.Contains(asked.body, "Sign in again to decide") {
		t.Errorf("page: %s", asked.body)
	}
	for address, decision := range map[string]url.Values{
		page.GateURL(p, sk) + "/break-glass":            {"reason": {"The site is down."}, "review-due": {"2030-01-01"}},
		page.GateURL(p, sk) + "/findings/1/accept":      {"seen": {"7"}},
		page.GateURL(p, sk) + "/conditions/1/confirm":   {"seen": {"7"}},
		page.GateURL(p, sk) + "/conditions/1/release":   {"reason": {"Not needed."}},
		page.GateURL(p, sk) + "/retrospective/1":        {"note": {"It was right."}},
		"/waivers/payments." + string(sk) + ".1/grant":  {"reason": {"Fine"}},
		"/waivers/payments." + string(sk) + ".1/extend": {"reason": {"Fine"}, "until": {"2030-01-01"}},
		page.ApproveURL(p, sk, item):                    {"version": {"1"}},
		page.RetractionURL(p):                           {"do": {"approve"}, "shown": {"7"}},
		page.ConfirmAnswersURL(p):                       {"shown": {"7"}},
	} {
		got := b.post(address, decision).want(t, 401).form(t, address)
		for name := range decision {
			if got.Get(name) != decision.Get(name) {
				t.Errorf("%s keeps %v", address, got)
			}
		}
	}
	more := url.Values{"more": {"3"}}
	b.post(sign, more).want(t, 200)                                                                             // no decision
	b.post(page.RetractionURL(p), url.Values{"do": {"refuse"}, "reason": {"No."}, "shown": {"7"}}).want(t, 303) // which permits nothing
	b.get(page.GateURL(p, sk)).want(t, 200)
	if c.seq(p) != before {
		t.Fatal("something was recorded")
	}

	if to := b.signInAgain(asked, "tom").to(t); to != page.ReadinessURL {
		t.Errorf("lands at %s", to)
	}
	if to := b.post(sign, kept).to(t); to != page.GateURL(p, sk) || c.seq(p) == before {
		t.Errorf("not recorded; leads to %s", to)
	}
	c.surf(t).post(sign, form).want(t, 401) // nobody has signed in
}

// Whoever signs in where somebody else was asked to do so again neither sends nor
// reads what the other typed, however good their own sign-in is.
func TestAKeptDecisionIsSentByItsWriterOnly(t *testing.T) {
	c, _ := newCompany(t, false, func(_ *auth.Config, cfg *Config) { cfg.Signing.MaxAge = time.Hour })
	p, sk, form := c.signing("payments")
	b := c.surf(t)
	b.signIn("tom", "/")
	c.signedInAgo("2 hours")
	sign := page.GateURL(p, sk) + "/sign"
	waiver := "/waivers/payments." + string(sk) + ".1/grant"
	asked := b.post(sign, form).want(t, 401)
	kept := map[string]url.Values{sign: asked.form(t, sign)}
	kept[waiver] = b.post(waiver, url.Values{"reason": {form.Get("note")}}).want(t, 401).form(t, waiver)
	before := c.seq(p)
	b.signInAgain(asked, "hana").to(t)
	for _, ago := range []string{"0 hours", "2 hours"} {
		c.signedInAgo(ago)
		for action, typed := range kept {
			got := b.post(action, typed).want(t, 403)
			if strings.Contains(got.body, form.Get("note")) || got.find(t, "main form").Length() != 0 {
				t.Errorf("%s, signed in %s ago: shows what somebody else typed: %s", action, ago, got.body)
			}
			if !strings.Contains(got.body, "Nothing was sent") || got.find(t, `main a[href="`+page.ProjectURL(p)+`"]`).Length() != 1 {
				t.Errorf("%s: page: %s", action, got.body)
			}
		}
	}
	if c.seq(p) != before {
		t.Error("a decision of somebody else was recorded")
	}
}

// So it is with a form that arrived after its session had ended, as long as that
// says whose it was.
func TestAFormOfAnEndedSessionIsSentByItsWriterOnly(t *testing.T) {
	c, _ := newCompany(t, false)
	p, sk, _ := c.signing("payments")
	comment := page.ItemURL(p, sk, c.tmpl.Stages[0].Items[0].Key) + "/comments"
	typed := url.Values{"text": {"Only Tom knows this."}, "once": {"abc"}}
	db, err := pgx.Connect(t.Context(), c.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	sql := func(statement string) func() {
		return func() {
			if _, err := db.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	ended := func(end func()) visit {
		t.Helper()
		b := c.surf(t)
		b.signIn("tom", "/")
		end()
		if err := c.Store.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := b.post(comment, typed).want(t, 401)
		kept := asked.form(t, comment)
		before := c.seq(p)
		b.signIn("hana", "/")
		got := b.post(comment, kept)
		if !kept.Has(page.TypedBy) {
			return got
		}
		got.want(t, 403)
		if strings.Contains(got.body, typed.Get("text")) || !strings.Contains(got.body, "Nothing was sent") {
			t.Errorf("page: %s", got.body)
		}
		if c.seq(p) != before {
			t.Error("what somebody else typed was recorded")
		}
		tom := c.surf(t)
		tom.signIn("tom", "/")
		tom.post(comment, kept).want(t, 303)
		return got
	}
	for name, end := range map[string]func(){
		"ran out": sql(`update session set expires_at = now() - interval '1 hour'`),
		"unused":  sql(`update session set seen_at = now() - interval '20 hours'`),
		"ended by the provider": func() {
			notice := store.LogoutNotice{ID: "ended", Expires: time.Now().Add(time.Minute)}
			err := db.QueryRow(t.Context(), `select s.issuer, p.subject from session s join person p on p.id = s.person_id order by s.created_at desc limit 1`).
				Scan(&notice.Issuer, &notice.Subject)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := c.Store.EndSessions(t.Context(), notice); err != nil || n == 0 {
				t.Fatalf("%d sessions ended: %v", n, err)
			}
		},
		"ended in another browser": func() {
			other := c.surf(t)
			other.signIn("tom", "/")
			other.post("/account/sessions/end-others", nil).want(t, 303)
		},
	} {
		if ended(end).StatusCode != 403 {
			t.Errorf("%s: sent by somebody else", name)
		}
	}
	for _, statement := range []string{`delete from session`, `update session set expires_at = now() - interval '2 days'`} {
		ended(sql(statement)).want(t, 303) // nobody knows any more whose it was
	}
}

// A decision asks for a strong way of signing in; a provider that gives none is
// explained, and the session stays.
func TestDecisionsNeedAStrongSignIn(t *testing.T) {
	accepted := []string{"demo:strong"}
	c, _ := newCompany(t, false, func(_ *auth.Config, cfg *Config) { cfg.Signing.ACR = accepted })
	p, sk, form := c.signing("payments")
	b := c.surf(t)
	b.signIn("tom", "/")
	sign := page.GateURL(p, sk) + "/sign"
	asked := b.post(sign, form).want(t, 401)

	c.Signing.ACR = []string{"gold"}
	failed := b.signInAgain(asked, "tom").want(t, 403)
	if got := failed.find(t, "h1").Text(); got != "You cannot decide yet" {
		t.Errorf("heading %q", got)
	}
	if to := failed.find(t, "main a.btn").AttrOr("href", ""); to != page.LoginAgain(page.ReadinessURL) {
		t.Errorf("try again leads to %s", to)
	}
	if b.who() == nil {
		t.Error("the session has ended")
	}
	b.post(sign, form).want(t, 401)

	c.Signing.ACR = accepted
	b.signInAgain(asked, "tom").to(t)
	b.post(sign, asked.form(t, sign)).want(t, 303)
}

// Without the settings nothing is asked, and nobody signs in twice.
func TestDecisionsNeedNoSignInUnlessSet(t *testing.T) {
	c, _ := newCompany(t, false)
	p, sk, form := c.signing("payments")
	b := c.surf(t)
	b.signIn("tom", "/")
	c.signedInAgo("100 days")
	if to := b.get(page.LoginAgain("/portfolio")).to(t); to != "/portfolio" {
		t.Errorf("leads to %s", to)
	}
	b.post(page.GateURL(p, sk)+"/sign", form).want(t, 303)
}
