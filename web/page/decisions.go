package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Decision is one in a project of which the reader is to be informed.
type Decision struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     plan.StageKey
	StageName string
	By        string
	At        time.Time
	Event     review.Event
}

// look says what was decided.
func (d *Decision) look() (ui.State, string) {
	switch e := d.Event.(type) {
	case review.RoundClosed:
		return RoundLook(e.Outcome), Capital(string(e.Outcome))
	case review.GateForced:
		return ui.Warn, review.GateBreakGlass.Label()
	case review.GateReopened:
		return ui.Warn, review.GateOpenAgain.Label()
	case review.WaiverGranted:
		return ui.Waived, "Waiver granted"
	case review.StatusChanged:
		state, _ := statusWords(e.To)
		return state, Capital(string(e.To))
	}
	return ui.None, d.Event.Kind()
}

// title is what was decided on: a stage, or the project itself.
func (d *Decision) title() string {
	if d.Stage == "" {
		return "The project"
	}
	return d.StageName
}

func (d *Decision) href() string {
	if d.Stage == "" {
		return ProjectURL(d.Project)
	}
	return GateURL(d.Project, d.Stage)
}
