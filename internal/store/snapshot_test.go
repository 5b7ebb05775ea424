package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// past are the keys of the projects of a day, with their marks, in order.
func (f *fixture) past(name string, filter store.PastFilter) string {
	f.t.Helper()
	v, err := f.Past(context.Background(), f.as(name), filter)
	if err != nil {
		f.t.Fatal(err)
	}
	out := make([]string, len(v.Rows))
	for i, r := range v.Rows {
		out[i] = string(r.Key)
		for _, m := range []struct {
			is   bool
			word string
		}{{r.Requestable, "!ready"}, {r.AtRisk, "!risk"}, {r.Late, "!late"}, {r.Lapsed, "!lapsed"}} {
			if m.is {
				out[i] += m.word
			}
		}
	}
	return strings.Join(out, " ")
}

func (f *fixture) snapshotAt(at time.Time) int {
	f.t.Helper()
	n, err := f.SnapshotAt(context.Background(), at)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// One server keeps a day, however many try at once and however often.
func TestOneSnapshotADay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	ctx := context.Background()
	other, err := store.Open(ctx, f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var wg sync.WaitGroup
	var mu sync.Mutex
	all, took := 0, 0
	for i := range 8 {
		wg.Go(func() {
			n, err := []*store.Store{f.Store, other}[i%2].Snapshot(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if all += n; n > 0 {
				took++
			}
		})
	}
	wg.Wait()
	if n, err := other.Snapshot(ctx); n != 0 || err != nil {
		t.Errorf("once more: %d projects, %v", n, err)
	}
	if all != 5 || took != 1 {
		t.Errorf("%d servers kept %d projects, want one with 5", took, all)
	}
}

// A snapshot says what the portfolio said, and goes on saying it.
func TestSnapshotsKeepWhatThePortfolioShowed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.counted()
	f.ForgetStandings()
	ctx := context.Background()
	if _, err := f.Snapshot(ctx); err != nil {
		t.Fatal(err)
	}
	filter := store.PortfolioFilter{}
	for _, who := range []string{"mona", "adam", "out"} {
		now, err := f.Portfolio(ctx, f.as(who), filter)
		if err != nil {
			t.Fatal(err)
		}
		then, err := f.Past(ctx, f.as(who), store.PastFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(now.Rows) != len(then.Rows) {
			t.Fatalf("%s: %d projects now, %d in the snapshot", who, len(now.Rows), len(then.Rows))
		}
		for i := range now.Rows {
			n, p := &now.Rows[i], &then.Rows[i]
			items, done, blockers := 0, 0, 0
			for _, s := range n.Stages {
				items, done, blockers = items+int(s.MustTotal+s.ShouldTotal), done+int(s.MustDone+s.ShouldDone), blockers+int(s.Blockers)
			}
			stage := n.Lifecycle.Stages[n.Current]
			want := fmt.Sprint(n.Key, n.Name, n.Team, n.Tier, n.Status, n.Live, n.Ready, n.Current, stage.Key, stage.Name, n.Stages[n.Current].Gate, items, done, blockers)
			got := fmt.Sprint(p.Key, p.Name, p.Team, p.Tier, p.Status, p.Live, p.Ready, p.Place, p.Stage, p.StageName, p.Gate, p.Items, p.Done, p.Blockers)
			if got != want {
				t.Errorf("%s sees %s in the snapshot, %s in the portfolio", who, got, want)
			}
		}
		a, b := now.Totals, then.Totals
		if a.Projects != b.Projects || a.Ready != b.Ready || a.AtRisk != b.AtRisk || a.Late != b.Late || a.Lapsed != b.Lapsed || a.Live != b.Live {
			t.Errorf("%s: the figures are %+v, the snapshot has %+v", who, a, b)
		}
	}
	if got := f.past("mona", store.PastFilter{Alarm: store.PastAtRisk}); got != "risky!risk" {
		t.Errorf("at risk: %s", got)
	}
	before := f.past("mona", store.PastFilter{})
	f.change("olga", store.Target{Project: "late"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Nobody wants it.", at)
	})
	f.start("newer", func(*review.NewProject) {})
	if after := f.past("mona", store.PastFilter{}); after != before || !strings.Contains(after, "late!late") {
		t.Errorf("after a change the snapshot says %s, before it said %s", after, before)
	}
}

// Who sees what of the past is asked of the present: also of the figures.
func TestSnapshotsHideWhatIsRestrictedNow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.start("open", func(p *review.NewProject) { p.Target = "2020-02-03" })
	f.start("hidden", func(p *review.NewProject) { p.Target = "2020-02-02" })
	f.snapshotAt(time.Now())
	edit := func(restricted bool) {
		f.change("olga", store.Target{Project: "hidden"}, func(r *review.Review, who review.Actor, at time.Time) error {
			p := r.Project
			return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: restricted, Target: "2020-02-02"}, at)
		})
	}
	edit(true)
	for who, want := range map[string]string{"mona": "open!late", "olga": "hidden!late open!late", "adam": "hidden!late open!late", "out": ""} {
		if got := f.past(who, store.PastFilter{}); got != want {
			t.Errorf("%s sees %q, want %q", who, got, want)
		}
		v, err := f.Past(context.Background(), f.as(who), store.PastFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(strings.Fields(want)); v.Totals.Projects != n || v.Totals.Late != n {
			t.Errorf("%s: the figures are %+v, want %d", who, v.Totals, n)
		}
		var file []string
		err = f.WholePast(context.Background(), f.as(who), store.PastFilter{}, 1, func(v *store.PastView) error {
			for _, r := range v.Rows {
				file = append(file, string(r.Key))
			}
			return nil
		})
		if got := strings.Join(file, " "); err != nil || got != strings.ReplaceAll(want, "!late", "") {
			t.Errorf("%s has %q in a file, %v", who, got, err)
		}
	}
	edit(false)
	if got := f.past("mona", store.PastFilter{Search: "HIDD"}); got != "hidden!late" {
		t.Errorf("no longer restricted: %q", got)
	}
}

// Old days go, but for the first of each week; older weeks go too.
func TestSnapshotsAreLetGoOf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("one")
	pool := f.db.Pool(t)
	ctx := context.Background()
	if _, err := pool.Exec(ctx, `
		with day as (
		    insert into snapshot (day, taken_at) select d, d from generate_series(current_date - 800, current_date - 1, interval '1 day') d returning day)
		insert into snapshot_project (day, project_id, review_no, place, gate, tier, ready, items, done, blockers, waivers, ending, conditions, overdue,
		       requestable, at_risk, late, lapsed, status, live, stage, team)
		select day.day, p.id, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, false, false, false, false, 'active', '', 'idea', 'Blue' from day, project p`); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Snapshot(ctx); n != 1 || err != nil {
		t.Fatalf("%d projects, %v", n, err)
	}
	var daily, weekly, oldest, mondays, without int
	if err := pool.QueryRow(ctx, `
		select count(*) filter (where day > current_date - 92), count(*) filter (where day <= current_date - 92), current_date - min(day),
		       count(*) filter (where day <= current_date - 92 and extract(isodow from day) = 1),
		       (select count(*) from snapshot_project p where not exists (select from snapshot s where s.day = p.day))
		  from snapshot`).Scan(&daily, &weekly, &oldest, &mondays, &without); err != nil {
		t.Fatal(err)
	}
	if daily != 92 || weekly < 89 || weekly > 91 || mondays != weekly || oldest > 7*104 || oldest < 7*103 || without != 0 {
		t.Errorf("%d daily, %d weekly of which %d are Mondays, the oldest %d days ago, %d rows of no snapshot", daily, weekly, mondays, oldest, without)
	}
}

// A day without a server has no snapshot, and the view says which ones have.
func TestDaysWithoutSnapshot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("one")
	ctx := context.Background()
	day := func(n int) time.Time { return review.Today(time.Now()).AddDate(0, 0, n) }
	v, err := f.Past(ctx, f.as("mona"), store.PastFilter{Day: day(-3)})
	if err != nil || !v.First.IsZero() || !v.TakenAt.IsZero() || len(v.Rows) != 0 {
		t.Fatalf("before there is any: %+v, %v", v, err)
	}
	noon := 12 * time.Hour
	if n := f.snapshotAt(day(-4).Add(noon)); n != 0 {
		t.Errorf("%d projects are in a snapshot of before they began", n)
	}
	f.snapshotAt(time.Now())
	v, err = f.Past(ctx, f.as("mona"), store.PastFilter{Day: day(-3)})
	if err != nil {
		t.Fatal(err)
	}
	if !v.TakenAt.IsZero() || !v.Before.Equal(day(-4)) || !v.After.Equal(day(0)) || len(v.Rows) != 0 {
		t.Errorf("a day without: %+v", v.Snapshots)
	}
	if err := f.WholePast(ctx, f.as("mona"), store.PastFilter{Day: day(-3)}, 10, func(*store.PastView) error { return nil }); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a file of it: %v", err)
	}
	if v, err = f.Past(ctx, f.as("mona"), store.PastFilter{}); err != nil || !v.Day.Equal(day(0)) || len(v.Rows) != 1 {
		t.Errorf("the newest: %+v, %v", v.Snapshots, err)
	}
}
