package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func needs(from, now review.Exposure, stages ...int) option {
	return func(t *plan.Lifecycle, p *review.NewProject) {
		for _, i := range stages {
			t.Stages[i].Gate.From = from
		}
		p.Exposure = now
	}
}

func (w *world) expose(by review.PersonID, e review.Exposure, why string) error {
	return w.edit(by, func(f *review.ProjectFields) { f.Exposure, f.Reason = e, why })
}

// A gate that the exposure does not need is passed over: nothing is asked in its
// stage, and the project goes on. What was said there comes back with the exposure,
// and so do the signatures on it.
func TestAGateThatIsNotNeeded(t *testing.T) {
	w := newWorld(t, needs(review.ExposureLimited, review.ExposureGeneral, 1))
	w.pass(build)
	w.refused(w.silent(func() error { return w.expose(owner, review.ExposurePilot, "A trial.") }), "denied")
	w.refused(w.silent(func() error { return w.expose(manager, review.ExposurePilot, " ") }), "invalid")
	w.ok(w.expose(owner, review.ExposureLimited, "")) // which needs the same gates
	w.ok(w.expose(manager, review.ExposurePilot, "A trial."))
	w.gate(build, review.GateNotNeeded)
	w.blocked(build)
	roll := w.r.Rollup(w.stage(build), w.now)
	if roll.MustTotal != 0 || roll.Blockers != 0 || len(roll.Waits) != 0 || !roll.Gate.Passed() {
		t.Errorf("its numbers are %+v", roll)
	}
	if early := w.r.EarlierOpen(w.stage(run), w.now); len(early) != 1 || early[0] != "Design" {
		t.Errorf("before the last gate are open %q", early)
	}
	for name, command := range map[string]func() error{
		"request": func() error { return w.request(owner, build) },
		"answer":  func() error { return w.answer(member, build, "tests", review.NotMet, "no") },
		"force": func() error {
			return w.r.Force(w.actor(manager), build, w.digest(build), "fire", "2026-03-10", w.tick())
		},
		"reopen": func() error {
			return w.r.Reopen(w.actor(manager), build, review.NewReopening{Round: 1, Reason: "a leak", Impact: "none"}, w.tick())
		},
		"raise": func() error {
			return w.r.RaiseLevel(w.actor(owner), "load", plan.LevelMust, w.r.PlanDigest(), "more", w.tick())
		},
	} {
		if err := w.silent(command); refusal(err) != "refused" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.replays()
	w.ok(w.expose(owner, review.ExposureGeneral, ""))
	w.gate(build, review.GatePassed)
	w.replays()
}

// What changes while nobody asks is held against what was signed once it is asked
// again.
func TestWhatChangedWhileAGateWasNotNeeded(t *testing.T) {
	w := newWorld(t, needs(review.ExposureLimited, review.ExposureLimited, 1), withTier(3))
	w.pass(build)
	w.ok(w.expose(manager, review.ExposurePilot, "A trial."))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }))
	w.gate(build, review.GateNotNeeded)
	w.ok(w.expose(owner, review.ExposureLimited, ""))
	w.gate(build, review.GateChanged)
	w.replays()
}

// A request under way ends when its gate is no longer needed.
func TestARequestWhoseGateIsNotNeededEnds(t *testing.T) {
	w := newWorld(t, needs(review.ExposureLimited, review.ExposureLimited, 1))
	w.open(build)
	w.ok(w.expose(manager, review.ExposureSandbox, "Only ours."))
	last := w.stage(build).LastRound()
	if last.Outcome != review.OutcomeWithdrawn || last.Why != "Not needed for a sandbox." {
		t.Errorf("the round ended as %q: %s", last.Outcome, last.Why)
	}
	w.ok(w.expose(owner, review.ExposureLimited, ""))
	w.gate(build, review.GateReady)
	w.replays()
}

// A live service that is to be open to more people is told which gates come first.
func TestLiveForMorePeople(t *testing.T) {
	w := newWorld(t, needs(review.ExposureLimited, review.ExposurePilot, 0, 1))
	ahead := func(want ...plan.StageKey) {
		t.Helper()
		gates := make([]review.GateState, len(w.r.Stages))
		for i := range w.r.Stages {
			gates[i] = w.r.Standing(&w.r.Stages[i], w.now)
		}
		live, _ := w.r.Live(w.now)
		got := w.r.Ahead(gates, live)
		if len(got) != len(want) {
			t.Fatalf("ahead are %d gates, want %v", len(got), want)
		}
		for i := range want {
			if got[i].Key != want[i] {
				t.Errorf("ahead is %s, want %s", got[i].Key, want[i])
			}
		}
	}
	w.pass(run)
	ahead()
	w.ok(w.expose(owner, review.ExposureLimited, ""))
	ahead(design, build)
	w.pass(build)
	ahead(design)
}

// A release of a pilot was not early for want of gates that a pilot does not need.
func TestAReleaseOfAPilot(t *testing.T) {
	w := newWorld(t, needs(review.ExposureLimited, review.ExposurePilot, 1))
	w.pass(design)
	no := w.add(member, "release", aRelease())
	w.ok(w.out(member, no))
	if early := w.r.Records[no-1].BeforeGates(); len(early) != 1 || early[0].Stage != run {
		t.Errorf("it went out before %+v", early)
	}
}

// From which exposure on a gate is needed is part of what is signed there.
func TestExposureIsSigned(t *testing.T) {
	a, b := newWorld(t), newWorld(t, needs(review.ExposurePilot, review.ExposurePilot, 1))
	if a.digest(build) == b.digest(build) || a.digest(design) != b.digest(design) {
		t.Error("the digests do not tell the gates apart, or more than that")
	}
}
