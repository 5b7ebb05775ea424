package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Whose answers were replaced since the round began is in the rows as it is on
// the trail: after each answer, after the gate has passed, in the next review,
// and when the migration works it out from a trail.
func TestEarlierAnswersOfARound(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	all := store.Target{Project: "alpha"}
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["out"], review.DutyMember, at)
	})
	answer := func(stage plan.StageKey, item plan.ItemKey, names ...string) {
		t.Helper()
		for _, name := range names {
			f.change(name, store.Target{Project: "alpha", Stage: stage}, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.Answer(who, stage, item, review.Met, at.String(), r.Stage(stage).Item(item).Answer.Version, at)
			})
		}
	}
	expect := func(stage plan.StageKey, item plan.ItemKey, names ...string) {
		t.Helper()
		var want []review.PersonID
		for _, name := range names {
			want = append(want, f.people[name])
		}
		slices.Sort(want)
		f.sameAsReplay(t, "alpha")
		v, err := f.Project(t.Context(), f.as("adam"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Review.Stage(stage).Item(item).Earlier; !slices.Equal(got, want) {
			t.Errorf("%s after %v, want %v", item, got, want)
		}
	}
	answer("idea", "scope-set", "mike", "olga", "out", "mike")
	expect("idea", "scope-set", "olga", "out")
	answer("live", "restore-tested", "olga", "out") // mike's was signed off
	expect("live", "restore-tested", "mike", "olga")
	f.again("alpha")
	expect("live", "restore-tested", "olga", "out")
	answer("live", "restore-tested", "olga")
	expect("live", "restore-tested", "mike")
	f.again("alpha")
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "Yearly.", at)
	})
	expect("live", "restore-tested")
	expect("idea", "scope-set")
	answer("idea", "scope-set", "out", "olga")
	answer("idea", "risks-listed", "out")
	expect("idea", "scope-set", "mike", "out")
	expect("idea", "risks-listed")

	f.migrateAnew(3, `select 1`)
	expect("idea", "scope-set", "mike", "out")
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("after the migration verifying finds %q", found)
	}
}
