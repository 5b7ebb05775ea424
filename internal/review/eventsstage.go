package review

import (
	"errors"

	"github.com/slipway-prr/slipway/internal/plan"
)

// StagePlanned says who answers for a stage and by when it is to be done.
type StagePlanned struct {
	Stage  plan.StageKey `json:"stage"`
	Plan   StagePlan     `json:"plan"`
	Was    StagePlan     `json:"before"`
	Reason string        `json:"reason,omitempty"` // why somebody's stages were handed over
}

func (StagePlanned) Kind() string { return "StagePlanned" }

func (e StagePlanned) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }

func (e StagePlanned) People() []PersonID {
	return []PersonID{e.Plan.Owner, e.Plan.Deputy, e.Was.Owner, e.Was.Deputy}
}

func (e StagePlanned) fold(r *Review, _ Entry) error {
	if _, err := r.loaded(e.Stage); err != nil {
		return err
	}
	if e.Plan.Stage != e.Stage || e.Was.Digest() != r.Project.StagePlan(e.Stage).Digest() {
		return errors.New("the stage was planned otherwise before")
	}
	r.Project.setStagePlan(e.Plan)
	return nil
}
