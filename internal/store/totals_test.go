package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// counted are the fleet and projects whose forecasts differ: the middle one of those that
// passed the first gate took eleven days for it.
func (f *fixture) counted() {
	f.t.Helper()
	f.fleet()
	today := review.Today(time.Now())
	for _, key := range []review.ProjectKey{"past-a", "past-b", "past-c"} {
		f.passed(key)
	}
	in := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	f.start("risky", func(p *review.NewProject) { p.Target, p.Team = in(5), "Red" })
	f.start("ripe", func(p *review.NewProject) { p.Target = in(5) })
	f.start("hidden", func(p *review.NewProject) { p.Target, p.Restricted = in(5), true })
	f.start("calm", func(p *review.NewProject) { p.Target, p.Tier, p.Name = in(50), 3, `Calm 100% \ by_design` })
	f.create("ready")
	f.answerIdea("ready")
	owner, err := pgx.Connect(context.Background(), f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	defer owner.Close(context.Background())
	if _, err := owner.Exec(context.Background(), `
		update review r set started_at = started_at - interval '10 days 1 hour'
		  from project p where p.id = r.project_id and p.key in ('past-a', 'past-b', 'ripe')`); err != nil {
		f.t.Fatal(err)
	}
}

// aging are projects with what ends by time or by what others publish: a waiver that ends soon,
// evidence that has expired, a module with a newer version; and some that are like them and are
// not meant.
func (f *fixture) aging(t *testing.T) {
	t.Helper()
	today := review.Today(time.Now())
	for key, days := range map[review.ProjectKey]int{"waived": review.DueAhead - 1, "waived-long": review.DueAhead + 30, "asks": 5} {
		f.start(string(key), func(*review.NewProject) {})
		f.askWaiver("olga", key, "scope-set", today.AddDate(0, 0, days))
		if key != "asks" {
			f.decideWaiver("pat", key, grantFirst)
		}
	}
	for _, key := range []review.ProjectKey{"aged", "renewed"} {
		f.create(string(key))
		f.answerIdea(key)
	}
	f.exec(`update evidence set effective = current_date - 9, expires = current_date - 2 where project_id in (select id from project where key in ('aged', 'renewed'))`)
	f.change("mike", store.Target{Project: "renewed", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: "https://wiki.example.test/again", Title: "Again", Type: "doc"}, at)
	})
	newer := smallModule()
	newer.Version = 2
	refs := f.published(plan.Document{Module: smallModule()}, plan.Document{Module: newer}, plan.Document{Lifecycle: phased(1)})
	if _, err := f.Create(context.Background(), f.as("olga"), refs[2], review.NewProject{
		Key: "behind", Name: "Project behind", Team: "Blue", Tier: 2, Exposure: review.ExposureGeneral, Owner: f.people["olga"],
	}); err != nil {
		t.Fatal(err)
	}
	f.change("olga", store.Target{Project: "behind"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AttachModule(who, refs[0], r.PlanDigest(), "It fits.", at)
	})
	f.exec(`update portfolio set next_change_at = now()`)
	f.sweep(t)
	f.ForgetStandings()
}

// The list finds what ends by time and what is behind, alone and together with other filters.
func TestPortfolioFiltersWhatAges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.aging(t)
	for what, k := range map[string]struct {
		store.PortfolioFilter
		want string
	}{
		"a waiver ends soon":      {store.PortfolioFilter{Waivers: true}, "waived"},
		"evidence has expired":    {store.PortfolioFilter{Expired: true}, "aged"},
		"behind":                  {store.PortfolioFilter{Behind: true}, "behind"},
		"open to everybody":       {store.PortfolioFilter{Exposure: review.ExposureGeneral}, "behind"},
		"open to everybody, team": {store.PortfolioFilter{Exposure: review.ExposureGeneral, Team: "Red"}, ""},
		"both behind and aged":    {store.PortfolioFilter{Behind: true, Expired: true}, ""},
		"waived, by tier":         {store.PortfolioFilter{Waivers: true, Tier: 2, Search: "waived"}, "waived"},
	} {
		if got := f.listed("mona", k.PortfolioFilter); got != k.want {
			t.Errorf("%s: %q, want %q", what, got, k.want)
		}
	}
	f.change("olga", store.Target{Project: "waived"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "Waived", Team: "Blue", Tier: 2, Exposure: review.ExposureLimited, Restricted: true}, at)
	})
	f.ForgetStandings()
	if got := f.listed("mona", store.PortfolioFilter{Waivers: true}); got != "" {
		t.Errorf("mona is shown %s, which is restricted", got)
	}
	if got := f.listed("adam", store.PortfolioFilter{Exposure: review.ExposureLimited}); got != "waived" {
		t.Errorf("after its exposure changed: %s", got)
	}
	f.change("olga", store.Target{Project: "behind"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Enough", at)
	})
	if got := f.listed("mona", store.PortfolioFilter{Behind: true}); got != "" {
		t.Errorf("%s is behind, and was stopped", got)
	}
}

// What the totals count in memory is what the list finds in the database: for every filter,
// and for everybody.
func TestTotalsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	f.aging(t)
	ctx := context.Background()
	month := time.Date(time.Now().Year(), time.Now().Month(), 1, 0, 0, 0, 0, time.UTC)
	filters := map[string]store.PortfolioFilter{
		"all": {}, "team": {Team: "Red"}, "no such team": {Team: "Green"}, "tier": {Tier: 1}, "status": {Status: review.StatusOnHold},
		"stage": {Stage: "live"}, "no such stage": {Stage: "nowhere"}, "uses": {Uses: "small"}, "uses in a version": {Uses: "small", Version: 1}, "another": {Uses: "other"},
		"live": {Live: review.LiveCurrent}, "gate": {Gate: []review.GateState{review.GateWaiting, review.GateReady}}, "no deputy": {NoDeputy: true},
		"late": {Late: true}, "at risk": {AtRisk: true}, "month": {Month: month}, "next month": {Month: month.AddDate(0, 1, 0)}, "no target": {NoTarget: true},
		"search": {Search: "project R"}, "search for signs": {Search: `100% \ by_`}, "signs of patterns": {Search: "R_s"}, "signs, of an exposure": {Search: "100%", Exposure: review.ExposurePilot},
		"owner": {Owner: "eng"}, "mine": {Mine: true}, "seat": {Seat: plan.SeatSRE}, "person": {Person: "mike"}, "me": {Me: true},
		"anyone": {Anyone: "mike"}, "on": {On: true}, "alarm": {Alarm: record.HighRisk}, "stale": {Stale: true}, "no owner": {NoOwner: true},
		"exposure": {Exposure: review.ExposureGeneral}, "behind": {Behind: true}, "a waiver ends": {Waivers: true}, "evidence expired": {Expired: true},
		"expired, of a tier": {Expired: true, Tier: 1}, "behind, of an exposure": {Behind: true, Exposure: review.ExposurePilot},
		"several": {Team: "Red", Search: "project", AtRisk: true}, "both": {Late: true, AtRisk: true},
	}
	for name, filter := range filters {
		for who := range f.people {
			list, err := f.Portfolio(ctx, f.as(who), filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range []store.PortfolioGrouping{store.GroupTeam, store.GroupTier, store.GroupLifecycle, store.GroupMonth} {
				v, err := f.PortfolioGroups(ctx, f.as(who), filter, g)
				if err != nil {
					t.Fatal(err)
				}
				sum := 0
				for _, one := range v.Groups {
					sum += one.Projects
				}
				if sum != len(list.Rows) || v.All.Projects != sum {
					t.Errorf("%s, %s by %s: the groups have %d projects, all together %d, the list %d", name, who, g, sum, v.All.Projects, len(list.Rows))
				}
			}
			for figure, k := range map[string]struct {
				n      int
				narrow func(*store.PortfolioFilter)
			}{
				"ready":   {list.Totals.Ready, func(f *store.PortfolioFilter) { f.Gate = []review.GateState{review.GateReady} }},
				"at risk": {list.Totals.AtRisk, func(f *store.PortfolioFilter) { f.AtRisk = true }},
				"late":    {list.Totals.Late, func(f *store.PortfolioFilter) { f.Late = true }},
				"lapsed":  {list.Totals.Lapsed, func(f *store.PortfolioFilter) { f.Gate = []review.GateState{review.GateLapsed} }},
			} {
				if filter.Late || filter.AtRisk || len(filter.Gate) > 0 {
					continue // the figures stay while one of them narrows the list
				}
				narrowed := filter
				k.narrow(&narrowed)
				if got := strings.Fields(f.listed(who, narrowed)); len(got) != k.n {
					t.Errorf("%s, %s: %d are %s, and the list has %v", name, who, k.n, figure, got)
				}
			}
		}
	}
	if got := f.listed("mona", store.PortfolioFilter{AtRisk: true}); got != "risky" {
		t.Errorf("at risk: %s", got)
	}
	if got := f.listed("adam", store.PortfolioFilter{AtRisk: true}); got != "hidden risky" {
		t.Errorf("at risk, also what is restricted: %s", got)
	}
}

// Those who are on the same projects see the same, but own different ones of them.
func TestTotalsOfWhatSomebodyOwns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("alpha")
	for who, want := range map[string]int{"olga": 1, "mike": 0} {
		list, err := f.Portfolio(t.Context(), f.as(who), store.PortfolioFilter{Mine: true})
		if err != nil {
			t.Fatal(err)
		}
		if list.Totals.Projects != want {
			t.Errorf("%s owns %d projects, want %d", who, list.Totals.Projects, want)
		}
	}
}

// The list shows when a project will launch, and what of a group is where.
func TestForecastsAndGroups(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	ctx := context.Background()
	list, err := f.Portfolio(ctx, f.as("mona"), store.PortfolioFilter{})
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]int{"risky": 11, "calm": 11, "ripe": 1, "soon": 11, "late": 11, "asked": 11}
	for _, r := range list.Rows {
		want := ""
		if days, ok := in[string(r.Key)]; ok {
			want = review.Today(list.Now).AddDate(0, 0, days).Format(time.DateOnly)
		} else if r.Key == "free" || r.Key == "ready" {
			continue
		}
		got := ""
		if !r.Forecast.IsZero() {
			got = r.Forecast.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: forecast %q, want %q", r.Key, got, want)
		}
	}
	v, err := f.PortfolioGroups(ctx, f.as("mona"), store.PortfolioFilter{}, store.GroupTeam)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range v.Groups {
		got = append(got, fmt.Sprintf("%s: %d, %d ready, %d at risk, %d late, %d %% done, in %v", g.Key, g.Projects, g.Ready, g.AtRisk, g.Late, g.Done, g.Stages))
	}
	if want := "Blue: 10, 1 ready, 0 at risk, 1 late, 33 % done, in [7 3]; Red: 2, 0 ready, 1 at risk, 0 late, 0 % done, in [2 0]"; strings.Join(got, "; ") != want {
		t.Errorf("groups: %s, want %s", strings.Join(got, "; "), want)
	}
}

// The totals know of a change a moment later, and of the change of a right at once.
func TestTotalsFollow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.start("one", func(*review.NewProject) {})
	total := func(who string) int {
		t.Helper()
		v, err := f.Portfolio(context.Background(), f.as(who), store.PortfolioFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return v.Totals.Projects
	}
	if n := total("mona"); n != 1 {
		t.Fatalf("%d projects, want 1", n)
	}
	f.start("two", func(*review.NewProject) {})
	f.ForgetStandings()
	if n := total("mona"); n != 2 {
		t.Errorf("%d projects, want 2", n)
	}
	f.change("olga", store.Target{Project: "one"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "One", Team: "Blue", Tier: 2, Exposure: review.ExposurePilot, Restricted: true}, at)
	})
	f.ForgetStandings()
	for who, want := range map[string]int{"mona": 1, "adam": 2, "olga": 2, "out": 0} {
		if n := total(who); n != want {
			t.Errorf("%s counts %d projects, want %d", who, n, want)
		}
	}
	f.change("olga", store.Target{Project: "one"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["out"], review.DutyMember, at)
	})
	if n := total("out"); n != 1 { // nothing was forgotten: what a person may see is asked each time
		t.Errorf("a new member counts %d projects, want 1", n)
	}
}

// While nothing is written nothing is looked for, however often totals are asked for; what
// is written is found, also by a transaction that had begun before they were read.
func TestTotalsLookOnlyForWhatWasWritten(t *testing.T) {
	f := newFixture(t)
	f.fleet()
	c := &statementsWith{part: "age(f.xmin)"}
	g := f.replica(c)
	owner := f.db.OwnerPool(t)
	held := func() int {
		t.Helper()
		g.ForgetStandings()
		v, err := g.PortfolioGroups(context.Background(), f.as("eng"), store.PortfolioFilter{Status: review.StatusOnHold}, store.GroupTeam)
		if err != nil {
			t.Fatal(err)
		}
		return v.All.Projects
	}
	was := held()
	for range 3 {
		if n := held(); n != was {
			t.Errorf("%d projects, and %d before", n, was)
		}
	}
	if c.n != 1 {
		t.Errorf("looked %d times for what was written, and nothing was", c.n)
	}
	early, err := owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = early.Rollback(context.Background()) }()
	hold := func(db interface {
		Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
	}) {
		t.Helper()
		tag, err := db.Exec(t.Context(), `
			update portfolio set status = 'on hold'
			 where project_id = (select project_id from portfolio where status = 'active' and not restricted order by project_id limit 1 for update skip locked)`)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatal(tag, err)
		}
	}
	hold(early)
	hold(owner) // begins later, and is over first
	if n := held(); n != was+1 {
		t.Errorf("%d projects are on hold, want one more than %d", n, was)
	}
	if err := early.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := held(); n != was+2 {
		t.Errorf("%d projects are on hold, want two more than %d", n, was)
	}
}
