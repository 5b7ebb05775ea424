package review

import (
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"strings"
	"time"
)

// MaxPicked is how many items one change of several may name: more than any
// stage has.
const MaxPicked = 500

// Picked is an item that somebody chose, with the version of its answer that
// they were shown.
type Picked struct {
	Item    plan.ItemKey
	Version int
}

// Left is an item that a change of several left as it was, and why.
type Left struct {
	Item plan.ItemKey
	Why  error
}

// AnswerAll gives several items one answer. Without a note each item keeps its
// own. What has changed since it was shown, or does not belong here, is left as
// it is; the rest is done.
func (r *Review) AnswerAll(by Actor, sk plan.StageKey, picked []Picked, to State, note string, at time.Time) ([]Left, error) {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return nil, err
	}
	var c input
	note = c.text("note", note, MaxNote)
	if !to.Valid() {
		c.problems.Add("do", "choose met, not met, not applicable or open")
	}
	if to == NotApplicable && note == "" {
		c.problems.Add("note", "say why these items do not apply; an approver will read it")
	}
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	return r.each(sk, picked, func(p Picked, _ *Item) error {
		if note == "" {
			return r.AnswerKeepingNote(by, sk, p.Item, to, p.Version, at)
		}
		return r.Answer(by, sk, p.Item, to, note, p.Version, at)
	})
}

// AssignAll gives several items to one person; person 0 takes the assignments
// away. Without a date each item keeps the one it has.
func (r *Review) AssignAll(by Actor, sk plan.StageKey, picked []Picked, person PersonID, due string, at time.Time) ([]Left, error) {
	if err := May(by, AssignItem, &r.Project); err != nil {
		return nil, err
	}
	return r.each(sk, picked, func(p Picked, it *Item) error {
		day := due
		if day == "" && person != 0 {
			day = FormatDate(it.Due)
		}
		return r.Assign(by, sk, p.Item, person, day, at)
	})
}

// DueAll sets the date of several items that somebody is assigned to.
func (r *Review) DueAll(by Actor, sk plan.StageKey, picked []Picked, due string, at time.Time) ([]Left, error) {
	if err := May(by, AssignItem, &r.Project); err != nil {
		return nil, err
	}
	var c input
	c.day("due", due, "choose the date")
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	return r.each(sk, picked, func(p Picked, it *Item) error {
		if it.Assignee == 0 {
			return refuse("Nobody is assigned to it. Assign it together with the date.")
		}
		return r.Assign(by, sk, p.Item, it.Assignee, due, at)
	})
}

// each carries out a command on every item that was picked, and collects those
// that it leaves. An error that would be the same for all of them is returned
// instead, and nothing is changed.
func (r *Review) each(sk plan.StageKey, picked []Picked, do func(Picked, *Item) error) ([]Left, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	switch {
	case len(picked) == 0:
		return nil, invalid("pick", "choose at least one item")
	case len(picked) > MaxPicked:
		return nil, invalid("pick", fmt.Sprintf("%d items were selected; at most %d can be changed at once", len(picked), MaxPicked))
	}
	if err := r.Project.stopped(); err != nil {
		return nil, err
	}
	var left []Left
	done := make(map[plan.ItemKey]bool, len(picked))
	for _, p := range picked {
		if done[p.Item] {
			continue
		}
		done[p.Item] = true
		if err := r.one(s, p, do); err != nil {
			if !concernsOne(err) {
				return nil, err
			}
			left = append(left, Left{p.Item, err})
		}
	}
	return left, nil
}

func (r *Review) one(s *Stage, p Picked, do func(Picked, *Item) error) error {
	it := s.Item(p.Item)
	if it == nil {
		return ErrNotFound
	}
	return do(p, it)
}

// concernsOne reports whether an error is about one item, so that the others
// can still be done.
func concernsOne(err error) bool {
	var conflict *AnswerConflict
	var refused *Refused
	var own ofOne
	return errors.Is(err, ErrNotFound) || errors.As(err, &conflict) || errors.As(err, &refused) || errors.As(err, &own)
}

// alone has what is invalid concern one item, where each is said something of its own.
func alone(err error) error {
	var invalid *Invalid
	if errors.As(err, &invalid) {
		return ofOne{invalid}
	}
	return err
}

// Undo takes back what entries of the trail did to items of a stage, newest
// first, each by an ordinary command of its own. They have to be the actor's
// own. What somebody has changed since, or cannot be taken back, is left.
func (r *Review) Undo(by Actor, sk plan.StageKey, entries []Entry, at time.Time) ([]Left, error) {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return nil, err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, ErrNotFound
	}
	var left []Left
	for i := len(entries) - 1; i >= 0; i-- {
		stage, item := entries[i].Event.Subject()
		if stage != sk {
			return nil, ErrNotFound
		}
		if entries[i].Actor != by.Person {
			return nil, &Denied{AnswerItem, "Only your own changes can be undone."}
		}
		err := r.undo(by, s, entries[i].Event, at)
		var bad *Invalid
		switch {
		case err == nil:
		case concernsOne(err), errors.As(err, &bad):
			left = append(left, Left{item, err})
		default:
			return nil, err
		}
	}
	return left, nil
}

// undo takes one change back.
func (r *Review) undo(by Actor, s *Stage, e Event, at time.Time) error {
	sk := s.Def.Key
	switch e := e.(type) {
	case ItemAnswered:
		return r.undoAnswer(by, s, e, at)
	case ItemAssigned:
		it := s.Item(e.Item)
		if it == nil {
			return ErrNotFound
		}
		if it.Assignee != e.Person || FormatDate(it.Due) != e.Due {
			return refuse("It was assigned again since.")
		}
		return r.Assign(by, sk, e.Item, e.From, e.FromDue, at)
	case EvidenceAdded:
		ev := s.evidence(e.Item, e.No)
		if ev == nil {
			return ErrNotFound
		}
		if ev.Removed() {
			return refuse("The link was removed since.")
		}
		return r.RemoveEvidence(by, sk, e.Item, e.No, at)
	case EvidenceRemoved:
		ev := s.evidence(e.Item, e.No)
		if ev == nil {
			return ErrNotFound
		}
		return r.AddEvidence(by, sk, e.Item, ev.again(), at)
	}
	return refuse("A change of this kind cannot be undone.")
}

// undoAnswer gives an item the answer it had before, as long as the answer is
// still what the actor made it.
func (r *Review) undoAnswer(by Actor, s *Stage, e ItemAnswered, at time.Time) error {
	it := s.Item(e.Item)
	if it == nil {
		return ErrNotFound
	}
	cur := it.Answer
	switch {
	case cur.By != by.Person || cur.State != e.To || cur.Note != e.Note || cur.Choices != e.Choices:
		return &AnswerConflict{Stage: s.Def.Key, Item: e.Item, Current: cur}
	case e.From == e.To && e.FromNote == e.Note && e.FromChoices == e.Choices:
		return refuse("It was reconfirmed, which cannot be undone.")
	}
	if !e.FromChoices.IsZero() {
		return r.Choose(by, s.Def.Key, e.Item, e.FromChoices, &e.FromNote, cur.Version, at)
	}
	return r.Answer(by, s.Def.Key, e.Item, e.From, e.FromNote, cur.Version, at)
}

// evidence finds a link of an item by its number; nil when there is none.
func (s *Stage) evidence(k plan.ItemKey, no int) *Evidence {
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.No == no && e.Item == k {
			return e
		}
	}
	return nil
}

// again is what a person would type to link the same evidence again. What was
// allowed as a link then stays one.
func (e *Evidence) again() NewEvidence {
	return NewEvidence{
		URL: string(e.URL), Title: e.Title, Type: e.Type, Effective: FormatDate(e.Effective), Expires: FormatDate(e.Expires), Commit: e.Commit,
		Links: LinkRules{HTTPHosts: []string{strings.ToLower(e.URL.Host())}},
	}
}
