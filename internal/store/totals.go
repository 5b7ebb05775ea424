package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// PortfolioGrouping is what the projects of a group of the portfolio have in common.
type PortfolioGrouping string

// The groupings that the portfolio offers.
const (
	GroupTeam      PortfolioGrouping = "team"
	GroupTier      PortfolioGrouping = "tier"
	GroupLifecycle PortfolioGrouping = "lifecycle"
	GroupMonth     PortfolioGrouping = "month" // of the target
)

// key is that of a project's group.
func (g PortfolioGrouping) key(p *standing) string {
	switch g {
	case GroupTeam:
		return p.team
	case GroupTier:
		return strconv.Itoa(int(p.tier))
	case GroupLifecycle:
		return p.ref.Key
	case GroupMonth:
		if !p.target.IsZero() {
			return p.target.Format("2006-01")
		}
	}
	return ""
}

// PortfolioTotals is what projects amount to.
type PortfolioTotals struct {
	Key      string // of the group: a team, a tier, the key of a lifecycle, or a month as 2006-01; empty: without one
	Projects int
	Ready    int   // with a gate that can be requested
	AtRisk   int   // whose forecast lies after their target
	Late     int   // whose target has passed
	Lapsed   int   // with a gate that passed and no longer holds
	Live     int   // that run
	Done     int   // required items that are done, in percent, on average
	Stages   []int // in each stage of the lifecycle of new projects, or in the one of theirs that covers it
}

// GroupsListed is the most groups that are listed.
const GroupsListed = 500

// GroupsView are the projects that a filter leaves, in groups.
type GroupsView struct {
	Viewer
	Groups     []PortfolioTotals // by their keys; without one first
	More       bool              // than [GroupsListed]
	All        PortfolioTotals   // of all groups, also those that are not listed
	Totals     PortfolioTotals   // as in [PortfolioView]
	Teams      []string          // likewise
	Lifecycles Lifecycles
	Tmpl       *plan.Lifecycle
}

// PortfolioGroups counts the projects that the person may see, by what a grouping says.
func (s *Store) PortfolioGroups(ctx context.Context, by By, f PortfolioFilter, g PortfolioGrouping) (*GroupsView, error) {
	tmpl, err := s.forPortfolio(ctx, &f)
	if err != nil {
		return nil, err
	}
	if err := s.standings.upToDate(ctx, s); err != nil {
		return nil, err
	}
	known, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &GroupsView{Tmpl: tmpl, Lifecycles: known}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	tally := s.queueTally(b, by, f, tmpl)
	s.queueTeams(b, by, &out.Teams)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("counting the portfolio", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	out.Totals = tally.strip(out.Now)
	out.Groups, out.All = tally.groups(out.Now, g)
	if out.More = len(out.Groups) > GroupsListed; out.More {
		out.Groups = out.Groups[:GroupsListed]
	}
	return out, nil
}

// tally counts the projects of a filter in the [standings].
type tally struct {
	filter PortfolioFilter
	tmpl   *plan.Lifecycle
	of     *standings
	rights struct {
		reads, readsAll bool
		own             map[review.ProjectID]bool
	}
	only map[review.ProjectID]bool // what the database found for the rest of the filter; nil: it was not asked
}

// queueTally asks the database for what the standings do not know: what the person may see,
// and which projects are left by what only it can find out.
func (s *Store) queueTally(b *pgx.Batch, by By, f PortfolioFilter, tmpl *plan.Lifecycle) *tally {
	t := &tally{filter: f, tmpl: tmpl, of: &s.standings}
	b.Queue(`with `+meSQL+` select reads, reads_all, own from me`, by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		var own []int64
		_, err := pgx.ForEachRow(rows, []any{&t.rights.reads, &t.rights.readsAll, &own}, func() error { return nil })
		t.rights.own = idSet(own)
		return err
	})
	if rest, any := f.beyond(); any {
		args, where := s.portfolioWhere(by, &rest, tmpl)
		b.Queue(`with `+meSQL+` select f.project_id from portfolio f, me where `+strings.Join(where, " and "), args...).Query(func(rows pgx.Rows) error {
			ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			t.only = idSet(ids)
			return err
		})
	}
	return t
}

func idSet(ids []int64) map[review.ProjectID]bool {
	out := make(map[review.ProjectID]bool, len(ids))
	for _, id := range ids {
		out[review.ProjectID(id)] = true
	}
	return out
}

// beyond is what of a filter the standings cannot tell, if there is any.
func (f PortfolioFilter) beyond() (rest PortfolioFilter, any bool) {
	rest = PortfolioFilter{
		Search: f.Search, Owner: f.Owner, Mine: f.Mine, Seat: f.Seat, Person: f.Person, Me: f.Me, Anyone: f.Anyone, On: f.On, Alarm: f.Alarm, Stale: f.Stale, NoOwner: f.NoOwner,
		paces: f.paces,
	}
	if f.module || f.Version != 0 {
		rest.Uses, rest.Version, rest.module = f.Uses, f.Version, f.module
	}
	any = rest.Search+rest.Owner+string(rest.Seat)+rest.Person+rest.Anyone+string(rest.Alarm)+rest.Uses != "" || rest.Mine || rest.Me || rest.On || rest.Stale || rest.NoOwner
	return rest, any
}

// each hands on every project that the person may see and the database left.
func (t *tally) each(do func(*standing)) {
	t.of.mu.RLock()
	defer t.of.mu.RUnlock()
	for i := range t.of.of {
		p := &t.of.of[i]
		own := t.rights.own[p.id]
		if (t.rights.reads || own) && (!p.restricted || t.rights.readsAll || own) && (t.only == nil || t.only[p.id]) {
			do(p)
		}
	}
}

// strip is what all of them amount to, whichever of its figures the list is narrowed to.
func (t *tally) strip(now time.Time) PortfolioTotals {
	out := newCount(t, t.filter.unalarmed(), now)
	t.each(func(p *standing) { out.add(p) })
	return out.total()
}

// groups are what they amount to in groups, and all together.
func (t *tally) groups(now time.Time, g PortfolioGrouping) ([]PortfolioTotals, PortfolioTotals) {
	all := newCount(t, &t.filter, now)
	by := map[string]*count{}
	t.each(func(p *standing) {
		if !all.add(p) {
			return
		}
		c := by[g.key(p)]
		if c == nil {
			c = newCount(t, &t.filter, now)
			c.totals.Key = g.key(p)
			by[c.totals.Key] = c
		}
		c.add(p)
	})
	groups := make([]PortfolioTotals, 0, len(by))
	for _, c := range by {
		groups = append(groups, c.total())
	}
	slices.SortFunc(groups, func(a, b PortfolioTotals) int { return cmp.Compare(a.Key, b.Key) })
	return groups, all.total()
}

// count is a total under way.
type count struct {
	filter  *PortfolioFilter
	now     time.Time
	totals  PortfolioTotals
	done    int // sum of what Done is the average of
	columns map[*plan.Ref][]int
	tmpl    *plan.Lifecycle
}

func newCount(t *tally, f *PortfolioFilter, now time.Time) *count {
	return &count{filter: f, now: now, tmpl: t.tmpl, totals: PortfolioTotals{Stages: make([]int, len(t.tmpl.Stages))}, columns: map[*plan.Ref][]int{}}
}

func (c *count) total() PortfolioTotals {
	c.totals.Done = c.done / max(1, c.totals.Projects)
	return c.totals
}

// add counts a project, unless the filter leaves it out.
func (c *count) add(p *standing) bool {
	column := c.column(p)
	if !c.filter.leaves(p, c.now, column, c.tmpl) {
		return false
	}
	t := &c.totals
	t.Projects++
	c.done += int(p.ready)
	for _, one := range []struct {
		n  *int
		is bool
	}{
		{&t.Ready, slices.Contains(p.gates, review.GateReady)}, {&t.Lapsed, slices.Contains(p.gates, review.GateLapsed)},
		{&t.Late, p.late(c.now)}, {&t.AtRisk, p.atRisk(c.now, c.filter.paces)}, {&t.Live, p.live != review.NotLive},
	} {
		if one.is {
			*one.n++
		}
	}
	if column >= 0 {
		t.Stages[column]++
	}
	return true
}

// column is where the stage of a project is counted; -1: nowhere.
func (c *count) column(p *standing) int {
	at, ok := c.columns[p.ref]
	if !ok {
		if pace := c.filter.paces[*p.ref]; pace != nil {
			at = columnsOf(pace.of, c.tmpl)
		}
		c.columns[p.ref] = at
	}
	if int(p.current) >= len(at) {
		return -1
	}
	return at[p.current]
}

// leaves says what [Store.portfolioWhere] says in SQL of what the standings know: whether a
// project is left by a filter.
func (f *PortfolioFilter) leaves(p *standing, now time.Time, column int, tmpl *plan.Lifecycle) bool {
	switch {
	case f.Team != "" && p.team != f.Team,
		f.Tier != 0 && p.tier != f.Tier,
		f.Status != "" && p.status != f.Status,
		f.Stage != "" && (column < 0 || tmpl.Stages[column].Key != f.Stage),
		f.Uses != "" && !f.module && p.ref.Key != f.Uses,
		f.Live != review.NotLive && p.live != f.Live,
		len(f.Gate) > 0 && !slices.ContainsFunc(p.gates, func(g review.GateState) bool { return slices.Contains(f.Gate, g) }),
		f.NoDeputy && !p.deputyless,
		f.NoTarget && !p.target.IsZero(),
		!f.Month.IsZero() && (p.target.Before(f.Month) || !p.target.Before(f.Month.AddDate(0, 1, 0))),
		f.Late && !p.late(now),
		f.AtRisk && !p.atRisk(now, f.paces):
		return false
	}
	return true
}

// late says what [lateSQL] does.
func (p *standing) late(now time.Time) bool {
	return p.status == review.StatusActive && p.live == review.NotLive && review.Over(p.target, now) &&
		slices.ContainsFunc(p.gates, func(g review.GateState) bool { return !g.Passed() })
}

// atRisk says what [paces.atRiskSQL] does.
func (p *standing) atRisk(now time.Time, known paces) bool {
	if p.status != review.StatusActive || p.live != review.NotLive || p.target.IsZero() || review.Over(p.target, now) {
		return false
	}
	pace := known[*p.ref]
	if pace == nil {
		return false
	}
	day, ok := review.Forecast(p.gates, int(p.current), p.entered, now, pace.Days)
	return ok && day.After(p.target)
}

// unalarmed is the filter without what the totals of the portfolio lead to, so that these
// stay while one after the other is looked at.
func (f PortfolioFilter) unalarmed() *PortfolioFilter {
	f.AtRisk, f.Late = false, false
	if slices.Equal(f.Gate, []review.GateState{review.GateReady}) || slices.Equal(f.Gate, []review.GateState{review.GateLapsed}) {
		f.Gate = nil
	}
	return &f
}

// columnsOf are the columns in which a lifecycle's stages are counted: each in the first
// whose stage it covers; -1 where it covers none.
func columnsOf(l, columns *plan.Lifecycle) []int {
	out := slices.Repeat([]int{-1}, len(l.Stages))
	for i := len(columns.Stages) - 1; i >= 0; i-- {
		if own := l.Covering(&columns.Stages[i]); own >= 0 {
			out[own] = i
		}
	}
	return out
}
