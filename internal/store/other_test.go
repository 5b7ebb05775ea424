package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// dependsOn adds a dependency of a project on another one, which counts at the first
// gate.
func (f *fixture) dependsOn(who string, key, on review.ProjectKey) {
	f.t.Helper()
	f.change(who, store.Target{Project: key, Seen: []review.ProjectKey{on}}, func(r *review.Review, who review.Actor, at time.Time) error {
		_, err := r.OpenRecord(who, "dependency", review.NewRecord{RecordFields: review.RecordFields{
			Title: fmt.Sprintf("Tokens %d", len(r.Records)), Due: "2099-01-02", Stage: "idea", Values: record.Values{"project": string(on), "promised": "Tokens", "contact": "#vault"},
		}}, at)
		return err
	})
}

// A dependency tells of the other project what whoever looks may see, and is told
// there to whoever may see both; nothing is written into the other project.
func TestDependenciesAreSeenAtBothEnds(t *testing.T) {
	f := newFixture(t)
	for _, key := range []string{"alpha", "vault", "secret"} {
		f.create(key)
	}
	before, err := f.Overview(t.Context(), f.as("olga"), "vault")
	if err != nil {
		t.Fatal(err)
	}
	f.dependsOn("olga", "alpha", "vault")
	f.dependsOn("olga", "alpha", "secret")
	f.dependsOn("olga", "secret", "vault")
	f.change("olga", store.Target{Project: "secret"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: plan.Tier(p.Tier), Exposure: p.Exposure, Restricted: true}, at)
	})
	f.holds(t, "dependencies")
	for who, sees := range map[string]int{"olga": 2, "mona": 1} {
		v, err := f.Records(t.Context(), f.as(who), "alpha")
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Others) != sees {
			t.Errorf("%s sees %+v", who, v.Others)
		}
		for _, o := range v.Others {
			if o.Status != review.StatusActive || o.Live != review.NotLive || o.Name == "" || o.Key == "" {
				t.Errorf("%s sees %+v", who, o)
			}
		}
		o, err := f.Overview(t.Context(), f.as(who), "vault")
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Resting) != sees || o.RestingAll != sees || o.Resting[0].Project != "alpha" || o.Resting[0].State != "asked" || o.Resting[0].Due.IsZero() {
			t.Errorf("%s sees that there rest %+v", who, o.Resting)
		}
		if o.Seq != before.Seq {
			t.Errorf("the other project is at %d, and was at %d", o.Seq, before.Seq)
		}
	}
	// Whoever does not see a project is told of its key what they are told of any other.
	for _, key := range []review.ProjectKey{"secret", "nothing"} {
		_, err := f.Change(t.Context(), f.as("mona"), store.Target{Project: "alpha", Seen: []review.ProjectKey{key}}, func(r *review.Review, _ review.Actor, _ time.Time) error {
			if len(r.Seen) != 0 {
				t.Errorf("mona sees %v", r.Seen)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	past, err := f.AsOf(t.Context(), f.as("mona"), "alpha", time.Time{})
	if err != nil || len(past.Others) != 1 {
		t.Errorf("of the past she sees %v (%v)", past.Others, err)
	}
	h, err := f.History(t.Context(), f.as("mona"), "alpha", store.HistoryFilter{})
	if err != nil || len(h.Others) != 1 {
		t.Errorf("on the trail she sees %v (%v)", h.Others, err)
	}
	// What is no longer needed rests on nothing, and a page of it has an end.
	f.moveRecord("olga", "alpha", 1, "dropped", "Cash only.")
	for range store.RestingShown + 1 {
		f.dependsOn("olga", "alpha", "vault")
	}
	o, err := f.Overview(t.Context(), f.as("mona"), "vault")
	if err != nil || len(o.Resting) != store.RestingShown || o.RestingAll != store.RestingShown+1 {
		t.Errorf("%d of %d rest on it (%v)", len(o.Resting), o.RestingAll, err)
	}
}
