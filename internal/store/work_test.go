package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// fallen are the gates of somebody's projects that do not stand, with their
// states.
func (f *fixture) fallen(name string) []string {
	f.t.Helper()
	w, err := f.MyWork(context.Background(), f.as(name))
	if err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, g := range w.Fallen {
		out = append(out, string(g.Project)+": "+g.State.Label())
	}
	slices.Sort(out)
	return out
}

// exec changes tables as time or an old version would have.
func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.db.Pool(f.t).Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

// Whoever is on a project learns which of its gates no longer stand, also
// where nobody did anything but let time pass.
func TestMyWorkListsGatesThatNoLongerStand(t *testing.T) {
	f := newFixture(t)
	for _, key := range []review.ProjectKey{"changed", "overdue", "stands"} {
		f.conditional(key)
	}
	if got := f.fallen("olga"); len(got) != 0 {
		t.Fatalf("gates that stand are listed: %q", got)
	}
	f.change("mike", store.Target{Project: "changed", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "live", "restore-tested", review.Met, "Another way.", r.Stage("live").Item("restore-tested").Answer.Version, at)
	})
	f.exec(`update condition set due = current_date - 1 where project_id = (select id from project where key = 'overdue')`)
	f.exec(`update portfolio set next_change_at = now()`)
	if _, err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"changed: Changed since sign-off", "overdue: Condition overdue"}
	for name, want := range map[string][]string{"olga": want, "mike": want, "sre": nil, "mona": nil} {
		if got := f.fallen(name); !slices.Equal(got, want) {
			t.Errorf("%s reads %q, want %q", name, got, want)
		}
	}
	w, err := f.MyWork(context.Background(), f.as("olga"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(w.Fallen, func(g store.FallenGate) bool { return g.Project == "changed" })
	if i < 0 || time.Since(w.Fallen[i].Since) > time.Minute {
		t.Errorf("the changed gate is not said to have changed now: %+v", w.Fallen)
	}
	f.again("changed")
	if got := f.fallen("olga"); !slices.Equal(got, want[1:]) {
		t.Errorf("after it passed again: %q", got)
	}
}

// The gates to look back at are those that the domain lets somebody look back
// at, of projects that they may see.
func TestMyWorkListsBreakGlassToReview(t *testing.T) {
	f := newFixture(t)
	for _, key := range []review.ProjectKey{"alpha", "secret"} {
		f.create(string(key))
		f.change("mona", store.Target{Project: key, Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Force(who, "live", r.Digest(r.Stage("live")), "It burns.", at.AddDate(0, 0, 3).Format(time.DateOnly), at)
		})
	}
	f.change("olga", store.Target{Project: "secret"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "Secret", Team: "Hidden", Tier: 1, Exposure: review.ExposurePilot, Restricted: true}, at)
	})
	maya, err := f.Join(t.Context(), store.Identity{Issuer: issuer, Subject: "maya", Name: "Maya", Rights: []review.Right{{Role: review.RoleManager}}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	f.people["maya"] = maya
	f.expectForced(map[string]bool{"maya": true, "sre": true, "both": true})
	f.change("sre", store.Target{Project: "alpha", Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.CloseRetrospective(who, "live", 1, "Right so.", at)
	})
	f.expectForced(nil)
}

// expectForced holds everybody's list against who is said to have the project
// alpha on it, and against the domain.
func (f *fixture) expectForced(has map[string]bool) {
	f.t.Helper()
	for name := range f.people {
		w, err := f.MyWork(context.Background(), f.as(name))
		if err != nil {
			f.t.Fatal(err)
		}
		var listed []review.ProjectKey
		for _, g := range w.Forced {
			if listed = append(listed, g.Project); g.By != f.people["mona"] || g.Due.Before(time.Now()) || g.Stage != "live" {
				f.t.Errorf("%s reads %+v", name, g)
			}
		}
		var may []review.ProjectKey
		for _, key := range []review.ProjectKey{"alpha", "secret"} {
			v, err := f.Gate(context.Background(), f.as(name), key, "live")
			if err == nil && v.Review.MayLookBack(v.Actor, v.Stage, v.Stage.LastRound()) {
				may = append(may, key)
			}
		}
		if !slices.Equal(listed, may) || slices.Contains(listed, "alpha") != has[name] {
			f.t.Errorf("%s has %q to review, the domain says %q, and to have alpha is %v", name, listed, may, has[name])
		}
	}
}
