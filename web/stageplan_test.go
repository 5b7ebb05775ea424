package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestStageOwnerAndDates(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	at := page.StageDatesURL(p, "idea")
	member := f.browse("member")
	member.get(at).want(403)
	member.post(at, "shown", "x").want(403)
	if got := f.browse("sre").get(page.StageURL(p, "idea")).find(`a[href="` + at + `"]`).Length(); got != 0 {
		t.Error("somebody who may not is led to the form")
	}
	id := strconv.FormatInt(int64(f.person("member")), 10)
	owner := f.browse("owner")
	if got := owner.get(page.PortfolioURL + "?unowned=1").find("tbody tr").Length(); got != 1 {
		t.Errorf("without an owner are %d projects", got)
	}
	if owner.get(page.ProjectURL(p)).find(`#stages a[href="`+at+`"]`).Length() != 1 {
		t.Error("the project does not say that its stage has no owner")
	}
	form := owner.get(at).want(200)
	bad := form.submit(at, "owner", id, "deputy", id, "target", "soon", "milestone-name-2", "Load test").want(422)
	for _, field := range []string{"deputy", "target", "milestone-due-2"} {
		if bad.one("#f-"+field).AttrOr("aria-invalid", "") != "true" {
			t.Errorf("%s is not marked", field)
		}
	}
	if got := bad.one("#f-milestone-name-2").AttrOr("value", ""); got != "Load test" {
		t.Errorf("what was typed comes back as %q", got)
	}
	yesterday, later := review.FormatDate(f.now().AddDate(0, 0, -2)), review.FormatDate(f.now().AddDate(0, 0, 20))
	form.submit(at, "owner", id, "deputy", "", "target", yesterday, "milestone-name-1", "Load test", "milestone-due-1", later,
		"milestone-name-3", "Data moved", "milestone-due-3", yesterday, "milestone-name-4", "Plan made", "milestone-due-4", yesterday, "milestone-done-4", "yes").want(303)
	for _, where := range []string{page.ProjectURL(p), page.StageURL(p, "idea")} {
		got := words(member.get(where).one("main"))
		for _, want := range []string{"Owner Member Person", "overdue:", "Load test", "Overdue Data moved", "Reached Plan made"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q: %s", where, want, got)
			}
		}
	}
	for _, where := range []string{page.ReportURL(p), page.HistoryURL(p)} {
		if got := words(owner.get(where).one("main")); !strings.Contains(got, "Data moved") {
			t.Errorf("%s says %q", where, got)
		}
	}
	if got := words(owner.get(page.GateURL(p, "idea")).one("main")); !strings.Contains(got, "Member Person") {
		t.Errorf("the gate waits for %q", got)
	}
	if got := owner.get(page.PortfolioURL + "?unowned=1").find("tbody tr").Length(); got != 0 {
		t.Errorf("without an owner are %d projects", got)
	}
	// Whoever answers for the stage says by when; an old page changes nothing.
	mine := member.get(at).want(200)
	if got := mine.find("fieldset fieldset").Length(); got != 6 {
		t.Errorf("%d rows for milestones", got)
	}
	owner.get(at).submit(at, "owner", id, "target", later).want(303)
	old := mine.submit(at, "owner", id, "target", yesterday).want(409)
	if got := words(old.one("main")); !strings.Contains(got, "was changed after you opened the page") || !strings.Contains(got, "It says now") || old.one("#f-target").AttrOr("value", "") != yesterday {
		t.Errorf("an old page says %q", got)
	}
	old.submit(at, "owner", id, "target", yesterday).want(303)
	// Removing somebody says that they answer for a stage.
	ask := owner.get(page.MembersURL(p) + "?remove=" + id)
	if got := words(ask.one("main")); !strings.Contains(got, "stage that they answer for") {
		t.Errorf("removing says %q", got)
	}
	owner.post(page.MembersURL(p), "person", id, "duty", page.NoDuty, "to", "").want(303)
	if sp := f.project(p).StagePlan("idea"); sp.Owner != 0 || sp.Target != yesterday {
		t.Errorf("left behind is %+v", sp)
	}
}

func (f *fixture) now() time.Time { return time.Now().UTC() }

func TestStageDatesOfARestrictedProject(t *testing.T) {
	f := smallFixture(t)
	p := f.open("card-vault", func(in *review.NewProject) { in.Restricted = true })
	outsider := f.browse("sre")
	outsider.get(page.StageDatesURL(p, "idea")).want(404)
	outsider.post(page.StageDatesURL(p, "idea"), "target", "2027-01-01").want(404)
}
