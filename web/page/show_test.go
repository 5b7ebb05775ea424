package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// "Waived" lists what passes with a waiver now. A waiver that is only asked for
// waits for a decision, and one that ran out is something that has expired.
func TestWaivedListsWaiversInForce(t *testing.T) {
	v := &StageView{}
	for name, c := range map[string]struct {
		e    entry
		want Show
	}{
		"in force": {entry{waived: &review.Waiver{}}, ShowWaived},
		"asked":    {entry{asked: true}, ShowApproval},
		"ran out":  {entry{need: review.WaiverRanOut}, ShowExpiring},
	} {
		c.e.item = &review.Item{}
		for _, s := range []Show{ShowWaived, ShowApproval, ShowExpiring} {
			ending := name == "in force" && s == ShowExpiring // it has no date here
			if got := c.e.matches(s, v); got != (s == c.want) && !ending {
				t.Errorf("%s under %q: %v", name, s, got)
			}
		}
	}
}
