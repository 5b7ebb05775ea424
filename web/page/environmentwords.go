package page

import (
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// environmentKinds are kinds of environment within a sentence, such as staging and
// production.
func environmentKinds(kinds []plan.EnvironmentKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = environmentKind(k)
	}
	return Enumerate(names, "and")
}

// environmentKind is a kind of environment within a sentence.
func environmentKind(k plan.EnvironmentKind) string {
	label := k.Label()
	if len(label) > 1 && strings.ToUpper(label[:2]) == label[:2] { // an abbreviation
		return label
	}
	return strings.ToLower(label)
}

// environmentsText is what a project's environments are called, a line each.
func environmentsText(o *plan.Origin) string {
	var lines []string
	for _, e := range o.Present() {
		lines = append(lines, e.Name+" ("+environmentKind(e.Kind)+")")
	}
	return strings.Join(lines, "\n")
}

// DecidesOn says on which kinds of environment a gate decides; empty: it names none.
func DecidesOn(g *plan.Gate) string {
	if len(g.Environments) == 0 {
		return ""
	}
	return "Decides on environments of the kind " + environmentKinds(g.Environments) + ": what earlier stages have answered for each of them is asked here."
}
