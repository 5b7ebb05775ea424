package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Finding is something that a reviewer wants answered.
type Finding struct {
	No         int // within the stage
	Round      int
	Text       string
	By         PersonID
	At         time.Time
	Answer     string
	AnsweredBy PersonID
	AnsweredAt time.Time
	AcceptedBy PersonID
	AcceptedAt time.Time
	// AcceptedFor holds the seat, when a stand-in accepted; 0: who did.
	AcceptedFor PersonID
	Reopened    string // why an earlier answer did not settle it
}

// Answered reports whether the team has answered.
func (f *Finding) Answered() bool { return !f.AnsweredAt.IsZero() }

// Unanswered reports whether a finding of the stage waits for the team's answer.
func (s *Stage) Unanswered() bool { return s.OpenFindings() > 0 }

// OpenFindings is how many findings of the stage wait for the team's answer.
func (s *Stage) OpenFindings() int {
	n := 0
	for i := range s.Findings {
		if !s.Findings[i].Answered() {
			n++
		}
	}
	return n
}

// AnswerFinding gives the team's answer to a finding. All findings must be
// answered before the next request. shown is the [Finding.Digest] of what the
// actor read.
func (r *Review) AnswerFinding(by Actor, sk plan.StageKey, no int, shown Digest, answer string, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if no < 1 || no > len(s.Findings) {
		return ErrNotFound
	}
	var c input
	answer = c.text("answer", answer, MaxReason)
	c.require("answer", answer, "say what was done about it, or why nothing has to be")
	if err := c.problems.Err(); err != nil {
		return err
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	f := s.Findings[no-1]
	if f.Answer == answer {
		return nil // the same form sent twice
	}
	if err := unchanged("finding", shown, f.Digest()); err != nil {
		return err
	}
	if f.Answered() && s.OpenRound() != nil {
		return refuse("The answer is part of what is being signed; take the request back to change it.")
	}
	return r.record(by, at, FindingAnswered{Stage: sk, No: no, Answer: answer})
}

// AcceptFinding says that a reviewer is content with the answer to a finding.
// Whoever sits in the seat that raised it does that. shown is the
// [Finding.Digest] of what they read.
func (r *Review) AcceptFinding(by Actor, sk plan.StageKey, no int, shown Digest, at time.Time) error {
	f, held, err := r.findingToJudge(by, sk, no)
	if err != nil {
		return err
	}
	if !f.AcceptedAt.IsZero() {
		return nil
	}
	if err := unchanged("finding", shown, f.Digest()); err != nil {
		return err
	}
	if !f.Answered() {
		return refuse("The team has not answered this finding yet.")
	}
	return r.record(by, at, FindingAccepted{Stage: sk, No: no, For: held.For})
}

// ReopenFinding says that the answer does not settle the finding: it blocks
// the next request again. shown is the [Finding.Digest] of what the actor read.
func (r *Review) ReopenFinding(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	f, held, err := r.findingToJudge(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say what the answer leaves open")
	if err != nil {
		return err
	}
	if !f.Answered() && f.Reopened == reason {
		return nil // the same form sent twice
	}
	if err := unchanged("finding", shown, f.Digest()); err != nil {
		return err
	}
	if !f.Answered() {
		return refuse("The team has not answered this finding yet; it is open as it is.")
	}
	if !f.AcceptedAt.IsZero() {
		return refuse("The answer was accepted.")
	}
	return r.record(by, at, FindingReopened{Stage: sk, No: no, Reason: reason, For: held.For})
}

// findingToJudge finds a finding, and the seat in which the actor decides on
// its answer.
func (r *Review) findingToJudge(by Actor, sk plan.StageKey, no int) (*Finding, SeatHeld, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return nil, SeatHeld{}, err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return nil, SeatHeld{}, err
	}
	if no < 1 || no > len(s.Findings) {
		return nil, SeatHeld{}, ErrNotFound
	}
	if err := r.Project.stopped(); err != nil {
		return nil, SeatHeld{}, err
	}
	f := &s.Findings[no-1]
	if f.Answered() && by.Person == f.AnsweredBy {
		return nil, SeatHeld{}, &Denied{SignGate, "You answered it yourself; somebody else has to say whether that settles it."}
	}
	ro, seat := &s.Rounds[f.Round-1], s.raisedIn(f)
	held, err := r.judge(
		by, s, ro, seat, "Only a holder of the "+seat.Label()+" seat decides whether the answer settles this finding.", f.AnsweredBy,
	)
	return f, held, err
}
