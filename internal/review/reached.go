package review

import "time"

// FirstPassed is when the gate of a stage passed for the first time in this review, to the
// second; zero when it has not. What happens to it later does not undo that the project
// went on from there.
func (s *Stage) FirstPassed() time.Time {
	if !s.Loaded {
		return s.Passed
	}
	for i := range s.Rounds {
		if s.Rounds[i].Outcome.Passes() {
			return s.Rounds[i].ClosedAt.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

// Reached is when the project came to a stage, to the second: when the last of the gates
// before it passed for the first time or, where none has, when the review started.
func (r *Review) Reached(stage int) time.Time {
	reached := r.Started
	for i := range r.Stages[:stage] {
		reached = latest(reached, r.Stages[i].FirstPassed())
	}
	return reached.UTC().Truncate(time.Second)
}
