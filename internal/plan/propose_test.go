package plan_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestPropose(t *testing.T) {
	l := &plan.Lifecycle{
		Flags: []plan.Question{{Key: "eu", Label: "It handles personal data"}, {Key: "screen", Label: "It has a screen"}},
		Stages: []plan.Stage{
			{Key: "begin", Phases: []plan.Phase{"idea"}}, {Key: "try", Phases: []plan.Phase{"validation"}}, {Key: "draw", Phases: []plan.Phase{"design", "build"}},
		},
	}
	law := &plan.Module{Key: "law", Name: "The law", Notice: "No advice.", Seats: []plan.ModuleSeat{{GateSeat: plan.GateSeat{Seat: "compliance", MandatoryAt: []plan.Tier{1, 2, 3}}}}, ProposedWhen: []plan.Flag{"eu", "own"}, Flags: []plan.Question{{Key: "own", Label: "Its own"}}}
	looks := &plan.Module{Key: "looks", Name: "Looks", Notice: "No advice.", Seats: []plan.ModuleSeat{{GateSeat: plan.GateSeat{Seat: "qa", MandatoryAt: []plan.Tier{1, 2}}}}, ProposedWhen: []plan.Flag{"screen"}}
	modules := []*plan.Module{law, looks}
	for _, k := range []struct {
		kind  plan.Origination
		reach plan.Reach
		yes   []plan.Flag
		tier  plan.Tier
		start plan.StageKey
		names []string
	}{
		{plan.NewProduct, plan.ReachTeam, nil, 3, "begin", nil},
		{plan.NewProduct, plan.ReachFew, []plan.Flag{"screen"}, 3, "begin", []string{"Looks"}},
		{plan.NewProduct, plan.ReachFew, []plan.Flag{"eu"}, 2, "begin", []string{"The law"}},
		{plan.NewProduct, plan.ReachMany, nil, 2, "begin", nil},
		{plan.NewProduct, plan.ReachAll, []plan.Flag{"screen", "eu"}, 1, "begin", []string{"The law", "Looks"}},
		{plan.Migration, plan.ReachTeam, nil, 2, "draw", nil},
		{plan.Migration, plan.ReachAll, nil, 1, "draw", nil},
		{plan.Growth, plan.ReachFew, nil, 3, "try", nil},
		{plan.Growth, plan.ReachAll, nil, 2, "try", nil},
		{plan.InternalTool, plan.ReachAll, nil, 3, "begin", nil},
		{plan.InternalTool, plan.ReachAll, []plan.Flag{"own"}, 1, "begin", []string{"The law"}},
	} {
		p := plan.Propose(l, modules, plan.Situation{Kind: k.kind, Reach: k.reach, Yes: k.yes})
		var names []string
		for _, m := range p.Modules {
			names = append(names, m.Module.Name)
			if len(m.Because) == 0 {
				t.Errorf("%s is proposed for no answer", m.Module.Name)
			}
		}
		if p.Tier != k.tier || p.Start != k.start || !slices.Equal(names, k.names) || p.TierWhy == "" || p.Why == "" {
			t.Errorf("%+v: proposed %+v", k, p)
		}
	}
	only := &plan.Lifecycle{Stages: []plan.Stage{{Key: "all"}}} // one without phases, as version 1 had none
	if p := plan.Propose(only, nil, plan.Situation{Kind: plan.Migration}); p.Start != "all" {
		t.Errorf("without phases it starts with %q", p.Start)
	}
}
