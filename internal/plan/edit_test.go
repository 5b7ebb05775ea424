package plan

import (
	"slices"
	"strings"
	"testing"
)

func keysIn(d Document, section StageKey) string {
	s, _ := d.Section(section)
	var keys []string
	for _, it := range s.Items {
		keys = append(keys, string(it.Key))
	}
	return strings.Join(keys, " ")
}

// Items are moved within a stage and to another, in lifecycles and in modules, and
// none is lost on the way.
func TestItemsAreMoved(t *testing.T) {
	for name, d := range map[string]Document{"a lifecycle": NewLifecycle("house", "House", true), "a module": NewModule("house", "House")} {
		t.Run(name, func(t *testing.T) {
			for _, k := range []ItemKey{"house-a", "house-b", "house-c"} {
				if err := d.Insert(Item{Key: k}, "build", ""); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.Insert(Item{Key: "house-x"}, "design", ""); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				do                  func() error
				build, design, fail string
			}{
				{func() error { return d.Step("house-a", 1) }, "house-b house-a house-c", "house-x", ""},
				{func() error { return d.Step("house-c", -1) }, "house-b house-c house-a", "house-x", ""},
				{func() error { return d.Step("house-b", -1) }, "house-b house-c house-a", "house-x", ""},
				{func() error { return d.Step("house-b", 5) }, "house-c house-a house-b", "house-x", ""},
				{func() error { return d.Move("house-b", "build", "house-c") }, "house-b house-c house-a", "house-x", ""},
				{func() error { return d.Move("house-b", "design", "house-x") }, "house-c house-a", "house-b house-x", ""},
				{func() error { return d.Move("house-a", "design", "") }, "house-c", "house-b house-x house-a", ""},
				{func() error { return d.Move("house-a", "design", "house-a") }, "house-c", "house-b house-x house-a", ""},
				{func() error { return d.Move("house-a", "build", "house-x") }, "house-c", "house-b house-x house-a", "Item house-x is no longer in this stage."},
				{func() error { return d.Move("house-a", "moon", "") }, "house-c", "house-b house-x house-a", "There is no stage moon."},
				{func() error { return d.Move("house-z", "build", "") }, "house-c", "house-b house-x house-a", "Item house-z is no longer there."},
				{func() error { return d.Step("house-z", 1) }, "house-c", "house-b house-x house-a", "Item house-z is no longer there."},
			} {
				err := step.do()
				if err != nil && err.Error() != step.fail || err == nil && step.fail != "" {
					t.Errorf("got %v, want %q", err, step.fail)
				}
				if b, de := keysIn(d, "build"), keysIn(d, "design"); b != step.build || de != step.design {
					t.Errorf("build has %q and design %q, want %q and %q", b, de, step.build, step.design)
				}
			}
			if n := d.Items(); n != 4 {
				t.Errorf("%d items are left of 4", n)
			}
		})
	}
}

// A draft made of a published document is another one, and can be published.
func TestDraftsAreApart(t *testing.T) {
	l := NewLifecycle("house", "House", true)
	l.Number(3)
	if err := l.Insert(Item{Key: "first-one", Title: "First", Was: []ItemKey{"oldest-one"}}, "idea", ""); err != nil {
		t.Fatal(err)
	}
	b, err := l.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	published, err := ParseDocument(b)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := published.Draft()
	if err != nil {
		t.Fatal(err)
	}
	it, _ := draft.Item("first-one")
	it.Title = "Changed"
	draft.Number(4)
	if was, _ := published.Item("first-one"); was.Title != "First" || published.Lifecycle.Version != 3 {
		t.Error("changing the draft changed what is published")
	}
	if again, err := draft.Bytes(); err != nil || !strings.Contains(string(again), "Changed") || !strings.Contains(string(again), `"version":4`) {
		t.Errorf("the draft would be published as %s, %v", again, err)
	}
	other, err := published.As("office", "Office")
	if err != nil {
		t.Fatal(err)
	}
	if it, _ := other.Item("first-one"); other.Key() != "office" || it.Was != nil {
		t.Errorf("a copy is %s with %v", other.Key(), it)
	}
	m := NewModule("law", "Law")
	if err := m.Insert(Item{Key: "law-known"}, "idea", ""); err != nil {
		t.Fatal(err)
	}
	copied, err := m.As("our-law", "Our law")
	if err != nil || keysIn(copied, "idea") != "our-law-known" {
		t.Errorf("the copied module has %q, %v", keysIn(copied, "idea"), err)
	}
}

// Whatever somebody begins with lacks texts and items, and nothing else.
func TestNewDocumentsLackOnlyTexts(t *testing.T) {
	for _, d := range []Document{NewLifecycle("house", "House", true), NewLifecycle("house", "House", false)} {
		d.Number(1)
		if u := d.Lifecycle.Uncovered(); len(u) > 0 {
			t.Errorf("no stage covers %v", u)
		}
		for _, p := range Wrong(Check(d, nil)) {
			if !slices.ContainsFunc([]string{"summary: is missing", "purpose: is missing", "exit: is missing"}, func(s string) bool { return p.Message == s }) {
				t.Errorf("%s", p)
			}
		}
	}
}
