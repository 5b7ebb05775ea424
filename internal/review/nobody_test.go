package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// among is everybody who holds a seat or a role, as the store reads them.
func (w *world) among() []review.Actor {
	people := map[review.PersonID]bool{}
	for p := range w.roles {
		people[p] = true
	}
	for p := range w.seats {
		people[p] = true
	}
	var out []review.Actor
	for p := range people {
		out = append(out, w.actor(p))
	}
	return out
}

// alone leaves one holder of the architecture seat, who has no other.
func (w *world) alone() { w.revoke(twin, arch) }

// What nobody can do comes from the rules of the commands, whatever keeps people
// from it; who can do something is not listed.
func TestNobodyCan(t *testing.T) {
	reported := func(w *world) {
		w.open(design)
		w.ok(w.sign(enya, design, eng))
		w.ok(w.signIf(archie, design, arch, "2026-03-20", "Rehearse the failover."))
		w.ok(w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "Done.", w.tick()))
	}
	answered := func(w *world) {
		w.open(design)
		w.ok(w.sendBack(archie, design, arch, "Who pays?"))
		w.ok(w.r.AnswerFinding(w.actor(member), design, 1, shown(w.r, design, "finding", 1), "We do.", w.tick()))
	}
	for _, tt := range []struct {
		name string
		do   func(*world)
		want string // "kind seat: why", joined
	}{
		{"not requested", func(w *world) { w.fill(design); w.revoke(archie, arch); w.revoke(twin, arch) }, ""},
		{"with holders", func(w *world) { w.open(design) }, ""},
		{"no holder", func(w *world) { w.open(design); w.revoke(archie, arch); w.revoke(twin, arch) },
			"nobody-signs architecture: The Architecture seat has no holder."},
		{"signed, and the seat lost", func(w *world) { w.open(design); w.alone(); w.ok(w.sign(archie, design, arch)); w.revoke(archie, arch) },
			"nobody-signs architecture: The Architecture seat has no holder."},
		{"signed", func(w *world) { w.open(design); w.alone(); w.ok(w.sign(archie, design, arch)) }, ""},
		{"held for another project", func(w *world) { w.open(design); w.alone(); w.seats[archie] = heldIn(99, arch) },
			"nobody-signs architecture: The Architecture seat has no holder."},
		{"held for just this project", func(w *world) { w.open(design); w.alone(); w.seats[archie] = heldIn(review.Scope(project), arch) }, ""},
		{"the sole holder steps back", func(w *world) { w.open(design); w.alone(); w.ok(w.recuse(archie, design, arch)) },
			"nobody-signs architecture: Nobody in the Architecture seat may."},
		{"their stand-in may not either", func(w *world) {
			w.open(design)
			w.alone()
			w.standIn(viewer, archie, arch)
			w.ok(w.recuse(archie, design, arch))
		}, "nobody-signs architecture: Nobody in the Architecture seat may."},
		{"a stand-in for who holds it", func(w *world) {
			w.open(design)
			w.alone()
			w.seats[archie] = nil
			w.standIn(viewer, archie, arch)
		}, ""},
		{"another is left when one steps back", func(w *world) { w.open(design); w.ok(w.recuse(archie, design, arch)) }, ""},
		{"the sole holder worked on the stage", func(w *world) {
			w.alone()
			w.ok(w.r.SetDuty(w.actor(owner), archie, review.DutyMember, w.tick()))
			w.ok(w.answer(archie, design, "naming", review.Met, ""))
			w.fill(design, "naming")
			w.ok(w.request(owner, design))
		}, "nobody-signs architecture: Nobody in the Architecture seat may."},
		{"the sole holder has signed in another seat", func(w *world) {
			w.open(design)
			w.revoke(archie, arch)
			w.ok(w.sign(twin, design, eng))
		}, "nobody-signs architecture: Nobody in the Architecture seat may."},
		{"not let into a restricted project", func(w *world) {
			w.alone()
			w.open(design)
			w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Restricted = true }))
		}, "nobody-signs architecture: Nobody in the Architecture seat may."},
		{"let into it by a role", func(w *world) {
			w.alone()
			w.open(design)
			w.roles[archie] = []review.Role{review.RoleAuditor}
			w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Restricted = true }))
		}, ""},
		{"too few people", func(w *world) {
			w.open(design)
			w.alone()
			for _, p := range []review.PersonID{enya, enzo, twin, insider} {
				w.revoke(p, eng)
			}
		}, "nobody-signs : 2 more to sign, and 1 who can."},
		{"on hold", func(w *world) {
			w.open(design)
			w.revoke(archie, arch)
			w.revoke(twin, arch)
			w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusOnHold, "x", w.tick()))
		}, ""},

		{"a condition to confirm", reported, ""},
		{"without a holder of its seat", func(w *world) { reported(w); w.revoke(archie, arch); w.revoke(twin, arch) },
			"nobody-confirms architecture: The Architecture seat has no holder."},
		{"whose only holder reported it", func(w *world) { reported(w); w.revoke(archie, arch); w.revoke(twin, arch); w.grant(owner, arch) },
			"nobody-confirms architecture: Nobody in the Architecture seat may."},
		{"not reported", func(w *world) {
			w.open(design)
			w.ok(w.sign(enya, design, eng))
			w.ok(w.signIf(archie, design, arch, "2026-03-20", "Rehearse the failover."))
			w.revoke(archie, arch)
			w.revoke(twin, arch)
		}, ""},

		{"an answer to accept", answered, ""},
		{"without a holder of the seat that asked", func(w *world) { answered(w); w.revoke(archie, arch); w.revoke(twin, arch) },
			"nobody-judges architecture: The Architecture seat has no holder."},

		{"a break-glass decision", func(w *world) { w.ok(w.force(manager, design)) }, ""},
		{"with nobody beside who took it", func(w *world) {
			w.ok(w.force(manager, design))
			for _, p := range []review.PersonID{archie, enya, enzo, twin, insider, seth} {
				w.seats[p] = nil
			}
		}, "nobody-looks-back : No other manager or seat holder may."},
		{"with another manager", func(w *world) {
			w.ok(w.force(manager, design))
			w.seats = map[review.PersonID][]review.SeatHeld{}
			w.roles[nobody] = []review.Role{review.RoleManager}
		}, ""},
		{"reviewed", func(w *world) {
			w.ok(w.force(manager, design))
			w.ok(w.lookBack(archie, design, 1))
			w.seats = map[review.PersonID][]review.SeatHeld{}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.do(w)
			w.hold()
			var got []string
			for _, b := range w.r.NobodyCan(w.stage(design), w.among()) {
				got = append(got, string(b.Kind)+" "+string(b.Vacant)+": "+b.What)
				if b.Owner != owner || b.Since.IsZero() || b.Subject == "" {
					t.Errorf("%s: %+v; want the owner's, with a since and a subject", b.Kind, b)
				}
				// The store reads those alone of whom this says that they are needed.
				if seats, managers := w.r.AskedSeats(); b.Vacant != "" && !slices.Contains(seats, b.Vacant) || b.Kind == review.NobodyLooksBack && !managers {
					t.Errorf("%s is not asked for in %v", b.Vacant, seats)
				}
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

// Whose signature would help is one question, in a round and before it.
func TestCouldSign(t *testing.T) {
	w := newWorld(t)
	can := func(p review.PersonID, seat plan.Seat) bool {
		w.hold()
		_, ok := w.r.CouldSign(w.actor(p), w.stage(design), seat)
		return ok
	}
	w.ok(w.answer(insider, design, "naming", review.Met, ""))
	w.fill(design, "naming")
	for range 2 { // before the request, and after it
		if !can(archie, arch) || !can(enya, eng) || can(enya, arch) || can(insider, eng) || can(viewer, arch) {
			t.Errorf("archie %v, enya %v and %v, insider %v, viewer %v", can(archie, arch), can(enya, eng), can(enya, arch), can(insider, eng), can(viewer, arch))
		}
		if w.stage(design).OpenRound() == nil {
			w.ok(w.request(owner, design))
		}
	}
	w.ok(w.sign(archie, design, arch))
	if can(archie, arch) {
		t.Error("who has signed could sign again")
	}
}
