package store_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// What a person owns in a project of which they are no member hangs on them; whoever follows them gets it.
func TestRecordsHangOnAPerson(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	in := aRisk("3", "4")
	in.Owner = f.people["mona"]
	f.record("olga", "alpha", "risk", in)
	v, err := f.Person(t.Context(), f.as("olga"), f.people["mona"])
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Left) != 1 || len(v.Left[0].Tasks) != 1 || v.Left[0].Tasks[0].Record != 1 {
		t.Fatalf("what hangs on her is %+v", v.Left)
	}
	f.change("olga", store.Target{Project: "alpha", Others: []review.PersonID{f.people["mike"]}}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Succeed(who, f.people["mona"], f.people["mike"], true, "She left.", at)
	})
	if v, err = f.Person(t.Context(), f.as("olga"), f.people["mona"]); err != nil || len(v.Left) != 0 {
		t.Errorf("afterwards %+v hangs on her (%v)", v.Left, err)
	}
	rec, err := f.Record(t.Context(), f.as("olga"), "alpha", 1)
	if err != nil || rec.Record.Owner != f.people["mike"] || rec.Entries[0].Event.Kind() != "RecordHandedOn" {
		t.Errorf("the record is %+v (%v)", rec.Record, err)
	}
	f.verify(t, rec.Review.Project.ID)
}
