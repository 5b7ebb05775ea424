package review

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// PinDefinition has a version of a readiness definition hold for the project. Pinning
// what is pinned already changes nothing. A newer version of the same definition was
// decided for everybody; an older one, or another definition, that lets more pass
// needs who may do that. shown is [Review.PlanDigest] as the person saw it.
func (r *Review) PinDefinition(by Actor, definition plan.Ref, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Definition
	if has == definition {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	then, err := r.Preview(r.Plan.Origin.Defined(definition))
	if err != nil {
		return err
	}
	if (has.Key != definition.Key || has.Version > definition.Version) && r.AsksLess(then) {
		if err := May(by, DropSeat, &r.Project); err != nil {
			return err
		}
	}
	return r.replanned(by, at, DefinitionPinned{definition, reason})
}

// DefineAtStart is [Review.PinDefinition] for the definition with which a project
// starts. It needs no right of its own, and is refused once the project is there.
func (r *Review) DefineAtStart(by Actor, definition plan.Ref, reason string, at time.Time) error {
	if err := r.starting(by); err != nil {
		return err
	}
	if _, err := r.Preview(r.Plan.Origin.Defined(definition)); err != nil {
		return err
	}
	return r.record(by, at, DefinitionPinned{definition, reason})
}
