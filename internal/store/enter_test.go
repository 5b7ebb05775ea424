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

func (f *fixture) restrict(key review.ProjectKey, on bool) {
	f.t.Helper()
	f.change("adam", store.Target{Project: key}, func(r *review.Review, who review.Actor, at time.Time) error {
		p := r.Project
		return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: on}, at)
	})
}

// Who may not see a project is answered as if there were none, by every way in,
// also right after it was restricted and on a server that never read it.
func TestRestrictedIsAsGoodAsAbsent(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	f.create("alpha")
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
	f.restrict("alpha", true)
	expect("eng", review.ErrNotFound)
	expect("mona", review.ErrNotFound)
	expect("mike", nil)
	expect("audit", nil)
	f.restrict("alpha", false)
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

// Nobody's questions about a restricted project take as many trips to the
// database as those about none, so that their time does not tell: also where it
// was open when the server read it last.
func TestNobodyIsAnsweredAlike(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	f.create("alpha")
	c := &reads{}
	one, other := f.replica(c), f.replica(c)
	nobody := store.BySession(store.Token{1})
	ways := map[string]func(s *store.Store, key review.ProjectKey) error{
		"checklist": func(s *store.Store, key review.ProjectKey) error {
			_, err := s.Checklist(ctx, nobody, key, "idea")
			return err
		},
		"as of": func(s *store.Store, key review.ProjectKey) error {
			_, err := s.AsOf(ctx, nobody, key, time.Time{})
			return err
		},
		"export": func(s *store.Store, key review.ProjectKey) error {
			_, err := s.Export(ctx, nobody, key, false)
			return err
		},
		"version": func(s *store.Store, key review.ProjectKey) error {
			_, _, err := s.Version(ctx, nobody, key)
			return err
		},
		"change": func(s *store.Store, key review.ProjectKey) error {
			_, err := s.Change(ctx, nobody, store.Target{Project: key, Stage: "idea"}, func(*review.Review, review.Actor, time.Time) error { return nil })
			return err
		},
	}
	for way, ask := range ways {
		for server, s := range map[string]*store.Store{"the server that restricted it": one.Store, "another server": other.Store} {
			one.restrict("alpha", false)
			if _, err := s.Checklist(ctx, f.as("eng"), "alpha", "idea"); err != nil {
				t.Fatal(err)
			}
			one.restrict("alpha", true)
			if s == other.Store {
				_ = ask(s, "alpha") // the one who finds out
			}
			var took []int
			for _, key := range []review.ProjectKey{"alpha", "absent"} {
				before := c.trips
				if err := ask(s, key); !errors.Is(err, store.ErrNoSession) {
					t.Errorf("%s, %s: %v", way, key, err)
				}
				took = append(took, c.trips-before)
			}
			if took[0] != took[1] || took[0] == 0 {
				t.Errorf("%s on %s: %d trips for a hidden project, %d for none", way, server, took[0], took[1])
			}
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
		return e.Grant(who, review.Right{Seat: plan.SeatQA, Scope: review.Scope(c.Review.Project.ID)}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := func(name string) int {
		v, err := f.People(ctx, f.as(name), store.PeopleFilter{Right: string(plan.SeatQA)})
		if err != nil {
			t.Fatal(err)
		}
		return len(v.People)
	}
	if n := listed("eng"); n != 1 {
		t.Fatalf("%d people hold the seat in an open project", n)
	}
	f.restrict("alpha", true)
	if n := listed("eng"); n != 0 {
		t.Errorf("%d people are listed for a hidden project", n)
	}
	if n := listed("adam"); n != 1 {
		t.Errorf("an admin finds %d", n)
	}
}
