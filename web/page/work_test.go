package page

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestPastDay(t *testing.T) {
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for now, want := range map[time.Time]bool{
		day:                                 false,
		day.Add(24*time.Hour - 1):           false,
		day.Add(24 * time.Hour):             true,
		day.Add(23 * time.Hour).In(tokyo()): false, // where the next day has begun
	} {
		if got := pastDay(day, now); got != want {
			t.Errorf("at %s: %v", now, got)
		}
	}
	if pastDay(time.Time{}, day) {
		t.Error("no day at all is over")
	}
}

func tokyo() *time.Location { return time.FixedZone("JST", 9*60*60) }

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
