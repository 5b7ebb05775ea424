package web

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// Each page of a project leads to its others, and says which of them it is.
func TestWayBetweenThePagesOfAProject(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger-api")
	b := f.browse("owner")
	for path, want := range map[string]string{
		page.ProjectURL(p):            "Project ledger-api",
		page.StageURL(p, "idea"):      "Checklist",
		page.GateURL(p, "idea"):       "Checklist",
		page.RecordsURL(p):            "Records",
		page.RecordKindURL(p, "risk"): "Records",
		page.PlanURL(p):               "Plan",
		page.ResponsibilitiesURL(p):   "People",
		page.MembersURL(p):            "People",
		page.HistoryURL(p):            "History",
		page.CompareURL(p):            "Compare",
		page.ReportURL(p) + "?":       "Report",
		page.SettingsURL(p):           "Settings",
	} {
		nav := b.get(path).want(200).one("nav.local")
		if got := nav.Find("[aria-current]"); got.Length() != 1 || words(got) != want {
			t.Errorf("%s calls itself %q of %q, want %q", path, words(got), words(nav), want)
		}
		if n := nav.Find("a").Length(); n != 9 {
			t.Errorf("%s leads to %d pages: %s", path, n, words(nav))
		}
	}
	for _, href := range hrefs(b.get(page.ProjectURL(p)).one("nav.local")) {
		if r := b.get(href); r.Status != 200 && href != page.StagesURL(p) {
			t.Errorf("%s leads to an answer with status %d", href, r.Status)
		}
	}
	if got := hrefs(f.browse("viewer").get(page.ProjectURL(p)).want(200).one("nav.local")); slices.Contains(got, page.SettingsURL(p)) || len(got) != 8 {
		t.Errorf("a viewer is led to %v", got)
	}
	for _, path := range []string{"/", page.ProjectURL("absent"), page.ProjectURL(p) + "/absent", page.ProjectURL(p) + "?at=" + day(0)} {
		if b.get(path).find("nav.local").Length() != 0 {
			t.Errorf("%s has the way between the pages of a project", path)
		}
	}
}

// The stage at which a project is has an address that stays the same.
func TestStageThatAProjectIsAt(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	p := f.create("ledger-api")
	b := f.browse("viewer")
	if got := b.get(page.StagesURL(p)).want(303).Header.Get("Location"); got != page.StageURL(p, "idea") {
		t.Errorf("it leads to %s", got)
	}
	b.get(page.StagesURL("absent")).want(404)
}
