package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
