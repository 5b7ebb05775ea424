package review

import "testing"

// Only seats of the gate may approve, so nobody else is sent to.
func TestApprovingSeatIsOneOfTheGate(t *testing.T) {
	gate := Policy{Seats: []Seat{SeatProduct, SeatSRE}}
	for _, c := range []struct {
		item []Seat
		want Seat
	}{
		{[]Seat{SeatSecurity}, SeatProduct},
		{[]Seat{SeatSecurity, SeatSRE}, SeatSRE},
		{nil, SeatProduct},
	} {
		if got := approvingSeat(&ItemDef{Seats: c.item}, gate); got != c.want {
			t.Errorf("item of %v: %q, want %q", c.item, got, c.want)
		}
	}
}
