package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// A server that has just started knows no templates. Changes that arrive
// together then must not each hold a connection and wait for one more.
func TestChangesTogetherAfterAStart(t *testing.T) {
	f := newFixture(t)
	const projects = 16
	for i := range projects {
		f.create(fmt.Sprintf("project-%d", i))
	}
	fresh, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fresh.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	mike := f.as("mike")
	var wg sync.WaitGroup
	failed := make([]error, projects)
	for i := range projects {
		wg.Go(func() {
			key := review.ProjectKey(fmt.Sprintf("project-%d", i))
			_, failed[i] = fresh.Change(ctx, mike, store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.Answer(who, "idea", "scope-set", review.Met, "", 0, at)
			})
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
}
