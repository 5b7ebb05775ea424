package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestAddEvidence(t *testing.T) {
	const ok = "https://ci.example.com/1"
	tests := []struct {
		name string
		in   review.NewEvidence
		want string
	}{
		{"as little as it takes", review.NewEvidence{URL: ok, Type: "ci-run"}, "ok"},
		{"script", review.NewEvidence{URL: "javascript:alert(1)", Type: "ci-run"}, "invalid"},
		{"no kind", review.NewEvidence{URL: ok}, "invalid"},
		{"unknown kind", review.NewEvidence{URL: ok, Type: "hearsay"}, "invalid"},
		{"true today", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-02"}, "ok"},
		{"true tomorrow, for people east of here", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-03"}, "ok"},
		{"true the day after", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-04"}, "invalid"},
		{"true before computers counted", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "1969-12-31"}, "invalid"},
		{"first day", review.NewEvidence{URL: ok, Type: "doc", Effective: "1970-01-01"}, "ok"},
		{"year 10000", review.NewEvidence{URL: ok, Type: "ci-run", Expires: "10000-01-01"}, "invalid"},
		{"no such day", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-02-29"}, "invalid"},
		{"expires when it begins", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-01", Expires: "2026-03-01"}, "invalid"},
		{"expires the next day", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-01", Expires: "2026-03-02"}, "ok"},
		{"expires on the last day that the item allows", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-01", Expires: "2026-05-30"}, "ok"},
		{"expires later than the item allows", review.NewEvidence{URL: ok, Type: "ci-run", Effective: "2026-03-01", Expires: "2026-05-31"}, "invalid"},
		{"a title of several lines", review.NewEvidence{URL: ok, Type: "ci-run", Title: "a\nb"}, "invalid"},
		{"too long a title", review.NewEvidence{URL: ok, Type: "ci-run", Title: repeat("x", review.MaxTitle+1)}, "invalid"},
		{"too long a commit", review.NewEvidence{URL: ok, Type: "ci-run", Commit: repeat("x", review.MaxTitle+1)}, "invalid"},
		{"a host too long to be the title", review.NewEvidence{URL: "https://" + repeat("a.", 150) + "example", Type: "ci-run"}, "invalid"},
		{"the same host with a title", review.NewEvidence{URL: "https://" + repeat("a.", 150) + "example", Type: "ci-run", Title: "Long"}, "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			before := len(w.r.Recorded())
			err := w.r.AddEvidence(w.actor(member), build, "tests", tt.in, w.tick())
			w.refused(err, tt.want)
			if n := len(w.r.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("recorded %d events", n)
			}
		})
	}
}

func TestEvidenceDefaults(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, time.June, 30, 23, 59, 59, 0, time.UTC)
	at := w.now.In(time.FixedZone("east", 5*3600)) // already July there
	w.ok(w.r.AddEvidence(w.actor(member), build, "tests", review.NewEvidence{URL: "https://CI.example.com/1", Type: "ci-run"}, at))
	w.ok(w.r.AddEvidence(w.actor(member), build, "load", review.NewEvidence{URL: "https://ci.example.com/2", Type: "ci-run", Title: " Nightly ", Commit: " 3f2a "}, at))
	e := w.stage(build).Evidence
	if e[0].Title != "CI.example.com" || review.FormatDate(e[0].Effective) != "2026-07-01" || review.FormatDate(e[0].Expires) != "2026-09-29" || e[0].By != member || !e[0].At.Equal(at) || e[0].No != 1 {
		t.Errorf("a repeating item's evidence is kept as %+v", e[0])
	}
	if e[1].Title != "Nightly" || e[1].Commit != "3f2a" || !e[1].Expires.IsZero() || e[1].No != 2 {
		t.Errorf("another's as %+v", e[1])
	}
}

func TestSameEvidenceTwice(t *testing.T) {
	w := newWorld(t)
	add := func(p review.PersonID, ik plan.ItemKey, in review.NewEvidence) error {
		in.URL = "https://ci.example.com/1"
		return w.r.AddEvidence(w.actor(p), build, ik, in, w.tick())
	}
	w.ok(add(member, "tests", review.NewEvidence{Type: "ci-run", Title: "Run"}))
	w.ok(w.silent(func() error { return add(mate, "tests", review.NewEvidence{Type: "ci-run", Title: "Run"}) }))
	w.refused(w.silent(func() error { return add(member, "tests", review.NewEvidence{Type: "ci-run", Title: "Other"}) }), "invalid")
	w.refused(w.silent(func() error {
		return add(member, "tests", review.NewEvidence{Type: "ci-run", Title: "Run", Expires: "2026-04-01"})
	}), "invalid")
	w.ok(add(member, "tests", review.NewEvidence{Type: "test-report", Title: "Run"}))
	w.ok(add(member, "load", review.NewEvidence{Type: "ci-run", Title: "Run"}))
	w.ok(w.r.RemoveEvidence(w.actor(mate), build, "tests", 1, w.tick()))
	w.ok(add(member, "tests", review.NewEvidence{Type: "ci-run", Title: "Other"}))
	if e := w.stage(build).Evidence; len(e) != 4 || !e[0].Removed() || e[3].No != 4 {
		t.Errorf("evidence %+v", e)
	}
}

func TestRemoveEvidence(t *testing.T) {
	w := newWorld(t)
	w.ok(w.link(member, build, "tests", "https://ci.example.com/1", "ci-run"))
	remove := func(p review.PersonID, ik plan.ItemKey, no int) error {
		return w.r.RemoveEvidence(w.actor(p), build, ik, no, w.tick())
	}
	for _, no := range []int{-1, 0, 2} {
		w.refused(w.silent(func() error { return remove(member, "tests", no) }), "not found")
	}
	w.refused(w.silent(func() error { return remove(member, "load", 1) }), "not found") // another item's
	w.refused(w.silent(func() error { return remove(quinn, "tests", 1) }), "denied")
	w.ok(remove(mate, "tests", 1))
	w.ok(w.silent(func() error { return remove(member, "tests", 1) }))
	if e := w.stage(build).Evidence[0]; e.RemovedBy != mate || e.URL == "" {
		t.Errorf("the removed link is kept as %+v", e)
	}
}

// Evidence counts up to the microsecond before it expires, and the gate that
// rests on it lapses then.
func TestExpiryToTheMicrosecond(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	at := expiry(w, build)
	for _, tt := range []struct {
		off     time.Duration
		gate    review.GateState
		blocked string
		done    int16
	}{
		{-time.Microsecond, review.GatePassed, "", 2},
		{0, review.GateLapsed, "evidence-expired tests", 1},
		{time.Microsecond, review.GateLapsed, "evidence-expired tests", 1},
	} {
		w.now = at.Add(tt.off)
		w.gate(build, tt.gate)
		if got := w.blockers(build); got != tt.blocked {
			t.Errorf("at %v: blockers %q", tt.off, got)
		}
		roll := w.r.Rollup(w.stage(build), w.now)
		if roll.MustDone+roll.ShouldDone != tt.done || roll.Gate != tt.gate {
			t.Errorf("at %v: rollup %+v", tt.off, roll)
		}
		if want := at; tt.off < 0 && !roll.NextChange.Equal(want) || tt.off >= 0 && !roll.NextChange.IsZero() {
			t.Errorf("at %v: next change %v", tt.off, roll.NextChange)
		}
	}
	w.now = at
	w.refused(w.silent(func() error { return w.r.Request(w.actor(owner), build, "", "", at) }), "blocked")

	// Fresh evidence renews what was signed.
	w.ok(w.r.AddEvidence(w.actor(mate), build, "tests", review.NewEvidence{URL: "https://ci.example.com/2", Type: "ci-run"}, w.tick()))
	w.gate(build, review.GatePassed)
}

// An event after the expiry makes the lapse part of the state, and the state
// the same whether it was asked for before or not.
func TestLapseIsSettledByTheNextEvent(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	w.now = expiry(w, build)
	w.ok(w.r.Discuss(w.actor(viewer), design, "adr", "hello", "", w.now))
	if g := w.stage(build).Gate; g != review.GateLapsed {
		t.Errorf("the gate is kept as %q", g.Label())
	}
}

// Evidence that expires under an open round keeps it from passing.
func TestExpiryDuringARound(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	at := expiry(w, build)
	w.hold()
	sign := func(p review.PersonID, seat plan.Seat, at time.Time) error {
		return w.r.SignOff(w.actor(p), build, review.NewSignOff{Seat: seat, Decision: review.Go, Digest: w.digest(build)}, at)
	}
	w.ok(sign(quinn, plan.SeatQA, at))
	w.now = at
	w.gate(build, review.GateWaiting)
	w.blocked(build, "evidence-expired tests")
	w.ok(w.r.AddEvidence(w.actor(mate), build, "tests", review.NewEvidence{URL: "https://ci.example.com/2", Type: "ci-run"}, w.tick()))
	w.blocked(build, "signers-missing")
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)

	other := newWorld(t)
	other.open(build)
	other.hold()
	w = other
	w.ok(sign(quinn, plan.SeatQA, at.Add(-time.Microsecond)))
	w.now = at.Add(-time.Microsecond)
	w.gate(build, review.GatePassed)
}

// One link that still counts is enough; expiry under a should changes nothing.
func TestExpiryWithOthers(t *testing.T) {
	w := newWorld(t)
	w.ok(w.r.AddEvidence(w.actor(mate), build, "tests", review.NewEvidence{URL: "https://ci.example.com/2", Type: "test-report", Expires: "2026-03-20"}, w.tick()))
	w.ok(w.r.AddEvidence(w.actor(mate), build, "load", review.NewEvidence{URL: "https://ci.example.com/3", Type: "ci-run", Expires: "2026-03-10"}, w.tick()))
	w.pass(build)
	w.now = time.Date(2026, time.March, 21, 0, 0, 0, 0, time.UTC)
	w.gate(build, review.GatePassed)
	if next := w.r.Rollup(w.stage(build), w.now).NextChange; !next.Equal(expiryOf(w, 3)) {
		t.Errorf("next change %v", next)
	}
	w.ok(w.r.RemoveEvidence(w.actor(owner), build, "tests", 3, w.tick()))
	w.gate(build, review.GateChanged)
	w.blocked(build, "content-changed", "evidence-expired tests")
}

func expiryOf(w *world, no int) time.Time {
	return review.EndOf(w.stage(build).Evidence[no-1].Expires, time.UTC)
}
