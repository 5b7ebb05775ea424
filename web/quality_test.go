package web

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/review"
)

// A project says how much of each quality it has and leads to the items that are open; the portfolio adds
// these up, and leads to the projects with the least.
func TestReadinessByQuality(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.create("secret", func(p *review.NewProject) { p.Name, p.Restricted = "Secret", true })
	f.fill("member", "ledger", "idea")
	b := f.browse("viewer")
	r := b.get(b.get("/portfolio").one(`.chips a:contains("By quality")`).AttrOr("href", "")).want(200)
	if strings.Contains(r.Body, "Secret") {
		t.Error("a restricted project shows")
	}
	listed := map[string]string{}
	r.find("table tbody tr").Each(func(_ int, tr *goquery.Selection) {
		listed[words(tr.Find("th"))] = words(tr.Find("td").Eq(1))
		if got := words(tr.Find("td").First()); got != "1" {
			t.Errorf("%s is asked of %s projects", words(tr.Find("th")), got)
		}
	})
	if len(listed) < 5 {
		t.Fatalf("qualities: %v", listed)
	}
	if href := r.find("table tbody td a").First().AttrOr("href", ""); href != "/projects/ledger#qualities" {
		t.Errorf("the project with the least leads to %q", href)
	}
	if rows := b.get("/portfolio/export/csv?group=quality").want(200).csvRows(); len(rows) != len(listed) || rows[0]["Projects"] != "1" {
		t.Errorf("as a file: %v", rows)
	}
	p := b.get("/projects/ledger").want(200)
	rows := p.find("#qualities table tbody tr")
	if rows.Length() != len(listed) {
		t.Fatalf("%d qualities on the project's page, %d in the portfolio", rows.Length(), len(listed))
	}
	rows.Each(func(_ int, tr *goquery.Selection) {
		word := words(tr.Find("th"))
		if got := words(tr.Find("td").First()) + " required items "; !strings.HasPrefix(listed[word], got) || !strings.HasSuffix(listed[word], " %") {
			t.Errorf("%s: %s on the project's page, %s in the portfolio", word, got, listed[word])
		}
		tr.Find("a").Each(func(i int, a *goquery.Selection) {
			if i > 0 {
				return
			}
			list := b.get(a.AttrOr("href", "")).want(200)
			n, _, _ := strings.Cut(words(a), " ")
			if want, err := strconv.Atoi(n); err != nil || list.find(".items [data-row]").Length() < want {
				t.Errorf("%s leads to %d items", words(a), list.find(".items [data-row]").Length())
			}
			if now := words(list.one(".chips [aria-current]")); !strings.HasPrefix(now, word+" ") {
				t.Errorf("the list of %s says that it shows %q", word, now)
			}
		})
	})
	if n := b.get("/projects/ledger/stages/idea?show=quality-nonsense").want(200).find(".items [data-row]").Length(); n != b.get("/projects/ledger/stages/idea").want(200).find(".items [data-row]").Length() {
		t.Error("a quality that there is none of narrows a list")
	}
}
