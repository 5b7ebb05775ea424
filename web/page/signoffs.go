package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SignOffsData is the approvers' queue of whoever looks, oldest first.
type SignOffsData struct {
	Actor    review.Actor
	Now      time.Time
	Gates    []WaitingGate
	Excluded []WaitingGate // barred by separation of duties
	Search   string        // what the filter holds
	Seat     plan.Seat
	Seats    []plan.Seat // that the reader holds
	Hidden   int         // gates that the filter leaves out
	Full     bool        // there may be more gates than one page lists
}

func (d *SignOffsData) filtered() bool { return d.Search != "" || d.Seat != "" }

func (d *SignOffsData) seatOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, s := range d.Seats {
		options = append(options, ui.Option{Value: string(s), Label: s.Label(), Selected: s == d.Seat})
	}
	return options
}

// lead says what the list is.
func (d *SignOffsData) lead() string {
	if len(d.Gates) == 0 {
		return ""
	}
	return needsWord(len(d.Gates)) + " your signature. The one that has waited longest comes first."
}

func needsWord(n int) string {
	if n == 1 {
		return "1 gate needs"
	}
	return strconv.Itoa(n) + " gates need"
}

// emptyText tells somebody with an empty queue why, and what comes here.
func (d *SignOffsData) emptyText() string {
	if len(d.Actor.Seats) == 0 {
		return "You hold no seat, so no gate waits for you. Admins grant seats; the people page shows who holds which."
	}
	return "When a team requests sign-off of a stage in which your seat (" + SeatWords(d.Seats, "or") + ") is still open, its gate appears here."
}

// together counts the gates of a project in the list, at the first of them; 0 at
// the others.
func together(gates []WaitingGate, at int) int {
	n := 0
	for i := range gates {
		if gates[i].Project != gates[at].Project {
			continue
		}
		if n++; i < at {
			return 0
		}
	}
	return n
}

// waiting is for how long something has waited: "21 days".
func waiting(since, now time.Time) string {
	switch d := now.Sub(since); {
	case d < time.Hour:
		return "under an hour"
	case d < 24*time.Hour:
		return CountOf(int(d/time.Hour), "hour")
	default:
		return CountOf(int(d/(24*time.Hour)), "day")
	}
}
