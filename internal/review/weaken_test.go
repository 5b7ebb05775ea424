package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Who owns a project does not take a seat off its gates by unticking a question:
// a manager or an admin does, as with the tier.
func TestOwnersDoNotTakeSeatsAway(t *testing.T) {
	untick := func(f *review.ProjectFields) { f.Profile = []plan.Flag{"public"} }
	for name, flags := range map[string][]plan.Flag{"a mandatory seat": {"pii"}, "one signature of the quorum": {"ml"}} {
		for by, want := range map[review.PersonID]string{owner: "denied", deputy: "denied", manager: "ok", admin: "ok"} {
			w := newWorld(t, withProfile(append(flags, "public")...))
			if want == "ok" {
				w.ok(w.edit(by, untick))
				continue
			}
			w.refused(w.silent(func() error { return w.edit(by, untick) }), want)
			t.Log(name)
		}
	}
	w := newWorld(t, withProfile("public"))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} })) // more signs, and nothing less
}

// A waiver for what no longer applies is not granted, and counts again as
// waiting when the item comes back.
func TestWaiversOfWhatDoesNotApply(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	in := review.NewWaiver{Reason: "x", Risk: "x", Measure: "x", Until: "2026-04-01"}
	w.ok(w.r.RequestWaiver(w.actor(member), design, "privacy", in, w.tick()))
	grant := func() error {
		return w.r.GrantWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "", w.tick())
	}
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Profile = nil }))
	w.refused(w.silent(grant), "refused")
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	w.ok(grant())
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Profile = nil }))
	w.refused(w.silent(func() error {
		return w.r.ExtendWaiver(w.actor(manager), design, 1, shown(w.r, design, "waiver", 1), "2026-05-01", "more", w.tick())
	}), "refused")
}
