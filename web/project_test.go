package web

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestOverviewSaysWhatStopsUs(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api", func(in *review.NewProject) {
		in.Summary, in.Target, in.Restricted = "Keeps the books.", "2020-01-31", true
	})
	shown := f.browse("owner").get(page.ProjectURL(p)).want(200)
	shown.one(`#blockers a[href="` + page.ItemURL(p, "idea", "scope-set") + `#answer"]`)
	if n := shown.find("#blockers ol.lines li").Length(); n != 3 {
		t.Errorf("%d blockers of the current stage, want 3", n)
	}
	if shown.find(`#blockers ol.lines a[href^="`+page.StageURL(p, "live")+`/"]`).Length() != 0 {
		t.Error("a later stage's blockers stand among the first")
	}
	if got := words(shown.find("#blockers details")); !strings.Contains(got, "2. Live") || !strings.Contains(got, "1 blocker") {
		t.Errorf("later stages: %q", got)
	}
	facts := words(shown.find("dl.facts"))
	for _, want := range []string{f.name("owner"), f.name("deputy"), "Blue", "pilot", "overdue", "restricted", "Small, version 1"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the facts lack %q: %s", want, facts)
		}
	}
	if !strings.Contains(shown.text(), "Keeps the books.") || !strings.Contains(words(shown.find("#people")), f.name("member")) {
		t.Error("the summary or the members are missing")
	}
	if n := shown.find("#activity li").Length(); n != 2 {
		t.Errorf("%d entries of recent activity, want 2: started, member added", n)
	}
	if n := shown.find("#stages li").Length(); n != 2 {
		t.Errorf("%d stages on the track", n)
	}
	if f.browse("auditor").get(page.ProjectURL(p)).find(`a[href^="`+page.SettingsURL(p)+`"]`).Length() != 0 {
		t.Error("somebody who may change nothing is led to the settings")
	}
}

func TestOverviewFollowsTheGates(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	owner := f.browse("owner")
	f.fill("member", p, "idea")
	owner.get(page.ProjectURL(p)).one(`#blockers a[href="` + page.GateURL(p, "idea") + `#request"]`)
	f.requestSignOff("owner", p, "idea")
	if got := words(owner.get(page.ProjectURL(p)).find("#blockers")); !strings.Contains(got, "Product: waiting for this signature") {
		t.Errorf("an open round: %q", got)
	}
	f.signGo("product", p, "idea", plan.SeatProduct)
	if got := words(owner.get(page.ProjectURL(p)).find("#blockers")); strings.Contains(got, "Product: waiting for") || !strings.Contains(got, "1 of 2 signatures") {
		t.Errorf("after the first signature: %q", got)
	}
	f.signGo("sre", p, "idea", plan.SeatSRE)
	if got := owner.get(page.ProjectURL(p)).one("#stages [aria-current=step] b").Text(); got != "2. Live" {
		t.Errorf("the current stage is %q", got)
	}
	f.fill("member", p, "live")
	f.requestSignOff("owner", p, "live")
	f.signGo("sre", p, "live", plan.SeatSRE)
	if got := words(owner.get(page.ProjectURL(p)).find("#blockers")); !strings.Contains(got, "All gates have passed") {
		t.Errorf("after the last gate: %q", got)
	}
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "One is back.", 1, at)
	})
	if got := words(owner.get(page.ProjectURL(p)).find("#blockers")); !strings.Contains(got, "Changed since sign-off") {
		t.Errorf("after a change: %q", got)
	}
}

func TestStoppedProjectIsLoud(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.change("manager", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusStopped, "Superseded.", at)
	})
	viewer := f.browse("viewer").get(page.ProjectURL(p)).want(200)
	if !strings.Contains(words(viewer.find(".note-box")), "stopped") {
		t.Error("the overview does not say that the project was stopped")
	}
	if viewer.find(`main a[href$="#status"]:contains("Resume")`).Length() != 0 {
		t.Error("a viewer is offered to resume the project")
	}
	if f.browse("manager").get(page.ProjectURL(p)).find(`main a[href$="#status"]:contains("Resume")`).Length() != 1 {
		t.Error("a manager is not led to where the project is resumed")
	}
	f.browse("viewer").get(page.ProjectURL("nothing")).want(404)
}

// What a project page says of a date, the portfolio and my work say too.
func TestProjectIsOverdueOnlyWhileItHasToReachItsTarget(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03" })
	b := f.browse("owner")
	if text := b.get("/projects/ledger").want(200).text(); !strings.Contains(text, "overdue") || !strings.Contains(text, "past the target") {
		t.Errorf("a target that was missed: %.300s", text)
	}
	f.change("owner", "ledger", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Budget", at)
	})
	for _, path := range []string{"/projects/ledger", "/portfolio", "/"} {
		if text := b.get(path).want(200).text(); strings.Contains(strings.ReplaceAll(strings.ToLower(text), "condition overdue", ""), "overdue") || strings.Contains(text, "past the target") {
			t.Errorf("%s says of a project on hold that it is overdue", path)
		}
	}
}

func TestProjectNamesWhoSignsNext(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.fill("member", "ledger", "idea")
	f.requestSignOff("owner", "ledger", "idea")
	for _, path := range []string{"/projects/ledger", "/projects/ledger/stages/idea/gate"} {
		r := f.browse("viewer").get(path).want(200)
		if text := words(r.find("#blockers, #seats")); !strings.Contains(text, "eat") || strings.Contains(text, "nobody") {
			t.Errorf("%s: %s", path, text)
		}
	}
	r := f.browse("viewer").get("/projects/ledger").want(200)
	if got := r.one(`.head a.go`); got.AttrOr("href", "") != "/projects/ledger/stages/idea" || got.Text() != "Open checklist" {
		t.Errorf("the way to the checklist: %q %q", got.Text(), got.AttrOr("href", ""))
	}
	if got := words(r.one("#blockers h2")); got != "Blockers" {
		t.Errorf("heading %q", got)
	}
}
