package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestForecast(t *testing.T) {
	now := time.Date(2026, 3, 10, 23, 30, 0, 0, time.FixedZone("east", 2*3600)) // 21:30 in UTC
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	b, p, w, n := review.GateBlocked, review.GatePassed, review.GateWaiting, review.GateNotNeeded
	pace := review.Pace{10, 20, 30, 40}
	for name, tc := range map[string]struct {
		gates   []review.GateState
		current int
		entered time.Time
		pace    review.Pace
		want    string
	}{
		"from the start":              {[]review.GateState{b, b, b, b}, 0, ago(0), pace, "2026-05-09"},
		"what is gone counts":         {[]review.GateState{p, w, b, b}, 1, ago(8), pace, "2026-04-21"},
		"slower than the others":      {[]review.GateState{p, w, b, b}, 1, ago(80), pace, "2026-04-09"},
		"entered by the clock here":   {[]review.GateState{p, p, w, b}, 2, time.Date(2026, 3, 9, 22, 30, 0, 0, time.UTC), pace, "2026-04-09"},
		"passed ahead of its turn":    {[]review.GateState{p, w, p, b}, 1, ago(0), pace, "2026-03-30"},
		"not needed":                  {[]review.GateState{p, w, n, b}, 1, ago(0), pace, "2026-03-30"},
		"only the service is left":    {[]review.GateState{p, p, p, b}, 3, ago(1), pace, ""},
		"all have passed":             {[]review.GateState{p, p, p, p}, 3, ago(1), pace, ""},
		"nobody knows how long":       {[]review.GateState{p, w, b, b}, 1, ago(0), review.Pace{10, 20, review.PaceUnknown, 40}, ""},
		"unknown, and behind already": {[]review.GateState{p, p, w, b}, 2, ago(0), review.Pace{review.PaceUnknown, 20, 30, review.PaceUnknown}, "2026-04-09"},
		"a pace of another lifecycle": {[]review.GateState{p, w}, 1, ago(0), pace, ""},
	} {
		day, ok := review.Forecast(tc.gates, tc.current, tc.entered, now, tc.pace)
		got := ""
		if ok {
			got = day.Format(time.DateOnly)
		}
		if got != tc.want || ok == day.IsZero() {
			t.Errorf("%s: %q (%v), want %q", name, got, ok, tc.want)
		}
	}
}
