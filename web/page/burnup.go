package page

import (
	"slices"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/web/ui"
)

// BurnUpDay is what a project had done on a day that is kept.
type BurnUpDay struct {
	Day                 time.Time
	Review, Items, Done int
}

// burnUp is how the items of a project got done, as a picture: a bar for each day, none where
// the day was not kept.
func burnUp(days []BurnUpDay) ui.BarsData {
	first, last := days[0], days[len(days)-1]
	out := ui.BarsData{
		Label: "Items done: " + strconv.Itoa(first.Done) + " of " + strconv.Itoa(first.Items) + " on " + first.Day.Format("2 Jan 2006") + ", " +
			strconv.Itoa(last.Done) + " of " + strconv.Itoa(last.Items) + " on " + last.Day.Format("2 Jan 2006"),
		Looks: []ui.State{ui.Met, ui.Open},
	}
	next := 0
	for day := first.Day; !day.After(last.Day); day = day.AddDate(0, 0, 1) {
		var bar []int
		if days[next].Day.Equal(day) {
			bar = []int{days[next].Done, max(0, days[next].Items-days[next].Done)}
			next++
		}
		out.Bars = append(out.Bars, bar)
	}
	return out
}

// turns are the days on which a figure is another than on the day before, and the first and
// last, newest first: what a reader of the table wants.
func turns(days []BurnUpDay) []BurnUpDay {
	var out []BurnUpDay
	for i, d := range days {
		last := i == len(days)-1
		if i == 0 || last || d.Items != days[i-1].Items || d.Done != days[i-1].Done || d.Review != days[i-1].Review {
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	return out
}
