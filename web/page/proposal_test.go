package page

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What is proposed is filled in, but never over what somebody chose.
func TestTakeProposal(t *testing.T) {
	tmpl := &plan.Lifecycle{Key: "way", Flags: []plan.Question{{Key: "eu", Label: "E"}, {Key: "screen", Label: "S"}}, Stages: []plan.Stage{
		{Key: "begin", Phases: []plan.Phase{"idea"}}, {Key: "draw", Phases: []plan.Phase{"design"}}, {Key: "run"},
	}}
	modules := []*plan.Module{
		{Key: "law", Name: "Law", Seats: []plan.ModuleSeat{{GateSeat: plan.GateSeat{Seat: "compliance", Mandatory: true}}}, ProposedWhen: []plan.Flag{"eu"}}, {Key: "looks", Name: "Looks", ProposedWhen: []plan.Flag{"screen"}},
	}
	f := &ProjectForm{Exposure: "general", Profile: []string{"eu"}}
	if p := f.Propose(tmpl, modules); p != nil {
		t.Errorf("proposed without a kind: %+v", p)
	}
	take := func() bool { return f.TakeProposal(tmpl, f.Propose(tmpl, modules)) }
	f.Kind = "new-product"
	if !take() || f.Tier != "1" || f.Start != "begin" || !slices.Equal(f.Modules, []string{"law"}) {
		t.Errorf("filled in: %+v", f)
	}
	if take() {
		t.Error("the same is proposed as something new")
	}
	f.Modules, f.Profile, f.Kind = nil, []string{"eu", "screen"}, "legacy-migration"
	if !take() || f.Start != "draw" || !slices.Equal(f.Modules, []string{"looks"}) {
		t.Errorf("after other answers: %+v", f)
	}
	f.Tier, f.Start, f.Exposure, f.Kind = "2", "run", "sandbox", "internal-tool"
	if take(); f.Tier != "2" || f.Start != "run" {
		t.Errorf("what was chosen is written over: %+v", f)
	}
	f.Kind = ""
	if take() || f.Start != "" || f.Modules != nil || f.Proposed.From != "" {
		t.Errorf("without a kind: %+v", f)
	}
}
