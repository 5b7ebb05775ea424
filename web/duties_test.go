package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// The form of an incident offers whom the modules of the project have it tell, and
// works out by when.
func TestIncidentsTellAuthorities(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	if form := m.get(page.NewRecordURL(p, "incident", "", "")).want(200); form.find("#duties").Length()+form.find("datalist option").Length() != 0 {
		t.Error("without modules the form offers authorities")
	}
	gdpr, err := catalog.Module("gdpr", 2)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Module: gdpr})
	ref, err := plan.Document{Module: gdpr}.Ref()
	if err != nil {
		t.Fatal(err)
	}
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, ref, r.PlanDigest(), "EU.", at)
	})
	const authority = "Data protection supervisory authority"
	form := m.get(page.NewRecordURL(p, "incident", "", "")).want(200)
	if got := form.one("#duties").Text(); !strings.Contains(got, authority) || !strings.Contains(got, "Within 72 hours") || !strings.Contains(got, "From the module GDPR") {
		t.Errorf("the form says %s", got)
	}
	form.one(`datalist#` + form.one("[name=value-authority]").AttrOr("list", "") + ` option[value="` + authority + `"]`)
	fields := []string{"title", "Cards were refused", "text", "", "owner", "", "due", "2099-01-02", "stage", "", "item", "", "links", "",
		"value-severity", "2", "value-started", "2026-03-01T10:00", "value-authority", authority, "value-deadline", "", "value-detected", ""}
	kind := page.RecordKindURL(p, "incident")
	if got := m.post(kind, fields...).want(422).one(".errors").Text(); !strings.Contains(got, "when it was detected") {
		t.Errorf("without a time it says %s", got)
	}
	fields[len(fields)-1] = "2026-03-01T11:30"
	m.post(kind, fields...).want(303)
	shown := m.get(page.RecordURL(p, "incident", 1)).want(200)
	if text := shown.one("main").Text(); !strings.Contains(text, "2026-03-04 11:30 UTC") || !strings.Contains(shown.one("#duties").Text(), "Within 72 hours of when it was detected, by ") {
		t.Errorf("the incident says %s", text)
	}
	fields[len(fields)-5] = "Somebody else"
	m.post(kind, fields...).want(422) // of whom nobody knows by when
	fields[len(fields)-3] = "2026-03-01T12:00"
	form.one(`input[type=checkbox][name=tell][value="` + authority + `"]`)
	m.post(kind, append(fields, "tell", authority)...).want(303)
	both := m.get(page.RecordURL(p, "incident", 2)).want(200).one("main").Text()
	for _, want := range []string{
		"The deadline to tell Somebody else passed on 1 Mar 2026, 12:00 UTC, and they were not told.",
		"The deadline to tell " + authority + " passed on 4 Mar 2026, 11:30 UTC, and they were not told.",
	} {
		if !strings.Contains(both, want) {
			t.Errorf("of two authorities it does not say %q: %s", want, both)
		}
	}
	told := page.ToldURL(p, 2)
	f.browse("viewer").post(told, "whom", authority).want(403)
	if f.browse("viewer").get(page.RecordURL(p, "incident", 2)).want(200).find(`form[action="`+told+`"]`).Length() != 0 {
		t.Error("who may not change it is offered to note that they were told")
	}
	m.get(page.RecordURL(p, "incident", 2)).one(`form[action="` + told + `"] input[name=whom][value="` + authority + `"]`)
	m.post(told, "whom", "Nobody").want(409)
	m.post(page.RecordURL(p, "risk", 2)+"/told", "whom", authority).want(404)
	m.post(told, "whom", authority).want(303)
	if after := words(m.get(page.RecordURL(p, "incident", 2)).want(200).one("main")); strings.Contains(after, "to tell "+authority+" passed") || !strings.Contains(after, "Authority 2 was told") || !strings.Contains(after, "It is noted that they were told") {
		t.Errorf("told, it says %s", after)
	}
	edit := m.get(page.EditRecordURL(p, "incident", 2)).want(200)
	if edit.find("[name=tell]").Length() != 0 || edit.one("[name=value-authority-2]").AttrOr("value", "") != authority || edit.find("[name=value-authority-3]").Length() != 1 || edit.find("[name=value-authority-4]").Length() != 0 {
		t.Error("the form has not the authorities, and room for another")
	}
	m.post(page.RecordKindURL(p, "risk"), "title", "R", "text", "", "owner", "", "due", "", "stage", "", "item", "", "links", "", "value-likelihood", "1", "value-impact", "1", "tell", authority).want(422)
	f.browse("viewer").get(page.LifecycleURL("gdpr", 2)).want(200).one("#notify")
}
