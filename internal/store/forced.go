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

// forced lists a project's gates that were passed by break-glass and wait for
// review, in all stages however much of the review was loaded. It costs a
// statement only where the rollup says that there is such a gate.
func (s *Store) forced(ctx context.Context, l *loaded, p parts) ([]review.Forced, error) {
	if p.stage == "" && p.rounds {
		return l.review.Forced(), nil
	}
	if !slices.ContainsFunc(l.rollups, func(r review.StageRollup) bool { return r.Forced > 0 }) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select stage, no as round, closed_by as by, closed_at as at, why as reason, review_due
		  from round
		 where project_id = $1 and review_no = $2 and outcome = 'break-glass' and reviewed_at is null
		 order by closed_at, stage`, int64(l.review.Project.ID), l.review.No)
	if err != nil {
		return nil, fmt.Errorf("reading break-glass decisions: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[review.Forced])
	if err != nil {
		return nil, fmt.Errorf("reading break-glass decisions: %w", err)
	}
	for i := range out {
		out[i].At, out[i].ReviewDue = out[i].At.UTC(), out[i].ReviewDue.UTC()
	}
	return out, nil
}

// ForcedGate is a gate that was passed by break-glass and that the person may
// review.
type ForcedGate struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	By      review.PersonID
	At      time.Time
	Due     time.Time // date: the last day on which the review is in time
}

// queueForced asks for the forced gates that wait for the person's review:
// those of managers and of holders of the gate's seats, but not of who broke
// the glass, of their stand-in in that seat, nor of who stepped back. Whom
// separation of duties keeps out besides, only the whole stage can tell; they
// are listed, and the gate says why it is not theirs.
func (s *Store) queueForced(b *pgx.Batch, by By, out *[]ForcedGate) {
	b.Queue(`with `+meSQL+`, manages as materialized (
		    select exists (select from held g where g.person_id = (select id from me) and g.role = 'manager' and `+countsSQL+`) as all
		), `+sitsSQL+`
		select f.key as project, `+nameSQL(`f`)+` as name, r.stage, r.closed_by as by, r.closed_at as at, r.review_due as due
		  from portfolio f
		  join round r on r.project_id = f.project_id and r.review_no = f.review_no, me
		 where ((select m.all from manages m) or exists (select from sits))
		   and 0 < any(f.forced) and f.status <> 'stopped' and `+visibleSQL+`
		   and r.outcome = 'break-glass' and r.reviewed_at is null and r.closed_by <> me.id
		   and ((select m.all from manages m)
		        or exists (select from sits g
		                    where g.seat = any(r.seats) and (g.project_id is null or g.project_id = r.project_id) and g.for_id is distinct from r.closed_by))
		   and not exists (select from sign_off o
		                    where o.project_id = r.project_id and o.review_no = r.review_no and o.stage = r.stage and o.round = r.no
		                      and o.person_id = me.id and o.decision = 'recuse')
		 order by r.review_due, f.name, r.stage
		 limit 1000`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		*out, err = pgx.CollectRows(rows, pgx.RowToStructByName[ForcedGate])
		for i := range *out {
			(*out)[i].At = (*out)[i].At.UTC()
		}
		return err
	})
}
