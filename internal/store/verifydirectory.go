package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

// personOf is whom an entry of the directory is about.
func personOf(e review.Event) review.PersonID {
	if m := e.People(); len(m) > 0 {
		return m[0]
	}
	return review.System
}

// directory holds the rights in force against the replay of their stream.
func (v *Verified) directory(ctx context.Context, tx source) error {
	replayed, err := review.ReplayDirectory(v.Entries)
	if err != nil {
		v.wrong("cannot be replayed: %s", err)
		return nil
	}
	kept, err := rightsInForce(ctx, tx)
	if err != nil {
		return err
	}
	for id, want := range replayed {
		got := kept[id]
		if got == nil {
			got = &review.Entitlements{}
		}
		delete(kept, id)
		sortGranted(got.Granted)
		sortGranted(want.Granted)
		sortGranted(got.Withheld)
		sortGranted(want.Withheld)
		if !slices.Equal(got.Withheld, want.Withheld) {
			v.wrong("differs in the withheld rights of person %d: the table says %v, the trail %v", id, got.Withheld, want.Withheld)
		}
		if got.Blocked != want.Blocked || got.Erased != want.Erased {
			v.wrong(
				"differs in person %d: the table says blocked %t and erased %t, the trail %t and %t", id, got.Blocked, got.Erased, want.Blocked,
				want.Erased,
			)
		}
		if !slices.Equal(got.Granted, want.Granted) {
			v.wrong("differs in the rights of person %d: the table says %v, the trail %v", id, got.Granted, want.Granted)
		}
		if !slices.Equal(got.Delegated, want.Delegated) {
			v.wrong("differs in the stand-ins of person %d: the table says %v, the trail %v", id, got.Delegated, want.Delegated)
		}
	}
	for id := range kept {
		v.wrong("has rights of person %d, of whom the trail says nothing", id)
	}
	return v.folded(ctx, tx)
}

// folded holds the folded names of people against their names, as far as they are
// written yet.
func (v *Verified) folded(ctx context.Context, tx source) error {
	rows, err := tx.Query(ctx, `
		select id, name, email, search, folded from person where search is not null and folded is not null order by id`)
	if err != nil {
		return fmt.Errorf("reading folded names: %w", err)
	}
	var id review.PersonID
	var name, email, search, folded string
	_, err = pgx.ForEachRow(rows, []any{(*int64)(&id), &name, &email, &search, &folded}, func() error {
		if search != searchText(name, email) || folded != fold.Text(name) {
			v.wrong("has a wrong name to search and compare by of person %d", id)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading folded names: %w", err)
	}
	return nil
}

func sortGranted(g []review.Granted) {
	slices.SortFunc(g, func(a, b review.Granted) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// rightsInForce reads everybody's rights and stand-ins.
func rightsInForce(ctx context.Context, tx source) (map[review.PersonID]*review.Entitlements, error) {
	kept := map[review.PersonID]*review.Entitlements{}
	of := func(id review.PersonID) *review.Entitlements {
		if kept[id] == nil {
			kept[id] = &review.Entitlements{Person: id}
		}
		return kept[id]
	}
	b := &pgx.Batch{}
	b.Queue(`
		select person_id, role, seat, coalesce(project_id, 0), source, granted_by, granted_at, false from granted
		union all
		select person_id, role, seat, coalesce(project_id, 0), source, granted_by, granted_at, true from withheld`).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var id review.PersonID
			var g review.Granted
			var withheld bool
			if err := rows.Scan(&id, &g.Role, &g.Seat, &g.Scope, &g.Source, &g.By, &g.At, &withheld); err != nil {
				return fmt.Errorf("reading rights: %w", err)
			}
			g.At = g.At.UTC()
			if withheld {
				of(id).Withheld = append(of(id).Withheld, g)
			} else {
				of(id).Granted = append(of(id).Granted, g)
			}
		}
		return rows.Err()
	})
	b.Queue(`select id, blocked_at is not null, erased_at is not null from person where blocked_at is not null or erased_at is not null`).Query(
		func(rows pgx.Rows) error {
			defer rows.Close()
			for rows.Next() {
				var id review.PersonID
				var blocked, erased bool
				if err := rows.Scan(&id, &blocked, &erased); err != nil {
					return fmt.Errorf("reading who is blocked or erased: %w", err)
				}
				of(id).Blocked, of(id).Erased = blocked, erased
			}
			return rows.Err()
		})
	b.Queue(`
		select person_id, no, to_id, seat, coalesce(project_id, 0), starts, ends, reason, at, ended_at
		  from delegation order by person_id, no`).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var id review.PersonID
			var d review.Delegation
			var ended *time.Time
			if err := rows.Scan(&id, &d.No, &d.To, &d.Seat, &d.Scope, &d.Starts, &d.Ends, &d.Reason, &d.At, &ended); err != nil {
				return fmt.Errorf("reading delegations: %w", err)
			}
			d.Starts, d.Ends, d.At, d.EndedAt = d.Starts.UTC(), d.Ends.UTC(), d.At.UTC(), deref(ended)
			of(id).Delegated = append(of(id).Delegated, d)
		}
		return rows.Err()
	})
	if err := send(ctx, tx, b); err != nil {
		return nil, batchError("reading everybody's rights", err)
	}
	return kept, nil
}
