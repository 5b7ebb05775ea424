package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// LifecycleVersions is a lifecycle with all its published versions.
type LifecycleVersions struct {
	Newest   *plan.Lifecycle
	Versions []int // the newest first
	Usual    bool  // new projects get one of them unless they choose
}

// LibraryView is what is published.
type LibraryView struct {
	Viewer
	Lifecycles []LifecycleVersions // by key
}

// Library lists what is published, for anybody who is signed in.
func (s *Store) Library(ctx context.Context, by By) (*LibraryView, error) {
	usual, err := s.DefaultLifecycle(ctx)
	if err != nil {
		return nil, err
	}
	out := &LibraryView{}
	var refs []plan.Ref
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`
		select key, version, digest from template_version where kind = 'lifecycle' order by key, version desc`,
	).Query(func(rows pgx.Rows) (err error) {
		refs, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the library", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	for _, ref := range refs {
		if n := len(out.Lifecycles); n > 0 && out.Lifecycles[n-1].Newest.Key == ref.Key {
			out.Lifecycles[n-1].Versions = append(out.Lifecycles[n-1].Versions, ref.Version)
			continue
		}
		newest, err := s.Template(ctx, ref)
		if err != nil {
			return nil, err
		}
		out.Lifecycles = append(out.Lifecycles, LifecycleVersions{newest, []int{ref.Version}, ref.Key == usual.Key})
	}
	return out, nil
}

// LifecycleView is one published version.
type LifecycleView struct {
	Viewer
	Lifecycle *plan.Lifecycle
	Ref       plan.Ref
	Before    *plan.Lifecycle // the version before it; nil when it is the first
	Newest    int             // the number of the newest version
}

// LifecycleVersion reads one version, for anybody who is signed in. The error
// wraps [review.ErrNotFound] when there is none.
func (s *Store) LifecycleVersion(ctx context.Context, by By, key string, version int) (*LifecycleView, error) {
	out := &LifecycleView{}
	var refs []plan.Ref
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`
		select key, version, digest from template_version where kind = 'lifecycle' and key = $1 order by version desc`, key,
	).Query(func(rows pgx.Rows) (err error) {
		refs, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading a lifecycle", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	at := slices.IndexFunc(refs, func(ref plan.Ref) bool { return ref.Version == version })
	if at < 0 {
		return nil, fmt.Errorf("lifecycle %s version %d: %w", key, version, review.ErrNotFound)
	}
	out.Ref, out.Newest = refs[at], refs[0].Version
	var err error
	if out.Lifecycle, err = s.Template(ctx, out.Ref); err != nil || at+1 == len(refs) {
		return out, err
	}
	out.Before, err = s.Template(ctx, refs[at+1])
	return out, err
}
