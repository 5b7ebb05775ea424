package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Who leaves hands everything on, in one change, and the tables say what the
// trail says, also in the next review.
func TestWhoLeavesHandsTheirWorkOn(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	all := store.Target{Project: "alpha", Others: []review.PersonID{f.people["mike"]}}
	f.change("olga", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.AssignJoining(who, "idea", "risks-listed", f.people["eng"], "", at); err != nil {
			return err
		}
		return r.Assign(who, "idea", "scope-set", f.people["mike"], "2026-05-01", at)
	})
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RemoveMember(who, f.people["mike"], f.people["olga"], at)
	})
	f.sameAsReplay(t, "alpha")
	f.expectTodo("mike", nil, nil)
	f.expectTodo("olga", []string{"alpha: Test it."}, nil)
	v, err := f.Project(context.Background(), f.as("adam"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	if it := v.Review.Stage("idea").Item("scope-set"); it.Assignee != f.people["olga"] {
		t.Errorf("the item is with %d", it.Assignee)
	}
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "Yearly.", at)
	})
	f.sameAsReplay(t, "alpha")
}

// A condition goes to somebody outside the project's people only where the
// change asked for their rights, and where these let them see it.
func TestOthersOfAChange(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	hand := func(to review.PersonID, others ...review.PersonID) error {
		_, err := f.Change(context.Background(), f.as("olga"), store.Target{Project: "alpha", Stage: "live", Others: others}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.HandOnCondition(who, "live", 1, to, "", at)
		})
		return err
	}
	var invalid *review.Invalid
	for name, err := range map[string]error{
		"somebody unknown":     hand(f.people["eng"]),
		"somebody without any": hand(f.people["out"], f.people["out"], f.people["eng"]),
	} {
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := hand(f.people["eng"], f.people["out"], f.people["eng"]); err != nil {
		t.Error(err)
	}
	f.change("olga", store.Target{Project: "alpha", Stage: "live", Others: []review.PersonID{f.people["sre"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.SetDuty(who, f.people["both"], review.DutyMember, at); err != nil { // which reaches all stages
			return err
		}
		if err := r.HandOnCondition(who, "live", 1, f.people["sre"], "", at); err != nil {
			return err
		}
		return r.HandOnCondition(who, "live", 1, f.people["both"], "", at)
	})
	f.expectTodo("eng", nil, nil)
	f.change("olga", store.Target{Project: "alpha", Stage: "live", Others: []review.PersonID{f.people["eng"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.HandOnCondition(who, "live", 1, f.people["eng"], "", at)
	})
	f.expectTodo("eng", []string{"alpha: Test it."}, nil)
	f.sameAsReplay(t, "alpha")
}
