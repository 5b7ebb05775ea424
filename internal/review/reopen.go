package review

import (
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Reopening takes a pass back on purpose. The round and its signatures stay
// readable; they no longer count.
type Reopening struct {
	By         PersonID
	Authorised PersonID // who authorised it, where that is somebody else
	At         time.Time
	Reason     string
	Impact     string // what it is expected to mean for the project
}

// NewReopening is what somebody says who reopens a gate. Round is the one that
// they were shown: a page from before a later round reopens nothing.
type NewReopening struct {
	Round          int
	Reason, Impact string
	Authorised     PersonID // 0: whoever reopens
}

// reopened reports whether somebody took the pass back that the round ended in.
func (ro *Round) reopened() bool { return !ro.Reopened.At.IsZero() }

// inForce reports whether the gate passed with the round, and its signatures
// have neither been put out of date nor been taken back since.
func (ro *Round) inForce() bool {
	return ro != nil && ro.Outcome.Passes() && ro.ChangedAt.IsZero() && !ro.reopened()
}

// Reopen takes the pass of a gate back, though nothing that was signed has
// changed: somebody has learned what the signers did not know. The gate asks for
// another round then.
func (r *Review) Reopen(by Actor, sk plan.StageKey, in NewReopening, at time.Time) error {
	if err := May(by, ReopenGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if in.Round < 1 || in.Round > len(s.Rounds) {
		return ErrNotFound
	}
	ro := &s.Rounds[in.Round-1]
	if err := r.mayReopen(by, ro); err != nil {
		return err
	}
	in, err = r.checkReopening(by, ro, in)
	if err != nil {
		return err
	}
	if ro.Reopened.By == by.Person && ro.Reopened.Reason == in.Reason && ro.reopened() {
		return nil // the same form sent twice
	}
	if err := r.canReopen(s, ro, at); err != nil {
		return err
	}
	return r.record(by, at, GateReopened{Stage: sk, Round: ro.No, Reason: in.Reason, Impact: in.Impact, Authorised: in.Authorised})
}

// MayReopen reports whether the actor can reopen the gate now.
func (r *Review) MayReopen(by Actor, s *Stage, at time.Time) bool {
	ro := s.LastRound()
	return ro != nil && May(by, ReopenGate, &r.Project) == nil && r.mayReopen(by, ro) == nil && r.canReopen(s, ro, at) == nil
}

// mayReopen refuses who only holds seats that had no say in the round.
func (r *Review) mayReopen(by Actor, ro *Round) error {
	if by.HasRole(RoleManager) || slices.Contains([]Duty{DutyOwner, DutyDeputy}, r.Project.Duty(by.Person)) {
		return nil
	}
	if _, sits := by.sitting(ro.Policy.Seats, r.Project.ID, func(SeatHeld) bool { return true }); sits {
		return nil
	}
	return &Denied{ReopenGate, "Only the project's owner and deputy, managers, and holders of a seat at this gate reopen it: " + seatList(ro.Policy.Seats) + "."}
}

func (r *Review) checkReopening(by Actor, ro *Round, in NewReopening) (NewReopening, error) {
	var c input
	in.Reason, in.Impact = c.text("reason", in.Reason, MaxReason), c.text("impact", in.Impact, MaxReason)
	c.require("reason", in.Reason, "say why the gate has to be decided again")
	c.require("impact", in.Impact, "say what it is expected to mean: what waits, what goes on, for how long")
	switch who := r.Named[in.Authorised]; {
	case in.Authorised == by.Person:
		in.Authorised = 0
	case in.Authorised == 0:
	case r.away(in.Authorised):
		c.problems.Add("authorised", isAway)
	default:
		who.Person = in.Authorised
		if May(who, ReopenGate, &r.Project) != nil || r.mayReopen(who, ro) != nil {
			c.problems.Add("authorised", "could not reopen this gate, so cannot authorise it; choose the owner, the deputy, a manager or a holder of one of its seats")
		}
	}
	return in, c.problems.Err()
}

// canReopen refuses a gate that does not stand as passed by the round.
func (r *Review) canReopen(s *Stage, ro *Round, at time.Time) error {
	if err := r.unneeded(s); err != nil {
		return err
	}
	last := s.LastRound()
	switch {
	case r.Project.Status != StatusActive:
		return refuse("The project is %s; resume it first.", r.Project.Status)
	case ro.No != last.No:
		return refuse("Round %d has been opened since the page was shown; decide on what the gate says now.", last.No)
	case ro.reopened():
		return refuse("The gate has been reopened already; request sign-off again.")
	case ro.Outcome == OutcomeOpen:
		return refuse("The gate has not passed: sign-off is under way. Withdraw the request instead.")
	case !r.passed(s, at):
		return refuse("The gate does not stand as passed (%s), so there is nothing to reopen.", strings.ToLower(r.Standing(s, at).Label()))
	}
	return nil
}
