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

// published puts documents into the library and returns their references.
func (f *fixture) published(docs ...plan.Document) []plan.Ref {
	f.t.Helper()
	var refs []plan.Ref
	for _, d := range docs {
		ref, err := d.Ref()
		if err := errors.Join(err, f.publish(d)); err != nil {
			f.t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	return refs
}

// phased is the small lifecycle with phases; its next version moves an item,
// merges two, drops one, and has another stage.
func phased(version int) *plan.Lifecycle {
	l := smallTemplate()
	l.Key, l.Version = "phased", version
	l.Stages[0].Phases, l.Stages[1].Phases = []plan.Phase{"idea", "design"}, []plan.Phase{"release", "operation"}
	if version == 1 {
		return l
	}
	idea := l.Stages[0].Items
	moved, merged := idea[1], plan.Item{
		Key: "scope-and-demo", Title: "Scope is set and a demo was shown", Was: []plan.ItemKey{"scope-set", "demo-shown"},
		Levels: idea[0].Levels, Evidence: idea[0].Evidence, Seats: idea[0].Seats,
	}
	l.Stages[0].Items = []plan.Item{merged, idea[2]}
	l.Stages[1].Items = append(l.Stages[1].Items, moved)
	middle := plan.Stage{
		Key: "build", Name: "Build", Phases: []plan.Phase{"build"}, Items: []plan.Item{{Key: "tests-run", Title: "Tests run", Levels: idea[0].Levels}},
		Gate: plan.Gate{Name: "Built", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatEngineering}}},
	}
	l.Stages = []plan.Stage{l.Stages[0], middle, l.Stages[1]}
	return l
}

func privacyModule() *plan.Module {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	return &plan.Module{
		Kind: plan.KindModule, Key: "privacy", Version: 1, Name: "Privacy",
		Seats: []plan.ModuleSeat{{Phase: "release", GateSeat: plan.GateSeat{Seat: plan.SeatCompliance, MandatoryAt: []plan.Tier{1, 2, 3}}}},
		Items: []plan.ModuleItem{{Phase: "operation", Item: plan.Item{Key: "privacy-erase", Title: "Erasure works", Levels: must, Evidence: []plan.EvidenceKind{"doc"}}}},
	}
}

// A plan changes with its tables: modules, own items, levels, an upgrade that
// moves things about, and its undoing.
func TestPlansChangeWithTheirTables(t *testing.T) {
	f := newFixture(t)
	refs := f.published(plan.Document{Lifecycle: phased(1)}, plan.Document{Lifecycle: phased(2)}, plan.Document{Module: privacyModule()})
	old, next, module := refs[0], refs[1], refs[2]
	f.ref = old
	f.create("alpha")
	f.answerIdea("alpha")
	whole := store.Target{Project: "alpha"}
	do := func(name, what string, decide func(r *review.Review, who review.Actor, at time.Time) error) *review.Review {
		t.Helper()
		c := f.change(name, whole, decide)
		if len(c.Events) == 0 {
			t.Fatalf("%s recorded nothing", what)
		}
		v, err := f.VerifyStream(context.Background(), c.Review.Project.ID)
		if err != nil || len(v.Problems) > 0 {
			t.Errorf("after %s: %v, %v", what, err, v.Problems)
		}
		return c.Review
	}
	do("olga", "discussion", func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Discuss(who, "idea", "risks-listed", "Which?", "a", at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "idea", "risks-listed", review.NewEvidence{URL: "https://wiki.example.test/risks", Title: "Risks", Type: "doc"}, at); err != nil {
			return err
		}
		return r.RequestWaiver(who, "idea", "risks-listed", review.NewWaiver{
			Reason: "later", Risk: "some", Measure: "care", Until: at.AddDate(0, 1, 0).Format(review.DateLayout),
		}, at)
	})
	for _, person := range []string{"mike", ""} { // an item that somebody had, and nobody has when it is merged
		do("olga", "assigning", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, "idea", "demo-shown", f.people[person], "", at)
		})
	}
	do("olga", "attaching", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, module, r.PlanDigest(), "the law", at)
	})
	r := do("mike", "answering a module's item", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "privacy-erase", review.Met, "", 0, at)
	})
	do("olga", "assigning a module's item", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Assign(who, "live", "privacy-erase", f.people["mike"], "2026-12-01", at)
	})
	if got := r.Stage("live").Def.Gate.Policy(1, nil); !slices.Contains(got.Mandatory, plan.SeatCompliance) || got.Quorum != 2 {
		t.Errorf("the gate asks %+v", got)
	}
	do("olga", "an own item", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddItem(who, "live", review.NewItem{
			Title: "Printers are warned", Why: "They jam.", Done: "A mail went out.", Level: plan.LevelShould,
			Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatSRE},
		}, at)
	})
	do("olga", "raising", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RaiseLevel(who, "own-printers-are-warned", plan.LevelMust, r.PlanDigest(), "it matters", at)
	})
	do("olga", "asking to lower", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AskLowering(who, "risks-listed", plan.LevelMay, r.PlanDigest(), "small", at)
	})
	do("eng", "lowering", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ApproveLowering(who, "risks-listed", r.Wish("risks-listed").Digest(), at)
	})
	do("mike", "asking for a waiver of a module's item", func(r *review.Review, who review.Actor, at time.Time) error {
		in := review.NewWaiver{Reason: "later", Risk: "some", Measure: "care", Until: at.AddDate(0, 1, 0).Format(review.DateLayout)}
		return r.RequestWaiver(who, "live", "privacy-erase", in, at)
	})
	r = do("mona", "detaching", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.DetachModule(who, "privacy", r.PlanDigest(), "not needed", at)
	})
	if aside := r.Stage("live").Aside; len(aside) != 1 || aside[0].Answer.State != review.Met {
		t.Errorf("set aside: %+v", aside)
	}
	do("olga", "handing over what is set aside", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.HandOver(who, f.people["mike"], f.people["olga"], "Busy.", at)
	})
	do("mike", "linking beside a waiver of what is no longer asked", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "live", "own-printers-are-warned", review.NewEvidence{URL: "https://wiki.example.test/printers", Title: "Mail", Type: "doc"}, at)
	})
	do("olga", "attaching again", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, module, r.PlanDigest(), "needed after all", at)
	})
	before := answers(t, f)
	r = do("olga", "upgrading", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Upgrade(who, r.Plan.Origin.On(next), r.PlanDigest(), "newer", at)
	})
	if len(r.Stages) != 3 || r.Stage("live").Item("risks-listed").Comments != 1 || len(r.Stage("live").Waivers) != 2 || len(r.Stage("live").Evidence) == 0 {
		t.Errorf("upgraded: %+v", r.Stages)
	}
	if it := r.Stage("idea").Item("scope-and-demo"); it.Answer.State != review.Met || !it.Reattest {
		t.Errorf("a merged item: %+v", it)
	}
	do("mike", "answering a moved item", func(r *review.Review, who review.Actor, at time.Time) error {
		it := r.Stage("live").Item("risks-listed")
		return r.Answer(who, "live", "risks-listed", review.NotMet, "Not all.", it.Answer.Version, at)
	})
	r = do("olga", "undoing", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.UndoUpgrade(who, r.PlanDigest(), "too early", at)
	})
	if it := r.Stage("idea").Item("risks-listed"); it.Answer.Note != "Not all." || it.Comments != 1 {
		t.Errorf("undone: %+v", it)
	}
	if after := answers(t, f); len(after) != len(before) {
		t.Errorf("items\n%s\nwere\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
	do("olga", "upgrading again", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Upgrade(who, r.Plan.Origin.On(next), r.PlanDigest(), "now", at)
	})

	to := storetest.New(t)
	if _, err := rebuildInto(context.Background(), t, f.db, to); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"review", "plan", "stage", "item", "evidence", "waiver", "comment", "portfolio", "gate"} {
		if got, want := rows(t, to, table), rows(t, f.db, table); !slices.Equal(got, want) {
			t.Errorf("rebuilt, %s has\n%s\nwhere it had\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// answers are the rows of all items.
func answers(t *testing.T, f *fixture) []string {
	t.Helper()
	return rows(t, f.db, "item")
}
