package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
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
	Tier     int
	Status   string
	Owner    string // part of the owner's name
	Mine     bool   // only projects that the person who asks owns
	Stage    string // key of the stage that the project is in
	Live     review.Live
	Gate     []review.GateState // a gate of the project is in one of these states
	Seat     review.Seat        // that the project waits for
	Person   string             // part of the name of somebody whom it waits for
	Me       bool               // it waits for the person who asks
	Late     bool               // its target has passed
	NoDeputy bool
	Sort     PortfolioSort
	Desc     bool // the other way round
	Page     int  // from 1
}

// PortfolioRow is a project in a list.
type PortfolioRow struct {
	Key        review.ProjectKey
	Name       string
	Team       string
	Tier       review.Tier
	Status     review.Status
	Restricted bool
	Target     time.Time
	Owner      review.PersonID
	Ready      int // musts done, in percent, rounded down
	Current    int // index of the first stage whose gate has not passed
	Stages     []review.StageRollup
	Live       review.Live    // where a running service stands in its review calendar
	ReviewDue  time.Time      // when its last gate has to pass again
	Waited     []review.Party // whose turn it is, who kept it longest first
	Since      time.Time      // since when the first of them does; zero: not known
	Twin       bool           // the person sees another project of the same name
}

// PortfolioView is one page of the portfolio.
type PortfolioView struct {
	Viewer
	Rows  []PortfolioRow
	Page  int              // which one: the last, when one beyond was asked for
	More  bool             // there is a next page
	Names Names            // of the owners and those who are waited for
	Teams []string         // to filter by; nil when there are more than TeamsListed
	Tmpl  *review.Template // the newest lifecycle, for the names of the stages
}

// TeamsListed is the most teams that a filter lists. Where there are more, a
// person knows better which one they want.
const TeamsListed = 40

// Portfolio lists the projects that the person may see.
func (s *Store) Portfolio(ctx context.Context, by By, f PortfolioFilter) (*PortfolioView, error) {
	tmpl, err := s.lifecycle(ctx)
	if err != nil {
		return nil, err
	}
	if f.Search+f.Owner+f.Person != "" {
		if err := s.foldNames(ctx); err != nil {
			return nil, err
		}
	}
	f.Page = max(f.Page, 1)
	out := &PortfolioView{Tmpl: tmpl, Page: f.Page}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	sql, args := s.portfolioSQL(by, f, tmpl, false)
	b.Queue(sql, args...).Query(func(rows pgx.Rows) error { return scanPortfolio(rows, out) })
	b.Queue(teamsSQL, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) (err error) {
		if out.Teams, err = pgx.CollectRows(rows, pgx.RowTo[string]); len(out.Teams) > TeamsListed {
			out.Teams = nil
		}
		return err
	})
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading the portfolio", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if len(out.Rows) == 0 && f.Page > 1 {
		if err := s.lastPage(ctx, by, f, out); err != nil {
			return nil, err
		}
	}
	people := map[review.PersonID]struct{}{}
	for i := range out.Rows {
		r := &out.Rows[i]
		people[r.Owner] = struct{}{}
		if len(r.Waited) > 0 && r.Waited[0].Person != 0 {
			people[r.Waited[0].Person] = struct{}{}
		}
	}
	out.Names, err = s.resolve(ctx, people)
	return out, err
}

// lastPage reads the last page in the place of one beyond it.
func (s *Store) lastPage(ctx context.Context, by By, f PortfolioFilter, out *PortfolioView) error {
	sql, args := s.portfolioSQL(by, f, out.Tmpl, true)
	var n int
	if err := s.pool.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		return fmt.Errorf("counting the portfolio: %w", err)
	}
	f.Page = max(1, (n+PortfolioPage-1)/PortfolioPage)
	out.Page = f.Page
	sql, args = s.portfolioSQL(by, f, out.Tmpl, false)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("reading the last page of the portfolio: %w", err)
	}
	return scanPortfolio(rows, out)
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

// twinSQL is whether the person sees another project of the same name.
var twinSQL = `exists (select from portfolio t where t.search = f.search and t.project_id <> f.project_id and ` + strings.ReplaceAll(visibleSQL, "f.", "t.") + `)`

// peopleLikeSQL are the people with a part of their name or address.
const peopleLikeSQL = `(select id from person where search like '%%' || $%d || '%%')`

// portfolioSQL writes the statement for a filter: conditions only for what is
// filtered, so that each combination can use its index. count asks how many
// there are instead.
func (s *Store) portfolioSQL(by By, f PortfolioFilter, tmpl *review.Template, count bool) (string, []any) {
	args := []any{by.token[:], by.person, s.idle}
	where := []string{visibleSQL}
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	f.narrow(add, tmpl)
	if f.Mine {
		where = append(where, `f.owner_id = (select id from me)`)
	}
	if f.Me {
		where = append(where, `f.waited && (select array_agg(w) from (
		    select me.id::text from me union all
		    select g.seat from held g, me where g.person_id = me.id and g.seat <> '' and `+countsSQL+`) own (w))`)
	}
	if f.NoDeputy {
		where = append(where, `f.deputy_id is null`)
	}
	from := `portfolio f, me`
	order := dueSQL + ` %[1]s nulls last, lower(f.name) %[1]s, f.project_id %[1]s`
	switch f.Sort {
	case SortName:
		order = `lower(f.name) %[1]s, f.project_id %[1]s`
	case SortTeam:
		order = `f.team %[1]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortTier:
		order = `f.tier %[1]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortReady:
		order = `f.ready %[1]s, f.project_id %[1]s`
	case SortOwner:
		from = `person o join portfolio f on f.owner_id = o.id, me`
		order = `lower(o.name) %[1]s, o.id %[1]s, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortBlocked:
		from = `portfolio f left join person o on o.id = f.blocked_by, me`
		order = `coalesce(lower(o.name), f.waited[1]) %[1]s nulls last, lower(f.name) %[1]s, f.project_id %[1]s`
	case SortSince:
		order = `f.blocked_since %[1]s nulls last, f.project_id %[1]s`
	}
	way := "asc"
	if f.Desc {
		way = "desc"
	}
	rest := "\n\t\t  from " + from + "\n\t\t where " + strings.Join(where, "\n\t\t   and ")
	if count {
		return `with ` + meSQL + ` select count(*)::int` + rest, args
	}
	// The planner has to know how few rows are wanted.
	limit := fmt.Sprintf(`limit %d`, PortfolioPage+1)
	if f.Page > 1 {
		args = append(args, (f.Page-1)*PortfolioPage)
		limit += fmt.Sprintf(` offset $%d`, len(args))
	}
	return `with ` + meSQL + `
		select f.key, f.name, f.team, f.tier, f.status, f.restricted, f.target, f.owner_id, f.ready, f.current,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.live, f.review_due,
		       array_to_string(f.waited, ' '), f.blocked_since, ` + twinSQL + rest + `
		 order by ` + fmt.Sprintf(order, way) + `
		 ` + limit, args
}

// narrow adds the conditions that take a value.
func (f *PortfolioFilter) narrow(add func(cond string, v any), tmpl *review.Template) {
	if f.Search != "" {
		add(`(f.search like '%%' || $%[1]d || '%%' or f.key like '%%' || $%[1]d || '%%')`, folded(f.Search))
	}
	if f.Team != "" {
		add(`f.team = $%d`, f.Team)
	}
	if f.Tier != 0 {
		add(`f.tier = $%d`, f.Tier)
	}
	if f.Status != "" {
		add(`f.status = $%d`, f.Status)
	}
	if f.Owner != "" {
		add(`f.owner_id in `+peopleLikeSQL, folded(f.Owner))
	}
	if f.Stage != "" {
		add(`f.current = $%d`, tmpl.StageIndex(review.StageKey(f.Stage)))
	}
	if f.Live != review.NotLive {
		add(`f.live = $%d and f.live <> ''`, string(f.Live)) // the index has those that run
	}
	if len(f.Gate) > 0 {
		states := make([]int16, len(f.Gate))
		for i, g := range f.Gate {
			states[i] = int16(g)
		}
		add(`f.gates && $%d::smallint[]`, states)
	}
	if f.Seat != "" {
		add(`f.waited && array[$%d::text]`, string(f.Seat))
	}
	if f.Person != "" {
		add(`f.waited && (select array_agg(id::text) from `+peopleLikeSQL+` named)`, folded(f.Person))
	}
	if f.Late {
		var passed []int16
		for g := review.GateBlocked; g <= review.GateBreakGlass; g++ {
			if g.Passed() {
				passed = append(passed, int16(g))
			}
		}
		add(dueSQL+` < (now() at time zone 'UTC')::date and f.live = '' and not f.gates <@ $%d::smallint[]`, passed)
	}
}

func scanPortfolio(rows pgx.Rows, out *PortfolioView) error {
	defer rows.Close()
	for rows.Next() {
		if len(out.Rows) == PortfolioPage {
			out.More = true
			continue
		}
		var r PortfolioRow
		var target, due, since *time.Time
		var waited string
		var a rollupArrays
		if err := rows.Scan(&r.Key, &r.Name, &r.Team, &r.Tier, &r.Status, &r.Restricted, &target, &r.Owner, &r.Ready, &r.Current,
			&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &r.Live, &due,
			&waited, &since, &r.Twin); err != nil {
			return fmt.Errorf("reading the portfolio: %w", err)
		}
		var err error
		if r.Stages, err = a.stages(len(a.gates)); err != nil {
			return err
		}
		r.Target, r.ReviewDue, r.Since, r.Waited = deref(target), deref(due), deref(since), review.ParseParties(waited)
		out.Rows = append(out.Rows, r)
	}
	return rows.Err()
}

// likeEscape makes a search text literal inside a LIKE pattern.
func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// lifecycle is the newest version of the first template; it names the stages
// where a page has no single project.
func (s *Store) lifecycle(ctx context.Context) (*review.Template, error) {
	ref, err := s.DefaultTemplate(ctx)
	if err != nil {
		return nil, err
	}
	return s.Template(ctx, ref)
}

// DefaultTemplate is what new projects are pinned to.
func (s *Store) DefaultTemplate(ctx context.Context) (review.TemplateRef, error) {
	s.templates.mu.RLock()
	ref, at := s.templates.latest, s.templates.latestAt
	s.templates.mu.RUnlock()
	if ref.Key != "" && time.Since(at) < time.Minute {
		return ref, nil
	}
	refs, err := s.LatestTemplates(ctx)
	if err != nil {
		return review.TemplateRef{}, err
	}
	if len(refs) == 0 {
		return review.TemplateRef{}, fmt.Errorf("no template is published; run the migrate command")
	}
	s.templates.mu.Lock()
	defer s.templates.mu.Unlock()
	s.templates.latest, s.templates.latestAt = refs[0], time.Now()
	return refs[0], nil
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
