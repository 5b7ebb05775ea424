package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestCompare(t *testing.T) {
	gate := plan.Gate{Quorums: [3]int{2, 1, 1}, Seats: []plan.GateSeat{{Seat: "qa"}, {Seat: "sre"}}}
	old := &plan.Lifecycle{Stages: []plan.Stage{
		{Key: "one", Gate: gate, Items: []plan.Item{{Key: "same"}, {Key: "worded", Why: "A."}, {Key: "goes"}, {Key: "moves"}, {Key: "joins"}}},
		{Key: "two", Gate: gate, Items: []plan.Item{{Key: "asks", Evidence: []plan.EvidenceKind{"doc"}}, asked("rules", "a"), asked("helped", "a")}},
		{Key: "old"},
	}}
	rules, helped := asked("rules", "!a"), asked("helped", "a")
	helped.Choices[0].Help = "H."
	other := gate
	other.Quorums = [3]int{2, 2, 1}
	newer := &plan.Lifecycle{Stages: []plan.Stage{
		{Key: "one", Gate: gate, Items: []plan.Item{{Key: "same"}, {Key: "worded", Why: "B."}, {Key: "whole", Was: []plan.ItemKey{"joins"}}}},
		{Key: "two", Gate: other, Items: []plan.Item{{Key: "asks", Evidence: []plan.EvidenceKind{"test-report"}}, rules, helped, {Key: "moves"}}},
		{Key: "new"},
	}}
	d := plan.Compare(old, newer)
	var items, stages []string
	for _, c := range d.Items {
		said := string(c.Fate) + ":"
		if c.Old != nil {
			said += fmt.Sprint(" ", c.From.Key, "/", c.Old.Key)
		}
		if c.New != nil {
			said += fmt.Sprint(" > ", c.To.Key, "/", c.New.Key)
		}
		items = append(items, said)
	}
	for _, c := range d.Stages {
		said := ""
		if c.Old != nil {
			said += string(c.Old.Key)
		}
		if c.New != nil {
			said += ">" + string(c.New.Key)
		}
		stages = append(stages, said)
	}
	if want := []string{
		"explains: one/worded > one/worded", "added: > one/whole", "demands: two/asks > two/asks",
		"demands: two/rules > two/rules", "explains: two/helped > two/helped", "moved: one/moves > two/moves",
		"removed: one/goes", "merged: one/joins > one/whole",
	}; !slices.Equal(items, want) {
		t.Errorf("got  %q\nwant %q", items, want)
	}
	if want := []string{"old", "two>two", ">new"}; !slices.Equal(stages, want) {
		t.Errorf("stages: got %q, want %q", stages, want)
	}
	if d := plan.Compare(newer, newer); len(d.Items)+len(d.Stages) != 0 {
		t.Errorf("a version differs from itself: %+v", d)
	}
}

// asked is a question of one choice, met where a condition holds.
func asked(k plan.ItemKey, when string) plan.Item {
	return plan.Item{Key: k, Choices: []plan.Choice{{Key: "a", Title: "A"}}, Rules: []plan.Rule{{When: when, Risk: plan.RiskNone}}}
}

func TestSameMeaningOfQuestions(t *testing.T) {
	statement, q, other, helped, renamed := plan.Item{Key: "k"}, asked("k", "a"), asked("k", "!a"), asked("k", "a"), asked("k", "a")
	helped.Choices[0].Help, helped.Choices[0].Do = "H.", "D."
	renamed.Choices[0].Title = "B"
	for name, c := range map[string]struct {
		a, b plan.Item
		want bool
	}{
		"itself": {q, q, true}, "other words of help": {q, helped, true},
		"another rule": {q, other, false}, "another title": {q, renamed, false}, "a statement": {q, statement, false},
	} {
		if got := plan.SameMeaning(&c.a, &c.b); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
