package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// An owner names where the project runs: each change is looked at first, wrong input is
// said at its field, and items, gates, the report, the past and the trail follow.
func TestEnvironments(t *testing.T) {
	f := newFixture(t)
	l := f.tmpl.Draft()
	l.Version, l.Adds.Environments = f.tmpl.Version+1, []plan.EnvironmentKind{"edge"}
	first, last := &l.Stages[0], &l.Stages[len(l.Stages)-1]
	first.Items = append([]plan.Item(nil), first.Items...)
	it := &first.Items[0]
	it.Environments = []plan.EnvironmentKind{"staging", "production", "edge"}
	last.Gate.Environments = []plan.EnvironmentKind{"production"}
	f.publishDocument(plan.Document{Lifecycle: l})
	p := f.create("payments")
	ahead := f.browse("owner").get(page.EnvironmentsURL(p)).want(200) // a version before that asked for them
	if text := words(ahead.one("main")); !strings.Contains(text, "asks nothing of an environment by itself") || !strings.Contains(text, fmt.Sprintf("Version %d asks some of it for each environment.", l.Version)) {
		t.Errorf("on an earlier version the page says %s", text)
	}
	ahead.one(`a[href="` + page.PlanChangeURL(p, page.PlanUpgrade, "1") + `"]`)
	if f.browse("viewer").get(page.EnvironmentsURL(p)).want(200).find(`a[href*="upgrade"]`).Length() != 0 {
		t.Error("who may not upgrade is led there")
	}
	f.change("manager", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		ref, err := plan.Document{Lifecycle: l}.Ref()
		if err != nil {
			return err
		}
		return r.Upgrade(who, r.Plan.Origin.On(ref), r.PlanDigest(), "environments", at)
	})
	at := page.EnvironmentsURL(p)
	o := f.browse("owner")
	if text := o.get(at).want(200).one("main").Text(); !strings.Contains(text, "No environment is named") || strings.Contains(text, "asks nothing of an environment") || !strings.Contains(text, "Edge: 1 item to answer") || !strings.Contains(text, "Test: nothing is asked of it") {
		t.Errorf("without environments the page says %s", text)
	}
	o.get(page.ProjectURL(p)).want(200).one(`#environments a[href="` + at + `"]`)
	wrong := o.get(at + "?do=add&name=%3Cx%3E&key=No+key&kind=moon").want(422)
	for _, field := range []string{"#add input[name=key]", "#add select[name=kind]"} {
		if wrong.one(field).AttrOr("aria-invalid", "") != "true" {
			t.Errorf("what is wrong is not said at %s", field)
		}
	}
	if got := wrong.one("#add input[name=name]").AttrOr("value", ""); got != "<x>" || wrong.one("#add input[name=key]").AttrOr("value", "") != "No key" {
		t.Errorf("typed was %s", got)
	}
	add := func(b *browser, name, kind, reason string) *reply {
		form := o.get(at + "?do=add&name=" + url.QueryEscape(name) + "&kind=" + kind).want(200)
		value := func(field string) string { return form.one("#change form input[name="+field+"]").AttrOr("value", "") }
		return b.post(at, "do", "add", "name", value("name"), "kind", value("kind"), "key", value("key"), "shown", value("shown"), "reason", reason)
	}
	if text := words(o.get(at + "?do=add&name=Staging&kind=staging").want(200).one("#change")); !strings.Contains(text, it.Title+" (Staging)") ||
		!strings.Contains(text, "Asked for Staging by itself from then on: 1 required item.") || strings.Contains(text, "No longer asked") || strings.Contains(text, "asks less") {
		t.Errorf("before it is added the page says %s", text)
	}
	text := words(o.get(at + "?do=add&name=Live&kind=production").want(200).one("#change"))
	for _, want := range []string{
		"1 required item moves from " + first.Name + " to " + last.Name + ". The gate of " + first.Name + " asks less from then on, and nobody has to approve that.",
		"Moves to the gate of " + last.Name + ": 1 required item.", "Moves here from the gate of " + first.Name + ": 1 required item.",
		"No environment of the kind staging is named. 1 item that should be answered for staging is asked for other environments alone, and so for staging nowhere: “" + it.Title + "”.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("an item that moves to another gate: %s lacks %q", text, want)
		}
	}
	if got := add(o, "Staging", "staging", " ").want(422); got.one("#change textarea[name=reason]").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not said at its field")
	}
	add(f.browse("member"), "Staging", "staging", "Why not.").want(403)
	add(o, "Staging", "staging", "We <try> there.").want(303)
	add(o, "Production, Frankfurt", "production", "Users are there.").want(303)
	o.post(at, "do", "nonsense").want(422)
	then := time.Now().UTC()
	staging, frankfurt := it.Key.In("staging"), it.Key.In("production-frankfurt")
	f.change("member", p, first.Key, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, first.Key, staging, review.Met, "", 0, at); err != nil || len(it.Evidence) == 0 {
			return err
		}
		return r.AddEvidence(who, first.Key, staging, review.NewEvidence{URL: "https://wiki.example.test/said", Title: "Said", Type: it.Evidence[0]}, at)
	})
	read := o.get(at).want(200)
	if text := read.one("#environment-staging").Text(); !strings.Contains(text, "Ready") || !strings.Contains(text, first.Gate.Name) {
		t.Errorf("staging says %s", text)
	}
	if text := read.one("#environment-production-frankfurt").Text(); !strings.Contains(text, "0 of 1 required item ready") || !strings.Contains(text, last.Gate.Name) {
		t.Errorf("Frankfurt says %s", text)
	}
	read.one(`#matrix a[href="` + page.ItemURL(p, first.Key, staging) + `"]`)
	read.one(`#matrix a[href="` + page.ItemURL(p, last.Key, frankfurt) + `"]`)
	if text := o.get(page.ItemURL(p, last.Key, frankfurt)).want(200).one("h1").Text(); text != it.Title+" (Production, Frankfurt)" {
		t.Errorf("the item is called %s", text)
	}
	if text := o.get(page.GateURL(p, last.Key)).want(200).one("#ask").Text(); !strings.Contains(text, "This gate decides on Production, Frankfurt: 0 of 1 ready.") {
		t.Errorf("the gate says %s", text)
	}
	if text := o.get(page.ReportURL(p)).want(200).one("#environments").Text(); !strings.Contains(text, "Frankfurt") {
		t.Errorf("the report says %s", text)
	}
	releases := page.RecordKindURL(p, "release")
	form := o.get(releases + "/new").want(200)
	if n := form.find(`#environments option`).Length(); n != 2 || form.one("[name=value-site]").AttrOr("list", "") != "environments" {
		t.Errorf("the form of a release offers %d environments", n)
	}
	release := []string{"title", "First", "text", "", "owner", "", "due", "2099-01-02", "stage", "", "item", "", "links", "", "value-subject", "service", "value-version", "1",
		"value-because", "It is ready.", "value-time", "2026-03-01T10:00", "value-site", "production, frankfurt", "value-environment", "staging"}
	if got := o.post(releases, release...).want(422); got.one("[name=value-site]").AttrOr("aria-invalid", "") != "true" || got.one("[name=value-site]").AttrOr("value", "") != "production, frankfurt" {
		t.Error("an environment of another kind is not refused at its field")
	}
	release[len(release)-1] = ""
	o.post(releases, release...).want(303)
	if text := o.get(page.RecordURL(p, "release", 1)).want(200).one("main").Text(); !strings.Contains(text, "0 of 1 required item of Production, Frankfurt ready.") {
		t.Errorf("the release says %s", text)
	}
	if other := f.create("ledger"); o.get(page.RecordKindURL(other, "release")+"/new").want(200).find("[name=value-site]").Length() != 0 {
		t.Error("a project without environments is asked for one")
	}
	if got := o.post(at, "do", "rename", "key", "staging", "name", "Production, Frankfurt", "shown", read.one("#environment-staging input[name=shown]").AttrOr("value", ""), "reason", "x").want(422); got.one("#environment-staging input[name=name]").AttrOr("value", "") != "Production, Frankfurt" {
		t.Error("a name that is taken is not kept")
	}
	o.post(at, "do", "rename", "key", "staging", "name", "Try-out", "shown", read.one("#environment-staging input[name=shown]").AttrOr("value", ""), "reason", "Another word.").want(303)
	if o.get(at+"?do=remove&key=production-frankfurt").want(200).find("#change form").Length() != 0 {
		t.Error("the owner is shown a form that would be refused")
	}
	m := f.browse("manager")
	form = m.get(at + "?do=remove&key=production-frankfurt").want(200)
	m.post(at, "do", "remove", "key", "production-frankfurt", "shown", form.one("#change input[name=shown]").AttrOr("value", ""), "reason", "We left.").want(303)
	history := o.get(page.HistoryURL(p)).want(200).one("main").Text()
	for _, want := range []string{"added the staging environment", "We <try> there.", "renamed the environment Staging to", "removed the environment"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	past := o.get(at + "?at=" + url.QueryEscape(then.Format(time.RFC3339Nano))).want(200)
	if text := past.one("#list").Text(); !strings.Contains(text, "Frankfurt") || past.find("form[method=post]").Length() != 0 && past.find("#add").Length() != 0 {
		t.Errorf("as it was the page says %s", text)
	}
	if text := o.get(at).one("#list").Text(); strings.Contains(text, "Frankfurt") || !strings.Contains(text, "Try-out") {
		t.Errorf("afterwards the page says %s", text)
	}
	f.browse("outsider").get(at).want(404)
	o.get(page.ProjectURL(p)).want(200).one(`nav a[href="` + at + `"]`)
}
