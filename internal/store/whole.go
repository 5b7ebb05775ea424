package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// whole hands on all rows of a statement, in order and as of one moment, in stretches of at
// most so many; there is one stretch at least, which may have no rows. What else the batch
// reads is there before the first. It holds one connection until it is done.
func whole[T any](
	ctx context.Context, s *Store, b *pgx.Batch, c cursor, args []any, stretch int, scan pgx.RowToFunc[T], each func(source, []T) error,
) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("beginning at %s: %w", c.doing, err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	c.declare(b, args...)
	if err := send(ctx, tx, b); err != nil {
		return batchError(c.doing, err)
	}
	for first := true; ; first = false {
		found := make([]T, 0, stretch)
		n, err := c.fetch(ctx, tx, stretch, func(row pgx.CollectableRow) error {
			one, err := scan(row)
			found = append(found, one)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 || first {
			if err := each(tx, found); err != nil {
				return err
			}
		}
		if n < stretch {
			return nil
		}
	}
}

// cursor reads the rows of a statement bit by bit, within a transaction. Each has a name of
// its own: a connection remembers which columns a fetch by these words has.
type cursor struct{ name, sql, doing string }

func (c cursor) declare(b *pgx.Batch, args ...any) {
	b.Queue(`declare `+c.name+` no scroll cursor for `+c.sql, args...)
}

// fetch reads the next rows, at most so many, and returns how many there were. While it
// does, its connection can do nothing else.
func (c cursor) fetch(ctx context.Context, db source, most int, each func(pgx.CollectableRow) error) (int, error) {
	rows, err := db.Query(ctx, fmt.Sprintf(`fetch %d from %s`, most, c.name))
	if err != nil {
		return 0, batchError(c.doing, err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		if err := each(rows); err != nil {
			return n, err
		}
	}
	return n, batchError(c.doing, rows.Err())
}
