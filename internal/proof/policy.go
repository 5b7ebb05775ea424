package proof

import (
	"cmp"
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// judge decides again whether the round could end as it did, from the state in
// which it ended: written apart from the rules in package review, which decided
// it then. It notes which sign-offs count, and returns what is wrong, each a
// sentence without its subject. A signature whose seat was lost before the
// round ended does not count, as far as the rights are known.
func (r *round) judge(rv *review.Review, s *review.Stage, held *rights) []string {
	ro := &r.Round
	r.Counted = make([]bool, len(ro.SignOffs))
	if ro.Outcome != review.OutcomePassed && ro.Outcome != review.OutcomeConditional {
		return nil
	}
	var wrong []string
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	stepped := map[review.PersonID]bool{}
	for _, so := range ro.SignOffs {
		if so.Decision == review.Recuse {
			stepped[so.Person] = true
		}
	}
	people := map[review.PersonID]bool{}
	seats := map[plan.Seat]bool{}
	mandates := map[string]bool{}
	conditional := false
	// Backwards: somebody who has signed may sign again only once the first signature no
	// longer counts, such as after losing the seat and being given it again.
	for i := len(ro.SignOffs) - 1; i >= 0; i-- {
		so := &ro.SignOffs[i]
		mandate := fmt.Sprintf("%d %s", cmp.Or(so.For, so.Person), so.Seat) // a holder and the stand-in are one voice
		switch {
		case so.Digest != r.digest || !r.supports(so.Decision):
		case people[so.Person] || stepped[so.Person] || mandates[mandate]:
		case s.Excluded(ro, so.Person) != "":
		case !held.lasted(rv.Project.ID, so, ro.ClosedAt):
		default:
			people[so.Person], seats[so.Seat], mandates[mandate], r.Counted[i] = true, true, true, true
			conditional = conditional || so.Decision == review.Conditional
		}
	}
	if len(people) < ro.Policy.Quorum {
		complain("passes a gate with %d of the %d signatures that it takes by different people on this content", len(people), ro.Policy.Quorum)
	}
	for _, seat := range ro.Policy.Mandatory {
		if !seats[seat] {
			complain("passes a gate without the %s seat, which has to sign", seat.Label())
		}
	}
	if ro.Outcome == review.OutcomeConditional && !conditional {
		complain("passes a gate with conditions, but nobody who signed set any")
	}
	for _, b := range rv.RequestBlockers(s, ro.ClosedAt) {
		if !b.Kind.SettledByRequest() {
			complain("passes a gate although something stood in the way: %s: %s", b.Subject, b.What)
		}
	}
	if len(people) == 0 {
		complain("passes a gate that nobody signed")
	}
	return wrong
}

// supports reports whether a decision counts towards the round's outcome: a
// gate that passed without conditions needs signers who set none.
func (r *round) supports(d review.Decision) bool {
	return d == review.Go || (d == review.Conditional && r.Round.Outcome == review.OutcomeConditional)
}
