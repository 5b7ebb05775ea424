package ui

import (
	"strconv"
	"strings"
	"time"
)

// ChartData is a series of figures over time, and what they are held against.
type ChartData struct {
	Label  string // says all that the picture shows: it is read instead of it
	Points []ChartPoint
	Target float64
	Aims   bool // there is a target
}

// ChartPoint is one figure.
type ChartPoint struct {
	At    time.Time
	Value float64
}

// The size of a chart in its own units; it is stretched to the width that there is.
const (
	chartWidth  = 600
	chartHeight = 120
	chartEdge   = 8 // left free at each side
)

// scale is where a chart puts figures and moments.
type scale struct {
	first, last time.Time
	low, high   float64
}

func (d *ChartData) scale() scale {
	s := scale{d.Points[0].At, d.Points[len(d.Points)-1].At, d.Points[0].Value, d.Points[0].Value}
	for _, p := range d.Points {
		s.low, s.high = min(s.low, p.Value), max(s.high, p.Value)
	}
	if d.Aims {
		s.low, s.high = min(s.low, d.Target), max(s.high, d.Target)
	}
	if s.high == s.low {
		s.low, s.high = s.low-1, s.high+1
	}
	return s
}

func (s scale) x(at time.Time) string {
	share := 0.5
	if all := s.last.Sub(s.first); all > 0 {
		share = float64(at.Sub(s.first)) / float64(all)
	}
	return place(chartEdge + share*(chartWidth-2*chartEdge))
}

func (s scale) y(v float64) string {
	return place(chartEdge + (s.high-v)/(s.high-s.low)*(chartHeight-2*chartEdge))
}

func place(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }

// line goes through all figures.
func (d *ChartData) line() string {
	s := d.scale()
	var b strings.Builder
	for i, p := range d.Points {
		b.WriteString(map[bool]string{true: "M", false: "L"}[i == 0])
		b.WriteString(s.x(p.At) + " " + s.y(p.Value))
	}
	return b.String()
}

// dots are lines of no length, which are drawn round however the chart is stretched.
func (d *ChartData) dots() string {
	s := d.scale()
	var b strings.Builder
	for _, p := range d.Points {
		b.WriteString("M" + s.x(p.At) + " " + s.y(p.Value) + "h0")
	}
	return b.String()
}

// aim is the line of the target.
func (d *ChartData) aim() string {
	return "M0 " + d.scale().y(d.Target) + "H" + strconv.Itoa(chartWidth)
}
