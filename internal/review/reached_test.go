package review_test

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// A stage keeps a project waiting since the project has come to it, and not since the
// project began; a gate that falls behind again does not forget when the others passed.
func TestStagesWaitSinceTheyAreReached(t *testing.T) {
	w := newWorld(t)
	started := w.r.Project.Created.UTC().Truncate(time.Second)
	since := func(i int) time.Time {
		t.Helper()
		s := &w.r.Stages[i]
		bs := w.r.Blockers(s, w.now)
		if len(bs) == 0 {
			t.Fatalf("nothing is in the way of %s", s.Def.Name)
		}
		for _, b := range bs {
			if b.Since.Before(w.r.Reached(i)) {
				t.Errorf("%s is in the way of %s since %s, which was reached at %s", b.Subject, s.Def.Name, b.Since, w.r.Reached(i))
			}
		}
		return w.r.Reached(i)
	}
	if got := since(1); !got.Equal(started) {
		t.Errorf("before any gate has passed, the second stage waits since %s, want %s", got, started)
	}
	w.now = w.now.AddDate(0, 0, 30)
	w.pass(stageKeys[0])
	passed := w.r.Stages[0].Rounds[0].ClosedAt.UTC().Truncate(time.Second)
	if got := since(1); !got.Equal(passed) {
		t.Errorf("the second stage waits since %s, want since the first gate passed at %s", got, passed)
	}
	if got := w.r.Reached(0); !got.Equal(started) {
		t.Errorf("the first stage was reached at %s, want %s", got, started)
	}

	// One stage alone knows as much.
	part := review.Blank(w.r.Project, 1, w.r.Plan)
	part.Started = w.r.Started
	part.Stages[0].Gate, part.Stages[0].Passed = review.GatePassed, passed
	part.Load(1)
	if got := part.Reached(1); !got.Equal(passed) {
		t.Errorf("with the first stage not loaded, the second waits since %s, want %s", got, passed)
	}
}
