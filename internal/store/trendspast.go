package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
)

// PromiseWeek is what stood open on the last day of a week that has a snapshot.
type PromiseWeek struct {
	Monday                               time.Time
	Day                                  time.Time // zero: no day of the week has one
	Waivers, Ending, Conditions, Overdue int
}

// BlockingItem is a required item that keeps projects in the stage that they are in.
type BlockingItem struct {
	DocumentItem
	Projects int
}

// ExpiredItem is an item whose evidence ran out.
type ExpiredItem struct {
	DocumentItem
	Times, Projects int
}

// ExpiredKind is a kind of evidence that ran out.
type ExpiredKind struct {
	Kind            plan.EvidenceKind
	Times, Projects int
}

// DocumentItem is an item by what the library says of it.
type DocumentItem struct {
	Item  plan.ItemKey
	Title string
	Doc   plan.Ref // the lifecycle or module that it comes from; zero: it is in none
}

// StageGovernance is what was decided in a stage.
type StageGovernance struct {
	Lifecycle, Stage          string // names
	Place, Of                 int    // which stage it is, from 0, of how many
	Passed, Returned, Waivers int
}

// promisesSQL adds up the last snapshot of each week; there is a row for each week.
var promisesSQL = `with ` + meSQL + `, kept as (
	    select date_trunc('week', day)::date as week, max(day) as day from snapshot where day >= ` + trendsFrom + `::date group by 1)
	select w.week::date, k.day, coalesce(x.waivers, 0)::int, coalesce(x.ending, 0)::int, coalesce(x.conditions, 0)::int, coalesce(x.overdue, 0)::int
	  from generate_series(` + trendsFrom + `, clock_timestamp(), '1 week') w (week)
	  left join kept k on k.week = w.week::date
	  left join lateral (
	       select sum(p.waivers) as waivers, sum(p.ending) as ending, sum(p.conditions) as conditions, sum(p.overdue) as overdue
	         from snapshot_project p
	         join portfolio f on f.project_id = p.project_id, me
	        where p.day = k.day and (p.waivers > 0 or p.conditions > 0) and ` + visibleSQL + `) x on true
	 order by 1`

// blockingSQL counts, among the projects that work on the stage that they are in, how many
// have each of its items done, by what makes items required: plan, stage, tier, exposure and
// profile. Where the item is empty it counts the projects.
var blockingSQL = `with ` + meSQL + `, working as materialized (
	    select f.project_id, f.review_no, st.stage, f.tier, r.plan, p.exposure, array_to_string(p.profile, ' ') as profile,
	           dense_rank() over (order by r.plan collate "C", st.stage collate "C", f.tier, p.exposure collate "C", p.profile) as no
	      from me
	      join portfolio f on f.status = 'active' and not array[f.gates[f.current + 1]] <@ $4::smallint[]
	      join stage st on st.project_id = f.project_id and st.review_no = f.review_no and st.place = f.current
	      join review r on r.project_id = f.project_id and r.no = f.review_no
	      join project p on p.id = f.project_id
	     where ` + visibleSQL + `
	), done as (
	    select w.no, i.item
	      from working w
	     cross join lateral (
	           select i.item from item i where i.project_id = w.project_id and i.review_no = w.review_no and i.stage = w.stage and ` + saidSQL + ` offset 0) i
	     union all
	    select no, item
	      from (select distinct w.project_id, w.no, v.item
	              from waiver v
	              join working w on w.project_id = v.project_id and w.review_no = v.review_no and w.stage = v.stage
	             where v.granted_at is not null and v.revoked_at is null and v.until >= current_date
	               and not exists (select from item i where i.project_id = w.project_id and i.review_no = w.review_no and i.stage = w.stage and i.item = v.item and ` + saidSQL + `)) v
	), counted as (
	    select no, '' as item, count(*)::int as n from working group by 1
	     union all
	    select no, item collate "C", count(*)::int from done group by 1, 2
	)
	select g.plan, g.stage, g.tier, g.exposure, g.profile, c.item, c.n
	  from counted c
	  join (select distinct on (no) * from working order by no) g using (no)`

// saidSQL is whether an item i is met or not applicable, as far as its answer says.
const saidSQL = `i.state in ('met', 'not-applicable') and not i.reattest`

// expiredFrom is how many days back evidence that ran out is looked for.
const expiredFrom = 7 * TrendWeeks

// expiredSQL is evidence whose last day has passed in that time, and that was not removed by then.
var expiredSQL = `
	  from me
	  join evidence e on e.expires >= current_date - ` + strconv.Itoa(expiredFrom) + ` and e.expires < current_date and (e.removed_at is null or e.removed_at::date > e.expires)
	  join portfolio f on f.project_id = e.project_id
	  join review r on r.project_id = e.project_id and r.no = e.review_no
	 where ` + visibleSQL

var expiredKindsSQL = `with ` + meSQL + `
	select e.kind, count(*)::int, count(distinct e.project_id)::int` + expiredSQL + `
	 group by 1 order by 2 desc, 1 limit ` + strconv.Itoa(ItemsListed)

var expiredItemsSQL = `with ` + meSQL + `
	select e.item, max(r.plan collate "C"), count(*)::int, count(distinct e.project_id)::int` + expiredSQL + `
	 group by 1 order by 3 desc, 1 limit ` + strconv.Itoa(ItemsListed)

// ItemsListed is the most items of each kind that are listed.
const ItemsListed = 10

// governanceSQL counts gates that passed and were returned, and waivers that were granted, by
// lifecycle and stage.
var governanceSQL = `with ` + meSQL + `, decided as (
	    select r.template_key, ro.stage, (ro.outcome in ` + passedSQL + `)::int as passed, (ro.outcome = 'returned')::int as returned, 0 as waivers
	      from me
	      join round ro on ro.closed_at >= ` + trendsFrom + ` and (ro.outcome in ` + passedSQL + ` or ro.outcome = 'returned')
	      join portfolio f on f.project_id = ro.project_id
	      join review r on r.project_id = ro.project_id and r.no = ro.review_no
	     where ` + visibleSQL + `
	     union all
	    select r.template_key, w.stage, 0, 0, 1
	      from me
	      join waiver w on w.granted_at >= ` + trendsFrom + `
	      join portfolio f on f.project_id = w.project_id
	      join review r on r.project_id = w.project_id and r.no = w.review_no
	     where ` + visibleSQL + `)
	select template_key, stage, sum(passed)::int, sum(returned)::int, sum(waivers)::int from decided group by 1, 2`

// blockGroup is what projects share whose stage requires the same items.
type blockGroup struct {
	plan, stage       string
	tier              plan.Tier
	exposure, profile string
}

// blocked counts what blockingSQL found.
type blocked struct {
	projects map[blockGroup]int
	done     map[blockGroup]map[plan.ItemKey]int
}

func (c *blocked) scan(rows pgx.Rows) error {
	c.projects, c.done = map[blockGroup]int{}, map[blockGroup]map[plan.ItemKey]int{}
	var g blockGroup
	var item plan.ItemKey
	var n int
	_, err := pgx.ForEachRow(rows, []any{&g.plan, &g.stage, &g.tier, &g.exposure, &g.profile, &item, &n}, func() error {
		if item == "" {
			c.projects[g] = n
			return nil
		}
		if c.done[g] == nil {
			c.done[g] = map[plan.ItemKey]int{}
		}
		c.done[g][item] = n
		return nil
	})
	return err
}

// plansWeighed is the most plans that are looked at for what blocks: those that most projects
// have.
const plansWeighed = 200

// items are the items that keep most projects, and how many projects were looked at.
func (c *blocked) items(ctx context.Context, s *Store) (top []BlockingItem, counted int, err error) {
	byPlan := map[string]int{}
	for g, n := range c.projects {
		byPlan[g.plan] += n
	}
	digests := slices.SortedFunc(maps.Keys(byPlan), func(a, b string) int {
		if byPlan[a] != byPlan[b] {
			return byPlan[b] - byPlan[a]
		}
		return strings.Compare(a, b)
	})
	plans := map[string]*plan.Plan{}
	for _, digest := range digests[:min(len(digests), plansWeighed)] {
		if plans[digest], err = s.planned(ctx, s.pool, digest); err != nil {
			return nil, 0, err
		}
	}
	found := map[sameItem]BlockingItem{}
	for g, n := range c.projects {
		p := plans[g.plan]
		if p == nil {
			continue
		}
		counted += n
		at := p.StageIndex(plan.StageKey(g.stage))
		if at < 0 {
			continue
		}
		def, profile := &p.Stages[at], profileOf(g.profile)
		for i := range def.Items {
			it := &def.Items[i]
			if left := n - c.done[g][it.Key]; left > 0 && def.WeightFor(it, plan.Exposure(g.exposure), g.tier, profile) == plan.LevelMust {
				of := documentItem(p, it)
				at := sameItem{of.Doc.Key, of.Item}
				if found[at].Doc.Version <= of.Doc.Version {
					found[at] = BlockingItem{of, found[at].Projects}
				}
				found[at] = BlockingItem{found[at].DocumentItem, found[at].Projects + left}
			}
		}
	}
	return mostBlocking(found), counted, nil
}

// sameItem is an item of a document, whatever its version; its document is empty where it is
// in none.
type sameItem struct {
	doc  string
	item plan.ItemKey
}

// mostBlocking are those that keep most projects, by the newest version that one of them has.
func mostBlocking(found map[sameItem]BlockingItem) []BlockingItem {
	top := slices.SortedFunc(maps.Values(found), func(a, b BlockingItem) int {
		return cmp.Or(b.Projects-a.Projects, strings.Compare(a.Title, b.Title), strings.Compare(a.Doc.Key, b.Doc.Key), strings.Compare(string(a.Item), string(b.Item)))
	})
	return top[:min(len(top), ItemsListed)]
}

func profileOf(flags string) plan.Profile {
	var out plan.Profile
	for _, flag := range strings.Fields(flags) {
		out = append(out, plan.Flag(flag))
	}
	return out
}

// documentItem is an item of a plan as the library has it: what a project adds itself is in
// no document.
func documentItem(p *plan.Plan, it *plan.Item) DocumentItem {
	out := DocumentItem{Item: it.Key, Title: it.Title}
	switch {
	case it.Own:
	case it.From == "":
		out.Doc = p.Origin.Lifecycle
	default:
		for _, ref := range p.Origin.Modules {
			if ref.Key == it.From {
				out.Doc = ref
			}
		}
	}
	return out
}

// expiredItem is a row of expiredItemsSQL before the plan explains it.
type expiredItem struct {
	item            plan.ItemKey
	plan            string
	times, projects int
}

func (s *Store) explainExpired(ctx context.Context, found []expiredItem) ([]ExpiredItem, error) {
	out := make([]ExpiredItem, len(found))
	for i, e := range found {
		p, err := s.planned(ctx, s.pool, e.plan)
		if err != nil {
			return nil, err
		}
		out[i] = ExpiredItem{DocumentItem{Item: e.item, Title: string(e.item)}, e.times, e.projects}
		for j := range p.Stages {
			for k := range p.Stages[j].Items {
				if it := &p.Stages[j].Items[k]; it.Key == e.item {
					out[i].DocumentItem = documentItem(p, it)
				}
			}
		}
	}
	return out, nil
}

// governed puts the stages of governanceSQL in the order of the lifecycles that there are.
func governed(known Lifecycles, found []governedStage) (out []StageGovernance) {
	by := map[string]governedStage{}
	for _, g := range found {
		by[g.lifecycle+" "+g.stage] = g
	}
	for _, l := range known {
		for i := range l.Stages {
			g, ok := by[l.Key+" "+string(l.Stages[i].Key)]
			if !ok {
				continue
			}
			out = append(out, StageGovernance{l.Name, l.Stages[i].Name, i, len(l.Stages), g.passed, g.returned, g.waivers})
		}
	}
	return out
}

// governedStage is a row of governanceSQL.
type governedStage struct {
	lifecycle, stage          string
	passed, returned, waivers int
}

// queuePast asks for what trends show beside decisions; the second call explains it.
func (t *Trends) queuePast(b *pgx.Batch, me []any) (explain func(context.Context, *Store) error) {
	var block blocked
	var expired []expiredItem
	var decided []governedStage
	b.Queue(promisesSQL, me...).Query(collectInto(&t.Promises, func(row pgx.CollectableRow) (w PromiseWeek, err error) {
		var day *time.Time
		err = row.Scan(&w.Monday, &day, &w.Waivers, &w.Ending, &w.Conditions, &w.Overdue)
		w.Day = deref(day)
		return w, err
	}))
	b.Queue(blockingSQL, append(slices.Clone(me), passedStates())...).Query(block.scan)
	b.Queue(expiredKindsSQL, me...).Query(collectInto(&t.ExpiredKinds, func(row pgx.CollectableRow) (k ExpiredKind, err error) {
		return k, row.Scan(&k.Kind, &k.Times, &k.Projects)
	}))
	b.Queue(expiredItemsSQL, me...).Query(collectInto(&expired, func(row pgx.CollectableRow) (e expiredItem, err error) {
		return e, row.Scan(&e.item, &e.plan, &e.times, &e.projects)
	}))
	b.Queue(governanceSQL, me...).Query(collectInto(&decided, func(row pgx.CollectableRow) (g governedStage, err error) {
		return g, row.Scan(&g.lifecycle, &g.stage, &g.passed, &g.returned, &g.waivers)
	}))
	return func(ctx context.Context, s *Store) (err error) {
		t.Governance = governed(t.Lifecycles, decided)
		if t.Blocking, t.Weighed, err = block.items(ctx, s); err != nil {
			return err
		}
		t.Expired, err = s.explainExpired(ctx, expired)
		return err
	}
}
