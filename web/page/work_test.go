package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestOnlyMine(t *testing.T) {
	sre, qa := review.SeatSRE, review.SeatQA
	for _, c := range []struct {
		open, mine []review.Seat
		want       bool
	}{
		{[]review.Seat{sre}, []review.Seat{sre}, true},
		{[]review.Seat{sre, qa}, []review.Seat{sre}, false},
		{[]review.Seat{sre, qa}, []review.Seat{sre, qa}, false}, // one person signs once
	} {
		g := WaitingGate{OpenSeats: c.open, MySeats: c.mine}
		if got := g.onlyMine(); got != c.want {
			t.Errorf("open %v, mine %v: %v", c.open, c.mine, got)
		}
	}
}
