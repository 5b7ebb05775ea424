package review_test

import (
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func version(l *plan.Lifecycle, n int) plan.Ref {
	return plan.Ref{Key: l.Key, Version: n, Digest: "v" + string(rune('0'+n))}
}

// second is the next version of the test's lifecycle with one of everything: an
// item that moved, one renamed, two merged into one, one merged into another that
// was there, one removed, one with another title, a stage removed and one added.
func second(order plan.Order) *plan.Lifecycle {
	l := lifecycle(order, true)
	phased(l, nil)
	l.Version = 4
	des, bld, rn := &l.Stages[0], &l.Stages[1], &l.Stages[2]
	naming := des.Items[2]
	des.Items = append(des.Items[:1:1], plan.Item{
		Key: "mapped", Title: "Personal data is mapped", Levels: des.Items[1].Levels, Evidence: des.Items[1].Evidence, When: des.Items[1].When, Was: []plan.ItemKey{"privacy"},
	})
	des.Items[0].Title = "Decisions are written down and found"
	// Build goes; its tests move to the new stage, with naming, and its other two
	// become one.
	proof := plan.Stage{Key: "proof", Name: "Proof", Phases: bld.Phases, Gate: bld.Gate, Items: []plan.Item{
		naming, bld.Items[0],
		{Key: "trial", Title: "Load and style were tried", Levels: [3]plan.Level{"must", "should", "may"}, Was: []plan.ItemKey{"load", "style"}},
		{Key: "fresh", Title: "Something new", Levels: [3]plan.Level{"must", "must", "must"}},
	}}
	runbook := rn.Items[0]
	runbook.Was = []plan.ItemKey{"drill"}
	rn.Items = []plan.Item{runbook}
	l.Stages = []plan.Stage{*des, proof, *rn}
	return l
}

func (w *world) upgrade(p review.PersonID, l *plan.Lifecycle, modules ...plan.Ref) error {
	return w.r.Upgrade(w.actor(p), plan.Origin{Lifecycle: version(l, l.Version), Modules: modules}, w.r.PlanDigest(), "the newest", w.tick())
}

func (w *world) undo(p review.PersonID) error {
	return w.r.UndoUpgrade(w.actor(p), w.r.PlanDigest(), "too early", w.tick())
}

// worked is a world in which something was done with each item.
func worked(tb testing.TB, versions ...*plan.Lifecycle) *world {
	tb.Helper()
	w := newPlanned(tb, shelf{lifecycles: versions, modules: []*plan.Module{gdpr(), light()}}, withProfile("pii"))
	for i := range w.r.Stages {
		s := &w.r.Stages[i]
		for j := range s.Items {
			k := s.Items[j].Def.Key
			w.ok(w.answer(member, s.Def.Key, k, review.Met, "of "+string(k)))
			kind := plan.EvidenceKind("doc")
			if asks := s.Items[j].Def.Evidence; len(asks) > 0 {
				kind = asks[0]
			}
			w.ok(w.link(mate, s.Def.Key, k, "https://a.example/"+string(k), kind))
		}
	}
	w.ok(w.r.RemoveEvidence(w.actor(owner), build, "tests", 1, w.tick()))
	w.ok(w.link(mate, build, "tests", "https://a.example/again", "ci-run"))
	w.leave(build, "tests", "2026-06-01")
	w.ok(w.r.Discuss(w.actor(viewer), build, "tests", "Which?", "o", w.tick()))
	w.ok(w.r.Assign(w.actor(owner), build, "tests", mate, "2026-04-01", w.tick()))
	w.ok(w.waive(member, run, "drift", "2026-06-01"))
	return w
}

func TestUpgradeKeepsWhatWasSaid(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	tests := *w.stage(build).Item("tests")
	w.ok(w.upgrade(owner, v2))
	w.replays()

	notes := map[plan.ItemKey]string{"adr": "of adr", "mapped": "of privacy", "naming": "of naming", "tests": "of tests", "trial": "of load", "fresh": "", "runbook": "of runbook"}
	n := 0
	for i := range w.r.Stages {
		for _, it := range w.r.Stages[i].Items {
			n++
			if want, there := notes[it.Def.Key]; !there || it.Answer.Note != want {
				t.Errorf("%s says %q, want %q", it.Def.Key, it.Answer.Note, want)
			}
			if again := it.Def.Key == "adr" || it.Def.Key == "trial"; it.Reattest != again {
				t.Errorf("%s has to be said again: %v", it.Def.Key, it.Reattest)
			}
		}
	}
	if n != len(notes) {
		t.Errorf("%d items, want %d", n, len(notes))
	}
	moved := w.stage("proof").Item("tests")
	if moved.Answer != tests.Answer || moved.Assignee != mate || moved.Comments != 1 || w.stage("proof").Waived("tests", w.now) == nil {
		t.Errorf("moved: %+v", moved)
	}
	for _, k := range []plan.ItemKey{"style", "drill", "drift"} {
		if kept := w.aside(k); kept == nil || kept.Answer.Note != "of "+string(k) {
			t.Errorf("%s is set aside as %+v", k, kept)
		}
	}
	linked := map[plan.ItemKey]int{}
	for _, e := range w.stage("proof").Evidence {
		linked[e.Item]++
	}
	if linked["tests"] != 2 || linked["naming"] != 1 || linked["trial"] != 2 || len(linked) != 3 {
		t.Errorf("links of the new stage: %v", linked)
	}
	if len(w.r.Former) != 1 || len(w.r.Former[0].Evidence) != 0 || w.r.Former[0].Aside == nil {
		t.Errorf("former stages: %+v", w.r.Former)
	}
}

// What is to be said again blocks since the upgrade, and not since its evidence runs
// out, which may be a day to come.
func TestSinceWhenAnAnswerIsToBeSaidAgain(t *testing.T) {
	const ik = "adr"
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.ok(w.answer(member, design, ik, review.Met, ""))
	w.ok(w.r.AddEvidence(w.actor(mate), design, ik, review.NewEvidence{URL: "https://a.example/1", Type: "doc", Expires: "2026-05-01"}, w.tick()))
	w.ok(w.upgrade(owner, v2))
	upgraded := w.now
	since := func(at, want time.Time, kind review.BlockerKind) {
		t.Helper()
		for _, b := range w.r.Blockers(w.stage(design), at) {
			if b.Item == ik {
				if b.Kind != kind || !b.Since.Equal(want) {
					t.Errorf("at %v it blocks as %+v, want %s since %v", at, b, kind, want)
				}
				return
			}
		}
		t.Errorf("at %v it blocks nothing", at)
	}
	for _, at := range []time.Time{upgraded, upgraded.AddDate(0, 0, 1), upgraded.AddDate(1, 0, 0)} {
		since(at, upgraded, review.ReattestDue)
	}
	w.leave(design, ik, "2026-03-31")
	since(time.Date(2026, time.April, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC), review.WaiverRanOut)
	w.ok(w.r.RevokeWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "found out", w.tick()))
	since(w.now, w.now, review.ReattestDue)
}

// What the author of a version says was only reworded is not to be said again.
func TestRewordedAnswersStand(t *testing.T) {
	v2 := second(plan.OrderFree)
	v2.Stages[0].Items[0].SameAs = []string{lifecycle(plan.OrderFree, true).Stages[0].Items[0].Title}
	w := worked(t, v2)
	w.ok(w.upgrade(owner, v2))
	w.replays()
	if it := w.stage(design).Item("adr"); it.Reattest || it.Answer.State != review.Met || it.Def.Title == it.Def.SameAs[0] {
		t.Errorf("%+v", it)
	}
	if it := w.stage("proof").Item("trial"); !it.Reattest {
		t.Error("what was merged stands")
	}
}

// An upgrade does not wait for sign-off that is under way. It is to it what any
// change is: a request goes on where the same people have to sign, with what was
// signed out of date, and is withdrawn where others have to.
func TestUpgradesDuringSignOff(t *testing.T) {
	v2 := second(plan.OrderFree)
	v2.Stages[2].Gate.Seats = append(slices.Clone(v2.Stages[2].Gate.Seats), plan.GateSeat{Seat: plan.SeatData})
	w := worked(t, v2)
	for _, sk := range []plan.StageKey{design, run} {
		w.ok(w.request(owner, sk))
	}
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	signed := func(want int) {
		t.Helper()
		if got := len(w.r.Counting(w.stage(design))); got != want {
			t.Errorf("%d signatures count, want %d", got, want)
		}
	}
	signed(1)
	w.ok(w.upgrade(owner, v2))
	w.replays()
	signed(0)
	if w.stage(design).OpenRound() == nil {
		t.Error("a request is withdrawn whose gate asks the same people")
	}
	if last := w.stage(run).LastRound(); last.Outcome != review.OutcomeWithdrawn {
		t.Errorf("the request at the gate that others have to sign is %q", last.Outcome)
	}
	w.ok(w.undo(owner))
	w.replays()
	signed(1)
	if last := w.stage(run).LastRound(); last.Outcome != review.OutcomeWithdrawn {
		t.Errorf("undone, the request that was withdrawn is %q", last.Outcome)
	}
}

// Sign-off of a stage that the new version does not have has no place to go on.
func TestUpgradesWaitForStagesThatGo(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	w.ok(w.request(owner, build))
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "refused")
	w.ok(w.r.Withdraw(w.actor(owner), build, "The plan changes.", w.tick()))
	w.ok(w.upgrade(owner, v2))
	w.replays()
}

// A waiver of what the plan no longer asks is decided on as one of what does not
// apply: it can end, and cannot be granted or prolonged.
func TestWaiversOfWhatIsNoLongerAsked(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr()}})
	w.ok(w.attach(owner, gdpr()))
	w.ok(w.waive(member, design, "gdpr-map", "2026-04-01"))
	w.ok(w.waive(member, run, "gdpr-erase", "2026-04-01"))
	decide := func(do func(review.Actor, plan.StageKey, int, review.Digest, string, time.Time) error, sk plan.StageKey) error {
		return do(w.actor(manager), sk, 1, shown(w.r, sk, "waiver", 1), "It is so.", w.tick())
	}
	w.ok(decide(w.r.GrantWaiver, run))
	w.ok(w.detach(manager, "gdpr"))
	w.refused(w.silent(func() error { return decide(w.r.GrantWaiver, design) }), "refused")
	w.refused(w.silent(func() error {
		return w.r.ExtendWaiver(w.actor(manager), run, 1, shown(w.r, run, "waiver", 1), "2026-05-01", "more", w.tick())
	}), "refused")
	w.ok(decide(w.r.DenyWaiver, design))
	w.ok(decide(w.r.RevokeWaiver, run))
	w.replays()
}

// The number of evidence or of a waiver that moved away is not given to another.
func TestNumbersAreNotGivenOutAgain(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.ok(w.link(mate, design, "adr", "https://a.example/1", "doc"))
	w.ok(w.link(mate, design, "naming", "https://a.example/2", "doc"))
	w.ok(w.waive(member, design, "naming", "2026-04-01"))
	w.ok(w.upgrade(owner, v2))
	w.replays()
	if s := w.stage(design); len(s.Evidence) != 1 || len(s.Waivers) != 0 {
		t.Fatalf("%+v, %+v", s.Evidence, s.Waivers)
	}
	w.ok(w.link(mate, design, "adr", "https://a.example/3", "doc"))
	w.ok(w.waive(member, design, "adr", "2026-04-01"))
	s := w.stage(design)
	if s.Evidence[1].No != 3 || s.Waivers[0].No != 2 {
		t.Errorf("the next link has number %d, the next waiver %d", s.Evidence[1].No, s.Waivers[0].No)
	}
	w.ok(w.undo(owner)) // and what comes back has its own again
	w.replays()
	if s := w.stage(design); s.Evidence[1].No != 2 || s.Evidence[1].Item != "naming" || s.Waivers[0].No != 1 {
		t.Errorf("%+v, %+v", s.Evidence, s.Waivers)
	}
}

func TestUpgradeIsUndoneExactly(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	w.ok(w.request(owner, design))
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.ok(w.sign(seth, design, plan.SeatSecurity))
	w.ok(w.request(owner, build))
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(design, review.GatePassed)
	w.gate(build, review.GatePassed)
	before := w.copied()
	for range 2 { // again after it was undone
		w.ok(w.upgrade(owner, v2))
		w.gate(design, review.GateChanged)
		w.ok(w.r.CanUndo())
		w.ok(w.undo(owner))
		w.same(before)
		w.gate(design, review.GatePassed)
		w.gate(build, review.GatePassed)
		w.replays()
	}
	w.refused(w.silent(func() error { return w.undo(owner) }), "refused")
}

// What is said, linked and waived between an upgrade and its undoing stays.
func TestUndoKeepsWhatWasSaidSince(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	w.ok(w.upgrade(owner, v2))
	w.ok(w.answer(member, "proof", "fresh", review.Met, "new"))
	w.ok(w.link(mate, "proof", "fresh", "https://a.example/fresh", "doc"))
	w.ok(w.answer(member, "proof", "trial", review.NotMet, "both"))
	w.ok(w.link(mate, "proof", "trial", "https://a.example/trial", "doc"))
	w.ok(w.answer(mate, design, "adr", review.Met, "found"))
	w.ok(w.undo(owner))
	w.replays()
	if it := w.stage(build).Item("load"); it.Answer.Note != "both" || it.Reattest {
		t.Errorf("the first of the merged items: %+v", it)
	}
	if it := w.stage(build).Item("style"); it.Answer.Note != "of style" {
		t.Errorf("the other of the merged items: %+v", it)
	}
	if kept := w.aside("fresh"); kept == nil || kept.Answer.Note != "new" {
		t.Errorf("the new item is set aside as %+v", kept)
	}
	if it := w.stage(design).Item("adr"); it.Answer.Note != "found" || it.Reattest {
		t.Errorf("said again: %+v", it)
	}
	w.ok(w.upgrade(owner, v2))
	w.replays()
	if it := w.stage("proof").Item("fresh"); it.Answer.Note != "new" {
		t.Errorf("the new item comes back as %+v", it)
	}
	if it := w.stage("proof").Item("trial"); it.Answer.Note != "both" {
		t.Errorf("the merged item comes back as %+v", it)
	}
}

func TestUpgradesThatAreRefused(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	w.refused(w.silent(func() error { return w.upgrade(member, v2) }), "denied")
	w.refused(w.silent(func() error {
		return w.r.Upgrade(w.actor(owner), plan.Origin{Lifecycle: version(v2, 4)}, w.r.PlanDigest(), "", w.tick())
	}), "invalid")
	w.refused(w.silent(func() error {
		return w.r.Upgrade(w.actor(owner), plan.Origin{Lifecycle: version(v2, 4)}, "old", "why", w.tick())
	}), "outdated")
	w.ok(w.silent(func() error { // what it is already
		return w.r.Upgrade(w.actor(owner), plan.Origin{Lifecycle: w.r.Plan.Ref(), Modules: []plan.Ref{}}, "", "why", w.tick())
	}))
	w.ok(w.attach(owner, gdpr()))
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "refused")                                  // a module would be gone
	w.refused(w.silent(func() error { return w.upgrade(owner, v2, modRef(gdpr()), modRef(light())) }), "refused") // or come
	w.ok(w.detach(manager, "gdpr"))
	w.ok(w.request(owner, build))
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "refused") // sign-off of a stage that goes
	w.ok(w.sendBack(quinn, build, plan.SeatQA, "no"))
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "refused") // a finding of a stage that goes
	w.ok(w.r.AnswerFinding(w.actor(member), build, 1, shown(w.r, build, "finding", 1), "yes", w.tick()))
	w.ok(w.r.AddItem(w.actor(owner), build, ownItem("Ours"), w.tick()))
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "refused") // it would have no place
	w.ok(w.drop(owner, "own-ours"))
	w.ok(w.upgrade(owner, v2))
	w.replays()

	w.refused(w.silent(func() error { return w.undo(member) }), "denied")
	w.refused(w.silent(func() error { return w.r.UndoUpgrade(w.actor(owner), "old", "why", w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.UndoUpgrade(w.actor(owner), w.r.PlanDigest(), "", w.tick()) }), "invalid")
	w.ok(w.attach(owner, light()))
	w.refused(w.silent(func() error { return w.undo(owner) }), "refused") // the plan is another
	w.ok(w.detach(owner, "light"))
	w.ok(w.r.CanUndo())
	for _, k := range []plan.ItemKey{"adr"} {
		w.ok(w.answer(member, design, k, review.Met, "again"))
	}
	w.ok(w.request(owner, design))
	w.refused(w.silent(func() error { return w.undo(owner) }), "refused")
	w.replays()
}

// A wish goes with its item to another stage, and who sits at that stage's gate
// decides.
func TestWishesMoveWithTheirItems(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := worked(t, v2)
	w.ok(w.ask(owner, "naming", plan.LevelMay))
	w.ok(w.upgrade(owner, v2))
	w.refused(w.silent(func() error { return w.lower(archie, "naming") }), "denied")
	before := digestsOf(w.r)
	w.ok(w.lower(quinn, "naming"))
	if sk, _ := w.r.Recorded()[len(w.r.Recorded())-1].Event.Subject(); sk != "proof" || w.digest("proof") == before["proof"] {
		t.Errorf("the event is about %s", sk)
	}
	w.replays()
}

// Evidence of an item that nobody answered comes back with it, in whatever stage.
func TestEvidenceFollowsItemsThatComeBackElsewhere(t *testing.T) {
	without, elsewhere := lifecycle(plan.OrderFree, true), lifecycle(plan.OrderFree, true)
	phased(without, nil)
	phased(elsewhere, nil)
	without.Version, elsewhere.Version = 4, 5
	naming := without.Stages[0].Items[2]
	without.Stages[0].Items = without.Stages[0].Items[:2]
	elsewhere.Stages[0].Items = elsewhere.Stages[0].Items[:2]
	elsewhere.Stages[2].Items = append(slices.Clone(elsewhere.Stages[2].Items), naming)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{without, elsewhere}})
	w.ok(w.link(mate, run, "runbook", "https://a.example/runbook", "doc"))
	w.ok(w.link(mate, design, "naming", "https://a.example/naming", "doc"))
	w.ok(w.waive(member, design, "naming", "2026-04-01"))
	w.ok(w.upgrade(owner, without))
	w.replays()
	before := w.copied()
	before.Upgraded = nil
	w.ok(w.upgrade(owner, elsewhere))
	if s := w.stage(run); len(s.Evidence) != 2 || s.Evidence[1].Item != "naming" || len(s.Waivers) != 1 {
		t.Errorf("the links of its stage: %+v, waivers %+v", s.Evidence, s.Waivers)
	}
	w.replays()
	w.ok(w.undo(owner))
	w.same(before)
}

// A second upgrade that brings an item back to where it came from is undone
// exactly, too.
func TestUndoOfAnUpgradeThatBringsBack(t *testing.T) {
	v2 := second(plan.OrderFree)
	v3 := lifecycle(plan.OrderFree, true)
	phased(v3, nil)
	v3.Version = 5
	w := worked(t, v2, v3)
	w.ok(w.upgrade(owner, v2))
	w.ok(w.link(mate, "proof", "fresh", "https://a.example/fresh", "doc"))
	before := w.copied()
	before.Upgraded = nil
	w.ok(w.upgrade(owner, v3))
	w.replays()
	w.ok(w.undo(owner))
	w.same(before)
	w.replays()
}

// A newer version may ask less, since that was decided for everybody. Going back
// to an older one by an upgrade does not let an owner off.
func TestOlderVersionsThatAskLess(t *testing.T) {
	v2 := second(plan.OrderFree)
	v2.Version = 2 // before the third, which the project has
	w := worked(t, v2)
	w.refused(w.silent(func() error { return w.upgrade(owner, v2) }), "denied")
	w.ok(w.upgrade(manager, v2))
	newerModule := light()
	newerModule.Version, newerModule.Items = 2, []plan.ModuleItem{moduleItem("build", "light-touch", plan.LevelMust)}
	m := newPlanned(t, shelf{modules: []*plan.Module{light(), newerModule}})
	m.ok(m.attach(owner, light()))
	m.ok(m.upgrade(owner, m.r.Plan.Base, modRef(newerModule)))
	m.level("light-touch", plan.LevelMust)
	m.refused(m.silent(func() error { return m.upgrade(owner, m.r.Plan.Base, modRef(light())) }), "denied")
	m.ok(m.undo(owner))
	m.level("light-touch", plan.LevelMay)
	m.replays()
}
