package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// templateCache keeps decoded template versions. They never change, so there
// is nothing to invalidate; there are few, so there is no bound.
type templateCache struct {
	mu    sync.RWMutex
	byRef map[plan.Ref]plan.Document

	latest lately[plan.Ref] // what new projects get
	newest lately[Lifecycles]
	words  lately[plan.Words]
	paces  lately[paces]

	library *publishedLibrary // all that was published when it was last asked for
}

// lately is something that is looked up again every minute.
type lately[T any] struct {
	value T
	at    time.Time
}

// recently is what a look-up found within the last minute, or finds now. Nothing is
// locked while it looks.
func recently[T any](c *templateCache, kept *lately[T], look func() (T, error)) (T, error) {
	c.mu.RLock()
	known := *kept
	c.mu.RUnlock()
	if time.Since(known.at) < time.Minute {
		return known.value, nil
	}
	value, err := look()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	*kept = lately[T]{value, time.Now()}
	return value, nil
}

func (c *templateCache) get(ref plan.Ref) (plan.Document, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d, ok := c.byRef[ref]
	return d, ok
}

func (c *templateCache) put(ref plan.Ref, d plan.Document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byRef == nil {
		c.byRef = map[plan.Ref]plan.Document{}
	}
	c.byRef[ref] = d
}

// Template finds the exact lifecycle that a reference names.
func (s *Store) Template(ctx context.Context, ref plan.Ref) (*plan.Lifecycle, error) {
	return s.templateOn(ctx, s.pool, ref)
}

func (s *Store) templateOn(ctx context.Context, db rowSource, ref plan.Ref) (*plan.Lifecycle, error) {
	d, err := s.documentOn(ctx, db, ref)
	if err != nil {
		return nil, err
	}
	if d.Lifecycle == nil {
		return nil, fmt.Errorf("%s version %d is no lifecycle: %w", ref.Key, ref.Version, review.ErrNotFound)
	}
	return d.Lifecycle, nil
}

// rowSource is the pool, or a connection of it that the caller holds.
type rowSource interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// source reads rows, too, and answers batches.
type source interface {
	rowSource
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// documentOn finds a document over a connection that is held already: changes
// that each hold one and wait for another would wait for ever.
func (s *Store) documentOn(ctx context.Context, db rowSource, ref plan.Ref) (plan.Document, error) {
	if d, ok := s.templates.get(ref); ok {
		return d, nil
	}
	var body []byte
	err := db.QueryRow(ctx, `
		select body from template_version where key = $1 and version = $2 and digest = $3`,
		ref.Key, ref.Version, ref.Digest).Scan(&body)
	if err != nil {
		return plan.Document{}, fmt.Errorf("reading %s version %d: %w", ref.Key, ref.Version, err)
	}
	d, err := plan.ParseDocument(body)
	if err != nil {
		return plan.Document{}, fmt.Errorf("%s version %d: %w", ref.Key, ref.Version, err)
	}
	s.templates.put(ref, d)
	return d, nil
}

// LatestTemplates lists the newest version of each lifecycle that new projects may
// follow, by key.
func (s *Store) LatestTemplates(ctx context.Context) ([]plan.Ref, error) {
	rows, err := s.pool.Query(ctx, `
		select distinct on (key) key, version, digest from template_version v
		 where kind = 'lifecycle' and `+currentSQL+` order by key, version desc`)
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	refs, err := pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	return refs, nil
}

// UsualLifecycle is what new projects get unless the operator names another.
const UsualLifecycle = "prototype-to-production"

// DefaultLifecycle is what new projects are pinned to: the version that
// [Options.Lifecycle] names, or the newest of the lifecycle that it names.
func (s *Store) DefaultLifecycle(ctx context.Context) (plan.Ref, error) {
	return recently(&s.templates, &s.templates.latest, func() (plan.Ref, error) {
		ref, err := s.findDefault(ctx)
		if err != nil {
			return plan.Ref{}, fmt.Errorf("finding the lifecycle of new projects: %w", err)
		}
		return ref, nil
	})
}

func (s *Store) findDefault(ctx context.Context) (plan.Ref, error) {
	name := cmpOr(s.usual, UsualLifecycle)
	key, version, err := ParseLifecycleName(name)
	if err != nil {
		return plan.Ref{}, err
	}
	ref, err := s.Lifecycle(ctx, key, version)
	if !errors.Is(err, review.ErrNotFound) {
		return ref, err
	}
	if s.usual != "" {
		return plan.Ref{}, fmt.Errorf("%s is not published here", name) // an error of the operator's: to whoever asks it is no missing page
	}
	refs, err := s.LatestTemplates(ctx)
	if err != nil {
		return plan.Ref{}, err
	}
	if len(refs) == 0 {
		return plan.Ref{}, errors.New("none is published; run the migrate command")
	}
	return refs[0], nil
}

// Lifecycles are what new projects can be given: the newest version of each, the
// one that they get without a choice first.
type Lifecycles []*plan.Lifecycle

// Name is the name of a lifecycle, or its key where it has none here any more.
func (l Lifecycles) Name(key string) string {
	for _, one := range l {
		if one.Key == key {
			return one.Name
		}
	}
	return key
}

// StageName is the name of a stage for lists that cross projects: that of the
// first lifecycle that has a stage of this key, or the key itself.
func (l Lifecycles) StageName(k plan.StageKey) string {
	for _, one := range l {
		if i := one.StageIndex(k); i >= 0 {
			return one.Stages[i].Name
		}
	}
	return string(k)
}

// Lifecycles lists them. What was published in the last minute may be missing.
func (s *Store) Lifecycles(ctx context.Context) (Lifecycles, error) {
	return recently(&s.templates, &s.templates.newest, func() (Lifecycles, error) { return s.findLifecycles(ctx) })
}

func (s *Store) findLifecycles(ctx context.Context) (Lifecycles, error) {
	usual, err := s.DefaultLifecycle(ctx)
	if err != nil {
		return nil, err
	}
	refs, err := s.LatestTemplates(ctx)
	if err != nil {
		return nil, err
	}
	var all Lifecycles
	for _, ref := range append([]plan.Ref{usual}, refs...) {
		if ref.Key == usual.Key && len(all) > 0 {
			continue
		}
		one, err := s.Template(ctx, ref)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Lifecycle finds a version that new projects may follow by its number; 0 stands
// for the newest.
// The error wraps [review.ErrNotFound] when there is none.
func (s *Store) Lifecycle(ctx context.Context, key string, version int) (plan.Ref, error) {
	if !plan.ValidKey(key) {
		return plan.Ref{}, fmt.Errorf("lifecycle %q: %w", key, review.ErrNotFound)
	}
	ref := plan.Ref{Key: key}
	err := s.pool.QueryRow(ctx, `
		select version, digest from template_version v where kind = 'lifecycle' and key = $1 and $2 in (0, version) and `+currentSQL+`
		 order by version desc limit 1`, key, version,
	).Scan(&ref.Version, &ref.Digest)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return plan.Ref{}, fmt.Errorf("lifecycle %s version %d: %w", key, version, review.ErrNotFound)
	case err != nil:
		return plan.Ref{}, fmt.Errorf("finding lifecycle %s: %w", key, err)
	}
	return ref, nil
}

// ParseLifecycleName reads key or key@version; the version is 0 when none is named.
func ParseLifecycleName(name string) (key string, version int, err error) {
	key, version, ok := plan.ParseName(name)
	if !ok {
		return "", 0, fmt.Errorf("%q names no lifecycle; its key is wanted, such as %s, or a key and a version, such as %s@1", name, UsualLifecycle, UsualLifecycle)
	}
	return key, version, nil
}
