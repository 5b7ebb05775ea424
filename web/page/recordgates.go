package page

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
)

// gatesThen sums up how gates stood; empty: nothing is kept of them.
func gatesThen(gates []review.GateThen) string {
	var open []review.GateThen
	ready := ""
	if site := review.SiteOf(&review.GatesThen{Gates: gates}); site.Environment != "" {
		ready = " " + SiteReady(site)
	}
	for _, g := range gates {
		if !g.State.Passed() {
			open = append(open, g)
		}
	}
	switch {
	case len(gates) == 0:
		return ""
	case len(open) == 0:
		return "Every gate had passed." + ready
	}
	which := review.SomeGates(open, func(g review.GateThen) string { return g.Name + " (" + strings.ToLower(g.State.Label()) + ")" })
	return strconv.Itoa(len(gates)-len(open)) + " of " + CountOf(len(gates), "gate") + " had passed; not " + which + "." + ready
}

// SiteReady says how ready an environment was.
func SiteReady(s review.SiteThen) string {
	if s.Must == 0 {
		return "Nothing was required of " + s.Name + "."
	}
	return strconv.Itoa(s.Done) + " of " + CountOf(s.Must, "required item") + " of " + s.Name + " ready."
}

// RecordGates sums up how gates stood at the moment that a record tells of.
func RecordGates(rec *review.Record) string {
	if rec.Gates == nil {
		return ""
	}
	return gatesThen(rec.Gates.Gates)
}
