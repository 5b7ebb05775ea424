package review

import (
	"fmt"
	"slices"
	"time"
)

// Condition is a follow-up of a conditional go. It belongs to the round that
// it was set in, and means nothing for a round that did not pass.
type Condition struct {
	No          int // within the stage
	Round       int
	Text        string
	Owner       PersonID
	Due         time.Time // date: the last day on which it is in time
	By          PersonID
	At          time.Time
	Note        string // what the owner says was done
	MetBy       PersonID
	MetAt       time.Time
	ConfirmedBy PersonID
	ConfirmedAt time.Time
	Reopened    string    // why the signer was not content the last time
	DroppedAt   time.Time // when its setter signed anew, which replaced it
}

// Closed reports whether the signer has confirmed it, or took it back.
func (c *Condition) Closed() bool { return !c.ConfirmedAt.IsZero() || !c.DroppedAt.IsZero() }

// Deadline is the first moment at which an open condition is overdue.
func (c *Condition) Deadline() time.Time { return c.Due.AddDate(0, 0, 1) }

// Overdue reports whether the condition is still open after its last day.
func (c *Condition) Overdue(at time.Time) bool { return !c.Closed() && !at.Before(c.Deadline()) }

// NewCondition is what a signer types.
type NewCondition struct {
	Text  string
	Owner PersonID
	Due   string
}

// maxConditions is the most conditions that one signature sets.
const maxConditions = 20

// conditions cleans the conditions of a conditional go.
func (c *input) conditions(in []NewCondition, at time.Time) []ConditionSet {
	var out []ConditionSet
	for i, n := range in {
		field := fmt.Sprintf("conditions-%d", i+1)
		text := c.text(field, n.Text, MaxReason)
		if text == "" && n.Owner == 0 && n.Due == "" {
			continue
		}
		c.require(field, text, "say what has to be done")
		if n.Owner == 0 {
			c.problems.Add(field, "choose who has to do it")
		}
		due := c.day(field, n.Due, "give the day by which it has to be done")
		if !due.IsZero() && due.Before(startOfDay(at)) {
			c.problems.Add(field, "is due in the past")
		}
		out = append(out, ConditionSet{Text: text, Owner: n.Owner, Due: FormatDate(due)})
	}
	if len(out) == 0 {
		c.problems.Add("conditions-1", "a conditional go needs at least one condition with an owner and a date")
	}
	if len(out) > maxConditions {
		c.problems.Add("conditions-1", "at most 20 conditions fit one signature; put the small ones together")
	}
	return out
}

// GateConditions are those on which the newest round passed, closed ones
// included.
func (s *Stage) GateConditions() []Condition { return s.conditionsOf(s.LastRound()) }

// conditionsOf are the conditions on which a round passed, closed ones
// included: those of signatures on the content with which it passed.
func (s *Stage) conditionsOf(ro *Round) []Condition {
	if ro == nil || ro.Outcome != OutcomeConditional {
		return nil
	}
	var out []Condition
	for _, c := range s.Conditions {
		if c.Round != ro.No || !c.DroppedAt.IsZero() {
			continue
		}
		if so := ro.newest(c.By); so != nil && so.Digest == ro.Closing {
			out = append(out, c)
		}
	}
	return out
}

// asked reports whether a person's standing conditions in a round are these.
func (s *Stage) asked(ro *Round, p PersonID, want []ConditionSet) bool {
	var have []ConditionSet
	for _, c := range s.Conditions {
		if c.Round == ro.No && c.By == p && c.DroppedAt.IsZero() {
			have = append(have, ConditionSet{Text: c.Text, Owner: c.Owner, Due: FormatDate(c.Due)})
		}
	}
	return slices.Equal(have, want)
}

// condition finds a condition that is asked for: by an open round, or by one
// that passed on it.
func (r *Review) condition(sk StageKey, no int) (*Stage, *Condition, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	if no < 1 || no > len(s.Conditions) {
		return nil, nil, ErrNotFound
	}
	if r.Project.Status == StatusStopped {
		return nil, nil, refuse("The project was stopped. Resume it before changing anything.")
	}
	c := &s.Conditions[no-1]
	if !c.DroppedAt.IsZero() {
		return nil, nil, refuse("This condition was replaced when its signer signed anew.")
	}
	ro := &s.Rounds[c.Round-1]
	if ro.Outcome != OutcomeOpen && !slices.ContainsFunc(s.conditionsOf(ro), func(o Condition) bool { return o.No == no }) {
		return nil, nil, refuse("The gate did not pass on this condition; nothing has to be done about it.")
	}
	return s, c, nil
}

// MeetCondition reports that a condition is met. Its owner does that, or the
// project's owner or deputy.
func (r *Review) MeetCondition(by Actor, sk StageKey, no int, note string, at time.Time) error {
	if err := May(by, CloseCondition, &r.Project); err != nil {
		return err
	}
	_, c, err := r.condition(sk, no)
	if err != nil {
		return err
	}
	if d := r.Project.Duty(by.Person); by.Person != c.Owner && d != DutyOwner && d != DutyDeputy {
		return &Denied{CloseCondition, "Only the condition's owner, or the project's owner or deputy, reports it as met."}
	}
	var in input
	note = in.text("note", note, MaxReason)
	in.require("note", note, "say what was done, or where it can be seen")
	if err := in.problems.Err(); err != nil {
		return err
	}
	if c.Closed() || (!c.MetAt.IsZero() && c.Note == note) {
		return nil
	}
	return r.record(by, at, ConditionMet{Stage: sk, No: no, Note: note})
}

// ConfirmCondition closes a condition that was reported as met. Its setter
// does that, or somebody else in the setter's seat.
func (r *Review) ConfirmCondition(by Actor, sk StageKey, no int, at time.Time) error {
	c, err := r.conditionToJudge(by, sk, no)
	if err != nil {
		return err
	}
	if c.Closed() {
		return nil
	}
	if c.MetAt.IsZero() {
		return refuse("The condition's owner has not reported it as met yet.")
	}
	return r.record(by, at, ConditionConfirmed{Stage: sk, No: no})
}

// ReopenCondition says that what was done does not meet the condition.
func (r *Review) ReopenCondition(by Actor, sk StageKey, no int, reason string, at time.Time) error {
	c, err := r.conditionToJudge(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say what is still missing")
	if err != nil {
		return err
	}
	if c.MetAt.IsZero() {
		return nil
	}
	if c.Closed() {
		return refuse("The condition is closed.")
	}
	return r.record(by, at, ConditionReopened{Stage: sk, No: no, Reason: reason})
}

func (r *Review) conditionToJudge(by Actor, sk StageKey, no int) (*Condition, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return nil, err
	}
	s, c, err := r.condition(sk, no)
	if err != nil {
		return nil, err
	}
	if by.Person == c.MetBy {
		return nil, &Denied{SignGate, "You reported it as met yourself; somebody else has to confirm it."}
	}
	return c, r.mayJudge(by, s, c.Round, c.By, c.MetBy, "Only who set the condition, or somebody else in that seat, decides whether it is met.")
}
