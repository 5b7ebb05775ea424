package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// BoardCards is how many projects a column of the board shows.
const BoardCards = 12

// BoardColumn are the projects in a stage.
type BoardColumn struct {
	Stage *plan.Stage // of the lifecycle whose stages are the columns; nil: of those in a stage that none of its stages covers
	Total int
	Rows  []PortfolioRow // the first [BoardCards], as the portfolio shows them
}

// BoardView are the projects that a filter leaves, by the stage that they are in.
type BoardView struct {
	PortfolioView // with the rows of all columns
	Columns       []BoardColumn
	Lifecycles    []*plan.Lifecycle // that projects go by which the person may see, by name
}

// PortfolioBoard puts the projects that the person may see into the columns of their stages, in the order of
// the list. Which of them are the first is found in memory, so that only what is shown is read; another
// order than by the day that is due is found out by the database, for all of them.
func (s *Store) PortfolioBoard(ctx context.Context, by By, f PortfolioFilter) (*BoardView, error) {
	out := &BoardView{PortfolioView: PortfolioView{Page: 1}}
	tally, err := s.tally(ctx, by, f, &out.Viewer, &out.Teams, &out.Views)
	if err != nil {
		return nil, err
	}
	out.Tmpl, out.paces, out.Totals, out.Tags = tally.tmpl, tally.filter.paces, tally.strip(out.Now), tally.tags()
	out.Lifecycles = tally.lifecycles()
	var places map[review.ProjectID]int
	if f.Sort != SortDue && f.Sort != "" || f.Desc {
		if places, err = s.ordered(ctx, by, tally); err != nil {
			return nil, err
		}
	}
	lanes := tally.lanes(out.Now, places)
	var ids []int64
	for i := range lanes {
		for _, c := range lanes[i].first {
			ids = append(ids, int64(c.id))
		}
	}
	if err := s.readCards(ctx, by, ids, &out.PortfolioView); err != nil {
		return nil, err
	}
	if err := s.completePortfolio(ctx, s.pool, &out.PortfolioView); err != nil {
		return nil, err
	}
	out.deal(lanes)
	return out, nil
}

// ordered are the places of the projects in the order of the list.
func (s *Store) ordered(ctx context.Context, by By, t *tally) (map[review.ProjectID]int, error) {
	sql, args := s.orderedSQL(by, t.filter, t.tmpl, allRows, `f.project_id`)
	rows, err := s.pool.Query(ctx, `with `+meSQL+` `+sql, args...)
	if err != nil {
		return nil, fmt.Errorf("ordering the board: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("ordering the board: %w", err)
	}
	out := make(map[review.ProjectID]int, len(ids))
	for i, id := range ids {
		out[review.ProjectID(id)] = i
	}
	return out, nil
}

// lifecycles are those that the projects go by which the person may see, each in its newest version.
func (t *tally) lifecycles() []*plan.Lifecycle {
	t.of.mu.RLock()
	defer t.of.mu.RUnlock()
	var out []*plan.Lifecycle
	seen := map[string]bool{}
	for i := range t.of.of {
		p := &t.of.of[i]
		if seen[p.ref.Key] || !t.rights.sees(p) {
			continue
		}
		seen[p.ref.Key] = true
		if l := t.filter.paces.newest(p.ref.Key); l != nil {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *plan.Lifecycle) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key)) })
	return out
}

// readCards reads what lists show of projects, in the order of their numbers, and what they keep. What
// the person may see of them is asked again: the numbers may be a second old.
func (s *Store) readCards(ctx context.Context, by By, ids []int64, out *PortfolioView) error {
	if len(ids) == 0 {
		return nil
	}
	kept := keptCounts{}
	b := &pgx.Batch{}
	queueOnce(b)
	b.Queue(cardsSQL, by.token[:], by.person, s.idle, ids).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		out.Rows = make([]PortfolioRow, 0, len(ids))
		for rows.Next() {
			r, err := scanProjectRow(rows)
			if err != nil {
				return err
			}
			out.Rows = append(out.Rows, r)
		}
		return rows.Err()
	})
	b.Queue(keptSQL, ids).Query(kept.scan)
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("reading the projects of a list", err)
	}
	kept.fill(out.Rows)
	return nil
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
	id    review.ProjectID
	place int       // in the order of the list; 0 in that by the day, which is known here
	due   time.Time // the day that lists show; zero: none, which comes last
}

// lanes are those of the stages that are the columns, and after them one for projects that are in none.
// Without places, what is due soonest comes first.
func (t *tally) lanes(now time.Time, places map[review.ProjectID]int) []lane {
	out := make([]lane, len(t.tmpl.Stages)+1)
	t.each(now, func(p *standing, is facts) {
		if !t.filter.leaves(p, is) {
			return
		}
		at := is.column
		if at < 0 {
			at = len(t.tmpl.Stages)
		}
		place, known := places[p.id]
		if !known && places != nil { // the order may know it a moment later
			place = len(places)
		}
		out[at].take(card{p.id, place, p.due()})
	})
	return out
}

// take counts a project, and keeps it if it is among the first.
func (l *lane) take(c card) {
	l.total++
	l.first = keepFirst(l.first, BoardCards, c, card.compare)
}

func (c card) compare(d card) int {
	switch {
	case c.place != d.place:
		return cmp.Compare(c.place, d.place)
	case c.due.IsZero() && !d.due.IsZero():
		return 1
	case d.due.IsZero() && !c.due.IsZero():
		return -1
	case !c.due.Equal(d.due):
		return c.due.Compare(d.due)
	}
	return cmp.Compare(c.id, d.id)
}
