package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// WaiverPage is how many waivers one page of the register lists.
const WaiverPage = 100

// WaiverKind is a part of the register.
type WaiverKind string

// The parts of the register; each but the first has a count.
const (
	WaiversCurrent  WaiverKind = ""         // waiting or in force
	WaiversWaiting  WaiverKind = "waiting"  // for a decision, the oldest first
	WaiversInForce  WaiverKind = "in-force" // the soonest to end first
	WaiversExpiring WaiverKind = "expiring" // in force, and ending within 14 days
	WaiversExpired  WaiverKind = "expired"  // the latest first
	WaiversDenied   WaiverKind = "denied"
	WaiversRevoked  WaiverKind = "revoked"
)

// waiverKinds says in SQL which waivers a part holds; the columns are those of
// the CTE found.
var waiverKinds = map[WaiverKind]string{
	WaiversCurrent:  `found.state in ('waiting', 'in force')`,
	WaiversWaiting:  `found.state = 'waiting'`,
	WaiversInForce:  `found.state = 'in force'`,
	WaiversExpiring: `found.state = 'in force' and found.until <= found.now::date + ` + strconv.Itoa(review.DueAhead),
	WaiversExpired:  `found.state = 'expired'`,
	WaiversDenied:   `found.state = 'denied'`,
	WaiversRevoked:  `found.state = 'revoked'`,
}

// indexed says of the kinds that are few among all there have ever been what an index
// finds; what their state says more is asked of these.
func (k WaiverKind) indexed() []string {
	switch k {
	case WaiversWaiting:
		return []string{`found.granted_at is null and found.denied_at is null`}
	case WaiversCurrent, WaiversInForce:
		return []string{`found.until >= current_date`}
	case WaiversExpiring:
		return []string{`found.until >= current_date and found.until <= current_date + ` + strconv.Itoa(review.DueAhead)}
	}
	return nil
}

// WaiverFilter narrows the register; zero values narrow nothing.
type WaiverFilter struct {
	Kind    WaiverKind
	Team    string
	Project string // part of its name or key
	Mine    bool   // only what the person who asks may decide on
	Page    int    // from 1
}

// WaiverCounts says how many waivers each part of the register holds, under
// the same filter.
type WaiverCounts struct{ Waiting, InForce, Expiring, Expired, Denied, Revoked int }

// WaiverRow is a waiver in a list, with what hangs on it.
type WaiverRow struct {
	Project  review.ProjectKey
	Name     string // of the project
	Team     string
	Stage    plan.StageKey
	Gate     string // name of the stage's gate
	GateIs   review.GateState
	Title    string // of the item, by the project's own template version
	Level    plan.Level
	Waiver   review.Waiver
	State    review.WaiverState
	Lacks    review.BlockerKind // what the item lacks without the waiver; empty: nothing
	Followed bool               // a newer waiver for the item is in force
	Mine     bool               // the person who asks may decide on it
	Seq      int64              // the project's version
	Source   string             // as records name it that came of it
	Raises   []*record.Kind     // kinds of records that the person who asks may add because of it
}

// WaiversView is one page of the register.
type WaiversView struct {
	Viewer
	Rows   []WaiverRow
	More   bool // there is a next page
	Counts WaiverCounts
	Mine   WaiverCounts // of those that the person who asks may decide on
	Teams  []string     // to filter by
	Names  Names
}

// Waivers lists the waivers of the projects that the person may see: those of
// each project's present review, stopped projects left out.
func (s *Store) Waivers(ctx context.Context, by By, f WaiverFilter) (*WaiversView, error) {
	if f.Project != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	out := &WaiversView{}
	var found []foundWaiver
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	s.queueWaivers(b, by, f, WaiverPage+1, &found)
	s.queueWaiverCounts(b, by, f, out)
	b.Queue(teamsSQL, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		out.Teams, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the waivers", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if out.More = len(found) > WaiverPage; out.More {
		found = found[:WaiverPage]
	}
	var err error
	if out.Rows, err = s.explainWaivers(ctx, s.pool, &out.Viewer, found); err != nil {
		return nil, err
	}
	out.Names, err = s.resolve(ctx, waiverPeople(out.Rows))
	return out, err
}

func waiverPeople(rows []WaiverRow) map[review.PersonID]struct{} {
	ids := map[review.PersonID]struct{}{}
	for i := range rows {
		addWaiverPeople(ids, &rows[i].Waiver)
	}
	return ids
}

func addWaiverPeople(ids map[review.PersonID]struct{}, w *review.Waiver) {
	for _, p := range []review.PersonID{w.RequestedBy, w.GrantedBy, w.GrantedFor, w.DeniedBy, w.DeniedFor, w.RevokedBy, w.RevokedFor} {
		if p != 0 {
			ids[p] = struct{}{}
		}
	}
}

// mineSQL is the condition under which the person may decide on a waiver: what
// review.MayDecideWaiver says, in SQL; a test holds the two against each other.
// The person's rights are looked up once, not for each waiver.
const mineSQL = `(w.requested_by <> me.id and (
	    (select manager from decides_all)
	    or exists (select from decides d
	                 join stage t on t.project_id = w.project_id and t.review_no = w.review_no and t.stage = w.stage and d.seat = any(t.seats)
	                where d.for_id is distinct from w.requested_by
	                  and (d.project_id is null or d.project_id = w.project_id))))`

// foundSQL is the waivers that a list can show: not those that wait for a
// decision on an item that no longer applies. $4 is the moment, null for now.
const foundSQL = `with ` + meSQL + `,
	decides_all (manager) as materialized (
	    select exists (select from held g where g.person_id = (select id from me) and g.role = 'manager' and ` + countsSQL + `)
	), decides as materialized (
	    select g.seat, g.project_id, g.for_id
	      from held g
	     where g.seat <> '' and g.person_id = (select id from me) and ` + countsSQL + `
	), clock (now) as materialized (
	    select coalesce($4::timestamptz, clock_timestamp())
	), found as (
	    select w.*, f.key, f.name, f.search, f.team, f.tier, f.gates, f.project_id as id, p.profile, p.exposure, r.plan, coalesce(r.planning->'waivers', '[]') as moved, clock.now,
	           coalesce((select m.duty from project_member m where m.project_id = w.project_id and m.person_id = me.id), '') as part,
	           case when w.denied_at is not null then 'denied'
	                when w.revoked_at is not null then 'revoked'
	                when w.until < clock.now::date then 'expired'
	                when w.granted_at is null or w.granted_at > clock.now then 'waiting'
	                else 'in force' end as state,
	           ` + mineSQL + ` as mine
	      from waiver w
	      join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
	      join project p on p.id = w.project_id
	      join review r on r.project_id = w.project_id and r.no = w.review_no, me, clock
	     where f.status <> 'stopped' and (w.applies or w.granted_at is not null or w.denied_at is not null) and ` + visibleSQL + `
	)`

// waiverArgs are the arguments of [foundSQL].
func (s *Store) waiverArgs(by By) []any {
	return []any{by.token[:], by.person, s.idle, nullable(by.at)}
}

// foundWaiver is a row as the database has it, before the template explains
// what it means.
type foundWaiver struct {
	WaiverRow
	project         review.ProjectID
	tier            plan.Tier
	profile         []string
	exposure        plan.Exposure
	gates           []int16
	reviewNo        int
	moved           []review.Move // waivers of the review that are not where they were asked for
	part            review.Duty   // of the person who asks
	plan            string        // digest of what it is made of
	answer          review.Answer
	reattest        bool
	kinds           []string
	expires         []*time.Time
	granted, denied *time.Time
	revoked         *time.Time
}

func (s *Store) queueWaivers(b *pgx.Batch, by By, f WaiverFilter, limit int, out *[]foundWaiver) {
	sql, args := s.waiversSQL(by, f)
	args = append(args, limit, (max(f.Page, 1)-1)*WaiverPage)
	b.Queue(sql+fmt.Sprintf(`
		 limit $%d offset $%d`, len(args)-1, len(args)), args...).Query(func(rows pgx.Rows) (err error) {
		*out, err = pgx.CollectRows(rows, scanWaiver)
		return err
	})
}

// waiversSQL is the waivers of a filter in the order of the register.
func (s *Store) waiversSQL(by By, f WaiverFilter) (string, []any) {
	args := s.waiverArgs(by)
	where := []string{waiverKinds[f.Kind]}
	if by.at.IsZero() {
		where = append(where, f.Kind.indexed()...)
	}
	where, args = f.narrow(where, args)
	return foundSQL + `
		select found.key, ` + nameSQL(`found`) + `, found.team, found.stage, found.no, found.item, found.reason, found.risk, found.measure, found.until,
		       found.requested_by, found.requested_at, coalesce(found.granted_by, 0), coalesce(found.granted_for, 0), found.granted_at,
		       coalesce(found.denied_by, 0), coalesce(found.denied_for, 0), found.denied_at,
		       coalesce(found.revoked_by, 0), coalesce(found.revoked_for, 0), found.revoked_at, found.why,
		       (select seq from stream where id = found.id),
		       found.id, found.tier, found.profile, found.exposure, found.gates, found.plan, found.review_no, found.moved, found.part,
		       coalesce(i.state, 'open'), coalesce(i.note, ''), coalesce(i.approved_by, 0), coalesce(i.reattest, false),
		       array(select e.kind from evidence e where e.project_id = found.project_id and e.review_no = found.review_no
		                and e.stage = found.stage and e.item = found.item and e.removed_at is null order by e.no),
		       array(select e.expires from evidence e where e.project_id = found.project_id and e.review_no = found.review_no
		                and e.stage = found.stage and e.item = found.item and e.removed_at is null order by e.no),
		       exists (select from waiver n where n.project_id = found.project_id and n.review_no = found.review_no and n.stage = found.stage
		                and n.item = found.item and n.no > found.no and n.granted_at is not null and n.revoked_at is null and n.until >= found.now::date)
		  from found
		  left join item i on i.project_id = found.project_id and i.review_no = found.review_no and i.stage = found.stage and i.item = found.item
		 where ` + strings.Join(where, ` and `) + `
		 order by found.state <> 'waiting',
		          case found.state when 'waiting' then found.requested_at when 'in force' then found.until end,
		          coalesce(found.denied_at, found.revoked_at, found.until) desc, found.project_id, found.stage, found.no`, args
}

// narrow adds what the filter says beside the part of the register.
func (f WaiverFilter) narrow(where []string, args []any) ([]string, []any) {
	if f.Team != "" {
		args = append(args, f.Team)
		where = append(where, fmt.Sprintf(`found.team = $%d`, len(args)))
	}
	if f.Project != "" {
		args = append(args, folded(f.Project))
		where = append(where, fmt.Sprintf(`(found.search like '%%' || $%[1]d || '%%' or found.key like '%%' || $%[1]d || '%%')`, len(args)))
	}
	if f.Mine {
		where = append(where, `found.mine`)
	}
	return where, args
}

func scanWaiver(row pgx.CollectableRow) (foundWaiver, error) {
	var f foundWaiver
	w, a := &f.Waiver, &f.answer
	err := row.Scan((*string)(&f.Project), &f.Name, &f.Team, (*string)(&f.Stage), &w.No, (*string)(&w.Item), &w.Reason, &w.Risk, &w.Measure, &w.Until,
		(*int64)(&w.RequestedBy), &w.RequestedAt, (*int64)(&w.GrantedBy), (*int64)(&w.GrantedFor), &f.granted,
		(*int64)(&w.DeniedBy), (*int64)(&w.DeniedFor), &f.denied, (*int64)(&w.RevokedBy), (*int64)(&w.RevokedFor), &f.revoked, &w.Why, &f.Seq,
		(*int64)(&f.project), &f.tier, &f.profile, &f.exposure, &f.gates, &f.plan, &f.reviewNo, &f.moved, (*string)(&f.part),
		(*string)(&a.State), &a.Note, (*int64)(&a.ApprovedBy), &f.reattest, &f.kinds, &f.expires, &f.Followed)
	w.Until, w.RequestedAt = w.Until.UTC(), w.RequestedAt.UTC()
	w.GrantedAt, w.DeniedAt, w.RevokedAt = deref(f.granted), deref(f.denied), deref(f.revoked)
	return f, err
}

// queueWaiverCounts counts each part of the register, and what of it the
// person may decide on.
func (s *Store) queueWaiverCounts(b *pgx.Batch, by By, f WaiverFilter, out *WaiversView) {
	f.Mine = false // counted beside the others
	where, args := f.narrow([]string{`true`}, s.waiverArgs(by))
	var columns []string
	for _, mine := range []string{`true`, `found.mine`} {
		for _, k := range []WaiverKind{WaiversWaiting, WaiversInForce, WaiversExpiring, WaiversExpired, WaiversDenied, WaiversRevoked} {
			columns = append(columns, `count(*) filter (where `+mine+` and `+waiverKinds[k]+`)::int`)
		}
	}
	all, mine := &out.Counts, &out.Mine
	b.Queue(
		foundSQL+` select `+strings.Join(columns, `, `)+` from found where `+strings.Join(where, ` and `), args...,
	).QueryRow(func(row pgx.Row) error {
		return row.Scan(&all.Waiting, &all.InForce, &all.Expiring, &all.Expired, &all.Denied, &all.Revoked,
			&mine.Waiting, &mine.InForce, &mine.Expiring, &mine.Expired, &mine.Denied, &mine.Revoked)
	})
}

// explainWaivers works out by each project's own template what a waiver
// stands for.
func (s *Store) explainWaivers(ctx context.Context, db source, v *Viewer, found []foundWaiver) ([]WaiverRow, error) {
	rows := make([]WaiverRow, len(found))
	for i := range found {
		f := &found[i]
		t, err := s.planned(ctx, db, f.plan)
		if err != nil {
			return nil, err
		}
		f.State, f.Title = f.Waiver.State(v.Now), string(f.Waiver.Item)
		if si := t.StageIndex(f.Stage); si >= 0 {
			f.explain(v, &t.Stages[si], si)
		}
		f.raise(v, t)
		rows[i] = f.WaiverRow
	}
	return rows, nil
}

// raise says what the person who asks may add because of the waiver.
func (f *foundWaiver) raise(v *Viewer, t *plan.Plan) {
	point := record.Point{What: record.AtWaiver, Review: f.reviewNo, Stage: string(f.Stage), No: f.Waiver.No}
	for _, m := range f.moved {
		if m.To.Stage == f.Stage && m.To.No == f.Waiver.No {
			point.Stage, point.No = string(m.From.Stage), m.From.No
		}
	}
	f.Source = point.Source()
	p := review.Project{ID: f.project, Members: []review.Member{{Person: v.Actor.Person, Duty: f.part}}}
	if review.May(v.Actor, review.KeepRecords, &p) == nil {
		f.Raises = slices.DeleteFunc(record.RaisedAt(record.AtWaiver), func(k *record.Kind) bool { return !t.Uses(k.Key) })
	}
}

func (f *foundWaiver) explain(v *Viewer, def *plan.Stage, stage int) {
	f.Gate = def.Gate.Name
	if stage < len(f.gates) {
		f.GateIs = review.GateState(f.gates[stage])
	}
	p := review.Project{ID: f.project, Status: review.StatusActive} // that it is seen at all, the statement has found out
	for _, flag := range f.profile {
		p.Profile = append(p.Profile, plan.Flag(flag))
	}
	f.Mine = review.MayDecideWaiver(v.Actor, &p, &def.Gate, f.Waiver.RequestedBy) == nil
	for i := range def.Items {
		d := &def.Items[i]
		if d.Key != f.Waiver.Item {
			continue
		}
		f.Title, f.Level = d.Title, def.WeightFor(d, f.exposure, f.tier, p.Profile)
		bare := review.Stage{Def: def, Loaded: true, Evidence: links(d.Key, f.kinds, f.expires)} // the item as it would stand without any waiver
		f.Lacks, _ = bare.Need(&review.Item{Def: d, Level: f.Level, Answer: f.answer, Reattest: f.reattest}, v.Now)
	}
}
