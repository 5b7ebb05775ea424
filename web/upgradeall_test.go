package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// All projects are upgraded from page to page. A page says how far it has come;
// whoever stops there can begin again.
func TestAllPlansAreUpgraded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old, err := catalog.Version(store.UsualLifecycle, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.publishDocument(plan.Document{Lifecycle: old})
	newest := f.ref
	if f.ref, err = old.Ref(); err != nil {
		t.Fatal(err)
	}
	for i := range stretchProjects + 2 {
		f.create(fmt.Sprintf("project-%d", i))
	}
	f.restrict("project-7")
	names := newest.Key + "@" + fmt.Sprint(newest.Version)
	b := f.browse("manager")
	b.post(page.UpgradesURL, "all", names, "reason", "").want(422)
	b.post(page.UpgradesURL, "all", names, "reason", strings.Repeat("x", 20000)).want(422)
	b.post(page.UpgradesURL, "all", names, "reason", "Newer.", "done", "many").want(422)
	stale := b.post(page.UpgradesURL, "all", newest.Key+"@1", "reason", "Newer.").want(409)
	if !strings.Contains(stale.text(), "published since you looked") || stale.one("[name=reason]").Text() != "Newer." {
		t.Errorf("versions that are no longer the newest: %s", stale.text())
	}

	fields := []string{"all", names, "reason", "Newer.", "total", fmt.Sprint(stretchProjects + 1)}
	end := b.post(page.UpgradesURL, fields...).want(200)
	if text := end.text(); !strings.Contains(text, fmt.Sprintf(" of %d projects", stretchProjects+1)) {
		t.Errorf("after a stretch: %s", text)
	}
	for form := end.find("form[data-go] input"); form.Length() > 0; form = end.find("form[data-go] input") {
		fields = nil
		form.Each(func(_ int, in *goquery.Selection) {
			fields = append(fields, in.AttrOr("name", ""), in.AttrOr("value", ""))
		})
		end = b.post(page.UpgradesURL, fields...).want(200)
	}
	if text := end.text(); !strings.Contains(text, fmt.Sprintf("%d projects upgraded.", stretchProjects+1)) || !strings.Contains(text, "No project is behind") {
		t.Errorf("at the end: %s", text)
	}
	end.one("main[data-saved]")
	before := f.seq("project-3")
	b.post(page.UpgradesURL, fields...).want(200)
	if f.seq("project-3") != before {
		t.Error("sent again, the last stretch changed something")
	}
	if f.browse("owner").get(page.UpgradesURL).want(200).find(`a[href="`+page.PlanURL("project-7")+`?upgrade=1"]`).Length() != 1 {
		t.Error("the hidden project is no longer behind")
	}
}
