package store

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// decisionDays is for how long a decision stands on the work of those who are
// informed of it.
const decisionDays = 14

// Decision is one in a project of which the person is to be informed.
type Decision struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	By      review.PersonID
	At      time.Time
	Event   review.Event
}

// decisionKinds are the events that decide something: how a gate ended, that it was
// passed alone or reopened, that a waiver was granted, and whether work goes on.
func decisionKinds() []string {
	var kinds []string
	for _, e := range []review.Event{review.RoundClosed{}, review.GateForced{}, review.GateReopened{}, review.WaiverGranted{}, review.StatusChanged{}} {
		kinds = append(kinds, e.Kind())
	}
	return kinds
}

// queueDecisions asks for the decisions of the last [decisionDays] in the projects
// of which the person is named to be informed, the newest first. A round that was
// withdrawn or ended with the project decided nothing of its own.
func (s *Store) queueDecisions(b *pgx.Batch, by By, limit int, into *[]Decision, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, t.stage, t.actor_id, t.at, t.kind, t.body, count(*) over ()
		  from responsibility i
		  join portfolio f on f.project_id = i.project_id, me
		 cross join lateral (
		      select t.* from trail t
		       where t.stream_id = i.project_id and t.at > clock_timestamp() - make_interval(days => $4) and t.kind = any($5)
		         and (t.kind <> 'RoundClosed' or t.body ->> 'outcome' in ('passed', 'passed with conditions', 'returned'))) t
		 where i.person_id = me.id and 'informed' = any(i.parts) and `+visibleSQL+`
		 order by t.at desc, f.key, t.seq desc
		 limit $6`, by.token[:], by.person, s.idle, decisionDays, decisionKinds(), limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var d Decision
			var stage *string
			var kind string
			var body []byte
			if err := rows.Scan(&d.Project, &d.Name, &stage, &d.By, &d.At, &kind, &body, all); err != nil {
				return fmt.Errorf("reading decisions: %w", err)
			}
			var err error
			if d.Event, err = review.DecodeEvent(kind, body); err != nil {
				return err
			}
			if stage != nil {
				d.Stage = plan.StageKey(*stage)
			}
			d.At = d.At.UTC()
			*into = append(*into, d)
		}
		return rows.Err()
	})
}
