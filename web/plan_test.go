package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// smallModule is one that the answer "users" proposes.
func smallModule(f *fixture) *plan.Module {
	return &plan.Module{
		Kind: plan.KindModule, Key: "printing", Version: 1, Name: "Printing", Summary: "For what prints.", ProposedWhen: []plan.Flag{f.tmpl.Flags[0].Key},
		Seats: []plan.ModuleSeat{{Phase: "design", GateSeat: plan.GateSeat{Seat: plan.SeatData, MandatoryAt: []plan.Tier{1, 2, 3}}}},
		Items: []plan.ModuleItem{{Phase: "design", Item: plan.Item{
			Key: "printing-paper", Title: "Paper <is> ordered", Why: "It runs out.", Done: "It is there.", Show: "The order.",
			Levels: [3]plan.Level{"must", "must", "must"}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatData}, Quality: []string{"operability"},
		}}},
	}
}

// planForm reads the preview of a change and sends its form.
func planForm(t *testing.T, b *browser, p review.ProjectKey, query string, reason string) (preview, after *reply) {
	t.Helper()
	preview = b.get(page.PlanURL(p) + "?" + query).want(200)
	form := preview.one(`#change form[action="` + page.PlanURL(p) + `"]`)
	var fields []string
	for _, name := range []string{"do", "module", "shown"} {
		fields = append(fields, name, form.Find(`[name="`+name+`"]`).AttrOr("value", ""))
	}
	return preview, b.post(page.PlanURL(p), append(fields, "reason", reason)...)
}

// A module is proposed by an answer, shows what it adds before it is attached,
// and can be detached by who may let a gate ask less.
func TestModulesAreAttachedAndDetached(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.publishDocument(plan.Document{Module: smallModule(f)})
	p := f.create("payments", func(in *review.NewProject) { in.Profile = plan.Profile{f.tmpl.Flags[0].Key} })
	b := f.browse("owner")
	b.get(page.ProjectURL(p)).want(200).one(`a[href="` + page.PlanURL(p) + `"]`)
	if text := b.get(page.PlanURL(p)).want(200).one("#modules").Text(); !strings.Contains(text, f.tmpl.Flags[0].Label) {
		t.Errorf("the page does not say why a module is proposed: %s", text)
	}
	preview, refused := planForm(t, b, p, "attach=printing", "")
	refused.want(422)
	for _, want := range []string{"Paper <is> ordered (required)", "the Data seat joins"} {
		if !strings.Contains(preview.one("#change").Text(), want) {
			t.Errorf("the preview lacks %q: %s", want, preview.one("#change").Text())
		}
	}
	_, done := planForm(t, b, p, "attach=printing", "We print.")
	done.want(303)
	stage := f.tmpl.Stages[f.tmpl.Covering(&plan.Stage{Phases: []plan.Phase{"design"}})].Key
	if it := f.stage(p, stage).Item("printing-paper"); it == nil || it.Level != plan.LevelMust {
		t.Fatalf("the item is %+v", it)
	}
	f.browse("viewer").get(page.PlanURL(p) + "?detach=printing").want(200)
	f.browse("viewer").post(page.PlanURL(p), "do", "detach", "module", "printing", "reason", "No.", "shown", "x").want(403)
	_, denied := planForm(t, b, p, "detach=printing", "We do not print.")
	denied.want(403)
	_, detached := planForm(t, f.browse("manager"), p, "detach=printing", "They do not print.")
	detached.want(303)
	if f.stage(p, stage).Item("printing-paper") != nil {
		t.Error("the item is still there")
	}
	b.post(page.PlanURL(p), "do", "attach", "module", "printing", "reason", "Again.", "shown", "old").want(409)
	b.post(page.PlanURL(p), "do", "attach", "module", "nothing", "reason", "Again.", "shown", "old").want(409)
	b.post(page.PlanURL(p), "do", "fly", "reason", "Up.").want(422)
	b.get(page.PlanURL(p) + "?attach=nothing").want(200)
}

// A project of an older version is upgraded, with what becomes of its answers said
// before, and that is undone.
func TestPlansAreUpgraded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old, err := catalog.Version(store.UsualLifecycle, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Lifecycle: old})
	if f.ref, err = old.Ref(); err != nil {
		t.Fatal(err)
	}
	p := f.create("payments")
	sk := old.Stages[0].Key
	b := f.browse("owner")
	b.post(page.AnswerURL(p, sk, old.Stages[0].Items[0].Key), "answer", "met", "version", "0", "note", "As agreed.").want(303)
	if !strings.Contains(b.get(page.PlanURL(p)).want(200).text(), "has a newer version, 2.") {
		t.Error("the page does not say that there is a newer version")
	}
	preview, done := planForm(t, b, p, "upgrade=1", "Newer.")
	done.want(303)
	if !strings.Contains(preview.one("#change").Text(), "Answers to confirm again") {
		t.Error("the preview does not say what becomes of answers")
	}
	if got := f.stage(p, sk); got.Def.Phases == nil {
		t.Error("the plan is still the old one")
	}
	_, undone := planForm(t, b, p, "undo=1", "Too early.")
	undone.want(303)
	if it := f.stage(p, sk).Item(old.Stages[0].Items[0].Key); it == nil || it.Answer.Note != "As agreed." {
		t.Errorf("the answer is %+v", it)
	}
}
