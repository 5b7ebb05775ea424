package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// PortfolioSort orders the portfolio by what a column shows.
type PortfolioSort string

// The orders that the portfolio offers.
const (
	SortDue     PortfolioSort = "target"  // the day that is shown, soonest first: what is at risk comes first. The order where none is asked for
	SortName    PortfolioSort = "name"    //
	SortTeam    PortfolioSort = "team"    //
	SortOwner   PortfolioSort = "owner"   //
	SortTier    PortfolioSort = "tier"    //
	SortReady   PortfolioSort = "ready"   // least ready first
	SortBlocked PortfolioSort = "blocked" // on whom, seats and people by name
	SortSince   PortfolioSort = "since"   // since when, longest first
)

// PortfolioPage is how many projects one page lists.
const PortfolioPage = 50

// PortfolioFilter narrows the portfolio; zero values narrow nothing.
type PortfolioFilter struct {
	Search   string // part of the name or key
	Team     string
	Tier     plan.Tier
	Status   review.Status
	Owner    string        // part of the owner's name
	Mine     bool          // only projects that the person who asks owns
	Stage    plan.StageKey // the stage that the project is in
	Uses     string        // key of a lifecycle or module that the project goes by
	Version  int           // of what it uses; 0: any
	module   bool          // what it uses is one
	sought   string        // what is searched, folded
	risky    []int64       // the projects that are at risk, where AtRisk is asked
	few      []int64       // those that the standings leave, where they are few; nil: they are many, or it was not asked
	paces    paces
	Live     review.Live
	Gate     []review.GateState // a gate of the project is in one of these states
	Seat     plan.Seat          // that the project waits for
	Person   string             // part of the name of somebody whom it waits for
	Me       bool               // it waits for the person who asks
	Anyone   string             // part of the name of somebody on the project
	On       bool               // the person who asks is on the project
	Late     bool               // its target has passed
	AtRisk   bool               // it has not, and will by the forecast
	Month    time.Time          // of its target: the first day of it
	NoTarget bool
	NoDeputy bool
	Alarm    record.Alarm // a record of the project asks for attention for this reason
	Stale    bool         // nobody has looked at one of its documents in time
	Exposure review.Exposure
	Tag      string // as [fold.Tag] has it
	Behind   bool   // its plan has a document of which there is a newer version
	Waivers  bool   // a waiver of it ends soon
	Expired  bool   // evidence of an item of it has expired
	NoOwner  bool   // its owner cannot sign in, or a stage that has begun has none of its own
	Columns  string // key of the lifecycle whose stages are the columns; empty, or of none that there is: that of new projects
	Sort     PortfolioSort
	Desc     bool // the other way round
	Page     int  // from 1
}

// PortfolioRow is a project in a list.
type PortfolioRow struct {
	Key        review.ProjectKey
	Name       string
	Team       string
	Tier       plan.Tier
	Status     review.Status
	Restricted bool
	Exposure   review.Exposure
	Tags       []string
	Target     time.Time
	Owner      review.PersonID
	Ready      int       // musts done, in percent, rounded down
	Current    int       // index of the first stage whose gate has not passed
	Entered    time.Time // since when it is that
	Forecast   time.Time // day of its launch at its lifecycle's pace; zero: not known, or nothing is left before it
	Stages     []review.StageRollup
	Live       review.Live     // where a running service stands in its review calendar
	ReviewDue  time.Time       // when its last gate has to pass again
	Waited     []review.Party  // whose turn it is, who kept it longest first
	Since      time.Time       // since when the first of them does; zero: not known
	Vacant     []plan.Seat     // in which nobody can do what it waits for; an empty seat where it is in none in particular
	Lifecycle  *plan.Lifecycle // that it follows
	id         review.ProjectID
	review     int
	ref        plan.Ref
	leaderless bool // neither owner nor deputy can sign in
	Kept       Kept
	Twin       bool // the person sees another project of the same name
}

// PortfolioView is one page of the portfolio.
type PortfolioView struct {
	Viewer
	Rows   []PortfolioRow
	Page   int             // which one: the last, when one beyond was asked for
	More   bool            // there is a next page
	Totals PortfolioTotals // of all pages, whether at risk, late, lapsed or ready
	Views  []SavedView     // of the person, and those that others share
	Names  Names           // of the owners and those who are waited for
	Teams  []string        // to filter by; nil when there are more than TeamsListed
	Tags   []string        // to filter by, those of the most projects; see [TagsListed]
	Tmpl   *plan.Lifecycle // its stages are the columns: of new projects, or as the filter says
	paces  paces
}

// TeamsListed is the most teams that a filter lists. Where there are more, a
// person knows better which one they want.
const TeamsListed = 40

// Portfolio lists the projects that the person may see.
func (s *Store) Portfolio(ctx context.Context, by By, f PortfolioFilter) (*PortfolioView, error) {
	tmpl, err := s.forPortfolio(ctx, &f)
	if err != nil {
		return nil, err
	}
	if err := s.standings.upToDate(ctx, s); err != nil {
		return nil, err
	}
	if err := s.findFew(ctx, &f, tmpl); err != nil {
		return nil, err
	}
	f.Page = max(f.Page, 1)
	out := &PortfolioView{Tmpl: tmpl, Page: f.Page, paces: f.paces}
	var ids []int64
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	tally := s.queueTally(b, by, f, tmpl)
	s.queueTeams(b, by, &out.Teams)
	s.queueViews(b, by, &out.Views)
	if f.Page <= pagesCounted {
		s.queuePage(b, by, f, tmpl, &ids)
	}
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	out.Totals, out.Tags = tally.strip(out.Now), tally.tags()
	if out.More = len(ids) > PortfolioPage; out.More {
		ids = ids[:PortfolioPage]
	}
	if len(ids) == 0 && f.Page > 1 {
		if ids, err = s.farPage(ctx, by, f, out); err != nil {
			return nil, err
		}
	}
	if err := s.readCards(ctx, by, ids, out); err != nil {
		return nil, err
	}
	return out, s.completePortfolio(ctx, s.pool, out)
}

// queuePage finds the projects of a page, and the one after it. A list that is narrowed is planned
// for the values that narrow it: few projects and many are found in other ways. It comes last,
// since that holds for what comes after it in the batch.
func (s *Store) queuePage(b *pgx.Batch, by By, f PortfolioFilter, tmpl *plan.Lifecycle, ids *[]int64) {
	sql, args := s.pageSQL(by, f, tmpl, fromFirst)
	if len(args) > len(s.asked(by)) {
		queueByValue(b)
	}
	b.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
}

// forPortfolio finds what has to be known before the list is read, and the lifecycle
// whose stages are its columns.
func (s *Store) forPortfolio(ctx context.Context, f *PortfolioFilter) (*plan.Lifecycle, error) {
	if f.Search+f.Owner+f.Person+f.Anyone != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.whatIsUsed(ctx, f); err != nil {
		return nil, err
	}
	known, err := s.paces(ctx)
	if err != nil {
		return nil, err
	}
	f.paces, f.sought = known, fold.Text(f.Search)
	if f.AtRisk {
		if err := s.standings.upToDate(ctx, s); err != nil {
			return nil, err
		}
		f.risky = s.standings.atRisk(time.Now().In(s.zone), known)
	}
	if l := known.newest(f.Columns); l != nil {
		return l, nil
	}
	return s.lifecycle(ctx)
}

// fewProjects is up to how many projects a list asks for by their numbers.
const fewProjects = 1000

// findFew finds the projects that a filter without an index leaves, where they are few: the
// database would look for them along the whole list. What was written up to now counts, as
// anywhere in a list.
func (s *Store) findFew(ctx context.Context, f *PortfolioFilter, tmpl *plan.Lifecycle) error {
	if f.Exposure == "" && f.Month.IsZero() && !f.NoTarget {
		return nil
	}
	now := time.Now().In(s.zone)
	if s.standings.few(f, now, tmpl) == nil {
		return nil
	}
	if err := s.standings.upToNow(ctx, s); err != nil {
		return err
	}
	f.few = s.standings.few(f, now, tmpl)
	return nil
}

// completePortfolio adds to rows what other tables say of their projects.
func (s *Store) completePortfolio(ctx context.Context, db source, out *PortfolioView) (err error) {
	people := map[review.PersonID]struct{}{}
	for i := range out.Rows {
		r := &out.Rows[i]
		if r.Lifecycle, err = s.templateOn(ctx, db, r.ref); err != nil {
			return err
		}
		people[r.Owner] = struct{}{}
		for _, w := range r.Waited {
			if w.Person != 0 {
				people[w.Person] = struct{}{}
			}
		}
	}
	out.forecast()
	if err := fillVacant(ctx, db, out.Rows); err != nil {
		return err
	}
	out.Names, err = s.resolveOn(ctx, db, people)
	return err
}

// pagesCounted is up to which page a list is read without counting it first.
const pagesCounted = 10

// farPage counts the list and finds the projects of a page from the end that is nearer; the
// last in the place of one beyond it.
func (s *Store) farPage(ctx context.Context, by By, f PortfolioFilter, out *PortfolioView) ([]int64, error) {
	sql, args := s.portfolioCountSQL(by, f, out.Tmpl)
	var n int
	if err := s.pool.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		return nil, fmt.Errorf("counting the portfolio: %w", err)
	}
	last := max(1, (n+PortfolioPage-1)/PortfolioPage)
	f.Page = min(f.Page, last)
	out.Page = f.Page
	begins := fromFirst
	if f.Page > last/2 {
		begins = n
	}
	sql, args = s.pageSQL(by, f, out.Tmpl, begins)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading a page of the portfolio: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("reading a page of the portfolio: %w", err)
	}
	if begins == n {
		slices.Reverse(ids)
		out.More = f.Page < last
		return ids, nil
	}
	out.More = len(ids) > PortfolioPage
	return ids[:min(len(ids), PortfolioPage)], nil
}

// queueTeams lists the teams to filter by: none when there are more than TeamsListed.
func (s *Store) queueTeams(b *pgx.Batch, by By, into *[]string) {
	b.Queue(teamsSQL, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		if *into, err = pgx.CollectRows(rows, pgx.RowTo[string]); len(*into) > TeamsListed {
			*into = nil
		}
		return err
	})
}

// teamsSQL lists the teams of the projects that a person may see. For those who
// read all projects, it hops from team to team along the index; the others have
// few.
var teamsSQL = `with recursive ` + meSQL + `, team (name, no) as (
	    select (select f.team from portfolio f where ` + visibleSQL + ` order by f.team limit 1), 1 from me where me.reads
	    union all
	    select (select f.team from portfolio f where f.team > t.name and ` + visibleSQL + ` order by f.team limit 1), t.no + 1
	      from team t, me
	     where t.name is not null and t.no <= ` + strconv.Itoa(TeamsListed) + `
	), own (name) as (
	    select distinct f.team from me join portfolio f on f.project_id = any(me.own) where not me.reads
	)
	select name from team where name is not null
	union all
	select name from own
	 order by name
	 limit ` + strconv.Itoa(TeamsListed+1)

// dueSQL is the day that a list shows of a project; the index portfolio_due has
// it in the same words.
const dueSQL = `(case when f.status <> 'active' then null when f.live <> '' then (f.review_due at time zone 'UTC')::date else f.target end)`

// peopleLikeSQL are the people with a part of their name or address.
const peopleLikeSQL = `(select id from person where search like '%' || $* || '%')`

// In the place of how many rows a list has: read a page from the first row, or read
// all of it.
const (
	fromFirst = -1
	allRows   = -2
)

// pageSQL finds the projects of a page of what a filter leaves. What lists show of them is read
// by their numbers, with a statement that is the same for all lists: so it is planned once.
func (s *Store) pageSQL(by By, f PortfolioFilter, tmpl *plan.Lifecycle, total int) (string, []any) {
	ordered, args := s.orderedSQL(by, f, tmpl, total, `f.project_id as id`)
	return `with ` + meSQL + `
		` + ordered, args
}

// projectRowsSQL is what lists show of projects: rows of the portfolio with their place.
func projectRowsSQL(from string) string {
	return `with ` + meSQL + `
		select f.key, f.name, f.team, f.tier, f.status, f.restricted, f.target, f.owner_id, f.ready, f.current,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.expired, f.exposure, f.tags, f.live, f.review_due,
		       array_to_string(f.waited, ' '), f.blocked_since, ` + twinSQL(`f`) + `, f.project_id, f.review_no, ` + leaderlessSQL + `,
		       r.template_key, r.template_version, r.template_digest, ` + enteredSQL + `
		  from (` + from + `) f
		  join review r on r.project_id = f.project_id and r.no = f.review_no, me
		 order by f.place`
}

// orderedSQL selects something of the projects that a filter leaves, in order:
// conditions only for what is filtered, so that each combination can use its index.
// Unless it is fromFirst or allRows, total says how many rows there are, and the page is
// read from the last, backwards.
func (s *Store) orderedSQL(by By, f PortfolioFilter, tmpl *plan.Lifecycle, total int, what string) (string, []any) {
	args, where := s.portfolioWhere(by, &f, tmpl)
	size, skip := PortfolioPage+1, (f.Page-1)*PortfolioPage
	desc, nulls := f.Desc, "nulls last"
	switch total {
	case fromFirst:
	case allRows:
		skip = 0
	default:
		end := min(total, skip+PortfolioPage)
		size, skip = end-skip, total-end
		desc, nulls = !desc, "nulls first"
	}
	way := "asc"
	if desc {
		way = "desc"
	}
	most := fmt.Sprintf(` limit %d`, skip+size)
	if total == allRows {
		most = ""
	}
	rest := "portfolio f, me\n\t\t         where " + strings.Join(where, "\n\t\t           and ")
	from, order, dated := "from "+rest, "", ""
	switch f.Sort {
	case SortName:
		order = `lower(f.name) %[1]s, f.project_id %[1]s`
	case SortTeam:
		order = `f.team %[1]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortTier:
		order = `f.tier %[1]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortReady:
		order = `f.ready %[1]s, f.project_id %[1]s`
	case SortOwner: // of each owner at most as many as the page can show, along the index, however many they own
		of := `lower(f.name) %[1]s, f.project_id %[1]s`
		from = `from me, person o, lateral (
		    select f.* from portfolio f where f.owner_id = o.id and ` + strings.Join(where, " and ") + `
		     order by ` + inOrder(of, way, nulls) + most + `) f`
		order = `lower(o.name) %[1]s, o.id %[1]s, ` + of
	case SortBlocked:
		from = "from portfolio f left join person o on o.id = f.blocked_by, me" + strings.TrimPrefix(rest, "portfolio f, me")
		order = `coalesce(lower(o.name), f.waited[1]) %[1]s %[2]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortSince:
		dated, order = `f.blocked_since`, `f.project_id %[1]s`
	default:
		dated, order = dueSQL, `lower(f.name) %[1]s, f.project_id %[1]s`
		if f.Status == review.StatusOnHold || f.Status == review.StatusStopped { // which have no such day
			dated = ""
		}
	}
	switch {
	case dated == "":
	case desc == (nulls == "nulls last"), f.NoTarget: // no index has them so, or they are its end: what has no date is read by itself
		byDate, has := dated+" %[1]s, "+order, dated+` is not null`
		if f.NoTarget && dated == dueSQL {
			has += ` and f.live <> ''` // whose date is another, and which have an index
		}
		from = `from (
		    (select f.*, false as dateless from ` + rest + ` and ` + has + `
		      order by ` + inOrder(byDate, way, nulls) + most + `)
		    union all
		    (select f.*, true from ` + rest + ` and ` + dated + ` is null
		      order by ` + inOrder(order, way, nulls) + most + `)) f`
		order = `f.dateless ` + map[bool]string{true: "asc", false: "desc"}[nulls == "nulls last"] + `, ` + byDate
	default:
		order = dated + " %[1]s %[2]s, " + order
	}
	// The planner has to know how few rows are wanted.
	limit := fmt.Sprintf(`limit %d`, size)
	if total == allRows {
		limit = ""
	}
	if skip > 0 {
		args = append(args, skip)
		limit += fmt.Sprintf(` offset $%d`, len(args))
	}
	return `select ` + what + ` ` + from + ` order by ` + inOrder(order, way, nulls) + ` ` + limit, args
}

// inOrder fills a direction into an order, and where it puts what is empty, if
// it asks for that.
func inOrder(order, way, nulls string) string {
	return strings.NewReplacer("%[1]s", way, "%[2]s", nulls).Replace(order)
}

// portfolioCountSQL counts what a filter leaves.
func (s *Store) portfolioCountSQL(by By, f PortfolioFilter, tmpl *plan.Lifecycle) (string, []any) {
	args, where := s.portfolioWhere(by, &f, tmpl)
	return `with ` + meSQL + ` select count(*)::int from portfolio f, me where ` + strings.Join(where, " and "), args
}

// portfolioWhere are the conditions of a filter, and that the person may see the
// project.
func (s *Store) portfolioWhere(by By, f *PortfolioFilter, tmpl *plan.Lifecycle) (args sqlArgs, where []string) {
	args = sqlArgs{by.token[:], by.person, s.idle}
	where = append([]string{visibleSQL}, f.rely()...)
	add := func(cond string, v any) { where = append(where, strings.ReplaceAll(cond, "$*", args.put(v))) }
	f.narrow(add)
	if f.Stage != "" {
		keys, versions, places := f.paces.inStage(tmpl, f.Stage)
		in := args.put(places)
		at := `f.current = any(` + in + `::smallint[])`
		if few := slices.Compact(slices.Sorted(slices.Values(places))); len(few) == 1 {
			at = `f.current = ` + args.put(few[0]) // which has the index give the rows in order
		}
		where = append(where, at, `exists (select from review r
		    join unnest(`+args.put(keys)+`::text[], `+args.put(versions)+`::int[], `+in+`::smallint[]) s (key, version, place)
		      on s.key = r.template_key and s.version = r.template_version and s.place = f.current
		   where r.project_id = f.project_id and r.no = f.review_no)`)
	}
	if f.Late {
		where = append(where, lateSQL(args.put(passedStates())))
	}
	if f.AtRisk {
		where = append(where, `f.project_id = any(`+args.put(f.risky)+`::bigint[])`)
	}
	if f.few != nil {
		where = append(where, `f.project_id = any(`+args.put(f.few)+`::bigint[])`)
	}
	return args, where
}

// rely are the conditions that rest on who asks, or on nothing.
func (f *PortfolioFilter) rely() (where []string) {
	for _, c := range []struct {
		on   bool
		cond string
	}{
		{f.Mine, `f.owner_id = (select id from me)`},
		{f.On, `f.project_id = any(array(select project_id from project_member where person_id = (select id from me)))`},
		{f.Me, `f.waited && (select array_agg(w) from (
		    select me.id::text from me union all
		    select g.seat from held g, me where g.person_id = me.id and g.seat <> '' and ` + countsSQL + `) own (w))`},
		{f.Stale, `f.project_id in (select project_id from record where kind = 'document' and not closed and due < current_date)`},
		{f.NoDeputy, `f.deputy_id is null`},
		{f.NoTarget, `f.target is null`},
		{f.Behind, isBehindSQL},
		{f.Waivers, waiverEndsSQL},
		{f.Expired, hasExpiredSQL},
		{f.NoOwner, `f.status <> 'stopped' and (f.unowned or f.owner_id = any(array(select id from person where blocked_at is not null or erased_at is not null)))`},
	} {
		if c.on {
			where = append(where, c.cond)
		}
	}
	return where
}

// narrow adds the conditions that take a value, whose place is $*.
func (f *PortfolioFilter) narrow(add func(cond string, v any)) {
	if f.Search != "" {
		add(`(f.search like '%' || $* || '%' or f.key like '%' || $* || '%')`, folded(f.Search))
		// Whatever has it has these words, which are found by their index where few have them.
		if words := fold.Words(f.Search); utf8.RuneCountInString(words) >= 3 {
			add(`f.project_id in (select id from project where search like '%' || $* || '%' or search is null)`, words)
		}
	}
	if f.Team != "" {
		add(`f.team = $*`, f.Team)
	}
	if f.Tier != 0 {
		add(`f.tier = $*`, f.Tier)
	}
	if f.Exposure != "" {
		add(`f.exposure = $*`, string(f.Exposure))
	}
	if f.Tag != "" {
		add(`f.tags <> '{}' and f.tags @> array[$*::text]`, f.Tag) // the index has those with a tag
	}
	if f.Status != "" {
		add(`f.status = $*`, f.Status)
	}
	if f.Owner != "" {
		add(`f.owner_id = any(array`+peopleLikeSQL+`)`, folded(f.Owner))
	}
	if f.Uses != "" {
		add(f.usesSQL(), f.Uses)
	}
	if f.Live != review.NotLive {
		add(`f.live = $* and f.live <> ''`, string(f.Live)) // the index has those that run
	}
	if len(f.Gate) > 0 {
		add(`f.gates && $*::smallint[]`, gateNumbers(f.Gate))
	}
	if f.Seat != "" {
		add(`f.waited && array[$*::text]`, string(f.Seat))
	}
	if f.Person != "" {
		add(`f.waited && (select array_agg(id::text) from `+peopleLikeSQL+` named)`, folded(f.Person))
	}
	if f.Anyone != "" {
		add(`f.project_id in (select project_id from project_member where person_id = any(array`+peopleLikeSQL+`))`, folded(f.Anyone))
	}
	if f.Alarm != record.NoAlarm {
		add(`f.project_id in (select project_id from record where alarm = $* and alarm <> '')`, string(f.Alarm))
	}
	if !f.Month.IsZero() {
		add(`f.target >= $*::date and f.target < $*::date + interval '1 month'`, f.Month)
	}
}

// hasExpiredSQL is that evidence of an item has expired, in words of which the planner knows how
// many projects they are about.
const hasExpiredSQL = `not f.expired <@ '{0}'::smallint[]`

// isBehindSQL is that a project that is not stopped has a newer version of something its plan
// is made of.
const isBehindSQL = `f.status <> 'stopped' and (f.project_id, f.review_no) in (select u.project_id, u.no from (
    with newest as materialized (` + newestSQL + `)` + behindReviewsSQL + ` offset 0) u)`

// waiverEndsSQL is that a waiver of a project that is not stopped is in force and ends soon, as
// [WaiversExpiring] has it. The few that end soon are found by their index.
var waiverEndsSQL = `f.status <> 'stopped' and (f.project_id, f.review_no) in (
    select w.project_id, w.review_no from waiver w
     where w.granted_at <= clock_timestamp() and w.revoked_at is null and w.until >= current_date and w.until <= current_date + ` + strconv.Itoa(review.DueAhead) + `)`

// gateNumbers are states of gates as the portfolio stores them.
func gateNumbers(states []review.GateState) []int16 {
	out := make([]int16, len(states))
	for i, g := range states {
		out[i] = int16(g)
	}
	return out
}

func scanProjectRow(rows pgx.Rows) (PortfolioRow, error) {
	var r PortfolioRow
	var target, due, since *time.Time
	var waited string
	var a rollupArrays
	if err := rows.Scan(&r.Key, &r.Name, &r.Team, &r.Tier, &r.Status, &r.Restricted, &target, &r.Owner, &r.Ready, &r.Current,
		&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &a.expired, &r.Exposure, &r.Tags, &r.Live, &due,
		&waited, &since, &r.Twin, &r.id, &r.review, &r.leaderless,
		&r.ref.Key, &r.ref.Version, &r.ref.Digest, &r.Entered); err != nil {
		return r, fmt.Errorf("reading the portfolio: %w", err)
	}
	r.Target, r.ReviewDue, r.Since, r.Waited = deref(target), deref(due), deref(since), review.ParseParties(waited)
	var err error
	r.Stages, err = a.stages(len(a.gates))
	return r, err
}

// likeEscape makes a search text literal inside a LIKE pattern.
func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// whatIsUsed finds out what sort of document a filter names.
func (s *Store) whatIsUsed(ctx context.Context, f *PortfolioFilter) error {
	if f.Uses == "" {
		return nil
	}
	err := s.pool.QueryRow(ctx, `select exists (select from template_version where key = $1 and kind <> 'lifecycle')`, f.Uses).Scan(&f.module)
	if err != nil {
		return fmt.Errorf("finding what projects use: %w", err)
	}
	return nil
}

// usesSQL are the projects that use a document. Most may go by a lifecycle, so
// each says by which; few have a module, so these are found by it. The planner
// would look at one project after the other, hoping for a page of them soon.
func (f *PortfolioFilter) usesSQL() string {
	version := func(column string) string {
		if f.Version == 0 {
			return ""
		}
		return ` and ` + column + ` = ` + strconv.Itoa(f.Version)
	}
	if !f.module {
		return `exists (select from review r
		         where r.project_id = f.project_id and r.no = f.review_no and r.template_key = $*` + version(`r.template_version`) + `)`
	}
	return `(f.project_id, f.review_no) in (select u.project_id, u.no from (
	    select r.project_id, r.no from (` + madeOfSQL + `) made join review r on r.plan = made.digest` + version(`made.version`) + ` offset 0) u)`
}

// lifecycle is what new projects get; it names the stages where a page has no
// single project.
func (s *Store) lifecycle(ctx context.Context) (*plan.Lifecycle, error) {
	ref, err := s.DefaultLifecycle(ctx)
	if err != nil {
		return nil, err
	}
	return s.Template(ctx, ref)
}

// Existing says which of the keys are taken, and whether there are projects
// under others.
func (s *Store) Existing(ctx context.Context, keys []review.ProjectKey) (there []review.ProjectKey, others bool, err error) {
	err = s.pool.QueryRow(ctx, `
		select coalesce((select array_agg(key) from project where key = any($1)), '{}'),
		       exists (select from project where key <> all($1))`, texts(keys)).Scan(&there, &others)
	if err != nil {
		return nil, false, fmt.Errorf("looking for projects: %w", err)
	}
	return there, others, nil
}
