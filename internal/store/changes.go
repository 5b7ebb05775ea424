package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// ChangesView is what became of projects from one day that has a snapshot to another, of
// those that the person may see now.
type ChangesView struct {
	Viewer
	From, To Snapshots
	Rows     []ChangeRow // by name; only projects of which something is to be told
}

// ChangeRow is a project that differs between two days, or passed a gate between them.
type ChangeRow struct {
	Key           review.ProjectKey
	Name          string // of now
	Restricted    bool   // now
	New           bool   // there was no such project before
	Before, After ChangeSide
	Team          string
	Tier          plan.Tier
	Due           time.Time
	Passed        []plan.StageKey // whose gates passed, in order
	PassedNames   []string        // of these stages
	ref           plan.Ref
}

// ChangeSide is where a project stood on one of the days.
type ChangeSide struct {
	Review, Place        int
	Stage                plan.StageKey
	StageName            string
	Gate                 review.GateState
	Status               review.Status
	AtRisk, Late, Lapsed bool
}

// Changes compares two days; the zero day stands for the newest that has a snapshot and, as
// the first of the two, for one a week before the second. There are no rows unless both have
// a snapshot.
func (s *Store) Changes(ctx context.Context, by By, from, to time.Time) (*ChangesView, error) {
	out := &ChangesView{}
	var who Viewer
	b := &pgx.Batch{}
	s.queueViewer(b, by, &who)
	queueSnapshots(b, to, &out.To)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("looking for past days", err)
	}
	b = &pgx.Batch{}
	if from.IsZero() {
		b.Queue(`
			select coalesce(max(day) filter (where day <= $1::date - 7), min(day)) from snapshot where day < $1::date`, nullable(out.To.Day)).QueryRow(func(row pgx.Row) error {
			var day *time.Time
			err := row.Scan(&day)
			from = deref(day)
			return err
		})
		if err := send(ctx, s.pool, b); err != nil {
			return nil, batchError("looking for the day to compare with", err)
		}
		b = &pgx.Batch{}
	}
	s.queueViewer(b, by, &out.Viewer)
	if !from.IsZero() {
		queueSnapshots(b, from, &out.From)
	}
	b.Queue(changesSQL, by.token[:], by.person, s.idle, nullable(from), nullable(out.To.Day)).Query(collectInto(&out.Rows, scanChange))
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("comparing two days of the portfolio", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	return out, s.nameChanges(ctx, out.Rows)
}

// changesSQL compares the days $4 and $5. Gates that passed are those of the moments between
// which the snapshots were taken.
var changesSQL = `with ` + meSQL + `, passed as (
	    select ro.project_id, array_agg(ro.stage order by ro.closed_at) as stages
	      from snapshot b
	      join snapshot a on a.day = $5
	      join round ro on ro.closed_at > b.taken_at and ro.closed_at <= a.taken_at and ro.outcome in ` + passedSQL + `
	     where b.day = $4
	     group by 1
	), p as (
	    select a.*, b.project_id is null as came, coalesce(b.review_no, 0) as review_before, coalesce(b.place, 0) as place_before, coalesce(b.stage, '') as stage_before,
	           coalesce(b.gate, 0) as gate_before, coalesce(b.status, '') as status_before, coalesce(b.at_risk, false) as at_risk_before,
	           coalesce(b.late, false) as late_before, coalesce(b.lapsed, false) as lapsed_before, coalesce(passed.stages, '{}') as stages,
	           f.name, f.search, f.key, f.restricted
	      from snapshot_project a
	      join portfolio f on f.project_id = a.project_id
	      left join snapshot_project b on b.project_id = a.project_id and b.day = $4
	      left join passed on passed.project_id = a.project_id, me
	     where a.day = $5 and exists (select from snapshot where day = $4) and ` + visibleSQL + `
	       and (b.project_id is null or passed.stages is not null
	            or (a.review_no, a.place, a.status, a.at_risk, a.late, a.lapsed) is distinct from (b.review_no, b.place, b.status, b.at_risk, b.late, b.lapsed))
	)
	select p.key, ` + nameSQL(`p`) + `, p.restricted, p.came, p.team, p.tier, p.due, p.stages, r.template_key, r.template_version, r.template_digest,
	       p.review_before, p.place_before, p.stage_before, p.gate_before, p.status_before, p.at_risk_before, p.late_before, p.lapsed_before,
	       p.review_no, p.place, p.stage, p.gate, p.status, p.at_risk, p.late, p.lapsed
	  from p
	  join review r on r.project_id = p.project_id and r.no = p.review_no
	 order by lower(p.name), p.project_id`

func scanChange(row pgx.CollectableRow) (c ChangeRow, err error) {
	var due *time.Time
	into := []any{&c.Key, &c.Name, &c.Restricted, &c.New, &c.Team, &c.Tier, &due, &c.Passed, &c.ref.Key, &c.ref.Version, &c.ref.Digest}
	for _, side := range []*ChangeSide{&c.Before, &c.After} {
		into = append(into, &side.Review, &side.Place, &side.Stage, &side.Gate, &side.Status, &side.AtRisk, &side.Late, &side.Lapsed)
	}
	err = row.Scan(into...)
	c.Due = deref(due)
	return c, err
}

// nameChanges fills in what the lifecycles of now call the stages.
func (s *Store) nameChanges(ctx context.Context, rows []ChangeRow) (err error) {
	for i := range rows {
		c := &rows[i]
		for _, side := range []*ChangeSide{&c.Before, &c.After} {
			if side.StageName, err = s.stageName(ctx, s.pool, c.ref, side.Stage); err != nil {
				return err
			}
		}
		c.PassedNames = make([]string, len(c.Passed))
		for j, stage := range c.Passed {
			if c.PassedNames[j], err = s.stageName(ctx, s.pool, c.ref, stage); err != nil {
				return err
			}
		}
	}
	return nil
}
