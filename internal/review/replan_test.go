package review_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// phased gives the stages of the test's lifecycle phases, so that modules find
// their places.
func phased(t *plan.Lifecycle, _ *review.NewProject) {
	t.Stages[0].Phases = []plan.Phase{"idea", "validation", "design"}
	t.Stages[1].Phases = []plan.Phase{"build", "delivery", "environments", "security", "performance"}
	t.Stages[2].Phases = []plan.Phase{"release", "operation"}
}

func moduleItem(phase plan.Phase, key plan.ItemKey, level plan.Level) plan.ModuleItem {
	return plan.ModuleItem{Phase: phase, Item: plan.Item{
		Key: key, Title: "About " + string(key), Levels: [3]plan.Level{level, level, level}, Evidence: []plan.EvidenceKind{"doc"},
	}}
}

// gdpr has items in two stages and a seat at the gate of one.
func gdpr() *plan.Module {
	return &plan.Module{
		Kind: plan.KindModule, Key: "gdpr", Version: 1, Name: "Data protection",
		Seats: []plan.ModuleSeat{{Phase: "operation", GateSeat: plan.GateSeat{Seat: plan.SeatSecurity, Mandatory: true}}},
		Items: []plan.ModuleItem{moduleItem("design", "gdpr-map", plan.LevelMust), moduleItem("operation", "gdpr-erase", plan.LevelShould)},
	}
}

// light asks for nothing that has to be.
func light() *plan.Module {
	return &plan.Module{Kind: plan.KindModule, Key: "light", Version: 1, Name: "Light", Items: []plan.ModuleItem{moduleItem("build", "light-touch", plan.LevelMay)}}
}

func modRef(m *plan.Module) plan.Ref { return plan.Ref{Key: m.Key, Version: m.Version, Digest: "d"} }

// shelf has the documents that plans are composed of.
type shelf struct {
	lifecycles []*plan.Lifecycle
	modules    []*plan.Module

	definitions []*plan.Definition
	policies    []*plan.PolicyDocument
}

func (s shelf) plans(o plan.Origin) (*plan.Plan, error) {
	return plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) {
		for _, l := range s.lifecycles {
			if ref.Key == l.Key && ref.Version == l.Version {
				return plan.Document{Lifecycle: l}, nil
			}
		}
		for _, m := range s.modules {
			if ref.Key == m.Key && ref.Version == m.Version {
				return plan.Document{Module: m}, nil
			}
		}
		for _, p := range s.policies {
			if ref.Key == p.Key && ref.Version == p.Version {
				return plan.Document{Policy: p}, nil
			}
		}
		for _, d := range s.definitions {
			if ref.Key == d.Key && ref.Version == d.Version {
				return plan.Document{Definition: d}, nil
			}
		}
		return plan.Document{}, fmt.Errorf("no document %s version %d", ref.Key, ref.Version)
	})
}

// newPlanned is a world whose plan can be changed, with these modules and later
// versions of its lifecycle on the shelf.
func newPlanned(tb testing.TB, s shelf, opts ...option) *world {
	tb.Helper()
	w := newWorld(tb, append([]option{phased}, opts...)...)
	s.lifecycles = append([]*plan.Lifecycle{w.r.Plan.Base}, s.lifecycles...)
	w.r.Plans = s.plans
	return w
}

func (w *world) attach(p review.PersonID, m *plan.Module) error {
	return w.r.AttachModule(w.actor(p), modRef(m), w.r.PlanDigest(), "a law asks for it", w.tick())
}

func (w *world) detach(p review.PersonID, key string) error {
	return w.r.DetachModule(w.actor(p), key, w.r.PlanDigest(), "it is not ours", w.tick())
}

// replays checks that the trail leads to the same review.
func (w *world) replays() {
	w.Helper()
	plans := w.r.Plans
	if plans == nil {
		plans = known(w.r.Plan)
	}
	again, err := review.Replay(project, w.r.Recorded(), plans)
	if err != nil {
		w.Fatalf("replaying: %v", err)
	}
	again.Settle(w.now)
	live := *w.r
	live.Settle(w.now)
	if d := review.Differences(again, &live); len(d) > 0 {
		w.Fatalf("the trail says otherwise:\n%s", strings.Join(d, "\n"))
	}
	stateOf(&live)
}

// aside is what is kept of an item that the plan does not ask; nil when nothing is.
func (w *world) aside(k plan.ItemKey) *review.Item {
	for _, stages := range [][]review.Stage{w.r.Stages, w.r.Former} {
		for i := range stages {
			for j := range stages[i].Aside {
				if it := &stages[i].Aside[j]; it.Def.Key == k {
					return it
				}
			}
		}
	}
	return nil
}

// copied is a picture of the review that later events do not touch.
func (w *world) copied() *review.Review {
	w.Helper()
	c, err := review.Replay(project, w.r.Recorded(), w.r.Plans)
	w.ok(err)
	return c
}

func digestsOf(r *review.Review) map[plan.StageKey]review.Digest {
	out := map[plan.StageKey]review.Digest{}
	for i := range r.Stages {
		out[r.Stages[i].Def.Key] = r.Digest(&r.Stages[i])
	}
	return out
}

// numbersOf has a picture of a review give out the same numbers as the review does
// by now: going back to another plan does not take them back.
func numbersOf(t interface{ Fatalf(string, ...any) }, before, now *review.Review) {
	for _, s := range now.All() {
		was := before.Keeping(s.Def.Key)
		if s.Gone.Evidence < was.Gone.Evidence || s.Gone.Waivers < was.Gone.Waivers {
			t.Fatalf("the numbers of %s go back from %v to %v", s.Def.Key, was.Gone, s.Gone)
		}
		was.Gone = s.Gone
	}
}

// same checks that the review stands as in a picture taken of it before.
func (w *world) same(before *review.Review) {
	w.Helper()
	numbersOf(w, before, w.r)
	if d := review.Differences(before, w.r); len(d) > 0 {
		w.Fatalf("not as before:\n%s", strings.Join(d, "\n"))
	}
	if was, is := digestsOf(before), digestsOf(w.r); !reflect.DeepEqual(was, is) {
		w.Fatalf("digests were %v, are %v", was, is)
	}
}

func TestAttachedModulesTouchTheirStagesOnly(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr(), light()}})
	w.pass(design)
	w.pass(build)
	before := digestsOf(w.r)
	w.ok(w.attach(owner, gdpr()))
	w.gate(design, review.GateChanged)
	w.gate(build, review.GatePassed)
	if w.digest(build) != before[build] || w.digest(design) == before[design] || w.digest(run) == before[run] {
		t.Errorf("digests %v, then %v", before, digestsOf(w.r))
	}
	if it := w.stage(run).Item("gdpr-erase"); it == nil || it.Level != plan.LevelShould || it.Answer.State != review.Open {
		t.Errorf("the module's item is %+v", it)
	}
	w.replays()

	w.ok(w.answer(member, design, "gdpr-map", review.Met, "drawn"))
	w.ok(w.link(mate, design, "gdpr-map", "https://wiki.example.com/map", "doc"))
	w.ok(w.r.Discuss(w.actor(viewer), design, "gdpr-map", "Where?", "once", w.tick()))
	w.ok(w.r.Assign(w.actor(owner), run, "gdpr-erase", mate, "2026-04-01", w.tick()))
	said := *w.stage(design).Item("gdpr-map")
	w.ok(w.detach(manager, "gdpr"))
	w.gate(design, review.GatePassed)
	if now := digestsOf(w.r); !reflect.DeepEqual(now, before) {
		t.Errorf("digests were %v, are %v after detaching", before, now)
	}
	if kept := w.aside("gdpr-map"); kept == nil || kept.Answer != said.Answer || kept.Comments != 1 {
		t.Errorf("set aside: %+v", kept)
	}
	if kept := w.aside("gdpr-erase"); kept == nil || kept.Assignee != mate {
		t.Errorf("set aside: %+v", kept)
	}
	if w.stage(design).Item("gdpr-map") != nil || len(w.r.Content(w.stage(design)).Evidence) != 1 {
		t.Errorf("still asked, or its evidence still counts: %+v", w.r.Content(w.stage(design)).Evidence)
	}
	w.replays()

	w.ok(w.attach(owner, gdpr()))
	back := w.stage(design).Item("gdpr-map")
	if back == nil || back.Answer != said.Answer || back.Comments != 1 || back.Reattest || w.aside("gdpr-map") != nil {
		t.Errorf("came back as %+v", back)
	}
	if len(w.r.Content(w.stage(design)).Evidence) != 2 || w.stage(run).Item("gdpr-erase").Assignee != mate {
		t.Errorf("evidence or assignment did not come back")
	}
	w.gate(design, review.GateChanged)
	w.replays()
}

// A round is decided by the policy under which it was opened, so one whose gate
// gets a seat ends; others go on.
func TestAttachingEndsRoundsWhosePolicyChanges(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr()}})
	w.open(design)
	w.open(run)
	w.ok(w.attach(owner, gdpr()))
	if last := w.stage(run).LastRound(); last.Outcome != review.OutcomeWithdrawn || !strings.Contains(last.Why, "plan") {
		t.Errorf("the round of the gate that got a seat: %+v", last)
	}
	if w.stage(design).OpenRound() == nil {
		t.Error("the round of the other gate ended")
	}
	w.replays()
	w.hold()
	err := w.r.SignOff(w.actor(archie), design, review.NewSignOff{Seat: plan.SeatArchitecture, Decision: review.Go, Digest: "old"}, w.tick())
	w.refused(err, "stale")
}

// Taking a required item or a seat away is for managers and admins.
func TestWhoDetaches(t *testing.T) {
	for by, want := range map[review.PersonID]string{
		owner: "denied", deputy: "denied", manager: "ok", admin: "ok", member: "denied", viewer: "denied", quinn: "denied", auditor: "denied",
	} {
		w := newPlanned(t, shelf{modules: []*plan.Module{gdpr()}})
		w.ok(w.attach(owner, gdpr()))
		if got := refusal(w.detach(by, "gdpr")); got != want {
			t.Errorf("%d detaches what is required: %s, want %s", by, got, want)
		}
	}
	for by, want := range map[review.PersonID]string{owner: "ok", deputy: "ok", manager: "ok", admin: "ok", member: "denied", viewer: "denied", quinn: "denied", nobody: "not found"} {
		w := newPlanned(t, shelf{modules: []*plan.Module{light()}})
		if got := refusal(w.attach(by, light())); got != want {
			t.Errorf("%d attaches: %s, want %s", by, got, want)
		}
		if want == "ok" {
			w.ok(w.detach(by, "light"))
		}
	}
}

func TestChangesOfModulesThatAreRefused(t *testing.T) {
	twice, newer := light(), gdpr()
	twice.Key, twice.Name, twice.Items = "gdpr-more", "More of it", []plan.ModuleItem{moduleItem("design", "gdpr-map", plan.LevelMay)}
	newer.Version = 2
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr(), newer, twice, light()}})
	w.refused(w.silent(func() error { return w.r.AttachModule(w.actor(owner), modRef(gdpr()), w.r.PlanDigest(), " ", w.tick()) }), "invalid")
	w.refused(w.silent(func() error { return w.r.AttachModule(w.actor(owner), modRef(gdpr()), "", "why", w.tick()) }), "outdated")
	before := w.r.PlanDigest()
	w.ok(w.attach(owner, gdpr()))
	w.ok(w.silent(func() error { return w.r.AttachModule(w.actor(owner), modRef(gdpr()), before, "why", w.tick()) })) // sent twice
	w.refused(w.silent(func() error { return w.r.AttachModule(w.actor(owner), modRef(light()), before, "why", w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.attach(owner, newer) }), "refused")
	err := w.silent(func() error { return w.attach(owner, twice) })
	if w.refused(err, "refused"); !strings.Contains(err.Error(), "Data protection") || !strings.Contains(err.Error(), "More of it") {
		t.Errorf("a clash reads %q", err)
	}
	w.ok(w.silent(func() error { return w.detach(owner, "light") })) // it is not there
	w.refused(w.silent(func() error { return w.r.DetachModule(w.actor(manager), "gdpr", before, "why", w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.DetachModule(w.actor(manager), "gdpr", w.r.PlanDigest(), "", w.tick()) }), "invalid")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.attach(owner, light()) }), "refused")
	w.refused(w.silent(func() error { return w.detach(manager, "gdpr") }), "refused")
	w.replays()

	old := newWorld(t) // without phases
	old.r.Plans = shelf{lifecycles: []*plan.Lifecycle{old.r.Plan.Base}, modules: []*plan.Module{gdpr()}}.plans
	old.refused(old.silent(func() error { return old.attach(owner, gdpr()) }), "refused")
}

// Two modules, attached in either order, come to the same plan and digests.
func TestOrderOfAttaching(t *testing.T) {
	var digests []map[plan.StageKey]review.Digest
	for _, order := range [][]*plan.Module{{gdpr(), light()}, {light(), gdpr()}} {
		w := newPlanned(t, shelf{modules: order})
		for _, m := range order {
			w.ok(w.attach(owner, m))
		}
		digests = append(digests, digestsOf(w.r))
	}
	if !reflect.DeepEqual(digests[0], digests[1]) {
		t.Errorf("%v", digests)
	}
}

// What a preview shows is what comes of it, and it changes nothing.
func TestPreview(t *testing.T) {
	w := newPlanned(t, shelf{modules: []*plan.Module{gdpr()}})
	w.pass(design)
	before := w.copied()
	then, err := w.r.Preview(w.r.Plan.Origin.With(modRef(gdpr())))
	w.ok(err)
	w.same(before)
	if !slices.Equal(w.r.Plan.Origin.Modules, []plan.Ref(nil)) || then.Stage(design).Item("gdpr-map") == nil {
		t.Error("the preview is not the plan to be, or the plan is not what it was")
	}
	w.gate(design, review.GatePassed)
}

// An answer to a question of a module outlives the module, and keeps nobody from
// changing the project.
func TestAnswersToQuestionsOfModules(t *testing.T) {
	asking := light()
	asking.Flags = []plan.Question{{Key: "light-on", Label: "It is light"}}
	asking.Items[0].When = []plan.Flag{"light-on"}
	w := newPlanned(t, shelf{modules: []*plan.Module{asking}})
	w.refused(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"light-on"} }), "invalid")
	w.ok(w.attach(owner, asking))
	w.level("light-touch", plan.LevelMay) // nobody has answered yet
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile, f.Unanswered = nil, nil }))
	w.level("light-touch", plan.LevelNone)
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"light-on"} }))
	w.level("light-touch", plan.LevelMay)
	w.ok(w.detach(owner, "light"))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Name = "Till" }))
	w.refused(w.edit(owner, func(f *review.ProjectFields) { f.Profile = append(f.Profile, "light-off") }), "invalid")
	w.ok(w.attach(owner, asking))
	w.level("light-touch", plan.LevelMay)
	w.replays()
}
