package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// holds fails the test unless the tables say what the trail says.
func (f *fixture) holds(t *testing.T, after string) {
	t.Helper()
	if found := f.problems(t); len(found) > 0 {
		t.Fatalf("after %s: %s", after, strings.Join(found, "\n"))
	}
}

// inOrder is the fixture with a template whose gates have to pass in order.
func (f *fixture) inOrder(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	tmpl := smallTemplate()
	tmpl.Key, tmpl.Order = "strict", plan.OrderStrict
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	if err := store.Publish(ctx, owner, plan.Document{Lifecycle: tmpl}); err != nil {
		t.Fatal(err)
	}
	if f.ref, err = tmpl.Ref(); err != nil {
		t.Fatal(err)
	}
}

// Whoever holds a project does so on the page of one gate, and it is in the way
// of all of them.
func TestAHoldReachesEveryStage(t *testing.T) {
	f := newFixture(t)
	f.waiting("alpha")
	for _, to := range []review.Status{review.StatusOnHold, review.StatusActive, review.StatusStopped, review.StatusActive} {
		c := f.change("olga", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.SetStatus(who, "idea", to, "So it is.", at)
		})
		if n := len(c.Events); n == 0 || n > 2 {
			t.Errorf("%q recorded %d events", to, n)
		}
		f.holds(t, string(to))
	}
}

// The gates of a strict order wait for those before them, whatever turns one.
func TestAGateReachesThoseAfterIt(t *testing.T) {
	f := newFixture(t)
	f.inOrder(t)
	f.create("alpha")
	f.answerIdea("alpha")
	idea := store.Target{Project: "alpha", Stage: "idea"}
	f.change("mike", idea, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	blocked := func(want int16) {
		t.Helper()
		v, err := f.Project(context.Background(), f.as("olga"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Rollups[1].Blockers; got != want {
			t.Errorf("%d blockers of the second stage, want %d", got, want)
		}
	}
	blocked(2) // its own, and the gate before it
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, "alpha", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	blocked(1)
	f.holds(t, "the first gate passed")
	f.change("mike", idea, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "Again.", 1, at)
	})
	blocked(2)
	f.holds(t, "its content changed")
}

// A change that touches one stage reads and keeps one stage.
func TestATickLoadsOneStage(t *testing.T) {
	f := newFixture(t)
	f.inOrder(t)
	f.create("alpha")
	c := f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "", 0, at)
	})
	if c.Review.Stage("live").Loaded {
		t.Error("a tick has loaded another stage")
	}
}

// What a command learns of earlier gates is how they stand now, not how they
// stood when somebody last touched them.
func TestARequestSeesEarlierGatesAsTheyStand(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	c := f.change("mike", store.Target{Project: "alpha", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://ci.example.test/1", Type: "test-report"}, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "First.", at)
	})
	if !c.Review.Stage("idea").Loaded {
		t.Error("the request was decided without the stage before it")
	}
	f.holds(t, "the request")
}
