package web

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
	"github.com/slipway-prr/slipway/web/ui"
)

// report is the printable record of a project, made from its trail, whose
// newest hash it prints.
func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	key := v.Review.Project.Key
	d := gate.ReportData{Review: v.Review, At: v.At, Name: v.Names.Of, Others: v.Others, Head: v.Head, Reviews: v.Reviews, By: v.Name, Made: v.Now}
	title := "Readiness report: " + v.Review.Project.Name
	if asksPast(r) {
		return s.showPast(w, r, v, pageAsOf{
			title: title, back: page.ReportURL(key), nav: ui.NavPortfolio,
			page: func(m ui.PageMeta) templ.Component { return gate.Report(m, d) },
		})
	}
	d.Nobody = v.Nobody
	d.Bundle = page.BundleURL(key)
	d.Rights = review.May(v.Actor, review.ViewDirectory, nil) == nil
	return s.render(w, r, http.StatusOK, gate.Report(s.projectMeta(w, r, &v.Viewer, v.Review, title, ui.NavPortfolio), d))
}
