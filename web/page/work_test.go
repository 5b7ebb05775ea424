package page

import (
	"strconv"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestOnlyMine(t *testing.T) {
	sre, qa := plan.SeatSRE, plan.SeatQA
	for _, c := range []struct {
		open, mine []plan.Seat
		want       bool
	}{
		{[]plan.Seat{sre}, []plan.Seat{sre}, true},
		{[]plan.Seat{sre, qa}, []plan.Seat{sre}, false},
		{[]plan.Seat{sre, qa}, []plan.Seat{sre, qa}, false}, // one person signs once
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

// A list that was read up to a limit does not claim to be whole.
func TestListsThatMayGoOnSaySo(t *testing.T) {
	d := WorkData{Items: make([]AssignedItem, 3), Expiring: make([]ExpiringEvidence, 2)}
	if a, b := d.itemList(d.Items), d.expiringList(); a.count() != "3" || a.more() != "" || b.count() != "2" || b.more() != "" {
		t.Errorf("%q %q, %q %q", a.count(), a.more(), b.count(), b.more())
	}
	d.ItemsFull, d.ExpiringFull = true, true
	for _, l := range []workList{d.itemList(d.Items), d.expiringList()} {
		if l.count() != strconv.Itoa(l.shown)+"+" || l.more() != "and at least 1 more" {
			t.Errorf("%s: %q %q", l.id, l.count(), l.more())
		}
	}
}
