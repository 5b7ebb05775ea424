package edit

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What is said alike of several places stands once, in the words of the forms, and
// what has to be decided stands first.
func TestProblemsAreGrouped(t *testing.T) {
	d := Draft{Document: plan.Document{Lifecycle: &plan.Lifecycle{Key: "house", Name: "House", Stages: []plan.Stage{
		{Key: "work", Name: "Work", Items: []plan.Item{{Key: "roof", Title: "The roof holds"}, {Key: "door", Title: "The door shuts"}}},
	}}}}
	at := func(item plan.ItemKey, message string, style bool) plan.Problem {
		return plan.Problem{Stage: "work", Where: "item " + string(item), Item: item, Message: message, Style: style}
	}
	groups := together([]plan.Problem{
		at("roof", "done_when: is missing", true), at("roof", "seats: lists none", true), at("door", "done_when: is missing", true),
		{Stage: "work", Where: "gate", Message: "nobody holds the Data seat", Style: true},
		{Stage: "work", Message: "items: lists none", Style: true},
		at("door", "tier2: is must, which is more than level demands; a less critical tier never demands more", false),
		{Stage: "work", Where: "gate", Message: `seats: "x" is not a seat; the document can add it`},
	})
	want := []string{
		"“Seats” has nothing ticked", "Nobody holds the Data seat", "Has no items",
		"“Level at tier 2” is required, which is more than at tier 1; a less critical tier never demands more",
		`“Seats”: "x" is not a seat; the document can add it`, "2 items: “Done when” is missing",
	}
	if len(groups) != len(want) {
		t.Fatalf("%d groups, want %d: %+v", len(groups), len(want), groups)
	}
	for i := range want {
		if got := groups[i].text(); got != want[i] {
			t.Errorf("group %d says %q, want %q", i, got, want[i])
		}
	}
	if a, b := d.placeOf(groups[5].Of[0]), d.placeOf(groups[1].Of[0]); a != "The roof holds" || b != "Work" {
		t.Errorf("places are %q and %q", a, b)
	}
}
