package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func TestFromCreationToPassedGate(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	f.create("payments")
	f.answerIdea("payments")
	target := store.Target{Project: "payments", Stage: "idea"}
	c := f.change("mike", target, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	if got := c.Review.Stage("idea").Gate; got != review.GateWaiting {
		t.Fatalf("after the request the gate is %v", got)
	}
	q, err := f.Queue(ctx, f.as("pat"))
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Gates) != 1 || q.Gates[0].Project != "payments" {
		t.Fatalf("pat's queue: %+v", q.Gates)
	}
	if c, err = f.sign("pat", "payments", "idea", plan.SeatProduct); err != nil {
		t.Fatal(err)
	}
	if got := c.Review.Stage("idea").Gate; got != review.GateWaiting {
		t.Fatalf("after one of two signatures the gate is %v", got)
	}
	if c, err = f.sign("sre", "payments", "idea", plan.SeatSRE); err != nil {
		t.Fatal(err)
	}
	if got := c.Review.Stage("idea").Gate; got != review.GatePassed {
		t.Fatalf("after two of two signatures the gate is %v", got)
	}
	view, err := f.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Rows) != 1 || view.Rows[0].Stages[0].Gate != review.GatePassed || view.Rows[0].Current != 1 {
		t.Fatalf("portfolio: %+v", view.Rows)
	}
	for _, by := range []string{"olga", "pat"} {
		if _, err := f.MyWork(ctx, f.as(by)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.History(ctx, f.as(by), "payments", store.HistoryFilter{}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.People(ctx, f.as(by), store.PeopleFilter{}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Item(ctx, f.as(by), "payments", "idea", "scope-set"); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Checklist(ctx, f.as(by), "payments", "idea"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.DirectoryTrail(ctx, f.as("adam"), 0); err != nil {
		t.Fatal(err)
	}
}
