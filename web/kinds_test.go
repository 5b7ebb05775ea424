package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/web/page"
)

// A project whose lifecycle uses some kinds of records offers those alone, and refuses
// the others where somebody comes by an address that they remember.
func TestKindsThatALifecycleDoesNotUse(t *testing.T) {
	t.Parallel()
	l := twoStages()
	l.Keeps = []record.Key{"risk"}
	f := newFixtureWith(t, "http://127.0.0.1:8080", l)
	p := f.create("ledger")
	f.risk(p, "idea", "2", "2")
	m := f.browse("member")
	for _, at := range []string{page.RecordsURL(p), page.GateURL(p, "idea"), page.ItemURL(p, "idea", "scope-set"), page.RecordKindURL(p, "debt"), page.RecordKindURL(p, "objective"), page.RecordURL(p, "risk", 1)} {
		shown := m.get(at).want(200)
		if shown.find(`main a[href*="/debt/new"], main a[href*="/lesson/new"], main a[href*="/objective/"]`).Length() != 0 {
			t.Errorf("%s offers kinds that are not used", at)
		}
	}
	m.get(page.RecordsURL(p)).one(`a[href="` + page.NewRecordURL(p, "risk", "", "") + `"]`)
	for _, at := range []string{page.NewRecordURL(p, "debt", "", ""), page.ImportObjectivesURL(p)} {
		if got := m.get(at).want(409).text(); !strings.Contains(got, "Projects that follow Small keep no ") {
			t.Errorf("%s says %s", at, got)
		}
	}
	refused := m.post(page.RecordKindURL(p, "debt"), "title", "By hand", "text", "", "owner", "", "due", "2099-01-02", "stage", "idea", "item", "", "links", "", "value-cost", "Much", "value-ticket", "").want(409)
	if refused.one("[name=title]").AttrOr("value", "") != "By hand" || !strings.Contains(refused.text(), "keep no debts") {
		t.Error("what was typed is lost, or nobody says why")
	}
	m.post(page.MoveRecordURL(p, "risk", 1), "to", "closed", "shown", m.get(page.RecordURL(p, "risk", 1)).one(`form:has(input[value=closed]) [name=shown]`).AttrOr("value", ""), "reason", "Gone.").want(303)
}
