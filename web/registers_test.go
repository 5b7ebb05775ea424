package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestTheRegisterOfWaiversAsAFile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.waive("member", "manager", p, sk, ik, 5)
	_, second := f.pick(0, plan.LevelMust, 1)
	f.waive("member", "", p, sk, second, 40)
	hidden := f.create(canary)
	f.restrict(hidden)
	f.waive("member", "", hidden, sk, ik, 40)
	b := f.browse("manager")
	link := b.get("/waivers?show=expiring").want(200).find(`a[download][href="/waivers/export/csv?show=expiring"]`)
	if link.Length() != 1 {
		t.Fatal("the register does not offer its list as a file")
	}
	rows := b.get(link.AttrOr("href", "")).want(200).csvRows()
	if len(rows) != 1 {
		t.Fatalf("%d waivers end soon: %q", len(rows), rows)
	}
	for what, want := range map[string]string{
		"Key": string(ik), "Project key": "ledger-api", "Status": "In force", "Until": inDays(5), "Reason": "The vendor is late.", "Risk": "A slow failover.",
		"Mitigation": "Somebody watches it.", "Asked for by": "Member Person", "Decided by": "Manager Person", "Decided on": time.Now().UTC().Format(time.DateOnly),
		"Address": f.Origin + page.ItemURL(p, sk, ik) + "#waiver",
	} {
		if got := rows[0][what]; got != want {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	viewer := f.browse("viewer")
	if rows := viewer.get("/waivers/export/csv?page=7").want(200).csvRows(); len(rows) != 2 || strings.Contains(rows[0]["Project key"]+rows[1]["Project key"], canary) {
		t.Errorf("a viewer gets %q", rows)
	}
	if rows := f.browse("owner").get("/waivers/export/csv?show=waiting").want(200).csvRows(); len(rows) != 2 {
		t.Errorf("the owner of a restricted project gets %q", rows)
	}
	if rows := viewer.get("/waivers/export/csv?show=denied").want(200).csvRows(); len(rows) != 0 {
		t.Errorf("none was denied: %q", rows)
	}
	viewer.get("/waivers/export/xlsx").want(200)
	viewer.get("/waivers/export/pdf").want(404)
}

func TestTheTrailAsAFile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, sk, ik := f.itemAt("ledger-api")
	f.tick("member", p, sk, ik, review.Met, "=1+1 is two")
	f.tick("member", p, sk, ik, review.NotMet, "Not yet.")
	b := f.browse("viewer")
	list := b.get(page.HistoryURL(p) + "?kind=" + review.ItemAnswered{}.Kind() + "&stage=" + string(sk)).want(200)
	link := list.find(`a[download][href*="/history/export/csv?"]`)
	if link.Length() != 1 {
		t.Fatal("the trail does not offer its list as a file")
	}
	rows := b.get(link.AttrOr("href", "")).want(200).csvRows()
	shown := list.find("table.trail tbody tr")
	if len(rows) != shown.Length() || len(rows) != 2 {
		t.Fatalf("%d rows for %d entries", len(rows), shown.Length())
	}
	if rows[1]["Reason or note"] != "'=1+1 is two" || rows[0]["Who"] != "Member Person" || len(rows[0]["Hash"]) != 64 || !strings.HasSuffix(rows[0]["When (UTC)"], "Z") {
		t.Errorf("%q", rows)
	}
	if want := words(shown.First().Find("td").First()); rows[0]["Number"] != want {
		t.Errorf("begins with entry %s, the list with %s", rows[0]["Number"], want)
	}
	if all := b.get(page.HistoryURL(p) + "/export/csv?before=2").want(200).csvRows(); int64(len(all)) != f.seq(p) {
		t.Errorf("%d of %d entries", len(all), f.seq(p))
	}
	b.get(page.HistoryURL(p) + "/export/csv?kind=nonsense").want(422)
	f.restrict(p)
	b.get(page.HistoryURL(p) + "/export/csv").want(404)
}
