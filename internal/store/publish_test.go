package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

func smallModule() *plan.Module {
	return &plan.Module{
		Kind: plan.KindModule, Key: "aaa", Version: 1, Name: "A module", Summary: "For tests.",
		Items: []plan.ModuleItem{{Phase: "idea", Item: plan.Item{
			Key: "aaa-known", Title: "Know it", Why: "It helps.", Done: "It is known.", Show: "Say where.",
			Levels: [3]plan.Level{"must", "must", "must"}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{"qa"}, Quality: []string{"value"},
		}}},
	}
}

func (f *fixture) publish(d plan.Document) error {
	f.t.Helper()
	ctx := context.Background()
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	defer owner.Close(ctx)
	return store.Publish(ctx, owner, d)
}

// A module is no lifecycle: no project can be started by it, and none gets it by
// accident although its key comes first.
func TestPublishedModulesAreNoLifecycles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	m := smallModule()
	for range 2 { // the second time changes nothing
		if err := f.publish(plan.Document{Module: m}); err != nil {
			t.Fatal(err)
		}
	}
	refs, err := f.LatestTemplates(ctx)
	if err != nil || len(refs) != 1 || refs[0] != f.ref {
		t.Errorf("the lifecycles are %v, %v", refs, err)
	}
	if ref, err := f.DefaultLifecycle(ctx); err != nil || ref != f.ref {
		t.Errorf("new projects get %v, %v", ref, err)
	}
	if _, err := f.Lifecycle(ctx, m.Key, 0); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("asked for the module as a lifecycle: %v", err)
	}
}

func TestPublishRefusesOtherContent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	m := smallModule()
	if err := f.publish(plan.Document{Module: m}); err != nil {
		t.Fatal(err)
	}
	other := smallModule()
	other.Name = "Another module"
	if err := f.publish(plan.Document{Module: other}); err == nil || !strings.Contains(err.Error(), "published with other content") {
		t.Errorf("other content under a published version: %v", err)
	}
	for _, version := range []int{1, 7} {
		taken := smallModule()
		taken.Key, taken.Version = f.ref.Key, version
		if err := f.publish(plan.Document{Module: taken}); err == nil || !strings.Contains(err.Error(), "another kind") {
			t.Errorf("a module by the key of a lifecycle, version %d: %v", version, err)
		}
	}
}
