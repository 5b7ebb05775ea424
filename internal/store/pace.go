package store

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Pace is how fast the projects of a lifecycle went, for forecasts.
type Pace struct {
	Days   review.Pace // of each of its stages
	Passes []int       // of how many projects each is the middle one
}

// lifecyclePace is the pace of one, and the lifecycle.
type lifecyclePace struct {
	Pace
	of *plan.Lifecycle
}

// paces are those of all versions of all lifecycles.
type paces map[plan.Ref]*lifecyclePace

// passedSQL are the outcomes with which a gate passes, as review.Outcome.Passes has them.
const passedSQL = `('passed', 'passed with conditions', 'break-glass')`

// enteredSQL is [review.Review.Reached] of the stage that a project is in. It expects the
// table portfolio as f and its review as r.
const enteredSQL = `greatest(r.started_at, (select to_timestamp(max(at)) from unnest(f.passed[:f.current]) at))`

// paces are those of all lifecycles, found out once a minute. What restricted projects
// took does not count: everybody is shown the same.
func (s *Store) paces(ctx context.Context) (paces, error) {
	return recently(&s.templates, &s.templates.paces, func() (paces, error) { return s.findPaces(ctx) })
}

// PaceOf is the pace of a lifecycle; nil where it is not known here.
func (s *Store) PaceOf(ctx context.Context, ref plan.Ref) (*Pace, error) {
	known, err := s.paces(ctx)
	if pace := known[ref]; pace != nil {
		return &pace.Pace, err
	}
	return nil, err
}

// pastSQL is how long the stages took whose gates have passed, by lifecycle and stage: from
// the last gate before it, or from the start of the review, to the first time that its own
// passed. What passed before the gates ahead of it took no time of its own.
const pastSQL = `
	with passed as (
	    select ro.project_id, ro.review_no, r.template_key, st.stage, st.place, r.started_at, min(ro.closed_at) as at
	      from round ro
	      join stage st on st.project_id = ro.project_id and st.review_no = ro.review_no and st.stage = ro.stage
	      join review r on r.project_id = ro.project_id and r.no = ro.review_no
	      join portfolio f on f.project_id = ro.project_id and not f.restricted
	     where ro.outcome in ` + passedSQL + `
	     group by 1, 2, 3, 4, 5, 6
	), took as (
	    select template_key, stage, at - greatest(started_at,
	           max(at) over (partition by project_id, review_no order by place rows between unbounded preceding and 1 preceding)) as took
	      from passed
	)
	select template_key, stage, count(*)::int, ceil(extract(epoch from greatest(percentile_cont(0.5) within group (order by took), '0')) / 86400)::int
	  from took
	 group by 1, 2`

func (s *Store) findPaces(ctx context.Context) (paces, error) {
	type past struct{ n, days int }
	took := map[string]past{}
	var refs []plan.Ref
	b := &pgx.Batch{}
	b.Queue(`select key, version, digest from template_version where kind = 'lifecycle'`).Query(func(rows pgx.Rows) (err error) {
		refs, err = pgx.CollectRows(rows, pgx.RowToStructByName[plan.Ref])
		return err
	})
	b.Queue(pastSQL).Query(func(rows pgx.Rows) error {
		var key, stage string
		var p past
		_, err := pgx.ForEachRow(rows, []any{&key, &stage, &p.n, &p.days}, func() error {
			took[key+" "+stage] = p
			return nil
		})
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading how long stages took", err)
	}
	out := paces{}
	for _, ref := range refs {
		l, err := s.Template(ctx, ref)
		if err != nil {
			return nil, err
		}
		p := &lifecyclePace{Pace{make(review.Pace, len(l.Stages)), make([]int, len(l.Stages))}, l}
		for i := range l.Stages {
			past := took[ref.Key+" "+string(l.Stages[i].Key)]
			p.Days[i], p.Passes[i] = past.days, past.n
			if past.n < review.PacePasses {
				p.Days[i] = review.PaceUnknown
			}
		}
		out[ref] = p
	}
	return out, nil
}

// newest is the newest version of a lifecycle by its key; nil where there is none.
func (p paces) newest(key string) (l *plan.Lifecycle) {
	for ref, pace := range p {
		if ref.Key == key && (l == nil || ref.Version > l.Version) {
			l = pace.of
		}
	}
	return l
}

// inStage are the stages of all lifecycles that the portfolio counts in a stage of the one
// whose stages are its columns.
func (p paces) inStage(columns *plan.Lifecycle, stage plan.StageKey) (keys []string, versions, places []int) {
	column := columns.StageIndex(stage)
	for ref, pace := range p {
		for i, at := range columnsOf(pace.of, columns) {
			if at >= 0 && at == column {
				keys, versions, places = append(keys, ref.Key), append(versions, ref.Version), append(places, i)
			}
		}
	}
	return keys, versions, places
}

// sqlArgs are the arguments of a statement that is put together.
type sqlArgs []any

// put adds one and says its place.
func (a *sqlArgs) put(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// lateSQL is that the target of a project that does not run yet has passed with gates still
// open; passed is the place of the states in which one has passed.
func lateSQL(passed string) string { return lateOnSQL(`current_date`, passed) }

// lateOnSQL is the same on a day.
func lateOnSQL(day, passed string) string {
	return `(` + dueSQL + ` < ` + day + ` and f.live = '' and not f.gates <@ ` + passed + `::smallint[])`
}

// passedStates are the states in which a gate has passed, as the portfolio stores them.
func passedStates() []int16 {
	var passed []int16
	for g := review.GateBlocked; g <= review.GateNotNeeded; g++ {
		if g.Passed() {
			passed = append(passed, int16(g))
		}
	}
	return passed
}

// forecast adds to rows when their projects will launch.
func (v *PortfolioView) forecast() {
	for i := range v.Rows {
		r := &v.Rows[i]
		if r.Status != review.StatusActive || r.Live != review.NotLive {
			continue
		}
		if pace := v.paces[r.ref]; pace != nil {
			r.Forecast, _ = review.Forecast(review.GatesOf(r.Stages), r.Current, r.Entered, v.Now, pace.Days)
		}
	}
}
