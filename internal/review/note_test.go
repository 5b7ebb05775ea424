package review_test

import (
	"testing"

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
