package review

import "time"

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
	Reopened   string // why an earlier answer did not settle it
}

// Answered reports whether the team has answered.
func (f *Finding) Answered() bool { return !f.AnsweredAt.IsZero() }

// AnswerFinding gives the team's answer to a finding. All findings must be
// answered before the next request.
func (r *Review) AnswerFinding(by Actor, sk StageKey, no int, answer string, at time.Time) error {
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
	if r.Project.Status == StatusStopped {
		return refuse("The project was stopped. Resume it before changing anything.")
	}
	f := s.Findings[no-1]
	if f.Answer == answer {
		return nil
	}
	if f.Answered() && s.OpenRound() != nil {
		return refuse("The answer is part of what is being signed; take the request back to change it.")
	}
	return r.record(by, at, FindingAnswered{Stage: sk, No: no, Answer: answer})
}

// AcceptFinding says that a reviewer is content with the answer to a finding.
func (r *Review) AcceptFinding(by Actor, sk StageKey, no int, at time.Time) error {
	f, err := r.findingToJudge(by, sk, no)
	if err != nil {
		return err
	}
	if !f.AcceptedAt.IsZero() {
		return nil
	}
	if !f.Answered() {
		return refuse("The team has not answered this finding yet.")
	}
	return r.record(by, at, FindingAccepted{Stage: sk, No: no})
}

// ReopenFinding says that the answer does not settle the finding: it blocks
// the next request again.
func (r *Review) ReopenFinding(by Actor, sk StageKey, no int, reason string, at time.Time) error {
	f, err := r.findingToJudge(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say what the answer leaves open")
	if err != nil {
		return err
	}
	if !f.Answered() {
		return nil
	}
	if !f.AcceptedAt.IsZero() {
		return refuse("The answer was accepted.")
	}
	return r.record(by, at, FindingReopened{Stage: sk, No: no, Reason: reason})
}

func (r *Review) findingToJudge(by Actor, sk StageKey, no int) (*Finding, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return nil, err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	if no < 1 || no > len(s.Findings) {
		return nil, ErrNotFound
	}
	if r.Project.Status == StatusStopped {
		return nil, refuse("The project was stopped. Resume it before changing anything.")
	}
	f := &s.Findings[no-1]
	if f.Answered() && by.Person == f.AnsweredBy {
		return nil, &Denied{SignGate, "You answered it yourself; somebody else has to say whether that settles it."}
	}
	return f, r.mayJudge(by, s, f.Round, f.By, f.AnsweredBy, "Only who raised the finding, or somebody else in that seat, decides whether the answer settles it.")
}
