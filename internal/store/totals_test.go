package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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
	f.start("calm", func(p *review.NewProject) { p.Target, p.Tier = in(50), 3 })
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

// What the totals count in memory is what the list finds in the database: for every filter,
// and for everybody.
func TestTotalsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	ctx := context.Background()
	month := time.Date(time.Now().Year(), time.Now().Month(), 1, 0, 0, 0, 0, time.UTC)
	filters := map[string]store.PortfolioFilter{
		"all": {}, "team": {Team: "Red"}, "no such team": {Team: "Green"}, "tier": {Tier: 1}, "status": {Status: review.StatusOnHold},
		"stage": {Stage: "live"}, "no such stage": {Stage: "nowhere"}, "uses": {Uses: "small"}, "uses in a version": {Uses: "small", Version: 1}, "another": {Uses: "other"},
		"live": {Live: review.LiveCurrent}, "gate": {Gate: []review.GateState{review.GateWaiting, review.GateReady}}, "no deputy": {NoDeputy: true},
		"late": {Late: true}, "at risk": {AtRisk: true}, "month": {Month: month}, "next month": {Month: month.AddDate(0, 1, 0)}, "no target": {NoTarget: true},
		"search": {Search: "project R"}, "owner": {Owner: "eng"}, "mine": {Mine: true}, "seat": {Seat: plan.SeatSRE}, "person": {Person: "mike"}, "me": {Me: true},
		"anyone": {Anyone: "mike"}, "on": {On: true}, "alarm": {Alarm: record.HighRisk}, "stale": {Stale: true}, "no owner": {NoOwner: true},
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
