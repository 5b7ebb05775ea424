package review

import (
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that take answers about the project back, of which
// a gate would ask less.
type (
	// RetractionAsked asks that answers of yes be taken back.
	RetractionAsked struct {
		Back   []TakenBack `json:"back"` // sorted by question
		Reason string      `json:"reason"`
	}
	// AnswersRetracted takes answers of yes back. It was asked for by one person and
	// approved by the entry's actor.
	AnswersRetracted struct {
		Back   []TakenBack `json:"back"`
		Reason string      `json:"reason"`
		Asked  PersonID    `json:"asked"`
		For    PersonID    `json:"for,omitempty"` // in whose place a stand-in approved
	}
	// RetractionRefused turns such a request down, or takes it back.
	RetractionRefused struct {
		Reason string `json:"reason"`
	}
)

func (RetractionAsked) Kind() string   { return "RetractionAsked" }
func (AnswersRetracted) Kind() string  { return "AnswersRetracted" }
func (RetractionRefused) Kind() string { return "RetractionRefused" }

func (RetractionAsked) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }
func (AnswersRetracted) Subject() (plan.StageKey, plan.ItemKey)  { return "", "" }
func (RetractionRefused) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }

func (RetractionAsked) People() []PersonID    { return nil }
func (e AnswersRetracted) People() []PersonID { return []PersonID{e.Asked, e.For} }
func (RetractionRefused) People() []PersonID  { return nil }

func (e RetractionAsked) fold(r *Review, en Entry) error {
	if len(e.Back) == 0 {
		return errors.New("no answer is to be taken back")
	}
	for _, b := range e.Back {
		if r.Project.Reply(b.Question) != ReplyYes || b.To != ReplyNo && b.To != ReplyNotYet {
			return fmt.Errorf("the answer to %s cannot be taken back to %q", b.Question, b.To)
		}
	}
	r.Project.Retraction = &Retraction{Back: e.Back, Reason: e.Reason, By: en.Actor, At: en.At}
	return nil
}

func (e AnswersRetracted) fold(r *Review, en Entry) error {
	p := &r.Project
	if !p.Retraction.same(e.Asked, e.Back, e.Reason) {
		return errors.New("this is not what was asked for")
	}
	if en.Actor == e.Asked {
		return errors.New("whoever asked for it approved it")
	}
	for _, b := range e.Back {
		p.Profile = without(p.Profile, []plan.Flag{b.Question})
		if b.To == ReplyNotYet {
			p.Profile, p.Unanswered = withFlag(p.Profile, b.Question), withFlag(p.Unanswered, b.Question)
		}
	}
	p.Retraction = nil
	p.Answers.replied(e.Asked)
	r.weigh(en.At)
	return nil
}

func (RetractionRefused) fold(r *Review, _ Entry) error {
	if r.Project.Retraction == nil {
		return errors.New("nobody asked to take an answer back")
	}
	r.Project.Retraction = nil
	return nil
}

// answered drops a retraction once somebody else's word stands for one of its
// answers: it took nothing away any longer then.
func (a *Retraction) answered(replies []Replied) *Retraction {
	if a == nil {
		return nil
	}
	for _, b := range a.Back {
		if slices.ContainsFunc(replies, func(c Replied) bool { return c.Question == b.Question }) {
			return nil
		}
	}
	return a
}
