package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"pgregory.net/rapid"
)

// reads counts how often the database is asked, and the items of a stage are read.
type reads struct{ trips, items int }

func (c *reads) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.trips++
	return ctx
}
func (c *reads) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *reads) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.trips++
	return ctx
}
func (c *reads) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	if itemsRead.MatchString(q.SQL) {
		c.items++
	}
}
func (c *reads) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

var itemsRead = regexp.MustCompile(`from item t`)

// replica is another server on the same database.
func (f *fixture) replica(c pgx.QueryTracer) *fixture {
	f.t.Helper()
	s, err := store.Open(context.Background(), f.db.AppURL, store.Options{Tracer: c})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(s.Close)
	other := *f
	other.Store = s
	return &other
}

// answer answers the item of the first stage that takes no evidence.
func answer(to review.State, note string) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		it := r.Stage("idea").Item("risks-listed")
		return r.Answer(who, "idea", "risks-listed", to, note, it.Answer.Version, at)
	}
}

var idea = store.Target{Project: "alpha", Stage: "idea"}

// A second change of a stage reads nothing of it, and is as right as the first.
func TestAStageThatWasChangedIsKept(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.answerIdea("alpha")
	c := &reads{}
	one := f.replica(c)
	one.change("mike", idea, answer(review.NotMet, "One."))
	if c.items != 1 {
		t.Fatalf("the first change read the items %d times", c.items)
	}
	nothing := func(*review.Review, review.Actor, time.Time) error { return nil }
	for i := range 3 {
		one.change("olga", idea, answer(review.NotMet, fmt.Sprint("Again ", i)))
		kept, read := one.change("olga", idea, nothing), f.replica(nil).change("olga", idea, nothing)
		kept.Review.Plans, read.Review.Plans = nil, nil // each composes on its own connection
		if !reflect.DeepEqual(kept.Review, read.Review) {
			t.Errorf("kept: %+v\nread: %+v", kept.Review, read.Review)
		}
		if kept.Seq != read.Seq || len(kept.Rollups) != len(read.Rollups) {
			t.Errorf("kept: %d %+v\nread: %d %+v", kept.Seq, kept.Rollups, read.Seq, read.Rollups)
		}
		for j := range read.Rollups {
			kept.Rollups[j].NextChange = time.Time{} // the rows have one for the whole project
			if !reflect.DeepEqual(kept.Rollups[j], read.Rollups[j]) {
				t.Errorf("kept: %+v\nread: %+v", kept.Rollups[j], read.Rollups[j])
			}
		}
	}
	if c.items != 1 {
		t.Errorf("the items were read %d times in all", c.items)
	}
	f.sameAsReplay(t, "alpha")
}

// What another server did meanwhile is never missed.
func TestAnotherServersChangeShows(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	c := &reads{}
	one, two := f.replica(c), f.replica(nil)
	one.change("mike", idea, answer(review.NotMet, "From one."))
	two.change("olga", idea, answer(review.Met, "From two."))
	_, err := one.Change(t.Context(), f.as("mike"), idea, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Open, "", 1, at) // the version that one knew
	})
	var conflict *review.AnswerConflict
	if !errors.As(err, &conflict) || conflict.Current.Note != "From two." {
		t.Errorf("an answer to what was there before: %v", err)
	}
	two.change("adam", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.people["mike"], "", at)
	})
	var denied *review.Denied
	if _, err := one.Change(t.Context(), f.as("mike"), idea, answer(review.Met, "Still here.")); !errors.As(err, &denied) {
		t.Errorf("somebody taken off the project: %v", err)
	}
	f.sameAsReplay(t, "alpha")
}

// What is kept is a copy: a change that does not happen leaves no trace in it.
func TestARefusedChangeLeavesWhatIsKept(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	c := &reads{}
	one := f.replica(c)
	one.change("mike", idea, answer(review.NotMet, "Before."))
	changed := errors.New("changed its mind")
	if _, err := one.Change(t.Context(), f.as("mike"), idea, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := answer(review.Met, "Never.")(r, who, at); err != nil {
			return err
		}
		r.Project.Members[0].Person = 0
		return changed
	}); !errors.Is(err, changed) {
		t.Fatal(err)
	}
	comment := func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Discuss(who, "idea", "risks-listed", "A word.", "once", at)
	}
	got := one.change("mike", idea, comment)
	if it := got.Review.Stage("idea").Item("risks-listed"); it.Answer.Note != "Before." || len(got.Review.Project.Members) != 2 || got.Review.Project.Members[0].Person == 0 || c.items != 1 {
		t.Errorf("answer %+v, members %v, read %d times", it.Answer, got.Review.Project.Members, c.items)
	}
	one.change("mike", idea, comment) // refused by the database, after it was kept and before it was written
	got = one.change("mike", idea, answer(review.NotMet, "After."))
	if it := got.Review.Stage("idea").Item("risks-listed"); it.Answer.Version != 2 || it.Comments != 1 {
		t.Errorf("answer %+v, %d comments", it.Answer, it.Comments)
	}
	f.sameAsReplay(t, "alpha")
}

// Rights are read each time, whatever is kept.
func TestWhatIsKeptGivesNoRights(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	token := store.HashToken("secret of olga")
	if _, err := f.SignIn(t.Context(), store.Identity{Issuer: issuer, Subject: "olga", Name: "Olga", Rights: []review.Right{{Role: review.RoleViewer}}}, token, time.Hour); err != nil {
		t.Fatal(err)
	}
	by := store.BySession(token)
	if _, err := f.Change(t.Context(), by, idea, answer(review.NotMet, "With a session.")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.SignOut(t.Context(), store.BySession(token)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Change(t.Context(), by, idea, answer(review.Met, "Without.")); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("after the session ended: %v", err)
	}
	approve := func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ApproveNotApplicable(who, "idea", "risks-listed", r.Stage("idea").Item("risks-listed").Answer.Version, at)
	}
	f.change("mike", idea, answer(review.NotApplicable, "There are none."))
	if _, err := f.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "sre", Name: "Sre", Rights: []review.Right{{Role: review.RoleViewer}}}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	var denied *review.Denied
	if _, err := f.Change(t.Context(), f.as("sre"), idea, approve); !errors.As(err, &denied) {
		t.Errorf("after the seat was revoked: %v", err)
	}
	f.change("eng", idea, approve)
	f.sameAsReplay(t, "alpha")
}

// A sweep writes without anything having happened. What it wrote is not undone
// by a change that knows a stage from before.
func TestWhatASweepWroteStays(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	live := store.Target{Project: "alpha", Stage: "live"}
	f.change("mike", live, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://ci.example.test/1", Title: "Restore", Type: "test-report"}, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "Out of order on purpose.", at)
	})
	c := &reads{}
	one := f.replica(c)
	one.change("mike", idea, answer(review.NotMet, "Before."))
	one.change("mike", idea, answer(review.NotMet, "Kept."))
	if c.items != 1 {
		t.Fatalf("the items were read %d times", c.items)
	}
	// As if time had changed the other stage.
	if got := exec(t, f.db.OwnerURL, `update portfolio set blockers[2] = 77, next_change_at = now() - interval '1 day'`); got != "" {
		t.Fatal(got)
	}
	if n, err := f.Refresh(t.Context()); err != nil || n != 1 {
		t.Fatalf("refreshed %d: %v", n, err)
	}
	want := one.change("mike", store.Target{Project: "alpha"}, func(*review.Review, review.Actor, time.Time) error { return nil })
	got := one.change("mike", idea, answer(review.NotMet, "After."))
	if c.items != 3 {
		t.Errorf("the items were read %d times", c.items)
	}
	if got.Rollups[1].Blockers != want.Rollups[1].Blockers || want.Rollups[1].Blockers == 77 {
		t.Errorf("the other stage has %d blockers, the sweep had found %d", got.Rollups[1].Blockers, want.Rollups[1].Blockers)
	}
	f.sameAsReplay(t, "alpha")
}

// Whatever people do on two servers at a time, with sweeps in between, the
// tables equal the replayed trail.
func TestTwoServersKeepToTheTrail(t *testing.T) {
	f := newFixture(t)
	c := &reads{}
	servers := []*fixture{f.replica(c), f.replica(nil)}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		key := review.ProjectKey(fmt.Sprintf("project-%d", n))
		f.create(string(key))
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			name := rapid.SampledFrom([]string{"olga", "mike", "mike", "mike", "pat", "sre"}).Draw(rt, "who")
			t := store.Target{Project: key, Stage: rapid.SampledFrom([]plan.StageKey{"idea", "idea", "live", ""}).Draw(rt, "stage")}
			server := rapid.SampledFrom(servers).Draw(rt, "server")
			_, _ = server.Change(context.Background(), f.as(name), t, randomCommand(rt)) // refusals are part of it
		}
		f.sameAsReplay(t, key)
	})
}
