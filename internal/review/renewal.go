package review

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Renewable is the round whose signatures stay in force when somebody links newer
// evidence to an item; nil when that would be a change of what was signed. The
// item is one that was signed as met, whose evidence expires by itself, and has
// some. Nothing is renewed while a round is open, once anything else that was
// signed has changed, nor after break-glass, since nobody signed that.
func (s *Stage) Renewable(it *Item) *Round {
	last := s.LastRound()
	switch {
	case !last.inForce() || last.Outcome == OutcomeForced:
		return nil
	case it.Level == plan.LevelNone || it.Def.ValidDays == 0 || it.Answer.State != Met:
		return nil
	}
	for range s.cover(it) {
		return last
	}
	return nil
}

// renews is the number of the round that evidence of a kind for an item would
// renew; 0 for none. What is of no kind that the item asks for cures no lapse.
func (s *Stage) renews(it *Item, kind plan.EvidenceKind) int {
	if ro := s.Renewable(it); ro != nil && slices.Contains(it.Def.Evidence, kind) {
		return ro.No
	}
	return 0
}

// Renewed is the evidence that was linked since the gate passed, left its
// signatures in force and is still there. The next round signs it.
func (s *Stage) Renewed() []*Evidence {
	last := s.LastRound()
	if last == nil || !last.Outcome.Passes() || last.reopened() {
		return nil
	}
	var out []*Evidence
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Removed() || !s.renewal(e, last) {
			continue
		}
		if it := s.Item(e.Item); it != nil && it.Level != plan.LevelNone {
			out = append(out, e)
		}
	}
	return out
}

// renewal reports whether evidence renews a round of this stage. What the plan
// moved here renewed a round somewhere else.
func (s *Stage) renewal(e *Evidence, ro *Round) bool {
	return e.Renews == ro.No && (e.Home.Stage == "" || e.Home.Stage == s.Def.Key)
}

// Stands reports whether the stage still holds what the newest round ended on,
// apart from what was renewed since.
func (r *Review) Stands(s *Stage) bool {
	last := s.LastRound()
	if last == nil {
		return false
	}
	renewed := s.Renewed()
	if len(renewed) == 0 && last.ChangedAt.IsZero() {
		return r.Digest(s) == last.Closing
	}
	c := r.Content(s)
	if last.Format == FormatStage && last.Outcome.Passes() {
		c.Records = last.Records
	}
	c.Evidence = slices.DeleteFunc(c.Evidence, func(e signedEvidence) bool {
		return slices.ContainsFunc(renewed, func(n *Evidence) bool { return n.No == e.No })
	})
	return digestOf(c) == last.Closing
}
