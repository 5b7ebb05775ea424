package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// Scope finds the scope of rights that hold in one project only;
// [review.ErrNotFound] unless the person who asks may see the project.
func (s *Store) Scope(ctx context.Context, by By, key review.ProjectKey) (review.Scope, error) {
	var v Viewer
	var scope review.Scope
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`with `+meSQL+` select f.project_id from portfolio f, me where f.key = $4 and `+visibleSQL,
		by.token[:], by.person, s.idle, string(key)).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&scope)
		if errors.Is(err, pgx.ErrNoRows) {
			return review.ErrNotFound
		}
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return 0, batchError("looking up a project", err)
	}
	return scope, nil
}

// nameScopes finds the keys of the projects that entries of the directory's
// trail speak of.
func (s *Store) nameScopes(ctx context.Context, into map[review.Scope]review.ProjectKey, entries []review.Entry) error {
	var ids []int64
	for _, en := range entries {
		switch e := en.Event.(type) {
		case review.RightGranted:
			ids = append(ids, int64(e.Scope))
		case review.RightRevoked:
			ids = append(ids, int64(e.Scope))
		case review.SeatDelegated:
			ids = append(ids, int64(e.Scope))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, `select id, key from project where id = any($1)`, ids)
	if err != nil {
		return fmt.Errorf("naming projects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var scope review.Scope
		var key review.ProjectKey
		if err := rows.Scan(&scope, &key); err != nil {
			return fmt.Errorf("naming projects: %w", err)
		}
		into[scope] = key
	}
	return rows.Err()
}
