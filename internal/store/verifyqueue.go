package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// queueRow is a stage in the approvers' queue.
type queueRow struct {
	Review                     int
	Stage                      plan.StageKey
	State                      review.GateState
	Round                      int
	Digest                     review.Digest
	Since                      time.Time
	OpenSeats                  []plan.Seat
	Signed, Outdated, Excluded []review.PersonID
}

func (q *queueRow) equal(o *queueRow) bool {
	return q.State == o.State && q.Round == o.Round && q.Digest == o.Digest && q.Since.Equal(o.Since) && slices.Equal(q.OpenSeats, o.OpenSeats) &&
		slices.Equal(q.Signed, o.Signed) && slices.Equal(q.Outdated, o.Outdated) && slices.Equal(q.Excluded, o.Excluded)
}

// queue checks the approvers' queue. How a gate stands and whose signature
// counts may wait for the sweep, as rollups do; the rest may not.
func (v *Verified) queue(ctx context.Context, tx source, r *review.Review, holders map[review.PersonID][]review.SeatHeld) error {
	rows, err := tx.Query(ctx, `
		select review_no as review, stage, state, round, digest, since, open_seats, signed, outdated, excluded
		  from gate where project_id = $1`, int64(v.Stream))
	if err != nil {
		return batchError("reading the queue", err)
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByName[queueRow])
	if err != nil {
		return batchError("reading the queue", err)
	}
	before := r.Holders
	r.Holders = holders // who holds a seat now is the directory's business
	missing := map[plan.StageKey]queueRow{}
	for i := range r.Stages {
		if s := &r.Stages[i]; s.LastRound() != nil {
			missing[s.Def.Key] = queueOf(r, s)
		}
	}
	r.Holders = before
	for _, got := range kept {
		want, ok := missing[got.Stage]
		if !ok || got.Review != want.Review {
			v.wrong("has a row in the queue for stage %s of review %d, which no round led to", got.Stage, got.Review)
			continue
		}
		delete(missing, got.Stage)
		if v.Stale {
			want.State, want.OpenSeats, want.Signed, want.Outdated, want.Excluded = got.State, got.OpenSeats, got.Signed, got.Outdated, got.Excluded
		}
		if got.Since = got.Since.UTC(); !got.equal(&want) {
			v.wrong("has a wrong row in the queue for stage %s: %+v, where %+v is right", got.Stage, got, want)
		}
	}
	for stage := range missing {
		v.wrong("lacks stage %s in the queue", stage)
	}
	return nil
}

// queueOf is the row that a stage with a round has to have.
func queueOf(r *review.Review, s *review.Stage) queueRow {
	last, q := s.LastRound(), r.Queue(s)
	return queueRow{r.No, s.Def.Key, s.Gate, last.No, r.Digest(s), waitingSince(last), q.OpenSeats, q.Signed, q.Outdated, q.Excluded}
}
