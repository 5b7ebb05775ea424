package ui

import (
	"strings"
)

// BarsData are amounts side by side, each made up of parts that are stacked.
type BarsData struct {
	Label string // says what the picture shows: it is read instead of it
	Looks []State
	Bars  [][]int // the parts of each bar, from below, in the order of Looks
}

// path draws one part of all bars.
func (d *BarsData) path(part int) string {
	most := 1
	for _, bar := range d.Bars {
		most = max(most, sum(bar))
	}
	width := float64(chartWidth) / float64(max(1, len(d.Bars)))
	unit := float64(chartHeight-chartEdge) / float64(most)
	var b strings.Builder
	for i, bar := range d.Bars {
		if bar[part] == 0 {
			continue
		}
		below := sum(bar[:part])
		b.WriteString("M" + place(float64(i)*width+1) + " " + place(chartHeight-float64(below)*unit) +
			"h" + place(width-2) + "v-" + place(float64(bar[part])*unit) + "h-" + place(width-2) + "z")
	}
	return b.String()
}

func sum(parts []int) (n int) {
	for _, p := range parts {
		n += p
	}
	return n
}
