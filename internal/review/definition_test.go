package review_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// terms are two versions of a readiness definition, of which the second tolerates
// less and asks for more, and another definition that asks for less than both.
func terms() []*plan.Definition {
	of := func(key string, version, tolerated int, share string) *plan.Definition {
		d := &plan.Definition{Kind: plan.KindDefinition, Key: key, Version: version, Name: "What ready means", Deployment: "In steps.", Incident: "It hurts."}
		for i := range d.Tiers {
			d.Tiers[i] = plan.Terms{
				Recovery: "1 hour", Tolerated: tolerated,
				Objectives: []plan.Goal{{Indicator: "Availability", Objective: share + " % of requests", Window: "28 days"}},
			}
		}
		return d
	}
	return []*plan.Definition{of("terms", 1, 12, "99.5"), of("terms", 2, 8, "99.9"), of("lax", 1, 20, "99")}
}

func defRef(version int) plan.Ref { return plan.Ref{Key: "terms", Version: version, Digest: "d"} }

func (w *world) pin(p review.PersonID, ref plan.Ref) error {
	return w.r.PinDefinition(w.actor(p), ref, w.r.PlanDigest(), "it holds here", w.tick())
}

// A definition is pinned, and another version takes its place. The first of two who
// act on the same plan wins, and what is pinned already is no event.
func TestPinningADefinition(t *testing.T) {
	w := newPlanned(t, shelf{definitions: terms()})
	w.ok(w.pin(owner, defRef(1)))
	if def := w.r.Plan.Definition; def == nil || def.Version != 1 || w.r.Plan.Origin.Definition != defRef(1) {
		t.Fatalf("pinned %+v", def)
	}
	n := len(w.r.Recorded())
	w.ok(w.pin(owner, defRef(1)))
	if len(w.r.Recorded()) != n {
		t.Error("pinning what is pinned is an event")
	}
	w.refused(w.r.PinDefinition(w.actor(owner), defRef(2), "old", "why", w.tick()), "outdated")
	w.refused(w.r.PinDefinition(w.actor(owner), defRef(2), w.r.PlanDigest(), " ", w.tick()), "invalid")
	w.refused(w.pin(member, defRef(2)), "denied")
	w.ok(w.pin(owner, defRef(2)))
	w.refused(w.pin(owner, defRef(1)), "denied") // it tolerates more again
	w.refused(w.pin(owner, plan.Ref{Key: "lax", Version: 1, Digest: "d"}), "denied")
	w.refused(w.pin(owner, w.r.Plan.Ref()), "refused") // a lifecycle is none
	w.ok(w.pin(manager, plan.Ref{Key: "lax", Version: 1, Digest: "d"}))
	w.ok(w.pin(owner, defRef(1))) // it asks for more than that one
	w.replays()
}

// An upgrade brings a newer version of the definition, and undoing it the older one.
// It neither pins one nor takes one away.
func TestUpgradingADefinition(t *testing.T) {
	w := newPlanned(t, shelf{definitions: terms()})
	upgrade := func(def plan.Ref) error {
		return w.r.Upgrade(w.actor(owner), w.r.Plan.Origin.Defined(def), w.r.PlanDigest(), "the newest", w.tick())
	}
	w.refused(upgrade(defRef(1)), "refused")
	w.ok(w.pin(owner, defRef(1)))
	w.ok(upgrade(defRef(2)))
	if got := w.r.Plan.Origin.Definition; got != defRef(2) {
		t.Fatalf("upgraded to %+v", got)
	}
	w.refused(upgrade(defRef(1)), "denied")
	w.refused(upgrade(plan.Ref{}), "refused")
	w.ok(w.r.UndoUpgrade(w.actor(owner), w.r.PlanDigest(), "too early", w.tick()))
	if got := w.r.Plan.Origin.Definition; got != defRef(1) {
		t.Errorf("undone to %+v", got)
	}
	w.replays()
}

// A project starts with the definition that is given to it, and nobody comes in by
// that way later.
func TestDefinedAtStart(t *testing.T) {
	tmpl := lifecycle(plan.OrderFree, true)
	by := review.Actor{Person: viewer, Roles: []review.Role{review.RoleViewer}}
	in := review.NewProject{Key: "till", Name: "T", Team: "T", Tier: 2, Exposure: review.ExposurePilot, Owner: owner}
	r, err := review.Create(by, project, plan.Bare(tmpl, version(tmpl, 3)), in, base)
	if err != nil {
		t.Fatal(err)
	}
	r.Plans = shelf{lifecycles: []*plan.Lifecycle{tmpl}, definitions: terms()}.plans
	if err := r.DefineAtStart(by, version(tmpl, 3), "default", base); refusal(err) != "refused" {
		t.Errorf("a lifecycle is pinned as a definition: %v", err)
	}
	if err := r.DefineAtStart(by, defRef(1), "default", base); err != nil || r.Plan.Origin.Definition != defRef(1) {
		t.Errorf("started with %+v, %v", r.Plan.Origin.Definition, err)
	}
	later, err := review.Replay(project, r.Recorded(), r.Plans)
	if err != nil || later.Plan.Definition == nil {
		t.Fatalf("replayed as %+v, %v", later.Plan.Origin, err)
	}
	if err := later.DefineAtStart(by, defRef(2), "default", base); refusal(err) != "refused" {
		t.Errorf("a definition joins a project that is there: %v", err)
	}
}

// A risk above what the definition tolerates is not accepted, whoever decides; below
// it is. A project without a definition decides as before.
func TestRisksAboveTheToleranceAreNotAccepted(t *testing.T) {
	w := newPlanned(t, shelf{definitions: terms()})
	before := w.add(member, "risk", aRisk("5", "5"))
	w.ok(w.move(manager, before, "accepted", "We refund."))
	w.ok(w.pin(owner, defRef(2)))
	no := w.add(member, "risk", aRisk("3", "3"))
	err := w.move(manager, no, "accepted", "We refund.")
	w.refused(err, "refused")
	if want := "R2 scores 9 of 25, and “What ready means”, version 2, tolerates 8 at tier 2. Make it less likely or less bad first."; err.Error() != want {
		t.Errorf("it is refused with\n%s, want\n%s", err, want)
	}
	within := w.add(member, "risk", aRisk("2", "4"))
	w.ok(w.move(manager, within, "accepted", "We refund."))
	for n, want := range map[int]bool{before: true, no: true, within: false} {
		if rec, err := w.r.Record(n); err != nil || (w.r.Exceeds(rec) != "") != want {
			t.Errorf("%s is above the tolerance: %t, %v", rec.Name(), !want, err)
		}
	}
	if rec, err := w.r.Record(before); err != nil || rec.State != "accepted" {
		t.Errorf("what was accepted before is %+v, %v", rec, err)
	}
	w.ok(w.move(member, no, "closed", "It cannot happen any more."))
	if rec, err := w.r.Record(no); err != nil || w.r.Exceeds(rec) != "" {
		t.Error("a closed risk is above the tolerance")
	}
	w.replays()
}

// An objective that names one of the definition and falls short of it keeps its gate
// from being asked for, until it is tightened or its item is waived there.
func TestLooseObjectivesStopTheirGate(t *testing.T) {
	w := newPlanned(t, shelf{definitions: terms()})
	w.ok(w.pin(owner, defRef(2)))
	w.fill(build)
	objective := func(title, share, window string, stage plan.StageKey, item plan.ItemKey) int {
		in := anObjective(share)
		in.Title, in.Stage, in.Item, in.Values["window"] = title, stage, item, window
		return w.add(member, "objective", in)
	}
	loose := func(sk plan.StageKey) (nos []int) {
		for _, b := range w.r.RequestBlockers(w.stage(sk), w.now) {
			if b.Kind == review.ObjectiveLooser {
				nos = append(nos, b.Record)
			}
		}
		return nos
	}
	is := func(sk plan.StageKey, want ...int) {
		t.Helper()
		if got := loose(sk); !slices.Equal(got, want) {
			t.Errorf("at %s, %v are looser, want %v", sk, got, want)
		}
	}
	objective("Payments are confirmed", "90", "28d", "", "") // names none
	objective(" availability ", "99.9", "28d", "", "")       // as asked
	objective("AVAILABILITY", "99.95", "7d", "", "")         // tighter
	is(build)
	everywhere := objective("Availability", "99.5", "28d", "", "")
	is(build, everywhere)
	is(run, everywhere)
	w.ok(w.move(member, everywhere, "retired", "Too loose."))
	is(build)
	long := objective("Availability", "99.95", "90d", build, "")
	is(build, long)
	is(run)
	w.refused(w.request(owner, build), "blocked")
	w.ok(w.move(member, long, "retired", "Too long."))

	// It names an item of the build stage: it is held against the definition there, and
	// a waiver of that item covers it as long as it counts.
	at := objective("Availability", "99.5", "28d", "", "tests")
	is(build, at)
	is(run)
	w.leave(build, "tests", "2026-04-01")
	is(build)
	if rec, _ := w.r.Record(at); w.r.Excuse(rec, w.now) == nil || w.r.ShortOf(rec) == nil {
		t.Error("nothing tells that the waiver covers it")
	}
	w.now = w.now.AddDate(0, 2, 0)
	is(build, at)

	// One that counts at another gate than that of its item no waiver covers.
	other := objective("Availability", "99.5", "28d", run, "tests")
	is(run, other)

	// The first version asks for less.
	w.ok(w.pin(manager, defRef(1)))
	is(build)
	is(run)
	w.replays()
}
