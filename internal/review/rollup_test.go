package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestRollup(t *testing.T) {
	type numbers struct {
		must, mustDone, should, shouldDone, blockers int16
		gate                                         review.GateState
	}
	w := newWorld(t, withProfile("pii"))
	check := func(step string, want numbers) {
		t.Helper()
		r := w.r.Rollup(w.stage(design), w.now)
		if got := (numbers{r.MustTotal, r.MustDone, r.ShouldTotal, r.ShouldDone, r.Blockers, r.Gate}); got != want {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
	}
	check("at first", numbers{2, 0, 1, 0, 3, review.GateBlocked})
	w.ok(w.answer(member, design, "adr", review.Met, ""))
	check("met without evidence", numbers{2, 0, 1, 0, 3, review.GateBlocked})
	w.ok(w.link(mate, design, "adr", "https://wiki.example.com/1", "doc"))
	check("met", numbers{2, 1, 1, 0, 2, review.GateBlocked})
	w.ok(w.answer(member, design, "privacy", review.NotApplicable, "aggregates only"))
	check("not applicable", numbers{2, 1, 1, 0, 2, review.GateBlocked})
	w.ok(w.approve(seth, design, "privacy"))
	check("approved", numbers{2, 2, 1, 0, 1, review.GateBlocked})
	w.ok(w.answer(member, design, "naming", review.NotMet, "later"))
	check("a should explained", numbers{2, 2, 1, 0, 0, review.GateReady})
	w.ok(w.answer(member, design, "naming", review.NotApplicable, "no names"))
	check("a should that does not apply", numbers{2, 2, 1, 1, 0, review.GateReady})
	w.ok(w.request(owner, design))
	check("requested", numbers{2, 2, 1, 1, 3, review.GateWaiting})
	w.ok(w.sign(seth, design, plan.SeatSecurity))
	check("one of three", numbers{2, 2, 1, 1, 2, review.GateWaiting})
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	check("two of three", numbers{2, 2, 1, 1, 1, review.GateWaiting})
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	check("passed", numbers{2, 2, 1, 1, 0, review.GatePassed})
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 }))
	check("a lower tier asks less", numbers{1, 1, 1, 1, 1, review.GateChanged})
}

func TestNeed(t *testing.T) {
	w := newWorld(t, withTier(3))
	if kind, _ := w.stage(build).Need(w.stage(build).Item("load"), w.now); kind != "" {
		t.Errorf("an item that does not apply needs %s", kind)
	}
	if kind, what := w.stage(build).Need(w.stage(build).Item("tests"), w.now); kind != review.MustOpen || what == "" {
		t.Errorf("an open must needs %s %q", kind, what)
	}
}

func TestCurrent(t *testing.T) {
	const passed, changed, blocked = review.GatePassed, review.GateChanged, review.GateBlocked
	for _, tt := range []struct {
		gates []review.GateState
		want  int
	}{
		{[]review.GateState{blocked, blocked}, 0}, {[]review.GateState{passed, blocked}, 1}, {[]review.GateState{changed, passed}, 0}, {[]review.GateState{passed, passed}, 1},
	} {
		if got := review.Current(tt.gates); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.gates, got, tt.want)
		}
	}
}

// Time takes a gate that passed, and one that is ready, and nothing else.
func TestLapse(t *testing.T) {
	for from, want := range map[review.GateState]review.GateState{
		review.GatePassed: review.GateLapsed, review.GateConditional: review.GateLapsed, review.GateOverdue: review.GateLapsed,
		review.GateReady: review.GateBlocked, review.GateBlocked: review.GateBlocked, review.GateWaiting: review.GateWaiting, review.GateChanged: review.GateChanged,
		review.GateReturned: review.GateReturned, review.GateLapsed: review.GateLapsed, review.GateBreakGlass: review.GateBreakGlass,
	} {
		if got := from.Lapse(); got != want {
			t.Errorf("%v becomes %v, want %v", from.Label(), got.Label(), want.Label())
		}
	}
}
