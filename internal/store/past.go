package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// PastAlarm is a figure of the portfolio that a list of the past can be narrowed to.
type PastAlarm string

// What the figures count.
const (
	PastReady  PastAlarm = "ready" // a gate could be requested
	PastAtRisk PastAlarm = "risk"
	PastLate   PastAlarm = "late"
	PastLapsed PastAlarm = "lapsed" // a gate that had passed no longer held
)

// pastAlarms says in SQL which projects each counts; a row of the snapshot is p.
var pastAlarms = map[PastAlarm]string{
	PastReady: `p.requestable`, PastAtRisk: `p.at_risk`, PastLate: `p.late`, PastLapsed: `p.lapsed`,
}

// PastFilter narrows the portfolio of a past day; zero values narrow nothing.
type PastFilter struct {
	Day    time.Time // date; zero: the newest that has a snapshot
	Search string    // part of the name or key
	Alarm  PastAlarm
	Page   int // from 1
}

// PastRow is a project as a snapshot has it. Its name and who may see it are those of now.
type PastRow struct {
	Key        review.ProjectKey
	Name       string
	Restricted bool
	Stage      plan.StageKey // that it was in
	StageName  string        // of the lifecycle that its review follows now; the key where that has no such stage
	PastFigures
	ref plan.Ref
}

// PastFigures are the figures of a row.
type PastFigures struct {
	Review                            int
	Place                             int // of the stage, from 0
	Gate                              review.GateState
	Due                               time.Time // the target, or the next review of a running service; zero: none
	Tier                              plan.Tier
	Team                              string
	Status                            review.Status
	Live                              review.Live
	Ready                             int // required items done, in percent
	Items, Done                       int // required and recommended
	Blockers                          int
	Waivers, Ending                   int // in force; of these, within [review.DueAhead] days
	Conditions, Overdue               int // open; of these
	Requestable, AtRisk, Late, Lapsed bool
}

// PastView is one page of the portfolio on a past day, of projects that the person may see now.
type PastView struct {
	Viewer
	Snapshots
	Rows   []PastRow
	Page   int
	More   bool
	Totals PortfolioTotals // of all pages, whatever they are narrowed to but a search
}

// Snapshots says which days have a snapshot.
type Snapshots struct {
	Day           time.Time // date that was asked for, or the newest that has one; zero: none has
	TakenAt       time.Time // zero: the day has none
	First, Last   time.Time // dates; zero: none has one
	Before, After time.Time // the nearest days that have one; zero: none
}

// Past lists the projects that the person may see now as they were on a past day.
func (s *Store) Past(ctx context.Context, by By, f PastFilter) (*PastView, error) {
	if f.Search != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	f.Page = max(f.Page, 1)
	out := &PastView{Page: f.Page}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	queueSnapshots(b, f.Day, &out.Snapshots)
	list, args := s.pastSQL(by, f, fmt.Sprintf(`limit %d offset %d`, PortfolioPage+1, (f.Page-1)*PortfolioPage))
	b.Queue(list, args...).Query(collectInto(&out.Rows, scanPast))
	f.Alarm = ""
	from, args := s.pastFromSQL(by, f)
	t := &out.Totals
	b.Queue(`with `+meSQL+`
		select count(*)::int, count(*) filter (where p.requestable)::int, count(*) filter (where p.at_risk)::int, count(*) filter (where p.late)::int,
		       count(*) filter (where p.lapsed)::int, count(*) filter (where p.live <> '')::int`+from, args...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&t.Projects, &t.Ready, &t.AtRisk, &t.Late, &t.Lapsed, &t.Live)
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the portfolio of a past day", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if out.More = len(out.Rows) > PortfolioPage; out.More {
		out.Rows = out.Rows[:PortfolioPage]
	}
	return out, s.nameStages(ctx, s.pool, out.Rows)
}

// queueSnapshots asks for a day's snapshot, and for the days around it.
func queueSnapshots(b *pgx.Batch, day time.Time, into *Snapshots) {
	b.Queue(`
		with asked (day) as (select coalesce($1::date, (select max(day) from snapshot)))
		select max(a.day), max(s.taken_at) filter (where s.day = a.day), min(s.day), max(s.day),
		       max(s.day) filter (where s.day < a.day), min(s.day) filter (where s.day > a.day)
		  from asked a left join snapshot s on true`, nullable(day)).QueryRow(func(row pgx.Row) error {
		var asked, taken, first, last, before, after *time.Time
		err := row.Scan(&asked, &taken, &first, &last, &before, &after)
		*into = Snapshots{Day: deref(asked), TakenAt: deref(taken), First: deref(first), Last: deref(last), Before: deref(before), After: deref(after)}
		return err
	})
}

// pastFromSQL are the rows of a snapshot as p and their projects as f, as far as a filter
// leaves them and the person may see them now.
func (s *Store) pastFromSQL(by By, f PastFilter) (string, []any) {
	args := sqlArgs{by.token[:], by.person, s.idle}
	sql := `
		  from snapshot_project p
		  join portfolio f on f.project_id = p.project_id, me
		 where p.day = coalesce(` + args.put(nullable(f.Day)) + `::date, (select max(day) from snapshot)) and ` + visibleSQL
	if f.Search != "" {
		at := args.put(folded(f.Search))
		sql += ` and (f.search like '%' || ` + at + ` || '%' or f.key like '%' || ` + at + ` || '%')`
	}
	if is := pastAlarms[f.Alarm]; is != "" {
		sql += ` and ` + is
	}
	return sql, args
}

// pastSQL lists some of them, what was due first. What is costly to find out of a row is asked
// of these alone.
func (s *Store) pastSQL(by By, f PastFilter, limit string) (string, []any) {
	const order = ` order by p.due nulls last, lower(%[1]s.name), p.project_id `
	from, args := s.pastFromSQL(by, f)
	return `with ` + meSQL + `
		select ` + pastColumns + ` from (
		    select p.*, f.name, f.search, f.key, f.restricted` + from + fmt.Sprintf(order, `f`) + limit + `
		) p
		  join review r on r.project_id = p.project_id and r.no = p.review_no
		` + fmt.Sprintf(order, `p`), args
}

// pastColumns are what [scanPast] reads.
var pastColumns = `p.key, ` + nameSQL(`p`) + `, p.restricted, p.stage, r.template_key, r.template_version, r.template_digest, ` + figuresSQL(`p`)

// figuresSQL are the figures of a row of a snapshot, for [PastFigures.into].
func figuresSQL(row string) string {
	sql := ""
	for i, column := range []string{
		"review_no", "place", "gate", "due", "tier", "team", "status", "live", "ready", "items", "done", "blockers", "waivers", "ending", "conditions", "overdue",
		"requestable", "at_risk", "late", "lapsed",
	} {
		if i > 0 {
			sql += ", "
		}
		sql += row + "." + column
	}
	return sql
}

// into are the places of the figures, in the order of [figuresSQL].
func (f *PastFigures) into(due **time.Time) []any {
	return []any{
		&f.Review, &f.Place, &f.Gate, due, &f.Tier, &f.Team, &f.Status, &f.Live, &f.Ready, &f.Items, &f.Done, &f.Blockers, &f.Waivers, &f.Ending, &f.Conditions, &f.Overdue,
		&f.Requestable, &f.AtRisk, &f.Late, &f.Lapsed,
	}
}

func scanPast(row pgx.CollectableRow) (r PastRow, err error) {
	var due *time.Time
	err = row.Scan(append([]any{&r.Key, &r.Name, &r.Restricted, &r.Stage, &r.ref.Key, &r.ref.Version, &r.ref.Digest}, r.into(&due)...)...)
	r.Due = deref(due)
	return r, err
}

// nameStages fills in the names of stages.
func (s *Store) nameStages(ctx context.Context, db source, rows []PastRow) error {
	for i := range rows {
		name, err := s.stageName(ctx, db, rows[i].ref, rows[i].Stage)
		if err != nil {
			return err
		}
		rows[i].StageName = name
	}
	return nil
}

// stageName is what a lifecycle calls a stage; its key where it has none.
func (s *Store) stageName(ctx context.Context, db source, ref plan.Ref, stage plan.StageKey) (string, error) {
	l, err := s.templateOn(ctx, db, ref)
	if err != nil {
		return "", err
	}
	if i := l.StageIndex(stage); i >= 0 {
		return l.Stages[i].Name, nil
	}
	return string(stage), nil
}

// WholePast hands on all that [Store.Past] lists over all its pages, in stretches of at most
// so many rows; there is one stretch at least, which may have no rows. [review.ErrNotFound]
// where the day has no snapshot.
func (s *Store) WholePast(ctx context.Context, by By, f PastFilter, stretch int, each func(*PastView) error) error {
	if f.Search != "" {
		if err := s.foldNames(ctx); err != nil {
			return err
		}
	}
	var head PastView
	b := &pgx.Batch{}
	s.queueViewer(b, by, &head.Viewer)
	queueSnapshots(b, f.Day, &head.Snapshots)
	sql, args := s.pastSQL(by, f, ``)
	err := whole(ctx, s, b, cursor{"past", sql, "reading the portfolio of a past day"}, args, stretch, scanPast, func(tx source, found []PastRow) error {
		if head.TakenAt.IsZero() {
			return review.ErrNotFound
		}
		part := head
		part.Rows = found
		if err := s.nameStages(ctx, tx, part.Rows); err != nil {
			return err
		}
		return each(&part)
	})
	if err != nil {
		return err
	}
	s.noteUse(ctx, by, &head.Viewer)
	return nil
}
