package store_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func TestVersion(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	f.create("beta")
	token := store.HashToken(rand.Text())
	id := store.Identity{Issuer: issuer, Subject: "mike", Name: "Person mike", Rights: []review.Right{{Role: review.RoleViewer}}}
	if _, err := f.SignIn(t.Context(), id, token, time.Hour); err != nil {
		t.Fatal(err)
	}
	version := func() store.Stamp {
		t.Helper()
		stamp, now, err := f.Version(t.Context(), store.BySession(token), "alpha")
		if err != nil || time.Since(now).Abs() > time.Minute {
			t.Fatalf("%v, now %v", err, now)
		}
		view, err := f.Checklist(t.Context(), store.BySession(token), "alpha", "idea")
		if err != nil || view.Stamp != stamp {
			t.Fatalf("%v; the page has stamp %v, the project %v", err, view.Stamp, stamp)
		}
		return stamp
	}
	last := version()
	if again := version(); again != last {
		t.Errorf("nothing happened, and the version went from %v to %v", last, again)
	}
	f.answerIdea("beta")
	if other := version(); other != last {
		t.Errorf("another project's change made %v of %v", other, last)
	}
	for what, happens := range map[string]func(){
		"an answer": func() { f.answerIdea("alpha") },
		"a right": func() {
			_, err := f.ChangeRights(t.Context(), f.as("adam"), f.people["pat"], func(e *review.Entitlements, who review.Actor, at time.Time) error {
				return e.Grant(who, review.Right{Seat: plan.SeatSRE}, at)
			})
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		happens()
		if next := version(); next == last {
			t.Errorf("%s left the version at %v", what, next)
		} else {
			last = next
		}
	}
	if _, _, err := f.Version(t.Context(), store.BySession(token), "gamma"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a project that is not there: %v", err)
	}
	for _, key := range []review.ProjectKey{"alpha", "gamma"} {
		if _, _, err := f.Version(t.Context(), store.BySession(store.HashToken("forged")), key); !errors.Is(err, store.ErrNoSession) {
			t.Errorf("%s with a forged session: %v", key, err)
		}
	}
}
