package web

import (
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// changes shows what became of projects from one past day to another.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) error {
	d, from, to := changesAsked(r)
	if d.Problem != "" {
		from, to = time.Time{}, time.Time{}
	}
	v, err := s.Store.Changes(r.Context(), s.by(r), from, to)
	if err != nil {
		return err
	}
	d.fill(v)
	title, status := "Changes of the portfolio", http.StatusOK
	m := s.meta(w, r, &v.Viewer, title, ui.NavPortfolio)
	m.Width = ui.Wide
	if d.Problem != "" {
		status, m.ErrorCount = http.StatusUnprocessableEntity, 1
	}
	return s.render(w, r, status, page.Changes(m, &d.ChangesData))
}

// exportChanges sends all of it as a file.
func (s *Server) exportChanges(w http.ResponseWriter, r *http.Request) error {
	d, from, to := changesAsked(r)
	if d.Problem != "" {
		return &review.Invalid{Fields: []review.FieldError{{Field: d.ProblemAt, Message: d.Problem}}}
	}
	return s.sendTable(w, r, func(t *table) error {
		v, err := s.Store.Changes(r.Context(), s.by(r), from, to)
		if err != nil {
			return err
		}
		if v.From.TakenAt.IsZero() || v.To.TakenAt.IsZero() {
			return review.ErrNotFound
		}
		d.fill(v)
		name := "changes-" + v.From.Day.Format(time.DateOnly) + "-to-" + v.To.Day.Format(time.DateOnly)
		if err := t.begin(name, "Changes", page.ChangesColumns()); err != nil {
			return err
		}
		for _, row := range d.SheetRows(s.Origin) {
			if err := t.Row(row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// changesPage is a page of changes that is put together.
type changesPage struct{ page.ChangesData }

// changesAsked reads the two days of the address.
func changesAsked(r *http.Request) (d *changesPage, from, to time.Time) {
	q := r.URL.Query()
	d = &changesPage{page.ChangesData{FromText: searchWords(q.Get("from")), ToText: searchWords(q.Get("to"))}}
	if from, d.Problem = dayIn(d.FromText); d.Problem != "" {
		d.ProblemAt = "from"
		return d, from, to
	}
	if to, d.Problem = dayIn(d.ToText); d.Problem != "" {
		d.ProblemAt = "to"
		return d, from, to
	}
	switch {
	case from.IsZero() || to.IsZero():
	case to.Before(from): // it is clear what is meant
		from, to, d.FromText, d.ToText = to, from, d.ToText, d.FromText
	case from.Equal(to):
		d.Problem, d.ProblemAt = "Choose two different days", "from"
	}
	return d, from, to
}

func (d *changesPage) fill(v *store.ChangesView) {
	d.From, d.To = page.Snapshots(v.From), page.Snapshots(v.To)
	side := func(s *store.ChangeSide) page.ProjectSide {
		return page.ProjectSide{Review: s.Review, Place: s.Place, StageName: s.StageName, Gate: s.Gate, Status: s.Status, AtRisk: s.AtRisk, Late: s.Late, Lapsed: s.Lapsed}
	}
	d.Projects = make([]page.ProjectChange, len(v.Rows))
	for i := range v.Rows {
		c := &v.Rows[i]
		d.Projects[i] = page.ProjectChange{
			Key: c.Key, Name: c.Name, New: c.New, Before: side(&c.Before), After: side(&c.After), Team: c.Team, Tier: c.Tier, Due: c.Due, Passed: c.Passed, PassedNames: c.PassedNames,
		}
	}
}
