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

// A yes that takes a required item away is taken back by who may, with a reason.
func TestTakingAYesBack(t *testing.T) {
	f := newFixture(t)
	key := f.create("ledger", func(in *review.NewProject) { in.Profile = plan.Profile{"database"} })
	no := url.Values{"profile-database": {"no"}, "team": {"Typed"}}
	r := f.browse("owner").get(page.SettingsURL(key)).fillIn(page.SettingsURL(key), no).want(403)
	if got := words(r.one("#f-profile .err")); !strings.Contains(got, "Only a manager or an admin") || r.form(page.SettingsURL(key)).Get("team") != "Typed" {
		t.Errorf("the owner is told %q", got)
	}
	r = f.browse("manager").get(page.SettingsURL(key))
	if r.find("[name=reason]").Length() != 0 {
		t.Error("a reason is asked for before anything is taken back")
	}
	r = r.fillIn(page.SettingsURL(key), no).want(422)
	if r.find(`.errors a[href="#f-reason"]`).Length() != 1 || f.project(key).Reply("database") != review.ReplyYes {
		t.Errorf("no reason is asked for: %.300s", r.text())
	}
	r.fillIn(page.SettingsURL(key), url.Values{"reason": {"It keeps nothing."}}).want(303)
	if f.project(key).Reply("database") != review.ReplyNo {
		t.Error("the answer was not taken back")
	}
	if got := f.browse("owner").get(page.HistoryURL(key)).text(); !strings.Contains(got, "It keeps nothing.") {
		t.Errorf("the trail does not give the reason: %.600s", got)
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
