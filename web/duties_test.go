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
	f.browse("viewer").get(page.LifecycleURL("gdpr", 2)).want(200).one("#notify")
}
