package review_test

import (
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
