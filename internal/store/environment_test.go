package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// The environments of a project are part of its plan in all that is stored: its rows are
// what its trail says after each change, are rebuilt from it, and say what was before.
func TestEnvironmentsOfAProject(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	m := &plan.Module{
		Kind: plan.KindModule, Key: "sites", Version: 1, Name: "Sites", Summary: "What each site needs.",
		Items: []plan.ModuleItem{{Phase: "design", Item: plan.Item{
			Key: "sites-way-back", Title: "There is a way back", Levels: [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust},
			Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatSRE}, Quality: []string{"reliability"}, Environments: []plan.EnvironmentKind{"staging", "production"},
		}}},
	}
	refs := f.published(plan.Document{Module: m}, plan.Document{Lifecycle: phased(1)})
	f.ref = refs[1]
	c := f.create("alpha")
	id := c.Review.Project.ID
	in := func(stage plan.StageKey, name string, decide store.Decide) *store.Changed {
		t.Helper()
		c := f.change(name, store.Target{Project: "alpha", Stage: stage}, decide)
		v, err := f.VerifyStream(ctx, id)
		if err != nil || len(v.Problems) > 0 {
			t.Fatalf("%v, %v", err, v.Problems)
		}
		return c
	}
	in("", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, refs[0], r.PlanDigest(), "Two sites.", at)
	})
	p, err := f.ProjectPlan(ctx, f.as("olga"), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	it, s := p.Review.Plan.Find("sites-way-back")
	if it == nil {
		t.Fatal("the module is not there")
	}
	in(s.Key, "mike", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, s.Key, "sites-way-back", review.Met, "There is.", 0, at)
	})
	in(s.Key, "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, s.Key, "sites-way-back", review.NewEvidence{URL: "https://wiki.example.test/1", Title: "Way back", Type: "doc"}, at)
	})
	add := func(name string) {
		t.Helper()
		in("", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.AddEnvironment(who, review.NewEnvironment{Name: name, Kind: "production"}, r.PlanDigest(), "We run there.", at)
		})
	}
	add("Frankfurt")
	add("Berlin")
	in(s.Key, "mike", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, s.Key, "sites-way-back@berlin", review.NotMet, "Not yet.", 0, at)
	})
	in("", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RenameEnvironment(who, "berlin", "Berlin, second site", r.PlanDigest(), "There is another.", at)
	})
	v, err := f.Item(ctx, f.as("olga"), "alpha", s.Key, "sites-way-back@frankfurt")
	if err != nil || v.Item.Answer.Note != "There is." || !v.Item.Reattest || v.Review.Stage(s.Key).Evidence[0].Item != "sites-way-back@frankfurt" {
		t.Errorf("Frankfurt has %+v, %v", v, err)
	}
	two := time.Now()
	to := storetest.New(t)
	if _, err := rebuildInto(t.Context(), t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"review", "plan", "portfolio", "item", "evidence"} {
		if want, got := rows(t, f.db, table), rows(t, to, table); !slices.Equal(got, want) {
			t.Errorf("%s is\n%s\nwhere it was\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for _, k := range []plan.EnvironmentKey{"berlin", "frankfurt"} {
		in("", "mona", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.RemoveEnvironment(who, k, r.PlanDigest(), "We left.", at)
		})
	}
	if v, err := f.Item(ctx, f.as("olga"), "alpha", s.Key, "sites-way-back"); err != nil || v.Item.Answer.Note != "There is." {
		t.Errorf("asked once again it is %+v, %v", v, err)
	}
	plan, err := f.ProjectPlan(ctx, f.as("olga"), "alpha")
	if err != nil || len(plan.Review.Plan.Origin.Environments) != 2 { // both were spoken of
		t.Errorf("kept are %+v, %v", plan.Review.Plan.Origin.Environments, err)
	}
	then, err := f.AsOf(ctx, f.as("olga"), "alpha", two)
	if err != nil || len(then.Review.Plan.Origin.Present()) != 2 || then.Review.Plan.Origin.Present()[1].Name != "Berlin, second site" {
		t.Errorf("before that there were %+v, %v", then.Review.Plan.Origin.Environments, err)
	}
}
