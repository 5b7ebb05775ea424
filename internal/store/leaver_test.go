package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// leave has the admin keep somebody out, or let them in again.
func (f *fixture) leave(name string, do func(*review.Entitlements, review.Actor, string, time.Time) error) {
	f.t.Helper()
	_, err := f.ChangeRights(context.Background(), f.as("adam"), f.people[name], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return do(e, who, "They left.", at)
	})
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
}

// session signs somebody in with the rights from groups that they are to have.
func (f *fixture) session(id store.Identity, secret string) (store.By, error) {
	f.t.Helper()
	_, err := f.SignIn(context.Background(), id, store.HashToken(secret), time.Hour)
	return store.BySession(store.HashToken(secret)), err
}

func TestABlockedPersonIsOutAtOnce(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	f.waiting("alpha") // with a signature of pat's
	pat := store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatProduct}}}
	by, err := f.session(pat, "pat")
	if err != nil {
		t.Fatal(err)
	}
	other := f.on(t, f.db) // another replica
	if _, err := other.Portfolio(ctx, by, store.PortfolioFilter{}); err != nil {
		t.Fatal(err)
	}
	f.leave("pat", (*review.Entitlements).Block)
	for name, read := range map[string]func() error{
		"who":       func() error { _, err := other.Who(ctx, by); return err },
		"portfolio": func() error { _, err := other.Portfolio(ctx, by, store.PortfolioFilter{}); return err },
		"version":   func() error { _, _, err := other.Version(ctx, by, "alpha"); return err },
		"by number": func() error { _, err := other.Portfolio(ctx, f.as("pat"), store.PortfolioFilter{}); return err },
	} {
		if err := read(); !errors.Is(err, store.ErrNoSession) {
			t.Errorf("%s for a blocked person: %v", name, err)
		}
	}
	if _, err := f.session(pat, "again"); !errors.Is(err, review.ErrBlocked) {
		t.Errorf("a blocked person signs in: %v", err)
	}
	f.sweep(t)
	v, err := f.Project(ctx, f.as("adam"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	if st := v.Review.Stage("idea"); len(v.Review.Holders[f.people["pat"]]) != 0 || st.OpenRound() == nil {
		t.Errorf("the signature of a blocked person still counts: %+v", v.Review.Holders)
	}
	f.leave("pat", (*review.Entitlements).Unblock)
	if _, err := f.Who(ctx, by); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("the session from before lives again: %v", err)
	}
	by, err = f.session(pat, "back")
	if err != nil {
		t.Fatal(err)
	}
	if who, err := f.Who(ctx, by); err != nil || len(who.Actor.Seats) != 1 || len(who.Actor.Roles) != 1 {
		t.Errorf("unblocked: %+v, %v", who, err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Error(found)
	}
}

// What is erased stays so: after a restart, and after the same account signs in.
func TestAnErasedPersonStaysErased(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	f.waiting("alpha")
	pat := store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Email: "pat@example.test", Rights: []review.Right{{Seat: plan.SeatProduct}}}
	by, err := f.session(pat, "pat")
	if err != nil {
		t.Fatal(err)
	}
	g := f.on(t, f.db) // another replica, which knows the name
	shown := func() string {
		t.Helper()
		v, err := g.Project(ctx, f.as("adam"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		return v.Names.Of(f.people["pat"])
	}
	if got := shown(); got != "Person pat" {
		t.Fatalf("pat is called %q", got)
	}
	f.leave("pat", (*review.Entitlements).Erase)
	if got := shown(); got != store.FormerMember(f.people["pat"]) {
		t.Errorf("another replica goes on calling pat %q", got)
	}
	if _, err := f.Who(ctx, by); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("the session goes on: %v", err)
	}
	id, err := g.Join(ctx, pat, time.Time{})
	if err != nil || id == f.people["pat"] {
		t.Errorf("the same account is person %d, %v", id, err)
	}
	var name, email string
	var account *string
	if err := f.db.OwnerPool(t).QueryRow(ctx, `select name, email, subject from person where id = $1`, int64(f.people["pat"])).Scan(&name, &email, &account); err != nil {
		t.Fatal(err)
	}
	if want := store.FormerMember(f.people["pat"]); name != want || email != "" || account != nil {
		t.Errorf("the row says %q, %q, %v", name, email, account)
	}
	if _, err := f.db.OwnerPool(t).Exec(ctx, `update person set name = 'Pat' where id = $1`, int64(f.people["pat"])); err == nil {
		t.Error("an erased person can get a name")
	}
	if found := g.problems(t); len(found) > 0 {
		t.Error(found)
	}
}

// TestErasedByAnOperator is what the command does.
func TestErasedByAnOperator(t *testing.T) {
	f := newFixture(t)
	if err := f.ErasePerson(t.Context(), f.people["mike"], "Asked by mail."); err != nil {
		t.Fatal(err)
	}
	if err := f.ErasePerson(t.Context(), f.people["mike"], "Again."); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	if err := f.ErasePerson(t.Context(), 4711, "Nobody."); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Error(found)
	}
}

// Without known groups, what groups gave does not count in that session; in
// others, and on the trail, it stays.
func TestUnknownGroupsSuspendRightsForTheSession(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	f.waiting("alpha")
	eng := store.Identity{Issuer: issuer, Subject: "eng", Name: "Person eng", Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatEngineering}}}
	known, err := f.session(eng, "known")
	if err != nil {
		t.Fatal(err)
	}
	eng.Rights, eng.Gap = []review.Right{{Role: review.RoleViewer}}, review.GroupsFailed
	unknown, err := f.session(eng, "unknown")
	if err != nil {
		t.Fatal(err)
	}
	seats := func(by store.By) (int, review.GroupsGap, int) {
		t.Helper()
		v, err := f.Who(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		q, err := f.Queue(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Portfolio(ctx, by, store.PortfolioFilter{}); err != nil {
			t.Errorf("the role that everybody has does not count: %v", err)
		}
		return len(v.Actor.Seats), v.Gap, len(q.Gates)
	}
	if n, gap, gates := seats(known); n != 1 || gap != "" || gates != 1 {
		t.Errorf("the session with groups has %d seats, %q, %d gates", n, gap, gates)
	}
	if n, gap, gates := seats(unknown); n != 0 || gap != review.GroupsFailed || gates != 0 {
		t.Errorf("the session without has %d seats, %q, %d gates", n, gap, gates)
	}
	_, err = f.Change(ctx, unknown, store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatEngineering, Decision: review.Go, Digest: r.Digest(r.Stage("idea"))}, at)
	})
	if err == nil {
		t.Error("somebody signs in a seat that is suspended")
	}
	trail, err := f.DirectoryTrail(ctx, f.as("adam"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := trail.Entries[0].Event; got != (review.GroupsUnknown{Person: f.people["eng"], Why: review.GroupsFailed}) {
		t.Errorf("the trail says %+v", got)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Error(found)
	}
}

func TestOwnSessions(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	id := store.Identity{Issuer: issuer, Subject: "olga", Name: "Person olga", Rights: []review.Right{{Role: review.RoleViewer}}, Browser: "Firefox on Linux", Address: "192.0.2.7"}
	var by []store.By
	for _, secret := range []string{"one", "two", "three"} {
		b, err := f.session(id, secret)
		if err != nil {
			t.Fatal(err)
		}
		by = append(by, b)
	}
	mike := store.Identity{Issuer: issuer, Subject: "mike", Name: "Person mike"}
	stranger, err := f.session(mike, "mike")
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Sessions(ctx, by[1])
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Sessions) != 3 || !v.Sessions[0].Here || v.Sessions[1].Here || v.Sessions[0].Browser != id.Browser || v.Sessions[0].Address != id.Address {
		t.Fatalf("sessions are %+v", v.Sessions)
	}
	if n, err := f.EndOwnSessions(ctx, stranger, v.Sessions[1].ID); err != nil || n != 0 {
		t.Errorf("somebody else ended %d: %v", n, err)
	}
	if n, err := f.EndOwnSessions(ctx, by[1], v.Sessions[1].ID); err != nil || n != 1 {
		t.Errorf("ended %d: %v", n, err)
	}
	if n, err := f.EndOwnSessions(ctx, by[1], 0); err != nil || n != 1 {
		t.Errorf("of the others ended %d: %v", n, err)
	}
	if v, err = f.Sessions(ctx, by[1]); err != nil || len(v.Sessions) != 1 {
		t.Errorf("left are %+v, %v", v, err)
	}
	if _, err := f.Who(ctx, stranger); err != nil {
		t.Errorf("the session of somebody else ended: %v", err)
	}
}

// A logout token that names the session and the person ends sessions of which
// the provider never said which they are.
func TestLogoutOfASessionWithoutItsName(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	olga := store.Identity{Issuer: issuer, Subject: "olga", Name: "Person olga"}
	nameless, err := f.session(olga, "nameless")
	if err != nil {
		t.Fatal(err)
	}
	olga.Session = "other"
	elsewhere, err := f.session(olga, "elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	mike, err := f.session(store.Identity{Issuer: issuer, Subject: "mike", Name: "Person mike"}, "mike")
	if err != nil {
		t.Fatal(err)
	}
	n, err := f.EndSessions(ctx, store.LogoutNotice{Issuer: issuer, Subject: "olga", Session: "ended", ID: "j", Expires: time.Now().Add(time.Minute)})
	if err != nil || n != 1 {
		t.Errorf("ended %d: %v", n, err)
	}
	if _, err := f.Who(ctx, nameless); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("the session without a name goes on: %v", err)
	}
	for _, by := range []store.By{elsewhere, mike} {
		if _, err := f.Who(ctx, by); err != nil {
			t.Errorf("another session ended: %v", err)
		}
	}
}
