package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// Newer evidence under a passed gate: the item's page says before that it leaves
// the signatures in force, the gate lists it apart from changes, and other
// evidence is a change all the same.
func TestRenewalOnThePages(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.fill("member", p, "live")
	item, gate := page.ItemURL(p, "live", "restore-tested"), page.GateURL(p, "live")
	member := f.browse("member")
	if n := member.get(item).want(200).find("#renews").Length(); n != 0 {
		t.Error("before the gate has passed the form speaks of signatures")
	}
	f.requestSignOff("owner", p, "live")
	f.signGo("sre", p, "live", plan.SeatSRE)
	closing := f.stage(p, "live").LastRound().Closing

	says := words(member.get(item).want(200).one("#renews"))
	if !strings.Contains(says, "This renews the evidence; the signatures of") || !strings.Contains(says, "stay in force") {
		t.Errorf("the form says %q", says)
	}
	link := []string{"url", "https://ci.example.test/restore/2", "title", "Second restore", "kind", "test-report"}
	member.post(page.EvidenceURL(p, "live", "restore-tested"), link...).want(303)

	shown := f.browse("sre").get(gate).want(200)
	if got := words(shown.find("#changed")); got != "" {
		t.Errorf("the gate lists changes: %s", got)
	}
	line := shown.one("#renewed li")
	for _, want := range []string{"Restore is tested", "Second restore", "test report, valid until", "Renewed"} {
		if !strings.Contains(words(line), want) {
			t.Errorf("the line %q lacks %q", words(line), want)
		}
	}
	if line.Find(`a[href="https://ci.example.test/restore/2"]`).Length() != 1 || line.Find(`a[href="`+item+`#evidence"]`).Length() != 1 {
		t.Error("the line leads neither to the link nor to its item")
	}
	if !strings.Contains(words(shown.one("#content")), "given on content "+closing.Short()) {
		t.Errorf("what is signed: %s", words(shown.one("#content")))
	}
	if s := f.stage(p, "live"); s.Gate != review.GatePassed || s.LastRound().Closing != closing {
		t.Errorf("the gate stands %q", s.Gate.Label())
	}
	if !strings.Contains(words(member.get(item).want(200).one("#evidence table")), "renewed since sign-off") {
		t.Error("the item does not mark the renewal")
	}
	if got := words(member.get(page.HistoryURL(p)).want(200).one("main")); !strings.Contains(got, "renewed the evidence for Restore is tested") {
		t.Error("the history does not tell of a renewal")
	}

	link = []string{"url", "https://wiki.example.test/restore", "title", "About restores", "kind", "doc"}
	member.post(page.EvidenceURL(p, "live", "restore-tested"), link...).want(303)
	after := f.browse("sre").get(gate).want(200)
	if got := words(after.one("#changed")); !strings.Contains(got, "About restores") || strings.Contains(got, "Second restore") {
		t.Errorf("a link of another kind: %q", got)
	}
	if after.find("#renewed li").Length() != 1 || f.stage(p, "live").Gate != review.GateChanged {
		t.Error("with a change beside it the renewal is not listed, or the gate still stands")
	}
	if member.get(item).want(200).find("#renews").Length() != 0 {
		t.Error("out of date, the form speaks of signatures in force")
	}
}
