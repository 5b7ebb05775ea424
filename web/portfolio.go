package web

import (
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// portfolio lists the projects that the person may see, with the state of
// each stage.
func (s *Server) portfolio(w http.ResponseWriter, r *http.Request) error {
	return s.showPortfolio(w, r, http.StatusOK, portfolioFilter(r), page.SaveView{})
}

// showPortfolio shows a list of projects, or groups of them. save is what was typed to save
// the list.
func (s *Server) showPortfolio(w http.ResponseWriter, r *http.Request, status int, f page.PortfolioFilter, save page.SaveView) error {
	words, err := s.Store.RecentWords(r.Context())
	if err != nil {
		return err
	}
	switch f.Group {
	case page.GroupStage:
		return s.portfolioBoard(w, r, status, words, f, save)
	case page.GroupQuality:
		return s.portfolioQualities(w, r, status, words, f, save)
	}
	if f.Group != "" {
		return s.portfolioGroups(w, r, status, words, f, save)
	}
	view, err := s.Store.Portfolio(r.Context(), s.by(r), storeFilter(words, &f))
	if err != nil {
		return err
	}
	f.Page = view.Page
	d := portfolioData(f, view)
	d.Views, d.Save = savedViews(view.Views), save
	d.Words, d.Ignored, d.Totals = words, ignoredFilters(r, view.Tmpl), portfolioTotals(&view.Totals)
	m := s.meta(w, r, &view.Viewer, "Portfolio", ui.NavPortfolio)
	m.Width, m.ErrorCount = ui.Wide, len(save.Errors)
	return s.render(w, r, status, page.Portfolio(m, d))
}

// portfolioGroups shows the same projects in groups.
func (s *Server) portfolioGroups(w http.ResponseWriter, r *http.Request, status int, words plan.Words, f page.PortfolioFilter, save page.SaveView) error {
	d, who, err := s.groupsData(r, words, f)
	if err != nil {
		return err
	}
	d.Save = save
	m := s.meta(w, r, who, "Portfolio", ui.NavPortfolio)
	m.Width, m.ErrorCount = ui.Wide, len(save.Errors)
	return s.render(w, r, status, page.Groups(m, d))
}

// portfolioBoard shows the same projects in the columns of their stages.
func (s *Server) portfolioBoard(w http.ResponseWriter, r *http.Request, status int, words plan.Words, f page.PortfolioFilter, save page.SaveView) error {
	view, err := s.Store.PortfolioBoard(r.Context(), s.by(r), storeFilter(words, &f))
	if err != nil {
		return err
	}
	f.Page = 1
	d := &page.BoardData{PortfolioData: *portfolioData(f, &view.PortfolioView), Columns: make([]page.BoardColumn, len(view.Columns)), Lifecycles: view.Lifecycles}
	d.Views, d.Save = savedViews(view.Views), save
	d.Words, d.Ignored, d.Totals = words, ignoredFilters(r, view.Tmpl), portfolioTotals(&view.Totals)
	for i, c := range view.Columns {
		d.Columns[i] = page.BoardColumn{Stage: c.Stage, Total: c.Total, Projects: portfolioProjects(c.Rows, view.Names)}
	}
	m := s.meta(w, r, &view.Viewer, "Portfolio", ui.NavPortfolio)
	m.Width, m.ErrorCount = ui.Wide, len(save.Errors)
	return s.render(w, r, status, page.Board(m, d))
}

// portfolioQualities shows how much of each quality the same projects have.
func (s *Server) portfolioQualities(w http.ResponseWriter, r *http.Request, status int, words plan.Words, f page.PortfolioFilter, save page.SaveView) error {
	d, who, err := s.qualitiesData(r, words, f)
	if err != nil {
		return err
	}
	d.Save = save
	m := s.meta(w, r, who, "Portfolio", ui.NavPortfolio)
	m.Width, m.ErrorCount = ui.Wide, len(save.Errors)
	return s.render(w, r, status, page.Qualities(m, d))
}

// qualitiesData are the qualities of the projects that a filter leaves, and who asks for them.
func (s *Server) qualitiesData(r *http.Request, words plan.Words, f page.PortfolioFilter) (*page.QualitiesData, *store.Viewer, error) {
	view, err := s.Store.PortfolioQualities(r.Context(), s.by(r), storeFilter(words, &f))
	if err != nil {
		return nil, nil, err
	}
	d := &page.QualitiesData{PortfolioData: page.PortfolioData{
		Actor: view.Actor, Now: view.Now, Filter: f, Template: view.Tmpl, Teams: view.Teams, Tags: view.Tags, Words: words,
		Ignored: ignoredFilters(r, view.Tmpl), Totals: portfolioTotals(&view.Totals), Views: savedViews(view.Views),
	}}
	for _, q := range view.Qualities {
		total := page.QualityTotal{Quality: q.Quality, Projects: q.Projects, Asked: q.Asked, Done: q.Done}
		for _, p := range q.Weakest {
			total.Weakest = append(total.Weakest, page.WeakProject{Key: p.Key, Name: p.Name, Asked: int(p.Asked), Done: int(p.Done)})
		}
		d.Qualities = append(d.Qualities, total)
	}
	return d, &view.Viewer, nil
}

// groupsData are the groups of the projects that a filter leaves, and who asks for them.
func (s *Server) groupsData(r *http.Request, words plan.Words, f page.PortfolioFilter) (*page.GroupsData, *store.Viewer, error) {
	view, err := s.Store.PortfolioGroups(r.Context(), s.by(r), storeFilter(words, &f), store.PortfolioGrouping(f.Group))
	if err != nil {
		return nil, nil, err
	}
	d := &page.GroupsData{
		PortfolioData: page.PortfolioData{
			Actor: view.Actor, Now: view.Now, Filter: f, Template: view.Tmpl, Teams: view.Teams, Tags: view.Tags, Words: words,
			Ignored: ignoredFilters(r, view.Tmpl), Totals: portfolioTotals(&view.Totals), Views: savedViews(view.Views),
		},
		Groups: make([]page.PortfolioTotals, len(view.Groups)), All: portfolioTotals(&view.All), More: view.More,
	}
	for i := range view.Groups {
		d.Groups[i] = portfolioTotals(&view.Groups[i])
		if f.Group == page.GroupLifecycle {
			d.Groups[i].Name = view.Lifecycles.Name(d.Groups[i].Key)
		}
	}
	return d, &view.Viewer, nil
}

func savedViews(from []store.SavedView) []page.SavedView {
	out := make([]page.SavedView, len(from))
	for i, v := range from {
		out[i] = page.SavedView(v)
	}
	return out
}

func portfolioTotals(t *store.PortfolioTotals) page.PortfolioTotals {
	return page.PortfolioTotals{
		Key: t.Key, Projects: t.Projects, Ready: t.Ready, AtRisk: t.AtRisk, Late: t.Late, Lapsed: t.Lapsed, Live: t.Live, Done: t.Done, Stages: t.Stages,
	}
}

// portfolioData is a page of the portfolio, or a stretch of it, as it is shown.
func portfolioData(f page.PortfolioFilter, view *store.PortfolioView) *page.PortfolioData {
	return &page.PortfolioData{
		Actor: view.Actor, Now: view.Now, Filter: f, Template: view.Tmpl, Teams: view.Teams, Tags: view.Tags,
		Projects: portfolioProjects(view.Rows, view.Names), First: (f.Page-1)*store.PortfolioPage + 1, More: view.More,
	}
}

// portfolioProjects are rows of the portfolio as pages show them.
func portfolioProjects(rows []store.PortfolioRow, names store.Names) []page.PortfolioProject {
	out := make([]page.PortfolioProject, len(rows))
	for i := range rows {
		p := &rows[i]
		out[i] = page.PortfolioProject{
			Key: p.Key, Name: p.Name, Team: p.Team, Owner: names.Of(p.Owner), Tier: p.Tier, Status: p.Status,
			Restricted: p.Restricted, Exposure: p.Exposure, Tags: p.Tags, Target: p.Target, Forecast: p.Forecast, Ready: p.Ready, Stages: p.Stages, Current: p.Current, Live: p.Live, ReviewDue: p.ReviewDue,
			Twin: p.Twin, Since: p.Since, Vacant: p.Vacant, Lifecycle: p.Lifecycle, Kept: page.Kept(p.Kept),
		}
		for j, w := range p.Waited {
			name := w.Seat.Label()
			if w.Person != 0 {
				name = names.Of(w.Person)
			}
			if j == 0 {
				out[i].Blocked = name
				continue
			}
			out[i].Others = append(out[i].Others, name)
		}
	}
	return out
}

// exportStretch is how many projects of a file are in memory at a time.
const exportStretch = 500

// exportPortfolio sends all that the portfolio lists, over all its pages, as a file.
func (s *Server) exportPortfolio(w http.ResponseWriter, r *http.Request) error {
	f := portfolioFilter(r)
	words, err := s.Store.RecentWords(r.Context())
	if err != nil {
		return err
	}
	if f.Group == page.GroupQuality {
		return s.sendTable(w, r, func(t *table) error { return s.writeQualities(t, r, words, f) })
	}
	if f.Group != "" && f.Group != page.GroupStage { // the board is a list in another shape
		return s.sendTable(w, r, func(t *table) error { return s.writeGroups(t, r, words, f) })
	}
	return s.sendTable(w, r, func(t *table) error {
		return s.Store.WholePortfolio(r.Context(), s.by(r), storeFilter(words, &f), exportStretch, func(view *store.PortfolioView) error {
			d := portfolioData(f, view)
			if t.Writer == nil {
				if err := t.begin("portfolio-"+view.Now.Format(time.DateOnly), "Portfolio", d.SheetColumns()); err != nil {
					return err
				}
			}
			for i := range d.Projects {
				if err := t.Row(d.SheetRow(&d.Projects[i], s.Origin)...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// writeQualities writes the qualities of the portfolio.
func (s *Server) writeQualities(t *table, r *http.Request, words plan.Words, f page.PortfolioFilter) error {
	d, _, err := s.qualitiesData(r, words, f)
	if err != nil {
		return err
	}
	if err := t.begin("portfolio-by-quality-"+d.Now.Format(time.DateOnly), "Portfolio by quality", d.SheetColumns()); err != nil {
		return err
	}
	for i := range d.Qualities {
		if err := t.Row(d.SheetRow(&d.Qualities[i])...); err != nil {
			return err
		}
	}
	return nil
}

// writeGroups writes the groups of the portfolio.
func (s *Server) writeGroups(t *table, r *http.Request, words plan.Words, f page.PortfolioFilter) error {
	d, _, err := s.groupsData(r, words, f)
	if err != nil {
		return err
	}
	if err := t.begin("portfolio-by-"+f.Group+"-"+d.Now.Format(time.DateOnly), "Portfolio by "+f.Group, d.SheetColumns()); err != nil {
		return err
	}
	for i := range d.Groups {
		if err := t.Row(d.SheetRow(&d.Groups[i])...); err != nil {
			return err
		}
	}
	return nil
}

// storeFilter is the filter of a page as the store asks it.
func storeFilter(words plan.Words, f *page.PortfolioFilter) store.PortfolioFilter {
	out := store.PortfolioFilter{
		Search: f.Search, On: f.Person == page.OwnerMe, Team: f.Team, Tier: f.Tier, Status: f.Status, Stage: f.Stage, Live: f.Live, Uses: f.Uses, Version: f.Version,
		Mine: f.Owner == page.OwnerMe, Me: f.Waits == page.OwnerMe, Seat: page.SeatNamed(words, f.Waits), Late: f.Late, NoDeputy: f.NoDeputy, NoOwner: f.NoOwner,
		Exposure: f.Exposure, Tag: fold.Tag(f.Tag), Behind: f.Behind, Waivers: f.Waivers, Expired: f.Expired,
		Columns: f.Columns, Sort: store.PortfolioSort(f.Sort), Desc: f.Desc, Page: f.Page,
	}
	if !out.Mine {
		out.Owner = f.Owner
	}
	if !out.On {
		out.Anyone = f.Person
	}
	if !out.Me && out.Seat == "" {
		out.Person = f.Waits
	}
	out.AtRisk, out.NoTarget = f.Risk, f.Month == page.MonthNone
	out.Month, _ = page.ParseMonth(f.Month)
	for _, g := range page.GateStates() {
		if g.Key == f.Gate {
			out.Gate = g.States
		}
	}
	for _, k := range page.KeepsFilters() {
		if k.Key == f.Keeps {
			out.Alarm, out.Stale = k.Alarm, k.Stale
		}
	}
	return out
}

// portfolioFilter reads the address.
func portfolioFilter(r *http.Request) page.PortfolioFilter {
	f, _ := readPortfolio(r)
	return f
}

// ignoredFilters are the parts of an address that narrow nothing.
func ignoredFilters(r *http.Request, columns *plan.Lifecycle) []page.Ignored {
	f, ignored := readPortfolio(r)
	if f.Columns != "" && f.Columns != columns.Key {
		ignored = append(ignored, page.Ignored{Name: "columns", Value: f.Columns, Known: true})
	}
	for i := range ignored {
		ignored[i].Name, ignored[i].Value = printable(ignored[i].Name, 40), printable(ignored[i].Value, 40)
	}
	return ignored
}

func readPortfolio(r *http.Request) (page.PortfolioFilter, []page.Ignored) {
	q := r.URL.Query()
	f, ignored := page.ReadPortfolioFilter(q, searchWords)
	f.Page = pageNumber(r)
	return f, ignored
}

// readiness explains the figures, the states and the keys. It is open to
// everybody.
func (s *Server) readiness(w http.ResponseWriter, r *http.Request) error {
	v, _ := s.viewer(r)
	m := s.meta(w, r, v, "How readiness is counted", ui.NavNone)
	return s.render(w, r, http.StatusOK, page.Readiness(m))
}
