package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/web/page"
)

// portfolioViews are every order and every filter with an index that the portfolio offers, as query strings.
var portfolioViews = []string{
	"", "sort=team", "sort=ready", "sort=target", "team=Team+007", "tier=2", "status=on+hold", "stage=code", "owner=me",
	"sort=name", "sort=-tier", "sort=owner", "sort=since", "sort=-since", "sort=-target", "q=000117",
}

// freeFilters are what has no index of its own, with how many projects are to be found at least.
var freeFilters = []struct {
	query string
	least int
}{
	{"exposure=limited", 1}, {"late=1", 1}, {"month=none", 1}, {"tier=2&status=active&sort=ready", 1}, {"q=service", 1},
	{"exposure=general", 0}, {"evidence=expired", 0}, {"unowned=1", 0}, {"q=xyzzyplugh", 0}, {"person=engineer", 1},
}

// freeFilter asks for the portfolio narrowed by one of them.
func (p *product) freeFilter(query string, least int) Contender {
	request := load.Get(portfolioPath(query), p.server.cookie(p.world.Busy))
	c := overHTTP("filter-100k?"+query, 1, p.server, Traffic{Next: func(int) []byte { return request }, Check: wantRows(least)})
	c.Share = 0.3
	return c
}

// totals asks for the portfolio's figures by team.
func (p *product) totals(name string) Contender {
	request := load.Get(portfolioPath("group=team"), p.server.cookie(p.world.Busy))
	return overHTTP(name, 1, p.server, Traffic{Next: func(int) []byte { return request }, Check: wantPage(1)})
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

// slowestFilter finds the free filter that takes longest.
func (f Figures) slowestFilter() (view string) {
	for _, free := range freeFilters {
		if took, ok := f["filter-100k?"+free.query+"@1 p50"]; ok && took > f["filter-100k@1 p50"] {
			f["filter-100k@1 p50"], view = took, free.query
		}
	}
	return view
}

// finishLists adds what the lists' goals need, and what a server takes that keeps the totals of a large portfolio.
func (s *stand) finishLists(ctx context.Context, r *Report) error {
	if view := r.Figures.slowestGrowth(s.portfolio.small.server.name, s.portfolio.large.server.name); view != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("The portfolio's view whose time grows most from 1,000 to 100,000 projects: %q.", view))
	}
	if view := r.Figures.slowestFilter(); view != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("The free filter that takes longest at 100,000 projects: %q.", view))
	}
	large := s.portfolio.large
	var err error
	if r.Figures["portfolio-100k memory MiB"], _, err = large.server.memory(); err != nil {
		return err
	}
	for _, format := range []string{"csv", "xlsx"} {
		took, bytes, err := large.download(ctx, page.PortfolioURL+"/export/"+format)
		if err != nil { // whose memory is no figure then
			r.Notes = append(r.Notes, fmt.Sprintf("All projects as %s: %v.", format, err))
			return nil
		}
		r.Notes = append(r.Notes, fmt.Sprintf("All projects as %s: %.1f MiB in %.1f s.", format, float64(bytes)/(1<<20), took.Seconds()))
	}
	_, r.Figures["portfolio-100k most MiB"], err = large.server.memory()
	return err
}

// download reads a file to its end.
func (p *product) download(ctx context.Context, path string) (took time.Duration, bytes int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.server.addr+path, nil)
	if err != nil {
		return 0, 0, err
	}
	cookie := p.server.cookie(p.world.Busy)
	req.Header.Set(cookie.Name, cookie.Value)
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, fmt.Errorf("download %s: %w", path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, 0, fmt.Errorf("download %s: %s after %s", path, res.Status, time.Since(began).Round(time.Millisecond))
	}
	bytes, err = io.Copy(io.Discard, res.Body)
	return time.Since(began), bytes, err
}
