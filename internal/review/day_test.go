package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// A date is a whole day where the organisation is, its last one included, for
// everything that has one.
func TestADateIsAWholeDayInItsZone(t *testing.T) {
	for _, name := range []string{"UTC", "Pacific/Honolulu", "Pacific/Kiritimati", "Europe/Berlin", "America/St_Johns"} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			date := time.Date(2026, time.March, 29, 0, 0, 0, 0, time.UTC) // clocks change on it in Berlin
			begins := time.Date(2026, time.March, 29, 0, 0, 0, 0, zone)
			ends := time.Date(2026, time.March, 30, 0, 0, 0, 0, zone)
			if got := review.EndOf(date, zone); !got.Equal(ends) {
				t.Errorf("it ends at %v, want %v", got, ends)
			}
			standIn := func(starts, ends string) *review.Delegation {
				e := review.SeatDelegated{Starts: starts, Ends: ends, Zone: name}
				first, after, err := e.Span()
				if err != nil {
					t.Fatal(err)
				}
				return &review.Delegation{Starts: first, Ends: after}
			}
			over := map[string]func(time.Time) bool{
				"evidence":   (&review.Evidence{Expires: date}).Expired,
				"condition":  (&review.Condition{Due: date}).Overdue,
				"retrospect": (&review.Forced{ReviewDue: date}).Overdue,
				"waiver": func(at time.Time) bool {
					return (&review.Waiver{Until: date, GrantedAt: begins.AddDate(0, -1, 0)}).State(at) == review.WaiverExpired
				},
				"stand-in": func(at time.Time) bool { return !standIn("2026-03-26", "2026-03-30").InForce(at) },
				"any":      func(at time.Time) bool { return review.Over(date, at) },
			}
			for what, isOver := range over {
				for at, want := range map[time.Time]bool{
					begins: false, ends.Add(-time.Microsecond): false, ends: true, ends.Add(time.Microsecond): true,
				} {
					if got := isOver(at); got != want {
						t.Errorf("%s is over at %v: %t", what, at, got)
					}
				}
			}
			if first := standIn("2026-03-29", "2026-04-09"); first.InForce(begins.Add(-time.Microsecond)) || !first.InForce(begins) {
				t.Error("a stand-in does not begin with the first day")
			}
			for at, want := range map[time.Time]bool{
				begins.AddDate(0, 0, -14).Add(-time.Microsecond): false, begins.AddDate(0, 0, -14): true, ends.Add(-time.Microsecond): true, ends: false,
			} {
				if got := review.Soon(date, at); got != want {
					t.Errorf("it comes soon at %v: %t", at, got)
				}
			}
		})
	}
	if review.Over(time.Time{}, time.Now()) || review.Soon(time.Time{}, time.Now()) {
		t.Error("no date goes by")
	}
}

// Whatever ran out blocks since the end of its day, not since a midnight elsewhere:
// nothing waits since a moment to come, or for half a day when it just began.
func TestBlocksSinceTheEndOfTheDay(t *testing.T) {
	for _, name := range []string{"Pacific/Honolulu", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		w.ok(w.answer(member, build, "tests", review.Met, ""))
		w.ok(w.r.AddEvidence(w.actor(mate), build, "tests", review.NewEvidence{URL: "https://ci.example.com/1", Type: "ci-run", Expires: "2026-03-31"}, w.tick()))
		ends := time.Date(2026, time.April, 1, 0, 0, 0, 0, zone)
		if b := itemBlocker(w, "tests", ends); b == nil || !b.Since.Equal(ends) {
			t.Errorf("in %s evidence that has run out blocks as %+v, want since %v", name, b, ends)
		}
	}
}

// What is typed is compared with the day where the organisation is, and what is
// left out becomes it.
func TestTodayIsTheZonesDay(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, time.June, 30, 23, 0, 0, 0, time.UTC)
	kiritimati := w.now.In(time.FixedZone("", 14*3600)) // 1 July, 13:00
	honolulu := w.now.In(time.FixedZone("", -10*3600))  // 30 June, 13:00
	add := func(at time.Time, in review.NewEvidence) error {
		in.URL, in.Type = "https://ci.example.com/"+at.Format("02"), "ci-run"
		return w.r.AddEvidence(w.actor(member), build, "tests", in, at)
	}
	w.ok(add(kiritimati, review.NewEvidence{}))
	w.ok(add(honolulu, review.NewEvidence{Title: "Second"}))
	for i, want := range []string{"2026-07-01", "2026-06-30"} {
		if got := review.FormatDate(w.stage(build).Evidence[i].Effective); got != want {
			t.Errorf("evidence %d is effective from %s, want %s", i+1, got, want)
		}
	}
	force := func(at time.Time) error {
		return w.r.Force(w.actor(manager), design, w.digest(design), "It burns.", "2026-06-30", at)
	}
	w.refused(force(kiritimati), "invalid") // yesterday
	w.ok(force(honolulu))
}
