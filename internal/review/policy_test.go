package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// ruled is a policy of one must that these items show.
func ruled(items ...plan.ItemKey) *plan.PolicyDocument {
	p := changes(1)
	p.Requirements = []plan.Requirement{{Key: "only", Level: plan.LevelMust, Text: "It is so.", Items: items}}
	return p
}

func (w *world) adopt(p review.PersonID, pol *plan.PolicyDocument) error {
	return w.r.AttachPolicy(w.actor(p), policyRef(pol), w.r.PlanDigest(), "the auditors ask", w.tick())
}

func (w *world) abandon(p review.PersonID, key string) error {
	return w.r.DetachPolicy(w.actor(p), key, w.r.PlanDigest(), "nobody asks", w.tick())
}

// stands is how the only requirement of a policy stands, with the first item's words.
func (w *world) stands() (review.RequirementState, string) {
	state, by := w.r.StandsBy(&w.r.Plan.Policies[0].Requirements[0], w.now)
	if len(by) == 0 {
		return state, ""
	}
	return state, by[0].Words
}

func (w *world) standing(want review.RequirementState, words string) {
	w.Helper()
	if got, said := w.stands(); got != want || said != words {
		w.Errorf("the requirement %s (%s), want %s (%s)", got, said, want, words)
	}
}

// A requirement holds when an item is met with evidence, waived, or does not apply as
// approved; whatever the item weighs in the checklist.
func TestWhatShowsARequirement(t *testing.T) {
	must := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("adr")}})
	must.ok(must.adopt(owner, ruled("adr")))
	must.standing(review.RequirementUnmet, "Not answered.")
	must.ok(must.answer(member, design, "adr", review.NotMet, "No."))
	must.standing(review.RequirementUnmet, "Not met.")
	must.ok(must.answer(member, design, "adr", review.Met, ""))
	must.standing(review.RequirementUnmet, "Marked as met, but needs a document or repository link.")
	must.ok(must.link(mate, design, "adr", "https://wiki.example.com/adr", "doc"))
	must.standing(review.RequirementHolds, "Met, with evidence.")
	must.ok(must.answer(member, design, "adr", review.NotApplicable, "No decisions."))
	must.standing(review.RequirementUnmet, "A seat holder has to approve that this does not apply.")
	must.ok(must.approve(archie, design, "adr"))
	must.standing(review.RequirementHolds, "Does not apply, as approved.")
	must.ok(must.answer(member, design, "adr", review.NotMet, "No."))
	until := must.now.AddDate(0, 1, 0)
	must.leave(design, "adr", until.Format(review.DateLayout))
	must.standing(review.RequirementHolds, "Waived until "+until.Format("2 Jan 2006")+".")
	must.now = must.now.AddDate(0, 2, 0)
	must.standing(review.RequirementUnmet, "Not met.")
	must.replays()

	should := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("naming")}})
	should.ok(should.adopt(owner, ruled("naming")))
	should.ok(should.answer(member, design, "naming", review.NotApplicable, "No names."))
	should.standing(review.RequirementUnmet, "Said not to apply, which is approved of required items only; raise its level, or meet it.")
	should.ok(should.answer(member, design, "naming", review.Met, ""))
	should.standing(review.RequirementHolds, "Met; it asks for no evidence.")

	moot := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("privacy", "nothing")}})
	moot.ok(moot.adopt(owner, ruled("privacy", "nothing")))
	moot.standing(review.RequirementMoot, "Does not apply to this project.")

	none := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("nothing")}})
	none.ok(none.adopt(owner, ruled("nothing")))
	none.standing(review.RequirementUnshown, "")
}

// Gates ask for a requirement from the first one on whose stage shows it, by what comes
// before. What was requested or has passed stays as it is.
func TestGatesAskForPolicies(t *testing.T) {
	pol := ruled("tests", "naming")
	w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{pol}})
	w.fill(design, "naming")
	w.ok(w.answer(member, design, "naming", review.NotMet, "Later."))
	w.gate(design, review.GateReady)
	w.fill(build)
	w.ok(w.request(owner, build))
	w.ok(w.adopt(owner, pol))
	w.gate(design, review.GateBlocked)
	w.blocked(design, "policy-unmet")
	w.gate(build, review.GateWaiting)
	err := w.request(owner, design)
	w.refused(err, "blocked")
	var blocked *review.Blocked
	if !errors.As(err, &blocked) || !strings.Contains(blocked.Blockers[0].What, "Names follow the guide") || strings.Contains(blocked.Blockers[0].What, "Tests run") ||
		blocked.Blockers[0].Policy != "changes" || blocked.Blockers[0].Requirement != "only" {
		t.Errorf("the gate says %+v", blocked)
	}
	if got := blocked.Blockers[0].What; got != "Not shown yet: “Names follow the guide” (not met)." {
		t.Errorf("what is in the way reads %q", got)
	}
	w.signAll(build) // that which shows it later holds, and does not help the gate before
	w.blocked(design, "policy-unmet")
	w.ok(w.answer(member, design, "naming", review.Met, ""))
	w.gate(design, review.GateReady)
	w.pass(design)
	w.ok(w.answer(member, build, "tests", review.NotMet, "Not now.")) // naming shows it
	w.blocked(run, "must-open runbook", "should-unexplained drill")
	w.replays()
	w.hold()

	// What changes while a gate waits for signatures is for the next request.
	earlier := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("naming")}})
	earlier.ok(earlier.adopt(owner, ruled("naming")))
	earlier.fill(design)
	earlier.fill(build)
	earlier.ok(earlier.request(owner, build))
	earlier.ok(earlier.answer(member, design, "naming", review.NotMet, "No longer."))
	earlier.signAll(build)
	earlier.blocked(run, "must-open runbook", "policy-unmet", "should-unexplained drill")
	earlier.replays()
}

// What nothing shows is asked at the last gate before production, or where a gate names
// the policy; and that gate asks for the policy itself.
func TestGatesThatNameAPolicy(t *testing.T) {
	pol := ruled("nothing")
	w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{pol}}, func(l *plan.Lifecycle, _ *review.NewProject) {
		l.Stages[1].Gate.Policies = []string{"changes"}
	})
	w.fill(design)
	w.fill(build)
	w.fill(run)
	w.blocked(build, "policy-missing")
	w.refused(w.request(owner, build), "blocked")
	w.gate(run, review.GateReady)
	w.ok(w.adopt(owner, pol))
	w.gate(design, review.GateReady)
	w.blocked(build, "policy-unshown")
	w.blocked(run, "policy-unshown")
	if s := w.r.AskedFrom("changes", &pol.Requirements[0]); s == nil || s.Def.Key != build {
		t.Errorf("it is asked from %+v on", s)
	}
	w.replays()

	cyclic := newPlanned(t, shelf{policies: []*plan.PolicyDocument{pol}}, func(l *plan.Lifecycle, _ *review.NewProject) { l.Stages[2].Gate.RepeatsDays = 365 })
	cyclic.fill(build)
	cyclic.fill(run)
	cyclic.ok(cyclic.adopt(owner, pol))
	cyclic.blocked(build, "policy-unshown")
	cyclic.gate(run, review.GateReady)
}

// Attaching is for who may change the plan, detaching what requires anything for
// managers and admins. Another version takes the place of the one before.
func TestWhoAttachesPolicies(t *testing.T) {
	first, second := ruled("adr"), ruled("naming")
	second.Version = 2
	light := ruled("adr")
	light.Key, light.Requirements[0].Level = "light", plan.LevelShould
	for by, want := range map[review.PersonID]string{owner: "ok", deputy: "ok", manager: "ok", admin: "ok", member: "denied", viewer: "denied", quinn: "denied", nobody: "not found"} {
		w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{first, second, light}, modules: []*plan.Module{gdpr()}})
		if got := refusal(w.adopt(by, first)); got != want {
			t.Errorf("%d attaches: %s, want %s", by, got, want)
		}
		if want != "ok" {
			continue
		}
		w.ok(w.adopt(by, light))
		w.ok(w.abandon(by, "light"))
		drops := "denied"
		if by == manager || by == admin {
			drops = "ok"
		}
		if got := refusal(w.abandon(by, "changes")); got != drops {
			t.Errorf("%d detaches: %s, want %s", by, got, drops)
		}
		w.replays()
	}

	w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{first, second}, modules: []*plan.Module{gdpr()}})
	before := w.r.PlanDigest()
	w.refused(w.silent(func() error { return w.r.AttachPolicy(w.actor(owner), policyRef(first), before, " ", w.tick()) }), "invalid")
	w.refused(w.silent(func() error { return w.r.AttachPolicy(w.actor(owner), policyRef(first), "", "why", w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.AttachPolicy(w.actor(owner), modRef(gdpr()), before, "why", w.tick()) }), "refused")
	w.pass(design)
	w.ok(w.adopt(owner, first))
	w.ok(w.silent(func() error { return w.r.AttachPolicy(w.actor(owner), policyRef(first), before, "why", w.tick()) })) // sent twice
	w.ok(w.adopt(owner, second))
	w.refused(w.silent(func() error { return w.adopt(owner, first) }), "refused")
	if len(w.r.Plan.Policies) != 1 || w.r.Plan.Policies[0].Version != 2 {
		t.Errorf("the plan has %+v", w.r.Plan.Origin.Policies)
	}
	w.gate(design, review.GatePassed)
	w.ok(w.attach(owner, gdpr()))
	if len(w.r.Plan.Policies) != 1 || !slices.ContainsFunc(review.DocumentsIn(w.r.Recorded()), func(ref plan.Ref) bool { return ref == policyRef(first) }) {
		t.Error("a change of modules loses the policy, or the trail does not name it")
	}
	w.ok(w.silent(func() error { return w.abandon(owner, "light") })) // it is not there
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.abandon(manager, "changes") }), "refused")
	w.replays()
}

// An item that was called something else shows what names it by its old key.
func TestPoliciesFindRenamedItems(t *testing.T) {
	w := newPlanned(t, shelf{policies: []*plan.PolicyDocument{ruled("written")}}, func(l *plan.Lifecycle, _ *review.NewProject) {
		l.Stages[0].Items[0].Was = []plan.ItemKey{"written"}
	})
	w.ok(w.adopt(owner, ruled("written")))
	w.standing(review.RequirementUnmet, "Not answered.")
}

// An upgrade keeps the policies, and so does undoing it.
func TestUpgradesKeepPolicies(t *testing.T) {
	next := secondVersion(newPlanned(t, shelf{}).r.Plan.Base)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{next}, policies: []*plan.PolicyDocument{ruled("fresh")}})
	w.ok(w.adopt(owner, ruled("fresh")))
	w.standing(review.RequirementUnshown, "")
	w.ok(w.r.Upgrade(w.actor(owner), w.r.Plan.Origin.On(version(next, next.Version)), w.r.PlanDigest(), "newer", w.tick()))
	w.standing(review.RequirementUnmet, "Not answered.")
	w.ok(w.r.UndoUpgrade(w.actor(owner), w.r.PlanDigest(), "back", w.tick()))
	w.standing(review.RequirementUnshown, "")
	w.replays()
}
