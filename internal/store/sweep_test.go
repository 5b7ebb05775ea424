package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Evidence expires without anybody doing anything: the lists follow.
func TestRefreshFollowsTheClock(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	past := time.Now().AddDate(0, 0, -40)
	then := func(name string) store.By { return store.ByPerson(f.people[name], past) }
	for name, seat := range map[string]plan.Seat{"sre": plan.SeatSRE} {
		rights := []review.Right{{Role: review.RoleViewer}}
		if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: name, Rights: rights}, past.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		rights = append(rights, review.Right{Seat: seat})
		if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: name, Rights: rights}, past.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Create(ctx, then("olga"), f.ref, review.NewProject{
		Key: "alpha", Name: "Alpha", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"],
	}); err != nil {
		t.Fatal(err)
	}
	target := store.Target{Project: "alpha", Stage: "live"}
	step := func(name string, decide store.Decide) {
		t.Helper()
		if _, err := f.Change(ctx, then(name), target, decide); err != nil {
			t.Fatal(err)
		}
	}
	step("mike", func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://ci.example.test/1", Title: "Restore", Type: "test-report"}, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "Out of order on purpose.", at)
	})
	step("sre", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "live", review.NewSignOff{Seat: plan.SeatSRE, Decision: review.Go, Digest: r.Digest(r.Stage("live"))}, at)
	})
	gate := func() review.GateState {
		t.Helper()
		v, err := f.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{})
		if err != nil || len(v.Rows) != 1 {
			t.Fatalf("%d rows: %v", len(v.Rows), err)
		}
		return v.Rows[0].Stages[1].Gate
	}
	if got := gate(); got != review.GatePassed {
		t.Fatalf("40 days ago the gate was %v", got)
	}
	if n, err := f.Refresh(ctx); err != nil || n != 1 {
		t.Fatalf("refreshed %d: %v", n, err)
	}
	if got := gate(); got != review.GateLapsed {
		t.Fatalf("after the evidence expired the list shows %v", got)
	}
	if got := f.fallen("olga"); len(got) != 1 || got[0] != "alpha: Lapsed" {
		t.Errorf("after the evidence expired its owner reads %q", got)
	}
	if n, err := f.Refresh(ctx); err != nil || n != 0 {
		t.Fatalf("the second time it refreshed %d: %v", n, err)
	}
	f.sameAsReplay(t, "alpha")

	// Newer evidence, for once at the address of the old, cures that.
	f.change("mike", target, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://ci.example.test/1", Type: "test-report"}, at)
	})
	if got := gate(); got != review.GatePassed {
		t.Errorf("once it was renewed the list shows %v", got)
	}
	if got := f.fallen("olga"); len(got) != 0 {
		t.Errorf("once it was renewed its owner reads %q", got)
	}
	f.sameAsReplay(t, "alpha")
}
