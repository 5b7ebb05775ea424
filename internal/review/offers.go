package review

import "github.com/slipway-prr/slipway/internal/plan"

// The questions in this file say whether a command would be heard, without
// giving it: pages offer only what the commands then accept.

// Mandate is how the actor would sign go in a seat of the open round: in their
// own right, or for whom. The error says why they may not.
func (r *Review) Mandate(by Actor, s *Stage, seat plan.Seat) (SeatHeld, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return SeatHeld{}, err
	}
	round := s.OpenRound()
	if round == nil {
		return SeatHeld{}, refuse("No request is waiting for sign-off here.")
	}
	return r.mandate(by, s, round, NewSignOff{Seat: seat, Decision: Go})
}

// MayJudgeCondition reports whether the actor decides on what was done about a
// condition.
func (r *Review) MayJudgeCondition(by Actor, sk plan.StageKey, no int) bool {
	c, _, err := r.conditionToJudge(by, sk, no)
	return err == nil && !c.Closed() && !c.MetAt.IsZero()
}

// MayReleaseCondition reports whether the actor can take a condition back.
func (r *Review) MayReleaseCondition(by Actor, sk plan.StageKey, no int) bool {
	c, _, err := r.conditionToRelease(by, sk, no)
	return err == nil && !c.Closed() && r.Stage(sk).Binds(c)
}

// MayJudgeFinding reports whether the actor decides on the answer to a finding.
func (r *Review) MayJudgeFinding(by Actor, sk plan.StageKey, no int) bool {
	f, _, err := r.findingToJudge(by, sk, no)
	return err == nil && f.Answered() && f.AcceptedAt.IsZero()
}

// MayLookBack reports whether the actor can close the review of a round that
// ended by break-glass.
func (r *Review) MayLookBack(by Actor, s *Stage, ro *Round) bool {
	if !ro.toLookBack() || May(by, CloseRetrospective, &r.Project) != nil {
		return false
	}
	_, err := r.mayLookBack(by, s, ro)
	return err == nil
}
