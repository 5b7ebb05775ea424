package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

func day(offset int) string { return review.FormatDate(time.Now().UTC().AddDate(0, 0, offset)) }

// conditional is a project whose first gate has passed with one condition of
// the member's, set by SRE.
func (f *fixture) conditional(key, due string) (p review.ProjectKey, gate string) {
	f.t.Helper()
	p = f.open(key)
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.change("sre", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatSRE, Decision: review.Conditional, Digest: r.Digest(r.Stage("idea")),
			Conditions: []review.NewCondition{{Text: "Name a second person on call.", Owner: f.person("member"), Due: due}},
		}, at)
	})
	return p, page.GateURL(p, "idea")
}

// late moves the days of conditions and reviews into the past, as if time had
// gone by.
func (f *fixture) late(table, column string) {
	f.t.Helper()
	if _, err := f.db.Pool(f.t).Exec(f.t.Context(), `update `+table+` set `+column+` = current_date - 3 where `+column+` is not null`); err != nil {
		f.t.Fatal(err)
	}
}

func TestGoWithConditions(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	f.signGo("product", p, "idea", plan.SeatProduct)
	gate, sign := page.GateURL(p, "idea"), page.SignURL(p, "idea")
	member := fmt.Sprint(f.person("member"))
	sre := f.browse("sre")
	shown := sre.get(gate).want(200)
	form := shown.one("#decision")
	if open, folded := form.Find(".if-conditional > fieldset").Length(), form.Find(".if-conditional details fieldset").Length(); open != 1 || folded != 3 {
		t.Errorf("%d conditions to begin with and %d folded, want 1 and 3", open, folded)
	}
	if form.Find("[type=radio][checked]").Length() != 0 {
		t.Error("a decision is chosen beforehand")
	}
	if form.Find("button").First().AttrOr("name", "") != "more" {
		t.Error("the key Enter in a condition would sign")
	}
	if shown.submit(sign, "condition-text-1", "Name a second person.").want(422).one("#f-sign-decision").AttrOr("aria-describedby", "") == "" {
		t.Error("a form without a decision is not refused at the decision")
	}
	send := func(fields ...string) *reply { return sre.post(sign, append(hidden(form), fields...)...) }
	seq := f.seq(p)

	bad := send("decision", "conditional", "condition-text-1", "Name a second person.", "condition-owner-1", member, "condition-due-1", day(-1),
		"condition-text-3", "Draw it.", "condition-owner-3", "", "condition-due-3", day(9)).want(422)
	for id, says := range map[string]string{"due-1": "Condition 1, by when: lies in the past", "owner-3": "Condition 3, by whom: choose who has to do it"} {
		if bad.one("#f-sign-condition-"+id).AttrOr("aria-invalid", "") != "true" || words(bad.find(`.errors a[href="#f-sign-condition-`+id+`"]`)) != says {
			t.Errorf("what is wrong with %s is not said at it and in the summary", id)
		}
	}
	if n := bad.find(`#decision [aria-invalid=true]`).Length(); n != 2 {
		t.Errorf("%d fields are marked, want 2", n)
	}
	kept := bad.one("#decision")
	if kept.Find(`[name=condition-owner-1] option[selected]`).AttrOr("value", "") != member || kept.Find(`[name=condition-due-3]`).AttrOr("value", "") != day(9) || kept.Find(`[name=condition-text-3]`).Text() != "Draw it." {
		t.Error("what was typed is lost")
	}
	if send("decision", "conditional").want(422).find(".errors li").Length() != 1 {
		t.Error("a conditional go without a condition is not refused")
	}
	send("decision", "conditional", "condition-text-1", "x", "condition-owner-1", "999999", "condition-due-1", day(1)).want(422)
	send("decision", "conditional", "condition-text-1", "a\x00b", "condition-owner-1", member, "condition-due-1", day(1)).want(422)
	send("decision", "conditional", "condition-text-1", strings.Repeat("x", 1<<20), "condition-owner-1", member, "condition-due-1", day(1)).want(422)
	send("decision", "conditional", "condition-text-21", "One too many.").want(422)
	send("decision", "go", "condition-text-1", "Forgotten here.", "condition-owner-1", member, "condition-due-1", day(1)).want(422).one("#decision")

	more := send("more", "6", "condition-text-2", "Kept.", "condition-owner-2", member).want(200)
	if n := more.find(".if-conditional > fieldset").Length(); n != 6 || more.one("#f-sign-condition-text-2").Text() != "Kept." {
		t.Errorf("more rows: %d, want 6 with what was typed", n)
	}
	if f.seq(p) != seq {
		t.Fatal("a refused form changed the project")
	}

	good := []string{"decision", "conditional", "condition-text-1", "Name a second person.", "condition-owner-1", member, "condition-due-1", day(0)}
	passed := send(good...).follow().want(200)
	if got := words(passed.find(".note-box")); !strings.Contains(got, "passed with conditions") || !strings.Contains(got, "1 condition still to close") {
		t.Errorf("the page says %q", got)
	}
	if _, outcome := f.rounds(p, "idea"); outcome != review.OutcomeConditional {
		t.Errorf("the round ended as %q", outcome)
	}
	send(good...).want(303)
	if s := f.stage(p, "idea"); len(s.Conditions) != 1 || len(s.Rounds[0].SignOffs) != 2 {
		t.Errorf("%d conditions and %d signatures after the same form twice", len(s.Conditions), len(s.Rounds[0].SignOffs))
	}
	if passed.find("#request form").Length() != 0 {
		t.Error("a gate that stands passed with conditions offers a request")
	}
}

func TestConditionsAreMetAndConfirmed(t *testing.T) {
	f := smallFixture(t)
	p, gate := f.conditional("ledger-api", day(3))
	met, confirm, reopen := page.MeetURL(p, "idea", 1), page.ConfirmURL(p, "idea", 1), page.ReopenURL(p, "idea", 1)
	member, sre, qa := f.browse("member"), f.browse("sre"), f.browse("qa")

	if sre.get(gate).find(`form[action="`+confirm+`"]`).Length() != 0 {
		t.Error("a condition that nobody reported as met can be confirmed")
	}
	sre.post(confirm).want(409)
	qa.post(met, "note", "I did it.").want(403)
	member.get(page.WorkURL).want(200).one(`#conditions a[href="` + gate + `#condition-1"]`)
	shown := member.get(gate)
	if shown.find(`form[action="`+reopen+`"]`).Length() != 0 {
		t.Error("the owner of a condition is offered to reopen it")
	}
	if shown.submit(met, "note", " ").want(422).one("#f-condition-1-met-note").AttrOr("aria-invalid", "") != "true" {
		t.Error("an empty report is not marked")
	}
	seq := f.seq(p)
	for range 2 {
		shown.submit(met, "note", "Ada is named.").want(303)
	}
	if f.seq(p) != seq+1 {
		t.Error("the same report twice counted twice")
	}
	member.post(confirm).want(403)
	qa.post(confirm).want(403)
	sre.get(page.WorkURL).want(200).one(`#confirm a[href="` + gate + `#condition-1"]`)

	asked := sre.get(gate)
	if asked.submit(reopen, "reason", "").want(422).one("#f-condition-1-reopen-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not marked")
	}
	again := asked.submit(reopen, "reason", "Ada has left.").follow().want(200)
	if got := words(again.find("#condition-1")); !strings.Contains(got, "Ada has left.") || !strings.Contains(got, "Open") {
		t.Errorf("the reopened condition says %q", got)
	}
	if got := words(member.get(page.WorkURL).find("#conditions")); !strings.Contains(got, "Not met yet") {
		t.Errorf("my work says %q", got)
	}
	member.get(gate).submit(met, "note", "Ben is named.").want(303)
	outdated := asked.submit(confirm).want(409)
	if got := words(outdated.one(".note-box.s-bad")); !strings.Contains(got, "It has changed") || words(outdated.one(".note-box.s-bad del")) != "Ada is named." || words(outdated.one(".note-box.s-bad ins")) != "Ben is named." {
		t.Errorf("what was read and what there is now: %q", got)
	}
	late := asked.submit(reopen, "reason", "Who is Ada?").want(409)
	if got := late.one("#f-condition-1-reopen-reason").Text(); got != "Who is Ada?" {
		t.Errorf("the reason is lost: %q", got)
	}
	for range 2 {
		outdated.submit(confirm).want(303) // the page that says so has the form for what there is now
	}
	closed := sre.get(gate)
	if got := words(closed.find("#condition-1")); !strings.Contains(got, "Confirmed") || closed.find("#condition-1 form").Length() != 0 {
		t.Errorf("the closed condition says %q", got)
	}
	if got := words(closed.find(".note-box")); !strings.Contains(got, "The gate has passed.") {
		t.Errorf("with all conditions closed the gate says %q", got)
	}
	member.post(page.MeetURL(p, "idea", 2), "note", "x").want(404)
	if f.browse("owner").get(page.WorkURL).find("#conditions, #confirm").Length() != 0 {
		t.Error("my work lists what is not mine, or closed")
	}
}

// A condition goes on through the next round, and can be taken back.
func TestConditionOutlivesItsRound(t *testing.T) {
	f := smallFixture(t)
	p, gate := f.conditional("ledger-api", day(3))
	member, sre, release := f.browse("member"), f.browse("sre"), page.ReleaseURL(p, "idea", 1)
	version := f.stage(p, "idea").Item("demo-shown").Answer.Version
	member.post(page.AnswerURL(p, "idea", "demo-shown"), "answer", "not-met", "note", "On Monday.", "version", strconv.Itoa(version)).want(303)
	f.browse("owner").get(gate).submit(page.RequestURL(p, "idea")).want(303)
	open := sre.get(gate).want(200)
	if got := words(open.one("#conditions")); !strings.Contains(got, "whatever this one decides") || !strings.Contains(got, "Name a second person on call.") {
		t.Errorf("while the next round is open: %q", got)
	}
	member.get(gate).one(`form[action="` + page.MeetURL(p, "idea", 1) + `"]`)
	f.signGo("product", p, "idea", plan.SeatProduct)
	f.signGo("sre", p, "idea", plan.SeatSRE)
	if s := f.stage(p, "idea"); s.Gate != review.GateConditional || s.LastRound().No != 2 {
		t.Fatalf("after round %d the gate stands %q", s.LastRound().No, s.Gate.Label())
	}
	if got := words(sre.get(gate).one("#condition-1")); !strings.Contains(got, "in round 1") {
		t.Errorf("the condition says %q", got)
	}
	f.browse("qa").post(release, "reason", "x").want(403)
	shown := sre.get(gate)
	if shown.submit(release, "reason", " ").want(422).one("#f-condition-1-release-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not marked")
	}
	member.get(gate).submit(page.MeetURL(p, "idea", 1), "note", "Ada is named.").want(303)
	if got := shown.submit(release, "reason", "Not needed.").want(409).one("#f-condition-1-release-reason").Text(); got != "Not needed." {
		t.Errorf("the reason is lost: %q", got)
	}
	shown = sre.get(gate)
	for range 2 {
		shown.submit(release, "reason", "Not needed.").want(303)
	}
	if s := f.stage(p, "idea"); s.Gate != review.GatePassed || s.Conditions[0].DroppedWhy != "Not needed." {
		t.Errorf("taken back, the gate stands %q on %+v", s.Gate.Label(), s.Conditions)
	}
	if got := sre.get(page.HistoryURL(p)).text(); !strings.Contains(got, "released condition 1") {
		t.Errorf("the trail says %q", got)
	}
	if got := words(sre.get(page.ReportURL(p)).one("main")); !strings.Contains(got, "Released") || !strings.Contains(got, "Not needed.") {
		t.Errorf("the report says %q", got)
	}
}

func TestOverdueConditionReopensTheGate(t *testing.T) {
	f := smallFixture(t)
	p, gate := f.conditional("ledger-api", day(3))
	f.late("condition", "due")
	owner := f.browse("owner")
	if _, err := f.db.Pool(t).Exec(t.Context(), `update portfolio set next_change_at = now()`); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := words(owner.get(page.WorkURL).one(`#fallen li:has(a[href="` + gate + `#conditions"])`)); !strings.Contains(got, "Condition overdue") {
		t.Errorf("my work of the owner says %q", got)
	}
	shown := owner.get(gate)
	if got := words(shown.find(".note-box.s-bad")); !strings.Contains(got, "A condition is overdue") {
		t.Errorf("the gate says %q", got)
	}
	shown.one(`#blockers a[href="#conditions"]`)
	shown.one("#request form")
	if got := words(f.browse("member").get(page.WorkURL).find("#overdue li")); !strings.Contains(got, "Overdue") {
		t.Errorf("my work says %q", got)
	}
	overview := owner.get(page.ProjectURL(p)).want(200)
	overview.one(`#conditions a[href="` + gate + `#condition-1"]`)
	if !strings.Contains(words(overview.find("#blockers")), "Condition overdue") {
		t.Error("the overview does not say what stops the project")
	}
}

func TestStepBack(t *testing.T) {
	f := smallFixture(t)
	f.join("sre2", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE})
	p := f.open("ledger-api")
	gate, sign := page.GateURL(p, "idea"), page.SignURL(p, "idea")
	sre := f.browse("sre")
	shown := sre.get(gate)
	fields := hidden(shown.one("#decision"))
	if sre.post(sign, append(fields, "decision", "recuse", "note", "")...).want(422).one("#f-sign-note").AttrOr("aria-invalid", "") != "true" {
		t.Error("stepping back without a reason is not refused at its field")
	}
	for range 2 {
		sre.post(sign, append(fields, "decision", "recuse", "note", "My brother sells it.")...).want(303)
	}
	after := sre.get(gate)
	if after.find("#sign form").Length() != 0 || !strings.Contains(words(after.find("#sign")), "You recused yourself") {
		t.Error("somebody who stepped back is offered a signature")
	}
	seats := words(f.browse("owner").get(gate).find("#seats"))
	if !strings.Contains(seats, "Recused") || !strings.Contains(seats, "My brother sells it.") || !strings.Contains(seats, "Sre2 Person") {
		t.Errorf("the seats say %q", seats)
	}
	sre.post(sign, append(fields, "decision", "go")...).want(403)
	if n := sre.get(page.WorkURL).find(`#gates a[href="` + gate + `"]`).Length(); n != 0 {
		t.Error("the gate still waits in the queue of who stepped back")
	}
}

func TestSignAgainInOneClick(t *testing.T) {
	f := smallFixture(t)
	f.join("two-seats", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE}, review.Right{Seat: plan.SeatEngineering})
	p := f.open("ledger-api")
	gate, sign := page.GateURL(p, "idea"), page.SignURL(p, "idea")
	f.change("two-seats", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, "idea", review.NewSignOff{
			Seat: plan.SeatSRE, Decision: review.Conditional, Digest: r.Digest(r.Stage("idea")),
			Conditions: []review.NewCondition{{Text: "Draw it.", Owner: f.person("member"), Due: day(5)}},
		}, at)
	})
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "A third risk.", 1, at)
	})
	two := f.browse("two-seats")
	f.join("two-seats", review.Right{Role: review.RoleViewer}, review.Right{Seat: plan.SeatSRE}, review.Right{Seat: plan.SeatEngineering})
	if got := words(two.get(page.SignOffsURL).find("tbody")); !strings.Contains(got, "Changed since you signed") {
		t.Errorf("the queue says %q", got)
	}
	shown := two.get(gate)
	if shown.find(`#sign [type=radio][name=seat]`).Length() != 0 || !strings.Contains(words(shown.find("#sign")), "Sign again as SRE") {
		t.Error("signing again asks for the seat again")
	}
	if shown.find(`#sign [value=conditional][checked]`).Length() != 1 {
		t.Error("signing again asks for the decision again")
	}
	form := shown.one("#decision")
	fields := append(hidden(form), "decision", "conditional", "condition-text-1", form.Find("[name=condition-text-1]").Text(),
		"condition-owner-1", form.Find("[name=condition-owner-1] option[selected]").AttrOr("value", ""), "condition-due-1", form.Find("[name=condition-due-1]").AttrOr("value", ""))
	two.post(sign, fields...).want(303)
	s := f.stage(p, "idea")
	if len(s.Conditions) != 2 || s.Conditions[0].DroppedAt.IsZero() || s.Conditions[1].Text != "Draw it." {
		t.Errorf("conditions after signing again: %+v", s.Conditions)
	}
	if n := two.get(gate).find("#conditions li").Length(); n != 1 {
		t.Errorf("the page lists %d conditions, want the one in force", n)
	}
}

func TestFindingsAcceptedAndReopened(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	sre, member := f.browse("sre"), f.browse("member")
	sre.get(gate).submit(page.SignURL(p, "idea"), "decision", "return", "findings", "One.\nTwo.").want(303)
	accept, reopen := page.AcceptFindingURL(p, "idea", 1), page.ReopenFindingURL(p, "idea", 2)
	sre.post(accept).want(409)
	for no := 1; no <= 2; no++ {
		member.get(gate).submit(page.FindingURL(p, "idea", no), "answer", "Done.").want(303)
	}
	if member.get(gate).find(`form[action="`+accept+`"]`).Length() != 0 {
		t.Error("the team is offered to accept its own answer")
	}
	member.post(accept).want(403)
	f.browse("product").post(accept).want(403)
	judging := sre.get(gate)
	for range 2 {
		judging.submit(accept).want(303)
	}
	if judging.submit(reopen, "reason", "").want(422).one("#f-finding-2-reopen-reason").AttrOr("aria-invalid", "") != "true" {
		t.Error("a missing reason is not marked")
	}
	for range 2 {
		judging.submit(reopen, "reason", "Who does it?").want(303)
	}
	after := member.get(gate)
	if got := words(after.find("#finding-1")); !strings.Contains(got, "Accepted") {
		t.Errorf("finding 1 says %q", got)
	}
	if got := words(after.find("#finding-2")); !strings.Contains(got, "To be answered again") || !strings.Contains(got, "Who does it?") {
		t.Errorf("finding 2 says %q", got)
	}
	if after.find("#request form").Length() != 0 {
		t.Error("a new round is offered with a reopened finding")
	}
	after.submit(page.FindingURL(p, "idea", 2), "answer", "Kim, by Friday.").want(303)
	again := member.get(gate)
	again.one("#request form")
	var thread []string
	again.find("#finding-2 blockquote").Each(func(_ int, q *goquery.Selection) { thread = append(thread, words(q)) })
	if want := []string{"Done.", "Who does it?", "Kim, by Friday."}; !slices.Equal(thread, want) {
		t.Errorf("finding 2 was said to be %q, want %q", thread, want)
	}
	if n := again.find("#finding-1 blockquote").Length(); n != 1 {
		t.Errorf("%d answers to finding 1", n)
	}
	sre.post(page.AcceptFindingURL(p, "idea", 9)).want(404)
}

func TestBreakGlass(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	gate, force, closing := page.GateURL(p, "idea"), page.ForceURL(p, "idea"), page.RetrospectiveURL(p, "idea", 1)
	for _, name := range []string{"owner", "sre", "admin"} {
		b := f.browse(name)
		if b.get(gate).find("#break-glass").Length() != 0 {
			t.Errorf("%s is offered to break the glass", name)
		}
		b.post(force, "reason", "It burns.", "review-due", day(3)).want(403)
	}
	manager := f.browse("manager")
	shown := manager.get(gate)
	if _, open := shown.one("#break-glass details").Attr("open"); open {
		t.Error("break-glass stands open without being asked for")
	}
	member := f.browse("member")
	version := f.stage(p, "idea").Item("demo-shown").Answer.Version
	member.post(page.AnswerURL(p, "idea", "demo-shown"), "answer", "not-met", "note", "On Monday.", "version", strconv.Itoa(version)).want(303)
	stale := shown.submit(force, "reason", "It burns.", "review-due", day(3)).want(409)
	if !strings.Contains(stale.text(), "The content has changed") || stale.one("#f-break-glass-reason").Text() != "It burns." {
		t.Errorf("on other content than was read: %s", stale.text())
	}
	shown = stale
	bad := shown.submit(force, "reason", "", "review-due", day(60)).want(422)
	if bad.one("#f-break-glass-reason").AttrOr("aria-invalid", "") != "true" || bad.one("#f-break-glass-review-due").AttrOr("aria-invalid", "") != "true" {
		t.Error("what is missing is not marked")
	}
	for range 2 {
		shown.submit(force, "reason", "It burns.", "review-due", day(3)).want(303)
	}
	if n, outcome := f.rounds(p, "idea"); n != 1 || outcome != review.OutcomeForced {
		t.Fatalf("%d rounds, the last %q", n, outcome)
	}
	sre := f.browse("sre")
	for _, at := range []string{page.ProjectURL(p), gate, page.StageURL(p, "idea"), page.StageURL(p, "live"), page.GateURL(p, "live")} {
		if got := words(sre.get(at).want(200).find("[data-forced]")); !strings.Contains(got, "passed by Manager Person alone") || strings.Contains(got, "overdue") {
			t.Errorf("%s says %q", at, got)
		}
	}
	line := sre.get(page.PortfolioURL).find("tbody tr")
	if got := words(line); !strings.Contains(got, "Break-glass to review") || strings.Contains(got, "Forced") || line.Find(`a[title*="reak-glass"]`).Length() != 1 {
		t.Errorf("the portfolio says %q", got)
	}
	if manager.get(gate).find(`form[action="`+closing+`"]`).Length() != 0 {
		t.Error("who broke the glass is offered to review it")
	}
	if got := words(sre.get(page.WorkURL).find("#forced li")); !strings.Contains(got, "passed by Manager Person alone") || strings.Contains(got, "overdue") {
		t.Errorf("my work of who may review it says %q", got)
	}
	if manager.get(page.WorkURL).find("#forced").Length() != 0 {
		t.Error("my work tells who broke the glass to review it")
	}
	manager.post(closing, "note", "All good.").want(403)
	f.browse("owner").post(closing, "note", "All good.").want(403)

	f.late("round", "review_due")
	work := sre.get(page.WorkURL)
	if work.one(`#overdue .s-bad + a`).AttrOr("href", "") != gate+"#retrospective" || !strings.Contains(words(work.one("#overdue li")), "overdue") {
		t.Errorf("overdue, my work says %q", words(work.find("#overdue")))
	}
	for _, at := range []string{page.ProjectURL(p), gate, page.GateURL(p, "live")} {
		if got := words(sre.get(at).find("[data-forced] .s-bad")); !strings.Contains(got, "decision is overdue") {
			t.Errorf("overdue, %s says %q", at, got)
		}
	}
	reviewing := sre.get(gate)
	if reviewing.submit(closing, "note", "").want(422).one("#f-retrospective-1-note").AttrOr("aria-invalid", "") != "true" {
		t.Error("an empty review is not marked")
	}
	for range 2 {
		reviewing.submit(closing, "note", "The restore test was made up for on Tuesday.").want(303)
	}
	done := sre.get(gate)
	if done.find("[data-forced], #retrospective").Length() != 0 || !strings.Contains(words(done.find("#rounds")), "made up for on Tuesday") {
		t.Error("after the review the banner stays, or its words are lost")
	}
	f.browse("product").post(closing, "note", "Me too.").want(409)
	sre.post(page.RetrospectiveURL(p, "idea", 7), "note", "x").want(404)
}

func TestReopenedGate(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	gate, at := page.GateURL(p, "idea"), page.ReopenGateURL(p, "idea", 1)
	for _, name := range []string{"member", "auditor"} {
		b := f.browse(name)
		if b.get(gate).find("#reopen").Length() != 0 {
			t.Errorf("%s is offered to reopen the gate", name)
		}
		b.post(at, "reason", "A leak.", "impact", "It waits.").want(403)
	}
	owner := f.browse("owner")
	shown := owner.get(gate)
	bad := shown.submit(at, "reason", "", "impact", "It waits.", "authorised", fmt.Sprint(f.person("member"))).want(422)
	if bad.one("#f-reopen-reason").AttrOr("aria-invalid", "") != "true" || bad.one("#f-reopen-impact").Text() != "It waits." {
		t.Error("what is missing is not marked, or what was typed is lost")
	}
	for range 2 {
		shown.submit(at, "reason", "A leak was found.", "impact", "The launch waits.").want(303)
	}
	now := f.browse("product").get(gate)
	if got := words(now.find("main")); !strings.Contains(got, "was reopened by Owner Person") || !strings.Contains(got, "A leak was found.") || !strings.Contains(got, "The launch waits.") {
		t.Errorf("the gate says %q", got)
	}
	if now.find("#reopen").Length() != 0 || now.find("#rounds details").Length() != 1 {
		t.Error("the gate is offered to be reopened again, or its round is gone")
	}
	if got := f.stage(p, "idea").Gate; got != review.GateOpenAgain {
		t.Errorf("the gate is %q", got.Label())
	}
	for _, where := range []string{page.ProjectURL(p), page.PortfolioURL + "?gate=reopened", page.ReportURL(p), page.HistoryURL(p)} {
		if got := words(owner.get(where).want(200).find("main")); !strings.Contains(strings.ToLower(got), "reopened") {
			t.Errorf("%s says %q", where, got)
		}
	}
	if got := words(owner.get(page.WorkURL).find("main")); !strings.Contains(got, "reopened on purpose: request sign-off again") {
		t.Errorf("my work says %q", got)
	}
	owner.post(page.ReopenGateURL(p, "idea", 7), "reason", "x", "impact", "y").want(404)
	late := f.browse("manager").post(at, "reason", "Me too.", "impact", "None.").want(409)
	if !strings.Contains(late.text(), "has been reopened already") || !strings.Contains(late.text(), "Me too.") {
		t.Errorf("the second says %q", late.text())
	}
	f.requestSignOff("owner", p, "idea")
	owner.post(at, "reason", "Again.", "impact", "None.").want(409)
}

func TestFollowUpsOfARestrictedProject(t *testing.T) {
	f := smallFixture(t)
	p := f.open("card-vault", func(in *review.NewProject) { in.Restricted = true })
	outsider := f.browse("sre")
	for _, at := range []string{
		page.SignURL(p, "idea"), page.MeetURL(p, "idea", 1), page.ConfirmURL(p, "idea", 1), page.ReopenURL(p, "idea", 1), page.ReleaseURL(p, "idea", 1), page.AcceptFindingURL(p, "idea", 1),
		page.ReopenFindingURL(p, "idea", 1), page.ForceURL(p, "idea"), page.RetrospectiveURL(p, "idea", 1), page.ReopenGateURL(p, "idea", 1),
	} {
		outsider.post(at).want(404)
	}
}

// TestNamesOnTheGateAreUnique: whoever hears the page reads a button's name and not
// what stands around it, so no two things on it are called the same.
func TestNamesOnTheGateAreUnique(t *testing.T) {
	f := smallFixture(t)
	p := f.open("ledger-api")
	gate := page.GateURL(p, "idea")
	look := func(who, what string) {
		t.Helper()
		shown := f.browse(who).get(gate).want(200)
		for _, kind := range []string{"main button", "main summary", "main form label:not(fieldset label)"} {
			seen := map[string]bool{}
			shown.find(kind).Each(func(_ int, s *goquery.Selection) {
				name := words(s)
				if seen[name] {
					t.Errorf("%s, %s: %q is there twice (%s)", what, who, name, kind)
				}
				seen[name] = true
			})
		}
	}
	everybody := func(what string) {
		t.Helper()
		for _, who := range []string{"owner", "member", "product", "sre", "manager"} {
			look(who, what)
		}
	}
	everybody("waiting")
	f.browse("sre").get(gate).submit(page.SignURL(p, "idea"), "decision", "return", "findings", "Name the owner.\r\nShow the budget.").want(303)
	everybody("returned")
	for no := 1; no <= 2; no++ {
		f.browse("member").get(gate).submit(page.FindingURL(p, "idea", no), "answer", "Done.").want(303)
	}
	everybody("answered")
	f.requestSignOff("owner", p, "idea")
	f.change("sre", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		two := []review.NewCondition{{Text: "Test it.", Owner: f.person("member"), Due: day(5)}, {Text: "Show it.", Owner: f.person("member"), Due: day(6)}}
		return r.SignOff(who, "idea", review.NewSignOff{Seat: plan.SeatSRE, Decision: review.Conditional, Conditions: two, Digest: r.Digest(r.Stage("idea"))}, at)
	})
	everybody("signed")
	f.signGo("product", p, "idea", plan.SeatProduct)
	everybody("passed with conditions")
	for no := 1; no <= 2; no++ {
		f.browse("member").get(gate).submit(page.MeetURL(p, "idea", no), "note", "Done.").want(303)
	}
	everybody("conditions met")
}
