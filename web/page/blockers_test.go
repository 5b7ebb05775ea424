package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

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
