package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// However often and by whom a file is stored at once, it becomes one draft or none,
// and what could not be stored waits on.
func TestAnImportBecomesOneDraft(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f := newFixture(t)
	ada := f.people["adam"]
	other, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "lib", Name: "Person lib", Rights: []review.Right{{Role: review.RoleLibrary}}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	f.people["lib"] = other
	id := strings.Repeat("a", 26)
	if err := f.KeepImport(ctx, ada, id, "list.csv", []byte("Title\nOne\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Import(ctx, other, id); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("somebody else's file: %v", err)
	}
	if err := f.ChooseImport(ctx, other, id, []byte(`{}`), nil); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("somebody else chooses: %v", err)
	}
	if err := f.StoreImport(ctx, f.as("lib"), id, plan.NewModule("theirs", "Theirs"), 0); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("somebody else stores: %v", err)
	}
	if st, err := f.Standing(ctx, "theirs"); err != nil || st.Draft != nil {
		t.Errorf("it left a draft behind: %+v, %v", st.Draft, err)
	}
	var wg sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		key := []string{"one", "two"}[i%2]
		wg.Go(func() { results[i] = f.StoreImport(ctx, f.as("adam"), id, plan.NewModule(key, "Ours"), 0) })
	}
	wg.Wait()
	stored := 0
	for _, err := range results {
		if err == nil {
			stored++
		}
	}
	drafts, err := f.DraftsInWork(ctx)
	if err != nil || stored != 1 || len(drafts) != 1 {
		t.Errorf("%d times stored, drafts %+v, %v: %v", stored, drafts, err, results)
	}
	if im, err := f.Import(ctx, ada, id); err != nil || im.Made != drafts[0].Key || len(im.Body) != 0 {
		t.Errorf("the file is %+v, %v", im, err)
	}
	second := strings.Repeat("b", 26)
	if err := f.KeepImport(ctx, ada, second, "", []byte("x")); err != nil {
		t.Fatal(err)
	}
	var invalid *review.Invalid
	if err := f.StoreImport(ctx, f.as("adam"), second, plan.NewModule(drafts[0].Key, "Again"), 0); !errors.As(err, &invalid) {
		t.Errorf("a key with a draft: %v", err)
	}
	if im, err := f.Import(ctx, ada, second); err != nil || string(im.Body) != "x" || im.Made != "" {
		t.Errorf("the refused file is %+v, %v", im, err)
	}
}
