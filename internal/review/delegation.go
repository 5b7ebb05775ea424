package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// maxDelegation is the longest delegation, in days.
const maxDelegation = 90

// Delegation is a stand-in for a seat between two dates.
type Delegation struct {
	No      int // of the person who delegates
	To      PersonID
	Seat    plan.Seat
	Scope   Scope
	Starts  time.Time // the first moment at which it holds
	Ends    time.Time // the first moment at which it no longer does
	Reason  string
	At      time.Time
	EndedAt time.Time
}

// InForce reports whether a moment lies in the delegation's time: starts <= at
// < ends, or < when it was ended before. The holder has to hold the seat as
// well; see [Entitlements.StandIn].
func (d *Delegation) InForce(at time.Time) bool {
	return !at.Before(d.Starts) && at.Before(d.Ends) && (d.EndedAt.IsZero() || at.Before(d.EndedAt))
}

// StandIn are the seats in which another person sits for this one at a moment:
// by a delegation in force, of a seat that this person has held in their own
// right without a break since they handed it on.
func (e *Entitlements) StandIn(to PersonID, at time.Time) []SeatHeld {
	var seats []SeatHeld
	for i := range e.Delegated {
		d := &e.Delegated[i]
		since := e.heldSince(Right{Seat: d.Seat, Scope: d.Scope})
		if d.To == to && d.InForce(at) && !since.IsZero() && !since.After(d.At) {
			seats = append(seats, SeatHeld{Seat: d.Seat, Scope: d.Scope, Since: since, For: e.Person})
		}
	}
	return seats
}

// heldSince is since when the person has a right; zero when they do not.
func (e *Entitlements) heldSince(t Right) time.Time {
	var since time.Time
	for _, g := range e.Granted {
		if g.Right == t {
			since = earliest(since, g.At)
		}
	}
	return since
}

// NewDelegation is what a seat's holder types.
type NewDelegation struct {
	To     PersonID
	Seat   plan.Seat
	Scope  Scope
	Starts string // empty: at once
	Ends   string // the last day
	Reason string
}

// Delegate names a stand-in for a seat that the person holds in their own
// right. Only the holder does that, and a stand-in cannot pass it on.
func (e *Entitlements) Delegate(by Actor, in NewDelegation, at time.Time) error {
	if err := May(by, DelegateSeat, nil); err != nil {
		return err
	}
	if by.Person != e.Person {
		return &Denied{DelegateSeat, "Only the holder of a seat names a stand-in for it."}
	}
	ev, err := e.checkDelegation(in, at)
	if err != nil {
		return err
	}
	starts, ends, err := ev.Span()
	if err != nil {
		return err
	}
	for i := range e.Delegated {
		d := &e.Delegated[i]
		if d.To == in.To && d.Seat == in.Seat && d.Scope == in.Scope && d.EndedAt.IsZero() && d.Starts.Before(ends) && starts.Before(d.Ends) {
			if d.Starts.Equal(starts) && d.Ends.Equal(ends) {
				return nil
			}
			return refuse("They stand in for this seat in that time already; end that delegation first.")
		}
	}
	return e.record(by.Person, at, ev)
}

// checkDelegation cleans what the holder typed.
func (e *Entitlements) checkDelegation(in NewDelegation, at time.Time) (SeatDelegated, error) {
	t := Right{Seat: in.Seat, Scope: in.Scope}
	var c input
	if why := t.Valid(); why != "" {
		c.problems.Add("seat", why)
	} else if e.find(t, FromAdmin) < 0 && e.find(t, FromGroup) < 0 {
		c.problems.Add("seat", "is not one that you hold yourself")
	}
	switch {
	case in.To == 0:
		c.problems.Add("to", "choose who stands in")
	case in.To == e.Person:
		c.problems.Add("to", "must be somebody else")
	case slices.Contains(e.Away, in.To):
		c.problems.Add("to", isAway)
	}
	today := Today(at)
	starts := c.date("starts", in.Starts)
	if starts.IsZero() {
		starts = today
	} else if starts.Before(today.AddDate(0, 0, -1)) { // yesterday is today west of here
		c.problems.Add("starts", "lies in the past")
	}
	last := c.day("ends", in.Ends, "give the last day on which they stand in")
	switch {
	case last.IsZero():
	case last.Before(starts) || last.Before(today):
		c.problems.Add("ends", "lies before the first day, or in the past")
	case last.After(starts.AddDate(0, 0, maxDelegation)):
		c.problems.Add("ends", "lies more than 90 days after the first day; a longer absence needs another holder of the seat")
	}
	reason := c.text("reason", in.Reason, MaxReason)
	return SeatDelegated{
		Person: e.Person, No: len(e.Delegated) + 1, To: in.To, Seat: in.Seat, Scope: in.Scope,
		Starts: FormatDate(starts), Ends: FormatDate(last.AddDate(0, 0, 1)), Zone: zoneName(at), Reason: reason,
	}, c.problems.Err()
}

// EndDelegation ends a delegation before its date. Its holder does that, or
// an admin.
func (e *Entitlements) EndDelegation(by Actor, no int, at time.Time) error {
	if err := May(by, DelegateSeat, nil); err != nil {
		return err
	}
	if by.Person != e.Person && !by.HasRole(RoleAdmin) {
		return &Denied{DelegateSeat, "Only the holder of the seat or an admin ends a delegation."}
	}
	if no < 1 || no > len(e.Delegated) {
		return ErrNotFound
	}
	if d := &e.Delegated[no-1]; !d.EndedAt.IsZero() || !at.Before(d.Ends) {
		return nil
	}
	return e.record(by.Person, at, DelegationEnded{Person: e.Person, No: no})
}
