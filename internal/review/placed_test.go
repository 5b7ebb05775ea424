package review_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// The kind of project and the stage where it begins are edited like its other fields;
// an entry says them only where they changed, and nothing else follows from them.
func TestKindAndStartAreEdited(t *testing.T) {
	w := newWorld(t)
	set := func(kind plan.Origination, start plan.StageKey) error {
		return w.edit(owner, func(f *review.ProjectFields) { f.Kind, f.Start = kind, start })
	}
	is := func(kind plan.Origination, start plan.StageKey) {
		t.Helper()
		if p := &w.r.Project; p.Kind != kind || w.r.Begins() != start {
			t.Errorf("it is %q and begins with %q, want %q, %q", p.Kind, w.r.Begins(), kind, start)
		}
		w.replays()
	}
	says := func(kind plan.Origination, start plan.StageKey, changes ...review.Change) {
		t.Helper()
		e := last[review.ProjectEdited](w)
		if e.Origination != kind || e.Start != start || !slices.Equal(e.Changes, changes) {
			t.Errorf("the trail says %+v", e)
		}
	}
	is("", design)
	w.ok(w.silent(func() error { return set("", design) })) // as it is
	w.ok(set(plan.Migration, ""))
	is(plan.Migration, design)
	says(plan.Migration, "", review.Change{Field: "kind", From: "", To: "legacy-migration"})
	w.ok(set("", build))
	is(plan.Migration, build)
	says("", build, review.Change{Field: "start", From: "design", To: "build"})
	w.ok(w.silent(func() error { return set("", "") })) // nothing said leaves them
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Name = "Other" }))
	is(plan.Migration, build)
	says("", "", review.Change{Field: "name", From: "Payments", To: "Other"})
	w.ok(set("", design))
	is(plan.Migration, design)
	w.refused(w.silent(func() error { return set("miracle", "") }), "invalid")
	w.refused(w.silent(func() error { return set("", "moon") }), "invalid")
	w.refused(w.silent(func() error {
		return w.edit(member, func(f *review.ProjectFields) { f.Kind = plan.Growth })
	}), "denied")

	shown := w.r.Project.Fields()
	f := shown
	f.Kind, f.Start = plan.Growth, run
	w.ok(w.r.EditShown(w.actor(owner), shown.Digest(), f, w.tick()))
	w.ok(w.silent(func() error { return w.r.EditShown(w.actor(owner), shown.Digest(), f, w.tick()) })) // sent twice
	is(plan.Growth, run)
	w.refused(w.silent(func() error {
		f.Kind = plan.InternalTool
		return w.r.EditShown(w.actor(owner), shown.Digest(), f, w.tick())
	}), "outdated")
}

// A stage that an upgrade took out of the plan is where nothing begins; a form that
// shows the first stage instead changes nothing.
func TestBeginsInThePlan(t *testing.T) {
	v2 := second(plan.OrderFree) // without the stage build
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}})
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Start = build }))
	w.ok(w.upgrade(owner, v2))
	if got := w.r.Begins(); got != design {
		t.Errorf("it begins with %q", got)
	}
	w.ok(w.silent(func() error { return w.edit(owner, func(f *review.ProjectFields) { f.Start = design }) }))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Start = run }))
	if got := w.r.Begins(); got != run {
		t.Errorf("it begins with %q", got)
	}
}
