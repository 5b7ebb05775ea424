package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// OverviewView is a project with the newest entries of its trail.
type OverviewView struct {
	ProjectView
	Recent  []review.Entry // newest first
	Reviews []time.Time    // when each review started, the launch first
	Newest  []plan.Ref     // the newest version of each document that is not retired
	// Records of other projects that rest on this one, and how many there are.
	Resting    []Resting
	RestingAll int
}

// RecentShown is how many entries of the trail the overview lists.
const RecentShown = 10

// Overview reads a project with all its stages and what happened last.
func (s *Store) Overview(ctx context.Context, by By, key review.ProjectKey) (*OverviewView, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	out := &OverviewView{}
	view, err := s.projectWith(ctx, by, key, parts{rounds: true}, func(b *pgx.Batch) {
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = $1
			 order by t.seq desc limit $2`, int64(id), RecentShown).
			Query(func(rows pgx.Rows) (err error) {
				out.Recent, err = collectEntries(rows)
				return err
			})
		queueReviews(b, id, &out.Reviews)
		queueNewest(b, &out.Newest)
		s.queueResting(b, by, id, &out.Resting, &out.RestingAll)
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	if out.Nobody, err = s.nobodyCan(ctx, view.Review); err != nil {
		return nil, err
	}
	if err := s.othersIn(ctx, by, out.Recent, out.Others); err != nil {
		return nil, err
	}
	return out, s.nameMore(ctx, out.Names, nil, out.Recent)
}

// queueReviews asks when each review of a project started, the launch first.
func queueReviews(b *pgx.Batch, id review.ProjectID, into *[]time.Time) {
	b.Queue(`select started_at from review where project_id = $1 order by no`, int64(id)).Query(func(rows pgx.Rows) error {
		starts, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
		if err != nil {
			return fmt.Errorf("reading when reviews started: %w", err)
		}
		*into = nil // a page may be read again, with more of the project
		for _, t := range starts {
			*into = append(*into, t.UTC())
		}
		return nil
	})
}
