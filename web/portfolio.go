package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// portfolio lists the projects that the person may see, with the state of
// each stage.
func (s *Server) portfolio(w http.ResponseWriter, r *http.Request) error {
	f := portfolioFilter(r)
	view, err := s.Store.Portfolio(r.Context(), s.by(r), store.PortfolioFilter{
		Search: f.Search, Team: f.Team, Tier: int(f.Tier), Status: string(f.Status), Stage: string(f.Stage), Mine: f.Mine, Live: f.Live,
		Sort: store.PortfolioSort(f.Sort), Page: f.Page,
	})
	if err != nil {
		return err
	}
	d := &page.PortfolioData{
		Actor: view.Actor, Now: view.Now, Filter: f, Template: view.Tmpl, Teams: view.Teams,
		Projects: make([]page.PortfolioProject, len(view.Rows)), First: (f.Page-1)*store.PortfolioPage + 1, More: view.More,
	}
	for i, p := range view.Rows {
		d.Projects[i] = page.PortfolioProject{
			Key: p.Key, Name: p.Name, Team: p.Team, Owner: view.Names.Of(p.Owner), Tier: p.Tier, Status: p.Status,
			Restricted: p.Restricted, Target: p.Target, Ready: p.Ready, Stages: p.Stages, Live: p.Live, ReviewDue: p.ReviewDue,
		}
	}
	m := s.meta(w, r, &view.Viewer, "Portfolio", ui.NavPortfolio)
	m.Width = ui.Wide
	return s.render(w, r, http.StatusOK, page.Portfolio(m, d))
}

// portfolioFilter reads the address. What makes no sense there narrows
// nothing.
func portfolioFilter(r *http.Request) page.PortfolioFilter {
	q := r.URL.Query()
	f := page.PortfolioFilter{
		Search: searchText(r, "q"), Team: searchText(r, "team"), Mine: q.Get("owner") == "me", Sort: page.SortName, Page: pageNumber(r),
	}
	if tier, err := strconv.Atoi(q.Get("tier")); err == nil && review.Tier(tier).Valid() {
		f.Tier = review.Tier(tier)
	}
	if st := review.Status(q.Get("status")); slices.Contains(page.Statuses(), st) {
		f.Status = st
	}
	if k := q.Get("stage"); review.ValidKey(k) {
		f.Stage = review.StageKey(k)
	}
	if l := review.Live(q.Get("live")); slices.Contains(page.LiveStates(), l) {
		f.Live = l
	}
	if by := q.Get("sort"); slices.Contains([]string{page.SortTeam, page.SortReady, page.SortTarget}, by) {
		f.Sort = by
	}
	return f
}

// readiness explains the figures, the states and the keys. It is open to
// everybody.
func (s *Server) readiness(w http.ResponseWriter, r *http.Request) error {
	m := s.meta(w, r, s.viewer(r), "How readiness is counted", ui.NavNone)
	return s.render(w, r, http.StatusOK, page.Readiness(m))
}
