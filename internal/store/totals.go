package store

import (
	"cmp"
	"context"
	"fmt"
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
	Tags       []string          // likewise
	Views      []SavedView       // likewise
	Lifecycles Lifecycles
	Tmpl       *plan.Lifecycle
}

// PortfolioGroups counts the projects that the person may see, by what a grouping says.
func (s *Store) PortfolioGroups(ctx context.Context, by By, f PortfolioFilter, g PortfolioGrouping) (*GroupsView, error) {
	known, err := s.Lifecycles(ctx)
	if err != nil {
		return nil, err
	}
	out := &GroupsView{Lifecycles: known}
	tally, err := s.tally(ctx, by, f, &out.Viewer, &out.Teams, &out.Views)
	if err != nil {
		return nil, err
	}
	out.Tmpl, out.Totals, out.Tags = tally.tmpl, tally.strip(out.Now), tally.tags()
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
	rights sight
	only   map[review.ProjectID]bool // what the database found for the rest of the filter; nil: it was not asked
}

// tally makes the standings ready to be counted for a filter, and reads what stands beside
// all that is counted: who asks, the teams to choose from, and the saved lists.
func (s *Store) tally(ctx context.Context, by By, f PortfolioFilter, v *Viewer, teams *[]string, views *[]SavedView) (*tally, error) {
	tmpl, err := s.forPortfolio(ctx, &f)
	if err != nil {
		return nil, err
	}
	if err := s.standings.upToDate(ctx, s); err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	s.queueViewer(b, by, v)
	t := s.queueTally(b, by, f, tmpl)
	s.queueTeams(b, by, teams)
	s.queueViews(b, by, views)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("counting the portfolio", err)
	}
	s.noteUse(ctx, by, v)
	return t, nil
}

// queueTally asks the database for what the standings do not know: what the person may see,
// and which projects are left by what only it can find out.
func (s *Store) queueTally(b *pgx.Batch, by By, f PortfolioFilter, tmpl *plan.Lifecycle) *tally {
	t := &tally{filter: f, tmpl: tmpl, of: &s.standings}
	s.queueSight(b, by, &t.rights)
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
		Owner: f.Owner, Seat: f.Seat, Person: f.Person, Me: f.Me, Anyone: f.Anyone, On: f.On, Alarm: f.Alarm, Stale: f.Stale, NoOwner: f.NoOwner,
		Behind: f.Behind, Waivers: f.Waivers,
		paces: f.paces,
	}
	if f.module || f.Version != 0 {
		rest.Uses, rest.Version, rest.module = f.Uses, f.Version, f.module
	}
	any = rest.Owner+string(rest.Seat)+rest.Person+rest.Anyone+string(rest.Alarm)+rest.Uses != "" || rest.Me || rest.On || rest.Stale || rest.NoOwner || rest.Behind || rest.Waivers
	return rest, any
}

// each hands on every project that the person may see and the database left, with what the
// totals ask of it.
func (t *tally) each(now time.Time, do func(*standing, facts)) {
	t.of.mu.RLock()
	defer t.of.mu.RUnlock()
	ask := newAsking(now, t.filter.paces, t.tmpl)
	for i := range t.of.of {
		p := &t.of.of[i]
		if t.rights.sees(p) && (t.only == nil || t.only[p.id]) && (!t.filter.Mine || p.owner == t.rights.person) {
			do(p, ask.about(p))
		}
	}
}

// strip is what all of them amount to, whichever of its figures the list is narrowed to. It
// is counted once for all who see the same, until the standings are read again.
func (t *tally) strip(now time.Time) PortfolioTotals {
	f := t.filter.unalarmed()
	if t.only != nil {
		return t.count(f, now)
	}
	same := *f
	same.paces, same.risky, same.few, same.Sort, same.Desc, same.Page = nil, nil, nil, "", false, 0
	whose := review.PersonID(0)
	if f.Mine {
		whose = t.rights.person
	}
	key := fmt.Sprint(review.Today(now), whose, t.rights.reads, t.rights.readsAll, t.rights.owns, same)
	return t.of.strip(key, func() PortfolioTotals { return t.count(f, now) })
}

func (t *tally) count(f *PortfolioFilter, now time.Time) PortfolioTotals {
	out := newCount("", t.tmpl)
	t.each(now, func(p *standing, is facts) {
		if f.leaves(p, is) {
			out.add(p, is)
		}
	})
	return out.total()
}

// groups are what they amount to in groups, and all together.
func (t *tally) groups(now time.Time, g PortfolioGrouping) ([]PortfolioTotals, PortfolioTotals) {
	all, by := newCount("", t.tmpl), map[string]*count{}
	t.each(now, func(p *standing, is facts) {
		if !t.filter.leaves(p, is) {
			return
		}
		all.add(p, is)
		key := g.key(p)
		c := by[key]
		if c == nil {
			c = newCount(key, t.tmpl)
			by[key] = c
		}
		c.add(p, is)
	})
	groups := make([]PortfolioTotals, 0, len(by))
	for _, c := range by {
		groups = append(groups, c.total())
	}
	slices.SortFunc(groups, func(a, b PortfolioTotals) int { return cmp.Compare(a.Key, b.Key) })
	return groups, all.total()
}

// facts are what the totals ask of a project.
type facts struct {
	late, atRisk bool
	column       int           // where its stage is counted; -1: nowhere
	stage        plan.StageKey // of that column
}

// asking finds out facts. What a lifecycle's projects share is found out once.
type asking struct {
	now, today time.Time
	paces      paces
	tmpl       *plan.Lifecycle
	passed     gateSet // the states in which a gate has passed
	known      map[*plan.Ref]*asked
	last       *plan.Ref
	lastAsked  *asked
}

// asked is what the projects of a lifecycle share.
type asked struct {
	columns []int       // see [columnsOf]
	pace    review.Pace // nil: not known
	longest time.Time   // no forecast lies after it
}

func newAsking(now time.Time, known paces, tmpl *plan.Lifecycle) *asking {
	return &asking{now: now, today: review.Today(now), paces: known, tmpl: tmpl, passed: setOf(passedStates()), known: map[*plan.Ref]*asked{}}
}

// atRisk are the projects that are not late yet and will be by their forecast.
func (t *standings) atRisk(now time.Time, known paces) []int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	ask, ids := newAsking(now, known, &plan.Lifecycle{}), []int64{}
	for i := range t.of {
		if ask.about(&t.of[i]).atRisk {
			ids = append(ids, int64(t.of[i].id))
		}
	}
	return ids
}

// few are the projects that a filter leaves, as far as they are known here; nil for more than
// [fewProjects].
func (t *standings) few(f *PortfolioFilter, now time.Time, tmpl *plan.Lifecycle) []int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	ask, ids := newAsking(now, f.paces, tmpl), []int64{}
	for i := range t.of {
		p := &t.of[i]
		if !f.leaves(p, facts{stage: f.Stage, late: true, atRisk: true}) || !f.leaves(p, ask.about(p)) {
			continue
		}
		if ids = append(ids, int64(p.id)); len(ids) > fewProjects {
			return nil
		}
	}
	return ids
}

func (a *asking) lifecycle(ref *plan.Ref) *asked {
	if ref == a.last {
		return a.lastAsked
	}
	l := a.known[ref]
	if l == nil {
		l = &asked{}
		if pace := a.paces[*ref]; pace != nil {
			days := 0
			for _, d := range pace.Days {
				days += max(0, d)
			}
			l.columns, l.pace, l.longest = columnsOf(pace.of, a.tmpl), pace.Days, a.today.AddDate(0, 0, days)
		}
		a.known[ref] = l
	}
	a.last, a.lastAsked = ref, l
	return l
}

// about says of a project whether it is late, as [lateSQL] does, or at risk, and where it is counted.
func (a *asking) about(p *standing) facts {
	l := a.lifecycle(p.ref)
	is := facts{column: -1}
	if int(p.current) < len(l.columns) {
		if is.column = l.columns[p.current]; is.column >= 0 {
			is.stage = a.tmpl.Stages[is.column].Key
		}
	}
	if p.status != review.StatusActive || p.live != review.NotLive || p.target.IsZero() {
		return is
	}
	if p.target.Before(a.today) {
		is.late = p.states&^a.passed != 0
		return is
	}
	if l.longest.After(p.target) {
		day, ok := review.Forecast(p.gates, int(p.current), p.entered, a.now, l.pace)
		is.atRisk = ok && day.After(p.target)
	}
	return is
}

// gateSet are states that gates are in.
type gateSet uint32

func setOf[S ~int16](gates []S) (set gateSet) {
	for _, g := range gates {
		set |= 1 << g
	}
	return set
}

// count is a total under way.
type count struct {
	PortfolioTotals
	done int // sum of what Done is the average of
}

func newCount(key string, tmpl *plan.Lifecycle) *count {
	return &count{PortfolioTotals: PortfolioTotals{Key: key, Stages: make([]int, len(tmpl.Stages))}}
}

func (c *count) total() PortfolioTotals {
	c.Done = c.done / max(1, c.Projects)
	return c.PortfolioTotals
}

func (c *count) add(p *standing, is facts) {
	c.Projects++
	c.done += int(p.ready)
	if p.states&(1<<review.GateReady) != 0 {
		c.Ready++
	}
	if p.states&(1<<review.GateLapsed) != 0 {
		c.Lapsed++
	}
	if is.late {
		c.Late++
	}
	if is.atRisk {
		c.AtRisk++
	}
	if p.live != review.NotLive {
		c.Live++
	}
	if is.column >= 0 {
		c.Stages[is.column]++
	}
}

// leaves says what [Store.portfolioWhere] says in SQL of what the standings know: whether a
// filter leaves a project in the list.
func (f *PortfolioFilter) leaves(p *standing, is facts) bool {
	switch {
	case f.Team != "" && p.team != f.Team,
		f.Tier != 0 && p.tier != f.Tier,
		f.Status != "" && p.status != f.Status,
		f.Stage != "" && is.stage != f.Stage,
		f.Uses != "" && !f.module && p.ref.Key != f.Uses,
		f.Live != review.NotLive && p.live != f.Live,
		len(f.Gate) > 0 && p.states&setOf(f.Gate) == 0,
		f.NoDeputy && !p.deputyless,
		f.sought != "" && !strings.Contains(p.search, f.sought) && !strings.Contains(p.key, f.sought),
		f.Tag != "" && !slices.Contains(p.tags, f.Tag),
		f.Exposure != "" && p.exposure != f.Exposure,
		f.Expired && !p.expired,
		f.NoTarget && !p.target.IsZero(),
		!f.Month.IsZero() && (p.target.Before(f.Month) || !p.target.Before(f.Month.AddDate(0, 1, 0))),
		f.Late && !is.late,
		f.AtRisk && !is.atRisk:
		return false
	}
	return true
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
