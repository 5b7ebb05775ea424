package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// What a newer version changes about a gate is told whole, and signatures only where
// they change.
func TestGateChange(t *testing.T) {
	signed := plan.Gate{Quorums: [3]int{1, 1, 1}, Seats: []plan.GateSeat{{Seat: plan.SeatProduct}}}
	with := func(change func(*plan.Gate)) *plan.Gate {
		g := signed
		change(&g)
		return &g
	}
	asks := with(func(g *plan.Gate) {
		g.Records = []record.Key{"objective", "risk"}
		g.Environments = []plan.EnvironmentKind{"staging", "production"}
		g.From = plan.ExposurePilot
	})
	for _, c := range []struct {
		before, after *plan.Gate
		want          string
	}{
		{&signed, asks, "asks for an objective and a risk, decides on environments of the kind staging and production and is needed from a pilot on"},
		{asks, &signed, "no longer asks for an objective and a risk, no longer decides on any kind of environment and is needed at every exposure"},
		{&signed, with(func(g *plan.Gate) { g.Quorums[2] = 0 }), "asks for other signatures"},
		{&signed, with(func(g *plan.Gate) { g.RepeatsDays, g.Policies = 90, []string{"secrets"} }), "is repeated after 90 days and asks for other policies"},
		{with(func(g *plan.Gate) { g.RepeatsDays = 90 }), &signed, "is no longer repeated"},
	} {
		if got := GateChange(c.before, c.after); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
