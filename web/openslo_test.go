package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// Objectives come in and go out in the form that other tools have.
func TestObjectivesInAndOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.create("ledger")
	m := f.browse("member")
	at := page.ImportObjectivesURL(p)
	m.get(page.RecordKindURL(p, "objective")).want(200).one(`a[href="` + at + `"]`)
	slo := "apiVersion: openslo/v1\r\nkind: SLO\r\nmetadata: {name: paid, displayName: Paid in time}\r\nspec:\r\n  indicatorRef: paid\r\n  timeWindow: [{duration: 28d}]\r\n  objectives: [{target: %}]\r\n"
	refused := m.post(at, "text", strings.Replace(slo, "%", "9", 1)).want(422)
	if !strings.Contains(refused.one(".errors").Text(), "Line 7: The target of the objective “Paid in time”") || !strings.Contains(refused.one("[name=text]").Text(), "displayName") {
		t.Errorf("refused with %s", refused.one(".errors").Text())
	}
	m.post(at, "text", strings.Replace(slo, "%", "0.999", 1)).want(303)
	m.post(at, "text", strings.Replace(slo, "%", "0.999", 1)).want(303) // which adds nothing
	list := m.get(page.RecordKindURL(p, "objective")).want(200)
	if n := list.find("tbody tr").Length(); n != 1 || !strings.Contains(list.one("tbody").Text(), "at least 99.9") {
		t.Errorf("%d objectives: %s", n, list.one("tbody").Text())
	}
	out := m.get(page.ExportObjectivesURL(p)).want(200)
	if text := out.text(); !strings.Contains(text, "targetPercent: 99.9") || !strings.Contains(text, "name: ledger-s1") {
		t.Errorf("out comes %s", text)
	}
	f.browse("viewer").get(at).want(403)
	f.browse("viewer").post(at, "text", slo).want(403)
	long := strings.Replace(strings.Replace(slo, "Paid in time", strings.Repeat("x", 400), 1), "%", "0.9", 1)
	if got := m.post(at, "text", long).want(422); !strings.Contains(got.one(".errors").Text(), "title") {
		t.Errorf("a long title is refused with %s", got.one(".errors").Text())
	}
}
