package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// A policy is begun, written, published and read in the browser, and says what of the
// library shows each of its requirements.
func TestAPolicyFromEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, it := f.browse("admin"), &f.tmpl.Stages[0].Items[0]
	a.get(page.NewDocumentURL).want(200).one(`input[name=start][value=policy]`)
	f.browse("viewer").post(page.LibraryURL, "key", "changes", "name", "Changes", "start", "policy", "from", "", "version", "").want(403)
	a.post(page.LibraryURL, "key", "changes", "name", "Changes", "start", "policy").want(303)
	draft := page.DraftURL("changes")
	shown := func(part string) string {
		return a.get(draft).want(200).one(`form[action="`+draft+"/"+part+`"] input[name=shown]`).AttrOr("value", "")
	}
	if text := a.get(draft).one("#wrong").Text(); !strings.Contains(text, "Issued by: is missing") || !strings.Contains(text, "Requirements: there are 0") {
		t.Errorf("before it can be published: %s", text)
	}
	for _, path := range []string{draft + "/preview", draft + "/export/markdown", draft + "/stages/idea"} {
		a.get(path).want(404)
	}
	a.get(draft + "/export/slipway-yaml").want(200)
	a.post(draft+"/head", "shown", shown("head"), "name", "Changes", "summary", "How production changes.").want(303)
	lines := "way-back | must | Every change can be <b>taken back</b>. | " + string(it.Key) + ", nothing-has-this\ntold | should | People are told."
	fields := []string{
		"shown", shown("policy"), "issuer", "Us", "reference", "P-7", "source", "ftp://policies.example", "review-by", "2020-03-31", "requirements", lines + "\nno line",
	}
	if got := a.post(draft+"/policy", fields...).want(422); !strings.Contains(got.one(".errors").Text(), "cannot be read in line 3") || !strings.Contains(got.one(".errors").Text(), "not the address of a web page") ||
		!strings.Contains(got.one("textarea[name=requirements]").Text(), "no line") {
		t.Errorf("refused with %s", got.one(".errors").Text())
	}
	fields[7], fields[11] = "https://policies.example/7", lines
	f.browse("manager").post(draft+"/policy", fields...).want(403)
	a.post(draft+"/policy", fields...).want(303)
	if a.get(draft).want(200).find("#wrong").Length() != 0 {
		t.Errorf("it still lacks %s", a.get(draft).one("#wrong").Text())
	}
	if text := a.get(draft).one("#advice").Text(); !strings.Contains(text, "no item of the library has the key “nothing-has-this”") || strings.Contains(text, string(it.Key)) {
		t.Errorf("worth a look is %s", text)
	}
	form := a.get(draft + "/publish").want(200)
	if text := form.one("#changes").Text(); !strings.Contains(text, "Requirement way-back") || !strings.Contains(text, "<b>taken back</b>") {
		t.Errorf("the page says that it is about %s", text)
	}
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Because.", "validated-by", "", "validated-on", "").want(303)
	v := f.browse("viewer")
	library := v.get(page.LibraryURL).want(200)
	library.one(`#policies h3 a[href="` + page.LifecycleURL("changes", 1) + `"]`)
	if text := library.one("#policies").Text(); !strings.Contains(text, "Review overdue") {
		t.Errorf("the library says %s", text)
	}
	read := v.get(page.LifecycleURL("changes", 1)).want(200)
	if text := read.one("#requirement-way-back").Text(); !strings.Contains(text, "<b>taken back</b>") || !strings.Contains(text, "No item of the library has the key nothing-has-this") || !strings.Contains(text, "Required") {
		t.Errorf("it says %s", text)
	}
	read.one(`#requirement-way-back a[href="` + page.LifecycleURL(f.ref.Key, f.ref.Version) + `#item-` + string(it.Key) + `"]`)
	if text := read.one("main").Text(); !strings.Contains(text, "Its review was due by 31 Mar 2020") {
		t.Errorf("the page does not say that it is overdue: %s", text)
	}
	v.get(page.DocumentURL("changes")).want(200)
	if text := v.get(page.LibraryURL + "?q=people+are+told").want(200).one("#found-documents").Text(); !strings.Contains(text, "Changes") {
		t.Errorf("its words find %s", text)
	}
	if body := v.get(page.ExportURL("changes", 1, "slipway-yaml")).want(200).Body; !strings.Contains(body, "kind: policy") || !strings.Contains(body, "key: way-back") {
		t.Errorf("it is exported as %s", body)
	}
	v.get(page.ExportURL("changes", 1, "markdown")).want(404)

	// Who answers for it finds that on their work until there is a version with a later day.
	if text := a.get(page.WorkURL).want(200).one("#policies").Text(); !strings.Contains(text, "Review overdue") || !strings.Contains(text, "Policy, version 1") {
		t.Errorf("its owner finds %s", text)
	}
	a.get(page.WorkListURL("policies")).want(200).one(`#policies a[href="` + page.LifecycleURL("changes", 1) + `"]`)
	if v.get(page.WorkURL).want(200).find("#policies").Length() != 0 {
		t.Error("somebody else is told to review it")
	}

	// The next version, and what it changes.
	a.post(draft, "version", "1").want(303)
	fields[1], fields[9] = shown("policy"), "2090-03-31"
	a.post(draft+"/policy", fields...).want(303)
	form = a.get(draft + "/publish").want(200)
	a.post(draft+"/publish", "saved", form.one("input[name=saved]").AttrOr("value", ""), "reason", "Looked at.", "validated-by", "", "validated-on", "").want(303)
	if text := v.get(page.LifecycleURL("changes", 2)).want(200).one("#changes").Text(); !strings.Contains(text, "Next review by") || !strings.Contains(text, "Before: 2020-03-31") || strings.Contains(text, "way-back") {
		t.Errorf("it changes %s", text)
	}
	if text := v.get(page.LibraryURL).want(200).one("#policies").Text(); strings.Contains(text, "Review overdue") {
		t.Errorf("the library still says %s", text)
	}
	if a.get(page.WorkURL).want(200).find("#policies").Length() != 0 {
		t.Error("its owner is still told to review it")
	}
}

// A project attaches a policy, sees how it stands and which gate waits for it, updates
// it, and detaches it.
func TestAProjectAndItsPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	it := &f.tmpl.Stages[0].Items[0]
	doc := &plan.PolicyDocument{
		Kind: plan.KindPolicy, Key: "changes", Version: 1, Name: "Changes <of> production", Summary: "How production changes.", Issuer: "Us", ReviewBy: "2020-03-31",
		Requirements: []plan.Requirement{
			{Key: "said", Level: plan.LevelMust, Text: "It is <said>.", Items: []plan.ItemKey{it.Key}},
			{Key: "unshown", Level: plan.LevelMust, Text: "It is known.", Items: []plan.ItemKey{"no-such-item"}},
			{Key: "nice", Level: plan.LevelMay, Text: "It is nice."},
		},
	}
	f.publishDocument(plan.Document{Policy: doc})
	p := f.create("payments")
	at, policies := page.PlanURL(p), page.PoliciesURL(p)
	stage := f.tmpl.Stages[0].Key
	o := f.browse("owner")
	if text := o.get(policies).want(200).one("main").Text(); !strings.Contains(text, "No policy is attached") {
		t.Errorf("without a policy the page says %s", text)
	}
	o.get(policies).one(`#offered a[href="` + page.PlanChangeURL(p, page.PlanPolicyAttach, "changes") + `"]`)
	o.get(at).want(200).one("#policies article")
	attach := func(b *browser, do, reason string) *reply {
		form := o.get(page.PlanChangeURL(p, do, "changes")).want(200)
		return b.post(at, "do", do, "module", "changes", "shown", form.one("form[data-draft] input[name=shown]").AttrOr("value", ""),
			"to", form.one("form[data-draft] input[name=to]").AttrOr("value", ""), "reason", reason)
	}
	look := o.get(page.PlanChangeURL(p, page.PlanPolicyAttach, "changes")).want(200).one("#change").Text()
	for _, want := range []string{"equired: 0 of 2 hold", "waits for 1 requirement before sign-off can be requested", "No signature goes out of date", "Nothing here shows it"} {
		if !strings.Contains(look, want) {
			t.Errorf("before it is attached the page does not say %q: %s", want, look)
		}
	}
	if got := attach(o, page.PlanPolicyAttach, " ").want(422); got.one("#change textarea[name=reason]").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not said at its field")
	}
	attach(f.browse("member"), page.PlanPolicyAttach, "Why not.").want(403)
	attach(o, page.PlanPolicyAttach, "The <auditors> ask.").want(303)
	if text := o.get(at).want(200).one("main").Text(); !strings.Contains(text, "Changes <of> production") {
		t.Errorf("the plan says %s", text)
	}
	read := o.get(policies).want(200)
	if text := read.one("#policy-changes--said").Text(); !strings.Contains(text, "Does not hold") || !strings.Contains(text, "Not answered.") || !strings.Contains(text, "Asked from the gate of “"+f.tmpl.Stages[0].Name+"” on") {
		t.Errorf("the requirement says %s", text)
	}
	read.one(`#policy-changes--said a[href="` + page.ItemURL(p, stage, it.Key) + `"]`)
	if text := read.one("main").Text(); !strings.Contains(text, "The <auditors> ask.") || !strings.Contains(text, "Review overdue") {
		t.Errorf("the page says %s", text)
	}
	o.get(page.ItemURL(p, stage, it.Key)).want(200).one(`#policies a[href="` + page.RequirementURL(p, "changes", "said") + `"]`)
	o.get(page.GateURL(p, stage)).want(200).one(`#blockers a[href="` + page.RequirementURL(p, "changes", "said") + `"]`)
	if text := o.get(page.GateURL(p, stage)).one("#ask").Text(); !strings.Contains(text, "equired: 0 of 2 hold") {
		t.Errorf("the gate says %s", text)
	}
	o.get(page.ProjectURL(p)).want(200).one(`nav a[href="` + policies + `"]`)
	o.get(page.ReportURL(p)).want(200).one("#policies #policy-changes--said")
	if text := o.get(page.HistoryURL(p)).want(200).one("main").Text(); !strings.Contains(text, "attached policy") {
		t.Errorf("the history says %s", text)
	}
	f.change("member", p, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, stage, it.Key, review.Met, "", 0, at); err != nil || len(it.Evidence) == 0 {
			return err
		}
		return r.AddEvidence(who, stage, it.Key, review.NewEvidence{URL: "https://wiki.example.test/said", Title: "Said", Type: it.Evidence[0]}, at)
	})
	then := time.Now().UTC()
	if text := o.get(policies).one("#policy-changes--said").Text(); !strings.Contains(text, "Holds") || !strings.Contains(text, "Met") {
		t.Errorf("once its item is met, the requirement says %s", text)
	}
	if o.get(page.GateURL(p, stage)).find(`#blockers a[href="`+page.RequirementURL(p, "changes", "said")+`"]`).Length() != 0 {
		t.Error("the gate still waits for it")
	}

	newer := *doc
	newer.Version, newer.ReviewBy, newer.Requirements = 2, "2090-03-31", doc.Requirements[:1]
	f.publishDocument(plan.Document{Policy: &newer})
	if text := o.get(policies).want(200).one("main").Text(); !strings.Contains(text, "There is a newer version, 2.") {
		t.Errorf("the page does not tell of the newer version: %s", text)
	}
	look = o.get(page.PlanChangeURL(p, page.PlanPolicyAttach, "changes")).want(200).one("#change").Text()
	if !strings.Contains(look, "What version 2 changes") || !strings.Contains(look, "Requirement unshown") || !strings.Contains(look, "no longer waits for 1 requirement") {
		t.Errorf("before it is updated the page says %s", look)
	}
	attach(o, page.PlanPolicyAttach, "Looked at again.").want(303)
	if text := o.get(policies).one("main").Text(); !strings.Contains(text, "Required: 1 of 1 hold") {
		t.Errorf("afterwards the page says %s", text)
	}
	if o.get(page.PlanChangeURL(p, page.PlanPolicyDetach, "changes")).want(200).find("#change form[data-draft]").Length() != 0 {
		t.Error("the owner is shown a form that would be refused")
	}
	m := f.browse("manager")
	form := m.get(page.PlanChangeURL(p, page.PlanPolicyDetach, "changes")).want(200)
	m.post(at, "do", page.PlanPolicyDetach, "module", "changes", "shown", form.one("form[data-draft] input[name=shown]").AttrOr("value", ""),
		"to", form.one("form[data-draft] input[name=to]").AttrOr("value", ""), "reason", "Another one covers it.").want(303)
	if text := o.get(policies).one("main").Text(); !strings.Contains(text, "No policy is attached") {
		t.Errorf("after it is detached the page says %s", text)
	}
	past := o.get(policies + "?at=" + url.QueryEscape(then.Format(time.RFC3339Nano))).want(200)
	if text := past.one("#policy-changes--said").Text(); !strings.Contains(text, "Holds") || past.find("#offered").Length() != 0 {
		t.Errorf("as it was the page says %s", text)
	}
	f.browse("outsider").get(policies).want(404)
}
