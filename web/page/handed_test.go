package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestHandedWords(t *testing.T) {
	tmpl := &plan.Lifecycle{Stages: []plan.Stage{{Key: "idea"}, {Key: "architecture"}, {Key: "security"}, {Key: "operations"}}}
	names := func(p review.PersonID) string { return map[review.PersonID]string{2: "Raj Patel", 3: "Olga Owner"}[p] }
	item := func(stage string, to review.PersonID) review.Entry {
		return review.Entry{Event: review.ItemAssigned{Stage: plan.StageKey(stage), Item: "x", From: 1, Person: to}}
	}
	condition := func(stage string, to review.PersonID) review.Entry {
		return review.Entry{Event: review.ConditionHandedOn{Stage: plan.StageKey(stage), No: 1, From: 1, Owner: to}}
	}
	recordTo := func(to review.PersonID) review.Entry {
		return review.Entry{Event: review.RecordHandedOn{No: 1, Type: "risk", From: 1, Owner: to}}
	}
	for want, entries := range map[string][]review.Entry{
		"": {{Event: review.DutySet{Person: 1, From: review.DutyMember}}},
		"3 items in Architecture and 1 condition in Idea went to Raj Patel.":                 {item("architecture", 2), condition("idea", 2), item("architecture", 2), item("architecture", 2)},
		"1 item in Idea is assigned to nobody now. 2 conditions in Idea went to Olga Owner.": {item("idea", 0), condition("idea", 3), condition("idea", 3)},
		"1 item in Idea and 2 records went to Raj Patel.":                                    {item("idea", 2), recordTo(2), recordTo(2)},
		"1 item in Idea and 1 item in Security are assigned to nobody now.":                  {item("security", 0), item("idea", 0)},
		"5 items in 4 stages went to Raj Patel.":                                             {item("security", 2), item("idea", 2), item("operations", 2), item("architecture", 2), item("architecture", 2)},
		"1 item in Idea, 1 item in Architecture and 1 item in Security went to Raj Patel.":   {item("security", 2), item("idea", 2), item("architecture", 2)},
	} {
		if got := HandedWords(entries, tmpl, names); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
