package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
)

// conditional brings the last stage of a project past its gate, on a condition
// for mike that is due in five days.
func (f *fixture) conditional(key review.ProjectKey) {
	f.t.Helper()
	f.create(string(key))
	f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		if err := r.Answer(who, "live", "restore-tested", review.Met, "", 0, at); err != nil {
			return err
		}
		if err := r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://wiki.example.test/restore", Title: "Restore", Type: "test-report"}, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "First.", at)
	})
	f.signIf("sre", key, "Test it.")
}

func (f *fixture) signIf(name string, key review.ProjectKey, text string) {
	f.t.Helper()
	f.change(name, store.Target{Project: key, Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		in := review.NewSignOff{Seat: plan.SeatSRE, Decision: review.Conditional, Digest: r.Digest(r.Stage("live"))}
		in.Conditions = []review.NewCondition{{Text: text, Owner: f.people["mike"], Due: at.AddDate(0, 0, 5).Format(review.DateLayout)}}
		return r.SignOff(who, "live", in, at)
	})
}

// again has the last stage of a project pass once more on other content.
func (f *fixture) again(key review.ProjectKey) {
	f.t.Helper()
	f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		version := r.Stage("live").Item("restore-tested").Answer.Version
		if err := r.Answer(who, "live", "restore-tested", review.Met, at.String(), version, at); err != nil {
			return err
		}
		return r.Request(who, "live", "", "Again.", at)
	})
	if _, err := f.sign("sre", key, "live", plan.SeatSRE); err != nil {
		f.t.Fatal(err)
	}
}

// todo are the conditions that wait for somebody: to be met, and to be judged.
func (f *fixture) todo(name string) (mine, confirm []string) {
	f.t.Helper()
	w, err := f.MyWork(context.Background(), f.as(name))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range w.Owed {
		mine = append(mine, string(c.Project)+": "+c.Text)
	}
	for _, c := range w.Confirm {
		confirm = append(confirm, string(c.Project)+": "+c.Text)
	}
	return mine, confirm
}

func (f *fixture) expectTodo(name string, mine, confirm []string) {
	f.t.Helper()
	if a, b := f.todo(name); !slices.Equal(a, mine) || !slices.Equal(b, confirm) {
		f.t.Errorf("%s has to meet %q and to judge %q, want %q and %q", name, a, b, mine, confirm)
	}
}

// An open condition goes on through the next round and the next review: it is
// somebody's to do, the gate stands with it, and the tables equal the trail.
func TestConditionsGoOn(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	f.again("alpha")
	gate := func(want review.GateState) {
		t.Helper()
		v, err := f.Project(context.Background(), f.as("adam"), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Review.Stage("live").Gate; got != want {
			t.Errorf("the gate stands %q, want %q", got.Label(), want.Label())
		}
		f.sameAsReplay(t, "alpha")
	}
	gate(review.GateConditional)
	f.expectTodo("mike", []string{"alpha: Test it."}, nil)

	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "Yearly.", at)
	})
	gate(review.GateBlocked)
	f.expectTodo("mike", []string{"alpha: Test it."}, nil)
	live := store.Target{Project: "alpha", Stage: "live"}
	f.change("mike", live, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MeetCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), "Tested.", at)
	})
	f.expectTodo("sre", nil, []string{"alpha: Test it."})
	f.expectTodo("both", nil, nil) // while who set it is there
	f.again("alpha")
	gate(review.GateConditional)

	// Who set it has left the seat: another in it confirms, and they do not.
	f.unseat("sre")
	f.expectTodo("sre", nil, nil)
	f.expectTodo("both", nil, []string{"alpha: Test it."})
	f.change("both", live, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ConfirmCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), at)
	})
	gate(review.GatePassed)
	f.expectTodo("mike", nil, nil)
}

// unseat takes away the seats that came from groups, as the next sign-in would.
func (f *fixture) unseat(name string) {
	f.t.Helper()
	if _, err := f.Join(context.Background(), store.Identity{Issuer: issuer, Subject: name, Name: "Person " + name, Rights: []review.Right{{Role: review.RoleViewer}}}, time.Time{}); err != nil {
		f.t.Fatal(err)
	}
}

// A condition that was taken back is nobody's to do any more, and says by whom,
// for whom and why.
func TestConditionTakenBackByAStandIn(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	f.standIn("sre", "pat")
	f.change("pat", store.Target{Project: "alpha", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ReleaseCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), "The drill is off.", at)
	})
	v, err := f.Gate(context.Background(), f.as("adam"), "alpha", "live")
	if err != nil {
		t.Fatal(err)
	}
	if c := v.Stage.Conditions[0]; c.DroppedBy != f.people["pat"] || c.DroppedFor != f.people["sre"] || c.DroppedWhy != "The drill is off." || v.Stage.Gate != review.GatePassed {
		t.Errorf("taken back as %+v", c)
	}
	if v.Names.Of(f.people["pat"]) == "" {
		t.Error("who took it back has no name")
	}
	f.expectTodo("mike", nil, nil)
	f.sameAsReplay(t, "alpha")
}

// standIn lets somebody sit in the SRE seat for its holder.
func (f *fixture) standIn(holder, to string) {
	f.t.Helper()
	_, err := f.ChangeRights(context.Background(), f.as(holder), f.people[holder], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Delegate(who, review.NewDelegation{To: f.people[to], Seat: plan.SeatSRE, Ends: at.AddDate(0, 0, 9).Format(review.DateLayout)}, at)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// What a stand-in decides on waivers, findings, conditions and break-glass is
// kept with whom they stood in for.
func TestForWhomStandInsDecideIsKept(t *testing.T) {
	f := newFixture(t)
	f.eventful("alpha")
	f.standIn("sre", "pat")
	do := func(name string, stage plan.StageKey, decide store.Decide) {
		t.Helper()
		f.change(name, store.Target{Project: "alpha", Stage: stage}, decide)
	}
	do("pat", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RevokeWaiver(who, "live", 1, shown(r.Stage("live").Waivers, 1), "Over.", at)
	})
	do("mike", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "live", "restore-tested", review.NewWaiver{Reason: "Late", Risk: "Small", Measure: "By hand", Until: at.AddDate(0, 0, 20).Format(review.DateLayout)}, at)
	})
	do("pat", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.GrantWaiver(who, "live", 2, shown(r.Stage("live").Waivers, 2), "Fine.", at)
	})
	do("mike", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MeetCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), "Tested.", at)
	})
	do("pat", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.ConfirmCondition(who, "live", 1, shown(r.Stage("live").Conditions, 1), at)
	})
	do("mona", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Force(who, "live", r.Digest(r.Stage("live")), "The house burns.", at.AddDate(0, 0, 2).Format(review.DateLayout), at)
	})
	do("pat", "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.CloseRetrospective(who, "live", 1, "It was right.", at)
	})
	f.sameAsReplay(t, "alpha")
	v, err := f.Gate(context.Background(), f.as("adam"), "alpha", "live")
	if err != nil {
		t.Fatal(err)
	}
	s, sre := v.Stage, f.people["sre"]
	if s.Waivers[0].RevokedFor != sre || s.Waivers[1].GrantedFor != sre || s.Conditions[0].ConfirmedFor != sre || s.Rounds[0].ReviewedFor != sre {
		t.Errorf("kept as %+v, %+v, %+v", s.Waivers, s.Conditions, s.Rounds)
	}
	w, err := f.Waivers(context.Background(), f.as("adam"), store.WaiverFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Rows) != 1 || w.Rows[0].Waiver.GrantedFor != sre || w.Rows[0].Seq != v.Seq || w.Rows[0].Waiver.Digest() != s.Waivers[1].Digest() || w.Names.Of(sre) == "" {
		t.Errorf("the register has %+v", w.Rows)
	}
}

// migrateAnew takes the schema back to a version, where it changes something, and
// up again.
func (f *fixture) migrateAnew(to int64, change string) {
	f.t.Helper()
	ctx := context.Background()
	cfg, err := pgx.ParseConfig(f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := p.DownTo(ctx, to); err != nil {
		f.t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, change); err != nil {
		f.t.Fatal(err)
	}
	if _, err := p.Up(ctx); err != nil {
		f.t.Fatal(err)
	}
	if err := f.publish(plan.Document{Lifecycle: f.tmpl}); err != nil { // as the migrate command does
		f.t.Fatal(err)
	}
	f.Store.Close() // its connections remember the tables as they were
	f.Store, err = store.Open(ctx, f.db.AppURL, store.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(f.Close)
}

// Conditions from before they outlived their rounds get the seat in which they
// were set, and bind their gates once the sweep has looked.
func TestConditionsFromBeforeTheyOutlivedTheirRound(t *testing.T) {
	f := newFixture(t)
	f.conditional("alpha")
	f.again("alpha")
	ctx := context.Background()
	f.migrateAnew(1, fmt.Sprintf(`update portfolio set gates[2] = %d, next_change_at = null`, review.GatePassed))
	if n, err := f.Refresh(ctx); n != 1 || err != nil {
		t.Errorf("the sweep brings %d up to date, %v", n, err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("after the migration verifying finds %q", found)
	}
	v, err := f.Gate(ctx, f.as("adam"), "alpha", "live")
	if err != nil {
		t.Fatal(err)
	}
	if c := v.Stage.Conditions; len(c) != 1 || c[0].Seat != plan.SeatSRE || v.Stage.Gate != review.GateConditional {
		t.Errorf("the gate stands %q on %+v", v.Stage.Gate.Label(), c)
	}
}
