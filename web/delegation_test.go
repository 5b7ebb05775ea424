package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func TestStandInSignsForTheHolder(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	sre, member := f.browse("sre"), fmt.Sprint(f.person("auditor"))
	delegate := page.DelegateURL(f.person("sre"))

	shown := sre.get(page.StandInsURL).want(200)
	if _, open := shown.one("#stand-ins details").Attr("open"); open {
		t.Error("the form stands open without being asked for")
	}
	bad := shown.submit(delegate, "seat", "sre", "to", "", "starts", day(3), "ends", day(1), "reason", "Leave.").want(422)
	for _, name := range []string{"to", "ends"} {
		if bad.one("#f-delegate-"+name).AttrOr("aria-invalid", "") != "true" || bad.find(`.errors a[href="#f-delegate-`+name+`"]`).Length() != 1 {
			t.Errorf("what is wrong with %q is not said at it and in the summary", name)
		}
	}
	if bad.one("#f-delegate-reason").Text() != "Leave." || bad.one("#f-delegate-starts").AttrOr("value", "") != day(3) {
		t.Error("what was typed is lost")
	}
	good := []string{"to", member, "starts", "", "ends", day(9), "reason", "Leave."}
	for _, wrong := range [][]string{
		{"seat", "security"}, {"seat", "captain"}, {"seat", "sre", "project", "no-such-project"}, {"seat", "sre@ledger-api"}, {"seat", "sre", "sudo", "1"},
	} {
		sre.post(delegate, append(wrong, good...)...).want(422)
	}
	sre.post(delegate, "seat", "sre", "to", "999999", "ends", day(9)).want(422)
	sre.post(delegate, "seat", "sre", "to", member, "ends", day(200)).want(422)
	sre.post(page.DelegateURL(f.person("qa")), append(good, "seat", "qa")...).want(403)
	f.browse("viewer").post(page.DelegateURL(f.person("viewer")), append(good, "seat", "sre")...).want(403)

	for range 2 {
		shown.submit(delegate, append(good, "seat", "sre")...).want(303)
	}
	if n := sre.get(page.StandInsURL).find("#stand-ins tbody tr").Length(); n != 1 {
		t.Errorf("%d stand-ins after the same form twice, want 1", n)
	}
	overlaps := sre.post(delegate, "seat", "sre", "to", member, "starts", day(2), "ends", day(20)).want(409)
	if !strings.Contains(words(overlaps.find(".errors")), "stand in for this seat in that time already") {
		t.Errorf("an overlap is refused with %q", words(overlaps.find(".errors")))
	}

	standIn := f.browse("auditor")
	if got := words(standIn.get(page.WorkURL).want(200).find("[data-stand-in]")); !strings.HasPrefix(got, "You stand in for Sre Person (SRE) until ") {
		t.Errorf("my work says %q", got)
	}
	asked := standIn.get(gate).want(200)
	if got := words(asked.find("#seats")); !strings.Contains(got, "Auditor Person for Sre Person") {
		t.Errorf("who may sign: %q", got)
	}
	if got := words(asked.one("#sign label:has([value=go])")); got != "Approve as SRE for Sre Person" {
		t.Errorf("the button says %q", got)
	}
	asked.submit(page.SignURL(p, "idea"), "decision", "go").want(303)
	if got := words(sre.get(gate).find("#sign")); !strings.Contains(got, "sign once between them") || strings.Contains(got, "Approve") {
		t.Errorf("the holder is told %q", got)
	}
	seats := words(sre.get(gate).find("#seats"))
	if !strings.Contains(seats, "Auditor Person for Sre Person") || !strings.Contains(words(sre.get(gate).find(".slots")), "1 of 2 signatures") {
		t.Errorf("the seats say %q", seats)
	}
}

func TestDelegationsAreEnded(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	sre, admin := f.browse("sre"), f.browse("admin")
	name := func(to string) {
		t.Helper()
		sre.post(page.DelegateURL(f.person("sre")), "seat", "sre", "to", fmt.Sprint(f.person(to)), "ends", day(5)).want(303)
	}
	name("viewer")
	name("deputy")
	end := page.EndDelegationURL(f.person("sre"), 1)
	f.browse("viewer").post(end).want(403)
	f.browse("manager").post(end).want(403)
	if f.browse("manager").get(page.StandInsURL).want(200).find("#stand-ins tbody tr").Length() != 0 {
		t.Error("a manager is shown other people's stand-ins")
	}
	if n := admin.get(page.StandInsURL).find("#stand-ins tbody tr").Length(); n != 2 {
		t.Errorf("an admin sees %d stand-ins, want 2", n)
	}
	viewer := f.browse("viewer")
	opened := viewer.get(page.GateURL(p, "idea"))
	opened.one("#sign [value=go]")
	for range 2 {
		sre.post(end).want(303)
	}
	opened.submit(page.SignURL(p, "idea"), "decision", "go").want(403)
	admin.get(page.StandInsURL).submit(page.EndDelegationURL(f.person("sre"), 2)).want(303)
	if sre.get(page.StandInsURL).find("#stand-ins tbody tr").Length() != 0 || viewer.get(page.WorkURL).find("[data-stand-in]").Length() != 0 {
		t.Error("what was ended is still shown as running")
	}
	sre.post(page.EndDelegationURL(f.person("sre"), 9)).want(404)
	sre.post(page.EndDelegationURL(f.person("sre"), 0)).want(404)
	if got := words(admin.get(page.RightsURL).find(".time-line")); !strings.Contains(got, "to stand in for Sre Person") || !strings.Contains(got, "ended delegation 1 of Sre Person") {
		t.Errorf("the trail of rights says %q", got)
	}
}

func TestSeatOfOneProjectIsDelegated(t *testing.T) {
	f := smallFixture(t)
	p := f.open("card-vault", func(in *review.NewProject) { in.Restricted = true })
	scope, err := f.Store.Scope(t.Context(), f.as("owner"), p)
	if err != nil {
		t.Fatal(err)
	}
	f.join("local", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE, Scope: review.Scope(scope)})
	local := f.browse("local")
	f.join("local", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE, Scope: review.Scope(scope)})
	viewer := f.browse("viewer")
	viewer.get(page.GateURL(p, "idea")).want(404)
	shown := local.get(page.StandInsURL)
	if got := shown.one("#f-delegate-seat option").AttrOr("value", ""); got != "sre@card-vault" {
		t.Errorf("the seat to hand over is %q", got)
	}
	shown.submit(page.DelegateURL(f.person("local")), "seat", "sre@card-vault", "to", fmt.Sprint(f.person("viewer")), "ends", day(5)).want(303)
	viewer.get(page.GateURL(p, "idea")).want(200).one("#sign [value=go]")
	if got := f.browse("sre").get(page.StandInsURL).text(); strings.Contains(got, "card-vault") {
		t.Error("the people page names a restricted project")
	}
}

func TestLiveServices(t *testing.T) {
	for name, tc := range map[string]struct {
		days        int
		badge, fact string
	}{
		"live-current":    {90, "Live", "current"},
		"live-review-due": {10, "Review due", "review due"},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := twoStages()
			tmpl.Stages[1].Gate.RepeatsDays = tc.days
			f := newFixtureWith(t, "http://127.0.0.1:8080", tmpl)
			f.create("not-live")
			p := f.create("ledger-api")
			f.fill("member", p, "live")
			f.requestSignOff("owner", p, "live")
			f.signGo("sre", p, "live", plan.SeatSRE)
			b := f.browse("viewer")
			due := review.FormatDate(f.stage(p, "live").LastRound().ClosedAt.AddDate(0, 0, tc.days))
			overview := b.get(page.ProjectURL(p)).want(200)
			if got := overview.text(); !strings.Contains(got, tc.badge) || !strings.Contains(got, tc.fact+", next review by ") {
				t.Errorf("the overview says %q", got)
			}
			if strings.Contains(b.get(page.ProjectURL("not-live")).text(), "next review by") {
				t.Error("a project that is not live has a next review")
			}
			list := b.get(page.PortfolioURL + "?live=" + name).want(200)
			if n := list.find("tbody tr").Length(); n != 1 || list.one(`tbody td time[datetime="`+due+`"]`).Length() != 1 || !strings.Contains(words(list.find("tbody")), tc.badge) {
				t.Errorf("the portfolio lists %d projects: %q", n, words(list.find("tbody")))
			}
			if got := list.one(`select[name=live] option[selected]`).AttrOr("value", ""); got != name {
				t.Errorf("the filter shows %q", got)
			}
			if n := b.get(page.PortfolioURL + "?live=live-lapsed").find("tbody tr").Length(); n != 0 {
				t.Errorf("%d lapsed projects", n)
			}
			if n := b.get(page.PortfolioURL + "?live=nonsense").find("tbody tr").Length(); n != 2 {
				t.Errorf("nonsense narrows to %d projects", n)
			}
		})
	}
}
