package review_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) reopen(p review.PersonID, sk plan.StageKey) error {
	return w.r.Reopen(w.actor(p), sk, review.NewReopening{
		Round: len(w.stage(sk).Rounds), Reason: "the load test ran on the wrong build", Impact: "the launch waits a week",
	}, w.tick())
}

// A gate that was reopened no longer lets the project go on, and says so until
// another round has passed. What was signed stays readable.
func TestReopen(t *testing.T) {
	w := newWorld(t, ordered(plan.OrderStrict))
	w.pass(design)
	w.fill(build)
	w.gate(build, review.GateReady)
	digest := w.digest(design)
	signs := len(w.stage(design).LastRound().SignOffs)

	w.ok(w.reopen(owner, design))
	w.gate(design, review.GateOpenAgain)
	w.gate(build, review.GateBlocked) // in a strict order it waits for the gate before
	w.blocked(build, "earlier-gate Design")
	w.blocked(design, "gate-reopened")
	ro := w.stage(design).LastRound()
	if o := ro.Reopened; o.By != owner || o.Authorised != 0 || !o.At.Equal(w.now) || o.Reason != "the load test ran on the wrong build" || o.Impact != "the launch waits a week" {
		t.Errorf("reopened: %+v", o)
	}
	if ro.Outcome != review.OutcomePassed || len(ro.SignOffs) != signs || !ro.ChangedAt.IsZero() || w.digest(design) != digest {
		t.Errorf("the round is %+v", ro)
	}

	w.ok(w.silent(func() error { return w.reopen(owner, design) })) // the same form sent twice
	w.refused(w.silent(func() error { return w.reopen(manager, design) }), "refused")

	// What changes now changes nothing that counts.
	w.ok(w.answer(member, design, w.stage(design).Items[0].Def.Key, review.Met, "again"))
	w.gate(design, review.GateOpenAgain)
	w.replays()

	w.open(design)
	w.refused(w.silent(func() error {
		return w.r.Reopen(w.actor(owner), design, review.NewReopening{Round: 1, Reason: "x", Impact: "y"}, w.tick())
	}), "refused") // a page from before
	w.refused(w.silent(func() error { return w.reopen(manager, design) }), "refused") // it has not passed yet
	w.signAll(design)
	w.gate(design, review.GatePassed)
	w.gate(build, review.GateReady)
	w.refused(w.silent(func() error {
		return w.r.Reopen(w.actor(manager), design, review.NewReopening{Round: 1, Reason: "x", Impact: "y"}, w.tick())
	}), "refused")
	w.ok(w.reopen(manager, design)) // and once more
	w.gate(design, review.GateOpenAgain)
	w.replays()
}

// Nobody signs in twice for the same words: the gate can be passed by
// break-glass again after it was reopened, for the reason it had before.
func TestReopenBreakGlass(t *testing.T) {
	w := newWorld(t)
	w.ok(w.force(manager, build))
	w.ok(w.reopen(deputy, build))
	w.gate(build, review.GateOpenAgain)
	if got := len(w.r.Forced()); got != 1 {
		t.Errorf("%d decisions to look back at, want 1", got)
	}
	w.ok(w.force(manager, build))
	w.gate(build, review.GateBreakGlass)
	w.ok(w.reopen(manager, build))
	w.replays()
}

func TestReopenRefused(t *testing.T) {
	w := newWorld(t)
	w.refused(w.silent(func() error { return w.reopen(owner, build) }), "not found") // no round yet
	w.open(build)
	w.refused(w.silent(func() error { return w.reopen(owner, build) }), "refused")
	w.signAll(build)
	for _, p := range []review.PersonID{member, viewer, admin, auditor, priya} { // Priya sits, but not at this gate
		w.refused(w.silent(func() error { return w.reopen(p, build) }), "denied")
	}
	m := w.actor(manager)
	m.Machine = true
	in := review.NewReopening{Round: 1, Reason: "x", Impact: "y"}
	w.refused(w.silent(func() error { return w.r.Reopen(m, build, in, w.tick()) }), "denied")
	w.refused(w.silent(func() error { return w.r.Reopen(w.actor(owner), "attic", in, w.tick()) }), "not found")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.reopen(owner, build) }), "refused")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusActive, "money", w.tick()))
	w.ok(w.answer(member, build, "tests", review.Met, "all of them"))
	w.gate(build, review.GateChanged)
	if err := w.silent(func() error { return w.reopen(owner, build) }); err == nil || !strings.Contains(err.Error(), "changed since sign-off") {
		t.Errorf("reopening a gate that does not stand: %v", err)
	}
}

func TestReopenInput(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     review.NewReopening
		fields string
	}{
		{"good", review.NewReopening{Reason: "r", Impact: "i"}, ""},
		{"nothing", review.NewReopening{Reason: " ", Impact: "\u200b"}, "reason impact"},
		{"long", review.NewReopening{Reason: strings.Repeat("r", 2001), Impact: "i"}, "reason"},
		{"by somebody who may", review.NewReopening{Reason: "r", Impact: "i", Authorised: deputy}, ""},
		{"by a holder of a seat", review.NewReopening{Reason: "r", Impact: "i", Authorised: quinn}, ""},
		{"by oneself", review.NewReopening{Reason: "r", Impact: "i", Authorised: owner}, ""},
		{"by a member", review.NewReopening{Reason: "r", Impact: "i", Authorised: member}, "authorised"},
		{"by a stranger", review.NewReopening{Reason: "r", Impact: "i", Authorised: 4711}, "authorised"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(build)
			w.know()
			tt.in.Round = 1
			before := len(w.r.Recorded())
			err := w.r.Reopen(w.actor(owner), build, tt.in, w.tick())
			if got := strings.Join(wrong(err), " "); got != tt.fields {
				t.Errorf("%v, want %s", err, tt.fields)
			}
			if n := len(w.r.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("recorded %d events", n)
			}
			if err == nil && tt.in.Authorised != owner && w.stage(build).LastRound().Reopened.Authorised != tt.in.Authorised {
				t.Errorf("authorised by %d", w.stage(build).LastRound().Reopened.Authorised)
			}
		})
	}
}

// A page from before a later round reopens nothing, also where nobody has reopened
// the round that it shows.
func TestReopenAnEarlierRound(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	w.ok(w.answer(member, build, "tests", review.Met, "all of them"))
	w.ok(w.request(member, build))
	w.signAll(build)
	w.gate(build, review.GatePassed)
	w.refused(w.silent(func() error {
		return w.r.Reopen(w.actor(owner), build, review.NewReopening{Round: 1, Reason: "x", Impact: "y"}, w.tick())
	}), "refused")
}

// A service stays live when its gate is reopened, as when what was signed
// changes, and evidence that is linked then renews nothing.
func TestReopenLive(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	w.pass(run)
	live, _ := w.r.Live(w.now)
	w.ok(w.reopen(manager, run))
	w.live(live)
	w.ok(w.reopen(manager, build))
	w.ok(w.renew())
	if got := w.renewed(build); len(got) > 0 {
		t.Errorf("renewed %v", got)
	}
	w.ok(w.r.StartReview(w.actor(owner), 1, "a year", w.tick()))
	w.replays()
}
