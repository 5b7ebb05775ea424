package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// The page of changes sorts projects by what became of them, leads to them, and hides what
// the reader may not see today.
func TestChangesOfThePortfolio(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	viewer := f.browse("viewer")
	if got := words(viewer.get(page.ChangesURL).want(200).one("main")); !strings.Contains(got, "No day has been kept yet.") {
		t.Errorf("before there is any: %q", got)
	}
	f.create("ledger-api")
	f.create("vault")
	day := f.keep(7)
	for _, p := range []review.ProjectKey{"ledger-api", "vault"} {
		f.fill("member", p, "idea")
		f.requestSignOff("owner", p, "idea")
		f.signGo("product", p, "idea", plan.SeatProduct)
		f.signGo("engineering", p, "idea", plan.SeatEngineering)
	}
	f.restrict("vault")
	f.create("newer")
	today := f.keep(0)
	r := viewer.get(page.ChangesURL).want(200)
	if got := words(r.one("#passed tbody")); !strings.HasPrefix(got, "Project ledger-api Idea ") || strings.Count(got, "Project") != 1 {
		t.Errorf("passed: %q", got)
	}
	if href := r.one("#passed td a").AttrOr("href", ""); href != "/projects/ledger-api/stages/idea/gate" {
		t.Errorf("the gate is at %s", href)
	}
	if got := words(r.one("#new tbody")); !strings.HasPrefix(got, "Project newer") {
		t.Errorf("new: %q", got)
	}
	if strings.Contains(r.Body, "vault") || r.find("#late").Length() != 0 {
		t.Error("a restricted project shows, or a section without projects")
	}
	if got := words(f.browse("auditor").get(page.ChangesURL).want(200).one("#passed tbody")); strings.Count(got, "Project") != 2 {
		t.Errorf("an auditor sees %q", got)
	}
	rows := viewer.get(r.find(`a[download]`).First().AttrOr("href", "")).want(200).csvRows()
	if len(rows) != 2 || rows[0]["What"] != "New projects" || rows[1]["Gates passed"] != "Idea" || rows[1]["From"] != day.Format(time.DateOnly) || rows[1]["To"] != today.Format(time.DateOnly) {
		t.Errorf("the file has %v", rows)
	}
	for query, want := range map[string]struct {
		status int
		says   string
	}{
		"?from=zz": {422, "“zz” is not a day"}, "?to=2026-13-01": {422, "is not a day"}, "?from=2026-02-02&to=2026-02-02": {422, "Choose two different days"},
		"?from=1999-01-01": {200, "The first day that is kept is"},
	} {
		if got := words(viewer.get(page.ChangesURL + query).want(want.status).one("main")); !strings.Contains(got, want.says) {
			t.Errorf("%s: %q", query, got)
		}
	}
	viewer.get(page.ChangesURL + "/export/csv?from=1999-01-01").want(404)
	turned := viewer.get(page.ChangesURL + "?from=" + today.Format(time.DateOnly) + "&to=" + day.Format(time.DateOnly)).want(200)
	if from, to := turned.one("#f-from").AttrOr("value", ""), turned.one("#f-to").AttrOr("value", ""); from != day.Format(time.DateOnly) || to != today.Format(time.DateOnly) {
		t.Errorf("days the other way round are shown as %s to %s", from, to)
	}
	if turned.find("#passed tbody").Length() != 1 {
		t.Error("days the other way round show nothing")
	}
}
