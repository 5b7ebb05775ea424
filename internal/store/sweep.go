package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// sweepBatch is the most projects that one call of Refresh takes on.
const sweepBatch = 200

// Refresh brings the rollups up to date that time alone has changed, such as
// when evidence has expired, and returns how many. Lists read rollups; a
// decision never does, so a late sweep misleads nobody who signs. Several
// servers may sweep at once: a project that another works on is skipped.
// Names and texts that are not folded yet are, at most so long after they were written; files
// that nobody imported in time are let go of.
func (s *Store) Refresh(ctx context.Context) (int, error) {
	if err := s.dropImports(ctx); err != nil {
		return 0, err
	}
	if err := s.foldNames(ctx); err != nil {
		return 0, err
	}
	if err := s.indexTexts(ctx); err != nil {
		return 0, err
	}
	return s.refreshAt(ctx, time.Time{})
}

// refreshAt brings rollups up to a moment, zero for now.
func (s *Store) refreshAt(ctx context.Context, at time.Time) (int, error) {
	rows, err := s.pool.Query(ctx, `
		select project_id from portfolio where next_change_at <= coalesce($2::timestamptz, clock_timestamp()) order by next_change_at limit $1`, sweepBatch, nullable(at))
	if err != nil {
		return 0, fmt.Errorf("looking for rollups to refresh: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("looking for rollups to refresh: %w", err)
	}
	done := 0
	for _, id := range ids {
		fresh, err := s.refresh(ctx, review.ProjectID(id), at)
		if err != nil {
			return done, err
		}
		if fresh {
			done++
		}
	}
	return done, nil
}

// refresh writes one project's rollup anew, under the same lock as a change.
// It records nothing: no fact has changed, only what they amount to today, or at a moment.
func (s *Store) refresh(ctx context.Context, id review.ProjectID, at time.Time) (bool, error) {
	var free bool
	err := s.transact(ctx, func(tx *transaction) error {
		var rows reviewRows
		var now time.Time
		p := parts{rounds: true}
		b := &pgx.Batch{}
		b.Queue(`select from stream where id = $1 for update skip locked`, int64(id)).Query(func(rows pgx.Rows) error {
			free = rows.Next()
			rows.Close()
			return rows.Err()
		})
		b.Queue(`select coalesce($1::timestamptz, clock_timestamp())`, nullable(at)).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
		queueReview(b, id, p, &rows)
		if err := tx.begin(ctx, b); err != nil {
			return batchError("reading a project to refresh", err)
		}
		if !free {
			return nil
		}
		l, err := s.build(ctx, tx.conn, &rows, p, 0)
		if err != nil {
			return err
		}
		b = &pgx.Batch{}
		deriveAnew(b, l, now.In(s.zone))
		return tx.commit(ctx, b, "refreshing a rollup")
	})
	return free, err
}

// deriveAnew writes what a project as it was read amounts to at a moment.
func deriveAnew(b *pgx.Batch, l *loaded, at time.Time) {
	l.review.Settle(at)
	writeDerived(b, l, at, false)
}
