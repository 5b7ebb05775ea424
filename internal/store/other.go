package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// queueSeen asks which projects with such keys the person may see.
func (s *Store) queueSeen(b *pgx.Batch, by By, keys []review.ProjectKey, into map[review.ProjectKey]review.ProjectID) {
	if len(keys) == 0 {
		return
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = string(k)
	}
	b.Queue(`with `+meSQL+` select f.key, f.project_id from portfolio f, me where `+keysSQL+` and `+visibleSQL,
		by.token[:], by.person, s.idle, names).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var key review.ProjectKey
			var id review.ProjectID
			if err := rows.Scan((*string)(&key), (*int64)(&id)); err != nil {
				return fmt.Errorf("looking for projects: %w", err)
			}
			into[key] = id
		}
		return rows.Err()
	})
}

// others finds the projects that records are about, and those whose answers are taken
// over, among those that the person may see: how they stand now, whenever that is of.
func (s *Store) others(ctx context.Context, by By, reviews ...*review.Review) (review.Others, error) {
	var ids []review.ProjectID
	for _, r := range reviews {
		for i := range r.Records {
			ids = append(ids, r.Records[i].OtherProject())
		}
		ids = append(ids, r.InheritedFrom()...)
	}
	return s.othersOf(ctx, by, ids)
}

// othersIn adds those that entries name.
func (s *Store) othersIn(ctx context.Context, by By, entries []review.Entry, into review.Others) error {
	more, err := s.othersOf(ctx, by, review.OtherProjectsIn(entries))
	maps.Copy(into, more)
	return err
}

// othersOf finds projects by number, among those that the person may see.
func (s *Store) othersOf(ctx context.Context, by By, of []review.ProjectID) (review.Others, error) {
	var ids []int64
	for _, id := range of {
		if id != 0 && !slices.Contains(ids, int64(id)) {
			ids = append(ids, int64(id))
		}
	}
	out := review.Others{}
	if len(ids) == 0 {
		return out, nil
	}
	b := &pgx.Batch{}
	b.Queue(`with `+meSQL+`
		select f.project_id, f.key, `+nameSQL(`f`)+`, f.status, f.live, f.target from portfolio f, me
		 where f.project_id = any($4) and `+visibleSQL, by.token[:], by.person, s.idle, ids).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var o review.Other
			var target *time.Time
			if err := rows.Scan((*int64)(&o.ID), (*string)(&o.Key), &o.Name, (*string)(&o.Status), (*string)(&o.Live), &target); err != nil {
				return fmt.Errorf("reading other projects: %w", err)
			}
			o.Target = deref(target)
			out[o.ID] = o
		}
		return rows.Err()
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the other projects that a project names", err)
	}
	return out, nil
}

// Resting is a record of another project that rests on the one that is looked at.
type Resting struct {
	Project review.ProjectKey
	Name    string // of the project
	No      int
	Kind    record.Key
	Title   string
	State   record.StateKey
	Due     time.Time // date; zero: none
}

// RestingShown is how many of them the overview lists.
const RestingShown = 20

// queueResting asks which records of other projects rest on a project, by the names
// of those of them that the person may see; all is how many there are. What is no
// longer needed and what stopped rests on nothing.
func (s *Store) queueResting(b *pgx.Batch, by By, id review.ProjectID, into *[]Resting, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, t.no, t.kind, t.title, t.state, t.due, count(*) over ()
		  from me, record t
		  join portfolio f on f.project_id = t.project_id
		 where t.kind = 'dependency' and t.fields ->> 'project' = $4::bigint::text and t.at_gate and f.status <> 'stopped' and `+visibleSQL+`
		 order by lower(f.name), t.project_id, t.no
		 limit $5`, by.token[:], by.person, s.idle, int64(id), RestingShown).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var r Resting
			var due *time.Time
			if err := rows.Scan((*string)(&r.Project), &r.Name, &r.No, (*string)(&r.Kind), &r.Title, (*string)(&r.State), &due, all); err != nil {
				return fmt.Errorf("reading what rests on a project: %w", err)
			}
			r.Due = deref(due)
			*into = append(*into, r)
		}
		return rows.Err()
	})
}
