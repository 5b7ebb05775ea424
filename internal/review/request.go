package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Request asks for sign-off of a stage. It is refused with [Blocked] while
// anything stands in the way. shown is the digest that the person saw; empty
// when the form carried none.
func (r *Review) Request(by Actor, sk plan.StageKey, shown Digest, reason string, at time.Time) error {
	if err := May(by, RequestGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if err := r.before(sk); err != nil {
		return err
	}
	if err := r.unneeded(s); err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if open := s.OpenRound(); open != nil && open.RequestedBy == by.Person && open.Digest == shown {
		return nil // the same form sent twice
	}
	switch s.Gate {
	case GateWaiting:
		return refuse("Sign-off was already requested; it waits for signatures.")
	case GatePassed, GateConditional:
		if r.passed(s, at) {
			return refuse("The gate has passed and nothing has changed since.")
		}
	}
	now := r.Digest(s)
	if shown != "" && shown != now {
		return &StaleDigest{Shown: shown, Current: now}
	}
	if bs := r.RequestBlockers(s, at); len(bs) > 0 {
		return &Blocked{bs}
	}
	early := r.EarlierOpen(s, at)
	if len(early) > 0 && r.Plan.Order == plan.OrderAdvisory && reason == "" {
		return invalid("reason", "an earlier gate has not passed; say why this one goes first")
	}
	return r.record(by, at, SignOffRequested{
		Stage: sk, Round: len(s.Rounds) + 1, Format: FormatStage, Digest: r.opening(s, FormatStage), Policy: s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile),
		SoD: r.Plan.SoD, Early: early, Reason: reason, Exclusion: exclusion(r.Plan),
	})
}

// Withdraw takes a request back.
func (r *Review) Withdraw(by Actor, sk plan.StageKey, reason string, at time.Time) error {
	if err := May(by, RequestGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why the request is taken back")
	if err := c.problems.Err(); err != nil {
		return err
	}
	round := s.OpenRound()
	if round == nil {
		if last := s.LastRound(); last != nil && last.Outcome == OutcomeWithdrawn && last.ClosedBy == by.Person && last.Why == reason {
			return nil // the same form sent twice
		}
		return refuse("No request is waiting for sign-off.")
	}
	return r.record(by, at, RoundClosed{Stage: sk, Round: round.No, Outcome: OutcomeWithdrawn, Digest: r.Digest(s), Reason: reason})
}
