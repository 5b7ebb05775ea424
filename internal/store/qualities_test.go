package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// graded starts projects of a lifecycle whose items have qualities.
func (f *fixture) graded(keys ...string) {
	f.t.Helper()
	l := smallTemplate()
	l.Key = "graded"
	for i, q := range [][]string{{"value"}, {"reliability", "security"}} {
		l.Stages[0].Items[i].Quality = q
	}
	l.Stages[1].Items[0].Quality = []string{"reliability"}
	ref := f.published(plan.Document{Lifecycle: l})[0]
	for _, key := range keys {
		if _, err := f.Create(context.Background(), f.as("olga"), ref, review.NewProject{
			Key: key, Name: "Project " + key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Restricted: key == "hidden",
		}); err != nil {
			f.t.Fatal(err)
		}
	}
}

// qualities are what the portfolio says of each, with the weakest projects.
func (f *fixture) qualities(who string, filter store.PortfolioFilter) string {
	f.t.Helper()
	f.ForgetStandings()
	v, err := f.PortfolioQualities(context.Background(), f.as(who), filter)
	if err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, q := range v.Qualities {
		line := fmt.Sprintf("%s %d/%d of %d:", q.Quality, q.Done, q.Asked, q.Projects)
		for _, w := range q.Weakest {
			line += fmt.Sprintf(" %s %d/%d", w.Key, w.Done, w.Asked)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// The portfolio counts required items by quality as the stages do, follows answers, also of one stage alone,
// and says nothing of a project that may not be seen.
func TestPortfolioQualities(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.start("plain", func(*review.NewProject) {}) // whose items have no qualities
	f.graded("one", "two", "hidden")
	if got, want := f.qualities("mona", store.PortfolioFilter{}), "reliability 0/4 of 2: one 0/2 two 0/2; security 0/2 of 2: one 0/1 two 0/1; value 0/2 of 2: one 0/1 two 0/1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	answer := func(key review.ProjectKey, stage plan.StageKey, item plan.ItemKey, state review.State) {
		t.Helper()
		f.change("olga", store.Target{Project: key, Stage: stage}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, stage, item, state, "So it is.", r.Stage(stage).Item(item).Answer.Version, at)
		})
	}
	answer("one", "idea", "risks-listed", review.Met)
	answer("two", "live", "restore-tested", review.Met) // without evidence: not done
	if got, want := f.qualities("mona", store.PortfolioFilter{}), "value 0/2 of 2: one 0/1 two 0/1; reliability 1/4 of 2: two 0/2 one 1/2; security 1/2 of 2: two 0/1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := f.qualities("mona", store.PortfolioFilter{Search: "one"}), "value 0/1 of 1: one 0/1; reliability 1/2 of 1: one 1/2; security 1/1 of 1:"; got != want {
		t.Errorf("one alone: %s, want %s", got, want)
	}
	if got := f.qualities("adam", store.PortfolioFilter{Search: "hidden"}); !strings.HasPrefix(got, "reliability 0/2 of 1: hidden 0/2") {
		t.Errorf("to an admin: %s", got)
	}
	if got := f.qualities("out", store.PortfolioFilter{}); got != "" {
		t.Errorf("to somebody outside: %s", got)
	}
	f.exec(`update portfolio set qualities = '', next_change_at = now()`) // as a migration leaves it
	f.sweep(t)
	if got, want := f.qualities("mona", store.PortfolioFilter{Search: "one"}), "value 0/1 of 1: one 0/1; reliability 1/2 of 1: one 1/2; security 1/1 of 1:"; got != want {
		t.Errorf("after a sweep: %s, want %s", got, want)
	}
	f.change("olga", store.Target{Project: "two"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Another product does it.", at)
	})
	if got, want := f.qualities("mona", store.PortfolioFilter{}), "value 0/2 of 2: one 0/1; reliability 1/4 of 2: one 1/2; security 1/2 of 2:"; got != want {
		t.Errorf("with a stopped project: %s, want %s", got, want)
	}
	if problems := f.problems(t); len(problems) > 0 {
		t.Errorf("verify: %q", problems)
	}
}
