package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"testing"
)

// Only seats of the gate may approve, so nobody else is sent to.
func TestApprovingSeatIsOneOfTheGate(t *testing.T) {
	gate := plan.Policy{Seats: []plan.Seat{plan.SeatProduct, plan.SeatSRE}}
	for _, c := range []struct {
		item []plan.Seat
		want plan.Seat
	}{
		{[]plan.Seat{plan.SeatSecurity}, plan.SeatProduct},
		{[]plan.Seat{plan.SeatSecurity, plan.SeatSRE}, plan.SeatSRE},
		{nil, plan.SeatProduct},
	} {
		if got := approvingSeat(&plan.Item{Seats: c.item}, gate); got != c.want {
			t.Errorf("item of %v: %q, want %q", c.item, got, c.want)
		}
	}
}
