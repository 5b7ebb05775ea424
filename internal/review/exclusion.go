package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"iter"
	"slices"
	"time"
)

// Exclusion says whom separation of duties keeps from signing a round. The
// request records it, so that a round is judged by the rule under which it was
// opened.
type Exclusion string

const (
	// ExcludeLast is how it was until version 0.1: who gave the answer that
	// stands, other than open, and who linked all of an item's evidence alone.
	ExcludeLast Exclusion = ""
	// ExcludeAll keeps everybody from signing who answered an item in its
	// present round or linked evidence that is still there.
	ExcludeAll Exclusion = "all"
)

// exclusion is the rule under which rounds are opened now.
func exclusion(t *plan.Plan) Exclusion {
	if t.SoD {
		return ExcludeAll
	}
	return ""
}

// Excluded says why separation of duties keeps a person from signing a round of
// the stage. It is empty when nothing does; nil stands for a round that were
// requested now.
func (s *Stage) Excluded(ro *Round, p PersonID) string {
	for by, why := range s.atWork(ro) {
		if by == p {
			return why
		}
	}
	return ""
}

// excludedPeople lists everybody for whom [Stage.Excluded] gives a reason.
func (s *Stage) excludedPeople(ro *Round) []PersonID {
	var out []PersonID
	for p := range s.atWork(ro) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// atWork goes through those who did what a round is about, and what that was.
// Some come up several times.
func (s *Stage) atWork(ro *Round) iter.Seq2[PersonID, string] {
	return func(yield func(PersonID, string) bool) {
		if ro != nil && !ro.SoD {
			return
		}
		since := s.began(ro)
		for i := range s.Items {
			it := &s.Items[i]
			switch {
			case it.Level == plan.LevelNone:
			case ro != nil && ro.Exclusion == ExcludeLast:
				if !s.lastAtWork(it, yield) {
					return
				}
			case !s.allAtWork(it, since, yield):
				return
			}
		}
	}
}

func (s *Stage) allAtWork(it *Item, since time.Time, yield func(PersonID, string) bool) bool {
	title := "“" + it.Def.Title + "”"
	if it.Answer.Version > 0 && !yield(it.Answer.By, "You answered "+title+" in this stage, so somebody else has to sign its gate.") {
		return false
	}
	if it.Answer.At.After(since) {
		for _, p := range it.Earlier {
			if !yield(p, "You answered "+title+" before somebody else did, in the same round, so another person has to sign this gate.") {
				return false
			}
		}
	}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item == it.Def.Key && !e.Removed() && !yield(e.By, "You gave evidence for "+title+", so somebody else has to sign this gate.") {
			return false
		}
	}
	return true
}

func (s *Stage) lastAtWork(it *Item, yield func(PersonID, string) bool) bool {
	title := "“" + it.Def.Title + "”"
	if it.Answer.State != Open && !yield(it.Answer.By, "You answered "+title+" in this stage, so somebody else has to sign its gate.") {
		return false
	}
	sole := s.soleProvider(it.Def.Key)
	return sole == 0 || yield(sole, "You alone gave the evidence for "+title+", so somebody else has to sign this gate.")
}

// soleProvider is the one person who linked all of an item's evidence; 0 when
// there is none or several did.
func (s *Stage) soleProvider(k plan.ItemKey) PersonID {
	var sole PersonID
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != k || e.Removed() {
			continue
		}
		if sole != 0 && sole != e.By {
			return 0
		}
		sole = e.By
	}
	return sole
}

// began is when the present round of the stage's items began: when its gate last
// passed by signatures, also in a round that is not the one asked
// about; zero while it never did in this review. An answer from before then
// stands, but whoever it replaced has been signed off.
func (s *Stage) began(ro *Round) time.Time {
	var began time.Time
	for i := range s.Rounds {
		o := &s.Rounds[i]
		if (ro == nil || o.No != ro.No) && o.Outcome.Passes() && o.Outcome != OutcomeForced {
			began = o.ClosedAt
		}
	}
	return began
}

// answeredBefore are the people whose answers to an item, given in its present
// round, the next one replaces; sorted, without who gives that one.
func (s *Stage) answeredBefore(it *Item, next PersonID) []PersonID {
	a := &it.Answer
	if a.Version == 0 {
		return nil
	}
	out := []PersonID{a.By}
	if a.At.After(s.began(nil)) {
		out = append(out, it.Earlier...)
	}
	slices.Sort(out)
	out = slices.DeleteFunc(slices.Compact(out), func(p PersonID) bool { return p == next })
	if len(out) == 0 {
		return nil
	}
	return out
}
