package review_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A note belongs to the answer that it was written for, and stays that answer's
// when another follows it.
func TestNoteFor(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct {
		to   review.State
		note string
		of   review.State
		old  bool
	}{
		{review.Open, "Ask Ada", review.Open, false},
		{review.Met, "Ask Ada", review.Open, false}, // a note on an open item is no reason
		{review.NotMet, "Not yet because of the move", review.NotMet, false},
		{review.Met, "Not yet because of the move", review.NotMet, true},
		{review.Open, "Not yet because of the move", review.NotMet, true},
		{review.NotMet, "Not yet because of the move", review.NotMet, false},
		{review.Met, "Not yet because of the move", review.NotMet, true},
		{review.Met, "", "", false},
		{review.Met, "Moved", review.Met, false},
	} {
		w.ok(w.answer(member, design, "adr", step.to, step.note))
		if a := w.stage(design).Item("adr").Answer; a.NoteFor != step.of || a.OldNote() != step.old {
			t.Errorf("%s, %q: the note is of %q, old %v", step.to, step.note, a.NoteFor, a.OldNote())
		}
	}
}

// An answer without a word on the note keeps the one that the item has; an empty
// note takes it away.
func TestAnswerKeepingNote(t *testing.T) {
	w := newWorld(t)
	keep := func(p review.PersonID, ik plan.ItemKey, to review.State, version int) error {
		return w.r.AnswerKeepingNote(w.actor(p), design, ik, to, version, w.tick())
	}
	note := func() string { return w.stage(design).Item("adr").Answer.Note }
	w.ok(keep(member, "adr", review.Met, 0))
	w.ok(w.answer(member, design, "adr", review.NotMet, "Broken since June."))
	w.ok(keep(member, "adr", review.Met, 2))
	if note() != "Broken since June." {
		t.Errorf("the note is %q", note())
	}
	w.ok(keep(member, "adr", review.NotApplicable, 3)) // the note that stands is the reason
	w.ok(w.silent(func() error { return keep(member, "adr", review.NotApplicable, 3) }))
	w.ok(w.answer(member, design, "adr", review.Met, ""))
	if note() != "" {
		t.Errorf("the note is %q", note())
	}
	w.refused(w.silent(func() error { return keep(member, "adr", review.NotApplicable, 5) }), "invalid")
	w.refused(w.silent(func() error { return keep(member, "adr", review.NotMet, 1) }), "conflict")
	w.refused(w.silent(func() error { return keep(viewer, "adr", review.NotMet, 5) }), "denied")
	w.refused(w.silent(func() error { return keep(member, "nothing", review.NotMet, 5) }), "not found")
}
