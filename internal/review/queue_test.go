package review_test

import (
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestQueue(t *testing.T) {
	w := newWorld(t)
	check := func(step string, want review.QueueEntry) {
		t.Helper()
		if got := w.r.Queue(w.stage(design)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
	}
	const arch, eng = plan.SeatArchitecture, plan.SeatEngineering
	check("before a round", review.QueueEntry{})
	w.ok(w.link(insider, design, "naming", "https://wiki.example.com/n", "doc"))
	w.open(design)
	barred := []review.PersonID{member, mate, insider}
	check("requested", review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}, Excluded: barred})
	w.ok(w.sign(archie, design, arch))
	check("signed", review.QueueEntry{OpenSeats: []plan.Seat{eng}, Signed: []review.PersonID{archie}, Excluded: barred})

	w.revoke(archie, arch)
	check("seat lost", review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}, Outdated: []review.PersonID{archie}, Excluded: barred})
	w.grant(archie, arch)
	check("seat regained", review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}, Outdated: []review.PersonID{archie}, Excluded: barred})
	w.ok(w.sign(archie, design, arch))
	check("signed again", review.QueueEntry{OpenSeats: []plan.Seat{eng}, Signed: []review.PersonID{archie}, Excluded: barred})

	w.ok(w.answer(deputy, design, "naming", review.NotMet, "one left"))
	barred = []review.PersonID{member, mate, deputy, insider}
	check("changed", review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}, Outdated: []review.PersonID{archie}, Excluded: barred})
	w.ok(w.sign(enya, design, eng))
	check("another signs", review.QueueEntry{OpenSeats: []plan.Seat{arch}, Signed: []review.PersonID{enya}, Outdated: []review.PersonID{archie}, Excluded: barred})
	w.ok(w.sign(archie, design, arch))
	check("decided", review.QueueEntry{})

	w = newWorld(t, withoutSoD)
	w.open(design)
	check("duties not separated", review.QueueEntry{OpenSeats: []plan.Seat{arch, eng}})
}
