package review

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream about the policies that its gates ask for.
type (
	// PolicyAttached has the gates ask for a policy from then on, or for another
	// version of it.
	PolicyAttached struct {
		Policy plan.Ref `json:"policy"`
		Reason string   `json:"reason"`
	}
	// PolicyDetached has them no longer ask for it.
	PolicyDetached struct {
		Policy plan.Ref `json:"policy"`
		Reason string   `json:"reason"`
	}
)

func (PolicyAttached) Kind() string { return "PolicyAttached" }
func (PolicyDetached) Kind() string { return "PolicyDetached" }

func (PolicyAttached) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (PolicyDetached) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }

func (PolicyAttached) People() []PersonID { return nil }
func (PolicyDetached) People() []PersonID { return nil }

// Documents are those that the plan is made of from then on.
func (e PolicyAttached) Documents() []plan.Ref { return []plan.Ref{e.Policy} }

func (e PolicyAttached) fold(r *Review, en Entry) error {
	return r.replan(r.Plan.Origin.WithPolicy(e.Policy), en.At)
}

func (e PolicyDetached) fold(r *Review, en Entry) error {
	if r.Plan.Origin.Policy(e.Policy.Key) != e.Policy {
		return fmt.Errorf("the plan does not have version %d of policy %s", e.Policy.Version, e.Policy.Key)
	}
	return r.replan(r.Plan.Origin.WithoutPolicy(e.Policy.Key), en.At)
}
