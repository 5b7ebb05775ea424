package page

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestTierCounts(t *testing.T) {
	must, should, none := plan.LevelMust, plan.LevelShould, plan.LevelNone
	tmpl := &plan.Lifecycle{Stages: []plan.Stage{
		{Items: []plan.Item{{Levels: [3]plan.Level{must, must, must}}, {Levels: [3]plan.Level{must, should, none}}}},
		{Items: []plan.Item{{Levels: [3]plan.Level{must, must, none}, When: []plan.Flag{"api", "web"}}, {Levels: [3]plan.Level{plan.LevelMay, none, none}}}},
	}}
	for _, k := range []struct {
		tier         plan.Tier
		profile      plan.Profile
		items, musts int
	}{
		{1, nil, 3, 2}, {1, plan.Profile{"web"}, 4, 3}, {2, nil, 2, 1}, {2, plan.Profile{"api"}, 3, 2}, {3, plan.Profile{"api"}, 1, 1}, {0, nil, 0, 0},
	} {
		if items, musts := TierCounts(tmpl, k.tier, "", k.profile); items != k.items || musts != k.musts {
			t.Errorf("tier %d, profile %v: %d items, %d musts; want %d, %d", k.tier, k.profile, items, musts, k.items, k.musts)
		}
	}
}

func TestNamesakesAreToldApart(t *testing.T) {
	options := personOptions([]Choice{{1, "Ana", "ana@a.test"}, {2, "Ana", "ana@b.test"}, {3, "Ben", "ben@a.test"}}, 3, "Nobody")
	var labels []string
	for _, o := range options {
		labels = append(labels, o.Label)
	}
	if got := strings.Join(labels, ", "); got != "Nobody, Ana (ana@a.test), Ana (ana@b.test), Ben" || !options[3].Selected {
		t.Errorf("offered: %s", got)
	}
}
