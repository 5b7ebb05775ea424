package web

import (
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// compare shows what differs between a project at two moments. Moments that
// cannot be are shown again with what would be right.
func (s *Server) compare(w http.ResponseWriter, r *http.Request) error {
	from, err := s.moment(r, "from", startOfDay)
	if err != nil {
		return s.showCompared(w, r, time.Time{}, time.Time{}, err)
	}
	to, err := s.moment(r, "to", endOfDay)
	if err != nil {
		return s.showCompared(w, r, time.Time{}, time.Time{}, err)
	}
	return s.showCompared(w, r, from, to, nil)
}

func (s *Server) compared(r *http.Request, from, to time.Time) (*store.CompareView, error) {
	leave, err := s.inTurn(r)
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.Store.Compare(r.Context(), s.by(r), projectKey(r), from, to)
}

func (s *Server) showCompared(w http.ResponseWriter, r *http.Request, from, to time.Time, problem error) error {
	v, err := s.compared(r, from, to)
	if _, aboutFields := fieldErrors(err); aboutFields && problem == nil {
		return s.showCompared(w, r, time.Time{}, time.Time{}, err)
	}
	if err != nil {
		return err
	}
	q, status := r.URL.Query(), http.StatusOK
	d := &page.CompareData{
		Project: v.Project, Template: &v.After.Review.Plan.Lifecycle, Now: v.Now, Name: v.Names.Of, Others: v.Others, After: v.After.Review, To: v.After.At,
		Entries: v.After.Entries, Moved: v.After.Moved, Reviews: v.After.Reviews, FromText: q.Get("from"), ToText: q.Get("to"),
	}
	if v.Before != nil {
		d.Before, d.From = v.Before.Review, v.Before.At
		d.FromText, d.ToText = page.MomentField(d.FromText), page.MomentField(d.ToText)
		if len(d.FromText) == len(time.DateOnly) {
			d.FromText = page.MomentField(page.MomentText(from)) // what the day was taken for
		}
	}
	m := s.projectMeta(w, r, &v.Viewer, v.After.Review, "Compare, "+v.Project.Name, ui.NavPortfolio)
	m.Width = ui.Wide
	if problem != nil {
		status = explain(problem).status
		d.Errors, _ = fieldErrors(problem)
		m.ErrorCount = len(d.Errors)
	}
	return s.render(w, r, status, page.Compare(m, d))
}
