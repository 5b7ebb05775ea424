package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/slipway-prr/slipway/internal/review"
)

// awayCache keeps who cannot sign in, in the order of their numbers. Blocking,
// unblocking and erasing are changes of rights, so what was read under one version
// of everybody's rights is still so under the same.
type awayCache struct {
	mu     sync.RWMutex
	rights int64 // the version under which it was read; 0: never
	people []review.PersonID
}

const awayPeopleSQL = `select array(select id from person where blocked_at is not null or erased_at is not null order by id)`

// at is who cannot sign in at a version of everybody's rights that the caller has
// read; with 0, now. Nobody may change what it returns.
func (c *awayCache) at(ctx context.Context, db rowSource, rights int64) ([]review.PersonID, error) {
	c.mu.RLock()
	people, known := c.people, rights != 0 && c.rights == rights
	c.mu.RUnlock()
	if known {
		return people, nil
	}
	if err := db.QueryRow(ctx, awayPeopleSQL).Scan(&people); err != nil {
		return nil, fmt.Errorf("reading who cannot sign in: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if rights > c.rights {
		c.rights, c.people = rights, people
	}
	return people, nil
}
