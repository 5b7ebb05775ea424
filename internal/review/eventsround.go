package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Events of a project's stream that concern a gate's rounds.
type (
	// SignOffRequested opens a round.
	SignOffRequested struct {
		Stage  plan.StageKey `json:"stage"`
		Round  int           `json:"round"`
		Digest Digest        `json:"digest"`
		Policy plan.Policy   `json:"policy"`
		SoD    bool          `json:"separation_of_duties"`
		Early  []string      `json:"early,omitempty"` // earlier stages whose gates had not passed
		Reason string        `json:"reason,omitempty"`
		// Exclusion is whom separation of duties keeps from signing.
		Exclusion Exclusion `json:"exclusion,omitempty"`
		// Format is how the content was written down that the digests are taken over.
		Format Format `json:"format,omitempty"`
	}
	// GateSigned is one person's decision.
	GateSigned struct {
		Stage    plan.StageKey `json:"stage"`
		Round    int           `json:"round"`
		No       int           `json:"no"`
		Seat     plan.Seat     `json:"seat"`
		Decision Decision      `json:"decision"`
		Digest   Digest        `json:"digest"`
		Note     string        `json:"note,omitempty"`
		For      PersonID      `json:"for,omitempty"`    // who holds the seat, when a stand-in signs
		Effort   Effort        `json:"effort,omitempty"` // how long it took, as the signer says
	}
	// RoundClosed ends a round.
	RoundClosed struct {
		Stage   plan.StageKey `json:"stage"`
		Round   int           `json:"round"`
		Outcome Outcome       `json:"outcome"`
		Digest  Digest        `json:"digest"`
		Reason  string        `json:"reason,omitempty"`
	}
	// GateForced passes a gate on one person's word, and says until when that
	// has to be looked at by others.
	GateForced struct {
		Stage     plan.StageKey `json:"stage"`
		Round     int           `json:"round"`
		Digest    Digest        `json:"digest"`
		Policy    plan.Policy   `json:"policy"`
		Reason    string        `json:"reason"`
		ReviewDue string        `json:"review_due"`
		// Exclusion and Format are as with a request, when there was none.
		Exclusion Exclusion `json:"exclusion,omitempty"`
		Format    Format    `json:"format,omitempty"`
	}
	// GateReopened takes back that a gate has passed.
	GateReopened struct {
		Stage      plan.StageKey `json:"stage"`
		Round      int           `json:"round"`
		Reason     string        `json:"reason"`
		Impact     string        `json:"impact"`
		Authorised PersonID      `json:"authorised_by,omitempty"` // where that is not who did it
	}
	// RetrospectiveClosed is the review of a forced gate by somebody else.
	RetrospectiveClosed struct {
		Stage plan.StageKey `json:"stage"`
		Round int           `json:"round"`
		Note  string        `json:"note"`
		For   PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in reviews
	}
)

func (SignOffRequested) Kind() string    { return "SignOffRequested" }
func (GateSigned) Kind() string          { return "GateSigned" }
func (RoundClosed) Kind() string         { return "RoundClosed" }
func (GateForced) Kind() string          { return "GateForced" }
func (GateReopened) Kind() string        { return "GateReopened" }
func (RetrospectiveClosed) Kind() string { return "RetrospectiveClosed" }

func (e SignOffRequested) Subject() (plan.StageKey, plan.ItemKey)    { return e.Stage, "" }
func (e GateSigned) Subject() (plan.StageKey, plan.ItemKey)          { return e.Stage, "" }
func (e RoundClosed) Subject() (plan.StageKey, plan.ItemKey)         { return e.Stage, "" }
func (e GateForced) Subject() (plan.StageKey, plan.ItemKey)          { return e.Stage, "" }
func (e GateReopened) Subject() (plan.StageKey, plan.ItemKey)        { return e.Stage, "" }
func (e RetrospectiveClosed) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }

func (SignOffRequested) People() []PersonID      { return nil }
func (e GateSigned) People() []PersonID          { return []PersonID{e.For} }
func (RoundClosed) People() []PersonID           { return nil }
func (GateForced) People() []PersonID            { return nil }
func (e GateReopened) People() []PersonID        { return []PersonID{e.Authorised} }
func (e RetrospectiveClosed) People() []PersonID { return []PersonID{e.For} }

func (e SignOffRequested) fold(r *Review, en Entry) error {
	s, err := r.loaded(e.Stage)
	if err != nil {
		return err
	}
	if e.Round != len(s.Rounds)+1 {
		return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
	}
	s.Rounds = append(s.Rounds, Round{
		No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Reason: e.Reason, Early: e.Early,
		Digest: e.Digest, Policy: e.Policy, SoD: e.SoD, Exclusion: e.Exclusion, Format: e.Format,
	})
	return nil
}

func (e GateSigned) fold(r *Review, en Entry) error {
	s, round, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	round.SignOffs = append(round.SignOffs, SignOff{e.No, en.Actor, e.Seat, e.Decision, e.Note, e.Digest, en.At, e.For, e.Effort})
	s.dropConditions(e.Round, en.Actor, en.At)
	return nil
}

func (e RoundClosed) fold(r *Review, en Entry) error {
	s, round, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	if e.Outcome.Passes() {
		round.Records = r.signedRecords(s)
	}
	round.Outcome, round.ClosedBy, round.ClosedAt, round.Closing, round.Why = e.Outcome, en.Actor, en.At, e.Digest, e.Reason
	return nil
}

func (e GateForced) fold(r *Review, en Entry) error {
	s, err := r.loaded(e.Stage)
	if err != nil {
		return err
	}
	if s.OpenRound() == nil && e.Round == len(s.Rounds)+1 {
		s.Rounds = append(s.Rounds, Round{
			No: e.Round, RequestedBy: en.Actor, RequestedAt: en.At, Digest: e.Digest, Policy: e.Policy,
			SoD: r.Plan.SoD, Exclusion: e.Exclusion, Format: e.Format,
		})
	}
	if e.Round < 1 || e.Round != len(s.Rounds) {
		return fmt.Errorf("round %d follows %d", e.Round, len(s.Rounds))
	}
	ro := &s.Rounds[e.Round-1]
	if ro.Outcome != OutcomeOpen {
		return fmt.Errorf("round %d has ended", e.Round)
	}
	ro.Records = r.signedRecords(s)
	ro.Outcome, ro.ClosedBy, ro.ClosedAt, ro.Closing, ro.Why = OutcomeForced, en.Actor, en.At, e.Digest, e.Reason
	ro.ReviewDue = parseDate(e.ReviewDue)
	return nil
}

func (e GateReopened) fold(r *Review, en Entry) error {
	s, round, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	if e.Round != len(s.Rounds) || !round.inForce() {
		return fmt.Errorf("round %d is not one with which the gate stands", e.Round)
	}
	round.Reopened = Reopening{By: en.Actor, Authorised: e.Authorised, At: en.At, Reason: e.Reason, Impact: e.Impact}
	return nil
}

func (e RetrospectiveClosed) fold(r *Review, en Entry) error {
	_, round, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	if round.Outcome != OutcomeForced {
		return fmt.Errorf("round %d was not passed by break-glass", e.Round)
	}
	round.ReviewedBy, round.ReviewedFor, round.ReviewedAt, round.ReviewNote = en.Actor, e.For, en.At, e.Note
	return nil
}

func (r *Review) round(sk plan.StageKey, no int) (*Stage, *Round, error) {
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
