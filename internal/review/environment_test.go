package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// situated asks for tests in each environment; the last gate decides on production.
func situated(t *plan.Lifecycle, p *review.NewProject) {
	t.Stages[1].Items[0].Environments = []plan.EnvironmentKind{"staging", "production"}
	t.Stages[2].Gate.Environments = []plan.EnvironmentKind{"production"}
}

func site(name, kind string) review.NewEnvironment {
	return review.NewEnvironment{Name: name, Kind: kind}
}

func (w *world) settle(p review.PersonID, in review.NewEnvironment) error {
	return w.r.AddEnvironment(w.actor(p), in, w.r.PlanDigest(), "we run there", w.tick())
}

func (w *world) rename(p review.PersonID, k plan.EnvironmentKey, name string) error {
	return w.r.RenameEnvironment(w.actor(p), k, name, w.r.PlanDigest(), "it has another name", w.tick())
}

func (w *world) leaveSite(p review.PersonID, k plan.EnvironmentKey) error {
	return w.r.RemoveEnvironment(w.actor(p), k, w.r.PlanDigest(), "we left", w.tick())
}

func (w *world) asked() string {
	var out []string
	for _, s := range w.r.Plan.Stages {
		for _, it := range s.Items {
			if len(it.Environments) > 0 {
				out = append(out, string(s.Key)+"/"+string(it.Key))
			}
		}
	}
	return strings.Join(out, " ")
}

func newSituated(t *testing.T) *world { return newPlanned(t, shelf{}, situated) }

// Naming environments asks for each of them; what was answered for the project is the
// first one's, to be confirmed, and returns when there are none left.
func TestNamingEnvironments(t *testing.T) {
	w := newSituated(t)
	w.ok(w.answer(member, build, "tests", review.Met, "They run."))
	w.ok(w.link(mate, build, "tests", "https://ci.example.com/1", "ci-run"))
	without := func(kind plan.EnvironmentKind, nowhere ...plan.ItemKey) {
		t.Helper()
		all := w.r.Unplaced()
		if len(nowhere) == 0 && len(all) == 0 {
			return
		}
		if len(all) != 1 || all[0].Kind != kind || len(all[0].Once) > 0 || len(all[0].Nowhere) != len(nowhere) || all[0].Nowhere[0].Def.Key != nowhere[0] {
			t.Errorf("not asked for any environment is %+v", all)
		}
	}
	without("")
	w.ok(w.settle(owner, site("Staging", "staging")))
	without("production", "tests@staging")
	w.ok(w.settle(deputy, site("Production, Frankfurt", "production")))
	without("")
	if got := w.asked(); got != "build/tests@staging run/tests@production-frankfurt" {
		t.Fatalf("asked is %s", got)
	}
	it := w.stage(build).Item("tests@staging")
	if it.Answer.Note != "They run." || !it.Reattest || w.stage(build).Evidence[0].Item != "tests@staging" {
		t.Errorf("the first environment has %+v", it)
	}
	if it := w.stage(run).Item("tests@production-frankfurt"); it.Answer.State != review.Open || it.Def.Title != "Tests run on each change (Production, Frankfurt)" {
		t.Errorf("the second has %+v", it)
	}
	w.replays()
	w.ok(w.leaveSite(manager, "production-frankfurt"))
	w.ok(w.leaveSite(owner, "staging")) // the last: it is asked once again, which is no less
	if it := w.stage(build).Item("tests"); it == nil || it.Answer.Note != "They run." || !it.Reattest {
		t.Errorf("once again it is %+v", it)
	}
	if o := w.r.Plan.Origin; len(o.Environments) != 1 || !o.Environments[0].Retired { // nothing was said of Frankfurt
		t.Errorf("kept are %+v", o.Environments)
	}
	w.replays()
}

// Another name changes neither answers nor signatures; a site that comes later puts the
// gate that decides on it out of date, and no other.
func TestEnvironmentsAndSignatures(t *testing.T) {
	w := newSituated(t)
	w.ok(w.settle(owner, site("Staging", "staging")))
	w.ok(w.settle(owner, site("Frankfurt", "production")))
	w.pass(design)
	w.pass(build)
	w.pass(run)
	before := w.copied()
	w.ok(w.rename(owner, "frankfurt", "Production, Frankfurt"))
	if got := w.stage(run).Item("tests@frankfurt").Def.Title; got != "Tests run on each change (Production, Frankfurt)" {
		t.Errorf("the item is called %s", got)
	}
	for _, sk := range []plan.StageKey{design, build, run} {
		w.gate(sk, review.GatePassed)
		if was, is := before.Digest(before.Stage(sk)), w.digest(sk); was != is {
			t.Errorf("what is signed of %s changed", sk)
		}
	}
	w.ok(w.settle(owner, site("Berlin", "production")))
	w.gate(build, review.GatePassed)
	w.gate(run, review.GateChanged)
	if n := w.r.SituationsAt(w.stage(run), w.now); len(n) != 2 || !n[0].Ready() || n[1].Ready() || n[1].Must != 1 {
		t.Errorf("situations %+v", n)
	}
	w.refused(w.leaveSite(owner, "berlin"), "denied") // a required item goes
	w.ok(w.leaveSite(manager, "berlin"))
	w.gate(run, review.GatePassed) // as it was signed
	w.replays()
}

// What was said of a site that is removed is kept, and returns with it.
func TestRemovedEnvironmentsReturn(t *testing.T) {
	w := newSituated(t)
	w.ok(w.settle(owner, site("Frankfurt", "production")))
	w.ok(w.settle(owner, site("Berlin", "production")))
	w.ok(w.answer(member, run, "tests@berlin", review.Met, "There too."))
	w.ok(w.link(mate, run, "tests@berlin", "https://ci.example.com/2", "ci-run"))
	w.ok(w.leaveSite(manager, "berlin"))
	if it := w.aside("tests@berlin"); it == nil || it.Answer.Note != "There too." {
		t.Fatalf("set aside is %+v", it)
	}
	w.refused(w.settle(owner, review.NewEnvironment{Name: "Berlin", Key: "berlin", Kind: "staging"}), "invalid")
	w.ok(w.settle(owner, review.NewEnvironment{Name: "Berlin again", Key: "berlin", Kind: "production"}))
	if it := w.stage(run).Item("tests@berlin"); it.Answer.Note != "There too." || it.Reattest {
		t.Errorf("returned is %+v", it)
	}
	w.replays()
}

// A policy's requirement holds when each environment shows it.
func TestPoliciesInEachEnvironment(t *testing.T) {
	pol := ruled("tests")
	w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{pol}}, situated)
	w.ok(w.settle(owner, site("Staging", "staging")))
	w.ok(w.settle(owner, site("Frankfurt", "production")))
	w.ok(w.adopt(owner, pol))
	w.ok(w.answer(member, build, "tests@staging", review.Met, ""))
	w.ok(w.link(mate, build, "tests@staging", "https://ci.example.com/1", "ci-run"))
	if got, _ := w.stands(); got != review.RequirementUnmet {
		t.Errorf("with one of two it %s", got)
	}
	if slices.Contains(strings.Fields(w.blockers(build)), "policy-unmet") { // Frankfurt is decided on later
		t.Error("the gate of staging waits for Frankfurt")
	}
	w.ok(w.answer(member, run, "tests@frankfurt", review.Met, ""))
	w.ok(w.link(mate, run, "tests@frankfurt", "https://ci.example.com/2", "ci-run"))
	if got, _ := w.stands(); got != review.RequirementHolds {
		t.Errorf("with both it %s", got)
	}
}

// An upgrade keeps the environments, also to a version that asks more of them.
func TestUpgradesKeepEnvironments(t *testing.T) {
	next := lifecycle(plan.OrderFree, true)
	situated(next, nil)
	phased(next, nil)
	next.Version = 4
	next.Stages[2].Items[1].Environments = []plan.EnvironmentKind{"production"}
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{next}}, situated)
	w.ok(w.settle(owner, site("Frankfurt", "production")))
	w.ok(w.answer(member, run, "tests@frankfurt", review.Met, "A"))
	w.ok(w.answer(member, run, "drill", review.Met, "B"))
	w.ok(w.upgrade(owner, next))
	if it := w.stage(run).Item("tests@frankfurt"); it.Answer.Note != "A" || it.Reattest {
		t.Errorf("what was asked of Frankfurt before is %+v", it)
	}
	if it := w.stage(run).Item("drill@frankfurt"); it.Answer.Note != "B" || !it.Reattest {
		t.Errorf("what is asked of it now is %+v", it)
	}
	w.ok(w.undo(owner))
	if it := w.stage(run).Item("drill"); it.Answer.Note != "B" || it.Reattest {
		t.Errorf("after undoing it is %+v", it)
	}
	w.replays()
}

func TestWrongEnvironments(t *testing.T) {
	w := newSituated(t)
	w.ok(w.settle(owner, site("Staging", "staging")))
	for _, in := range []review.NewEnvironment{
		{Name: "", Kind: "production"}, {Name: "Staging", Key: "other", Kind: "staging"}, {Name: "Other", Key: "staging", Kind: "staging"},
		{Name: "Other", Key: "Not a key", Kind: "staging"}, {Name: "Other", Key: "other@x", Kind: "staging"}, {Name: "Other", Kind: "moon"}, {Name: "Other", Kind: ""},
		{Name: strings.Repeat("x", 61), Key: "other", Kind: "staging"}, {Name: "東京", Kind: "staging"}, {Name: "a\nb", Key: "other", Kind: "staging"},
	} {
		w.refused(w.silent(func() error { return w.settle(owner, in) }), "invalid")
	}
	w.refused(w.settle(member, site("Other", "staging")), "denied")
	w.refused(w.rename(owner, "nowhere", "Other"), "not found")
	w.refused(w.rename(owner, "staging", " "), "invalid")
	w.refused(w.r.AddEnvironment(w.actor(owner), site("Other", "staging"), "another", "why", w.tick()), "outdated")
	w.refused(w.r.AddEnvironment(w.actor(owner), site("Other", "staging"), w.r.PlanDigest(), " ", w.tick()), "invalid")
	again := review.NewEnvironment{Name: "Staging", Key: "staging", Kind: "staging"}
	w.ok(w.silent(func() error { return w.settle(owner, again) })) // the same form sent twice
	w.ok(w.silent(func() error { return w.rename(owner, "staging", "Staging") }))
	w.ok(w.silent(func() error { return w.leaveSite(owner, "nowhere") }))
	for i := range review.MaxEnvironments - 1 {
		w.ok(w.settle(owner, site("Site "+string(rune('a'+i)), "production")))
	}
	w.refused(w.settle(owner, site("One more", "production")), "invalid")
}
