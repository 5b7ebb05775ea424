package plan

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
)

// What a goal asks for is compared where it is said in percent and days.
func TestLooser(t *testing.T) {
	for _, c := range []struct {
		objective, window string
		share             int64 // in thousandths of a percent
		days              int
		want              bool
	}{
		{"99.9 % of requests are answered", "28 days", 99_900, 28, false},
		{"99.9 % of requests are answered", "28 days", 99_899, 28, true},
		{"99.9%", "28 days", 99_950, 28, false},
		{"99.9 %", "28 days", 99_950, 30, false}, // 22 minutes, where 40 are allowed
		{"99.5 %", "28 days", 99_900, 30, false},
		{"99.5 %", "28 days", 99_500, 30, true},
		{"99.5 %", "14 days", 99_750, 28, false}, // exactly as much
		{"99.5 %", "14 days", 99_749, 28, true},
		{"99.9 %", "28 days", 99_950, 90, true},
		{"99.9 %", "4 weeks", 99_900, 28, false},
		{"99.9 %", "1 day", 99_900, 7, true},
		{"99.9 %", "a month", 99_900, 365, false},
		{"within 300 ms", "28 days", 1, 28, false},
		{"within 300 ms", "28 days", 99_900, 30, true},
	} {
		g := Goal{"Availability", c.objective, c.window}
		share := record.Decimal(c.share * 1000)
		if got := g.Looser(share, c.days); (got != "") != c.want {
			t.Errorf("%s over %s, and %s over %d days: looser %q", c.objective, c.window, share, c.days, got)
		}
	}
}

// A definition that tolerates more, asks for less, or that nobody can compare is laxer.
func TestLaxer(t *testing.T) {
	of := func(tolerated int, goals ...Goal) *Definition {
		return &Definition{Tiers: [3]Terms{{Tolerated: tolerated, Objectives: goals}}}
	}
	a := Goal{"Availability", "99.9 % of requests", "28 days"}
	b := Goal{"Latency", "within 300 ms", "28 days"}
	for name, c := range map[string]struct {
		was, is *Definition
		want    bool
	}{
		"nothing to nothing":   {nil, nil, false},
		"nothing to something": {nil, of(8, a), false},
		"something to nothing": {of(8, a), nil, true},
		"the same":             {of(8, a, b), of(8, a, b), false},
		"more risk":            {of(8, a), of(9, a), true},
		"less risk":            {of(8, a), of(7, a), false},
		"one goal less":        {of(8, a, b), of(8, a), true},
		"one goal more":        {of(8, a), of(8, a, b), false},
		"a looser goal":        {of(8, a), of(8, Goal{"availability", "99 % of requests", "28 days"}), true},
		"a tighter goal":       {of(8, a), of(8, Goal{"availability", "99.95 % of requests", "7 days"}), false},
		"incomparable":         {of(8, b), of(8, Goal{"Latency", "within 500 ms", "28 days"}), true},
	} {
		if got := c.was.Laxer(c.is, 1); got != c.want {
			t.Errorf("%s: laxer %t", name, got)
		}
	}
}

// Why an objective is looser says what would do.
func TestWhyLooser(t *testing.T) {
	g := Goal{"Availability", "99.5 % of requests", "28 days"}
	for _, c := range []struct {
		share int64
		days  int
		want  string
	}{
		{99_000, 7, "its share is smaller: 99 %, where 99.5 % is asked"},
		{99_500, 90, "its window is longer: 10.8 hours may fail in a row, where 3.4 hours are allowed; a window of 28 days would do"},
	} {
		if got := g.Looser(record.Decimal(c.share*1000), c.days); got != c.want {
			t.Errorf("%d over %d days is looser because %s, want %s", c.share, c.days, got, c.want)
		}
	}
}
