package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slipway-prr/slipway/internal/review"
)

// How long snapshots are kept: of each day for some weeks, and after that the first of each
// week. At 10,000 projects that is about 240 MB.
const (
	SnapshotDays  = 92
	SnapshotWeeks = 104
)

// snapshotTime is how long writing a snapshot may take.
const snapshotTime = 25 * time.Second

// Snapshot keeps where all projects stand, unless that was done today already, and lets go of
// old snapshots. It returns of how many projects. Several servers may try at once: one of them
// does it. A day on which no server ran has none.
func (s *Store) Snapshot(ctx context.Context) (int, error) {
	now, due, err := s.snapshotDue(ctx, time.Time{})
	if err != nil || !due {
		return 0, err
	}
	if err := s.standings.upToDate(ctx, s); err != nil {
		return 0, err
	}
	known, err := s.paces(ctx)
	if err != nil {
		return 0, err
	}
	return s.takeSnapshot(ctx, now, known)
}

// SnapshotAt is the same at a moment that has passed, of what is in the database: how the
// demo portfolio gets its past.
func (s *Store) SnapshotAt(ctx context.Context, at time.Time) (int, error) {
	for {
		n, err := s.refreshAt(ctx, at)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
	}
	at, due, err := s.snapshotDue(ctx, at)
	if err != nil || !due {
		return 0, err
	}
	if err := s.standings.upToNow(ctx, s); err != nil {
		return 0, err
	}
	known, err := s.findPaces(ctx) // those of then, which nobody asks for later
	if err != nil {
		return 0, err
	}
	return s.takeSnapshot(ctx, at, known)
}

// snapshotDue says what time it is by the database's clock, unless a moment is given, and
// whether its day has no snapshot.
func (s *Store) snapshotDue(ctx context.Context, at time.Time) (now time.Time, due bool, err error) {
	err = s.pool.QueryRow(ctx, `
		select c.now, not exists (select from snapshot where day = c.now::date)
		  from (select coalesce($1::timestamptz, clock_timestamp()) as now) c`, nullable(at)).Scan(&now, &due)
	if err != nil {
		return now, false, batchError("looking for today's snapshot", err)
	}
	return now.In(s.zone), due, nil
}

// takeSnapshot is one transaction. Whoever comes second waits for the first to have written
// the day, and writes nothing.
func (s *Store) takeSnapshot(ctx context.Context, at time.Time, known paces) (n int, err error) {
	risky := s.standings.atRisk(at, known)
	err = s.transact(ctx, func(tx *transaction) error {
		b := &pgx.Batch{}
		b.Queue(`select set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)`, millis(snapshotTime))
		b.Queue(takeSnapshotSQL, at, risky, passedStates()).Exec(func(t pgconn.CommandTag) error {
			n = int(t.RowsAffected())
			return nil
		})
		if err := tx.begin(ctx, b); err != nil {
			return batchError("keeping where all projects stand", err)
		}
		b = &pgx.Batch{}
		b.Queue(`delete from snapshot_project where day in (`+oldSnapshotsSQL+`)`, at)
		b.Queue(`delete from snapshot where day in (`+oldSnapshotsSQL+`)`, at)
		return tx.commit(ctx, b, "keeping a snapshot")
	})
	return n, err
}

// takeSnapshotSQL writes the snapshot of a day: $1 the moment, $2 the projects at risk, $3 the
// states in which a gate has passed. Where the day has one, it writes nothing.
var takeSnapshotSQL = `
	with now (at, today) as materialized (
	    select $1::timestamptz, $1::timestamptz::date
	), taken as (
	    insert into snapshot (day, taken_at) select today, at from now
	        on conflict do nothing
	    returning day
	), granted as (
	    select w.project_id, w.review_no, count(*) as n, count(*) filter (where w.until <= now.today + ` + strconv.Itoa(review.DueAhead) + `) as ending
	      from waiver w, now
	     where w.granted_at <= now.at and w.revoked_at is null and w.until >= now.today
	     group by 1, 2
	), promised as (
	    select c.project_id, count(*) as n, count(*) filter (where c.due < now.today) as overdue
	      from now
	     cross join ` + bindsFromSQL + `
	     where ` + bindsSQL + `
	     group by 1
	)
	insert into snapshot_project (day, project_id, review_no, due, place, stage, gate, tier, team, status, live, ready,
	       items, done, blockers, waivers, ending, conditions, overdue, requestable, at_risk, late, lapsed)
	select taken.day, f.project_id, f.review_no, ` + dueSQL + `, f.current, st.stage, f.gates[f.current + 1], f.tier, f.team, f.status, f.live, f.ready,
	       ` + sumSQL(`must_total`) + ` + ` + sumSQL(`should_total`) + `, ` + sumSQL(`must_done`) + ` + ` + sumSQL(`should_done`) + `, ` + sumSQL(`blockers`) + `,
	       coalesce(g.n, 0), coalesce(g.ending, 0), coalesce(p.n, 0), coalesce(p.overdue, 0),
	       ` + fmt.Sprint(int(review.GateReady)) + ` = any(f.gates), f.project_id = any($2::bigint[]), coalesce(` + lateOnSQL(`now.today`, `$3`) + `, false),
	       ` + fmt.Sprint(int(review.GateLapsed)) + ` = any(f.gates)
	  from taken
	 cross join now
	 cross join portfolio f
	  join project begun on begun.id = f.project_id and begun.created_at <= now.at
	  join stage st on st.project_id = f.project_id and st.review_no = f.review_no and st.place = f.current
	  left join granted g on g.project_id = f.project_id and g.review_no = f.review_no and f.status <> 'stopped'
	  left join promised p on p.project_id = f.project_id`

// sumSQL adds up what a column of the table portfolio says of each stage.
func sumSQL(column string) string {
	return `(select coalesce(sum(n), 0) from unnest(f.` + column + `) n)`
}

// oldSnapshotsSQL are the days whose snapshots are not kept any longer at the moment $1.
var oldSnapshotsSQL = `
	select d.day
	  from (select day, row_number() over (partition by date_trunc('week', day) order by day) as no from snapshot) d
	 where d.day <= $1::timestamptz::date - ` + strconv.Itoa(SnapshotDays) + `
	   and (d.no > 1 or d.day <= $1::timestamptz::date - ` + strconv.Itoa(7*SnapshotWeeks) + `)`
