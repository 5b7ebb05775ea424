package web

import (
	"net/http"

	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// trends shows how the portfolio went on.
func (s *Server) trends(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Trends(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	d := &page.TrendsData{Decisions: v.Decisions, Live: v.Live, ToLive: v.ToLive}
	for _, t := range v.Weeks {
		d.Weeks = append(d.Weeks, page.TrendWeek(t))
	}
	for _, l := range v.Signers {
		d.Signers = append(d.Signers, page.SignerLoad{Name: v.Names.Of(l.Person), Decisions: l.Decisions, Median: l.Median})
	}
	for _, l := range v.Seats {
		d.Seats = append(d.Seats, page.SeatLoad{Seat: l.Seat.Label(), Href: page.WaitingForURL(l.Seat), Projects: l.Projects, Median: l.Median})
	}
	for _, p := range v.Stages {
		d.Stages = append(d.Stages, page.StagePace(p))
	}
	trendsPast(d, v)
	return s.render(w, r, http.StatusOK, page.Trends(s.meta(w, r, &v.Viewer, "Trends", ui.NavPortfolio), d))
}

// trendsPast fills in what stood open, blocked and ran out.
func trendsPast(d *page.TrendsData, v *store.Trends) {
	item := func(it *store.DocumentItem, times, projects int) page.TrendItem {
		out := page.TrendItem{Title: it.Title, Times: times, Projects: projects}
		if it.Doc.Key != "" {
			out.Href = page.LifecycleURL(it.Doc.Key, it.Doc.Version) + "#item-" + string(it.Item)
		}
		return out
	}
	for _, w := range v.Promises {
		d.Promises = append(d.Promises, page.PromiseWeek(w))
	}
	d.Weighed = v.Weighed
	for i := range v.Blocking {
		d.Blocking = append(d.Blocking, item(&v.Blocking[i].DocumentItem, 0, v.Blocking[i].Projects))
	}
	for i := range v.Expired {
		e := &v.Expired[i]
		d.Expired = append(d.Expired, item(&e.DocumentItem, e.Times, e.Projects))
	}
	for _, k := range v.ExpiredKinds {
		d.ExpiredKinds = append(d.ExpiredKinds, page.TrendItem{Title: k.Kind.Label(), Times: k.Times, Projects: k.Projects})
	}
	for _, g := range v.Governance {
		d.Governance = append(d.Governance, page.StageGovernance(g))
	}
}
