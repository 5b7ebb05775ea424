package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// A session's rights are read once, and again as soon as anybody's change, whichever
// server changes them; those that end by the clock are read each time.
func TestKeptRightsAreThoseOfNow(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	f.create("alpha")
	by, err := f.session(store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Rights: []review.Right{{Role: review.RoleViewer}, {Seat: plan.SeatProduct}}}, "pat")
	if err != nil {
		t.Fatal(err)
	}
	c := &statementsWith{part: "join held"}
	other := f.replica(c)
	// look reads a page and makes a change that changes nothing; both have to say the same.
	look := func(wantReads int) (seats []review.SeatHeld) {
		t.Helper()
		c.n = 0
		page, err := other.Project(ctx, by, "alpha")
		if err != nil {
			t.Fatal(err)
		}
		_, err = other.Change(ctx, by, idea, func(_ *review.Review, who review.Actor, _ time.Time) error {
			if len(who.Seats) != len(page.Actor.Seats) || len(who.Roles) != len(page.Actor.Roles) || who.Person != page.Actor.Person {
				t.Errorf("a page says %+v, a change %+v", page.Actor, who)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if c.n != wantReads {
			t.Errorf("rights were read %d times, want %d", c.n, wantReads)
		}
		return page.Actor.Seats
	}
	if got := look(1); len(got) != 1 {
		t.Errorf("pat sits in %v", got)
	}
	look(0)
	f.standIn("sre", "pat")
	for range 2 {
		if got := look(2); len(got) != 2 {
			t.Errorf("with a seat for a time, pat sits in %v", got)
		}
	}
	admin, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	if _, err := admin.Exec(ctx, `update delegation set starts = starts - interval '20 days', ends = ends - interval '19 days'`); err != nil {
		t.Fatal(err)
	}
	if got := look(1); len(got) != 1 {
		t.Errorf("after its time, pat sits in %v", got)
	}
	look(0)
	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "scope-set", f.people["mike"], "", at)
	})
	look(0) // what happens to projects says nothing of rights
	f.leave("pat", (*review.Entitlements).Block)
	if _, err := other.Project(ctx, by, "alpha"); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("blocked, pat reads: %v", err)
	}
	if _, err := other.Change(ctx, by, idea, nothing); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("blocked, pat changes: %v", err)
	}
}

func nothing(*review.Review, review.Actor, time.Time) error { return nil }
