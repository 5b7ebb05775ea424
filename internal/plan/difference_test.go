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
		{Key: "two", Gate: gate, Items: []plan.Item{{Key: "asks", Evidence: []plan.EvidenceKind{"doc"}}}},
		{Key: "old"},
	}}
	other := gate
	other.Quorums = [3]int{2, 2, 1}
	newer := &plan.Lifecycle{Stages: []plan.Stage{
		{Key: "one", Gate: gate, Items: []plan.Item{{Key: "same"}, {Key: "worded", Why: "B."}, {Key: "whole", Was: []plan.ItemKey{"joins"}}}},
		{Key: "two", Gate: other, Items: []plan.Item{{Key: "asks", Evidence: []plan.EvidenceKind{"test-report"}}, {Key: "moves"}}},
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
		"explains: one/worded > one/worded", "added: > one/whole", "demands: two/asks > two/asks", "moved: one/moves > two/moves",
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
