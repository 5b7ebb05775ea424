package review_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) force(p review.PersonID, sk plan.StageKey) error {
	return w.r.Force(w.actor(p), sk, w.r.Digest(w.r.Stage(sk)), "the old one is on fire", "2026-03-20", w.tick())
}

func (w *world) lookBack(p review.PersonID, sk plan.StageKey, round int) error {
	return w.r.CloseRetrospective(w.actor(p), sk, round, "it was right", w.tick())
}

func TestForceInput(t *testing.T) {
	for _, tt := range []struct {
		name, reason, due string
		fields            string
	}{
		{"good", "fire", "2026-03-20", ""},
		{"no reason", " ", "2026-03-20", "reason"},
		{"no date", "fire", "", "review-due"},
		{"no such date", "fire", "soon", "review-due"},
		{"yesterday", "fire", "2026-03-01", "review-due"},
		{"today", "fire", "2026-03-02", ""},
		{"thirty days", "fire", "2026-04-01", ""},
		{"more", "fire", "2026-04-02", "review-due"},
		{"nothing", "", "", "reason review-due"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			before := len(w.r.Recorded())
			err := w.r.Force(w.actor(manager), build, w.r.Digest(w.r.Stage(build)), tt.reason, tt.due, w.tick())
			if got := strings.Join(wrong(err), " "); got != tt.fields {
				t.Errorf("%v, want %s", err, tt.fields)
			}
			if n := len(w.r.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("recorded %d events", n)
			}
		})
	}
}

// A forced gate lets the project go on, whatever it lacks, and says so until
// somebody else has looked at it.
func TestForce(t *testing.T) {
	w := newWorld(t, ordered(plan.OrderStrict))
	for _, p := range []review.PersonID{owner, deputy, member, quinn, viewer, admin, auditor} {
		w.refused(w.silent(func() error { return w.force(p, design) }), "denied")
	}
	m := w.actor(manager)
	m.Machine = true
	w.refused(w.silent(func() error {
		return w.r.Force(m, design, w.r.Digest(w.r.Stage(design)), "fire", "2026-03-20", w.tick())
	}), "denied")
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusOnHold, "x", w.tick()))
	w.refused(w.silent(func() error { return w.force(manager, design) }), "refused")
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusActive, "x", w.tick()))

	w.ok(w.force(manager, design))
	w.gate(design, review.GateBreakGlass)
	ro := w.stage(design).LastRound()
	if ro.Outcome != review.OutcomeForced || ro.No != 1 || ro.ClosedBy != manager || ro.Closing != w.digest(design) || ro.Why == "" || !ro.SoD || ro.Policy.Quorum != 2 {
		t.Errorf("kept as %+v", ro)
	}
	w.ok(w.silent(func() error { return w.force(manager, design) })) // the same form sent twice
	w.refused(w.silent(func() error {
		return w.r.Force(w.actor(manager), design, w.digest(design), "something else", review.FormatDate(w.now), w.tick())
	}), "refused")
	w.open(build) // the strict order is content
	w.ok(w.sign(quinn, build, qa))
	f := w.r.Forced()
	if len(f) != 1 || f[0].Stage != design || f[0].Round != 1 || f[0].By != manager || f[0].Reason != ro.Why {
		t.Fatalf("forced gates: %+v", f)
	}
	end := time.Date(2026, time.March, 21, 0, 0, 0, 0, time.UTC)
	for _, off := range edges {
		if over := f[0].Overdue(end.Add(off)); over != (off >= 0) {
			t.Errorf("at %v its review is overdue: %t", off, over)
		}
	}
}

// What a gate lacked when the glass was broken does not lapse it; a change
// does, and the review is still owed.
func TestAfterAForcedPass(t *testing.T) {
	w := newWorld(t)
	w.fill(build, "tests")
	w.leave(build, "tests", "2026-03-09")
	w.now = time.Date(2026, time.March, 10, 0, 0, 0, 0, time.UTC)
	w.ok(w.force(manager, build))
	w.gate(build, review.GateBreakGlass)
	w.ok(w.answer(member, build, "load", review.NotMet, "slow"))
	w.gate(build, review.GateChanged)
	w.blocked(build, "content-changed", "waiver-expired tests")
	w.ok(w.force(manager, build))
	w.gate(build, review.GateBreakGlass)
	if f := w.r.Forced(); len(f) != 2 || f[1].Round != 2 {
		t.Errorf("forced gates: %+v", f)
	}
	w.ok(w.lookBack(quinn, build, 1))
	if f := w.r.Forced(); len(f) != 1 || f[0].Round != 2 {
		t.Errorf("forced gates: %+v", f)
	}
	w.gate(build, review.GateBreakGlass)

	// A proper round makes it an ordinary pass.
	w.ok(w.answer(member, build, "tests", review.Met, ""))
	w.ok(w.link(mate, build, "tests", "https://ci.example.com/1", "ci-run"))
	w.ok(w.request(owner, build))
	w.gate(build, review.GateWaiting)
	w.signAll(build)
	if f := w.r.Forced(); len(f) != 1 {
		t.Errorf("the second review is no longer owed: %+v", f)
	}
}

// Forcing an open round ends it; its conditions mean nothing then.
func TestForceAnOpenRound(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.signIf(archie, design, arch, "2026-03-05", "draw it"))
	w.ok(w.force(manager, design))
	if ro := w.stage(design).LastRound(); ro.No != 1 || len(ro.SignOffs) != 1 || ro.RequestedBy != owner || ro.Outcome != review.OutcomeForced {
		t.Errorf("kept as %+v", ro)
	}
	w.refused(w.silent(func() error { return w.sign(enya, design, eng) }), "refused")
	w.now = time.Date(2026, time.March, 6, 0, 0, 0, 0, time.UTC)
	w.gate(design, review.GateBreakGlass)
}

func TestCloseRetrospective(t *testing.T) {
	forced := func(t *testing.T, opts ...option) *world {
		w := newWorld(t, opts...)
		w.fill(build)
		w.ok(w.force(manager, build))
		return w
	}
	for _, tt := range []struct {
		name string
		by   review.PersonID
		give func(*world)
		want string
	}{
		{"who broke the glass", manager, nil, "denied"},
		{"who broke the glass, in a seat", manager, func(w *world) { w.grant(manager, qa) }, "denied"},
		{"another manager", viewer, func(w *world) { w.roles[viewer] = []review.Role{review.RoleManager} }, "ok"},
		{"a holder of the gate's seat", quinn, nil, "ok"},
		{"a holder of another gate's seat", archie, nil, "denied"},
		{"their stand-in", viewer, func(w *world) { w.grant(manager, qa); w.standIn(viewer, manager, qa) }, "denied"},
		{"another's stand-in", viewer, func(w *world) { w.standIn(viewer, quinn, qa) }, "ok"},
		{"one in the seat who answered an item", insider, func(w *world) { w.ok(w.answer(insider, build, "style", review.Met, "")) }, "denied"},
		{"the owner", owner, nil, "denied"}, {"an admin", admin, nil, "denied"}, {"an auditor", auditor, nil, "denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := forced(t)
			if tt.give != nil {
				tt.give(w)
			}
			w.refused(w.lookBack(tt.by, build, 1), tt.want)
		})
	}
	w := forced(t)
	w.refused(w.silent(func() error { return w.r.CloseRetrospective(w.actor(quinn), build, 1, " ", w.tick()) }), "invalid")
	for _, no := range []int{-1, 0, 2} {
		w.refused(w.silent(func() error { return w.lookBack(quinn, build, no) }), "not found")
	}
	w.pass(design)
	w.refused(w.silent(func() error { return w.lookBack(archie, design, 1) }), "not found") // an ordinary pass
	w.ok(w.lookBack(quinn, build, 1))
	w.ok(w.silent(func() error { return w.lookBack(quinn, build, 1) }))
	w.refused(w.silent(func() error { return w.lookBack(enya, build, 1) }), "refused")
	if ro := w.stage(build).LastRound(); ro.ReviewedBy != quinn || !ro.ReviewedAt.Equal(w.now.Add(-2*time.Second)) || ro.ReviewNote == "" || len(w.r.Forced()) != 0 {
		t.Errorf("kept as %+v", ro)
	}
	w.gate(build, review.GateBreakGlass)
}
