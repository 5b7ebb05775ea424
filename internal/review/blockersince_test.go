package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// An item blocks from the moment on at which the last thing that covered it was
// gone, to the microsecond, however old its answer is.
func TestSinceWhenAnItemBlocks(t *testing.T) {
	const ik = "tests"
	run := func(w *world, url, effective, expires string, kind plan.EvidenceKind) {
		w.ok(w.r.AddEvidence(w.actor(mate), build, ik, review.NewEvidence{URL: "https://ci.example.com/" + url, Type: kind, Effective: effective, Expires: expires}, w.tick()))
	}
	remove := func(w *world, no int, at time.Time) time.Time {
		w.ok(w.r.RemoveEvidence(w.actor(mate), build, ik, no, at))
		return at
	}
	met := func(w *world) { w.ok(w.answer(member, build, ik, review.Met, "")) }
	end := time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	early, late := end.AddDate(0, 0, -9).Add(7*time.Microsecond), end.AddDate(0, 0, 9).Add(9*time.Microsecond)
	tests := []struct {
		name  string
		do    func(*world)
		kind  review.BlockerKind
		since time.Time
	}{
		{"evidence ran out", func(w *world) { met(w); run(w, "1", "", "2026-03-31", "ci-run") }, review.EvidenceExpired, end},
		{"the last of several", func(w *world) {
			met(w)
			run(w, "1", "", "2026-03-31", "ci-run")
			run(w, "2", "", "2026-03-20", "test-report")
		}, review.EvidenceExpired, end},
		{"another kind held longer", func(w *world) {
			met(w)
			run(w, "1", "", "2026-03-31", "ci-run")
			run(w, "2", "", "2026-04-09", "doc")
		}, review.EvidenceExpired, end},
		{"removed before its end", func(w *world) { met(w); run(w, "1", "", "2026-03-31", "ci-run"); remove(w, 1, early) }, review.EvidenceMissing, early},
		{"removed after its end", func(w *world) { met(w); run(w, "1", "", "2026-03-31", "ci-run"); remove(w, 1, late) }, review.EvidenceMissing, end},
		{"one removed after the end of the other", func(w *world) {
			met(w)
			run(w, "1", "", "2026-03-31", "ci-run")
			run(w, "2", "", "2026-05-01", "ci-run")
			remove(w, 2, late)
		}, review.EvidenceExpired, late},
		{"run out before it was linked", func(w *world) { met(w); run(w, "1", "2025-11-01", "2026-01-01", "ci-run") }, review.EvidenceExpired, base.Add(5 * time.Second)},
		{"answered after the end", func(w *world) { run(w, "1", "", "2026-03-31", "ci-run"); w.now = late.Add(-time.Second); met(w) }, review.EvidenceExpired, late},
		{"not met whatever its evidence", func(w *world) {
			w.ok(w.answer(member, build, ik, review.NotMet, ""))
			run(w, "1", "", "2026-03-31", "ci-run")
		}, review.MustNotMet, base.Add(5 * time.Second)},
		{"waiver ran out", func(w *world) { w.leave(build, ik, "2026-03-31") }, review.WaiverRanOut, end},
		{"waiver revoked", func(w *world) {
			w.leave(build, ik, "2026-03-31")
			w.ok(w.r.RevokeWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "found out", early))
		}, review.MustOpen, early},
		{"waiver that nobody granted", func(w *world) {
			w.ok(w.answer(member, build, ik, review.NotMet, ""))
			w.ok(w.waive(member, build, ik, "2026-03-31"))
		}, review.MustNotMet, base.Add(5 * time.Second)},
		{"evidence under a waiver that held longer", func(w *world) {
			met(w)
			run(w, "1", "", "2026-03-20", "ci-run")
			w.leave(build, ik, "2026-03-31")
		}, review.EvidenceExpired, end},
		{"answered after the waiver", func(w *world) {
			w.leave(build, ik, "2026-03-31")
			w.now = late.Add(-time.Second)
			w.ok(w.answer(member, build, ik, review.NotMet, ""))
		}, review.WaiverRanOut, late},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.do(w)
			for _, at := range []time.Time{late, late.Add(time.Microsecond), late.AddDate(0, 3, 0)} {
				b := itemBlocker(w, ik, at)
				if b == nil || b.Kind != tt.kind || !b.Since.Equal(tt.since) {
					t.Errorf("at %v it blocks as %+v, want %s since %v", at, b, tt.kind, tt.since)
				}
			}
			if b := itemBlocker(w, ik, tt.since); b == nil || !b.Since.Equal(tt.since) {
				t.Errorf("when it begins: %+v", b)
			}
			byTheClock := tt.kind == review.EvidenceExpired || tt.kind == review.WaiverRanOut
			if b := itemBlocker(w, ik, end.Add(-time.Microsecond)); byTheClock && tt.since.Equal(end) && b != nil {
				t.Errorf("a microsecond before: %+v", b)
			}
		})
	}
}

// itemBlocker is what a page says of an item of the second stage at a moment.
func itemBlocker(w *world, ik plan.ItemKey, at time.Time) *review.Blocker {
	for _, b := range w.r.Blockers(w.stage(build), at) {
		if b.Item == ik {
			return &b
		}
	}
	return nil
}
