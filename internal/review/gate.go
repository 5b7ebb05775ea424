package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Decision is what a signer says.
type Decision string

const (
	Go          Decision = "go"
	Conditional Decision = "conditional" // go, with conditions
	Return      Decision = "return"
	Recuse      Decision = "recuse" // the signer steps back from this round
)

// Goes reports whether the decision counts towards the quorum.
func (d Decision) Goes() bool { return d == Go || d == Conditional }

// Outcome is how a round ended.
type Outcome string

const (
	OutcomeOpen      Outcome = "" // not ended
	OutcomePassed    Outcome = "passed"
	OutcomeReturned  Outcome = "returned"
	OutcomeWithdrawn Outcome = "withdrawn"
	OutcomeOnHold    Outcome = "on hold"
	OutcomeStopped   Outcome = "stopped"
	// OutcomeConditional is passed with conditions.
	OutcomeConditional Outcome = "passed with conditions"
	// OutcomeForced is passed by break-glass.
	OutcomeForced Outcome = "break-glass"
)

// Passes reports whether the gate passed with this outcome.
func (o Outcome) Passes() bool {
	return o == OutcomePassed || o == OutcomeConditional || o == OutcomeForced
}

// GateState is how a gate stands. The numbers are stored.
type GateState int16

const (
	GateBlocked  GateState = 0 // something stops a request
	GateReady    GateState = 1 // sign-off can be requested
	GateWaiting  GateState = 2 // a round is open
	GatePassed   GateState = 3
	GateChanged  GateState = 4 // passed, but the content changed since
	GateReturned GateState = 5 // sent back; findings to be answered
	GateLapsed   GateState = 6 // passed, but evidence or a waiver that it rests on has run out
	// GateConditional has passed with conditions that are still open.
	GateConditional GateState = 7
	// GateOverdue has passed with a condition whose date has gone by.
	GateOverdue GateState = 8
	// GateBreakGlass has passed by break-glass.
	GateBreakGlass GateState = 9
	// GateOpenAgain had passed, and somebody took that back on purpose.
	GateOpenAgain GateState = 10
	// GateNotNeeded is not asked for at the project's exposure: the project goes on
	// without it.
	GateNotNeeded GateState = 11
)

// Lapse is the state of a gate that stood like this, once evidence or a waiver
// that it rests on has run out.
func (g GateState) Lapse() GateState {
	switch g {
	case GatePassed, GateConditional, GateOverdue:
		return GateLapsed
	case GateReady:
		return GateBlocked
	}
	return g
}

// Passed reports whether a gate in this state lets the project go on.
func (g GateState) Passed() bool {
	return g == GatePassed || g == GateConditional || g == GateBreakGlass || g == GateNotNeeded
}

// Label is the state's name on pages.
func (g GateState) Label() string {
	switch g {
	case GateReady:
		return "Ready to request"
	case GateWaiting:
		return "Waiting for sign-off"
	case GatePassed:
		return "Passed"
	case GateChanged:
		return "Changed since sign-off"
	case GateReturned:
		return "Returned"
	case GateLapsed:
		return "Lapsed"
	case GateConditional:
		return "Passed with conditions"
	case GateOverdue:
		return "Condition overdue"
	case GateBreakGlass:
		return "Passed by break-glass"
	case GateOpenAgain:
		return "Reopened"
	case GateNotNeeded:
		return "Not needed"
	}
	return "Not ready"
}

// Round runs from the request for sign-off to its outcome. It keeps its
// sign-offs for good.
type Round struct {
	No          int
	RequestedBy PersonID
	RequestedAt time.Time
	Reason      string
	Early       []string // earlier stages that had not passed
	Digest      Digest   // of the content when it was requested
	Policy      plan.Policy
	SoD         bool
	Exclusion   Exclusion
	Format      Format // of the content that its digests are taken over
	SignOffs    []SignOff
	Outcome     Outcome
	ClosedBy    PersonID
	ClosedAt    time.Time
	Closing     Digest    // of the content when it ended
	Why         string    // reason for the outcome, where one is asked for
	ChangedAt   time.Time // first change to the content after the gate passed
	ReviewDue   time.Time // of a forced gate: the last day for its review
	ReviewedBy  PersonID
	ReviewedAt  time.Time
	ReviewedFor PersonID // who holds the seat, when a stand-in reviewed
	ReviewNote  string
	Reopened    Reopening      // of a gate that had passed
	Records     []SignedRecord // on which it decided, once the gate has passed with it
}

// LastRound is the newest round; nil before the first.
func (s *Stage) LastRound() *Round {
	if len(s.Rounds) == 0 {
		return nil
	}
	return &s.Rounds[len(s.Rounds)-1]
}

// OpenRound is the round that waits for sign-offs; nil when there is none.
func (s *Stage) OpenRound() *Round {
	if r := s.LastRound(); r != nil && r.Outcome == OutcomeOpen {
		return r
	}
	return nil
}
