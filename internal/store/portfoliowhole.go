package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// WholePortfolio hands on all that [Store.Portfolio] lists over all its pages, in order and
// as of one moment, in stretches of at most so many rows; there is one stretch at least,
// which may have no rows. It holds one connection until it is done.
func (s *Store) WholePortfolio(ctx context.Context, by By, f PortfolioFilter, stretch int, each func(*PortfolioView) error) error {
	tmpl, err := s.forPortfolio(ctx, &f)
	if err != nil {
		return err
	}
	var who Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &who)
	// Only their order is found out for all of them at once: the first rows come soon.
	sql, args := s.orderedSQL(by, f, tmpl, allRows, `f.project_id`)
	c := cursor{"whole", `with ` + meSQL + ` ` + sql, "reading the portfolio"}
	err = whole(ctx, s, b, c, args, stretch, pgx.RowTo[int64], func(tx source, ids []int64) error {
		part := &PortfolioView{Viewer: who, Tmpl: tmpl, Page: 1, paces: f.paces}
		var err error
		if part.Rows, err = s.projectsIn(ctx, tx, by, ids); err != nil {
			return err
		}
		if err := fillKept(ctx, tx, part.Rows); err != nil {
			return err
		}
		if err := s.completePortfolio(ctx, tx, part); err != nil {
			return err
		}
		return each(part)
	})
	if err != nil {
		return err
	}
	s.noteUse(ctx, by, &who)
	return nil
}

// projectsIn reads the projects of a stretch.
func (s *Store) projectsIn(ctx context.Context, tx source, by By, ids []int64) ([]PortfolioRow, error) {
	rows, err := tx.Query(ctx, stretchSQL, by.token[:], by.person, s.idle, ids)
	if err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	defer rows.Close()
	out := make([]PortfolioRow, 0, len(ids))
	for rows.Next() {
		r, err := scanProjectRow(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	return out, nil
}

// stretchSQL are projects by their numbers, in the order of these. Which of them whoever
// asks may see was found out with their order.
var stretchSQL = projectRowsSQL(`
	select n.place, f.* from unnest($4::bigint[]) with ordinality n (id, place) join portfolio f on f.project_id = n.id`)
