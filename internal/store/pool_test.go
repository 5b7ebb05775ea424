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

// A statement of a page that fails, here because it waits for a lock for too
// long, fails the page. It must not cost a connection, whichever it is.
func TestAFailingStatementCostsNoConnection(t *testing.T) {
	f := newFixture(t)
	f.create("alpha")
	busy, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 1, LockTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() { // it would wait for a connection that is lost
			busy.Close()
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := busy.Project(ctx, f.as("olga"), "alpha"); err != nil {
		t.Fatal(err)
	}
	owner := f.db.OwnerPool(t)
	for _, table := range []string{"held", "project", "item", "evidence", "waiver", "round", "sign_off", "finding", "condition"} {
		tx, err := owner.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(ctx, `lock table `+table+` in access exclusive mode`); err != nil {
			t.Fatal(err)
		}
		if err := attempt(func() error { _, err := busy.Project(ctx, f.as("olga"), "alpha"); return err }); !errors.Is(err, store.ErrOverloaded) {
			t.Errorf("with %s locked: %v", table, err)
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := busy.Project(ctx, f.as("olga"), "alpha"); err != nil {
			t.Fatalf("after %s was locked: %v", table, err)
		}
	}
}

// attempt turns a panic into an error.
func attempt(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return f()
}
