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

// backdate moves today's snapshot so many days back.
func (f *fixture) backdate(days int) time.Time {
	f.t.Helper()
	day := review.Today(time.Now()).AddDate(0, 0, -days)
	_, err := f.db.OwnerPool(f.t).Exec(context.Background(), `
		with kept as (insert into snapshot (day, taken_at) select $1, taken_at from snapshot where day = $2)
		update snapshot_project set day = $1 where day = $2`, day, review.Today(time.Now()))
	if err != nil {
		f.t.Fatal(err)
	}
	f.exec(`delete from snapshot s where not exists (select from snapshot_project p where p.day = s.day)`)
	return day
}

// Between two days, each project says what became of it, and what did not change says nothing.
func TestChangesBetweenTwoDays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	for _, key := range []string{"still", "late", "held", "hidden"} {
		f.start(key, func(*review.NewProject) {})
	}
	f.create("ahead")
	f.answerIdea("ahead")
	if v, err := f.Changes(ctx, f.as("mona"), time.Time{}, time.Time{}); err != nil || len(v.Rows) != 0 || !v.To.TakenAt.IsZero() {
		t.Errorf("before a day is kept: %+v, %v", v, err)
	}
	f.snapshotAt(time.Now())
	if v, err := f.Changes(ctx, f.as("mona"), time.Time{}, time.Time{}); err != nil || len(v.Rows) != 0 || v.To.TakenAt.IsZero() || !v.From.Day.IsZero() {
		t.Errorf("with one day: %+v, %v", v, err)
	}
	day := f.backdate(7)
	edit := func(key review.ProjectKey, to func(*review.ProjectFields)) {
		f.change("olga", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
			p := r.Project
			fields := review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure}
			to(&fields)
			return r.Edit(who, fields, at)
		})
	}
	edit("late", func(p *review.ProjectFields) { p.Target = "2020-02-03" })
	edit("hidden", func(p *review.ProjectFields) { p.Target, p.Restricted = "2020-02-03", true })
	f.change("olga", store.Target{Project: "held"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Budget", at)
	})
	f.change("olga", store.Target{Project: "ahead", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	for who, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "eng": plan.SeatEngineering} {
		if _, err := f.sign(who, "ahead", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	f.start("newer", func(*review.NewProject) {})
	f.snapshotAt(time.Now())
	said := func(who string) string {
		v, err := f.Changes(ctx, f.as(who), time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if !v.From.Day.Equal(day) || !v.To.Day.Equal(review.Today(time.Now())) {
			t.Errorf("%s: from %s to %s", who, v.From.Day, v.To.Day)
		}
		var out []string
		for _, c := range v.Rows {
			out = append(out, fmt.Sprintf("%s new=%t %s>%s %s>%s late=%t>%t passed=%v", c.Key, c.New, c.Before.StageName, c.After.StageName, c.Before.Status, c.After.Status, c.Before.Late, c.After.Late, c.PassedNames))
		}
		return strings.Join(out, "\n")
	}
	want := []string{
		"ahead new=false Idea>Live active>active late=false>false passed=[Idea]",
		"held new=false Idea>Idea active>on hold late=false>false passed=[]",
		"hidden new=false Idea>Idea active>active late=false>true passed=[]",
		"late new=false Idea>Idea active>active late=false>true passed=[]",
		"newer new=true >Idea >active late=false>false passed=[]",
	}
	if got := said("adam"); got != strings.Join(want, "\n") {
		t.Errorf("an admin reads\n%s", got)
	}
	if got := said("mona"); got != strings.Join(append(want[:2:2], want[3:]...), "\n") {
		t.Errorf("a manager reads\n%s", got)
	}
	if got := said("out"); got != "" {
		t.Errorf("an outsider reads\n%s", got)
	}
	if v, err := f.Changes(ctx, f.as("adam"), day.AddDate(0, 0, 1), time.Time{}); err != nil || len(v.Rows) != 0 || !v.From.TakenAt.IsZero() {
		t.Errorf("from a day that is not kept: %d rows, %v", len(v.Rows), err)
	}
}
