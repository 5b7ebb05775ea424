package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// liveProject is a project whose last gate has passed.
func (f *fixture) liveProject(key string) review.ProjectKey {
	f.t.Helper()
	p := f.create(key)
	f.passGate(p, "idea", plan.SeatProduct, plan.SeatEngineering)
	f.passGate(p, "live", plan.SeatSRE)
	return p
}

func (f *fixture) startReview(p review.ProjectKey) time.Time {
	f.t.Helper()
	return f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.StartReview(who, r.No, "The yearly one.", at)
	}).Now
}

// hrefs are the addresses to which a part of a page leads.
func hrefs(s *goquery.Selection) []string {
	return s.Find("a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
}

func TestStartTheNextReview(t *testing.T) {
	f := smallFixture(t)
	p := f.liveProject("ledger-api")
	owner := f.browse("owner")
	r := owner.get(page.ProjectURL(p)).want(200)
	if got := words(r.one("#reviews")); !strings.Contains(got, "carry over") || !strings.Contains(got, "1 answer to reconfirm, because the evidence has to be renewed") {
		t.Errorf("what carries over: %q", got)
	}
	shown := r.submit(page.ReviewsURL(p), "reason", "The yearly operating review.").follow().want(200)
	if !strings.Contains(words(shown.find(".note-box")), "next review has started") {
		t.Error("no word on what happened")
	}
	reviews := shown.one("#reviews")
	if got := words(reviews); !strings.Contains(got, "Review 2, started "+time.Now().UTC().Format("2 Jan 2006")) || !strings.Contains(got, "1 answer to reconfirm") {
		t.Errorf("the overview says %q", got)
	}
	if reviews.Find("form").Length() != 0 {
		t.Error("the next review can be started before this one is done")
	}
	if got := words(shown.find("#stages")); strings.Contains(got, "Passed") {
		t.Errorf("the gates did not start afresh: %q", got)
	}
	started := f.changedAt(p)
	ended := page.At(page.ProjectURL(p), started.Add(-time.Microsecond))
	if reviews.Find(`a[href="`+ended+`"]`).Length() != 1 {
		t.Errorf("the overview does not lead to %s", ended)
	}
	then := owner.get(ended).want(200)
	if got := words(then.find("#stages")); strings.Count(got, "Passed") != 2 {
		t.Errorf("the first review at its end: %q", got)
	}
	var compare string
	for _, href := range hrefs(reviews) {
		if strings.HasPrefix(href, page.CompareURL(p)) {
			compare = href
		}
	}
	got := words(owner.get(compare).want(200).find("main"))
	for _, want := range []string{"Review 1 2", "State Passed", "Met, to be reconfirmed"} {
		if !strings.Contains(got, want) {
			t.Errorf("the comparison lacks %q: %s", want, got)
		}
	}
	gate := owner.get(page.GateURL(p, "live")).want(200)
	old := hrefs(gate.one("#reviews"))
	if len(old) != 1 || !strings.Contains(words(owner.get(old[0]).want(200).find("#rounds")), "passed") {
		t.Errorf("the gate of the first review is not reached by %v", old)
	}
}

// changedAt is when the project changed last.
func (f *fixture) changedAt(p review.ProjectKey) time.Time {
	f.t.Helper()
	v, err := f.Store.AsOf(f.t.Context(), f.as("admin"), p, time.Time{})
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Entries[len(v.Entries)-1].At
}

func TestTheNextReviewIsRefused(t *testing.T) {
	f := smallFixture(t)
	early := f.open("early-api")
	p := f.liveProject("ledger-api")
	other := f.liveProject("other-api")
	f.change("owner", other, "", func(r *review.Review, who review.Actor, at time.Time) error {
		q := r.Project
		return r.Edit(who, review.ProjectFields{Name: q.Name, Team: q.Team, Tier: q.Tier, Exposure: q.Exposure, Restricted: true}, at)
	})
	owner := f.browse("owner")
	if owner.get(page.ProjectURL(early)).want(200).find("#reviews").Length() != 0 {
		t.Error("a review that has not ended offers the next one")
	}
	before := f.seq(p)
	for name, c := range map[string]struct {
		who    string
		path   string
		status int
		fields []string
		says   string
	}{
		"no reason":        {"owner", page.ReviewsURL(p), 422, []string{"reason", " ", "review", "1"}, "Say what the review is for"},
		"too long":         {"owner", page.ReviewsURL(p), 422, []string{"reason", strings.Repeat("x", 1<<20), "review", "1"}, "There is a problem"},
		"zero bytes":       {"owner", page.ReviewsURL(p), 422, []string{"reason", "a\x00b", "review", "1"}, "There is a problem"},
		"an unknown field": {"owner", page.ReviewsURL(p), 422, []string{"reason", "Kept words", "review", "1", "force", "1"}, "Kept words"},
		"no review":        {"owner", page.ReviewsURL(p), 422, []string{"reason", "Kept words"}, "Kept words"},
		"another review":   {"owner", page.ReviewsURL(p), 409, []string{"reason", "Kept words", "review", "7"}, "Kept words"},
		"not the owner":    {"member", page.ReviewsURL(p), 403, []string{"reason", "Kept words", "review", "1"}, "Kept words"},
		"on its way":       {"owner", page.ReviewsURL(early), 409, []string{"reason", "Kept words", "review", "1"}, "Kept words"},
		"restricted":       {"viewer", page.ReviewsURL(other), 404, []string{"reason", "x", "review", "1"}, ""},
		"no such project":  {"owner", page.ReviewsURL("nothing"), 404, []string{"reason", "x", "review", "1"}, ""},
	} {
		r := f.browse(c.who).post(c.path, c.fields...).want(c.status)
		if !strings.Contains(r.find("main").Text(), c.says) {
			t.Errorf("%s: the page does not say %q", name, c.says)
		}
	}
	if r := f.stranger().post(page.ReviewsURL(p), "reason", "Kept words", "review", "1").want(401); !strings.Contains(r.Body, "Kept words") {
		t.Error("without a session the reason is lost")
	}
	owner.postFrom("https://evil.example.test", page.ReviewsURL(p), "reason", "x", "review", "1").want(403)
	if got := f.seq(p); got != before {
		t.Errorf("refused requests moved the project from %d to %d", before, got)
	}
}

func TestStartingTheNextReviewTwiceStartsOne(t *testing.T) {
	f := smallFixture(t)
	p := f.liveProject("ledger-api")
	owner := f.browse("owner")
	form := owner.get(page.ProjectURL(p)).want(200)
	form.submit(page.ReviewsURL(p), "reason", "Once.").want(303)
	seq := f.seq(p)
	form.submit(page.ReviewsURL(p), "reason", "Once.").want(303)
	if got := f.seq(p); got != seq {
		t.Errorf("the second time moved the project from %d to %d", seq, got)
	}
}

// What others owe a look keeps the next review from starting, and the page says
// so instead of offering it.
func TestTheNextReviewWaitsForBreakGlass(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	r := f.browse("owner").get(page.ProjectURL(p)).want(200)
	if got := words(r.one("#reviews")); !strings.Contains(got, "Others have to review first what was passed by break-glass: Live.") || r.find("#reviews form").Length() != 0 {
		t.Errorf("the overview says %q", got)
	}
	f.browse("owner").post(page.ReviewsURL(p), "reason", "x", "review", "1").want(409)
}

func TestSayAgain(t *testing.T) {
	f := smallFixture(t)
	p := f.liveProject("ledger-api")
	f.startReview(p)
	member := f.browse("member")
	row := member.get(page.StageURL(p, "live")).want(200).one("#item-restore-tested")
	if got := words(row.Find("a.badge")); !strings.Contains(got, "Reconfirm") {
		t.Fatalf("the row's flags: %q", got)
	}
	if member.get(page.StageURL(p, "live")+"?show=open").want(200).find("#item-restore-tested").Length() != 1 {
		t.Error("what has to be reconfirmed is not among what is open")
	}
	item := member.get(page.ItemURL(p, "live", "restore-tested")).want(200)
	if got := words(item.find("#answer .note-box")); !strings.Contains(got, "older than the last review") || !strings.Contains(got, "Still met") {
		t.Errorf("the item says %q", got)
	}
	// The pressed button of the row says it again.
	pressed := row.Find(`button[aria-pressed=true]`)
	action := row.Find("form.seg").AttrOr("action", "")
	r := member.htmx().post(action, "answer", pressed.AttrOr("value", "")).want(200)
	if strings.Contains(words(r.find("#item-restore-tested")), "Reconfirm") {
		t.Error("it is still to be reconfirmed")
	}
	it := f.stage(p, "live").Item("restore-tested")
	if it.Reattest || it.Answer.By != f.person("member") || it.Answer.Version != 2 {
		t.Errorf("the answer: %+v", it.Answer)
	}
	seq := f.seq(p)
	member.post(page.AnswerURL(p, "live", "restore-tested")+"?version=2", "answer", "met").want(303)
	if f.seq(p) != seq {
		t.Error("saying it a third time changed something")
	}
}

func TestSayAgainOnTheItemsPage(t *testing.T) {
	f := smallFixture(t)
	p := f.liveProject("ledger-api")
	f.startReview(p)
	r := f.browse("member").get(page.ItemURL(p, "live", "restore-tested")).want(200)
	form := r.one("#answer .note-box form")
	again := r.Browser.post(form.AttrOr("action", ""), append(hidden(form), "answer", form.Find("button").AttrOr("value", ""))...).follow().want(200)
	if again.find("#answer .note-box form").Length() != 0 || f.stage(p, "live").Item("restore-tested").Reattest {
		t.Error("one click did not say it again")
	}
	f.startReviewAgainIsRefused(p)
	viewer := f.browse("viewer").get(page.ItemURL(p, "live", "restore-tested")).want(200)
	if viewer.find("#answer form").Length() != 0 {
		t.Error("a reader can answer")
	}
}

// startReviewAgainIsRefused: a review that is on its way cannot be followed.
func (f *fixture) startReviewAgainIsRefused(p review.ProjectKey) {
	f.t.Helper()
	f.browse("owner").post(page.ReviewsURL(p), "reason", "x", "review", "2").want(409)
}

func TestCompareTwoMoments(t *testing.T) {
	f := smallFixture(t)
	p, passed, _ := f.moments("ledger-api")
	f.change("owner", p, "", func(r *review.Review, who review.Actor, at time.Time) error {
		q := r.Project
		return r.Edit(who, review.ProjectFields{Name: q.Name, Team: "Green", Tier: q.Tier, Exposure: q.Exposure}, at)
	})
	f.change("member", p, "live", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, "live", "restore-tested", review.NewEvidence{URL: "https://wiki.example.test/r", Title: "Restore", Type: "test-report"}, at)
	})
	owner := f.browse("owner")
	start := owner.get(page.CompareURL(p)).want(200)
	if start.find("#differences").Length() != 0 {
		t.Error("it compares before it was asked to")
	}
	presets := start.find(`form[action="` + page.CompareURL(p) + `"] a.btn`)
	if got := words(presets); got != "Since the last sign-off Since the review started" {
		t.Errorf("presets: %q", got)
	}
	since := presets.First().AttrOr("href", "")
	r := owner.get(since).want(200)
	field := r.one("#f-from").AttrOr("value", "")
	if strings.HasSuffix(field, "Z") {
		t.Errorf("the field shows a moment as addresses write it: %q", field)
	}
	if again := owner.get(page.CompareURL(p) + "?from=" + url.QueryEscape(field)).want(200); words(again.one("#stage-idea table")) != words(r.one("#stage-idea table")) {
		t.Errorf("what the field shows, %q, is another moment than %s", field, since)
	}
	if got := words(r.one("#project tbody")); !strings.HasPrefix(got, "Team Blue Green "+f.name("owner")) {
		t.Errorf("the project: %q", got)
	}
	idea := words(r.one("#stage-idea table"))
	for _, want := range []string{"State Passed Changed since sign-off " + f.name("member"), "Answer Met Not met " + f.name("member"), "Note none It grew. " + f.name("member")} {
		if !strings.Contains(idea, want) {
			t.Errorf("the stage lacks %q: %s", want, idea)
		}
	}
	if strings.Contains(idea, "Risks are listed") || strings.Contains(idea, "Signatures") {
		t.Errorf("what is the same is listed: %s", idea)
	}
	if got := words(r.one("#stage-live table")); !strings.Contains(got, "Evidence none Restore, test report, true on") {
		t.Errorf("the second stage: %s", got)
	}
	same := owner.get(page.CompareURL(p) + "?from=" + url.QueryEscape(passed.Format(time.RFC3339Nano)) + "&to=" + url.QueryEscape(passed.Format(time.RFC3339Nano))).want(200)
	if got := same.text(); !strings.Contains(got, "Nothing differs.") || same.find("main table").Length() != 0 {
		t.Errorf("a moment and itself: %s", got)
	}
}

func TestMomentsThatCannotBeCompared(t *testing.T) {
	f := smallFixture(t)
	p := f.create("ledger-api")
	owner := f.browse("owner")
	future := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04")
	for query, field := range map[string]string{
		"from=soon": "from", "from=" + future: "from", "to=" + future: "to", "from=2020-01-01": "from", "to=x&from=y": "from", "to=%00": "to", "to=2020-01-01": "to",
	} {
		r := owner.get(page.CompareURL(p) + "?" + query).want(422)
		if r.find("#f-"+field+"[aria-invalid]").Length() != 1 || r.find(`.errors a[href="#f-`+field+`"]`).Length() != 1 {
			t.Errorf("%s: the field %s is not marked: %s", query, field, r.text())
		}
		q, _ := url.ParseQuery(query)
		if got := r.one("#f-"+field).AttrOr("value", ""); !strings.ContainsAny(got, "\ufffd") && got != strings.ReplaceAll(q.Get(field), "\x00", "\ufffd") && got != q.Get(field) {
			t.Errorf("%s: what was typed is lost: %q", query, got)
		}
	}
}

func TestCompareTellsOfDecisions(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	created := f.createdAt(p)
	r := f.browse("owner").get(page.CompareURL(p) + "?from=" + url.QueryEscape(created.Format(time.RFC3339Nano))).want(200)
	idea := words(r.one("#stage-idea table"))
	for _, want := range []string{
		"State Not ready Passed with conditions " + f.name("product"), "Conditions none 1. Write the price down. (open, due", "Findings none 1. Who pays? (accepted)",
		"Waivers none Waiver 1: in force, until", "SRE: recused, " + f.name("sre"),
	} {
		if !strings.Contains(idea, want) {
			t.Errorf("the comparison lacks %q: %s", want, idea)
		}
	}
	if got := words(r.one("#stage-live table")); !strings.Contains(got, "State Not ready Passed by break-glass "+f.name("manager")) {
		t.Errorf("the second stage: %s", got)
	}
	if got := words(r.one("#project table")); !strings.Contains(got, "Members none "+f.name("member")+" "+f.name("owner")) {
		t.Errorf("the project: %s", got)
	}
}

// Each row names who did that, not who came to the same stage or project last.
func TestCompareCreditsEachRow(t *testing.T) {
	f := smallFixture(t)
	p := f.eventful("ledger-api")
	created := f.createdAt(p)
	f.change("member", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.MeetCondition(who, "idea", 1, r.Stage("idea").Conditions[0].Digest(), "It is written down.", at)
	})
	f.change("deputy", p, "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-set", review.Met, "On the first page.", r.Stage("idea").Item("scope-set").Answer.Version, at)
	})
	edit := func(name string, change func(*review.ProjectFields)) {
		f.change(name, p, "", func(r *review.Review, who review.Actor, at time.Time) error {
			in := review.ProjectFields{Name: r.Project.Name, Team: r.Project.Team, Tier: r.Project.Tier, Exposure: r.Project.Exposure}
			change(&in)
			return r.Edit(who, in, at)
		})
	}
	edit("manager", func(in *review.ProjectFields) { in.Tier = plan.TierStarter })
	edit("admin", func(in *review.ProjectFields) { in.Team = "Green" })
	part := func(name, person string, d review.Duty) {
		f.change(name, p, "", func(r *review.Review, who review.Actor, at time.Time) error {
			return r.SetDuty(who, f.person(person), d, at)
		})
	}
	part("owner", "viewer", review.DutyDeputy)
	part("manager", "sre", review.DutyMember)
	r := f.browse("owner").get(page.CompareURL(p) + "?from=" + url.QueryEscape(created.Format(time.RFC3339Nano))).want(200)
	for section, rows := range map[string]map[string]string{
		"#stage-idea": {"Signatures": "product", "Conditions": "member", "Findings": "product", "Answer": "member", "Note": "deputy", "Level": "manager"},
		"#project":    {"Tier": "manager", "Team": "admin", "Deputy": "owner", "Members": "manager"},
	} {
		for what, who := range rows {
			row := r.one(section).Find("tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool { return words(tr.Find("th[scope=row]")) == what }).First()
			if got := words(row.Find("td").Last()); !strings.HasPrefix(got, f.name(who)) {
				t.Errorf("%s %s is credited to %q, want %s", section, what, got, f.name(who))
			}
		}
	}
}

// createdAt is when the project was started.
func (f *fixture) createdAt(p review.ProjectKey) time.Time {
	f.t.Helper()
	v, err := f.Store.AsOf(f.t.Context(), f.as("admin"), p, time.Time{})
	if err != nil {
		f.t.Fatal(err)
	}
	return v.Entries[0].At
}
