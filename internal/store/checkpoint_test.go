package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// plainSeal writes down what it is given; signing is another room's business.
func plainSeal(no int64, at time.Time, previous []byte, heads []review.Head) ([]byte, error) {
	return fmt.Appendf(nil, "%d %s %d %v", no, at.Format(time.RFC3339Nano), len(previous), heads), nil
}

func (f *fixture) checkpoint() bool {
	f.t.Helper()
	wrote, err := f.Checkpoint(context.Background(), plainSeal, 0)
	if err != nil {
		f.t.Fatal(err)
	}
	return wrote
}

func (f *fixture) checkpoints(after int64) []store.Checkpoint {
	f.t.Helper()
	var all []store.Checkpoint
	if err := f.Checkpoints(context.Background(), after, func(c *store.Checkpoint) error { all = append(all, *c); return nil }); err != nil {
		f.t.Fatal(err)
	}
	return all
}

func (f *fixture) note(name string, key review.ProjectKey, text string) {
	f.t.Helper()
	f.change(name, store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Discuss(who, "idea", "scope-set", text, "", at)
	})
}

func TestCheckpoints(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	alpha, beta := f.create("alpha").Review.Project.ID, f.create("beta").Review.Project.ID
	if !f.checkpoint() || f.checkpoint() {
		t.Fatal("the first is written, and no second while nothing happens")
	}
	f.note("mike", "beta", "One.")
	f.note("mike", "beta", "Two.")
	if wrote, err := f.Checkpoint(ctx, plainSeal, time.Hour); err != nil || wrote {
		t.Fatalf("too soon: %v, %v", wrote, err)
	}
	if !f.checkpoint() {
		t.Fatal("something happened, but no checkpoint was written")
	}
	all := f.checkpoints(0)
	if len(all) != 2 || all[0].No != 1 || all[1].No != 2 {
		t.Fatalf("%+v", all)
	}
	moved := func(c store.Checkpoint) (ids []review.ProjectID) {
		for _, h := range c.Changed {
			ids = append(ids, h.Stream)
		}
		return ids
	}
	if got := moved(all[0]); !slices.Equal(got, []review.ProjectID{review.Library, review.Directory, alpha, beta}) {
		t.Errorf("the first has %v", got)
	}
	if got := moved(all[1]); !slices.Equal(got, []review.ProjectID{beta}) || all[1].Changed[0].Seq != 3 {
		t.Errorf("the second has %+v", all[1].Changed)
	}
	if want, _ := plainSeal(2, all[1].At, all[0].Note, []review.Head{all[0].Changed[0], all[0].Changed[1], all[0].Changed[2], all[1].Changed[0]}); !bytes.Equal(all[1].Note, want) {
		t.Errorf("the second was sealed over %s, want %s", all[1].Note, want)
	}
	if got := f.checkpoints(1); len(got) != 1 || got[0].No != 2 {
		t.Errorf("after the first: %+v", got)
	}
	if no, err := f.LastCheckpoint(ctx); err != nil || no != 2 {
		t.Errorf("the last is %d, %v", no, err)
	}
	stop := errors.New("stop")
	if err := f.Checkpoints(ctx, 0, func(*store.Checkpoint) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
}

// Several servers write checkpoints at once, while changes go on: the numbers
// have no gap, and no head is behind its trail.
func TestConcurrentCheckpoints(t *testing.T) {
	f := newFixture(t)
	for i := range 4 {
		f.create(fmt.Sprintf("race-%d", i))
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 10 {
				_, err := f.Change(context.Background(), f.as("mike"), store.Target{Project: review.ProjectKey(fmt.Sprintf("race-%d", i)), Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
					return r.Discuss(who, "idea", "scope-set", fmt.Sprint(n), "", at)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 10 {
				if _, err := f.Checkpoint(context.Background(), plainSeal, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f.checkpoint()
	all := f.checkpoints(0)
	for i, c := range all {
		if c.No != int64(i)+1 || (i > 0 && c.At.Before(all[i-1].At)) || len(c.Changed) == 0 {
			t.Errorf("checkpoint %d: %+v", i+1, c)
		}
	}
	if stray, err := f.StrayHeads(context.Background()); err != nil || len(stray) > 0 {
		t.Errorf("stray heads: %v, %v", stray, err)
	}
	t.Logf("%d checkpoints", len(all))
}

// A seal that fails leaves nothing behind.
func TestAFailedSealWritesNothing(t *testing.T) {
	f := newFixture(t)
	broken := errors.New("no key")
	_, err := f.Checkpoint(context.Background(), func(int64, time.Time, []byte, []review.Head) ([]byte, error) { return nil, broken }, 0)
	if !errors.Is(err, broken) {
		t.Fatalf("%v", err)
	}
	if no, _ := f.LastCheckpoint(context.Background()); no != 0 {
		t.Error("a checkpoint was left behind")
	}
	if !f.checkpoint() {
		t.Error("the next attempt wrote nothing")
	}
}

// Once a checkpoint has seen an entry, no checkpoint is written over a trail
// without it.
func TestNoCheckpointOverATrailThatWentBack(t *testing.T) {
	f := newFixture(t)
	id := int64(f.create("alpha").Review.Project.ID)
	f.note("mike", "alpha", "Kept.")
	f.checkpoint()
	for name, sql := range map[string]string{
		"an older head":  `update stream set seq = seq - 1 where id = $1`,
		"a changed head": `update stream set hash = sha256(hash) where id = $1`,
		"an empty head":  `update stream set seq = 0 where id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			f.spoil(t, sql, id)
			if _, err := f.Checkpoint(context.Background(), plainSeal, 0); !errors.Is(err, store.ErrWentBack) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCheckpointsNeverChange(t *testing.T) {
	f := newFixture(t)
	f.checkpoint()
	for _, sql := range []string{
		`update checkpoint set note = 'x'`, `delete from checkpoint`, `truncate checkpoint cascade`,
		`update checkpoint_head set seq = seq + 1`, `delete from checkpoint_head`, `truncate checkpoint_head`,
	} {
		if got := exec(t, f.db.AppURL, sql); got != "42501" {
			t.Errorf("%s as the app: %q", sql, got)
		}
		if got := exec(t, f.db.OwnerURL, sql); got != "23001" {
			t.Errorf("%s as the owner: %q", sql, got)
		}
	}
	if got := exec(t, f.db.OwnerURL, `insert into checkpoint_head (no, stream_id, seq, hash) select no, 1, 9999, sha256('') from checkpoint`); got != "23505" && got != "23503" {
		t.Errorf("a head of an entry that is not there: %q", got)
	}
}

func TestExport(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	id := f.create("alpha").Review.Project.ID
	if e, err := f.Export(ctx, f.as("olga"), "alpha", false); err != nil || e.Note != nil || len(e.Records) != 0 {
		t.Fatalf("before any checkpoint: %+v, %v", e, err)
	}
	f.note("mike", "alpha", "In it.")
	f.create("beta")
	f.checkpoint()
	f.note("mike", "alpha", "After it.")
	e, err := f.Export(ctx, f.as("olga"), "alpha", false)
	if err != nil {
		t.Fatal(err)
	}
	entries, head, err := review.CheckChain(id, e.Records)
	if err != nil || len(entries) != 2 || len(e.Heads) != 4 || !slices.Contains(e.Heads, head) {
		t.Errorf("%d entries, head %+v of %+v, %v", len(entries), head, e.Heads, err)
	}
	if e.Project.Key != "alpha" || len(e.Documents) != 1 || e.Documents[0].Lifecycle.Key != "small" || len(e.Note) == 0 || e.Names.Of(f.people["mike"]) != "Person mike" {
		t.Errorf("%+v", e)
	}
	if len(e.Rights) != 0 {
		t.Error("the trail of rights, which nobody asked for")
	}
	if _, err := f.Export(ctx, f.as("olga"), "alpha", true); !errors.As(err, new(*review.Denied)) {
		t.Errorf("the trail of rights for an owner: %v", err)
	}
	e, err = f.Export(ctx, f.as("audit"), "alpha", true)
	if err != nil {
		t.Fatal(err)
	}
	if _, head, err := review.CheckChain(review.Directory, e.Rights); err != nil || !slices.Contains(e.Heads, head) {
		t.Errorf("the trail of rights ends at %+v of %+v, %v", head, e.Heads, err)
	}
	if _, err := f.Export(ctx, f.as("out"), "alpha", false); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("somebody without a right: %v", err)
	}
	if _, err := f.Export(ctx, f.as("olga"), "ghost", false); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a project that is not there: %v", err)
	}
	if _, err := f.Export(ctx, store.BySession(store.HashToken("x")), "alpha", false); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("without a session: %v", err)
	}
}
