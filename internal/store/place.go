package store

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// maxPlaces bounds the memory of keys to about a megabyte.
const maxPlaces = 16_384

// placeCache remembers the ids of projects by key, and which of them were open
// to everybody when they were read last. A project's key never changes; that it
// is open can, and whoever reads it decides by what they read. What is
// remembered only saves a statement, and lets nobody tell a restricted project
// from none.
type placeCache struct {
	mu  sync.RWMutex
	all map[review.ProjectKey]place
}

type place struct {
	id   review.ProjectID
	open bool // not restricted
}

func (c *placeCache) get(key review.ProjectKey) (place, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.all[key]
	return p, ok
}

// note remembers a project as it was just read.
func (c *placeCache) note(p *review.Project) {
	now := place{p.ID, !p.Restricted}
	if was, ok := c.get(p.Key); ok && was == now {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= maxPlaces {
		c.all = map[review.ProjectKey]place{}
	}
	c.all[p.Key] = now
}

// doubt forgets a project whose readers turn out to be nobody, and passes the
// error on: they read nothing that could tell whether it is still open, and must
// not go on being let through where another server has restricted it since.
func (c *placeCache) doubt(key review.ProjectKey, err error) error {
	if errors.Is(err, ErrNoSession) {
		c.mu.Lock()
		delete(c.all, key)
		c.mu.Unlock()
	}
	return err
}

// enter finds a project's id for somebody who asks for it by its key:
// [ErrNoSession] when nobody is there, [review.ErrNotFound] when there is no
// such project or the person may not see it. A project that is known to be open
// to all is let through, since the page's own statements find out who asks. All
// others cost a statement that takes the same way whether there is a project or
// not, so that the answer's time does not tell. It costs several times what it
// takes to find out that a project is open, so whoever was let in lately is asked
// about that first; nobody else is, and who forges sessions learns nothing by it.
func (s *Store) enter(ctx context.Context, by By, key review.ProjectKey) (review.ProjectID, error) {
	if !plan.ValidKey(string(key)) {
		if _, err := s.Who(ctx, by); err != nil {
			return 0, err
		}
		return 0, review.ErrNotFound
	}
	if p, ok := s.places.get(key); ok && p.open {
		return p.id, nil
	}
	if _, known := s.rights.Get(by.token); known {
		p, err := s.openPlace(ctx, key)
		if p.open || err != nil {
			return p.id, err
		}
	}
	var person, id *int64
	var restricted *bool
	err := s.pool.QueryRow(ctx, `with `+meSQL+`
		select me.id, f.project_id, f.restricted
		  from (select) nothing
		  left join me on true
		  left join portfolio f on f.project_id = (select id from project where key = $4) and `+visibleSQL,
		by.token[:], by.person, s.idle, string(key)).Scan(&person, &id, &restricted)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, ErrNoSession
	case err != nil:
		return 0, batchError("looking for a project", err)
	case person == nil:
		return 0, ErrNoSession
	}
	by.note(review.PersonID(*person))
	if id == nil {
		return 0, review.ErrNotFound
	}
	s.places.note(&review.Project{Key: key, ID: review.ProjectID(*id), Restricted: *restricted})
	return review.ProjectID(*id), nil
}

// openPlace is a project that is open to all; the zero place when there is none, or it
// is restricted.
func (s *Store) openPlace(ctx context.Context, key review.ProjectKey) (place, error) {
	var id int64
	err := s.pool.QueryRow(ctx, `select id from project where key = $1 and not restricted`, string(key)).Scan(&id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return place{}, nil
	case err != nil:
		return place{}, batchError("looking for a project", err)
	}
	return place{review.ProjectID(id), true}, nil
}
