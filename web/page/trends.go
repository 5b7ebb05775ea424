package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/web/ui"
)

// TrendsData is how the projects that the reader sees went on.
type TrendsData struct {
	Weeks     []TrendWeek // oldest first
	Signers   []SignerLoad
	Decisions int // by all signers
	Seats     []SeatLoad
	Stages    []StagePace
	Live      int // services that went live
	ToLive    time.Duration

	Promises              []PromiseWeek
	Blocking              []TrendItem // most projects first
	Weighed               int         // projects in which it was looked for what blocks
	Expired, ExpiredKinds []TrendItem
	Governance            []StageGovernance
}

// TrendWeek is what was decided at gates in a week.
type TrendWeek struct {
	Monday                          time.Time
	Passed, Returned, First, AtOnce int
}

// SignerLoad is what somebody decided.
type SignerLoad struct {
	Name      string
	Decisions int
	Median    time.Duration
}

// SeatLoad are the projects that wait for a seat.
type SeatLoad struct {
	Seat     string
	Href     string // the projects that wait for it
	Projects int
	Median   time.Duration
}

// StagePace is how long a stage took.
type StagePace struct {
	Lifecycle, Stage string
	Days, Passes     int
}

// tallies sum the weeks up.
func (d *TrendsData) tallies() []tally {
	all := d.all()
	list := []tally{
		{count: ui.Number(all.Passed), word: "Gates passed", state: ui.Met},
		{count: ui.Number(all.Returned), word: "Returned", state: ui.Bad},
	}
	if all.First > 0 {
		list = append(list, tally{count: percent(all.AtOnce, all.First) + " %", word: "Passed the first time", state: ui.Met})
	}
	if d.Live > 0 {
		list = append(list, tally{count: strconv.Itoa(int(d.ToLive/(24*time.Hour))) + " days", word: "From idea to live, the middle of " + ui.Number(d.Live), state: ui.Part})
	}
	return list
}

func (d *TrendsData) all() (sum TrendWeek) {
	for _, w := range d.Weeks {
		sum.Passed, sum.Returned, sum.First, sum.AtOnce = sum.Passed+w.Passed, sum.Returned+w.Returned, sum.First+w.First, sum.AtOnce+w.AtOnce
	}
	return sum
}

// percent is how many in a hundred n of all are, rounded; but nothing and all are only said
// where it is so. A dash where there are none.
func percent(n, all int) string {
	if all == 0 {
		return "–"
	}
	switch rounded := (n*200 + all) / (2 * all); {
	case rounded == 0 && n > 0:
		return "under 1"
	case rounded == 100 && n < all:
		return "over 99"
	default:
		return ui.Number(rounded)
	}
}

// bars are the weeks as a picture.
func (d *TrendsData) bars() ui.BarsData {
	all := d.all()
	out := ui.BarsData{
		Label: "Gates decided in each of " + CountOf(len(d.Weeks), "week") + ": " + ui.Number(all.Passed) + " passed, " + ui.Number(all.Returned) + " returned",
		Looks: []ui.State{ui.Met, ui.Bad},
	}
	for _, w := range d.Weeks {
		out.Bars = append(out.Bars, []int{w.Passed, w.Returned})
	}
	return out
}

// most is more than this share of all decisions, in percent: so much rests on one person.
const most = 50

// heavy reports whether more than half of all decisions were one person's.
func (d *TrendsData) heavy(l *SignerLoad) bool { return l.Decisions*100 > d.Decisions*most }

// first reports whether a stage is the first of its lifecycle in the list.
func (d *TrendsData) first(i int) bool {
	return i == 0 || d.Stages[i].Lifecycle != d.Stages[i-1].Lifecycle
}
