package web

import (
	"net/http"

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
		d.Seats = append(d.Seats, page.SeatLoad{Seat: l.Seat.Label(), Href: page.WaitingForURL(l.Seat), Gates: l.Gates, Median: l.Median})
	}
	for _, p := range v.Stages {
		d.Stages = append(d.Stages, page.StagePace(p))
	}
	return s.render(w, r, http.StatusOK, page.Trends(s.meta(w, r, &v.Viewer, "Trends", ui.NavPortfolio), d))
}
