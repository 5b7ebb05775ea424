package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A waiver for what no longer applies is not granted, and counts again as
// waiting when the item comes back.
func TestWaiversOfWhatDoesNotApply(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	in := review.NewWaiver{Reason: "x", Risk: "x", Measure: "x", Until: "2026-04-01"}
	w.ok(w.r.RequestWaiver(w.actor(member), design, "privacy", in, w.tick()))
	grant := func() error {
		return w.r.GrantWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "", w.tick())
	}
	w.ok(w.answered(manager))
	w.refused(w.silent(grant), "refused")
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	w.ok(grant())
	w.ok(w.answered(manager))
	w.refused(w.silent(func() error {
		return w.r.ExtendWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "2026-05-01", "more", w.tick())
	}), "refused")
}
