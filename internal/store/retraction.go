package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// retractionColumns are what a project's row says of answers that are to be taken
// back: retraction and retraction_stages.
func retractionColumns(r *review.Review) ([]any, error) {
	a := r.Project.Retraction
	if a == nil {
		return []any{nil, []string{}}, nil
	}
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encoding which answers are to be taken back: %w", err)
	}
	return []any{body, texts(r.RetractionStages())}, nil
}

// readRetraction is the column read back.
func readRetraction(body []byte) (*review.Retraction, error) {
	if body == nil {
		return nil, nil
	}
	a := &review.Retraction{}
	if err := json.Unmarshal(body, a); err != nil {
		return nil, fmt.Errorf("reading which answers are to be taken back: %w", err)
	}
	return a, nil
}

// retraction checks at which gates lists say that somebody decides on answers that
// are to be taken back.
func (v *Verified) retraction(ctx context.Context, tx source, r *review.Review) error {
	var listed []string
	if err := tx.QueryRow(ctx, `select retraction_stages from project where id = $1`, int64(v.Stream)).Scan(&listed); err != nil {
		return batchError("reading who decides on answers that are to be taken back", err)
	}
	if want := texts(r.RetractionStages()); !slices.Equal(listed, want) {
		v.wrong("has answers to be taken back decided on at the gates of %v, and should at %v", listed, want)
	}
	return nil
}

// AskedBack is a request to take answers about a project back, on which the person
// decides.
type AskedBack struct {
	Project review.ProjectKey
	Name    string // of the project
	By      review.PersonID
	At      time.Time
	Stages  []plan.StageKey // whose gates would ask less
}

// queueAskedBack lists them, the oldest first: what review.MayDecideRetraction says,
// in SQL; a test holds the two against each other.
func (s *Store) queueAskedBack(b *pgx.Batch, by By, limit int, out *[]AskedBack, all *int) {
	b.Queue(`with `+meSQL+`, `+sitsSQL+`, asked as materialized (
		    select p.id, (p.retraction->>'by')::bigint as by, (p.retraction->>'at')::timestamptz as at, p.retraction_stages as stages
		      from project p where p.retraction is not null
		)
		select f.key, `+nameSQL(`f`)+`, a.by, a.at, a.stages, count(*) over ()
		  from asked a
		  join portfolio f on f.project_id = a.id, me
		 where exists (select from sits) and f.status <> 'stopped' and `+visibleSQL+` and a.by <> me.id
		   and exists (select from stage t
		                 join sits g on g.seat = any(t.seats)
		                where t.project_id = a.id and t.stage = any(a.stages)
		                  and (g.project_id is null or g.project_id = a.id) and g.for_id is distinct from a.by)
		 order by a.at, f.name
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var a AskedBack
			if err := rows.Scan(&a.Project, &a.Name, &a.By, &a.At, &a.Stages, all); err != nil {
				return fmt.Errorf("reading which answers are to be taken back: %w", err)
			}
			a.At = a.At.UTC()
			*out = append(*out, a)
		}
		return rows.Err()
	})
}
