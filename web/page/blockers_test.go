package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Several requirements of one policy name it once.
func TestRequirementsNameTheirPolicyOnce(t *testing.T) {
	r := &review.Review{Plan: &plan.Plan{Policies: []*plan.PolicyDocument{{Key: "keys", Name: "Keys"}, {Key: "logs", Name: "Logs"}}}}
	b := func(policy, name, text string) review.Blocker {
		return review.Blocker{Kind: review.PolicyUnmet, Policy: policy, Requirement: "1", Subject: name + ": " + text, What: "Not shown yet."}
	}
	lines := BlockerLines(r, nil, []review.Blocker{b("keys", "Keys", "Rotate"), b("keys", "Keys", "Store"), b("logs", "Logs", "Keep"), b("logs", "Logs", "Read")}, nil)
	want := []string{"Keys: Rotate: not shown yet", "Store: not shown yet", "Logs: Keep: not shown yet", "Read: not shown yet"}
	for i := range want {
		if lines[i].What != want[i] {
			t.Errorf("%q, want %q", lines[i].What, want[i])
		}
	}
}

// Recommended items come after what is required, and are counted apart.
func TestRecommendedItemsAmongBlockers(t *testing.T) {
	bs := []review.Blocker{
		{Kind: review.ShouldUnexplained, Item: "a"}, {Kind: review.MustOpen, Item: "b"}, {Kind: review.ShouldUnexplained, Item: "c"}, {Kind: review.EarlierGate},
	}
	if got := blockerCount(bs); got != "4 blockers, 2 of them recommended" {
		t.Errorf("it says %q", got)
	}
	if got := blockerCount(bs[1:2]); got != "1 blocker" {
		t.Errorf("it says %q", got)
	}
	order := ""
	for _, b := range requiredFirst(bs) {
		order += string(b.Item) + " "
	}
	if order != "b  a c " || bs[0].Item != "a" {
		t.Errorf("the order is %q", order)
	}
}
