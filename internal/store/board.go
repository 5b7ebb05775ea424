package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// BoardCards is how many projects a column of the board shows.
const BoardCards = 12

// BoardColumn are the projects in a stage.
type BoardColumn struct {
	Stage *plan.Stage // of the lifecycle of new projects; nil: of those in a stage that none of its stages covers
	Total int
	Rows  []PortfolioRow // the first [BoardCards], as the portfolio shows them
}

// BoardView are the projects that a filter leaves, by the stage that they are in.
type BoardView struct {
	PortfolioView // with the rows of all columns
	Columns       []BoardColumn
}

// PortfolioBoard puts the projects that the person may see into the columns of their stages, those due
// soonest first. Which of them are the first is found in memory, so that only what is shown is read.
func (s *Store) PortfolioBoard(ctx context.Context, by By, f PortfolioFilter) (*BoardView, error) {
	out := &BoardView{PortfolioView: PortfolioView{Page: 1}}
	tally, err := s.tally(ctx, by, f, &out.Viewer, &out.Teams, &out.Views)
	if err != nil {
		return nil, err
	}
	out.Tmpl, out.paces, out.Totals, out.Tags = tally.tmpl, tally.filter.paces, tally.strip(out.Now), tally.tags()
	lanes := tally.lanes(out.Now)
	if err := s.readCards(ctx, by, lanes, out); err != nil {
		return nil, err
	}
	if err := s.completePortfolio(ctx, s.pool, &out.PortfolioView); err != nil {
		return nil, err
	}
	out.deal(lanes)
	return out, nil
}

// readCards reads the projects of all lanes at once. What the person may see of them is asked again:
// the lanes may be a second old.
func (s *Store) readCards(ctx context.Context, by By, lanes []lane, out *BoardView) error {
	ids := []int64{}
	for i := range lanes {
		for _, c := range lanes[i].first {
			ids = append(ids, int64(c.id))
		}
	}
	rows, err := s.pool.Query(ctx, cardsSQL, by.token[:], by.person, s.idle, ids)
	if err != nil {
		return fmt.Errorf("reading the board: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanProjectRow(rows)
		if err != nil {
			return err
		}
		out.Rows = append(out.Rows, r)
	}
	return rows.Err()
}

// cardsSQL are projects by their numbers, in the order of these, as far as the person may see them.
var cardsSQL = projectRowsSQL(`
	select n.place, f.* from unnest($4::bigint[]) with ordinality n (id, place) join portfolio f on f.project_id = n.id, me where ` + visibleSQL)

// deal puts the rows into the columns of their lanes. Columns without projects stay, but for the one
// of stages that are nowhere.
func (v *BoardView) deal(lanes []lane) {
	in := map[review.ProjectID]int{}
	for i := range lanes {
		column := BoardColumn{Total: lanes[i].total}
		if i < len(v.Tmpl.Stages) {
			column.Stage = &v.Tmpl.Stages[i]
		} else if column.Total == 0 {
			break
		}
		v.Columns = append(v.Columns, column)
		for _, c := range lanes[i].first {
			in[c.id] = i
		}
	}
	for _, r := range v.Rows {
		c := &v.Columns[in[r.id]]
		c.Rows = append(c.Rows, r)
	}
}

// lane is a column of the board while it is filled.
type lane struct {
	total int
	first []card // at most [BoardCards]
}

// card is a project in a lane.
type card struct {
	id  review.ProjectID
	due time.Time // the day that lists show; zero: none, which comes last
}

// lanes are those of the stages of new projects, and after them one for projects that are in none.
func (t *tally) lanes(now time.Time) []lane {
	out := make([]lane, len(t.tmpl.Stages)+1)
	t.each(now, func(p *standing, is facts) {
		if !t.filter.leaves(p, is) {
			return
		}
		at := is.column
		if at < 0 {
			at = len(t.tmpl.Stages)
		}
		out[at].take(card{p.id, p.due()})
	})
	return out
}

// take counts a project, and keeps it among the first if it is due so soon.
func (l *lane) take(c card) {
	l.total++
	l.first = keepFirst(l.first, BoardCards, c, card.compare)
}

func (c card) compare(d card) int {
	switch {
	case c.due.IsZero() && !d.due.IsZero():
		return 1
	case d.due.IsZero() && !c.due.IsZero():
		return -1
	case !c.due.Equal(d.due):
		return c.due.Compare(d.due)
	}
	return cmp.Compare(c.id, d.id)
}
