package store_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// What a change of tier took away asks nobody for anything, and comes back with
// the tier.
func TestWhatDoesNotApplyAsksForNothing(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	all := store.Target{Project: "alpha"}
	f.change("olga", all, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Assign(who, "idea", "risks-listed", f.people["mike"], "", at); err != nil {
			return err
		}
		in := review.NewEvidence{URL: "https://wiki.example.test/risks", Title: "Risks", Type: "doc", Expires: at.AddDate(0, 0, 7).Format(review.DateLayout)}
		if err := r.AddEvidence(who, "idea", "risks-listed", in, at); err != nil {
			return err
		}
		return r.RequestWaiver(who, "idea", "risks-listed", review.NewWaiver{Reason: "x", Risk: "x", Measure: "x", Until: at.AddDate(0, 0, 9).Format(review.DateLayout)}, at)
	})
	expect := func(n int) {
		t.Helper()
		mike, err := f.MyWork(t.Context(), f.as("mike"))
		if err != nil {
			t.Fatal(err)
		}
		olga, err := f.MyWork(t.Context(), f.as("olga"))
		if err != nil {
			t.Fatal(err)
		}
		sre, err := f.MyWork(t.Context(), f.as("sre"))
		if err != nil {
			t.Fatal(err)
		}
		register, err := f.Waivers(t.Context(), f.as("adam"), store.WaiverFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(mike.Items) != n || len(olga.Expiring) != n || len(sre.Waivers) != n || len(register.Rows) != n || register.Counts.Waiting != n {
			t.Errorf("%d items, %d links, %d waivers to decide, %d in the register, which counts %d; want %d of each",
				len(mike.Items), len(olga.Expiring), len(sre.Waivers), len(register.Rows), register.Counts.Waiting, n)
		}
		if found := f.problems(t); len(found) > 0 {
			t.Errorf("verifying finds %q", found)
		}
	}
	tier := func(n plan.Tier) {
		t.Helper()
		f.change("adam", all, func(r *review.Review, who review.Actor, at time.Time) error {
			p := &r.Project
			return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: n, Exposure: p.Exposure, Profile: p.Profile}, at)
		})
	}
	expect(1)
	tier(3)
	expect(0)
	f.migrateAnew(3, `select 1`)
	if _, err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(0)
	tier(1)
	expect(1)
}

// What a narrower exposure took away asks nobody for anything, and comes back with
// the exposure: the answers, and the signatures on them.
func TestWhatAnExposureDoesNotNeedAsksForNothing(t *testing.T) {
	f := newFixture(t)
	next := smallTemplate()
	next.Version, next.Stages[0].Gate.From = 2, plan.ExposureLimited
	if err := f.publish(plan.Document{Lifecycle: next}); err != nil {
		t.Fatal(err)
	}
	ref, err := f.Lifecycle(t.Context(), "small", 2)
	if err != nil {
		t.Fatal(err)
	}
	f.ref = ref
	f.create("alpha")
	expose := func(e review.Exposure) {
		t.Helper()
		f.change("adam", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
			in := r.Project.Fields()
			in.Exposure, in.Reason = e, "We looked again."
			return r.Edit(who, in, at)
		})
	}
	gate := func(want review.GateState) {
		t.Helper()
		v, err := f.Gate(t.Context(), f.as("adam"), "alpha", "idea")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Review.Standing(v.Stage, v.Now); got != want || v.Stage.Gate != want {
			t.Errorf("the gate is %s, kept as %s, want %s", got.Label(), v.Stage.Gate.Label(), want.Label())
		}
		if found := f.problems(t); len(found) > 0 {
			t.Errorf("verifying finds %q", found)
		}
	}
	gate(review.GateNotNeeded)
	expose(review.ExposureGeneral)
	f.change("olga", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "idea", "demo-shown", f.people["mike"], "", at)
	})
	f.answerIdea("alpha")
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", r.Digest(r.Stage("idea")), "", at)
	})
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "eng": plan.SeatEngineering} {
		if _, err := f.sign(name, "alpha", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	gate(review.GatePassed)
	work := func(want int) {
		t.Helper()
		mike, err := f.MyWork(t.Context(), f.as("mike"))
		if err != nil {
			t.Fatal(err)
		}
		if len(mike.Items) != want {
			t.Errorf("%d items wait for mike, want %d", len(mike.Items), want)
		}
	}
	f.change("mike", store.Target{Project: "alpha", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "demo-shown", review.NotMet, "", r.Stage("idea").Item("demo-shown").Answer.Version, at)
	})
	gate(review.GateChanged)
	work(1)
	expose(review.ExposurePilot) // what was signed has changed, which is nobody's business now
	gate(review.GateNotNeeded)
	work(0)
	expose(review.ExposureLimited)
	gate(review.GateChanged)
	work(1)
}
