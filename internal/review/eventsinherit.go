package review

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that concern answers which projects share.
type (
	// AnswerOffered lets other projects take over an item's answer.
	AnswerOffered struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
		Text  string        `json:"text"`
	}
	// OfferWithdrawn ends that.
	OfferWithdrawn struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
	}
	// AnswerInherited says what an item's answer follows from now on, and what was
	// offered there. The answer and its evidence are entries of their own, after it.
	AnswerInherited struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
		From  ProjectID     `json:"from"`
		Of    plan.ItemKey  `json:"of"`
		Seal  Digest        `json:"seal,omitempty"`
		Lost  WhyLost       `json:"lost,omitempty"` // why there is nothing to take over; empty: there is
	}
	// InheritanceEnded makes the answer the project's own.
	InheritanceEnded struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
	}
)

func (AnswerOffered) Kind() string    { return "AnswerOffered" }
func (OfferWithdrawn) Kind() string   { return "OfferWithdrawn" }
func (AnswerInherited) Kind() string  { return "AnswerInherited" }
func (InheritanceEnded) Kind() string { return "InheritanceEnded" }

func (e AnswerOffered) Subject() (plan.StageKey, plan.ItemKey)    { return e.Stage, e.Item }
func (e OfferWithdrawn) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, e.Item }
func (e AnswerInherited) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, e.Item }
func (e InheritanceEnded) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, e.Item }

func (AnswerOffered) People() []PersonID    { return nil }
func (OfferWithdrawn) People() []PersonID   { return nil }
func (AnswerInherited) People() []PersonID  { return nil }
func (InheritanceEnded) People() []PersonID { return nil }

func (e AnswerOffered) fold(r *Review, en Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Offer = &Offer{Text: e.Text, By: en.Actor, At: en.At}
	return nil
}

func (e OfferWithdrawn) fold(r *Review, _ Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Offer = nil
	return nil
}

func (e AnswerInherited) fold(r *Review, en Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	in := Inherited{From: e.From, Of: e.Of, Seal: e.Seal, Lost: e.Lost, By: en.Actor, At: en.At}
	if en.Actor == System {
		was := it.Inherited
		if was == nil || was.From != e.From {
			return fmt.Errorf("item %s does not follow project %d", e.Item, e.From)
		}
		in.By, in.At = was.By, was.At
	}
	it.Inherited = &in
	return nil
}

func (e InheritanceEnded) fold(r *Review, _ Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Inherited = nil
	return nil
}
