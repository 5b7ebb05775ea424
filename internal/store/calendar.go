package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// feedFor is how long a calendar goes on after its person last signed in: somebody who has
// left may not have been blocked here, and only a sign-in tells that they have not.
const feedFor = 30 * 24 * time.Hour

// OwnStage is a stage that a person answers for, with the days by which something of it is to
// be done.
type OwnStage struct {
	Project    review.ProjectKey
	Name       string // of the project
	Stage      plan.StageKey
	Title      string
	Gate       string
	Target     time.Time          // zero: none
	Milestones []review.Milestone // some may be done
}

// CalendarView is what a person's calendar shows: what waits for them and has a day.
type CalendarView struct {
	*MyWorkView
	OwnStages []OwnStage // whose gates have not passed
}

// MakeCalendar gives whoever asks an address for their calendar, in the place of one that
// they have. The token is that of a fresh secret.
func (s *Store) MakeCalendar(ctx context.Context, by By, token Token) error {
	var v Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`with `+meSQL+`
		insert into calendar_feed (person_id, token_hash, made_at, until, suspended, keeps)
		select me.id, $4, clock_timestamp(), coalesce(s.expires_at, clock_timestamp()), me.suspended, me.keeps from me left join session s on s.token_hash = $1
		on conflict (person_id) do update
		   set token_hash = excluded.token_hash, made_at = excluded.made_at, until = excluded.until, suspended = excluded.suspended, keeps = excluded.keeps`, by.token[:], by.person, s.idle, token[:])
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("making the address of a calendar", err)
	}
	return nil
}

// EndCalendar takes the address away from whoever asks. Without one it changes nothing.
func (s *Store) EndCalendar(ctx context.Context, by By) error {
	var v Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &v)
	b.Queue(`with `+meSQL+` delete from calendar_feed where person_id = (select id from me)`, by.token[:], by.person, s.idle)
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("ending a calendar", err)
	}
	return nil
}

// CalendarOf is whose calendar a secret opens, found by its hash as sessions are:
// [review.ErrNotFound] when it is nobody's, or no longer.
func (s *Store) CalendarOf(ctx context.Context, token Token) (review.PersonID, error) {
	var person review.PersonID
	var kept []byte
	err := s.pool.QueryRow(ctx, `
		select p.id, c.token_hash
		  from calendar_feed c
		  join person p on p.id = c.person_id
		 where c.token_hash = $1 and p.blocked_at is null and p.erased_at is null and p.seen_at > clock_timestamp() - $2::interval`,
		token[:], feedFor).Scan((*int64)(&person), &kept)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && subtle.ConstantTimeCompare(kept, token[:]) != 1 {
		return 0, review.ErrNotFound
	}
	if err != nil {
		return 0, batchError("finding out whose calendar it is", err)
	}
	return person, nil
}

// Calendar reads what the calendar of a person shows that a secret opens, with the rights that
// they would have now in the session that they began last. Once that is over, what groups gave
// does not count (docs/adr/0058-how-old-rights-may-be.md).
func (s *Store) Calendar(ctx context.Context, person review.PersonID, token Token) (*CalendarView, error) {
	by := By{person: person, token: token}
	work, err := s.MyWholeWork(ctx, by)
	if err != nil {
		return nil, err
	}
	out := &CalendarView{MyWorkView: work}
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select f.key, p.stage_plans
		  from me
		  join project_member m on m.person_id = me.id
		  join project p on p.id = m.project_id
		  join portfolio f on f.project_id = p.id
		 where f.status = 'active' and p.stage_plans is not null and `+visibleSQL+`
		 order by f.key`, by.token[:], by.person, s.idle)
	if err != nil {
		return nil, batchError("reading the stages that somebody answers for", err)
	}
	defer rows.Close()
	for rows.Next() {
		var key review.ProjectKey
		var plans []review.StagePlan
		if err := rows.Scan((*string)(&key), &plans); err != nil {
			return nil, fmt.Errorf("reading the stages that somebody answers for: %w", err)
		}
		out.add(key, plans)
	}
	if err := rows.Err(); err != nil {
		return nil, batchError("reading the stages that somebody answers for", err)
	}
	return out, nil
}

// add notes those stages of a project that the person answers for, while there is
// something to do in them.
func (v *CalendarView) add(key review.ProjectKey, plans []review.StagePlan) {
	for i := range v.Projects {
		p := &v.Projects[i]
		if p.Key != key || p.Lifecycle == nil {
			continue
		}
		for j := range plans {
			planned := &plans[j]
			at := p.Lifecycle.StageIndex(planned.Stage)
			if !v.answersFor(p, planned) || at < 0 || at >= len(p.Stages) || p.Stages[at].Gate.Passed() {
				continue
			}
			def := &p.Lifecycle.Stages[at]
			v.OwnStages = append(v.OwnStages, OwnStage{
				Project: key, Name: p.Name, Stage: planned.Stage, Title: def.Name, Gate: def.Gate.Name, Target: planned.TargetDay(), Milestones: planned.Milestones,
			})
		}
	}
}

// answersFor reports whether the person is owner or deputy of a stage or, of one that has
// neither, of the project.
func (v *CalendarView) answersFor(p *OwnProject, planned *review.StagePlan) bool {
	me := v.Actor.Person
	if planned.Owner == 0 && planned.Deputy == 0 {
		return p.Duty == review.DutyOwner || p.Duty == review.DutyDeputy
	}
	return planned.Owner == me || planned.Deputy == me
}
