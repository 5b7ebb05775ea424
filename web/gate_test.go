package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// twoStages is a template small enough to see through: a gate for two people,
// product among them, and one for a single SRE.
func twoStages() *plan.Lifecycle {
	must, should := plan.LevelMust, plan.LevelShould
	return &plan.Lifecycle{
		Key: "small", Version: 1, Name: "Small", Order: plan.OrderAdvisory, SoD: true,
		Stages: []plan.Stage{
			{
				Key: "idea", Name: "Idea", Items: []plan.Item{
					{Key: "scope-set", Title: "Scope is set", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatProduct}},
					{Key: "risks-listed", Title: "Risks are listed", Levels: [3]plan.Level{must, must, ""}, Seats: []plan.Seat{plan.SeatSRE}},
					{Key: "demo-shown", Title: "A demo was shown", Levels: [3]plan.Level{should, should, should}, Seats: []plan.Seat{plan.SeatProduct}},
				},
				Gate: plan.Gate{Name: "Worth building", Exit: "It is worth the money.", Quorum: 2, Seats: []plan.GateSeat{{Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatEngineering}, {Seat: plan.SeatSRE}}},
			},
			{
				Key: "live", Name: "Live", Items: []plan.Item{
					{Key: "restore-tested", Title: "Restore is tested", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"test-report"}, ValidDays: 30, Seats: []plan.Seat{plan.SeatSRE}},
				},
				Gate: plan.Gate{Name: "Go live", Exit: "It can be run.", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatSRE, Mandatory: true}}},
			},
		},
	}
}

func smallFixture(t *testing.T) *fixture {
	t.Helper()
	return newFixtureWith(t, "http://127.0.0.1:8080", twoStages())
}

// open is a project whose first gate waits for signatures.
func (f *fixture) open(key string, with ...func(*review.NewProject)) review.ProjectKey {
	f.t.Helper()
	p := f.create(key, with...)
	f.fill("member", p, "idea")
	f.requestSignOff("owner", p, "idea")
	return p
}

// digest is what the sign form of a gate's page carries.
func (r *reply) digest() string {
	r.Browser.f.t.Helper()
	return r.one(`#sign form.decide input[name=digest]`).AttrOr("value", "")
}

// hidden are the fields that a form of the page sends by itself.
func hidden(form *goquery.Selection) []string {
	var fields []string
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		fields = append(fields, in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	return fields
}

// submit sends the form of the page that posts to an address, the first if
// there are several, with what it carries by itself.
func (r *reply) submit(action string, fields ...string) *reply {
	r.Browser.f.t.Helper()
	form := r.find(`form[action="` + action + `"]`).First()
	if form.Length() == 0 {
		r.Browser.f.t.Fatalf("%s: no form posts to %s\n%s", r.what, action, r.text())
	}
	return r.Browser.post(action, append(hidden(form), fields...)...)
}

// rounds is how many rounds a stage has had, and the outcome of the newest.
func (f *fixture) rounds(p review.ProjectKey, stage plan.StageKey) (int, review.Outcome) {
	f.t.Helper()
	s := f.stage(p, stage)
	if s.LastRound() == nil {
		return 0, ""
	}
	return len(s.Rounds), s.LastRound().Outcome
}

// TestJourneyToAPassedGate goes the whole way with the forms that the pages
// hold: answer, evidence, request, two signatures, passed, portfolio.
func TestJourneyToAPassedGate(t *testing.T) {
	f := newFixture(t)
	stage := f.tmpl.Stages[0].Key
	p := f.create("ledger-api")
	gate := page.GateURL(p, stage)

	owner := f.browse("owner")
	before := owner.get(gate).want(200)
	if before.find("#blockers ol.lines li").Length() == 0 || before.find("#request form").Length() != 0 {
		t.Error("an empty stage offers a request, or shows no blockers")
	}
	member := f.browse("member")
	for _, it := range f.stage(p, stage).Items {
		if it.Level == plan.LevelNone {
			continue
		}
		member.post(page.AnswerURL(p, stage, it.Def.Key), "answer", "met", "note", "See the link.", "version", "0").want(303)
		for _, kind := range it.Def.Evidence {
			member.post(page.EvidenceURL(p, stage, it.Def.Key), "url", "https://wiki.example.test/"+string(it.Def.Key), "title", "Proof", "kind", string(kind)).want(303)
			break
		}
	}
	owner.get(gate).want(200).submit(page.RequestURL(p, stage), "reason", "").want(303)

	pol := f.tmpl.Stages[0].Gate.Policy(plan.TierCritical, nil)
	for i, seat := range pol.Seats[:pol.Quorum] {
		approver := f.browse(string(seat))
		queue := approver.get(page.SignOffsURL).want(200)
		queue.one(`tbody a[href="` + gate + `"]`)
		if n := approver.get(page.WorkURL).want(200).find(`#gates a[href="` + gate + `"]`).Length(); n != 1 {
			t.Errorf("%s: %d links to the gate on my work", seat, n)
		}
		shown := approver.get(gate).want(200)
		choice := shown.one(`#sign label:has([name=decision][value=go])`)
		if got := words(choice); got != "Approve as "+seat.Label() {
			t.Errorf("button says %q", got)
		}
		after := shown.submit(page.SignURL(p, stage), "decision", "go", "note", "Fine by me.", "findings", "").follow().want(200)
		after.one(`.note-box a[href="` + page.SignOffsURL + `"]`)
		passed := strings.Contains(words(after.find(".note-box")), "passed")
		if passed != (i == pol.Quorum-1) {
			t.Errorf("after signature %d the page says passed: %v", i+1, passed)
		}
	}
	if n, outcome := f.rounds(p, stage); n != 1 || outcome != review.OutcomePassed {
		t.Fatalf("%d rounds, the last %q", n, outcome)
	}
	portfolio := owner.get(page.PortfolioURL).want(200)
	row := portfolio.one(`tr:has(a[href="` + page.ProjectURL(p) + `"])`)
	if row.Find("td.s-met").Length() != 1 {
		t.Errorf("the portfolio does not show the stage as passed: %s", words(row))
	}
	project := owner.get(page.ProjectURL(p)).want(200)
	if project.find("#stages li.s-met").Length() != 1 {
		t.Error("the overview's track does not show the stage as passed")
	}
	trail := owner.get(page.HistoryURL(p) + "?kind=GateSigned").want(200)
	if n := trail.find("table.trail tbody tr").Length(); n != pol.Quorum {
		t.Errorf("the trail lists %d signatures, want %d", n, pol.Quorum)
	}
}

func TestReturnWithFindings(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	sre := f.browse("sre")

	empty := sre.get(gate).submit(page.SignURL(p, "idea"), "decision", "return", "note", "Not yet.", "findings", " \n ").want(422)
	if empty.one("#f-sign-findings").AttrOr("aria-invalid", "") != "true" || empty.one("#f-sign-note").Text() != "Not yet." {
		t.Error("a return without findings: no error at the field, or the note is lost")
	}
	if empty.find(`.errors a[href="#f-sign-findings"]`).Length() != 1 {
		t.Error("the summary does not lead to the field")
	}
	mixed := sre.get(gate).submit(page.SignURL(p, "idea"), "decision", "go", "findings", "Rename it.").want(422)
	if mixed.one("#f-sign-findings").Text() != "Rename it." {
		t.Error("a go with findings loses them")
	}
	returned := sre.get(gate).submit(page.SignURL(p, "idea"), "decision", "return", "findings", "Name the owner of the data.\r\n\r\nShow the budget.\r\n").follow().want(200)
	if n := returned.find("#findings li").Length(); n != 2 {
		t.Fatalf("%d findings, want one a line: 2", n)
	}
	if returned.find("#findings form").Length() != 0 {
		t.Error("a signer may answer findings")
	}

	work := f.browse("owner").get(page.WorkURL).want(200)
	work.one(`#returned a[href="` + gate + `#findings"]`)
	member := f.browse("member")
	if member.get(gate).find("#request form").Length() != 0 {
		t.Error("a new round is offered before the findings are answered")
	}
	if got := member.post(page.FindingURL(p, "idea", 1), "answer", "  ").want(422).one("#f-finding-1-answer").AttrOr("aria-invalid", ""); got != "true" {
		t.Error("an empty answer is not marked")
	}
	notice := func() string {
		return words(member.get(page.StageURL(p, "idea")).find(`main > .note-box:contains("sent this stage back")`))
	}
	for no := 1; no <= 2; no++ {
		if got := notice(); !strings.Contains(got, page.CountOf(3-no, "finding")+" to answer") {
			t.Errorf("with finding %d to answer the checklist says %q", no, got)
		}
		member.get(gate).submit(page.FindingURL(p, "idea", no), "answer", "Done, see the note.").want(303)
	}
	if got := notice(); !strings.Contains(got, "all their findings are answered") || strings.Contains(got, "to answer") {
		t.Errorf("with all findings answered the checklist says %q", got)
	}
	member.post(page.FindingURL(p, "idea", 9), "answer", "x").want(404)
	member.post(page.FindingURL(p, "idea", 0), "answer", "x").want(404)
	member.get(gate).submit(page.RequestURL(p, "idea"), "reason", "Both points are settled.").want(303)
	if n, outcome := f.rounds(p, "idea"); n != 2 || outcome != review.OutcomeOpen {
		t.Fatalf("%d rounds, the last %q", n, outcome)
	}
	again := sre.get(gate)
	if again.find("#rounds details").Length() != 1 || !strings.Contains(words(again.find("#rounds")), "returned") {
		t.Error("the returned round is not kept on the page")
	}
	if got := again.one("#changed h2").Text(); got != "Changed since you signed" || again.find("#changed li").Length() != 2 {
		t.Errorf("what changed since the return: %q, %d lines", got, again.find("#changed li").Length())
	}
}

func TestChangeAfterThePass(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.signGo("sre", p, "idea", plan.SeatSRE)
	gate := page.GateURL(p, "idea")
	owner := f.browse("owner")
	if passed := owner.get(gate); passed.find("#request").Length() != 0 || passed.find("#sign").Length() != 0 {
		t.Error("a passed gate offers a request or a signature")
	}
	owner.post(page.RequestURL(p, "idea"), "reason", "Once more.", "digest", "").want(409)
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "One is missing.", 1, at)
	})
	changed := owner.get(gate)
	if !strings.Contains(words(changed.find(".note-box.s-warn")), "Changed since sign-off") {
		t.Error("the page does not say that the content changed since the sign-off")
	}
	if changed.find("#changed li").Length() != 2 || changed.find("#items tr[data-changed]").Length() != 1 {
		t.Error("the changed item is not marked")
	}
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "All there.", 2, at)
	})
	owner.get(gate).submit(page.RequestURL(p, "idea"), "reason", "").want(303)
	if n, _ := f.rounds(p, "idea"); n != 2 {
		t.Errorf("%d rounds, want 2", n)
	}
}

func TestStaleDigest(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	gate := page.GateURL(p, "idea")
	sre := f.browse("sre")
	opened := sre.get(gate)
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "A third risk.", 1, at)
	})
	seq := f.seq(p)
	note := "I read all of it."
	refused := opened.submit(page.SignURL(p, "idea"), "decision", "go", "note", note).want(409)
	if f.seq(p) != seq {
		t.Error("a signature on outdated content was recorded")
	}
	if refused.one("#f-sign-note").Text() != note {
		t.Error("the note is lost")
	}
	if refused.digest() == opened.digest() {
		t.Error("the form still carries the old digest")
	}
	if got := words(refused.find("#changed li")); !strings.Contains(got, "Risks are listed") || !strings.Contains(got, "after you opened the page") {
		t.Errorf("what changed meanwhile is not shown: %q", got)
	}
	if got := words(refused.find(".note-box li")); !strings.Contains(got, "Risks are listed") {
		t.Errorf("the refusal itself lists %q", got)
	}
	if n := refused.find("#items tr[data-changed]").Length(); n != 1 {
		t.Errorf("%d items are marked as changed, want 1", n)
	}
	product := f.browse("product").get(gate)
	if !strings.Contains(words(product.find("#seats")), "out of date") || !strings.Contains(words(product.find("#sign")), "out of date") {
		t.Error("the earlier signature is not shown as out of date")
	}
	refused.submit(page.SignURL(p, "idea"), "decision", "go", "note", note).want(303)
}

func TestRequestOnOutdatedContent(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.fill("member", p, "idea")
	owner := f.browse("owner")
	opened := owner.get(page.GateURL(p, "idea"))
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "Not any more.", 1, at)
	})
	refused := opened.submit(page.RequestURL(p, "idea"), "reason", "It is time.").want(409)
	if got := words(refused.find("[data-typed]")); got != "It is time." {
		t.Errorf("the form is gone, and with it what was typed: %q", got)
	}
	blocked := owner.post(page.RequestURL(p, "idea"), "reason", "").want(409)
	blocked.one(`#items a[href="` + page.ItemURL(p, "idea", "risks-listed") + `#answer"]`)
	if n, _ := f.rounds(p, "idea"); n != 0 {
		t.Errorf("%d rounds", n)
	}
}

func TestRequestOutOfOrderAsksWhy(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.fill("member", p, "live")
	owner := f.browse("owner")
	gate := owner.get(page.GateURL(p, "live"))
	refused := gate.submit(page.RequestURL(p, "live"), "reason", "").want(422)
	if refused.one("#f-request-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("the missing reason is not marked")
	}
	refused.submit(page.RequestURL(p, "live"), "reason", "The pilot cannot wait.").want(303)
	if got := words(owner.get(page.GateURL(p, "live")).find("#ask")); !strings.Contains(got, "The pilot cannot wait.") || !strings.Contains(got, "Idea") {
		t.Errorf("the reason and the earlier gate are not shown: %q", got)
	}
}

func TestSeatRevokedAMomentBefore(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	sre := f.browse("sre")
	opened := sre.get(page.GateURL(p, "idea"))
	f.join("sre", review.Right{Role: review.RoleViewer})
	seq := f.seq(p)
	refused := opened.submit(page.SignURL(p, "idea"), "decision", "go", "note", "Looks good.").want(403)
	if f.seq(p) != seq {
		t.Error("somebody without the seat signed")
	}
	if got := words(refused.find("[data-typed]")); got != "Looks good." {
		t.Errorf("what was typed is lost: %q", got)
	}
	if refused.find("#sign form").Length() != 0 || !strings.Contains(words(refused.find("#sign")), "You hold none of this gate's seats") {
		t.Error("the page does not say why the person may not sign")
	}
}

func TestSignatureOfARevokedSeatNoLongerCounts(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.join("product", review.Right{Role: review.RoleViewer})
	f.signGo("sre", p, "idea", plan.SeatSRE)
	if _, outcome := f.rounds(p, "idea"); outcome != review.OutcomeOpen {
		t.Fatalf("the gate is %q with a signature whose seat was revoked", outcome)
	}
	seats := f.browse("owner").get(page.GateURL(p, "idea")).find("#seats, .slots")
	if got := words(seats); !strings.Contains(got, "no longer counts") || !strings.Contains(got, "1 of 2 signatures") {
		t.Errorf("the seats say %q", got)
	}
}

func TestDoubleSubmit(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.fill("member", p, "idea")
	owner := f.browse("owner")
	gate := owner.get(page.GateURL(p, "idea"))
	for range 2 {
		gate.submit(page.RequestURL(p, "idea"), "reason", "").want(303)
	}
	if n, _ := f.rounds(p, "idea"); n != 1 {
		t.Fatalf("%d rounds after the same form twice", n)
	}
	f.browse("deputy").post(page.RequestURL(p, "idea"), "reason", "").want(409)
	for _, seat := range []string{"product", "sre"} {
		opened := f.browse(seat).get(page.GateURL(p, "idea"))
		for range 2 { // the second time the quorum may be complete already
			opened.submit(page.SignURL(p, "idea"), "decision", "go", "note", "").want(303)
		}
	}
	s := f.stage(p, "idea")
	if len(s.LastRound().SignOffs) != 2 || s.LastRound().Outcome != review.OutcomePassed {
		t.Errorf("%d signatures, %q", len(s.LastRound().SignOffs), s.LastRound().Outcome)
	}
}

func TestOnePersonInTwoSeats(t *testing.T) {
	f := smallFixture(t)
	f.join("two-seats", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE}, review.Right{Seat: plan.SeatProduct})
	p := f.open("ledger-api")
	two := f.browse("two-seats")
	f.join("two-seats", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE}, review.Right{Seat: plan.SeatProduct})
	opened := two.get(page.GateURL(p, "idea"))
	if n := opened.find(`#sign form.decide input[type=radio][name=seat]`).Length(); n != 2 {
		t.Fatalf("%d seats to choose from", n)
	}
	unchosen := opened.submit(page.SignURL(p, "idea"), "decision", "go", "note", "Which?").want(422)
	if unchosen.find(`.errors a[href="#f-sign-seat"]`).Length() != 1 || unchosen.one("#f-sign-note").Text() != "Which?" {
		t.Error("the missing seat is not named, or the note is lost")
	}
	opened.submit(page.SignURL(p, "idea"), "decision", "go", "seat", "sre").want(303)
	second := opened.submit(page.SignURL(p, "idea"), "decision", "go", "seat", "product").want(409)
	if !strings.Contains(words(second.find(".note-box")), "One person signs once") {
		t.Errorf("the refusal says %q", words(second.find(".note-box")))
	}
	if s := f.stage(p, "idea"); len(s.OpenRound().SignOffs) != 1 {
		t.Errorf("%d signatures", len(s.OpenRound().SignOffs))
	}
	if shown := two.get(page.GateURL(p, "idea")); shown.find("#sign [value=go]").Length() != 0 || shown.find("#sign [value=return]").Length() != 1 {
		t.Error("somebody who signed is offered another go, or may not return any more")
	}
}

func TestSeparationOfDuties(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.person("sre"), review.DutyMember, at)
	})
	f.fill("sre", p, "idea")
	f.requestSignOff("owner", p, "idea")
	sre := f.browse("sre")
	gate := sre.get(page.GateURL(p, "idea"))
	if got := words(gate.find("#sign")); !strings.Contains(got, "Separation of duties") || !strings.Contains(got, "Scope is set") {
		t.Errorf("the page says %q", got)
	}
	if gate.find("#sign form").Length() != 0 {
		t.Error("somebody who answered the items is offered a signature")
	}
	digest := f.browse("product").get(page.GateURL(p, "idea")).digest()
	seq := f.seq(p)
	sre.post(page.SignURL(p, "idea"), "seat", "sre", "decision", "go", "note", "", "digest", digest).want(403)
	if f.seq(p) != seq {
		t.Error("the signature was recorded")
	}
	queue := sre.get(page.SignOffsURL).want(200)
	queue.one(`#barred a[href^="` + page.GateURL(p, "idea") + `"]`)
	if queue.find(`table a[href="`+page.GateURL(p, "idea")+`"]`).Length() != 0 {
		t.Error("the gate stands among those to sign")
	}
}

func TestHoldRefusesSignatures(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	product := f.browse("product")
	opened := product.get(page.GateURL(p, "idea"))
	f.change("manager", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "The budget is under review.", at)
	})
	refused := opened.submit(page.SignURL(p, "idea"), "decision", "go", "note", "Fine.").want(409)
	if !strings.Contains(words(refused.find("#sign")), "on hold") || words(refused.find("[data-typed]")) != "Fine." {
		t.Error("the page does not say why, or loses the note")
	}
	if !strings.Contains(words(f.browse("viewer").get(page.ProjectURL(p)).find(".note-box")), "on hold") {
		t.Error("the overview does not say that the project is on hold")
	}
}

func TestHoldAndResumeOnTheGate(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	manager := f.browse("manager")
	unexplained := manager.get(gate).submit(page.StatusURL(p, "idea"), "status", "on hold", "reason", "").want(422)
	if unexplained.one("#f-status-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("the missing reason is not marked")
	}
	held := manager.get(gate).submit(page.StatusURL(p, "idea"), "status", "on hold", "reason", "The budget is under review.").follow()
	if _, outcome := f.rounds(p, "idea"); outcome != review.OutcomeOnHold {
		t.Errorf("the open round is %q", outcome)
	}
	if !strings.Contains(words(held.find("#rounds")), "The budget is under review.") {
		t.Error("the round does not say why it ended")
	}
	f.browse("owner").post(page.StatusURL(p, "idea"), "status", "paused", "reason", "Why not.").want(422)
	f.browse("member").post(page.StatusURL(p, "idea"), "status", "active", "reason", "I want it.").want(403)
	manager.get(gate).submit(page.StatusURL(p, "idea"), "status", "active", "reason", "Approved.").want(303)
	manager.get(gate).submit(page.StatusURL(p, "idea"), "status", "stopped", "reason", "Superseded.").want(303)
	if !strings.Contains(words(manager.get(gate).find(".note-box")), "stopped") {
		t.Error("the gate does not say that the project was stopped")
	}
}

func TestWithdraw(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	owner := f.browse("owner")
	if got := owner.get(page.GateURL(p, "idea")).submit(page.WithdrawURL(p, "idea"), "reason", "").want(422).one("#f-withdraw-reason").AttrOr("aria-invalid", ""); got != "true" {
		t.Error("the missing reason is not marked")
	}
	owner.get(page.GateURL(p, "idea")).submit(page.WithdrawURL(p, "idea"), "reason", "Too early.").want(303)
	if _, outcome := f.rounds(p, "idea"); outcome != review.OutcomeWithdrawn {
		t.Errorf("the round is %q", outcome)
	}
	late := owner.post(page.WithdrawURL(p, "idea"), "reason", "Too early, again.").want(409)
	if words(late.find("[data-typed]")) != "Too early, again." {
		t.Error("what was typed is lost")
	}
}

func TestWhoSeesWhichButton(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	for name, want := range map[string][3]bool{ // withdraw, sign, hold
		"owner": {true, false, true}, "deputy": {true, false, false}, "member": {true, false, false},
		"product": {false, true, false}, "security": {false, false, false}, "manager": {false, false, true},
		"auditor": {false, false, false}, "viewer": {false, false, false}, "admin": {false, false, false},
	} {
		shown := f.browse(name).get(gate).want(200)
		for i, action := range []string{page.WithdrawURL(p, "idea"), page.SignURL(p, "idea"), page.StatusURL(p, "idea")} {
			if got := shown.find(`form[action="`+action+`"]`).Length() > 0; got != want[i] {
				t.Errorf("%s sees the form of %s: %v", name, action, got)
			}
		}
	}
}

// TestBadInputAtTheGate sends every form what no form holds, and checks that
// nothing is stored and that what was typed comes back.
func TestBadInputAtTheGate(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	digest := f.browse("product").get(page.GateURL(p, "idea")).digest()
	seq := f.seq(p)
	huge := strings.Repeat("x", 1<<20)
	forms := []struct {
		who, action, text string
		fields            []string
	}{
		{"product", page.SignURL(p, "idea"), "note", []string{"seat", "product", "decision", "go", "digest", digest}},
		{"product", page.SignURL(p, "idea"), "findings", []string{"seat", "product", "decision", "return", "digest", digest}},
		{"owner", page.WithdrawURL(p, "idea"), "reason", nil},
		{"manager", page.StatusURL(p, "idea"), "reason", []string{"status", "on hold"}},
	}
	for _, form := range forms {
		b := f.browse(form.who)
		for what, text := range map[string]string{"a NUL": "a\x00b", "a bidi override": "pay \u202eevil", "1 MiB": huge, "bytes that are no text": "\xff\xfe"} {
			refused := b.post(form.action, append(form.fields, form.text, text)...).want(422)
			if refused.find(`.errors a`).Length() == 0 && !strings.Contains(words(refused.find(".note-box")), "not right") {
				t.Errorf("%s as the %s of %s: no error named", what, form.text, form.action)
			}
		}
		if got := b.post(form.action, append(form.fields, form.text, huge)...).find(`textarea[name="` + form.text + `"]`).Text(); got != huge {
			t.Errorf("the long %s of %s does not come back", form.text, form.action)
		}
		b.post(form.action, append(form.fields, form.text, "Fine.", "colour", "red")...).want(422)
		b.postFrom("https://evil.example", form.action, append(form.fields, form.text, "Fine.")...).want(403)
		f.browse("outsider").post(form.action, append(form.fields, form.text, "Fine.")...).want(404)
		if lost := f.stranger().post(form.action, append(form.fields, form.text, "Typed before.")...).want(401); !strings.Contains(lost.Body, "Typed before.") {
			t.Errorf("%s without a session loses the %s", form.action, form.text)
		}
	}
	f.browse("product").post(page.SignURL(p, "idea"), "seat", "product", "decision", "maybe", "digest", digest).want(422)
	f.browse("product").post(page.SignURL(p, "idea"), "seat", "pilot", "decision", "go", "digest", digest).want(422)
	f.browse("product").post(page.SignURL(p, "idea"), "seat", "product", "decision", "go").want(409)
	f.browse("product").post(page.SignURL(p, "nowhere"), "seat", "product", "decision", "go", "digest", digest).want(404)
	f.browse("product").get(page.GateURL(p, "nowhere")).want(404)
	f.browse("product").get(page.GateURL("nothing", "idea")).want(404)
	if f.seq(p) != seq {
		t.Errorf("the trail grew from %d to %d", seq, f.seq(p))
	}
}

// TestHostileTextAtTheGate checks that what people type is text on the page.
func TestHostileTextAtTheGate(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	hostile := `<script>alert(1)</script><img src=x onerror=alert(1)>"'&`
	f.browse("sre").get(page.GateURL(p, "idea")).submit(page.SignURL(p, "idea"), "decision", "return", "note", hostile, "findings", hostile).want(303)
	for _, path := range []string{page.GateURL(p, "idea"), page.ProjectURL(p), page.HistoryURL(p)} {
		shown := f.browse("owner").get(path).want(200)
		if shown.find("main script, main img").Length() != 0 {
			t.Errorf("%s: typed text became markup", path)
		}
		if !strings.Contains(shown.text(), hostile) {
			t.Errorf("%s: the text is not shown as typed", path)
		}
	}
}

func TestRestrictedProjectIsUnknownToOutsiders(t *testing.T) {
	f := smallFixture(t)
	p := f.open("secret-plan", func(in *review.NewProject) { in.Restricted = true })
	for _, path := range []string{page.ProjectURL(p), page.GateURL(p, "idea"), page.HistoryURL(p)} {
		for _, name := range []string{"viewer", "manager", "product", "outsider"} {
			shown := f.browse(name).get(path).want(404)
			if strings.Contains(shown.Body, "Project secret-plan") {
				t.Errorf("%s shows %s the project's name", path, name)
			}
		}
		for _, name := range []string{"owner", "member", "admin", "auditor"} {
			f.browse(name).get(path).want(200)
		}
	}
	for _, path := range []string{page.SignOffsURL, page.WorkURL} {
		if strings.Contains(f.browse("product").get(path).want(200).Body, "secret-plan") {
			t.Errorf("%s shows a restricted project to a seat holder outside it", path)
		}
	}
	seq := f.seq(p)
	outside := f.browse("product")
	outside.post(page.SignURL(p, "idea"), "seat", "product", "decision", "go", "digest", "x").want(404)
	outside.post(page.SignURL(p, "idea"), "colour", "red").want(404)
	outside.post(page.RequestURL(p, "idea"), "reason", "").want(404)
	outside.post(page.WithdrawURL(p, "idea"), "reason", "x").want(404)
	outside.post(page.FindingURL(p, "idea", 1), "answer", "x").want(404)
	f.browse("manager").post(page.StatusURL(p, "idea"), "status", "on hold", "reason", "x").want(404)
	if f.seq(p) != seq {
		t.Error("an outsider changed the project")
	}
}

// TestCommentKeepsTheQueue: what changes nothing that is signed must not put a
// seat that was signed back into the queue.
func TestCommentKeepsTheQueue(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.join("product-2", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatProduct})
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Discuss(who, "idea", "scope-set", "Looks settled.", "once-1", at)
	})
	q, err := f.Store.Queue(context.Background(), store.ByPerson(f.person("product-2"), time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Gates) != 0 {
		t.Error("a comment put the signed product seat back into the queue")
	}
}

func TestSignInLeadsBackToTheGate(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	to := f.stranger().get(page.GateURL(p, "idea")).want(http.StatusSeeOther).Header.Get("Location")
	if to != page.LoginTo(page.GateURL(p, "idea")) {
		t.Errorf("led to %s", to)
	}
}

// TestSigningAgainAfterTheSeatCameBack: a signature from before a revocation
// counts no more, so the same person signs anew on the same content.
func TestSigningAgainAfterTheSeatCameBack(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.join("product", review.Right{Role: review.RoleViewer})
	product := f.browse("product") // signs in with the seat again
	shown := product.get(page.GateURL(p, "idea"))
	shown.submit(page.SignURL(p, "idea"), "decision", "go", "note", "Still so.").want(303)
	if got := words(product.get(page.GateURL(p, "idea")).find(".slots")); !strings.Contains(got, "1 of 2 signatures") {
		t.Errorf("the seats say %q", got)
	}
}

// TestSignersAreWarned: a signature that cannot pass the gate is taken, but not
// without a word.
func TestSignersAreWarned(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	product := f.browse("product")
	if n := product.get(gate).want(200).find("#sign .note-box").Length(); n != 0 {
		t.Errorf("%d warnings where nothing stands in the way", n)
	}
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.NotMet, "One is missing.", 1, at)
	})
	warned := product.get(gate).want(200)
	warned.one(`#sign .note-box a[href="#items"]`)
	warned.one(`#items a[href="` + page.ItemURL(p, "idea", "risks-listed") + `#answer"]`)
	warned.one(`#sign [value=go]`)
}

// TestSignedAsksForNothing: who has signed finds the form only when they mean to
// change their decision, and cannot sign twice with it.
func TestSignedAsksForNothing(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	signed := f.browse("product").get(page.GateURL(p, "idea")).want(200)
	if signed.one("#sign details:has(#decision)").AttrOr("open", "no") != "no" {
		t.Error("the form stands open for who has signed")
	}
	if signed.find("#sign [value=conditional], #sign [value=go]").Length() != 0 || signed.find("#sign [value=return]").Length() != 1 {
		t.Error("who has signed is asked to sign again, or cannot return")
	}
}

// TestNextGateIsOneToSign: after a decision the page leads to the oldest gate that
// the reader may see and sign, however many older ones they may not.
func TestNextGateIsOneToSign(t *testing.T) {
	f := smallFixture(t)
	f.open("secret-plan", func(in *review.NewProject) { in.Restricted = true })
	for i := range store.NextGates {
		own := f.create(fmt.Sprintf("own-%d", i))
		f.change("owner", own, "", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.SetDuty(who, f.person("product"), review.DutyMember, at)
		})
		f.fill("product", own, "idea")
		f.requestSignOff("owner", own, "idea")
	}
	first, second := f.open("first"), f.open("second")
	product := f.browse("product")
	const next = `#sign a:contains("Next gate that needs you")`
	shown := product.get(page.GateURL(first, "idea")).want(200)
	if shown.find(next).Length() != 0 {
		t.Error("the next gate is offered before this one is decided")
	}
	after := shown.submit(page.SignURL(first, "idea"), "decision", "go", "note", "").follow().want(200)
	if got := after.one(next).AttrOr("href", ""); got != page.GateURL(second, "idea") {
		t.Errorf("after a decision the next gate is %s", got)
	}
	last := product.get(page.GateURL(second, "idea")).submit(page.SignURL(second, "idea"), "decision", "recuse", "note", "I know them.").follow().want(200)
	if n := last.find(next).Length(); n != 0 {
		t.Errorf("after the last decision a next gate is offered: %s", words(last.find("#sign")))
	}
}

// TestErrorsUseTheWordsOfThePage: the summary calls a field what its label says.
func TestErrorsUseTheWordsOfThePage(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	product := f.browse("product").get(gate)
	for _, c := range []struct {
		shown  *reply
		action string
		fields []string
		id     string
	}{
		{product, page.SignURL(p, "idea"), []string{"decision", "recuse", "note", ""}, "sign-note"},
		{product, page.SignURL(p, "idea"), []string{"decision", "return", "findings", ""}, "sign-findings"},
		{f.browse("manager").get(gate), page.ForceURL(p, "idea"), []string{"reason", "", "review-due", day(3)}, "break-glass-reason"},
	} {
		refused := c.shown.submit(c.action, c.fields...).want(422)
		label := strings.TrimSuffix(words(refused.one(`label[for="f-`+c.id+`"]`)), "?")
		if got := words(refused.one(`.errors a[href="#f-` + c.id + `"]`)); !strings.HasPrefix(got, label+": ") {
			t.Errorf("the summary says %q of the field %q", got, label)
		}
	}
}
