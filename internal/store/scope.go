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
	b.Queue(`with `+meSQL+` select f.project_id from portfolio f, me where `+keySQL+` and `+visibleSQL,
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

// ProjectChoice is a project to choose from a list.
type ProjectChoice struct {
	Key  review.ProjectKey
	Name string
}

// ProjectChoices lists projects to choose from, by name: at most limit of those
// that the person who asks may see and whose name or key contains the text.
func (s *Store) ProjectChoices(ctx context.Context, by By, search string, limit int) ([]ProjectChoice, error) {
	if search != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	var v Viewer
	var out []ProjectChoice
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+` as name from portfolio f, me
		 where ($4 = '' or f.search like '%' || $4 || '%' or f.key = $4) and `+visibleSQL+`
		 order by lower(f.name), f.project_id limit $5`, by.token[:], by.person, s.idle, folded(search), limit).Query(func(rows pgx.Rows) (err error) {
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[ProjectChoice])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("looking for projects", err)
	}
	return out, nil
}

// nameScopes finds the keys and names of the projects that entries of the directory's
// trail speak of.
func (s *Store) nameScopes(ctx context.Context, by By, into *RightsTrail) error {
	var ids []int64
	for _, en := range into.Entries {
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
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select f.project_id, f.key, `+nameSQL(`f`)+` from portfolio f where f.project_id = any($4)`, by.token[:], by.person, s.idle, ids)
	if err != nil {
		return fmt.Errorf("naming projects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var scope review.Scope
		var key review.ProjectKey
		var name string
		if err := rows.Scan(&scope, &key, &name); err != nil {
			return fmt.Errorf("naming projects: %w", err)
		}
		into.Projects[scope], into.Titles[key] = key, name
	}
	return rows.Err()
}
