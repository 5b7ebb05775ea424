package page

import (
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/web/ui"
)

// DefinitionData is one version of a readiness definition.
type DefinitionData struct {
	*plan.Definition
	Ref      plan.Ref
	Before   *plan.Definition // the version before it; nil when it is the first
	Versions []int            // all, the newest first
	May      bool             // write documents
	Exports  []Export
}

// Title names the version.
func (d *DefinitionData) Title() string { return d.Name + ", version " + strconv.Itoa(d.Version) }

// newest is the number of the newest version.
func (d *DefinitionData) newest() int {
	if len(d.Versions) == 0 {
		return d.Version
	}
	return d.Versions[0]
}

// tierName heads what a definition asks at a tier.
func tierName(i int) string {
	return "Tier " + strconv.Itoa(i+1) + ", " + [...]string{"critical", "standard", "starter"}[i]
}

// termFacts are what a definition asks at a tier, but for its objectives.
func termFacts(t *plan.Terms) []ui.Fact {
	return []ui.Fact{
		{Term: "Recovery may take", Text: t.Recovery},
		{Term: "Tolerated risk", Text: "a score of " + strconv.Itoa(t.Tolerated) + " of " + strconv.Itoa(record.WorstRisk) + " at most"},
	}
}
