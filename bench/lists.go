package bench

import (
	"fmt"
	"strings"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/web/page"
)

// portfolioViews are every order and every filter with an index that the portfolio offers, as query strings.
var portfolioViews = []string{
	"", "sort=team", "sort=ready", "sort=target", "team=Team+007", "tier=2", "status=on+hold", "stage=code", "owner=me",
}

// portfolioList asks for one view of the portfolio as somebody who works on none of the projects.
func (p *product) portfolioList(query string) Contender {
	request := load.Get(portfolioPath(query), p.server.cookie(p.world.Busy))
	c := overHTTP(p.server.name+"?"+query, 1, p.server, Traffic{Next: func(int) []byte { return request }, Check: wantRows(1)})
	c.Share = 0.3 // a thousand pages tell enough
	return c
}

// portfolioMix asks for all views in turn.
func (p *product) portfolioMix(clients int) Contender {
	var requests [][]byte
	for _, query := range portfolioViews {
		requests = append(requests, load.Get(portfolioPath(query), p.server.cookie(p.world.Busy)))
	}
	return overHTTP(p.server.name, clients, p.server, Traffic{Next: anyOf(requests), Check: wantRows(1)})
}

func portfolioPath(query string) string {
	if query == "" {
		return page.PortfolioURL
	}
	return page.PortfolioURL + "?" + query
}

// wantRows accepts whole pages that link to so many projects at least: an empty list is quick and means nothing.
func wantRows(least int) func(int, *load.Response) error {
	whole := wantPage(1)
	return func(client int, r *load.Response) error {
		if err := whole(client, r); err != nil {
			return err
		}
		if n := strings.Count(string(r.Body), `href="/projects/`); n < least {
			return fmt.Errorf("the page links to %d projects, want %d or more", n, least)
		}
		return nil
	}
}

// myWork is the front page of somebody with a lot to do.
func (p *product) myWork(clients, gates, items int) Contender {
	gates, items = min(gates, page.WorkShown), min(items, page.WorkShown)
	request := load.Get(page.WorkURL, p.server.cookie(p.world.Busy))
	return overHTTP("my-work", clients, p.server, Traffic{
		Next: func(int) []byte { return request }, Check: wantRows(gates + items),
	})
}

// slowestGrowth finds the view of the portfolio whose time grows most from a small portfolio to a large one, and notes it under
// the names of the two.
func (f Figures) slowestGrowth(small, large string) (view string) {
	worst := 0.0
	for _, query := range portfolioViews {
		was, ok := f[small+"?"+query+"@1 p50"]
		is, also := f[large+"?"+query+"@1 p50"]
		if ok && also && is/was > worst {
			worst, view = is/was, query
			f[small+"@1 p50"], f[large+"@1 p50"] = was, is
		}
	}
	return view
}
