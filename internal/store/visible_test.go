package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// A restricted project shows on no list to somebody outside it, and every list
// agrees with the permission table.
func TestListsAgreeWithThePermissionTable(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.passed("open-one")
	for _, key := range []string{"secret-one", "secret-two"} {
		f.create(key)
		f.answerIdea(review.ProjectKey(key))
		f.change("olga", store.Target{Project: review.ProjectKey(key)}, func(r *review.Review, who review.Actor, at time.Time) error {
			if err := r.Request(who, "idea", "", "", at); err != nil {
				return err
			}
			return r.Edit(who, review.ProjectFields{Name: "Secret " + key, Team: "Hidden", Tier: 1, Exposure: review.ExposurePilot, Restricted: true}, at)
		})
	}
	two, err := f.Project(ctx, f.as("olga"), "secret-two")
	if err != nil {
		t.Fatal(err)
	}
	// pat holds a seat in just one of the restricted projects.
	if _, err := f.ChangeRights(ctx, f.as("adam"), f.people["pat"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Grant(who, review.Right{Seat: plan.SeatEngineering, Scope: review.Scope(two.Review.Project.ID)}, at)
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"olga": 3, "mike": 3, "adam": 3, "audit": 3, "mona": 1, "pat": 2, "eng": 1, "sre": 1, "both": 1, "out": 0}
	for name, n := range want {
		by := f.as(name)
		list, err := f.Portfolio(ctx, by, store.PortfolioFilter{})
		if err != nil {
			t.Fatal(err)
		}
		var listed []string
		for _, r := range list.Rows {
			listed = append(listed, string(r.Key))
		}
		if len(listed) != n {
			t.Errorf("%s sees %v, want %d", name, listed, n)
		}
		if hidden := slices.Contains(list.Teams, "Hidden"); hidden != (n > 1) {
			t.Errorf("%s: the filter lists the hidden team: %v", name, hidden)
		}
		for _, key := range []review.ProjectKey{"open-one", "secret-one", "secret-two"} {
			_, err := f.Project(ctx, by, key)
			opens := err == nil
			if !opens && !errors.Is(err, review.ErrNotFound) {
				t.Errorf("%s opening %s: %v", name, key, err)
			}
			if opens != slices.Contains(listed, string(key)) {
				t.Errorf("%s: %s opens %v, but is listed %v", name, key, opens, !opens)
			}
			for what, read := range map[string]func() error{
				"checklist": func() error { _, err := f.Checklist(ctx, by, key, "idea"); return err },
				"gate":      func() error { _, err := f.Gate(ctx, by, key, "idea"); return err },
				"item":      func() error { _, err := f.Item(ctx, by, key, "idea", "scope-set"); return err },
				"history":   func() error { _, err := f.History(ctx, by, key, store.HistoryFilter{}); return err },
				"a change": func() error {
					_, err := f.Change(ctx, by, store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
						return r.Discuss(who, "idea", "scope-set", "Hello", "", at)
					})
					var denied *review.Denied
					if errors.As(err, &denied) { // auditors see and do not speak
						return nil
					}
					return err
				},
			} {
				if err := read(); (err == nil) != opens || (err != nil && !errors.Is(err, review.ErrNotFound)) {
					t.Errorf("%s: %s of %s: %v, but the project opens: %v", name, what, key, err, opens)
				}
			}
		}
		q, err := f.Queue(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		w, err := f.MyWork(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range append(append(q.Gates, q.Excluded...), w.Gates...) {
			if !slices.Contains(listed, string(g.Project)) {
				t.Errorf("%s: the queue names %s", name, g.Project)
			}
		}
		p, err := f.People(ctx, by, store.PeopleFilter{})
		if err != nil && name != "out" {
			t.Fatal(err)
		}
		if err == nil {
			for _, person := range p.People {
				for _, g := range person.Granted {
					if g.Project != "" && !slices.Contains(listed, string(g.Project)) {
						t.Errorf("%s: the directory names %s", name, g.Project)
					}
				}
			}
		}
	}
}

// A right that is revoked counts no more at the next request.
func TestARevokedSeatSignsNoMore(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("alpha")
	f.answerIdea("alpha")
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	rights := func(name string, rights ...review.Right) {
		t.Helper()
		if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: "Person " + name, Rights: rights}, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.sign("pat", "alpha", "idea", plan.SeatProduct); err != nil {
		t.Fatal(err)
	}
	rights("sre", review.Right{Role: review.RoleViewer})
	var denied *review.Denied
	if _, err := f.sign("sre", "alpha", "idea", plan.SeatSRE); !errors.As(err, &denied) {
		t.Fatalf("signing without the seat: %v", err)
	}
	// pat loses the seat after signing: eng's signature must not complete the quorum.
	rights("pat", review.Right{Role: review.RoleViewer})
	if n, err := f.Refresh(ctx); err != nil || n != 1 {
		t.Fatalf("after a signer lost the seat %d gates were looked at anew: %v", n, err)
	}
	if q, err := f.Queue(ctx, f.as("eng")); err != nil || len(q.Gates) != 1 || !slices.Contains(q.Gates[0].OpenSeats, plan.SeatProduct) {
		t.Fatalf("the queue still counts the lost seat: %+v, %v", q, err)
	}
	c, err := f.sign("eng", "alpha", "idea", plan.SeatEngineering)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Review.Stage("idea").Gate; got != review.GateWaiting {
		t.Fatalf("with a signature from a lost seat the gate is %v", got)
	}
	// Back in the seat, the old signature still does not count; a new one does.
	rights("pat", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatProduct})
	if v, err := f.Gate(ctx, f.as("olga"), "alpha", "idea"); err != nil || v.Review.Stage("idea").Gate != review.GateWaiting {
		t.Fatalf("after the seat came back: %v", err)
	}
	if c, err = f.sign("pat", "alpha", "idea", plan.SeatProduct); err != nil {
		t.Fatal(err)
	}
	if got := c.Review.Stage("idea").Gate; got != review.GatePassed {
		t.Fatalf("after signing anew the gate is %v", got)
	}
	f.sameAsReplay(t, "alpha")
}

// A signature of a stand-in rests on the holder's seat: when that goes, the
// queue asks for the seat again.
func TestALostSeatTakesTheStandInsSignatureWithIt(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("alpha")
	f.answerIdea("alpha")
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	_, err := f.ChangeRights(ctx, f.as("pat"), f.people["pat"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{To: f.people["mona"], Seat: plan.SeatProduct, Ends: at.AddDate(0, 0, 9).Format(review.DateLayout), Reason: "Away."}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.sign("mona", "alpha", "idea", plan.SeatProduct); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Rights: []review.Right{{Role: review.RoleViewer}}}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Refresh(ctx); err != nil || n != 1 {
		t.Fatalf("after the holder lost the seat %d gates were looked at anew: %v", n, err)
	}
	if q, err := f.Queue(ctx, f.as("eng")); err != nil || len(q.Gates) != 1 || !slices.Contains(q.Gates[0].OpenSeats, plan.SeatProduct) {
		t.Fatalf("the queue still counts the lost seat: %+v, %v", q, err)
	}
}

func TestSessions(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	id := store.Identity{Issuer: issuer, Subject: "olga", Name: "Person olga", Session: "sid-1", Sealed: "token", Rights: []review.Right{{Role: review.RoleViewer}}}
	begin := func(secret string, lasts time.Duration) store.By {
		t.Helper()
		if _, err := f.SignIn(ctx, id, store.HashToken(secret), lasts); err != nil {
			t.Fatal(err)
		}
		return store.BySession(store.HashToken(secret))
	}
	good := begin("good", time.Hour)
	if v, err := f.Who(ctx, good); err != nil || v.Actor.Person != f.people["olga"] {
		t.Fatalf("a fresh session: %v", err)
	}
	for name, by := range map[string]store.By{
		"forged":  store.BySession(store.HashToken("guess")),
		"none":    store.BySession(store.HashToken("")),
		"expired": begin("expired", -time.Second),
	} {
		if _, err := f.Who(ctx, by); !errors.Is(err, store.ErrNoSession) {
			t.Errorf("%s: %v", name, err)
		}
		for what, read := range map[string]func() error{
			"portfolio": func() error { _, err := f.Portfolio(ctx, by, store.PortfolioFilter{}); return err },
			"work":      func() error { _, err := f.MyWork(ctx, by); return err },
			"queue":     func() error { _, err := f.Queue(ctx, by); return err },
			"people":    func() error { _, err := f.People(ctx, by, store.PeopleFilter{}); return err },
			"project":   func() error { _, err := f.Project(ctx, by, "none"); return err },
			"rights": func() error {
				_, err := f.ChangeRights(ctx, by, f.people["mike"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
					return e.Grant(who, review.Right{Role: review.RoleAdmin}, at)
				})
				return err
			},
		} {
			if err := read(); !errors.Is(err, store.ErrNoSession) {
				t.Errorf("%s session, %s: %v", name, what, err)
			}
		}
	}
	n := store.LogoutNotice{Issuer: issuer, Session: "sid-1", ID: "jti-1", Expires: time.Now().Add(time.Minute)}
	if ended, err := f.EndSessions(ctx, n); err != nil || ended == 0 {
		t.Fatalf("back-channel logout ended %d sessions: %v", ended, err)
	}
	if _, err := f.Who(ctx, good); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("after back-channel logout: %v", err)
	}
	again := begin("again", time.Hour)
	if _, err := f.EndSessions(ctx, n); !errors.Is(err, store.ErrReplayed) {
		t.Errorf("the same logout token again: %v", err)
	}
	if _, err := f.Who(ctx, again); err != nil {
		t.Errorf("a replayed logout token ended a session: %v", err)
	}
	if idToken, err := f.SignOut(ctx, store.BySession(store.HashToken("again"))); err != nil || idToken != "token" {
		t.Errorf("signing out: %q, %v", idToken, err)
	}
	if _, err := f.Who(ctx, again); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestFlowsAreBoundToTheBrowserAndUsedOnce(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	flow := store.Flow{State: "s", Browser: "b", Nonce: "n", Verifier: "v", ReturnTo: "/portfolio"}
	if err := f.BeginFlow(ctx, flow); err != nil {
		t.Fatal(err)
	}
	if _, err := f.TakeFlow(ctx, "s", "another browser"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("another browser: %v", err)
	}
	if got, err := f.TakeFlow(ctx, "s", "b"); err != nil || got != flow {
		t.Errorf("the browser itself: %+v, %v", got, err)
	}
	if _, err := f.TakeFlow(ctx, "s", "b"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
}

func TestPortfolioFiltersSortsAndPages(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for i := range store.PortfolioPage + 5 {
		f.create(fmt.Sprintf("project-%02d", i))
	}
	f.passed("zulu")
	for _, c := range []struct {
		name   string
		filter store.PortfolioFilter
		rows   int
		more   bool
		first  string
	}{
		{"all", store.PortfolioFilter{}, store.PortfolioPage, true, "project-00"},
		{"second page", store.PortfolioFilter{Page: 2}, 6, false, "project-50"},
		{"by name", store.PortfolioFilter{Search: "ZULU"}, 1, false, "zulu"},
		{"a search with wildcards finds them literally", store.PortfolioFilter{Search: "%"}, 0, false, ""},
		{"by stage", store.PortfolioFilter{Stage: "live"}, 1, false, "zulu"},
		{"by team", store.PortfolioFilter{Team: "Red"}, 0, false, ""},
		{"by owner", store.PortfolioFilter{Owner: "olga", Search: "zu"}, 1, false, "zulu"},
		{"by status", store.PortfolioFilter{Status: "stopped"}, 0, false, ""},
		{"by tier", store.PortfolioFilter{Tier: 1, Search: "zu"}, 1, false, "zulu"},
		{"least ready first", store.PortfolioFilter{Sort: store.SortReady, Page: 2}, 6, false, ""},
	} {
		v, err := f.Portfolio(ctx, f.as("mona"), c.filter)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(v.Rows) != c.rows || v.More != c.more {
			t.Errorf("%s: %d rows, more %v; want %d, %v", c.name, len(v.Rows), v.More, c.rows, c.more)
		}
		if c.first != "" && (len(v.Rows) == 0 || string(v.Rows[0].Key) != c.first) {
			t.Errorf("%s: the first is not %s", c.name, c.first)
		}
	}
}
