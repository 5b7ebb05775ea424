package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Tiers at which an item weighs the same are named together.
func TestLevelsAreToldInWords(t *testing.T) {
	const must, should, may, none = plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone
	for _, k := range []struct {
		levels [3]plan.Level
		first  plan.Level
		want   string
	}{
		{[3]plan.Level{must, must, must}, must, "Required at every tier"},
		{[3]plan.Level{must, must, none}, must, "Required at tiers 1 and 2"},
		{[3]plan.Level{must, should, should}, must, "Required at tier 1, recommended at tiers 2 and 3"},
		{[3]plan.Level{must, should, may}, should, "Recommended at tier 2, required at tier 1, optional at tier 3"},
		{[3]plan.Level{should, none, none}, should, "Recommended at tier 1"},
	} {
		if got := levelWords(&plan.Item{Levels: k.levels}, k.first); got != k.want {
			t.Errorf("%v, %s first: %q, want %q", k.levels, k.first, got, k.want)
		}
	}
}
