package ui

import (
	"strings"
)

// BarsData are amounts side by side, each made up of parts that are stacked.
type BarsData struct {
	Label string // says what the picture shows: it is read instead of it
	Looks []State
	Bars  [][]int // the parts of each bar, from below, in the order of Looks; nil: not known
}

// most is the highest amount, to which the picture is scaled.
func (d *BarsData) most() int {
	most := 1
	for _, bar := range d.Bars {
		most = max(most, sum(bar))
	}
	return most
}

func (d *BarsData) width() float64 { return float64(chartWidth) / float64(max(1, len(d.Bars))) }

// base is the line on which bars stand. It has gaps where an amount is not known, so that this
// does not look like none.
func (d *BarsData) base() string {
	var b strings.Builder
	for i, bar := range d.Bars {
		if bar != nil {
			b.WriteString("M" + place(float64(i)*d.width()) + " " + place(chartHeight) + "h" + place(d.width()))
		}
	}
	return b.String()
}

// path draws one part of all bars.
func (d *BarsData) path(part int) string {
	width, unit := d.width(), float64(chartHeight-chartEdge)/float64(d.most())
	var b strings.Builder
	for i, bar := range d.Bars {
		if bar == nil || bar[part] == 0 {
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
