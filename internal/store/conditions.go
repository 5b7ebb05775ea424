package store

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// OpenCondition is a condition of a go that waits for the person.
type OpenCondition struct {
	Project  review.ProjectKey
	Name     string // of the project
	Stage    plan.StageKey
	No       int // within the stage
	Text     string
	Owner    review.PersonID
	By       review.PersonID // who set it
	Due      time.Time       // date: the last day on which it is in time
	Reported bool            // as met; it waits to be confirmed
	Reopened string          // why the report before did not do; empty otherwise
}

// bindsFromSQL and bindsSQL find the open conditions of gates that passed with them, as c,
// their rounds as r and their projects as f. A condition of a round that did not pass means
// nothing, nor does one of a signature on other content than it passed with; one of a round
// that others have followed, in whatever review, goes on.
const (
	bindsFromSQL = `condition c
	  join portfolio f on f.project_id = c.project_id and f.review_no = c.review_no
	  join round r on r.project_id = c.project_id and r.review_no = c.set_in and r.stage = c.stage and r.no = c.round`
	bindsSQL = `c.confirmed_at is null and c.dropped_at is null and r.outcome = 'passed with conditions' and f.status <> 'stopped'
	   and r.closing = (select o.digest from sign_off o
	                     where o.project_id = r.project_id and o.review_no = r.review_no and o.stage = r.stage and o.round = r.no and o.person_id = c.set_by
	                     order by o.no desc limit 1)`
)

// openConditionsSQL reads them. It expects meSQL.
var openConditionsSQL = `
	select f.key as project, ` + nameSQL(`f`) + ` as name, c.stage, c.no, c.text, c.owner_id as owner, c.set_by as by, c.due, c.met_at is not null as reported, c.reopened
	  from me
	 cross join ` + bindsFromSQL + `
	 where ` + bindsSQL + `
	   and ` + visibleSQL

// queueOwed asks for the conditions that the person has to meet.
func (s *Store) queueOwed(b *pgx.Batch, by By, out *[]OpenCondition) {
	b.Queue(`with `+meSQL+openConditionsSQL+` and c.owner_id = me.id order by c.due, f.name, c.stage, c.no limit 1000`,
		by.token[:], by.person, s.idle).Query(collectConditions(out))
}

// queueConfirm asks for what has been done of what the person asked for in a seat that they hold
// still, or somebody whose stand-in they are, or somebody who has left the seat that the person
// holds too.
func (s *Store) queueConfirm(b *pgx.Batch, by By, out *[]OpenCondition) {
	b.Queue(`with `+meSQL+openConditionsSQL+`
		   and c.met_at is not null and c.met_by <> me.id
		   and exists (
		       select from held g
		        where g.person_id = me.id and g.seat = c.seat and (g.project_id is null or g.project_id = c.project_id) and g.for_id is distinct from c.met_by and `+countsSQL+`
		          and (c.set_by = me.id or g.for_id = c.set_by or not exists (
		              select from held h where h.person_id = c.set_by and h.seat = c.seat and (h.project_id is null or h.project_id = c.project_id))))
		 order by c.met_at, f.name, c.stage, c.no limit 1000`,
		by.token[:], by.person, s.idle).Query(collectConditions(out))
}

func collectConditions(out *[]OpenCondition) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*out, err = pgx.CollectRows(rows, pgx.RowToStructByName[OpenCondition])
		return err
	}
}
