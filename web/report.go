package web

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
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
	d := reportData(v)
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

func reportData(v *store.AsOfView) gate.ReportData {
	return gate.ReportData{Review: v.Review, At: v.At, Name: v.Names.Of, Others: v.Others, Head: v.Head, Reviews: v.Reviews, By: v.Name, Made: v.Now}
}

// exportItems sends all items of a project with their answers as a file, as of a moment
// too.
func (s *Server) exportItems(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	d := reportData(v)
	return s.sendTable(w, r, func(t *table) error {
		if err := t.begin(gate.SheetName(d)+"-"+v.At.Format(time.DateOnly), "Items", gate.ItemColumns()); err != nil {
			return err
		}
		return gate.ItemRows(d, s.Origin, t.Row)
	})
}
