package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// contracts is a module with a seat and a kind of evidence of its own.
func contracts() *plan.Module {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	return &plan.Module{
		Kind: plan.KindModule, Key: "contracts", Version: 1, Name: "Contracts",
		Adds:  plan.Words{Seats: []plan.Seat{"legal"}, Evidence: []plan.EvidenceKind{"contract"}},
		Seats: []plan.ModuleSeat{{Phase: "idea", GateSeat: plan.GateSeat{Seat: "legal", MandatoryAt: []plan.Tier{1, 2, 3}}}},
		Items: []plan.ModuleItem{{Phase: "idea", Item: plan.Item{
			Key: "contracts-signed", Title: "Contracts are signed", Levels: must, Evidence: []plan.EvidenceKind{"contract"}, Seats: []plan.Seat{"legal"},
		}}},
	}
}

// A seat and a kind of evidence that a module adds are granted, linked and signed
// with once it is published, and are what rows and trail agree on.
func TestSeatsAndEvidenceOfAModule(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	grant := func() error {
		_, err := f.ChangeRights(ctx, f.as("adam"), f.people["pat"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
			return e.Grant(who, review.Right{Seat: "legal"}, at)
		})
		return err
	}
	var invalid *review.Invalid
	if err := grant(); !errors.As(err, &invalid) {
		t.Fatalf("granting a seat that no document has: %v", err)
	}
	refs := f.published(plan.Document{Lifecycle: phased(1)}, plan.Document{Module: contracts()})
	f.ref = refs[0]
	words, err := f.Words(ctx)
	if err != nil || !words.HasSeat("legal") || !words.HasEvidence("contract") {
		t.Fatalf("published are %+v, %v", words, err)
	}
	if err := grant(); err != nil {
		t.Fatal(err)
	}
	f.create("alpha")
	whole := store.Target{Project: "alpha"}
	contract := review.NewEvidence{URL: "https://wiki.example.test/contract", Title: "Contract", Type: "contract"}
	_, err = f.Change(ctx, f.as("mike"), whole, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-set", contract, at)
	})
	if !errors.As(err, &invalid) {
		t.Errorf("linking a kind that the plan does not know: %v", err)
	}
	f.change("olga", whole, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, refs[1], r.PlanDigest(), "suppliers", at)
	})
	f.answerIdea("alpha")
	f.change("mike", whole, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.AddEvidence(who, "idea", "contracts-signed", contract, at); err != nil {
			return err
		}
		if err := r.Answer(who, "idea", "contracts-signed", review.Met, "", 0, at); err != nil {
			return err
		}
		return r.AddItem(who, "idea", review.NewItem{
			Title: "The lease is signed", Why: "We sit there.", Done: "It is signed.", Level: plan.LevelMay,
			Evidence: []plan.EvidenceKind{"contract"}, Seats: []plan.Seat{"legal"},
		}, at)
	})
	f.change("olga", whole, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", r.Digest(r.Stage("idea")), "", at)
	})
	found, err := f.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{Seat: "legal"})
	if err != nil || len(found.Rows) != 1 {
		t.Errorf("%d projects wait for the legal seat, %v", len(found.Rows), err)
	}
	c := f.change("pat", whole, func(r *review.Review, who review.Actor, at time.Time) error {
		s := r.Stage("idea")
		return r.SignOff(who, "idea", review.NewSignOff{Seat: "legal", Decision: review.Go, Digest: r.Digest(s)}, at)
	})
	if round := c.Review.Stage("idea").LastRound(); len(round.SignOffs) != 1 || round.SignOffs[0].Seat != "legal" {
		t.Errorf("signed: %+v", round)
	}
	v, err := f.VerifyStream(ctx, c.Review.Project.ID)
	if err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v, %v", err, v.Problems)
	}
	to := storetest.New(t)
	if _, err := rebuildInto(ctx, t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"evidence", "gate", "granted", "portfolio"} {
		if got, want := rows(t, to, table), rows(t, f.db, table); !slices.Equal(got, want) {
			t.Errorf("rebuilt, %s has\n%v\nwhere it had\n%v", table, got, want)
		}
	}
}
