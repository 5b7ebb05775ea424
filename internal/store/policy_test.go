package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// changePolicy asks for an item of the first stage, and for one that a team need not
// answer.
func changePolicy() *plan.PolicyDocument {
	return &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "changes", Version: 1, Name: "Changes", Summary: "How production changes.", Issuer: "Us", ReviewBy: "2030-03-31",
		Requirements: []plan.Requirement{{Key: "shown", Level: plan.LevelMust, Text: "A demo was shown.", Items: []plan.ItemKey{"demo-shown"}}},
	}
}

// A policy is part of a project's plan in all that is stored: an answer in one stage
// turns the gates after it in the lists, pages of one stage know of the others, and the
// library counts who goes by it.
func TestPoliciesOfAProject(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	second := changePolicy()
	second.Version, second.ReviewBy = 2, "2031-03-31"
	refs := f.published(plan.Document{Policy: changePolicy()}, plan.Document{Policy: second})
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
	gates := func() []review.GateState {
		t.Helper()
		v, err := f.Project(ctx, f.as("olga"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		return []review.GateState{v.Rollups[0].Gate, v.Rollups[1].Gate}
	}
	in("live", "mike", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.Met, "", 0, at)
	})
	in("live", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://ci.example.test/1", Title: "Restored", Type: "test-report"}, at)
	})
	if got := gates(); got[1] != review.GateReady {
		t.Fatalf("the gates are %v", got)
	}
	in("", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachPolicy(who, refs[0], r.PlanDigest(), "The auditors ask.", at)
	})
	if got := gates(); got[1] != review.GateBlocked {
		t.Errorf("with a policy the gates are %v", got)
	}
	v, err := f.Gate(ctx, f.as("olga"), "alpha", "live")
	if err != nil || !slices.ContainsFunc(v.Review.Blockers(v.Stage, v.Now), func(b review.Blocker) bool { return b.Kind == review.PolicyUnmet && b.Policy == "changes" }) {
		t.Errorf("the gate's page does not say that the policy does not hold: %v", err)
	}
	if sre := v.Holders[plan.SeatSRE]; len(v.Reviews) != 1 || len(sre.People) != sre.Total || len(sre.People) == 0 {
		t.Errorf("the gate's page has %d reviews, and %+v in a seat", len(v.Reviews), sre)
	}
	for _, to := range []struct {
		state review.State
		want  review.GateState
	}{{review.Met, review.GateReady}, {review.NotMet, review.GateBlocked}, {review.Met, review.GateReady}} {
		in("idea", "mike", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", "demo-shown", to.state, "Said.", r.Stage("idea").Item("demo-shown").Answer.Version, at)
		})
		if got := gates(); got[1] != to.want {
			t.Errorf("once the item of another stage is %s the gates are %v", to.state, got)
		}
	}
	p, err := f.ProjectPlan(ctx, f.as("olga"), "alpha")
	if err != nil || len(p.Review.Plan.Policies) != 1 || p.Review.Plan.Policies[0].Version != 1 {
		t.Fatalf("%+v, %v", p.Review.Plan.Policies, err)
	}
	doc, err := f.DocumentVersion(ctx, f.as("olga"), "changes", 1)
	if err != nil || len(doc.Uses) != 1 || doc.Uses[0] != (store.DocumentUse{Version: 1, Projects: 1}) || len(doc.Showing["demo-shown"]) != 1 {
		t.Errorf("it is used by %+v and shown by %+v, %v", doc.Uses, doc.Showing, err)
	}
	if got := f.listed("olga", store.PortfolioFilter{Uses: "changes", Version: 1, Sort: store.SortName}); got != "alpha" {
		t.Errorf("projects with the policy: %s", got)
	}
	to := storetest.New(t)
	if _, err := rebuildInto(t.Context(), t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"review", "plan", "portfolio", "template_version"} {
		if want, got := rows(t, f.db, table), rows(t, to, table); !slices.Equal(got, want) {
			t.Errorf("%s is\n%s\nwhere it was\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	in("", "olga", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachPolicy(who, refs[1], r.PlanDigest(), "Looked at.", at)
	})
	in("", "mona", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.DetachPolicy(who, "changes", r.PlanDigest(), "Another one covers it.", at)
	})
	then, err := f.AsOf(ctx, f.as("olga"), "alpha", p.Now)
	if err != nil || len(then.Review.Plan.Policies) != 1 {
		t.Errorf("before that it had %+v, %v", then.Review.Plan.Policies, err)
	}
	_, err = f.Change(ctx, f.as("olga"), store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, refs[0], r.PlanDigest(), "Why not.", at)
	})
	var refused *review.Refused
	if !errors.As(err, &refused) {
		t.Errorf("attached as a module: %v", err)
	}
}
