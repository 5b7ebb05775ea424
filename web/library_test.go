package web

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/page"
)

// What a lifecycle asks can be read before a project is started by it, in every
// version, and each item has an address.
func TestLibrary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.alsoPublished("prototype-to-production", 1)
	f.alsoPublished("productionisation", 1)
	project := f.create("ledger")
	for _, name := range []string{"outsider", "viewer"} {
		b := f.browse(name)
		list := b.get(page.LibraryURL).want(200)
		if n := list.find("main section").Length(); n != 2 {
			t.Fatalf("%s sees %d lifecycles, want 2", name, n)
		}
		usual := list.one("#lifecycle-" + f.tmpl.Key)
		if !strings.Contains(words(usual), "New projects get this lifecycle") || usual.Find("a").Length() != 2 {
			t.Errorf("the usual lifecycle reads %q", words(usual))
		}
	}
	b := f.browse("viewer")
	address := page.LifecycleURL(f.tmpl.Key, 2)
	whole := b.get(address).want(200)
	for i := range f.tmpl.Stages {
		s := &f.tmpl.Stages[i]
		if !strings.Contains(words(whole.one("#"+string(s.Key))), s.Gate.Name) {
			t.Errorf("stage %s does not show its gate", s.Key)
		}
		for j := range s.Items {
			d := &s.Items[j]
			if got := words(whole.one("#item-" + string(d.Key))); !strings.Contains(got, strings.Join(strings.Fields(d.Done), " ")) {
				t.Errorf("item %s does not say when it is done: %q", d.Key, got)
			}
		}
	}
	changes := whole.one("#changes")
	for _, words := range []string{"New items", "Items that became part of others", "Items in a different stage", "Items that ask something different"} {
		if !strings.Contains(changes.Text(), words) {
			t.Errorf("what changed since version 1 has no %q", words)
		}
	}
	first := b.get(page.LifecycleURL(f.tmpl.Key, 1)).want(200)
	if first.find(`.note-box a[href="`+address+`"]`).Length() != 1 || first.find("#changes").Length() != 0 {
		t.Error("version 1 does not lead to the newer one, or says that it changed something")
	}
	if b.get(page.ProjectURL(project)).want(200).find(`a[href="`+address+`"]`).Length() != 1 {
		t.Error("the project does not lead to what it is measured by")
	}
	for _, wrong := range []string{"/templates/no-such/1", "/templates/" + f.tmpl.Key + "/3", "/templates/" + f.tmpl.Key + "/0", "/templates/" + f.tmpl.Key + "/99999999999", "/templates/x%00/1"} {
		b.get(wrong).want(404)
	}
	if f.stranger().get(page.LibraryURL).Status == 200 {
		t.Error("the library is open to people who have not signed in")
	}
}

// Every change of a version is told in words, whatever it is.
func TestChangesOfAVersionAreTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old := f.alsoPublished("prototype-to-production", 1)
	page := f.browse("viewer").get(page.LifecycleURL(f.tmpl.Key, 2)).want(200)
	if got, want := page.find("#changes li").Length(), len(plan.Compare(old, f.tmpl).Items); got != want {
		t.Errorf("%d changes are listed, want %d", got, want)
	}
}
