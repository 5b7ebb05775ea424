package review

import (
	"errors"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// ResponsibilitiesSet says who has which part in the project, beside what follows
// from its team and its members.
type ResponsibilitiesSet struct {
	Rows   []Responsibility `json:"rows"`
	Was    []Responsibility `json:"before"`
	Reason string           `json:"reason,omitempty"` // why somebody's parts were handed over
}

func (ResponsibilitiesSet) Kind() string { return "ResponsibilitiesSet" }

func (ResponsibilitiesSet) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }

func (e ResponsibilitiesSet) People() []PersonID {
	var out []PersonID
	for _, r := range slices.Concat(e.Rows, e.Was) {
		if r.Person != 0 {
			out = append(out, r.Person)
		}
	}
	return out
}

func (e ResponsibilitiesSet) fold(r *Review, _ Entry) error {
	if !slices.EqualFunc(e.Was, r.Project.Responsibilities, sameResponsibility) {
		return errors.New("the parts were others before")
	}
	r.Project.Responsibilities = nil
	if len(e.Rows) > 0 {
		r.Project.Responsibilities = e.Rows
	}
	return nil
}
