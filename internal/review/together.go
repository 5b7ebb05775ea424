package review

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// GateShown is a gate as it was shown to somebody: with the digest of its
// content, and the seat in which it is to be signed.
type GateShown struct {
	Stage  plan.StageKey
	Seat   plan.Seat // of a signature; empty in a request
	Digest Digest
}

// InStage says at which stage of several something could not be done. Nothing was
// done at the others either.
type InStage struct {
	Name string
	Err  error
}

func (e *InStage) Error() string { return e.Name + ": " + e.Err.Error() }
func (e *InStage) Unwrap() error { return e.Err }

// RequestTogether asks for sign-off of several stages. Each has its own round and
// digest, as if it had been asked for alone.
func (r *Review) RequestTogether(by Actor, gates []GateShown, reason string, at time.Time) error {
	return r.together(gates, func(g GateShown) error { return r.Request(by, g.Stage, g.Digest, reason, at) })
}

// SignTogether approves several stages. Each signature is of its own round, on the
// content that was shown of it, in a seat of its own gate. effort is how long each of
// them took, about.
func (r *Review) SignTogether(by Actor, gates []GateShown, note string, effort Effort, at time.Time) error {
	return r.together(gates, func(g GateShown) error {
		return r.SignOff(by, g.Stage, NewSignOff{Seat: g.Seat, Decision: Go, Note: note, Digest: g.Digest, Effort: effort}, at)
	})
}

// together does the same at several stages in their order: a later gate then finds
// the earlier ones decided.
func (r *Review) together(gates []GateShown, do func(GateShown) error) error {
	if len(gates) == 0 {
		return invalid("gate", "choose at least one gate")
	}
	gates = slices.Clone(gates)
	slices.SortStableFunc(gates, func(a, b GateShown) int { return r.Plan.StageIndex(a.Stage) - r.Plan.StageIndex(b.Stage) })
	for i, g := range gates {
		s := r.Stage(g.Stage)
		if s == nil {
			return ErrNotFound
		}
		if i > 0 && gates[i-1].Stage == g.Stage {
			return invalid("gate", "choose each gate once")
		}
		if err := do(g); err != nil {
			return &InStage{s.Def.Name, err}
		}
	}
	return nil
}

// SeatsToSign are the seats in which somebody's approval of an open round would
// count and is not there yet; none where they may not sign.
func (r *Review) SeatsToSign(by Actor, s *Stage) []plan.Seat {
	round := s.OpenRound()
	if round == nil || r.Project.Status != StatusActive || May(by, SignGate, &r.Project) != nil || r.counts(s, by.Person) != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(round.Policy.Seats), func(seat plan.Seat) bool {
		_, err := r.mandate(by, s, round, NewSignOff{Seat: seat, Decision: Go})
		return err != nil
	})
}

// Requestable reports whether somebody could ask for sign-off of a stage now.
func (r *Review) Requestable(by Actor, s *Stage, at time.Time) bool {
	if May(by, RequestGate, &r.Project) != nil || s.OpenRound() != nil || r.passed(s, at) {
		return false
	}
	for range r.lacks(s, at) {
		return false
	}
	return len(r.orderBlockers(s, at))+len(r.PolicyBlockers(s, at)) == 0
}
