package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// authored is a lifecycle that can be published, as a draft of adam's.
func (f *fixture) authored(key string) {
	f.t.Helper()
	d := plan.NewLifecycle(key, "House rules", false)
	d.Lifecycle.Summary = "Ours."
	d.Lifecycle.Stages[0].Purpose, d.Lifecycle.Stages[0].Gate.Exit = "All.", "It is done."
	must := plan.LevelMust
	if err := d.Insert(plan.Item{Key: "works-well", Title: "It works", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc"}}, "work", ""); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.StartDraft(context.Background(), f.as("adam"), d, 0); err != nil {
		f.t.Fatal(err)
	}
}

func asItIs(plan.Document) error { return nil }

// publishDraft publishes a draft as it is now.
func (f *fixture) publishDraft(key string) *review.Published {
	f.t.Helper()
	ctx := context.Background()
	v, err := f.DocumentDraft(ctx, f.as("adam"), key)
	if err != nil {
		f.t.Fatal(err)
	}
	p, err := f.PublishDraft(ctx, f.as("adam"), key, v.Saved, review.Publication{Reason: "Because.", ValidatedBy: f.people["audit"]}, asItIs)
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// library is a document with two versions, of which the first is retired, and the
// draft of a third.
func (f *fixture) library(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	adam := f.as("adam")
	f.authored("house")
	f.publishDraft("house")
	again := func(from int) {
		ref, err := f.Lifecycle(ctx, "house", from)
		if err != nil {
			t.Fatal(err)
		}
		l, err := f.Template(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		d, err := plan.Document{Lifecycle: l}.Draft()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.StartDraft(ctx, adam, d, from); err != nil {
			t.Fatal(err)
		}
	}
	again(1)
	_, err := f.EditDraft(ctx, adam, "house", func(d *store.DocumentDraft) (string, error) {
		it, _ := d.Document.Item("works-well")
		it.Title = "It works “well”\\"
		return "item/works-well", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.publishDraft("house")
	again(2)
	if _, err := f.Retire(ctx, adam, "house", 1, "Too short."); err != nil {
		t.Fatal(err)
	}
	if err := f.GiveDocument(ctx, adam, "house", f.people["mona"]); err != nil {
		t.Fatal(err)
	}
}

// What is drafted and published in the browser can be followed by projects until
// it is retired, and all of it verifies.
func TestDraftsArePublished(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.library(t)
	first, second := f.versionOf(t, "house", 1), f.versionOf(t, "house", 2)
	start := func(key string, ref plan.Ref) error {
		_, err := f.Create(ctx, f.as("olga"), ref, review.NewProject{
			Key: key, Name: key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: f.people["olga"], Deputy: f.people["mike"],
		})
		return err
	}
	var refused *review.Refused
	if err := start("by-the-old", first); !errors.As(err, &refused) {
		t.Errorf("a project follows a retired version: %v", err)
	}
	if err := start("by-the-new", second); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Retire(ctx, f.as("adam"), "house", 2, "Not any more."); err != nil {
		t.Fatal(err)
	}
	f.change("mike", store.Target{Project: "by-the-new", Stage: "work"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "work", "works-well", review.Met, "", 0, at)
	})
	if _, err := f.Retire(ctx, f.as("adam"), "small", 1, "All gone."); !errors.As(err, &refused) {
		t.Errorf("the last lifecycle was retired: %v", err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
}

func (f *fixture) versionOf(t *testing.T, key string, version int) plan.Ref {
	t.Helper()
	ref := plan.Ref{Key: key, Version: version}
	err := f.db.OwnerPool(t).QueryRow(context.Background(), `select digest from template_version where key = $1 and version = $2`, key, version).Scan(&ref.Digest)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// Two people publish the same draft at once: one does, the other is told.
func TestOnePublishes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.authored("house")
	v, err := f.DocumentDraft(ctx, f.as("adam"), "house")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	failed := make([]error, 6)
	for i := range failed {
		wg.Go(func() {
			_, failed[i] = f.PublishDraft(ctx, f.as("adam"), "house", v.Saved, review.Publication{Reason: fmt.Sprint(i)}, asItIs)
		})
	}
	wg.Wait()
	done := 0
	for _, err := range failed {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, store.ErrDraftGone):
			t.Errorf("told %v", err)
		}
	}
	if done != 1 {
		t.Errorf("%d published the draft", done)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
}

// Many save parts of one draft at once: each part is there in the end.
func TestDraftsAreSavedTogether(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.authored("house")
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, err := f.EditDraft(ctx, f.as("adam"), "house", func(d *store.DocumentDraft) (string, error) {
				key := plan.ItemKey(fmt.Sprintf("item-%d", i))
				return "item/" + string(key), d.Document.Insert(plan.Item{Key: key}, "work", "")
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v, err := f.DocumentDraft(ctx, f.as("adam"), "house")
	if err != nil {
		t.Fatal(err)
	}
	if v.Document.Items() != 13 || v.Saved != 13 || len(v.Touched) != 12 || v.Touched["item/item-3"].By != f.people["adam"] {
		t.Errorf("%d items after %d saves of %d parts", v.Document.Items(), v.Saved, len(v.Touched))
	}
}

// What is refused leaves everything as it was.
func TestDraftsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	f.library(t)
	f.authored("office")
	adam, mona := f.as("adam"), f.as("mona")
	draft := func(key string) plan.Document { return plan.NewLifecycle(key, "Name", true) }
	huge := draft("huge")
	for i := range plan.MaxItems + 1 {
		huge.Lifecycle.Stages[0].Items = append(huge.Lifecycle.Stages[0].Items, plan.Item{Key: plan.ItemKey(fmt.Sprint("i-", i))})
	}
	long := draft("long")
	long.Lifecycle.Summary = strings.Repeat("x", store.MaxDocument)
	start := func(by store.By, d plan.Document, from int) error {
		_, err := f.StartDraft(ctx, by, d, from)
		return err
	}
	edit := func(by store.By, key string) error {
		_, err := f.EditDraft(ctx, by, key, func(d *store.DocumentDraft) (string, error) { d.Document.Lifecycle.Name = "Else"; return "head", nil })
		return err
	}
	publish := func(by store.By, key string, saved int64, in review.Publication) error {
		_, err := f.PublishDraft(ctx, by, key, saved, in, asItIs)
		return err
	}
	empty := draft("empty")
	if err := start(adam, empty, 0); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(rows(t, f.db, "draft"), rows(t, f.db, "trail"), rows(t, f.db, "template_version"), rows(t, f.db, "retired_version"))
	why := review.Publication{Reason: "R"}
	var denied *review.Denied
	var invalid *review.Invalid
	var refused *review.Refused
	var unfit *store.NotPublishable
	for name, c := range map[string]struct {
		err  error
		kind any
	}{
		"a manager starts":              {start(mona, draft("other"), 0), &denied},
		"a manager edits":               {edit(mona, "office"), &denied},
		"a manager publishes":           {publish(mona, "office", 1, why), &denied},
		"a manager discards":            {f.DropDraft(ctx, mona, "office", 1), &denied},
		"a manager gives away":          {f.GiveDocument(ctx, mona, "house", f.people["mona"]), &denied},
		"a second draft":                {start(adam, draft("office"), 0), &invalid},
		"a key that is published":       {start(adam, draft("house"), 0), &invalid},
		"no key":                        {start(adam, draft("No Key"), 0), &invalid},
		"what comes with the program":   {start(adam, draft("small"), 1), &refused},
		"too many items":                {start(adam, huge, 0), &refused},
		"too long":                      {start(adam, long, 0), &refused},
		"without a reason":              {publish(adam, "office", 1, review.Publication{}), &invalid},
		"validated by nobody":           {publish(adam, "office", 1, review.Publication{Reason: "R", ValidatedBy: 9_999_999_999}), &invalid},
		"without items":                 {publish(adam, "empty", 1, why), &unfit},
		"to nobody":                     {f.GiveDocument(ctx, adam, "house", 9_999_999_999), &invalid},
		"the owner of what comes along": {f.GiveDocument(ctx, adam, "small", f.people["mona"]), &refused},
	} {
		if !errors.As(c.err, c.kind) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	for name, err := range map[string]error{
		"a version that is not there": start(adam, draft("office-2"), 7), "retiring what is not there": func() error { _, err := f.Retire(ctx, adam, "house", 9, "R"); return err }(),
	} {
		if !errors.Is(err, review.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"as it was before":   publish(adam, "office", 7, why),
		"a draft of nothing": publish(adam, "nothing", 1, why),
		"editing nothing":    edit(adam, "nothing"),
		"discarding twice":   f.DropDraft(ctx, adam, "office", 7),
	} {
		if !errors.Is(err, store.ErrDraftGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := fmt.Sprint(rows(t, f.db, "draft"), rows(t, f.db, "trail"), rows(t, f.db, "template_version"), rows(t, f.db, "retired_version")); after != before {
		t.Error("something that was refused left something behind")
	}
	if err := f.DropDraft(ctx, adam, "office", 1); err != nil {
		t.Error(err)
	}
}

// The library's tables are held against its trail.
func TestVerifyLooksAtTheLibrary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.library(t)
	for sql, want := range map[string]string{
		`delete from retired_version`:                                                     "The library differs in house version 1: the table says retired false, the trail true.",
		`insert into retired_version values ('house', 2)`:                                 "The library differs in house version 2: the table says retired true, the trail false.",
		`update template_version set body = '{}' where key = 'house' and version = 2`:     "The library has house version 2 with other content than was published.",
		`update template_version set kind = 'module' where key = 'house' and version = 2`: "The library has the module house version 2, of which the trail says nothing.",
		`update stream set kind = 'project' where id = -1`:                                `The library has a stream of the kind "project".`,
	} {
		t.Run(sql, func(t *testing.T) {
			f.spoil(t, sql)
			found := f.problems(t)
			ok := false
			for _, p := range found {
				ok = ok || p == want
			}
			if !ok {
				t.Errorf("verifying finds %q", found)
			}
		})
	}
}

// Somebody's document of a key keeps it: one of that key which comes with a later
// program is left out.
func TestKeysOfPeopleAreKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.library(t)
	d := plan.NewLifecycle("house", "From elsewhere", true)
	d.Number(1)
	if err := f.publish(d); !errors.Is(err, store.ErrTaken) {
		t.Errorf("publishing it: %v", err)
	}
	if found := f.problems(t); len(found) > 0 {
		t.Errorf("verifying finds %q", found)
	}
}
