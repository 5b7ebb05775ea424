package review

import (
	"fmt"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream about the environments that it runs in.
type (
	// EnvironmentAdded adds one, or brings one back that was removed: items that are
	// answered for its kind are asked for it.
	EnvironmentAdded struct {
		Environment plan.Environment `json:"environment"`
		Reconfirm   []plan.ItemKey   `json:"reconfirm,omitempty"` // whose answers were given for the project as a whole
		Reason      string           `json:"reason"`
	}
	// EnvironmentRenamed gives one another name. Nothing else changes.
	EnvironmentRenamed struct {
		Environment plan.EnvironmentKey `json:"environment"`
		From        string              `json:"from"`
		To          string              `json:"to"`
		Reason      string              `json:"reason"`
	}
	// EnvironmentRemoved takes one away. What was said for it is set aside, and its name
	// is kept with that.
	EnvironmentRemoved struct {
		Environment plan.EnvironmentKey `json:"environment"`
		Name        string              `json:"name"`
		Retired     bool                `json:"retired,omitempty"` // something was said for it
		Reconfirm   []plan.ItemKey      `json:"reconfirm,omitempty"`
		Reason      string              `json:"reason"`
	}
)

func (EnvironmentAdded) Kind() string   { return "EnvironmentAdded" }
func (EnvironmentRenamed) Kind() string { return "EnvironmentRenamed" }
func (EnvironmentRemoved) Kind() string { return "EnvironmentRemoved" }

func (EnvironmentAdded) Subject() (plan.StageKey, plan.ItemKey)   { return "", "" }
func (EnvironmentRenamed) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (EnvironmentRemoved) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }

func (EnvironmentAdded) People() []PersonID   { return nil }
func (EnvironmentRenamed) People() []PersonID { return nil }
func (EnvironmentRemoved) People() []PersonID { return nil }

func (e EnvironmentAdded) fold(r *Review, en Entry) error {
	if had := r.Plan.Origin.Environment(e.Environment.Key); had != nil && (!had.Retired || had.Kind != e.Environment.Kind) {
		return fmt.Errorf("there is an environment %s already", e.Environment.Key)
	}
	return r.within(r.withEnvironment(e.Environment), e.Reconfirm, en)
}

func (e EnvironmentRenamed) fold(r *Review, en Entry) error {
	has := r.Plan.Origin.Environment(e.Environment)
	if has == nil || has.Retired {
		return fmt.Errorf("there is no environment %s", e.Environment)
	}
	renamed := *has
	renamed.Name = e.To
	return r.within(r.withEnvironment(renamed), nil, en)
}

func (e EnvironmentRemoved) fold(r *Review, en Entry) error {
	if has := r.Plan.Origin.Environment(e.Environment); has == nil || has.Retired {
		return fmt.Errorf("there is no environment %s", e.Environment)
	}
	all := r.withoutEnvironment(e.Environment)
	if !e.Retired {
		all = slices.DeleteFunc(all, func(o plan.Environment) bool { return o.Key == e.Environment })
	}
	return r.within(all, e.Reconfirm, en)
}

// within gives the review the same plan with other environments.
func (r *Review) within(all []plan.Environment, reconfirm []plan.ItemKey, en Entry) error {
	if err := r.replan(r.Plan.Origin.Within(all), en.At); err != nil {
		return err
	}
	if err := r.reattest(reconfirm, true); err != nil {
		return err
	}
	r.doubtAnswers()
	return nil
}
