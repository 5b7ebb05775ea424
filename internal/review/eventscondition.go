package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// Events of a project's stream that concern conditions: the follow-ups of a conditional go.
type (
	// ConditionSet is a follow-up of a conditional go.
	ConditionSet struct {
		Stage plan.StageKey `json:"stage"`
		Round int           `json:"round"`
		No    int           `json:"no"`
		Text  string        `json:"text"`
		Owner PersonID      `json:"owner"`
		Due   string        `json:"due"`
	}
	// ConditionHandedOn gives a condition to another owner.
	ConditionHandedOn struct {
		Stage  plan.StageKey `json:"stage"`
		No     int           `json:"no"`
		From   PersonID      `json:"from"`
		Owner  PersonID      `json:"owner"`
		Reason string        `json:"reason,omitempty"`
	}
	// ConditionMet says that the condition's owner has done it.
	ConditionMet struct {
		Stage plan.StageKey `json:"stage"`
		No    int           `json:"no"`
		Note  string        `json:"note"`
	}
	// ConditionConfirmed closes a condition.
	ConditionConfirmed struct {
		Stage plan.StageKey `json:"stage"`
		No    int           `json:"no"`
		For   PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in judges
	}
	// ConditionReopened says that what was done does not meet the condition.
	ConditionReopened struct {
		Stage  plan.StageKey `json:"stage"`
		No     int           `json:"no"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"`
	}
	// ConditionReleased takes an open condition back: it is no longer asked for,
	// such as when another has taken its place.
	ConditionReleased struct {
		Stage  plan.StageKey `json:"stage"`
		No     int           `json:"no"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"`
	}
)

func (ConditionSet) Kind() string       { return "ConditionSet" }
func (ConditionHandedOn) Kind() string  { return "ConditionHandedOn" }
func (ConditionMet) Kind() string       { return "ConditionMet" }
func (ConditionConfirmed) Kind() string { return "ConditionConfirmed" }
func (ConditionReopened) Kind() string  { return "ConditionReopened" }
func (ConditionReleased) Kind() string  { return "ConditionReleased" }

func (e ConditionSet) Subject() (plan.StageKey, plan.ItemKey)       { return e.Stage, "" }
func (e ConditionHandedOn) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, "" }
func (e ConditionMet) Subject() (plan.StageKey, plan.ItemKey)       { return e.Stage, "" }
func (e ConditionConfirmed) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }
func (e ConditionReopened) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, "" }
func (e ConditionReleased) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, "" }

func (e ConditionSet) People() []PersonID       { return []PersonID{e.Owner} }
func (e ConditionHandedOn) People() []PersonID  { return []PersonID{e.From, e.Owner} }
func (ConditionMet) People() []PersonID         { return nil }
func (e ConditionConfirmed) People() []PersonID { return []PersonID{e.For} }
func (e ConditionReopened) People() []PersonID  { return []PersonID{e.For} }
func (e ConditionReleased) People() []PersonID  { return []PersonID{e.For} }

func (e ConditionSet) fold(r *Review, en Entry) error {
	s, round, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	if e.No != len(s.Conditions)+1 {
		return fmt.Errorf("condition %d follows %d", e.No, len(s.Conditions))
	}
	c := Condition{No: e.No, Round: e.Round, Text: e.Text, Owner: e.Owner, Due: parseDate(e.Due), By: en.Actor, At: en.At}
	if so := round.newest(en.Actor); so != nil {
		c.Seat = so.Seat
	}
	s.Conditions = append(s.Conditions, c)
	return nil
}

func (e ConditionHandedOn) fold(r *Review, _ Entry) error {
	c, err := r.conditionNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	c.Former, c.Owner = append(slices.Clone(c.Former), c.Owner), e.Owner
	return nil
}

func (e ConditionMet) fold(r *Review, en Entry) error {
	c, err := r.conditionNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	c.Note, c.MetBy, c.MetAt, c.Reopened = e.Note, en.Actor, en.At, ""
	return nil
}

func (e ConditionConfirmed) fold(r *Review, en Entry) error {
	c, err := r.conditionNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	c.ConfirmedBy, c.ConfirmedFor, c.ConfirmedAt = en.Actor, e.For, en.At
	return nil
}

func (e ConditionReopened) fold(r *Review, _ Entry) error {
	c, err := r.conditionNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	c.MetBy, c.MetAt, c.Reopened = 0, time.Time{}, e.Reason
	return nil
}

func (e ConditionReleased) fold(r *Review, en Entry) error {
	c, err := r.conditionNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	c.DroppedBy, c.DroppedFor, c.DroppedAt, c.DroppedWhy = en.Actor, e.For, en.At, e.Reason
	return nil
}

func (r *Review) conditionNo(sk plan.StageKey, no int) (*Condition, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	if no < 1 || no > len(s.Conditions) {
		return nil, fmt.Errorf("no condition %d", no)
	}
	return &s.Conditions[no-1], nil
}
