package page

import "testing"

// A list that is cut says how many there are: what the strip counts of it.
func TestCutListsSayHowManyThereAre(t *testing.T) {
	totals := PortfolioTotals{Projects: 10_038, Ready: 717, AtRisk: 5258, Late: 478, Lapsed: 120}
	tests := map[string]struct {
		filter PortfolioFilter
		want   string
	}{
		"all":                 {PortfolioFilter{}, "1 to 50 of 10,038 projects"},
		"filtered":            {PortfolioFilter{Team: "Red"}, "1 to 50 of 10,038 projects"}, // the strip is filtered as well
		"ready":               {PortfolioFilter{Gate: gateReady}, "1 to 50 of 717 projects"},
		"lapsed":              {PortfolioFilter{Gate: gateLapsed}, "1 to 50 of 120 projects"},
		"at risk":             {PortfolioFilter{Risk: true}, "1 to 50 of 5,258 projects"},
		"late":                {PortfolioFilter{Late: true}, "1 to 50 of 478 projects"},
		"another gate":        {PortfolioFilter{Gate: "returned"}, "1 to 50 of 10,038 projects"},
		"late with a gate":    {PortfolioFilter{Late: true, Gate: gateReady}, "Projects 1 to 50, and more"},
		"at risk and another": {PortfolioFilter{Risk: true, Gate: "returned"}, "1 to 50 of 5,258 projects"},
	}
	for name, tt := range tests {
		d := PortfolioData{Filter: tt.filter, First: 1, Projects: make([]PortfolioProject, 50), More: true, Totals: totals}
		if got := d.pager().Words(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	behind := PortfolioData{First: 1, Projects: make([]PortfolioProject, 50), More: true, Totals: PortfolioTotals{Projects: 50}}
	if got := behind.pager().Words(); got != "Projects 1 to 50, and more" {
		t.Errorf("where the list is newer than the figures: %q", got)
	}
}
