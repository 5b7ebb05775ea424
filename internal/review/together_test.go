package review_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) shownGates(seat plan.Seat, stages ...plan.StageKey) []review.GateShown {
	var out []review.GateShown
	for _, sk := range stages {
		out = append(out, review.GateShown{Stage: sk, Seat: seat, Digest: w.digest(sk)})
	}
	return out
}

// Several gates in one press are as many rounds, digests and signatures as when
// each is decided alone.
func TestGatesAreDecidedTogether(t *testing.T) {
	w := newWorld(t, ordered(plan.OrderAdvisory))
	w.fill(design)
	w.fill(build)
	both := w.shownGates("", build, design)
	w.refused(w.r.RequestTogether(w.actor(owner), both, "", w.tick()), "invalid") // the second goes before the first has passed
	w.refused(w.r.RequestTogether(w.actor(viewer), both, "Together.", w.tick()), "denied")
	w.refused(w.r.RequestTogether(w.actor(owner), nil, "Together.", w.tick()), "invalid")
	w = newWorld(t, ordered(plan.OrderAdvisory)) // what was refused is never written; a store would have thrown it away
	w.fill(design)
	w.fill(build)
	before := len(w.r.Recorded())
	w.ok(w.r.RequestTogether(w.actor(owner), both, "Together.", w.tick()))
	if got := len(w.r.Recorded()) - before; got != 2 {
		t.Fatalf("%d events, want a request for each of two gates", got)
	}
	w.gate(design, review.GateWaiting)
	w.gate(build, review.GateWaiting)
	w.ok(w.silent(func() error { return w.r.RequestTogether(w.actor(owner), both, "Together.", w.tick()) }))

	w.hold()
	if got := w.r.SeatsToSign(w.actor(enya), w.stage(build)); !slices.Equal(got, []plan.Seat{plan.SeatEngineering}) {
		t.Errorf("enya can sign in %v", got)
	}
	for _, p := range []review.PersonID{member, mate, archie, viewer} {
		if got := w.r.SeatsToSign(w.actor(p), w.stage(build)); len(got) > 0 {
			t.Errorf("%d can sign in %v", p, got)
		}
	}
	sign := w.shownGates(plan.SeatEngineering, build, design)
	w.ok(w.r.SignTogether(w.actor(enya), sign, "Read both.", review.EffortTo15, w.tick()))
	w.gate(build, review.GatePassed)
	w.gate(design, review.GateWaiting)
	if got := w.r.SeatsToSign(w.actor(enya), w.stage(design)); len(got) > 0 {
		t.Errorf("having signed, enya can sign in %v", got)
	}
	w.ok(w.silent(func() error { return w.r.SignTogether(w.actor(enya), sign, "Read both.", review.EffortTo15, w.tick()) }))
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.gate(design, review.GatePassed)
}

// What changed meanwhile at one of them is said with its name.
func TestTogetherSaysWhichGateChanged(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.open(build)
	seen := w.shownGates(plan.SeatEngineering, design, build)
	w.ok(w.answer(member, build, "style", review.Met, "Since yesterday."))
	w.hold()
	err := w.r.SignTogether(w.actor(enya), seen, "", "", w.tick())
	var at *review.InStage
	if !errors.As(err, &at) || at.Name != "Build" {
		t.Fatalf("got %v, want it to name Build", err)
	}
	w.refused(err, "stale")
	w.refused(w.r.SignTogether(w.actor(enya), append(seen[:1:1], seen[0]), "", "", w.tick()), "invalid")
	w.refused(w.r.SignTogether(w.actor(enya), []review.GateShown{{Stage: "other"}}, "", "", w.tick()), "not found")
}
