package page

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A note that was written for another answer says so, and is cleared in one press.
func TestOldNoteIsTold(t *testing.T) {
	v := smallView()
	v.stage().Item("risks-listed").Answer = review.Answer{State: review.Met, Note: "Not yet because", NoteFor: review.NotMet, By: owner, At: noon, Version: 2}
	v.stage().Item("scope-set").Answer = review.Answer{State: review.NotMet, Note: "Not yet because", NoteFor: review.NotMet, By: owner, At: noon, Version: 2}
	c := Check(v)
	for _, r := range c.rows {
		want := ""
		if r.Key == "risks-listed" {
			want = "not-met"
		}
		if r.NoteFor != want {
			t.Errorf("%s: the note is of %q, want %q", r.Key, r.NoteFor, want)
		}
	}
}

// A link of a kind that does not count says which kind does.
func TestWrongKindSaysWhichIsWanted(t *testing.T) {
	v := smallView()
	s := v.stage()
	s.Items[0].Def.Evidence = []plan.EvidenceKind{"test-report", "ci-run"}
	s.Evidence = append(s.Evidence, review.Evidence{No: 1, Item: "scope-set", URL: "https://x.test/a", Title: "A", Type: "doc", By: owner, At: noon})
	flags := func() string {
		var out []string
		for _, f := range Check(v).rows[0].Flags {
			out = append(out, f.Text)
		}
		return strings.Join(out, "; ")
	}
	const want = "This item asks for a test report or a CI run"
	for _, st := range []review.State{review.Open, review.NotMet, review.Met} {
		s.Items[0].Answer.State = st
		if got := flags(); got != want {
			t.Errorf("%s: %q", st, got)
		}
	}
	s.Evidence = append(s.Evidence, review.Evidence{No: 2, Item: "scope-set", URL: "https://x.test/b", Title: "B", Type: "ci-run", By: owner, At: noon})
	if got := flags(); got != "" {
		t.Errorf("with one that counts: %q", got)
	}
}
