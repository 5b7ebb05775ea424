package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Events of a project's stream that concern findings: what a returned gate is about.
type (
	// FindingRaised is a point that a returning signer wants answered.
	FindingRaised struct {
		Stage plan.StageKey `json:"stage"`
		Round int           `json:"round"`
		No    int           `json:"no"`
		Text  string        `json:"text"`
	}
	// FindingAnswered is the team's answer to a finding.
	FindingAnswered struct {
		Stage  plan.StageKey `json:"stage"`
		No     int           `json:"no"`
		Answer string        `json:"answer"`
	}
	// FindingAccepted says that the reviewer is content with an answer.
	FindingAccepted struct {
		Stage plan.StageKey `json:"stage"`
		No    int           `json:"no"`
		For   PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in judges
	}
	// FindingReopened says that the answer does not settle the finding.
	FindingReopened struct {
		Stage  plan.StageKey `json:"stage"`
		No     int           `json:"no"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"`
	}
)

func (FindingRaised) Kind() string   { return "FindingRaised" }
func (FindingAnswered) Kind() string { return "FindingAnswered" }
func (FindingAccepted) Kind() string { return "FindingAccepted" }
func (FindingReopened) Kind() string { return "FindingReopened" }

func (e FindingRaised) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, "" }
func (e FindingAnswered) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }
func (e FindingAccepted) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }
func (e FindingReopened) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }

func (FindingRaised) People() []PersonID     { return nil }
func (FindingAnswered) People() []PersonID   { return nil }
func (e FindingAccepted) People() []PersonID { return []PersonID{e.For} }
func (e FindingReopened) People() []PersonID { return []PersonID{e.For} }

func (e FindingRaised) fold(r *Review, en Entry) error {
	s, _, err := r.round(e.Stage, e.Round)
	if err != nil {
		return err
	}
	s.Findings = append(s.Findings, Finding{No: e.No, Round: e.Round, Text: e.Text, By: en.Actor, At: en.At})
	return nil
}

func (e FindingAnswered) fold(r *Review, en Entry) error {
	f, err := r.findingNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	f.Answer, f.AnsweredBy, f.AnsweredAt = e.Answer, en.Actor, en.At
	f.AcceptedBy, f.AcceptedFor, f.AcceptedAt, f.Reopened = 0, 0, time.Time{}, ""
	return nil
}

func (e FindingAccepted) fold(r *Review, en Entry) error {
	f, err := r.findingNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	f.AcceptedBy, f.AcceptedFor, f.AcceptedAt = en.Actor, e.For, en.At
	return nil
}

func (e FindingReopened) fold(r *Review, _ Entry) error {
	f, err := r.findingNo(e.Stage, e.No)
	if err != nil {
		return err
	}
	f.Answer, f.AnsweredBy, f.AnsweredAt, f.Reopened = "", 0, time.Time{}, e.Reason
	return nil
}

func (r *Review) findingNo(sk plan.StageKey, no int) (*Finding, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	if no < 1 || no > len(s.Findings) {
		return nil, fmt.Errorf("no finding %d", no)
	}
	return &s.Findings[no-1], nil
}
