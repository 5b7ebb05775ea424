package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"strings"
	"time"
)

// Condition is a follow-up of a conditional go. It means nothing for a round
// that did not pass. Once the gate has passed on it, it is asked for until it is
// confirmed or taken back, whatever rounds and reviews follow.
type Condition struct {
	No           int // within the stage
	Round        int // in which it was set
	Review       int // whose round that was, when it was carried over from there; 0: this one
	Text         string
	Owner        PersonID
	Due          time.Time // date: the last day on which it is in time
	By           PersonID
	Seat         plan.Seat // in which it was set
	At           time.Time
	Note         string // what the owner says was done
	MetBy        PersonID
	MetAt        time.Time
	ConfirmedBy  PersonID
	ConfirmedFor PersonID // who holds the seat, when a stand-in confirmed; 0: who did
	ConfirmedAt  time.Time
	Reopened     string    // why the signer was not content the last time
	DroppedAt    time.Time // when its setter signed anew, which replaced it, or when it was taken back
	DroppedBy    PersonID  // who took it back; 0: nobody, it was replaced
	DroppedFor   PersonID
	DroppedWhy   string
	Former       []PersonID `json:",omitempty"` // who owned it before, in that order
}

// Closed reports whether it is no longer asked for: it was confirmed, replaced or
// taken back.
func (c *Condition) Closed() bool { return !c.ConfirmedAt.IsZero() || !c.DroppedAt.IsZero() }

// Overdue reports whether the condition is still open after its last day.
func (c *Condition) Overdue(at time.Time) bool { return !c.Closed() && Over(c.Due, at) }

// NewCondition is what a signer types.
type NewCondition struct {
	Text  string
	Owner PersonID
	Due   string
}

// maxConditions is the most conditions that one signature sets.
const maxConditions = 20

// conditions cleans the conditions of a conditional go. A problem of the second
// condition's text is one of the field conditions-2; of its owner or day, of
// conditions-2-owner or conditions-2-due.
func (r *Review) conditions(c *input, in []NewCondition, at time.Time) []ConditionSet {
	var out []ConditionSet
	for i, n := range in {
		field := fmt.Sprintf("conditions-%d", i+1)
		text := c.text(field, n.Text, MaxReason)
		if text == "" && n.Owner == 0 && n.Due == "" {
			continue
		}
		c.require(field, text, "say what has to be done")
		if n.Owner == 0 {
			c.problems.Add(field+"-owner", "choose who has to do it")
		} else if r.away(n.Owner) {
			c.problems.Add(field+"-owner", isAway)
		} else if !r.CanFollow(n.Owner) {
			c.problems.Add(field+"-owner", cannotFollow)
		}
		due := c.day(field+"-due", n.Due, "give the day by which it has to be done")
		if !due.IsZero() && due.Before(Today(at)) {
			c.problems.Add(field+"-due", "lies in the past")
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

// GateConditions are those of the newest pass of the gate and those that were
// carried over from an earlier review, closed ones included, and what is still
// open of earlier rounds.
func (s *Stage) GateConditions() []Condition {
	last := s.lastPassed()
	return s.binding(func(c *Condition) bool {
		return !c.Closed() || c.Review != 0 || last != nil && c.Round == last.No
	})
}

// OpenConditions are those on which the gate passed, in whatever round or
// review, and which are still to be closed.
func (s *Stage) OpenConditions() []Condition {
	return s.binding(func(c *Condition) bool { return !c.Closed() })
}

// binding are the conditions on which the gate passed once and that fit.
func (s *Stage) binding(fits func(*Condition) bool) []Condition {
	var out []Condition
	for i := range s.Conditions {
		if c := &s.Conditions[i]; s.Binds(c) && fits(c) {
			out = append(out, *c)
		}
	}
	return out
}

// Binds reports whether the gate passed on a condition that was neither
// replaced nor taken back: one that was carried over, or one of a signature on
// the content with which its round passed.
func (s *Stage) Binds(c *Condition) bool {
	if !c.DroppedAt.IsZero() {
		return false
	}
	if c.Review != 0 {
		return true
	}
	ro := &s.Rounds[c.Round-1]
	so := ro.newest(c.By)
	return ro.Outcome == OutcomeConditional && so != nil && so.Digest == ro.Closing
}

// asked reports whether a person's standing conditions in a round are these.
func (s *Stage) asked(ro *Round, p PersonID, want []ConditionSet) bool {
	var have []ConditionSet
	for _, c := range s.Conditions {
		if c.Review == 0 && c.Round == ro.No && c.By == p && c.DroppedAt.IsZero() {
			have = append(have, ConditionSet{Text: c.Text, Owner: c.Owner, Due: FormatDate(c.Due)})
		}
	}
	return slices.Equal(have, want)
}

// condition finds a condition that is asked for: by an open round, or because
// the gate passed on it.
func (r *Review) condition(sk plan.StageKey, no int) (*Stage, *Condition, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	if no < 1 || no > len(s.Conditions) {
		return nil, nil, ErrNotFound
	}
	if err := r.Project.stopped(); err != nil {
		return nil, nil, err
	}
	c := &s.Conditions[no-1]
	switch {
	case c.DroppedBy != 0:
		return nil, nil, refuse("This condition was taken back.")
	case !c.DroppedAt.IsZero():
		return nil, nil, refuse("This condition was replaced when its signer signed anew.")
	case !s.Binds(c) && s.Rounds[c.Round-1].Outcome != OutcomeOpen:
		return nil, nil, refuse("The gate did not pass on this condition; nothing has to be done about it.")
	}
	return s, c, nil
}

// MeetCondition reports that a condition is met. Its owner does that, or the
// project's owner or deputy. shown is the [Condition.Digest] of what they read.
func (r *Review) MeetCondition(by Actor, sk plan.StageKey, no int, shown Digest, note string, at time.Time) error {
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
		return nil // the same form sent twice
	}
	if err := unchanged("condition", shown, c.Digest()); err != nil {
		return err
	}
	return r.record(by, at, ConditionMet{Stage: sk, No: no, Note: note})
}

// ConfirmCondition closes a condition that was reported as met. Whoever sits in
// the setter's seat now does that. shown is the [Condition.Digest] of what they
// read.
func (r *Review) ConfirmCondition(by Actor, sk plan.StageKey, no int, shown Digest, at time.Time) error {
	c, held, err := r.conditionToJudge(by, sk, no)
	if err != nil {
		return err
	}
	if c.Closed() {
		return nil
	}
	if err := unchanged("condition", shown, c.Digest()); err != nil {
		return err
	}
	if c.MetAt.IsZero() {
		return refuse("The condition's owner has not reported it as met yet.")
	}
	return r.record(by, at, ConditionConfirmed{Stage: sk, No: no, For: held.For})
}

// ReopenCondition says that what was done does not meet the condition. shown is
// the [Condition.Digest] of what the actor read.
func (r *Review) ReopenCondition(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	c, held, err := r.conditionToJudge(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say what is still missing")
	if err != nil {
		return err
	}
	if c.MetAt.IsZero() && c.Reopened == reason {
		return nil // the same form sent twice
	}
	if err := unchanged("condition", shown, c.Digest()); err != nil {
		return err
	}
	if c.MetAt.IsZero() {
		return refuse("The condition's owner has not reported it as met yet; it is open as it is.")
	}
	if c.Closed() {
		return refuse("The condition is closed.")
	}
	return r.record(by, at, ConditionReopened{Stage: sk, No: no, Reason: reason, For: held.For})
}

// ReleaseCondition takes back a condition on which the gate passed: it is no
// longer asked for, such as when a later round set another in its place. Whoever
// holds the setter's seat now does that, but nobody who has to meet it. shown is
// the [Condition.Digest] of what they read.
func (r *Review) ReleaseCondition(by Actor, sk plan.StageKey, no int, shown Digest, reason string, at time.Time) error {
	if r.released(by, sk, no, reason) {
		return nil // the same form sent twice
	}
	c, held, err := r.conditionToRelease(by, sk, no)
	if err != nil {
		return err
	}
	reason, err = needReason(reason, "say why it is no longer asked for, and what takes its place")
	if err != nil {
		return err
	}
	if err := unchanged("condition", shown, c.Digest()); err != nil {
		return err
	}
	if c.Closed() {
		return refuse("The condition is closed.")
	}
	if !r.Stage(sk).Binds(c) {
		return refuse("The round that asks for this condition is still open; sign it anew to replace what you ask for.")
	}
	return r.record(by, at, ConditionReleased{Stage: sk, No: no, Reason: reason, For: held.For})
}

// released reports whether somebody who may decide on conditions has taken this
// one back already, with the same words.
func (r *Review) released(by Actor, sk plan.StageKey, no int, reason string) bool {
	s := r.Stage(sk)
	if May(by, SignGate, &r.Project) != nil || s == nil || no < 1 || no > len(s.Conditions) {
		return false
	}
	c := &s.Conditions[no-1]
	return c.DroppedBy != 0 && c.DroppedBy == by.Person && c.DroppedWhy == strings.TrimSpace(reason)
}

// conditionToJudge finds a condition, and the seat in which the actor decides
// whether it is met.
func (r *Review) conditionToJudge(by Actor, sk plan.StageKey, no int) (*Condition, SeatHeld, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return nil, SeatHeld{}, err
	}
	s, c, err := r.condition(sk, no)
	if err != nil {
		return nil, SeatHeld{}, err
	}
	if by.Person == c.MetBy {
		return nil, SeatHeld{}, &Denied{SignGate, "You reported it as met yourself; somebody else has to confirm it."}
	}
	held, err := r.judgeCondition(by, s, c, c.MetBy)
	return c, held, err
}

// conditionToRelease finds a condition, and the seat in which the actor takes it
// back.
func (r *Review) conditionToRelease(by Actor, sk plan.StageKey, no int) (*Condition, SeatHeld, error) {
	if err := May(by, SignGate, &r.Project); err != nil {
		return nil, SeatHeld{}, err
	}
	s, c, err := r.condition(sk, no)
	if err != nil {
		return nil, SeatHeld{}, err
	}
	if c.Had(by.Person) || by.Person == c.MetBy {
		return nil, SeatHeld{}, &Denied{
			SignGate, "You were given this condition or reported it as met yourself; somebody else has to take it back.",
		}
	}
	held, err := r.judgeCondition(by, s, c, append([]PersonID{c.Owner, c.MetBy}, c.Former...)...)
	return c, held, err
}

// judgeCondition finds the seat in which the actor decides on a condition, not in
// the place of the doers.
func (r *Review) judgeCondition(by Actor, s *Stage, c *Condition, doers ...PersonID) (SeatHeld, error) {
	// From the round of a condition that was carried over nobody here stepped back.
	ro := &Round{SoD: r.Plan.SoD, Exclusion: exclusion(r.Plan)}
	if c.Review == 0 {
		ro = &s.Rounds[c.Round-1]
	}
	return r.judge(by, s, ro, c.Seat, "Only a holder of the "+c.Seat.Label()+" seat decides on this condition.", doers...)
}
