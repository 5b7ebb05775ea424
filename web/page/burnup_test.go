package page

import (
	"fmt"
	"testing"
	"time"
)

// A day that was not kept has no bar, and the table has the days on which something changed.
func TestBurnUpSkipsDaysThatWereNotKept(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	days := []BurnUpDay{{day(1), 1, 10, 2}, {day(2), 1, 10, 2}, {day(3), 1, 12, 2}, {day(5), 1, 12, 12}, {day(6), 1, 12, 12}}
	if got := fmt.Sprint(burnUp(days).Bars); got != "[[2 8] [2 8] [2 10] [] [12 0] [12 0]]" {
		t.Errorf("bars %s", got)
	}
	var in []int
	for _, d := range turns(days) {
		in = append(in, d.Day.Day())
	}
	if fmt.Sprint(in) != "[6 5 3 1]" {
		t.Errorf("the table has the days %v", in)
	}
}
