package review

import (
	"fmt"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that concern an item.
type (
	// ItemAnswered sets the answer of an item.
	ItemAnswered struct {
		Stage    plan.StageKey `json:"stage"`
		Item     plan.ItemKey  `json:"item"`
		Version  int           `json:"version"` // after the change; the first answer is version 1
		From     State         `json:"from"`
		To       State         `json:"to"`
		FromNote string        `json:"from_note,omitempty"`
		Note     string        `json:"note,omitempty"`
		// What was chosen of a question, before and after, and what the item's rules
		// make of it. An empty list says that none of the choices is true.
		FromChoices plan.Chosen `json:"from_choices,omitempty"`
		Choices     plan.Chosen `json:"choices,omitempty"`
		Risk        plan.Risk   `json:"risk,omitempty"`
	}
	// NotApplicableApproved confirms that a must does not apply.
	NotApplicableApproved struct {
		Stage   plan.StageKey `json:"stage"`
		Item    plan.ItemKey  `json:"item"`
		Version int           `json:"version"`
		For     PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in approves
	}
	// ItemAssigned names who works on an item, and until when.
	ItemAssigned struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		From   PersonID      `json:"from,omitempty"`
		Person PersonID      `json:"person,omitempty"`
		Due    string        `json:"due,omitempty"`
		// FromDue is the date before, so that the assignment can be undone; entries
		// older than it lack it.
		FromDue string `json:"from_due,omitempty"`
		Reason  string `json:"reason,omitempty"` // why it was handed over
	}
	// CommentAdded is one contribution to an item's discussion.
	CommentAdded struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
		No    int           `json:"no"`
		Text  string        `json:"text"`
		Once  string        `json:"once,omitempty"` // key of the form: sent twice, it counts once
		// People whom the text names and who could see the project then.
		Mentions []PersonID `json:"mentions,omitempty"`
	}
)

func (ItemAnswered) Kind() string          { return "ItemAnswered" }
func (NotApplicableApproved) Kind() string { return "NotApplicableApproved" }
func (ItemAssigned) Kind() string          { return "ItemAssigned" }
func (CommentAdded) Kind() string          { return "CommentAdded" }

func (e ItemAnswered) Subject() (plan.StageKey, plan.ItemKey)          { return e.Stage, e.Item }
func (e NotApplicableApproved) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, e.Item }
func (e ItemAssigned) Subject() (plan.StageKey, plan.ItemKey)          { return e.Stage, e.Item }
func (e CommentAdded) Subject() (plan.StageKey, plan.ItemKey)          { return e.Stage, e.Item }

func (ItemAnswered) People() []PersonID            { return nil }
func (e NotApplicableApproved) People() []PersonID { return []PersonID{e.For} }
func (e ItemAssigned) People() []PersonID          { return []PersonID{e.From, e.Person} }
func (e CommentAdded) People() []PersonID          { return e.Mentions }

func (e ItemAnswered) fold(r *Review, en Entry) error {
	s, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	by, err := it.standsFor(en)
	if err != nil {
		return err
	}
	said := Answer{
		State: e.To, Note: e.Note, By: by, At: en.At, Version: e.Version, NoteFor: it.Answer.noteFor(e), Choices: e.Choices, Risk: e.Risk,
	}
	if err := said.follows(it.Def); err != nil {
		return fmt.Errorf("item %s %w", e.Item, err)
	}
	it.Earlier = s.answeredBefore(it, by)
	it.Answer, it.Reattest = said, false
	return nil
}

func (e NotApplicableApproved) fold(r *Review, en Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Answer.ApprovedBy, it.Answer.ApprovedAt = en.Actor, en.At
	return nil
}

func (e ItemAssigned) fold(r *Review, _ Entry) error {
	if r.assignAside(e) {
		return nil
	}
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Assignee, it.Due = e.Person, parseDate(e.Due)
	return nil
}

// assignAside hands on an item that is set aside; false when there is no such one.
func (r *Review) assignAside(e ItemAssigned) bool {
	s := r.stageOrFormer(e.Stage)
	if s == nil {
		return false
	}
	i := slices.IndexFunc(s.Aside, func(it Item) bool { return it.Def.Key == e.Item })
	if i < 0 {
		return false
	}
	it := &s.Aside[i]
	if it.Assignee, it.Due = e.Person, parseDate(e.Due); it.blank() {
		s.Aside = slices.Delete(slices.Clone(s.Aside), i, i+1)
		r.Former = slices.DeleteFunc(slices.Clone(r.Former), func(s Stage) bool { return s.empty() })
	}
	return true
}

func (e CommentAdded) fold(r *Review, _ Entry) error {
	_, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	it.Comments = int32(e.No)
	return nil
}

// place finds the stage and item that an event speaks of, whatever the item's
// level: entries stay valid when a profile changes later.
func (r *Review) place(sk plan.StageKey, ik plan.ItemKey) (*Stage, *Item, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	it := s.Item(ik)
	if it == nil {
		return nil, nil, fmt.Errorf("no item %s in stage %s", ik, sk)
	}
	return s, it, nil
}
