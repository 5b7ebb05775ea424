package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// A list of the portfolio is saved under a name, for oneself or for everybody.
func TestSavedViews(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("ledger")
	viewer, manager, admin := f.browse("viewer"), f.browse("manager"), f.browse("admin")
	if n := viewer.get("/portfolio").want(200).find(`form[action="/portfolio/views"]`).Length(); n != 0 {
		t.Error("all projects in the usual order can be saved")
	}
	shown := viewer.get("/portfolio?tier=1&sort=-name&page=3&nonsense=1").want(200)
	bad := shown.submit("/portfolio/views", "name", "   ").want(422)
	if got := words(bad.one(".views .err")); got != "Give the view a name." {
		t.Errorf("without a name: %q", got)
	}
	bad = bad.submit("/portfolio/views", "name", strings.Repeat("ü", 61), "shared", "yes").want(422)
	if got := bad.one(".views input[name=name]").AttrOr("value", ""); got != strings.Repeat("ü", 61) || bad.find(".views input[name=shared][checked]").Length() != 1 {
		t.Errorf("what was typed is lost: %q", got)
	}
	saved := bad.submit("/portfolio/views", "name", " Critical   ones ", "shared", "yes", "start", "yes").want(303)
	if got := saved.Header.Get("Location"); got != "/portfolio?sort=-name&tier=1" {
		t.Errorf("the view is %s", got)
	}
	for who, want := range map[*browser]string{viewer: "Critical ones, my start page", manager: "Critical ones (Viewer Person)"} {
		if got := words(who.get("/portfolio?tier=1&sort=-name").want(200).one(".views [aria-current]")); got != want {
			t.Errorf("the view is listed as %q, want %q", got, want)
		}
	}
	shown = viewer.get("/portfolio?group=team").want(200)
	shown.submit("/portfolio/views", "name", "Mine").want(303)
	if got := words(manager.get("/portfolio").want(200).one(".views")); strings.Contains(got, "Mine") {
		t.Errorf("somebody else's own view shows: %s", got)
	}

	first := func() string {
		t.Helper()
		to, err := f.firstPage(httptest.NewRequest("GET", "/", nil), f.person("viewer"))
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	// It comes after signing in, until it is another, or none.
	if got := first(); got != "/portfolio?sort=-name&tier=1" {
		t.Errorf("the start page is %s", got)
	}
	start := func() {
		t.Helper()
		shown := viewer.get("/portfolio?group=team").want(200)
		shown.submit(shown.one(`form[action$="/start"]`).AttrOr("action", "")).want(303)
	}
	start()
	if got := first(); got != "/portfolio?group=team" {
		t.Errorf("the new start page is %s", got)
	}
	start()
	if got := first(); got != page.WorkURL {
		t.Errorf("without one the start page is %s", got)
	}

	// Nobody but its owner and an admin removes it, and nobody else starts with it.
	address := viewer.get("/portfolio?tier=1&sort=-name").one(`form[action$="/remove"]`).AttrOr("action", "")
	manager.post(address).want(404)
	manager.post(strings.TrimSuffix(address, "remove")+"start", "start", "yes").want(404)
	if n := manager.get("/portfolio?tier=1&sort=-name").find(`form[action$="/remove"], form[action$="/start"]`).Length(); n != 0 {
		t.Errorf("%d buttons are offered that do nothing", n)
	}
	admin.post(address).want(303)
	admin.post(address).want(404)

	for i := range 29 {
		viewer.post("/portfolio/views", "name", fmt.Sprint("View ", i), "query", fmt.Sprint("q=", i)).want(303)
	}
	full := viewer.post("/portfolio/views", "name", "One more", "query", "q=more").want(422)
	if got := words(full.one(".views .err")); !strings.Contains(got, "30 views already") {
		t.Errorf("the thirty-first: %q", got)
	}
	viewer.post("/portfolio/views", "name", "View 3", "query", "q=other").want(303) // in the place of what has the name
}

// What narrows the list is said where the filters are folded away.
func TestFoldedFiltersSayWhatNarrows(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("viewer")
	for query, want := range map[string]string{
		"":                              "Filters",
		"q=ledger&sort=name&group=team": "Filters",
		"team=Red&tier=2&late=1&month=2026-12&deputy=none":                          "Filters 5 team Red, tier 2, target: December 2026, late, without a deputy",
		"waits=SRE&owner=me&person=Ada&gate=lapsed&stage=idea&risk=1":               "Filters 6 waiting for SRE, owner me, Ada on it, a gate lapsed, in stage 1. " + f.tmpl.Stages[0].Name + ", at risk",
		"status=on+hold&live=live-lapsed&keeps=stale&uses=abc&unowned=1&month=none": "Filters 6 on hold, live, lapsed, a stale document, goes by abc, target: Without a target, without an owner",
	} {
		if got := words(b.get("/portfolio?" + query).want(200).one(".filters summary")); got != want {
			t.Errorf("?%s: %q, want %q", query, got, want)
		}
	}
}
