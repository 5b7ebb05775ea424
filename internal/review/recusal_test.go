package review_test

import (
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Who steps back says why, signs nothing further in the round, and others sign
// in the seat.
func TestRecusal(t *testing.T) {
	t.Run("without a reason", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		for _, note := range []string{"", " ", "\u200b"} {
			w.refused(w.silent(func() error {
				return w.r.SignOff(w.actor(archie), design, review.NewSignOff{Seat: arch, Decision: review.Recuse, Note: note, Digest: w.digest(design)}, w.tick())
			}), "invalid")
		}
	})
	t.Run("before signing", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.recuse(archie, design, arch))
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.refused(w.silent(func() error { return w.sign(archie, design, arch) }), "denied")
		w.refused(w.silent(func() error { return w.sendBack(archie, design, arch, "x") }), "denied")
		w.ok(w.silent(func() error { return w.recuse(archie, design, arch) })) // the same form twice
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GateWaiting)
		w.ok(w.sign(twin, design, arch)) // who holds the seat too
		w.gate(design, review.GatePassed)
	})
	t.Run("after signing", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.sign(archie, design, arch))
		w.ok(w.recuse(archie, design, arch))
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GateWaiting)
	})
	t.Run("in another seat", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.recuse(twin, design, arch))
		w.refused(w.silent(func() error { return w.sign(twin, design, eng) }), "denied")
	})
	t.Run("for the rest of the round, and no longer", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.recuse(archie, design, arch))
		w.ok(w.answer(member, design, "naming", review.NotMet, "one left"))
		w.refused(w.silent(func() error { return w.sign(archie, design, arch) }), "denied")
		w.revoke(archie, arch)
		w.grant(archie, arch)
		w.refused(w.silent(func() error { return w.sign(archie, design, arch) }), "denied")
		w.ok(w.r.Withdraw(w.actor(owner), design, "not yet", w.tick()))
		w.ok(w.request(owner, design))
		w.ok(w.sign(archie, design, arch))
	})
	t.Run("takes a seat", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.refused(w.silent(func() error { return w.recuse(enya, design, arch) }), "denied")
		w.refused(w.silent(func() error { return w.recuse(owner, design, arch) }), "denied")
		w.refused(w.silent(func() error { return w.recuse(quinn, design, qa) }), "invalid")
	})
}

// The queue asks nobody to sign who stepped back.
func TestQueueAfterARecusal(t *testing.T) {
	for _, opts := range [][]option{nil, {withoutSoD}} {
		w := newWorld(t, opts...)
		w.open(design)
		w.ok(w.sign(archie, design, arch))
		w.ok(w.recuse(archie, design, arch))
		q := w.r.Queue(w.stage(design))
		want := review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}, Excluded: []review.PersonID{archie}}
		if opts == nil {
			want.Excluded = []review.PersonID{member, mate, archie}
		}
		if !reflect.DeepEqual(q, want) {
			t.Errorf("%+v, want %+v", q, want)
		}
	}
}

// A holder and whoever stands in for them sign once between them.
func TestStandInAndHolder(t *testing.T) {
	const stand = viewer
	start := func(t *testing.T, opts ...option) *world {
		w := newWorld(t, opts...)
		w.open(design)
		w.standIn(stand, archie, arch)
		return w
	}
	t.Run("the stand-in signs", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(stand, design, arch))
		if so := w.stage(design).OpenRound().SignOffs[0]; so.For != archie || so.Person != stand {
			t.Errorf("kept as %+v", so)
		}
		w.refused(w.silent(func() error { return w.sign(archie, design, arch) }), "denied")
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GatePassed)
	})
	t.Run("the holder signs", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(archie, design, arch))
		w.refused(w.silent(func() error { return w.sign(stand, design, arch) }), "denied")
		w.ok(w.sign(twin, design, arch)) // another holder may
		w.gate(design, review.GatePassed)
	})
	t.Run("two stand-ins for one holder", func(t *testing.T) {
		w := start(t)
		w.standIn(nobody, archie, arch)
		w.ok(w.sign(stand, design, arch))
		w.refused(w.silent(func() error { return w.sign(nobody, design, arch) }), "denied")
	})
	t.Run("the holder after the stand-in's signature went out of date", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(stand, design, arch))
		w.ok(w.answer(member, design, "naming", review.NotMet, "one left"))
		w.ok(w.sign(archie, design, arch))
		w.refused(w.silent(func() error { return w.sign(stand, design, arch) }), "denied")
	})
	t.Run("the holder returns what the stand-in passed", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(stand, design, arch))
		w.ok(w.sendBack(archie, design, arch, "not so fast"))
		w.gate(design, review.GateReturned)
	})
	t.Run("the stand-in returns what the holder passed", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(archie, design, arch))
		w.ok(w.sendBack(stand, design, arch, "not so fast"))
		w.gate(design, review.GateReturned)
	})
	t.Run("the holder steps back after the stand-in signed", func(t *testing.T) {
		w := start(t)
		w.ok(w.sign(stand, design, arch))
		w.ok(w.recuse(archie, design, arch))
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.refused(w.silent(func() error { return w.sign(stand, design, arch) }), "denied")
	})
	t.Run("the stand-in steps back", func(t *testing.T) {
		w := start(t)
		w.ok(w.recuse(stand, design, arch))
		w.ok(w.sign(archie, design, arch))
		w.blocked(design, "signers-missing")
	})
	t.Run("the holder was kept from signing", func(t *testing.T) {
		w := start(t)
		w.ok(w.r.SetDuty(w.actor(owner), archie, review.DutyMember, w.tick()))
		w.ok(w.answer(archie, design, "naming", review.NotMet, "one left"))
		w.refused(w.silent(func() error { return w.sign(stand, design, arch) }), "denied")
	})
	t.Run("the holder is kept from signing afterwards", func(t *testing.T) {
		w := newWorld(t, withProfile("ml"))
		w.ok(w.r.SetDuty(w.actor(owner), enya, review.DutyMember, w.tick()))
		w.ok(w.answer(enya, run, "drift", review.Met, ""))
		w.ok(w.answered(manager, "public")) // drift applies no more
		w.standIn(stand, enya, eng)
		w.open(run)
		w.ok(w.sign(stand, run, eng))
		w.blocked(run, "seat-missing product", "seat-missing sre")
		// Rows that no command lets in: enya's answer applies while the signature stands.
		w.stage(run).Items[1].Answer.By = enya
		w.stage(run).OpenRound().SignOffs[0].Digest = w.digest(run)
		w.blocked(run, "seat-missing product", "seat-missing sre", "signers-missing")
	})
	t.Run("duties are not separated", func(t *testing.T) {
		w := newWorld(t, withoutSoD)
		w.ok(w.r.SetDuty(w.actor(owner), archie, review.DutyMember, w.tick()))
		w.open(design)
		w.ok(w.answer(archie, design, "naming", review.NotMet, "one left"))
		w.standIn(stand, archie, arch)
		w.ok(w.sign(stand, design, arch))
	})
	t.Run("who stands in for two", func(t *testing.T) {
		w := start(t)
		w.standIn(stand, twin, arch)
		w.ok(w.sign(archie, design, arch))
		w.ok(w.sign(stand, design, arch)) // for twin
		w.gate(design, review.GatePassed)
		if so := w.stage(design).LastRound().SignOffs[1]; so.For != twin {
			t.Errorf("kept as %+v", so)
		}
	})
	t.Run("in their own right first", func(t *testing.T) {
		w := start(t)
		w.standIn(twin, archie, arch)
		w.ok(w.sign(twin, design, arch))
		w.ok(w.sign(archie, design, arch))
		w.gate(design, review.GatePassed)
	})
	t.Run("who has signed through a stand-in signs for another", func(t *testing.T) {
		w := start(t)
		w.standIn(archie, twin, arch)
		w.ok(w.sign(stand, design, arch)) // for archie
		w.ok(w.sign(archie, design, arch))
		if so := w.stage(design).LastRound().SignOffs[1]; so.For != twin {
			t.Errorf("kept as %+v", so)
		}
		w.gate(design, review.GatePassed)
	})
	t.Run("in two seats of one holder", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.standIn(stand, twin, arch)
		w.standIn(stand, twin, eng)
		w.ok(w.sign(stand, design, arch))
		w.refused(w.silent(func() error { return w.sign(stand, design, eng) }), "refused") // one person signs once
	})
}

// What a stand-in signed outlives the delegation, and ends with the holder's
// seat.
func TestStandInsSignatureAfterwards(t *testing.T) {
	const stand = viewer
	signed := func(t *testing.T) *world {
		w := newWorld(t)
		w.open(design)
		w.standIn(stand, archie, arch)
		w.ok(w.sign(stand, design, arch))
		return w
	}
	t.Run("the delegation ended", func(t *testing.T) {
		w := signed(t)
		w.standDown(stand)
		w.hold()
		w.blocked(design, "signers-missing")
		w.refused(w.silent(func() error { return w.sendBack(stand, design, arch, "x") }), "denied")
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GatePassed)
	})
	t.Run("the holder lost the seat", func(t *testing.T) {
		w := signed(t)
		w.revoke(archie, arch)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GateWaiting)
	})
	t.Run("the holder lost the seat and has it again", func(t *testing.T) {
		w := signed(t)
		w.revoke(archie, arch)
		w.grant(archie, arch)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(archie, design, arch))
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GatePassed)
	})
	t.Run("they were given a seat of their own", func(t *testing.T) {
		w := signed(t)
		w.standDown(stand)
		w.seats[stand] = everywhere(eng)
		w.hold()
		w.blocked(design, "signers-missing") // their signature for archie counts on
		w.refused(w.silent(func() error { return w.sign(stand, design, eng) }), "refused")
		w.blocked(design, "signers-missing")
	})
	t.Run("their own seat does not keep it alive", func(t *testing.T) {
		w := signed(t)
		w.seats[stand] = everywhere(arch)
		w.revoke(archie, arch)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(stand, design, arch)) // in their own right now
		w.blocked(design, "signers-missing")
	})
}

// A signature rests on the holding by which it was given, and on no other.
func TestASignatureRestsOnItsHolding(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.sign(archie, design, arch))
	w.revoke(archie, arch)
	w.standIn(archie, twin, arch)
	w.blocked(design, "seat-missing architecture", "signers-missing")
	w.ok(w.sign(archie, design, arch)) // for twin now
	w.blocked(design, "signers-missing")
	if so := w.stage(design).OpenRound().SignOffs; len(so) != 2 || so[1].For != twin {
		t.Errorf("signed as %+v", so)
	}
	for _, held := range []review.SeatHeld{
		{Seat: arch, Since: base}, {Seat: arch, Since: base, For: enya}, {Seat: eng, Since: base, For: twin}, {Seat: arch, Scope: review.Scope(project + 1), Since: base, For: twin},
	} {
		w.r.Holders = map[review.PersonID][]review.SeatHeld{archie: {held}}
		if n := len(w.r.Counting(w.stage(design))); n != 0 {
			t.Errorf("%+v keeps it alive", held)
		}
	}
}

// Rows that no command would have let in: one holding of a seat counts once.
func TestOneHoldingCountsOnce(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	round := w.stage(design).OpenRound()
	for i, so := range []review.SignOff{{Person: archie, Seat: arch}, {Person: viewer, Seat: arch, For: archie}} {
		so.No, so.Decision, so.Digest, so.At = i+1, review.Go, w.digest(design), w.now
		round.SignOffs = append(round.SignOffs, so)
	}
	w.hold()
	if n := len(w.r.Counting(w.stage(design))); n != 1 {
		t.Errorf("%d sign-offs count", n)
	}
}

// The approval that a must does not apply is no way around it either.
func TestStandInForWhoAnsweredApprovesNothing(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(insider, build, "tests", review.NotApplicable, "no code"))
	w.standIn(viewer, insider, eng)
	w.refused(w.silent(func() error { return w.approve(viewer, build, "tests") }), "denied")
	w.standIn(viewer, enya, eng)
	w.ok(w.approve(viewer, build, "tests"))
}

// Who stands in sees a restricted project when the holder's seat is for just
// that project, and only then.
func TestStandInSeesARestrictedProject(t *testing.T) {
	for _, tt := range []struct {
		scope review.Scope
		want  string
	}{{review.Everywhere, "not found"}, {review.Scope(project), "ok"}, {review.Scope(project + 1), "not found"}} {
		w := newWorld(t, restricted)
		w.open(build)
		w.seats[nobody] = []review.SeatHeld{{Seat: qa, Scope: tt.scope, Since: base, For: quinn}}
		w.seats[quinn] = heldIn(tt.scope, qa)
		if got := refusal(review.May(w.actor(nobody), review.ViewProject, &w.r.Project)); got != tt.want {
			t.Errorf("scope %d: %s, want %s", tt.scope, got, tt.want)
		}
		if got := refusal(w.sign(nobody, build, qa)); got != tt.want {
			t.Errorf("signing with scope %d: %s, want %s", tt.scope, got, tt.want)
		}
	}
}
