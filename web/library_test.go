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
		if n := list.find("#lifecycles article").Length(); n != 2 {
			t.Fatalf("%s sees %d lifecycles, want 2", name, n)
		}
		usual := list.one("#lifecycle-" + f.tmpl.Key)
		if !strings.Contains(words(usual), "New projects follow this lifecycle") || usual.Find("p a").Length() != 2 {
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
	all := plan.Compare(old, f.tmpl)
	if got, want := page.find("#changes li").Length(), len(all.Items)+len(all.Stages); got != want {
		t.Errorf("%d changes are listed, want %d", got, want)
	}
}

// What a module adds can be read before a project takes it.
func TestModuleInTheLibrary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	m := f.alsoModule("hipaa", 1)
	b := f.browse("outsider")
	entry := b.get(page.LibraryURL).want(200).one("#modules #module-hipaa")
	for _, said := range []string{
		m.Name, "20 items · 2 questions · signed by Compliance",
		"Proposed if it handles US health data (PHI); or it handles patient data, in any country",
	} {
		if !strings.Contains(words(entry), said) {
			t.Errorf("the library does not say %q of it: %q", said, words(entry))
		}
	}
	address := page.LifecycleURL(m.Key, 1)
	whole := b.get(address).want(200)
	if !strings.Contains(whole.text(), strings.Join(strings.Fields(m.Notice), " ")) {
		t.Error("the page does not show the notice")
	}
	for i := range m.Items {
		d := &m.Items[i]
		item := whole.one("#" + string(d.Phase) + " #item-" + string(d.Key))
		if got := words(item); !strings.Contains(got, strings.Join(strings.Fields(d.Done), " ")) {
			t.Errorf("item %s does not say when it is done: %q", d.Key, got)
		}
	}
	if got := words(whole.one("#item-hipaa-clinical-validation")); !strings.Contains(got, "clinicians rely on its output") {
		t.Errorf("an item does not say when it applies: %q", got)
	}
	if got := words(whole.one("#signatures")); !strings.Contains(got, "Release Compliance, required Operation Compliance, required at tiers 1 and 2") {
		t.Errorf("the seat of a phase is not shown: %q", got)
	}
	if n := whole.find("#questions li").Length(); n != len(m.Flags) {
		t.Errorf("%d questions are shown, want %d", n, len(m.Flags))
	}
	if !strings.Contains(whole.text(), "Used by no project that you see") {
		t.Error("the page does not say that nobody uses it")
	}
	next := m.Draft()
	next.Version, next.Items = 2, next.Items[1:]
	next.Items[0].Phase = "design"
	f.publishDocument(plan.Document{Module: next})
	second := b.get(page.LifecycleURL(m.Key, 2)).want(200)
	changes := second.one("#changes")
	if n := changes.Find("li").Length(); n != 2 || !strings.Contains(words(changes), "Items in a different phase") {
		t.Errorf("the changes are %q", words(changes))
	}
	if n := b.get(address).want(200).find(`.note-box a[href="` + page.LifecycleURL(m.Key, 2) + `"]`).Length(); n != 1 {
		t.Error("version 1 does not lead to the newer one")
	}
}

// A search leads to the items themselves, without scripts.
func TestLibrarySearch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	m := f.alsoModule("gdpr", 1)
	b := f.browse("outsider")
	found := b.get(page.LibraryURL + "?q=breach+Notice").want(200)
	link := found.one(`#found-items a[href="` + page.LifecycleURL(m.Key, 1) + `#item-gdpr-breach-procedure"]`)
	if !strings.Contains(words(link.Parent()), "GDPR, Security") {
		t.Errorf("a result does not say where it stands: %q", words(link.Parent()))
	}
	if found.find("#lifecycles").Length() != 0 || found.one("input[name=q]").AttrOr("value", "") != "breach Notice" {
		t.Error("the page of a search shows the whole library, or forgets the words")
	}
	if b.get(page.LibraryURL+"?q=gdpr").want(200).find(`#found-documents a[href="`+page.LifecycleURL(m.Key, 1)+`"]`).Length() != 1 {
		t.Error("a module is not found by its name")
	}
	if !strings.Contains(b.get(page.LibraryURL+"?q=zzz").want(200).text(), "Nothing has these words") {
		t.Error("a search for nothing does not say so")
	}
}

// A document's page counts no project that its reader may not know of, and leads to
// the portfolio of those that it counts.
func TestWhatUsesADocument(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("ledger")
	f.create(canary)
	f.restrict(canary)
	address := page.LifecycleURL(f.tmpl.Key, f.tmpl.Version)
	for name, want := range map[string]string{"viewer": "1 project", "member": "2 projects"} {
		b := f.browse(name)
		link := b.get(address).want(200).one(".facts a")
		if got := words(link); got != want {
			t.Errorf("%s reads that it is used by %q, want %q", name, got, want)
		}
		list := b.get(link.AttrOr("href", "")).want(200)
		if got := countRows(list); got != want {
			t.Errorf("%s is led to %q, want %q", name, got, want)
		}
	}
	if got := f.browse("outsider").get(address).want(200); got.find(".facts a").Length() != 0 {
		t.Error("somebody who sees no project reads that there are some")
	}
	if got := countRows(f.browse("viewer").get(page.PortfolioURL + "?uses=gdpr").want(200)); got != "0 projects" {
		t.Errorf("the portfolio by a module that nobody uses lists %s", got)
	}
}

// countRows says how many projects a portfolio lists.
func countRows(r *reply) string { return page.CountOf(r.find("tbody th a").Length(), "project") }

// The library stands in the main navigation, and whoever may write documents copies
// a version from its page.
func TestTheLibraryIsAtHand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	version := page.LifecycleURL(f.ref.Key, f.ref.Version)
	for _, path := range []string{page.LibraryURL, version, page.DocumentURL(f.ref.Key)} {
		if at := f.browse("viewer").get(path).want(200).one(`nav[aria-label="Main"] [aria-current]`); at.AttrOr("href", "") != page.LibraryURL {
			t.Errorf("%s is marked as %s", path, words(at))
		}
	}
	copies := `a[href="` + page.NewDocumentFrom(f.ref.Key, f.ref.Version) + `"]`
	f.browse("librarian").get(version).want(200).one(copies)
	if f.browse("viewer").get(version).want(200).find(copies).Length() != 0 {
		t.Error("a viewer is led to what is refused")
	}
}
