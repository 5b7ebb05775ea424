package store

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeApplies keeps which waivers wait for a decision on an item that does not
// apply, or that the plan no longer asks: nobody is asked to decide on those. All
// others count as applying, decided ones and those of earlier reviews, so that the
// column says nothing that the trail does not.
func writeApplies(b *pgx.Batch, r *review.Review) {
	var stages, off []string
	for _, s := range r.All() {
		if !s.Loaded || len(s.Waivers) == 0 {
			continue
		}
		stages = append(stages, string(s.Def.Key))
		for i := range s.Waivers {
			if it := s.Item(s.Waivers[i].Item); it == nil || it.Level == plan.LevelNone {
				off = append(off, string(s.Def.Key)+"/"+string(s.Waivers[i].Item))
			}
		}
	}
	if len(stages) == 0 {
		return
	}
	b.Queue(`
		update waiver set applies = not applies
		 where project_id = $1 and stage = any($3)
		   and applies = (review_no = $2 and granted_at is null and denied_at is null and stage || '/' || item = any($4))`,
		int64(r.Project.ID), r.No, stages, append([]string{}, off...))
}

func writeWaiver(b *pgx.Batch, r *review.Review, en review.Entry) {
	id, no := int64(r.Project.ID), r.No
	set := func(stage plan.StageKey, n int, what string, args ...any) {
		b.Queue(
			`update waiver set `+what+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			append([]any{id, no, stage, n}, args...)...,
		)
	}
	switch e := en.Event.(type) {
	case review.WaiverRequested:
		b.Queue(`
			insert into waiver (project_id, review_no, stage, no, item, reason, risk, measure, until, requested_by, requested_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10, $11)`,
			id, no, e.Stage, e.No, e.Item, e.Reason, e.Risk, e.Measure, day(e.Until), int64(en.Actor), en.At)
	case review.WaiverGranted:
		set(
			e.Stage, e.No, `granted_by = $5, granted_at = $6, why = $7, granted_for = $8`, int64(en.Actor), en.At, e.Reason, nullablePerson(e.For),
		)
	case review.WaiverDenied:
		set(
			e.Stage, e.No, `denied_by = $5, denied_at = $6, why = $7, denied_for = $8`, int64(en.Actor), en.At, e.Reason, nullablePerson(e.For),
		)
	case review.WaiverExtended:
		set(e.Stage, e.No, `until = $5, why = $6`, day(e.Until), e.Reason)
	case review.WaiverRevoked:
		set(
			e.Stage, e.No, `revoked_by = $5, revoked_at = $6, why = $7, revoked_for = $8`, int64(en.Actor), en.At, e.Reason, nullablePerson(e.For),
		)
	}
}

// day is the first moment of a date, in UTC.
func day(date string) time.Time {
	t, _ := time.Parse(review.DateLayout, date) // the domain wrote it
	return t
}
