package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/page"
)

func TestHowLongDecisionsTake(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	product := f.browse("product")
	if got := words(product.get(page.TimesURL).want(200).one("main")); !strings.Contains(got, "No decisions yet") {
		t.Errorf("before any decision the page says %q", got)
	}
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	shown := product.get(page.GateURL(p, "idea"))
	if shown.find(`input[name="effort"][type="radio"]`).Length() != 4 || shown.find(`input[name="effort"][checked]`).Length() != 0 {
		t.Error("the form does not ask how long it took, or answers that itself")
	}
	bad := shown.submit(page.SignURL(p, "idea"), "decision", "go", "effort", "a while", "note", "Fine.").want(422)
	if got := words(bad.one("#f-sign-effort")); !strings.Contains(got, "hoose one of the list") {
		t.Errorf("what is wrong is not said: %q", got)
	}
	shown.submit(page.SignURL(p, "idea"), "decision", "go", "effort", "5-15").want(303)
	f.signGo("engineering", p, "idea", plan.SeatEngineering)
	if got := product.get(page.SignOffsURL).find(`a[href="` + page.TimesURL + `"]`).Length(); got != 1 {
		t.Error("the queue does not lead to the page")
	}
	if got := words(product.get(page.TimesURL).want(200).one("tbody")); !strings.Contains(got, "1 under 2 minutes 5 to 15 minutes (1 said)") {
		t.Errorf("the page says %q", got)
	}
	if got := words(product.get(page.HistoryURL(p)).one("main")); !strings.Contains(got, "It took: 5 to 15 minutes.") {
		t.Errorf("the trail says %q", got)
	}
}
