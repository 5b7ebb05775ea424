package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// What blocks, ran out and stood open is that of the projects that the person sees.
func TestTrendsOfItemsAndPromises(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, key := range []string{"one", "two"} { // risks-listed and scope-set are required
		f.start(key, func(*review.NewProject) {})
	}
	f.start("third", func(p *review.NewProject) { p.Tier = 3 }) // scope-set alone
	f.start("hidden", func(p *review.NewProject) { p.Restricted = true })
	f.change("olga", store.Target{Project: "one", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.AddEvidence(who, "idea", "scope-set", review.NewEvidence{URL: "https://wiki.example.test/scope", Title: "Scope", Type: "doc"}, at); err != nil {
			return err
		}
		return r.Answer(who, "idea", "scope-set", review.Met, "So it is.", 0, at)
	})
	f.change("olga", store.Target{Project: "two", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "Not yet.", 0, at)
	})
	f.exec(`update evidence set effective = current_date - 30, expires = current_date - 3`)
	f.snapshotAt(time.Now())
	if _, err := f.db.OwnerPool(t).Exec(context.Background(), `
		update snapshot_project p set waivers = 2, ending = 1, conditions = 3, overdue = 1
		  from project j where j.id = p.project_id and j.key in ('one', 'hidden')`); err != nil {
		t.Fatal(err)
	}
	said := func(who string) string {
		v, err := f.Trends(context.Background(), f.as(who))
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, it := range v.Blocking {
			out += fmt.Sprintf("%s (%s@%d) blocks %d; ", it.Title, it.Doc.Key, it.Doc.Version, it.Projects)
		}
		for _, e := range v.Expired {
			out += fmt.Sprintf("%s expired %d in %d; ", e.Title, e.Times, e.Projects)
		}
		for _, k := range v.ExpiredKinds {
			out += fmt.Sprintf("%s expired %d; ", k.Kind, k.Times)
		}
		if len(v.Promises) != store.TrendWeeks || !v.Promises[0].Day.IsZero() {
			t.Errorf("%s: %d weeks, the first of %s", who, len(v.Promises), v.Promises[0].Day)
		}
		w := v.Promises[len(v.Promises)-1]
		return out + fmt.Sprint(v.Weighed, w.Waivers, w.Ending, w.Conditions, w.Overdue, w.Day.IsZero())
	}
	if got, want := said("mona"), "Risks are listed (small@1) blocks 2; Scope is set (small@1) blocks 2; Scope is set expired 1 in 1; doc expired 1; 3 2 1 3 1 false"; got != want {
		t.Errorf("a manager reads\n%s, want\n%s", got, want)
	}
	if got, want := said("adam"), "Risks are listed (small@1) blocks 3; Scope is set (small@1) blocks 3; Scope is set expired 1 in 1; doc expired 1; 4 4 2 6 2 false"; got != want {
		t.Errorf("an admin reads\n%s, want\n%s", got, want)
	}
	if got, want := said("out"), "0 0 0 0 0 false"; got != want {
		t.Errorf("an outsider reads\n%s, want\n%s", got, want)
	}
}
