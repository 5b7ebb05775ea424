package plan_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

func TestKindsOfRecordsOfALifecycle(t *testing.T) {
	l := base()
	if !l.Uses("risk") || !l.Uses("lesson") {
		t.Error("one that says nothing does not use all kinds")
	}
	l.Keeps = []record.Key{"risk", "lesson"}
	if !l.Uses("lesson") || l.Uses("debt") {
		t.Error("one that names kinds uses others")
	}
	if finds(l, "keeps: ") {
		t.Error("two kinds are refused")
	}
	l.Stages[0].Gate.Records = []record.Key{"debt"}
	if !finds(l, `asks for a record of the kind "debt", which projects cannot add`) {
		t.Error("a gate asks for what projects cannot add")
	}
	for _, wrong := range [][]record.Key{{"risk", "risk"}, {"worry"}} {
		l := base()
		if l.Keeps = wrong; !finds(l, "keeps: ") {
			t.Errorf("%q are right", wrong)
		}
	}
	p, err := plan.Compose(plan.Origin{}, &plan.Lifecycle{Keeps: []record.Key{"risk"}}, nil)
	if err != nil || p.Uses("debt") {
		t.Errorf("a plan forgets it: %v", err)
	}
}
