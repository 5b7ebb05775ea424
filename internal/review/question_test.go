package review_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// asking makes "adr", a must with evidence, and "naming", a should, questions.
func asking(t *plan.Lifecycle, _ *review.NewProject) {
	ask(&t.Stages[0].Items[0], "alarm && stop", plan.RiskNone, "alarm", plan.RiskMedium)
	ask(&t.Stages[0].Items[2], "!slow", plan.RiskNone, "default", plan.RiskHigh)
}

func (w *world) choose(p review.PersonID, ik plan.ItemKey, chosen plan.Chosen) error {
	return w.r.Choose(w.actor(p), design, ik, chosen, nil, w.stage(design).Item(ik).Answer.Version, w.tick())
}

func TestAnsweringAQuestion(t *testing.T) {
	w := newWorld(t, asking)
	for _, step := range []struct {
		item   plan.ItemKey
		chosen plan.Chosen
		state  review.State
		risk   plan.Risk
	}{
		{"adr", "alarm", review.NotMet, plan.RiskMedium},
		{"adr", "alarm stop", review.Met, plan.RiskNone},
		{"adr", plan.NoneOf, review.NotMet, plan.RiskHigh}, // no rule holds
		{"naming", plan.NoneOf, review.Met, plan.RiskNone},
		{"naming", "slow", review.NotMet, plan.RiskHigh},
	} {
		w.ok(w.choose(member, step.item, step.chosen))
		if a := w.stage(design).Item(step.item).Answer; a.State != step.state || a.Risk != step.risk || a.Choices != step.chosen {
			t.Errorf("%s with %q: %+v", step.item, step.chosen, a)
		}
		w.ok(w.silent(func() error { return w.choose(mate, step.item, step.chosen) }))
	}
	answer := func(ik plan.ItemKey, to review.State, note string) func() error {
		return func() error { return w.answer(member, design, ik, to, note) }
	}
	w.refused(w.silent(answer("adr", review.Met, "")), "refused")
	w.refused(w.silent(answer("adr", review.NotMet, "")), "refused")
	w.refused(w.silent(func() error { return w.choose(member, "adr", "") }), "invalid")
	w.refused(w.silent(func() error { return w.choose(member, "adr", "alarm horn") }), "invalid")
	w.refused(w.silent(func() error { return w.choose(member, "privacy", "alarm") }), "refused") // does not apply here
	w.refused(w.silent(func() error { return w.choose(viewer, "adr", "alarm") }), "denied")
	w.refused(w.silent(func() error { return w.r.Choose(w.actor(member), build, "tests", "alarm", nil, 0, w.tick()) }), "invalid")
	w.ok(answer("adr", review.NotApplicable, "It has no parts.")())
	if a := w.stage(design).Item("adr").Answer; a.State != review.NotApplicable || !a.Choices.IsZero() || a.Risk != "" {
		t.Errorf("not applicable: %+v", a)
	}
	w.ok(w.choose(member, "adr", "alarm"))
	w.ok(answer("adr", review.Open, "")())
	if a := w.stage(design).Item("adr").Answer; a.State != review.Open || !a.Choices.IsZero() {
		t.Errorf("open again: %+v", a)
	}
}

// Another set of choices is another answer, also where it comes to the same.
func TestChoicesAreSigned(t *testing.T) {
	w := newWorld(t, asking)
	seen := map[review.Digest]string{}
	for _, c := range []plan.Chosen{"alarm", "alarm slow", plan.NoneOf, "slow"} {
		w.ok(w.choose(member, "adr", c))
		s := w.stage(design)
		was := s.Items[0].Answer
		s.Items[0].Answer.Version, s.Items[0].Answer.At = 1, base // so that nothing else differs
		b, err := json.Marshal(w.r.Content(s))
		w.ok(err)
		s.Items[0].Answer = was
		d := review.Digest(b)
		if seen[d] != "" {
			t.Errorf("%q is signed as %q is", c, seen[d])
		}
		seen[d] = string(c)
		for _, part := range []string{
			`"question":{"choices":[{"key":"stop","title":"It stops"},{"key":"alarm","title":"An alarm sounds"},{"key":"slow","title":"It gets slow"}],` +
				`"rules":[{"when":"alarm \u0026\u0026 stop","risk":"none"},{"when":"alarm","risk":"medium"}]}`,
			`"risk":"`,
		} {
			if !strings.Contains(string(b), part) {
				t.Errorf("signed content lacks %s:\n%s", part, b)
			}
		}
	}
}

// A trail that says anything else of a question than its rules do is refused.
func TestReplayRefusesWhatTheRulesDoNotSay(t *testing.T) {
	w := newWorld(t, asking)
	for name, e := range map[string]review.ItemAnswered{
		"met without choices":    {Item: "adr", To: review.Met},
		"a risk alone":           {Item: "adr", To: review.Open, Risk: plan.RiskHigh},
		"a better state":         {Item: "adr", To: review.Met, Choices: "alarm", Risk: plan.RiskNone},
		"a better risk":          {Item: "adr", To: review.NotMet, Choices: "slow", Risk: plan.RiskMedium},
		"no risk":                {Item: "adr", To: review.NotMet, Choices: "slow"},
		"a choice that is not":   {Item: "adr", To: review.NotMet, Choices: "horn", Risk: plan.RiskHigh},
		"choices of a statement": {Item: "privacy", To: review.Met, Choices: "alarm", Risk: plan.RiskNone},
		"none, of a statement":   {Item: "privacy", To: review.NotMet, Choices: plan.NoneOf, Risk: plan.RiskHigh},
		"choices, and open":      {Item: "adr", To: review.Open, Choices: "slow", Risk: plan.RiskHigh},
	} {
		e.Stage, e.Version, e.From = design, 1, review.Open
		entries := append(w.r.Recorded()[:len(w.r.Recorded()):len(w.r.Recorded())], review.Entry{At: w.now, Actor: member, Event: e})
		if _, err := review.Replay(project, entries, func(plan.Origin) (*plan.Plan, error) { return w.r.Plan, nil }); err == nil {
			t.Errorf("%s was replayed", name)
		}
	}
}

func TestSeveralAnswersLeaveQuestionsOut(t *testing.T) {
	w := newWorld(t, asking, withProfile("pii"))
	picked := []review.Picked{{Item: "adr"}, {Item: "privacy"}}
	left, err := w.r.AnswerAll(w.actor(member), design, picked, review.Met, "", w.tick())
	w.ok(err)
	if len(left) != 1 || left[0].Item != "adr" || !strings.Contains(left[0].Why.Error(), "is a question") {
		t.Errorf("left out: %+v", left)
	}
	picked = []review.Picked{{Item: "adr"}, {Item: "privacy", Version: 1}}
	left, err = w.r.AnswerAll(w.actor(member), design, picked, review.NotApplicable, "There is nothing.", w.tick())
	if w.ok(err); len(left) != 0 {
		t.Errorf("left out: %+v", left)
	}
}

// What was chosen can be undone, back to other choices or to none.
func TestUndoOfChoices(t *testing.T) {
	w := newWorld(t, asking)
	w.ok(w.choose(member, "adr", plan.NoneOf))
	w.ok(w.choose(member, "adr", "alarm"))
	undo := func() []review.Left {
		all := w.r.Recorded()
		left, err := w.r.Undo(w.actor(member), design, all[len(all)-1:], w.tick())
		w.ok(err)
		return left
	}
	if left := undo(); len(left) != 0 || w.stage(design).Item("adr").Answer.Choices != plan.NoneOf {
		t.Errorf("undone to %+v, left %v", w.stage(design).Item("adr").Answer, left)
	}
	w.ok(w.choose(member, "naming", "slow"))
	if left := undo(); len(left) != 0 || w.stage(design).Item("naming").Answer.State != review.Open {
		t.Errorf("undone to %+v, left %v", w.stage(design).Item("naming").Answer, left)
	}
}

// What an upgrade has said again waits for that in the next review too.
func TestSaidAgainOutlivesTheReview(t *testing.T) {
	v2 := lifecycle(plan.OrderFree, true)
	phased(v2, nil)
	v2.Version = 4
	ask(&v2.Stages[2].Items[1], "stop", plan.RiskNone)
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}, modules: []*plan.Module{gdpr(), light()}})
	drift := v2.Stages[2].Items[1].Key
	w.ok(w.answer(member, run, drift, review.Met, ""))
	w.ok(w.upgrade(owner, v2))
	if it := w.stage(run).Item(drift); it.Level == plan.LevelMust || !it.Reattest {
		t.Fatalf("after the upgrade: %+v", it)
	}
	was := *w.stage(run).Item(drift)
	w.ok(w.r.Choose(w.actor(member), run, drift, "stop", nil, was.Answer.Version, w.tick()))
	if it := w.stage(run).Item(drift); it.Answer.State != review.Met || it.Reattest {
		t.Errorf("answered: %+v", it)
	}
	w.ok(w.undo(owner)) // a statement again, answered by choices
	if it := w.stage(run).Item(drift); !it.Reattest {
		t.Errorf("after undoing: %+v", it)
	}
	w.fill(run, drift)
	w.ok(w.request(owner, run))
	w.signAll(run)
	w.gate(run, review.GatePassed)
	if it := w.stage(run).Item(drift); !it.Reattest {
		t.Fatalf("after the gate: %+v", it)
	}
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	if it := w.stage(run).Item(drift); !it.Reattest {
		t.Errorf("in the next review: %+v", it)
	}
	w.replays()
}
