package review

import "time"

// StageRollup is a stage in numbers, for lists of many projects.
type StageRollup struct {
	MustTotal, MustDone     int16
	ShouldTotal, ShouldDone int16
	Blockers                int16
	Gate                    GateState
	NextChange              time.Time // when time alone will change these numbers; zero: never
}

// Rollup counts a loaded stage at a moment. The readiness figure of a page is
// MustDone of MustTotal: musts met with valid evidence or approved as not
// applicable, out of the musts that apply.
func (r *Review) Rollup(s *Stage, at time.Time) StageRollup {
	out := StageRollup{Gate: r.Standing(s, at)}
	for i := range s.Items {
		it := &s.Items[i]
		done := int16(0)
		if s.Satisfied(it, at) {
			done = 1
		}
		switch it.Level {
		case LevelMust:
			out.MustTotal++
			out.MustDone += done
		case LevelShould:
			out.ShouldTotal++
			out.ShouldDone += done
		}
	}
	for i := range s.Evidence {
		if e := &s.Evidence[i]; !e.Removed() && !e.Expires.IsZero() && e.Expires.After(at) {
			out.NextChange = earliest(out.NextChange, e.Expires)
		}
	}
	out.Blockers = int16(min(len(r.Blockers(s, at)), 1<<14))
	return out
}

// Standing is the state of a gate at a moment. Whether evidence has expired
// depends on the time, everything else on the events alone.
func (r *Review) Standing(s *Stage, at time.Time) GateState {
	if !s.Loaded {
		return s.Gate
	}
	last := s.LastRound()
	if last != nil {
		switch last.Outcome {
		case OutcomeOpen:
			return GateWaiting
		case OutcomePassed:
			switch {
			case !last.ChangedAt.IsZero():
				return GateChanged
			case r.lapsed(s, at):
				return GateLapsed
			}
			return GatePassed
		case OutcomeReturned:
			return GateReturned
		}
	}
	if len(r.RequestBlockers(s, at)) > 0 {
		return GateBlocked
	}
	return GateReady
}

// passed reports whether the gate stands as passed at a moment.
func (r *Review) passed(s *Stage, at time.Time) bool {
	if !s.Loaded {
		return s.Gate == GatePassed
	}
	last := s.LastRound()
	return last != nil && last.Outcome == OutcomePassed && last.ChangedAt.IsZero() && !r.lapsed(s, at)
}

// lapsed reports whether evidence under a must has expired.
func (r *Review) lapsed(s *Stage, at time.Time) bool {
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level != LevelMust || it.Answer.State != Met {
			continue
		}
		if kind, _ := s.evidenceNeed(it, at); kind == EvidenceExpired {
			return true
		}
	}
	return false
}

// Current is the index of the first stage whose gate has not passed; the last
// stage when all have, since running a service has no end.
func Current(gates []GateState) int {
	for i, g := range gates {
		if g != GatePassed {
			return i
		}
	}
	return len(gates) - 1
}
