package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Plans composes a plan of the exact documents that it is made of.
type Plans func(plan.Origin) (*plan.Plan, error)

// Replay rebuilds a review from its trail. The entries are those of one
// project's stream, oldest first; stop early to see the project as it was.
func Replay(id ProjectID, entries []Entry, plans Plans) (*Review, error) {
	return ReplayEach(id, entries, plans, func(Entry, *Review) {})
}

// ReplayEach is [Replay] that shows the review as it stood right after each
// entry. What it shows is the same review every time, so nobody keeps it.
func ReplayEach(id ProjectID, entries []Entry, plans Plans, each func(Entry, *Review)) (*Review, error) {
	if len(entries) == 0 {
		return nil, fmt.Errorf("replaying project %d: no entries", id)
	}
	first, ok := entries[0].Event.(ProjectCreated)
	if !ok {
		return nil, fmt.Errorf("replaying project %d: the first entry is %s", id, entries[0].Event.Kind())
	}
	pl, err := plans(plan.Origin{Lifecycle: first.Template})
	if err != nil {
		return nil, fmt.Errorf("replaying project %d: %w", id, err)
	}
	r := &Review{Project: Project{ID: id}, No: 1, Plan: pl, Plans: plans, AllRecords: true}
	for i, e := range entries {
		if err := r.apply(e, e.At); err != nil {
			return nil, fmt.Errorf("replaying project %d, entry %d: %w", id, i+1, err)
		}
		each(e, r)
	}
	return r, nil
}

// apply folds one entry into the state. It is the only code that changes a
// review: commands go through it by recording, the trail by [Replay]. at is the
// entry's moment, with the time zone by whose days gates are judged.
func (r *Review) apply(en Entry, at time.Time) error {
	event, ok := en.Event.(projectEvent)
	if !ok {
		return fmt.Errorf("%s is not an event of a project", en.Event.Kind())
	}
	stage, _ := event.Subject()
	// What is about the project as a whole may have any stage stand otherwise, and what
	// happens to an item the gates after it, by way of a policy.
	if stage == "" || r.Plan != nil && r.asksPolicies() {
		if err := r.wholly(); err != nil {
			return fmt.Errorf("%s: %w", en.Event.Kind(), err)
		}
	}
	if err := event.fold(r, en); err != nil {
		return fmt.Errorf("%s: %w", en.Event.Kind(), err)
	}
	r.forgetDigests(en.Event)
	if r.settle(at, stage) && r.Plan.Order == plan.OrderStrict { // the stages after it wait for its gate
		if err := r.wholly(); err != nil {
			return fmt.Errorf("%s: %w", en.Event.Kind(), err)
		}
	}
	return nil
}

// Settle brings the state of the loaded gates up to a moment: evidence may
// have expired since the last event.
func (r *Review) Settle(at time.Time) { r.settle(at, "") }

// settle marks passed gates whose content no longer is what was signed, and
// brings the state of each loaded gate up to date. Only the content of one
// stage can have changed; empty: that of any. Digests are dear, and a long
// trail would take one of every passed stage for every entry. Of a stage that is passed over nothing is said:
// it is held against what was signed once it is needed again. It reports whether
// a gate before others now lets the project go on that did not, or the other way
// round.
func (r *Review) settle(at time.Time, only plan.StageKey) (turned bool) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if !s.Loaded {
			continue
		}
		switch last := s.LastRound(); {
		case last == nil || only != "" && only != s.Def.Key:
		case !r.Needed(s):
			last.ChangedAt = time.Time{}
			s.digest = ""
		case last.inForce() && !r.Stands(s):
			last.ChangedAt = trailTime(at)
			s.digest = "" // it is of the records now, and no longer of those that were decided on
		}
		was := s.Gate
		s.Gate = r.Standing(s, at)
		turned = turned || i+1 < len(r.Stages) && was.Passed() != s.Gate.Passed()
	}
	return turned
}
