package ui

import (
	"math"
	"strings"
	"testing"
	"time"
)

// Whatever the figures are, they are drawn within the chart.
func TestChartsStayWithinTheirEdges(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for name, d := range map[string]ChartData{
		"all alike":         {Points: []ChartPoint{{day(1), 5}, {day(2), 5}}},
		"one moment":        {Points: []ChartPoint{{day(1), 5}, {day(1), 7}}},
		"target far off":    {Points: []ChartPoint{{day(1), 5}, {day(9), 7}}, Target: 1e9, Aims: true},
		"very large figure": {Points: []ChartPoint{{day(1), -1e12}, {day(9), 1e12}}, Target: 0, Aims: true},
	} {
		all := d.line() + d.dots()
		if d.Aims {
			all += d.aim()
		}
		if strings.Contains(all, "NaN") || strings.Contains(all, "Inf") {
			t.Errorf("%s: %s", name, all)
		}
		s := d.scale()
		for _, p := range d.Points {
			if y := (s.high - p.Value) / (s.high - s.low); y < 0 || y > 1 || math.IsNaN(y) {
				t.Errorf("%s: %v lies outside", name, p)
			}
		}
	}
}
