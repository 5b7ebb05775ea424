package page

import (
	"strings"
	"testing"
	"time"
)

func TestPercentIsRoundedAndSaysNothingAndAllWhereItIsSo(t *testing.T) {
	for _, c := range []struct {
		n, all int
		want   string
	}{
		{62, 396, "16"}, {1, 396, "under 1"}, {0, 396, "0"}, {1, 200, "1"}, {395, 396, "over 99"}, {396, 396, "100"}, {1, 3, "33"}, {2, 3, "67"}, {0, 0, "–"},
	} {
		if got := percent(c.n, c.all); got != c.want {
			t.Errorf("%d of %d are %s %%, want %s", c.n, c.all, got, c.want)
		}
	}
}

func TestWeeksThatWereNotKeptHaveNoBar(t *testing.T) {
	day := time.Date(2026, 11, 6, 0, 0, 0, 0, time.UTC)
	d := &TrendsData{Promises: []PromiseWeek{{}, {Day: day}, {Day: day, Waivers: 3, Ending: 1}}}
	bars := d.waiverBars().Bars
	if bars[0] != nil || bars[1] == nil || bars[2][0] != 2 {
		t.Errorf("bars are %v", bars)
	}
	if got := d.unkept(); !strings.HasPrefix(got, "1 week of 3 was not kept") {
		t.Errorf("says %q", got)
	}
	if got := (&TrendsData{Promises: d.Promises[1:]}).unkept(); got != "" {
		t.Errorf("of weeks that are kept it says %q", got)
	}
}
