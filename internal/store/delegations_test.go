package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// TestStandInsToTheMicrosecond moves a delegation's bounds around the present.
func TestStandInsToTheMicrosecond(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	join := func(name string, rights ...review.Right) review.PersonID {
		id, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: name, Rights: rights}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	qa := review.Right{Seat: plan.SeatQA}
	holder, to, admin := join("holder", qa), join("stand-in", review.Right{Role: review.RoleViewer}), join("boss", review.Right{Role: review.RoleAdmin})
	now := time.Now().UTC()
	if _, err := f.ChangeRights(ctx, store.ByPerson(holder, now), holder, func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{To: to, Seat: plan.SeatQA, Ends: review.FormatDate(now.AddDate(0, 0, 3))}, at)
	}); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, tc := range []struct {
		name, starts, ends string
		sits, listed       bool
	}{
		{"running", "now() - interval '1 microsecond'", "now() + interval '1 hour'", true, true},
		{"to come", "now() + interval '1 hour'", "now() + interval '2 hours'", false, true},
		{"over", "now() - interval '1 hour'", "now() - interval '1 microsecond'", false, false},
		{"over at this very moment", "now() - interval '1 hour'", "now()", false, false},
	} {
		if _, err := conn.Exec(ctx, `update delegation set starts = `+tc.starts+`, ends = `+tc.ends); err != nil {
			t.Fatal(err)
		}
		mine, err := f.Delegations(ctx, store.ByPerson(to, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := mine.Actor.Sits(plan.SeatQA, 1); got != tc.sits {
			t.Errorf("%s: the stand-in sits in the seat: %v", tc.name, got)
		}
		if got := len(mine.Taken) == 1; got != tc.listed || len(mine.Given)+len(mine.Others)+len(mine.Seats) != 0 {
			t.Errorf("%s: the stand-in is shown %+v", tc.name, mine)
		}
		work, err := f.MyWork(ctx, store.ByPerson(to, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(work.StandIns) == 1; got != tc.listed {
			t.Errorf("%s: my work shows %+v", tc.name, work.StandIns)
		}
		theirs, err := f.Delegations(ctx, store.ByPerson(holder, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(theirs.Given) == 1; got != tc.listed || len(theirs.Seats) != 1 || len(theirs.Taken)+len(theirs.Others) != 0 {
			t.Errorf("%s: the holder is shown %+v", tc.name, theirs)
		}
		all, err := f.Delegations(ctx, store.ByPerson(admin, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(all.Others) == 1; got != tc.listed || tc.listed && all.Names.Of(to) != "stand-in" {
			t.Errorf("%s: an admin is shown %+v", tc.name, all.Others)
		}
	}
}
