package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/gate"
	"github.com/slipway-prr/slipway/web/ui"
)

// pageAsOf is a page as of a moment, with its title and the address at which
// it shows the present.
type pageAsOf struct {
	title, back string
	nav         ui.NavItem
	width       ui.Width
	page        func(ui.PageMeta) templ.Component
}

// asksPast reports whether a page is asked for as it was.
func asksPast(r *http.Request) bool { return r.URL.Query().Get("at") != "" }

// asOf reads the project as of the moment in the address; without one, as of
// now.
func (s *Server) asOf(r *http.Request) (*store.AsOfView, error) {
	at, err := s.moment(r, "at", endOfDay)
	if err != nil {
		return nil, err
	}
	leave, err := s.inTurn(r)
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.Store.AsOf(r.Context(), s.by(r), projectKey(r), at)
}

// showPast writes a page as of a moment. Whoever looks is nobody on it: the
// past has no buttons.
func (s *Server) showPast(w http.ResponseWriter, r *http.Request, v *store.AsOfView, p pageAsOf) error {
	m := s.meta(w, r, &v.Viewer, p.title+", "+page.Moment(v.At), p.nav)
	m.Width = p.width
	m.Banners = append(m.Banners, page.PastBanner(v.At, p.back))
	return s.render(w, r, http.StatusOK, page.InThePast(p.page(m), v.Review.Project.Key, v.At))
}

// projectAt is a project's overview as it was.
func (s *Server) projectAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	d := page.ProjectData{Review: v.Review, Now: v.At, Name: v.Names.Of, Others: v.Others, Recent: v.Recent(), Reviews: v.Reviews, Past: true}
	return s.showPast(w, r, v, pageAsOf{
		title: v.Review.Project.Name, back: page.ProjectURL(v.Review.Project.Key), nav: ui.NavPortfolio,
		page: func(m ui.PageMeta) templ.Component { return page.Project(m, d) },
	})
}

// checklistAt is a stage's checklist as it was.
func (s *Server) checklistAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	if v.Review.Stage(stageKey(r)) == nil {
		return review.ErrNotFound
	}
	show, text := listFilter(r)
	d := page.ChecklistData{Checked: page.Check(pastStage(v, stageKey(r))), Show: show, Query: text}
	return s.showPast(w, r, v, pageAsOf{
		title: d.Title(), back: page.StageURL(v.Review.Project.Key, stageKey(r)), nav: ui.NavPortfolio, width: ui.Wide,
		page: func(m ui.PageMeta) templ.Component { return page.Checklist(m, d) },
	})
}

func pastStage(v *store.AsOfView, stage plan.StageKey) page.StageView {
	return page.StageView{
		Review: v.Review, Rollups: v.Rollups, Now: v.At, Names: v.Names.Of, Stage: stage, Forced: v.Review.Forced(), Past: true,
		Reader: v.Viewer.Actor.Person, Others: v.Others,
	}
}

// gateAt is a gate as it was.
func (s *Server) gateAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	g, err := v.GateAsOf(stageKey(r))
	if err != nil {
		return err
	}
	d := gate.Data{
		Review: g.Review, Stage: g.Stage, Now: v.At, Name: v.Names.Of, Changes: g.Changes, Seq: v.Seq, Reviews: g.Reviews,
		Forced: g.Review.Forced(), Past: true,
	}
	return s.showPast(w, r, v, pageAsOf{
		title: "Gate: " + g.Stage.Def.Name + ", " + g.Review.Project.Name, back: page.GateURL(g.Review.Project.Key, g.Stage.Def.Key), nav: ui.NavSignOffs,
		page: func(m ui.PageMeta) templ.Component { return gate.Page(m, d) },
	})
}

// itemAt is an item as it was.
func (s *Server) itemAt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asOf(r)
	if err != nil {
		return err
	}
	it, err := v.ItemAsOf(stageKey(r), itemKey(r))
	if err != nil {
		return err
	}
	d := &page.ItemData{StageView: pastStage(v, stageKey(r)), Item: it.Item, Entries: it.Entries, Comments: comments(it.Comments)}
	return s.showPast(w, r, v, pageAsOf{
		title: d.Title(), back: page.ItemURL(v.Review.Project.Key, stageKey(r), itemKey(r)), nav: ui.NavPortfolio,
		page: func(m ui.PageMeta) templ.Component { return page.Item(m, d) },
	})
}

func comments(views []store.CommentView) []page.Comment {
	var out []page.Comment
	for _, c := range views {
		out = append(out, page.Comment{Person: c.Person, At: c.At, Text: c.Text, Mentions: c.Mentions})
	}
	return out
}

// dayMeans says which moment a day stands for where no time is given.
type dayMeans bool

const (
	startOfDay dayMeans = false
	endOfDay   dayMeans = true
)

// moment reads a moment from the address; zero when there is none. A day that
// is not over ends now.
func (s *Server) moment(r *http.Request, name string, day dayMeans) (time.Time, error) {
	text := strings.TrimSpace(r.URL.Query().Get(name))
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, s.Store.Zone()); err == nil {
		if day == startOfDay {
			return t.UTC(), nil
		}
		end := t.AddDate(0, 0, 1).Add(-time.Microsecond).UTC()
		if now := time.Now(); now.After(t) && end.After(now) {
			return time.Time{}, nil
		}
		return end, nil
	}
	if t, err := time.Parse("2006-01-02 15:04:05", text); err == nil {
		return t.Truncate(time.Microsecond), nil
	}
	// A plus sign that nobody escaped arrives as a space.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, strings.ReplaceAll(text, " ", "+")); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, &review.Invalid{Fields: []review.FieldError{{
		Field: name, Message: "is no moment that we understand; write a day such as 2026-11-03, a time in UTC such as 2026-11-03T14:05, or one with its zone such as 2026-11-03T14:05:00+01:00",
	}}}
}
