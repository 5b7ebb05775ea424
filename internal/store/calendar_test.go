package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// whose is who the secret of a calendar opens it for; 0: nobody.
func (f *fixture) whose(secret string) review.PersonID {
	f.t.Helper()
	p, err := f.CalendarOf(f.t.Context(), store.HashToken(secret))
	if err != nil && !errors.Is(err, review.ErrNotFound) {
		f.t.Fatal(err)
	}
	return p
}

func TestTheAddressOfACalendar(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	pat := store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Email: "pat@example.test", Rights: []review.Right{{Seat: plan.SeatProduct}}}
	by, err := f.session(pat, "pat")
	if err != nil {
		t.Fatal(err)
	}
	made := func() time.Time {
		t.Helper()
		v, err := f.Sessions(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		return v.Calendar
	}
	if !made().IsZero() || f.whose("one") != 0 {
		t.Error("there is an address before one is made")
	}
	give := func(secret string) {
		t.Helper()
		if err := f.MakeCalendar(ctx, by, store.HashToken(secret)); err != nil {
			t.Fatal(err)
		}
	}
	give("one")
	if made().IsZero() || f.whose("one") != f.people["pat"] || f.whose("two") != 0 {
		t.Error("the address opens nothing, or another does")
	}
	give("two")
	if f.whose("one") != 0 || f.whose("two") != f.people["pat"] {
		t.Error("a new address does not end the one before")
	}
	if err := f.EndCalendar(ctx, by); err != nil || f.whose("two") != 0 || !made().IsZero() {
		t.Errorf("an address that was given up goes on: %v", err)
	}
	give("three")
	seen := func(ago string) {
		t.Helper()
		if _, err := f.db.OwnerPool(t).Exec(ctx, `update person set seen_at = now() - $2::interval where id = $1`, int64(f.people["pat"]), ago); err != nil {
			t.Fatal(err)
		}
	}
	seen("31 days")
	if f.whose("three") != 0 {
		t.Error("a calendar goes on of somebody who has not signed in for a month")
	}
	seen("29 days")
	if f.whose("three") == 0 {
		t.Error("a calendar rests too soon")
	}
	f.leave("pat", (*review.Entitlements).Block)
	if f.whose("three") != 0 {
		t.Error("the calendar of a blocked person goes on")
	}
	f.leave("pat", (*review.Entitlements).Unblock)
	if f.whose("three") != 0 {
		t.Error("an address from before somebody was blocked opens again")
	}
	if by, err = f.session(pat, "back"); err != nil {
		t.Fatal(err)
	}
	give("four")
	f.leave("pat", (*review.Entitlements).Erase)
	if f.whose("four") != 0 {
		t.Error("the calendar of an erased person goes on")
	}
	if err := f.MakeCalendar(ctx, store.BySession(store.HashToken("nobody's")), store.HashToken("five")); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("somebody without a session makes one: %v", err)
	}
	if _, err := f.Calendar(ctx, f.people["pat"], store.HashToken("four")); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("somebody erased has a calendar: %v", err)
	}
}

// What groups gave counts in a calendar no longer than it would in the session that its person
// began last, and not while the provider did not say in which groups they are.
func TestACalendarHasNoOlderRightsThanASession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	pat := store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatProduct}}}
	by, err := f.session(pat, "pat")
	if err != nil {
		t.Fatal(err)
	}
	secret := store.HashToken("one")
	if err := f.MakeCalendar(ctx, by, secret); err != nil {
		t.Fatal(err)
	}
	f.create("alpha") // which pat sees by the role from a group
	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["pat"], review.DutyMember, at)
	})
	counts := func(when string, roles, seats int) {
		t.Helper()
		v, err := f.Calendar(ctx, f.people["pat"], secret)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Actor.Roles) != roles || len(v.Actor.Seats) != seats || len(v.Projects) != 1 {
			t.Errorf("%s: roles %v, seats %v, %d projects", when, v.Actor.Roles, v.Actor.Seats, len(v.Projects))
		}
	}
	counts("in time", 1, 1)
	if _, err := f.db.OwnerPool(t).Exec(ctx, `update calendar_feed set until = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	counts("after the session", 0, 0)
	if _, err := f.session(pat, "again"); err != nil {
		t.Fatal(err)
	}
	counts("after another sign-in", 1, 1)
	unknown := pat
	unknown.Gap, unknown.Rights = review.GroupsMissing, []review.Right{{Role: review.RoleViewer}}
	if _, err := f.session(unknown, "without groups"); err != nil {
		t.Fatal(err)
	}
	counts("without groups", 1, 0)
	if err := f.MakeCalendar(ctx, store.BySession(store.HashToken("without groups")), secret); err != nil {
		t.Fatal(err)
	}
	counts("made without groups", 1, 0)
}
