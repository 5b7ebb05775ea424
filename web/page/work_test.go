package page

import (
	"testing"
	"time"

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

// The queue calls a project overdue as the portfolio does: not a service that is
// live and in its next review.
func TestLateGates(t *testing.T) {
	now := time.Date(2026, 5, 10, 10, 0, 0, 0, time.UTC)
	past := time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		target time.Time
		live   review.Live
		want   bool
	}{
		{past, review.NotLive, true}, {past, review.LiveReviewDue, false}, {review.Today(now), review.NotLive, false}, {time.Time{}, review.NotLive, false},
	} {
		g := WaitingGate{Target: c.target, Live: c.live}
		if got := g.late(now); got != c.want {
			t.Errorf("target %v, live %q: late is %v", c.target, c.live, got)
		}
	}
}
