package review_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func ownItem(title string) review.NewItem {
	return review.NewItem{
		Title: title, Why: "It broke once.", Done: "It was tried.", Show: "The report.", Level: plan.LevelMust,
		Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatQA},
	}
}

func (w *world) raise(p review.PersonID, k plan.ItemKey, to plan.Level) error {
	return w.r.RaiseLevel(w.actor(p), k, to, w.r.PlanDigest(), "we need it", w.tick())
}

func (w *world) ask(p review.PersonID, k plan.ItemKey, to plan.Level) error {
	return w.r.AskLowering(w.actor(p), k, to, w.r.PlanDigest(), "it is a batch job", w.tick())
}

func (w *world) wished(k plan.ItemKey) review.Digest {
	if wish := w.r.Wish(k); wish != nil {
		return wish.Digest()
	}
	return ""
}

func (w *world) lower(p review.PersonID, k plan.ItemKey) error {
	return w.r.ApproveLowering(w.actor(p), k, w.wished(k), w.tick())
}

func (w *world) turnDown(p review.PersonID, k plan.ItemKey) error {
	return w.r.RefuseLowering(w.actor(p), k, w.wished(k), "it matters", w.tick())
}

func (w *world) drop(p review.PersonID, k plan.ItemKey) error {
	return w.r.DropItem(w.actor(p), k, w.r.PlanDigest(), "it was a mistake", w.tick())
}

func (w *world) core(p review.PersonID, k plan.ItemKey, core bool) error {
	return w.r.MarkCore(w.actor(p), k, core, w.r.PlanDigest(), "it matters to us", w.tick())
}

// level checks how much an item weighs now.
func (w *world) level(k plan.ItemKey, want plan.Level) {
	w.Helper()
	for i := range w.r.Stages {
		if it := w.r.Stages[i].Item(k); it != nil {
			if it.Level != want {
				w.Fatalf("%s weighs %q, want %q", k, it.Level, want)
			}
			return
		}
	}
	w.Fatalf("the plan has no item %s", k)
}

func TestOwnItems(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(design)
	w.pass(build)
	before := digestsOf(w.r)
	w.refused(w.r.AddItem(w.actor(member), build, ownItem("Load is shed"), w.tick()), "denied")
	w.refused(w.r.AddItem(w.actor(owner), "gone", ownItem("Load is shed"), w.tick()), "not found")
	w.ok(w.r.AddItem(w.actor(owner), build, ownItem("Load is shed"), w.tick()))
	w.ok(w.silent(func() error { return w.r.AddItem(w.actor(owner), build, ownItem(" Load is shed "), w.tick()) }))
	w.level("own-load-is-shed", plan.LevelMust)
	w.gate(build, review.GateChanged)
	w.gate(design, review.GatePassed)
	w.ok(w.answer(member, build, "own-load-is-shed", review.Met, "tried"))
	w.ok(w.link(mate, build, "own-load-is-shed", "https://a.example", "doc"))
	w.ok(w.waive(member, build, "own-load-is-shed", "2026-04-01"))

	w.refused(w.silent(func() error { return w.drop(owner, "tests") }), "refused")
	w.refused(w.silent(func() error { return w.drop(owner, "own-gone") }), "not found")
	w.refused(w.silent(func() error { return w.drop(member, "own-load-is-shed") }), "denied")
	w.ok(w.core(owner, "own-load-is-shed", true))
	w.refused(w.silent(func() error { return w.drop(owner, "own-load-is-shed") }), "refused")
	w.ok(w.core(owner, "own-load-is-shed", false))
	w.ok(w.drop(owner, "own-load-is-shed"))
	if kept := w.aside("own-load-is-shed"); kept == nil || kept.Answer.Note != "tried" {
		t.Errorf("set aside: %+v", kept)
	}
	w.gate(build, review.GatePassed)
	if now := digestsOf(w.r); now[build] != before[build] {
		t.Error("dropping the item does not bring the digest back")
	}
	w.ok(w.r.AddItem(w.actor(owner), build, ownItem("Load is shed"), w.tick()))
	if it := w.stage(build).Item("own-load-is-shed-2"); it == nil || it.Answer.State != review.Open {
		t.Errorf("the same title again: %+v", it)
	}
	w.replays()
}

// A required item of the project's own that somebody was asked to sign is not
// dropped by whoever added it: leaving it out takes approval, as for any other.
func TestRequiredOwnItemsAreNotDroppedAlone(t *testing.T) {
	w := newPlanned(t, shelf{})
	add := func(title string, l plan.Level) {
		item := ownItem(title)
		item.Level = l
		w.ok(w.r.AddItem(w.actor(owner), design, item, w.tick()))
	}
	add("Old", plan.LevelMust)
	add("Light", plan.LevelShould)
	w.ok(w.answer(member, design, "own-old", review.Met, ""))
	w.ok(w.link(mate, design, "own-old", "https://a.example", "doc"))
	w.fill(design)
	w.ok(w.request(owner, design))
	w.refused(w.silent(func() error { return w.drop(owner, "own-old") }), "refused")
	add("New", plan.LevelMust)
	w.ok(w.drop(owner, "own-new")) // nobody decided anything about it
	w.ok(w.drop(owner, "own-light"))
	add("Seen", plan.LevelMust)
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.refused(w.silent(func() error { return w.drop(owner, "own-seen") }), "refused")
	w.ok(w.r.Withdraw(w.actor(owner), design, "Changes.", w.tick()))
	w.refused(w.silent(func() error { return w.drop(owner, "own-old") }), "refused")
	w.ok(w.ask(owner, "own-old", plan.LevelNone))
	w.ok(w.lower(enya, "own-old"))
	w.ok(w.drop(owner, "own-old"))
	w.replays()
}

// A key is not used again as long as anything is kept under it.
func TestOwnKeysAreNotUsedAgain(t *testing.T) {
	for name, touch := range map[string]func(w *world) error{
		"an answer":   func(w *world) error { return w.answer(member, run, "own-drill", review.NotMet, "") },
		"a link":      func(w *world) error { return w.link(member, run, "own-drill", "https://a.example", "doc") },
		"a waiver":    func(w *world) error { return w.waive(member, run, "own-drill", "2026-04-01") },
		"a comment":   func(w *world) error { return w.r.Discuss(w.actor(member), run, "own-drill", "Hm", "o", w.tick()) },
		"somebody":    func(w *world) error { return w.r.Assign(w.actor(member), run, "own-drill", mate, "", w.tick()) },
		"being there": nil,
	} {
		w := newPlanned(t, shelf{})
		w.ok(w.r.AddItem(w.actor(owner), run, ownItem("Drill"), w.tick()))
		if touch != nil {
			w.ok(touch(w))
			w.ok(w.drop(owner, "own-drill"))
		}
		again := ownItem("Drill")
		again.Why = "It broke twice."
		w.ok(w.r.AddItem(w.actor(owner), run, again, w.tick()))
		if w.stage(run).Item("own-drill-2") == nil {
			t.Errorf("%s: the key was used again", name)
		}
		w.replays()
	}
}

func TestOwnItemInput(t *testing.T) {
	w := newPlanned(t, shelf{})
	for name, change := range map[string]func(*review.NewItem){
		"no title":      func(in *review.NewItem) { in.Title = " " },
		"long title":    func(in *review.NewItem) { in.Title = repeat("x", 81) },
		"no why":        func(in *review.NewItem) { in.Why = "" },
		"long why":      func(in *review.NewItem) { in.Why = repeat("x", 501) },
		"no done":       func(in *review.NewItem) { in.Done = "" },
		"no level":      func(in *review.NewItem) { in.Level = "" },
		"unknown level": func(in *review.NewItem) { in.Level = "dire" },
		"no evidence":   func(in *review.NewItem) { in.Evidence = []plan.EvidenceKind{"gossip"} },
		"no seats":      func(in *review.NewItem) { in.Seats = nil },
	} {
		in := ownItem("Load is shed")
		change(&in)
		if got := refusal(w.silent(func() error { return w.r.AddItem(w.actor(owner), build, in, w.tick()) })); got != "invalid" {
			t.Errorf("%s: %s", name, got)
		}
	}
	for i := range 200 {
		w.ok(w.r.AddItem(w.actor(owner), build, ownItem(fmt.Sprintf("Überlast wird abgeworfen, auch nachts und feiertags %d", i)), w.tick()))
	}
	w.refused(w.silent(func() error { return w.r.AddItem(w.actor(owner), run, ownItem("One more"), w.tick()) }), "refused")
	for i := range w.stage(build).Def.Items {
		if k := w.stage(build).Def.Items[i].Key; !plan.ValidKey(string(k)) {
			t.Errorf("the key %q", k)
		}
	}
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.drop(owner, w.stage(build).Def.Items[5].Key) }), "refused")
}

func TestRaising(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(build)
	w.refused(w.silent(func() error { return w.raise(member, "style", plan.LevelMust) }), "denied")
	w.refused(w.silent(func() error { return w.raise(owner, "style", "dire") }), "invalid")
	w.refused(w.silent(func() error { return w.raise(owner, "style", plan.LevelNone) }), "invalid")
	w.refused(w.silent(func() error { return w.raise(owner, "gone", plan.LevelMust) }), "not found")
	w.refused(w.silent(func() error { return w.raise(owner, "privacy", plan.LevelMust) }), "refused") // not by the profile
	w.refused(w.silent(func() error { return w.raise(owner, "style", plan.LevelMay) }), "refused")
	w.refused(w.silent(func() error {
		return w.r.RaiseLevel(w.actor(owner), "style", plan.LevelMust, w.r.PlanDigest(), "", w.tick())
	}), "invalid")
	w.refused(w.silent(func() error { return w.r.RaiseLevel(w.actor(owner), "style", plan.LevelMust, "old", "why", w.tick()) }), "outdated")
	w.ok(w.raise(owner, "style", plan.LevelMust))
	w.level("style", plan.LevelMust)
	w.gate(build, review.GateChanged)
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 }))
	w.level("style", plan.LevelMust)
	w.replays()
}

func TestLowering(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.pass(design)
	w.refused(w.silent(func() error { return w.ask(member, "adr", plan.LevelMay) }), "denied")
	w.refused(w.silent(func() error { return w.ask(owner, "adr", "dire") }), "invalid")
	w.refused(w.silent(func() error { return w.ask(owner, "adr", plan.LevelMust) }), "refused")
	w.refused(w.silent(func() error { return w.ask(owner, "gone", plan.LevelMay) }), "not found")
	w.refused(w.silent(func() error { return w.lower(enya, "adr") }), "not found")
	w.ok(w.silent(func() error { return w.turnDown(enya, "adr") })) // it is as they want it
	w.seats[owner] = everywhere(plan.SeatEngineering)
	w.standIn(nobody, owner, plan.SeatEngineering)
	w.standIn(auditor, enya, plan.SeatEngineering)
	w.ok(w.ask(owner, "adr", plan.LevelMay))
	shown := w.wished("adr")
	w.ok(w.silent(func() error { return w.ask(owner, "adr", plan.LevelMay) }))
	w.gate(design, review.GatePassed) // a wish is nothing yet
	w.level("adr", plan.LevelMust)
	w.ok(w.ask(owner, "adr", plan.LevelShould))
	w.refused(w.silent(func() error { return w.r.ApproveLowering(w.actor(enya), "adr", shown, w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.RefuseLowering(w.actor(enya), "adr", shown, "no", w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.RefuseLowering(w.actor(enya), "adr", w.wished("adr"), "", w.tick()) }), "invalid")
	for p, want := range map[review.PersonID]string{
		owner: "denied", deputy: "denied", member: "denied", manager: "denied", admin: "denied", quinn: "denied", seth: "denied", nobody: "denied",
	} {
		if got := refusal(w.silent(func() error { return w.lower(p, "adr") })); got != want {
			t.Errorf("%d approves: %s, want %s", p, got, want)
		}
	}
	for _, p := range []review.PersonID{member, quinn, seth, nobody} {
		w.refused(w.silent(func() error { return w.turnDown(p, "adr") }), "denied")
	}
	robot := w.actor(enya)
	robot.Machine = true
	w.refused(w.silent(func() error { return w.r.ApproveLowering(robot, "adr", w.wished("adr"), w.tick()) }), "denied")
	w.ok(w.lower(auditor, "adr"))
	e, ok := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.LevelLowered)
	if !ok || e.From != plan.LevelMust || e.To != plan.LevelShould || e.Asked != owner || e.For != enya || e.Tier != plan.TierStandard {
		t.Errorf("recorded %+v", e)
	}
	w.level("adr", plan.LevelShould)
	w.gate(design, review.GateChanged)
	w.refused(w.silent(func() error { return w.lower(enya, "adr") }), "not found")
	w.replays()

	// It was approved for tier 2: it does not hold at a more critical one, and
	// does again when the project is back.
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 1 }))
	w.level("adr", plan.LevelMust)
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 }))
	w.level("adr", plan.LevelShould)
	w.replays()
}

func TestRefusingALowering(t *testing.T) {
	for _, by := range []review.PersonID{owner, deputy, manager, enya} { // who asked takes it back
		w := newPlanned(t, shelf{})
		w.ok(w.ask(owner, "adr", plan.LevelNone))
		w.ok(w.turnDown(by, "adr"))
		if w.r.Wish("adr") != nil {
			t.Error("the wish is still there")
		}
		w.level("adr", plan.LevelMust)
		w.replays()
	}
}

// What the plan calls core when it is approved is not lowered, whatever it was
// called when somebody asked.
func TestCoreIsNotLowered(t *testing.T) {
	w := newPlanned(t, shelf{}, func(l *plan.Lifecycle, _ *review.NewProject) { l.Stages[1].Items[0].Core = true })
	w.refused(w.silent(func() error { return w.ask(owner, "tests", plan.LevelMay) }), "refused")
	w.refused(w.silent(func() error { return w.core(owner, "tests", true) }), "refused")
	w.ok(w.ask(owner, "adr", plan.LevelNone))
	w.ok(w.core(owner, "adr", true))
	w.ok(w.silent(func() error { return w.core(owner, "adr", true) }))
	w.refused(w.silent(func() error { return w.lower(enya, "adr") }), "refused")
	w.ok(w.core(owner, "adr", false))
	w.ok(w.lower(enya, "adr"))
	w.level("adr", plan.LevelNone)
	w.replays()
}

// A wish waits while other things change; it is done only where it still says
// that the item weighs less.
func TestWishesThatWereOvertaken(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.ok(w.ask(owner, "naming", plan.LevelMay))
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 })) // where it is optional by itself
	w.refused(w.silent(func() error { return w.lower(enya, "naming") }), "refused")
	w.ok(w.raise(owner, "naming", plan.LevelMust)) // which drops the wish
	if w.r.Wish("naming") != nil {
		t.Error("the wish outlives raising")
	}
	w.ok(w.r.AddItem(w.actor(owner), design, ownItem("Drawn"), w.tick()))
	w.ok(w.ask(owner, "own-drawn", plan.LevelMay))
	w.ok(w.drop(owner, "own-drawn"))
	if w.r.Wish("own-drawn") != nil {
		t.Error("the wish outlives the item")
	}
	w.ok(w.ask(owner, "adr", plan.LevelMay))
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.lower(enya, "adr") }), "refused")
	w.refused(w.silent(func() error { return w.turnDown(enya, "adr") }), "refused")
	w.refused(w.silent(func() error { return w.ask(owner, "naming", plan.LevelMay) }), "refused")
	w.replays()

	gone := newPlanned(t, shelf{modules: []*plan.Module{light()}})
	gone.ok(gone.attach(owner, light()))
	gone.ok(gone.ask(owner, "light-touch", plan.LevelNone))
	gone.ok(gone.detach(owner, "light"))
	gone.refused(gone.silent(func() error { return gone.lower(enya, "light-touch") }), "refused")
	gone.ok(gone.turnDown(owner, "light-touch"))
	gone.replays()
}

// An item weighs what was decided last, at every tier for which it was decided.
func TestRaisingAndLoweringInTurn(t *testing.T) {
	w := newPlanned(t, shelf{})
	w.ok(w.ask(owner, "adr", plan.LevelMay))
	w.ok(w.lower(enya, "adr"))
	w.ok(w.raise(owner, "adr", plan.LevelShould))
	w.level("adr", plan.LevelShould)
	w.ok(w.raise(owner, "style", plan.LevelMust))
	w.ok(w.ask(owner, "style", plan.LevelShould))
	w.ok(w.lower(quinn, "style"))
	w.level("style", plan.LevelShould)
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 1 })) // for which nobody approved anything
	w.level("adr", plan.LevelMust)
	w.level("style", plan.LevelMust)
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 2 }))
	w.ok(w.raise(owner, "style", plan.LevelMust))
	w.level("style", plan.LevelMust)
	w.replays()
}

func TestTheNextReviewHasNoWishes(t *testing.T) {
	w := newPlanned(t, shelf{})
	for _, sk := range stageKeys {
		w.pass(sk)
	}
	w.ok(w.ask(owner, "adr", plan.LevelMay))
	w.ok(w.raise(owner, "style", plan.LevelShould))
	w.ok(w.r.StartReview(w.actor(owner), 1, "yearly", w.tick()))
	if len(w.r.Wishes) != 0 {
		t.Errorf("%+v", w.r.Wishes)
	}
	w.level("style", plan.LevelShould) // what was decided stays
	w.replays()
	if err := w.lower(enya, "adr"); refusal(err) != "not found" || strings.Contains(err.Error(), "denied") {
		t.Error(err)
	}
}

// The wishes that lists show are those that somebody can approve, where that is
// decided by the plan of now.
func TestOpenWishes(t *testing.T) {
	v2 := second(plan.OrderFree)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = []plan.Flag{"pii"} }))
	open := func(want string) {
		t.Helper()
		got := ""
		for _, wish := range w.r.OpenWishes() {
			got += fmt.Sprintf(" %s at %s", wish.Item, wish.Stage)
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("open are%s, want %s", got, want)
		}
	}
	open("")
	w.ok(w.ask(owner, "tests", plan.LevelMay))
	w.ok(w.ask(owner, "adr", plan.LevelShould))
	w.ok(w.ask(owner, "privacy", plan.LevelShould))
	open("adr at design privacy at design tests at build")
	w.ok(w.core(owner, "adr", true))
	open("privacy at design tests at build")
	w.ok(w.core(owner, "adr", false))
	w.ok(w.turnDown(archie, "adr"))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile, f.Unanswered = nil, nil }))
	open("tests at build") // privacy no longer applies
	w.ok(w.upgrade(owner, v2))
	open("tests at proof")
	w.replays()
	open("tests at proof")
	w.ok(w.turnDown(owner, "tests"))
	open("")
}
