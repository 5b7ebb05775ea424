package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Ask is what an item asks of the person to whom it is assigned.
type Ask string

// What an item can ask. The empty Ask is nothing: it is done, it does not
// apply, or it is somebody else's turn.
const (
	AskNothing   Ask = ""
	AskAnswer    Ask = "answer"    // nobody has answered it
	AskMeet      Ask = "meet"      // it is answered as not met
	AskEvidence  Ask = "evidence"  // it is met, without the evidence that it needs
	AskRenew     Ask = "renew"     // its evidence has expired
	AskRenewSoon Ask = "expiring"  // its evidence expires within 14 days
	AskReconfirm Ask = "reconfirm" // its answer is carried over from the last review
	AskUnwaived  Ask = "unwaived"  // its waiver has expired
	AskWaived    Ask = "waived"    // nothing while its waiver is in force
)

// Asks says what an item asks of whom it is assigned to, and for evidence that
// expires soon and for a waiver in force until when it lasts.
func (s *Stage) Asks(it *Item, at time.Time) (Ask, time.Time) {
	if it.Level == plan.LevelNone {
		return AskNothing, time.Time{}
	}
	w := s.Waived(it.Def.Key, at)
	if w == nil && s.need(it, at) == WaiverRanOut {
		return AskUnwaived, time.Time{}
	}
	ask, until := s.bareAsk(it, at)
	if w != nil && ask != AskNothing {
		return AskWaived, w.Until
	}
	return ask, until
}

// Overdue reports whether an item that asks this is late by its due date: only
// what is still to be done is, not what a waiver covers or what is met as of now.
func (a Ask) Overdue(due, at time.Time) bool {
	switch a {
	case AskNothing, AskWaived, AskRenewSoon:
		return false
	}
	return Over(due, at)
}

// Overdue reports whether an item still asks something after its due date.
func (s *Stage) Overdue(it *Item, at time.Time) bool {
	if !Over(it.Due, at) {
		return false
	}
	ask, _ := s.Asks(it, at)
	return ask.Overdue(it.Due, at)
}

// bareAsk is what an item asks when no waiver covers it.
func (s *Stage) bareAsk(it *Item, at time.Time) (Ask, time.Time) {
	switch {
	case it.Reattest:
		return AskReconfirm, time.Time{}
	case it.Answer.State == Open:
		return AskAnswer, time.Time{}
	case it.Answer.State == NotMet:
		return AskMeet, time.Time{}
	case it.Answer.State != Met || it.Level != plan.LevelMust: // that a must does not apply is for a seat to approve
		return AskNothing, time.Time{}
	}
	switch s.evidenceNeed(it, at) {
	case EvidenceMissing:
		return AskEvidence, time.Time{}
	case EvidenceExpired:
		return AskRenew, time.Time{}
	}
	if last := s.lastCover(it); last != nil && last.Expiring(at) {
		return AskRenewSoon, last.Expires
	}
	return AskNothing, time.Time{}
}

// lastCover is the link of a kind that an item demands that counts the longest.
func (s *Stage) lastCover(it *Item) *Evidence {
	var last *Evidence
	for e := range s.cover(it) {
		if last == nil || e.Expires.IsZero() || (!last.Expires.IsZero() && e.Expires.After(last.Expires)) {
			last = e
		}
	}
	return last
}
