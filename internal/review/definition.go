package review

import (
	"fmt"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
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

// terms is what the project's readiness definition asks at its tier; nil where it pins
// none.
func (r *Review) terms() *plan.Terms {
	if r.Plan.Definition == nil {
		return nil
	}
	return r.Plan.Definition.At(r.Project.Tier)
}

// TermsName names the version that asks something: "“Ours”, version 2,". There is one.
func (r *Review) TermsName() string {
	return fmt.Sprintf("“%s”, version %d,", r.Plan.Definition.Name, r.Plan.Definition.Version)
}

// Exceeds says that the score of a risk is above what the readiness definition
// tolerates; empty: it is not, or nothing says what is tolerated.
func (r *Review) Exceeds(rec *Record) string {
	t := r.terms()
	if t == nil || rec.Kind != record.Risk || rec.Closed() {
		return ""
	}
	score := rec.Def().Score(rec.Values)
	if score.Figure <= t.Tolerated {
		return ""
	}
	return fmt.Sprintf("scores %d of %d, and %s tolerates %d at tier %d", score.Figure, score.Of, r.TermsName(), t.Tolerated, r.Project.Tier)
}

// ShortOf is the objective of the readiness definition that a record falls short of;
// nil: none. A record is held against the objective that it names, as its indicator
// or in its title.
func (r *Review) ShortOf(rec *Record) *plan.Goal {
	g := r.GoalOf(rec)
	if g == nil || rec.Closed() {
		return nil
	}
	share, days, ok := record.Promised(rec.Values)
	if ok && g.Looser(share, days) == "" {
		return nil
	}
	return g
}

// GoalOf is the objective of the readiness definition that a record names; nil: none.
func (r *Review) GoalOf(rec *Record) *plan.Goal {
	t := r.terms()
	if t == nil || rec.Kind != record.Objective {
		return nil
	}
	if g := t.Goal(record.Indicator(rec.Values)); g != nil {
		return g
	}
	return t.Goal(rec.Title)
}

// heldAt is the stage at whose gate a record is held against the definition: that at
// which it counts, or else that of its item; empty: all that are still to pass.
func (r *Review) heldAt(rec *Record) plan.StageKey {
	if rec.Stage != "" {
		return rec.Stage
	}
	if named := r.Plan.Showing(rec.Item); len(named) > 0 {
		return named[0].Stage.Key
	}
	return ""
}

// Excuse is the waiver that lets an objective fall short of the definition for a
// while: one that is in force for the item that it names, at the gate where it counts.
// nil: none.
func (r *Review) Excuse(rec *Record, at time.Time) *Waiver {
	if rec.Item == "" {
		return nil
	}
	var excuse *Waiver
	for _, named := range r.Plan.Showing(rec.Item) {
		s := r.Stage(rec.Stage)
		if rec.Stage == "" {
			s = r.Stage(named.Stage.Key)
		}
		if s == nil {
			return nil
		}
		w := s.Waived(named.Item.Key, at)
		if w == nil { // in each environment
			return nil
		}
		excuse = w
	}
	return excuse
}

// looseObjectives are the objectives that keep a gate from being asked for.
func (r *Review) looseObjectives(s *Stage, at time.Time) []Blocker {
	var bs []Blocker
	for _, rec := range r.AtGate(s) {
		if r.ShortOf(rec) == nil {
			continue
		}
		if held := r.heldAt(rec); held != "" && held != s.Def.Key || r.Excuse(rec, at) != nil {
			continue
		}
		bs = append(bs, Blocker{
			Kind: ObjectiveLooser, Stage: s.Def.Key, Record: rec.No, Type: rec.Kind, Subject: rec.Name() + " " + rec.Title,
			What:  "Looser than " + r.TermsName() + " asks. Tighten it, or name the item that it concerns and have that waived.",
			Owner: r.keeper(s, rec), Since: latest(rec.At, rec.MovedAt),
		})
	}
	return bs
}
