package bench

import (
	"fmt"
	"time"
)

// Figures are what a run measured, by name: "db1@16 rate", "checklist@1 p50", "server memory MiB". The last word is the unit.
type Figures map[string]float64

// note adds a summary's figures. A contender that made errors gets none: a fast wrong answer is not a speed.
func (f Figures) note(s Summary) {
	key := fmt.Sprintf("%s@%d ", s.Name, s.Clients)
	f[key+"errors"] = float64(s.Errors)
	if s.Errors > 0 {
		return
	}
	f[key+"rate"] = s.Rate
	f[key+"µs"] = float64(s.Server+s.Database) / float64(time.Microsecond)
	f[key+"bytes"] = s.MeanBody
	if s.P50 > 0 { // pgbench tells only the mean
		f[key+"p50"], f[key+"p75"], f[key+"p99"] = milliseconds(s.P50), milliseconds(s.P75), milliseconds(s.P99)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Goal is a bound on one figure, or on its ratio to another of the same run.
type Goal struct {
	ID    string // P1 to P13
	What  string
	Value string // a figure
	Over  string // the figure it is divided by; empty: Value itself is bounded
	Bound Bound
}

// Bound is what a value may be, both ends included.
type Bound struct{ Low, High float64 }

const unbounded = 1e300

func atLeast(v float64) Bound        { return Bound{v, unbounded} }
func atMost(v float64) Bound         { return Bound{-unbounded, v} }
func within(low, high float64) Bound { return Bound{low, high} }

func (b Bound) holds(v float64) bool { return b.Low <= v && v <= b.High }

func (b Bound) String() string {
	switch {
	case b.High == unbounded:
		return fmt.Sprintf(">= %.4g", b.Low)
	case b.Low == -unbounded:
		return fmt.Sprintf("<= %.4g", b.High)
	default:
		return fmt.Sprintf("%.4g to %.4g", b.Low, b.High)
	}
}

// What people use today was measured once, beside the same yardsticks, with 16 clients (requests per second). The comparisons with
// it go through the yardsticks: a machine that is half as fast is that for everyone.
const (
	thenPage, thenDB1, thenTick = 3789.0, 23700.0, 5491.0 // page-hyb, db1, tick-raw

	peerPage = 169.0 / thenPage // Kanboard, ahead of Gogs
	peerList = 336.0 / thenDB1  // Gogs, ahead of all others
	peerTick = 676.0 / thenTick // Kanboard, ahead of all others
)

// Goals are the figures to reach.
func Goals() []Goal {
	return []Goal{
		{"P1", "checklist, 120 items, 16 clients: bytes as page-hyb", "checklist@16 bytes", "page-hyb@16 bytes", within(0.97, 1.03)},
		{"P1", "checklist, 120 items, 16 clients", "checklist@16 rate", "page-hyb@16 rate", atLeast(0.80)},
		{"P1", "the same: 15 times the fastest peer", "checklist@16 rate", "page-hyb@16 rate", atLeast(15 * peerPage)},
		{"P1", "largest real stage, 16 clients: bytes as its page-hyb", "largest@16 bytes", "largest-hyb@16 bytes", within(0.97, 1.03)},
		{"P1", "largest real stage, 16 clients", "largest@16 rate", "largest-hyb@16 rate", atLeast(0.80)},
		{"P1", "checklist, 1 client: p50", "checklist@1 p50", "page-floor@1 p50", atMost(2)},
		{"P1", "checklist, 1 client: p99 to own p50", "checklist@1 p99", "checklist@1 p50", atMost(8)},
		{"P2", "checklist unchanged: 304", "checklist-304@16 rate", "db1@16 rate", atLeast(0.70)},
		{"P2", "checklist unchanged: cached body", "checklist-cached@16 rate", "db1@16 rate", atLeast(0.60)},
		{"P3", "tick, different projects, 1 client", "tick@1 rate", "tick-raw@1 rate", atLeast(1.0)},
		{"P3", "tick, different projects, 16 clients", "tick@16 rate", "tick-raw@16 rate", atLeast(0.70)},
		{"P3", "the same: 4 times the fastest peer", "tick@16 rate", "tick-raw@16 rate", atLeast(4 * peerTick)},
		{"P3", "tick, different projects, 64 clients", "tick@64 rate", "tick-raw@64 rate", atLeast(0.70)},
		{"P4", "16 people tick one project: errors", "tick-shared@16 errors", "", atMost(0)},
		{"P4", "the same: ticks lost", "tick-shared lost", "", atMost(0)},
		{"P4", "the same: p99 to own p50", "tick-shared@16 p99", "tick-shared@16 p50", atMost(20)},
		{"P4", "the same: to ticks of different projects", "tick-shared@16 rate", "tick@16 rate", atLeast(0.3)},
		{"P5", "sign a gate of a 206-item review", "sign@16 rate", "tick-raw@16 rate", atLeast(0.5)},
		{"P6", "portfolio, slowest indexed filter or sort: 100k projects to 1k", "portfolio-100k@1 p50", "portfolio-1k@1 p50", atMost(1.25)},
		{"P6", "portfolio, 16 clients: 10 times the fastest peer", "portfolio-1k@16 rate", "db1@16 rate", atLeast(10 * peerList)},
		{"P7", "free filters, the slowest, at 100k projects: p50 to the page's without", "filter-100k@1 p50", "portfolio-100k?@1 p50", atMost(3)},
		{"P7", "totals by team, 10k projects: p50", "totals-10k@1 p50", "", atMost(10)},
		{"P8", "my work, 200 items, 50 gates, 10k projects: p50 to the checklist's", "my-work@1 p50", "checklist@1 p50", atMost(1.5)},
		{"P9", "memory after load", "server memory MiB", "", atMost(64)},
		{"P9", "memory with the totals of 100k projects, after lists", "portfolio-100k memory MiB", "", atMost(160)},
		{"P9", "the most, once they were downloaded, too", "portfolio-100k most MiB", "", atMost(200)},
		{"P10", "start to first checklist page", "server start ms", "", atMost(100)},
		{"P10", "binary, stripped", "server binary MB", "", atMost(30)},
		{"P11", "checklist compressed", "checklist gzip KiB", "", atMost(14)},
		{"P11", "portfolio page compressed", "portfolio gzip KiB", "", atMost(4)},
		{"P11", "all CSS and JS compressed", "assets gzip KiB", "", atMost(27)},
		{"P11", "elements on a 120-item checklist", "checklist elements", "", atMost(1400)},
		{"P12", "a tick in a browser, click to painted: p75", "tick felt ms", "", atMost(50)},
	}
}

// Verdict compares a goal with a run.
type Verdict struct {
	Goal
	Got   float64 // the figure or the ratio
	State State
}

// State of a goal.
type State int

// A goal is not measured when one of its figures is missing, be it because the run was a quick one or because of errors.
const (
	NotMeasured State = iota
	Missed
	Reached
)

func (s State) String() string { return [...]string{"not measured", "**missed**", "reached"}[s] }

func judge(g Goal, f Figures) Verdict {
	v := Verdict{Goal: g}
	value, ok := f[g.Value]
	if !ok {
		return v
	}
	v.Got = value
	if g.Over != "" {
		over, ok := f[g.Over]
		if !ok || over == 0 {
			return v
		}
		v.Got = value / over
	}
	v.State = Missed
	if g.Bound.holds(v.Got) {
		v.State = Reached
	}
	return v
}
