package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Who may not see a project is answered as if there were none, by every way in,
// also right after it was restricted and on a server that never read it.
func TestRestrictedIsAsGoodAsAbsent(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	f.create("alpha")
	restrict := func(on bool) {
		f.change("adam", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
			p := r.Project
			return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: on}, at)
		})
	}
	other, err := store.Open(ctx, f.db.AppURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	expect := func(name string, want error) {
		t.Helper()
		for server, s := range map[string]*store.Store{"this server": f.Store, "another server": other} {
			by := f.as(name)
			_, checklist := s.Checklist(ctx, by, "alpha", "idea")
			_, gate := s.Gate(ctx, by, "alpha", "idea")
			_, history := s.History(ctx, by, "alpha", store.HistoryFilter{Person: 1 << 40, Before: 1 << 40})
			_, export := s.Export(ctx, by, "alpha", false)
			_, asOf := s.AsOf(ctx, by, "alpha", time.Time{})
			_, change := s.Change(ctx, by, store.Target{Project: "alpha", Stage: "idea"}, func(*review.Review, review.Actor, time.Time) error { return want })
			for way, err := range map[string]error{"checklist": checklist, "gate": gate, "history": history, "export": export, "as of": asOf, "change": change} {
				if !errors.Is(err, want) {
					t.Errorf("%s, %s on %s: %v, want %v", name, way, server, err, want)
				}
			}
		}
	}
	expect("eng", nil)
	restrict(true)
	expect("eng", review.ErrNotFound)
	expect("mona", review.ErrNotFound)
	expect("mike", nil)
	expect("audit", nil)
	restrict(false)
	expect("eng", nil)
	if _, err := f.Checklist(ctx, store.BySession(store.Token{}), "alpha", "idea"); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("nobody: %v", err)
	}
	for _, key := range []review.ProjectKey{"absent", "a\x00b", ""} {
		if _, err := f.Checklist(ctx, store.BySession(store.Token{}), key, "idea"); !errors.Is(err, store.ErrNoSession) {
			t.Errorf("nobody, %q: %v", key, err)
		}
		if _, err := f.Checklist(ctx, f.as("eng"), key, "idea"); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// A form that names nobody we know says the same whether its key is taken or
// not: otherwise it would find out keys and leave no trace.
func TestUnknownPeopleDoNotProbeKeys(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	for _, in := range []review.NewProject{{Owner: 999_999_999}, {Owner: f.people["olga"], Deputy: 999_999_999}, {Owner: f.people["olga"], Members: []review.PersonID{999_999_999}}} {
		var said []string
		for _, key := range []string{"alpha", "beta"} {
			in.Key, in.Name, in.Team, in.Tier, in.Exposure = key, "N", "T", 1, review.ExposurePilot
			_, err := f.Create(context.Background(), f.as("eng"), f.ref, in)
			var invalid *review.Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("%s: %v", key, err)
			}
			said = append(said, invalid.Error())
		}
		if said[0] != said[1] {
			t.Errorf("taken: %s, free: %s", said[0], said[1])
		}
	}
}

// The directory does not list somebody under a seat that they hold only in a
// project that the reader may not see.
func TestHiddenSeatsAreNotSearched(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	c := f.create("alpha")
	_, err := f.ChangeRights(ctx, f.as("adam"), f.people["out"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
		return e.Grant(who, review.Right{Seat: review.SeatQA, Scope: review.Scope(c.Review.Project.ID)}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := func(name string) int {
		v, err := f.People(ctx, f.as(name), store.PeopleFilter{Right: string(review.SeatQA)})
		if err != nil {
			t.Fatal(err)
		}
		return len(v.People)
	}
	if n := listed("eng"); n != 1 {
		t.Fatalf("%d people hold the seat in an open project", n)
	}
	f.change("adam", store.Target{Project: "alpha"}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: true}, at)
	})
	if n := listed("eng"); n != 0 {
		t.Errorf("%d people are listed for a hidden project", n)
	}
	if n := listed("adam"); n != 1 {
		t.Errorf("an admin finds %d", n)
	}
}
