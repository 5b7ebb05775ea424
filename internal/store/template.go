package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
)

// templateCache keeps decoded template versions. They never change, so there
// is nothing to invalidate; there are few, so there is no bound.
type templateCache struct {
	mu    sync.RWMutex
	byRef map[plan.Ref]*plan.Lifecycle

	latest   plan.Ref // what new projects get; looked up again every minute
	latestAt time.Time

	seats   *gateSeats // looked up again every minute
	seatsAt time.Time
}

func (c *templateCache) get(ref plan.Ref) *plan.Lifecycle {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byRef[ref]
}

func (c *templateCache) put(ref plan.Ref, t *plan.Lifecycle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byRef == nil {
		c.byRef = map[plan.Ref]*plan.Lifecycle{}
	}
	c.byRef[ref] = t
}

// Template finds the exact template content that a review is pinned to.
func (s *Store) Template(ctx context.Context, ref plan.Ref) (*plan.Lifecycle, error) {
	return s.templateOn(ctx, s.pool, ref)
}

// rowSource is the pool, or a connection of it that the caller holds.
type rowSource interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// templateOn finds a template over a connection that is held already: changes
// that each hold one and wait for another would wait for ever.
func (s *Store) templateOn(ctx context.Context, db rowSource, ref plan.Ref) (*plan.Lifecycle, error) {
	if t := s.templates.get(ref); t != nil {
		return t, nil
	}
	var body []byte
	err := db.QueryRow(ctx, `
		select body from template_version where key = $1 and version = $2 and digest = $3`,
		ref.Key, ref.Version, ref.Digest).Scan(&body)
	if err != nil {
		return nil, fmt.Errorf("reading template %s version %d: %w", ref.Key, ref.Version, err)
	}
	t, err := plan.ParseLifecycle(body)
	if err != nil {
		return nil, fmt.Errorf("template %s version %d: %w", ref.Key, ref.Version, err)
	}
	s.templates.put(ref, t)
	return t, nil
}

// LatestTemplates lists the newest version of each template, by name.
func (s *Store) LatestTemplates(ctx context.Context) ([]plan.Ref, error) {
	rows, err := s.pool.Query(ctx, `
		select distinct on (key) key, version, digest from template_version order by key, version desc`)
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	refs, err := pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	return refs, nil
}

// Publish adds a template version. Publishing the same content again changes
// nothing; other content under a published version is refused.
func Publish(ctx context.Context, db *pgx.Conn, t *plan.Lifecycle) error {
	ref, err := t.Ref()
	if err != nil {
		return err
	}
	body, err := t.Bytes()
	if err != nil {
		return err
	}
	if _, err = db.Exec(ctx, `
		insert into template_version (key, version, digest, name, body) values ($1, $2, $3, $4, $5)
		on conflict (key, version) do nothing`, t.Key, t.Version, ref.Digest, t.Name, body); err != nil {
		return fmt.Errorf("publishing template %s: %w", t.Key, err)
	}
	var digest string
	if err := db.QueryRow(
		ctx, `select digest from template_version where key = $1 and version = $2`, t.Key, t.Version,
	).Scan(&digest); err != nil {
		return fmt.Errorf("publishing template %s: %w", t.Key, err)
	}
	if digest != ref.Digest {
		return errors.Join(
			errPublished,
			fmt.Errorf("template %s version %d is published with other content; give the changed template a new version", t.Key, t.Version),
		)
	}
	return nil
}

var errPublished = errors.New("published versions never change")
