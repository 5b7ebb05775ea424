package store

import (
	"context"

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
	var who Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &who)
	sql, args := s.waiversSQL(by, f)
	err := whole(ctx, s, b, cursor{"register", sql, "reading the waivers"}, args, stretch, scanWaiver, func(tx source, found []foundWaiver) error {
		part := &WaiversView{Viewer: who}
		var err error
		if part.Rows, err = s.explainWaivers(ctx, tx, &part.Viewer, found); err != nil {
			return err
		}
		if part.Names, err = s.resolveOn(ctx, tx, waiverPeople(part.Rows)); err != nil {
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
