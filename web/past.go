package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// past shows the portfolio as it was on a day.
func (s *Server) past(w http.ResponseWriter, r *http.Request) error {
	f, show := pastFilter(r)
	day, problem := dayIn(f.On)
	show.Day = day
	v, err := s.Store.Past(r.Context(), s.by(r), show)
	if err != nil {
		return err
	}
	d := &page.PastData{
		Snapshots: page.Snapshots(v.Snapshots), Filter: f, Problem: problem, Totals: portfolioTotals(&v.Totals),
		Position: (v.Page-1)*store.PortfolioPage + 1, More: v.More, Projects: pastProjects(v),
	}
	title, status := "Portfolio on a past day", http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	} else if !v.Day.IsZero() {
		title = "Portfolio on " + v.Day.Format("2 January 2006")
	}
	m := s.meta(w, r, &v.Viewer, title, ui.NavPortfolio)
	m.Width = ui.Wide
	if problem != "" {
		m.ErrorCount = 1
	}
	return s.render(w, r, status, page.Past(m, d))
}

// exportPast sends all that the page lists as a file.
func (s *Server) exportPast(w http.ResponseWriter, r *http.Request) error {
	f, show := pastFilter(r)
	day, problem := dayIn(f.On)
	if problem != "" {
		return &review.Invalid{Fields: []review.FieldError{{Field: "on", Message: problem}}}
	}
	show.Day = day
	return s.sendTable(w, r, func(t *table) error {
		return s.Store.WholePast(r.Context(), s.by(r), show, exportStretch, func(v *store.PastView) error {
			days := page.Snapshots(v.Snapshots)
			if t.Writer == nil {
				if err := t.begin("portfolio-on-"+v.Day.Format(time.DateOnly), "Portfolio on "+v.Day.Format(time.DateOnly), page.PastColumns()); err != nil {
					return err
				}
			}
			projects := pastProjects(v)
			for i := range projects {
				if err := t.Row(projects[i].SheetRow(&days, s.Origin)...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func pastProjects(v *store.PastView) []page.PastProject {
	out := make([]page.PastProject, len(v.Rows))
	for i := range v.Rows {
		p := &v.Rows[i]
		out[i] = page.PastProject{
			Key: p.Key, Name: p.Name, Restricted: p.Restricted, StageName: p.StageName, Gate: p.Gate, Due: p.Due, Tier: p.Tier, Team: p.Team, Status: p.Status, Live: p.Live,
			Ready: p.Ready, Items: p.Items, Done: p.Done, Blockers: p.Blockers, Waivers: p.Waivers, Ending: p.Ending, Conditions: p.Conditions, Overdue: p.Overdue,
			Requestable: p.Requestable, AtRisk: p.AtRisk, Late: p.Late, Lapsed: p.Lapsed,
		}
	}
	return out
}

// pastFilter reads the address. What makes no sense there narrows nothing, but for the day,
// which is read by [dayIn].
func pastFilter(r *http.Request) (page.PastFilter, store.PastFilter) {
	q := r.URL.Query()
	f := page.PastFilter{On: searchWords(q.Get("on")), Search: searchText(r, "q"), Page: pageNumber(r)}
	if show := q.Get("show"); slices.Contains(page.PastAlarms(), show) {
		f.Show = show
	}
	return f, store.PastFilter{Search: f.Search, Alarm: store.PastAlarm(f.Show), Page: f.Page}
}

// dayIn reads a day that was typed, and says what is wrong with it. Nothing was typed where
// both are empty.
func dayIn(text string) (day time.Time, problem string) {
	if text = strings.TrimSpace(text); text == "" {
		return day, ""
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 || day.Year() > 2199 {
		return time.Time{}, "“" + printable(text, 40) + "” is not a day; write it like 2026-11-03"
	}
	return day, ""
}
