package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// numbers are those of the entries on a page of the trail, as shown.
func numbers(t *testing.T, r *reply) []int {
	t.Helper()
	var out []int
	r.find("table.trail tbody tr").Each(func(_ int, tr *goquery.Selection) {
		n, err := strconv.Atoi(words(tr.Find("td").First()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	})
	return out
}

func TestHistoryPages(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	for i := range store.HistoryPage + 20 {
		f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", "risks-listed", review.Met, "Note "+strconv.Itoa(i), i, at)
		})
	}
	viewer := f.browse("viewer")
	first := viewer.get(page.HistoryURL(p)).want(200)
	seqs := numbers(t, first)
	if len(seqs) != store.HistoryPage || seqs[0] != int(f.seq(p)) {
		t.Fatalf("%d entries from %d", len(seqs), seqs[0])
	}
	older := first.one(`.pager a[rel=next]`).AttrOr("href", "")
	second := viewer.get(older).want(200)
	rest := numbers(t, second)
	if rest[0] != seqs[len(seqs)-1]-1 || rest[len(rest)-1] != 1 {
		t.Errorf("the second page goes from %d to %d", rest[0], rest[len(rest)-1])
	}
	if second.find(`.pager a[rel=next]`).Length() != 0 || second.find(`.pager a[rel=prev]`).Length() != 1 {
		t.Error("the last page leads to older ones, or not back to the newest")
	}
	first.find("table.trail code").Each(func(_ int, c *goquery.Selection) {
		if full := c.AttrOr("title", ""); len(full) != 64 || !strings.HasPrefix(full, c.Text()) || len(c.Text()) != 8 {
			t.Errorf("hash %q with title %q", c.Text(), full)
		}
	})
	if first.find("table.trail time[title]").Length() != store.HistoryPage {
		t.Error("entries lack the exact time")
	}
}

func TestHistoryFilters(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.change("member", p, "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.NotMet, "Next month.", 0, at)
	})
	viewer := f.browse("viewer")
	at := func(query string) *reply { return viewer.get(page.HistoryURL(p) + query).want(200) }
	if n := len(numbers(t, at("?kind=GateSigned"))); n != 1 {
		t.Errorf("%d signatures", n)
	}
	if n := len(numbers(t, at("?stage=live"))); n != 1 {
		t.Errorf("%d entries of the second stage", n)
	}
	byProduct := at("?person=" + strconv.Itoa(int(f.person("product"))))
	if n := len(numbers(t, byProduct)); n != 1 {
		t.Errorf("%d entries by the product seat's holder", n)
	}
	if got := byProduct.one("select[name=person] option[selected]").Text(); got != f.name("product") {
		t.Errorf("the filter shows %q", got)
	}
	if got := words(byProduct.find("tbody tr")); !strings.Contains(got, "approved as Product") {
		t.Errorf("the entry says %q", got)
	}
	at("?kind=GateSigned").one(`tbody a[href="` + page.GateURL(p, "idea") + `"]`)
	if empty := at("?kind=FindingRaised"); empty.find(".empty").Length() != 1 || empty.find("select[name=kind] option[selected]").AttrOr("value", "") != "FindingRaised" {
		t.Error("a filter without a match loses itself, or shows no word")
	}
	for query, status := range map[string]int{
		"?person=me": 422, "?before=-3": 422, "?before=99999999999999999999": 422, "?kind=PersonJoined": 422, "?stage=nowhere": 404,
	} {
		viewer.get(page.HistoryURL(p) + query).want(status)
	}
}
