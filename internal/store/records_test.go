package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// aRisk is what somebody types of a risk.
func aRisk(likelihood, impact string) review.NewRecord {
	return review.NewRecord{
		RecordFields: review.RecordFields{
			Title: "The provider is down", Text: "At night, “too”.", Due: "2099-01-02", Stage: "idea", Item: "risks-listed",
			Values: record.Values{"likelihood": likelihood, "impact": impact},
		},
		Links: "https://wiki.example.test/provider How it fails",
	}
}

// record adds a record to a project.
func (f *fixture) record(who string, key review.ProjectKey, kind record.Key, in review.NewRecord) int {
	f.t.Helper()
	var no int
	f.change(who, store.Target{Project: key, Others: []review.PersonID{in.Owner}}, func(r *review.Review, who review.Actor, at time.Time) (err error) {
		no, err = r.OpenRecord(who, kind, in, at)
		return err
	})
	return no
}

// moveRecord brings a record into another state.
func (f *fixture) moveRecord(who string, key review.ProjectKey, no int, to record.StateKey, reason string) {
	f.t.Helper()
	f.change(who, store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		rec, err := r.Record(no)
		if err != nil {
			return err
		}
		return r.MoveRecord(who, no, rec.Digest(), review.RecordMove{To: to, Reason: reason}, at)
	})
}

// recorded gives a project records in which everything happens that can.
func (f *fixture) recorded(key review.ProjectKey) {
	f.t.Helper()
	in := aRisk("3", "4")
	in.Owner = f.people["mike"]
	f.record("mike", key, "risk", in)
	f.record("mike", key, "debt", review.NewRecord{RecordFields: review.RecordFields{Title: "By hand", Due: "2099-01-02", Values: record.Values{"cost": "an hour"}}})
	f.moveRecord("mona", key, 1, "accepted", "Once a year.")
	f.moveRecord("mike", key, 2, "paid", "")
	f.change("mike", store.Target{Project: key, Others: []review.PersonID{f.people["mona"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		rec, err := r.Record(2)
		if err != nil {
			return err
		}
		in := review.NewRecord{RecordFields: rec.RecordFields}
		in.Title = "Restored by hand"
		if err := r.EditRecord(who, 2, rec.Digest(), in, at); err != nil {
			return err
		}
		return r.DiscussRecord(who, 2, "Done on Monday, @mona.", "once", at, f.people["mona"])
	})
	no := f.record("mike", key, "objective", review.NewRecord{RecordFields: review.RecordFields{
		Title: "Payments are confirmed", Stage: "idea", Values: record.Values{"indicator": "confirmed within a second", "objective": "99.5", "window": "28d"},
	}})
	for i, value := range []string{"99,62", "98.9", "12"} {
		f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
			in := review.NewReading{Value: value, At: at.UTC().AddDate(0, 0, i-3).Format(record.MomentLayout), Note: "By hand.", URL: "https://figures.example.test/28d"}
			return r.NoteReading(who, no, in, at)
		})
	}
	f.change("mike", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StrikeReading(who, no, 3, "Read off the wrong line.", at)
	})
}

// What is written of records is what the trail says, also through a gate and the
// next review.
func TestRecordsAreStored(t *testing.T) {
	f := newFixture(t)
	f.waiting("alpha")
	f.recorded("alpha")
	f.holds(t, "records")
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, "alpha", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	f.holds(t, "the gate passed")
	f.moveRecord("mike", "alpha", 1, "closed", "There are two providers now.")
	f.holds(t, "a record that the gate decided on was closed")

	v, err := f.Record(t.Context(), f.as("olga"), "alpha", 2)
	if err != nil {
		t.Fatal(err)
	}
	if v.Record.Title != "Restored by hand" || v.Record.State != "paid" || len(v.Comments) != 1 || len(v.Entries) != 4 || v.Names.Of(v.Record.By) == "" {
		t.Errorf("%+v, %d comments, %d entries", v.Record, len(v.Comments), len(v.Entries))
	}
	past, err := f.AsOf(t.Context(), f.as("olga"), "alpha", v.Entries[2].At)
	if err != nil {
		t.Fatal(err)
	}
	then, err := past.RecordAsOf(2)
	if err != nil || then.Record.Comments != 0 || then.Record.Title != "By hand" || len(then.Entries) != 2 {
		t.Errorf("before the comment: %+v, %v", then, err)
	}
	if _, err := f.Record(t.Context(), f.as("olga"), "alpha", 9); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a record that is not there: %v", err)
	}
}

// How the gates stood when a release went out is stored with it, and stays when they
// stand otherwise.
func TestReleasesAreStored(t *testing.T) {
	f := newFixture(t)
	f.waiting("alpha")
	no := f.record("mike", "alpha", "release", review.NewRecord{RecordFields: review.RecordFields{Title: "4.2", Due: "2099-01-02", Values: record.Values{
		"subject": "service", "version": "4.2", "environment": "production", "time": "2026-01-02T10:00", "because": "Refunds.", "authorised": "The board",
	}}})
	f.moveRecord("mike", "alpha", no, "out", "")
	f.holds(t, "a release")
	for name, seat := range map[string]plan.Seat{"pat": plan.SeatProduct, "sre": plan.SeatSRE} {
		if _, err := f.sign(name, "alpha", "idea", seat); err != nil {
			t.Fatal(err)
		}
	}
	f.holds(t, "a gate passed with it")
	v, err := f.Record(t.Context(), f.as("olga"), "alpha", no)
	if err != nil {
		t.Fatal(err)
	}
	g := v.Record.Gates
	if g == nil || g.Gates[0].State != review.GateWaiting || g.Gates[0].Stage != "idea" || !g.At.Equal(v.Record.MovedAt) || g.Review != 1 || v.Review.Stage("idea").Gate != review.GatePassed {
		t.Errorf("it keeps %+v", g)
	}
	if decided := v.Review.Stage("idea").Decided(); len(decided) != 1 || decided[0].Gates == nil || len(decided[0].Gates.Gates) != len(v.Review.Stages) {
		t.Errorf("the gate keeps %+v", decided)
	}
}

// A stage that is kept knows the records on which its gate decides.
func TestAKeptStageKnowsItsRecords(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.answerIdea("alpha")
	f.record("mike", "alpha", "risk", aRisk("5", "5"))
	idea := store.Target{Project: "alpha", Stage: "idea"}
	for _, note := range []string{"One.", "Two."} { // the second finds what the first has kept
		f.change("mike", idea, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", "risks-listed", review.Met, note, r.Stage("idea").Item("risks-listed").Answer.Version, at)
		})
	}
	_, err := f.Change(t.Context(), f.as("mike"), idea, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Request(who, "idea", "", "", at)
	})
	var blocked *review.Blocked
	if !errors.As(err, &blocked) || blocked.Blockers[0].Kind != review.RecordUndecided {
		t.Errorf("%v", err)
	}
	f.holds(t, "ticks")
}

// Two people move one record at the same time: one of them does, the other is told.
func TestTwoMoveOneRecord(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.record("mike", "alpha", "risk", aRisk("3", "4"))
	v, err := f.Record(t.Context(), f.as("mike"), "alpha", 1)
	if err != nil {
		t.Fatal(err)
	}
	shown, done := v.Record.Digest(), make(chan error)
	for _, who := range []string{"mike", "mona"} {
		go func() {
			_, err := f.Change(context.Background(), f.as(who), store.Target{Project: "alpha"}, func(r *review.Review, a review.Actor, at time.Time) error {
				return r.MoveRecord(a, 1, shown, review.RecordMove{To: "closed", Reason: who + " says so."}, at)
			})
			done <- err
		}()
	}
	a, b := <-done, <-done
	var outdated *review.Outdated
	if (a == nil) == (b == nil) || !errors.As(errors.Join(a, b), &outdated) {
		t.Errorf("%v, %v", a, b)
	}
	f.holds(t, "two moves")
}

// Nobody reads a record of a project that they may not see, nor gives one to
// somebody who may not.
func TestRecordsOfARestrictedProject(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.change("olga", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		in := r.Project.Fields()
		in.Restricted = true
		return r.Edit(who, in, at)
	})
	f.record("mike", "alpha", "risk", aRisk("3", "4"))
	if _, err := f.Record(t.Context(), f.as("out"), "alpha", 1); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("%v", err)
	}
	in := aRisk("3", "4")
	in.Owner = f.people["out"]
	_, err := f.Change(t.Context(), f.as("mike"), store.Target{Project: "alpha", Others: []review.PersonID{in.Owner}}, func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, "risk", in, at)
		return err
	})
	var invalid *review.Invalid
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Error(), "may not see") {
		t.Errorf("%v", err)
	}
}
