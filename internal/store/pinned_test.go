package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// houseTerms is a version of a readiness definition.
func houseTerms(version int) plan.Document {
	d := &plan.Definition{Kind: plan.KindDefinition, Key: "terms", Version: version, Name: "Terms", Summary: "S", Deployment: "In steps.", Incident: "It hurts."}
	for i := range d.Tiers {
		d.Tiers[i] = plan.Terms{
			Recovery: "1 hour", Tolerated: 8 - version, Objectives: []plan.Goal{{Indicator: "Availability", Objective: "99.9 % of requests", Window: "28 days"}},
		}
	}
	return plan.Document{Definition: d}
}

// New projects pin the newest version of the definition that the library names. With a
// newer one they are behind, until somebody updates them; a retired one nobody gets.
// Reading, verifying and building everything again agree on it.
func TestProjectsPinDefinitions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	create := func(key string) *review.Review {
		t.Helper()
		made, err := f.Create(ctx, f.as("olga"), f.ref, review.NewProject{
			Key: key, Name: key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"],
		})
		if err != nil {
			t.Fatal(err)
		}
		return made.Review
	}
	refs := f.published(houseTerms(1))
	if r := create("before"); r.Plan.Definition != nil {
		t.Errorf("before a default is named, a project pins %+v", r.Plan.Origin.Definition)
	}
	if err := f.NameDefault(ctx, f.as("olga"), "terms", true, "Ours."); err == nil {
		t.Error("somebody who may not edit the library names the default")
	}
	if err := f.NameDefault(ctx, f.as("adam"), "terms", true, "Ours."); err != nil {
		t.Fatal(err)
	}
	if r := create("pays"); r.Plan.Origin.Definition != refs[0] || r.Plan.Definition == nil {
		t.Errorf("a new project pins %+v", r.Plan.Origin.Definition)
	}
	lib, err := f.Library(ctx, f.as("olga"), "")
	if err != nil || len(lib.Definitions) != 1 || !lib.Definitions[0].Usual {
		t.Errorf("the library has %+v, %v", lib.Definitions, err)
	}
	refs = append(refs, f.published(houseTerms(2), houseTerms(3))...)
	if _, err := f.Retire(ctx, f.as("adam"), "terms", 3, "A mistake."); err != nil {
		t.Fatal(err)
	}
	if r := create("later"); r.Plan.Origin.Definition != refs[1] {
		t.Errorf("a later project pins %+v; version 3 is retired", r.Plan.Origin.Definition)
	}
	behind, err := f.Behind(ctx, f.as("olga"), 1)
	if err != nil || behind.Total != 1 || len(behind.Projects) != 1 || behind.Projects[0].Key != "pays" {
		t.Errorf("behind: %+v, %v", behind, err)
	}
	if shelf, err := f.Shelf(ctx, f.as("olga"), "terms"); err != nil || !shelf.Default {
		t.Errorf("the shelf says %+v, %v", shelf, err)
	}
	pin := func(ref plan.Ref) (*store.Changed, error) {
		return f.Change(ctx, f.as("olga"), store.Target{Project: "pays"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.PinDefinition(who, ref, r.PlanDigest(), "newer", at)
		})
	}
	if c, err := pin(refs[1]); err != nil || c.Review.Plan.Definition.Version != 2 {
		t.Fatalf("updating: %v", err)
	}
	if _, err := pin(plan.Ref{Key: "terms", Version: 2, Digest: refs[0].Digest}); err == nil {
		t.Error("a version is pinned that was never published")
	}
	if _, err := f.Change(ctx, f.as("olga"), store.Target{Project: "pays"}, func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, record.Objective, review.NewRecord{RecordFields: review.RecordFields{
			Title: "Availability", Values: record.Values{"indicator": "answered, of all", "objective": "99.5", "window": "28d"},
		}}, at)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	view, err := f.DocumentVersion(ctx, f.as("olga"), "terms", 2)
	if err != nil || len(view.Uses) != 1 || view.Uses[0] != (store.DocumentUse{Version: 2, Projects: 2}) {
		t.Errorf("used by %+v, %v", view.Uses, err)
	}
	if p, err := f.Project(ctx, f.as("olga"), "pays"); err != nil || p.Review.Plan.Definition == nil || p.Review.Plan.Definition.Version != 2 {
		t.Errorf("read again: %v", err)
	}
	var refused *review.Refused
	if _, err := f.Retire(ctx, f.as("adam"), "terms", 1, "Old."); err != nil {
		t.Error(err)
	}
	if _, err := f.Retire(ctx, f.as("adam"), "terms", 2, "Old."); !errors.As(err, &refused) {
		t.Errorf("nothing is left that new projects can pin: %v", err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
	to := storetest.New(t)
	if _, err := rebuildInto(ctx, t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"review", "plan", "portfolio", "gate", "retired_version"} {
		if got, want := rows(t, to, table), rows(t, f.db, table); !slices.Equal(got, want) {
			t.Errorf("rebuilt, %s has\n%s\nwhere it had\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
