package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// WholeWaivers hands on all that [Store.Waivers] lists over all its pages, in order and as
// of one moment, in stretches of at most so many rows; there is one stretch at least, which
// may have no rows. It holds one connection until it is done.
func (s *Store) WholeWaivers(ctx context.Context, by By, f WaiverFilter, stretch int, each func(*WaiversView) error) error {
	if f.Project != "" {
		if err := s.foldNames(ctx); err != nil {
			return err
		}
	}
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("beginning to read the waivers: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	var who Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &who)
	sql, args := s.waiversSQL(by, f)
	// A name of its own: a connection remembers which columns a fetch by these words has.
	b.Queue(`declare register no scroll cursor for `+sql, args...)
	if err := send(ctx, tx, b); err != nil {
		return batchError("reading the waivers", err)
	}
	for first := true; ; first = false {
		rows, err := tx.Query(ctx, fmt.Sprintf(`fetch %d from register`, stretch))
		if err != nil {
			return batchError("reading the waivers", err)
		}
		found, err := pgx.CollectRows(rows, scanWaiver)
		if err != nil {
			return batchError("reading the waivers", err)
		}
		if len(found) == 0 && !first {
			return nil
		}
		part := &WaiversView{Viewer: who}
		if part.Rows, err = s.explainWaivers(ctx, tx, &part.Viewer, found); err != nil {
			return err
		}
		if part.Names, err = s.resolveOn(ctx, tx, waiverPeople(part.Rows)); err != nil {
			return err
		}
		if err := each(part); err != nil {
			return err
		}
		if len(found) < stretch {
			s.noteUse(ctx, by, &who)
			return nil
		}
	}
}
