package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func TestGateNamesWhoMaySign(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("payments")
	other := f.create("search").Review.Project.ID
	here := review.Right{Seat: plan.SeatProduct, Scope: review.Scope(f.create("ledger").Review.Project.ID)}
	join := func(name string, rights ...review.Right) review.PersonID {
		id, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: name, Name: "A person " + name, Rights: rights}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	elsewhere := join("elsewhere", review.Right{Seat: plan.SeatProduct, Scope: review.Scope(other)})
	local := join("local", here)
	for i := range store.HoldersShown {
		join(fmt.Sprint("data-", i), review.Right{Seat: plan.SeatSRE})
	}
	v, err := f.Gate(ctx, f.as("olga"), "ledger", "idea")
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Holders[plan.SeatProduct]; got.Total != 2 || !slices.Contains(got.People, local) || slices.Contains(got.People, elsewhere) {
		t.Errorf("product: %+v; want pat and the local holder, not the other project's", got)
	}
	if got := v.Holders[plan.SeatSRE]; got.Total != store.HoldersShown+2 || len(got.People) != store.HoldersShown {
		t.Errorf("SRE: %+v; want the first %d of %d", got, store.HoldersShown, store.HoldersShown+2)
	}
	if v.Names.Of(local) != "A person local" {
		t.Errorf("a holder is called %q", v.Names.Of(local))
	}
	if _, err := f.Gate(ctx, f.as("olga"), "ledger", "nowhere"); err != review.ErrNotFound {
		t.Errorf("an unknown stage: %v", err)
	}
}

func TestGateListsWhatChangedSinceTheFirstRequest(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("payments")
	f.answerIdea("payments")
	target := store.Target{Project: "payments", Stage: "idea"}
	v, err := f.Gate(ctx, f.as("olga"), "payments", "idea")
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Changes) != 0 {
		t.Errorf("%d changes before the first request", len(v.Changes))
	}
	f.change("mike", target, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	f.change("mike", target, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Discuss(who, "idea", "scope-set", "Any news?", "", at); err != nil {
			return err
		}
		return r.Answer(who, "idea", "risks-listed", review.Met, "One more.", 1, at)
	})
	f.change("mike", store.Target{Project: "payments", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.NotMet, "Soon.", 0, at)
	})
	if v, err = f.Gate(ctx, f.as("olga"), "payments", "idea"); err != nil {
		t.Fatal(err)
	}
	if len(v.Changes) != 1 || v.Changes[0].Event.Kind() != (review.ItemAnswered{}).Kind() {
		t.Errorf("changes: %+v; want the one answer of this stage, without the comment", v.Changes)
	}
}

func TestOverviewHasTheNewestEntries(t *testing.T) {
	f := newFixture(t)
	f.create("payments")
	for i := range store.RecentShown + 3 {
		f.change("mike", store.Target{Project: "payments", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", "risks-listed", review.Met, fmt.Sprint("Note ", i), i, at)
		})
	}
	v, err := f.Overview(context.Background(), f.as("pat"), "payments")
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Recent) != store.RecentShown || v.Recent[0].Seq != v.Seq || v.Recent[1].Seq != v.Seq-1 {
		t.Errorf("%d entries from %d, at version %d", len(v.Recent), v.Recent[0].Seq, v.Seq)
	}
	if v.Names.Of(f.people["mike"]) != "Person mike" {
		t.Error("the actors have no names")
	}
}
