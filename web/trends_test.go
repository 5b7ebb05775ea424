package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// Trends count what was decided in projects that the reader sees, and nothing of others.
func TestTrendsCountWhatTheReaderSees(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	product := f.browse("product")
	if got := words(product.get(page.TrendsURL).want(200).one("main")); !strings.Contains(got, "Nothing was decided in this time.") || !strings.Contains(got, "Nobody has signed in this time.") {
		t.Errorf("before any decision the page says %q", got)
	}
	open := f.create("ledger-api")
	hidden := f.create("vault")
	for _, p := range []review.ProjectKey{open, hidden} {
		f.fill("member", p, "idea")
		f.requestSignOff("owner", p, "idea")
	}
	if got := words(product.get(page.TrendsURL).want(200).one("#seats tbody")); !strings.Contains(got, "Product 2 ") {
		t.Errorf("who is waited for: %q", got)
	}
	for _, p := range []review.ProjectKey{open, hidden} {
		f.signGo("product", p, "idea", plan.SeatProduct)
		f.signGo("engineering", p, "idea", plan.SeatEngineering)
	}
	f.change("owner", hidden, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "The vault", Team: "Blue", Tier: r.Project.Tier, Exposure: r.Project.Exposure, Restricted: true}, at)
	})
	for who, want := range map[string]struct{ passed, signers string }{
		"viewer": {"1", "2 decisions"}, "auditor": {"2", "4 decisions"},
	} {
		r := f.browse(who).get(page.TrendsURL).want(200)
		if got := r.find(".tallies b").First().Text(); got != want.passed {
			t.Errorf("%s: %s gates passed, want %s", who, got, want.passed)
		}
		rows := r.find("#weeks tbody tr")
		if last := words(rows.Last()); rows.Length() != 26 || !strings.HasSuffix(last, " "+want.passed+" 0 "+want.passed+" of "+want.passed) {
			t.Errorf("%s: %d weeks, the last is %q", who, rows.Length(), last)
		}
		each := map[string]string{"1": "1 50 %", "2": "2 50 %"}[want.passed]
		if got := words(r.one("#signers tbody")); strings.Count(got, each) != 2 {
			t.Errorf("%s: who decides: %q", who, got)
		}
		if strings.Contains(r.Body, "vault") {
			t.Errorf("%s: a restricted project shows", who)
		}
	}
}

// Each figure of who is waited for leads to as many projects, and a seat that may still sign
// but need not is none of them.
func TestWhoIsWaitedForLeadsToAsManyProjects(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	f.open("ledger")
	f.signGo("engineering", f.open("wallet"), "idea", plan.SeatEngineering) // product is what lacks
	viewer := f.browse("viewer")
	rows := viewer.get(page.TrendsURL).want(200).find("#seats tbody tr")
	var seats []string
	rows.Each(func(_ int, row *goquery.Selection) {
		link := row.Find("a")
		seats = append(seats, link.Text()+" "+row.Find("td").First().Text())
		listed := viewer.get(link.AttrOr("href", "")).want(200).find("table.heat tbody tr").Length()
		if got := row.Find("td").First().Text(); got != strconv.Itoa(listed) {
			t.Errorf("%s says %s and leads to %d projects", link.Text(), got, listed)
		}
	})
	if got := strings.Join(seats, ", "); !strings.HasPrefix(got, "Product 2, ") || strings.Contains(got, "2, Engineering 2") || strings.Contains(got, "SRE 2") {
		t.Errorf("who is waited for: %s", got)
	}
}
