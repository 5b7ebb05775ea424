package review_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Work is given only to those who can do it.
func TestAssignOnlyToWhoCanAnswer(t *testing.T) {
	w := newWorld(t)
	assign := func(to review.PersonID) error { return w.r.Assign(w.actor(owner), design, "adr", to, "", w.tick()) }
	for _, p := range []review.PersonID{viewer, manager, admin, archie, nobody, 9999} {
		w.refused(w.silent(func() error { return assign(p) }), "invalid")
	}
	for _, p := range []review.PersonID{owner, deputy, member} {
		w.ok(assign(p))
	}
}

// Those who manage the project's people add somebody with the assignment; for
// others there are no two steps in one.
func TestAssignJoining(t *testing.T) {
	w := newWorld(t)
	join := func(by, to review.PersonID, due string) error {
		return w.r.AssignJoining(w.actor(by), design, "adr", to, due, w.tick())
	}
	w.refused(w.silent(func() error { return join(member, viewer, "") }), "denied")
	w.refused(w.silent(func() error { return join(owner, viewer, "soon") }), "invalid")
	w.refused(w.silent(func() error { return join(archie, viewer, "") }), "denied")
	w.ok(join(member, mate, ""))
	before := len(w.r.Recorded())
	w.ok(join(owner, viewer, "2026-05-01"))
	if n := len(w.r.Recorded()) - before; n != 2 || w.r.Project.Duty(viewer) != review.DutyMember || w.stage(design).Item("adr").Assignee != viewer {
		t.Errorf("%d events, the person is %q and the item with %d", n, w.r.Project.Duty(viewer), w.stage(design).Item("adr").Assignee)
	}
	w.ok(w.answer(viewer, design, "adr", review.Met, ""))
}

// A condition is given only to somebody who can see the project and close it.
func TestConditionsOnlyForThoseWhoCanFollow(t *testing.T) {
	for _, tt := range []struct {
		name       string
		restricted bool
		owner      review.PersonID
		ok         bool
	}{
		{"a member", true, member, true},
		{"a viewer", false, viewer, true},
		{"a viewer outside", true, viewer, false},
		{"a seat's holder", false, archie, true},
		{"a seat's holder outside", true, archie, false},
		{"an admin, who sees all", true, admin, true},
		{"an auditor, who changes nothing", false, auditor, false},
		{"somebody without any right", false, nobody, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var opts []option
			if tt.restricted {
				opts = append(opts, restricted)
			}
			w := newWorld(t, opts...)
			w.seats[quinn] = heldIn(review.Scope(project), plan.SeatQA)
			w.open(build)
			in := review.NewSignOff{Seat: plan.SeatQA, Decision: review.Conditional, Digest: w.digest(build),
				Conditions: []review.NewCondition{{Text: "Measure it.", Owner: tt.owner, Due: "2026-04-01"}}}
			err := w.r.SignOff(w.actor(quinn), build, in, w.tick())
			if tt.ok {
				w.ok(err)
				return
			}
			w.refused(err, "invalid")
		})
	}
}

// Who leaves takes no work along: it goes to whom the command names, or back to
// nobody and to the owner.
func TestRemoveMember(t *testing.T) {
	for _, tt := range []struct {
		name                string
		to, item, condition review.PersonID
	}{
		{"to somebody", mate, mate, mate},
		{"to nobody in particular", 0, 0, owner},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.ok(w.r.Assign(w.actor(owner), design, "adr", member, "2026-05-01", w.tick()))
			w.open(build)
			in := review.NewSignOff{Seat: plan.SeatQA, Decision: review.Conditional, Digest: w.digest(build),
				Conditions: []review.NewCondition{{Text: "Measure it.", Owner: member, Due: "2026-04-01"}}}
			w.ok(w.r.SignOff(w.actor(quinn), build, in, w.tick()))
			if got := w.r.Tasks(member); len(got) != 2 || got[0].Item != "adr" || got[1].Condition != 1 {
				t.Errorf("the work of the member: %+v", got)
			}
			w.ok(w.r.RemoveMember(w.actor(owner), member, tt.to, w.tick()))
			item, c := w.stage(design).Item("adr"), w.stage(build).Conditions[0]
			if item.Assignee != tt.item || c.Owner != tt.condition || !slices.Equal(c.Former, []review.PersonID{member}) {
				t.Errorf("the item is with %d, the condition with %d after %v", item.Assignee, c.Owner, c.Former)
			}
			if got := w.r.Stranded(); len(got) != 0 {
				t.Errorf("is left behind: %+v", got)
			}
		})
	}
}

// What was given to somebody before the project was restricted is found, and
// the owner is asked meanwhile.
func TestStranded(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	in := review.NewSignOff{Seat: plan.SeatQA, Decision: review.Conditional, Digest: w.digest(build),
		Conditions: []review.NewCondition{{Text: "Measure it.", Owner: viewer, Due: "2026-04-01"}}}
	w.ok(w.r.SignOff(w.actor(quinn), build, in, w.tick()))
	if got := w.r.Stranded(); len(got) != 0 {
		t.Errorf("is left behind: %+v", got)
	}
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Restricted = true }))
	if got := w.r.Stranded(); len(got) != 1 || got[0].Person != viewer || got[0].Title != "Measure it." {
		t.Errorf("is left behind: %+v", got)
	}
	w.refused(w.silent(func() error { return w.r.HandOnCondition(w.actor(member), build, 1, member, "", w.tick()) }), "denied")
	w.ok(w.r.HandOnCondition(w.actor(owner), build, 1, member, "The viewer is gone.", w.tick()))
	if got := w.r.Stranded(); len(got) != 0 || w.stage(build).Conditions[0].Owner != member {
		t.Errorf("is left behind: %+v", got)
	}
}

// Handing a condition on does not make somebody free to take it back.
func TestFormerOwnersTakeNoConditionBack(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	in := review.NewSignOff{Seat: plan.SeatEngineering, Decision: review.Conditional, Digest: w.digest(build),
		Conditions: []review.NewCondition{{Text: "Measure it.", Owner: enya, Due: "2026-04-01"}}}
	w.ok(w.r.SignOff(w.actor(enzo), build, in, w.tick()))
	w.ok(w.r.HandOnCondition(w.actor(enya), build, 1, member, "", w.tick()))
	release := func(p review.PersonID) error {
		return w.r.ReleaseCondition(w.actor(p), build, 1, w.stage(build).Conditions[0].Digest(), "No need.", w.tick())
	}
	w.refused(w.silent(func() error { return release(enya) }), "denied")
	w.standIn(quinn, enya, plan.SeatEngineering)
	w.refused(w.silent(func() error { return release(quinn) }), "denied")
	w.ok(release(enzo))
}

// What somebody off the project was given is for the owner to see to.
func TestResponsible(t *testing.T) {
	w := newWorld(t)
	w.ok(w.r.Assign(w.actor(owner), design, "adr", member, "", w.tick()))
	w.r.Project.Members = slices.DeleteFunc(w.r.Project.Members, func(m review.Member) bool { return m.Person == member }) // as trails of earlier versions leave it
	for _, b := range w.r.Blockers(w.stage(design), w.now) {
		if b.Item == "adr" && b.Owner != owner {
			t.Errorf("the gate waits for %d", b.Owner)
		}
	}
	if got := w.r.Stranded(); len(got) != 1 || got[0].Item != "adr" {
		t.Errorf("is left behind: %+v", got)
	}
}
