package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// A readiness definition is begun, written, published and read in the browser. It
// cannot be published while it leaves something out.
func TestADefinitionFromEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a := f.browse("admin")
	a.get(page.NewDocumentURL).want(200).one(`input[name=start][value=definition]`)
	f.browse("viewer").post(page.LibraryURL, "key", "ours", "name", "Ours", "start", "definition", "from", "", "version", "").want(403)
	a.post(page.LibraryURL, "key", "ours", "name", "Ours", "start", "definition").want(303)
	draft := page.DraftURL("ours")
	shown := func(part string) string {
		return a.get(draft).want(200).one(`form[action="`+draft+"/"+part+`"] input[name=shown]`).AttrOr("value", "")
	}
	if text := a.get(draft).one("#wrong").Text(); !strings.Contains(text, "Safe deployment: is missing") {
		t.Errorf("before it can be published: %s", text)
	}
	if form := a.get(draft + "/publish").want(200); form.find(`textarea[name=reason]`).Length() != 0 {
		t.Error("it can be published while it says nothing")
	}
	a.get(draft + "/export/slipway-yaml").want(200)
	for _, path := range []string{draft + "/preview", draft + "/export/markdown", draft + "/stages/idea"} {
		a.get(path).want(404)
	}
	a.post(draft+"/head", "shown", shown("head"), "name", "Ours", "summary", "What we mean.").want(303)
	fields := []string{
		"shown", shown("definition"), "deployment", "In <b>steps</b>.", "incident", "Somebody cannot pay.", "recovery-1", "1 hour", "recovery-2", "4 hours", "recovery-3", "a day",
		"tolerated-1", "8", "tolerated-2", "12", "tolerated-3", "15", "objectives-1", "Availability | 99.9 %", "objectives-2", "Availability | 99 % | 28 days", "objectives-3", "Availability | 95 % | 28 days",
	}
	if got := a.post(draft+"/definition", fields...).want(422); !strings.Contains(got.one(".errors").Text(), "2 parts in line 1") || got.one("textarea[name=deployment]").Text() != "In <b>steps</b>." {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	fields[19] = "Availability | 99.9 % | 28 days"
	fields[13] = "26"
	a.post(draft+"/definition", fields...).want(422)
	fields[13] = "8"
	f.browse("manager").post(draft+"/definition", fields...).want(403)
	a.post(draft+"/definition", fields...).want(303)
	if a.get(draft).want(200).find("#wrong").Length() != 0 {
		t.Errorf("it still lacks %s", a.get(draft).one("#wrong").Text())
	}
	form := a.get(draft + "/publish").want(200)
	if text := form.one("#changes").Text(); !strings.Contains(text, "Tolerated risk, tier 1") || !strings.Contains(text, "In <b>steps</b>.") {
		t.Errorf("the page says that it is about %s", text)
	}
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Because.", "validated-by", "", "validated-on", "").want(303)
	v := f.browse("viewer")
	v.get(page.LibraryURL).want(200).one(`#definitions h3 a[href="` + page.LifecycleURL("ours", 1) + `"]`)
	if text := v.get(page.LifecycleURL("ours", 1)).want(200).one("main").Text(); !strings.Contains(text, "In <b>steps</b>.") || !strings.Contains(text, "a score of 8 of 25 at most") || !strings.Contains(text, "99.9 %") {
		t.Errorf("it says %s", text)
	}
	v.get(page.DocumentURL("ours")).want(200)
	v.get(page.LibraryURL + "?q=ours").want(200)

	// It is had as a file, which is read again as the same; no other form has a place for it.
	v.get(page.LifecycleURL("ours", 1)).one(`a[href="` + page.ExportURL("ours", 1, "slipway-yaml") + `"]`)
	v.get(page.ExportURL("ours", 1, "markdown")).want(404)
	file := v.get(page.ExportURL("ours", 1, "slipway-yaml")).want(200).Body
	read := a.uploadFile("ours.yaml", []byte(file), "").want(303).follow().want(200)
	if text := words(read.one("#says")); !strings.Contains(text, "In <b>steps</b>.") || !strings.Contains(text, "99.9 %") {
		t.Errorf("the file is read as %s", text)
	}

	// New projects pin it, once the library says so.
	v.post(page.DefaultURL("ours"), "default", "yes", "reason", "Ours.").want(403)
	a.post(page.DefaultURL("ours"), "default", "maybe", "reason", "Ours.").want(422)
	if form := a.post(page.DefaultURL("ours"), "default", "yes", "reason", " ").want(422); form.one("#default details[open]").Find(`[aria-invalid="true"]`).Length() != 1 {
		t.Error("nothing says that the reason is missing")
	}
	none := f.create("none")
	a.post(page.DefaultURL("ours"), "default", "yes", "reason", "<b>Ours</b>.").want(303)
	if text := a.get(page.DocumentURL("ours")).want(200).one("#default").Text(); !strings.Contains(text, "New projects pin the newest version") {
		t.Errorf("the document says %s", text)
	}
	pays := f.create("pays")
	if text := v.get(page.PlanURL(pays)).want(200).one("#made-of #definition").Text(); !strings.Contains(text, "version 1") || !strings.Contains(text, "The library names it") {
		t.Errorf("the plan of a new project has %s", text)
	}

	// The next version, and what it changes.
	a.post(draft, "version", "1").want(303)
	fields[1], fields[13] = shown("definition"), "5"
	a.post(draft+"/definition", fields...).want(303)
	form = a.get(draft + "/publish").want(200)
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Less.", "validated-by", "", "validated-on", "").want(303)
	if text := v.get(page.LifecycleURL("ours", 2)).want(200).one("#changes").Text(); !strings.Contains(text, "Tolerated risk, tier 1") || !strings.Contains(text, "Before: 8") || strings.Contains(text, "Recovery") {
		t.Errorf("it changes %s", text)
	}

	// A project on the first version sees the difference, and moves on.
	o := f.browse("owner")
	if text := o.get(page.PlanURL(pays)).want(200).one("#made-of").Text(); !strings.Contains(text, "has a newer version, 2") {
		t.Errorf("the plan says %s", text)
	}
	preview, pin := planForm(o, pays, "define=ours", "We <do> follow.")
	if text := words(preview.one("#change")); !strings.Contains(text, "Tolerated risk, tier 1") || !strings.Contains(text, "Before: 8") || strings.Contains(text, "Recovery") {
		t.Errorf("the change is shown as %s", text)
	}
	if kept := o.post(page.PlanURL(pays), append(pin[:8:8], "reason", "")...).want(422).one("#change"); kept.Find(`[aria-invalid="true"]`).Length() != 1 {
		t.Error("nothing says that the reason is missing")
	}
	v.post(page.PlanURL(pays), pin...).want(403)
	o.post(page.PlanURL(pays), pin...).want(303)
	if text := words(o.get(page.PlanURL(pays)).want(200).one("#made-of #definition")); !strings.Contains(text, "version 2") || !strings.Contains(text, "We <do> follow.") {
		t.Errorf("the plan has %s", text)
	}
	if text := words(o.get(page.PlanURL(pays) + "?define=ours").want(200).one("#change")); !strings.Contains(text, "pins this version already") {
		t.Errorf("again, it says %s", text)
	}
	if text := words(o.get(page.HistoryURL(pays)).want(200).one("main")); !strings.Contains(text, "pinned the readiness definition ours, version 2") {
		t.Errorf("the history says %s", text)
	}

	// One that pins none is offered it.
	if text := words(o.get(page.PlanURL(none)).want(200).one("#definitions")); !strings.Contains(text, "This project pins none") {
		t.Errorf("one without is told %s", text)
	}
	_, pin = planForm(o, none, "define=ours", "Ours.")
	o.post(page.PlanURL(none), pin...).want(303)
	o.get(page.PlanURL(none)).want(200).one("#made-of #definition")
	if got := words(o.get(page.PlanURL(none) + "?define=" + f.tmpl.Key).want(200).one("#change")); !strings.Contains(got, "is no readiness definition") {
		t.Errorf("a lifecycle is looked at as a definition: %s", got)
	}
}

// What the definition says stands where it matters: on the project's page and in its
// report, beside the gate of the release, and beside the form of an incident. Risks and
// objectives are held against it.
func TestTheDefinitionIsHeldAgainst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, none := f.create("pays"), f.create("none")
	m, boss := f.browse("member"), f.browse("manager")
	release := f.tmpl.Stages[f.tmpl.Covering(&plan.Stage{Key: "release", Phases: []plan.Phase{"release"}})].Key
	nowhere := func(r *reply) {
		t.Helper()
		if r.find("#terms").Length() > 0 {
			t.Errorf("words of a definition stand there: %s", words(r.one("#terms")))
		}
	}
	nowhere(m.get(page.GateURL(none, release)).want(200))
	nowhere(m.get(page.NewRecordURL(none, "incident", "", "")).want(200))

	d := &plan.Definition{Kind: plan.KindDefinition, Key: "ours", Version: 1, Name: "Ours", Summary: "S", Deployment: "In <i>steps</i>.", Incident: "It <i>hurts</i>."}
	for i := range d.Tiers {
		d.Tiers[i] = plan.Terms{Recovery: "an hour", Tolerated: 9, Objectives: []plan.Goal{{Indicator: "Availability", Objective: "99.9 % of requests", Window: "28 days"}}}
	}
	f.publishDocument(plan.Document{Definition: d})
	ref, err := plan.Document{Definition: d}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().UTC().Format(time.RFC3339Nano)
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.PinDefinition(who, ref, r.PlanDigest(), "Ours.", at)
	})
	for _, at := range []string{page.ProjectURL(p), page.ReportURL(p)} {
		if text := words(m.get(at).want(200).one("main")); !strings.Contains(text, "Readiness definition Ours, version 1") {
			t.Errorf("%s says %s", at, text)
		}
	}
	if text := words(m.get(page.CompareURL(p) + "?from=" + before).want(200).one("main")); !strings.Contains(text, "Readiness definition") || !strings.Contains(text, "Ours, version 1") {
		t.Errorf("the comparison says %s", text)
	}
	terms := m.get(page.GateURL(p, release)).want(200).one("details#terms:not([open])")
	if text := words(terms); !strings.Contains(text, "In <i>steps</i>.") || !strings.Contains(text, "an hour") {
		t.Errorf("beside the gate stands %s", text)
	}
	nowhere(m.get(page.GateURL(p, "idea")).want(200))
	terms = m.get(page.NewRecordURL(p, "incident", "", "")).want(200).one("details#terms[open]")
	if text := words(terms); !strings.Contains(text, "It <i>hurts</i>.") || !strings.Contains(text, "an hour") {
		t.Errorf("beside the form of an incident stands %s", text)
	}

	f.risk(p, "idea", "5", "2")
	risk := page.RecordURL(p, "risk", 1)
	shown := boss.get(risk).want(200).one(`form [name=to][value=accepted] ~ [name=shown]`).AttrOr("value", "")
	refused := boss.post(page.MoveRecordURL(p, "risk", 1), "to", "accepted", "shown", shown, "reason", "We <b>live</b> with it.", "due", "2099-01-02").want(409)
	if text := words(refused.one("main")); !strings.Contains(text, "R1 scores 10 of 25, and “Ours”, version 1, tolerates 9 at tier 1.") {
		t.Errorf("it is refused with %s", text)
	}
	if kept := refused.one("details[open] [name=reason]").Text(); kept != "We <b>live</b> with it." {
		t.Errorf("what was typed is %q", kept)
	}

	m.get(page.RecordKindURL(p, "objective")).want(200)
	fields := []string{"title", "It answers", "text", "", "owner", "", "due", "2099-01-02", "stage", "idea", "item", "scope-agreed", "links", "", "value-indicator", "availability", "value-objective", "99.5", "value-window", "28d", "value-method", "", "value-source", "", "value-spent", ""}
	m.post(page.RecordKindURL(p, "objective"), fields...).want(303)
	for _, at := range []string{page.RecordURL(p, "objective", 2), page.RecordKindURL(p, "objective"), page.GateURL(p, "idea"), page.ReportURL(p)} {
		if text := words(m.get(at).want(200).one("main")); !strings.Contains(text, "Looser than “Ours”, version 1, asks at tier 1: Availability: 99.9 % of requests over 28 days. It is looser because its share is smaller: 99.5 %, where 99.9 % is asked.") {
			t.Errorf("%s says %s", at, text)
		}
	}
	if text := words(m.get(page.RecordURL(p, "objective", 2)).one("main")); !strings.Contains(text, "cannot be asked for until it is tightened") {
		t.Errorf("its page does not say what to do: %s", text)
	}
	if text := words(m.get(page.RecordKindURL(p, "objective")).one("#asked")); !strings.Contains(text, "Looser") || !strings.Contains(text, "S2") {
		t.Errorf("the list says %s", text)
	}
	m.get(page.GateURL(p, "idea")).one(`#blockers a[href="` + page.RecordURL(p, "objective", 2) + `"]`)
}
