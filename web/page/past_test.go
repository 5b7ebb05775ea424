package page

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// That a gate is ready to request is said once: by the state where it is the gate of the stage, by
// a mark where it is another.
func TestPastMarksDoNotRepeatTheState(t *testing.T) {
	t.Parallel()
	p := PastProject{Status: review.StatusActive, Gate: review.GateReady, Requestable: true}
	if _, state := p.state(); state != "Ready to request" || len(p.marks()) != 0 {
		t.Errorf("%s, and the marks %v", state, p.marks())
	}
	p.Gate = review.GateWaiting
	if got := p.marks(); len(got) != 1 || got[0].word != "Ready to request" {
		t.Errorf("marks %v", got)
	}
}
