package plan_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// A module without a lifecycle reads by phase, in the order of the work; what a
// newer version moves to another phase is told as moved.
func TestModuleByPhase(t *testing.T) {
	item := func(p plan.Phase, k plan.ItemKey) plan.ModuleItem {
		return plan.ModuleItem{Phase: p, Item: plan.Item{Key: k, Title: string(k)}}
	}
	old := &plan.Module{
		Key:   "law",
		Items: []plan.ModuleItem{item("release", "law-kept"), item("idea", "law-known"), item("idea", "law-read")},
		Seats: []plan.ModuleSeat{{Phase: "security", GateSeat: plan.GateSeat{Seat: "compliance"}}},
	}
	stages := old.ByPhase()
	if len(stages) != 3 || stages[0].Name != "Idea" || len(stages[0].Items) != 2 || stages[1].Key != "security" || len(stages[1].Gate.Seats) != 1 ||
		stages[2].Items[0].Key != "law-kept" {
		t.Errorf("by phase: %+v", stages)
	}
	newer := &plan.Module{Key: "law", Items: []plan.ModuleItem{item("operation", "law-kept"), item("idea", "law-known"), item("idea", "law-new")}}
	got := map[plan.ItemKey]plan.Fate{}
	for _, c := range plan.Compare(&plan.Lifecycle{Stages: stages}, &plan.Lifecycle{Stages: newer.ByPhase()}).Items {
		if c.New != nil {
			got[c.New.Key] = c.Fate
		} else {
			got[c.Old.Key] = c.Fate
		}
	}
	if len(got) != 3 || got["law-kept"] != plan.Moved || got["law-new"] != plan.Added || got["law-read"] != plan.Removed {
		t.Errorf("differences: %v", got)
	}
}
