package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// What nobody has answered applies, says so wherever it does, and leads to where it
// is answered; one press answers no to all of it.
func TestUnansweredQuestions(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger", func(in *review.NewProject) {
		in.Profile, in.Unanswered = plan.Profile{"users"}, []plan.Flag{"database"}
	})
	var it *review.Item
	stage := f.tmpl.Stages[0].Key
	for i := range f.tmpl.Stages {
		for j := range f.tmpl.Stages[i].Items {
			if d := &f.tmpl.Stages[i].Items[j]; it == nil && len(d.When) == 1 && d.When[0] == "database" {
				stage = f.tmpl.Stages[i].Key
				it = f.stage(key, stage).Item(d.Key)
			}
		}
	}
	answers := page.ProfileURL(key)
	label := "It uses a database or stores data in one"

	member, owner := f.browse("member"), f.browse("owner")
	if facts := owner.get(page.ItemURL(key, stage, it.Def.Key)).one(".pairs"); !strings.Contains(words(facts), "Applies until somebody answers "+label) ||
		facts.Find(`a[href="`+answers+`"]`).Length() != 1 {
		t.Errorf("the item's page: %s", words(facts))
	}
	if facts := member.get(page.ItemURL(key, stage, it.Def.Key)).one(".pairs"); facts.Find("a").Length() != 0 || !strings.Contains(words(facts), label) {
		t.Errorf("the item's page for who may not answer: %s", words(facts))
	}
	list := owner.get(page.StageURL(key, stage))
	if !strings.Contains(list.text(), "until somebody answers: “"+label+"”") || list.find(`main a[href="`+answers+`"]`).Length() != 1 ||
		!strings.Contains(words(list.one(rowSelector(it.Def.Key))), "Until answered") {
		t.Errorf("the checklist does not say what waits for an answer: %.600s", list.text())
	}
	profile := owner.get(page.ProjectURL(key)).one("#profile")
	if got := words(profile.Parent()); !strings.Contains(got, "Not answered yet, so it applies 1 "+label) || !strings.Contains(got, "No "+strconv.Itoa(len(f.tmpl.Flags)-2)+" ") {
		t.Errorf("the project's page: %s", got)
	}
	open := owner.get(page.SettingsURL(key))
	if !strings.Contains(open.text(), "1 not answered yet") {
		t.Error("the settings do not count what is not answered")
	}
	open.fillIn(page.SettingsURL(key), url.Values{"rest": {"no"}}).want(303)
	p := f.project(key)
	if len(p.Unanswered) != 0 || p.Reply("users") != review.ReplyYes || p.Reply("database") != review.ReplyNo {
		t.Errorf("after answering no to the rest: %v, unanswered %v", p.Profile, p.Unanswered)
	}
	if got := owner.get(page.HistoryURL(key)).text(); !strings.Contains(got, "changed the project’s profile") && !strings.Contains(got, "changed the project's profile") ||
		!strings.Contains(got, label+": not yet → no") {
		t.Errorf("the trail: %.600s", got)
	}
	if got := owner.get(page.SettingsURL(key)).find("button[name=rest]").Length(); got != 0 {
		t.Error("there is a rest to answer when all is answered")
	}
}

// A yes that takes a required item away is asked to be taken back, with a reason;
// what else was typed is saved. Who sits at the gate reads what would go and decides.
func TestTakingAYesBack(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger", func(in *review.NewProject) { in.Profile = plan.Profile{"database"} })
	settings, page1 := page.SettingsURL(key), page.RetractionURL(key)
	no := url.Values{"profile-database": {"no"}, "team": {"Typed"}}
	r := f.browse("owner").get(settings)
	if r.find("[name=reason]").Length() != 0 {
		t.Error("a reason is asked for before anything is taken back")
	}
	r = r.fillIn(settings, no).want(422)
	if r.find(`.errors a[href="#f-reason"]`).Length() != 1 || r.form(settings).Get("team") != "Typed" {
		t.Errorf("no reason is asked for: %.300s", r.text())
	}
	to := r.fillIn(settings, url.Values{"reason": {"It keeps nothing."}}).want(303)
	if p := f.project(key); p.Reply("database") != review.ReplyYes || p.Team != "Typed" || p.Retraction == nil {
		t.Fatalf("asked for: %+v", p)
	}
	if got := to.follow().text(); !strings.Contains(got, "these are asked for") || !strings.Contains(got, "asked on") {
		t.Errorf("the owner is told %.400s", got)
	}
	own := f.browse("owner").get(page1)
	if got := own.text(); !strings.Contains(got, "It uses a database or stores data in one: yes → no") || !strings.Contains(got, "It keeps nothing.") ||
		own.find("[value=approve]").Length() != 0 || !strings.Contains(got, "somebody else than Owner") || !strings.Contains(got, "Take the request back") {
		t.Errorf("the owner reads %s", got)
	}
	item := own.find(`main li a[href*="/items/"]`)
	lossy := f.tmpl.Stages[0].Key
	for i := range f.tmpl.Stages {
		if sk := f.tmpl.Stages[i].Key; strings.HasPrefix(item.AttrOr("href", ""), page.StageURL(key, sk)+"/") {
			lossy = sk
		}
	}
	if item.Length() < 2 || own.find(`main h3 a[href="`+page.GateURL(key, lossy)+`"]`).Length() != 1 {
		t.Errorf("the page does not name what goes: %s", own.text())
	}
	who := "engineering"
	if got := f.browse(who).get(page.GateURL(key, lossy)); got.find(`main a[href="`+page1+`"]`).Length() != 1 || !strings.Contains(got.text(), "required item") {
		t.Errorf("the gate of %s says nothing: %.600s", lossy, got.text())
	}
	if got := f.browse(who).get("/").one("#answers"); !strings.Contains(words(got), "Owner") || got.Find(`a[href="`+page1+`"]`).Length() != 1 {
		t.Errorf("their work: %s", words(got))
	}
	if f.browse("manager").get("/").find("#answers").Length() != 0 || f.browse("manager").get(page1).find("[value=approve]").Length() != 0 {
		t.Error("a manager is offered the decision")
	}
	f.browse("manager").post(page1, "do", "approve", "shown", "x").want(403)
	f.browse("viewer").post(page1, "do", "refuse", "reason", "No.", "shown", "x").want(403)
	f.browse(who).post(page1, "do", "approve", "shown", "x").want(409)
	f.browse(who).post(page1, "do", "nothing", "shown", "x").want(422)
	shown := f.browse(who).get(page1).one(`form:has([value=approve]) [name=shown]`).AttrOr("value", "")
	refusal := f.browse(who).post(page1, "do", "refuse", "reason", " ", "shown", shown).want(422)
	if refusal.find(`.errors a[href="#f-reason"]`).Length() != 1 || f.project(key).Retraction == nil {
		t.Errorf("turned down without a reason: %.300s", refusal.text())
	}
	f.browse(who).post(page1, "do", "approve", "shown", shown).want(303)
	if p := f.project(key); p.Reply("database") != review.ReplyNo || p.Retraction != nil {
		t.Error("the answer was not taken back")
	}
	late := f.browse(who).post(page1, "do", "approve", "shown", "x", "reason", "typed").want(409)
	if got := late.text(); !strings.Contains(got, "Nothing waits here") || !strings.Contains(got, "typed") {
		t.Errorf("the same again: %.400s", got)
	}
	if got := f.browse("owner").get(page.HistoryURL(key)).text(); !strings.Contains(got, "as Owner Person asked, taking answers about the project back") {
		t.Errorf("the trail: %.600s", got)
	}
}

// Turned down, the answers stay, and who asked reads why.
func TestKeepingAnAnswer(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger", func(in *review.NewProject) { in.Profile = plan.Profile{"database"} })
	f.browse("manager").get(page.SettingsURL(key)).fillIn(page.SettingsURL(key), url.Values{"profile-database": {"not-yet"}}).want(422).
		fillIn(page.SettingsURL(key), url.Values{"reason": {"It keeps nothing."}}).want(303)
	if got := f.browse("owner").get(page.SettingsURL(key)).text(); !strings.Contains(got, "Manager Person asked on") {
		t.Errorf("the settings: %.400s", got)
	}
	shown := f.browse("engineering").get(page.RetractionURL(key)).one(`form:has([value=refuse]) [name=shown]`).AttrOr("value", "")
	to := f.browse("engineering").post(page.RetractionURL(key), "do", "refuse", "reason", "It keeps orders.", "shown", shown).want(303)
	if got := to.follow().text(); !strings.Contains(got, "The answers stay as they are") || strings.Contains(got, "asked on") {
		t.Errorf("turned down: %.400s", got)
	}
	if got := f.browse("owner").get(page.HistoryURL(key)).text(); !strings.Contains(got, "It keeps orders.") || f.project(key).Reply("database") != review.ReplyYes {
		t.Errorf("the trail: %.600s", got)
	}
}

// Somebody else than who answered confirms the answers in one press, and approvers
// read at the gate whether that was done.
func TestConfirmingTheAnswers(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger", func(in *review.NewProject) { in.Unanswered = []plan.Flag{"database"} })
	project := page.ProjectURL(key)
	says := func(who string) string { return words(f.browse(who).get(project).one("#profile").Parent()) }
	if got := says("deputy"); !strings.Contains(got, "Not confirmed: 1 question is not answered yet.") || strings.Contains(got, "Confirm the answers") {
		t.Errorf("with an open question: %s", got)
	}
	owner := f.browse("owner")
	owner.get(page.SettingsURL(key)).fillIn(page.SettingsURL(key), url.Values{"rest": {"no"}}).want(303)
	if got := says("owner"); !strings.Contains(got, "Not confirmed.") || strings.Contains(got, "Confirm the answers") {
		t.Errorf("to who answered: %s", got)
	}
	old := f.browse("deputy").get(page.SettingsURL(key))
	f.browse("engineering").get(project).fillIn(page.ConfirmAnswersURL(key), nil).want(303)
	old.fillIn(page.ConfirmAnswersURL(key), nil).want(303) // as they read it; it is so already
	if a := f.project(key).Answers; a.Confirmed != f.person("engineering") || !a.Hold() {
		t.Errorf("confirmed: %+v", a)
	}
	if got := says("deputy"); !strings.Contains(got, "Confirmed by Engineering") || strings.Contains(got, "Confirm the answers") {
		t.Errorf("confirmed: %s", got)
	}
	f.fill("member", key, "idea")
	f.requestSignOff("owner", key, "idea")
	if got := f.browse("product").get(page.GateURL(key, "idea")).text(); !strings.Contains(got, "Answers about the project: Confirmed by Engineering") {
		t.Errorf("the gate does not say that the answers are confirmed: %.900s", got)
	}
	owner.get(page.SettingsURL(key)).fillIn(page.SettingsURL(key), url.Values{"profile-api": {"yes"}}).want(303)
	if got := words(f.browse("deputy").get(page.SettingsURL(key)).one("#confirmed").Parent()); !strings.Contains(got, "Changed since it was confirmed by Engineering") {
		t.Errorf("changed: %s", got)
	}
	old.fillIn(page.ConfirmAnswersURL(key), nil).want(409)
	owner.post(page.ConfirmAnswersURL(key), "shown", string(f.project(key).AnswersDigest())).want(409)
	f.browse("viewer").post(page.ConfirmAnswersURL(key), "shown", string(f.project(key).AnswersDigest())).want(403)
}
