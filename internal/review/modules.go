package review

import (
	"cmp"
	"errors"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// PlanDigest stands for the plan that somebody was shown.
func (r *Review) PlanDigest() Digest {
	d, err := r.Plan.Origin.Digest()
	if err != nil {
		return "" // which no form has
	}
	return Digest(d)
}

// Preview is the review as another plan would make it. It changes nothing. The
// error is a [*Refused] where the parts make no plan together.
func (r *Review) Preview(o plan.Origin) (*Review, error) {
	if err := r.wholly(); err != nil {
		return nil, err
	}
	p, err := r.compose(o)
	if err != nil {
		var clash *plan.Conflict
		if errors.As(err, &clash) {
			return nil, refuse("%s", clash.Message)
		}
		return nil, err
	}
	then := *r
	then.Project.ask(r.opens(p))
	return &then, then.replan(o, time.Time{})
}

// planning begins a command that changes the plan: who may, of which plan they
// speak, and why.
func (r *Review) planning(by Actor, shown Digest, reason string) (string, error) {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return "", err
	}
	if err := r.wholly(); err != nil {
		return "", err
	}
	reason, err := needReason(reason, "say why, so that people who come later understand")
	if err != nil {
		return "", err
	}
	if err := r.Project.stopped(); err != nil {
		return "", err
	}
	return reason, unchanged("plan", shown, r.PlanDigest())
}

// AttachModule adds a module to the plan. Attaching what is there already
// changes nothing. shown is [Review.PlanDigest] as the person saw it.
func (r *Review) AttachModule(by Actor, module plan.Ref, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Module(module.Key)
	if has == module {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	if has.Key != "" {
		return refuse("The plan has version %d of this module; upgrade it instead.", has.Version)
	}
	then, err := r.Preview(r.Plan.Origin.With(module))
	if err != nil {
		return err
	}
	return r.replanned(by, at, ModuleAttached{module, r.opens(then.Plan), reason})
}

// DetachModule takes a module off the plan. What was said of its items is set
// aside. Where that takes a required item away, or lets a gate pass with less, it
// needs who may do that.
func (r *Review) DetachModule(by Actor, key string, shown Digest, reason string, at time.Time) error {
	if err := May(by, ChangePlan, &r.Project); err != nil {
		return err
	}
	has := r.Plan.Origin.Module(key)
	if has.Key == "" {
		return nil
	}
	reason, err := r.planning(by, shown, reason)
	if err != nil {
		return err
	}
	then, err := r.Preview(r.Plan.Origin.Without(key))
	if err != nil {
		return err
	}
	if r.AsksLess(then) {
		if err := May(by, DropSeat, &r.Project); err != nil {
			return err
		}
	}
	return r.replanned(by, at, ModuleDetached{has, reason})
}

// replanned records a change of the plan and what follows from it: requests end
// whose gate asks others now, and what is asked again is assigned to nobody who
// cannot answer it any longer.
func (r *Review) replanned(by Actor, at time.Time, change Event) error {
	aside := map[plan.ItemKey]bool{}
	for _, s := range r.All() {
		for i := range s.Aside {
			aside[s.Aside[i].Def.Key] = true
		}
	}
	if err := r.record(by, at, change); err != nil {
		return err
	}
	source := map[plan.ItemKey]plan.ItemKey{}
	for _, m := range r.Moves.Items {
		source[m.To.Item] = m.From.Item
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			if it.Assignee == 0 || !aside[cmp.Or(source[it.Def.Key], it.Def.Key)] || r.CanAnswer(it.Assignee) {
				continue
			}
			e := ItemAssigned{Stage: s.Def.Key, Item: it.Def.Key, From: it.Assignee, FromDue: FormatDate(it.Due), Reason: leftMeanwhile}
			if err := r.record(by, at, e); err != nil {
				return err
			}
		}
	}
	return r.dropOutdatedRounds(by, at)
}

// leftMeanwhile is why an item that returns is assigned to nobody.
const leftMeanwhile = "The item is asked again, and whoever had it can no longer answer it."

// AsksLess reports whether another plan drops or lightens a required item, or
// lets a gate pass by fewer people or without a seat that has to sign now, or
// whether its readiness definition lets more pass.
func (r *Review) AsksLess(then *Review) bool {
	if r.Plan.Definition.Laxer(then.Plan.Definition, r.Project.Tier) {
		return true
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		t := then.Stage(s.Def.Key)
		if t == nil {
			return true
		}
		if r.Needed(s) && !then.Needed(t) {
			return true
		}
		if lighter(s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile), t.Def.Gate.Policy(r.Project.Tier, then.Project.Profile)) {
			return true
		}
		for j := range s.Items {
			if it := &s.Items[j]; it.Level == plan.LevelMust && !r.requiredThen(then, it.Def.Key) {
				return true
			}
		}
	}
	return false
}
