package review

import (
	"fmt"
	"slices"
	"time"
)

func (r *Review) foldGate(en Entry) error {
	switch e := en.Event.(type) {
	case SignOffRequested:
		s, err := r.loaded(e.Stage)
		if err != nil {
			return err
		}
		if e.Round != len(s.Rounds)+1 {
			return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
		}
		s.Rounds = append(s.Rounds, Round{
			No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Reason: e.Reason, Early: e.Early,
			Digest: e.Digest, Policy: e.Policy, SoD: e.SoD, Exclusion: e.Exclusion,
		})
		return nil
	case GateSigned:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		round.SignOffs = append(round.SignOffs, SignOff{e.No, en.Actor, e.Seat, e.Decision, e.Note, e.Digest, en.At, e.For})
		r.Stage(e.Stage).dropConditions(e.Round, en.Actor, en.At)
		return nil
	case FindingRaised:
		s, _, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		s.Findings = append(s.Findings, Finding{No: e.No, Round: e.Round, Text: e.Text, By: en.Actor, At: en.At})
		return nil
	case FindingAnswered:
		s, err := r.loaded(e.Stage)
		if err != nil {
			return err
		}
		if e.No < 1 || e.No > len(s.Findings) {
			return fmt.Errorf("no finding %d", e.No)
		}
		f := &s.Findings[e.No-1]
		f.Answer, f.AnsweredBy, f.AnsweredAt = e.Answer, en.Actor, en.At
		f.AcceptedBy, f.AcceptedFor, f.AcceptedAt, f.Reopened = 0, 0, time.Time{}, ""
		return nil
	case RetrospectiveClosed:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		if round.Outcome != OutcomeForced {
			return fmt.Errorf("round %d was not passed by break-glass", e.Round)
		}
		round.ReviewedBy, round.ReviewedFor, round.ReviewedAt, round.ReviewNote = en.Actor, e.For, en.At, e.Note
		return nil
	case RoundClosed:
		_, round, err := r.round(e.Stage, e.Round)
		if err != nil {
			return err
		}
		round.Outcome, round.ClosedBy, round.ClosedAt, round.Closing, round.Why = e.Outcome, en.Actor, en.At, e.Digest, e.Reason
		return nil
	}
	return fmt.Errorf("not an event of a project")
}

func (r *Review) round(sk StageKey, no int) (*Stage, *Round, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	if no < 1 || no > len(s.Rounds) {
		return nil, nil, fmt.Errorf("no round %d", no)
	}
	return s, &s.Rounds[no-1], nil
}

// dropConditions takes away what a person asked for when they sign anew.
func (s *Stage) dropConditions(round int, p PersonID, at time.Time) {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.Review == 0 && c.Round == round && c.By == p && !c.Closed() {
			c.DroppedAt = at
		}
	}
}

func (r *Review) foldForced(en Entry, e GateForced) error {
	s, err := r.loaded(e.Stage)
	if err != nil {
		return err
	}
	if s.OpenRound() == nil && e.Round == len(s.Rounds)+1 {
		s.Rounds = append(s.Rounds, Round{No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Digest: e.Digest, Policy: e.Policy, SoD: r.Template.SoD, Exclusion: e.Exclusion})
	}
	if e.Round < 1 || e.Round != len(s.Rounds) {
		return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
	}
	ro := &s.Rounds[e.Round-1]
	if ro.Outcome != OutcomeOpen {
		return fmt.Errorf("round %d has ended", e.Round)
	}
	ro.Outcome, ro.ClosedBy, ro.ClosedAt, ro.Closing, ro.Why = OutcomeForced, en.Actor, en.At, e.Digest, e.Reason
	ro.ReviewDue = parseDate(e.ReviewDue)
	return nil
}

func (r *Review) foldFollowUp(en Entry) error {
	sk, _ := Subject(en.Event)
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if e, ok := en.Event.(ConditionSet); ok {
		if e.No != len(s.Conditions)+1 {
			return fmt.Errorf("condition %d follows %d", e.No, len(s.Conditions))
		}
		if e.Round < 1 || e.Round > len(s.Rounds) {
			return fmt.Errorf("no round %d", e.Round)
		}
		c := Condition{No: e.No, Round: e.Round, Text: e.Text, Owner: e.Owner, Due: parseDate(e.Due), By: en.Actor, At: en.At}
		if so := s.Rounds[e.Round-1].newest(en.Actor); so != nil {
			c.Seat = so.Seat
		}
		s.Conditions = append(s.Conditions, c)
		return nil
	}
	condition := func(no int) (*Condition, error) {
		if no < 1 || no > len(s.Conditions) {
			return nil, fmt.Errorf("no condition %d", no)
		}
		return &s.Conditions[no-1], nil
	}
	finding := func(no int) (*Finding, error) {
		if no < 1 || no > len(s.Findings) {
			return nil, fmt.Errorf("no finding %d", no)
		}
		return &s.Findings[no-1], nil
	}
	switch e := en.Event.(type) {
	case ConditionHandedOn:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.Former, c.Owner = append(slices.Clone(c.Former), c.Owner), e.Owner
	case ConditionMet:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.Note, c.MetBy, c.MetAt, c.Reopened = e.Note, en.Actor, en.At, ""
	case ConditionConfirmed:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.ConfirmedBy, c.ConfirmedFor, c.ConfirmedAt = en.Actor, e.For, en.At
	case ConditionReopened:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.MetBy, c.MetAt, c.Reopened = 0, time.Time{}, e.Reason
	case ConditionReleased:
		c, err := condition(e.No)
		if err != nil {
			return err
		}
		c.DroppedBy, c.DroppedFor, c.DroppedAt, c.DroppedWhy = en.Actor, e.For, en.At, e.Reason
	case FindingAccepted:
		f, err := finding(e.No)
		if err != nil {
			return err
		}
		f.AcceptedBy, f.AcceptedFor, f.AcceptedAt = en.Actor, e.For, en.At
	case FindingReopened:
		f, err := finding(e.No)
		if err != nil {
			return err
		}
		f.Answer, f.AnsweredBy, f.AnsweredAt, f.Reopened = "", 0, time.Time{}, e.Reason
	}
	return nil
}
