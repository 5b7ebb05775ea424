package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// alsoPublished publishes a second lifecycle beside the fixture's.
func (f *fixture) alsoPublished(key string, version int) *plan.Lifecycle {
	f.t.Helper()
	other, err := catalog.Version(key, version)
	if err != nil {
		f.t.Fatal(err)
	}
	f.publishDocument(plan.Document{Lifecycle: other})
	return other
}

// alsoModule publishes a built-in module beside the fixture's lifecycle.
func (f *fixture) alsoModule(key string, version int) *plan.Module {
	f.t.Helper()
	m, err := catalog.Module(key, version)
	if err != nil {
		f.t.Fatal(err)
	}
	f.publishDocument(plan.Document{Module: m})
	return m
}

// A project goes through the lifecycle that is chosen when it is started, and all
// lists show it by its own stages beside projects of the usual one.
func TestProjectsOfTwoLifecycles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	other := f.alsoPublished("productionisation", 1)
	usual := f.create("usual")
	owner := f.browse("owner")

	first := owner.begin("")
	if n := first.find("input[name=template]").Length(); n != 2 {
		t.Fatalf("%d lifecycles are offered, want 2", n)
	}
	if got := first.one("input[name=template][checked]").AttrOr("value", "?"); got != "" {
		t.Errorf("%q is chosen beforehand, want the usual one", got)
	}
	second := first.step(url.Values{"name": {"Wallet"}, "team": {"Red"}, "template": {other.Key}, "go": {"on"}})
	if second.find("input[name=profile-existing-data]").Length() != 0 && !other.HasFlag("existing-data") {
		t.Error("the questions are those of the usual lifecycle")
	}
	third := second.step(url.Values{"exposure": {"pilot"}, "tier": {"1"}, "profile-database": {"yes"}, "go": {"on"}})
	if !strings.Contains(third.text(), other.Name) {
		t.Error("the last step does not say which lifecycle the project gets")
	}
	third.step(url.Values{"target": {"2199-05-01"}, "go": {"on"}}).want(200)
	wallet := review.ProjectKey("wallet")
	if f.stage(wallet, other.Stages[0].Key) == nil {
		t.Fatalf("the project does not go through %s", other.Key)
	}

	row := owner.get(page.PortfolioURL).want(200).one(`tr:has(th a[href="` + page.ProjectURL(wallet) + `"])`)
	cells := row.Find("td a")
	cells = cells.Slice(cells.Length()-len(f.tmpl.Stages), cells.Length()) // the last columns
	for i, want := range []plan.StageKey{
		"scoping", "scoping", "design", "build-and-test", "build-and-test", "deployment", "build-and-test", "build-and-test", "deployment", "iteration",
	} {
		if got := cells.Eq(i).AttrOr("href", ""); got != page.StageURL(wallet, want) {
			t.Errorf("the cell in column %s leads to %s, want the stage %s", f.tmpl.Stages[i].Key, got, want)
		}
		owner.get(page.StageURL(wallet, want)).want(200)
	}
	if got := words(row.Find("th .follows")); got != other.Name {
		t.Errorf("beside its name stands %q, not its lifecycle", got)
	}
	if n := owner.get(page.PortfolioURL + "?uses=" + other.Key).want(200).find("th .follows").Length(); n != 0 {
		t.Error("a list of one lifecycle names it in each row")
	}
	work := owner.get(page.WorkURL).want(200)
	if !strings.Contains(words(work.one(`tr:has(a[href="`+page.ProjectURL(wallet)+`"])`)), other.Stages[0].Name) {
		t.Error("my work does not name the project's stage")
	}
	// A stage that covers two columns counts in the first of them.
	for i, want := range []struct{ usual, wallet int }{{1, 1}, {0, 0}, {0, 0}} {
		byStage := owner.get(page.PortfolioURL + "?stage=" + string(f.tmpl.Stages[i].Key)).want(200)
		if got := byStage.find(`th a[href="` + page.ProjectURL(usual) + `"]`).Length(); got != want.usual {
			t.Errorf("in stage %s, %d of its own lifecycle, want %d", f.tmpl.Stages[i].Key, got, want.usual)
		}
		if got := byStage.find(`th a[href="` + page.ProjectURL(wallet) + `"]`).Length(); got != want.wallet {
			t.Errorf("in stage %s, %d of another lifecycle, want %d", f.tmpl.Stages[i].Key, got, want.wallet)
		}
	}
}

// A lifecycle that is not published is refused where it is chosen.
func TestNoSuchLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.alsoPublished("productionisation", 1)
	r := f.browse("owner").begin("")
	r.submit(r.one("main form").AttrOr("action", ""), "name", "Wallet", "team", "Red", "template", "no-such", "go", "on").want(422)
}
