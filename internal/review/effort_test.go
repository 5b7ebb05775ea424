package review_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// What a signer says of the time it took is kept with the signature and changes
// nothing that is signed.
func TestEffort(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	digest := w.digest(build)
	sign := func(e review.Effort) error {
		return w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: qa, Decision: review.Go, Digest: digest, Effort: e}, w.tick())
	}
	err := w.silent(func() error { return sign("a while") })
	if got := strings.Join(wrong(err), " "); got != "effort" {
		t.Errorf("an effort that is none: %v", err)
	}
	w.ok(sign(review.EffortTo15))
	if so := w.stage(build).LastRound().SignOffs[0]; so.Effort != review.EffortTo15 || w.digest(build) != digest {
		t.Errorf("the signature is %+v", so)
	}
	w.ok(w.silent(func() error { return sign(review.EffortOver60) })) // the same form sent twice
	for _, e := range review.Efforts() {
		if e.Label() == "" {
			t.Errorf("%q has no name", e)
		}
	}
	w.replays()
}
