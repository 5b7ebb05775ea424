package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// A readiness definition is a document of the library: begun as a copy of the one that
// comes with the program, published once nothing is missing, changed by a next version,
// and verified with the rest.
func TestDefinitionsArePublished(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	all, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Definition != nil {
			if err := f.publish(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	usual, err := f.Document(ctx, "production-ready", 1)
	if err != nil || usual.Definition == nil {
		t.Fatalf("%+v, %v", usual, err)
	}
	d, err := usual.As("ours", "Ours")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.StartDraft(ctx, f.as("adam"), d, 0); err != nil {
		t.Fatal(err)
	}
	set := func(incident string) {
		t.Helper()
		_, err := f.EditDraft(ctx, f.as("adam"), "ours", func(d *store.DocumentDraft) (string, error) {
			d.Document.Definition.Incident = incident
			return "definition", nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set("")
	v, err := f.DocumentDraft(ctx, f.as("adam"), "ours")
	if err != nil {
		t.Fatal(err)
	}
	var unfit *store.NotPublishable
	if _, err := f.PublishDraft(ctx, f.as("adam"), "ours", v.Saved, review.Publication{Reason: "Because."}, asItIs); !errors.As(err, &unfit) {
		t.Errorf("without saying what an incident is, it is published: %v", err)
	}
	set("Somebody cannot pay.")
	f.publishDraft("ours")
	next, err := f.Document(ctx, "ours", 1)
	if err != nil {
		t.Fatal(err)
	}
	if next, err = next.Draft(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.StartDraft(ctx, f.as("adam"), next, 1); err != nil {
		t.Fatal(err)
	}
	set("Nobody can pay.")
	f.publishDraft("ours")
	view, err := f.DocumentVersion(ctx, f.as("olga"), "ours", 2)
	if err != nil || view.Before == nil {
		t.Fatal(err)
	}
	if got := plan.CompareDefinitions(view.Before.Definition, view.Document.Definition); len(got) != 1 || got[0].New != "Nobody can pay." {
		t.Errorf("the second version changes %+v", got)
	}
	lib, err := f.Library(ctx, f.as("olga"), "")
	if err != nil || len(lib.Definitions) != 2 || len(lib.Lifecycles) != 1 || len(lib.Modules) != 0 {
		t.Errorf("the library has %+v, %v", lib.Definitions, err)
	}
	if lib, err = f.Library(ctx, f.as("olga"), "safe deployment"); err != nil || len(lib.Found.Documents) == 0 {
		t.Errorf("it is not found: %v", err)
	}
	if _, err := f.Create(ctx, f.as("olga"), f.versionOf(t, "ours", 2), review.NewProject{
		Key: "wrong", Name: "Wrong", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"],
	}); err == nil {
		t.Error("a project follows a definition as its lifecycle")
	}
	if _, err := f.Retire(ctx, f.as("adam"), "ours", 1, "Too short."); err != nil {
		t.Fatal(err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
}
