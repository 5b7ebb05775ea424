package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

func searching(values ...string) string {
	q := url.Values{}
	for i := 0; i < len(values); i += 2 {
		q.Set(values[i], values[i+1])
	}
	return page.SearchURL + "?" + q.Encode()
}

// Without scripts: a form in an address, kinds with counts, and links to what was found.
func TestSearchPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Links.Ticket = ""
	p := f.create("wallet")
	f.create("ledger")
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-agreed", review.NewEvidence{URL: "https://wiki.example.test/scope/wallet", Title: "What the wallet is for", Type: "doc"}, at)
	})
	f.risk(p, "", "2", "3")
	m := f.browse("member")

	first := m.get(page.SearchURL).want(200)
	if got := first.one(`form[action="/search"][method=get] input[name=q]`).AttrOr("value", "?"); got != "" {
		t.Errorf("the empty field has %q", got)
	}
	if got := first.one("#found").Text(); !strings.Contains(got, "Projects, by name or key") || !strings.Contains(got, "R3") {
		t.Errorf("an empty search says %q", got)
	}
	first.one(`header a[href="/search"][aria-current=page]`)

	all := m.get(searching("q", "WALLET")).want(200)
	if got := all.one(`input[name=q]`).AttrOr("value", ""); got != "WALLET" {
		t.Errorf("the field has %q", got)
	}
	if got := words(all.one(`nav[aria-label=Kinds]`)); got != "All Projects 1 Evidence 1" {
		t.Errorf("the kinds are %q", got)
	}
	if got := all.find(`#found section a`).First().AttrOr("href", ""); got != page.ProjectURL(p) {
		t.Errorf("the first hit leads to %s", got)
	}
	if got := words(all.one(`#found-evidence li`)); !strings.Contains(got, "What the wallet is for") || !strings.Contains(got, "wiki.example.test/scope/wallet") {
		t.Errorf("the evidence is %q", got)
	}
	only := m.get(searching("q", "wallet", "kind", "evidence", "page", "999")).want(200)
	if only.find("#found section").Length() != 1 || only.one(`[aria-current=true]`).Text() == "" || only.one(`input[name=kind]`).AttrOr("value", "") != "evidence" {
		t.Error("one kind is not listed by itself")
	}
	if got := words(only.one(".pager")); got != "1 hit" {
		t.Errorf("the pager says %q", got)
	}
	if got := m.get(searching("q", "wallet", "kind", "people")).want(200).one(".empty h2").Text(); !strings.Contains(got, "Nothing of this kind") {
		t.Errorf("a kind without hits says %q", got)
	}
	if got := words(m.get(searching("q", "wallet", "kind", "<b>")).want(200).one("main")); !strings.Contains(got, "kind=<b>") || !strings.Contains(got, "Projects") {
		t.Errorf("an unknown kind says %q", got)
	}

	// An item of the library is one row, with how many ask it and the way to one's own.
	item := m.get(searching("q", "scope agreed")).want(200).one(`#found-items li:first-child`)
	if got := words(item); !strings.Contains(got, "asked by 2 projects that you may see") {
		t.Errorf("the item says %q", got)
	}
	if href := item.Find("a").First().AttrOr("href", ""); !strings.HasSuffix(href, "/items/scope-agreed") || !strings.HasPrefix(href, "/projects/") {
		t.Errorf("its link leads to %s", href)
	}
	if got := words(m.get(searching("q", "risk 1")).want(200).one("#found-records")); !strings.Contains(got, "Risk 1:") {
		t.Errorf("risk 1 is %q", got)
	}

	right := m.get(searching("q", "walelt")).want(200)
	if got := right.one("#found").Text(); !strings.Contains(got, "Nothing has “walelt”. This is what has “wallet”.") {
		t.Errorf("a wrong spelling says %q", got)
	}
	if got := m.get(searching("q", "xyzzy")).want(200).one(".empty h2").Text(); got != "Nothing has all of these words" {
		t.Errorf("no hit says %q", got)
	}
	if got := m.get(searching("q", `%_\`)).want(200).one(".empty").Text(); !strings.Contains(got, "neither a letter nor a digit") {
		t.Errorf("punctuation says %q", got)
	}
	if got := m.get(searching("q", strings.Repeat("wallet ", 800))).want(200).text(); !strings.Contains(got, "only the first 120 characters") {
		t.Error("nobody is told that only the beginning was looked for")
	}
	for _, q := range []string{"a", "\x00", "a\x00b", "\xff", "'", "支", strings.Repeat("x", 5000)} {
		m.get(searching("q", q)).want(200)
	}
}

// Whoever may not know of a project finds the same whether or not something in it has
// the words: hits, counts and spellings.
func TestSearchKeepsWhatIsRestricted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Links.Ticket = ""
	f.create("wallet")
	f.create("zanzibar")
	f.change("member", "zanzibar", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "idea", "scope-agreed", review.NewEvidence{URL: "https://wiki.example.test/tamarind", Title: "Tamarind", Type: "doc"}, at)
	})
	f.risk("zanzibar", "", "2", "3")
	asked := []string{"zanzibar", "tamarind", "zanzibra", "risk 1", "wiki.example.test", "scope agreed", "r1"}
	v := f.browse("viewer")
	seen := map[string]string{}
	for _, q := range asked {
		seen[q] = words(v.get(searching("q", q)).want(200).one("#found"))
	}
	f.restrict("zanzibar")
	for _, q := range asked {
		got := words(v.get(searching("q", q)).want(200).one("#found"))
		if got == seen[q] {
			t.Errorf("%q finds the same as before the project was restricted: %s", q, got)
		}
		for _, hidden := range []string{"Project zanzibar", "Tamarind", "Risk 1:", "2 projects"} {
			if strings.Contains(got, hidden) {
				t.Errorf("%q finds %q", q, got)
			}
		}
	}
	if got := words(f.browse("member").get(searching("q", "zanzibra")).want(200).one("#found")); !strings.Contains(got, "This is what has “zanzibar”") {
		t.Errorf("whoever works on it finds %q", got)
	}
}

// How long a search takes does not tell whether a project that the person may not know
// of has the words, nor does what the database is asked.
func TestSearchIsNotTimed(t *testing.T) {
	f := newFixture(t)
	f.Links.Ticket = ""
	f.create(canary)
	f.risk(canary, "", "2", "3")
	f.restrict(canary)
	asked := &questions{}
	traced, err := store.Open(t.Context(), f.db.AppURL, store.Options{MaxConns: 1, Tracer: asked})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traced.Close)
	f.Server.Store = traced
	for _, name := range []string{"viewer", "outsider"} {
		b := f.browse(name)
		ask := func(key string) time.Duration {
			began := time.Now()
			b.get(searching("q", key)).want(200)
			return time.Since(began)
		}
		ask(absent) // plans and documents are read once
		if differ := gap(ask); differ >= noTell {
			t.Errorf("%s: answers differ by %s", name, differ)
		}
		asked.take()
		var hidden, none []string
		for range 20 { // names are read again whenever anybody has written to the server, in another test's database too
			ask(canary)
			hidden = asked.takeSQL()
			ask(absent)
			if none = asked.takeSQL(); slices.Equal(hidden, none) {
				break
			}
		}
		if len(none) < 5 || !slices.Equal(hidden, none) {
			t.Errorf("%s: the database is asked\n%q\nand for an absent project\n%q", name, hidden, none)
		}
	}
}
