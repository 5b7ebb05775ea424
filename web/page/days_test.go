package page

import (
	"testing"
	"time"
)

// A stand-in's last day is that before the moment at which it ends, wherever
// the organisation is, also when clocks change in between.
func TestLastDayOfAStandIn(t *testing.T) {
	for _, name := range []string{"UTC", "Pacific/Honolulu", "Europe/Berlin", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		s := StandIn{Starts: time.Date(2026, 3, 26, 0, 0, 0, 0, zone), Ends: time.Date(2026, 3, 30, 0, 0, 0, 0, zone)}
		if got := s.last().Format(time.DateOnly); got != "2026-03-29" {
			t.Errorf("in %s: %s", name, got)
		}
	}
	// Named while days were those of UTC; it ends in the evening of the 29th there.
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	s := StandIn{Ends: time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC).In(newYork)}
	if got := s.last().Format(time.DateOnly); got != "2026-03-29" {
		t.Errorf("after a change of the setting: %s", got)
	}
}

// The day of a moment is that of the organisation.
func TestDayOfAMoment(t *testing.T) {
	moment := time.Date(2026, 3, 29, 22, 30, 0, 0, time.UTC)
	for name, want := range map[string]string{"UTC": "29 Mar 2026", "Pacific/Honolulu": "29 Mar 2026", "Europe/Berlin": "30 Mar 2026"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(moment, moment.In(zone)); got != want {
			t.Errorf("in %s: %s, want %s", name, got, want)
		}
	}
	if got := DayOf(time.Time{}, moment); got != "" {
		t.Errorf("of none: %q", got)
	}
}
