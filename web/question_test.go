package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// newAsking is a server whose lifecycle asks a required question in its first stage.
func newAsking(t *testing.T) (*fixture, plan.StageKey, plan.ItemKey) {
	t.Helper()
	usual, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	d, err := plan.Document{Lifecycle: usual}.Draft()
	if err != nil {
		t.Fatal(err)
	}
	d.Number(usual.Version)
	s := &d.Lifecycle.Stages[0]
	it := &s.Items[0]
	it.Levels, it.When, it.Evidence = [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}, nil, nil
	it.Choices = []plan.Choice{
		{Key: "alarm", Title: "An alarm sounds", Help: "Within a minute.", Do: "Set one up.", Links: []plan.Link{{Title: "On alarms", URL: "https://docs.example.com/alarms"}}},
		{Key: "Stop_1", Title: "It <b>stops</b>", Do: "Add a switch."},
		{Key: "slow", Title: "It gets slow"},
	}
	it.Rules = []plan.Rule{{When: "alarm && Stop_1", Risk: plan.RiskNone}, {When: "alarm || Stop_1", Risk: plan.RiskMedium}, {When: "default", Risk: plan.RiskHigh}}
	return newFixtureWith(t, "http://127.0.0.1:8080", d.Lifecycle), s.Key, it.Key
}

func (f *fixture) chosen(p review.ProjectKey, sk plan.StageKey, ik plan.ItemKey) string {
	a := f.answerOf(p, sk, ik)
	return fmt.Sprint(a.State, " ", a.Risk, " ", string(a.Choices), " ", a.Note)
}

func TestAnsweringAQuestionInTheList(t *testing.T) {
	t.Parallel()
	f, sk, ik := newAsking(t)
	p := f.create("ledger-api")
	b := f.browse("member")
	row := b.get(page.StageURL(p, sk)).want(200).one(rowSelector(ik))
	for _, part := range []string{"Open", "An alarm sounds", "It <b>stops</b>", "How this is decided", "Medium risk, otherwise, if you chose “An alarm sounds” or “It <b>stops</b>”", "None of these"} {
		if !strings.Contains(words(row), part) {
			t.Errorf("the row lacks %q: %s", part, words(row))
		}
	}
	if row.Find("[value=met], [value=not-met], [aria-pressed=true]").Length() != 0 || row.Find("[name=choice]").Length() != 3 {
		t.Error("the row of a question that is open has other buttons than it should")
	}
	url := page.AnswerURL(p, sk, ik) + "?version="
	for i, step := range []struct {
		fields  []string
		word    string
		pressed string
		state   string
		said    string
	}{
		{[]string{"answer", "choices", "choice", "alarm", "note", "As in May."}, "Not met, medium risk", "choices", "not-met medium alarm As in May.", "Not met, medium risk: "},
		{[]string{"answer", "choices", "choice", "alarm", "choice", "Stop_1"}, "Met", "choices", "met none Stop_1 alarm As in May.", "Met: "},
		{[]string{"answer", "none", "choice", "alarm"}, "Not met, high risk", "none", "not-met high - As in May.", "Not met, high risk: "},
		{[]string{"answer", "=slow alarm", "note", "Later."}, "Not met, medium risk", "choices", "not-met medium alarm slow Later.", "Not met, medium risk: "},
		{[]string{"answer", "=alarm slow", "note", ""}, "Not met, medium risk", "choices", "not-met medium alarm slow ", "Note saved: "},
		{[]string{"answer", "not-applicable", "choice", "slow", "note", "It has no parts."}, "Not applicable", "not-applicable", "not-applicable   It has no parts.", "Not applicable: "},
		{[]string{"answer", "open", "note", ""}, "Open", "", "open   ", "Open: "},
	} {
		r := b.htmx().post(fmt.Sprint(url, i), step.fields...).want(200)
		row := r.one(rowSelector(ik))
		if got := words(row.Find("em")); got != step.word {
			t.Errorf("%v: says %q", step.fields, got)
		}
		if got := row.Find("[aria-pressed=true]").AttrOr("value", ""); got != step.pressed {
			t.Errorf("%v: %q is pressed", step.fields, got)
		}
		if got := f.chosen(p, sk, ik); got != step.state {
			t.Errorf("%v: is %q", step.fields, got)
		}
		if got := words(r.one("#said")); !strings.HasPrefix(got, step.said) {
			t.Errorf("%v: said %q", step.fields, got)
		}
	}
	// Without scripts the same form leads back to the row.
	r := b.post(url+"7", "answer", "choices", "choice", "Stop_1").want(303)
	if got := r.Header.Get("Location"); got != page.StageURL(p, sk)+"#item-"+string(ik) {
		t.Errorf("leads to %q", got)
	}
	row = r.follow().want(200).one(rowSelector(ik))
	if row.Find("[name=choice][checked]").AttrOr("value", "") != "Stop_1" || row.Find(".choose").AttrOr("data-now", "") != "=Stop_1" {
		t.Error("the row does not show what was chosen")
	}
	if got := words(f.browse("viewer").get(page.StageURL(p, sk)).want(200).one(rowSelector(ik))); !strings.Contains(got, "Chosen: It <b>stops</b>") || !strings.Contains(got, "Not chosen: It gets slow") {
		t.Errorf("to a reader it says %q", got)
	}
}

func TestBadChoicesChangeNothingAndComeBack(t *testing.T) {
	t.Parallel()
	f, sk, ik := newAsking(t)
	p := f.create("ledger-api")
	_, statement := f.pick(0, plan.LevelMust, 1)
	b := f.browse("member")
	url := page.AnswerURL(p, sk, ik)
	seq := f.seq(p)
	for _, c := range []struct {
		name   string
		fields []string
		status int
	}{
		{"nothing chosen", []string{"answer", "choices"}, 422},
		{"nothing listed", []string{"answer", "="}, 422},
		{"an unknown choice", []string{"answer", "choices", "choice", "alarm", "choice", "horn"}, 422},
		{"an unknown choice, listed", []string{"answer", "=alarm horn"}, 422},
		{"another case", []string{"answer", "choices", "choice", "stop_1"}, 422},
		{"NUL", []string{"answer", "choices", "choice", "alarm\x00"}, 422},
		{"broken UTF-8", []string{"answer", "=\xff"}, 422},
		{"none and one", []string{"answer", "=- alarm"}, 422},
		{"a rule", []string{"answer", "=alarm&&Stop_1"}, 422},
		{"a word of rules", []string{"answer", "choices", "choice", "default"}, 422},
		{"empty", []string{"answer", "choices", "choice", ""}, 422},
		{"very many", []string{"answer", "=" + strings.Repeat("alarm x ", 100000)}, 422},
		{"in so many words", []string{"answer", "met"}, 409},
		{"two answers", []string{"answer", "choices", "answer", "none", "choice", "alarm"}, 400},
		{"a bad note", []string{"answer", "choices", "choice", "alarm", "note", "a\u202eb"}, 422},
	} {
		for _, x := range []*browser{b, b.htmx()} {
			r := x.post(url+"?version=0", c.fields...)
			if r.Status != c.status {
				t.Errorf("%s: status %d, want %d: %.300s", c.name, r.Status, c.status, r.text())
			}
			if r.Status == 422 && strings.Contains(r.text(), "Are not all") {
				t.Errorf("%s: %.300s", c.name, r.text())
			}
		}
	}
	r := b.post(url+"?version=0", "answer", "choices", "choice", "alarm", "choice", "horn", "note", "kept text").want(422)
	if r.find("#f-note").Text() != "kept text" || r.find("[href='#f-choices']").Length() != 1 || r.find("#f-choices .err").Length() != 1 {
		t.Errorf("the page of the item: %.400s", r.text())
	}
	r = b.htmx().post(url+"?version=0", "answer", "choices", "note", "kept text").want(422)
	if got := words(r.one(rowSelector(ik) + " [role=alert]")); !strings.Contains(got, "Say which are true") || !strings.Contains(got, "kept text") {
		t.Errorf("the row says %q", got)
	}
	r = b.htmx().post(url+"?version=0", "answer", "choices", "choice", "alarm", "note", strings.Repeat("x", 1<<20)).want(422)
	if got := r.one(rowSelector(ik) + " .ask button"); words(got) != "Save choices" || got.AttrOr("value", "") != "=alarm" {
		t.Errorf("to save it again the row offers %q", words(got))
	}
	b.post(page.AnswerURL(p, sk, statement)+"?version=0", "answer", "choices", "choice", "alarm").want(422)
	b.post(page.AnswerURL(p, sk, statement)+"?version=0", "answer", "none").want(422)
	if f.seq(p) != seq {
		t.Error("a refused answer changed something")
	}
}

func TestConflictOfChoices(t *testing.T) {
	t.Parallel()
	f, sk, ik := newAsking(t)
	p := f.create("ledger-api")
	f.change("deputy", p, sk, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Choose(who, sk, ik, "slow", nil, 0, at)
	})
	b := f.browse("member")
	url := page.AnswerURL(p, sk, ik) + "?version=0"
	for where, box := range map[string]string{
		"row":  words(b.htmx().post(url, "answer", "choices", "choice", "alarm", "choice", "Stop_1").want(409).one(rowSelector(ik) + " .versus")),
		"page": words(b.post(url, "answer", "choices", "choice", "alarm", "choice", "Stop_1").want(409).one(".versus")),
	} {
		for _, part := range []string{f.name("deputy"), "Not met, high risk", "Met (An alarm sounds; It <b>stops</b>)"} {
			if !strings.Contains(box, part) {
				t.Errorf("%s lacks %q: %s", where, part, box)
			}
		}
	}
	mine := b.post(url, "answer", "choices", "choice", "alarm", "choice", "Stop_1").want(409).one(".versus form")
	b.post(mine.AttrOr("action", ""), "answer", mine.Find("button").AttrOr("value", ""), "version", mine.Find("[name=version]").AttrOr("value", "")).want(303)
	if got := f.chosen(p, sk, ik); got != "met none Stop_1 alarm " {
		t.Errorf("after use mine it is %q", got)
	}
}

// What was chosen is told wherever the answer is.
func TestPagesTellOfChoices(t *testing.T) {
	t.Parallel()
	f, sk, ik := newAsking(t)
	p := f.create("ledger-api")
	b := f.browse("member")
	b.post(page.AnswerURL(p, sk, ik)+"?from=item", "answer", "choices", "choice", "Stop_1", "version", "0", "note", "").want(303).follow().want(200)
	const chosen = "Chosen: It <b>stops</b>"
	for where, want := range map[string][]string{
		page.ItemURL(p, sk, ik): {
			"Not met, medium risk", "Which of these are true?", "Within a minute.", "How this is decided", "Met if you chose “An alarm sounds” and “It <b>stops</b>”.",
			"What would help", "Set one up.", "On alarms", "answered not met (medium risk)", chosen,
		},
		page.GateURL(p, sk): {"Not met, medium risk", chosen},
		page.HistoryURL(p):  {"answered not met (medium risk)", chosen},
		page.ReportURL(p):   {"Not met, medium risk", chosen},
		page.LifecycleURL(f.tmpl.Key, f.tmpl.Version): {"How this is decided", "An alarm sounds", "Within a minute."},
	} {
		text := f.browse("owner").get(where).want(200).text()
		for _, part := range want {
			if !strings.Contains(text, part) && !strings.Contains(text, strings.ReplaceAll(part, "It <b>", "It &lt;b&gt;")) {
				t.Errorf("%s lacks %q", where, part)
			}
		}
	}
	page := f.browse("member").get(page.ItemURL(p, sk, ik)).want(200)
	if page.find("#question [name=choice][checked]").AttrOr("value", "") != "Stop_1" || strings.Contains(words(page.one("#improve")), "Add a switch") {
		t.Error("the item's page does not follow what was chosen")
	}
}

// Several rows at once never answer a question.
func TestSeveralRowsLeaveQuestionsOpen(t *testing.T) {
	t.Parallel()
	f, sk, ik := newAsking(t)
	p := f.create("ledger-api")
	_, statement := f.pick(0, plan.LevelMust, 1)
	r := f.browse("member").post(page.BulkURL(p, sk), "do", "met", "pick", string(ik)+".0", "pick", string(statement)+".0").want(409)
	if !strings.Contains(r.text(), "This item is a question.") {
		t.Errorf("says %.600s", r.text())
	}
	if got := f.chosen(p, sk, ik); got != "open   " {
		t.Errorf("the question is %q", got)
	}
	if a := f.answerOf(p, sk, statement); a.State != review.Met {
		t.Errorf("the statement is %+v", a)
	}
}
