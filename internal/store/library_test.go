package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// found says what a search of the library lists.
func (f *fixture) found(search string) string {
	f.t.Helper()
	v, err := f.Library(context.Background(), f.as("out"), search)
	if err != nil {
		f.t.Fatal(err)
	}
	var items []string
	for _, d := range v.Found.Documents {
		items = append(items, d.Name())
	}
	for _, it := range v.Found.Items {
		ref, err := it.Document.Ref()
		if err != nil {
			f.t.Fatal(err)
		}
		items = append(items, fmt.Sprintf("%s@%d#%s", ref.Key, ref.Version, it.Item.Key))
	}
	return strings.Join(items, " ")
}

func TestLibrarySearch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	next := smallTemplate().Draft()
	next.Version = 2
	next.Stages[0].Items = slices.Clone(next.Stages[0].Items[:3]) // no demo any more
	next.Stages[0].Items[0].Title = "Scope was agreed"
	for _, d := range []plan.Document{{Lifecycle: next}, {Module: smallModule()}} {
		if err := f.publish(d); err != nil {
			t.Fatal(err)
		}
	}
	for search, want := range map[string]string{
		"scope":        "small@2#scope-set", // once, in the newest version that has it
		"scope is SET": "small@1#scope-set", // which says it no other way now
		"demo":         "small@1#demo-shown",
		"módule":       "A module",
		"know it":      "aaa@1#aaa-known",
		"helps known":  "aaa@1#aaa-known", // in its texts
		"knowit":       "aaa@1#aaa-known",
		"demo-Was":     "small@1#demo-shown",
		"nothing says": "",
		"  ":           "",
	} {
		if got := f.found(search); got != want {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
}

// What is said in a title comes first, and a list has an end.
func TestLibrarySearchOverAllThatIsBuiltIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	built, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range built {
		if err := f.publish(d); err != nil {
			t.Fatal(err)
		}
	}
	v, err := f.Library(context.Background(), f.as("out"), "rollback")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(v.Modules); n != 9 {
		t.Errorf("%d modules, want 9", n)
	}
	says := func(text string) bool {
		return strings.Contains(strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(text)), "rollback")
	}
	inTitle := true
	for _, it := range v.Found.Items {
		titled := says(it.Item.Title)
		if titled && !inTitle {
			t.Errorf("%s, whose title says it, comes after others", it.Item.Key)
		}
		if inTitle = titled; !titled && !says(it.Says) {
			t.Errorf("%s does not say where it has the word: %q", it.Item.Key, it.Says)
		}
	}
	if len(v.Found.Items) < 10 {
		t.Errorf("only %d items say rollback or roll back", len(v.Found.Items))
	}
	if v, err = f.Library(context.Background(), f.as("out"), "the"); err != nil {
		t.Fatal(err)
	}
	if n := len(v.Found.Items); n != store.LibraryMost || v.Found.All <= n {
		t.Errorf("%d of %d are listed, want %d", n, v.Found.All, store.LibraryMost)
	}
}

// A document's page counts the projects that its reader may see, and no others;
// the portfolio lists the same.
func TestWhoUsesADocument(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	m := smallModule()
	if err := f.publish(plan.Document{Module: m}); err != nil {
		t.Fatal(err)
	}
	f.create("open")
	f.start("hidden", func(p *review.NewProject) { p.Restricted = true })
	f.attach("hidden", m)
	f.start("other", func(*review.NewProject) {})
	uses := func(name, key string) string {
		v, err := f.DocumentVersion(ctx, f.as(name), key, 1)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(v.Uses)
	}
	for _, tc := range []struct{ name, key, uses, listed string }{
		{"pat", "small", "[{1 2}]", "open other"},
		{"olga", "small", "[{1 3}]", "hidden open other"},
		{"audit", "small", "[{1 3}]", "hidden open other"},
		{"out", "small", "[]", ""},
		{"pat", "aaa", "[]", ""},
		{"olga", "aaa", "[{1 1}]", "hidden"},
	} {
		if got := uses(tc.name, tc.key); got != tc.uses {
			t.Errorf("%s sees %s used by %s, want %s", tc.name, tc.key, got, tc.uses)
		}
		for _, version := range []int{0, 1} {
			if got := f.listed(tc.name, store.PortfolioFilter{Uses: tc.key, Version: version, Sort: store.SortName}); got != tc.listed {
				t.Errorf("%s lists %q by %s version %d, want %q", tc.name, got, tc.key, version, tc.listed)
			}
		}
		if got := f.listed(tc.name, store.PortfolioFilter{Uses: tc.key, Version: 2}); got != "" {
			t.Errorf("%s lists %q by a version that nobody follows", tc.name, got)
		}
	}
	if _, err := f.DocumentVersion(ctx, f.as("olga"), "aaa", 2); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a version that is not there: %v", err)
	}
}

// attach gives a project a plan with a module, in the tables alone.
func (f *fixture) attach(key string, m *plan.Module) {
	f.t.Helper()
	ctx := context.Background()
	ref, err := plan.Document{Module: m}.Ref()
	if err != nil {
		f.t.Fatal(err)
	}
	o := plan.Origin{Lifecycle: f.ref}.With(ref)
	digest, err := o.Digest()
	if err != nil {
		f.t.Fatal(err)
	}
	origin, err := json.Marshal(o)
	if err != nil {
		f.t.Fatal(err)
	}
	owner, err := pgx.Connect(ctx, f.db.OwnerURL)
	if err != nil {
		f.t.Fatal(err)
	}
	defer owner.Close(ctx)
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`insert into plan (digest, origin) values ($1, $2)`, []any{digest, origin}},
		{`update review set plan = $1 where project_id = (select id from project where key = $2)`, []any{digest, key}},
	} {
		if _, err := owner.Exec(ctx, q.sql, q.args...); err != nil {
			f.t.Fatal(err)
		}
	}
}
