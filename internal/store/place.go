package store

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// maxPlaces bounds the memory of keys to about a megabyte.
const maxPlaces = 16_384

// placeCache remembers the ids of projects by key. A project's key never
// changes, so nothing has to be invalidated; it saves every statement of a
// page a look-up.
type placeCache struct {
	mu  sync.RWMutex
	ids map[review.ProjectKey]review.ProjectID
}

// place finds a project's id; [review.ErrNotFound] when there is none. It says
// nothing about whether the person may know of it.
func (s *Store) place(ctx context.Context, key review.ProjectKey) (review.ProjectID, error) {
	s.places.mu.RLock()
	id, ok := s.places.ids[key]
	s.places.mu.RUnlock()
	if ok {
		return id, nil
	}
	if !review.ValidKey(string(key)) {
		return 0, review.ErrNotFound
	}
	err := s.pool.QueryRow(ctx, `select id from project where key = $1`, string(key)).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, review.ErrNotFound
	}
	if err != nil {
		return 0, batchError("looking for a project", err)
	}
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	if s.places.ids == nil || len(s.places.ids) >= maxPlaces {
		s.places.ids = map[review.ProjectKey]review.ProjectID{}
	}
	s.places.ids[key] = id
	return id, nil
}
