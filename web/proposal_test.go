package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// What kind of project it is proposes a tier, modules and a stage, which are shown
// before they are taken; another tier takes a reason, and all of it is one project.
func TestNewProjectIsProposedFor(t *testing.T) {
	f := newFixture(t)
	gdpr, err := catalog.Module("gdpr", 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Module: gdpr})
	b := f.browse("viewer")
	step2 := b.begin("").step(url.Values{"name": {"Till"}, "team": {"Red"}, "go": {"on"}})
	if step2.find("[name=start], [name=why], [name=module]").Length() != 0 {
		t.Error("something is proposed for no kind of project")
	}
	step2 = step2.step(url.Values{
		"kind": {"legacy-migration"}, "exposure": {"general"}, "profile-eu-personal-data": {"yes"}, "go": {"rest"},
	})
	hint := words(step2.one("#f-tier"))
	if !strings.Contains(hint, "Proposed: tier 1. Many people use it, and GDPR applies.") || step2.typed().Get("tier") != "1" {
		t.Errorf("the tier: %s", hint)
	}
	if got := words(step2.one("#f-module")); step2.typed().Get("module") != "gdpr" || !strings.Contains(got, "Because you answered yes: It handles personal data of people in the EU or EEA.") {
		t.Errorf("the modules: %s", got)
	}
	if got := step2.typed().Get("start"); got != "architecture" {
		t.Errorf("it starts with %q", got)
	}
	for _, why := range []string{"", "No need."} {
		refused := step2.step(url.Values{"tier": {"2"}, "why": {why}, "go": {"on"}})
		if got := words(refused.one(".errors")); !strings.Contains(got, "why it is not tier 1") {
			t.Errorf("with the reason %q: %s", why, got)
		}
	}
	step3 := step2.step(url.Values{"tier": {"2"}, "why": {"Only two shops use it."}, "go": {"on"}})
	if got := words(step3.one(".facts")); !strings.Contains(got, "Starts with Production architecture") || !strings.Contains(got, "Modules "+gdpr.Name) {
		t.Errorf("the last step: %s", got)
	}
	step3.step(url.Values{"go": {"on"}})
	v, err := f.Store.ProjectPlan(t.Context(), f.as("viewer"), "till")
	if err != nil {
		t.Fatal(err)
	}
	if v.Review.Plan.Origin.Module("gdpr").Version != 1 || v.Review.Project.Start != "architecture" || v.Review.Project.Tier != 2 ||
		!slices.ContainsFunc(gdpr.Flags, func(q plan.Question) bool { return slices.Contains(v.Review.Project.Unanswered, q.Key) }) {
		t.Errorf("created: %+v, %+v", v.Review.Project, v.Review.Plan.Origin)
	}
	project := b.get("/projects/till")
	if got := words(project.one("#stages").Parent()); !strings.Contains(got, "Start with Production architecture : This stage") {
		t.Errorf("the project's page: %s", got)
	}
	if project.find(`.head a[href="/projects/till/stages/architecture"]`).Length() != 1 {
		t.Error("the checklist that opens is another one")
	}
	history := b.get("/projects/till/history").text()
	for _, want := range []string{"Migration of an older system.", "Starts with Production architecture.", "Tier 1 was proposed: Only two shops use it.", "Proposed at the start, by the answers"} {
		if !strings.Contains(history, want) {
			t.Errorf("the trail does not say %q: %.900s", want, history)
		}
	}
	if done, err := f.Store.VerifyStream(t.Context(), v.Review.Project.ID); err != nil || len(done.Problems) != 0 {
		t.Errorf("verified: %+v, %v", done, err)
	}
}

// A kind, a stage and a module that do not exist are refused; no module joins a
// project that is there, but by its plan.
func TestNewProjectProposalsThatAreNone(t *testing.T) {
	f := newFixture(t)
	b := f.browse("viewer")
	for field, value := range map[string]string{"kind": "miracle", "start": "moon"} {
		r := b.post("/projects", f.whole(field, value)...).want(422)
		if field == "start" && !strings.Contains(r.text(), "stage of the lifecycle") || field == "kind" && !strings.Contains(r.text(), "one of the kinds") {
			t.Errorf("%s: %.300s", field, r.text())
		}
	}
	in := review.NewProject{Key: "till", Name: "T", Team: "T", Tier: 1, Exposure: review.ExposurePilot, Owner: f.person("owner")}
	ref, err := f.Store.DefaultLifecycle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Store.Create(t.Context(), f.as("viewer"), ref, in, store.StartModule{Ref: plan.Ref{Key: "none", Version: 1}, Reason: "Because."}); err == nil {
		t.Error("a project is started with a module that is not published")
	}
	if _, err := f.Store.Project(t.Context(), f.as("admin"), "till"); err == nil {
		t.Error("it is there nevertheless")
	}
	b.get(page.PortfolioURL).want(200)
}

// The kind and the start are edited in the settings, which then say what would suit
// the project, and change nothing by themselves.
func TestSettingsProposeByTheKind(t *testing.T) {
	f := newFixture(t)
	gdpr, err := catalog.Module("gdpr", 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Module: gdpr})
	key := f.create("ledger")
	const to = "/projects/ledger/settings"
	b := f.browse("owner")
	open := b.get(to).want(200)
	if open.find("#proposed").Length() != 0 || open.form(to).Get("kind") != "" || open.form(to).Get("start") != string(f.tmpl.Stages[0].Key) {
		t.Errorf("before anything is said: %v", open.form(to))
	}
	for field, value := range map[string]string{"kind": "miracle", "start": "moon"} {
		r := open.fillIn(to, url.Values{field: {value}}).want(422)
		if r.find(`.errors a[href="#f-`+field+`"]`).Length() != 1 {
			t.Errorf("%s: %.300s", field, r.text())
		}
	}
	answers := url.Values{"kind": {"legacy-migration"}, "start": {string(f.tmpl.Stages[1].Key)}, "exposure": {"general"}, "tier": {"2"}}
	yes := gdpr.ProposedWhen[0]
	if !f.tmpl.HasFlag(yes) {
		t.Fatalf("the lifecycle does not ask %s", yes)
	}
	answers.Set("profile-"+string(yes), "yes")
	tier, seq := f.project(key).Tier, f.seq(key)
	answers.Set("tier", strconv.Itoa(int(tier)))
	saved := open.fillIn(to, answers).want(303)
	if got := saved.Header.Get("Location"); got != to+"#proposed" {
		t.Errorf("led to %s", got)
	}
	if p := f.project(key); p.Kind != plan.Migration || p.Start != f.tmpl.Stages[1].Key || p.Tier != tier || f.seq(key) != seq+1 {
		t.Errorf("saved: %+v in %d entries", p, f.seq(key)-seq)
	}
	r := b.get(to).want(200)
	box := words(r.one("#proposed"))
	for _, want := range []string{"Tier 1. Many people use it, and GDPR applies.", "It is at that tier.", "GDPR", "See what it adds", "The project starts with " + f.tmpl.Stages[1].Name + "."} {
		if !strings.Contains(box, want) {
			t.Errorf("the proposal does not say %q: %s", want, box)
		}
	}
	b.get(r.one(`#proposed a`).AttrOr("href", "")).want(200)
	if got := r.form(to); got.Get("kind") != "legacy-migration" || got.Get("start") != string(f.tmpl.Stages[1].Key) {
		t.Errorf("the form holds %v", got)
	}
	if got := b.get("/projects/ledger/history").text(); !strings.Contains(got, "Kind: none → Migration of an older system") ||
		!strings.Contains(got, "Starting stage: "+f.tmpl.Stages[0].Name+" → "+f.tmpl.Stages[1].Name) {
		t.Errorf("the trail: %.1200s", got)
	}
	seq = f.seq(key)
	r.fillIn(to, nil).want(303)
	if f.seq(key) != seq {
		t.Error("saving without a change wrote something")
	}
	f.browse("admin").get("/projects/ledger/plan").want(200)
	f.change("admin", key, "", func(rv *review.Review, who review.Actor, at time.Time) error {
		doc, err := plan.Document{Module: gdpr}.Ref()
		if err != nil {
			return err
		}
		return rv.AttachModule(who, doc, rv.PlanDigest(), "The law.", at)
	})
	if got := words(b.get(to).one("#proposed")); !strings.Contains(got, "It is attached.") || strings.Contains(got, "See what it adds") {
		t.Errorf("with the module: %s", got)
	}
}

// A module for a law keeps gates that the exposure alone would not need: the form says of
// each exposure what the project will find.
func TestNewProjectSaysWhichGatesModulesKeep(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stage := f.byExposure()
	gdpr, err := catalog.Module("gdpr", 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Module: gdpr})
	b := f.browse("viewer")
	step2 := b.begin("").step(url.Values{"name": {"Till"}, "team": {"Red"}, "template": {f.ref.Key}, "go": {"on"}})
	pilot := func(r *reply) string {
		return words(r.one(`input[name=exposure][value=pilot]`).Parent())
	}
	const left = "Not needed: the gate of "
	if got := pilot(step2); !strings.Contains(got, left+stage.Name) {
		t.Fatalf("without modules a pilot needs %q", got)
	}
	step2 = step2.step(url.Values{"kind": {"legacy-migration"}, "exposure": {"pilot"}, "profile-eu-personal-data": {"yes"}, "go": {"rest"}})
	if step2.typed().Get("module") != "gdpr" {
		t.Fatal("the module is not proposed")
	}
	said := !strings.Contains(pilot(step2), left)
	tier := step2.typed().Get("tier")
	step2.step(url.Values{"tier": {tier}, "go": {"on"}}).step(url.Values{"go": {"on"}})
	if needed := f.stage("till", stage.Key).Gate != review.GateNotNeeded; needed != said || !needed {
		t.Errorf("the gate is needed: %t, and the form said %t", needed, said)
	}
}
