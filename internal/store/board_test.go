package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// columns are the projects that the board shows somebody, stage by stage.
func (f *fixture) columns(who string, filter store.PortfolioFilter) string {
	f.t.Helper()
	v, err := f.PortfolioBoard(context.Background(), f.as(who), filter)
	if err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, c := range v.Columns {
		keys := []string{}
		for _, r := range c.Rows {
			keys = append(keys, string(r.Key))
		}
		name := "elsewhere"
		if c.Stage != nil {
			name = string(c.Stage.Key)
		}
		out = append(out, fmt.Sprintf("%s %d: %s", name, c.Total, strings.Join(keys, " ")))
	}
	return strings.Join(out, "; ")
}

// The board has the projects of the list, each in its stage, what is due soonest first.
func TestBoardHasTheListByStage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	f.ForgetStandings()
	for name, filter := range map[string]store.PortfolioFilter{
		"all": {}, "team": {Team: "Red"}, "late": {Late: true}, "search": {Search: "past"}, "me": {Me: true}, "stage": {Stage: "live"}, "nothing": {Team: "None"},
	} {
		for who := range f.people {
			v, err := f.PortfolioBoard(context.Background(), f.as(who), filter)
			if err != nil {
				t.Fatal(err)
			}
			list := strings.Fields(f.listed(who, filter))
			if len(v.Rows) != len(list) {
				t.Errorf("%s, %s: %d cards for %v", name, who, len(v.Rows), list)
			}
			for _, c := range v.Columns {
				narrowed := filter
				narrowed.Stage = c.Stage.Key
				want := strings.Fields(f.listed(who, narrowed))
				if filter.Stage != "" && filter.Stage != c.Stage.Key {
					want = nil
				}
				if c.Total != len(want) || len(c.Rows) != len(want) {
					t.Errorf("%s, %s: %d in %s, where the list has %v", name, who, c.Total, c.Stage.Key, want)
				}
				for _, r := range c.Rows {
					if !slices.Contains(want, string(r.Key)) {
						t.Errorf("%s, %s: %s stands in %s", name, who, r.Key, c.Stage.Key)
					}
				}
			}
		}
	}
	if got := f.columns("mona", store.PortfolioFilter{Team: "Red"}); got != "idea 2: risky held; live 0: " {
		t.Errorf("the red team: %s", got)
	}
}

// The board has the order of the list, whichever it is, and the stages of any lifecycle.
func TestBoardIsOrderedAsTheList(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	f.ForgetStandings()
	for _, by := range []store.PortfolioSort{store.SortDue, store.SortName, store.SortReady, store.SortSince, store.SortTeam, store.SortOwner, store.SortTier, store.SortBlocked} {
		for _, desc := range []bool{false, true} {
			if by == store.SortDue && !desc {
				continue // in which those of one day stand as they come
			}
			filter := store.PortfolioFilter{Sort: by, Desc: desc}
			v, err := f.PortfolioBoard(context.Background(), f.as("pat"), filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range v.Columns {
				narrowed := filter
				narrowed.Stage = c.Stage.Key
				var got []string
				for _, r := range c.Rows {
					got = append(got, string(r.Key))
				}
				if want := f.listed("pat", narrowed); strings.Join(got, " ") != want {
					t.Errorf("by %s, the other way round %t: %s has %q, where the list has %q", by, desc, c.Stage.Key, got, want)
				}
			}
		}
	}
}

func TestBoardOfAnotherLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	other := smallTemplate()
	other.Key, other.Name, other.Stages[0].Key, other.Stages[1].Key = "other", "Other", "first", "second"
	if err := f.publish(plan.Document{Lifecycle: other}); err != nil {
		t.Fatal(err)
	}
	ref, err := other.Ref()
	if err != nil {
		t.Fatal(err)
	}
	f.create("alpha")
	for _, key := range []string{"beta", "secret"} {
		in := review.NewProject{Key: key, Name: key, Team: "Blue", Tier: 2, Exposure: review.ExposurePilot, Owner: f.people["olga"], Restricted: key == "secret"}
		if _, err := f.Create(context.Background(), f.as("olga"), ref, in); err != nil {
			t.Fatal(err)
		}
	}
	f.ForgetStandings()
	filter := store.PortfolioFilter{Columns: "other", Uses: "other"}
	if got := f.columns("pat", filter); got != "first 1: beta; second 0: " {
		t.Errorf("the board of the other lifecycle: %s", got)
	}
	if got := f.columns("olga", filter); got != "first 2: beta secret; second 0: " {
		t.Errorf("the owner's board of the other lifecycle: %s", got)
	}
	filter.Stage = "first"
	if got := f.listed("pat", filter); got != "beta" {
		t.Errorf("in its first stage: %s", got)
	}
	v, err := f.PortfolioBoard(context.Background(), f.as("pat"), store.PortfolioFilter{Columns: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if v.Tmpl.Key != "other" || len(v.Lifecycles) != 2 || v.Lifecycles[0].Key != "other" {
		t.Errorf("without such a lifecycle the board has the stages of %s, and offers %d", v.Tmpl.Key, len(v.Lifecycles))
	}
}

// A column shows the first of its projects and says how many there are. What has become restricted
// is left out at once, however old the counts are.
func TestBoardIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	today := review.Today(time.Now())
	for i := range store.BoardCards + 3 {
		f.start(fmt.Sprintf("p-%02d", i), func(p *review.NewProject) {
			p.Target = today.AddDate(0, 0, 30-i).Format(time.DateOnly)
		})
	}
	f.start("someday", func(*review.NewProject) {})
	got := f.columns("mona", store.PortfolioFilter{})
	if want := "idea 16: p-14 p-13 p-12 p-11 p-10 p-09 p-08 p-07 p-06 p-05 p-04 p-03; live 0: "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	f.change("olga", store.Target{Project: "p-14"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "Hidden", Team: "Blue", Tier: 2, Exposure: review.ExposurePilot, Restricted: true}, at)
	})
	if got := f.columns("mona", store.PortfolioFilter{}); strings.Contains(got, "p-14") {
		t.Errorf("a restricted project is shown: %s", got)
	}
}
