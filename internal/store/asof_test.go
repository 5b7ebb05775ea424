package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// asOf reads a project as it was, as an admin.
func (f *fixture) asOf(key review.ProjectKey, at time.Time) *store.AsOfView {
	f.t.Helper()
	v, err := f.AsOf(context.Background(), f.as("adam"), key, at)
	if err != nil {
		f.t.Fatalf("as of %s: %v", at, err)
	}
	return v
}

func (f *fixture) request(key review.ProjectKey, stage plan.StageKey) *store.Changed {
	f.t.Helper()
	return f.change("olga", store.Target{Project: key, Stage: stage}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, stage, r.Digest(r.Stage(stage)), "It can go first.", at)
	})
}

func (f *fixture) mustSign(name string, key review.ProjectKey, stage plan.StageKey, seat plan.Seat) *store.Changed {
	f.t.Helper()
	c, err := f.sign(name, key, stage, seat)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return c
}

func TestAsOfShowsEachMomentAsItWas(t *testing.T) {
	f := newFixture(t)
	created := f.create("ledger")
	f.answerIdea("ledger")
	requested := f.request("ledger", "idea")
	first := f.mustSign("pat", "ledger", "idea", plan.SeatProduct)
	passed := f.mustSign("eng", "ledger", "idea", plan.SeatEngineering)
	changed := f.change("mike", store.Target{Project: "ledger", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "One is missing.", 1, at)
	})
	for name, c := range map[string]struct {
		at       time.Time
		gate     review.GateState
		counting int
	}{
		"created":                 {created.Now, review.GateBlocked, 0},
		"just before the request": {requested.Now.Add(-time.Microsecond), review.GateReady, 0},
		"requested":               {requested.Now, review.GateWaiting, 0},
		"the first signature":     {first.Now, review.GateWaiting, 1},
		"just before it passed":   {passed.Now.Add(-time.Microsecond), review.GateWaiting, 1},
		"passed":                  {passed.Now, review.GatePassed, 0},
		"just before the change":  {changed.Now.Add(-time.Microsecond), review.GatePassed, 0},
		"changed":                 {changed.Now, review.GateChanged, 0},
		"now, which is changed":   {time.Time{}, review.GateChanged, 0},
	} {
		v := f.asOf("ledger", c.at)
		s := v.Review.Stage("idea")
		if got := v.Rollups[0].Gate; got != c.gate || s.Gate != c.gate {
			t.Errorf("%s: the gate is %v, in the stage %v, want %v", name, got, s.Gate, c.gate)
		}
		if got := len(v.Review.Counting(s)); got != c.counting {
			t.Errorf("%s: %d signatures count, want %d", name, got, c.counting)
		}
	}
	if got := f.asOf("ledger", requested.Now).Review.Stage("idea").Item("risks-listed").Answer.State; got != review.Met {
		t.Errorf("the answer then: %s", got)
	}
	_, err := f.AsOf(context.Background(), f.as("adam"), "ledger", created.Now.Add(-time.Microsecond))
	if !errors.Is(err, review.ErrNotFound) {
		t.Errorf("before it was started: %v", err)
	}
}

// The present from the trail is the present from the tables.
func TestAsOfNowIsThePresent(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.answerIdea("ledger")
	f.request("ledger", "idea")
	f.mustSign("pat", "ledger", "idea", plan.SeatProduct)
	now, err := f.Project(context.Background(), f.as("adam"), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	then := f.asOf("ledger", time.Time{})
	if ds := review.Differences(now.Review, then.Review); len(ds) > 0 {
		t.Errorf("they differ: %v", ds)
	}
	if then.Seq != now.Seq || then.Head.Seq != now.Seq || then.Head.Hash == (review.Hash{}) {
		t.Errorf("version %d and head %d, want %d", then.Seq, then.Head.Seq, now.Seq)
	}
	if got, want := len(then.Review.Counting(then.Review.Stage("idea"))), len(now.Review.Counting(now.Review.Stage("idea"))); got != want || want != 1 {
		t.Errorf("%d signatures count, %d in the tables", got, want)
	}
}

// A seat that was taken away later counted then; one given anew does not make
// an old signature count.
func TestAsOfCountsThoseWhoWereEntitledThen(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.answerIdea("ledger")
	f.request("ledger", "idea")
	signed := f.mustSign("pat", "ledger", "idea", plan.SeatProduct)
	counting := func(at time.Time) int {
		v := f.asOf("ledger", at)
		return len(v.Review.Counting(v.Review.Stage("idea")))
	}
	join := func(rights ...review.Right) {
		id := store.Identity{Issuer: issuer, Subject: "pat", Name: "Person pat", Rights: rights}
		if _, err := f.Join(context.Background(), id, time.Time{}); err != nil {
			t.Fatal(err)
		}
		now, err := f.Project(context.Background(), f.as("adam"), "ledger")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := counting(time.Time{}), len(now.Review.Counting(now.Review.Stage("idea"))); got != want || want != 0 {
			t.Errorf("now %d count by the trail, %d by the tables, want none", got, want)
		}
	}
	viewer := review.Right{Role: review.RoleViewer}
	join(viewer)
	join(viewer, review.Right{Seat: plan.SeatProduct})
	if n := counting(signed.Now); n != 1 {
		t.Errorf("right after it was given, %d signatures count", n)
	}
}

func TestAsOfHidesWhatIsRestrictedNow(t *testing.T) {
	f := newFixture(t)
	c := f.create("ledger")
	f.change("olga", store.Target{Project: "ledger"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true}, at)
	})
	for name, want := range map[string]error{"pat": review.ErrNotFound, "out": review.ErrNotFound, "olga": nil, "audit": nil} {
		_, err := f.AsOf(context.Background(), f.as(name), "ledger", c.Now)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		_, err = f.Compare(context.Background(), f.as(name), "ledger", c.Now, time.Time{})
		if !errors.Is(err, want) {
			t.Errorf("%s compares: %v, want %v", name, err, want)
		}
	}
	if _, err := f.AsOf(context.Background(), store.BySession(store.HashToken("nobody")), "ledger", c.Now); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("without a session: %v", err)
	}
}

func TestMomentsThatCannotBe(t *testing.T) {
	f := newFixture(t)
	c := f.create("ledger")
	field := func(err error) string {
		var bad *review.Invalid
		if !errors.As(err, &bad) {
			t.Fatalf("not refused as invalid: %v", err)
		}
		return bad.Fields[0].Field
	}
	ctx, later := context.Background(), c.Now.Add(time.Hour)
	_, err := f.AsOf(ctx, f.as("adam"), "ledger", later)
	if field(err) != "at" {
		t.Error(err)
	}
	for _, m := range []struct {
		from, to time.Time
		field    string
	}{
		{c.Now, later, "to"},
		{later, time.Time{}, "from"},
		{c.Now.AddDate(0, 0, -1), time.Time{}, "from"},
	} {
		if _, err := f.Compare(ctx, f.as("adam"), "ledger", m.from, m.to); field(err) != m.field {
			t.Errorf("from %s to %s: %v", m.from, m.to, err)
		}
	}
}

// What the next review starts afresh is still there as of then.
func TestAsOfReachesEarlierReviews(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.answerIdea("ledger")
	f.request("ledger", "idea")
	f.mustSign("pat", "ledger", "idea", plan.SeatProduct)
	f.mustSign("eng", "ledger", "idea", plan.SeatEngineering)
	f.change("mike", store.Target{Project: "ledger", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		return r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://wiki.example.test/r", Title: "Restore", Type: "test-report"}, at)
	})
	f.request("ledger", "live")
	f.mustSign("sre", "ledger", "live", plan.SeatSRE)
	started := f.change("olga", store.Target{Project: "ledger"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "The yearly one.", at)
	})
	v, err := f.Compare(context.Background(), f.as("adam"), "ledger", started.Now.Add(-time.Microsecond), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	before, after := v.Before.Review, v.After.Review
	if before.No != 1 || after.No != 2 || len(v.After.Reviews) != 2 {
		t.Errorf("reviews %d and %d, %d starts", before.No, after.No, len(v.After.Reviews))
	}
	if len(before.Stage("live").Rounds) != 1 || len(after.Stage("live").Rounds) != 0 {
		t.Error("the round of the first review is lost, or stands in the second")
	}
	if it := after.Stage("live").Item("restore-tested"); !it.Reattest || before.Stage("live").Item("restore-tested").Reattest {
		t.Error("only the second review asks to say it again")
	}
	f.sameAsReplay(t, "ledger")
	over, err := f.Overview(context.Background(), f.as("adam"), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	if len(over.Reviews) != 2 || !over.Reviews[1].Equal(started.Now) {
		t.Errorf("the overview's reviews: %v", over.Reviews)
	}
}
