package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// TimesDays is how many days back decisions are looked at.
const TimesDays = 365

// StageTimes is how long decisions at one stage's gates took.
type StageTimes struct {
	Lifecycle string // its key
	Stage     plan.StageKey
	Decisions int           // rounds that signatures ended
	Median    time.Duration // from the request to the end of the round
	Said      int           // signatures whose signers said how long deciding took
	Effort    review.Effort // the median of what they said, the lower of two
}

// TimesView is how long decisions take, by lifecycle and stage.
type TimesView struct {
	Viewer
	Stages     []StageTimes // by lifecycle; the stages of one in no particular order
	Lifecycles Lifecycles
}

// DecisionTimes measures the decisions of the last [TimesDays] in projects that the
// person may see: the rounds that signatures ended, with a pass or a return.
func (s *Store) DecisionTimes(ctx context.Context, by By) (*TimesView, error) {
	known, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &TimesView{Lifecycles: known}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(`with `+meSQL+`, decided as (
		    select w.template_key, r.project_id, r.review_no, r.stage, r.no, extract(epoch from r.closed_at - r.requested_at) as took
		      from me
		      join round r on r.closed_at > now() - make_interval(days => $4)
		      join portfolio f on f.project_id = r.project_id
		      join review w on w.project_id = r.project_id and w.no = r.review_no
		     where r.outcome in ('passed', 'passed with conditions', 'returned') and `+visibleSQL+`),
		 said as (
		    select d.template_key, d.stage, count(*) as n,
		           percentile_disc(0.5) within group (order by array_position($5::text[], o.effort)) as middle
		      from decided d
		      join sign_off o on o.project_id = d.project_id and o.review_no = d.review_no and o.stage = d.stage and o.round = d.no
		     where o.effort <> ''
		     group by 1, 2)
		select d.template_key, d.stage, count(*)::int, percentile_cont(0.5) within group (order by d.took), coalesce(s.n, 0)::int, coalesce(($5::text[])[s.middle], '')
		  from decided d
		  left join said s on s.template_key = d.template_key and s.stage = d.stage
		 group by d.template_key, d.stage, s.n, s.middle
		 order by d.template_key, d.stage`, by.token[:], by.person, s.idle, TimesDays, texts(review.Efforts())).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var t StageTimes
			var seconds float64
			if err := rows.Scan(&t.Lifecycle, (*string)(&t.Stage), &t.Decisions, &seconds, &t.Said, (*string)(&t.Effort)); err != nil {
				return fmt.Errorf("reading how long decisions take: %w", err)
			}
			t.Median = time.Duration(seconds * float64(time.Second)).Round(time.Second)
			out.Stages = append(out.Stages, t)
		}
		return rows.Err()
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("measuring decisions", err)
	}
	return out, nil
}
