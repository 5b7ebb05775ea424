package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// StageRollup is a stage in numbers, for lists of many projects.
type StageRollup struct {
	MustTotal, MustDone     int16
	ShouldTotal, ShouldDone int16
	Blockers                int16
	Gate                    GateState
	Passed                  time.Time // see [Stage.FirstPassed]
	Forced                  int16     // gates passed by break-glass that wait for review
	Expired                 int16     // items that were met, with evidence that has expired
	Qualities               Qualities
	// Waits are the seats and people whose turn it is, who kept the stage longest
	// first, and WaitsSince since when the first of them does, to the second; zero
	// when that is not known.
	Waits      []Party
	WaitsSince time.Time
	// NextChange is when time alone will change these numbers or [Review.Live];
	// zero for never. In a strict order a stage changes with those before it.
	NextChange time.Time
}

// Rollup counts a loaded stage at a moment. The readiness figure of a page is
// MustDone of MustTotal: musts met with valid evidence, validly waived or
// approved as not applicable, out of the musts that apply.
func (r *Review) Rollup(s *Stage, at time.Time) StageRollup {
	out, words := StageRollup{Gate: r.Standing(s, at), Passed: s.FirstPassed()}, plan.Qualities()
	for i := range s.Items {
		it := &s.Items[i]
		done := int16(0)
		if s.Satisfied(it, at) {
			done = 1
		} else if it.Answer.State == Met && s.need(it, at) == EvidenceExpired {
			out.Expired++
		}
		switch it.Level {
		case plan.LevelMust:
			out.MustTotal++
			out.MustDone += done
			out.Qualities.count(it.Def, words, done)
		case plan.LevelShould:
			out.ShouldTotal++
			out.ShouldDone += done
		}
	}
	for i := range s.Evidence {
		if e := &s.Evidence[i]; !e.Removed() && !e.Expires.IsZero() && !Over(e.Expires, at) {
			out.NextChange = earliest(out.NextChange, EndOf(e.Expires, at.Location()))
		}
	}
	for _, ro := range s.Rounds {
		if ro.Outcome == OutcomeForced && ro.ReviewedAt.IsZero() {
			out.Forced++
		}
	}
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.State(at) == WaiverInForce || w.State(at) == WaiverWaiting {
			out.NextChange = earliest(out.NextChange, EndOf(w.Until, at.Location()))
		}
	}
	for _, c := range s.OpenConditions() {
		if !c.Overdue(at) {
			out.NextChange = earliest(out.NextChange, EndOf(c.Due, at.Location()))
		}
	}
	for _, moment := range r.calendar(s, at.Location()) {
		if moment.After(at) {
			out.NextChange = earliest(out.NextChange, moment)
		}
	}
	n := 0
	out.Waits, out.WaitsSince, n = r.waits(s, at)
	out.Blockers = int16(min(n, 1<<14))
	return out
}

// Standing is the state of a gate at a moment. Whether evidence, a waiver, the
// day of a condition or the gate's own term has run out depends on the time,
// everything else on the events alone.
func (r *Review) Standing(s *Stage, at time.Time) GateState {
	if !s.Loaded {
		return s.Gate
	}
	if !r.Needed(s) {
		return GateNotNeeded
	}
	last := s.LastRound()
	if last != nil {
		switch last.Outcome {
		case OutcomeOpen:
			return GateWaiting
		case OutcomePassed, OutcomeConditional, OutcomeForced:
			return r.standingPassed(s, last, at)
		case OutcomeReturned:
			return GateReturned
		}
	}
	if r.blocked(s, at) {
		return GateBlocked
	}
	return GateReady
}

// blocked reports whether [Review.RequestBlockers] lists anything.
func (r *Review) blocked(s *Stage, at time.Time) bool {
	for range r.lacks(s, at) {
		return true
	}
	return len(r.PolicyBlockers(s, at)) > 0 || r.Plan.Order == plan.OrderStrict && len(r.EarlierOpen(s, at)) > 0
}

// standingPassed is the state of a gate that has passed once.
func (r *Review) standingPassed(s *Stage, last *Round, at time.Time) GateState {
	if last.reopened() {
		return GateOpenAgain
	}
	if !last.ChangedAt.IsZero() {
		return GateChanged
	}
	if s.TermOver(at) {
		return GateLapsed
	}
	if last.Outcome == OutcomeForced {
		return GateBreakGlass // what it lacked, it lacked when the glass was broken
	}
	state := GatePassed
	for _, c := range s.OpenConditions() {
		if c.Overdue(at) {
			state = GateOverdue
			break
		}
		state = GateConditional
	}
	if s.lapsed(at) {
		return state.Lapse()
	}
	return state
}

// passed reports whether the gate stands as passed at a moment.
func (r *Review) passed(s *Stage, at time.Time) bool { return r.Standing(s, at).Passed() }

// lapsed reports whether time has taken something away on which a passed gate
// rests: evidence or a waiver under a must, a waiver under a should.
func (s *Stage) lapsed(at time.Time) bool {
	return slices.ContainsFunc(s.Items, func(it Item) bool { return s.ranOut(&it, at) })
}

// Current is the index of the first stage whose gate has not passed; the last
// stage when all have, since running a service has no end.
func Current(gates []GateState) int {
	for i, g := range gates {
		if !g.Passed() {
			return i
		}
	}
	return len(gates) - 1
}
