package store_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Records are listed only where their owner may see the project, a page of them at
// a time.
func TestOwnRecordsAreListed(t *testing.T) {
	f := newFixture(t)
	for _, key := range []string{"alpha", "secret"} {
		f.create(key)
		in := aRisk("3", "4")
		in.Owner = f.people["mona"]
		f.record("olga", review.ProjectKey(key), "risk", in)
	}
	f.change("olga", store.Target{Project: "secret"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: plan.Tier(p.Tier), Exposure: p.Exposure, Restricted: true}, at)
	})
	w, err := f.MyWork(t.Context(), f.as("mona"))
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Records) != 1 || w.RecordsAll != 1 || w.Records[0].Project != "alpha" || w.Records[0].Kind != "risk" || w.Records[0].Due.IsZero() {
		t.Errorf("her records are %+v", w.Records)
	}
	for range store.WorkPage {
		in := aRisk("1", "1")
		in.Title, in.Owner = "Another "+time.Now().Format(time.RFC3339Nano), f.people["mona"]
		f.record("olga", "alpha", "risk", in)
	}
	if w, err = f.MyWork(t.Context(), f.as("mona")); err != nil || len(w.Records) != store.WorkPage || w.RecordsAll != store.WorkPage+1 {
		t.Errorf("a page has %d of %d (%v)", len(w.Records), w.RecordsAll, err)
	}
}
