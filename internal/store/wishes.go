package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// wishing reports whether events may have changed which wishes that items weigh less
// can be approved, and where.
func wishing(events []review.Entry) bool {
	for _, en := range events {
		switch en.Event.(type) {
		case review.LoweringAsked, review.LoweringRefused, review.LevelLowered, review.LevelRaised, review.CoreMarked, review.ItemAdded, review.ItemDropped:
			return true
		}
	}
	return replanned(events)
}

// writeWishes keeps them for the work of those who decide on them. All of the review
// has to be loaded.
func writeWishes(b *pgx.Batch, r *review.Review) {
	wishes := r.OpenWishes()
	items, stages := make([]string, len(wishes)), make([]string, len(wishes))
	by, at := make([]int64, len(wishes)), make([]time.Time, len(wishes))
	for i, w := range wishes {
		items[i], stages[i], by[i], at[i] = string(w.Item), string(w.Stage), int64(w.By), w.At
	}
	b.Queue(`
		with gone as (delete from wish where project_id = $1 and item <> all($2))
		insert into wish (project_id, item, stage, asked_by, asked_at)
		select $1, w.item, w.stage, w.by, w.at from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[]) w (item, stage, by, at)
		on conflict (project_id, item) do update set stage = excluded.stage, asked_by = excluded.asked_by, asked_at = excluded.asked_at`,
		int64(r.Project.ID), items, stages, by, at)
}

// wishes checks those that lists show.
func (v *Verified) wishes(ctx context.Context, tx source, r *review.Review) error {
	if v.Stale {
		return nil
	}
	var got, want []string
	err := tx.QueryRow(ctx, `
		select array(select item || ' ' || stage || ' ' || asked_by || ' ' || extract(epoch from asked_at) from wish where project_id = $1 order by item collate "C")`,
		int64(v.Stream)).Scan(&got)
	if err != nil {
		return batchError("reading the wishes that items weigh less", err)
	}
	for _, w := range r.OpenWishes() {
		want = append(want, fmt.Sprintf("%s %s %d %d.%06d", w.Item, w.Stage, w.By, w.At.Unix(), w.At.Nanosecond()/1000))
	}
	if !slices.Equal(got, want) {
		v.wrong("has the wishes to lower items %q in lists, where %q is right", got, want)
	}
	return nil
}

// AskedLower is a wish that an item weigh less, on which the person decides.
type AskedLower struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string // of the item
	By      review.PersonID
	At      time.Time

	plan string // digest of what the project's plan is made of
}

// queueAskedLower lists them, the oldest first: what review.MayDecideWish says of
// those that can be approved, in SQL; a test holds the two against each other.
func (s *Store) queueAskedLower(b *pgx.Batch, by By, limit int, out *[]AskedLower, all *int) {
	b.Queue(`with `+meSQL+`, `+sitsSQL+`
		select f.key, `+nameSQL(`f`)+`, w.stage, w.item, w.asked_by, w.asked_at, r.plan, count(*) over ()
		  from wish w
		  join portfolio f on f.project_id = w.project_id
		  join review r on r.project_id = f.project_id and r.no = f.review_no, me
		 where exists (select from sits) and f.status <> 'stopped' and `+visibleSQL+` and w.asked_by <> me.id
		   and exists (select from stage t
		                 join sits g on g.seat = any(t.seats)
		                where t.project_id = w.project_id and t.stage = w.stage
		                  and (g.project_id is null or g.project_id = w.project_id) and g.for_id is distinct from w.asked_by)
		 order by w.asked_at, f.name, w.item
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var a AskedLower
			if err := rows.Scan(&a.Project, &a.Name, &a.Stage, &a.Item, &a.By, &a.At, &a.plan, all); err != nil {
				return fmt.Errorf("reading which items are to weigh less: %w", err)
			}
			a.At = a.At.UTC()
			*out = append(*out, a)
		}
		return rows.Err()
	})
}

// titleAskedLower fills in what the items are called.
func (s *Store) titleAskedLower(ctx context.Context, list []AskedLower) error {
	for i := range list {
		t, err := s.planned(ctx, s.pool, list[i].plan)
		if err != nil {
			return err
		}
		if d, _ := t.Find(list[i].Item); d != nil {
			list[i].Title = d.Title
		}
	}
	return nil
}
