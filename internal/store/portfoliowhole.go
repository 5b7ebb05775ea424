package store

import (
	"context"
	"fmt"

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
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("beginning to read the portfolio: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	var who Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &who)
	sql, args := s.orderedSQL(by, f, tmpl, allRows, `f.project_id`)
	// Only their order is found out for all of them at once: the first rows come soon.
	b.Queue(`declare whole no scroll cursor for with `+meSQL+` `+sql, args...)
	if err := send(ctx, tx, b); err != nil {
		return batchError("reading the portfolio", err)
	}
	for first := true; ; first = false {
		part := &PortfolioView{Viewer: who, Tmpl: tmpl, Page: 1, paces: f.paces}
		if part.Rows, err = s.fetchProjects(ctx, tx, by, stretch); err != nil {
			return err
		}
		if len(part.Rows) == 0 && !first {
			return nil
		}
		if err := s.completePortfolio(ctx, tx, part); err != nil {
			return err
		}
		if err := each(part); err != nil {
			return err
		}
		if len(part.Rows) < stretch {
			s.noteUse(ctx, by, &who)
			return nil
		}
	}
}

// fetchProjects reads the next stretch.
func (s *Store) fetchProjects(ctx context.Context, tx pgx.Tx, by By, most int) ([]PortfolioRow, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`fetch %d from whole`, most))
	if err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	if rows, err = tx.Query(ctx, stretchSQL, by.token[:], by.person, s.idle, ids); err != nil {
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
