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

// PortfolioSort orders the portfolio.
type PortfolioSort string

// The orders that the portfolio offers; each has an index.
const (
	SortName   PortfolioSort = "name"
	SortTeam   PortfolioSort = "team"
	SortReady  PortfolioSort = "ready"  // least ready first
	SortTarget PortfolioSort = "target" // soonest first, those without a date last
)

// PortfolioPage is how many projects one page lists.
const PortfolioPage = 50

// PortfolioFilter narrows the portfolio; zero values narrow nothing.
type PortfolioFilter struct {
	Search string // part of the name or key
	Team   string
	Tier   int
	Status string
	Owner  review.PersonID
	Mine   bool   // only projects that the person who asks owns
	Stage  string // key of the stage that the project is in
	Live   review.Live
	Sort   PortfolioSort
	Page   int // from 1
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
	Live       review.Live // where a running service stands in its review calendar
	ReviewDue  time.Time   // when its last gate has to pass again
}

// PortfolioView is one page of the portfolio.
type PortfolioView struct {
	Viewer
	Rows  []PortfolioRow
	More  bool             // there is a next page
	Names Names            // of the owners
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
	out := &PortfolioView{Tmpl: tmpl}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	sql, args := s.portfolioSQL(by, f, tmpl)
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
	owners := map[review.PersonID]struct{}{}
	for i := range out.Rows {
		owners[out.Rows[i].Owner] = struct{}{}
	}
	out.Names, err = s.resolve(ctx, owners)
	return out, err
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

// portfolioSQL writes the statement for a filter: conditions only for what is
// filtered, so that each combination can use its index.
func (s *Store) portfolioSQL(by By, f PortfolioFilter, tmpl *review.Template) (string, []any) {
	args := []any{by.token[:], by.person, s.idle}
	where := []string{visibleSQL}
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	if f.Search != "" {
		add(`(f.name ilike '%%' || $%[1]d || '%%' or f.key like '%%' || $%[1]d || '%%')`, likeEscape(f.Search))
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
	if f.Owner != 0 {
		add(`f.owner_id = $%d`, int64(f.Owner))
	}
	if f.Mine {
		where = append(where, `f.owner_id = (select id from me)`)
	}
	if f.Stage != "" {
		add(`f.current = $%d`, tmpl.StageIndex(review.StageKey(f.Stage)))
	}
	if f.Live != review.NotLive {
		add(`f.live = $%d and f.live <> ''`, string(f.Live)) // the index has those that run
	}
	order := `lower(f.name), f.project_id`
	switch f.Sort {
	case SortTeam:
		order = `f.team, lower(f.name), f.project_id`
	case SortReady:
		order = `f.ready, f.project_id`
	case SortTarget:
		order = `f.target nulls last, f.project_id`
	}
	// The planner has to know how few rows are wanted.
	limit := fmt.Sprintf(`limit %d`, PortfolioPage+1)
	if f.Page > 1 {
		args = append(args, (f.Page-1)*PortfolioPage)
		limit += fmt.Sprintf(` offset $%d`, len(args))
	}
	return `with ` + meSQL + `
		select f.key, f.name, f.team, f.tier, f.status, f.restricted, f.target, f.owner_id, f.ready, f.current,
		       f.must_total, f.must_done, f.should_total, f.should_done, f.blockers, f.gates, f.forced, f.live, f.review_due
		  from portfolio f, me
		 where ` + strings.Join(where, "\n		   and ") + `
		 order by ` + order + `
		 ` + limit, args
}

func scanPortfolio(rows pgx.Rows, out *PortfolioView) error {
	defer rows.Close()
	for rows.Next() {
		if len(out.Rows) == PortfolioPage {
			out.More = true
			continue
		}
		var r PortfolioRow
		var target, due *time.Time
		var a rollupArrays
		if err := rows.Scan(&r.Key, &r.Name, &r.Team, &r.Tier, &r.Status, &r.Restricted, &target, &r.Owner, &r.Ready, &r.Current,
			&a.mustTotal, &a.mustDone, &a.shouldTotal, &a.shouldDone, &a.blockers, &a.gates, &a.forced, &r.Live, &due); err != nil {
			return fmt.Errorf("reading the portfolio: %w", err)
		}
		var err error
		if r.Stages, err = a.stages(len(a.gates)); err != nil {
			return err
		}
		r.Target, r.ReviewDue = deref(target), deref(due)
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
