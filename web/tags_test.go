package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Tags are typed in the settings, lead from the project to the list of those that have
// them, and two people who change them at once lose none.
func TestTagsOfAProject(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger")
	f.create("other")
	mine := f.browse("owner").get("/projects/ledger/settings").want(200)
	theirs := f.browse("deputy").get("/projects/ledger/settings").want(200)
	theirs.fillIn("/projects/ledger/settings", url.Values{"tags": {"PCI, Gro\u0308ße,,"}}).want(303)
	mine.fillIn("/projects/ledger/settings", url.Values{"tags": {"<i>mobile"}}).want(303)
	if got := f.project(key).Tags; !slices.Equal(got, []string{"<i>mobile", "größe", "pci"}) {
		t.Fatalf("tagged %q", got)
	}
	b := f.browse("viewer")
	b.get("/projects/ledger").want(200).one(".tags a[href$='tag=pci']")
	list := b.get("/portfolio?tag=%20PCI").want(200)
	if got := list.names(); !slices.Equal(got, []string{"Project ledger"}) {
		t.Errorf("%q are tagged", got)
	}
	if text := words(list.one("main")); !strings.Contains(text, "tag PCI") {
		t.Errorf("the words are %s", text)
	}
	list.one("datalist#tags option[value='größe']")
	if rows := b.get("/portfolio/export/csv?tag=pci").want(200).csvRows(); len(rows) != 1 || rows[0]["Tags"] != "<i>mobile, größe, pci" {
		t.Errorf("the file says %v", rows)
	}
	refused := f.browse("owner").get("/projects/ledger/settings").want(200).fillIn("/projects/ledger/settings", url.Values{"tags": {strings.Repeat("x", 33)}, "name": {"Kept"}}).want(422)
	if form := refused.form("/projects/ledger/settings"); form.Get("tags") != strings.Repeat("x", 33) || form.Get("name") != "Kept" || form.Get("tagged") != "<i>mobile, größe, pci" {
		t.Errorf("the form holds %v", form)
	}
	f.browse("owner").get("/projects/ledger/settings").want(200).fillIn("/projects/ledger/settings", url.Values{"tags": {""}}).want(303)
	if got := f.project(key).Tags; got != nil {
		t.Errorf("still tagged %q", got)
	}
	if text := words(b.get("/projects/ledger/history?kind=ProjectTagged").want(200).one("main")); !strings.Contains(text, "Removed: <i>mobile, größe, pci") {
		t.Errorf("the trail says %s", text)
	}
}
