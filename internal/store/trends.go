package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// TrendWeeks is how many weeks back the portfolio is looked at, the present one included.
const TrendWeeks = 26

// SignersListed is the most signers that are listed.
const SignersListed = 15

// Trends is how the projects that a person may see went on over the last [TrendWeeks].
type Trends struct {
	Viewer
	Weeks     []TrendWeek  // oldest first; the last is the present one
	Signers   []SignerLoad // who decided most first
	Decisions int          // by all signers
	Seats     []SeatLoad   // who keeps gates waiting, most first
	Stages    []StagePace  // by lifecycle, in the order of its stages
	Live      int          // services that went live, ever
	ToLive    time.Duration
	// Of waivers and conditions, a row for each of the weeks; of items, most first.
	Promises     []PromiseWeek
	Blocking     []BlockingItem
	Weighed      int // projects in which it was looked for what blocks
	Expired      []ExpiredItem
	ExpiredKinds []ExpiredKind
	Governance   []StageGovernance // by lifecycle, in the order of its stages
	Names        Names
	Lifecycles   Lifecycles
}

// TrendWeek is what was decided at gates in a week.
type TrendWeek struct {
	Monday   time.Time // date
	Passed   int       // with conditions and by break-glass, too
	Returned int
	First    int // gates that were decided for the first time in their review
	AtOnce   int // of these, passed
}

// SignerLoad is what somebody decided.
type SignerLoad struct {
	Person    review.PersonID
	Decisions int           // signatures, other than stepping back
	Median    time.Duration // from the request to the signature
}

// SeatLoad are the projects that wait for a seat.
type SeatLoad struct {
	Seat     plan.Seat
	Projects int
	Median   time.Duration // since when they were requested, in the middle one
}

// StagePace is how long a stage took.
type StagePace struct {
	Lifecycle string // its name
	Stage     string
	Days      int // in the middle one of the projects that passed its gate
	Passes    int // of so many; at least [review.PacePasses]
}

// trendsFrom is the Monday with which the time that is looked at begins.
var trendsFrom = `(date_trunc('week', clock_timestamp()) - interval '` + strconv.Itoa(TrendWeeks-1) + ` weeks')`

// Trends reads them.
func (s *Store) Trends(ctx context.Context, by By) (*Trends, error) {
	known, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &Trends{Lifecycles: known}
	if err := s.stagePaces(ctx, out); err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	me := []any{by.token[:], by.person, s.idle}
	b.Queue(weeksSQL, me...).Query(collectInto(&out.Weeks, func(row pgx.CollectableRow) (w TrendWeek, err error) {
		return w, row.Scan(&w.Monday, &w.Passed, &w.Returned, &w.First, &w.AtOnce)
	}))
	b.Queue(signersSQL, me...).Query(collectInto(&out.Signers, func(row pgx.CollectableRow) (l SignerLoad, err error) {
		var seconds float64
		err = row.Scan(&l.Person, &l.Decisions, &seconds, &out.Decisions)
		l.Median = inSeconds(seconds)
		return l, err
	}))
	b.Queue(seatsSQL, me...).Query(collectInto(&out.Seats, func(row pgx.CollectableRow) (l SeatLoad, err error) {
		var seconds float64
		err = row.Scan(&l.Seat, &l.Projects, &seconds)
		l.Median = inSeconds(seconds)
		return l, err
	}))
	b.Queue(toLiveSQL, me...).QueryRow(func(row pgx.Row) error {
		var seconds float64
		err := row.Scan(&out.Live, &seconds)
		out.ToLive = inSeconds(seconds)
		return err
	})
	explain := out.queuePast(b, me)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading how the portfolio went on", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if err := explain(ctx, s); err != nil {
		return nil, err
	}
	people := map[review.PersonID]struct{}{}
	for _, l := range out.Signers {
		people[l.Person] = struct{}{}
	}
	out.Names, err = s.resolveOn(ctx, s.pool, people)
	return out, err
}

// collectInto reads all rows of a statement.
func collectInto[T any](into *[]T, scan pgx.RowToFunc[T]) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		if *into, err = pgx.CollectRows(rows, scan); err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		return nil
	}
}

func inSeconds(n float64) time.Duration {
	return time.Duration(n * float64(time.Second)).Round(time.Second)
}

// stagePaces lists the stages of which it is known how long they take.
func (s *Store) stagePaces(ctx context.Context, out *Trends) error {
	paces, err := s.paces(ctx)
	if err != nil {
		return err
	}
	for _, l := range out.Lifecycles {
		ref, err := l.Ref()
		if err != nil {
			return fmt.Errorf("naming the lifecycle %s: %w", l.Key, err)
		}
		p := paces[ref]
		if p == nil {
			continue
		}
		for i := range l.Stages {
			if p.Days[i] != review.PaceUnknown {
				out.Stages = append(out.Stages, StagePace{Lifecycle: l.Name, Stage: l.Stages[i].Name, Days: p.Days[i], Passes: p.Passes[i]})
			}
		}
	}
	return nil
}

// weeksSQL counts the rounds that signatures or break-glass ended, a row for each week,
// also for those in which nothing was decided.
var weeksSQL = `with ` + meSQL + `, decided as (
	    select date_trunc('week', r.closed_at)::date as week, r.outcome in ` + passedSQL + ` as passed, r.no
	      from me
	      join round r on r.closed_at >= ` + trendsFrom + `
	      join portfolio f on f.project_id = r.project_id
	     where (r.outcome in ` + passedSQL + ` or r.outcome = 'returned') and ` + visibleSQL + `)
	select w.week::date, count(*) filter (where d.passed)::int, count(*) filter (where not d.passed)::int,
	       count(*) filter (where d.no = 1)::int, count(*) filter (where d.no = 1 and d.passed)::int
	  from generate_series(` + trendsFrom + `, clock_timestamp(), '1 week') w (week)
	  left join decided d on d.week = w.week::date
	 group by 1
	 order by 1`

var signersSQL = `with ` + meSQL + `
	select o.person_id, count(*)::int, percentile_cont(0.5) within group (order by extract(epoch from o.at - r.requested_at)), (sum(count(*)) over ())::int
	  from me
	  join sign_off o on o.at >= ` + trendsFrom + ` and o.decision <> 'recuse'
	  join round r on r.project_id = o.project_id and r.review_no = o.review_no and r.stage = o.stage and r.no = o.round
	  join portfolio f on f.project_id = o.project_id
	 where ` + visibleSQL + `
	 group by o.person_id
	 order by 2 desc, 1
	 limit ` + strconv.Itoa(SignersListed)

// seatsSQL counts as the list does that a figure leads to: projects that wait for a seat, which
// are not those where it may sign and need not. How long is of the gates that ask for it.
var seatsSQL = `with ` + meSQL + `
	select s.seat, count(*)::int, coalesce(percentile_cont(0.5) within group (order by extract(epoch from clock_timestamp() - g.since)), 0)
	  from me
	  join portfolio f on f.status = 'active' and f.waited <> '{}'
	 cross join unnest(f.waited) s (seat)
	 cross join lateral (
	       select min(g.since) as since from gate g
	        where g.project_id = f.project_id and g.review_no = f.review_no and g.state = ` + strconv.Itoa(int(review.GateWaiting)) + ` and s.seat = any(g.open_seats)) g
	 where s.seat !~ '^[0-9]+$' and ` + visibleSQL + `
	 group by 1
	 order by 2 desc, 1`

// toLiveSQL is how long projects that went live took: from the start of the first review to
// the first time that its last gate passed.
var toLiveSQL = `with ` + meSQL + `
	select count(*)::int, coalesce(percentile_cont(0.5) within group (order by extract(epoch from went.at - r.started_at)), 0)
	  from me
	  join portfolio f on f.live <> ''
	  join review r on r.project_id = f.project_id and r.no = 1
	 cross join lateral (
	       select min(ro.closed_at) as at
	         from round ro
	        where ro.project_id = f.project_id and ro.review_no = 1 and ro.outcome in ` + passedSQL + `
	          and ro.stage = (select st.stage from stage st where st.project_id = f.project_id order by st.place desc limit 1)) went
	 where went.at is not null and ` + visibleSQL
