package proof

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// Audit decides anew about every gate of a project from its entries alone, as
// [Verify] does of a bundle, and from those of the directory whether everybody
// who signed held their seat then. The error says that the entries could not be
// replayed.
func Audit(stream review.ProjectID, entries, directory []review.Entry, t *review.Template) ([]Problem, error) {
	template, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding the template: %w", err)
	}
	h, err := replay(stream, entries, template)
	if err != nil {
		return nil, err
	}
	var out []Problem
	for _, p := range append(h.problems, seatsHeld(stream, entries, directory)...) {
		out = append(out, Problem{fmt.Sprintf("entry %d", p.entry), p.why})
	}
	return out, nil
}

// slack is how much earlier than a signature the seat may have been taken away:
// the two are in different streams, and a change that was under way was seen by
// one and not yet by the other.
const slack = 5 * time.Second

// seatsHeld checks that every signer held the seat when they signed, or stood
// in for somebody who did.
func seatsHeld(stream review.ProjectID, entries, directory []review.Entry) []suspect {
	of := map[review.PersonID][]review.Entry{}
	for _, e := range directory {
		if who := review.Mentions(e.Event); len(who) > 0 {
			of[who[0]] = append(of[who[0]], e)
		}
	}
	var wrong []suspect
	for _, e := range entries {
		signed, ok := e.Event.(review.GateSigned)
		if !ok {
			continue
		}
		if !held(of, stream, e, signed, e.At) && !held(of, stream, e, signed, e.At.Add(-slack)) {
			wrong = append(wrong, suspect{e.Seq, fmt.Sprintf("is a signature by person %d, who did not hold the %s seat then", e.Actor, signed.Seat.Label())})
		}
	}
	return wrong
}

func held(of map[review.PersonID][]review.Entry, stream review.ProjectID, e review.Entry, signed review.GateSigned, at time.Time) bool {
	holder := cmp.Or(signed.For, e.Actor)
	var then []review.Entry
	for _, d := range of[holder] {
		if !d.At.After(at) {
			then = append(then, d)
		}
	}
	all, err := review.ReplayDirectory(then)
	if err != nil || all[holder] == nil {
		return false
	}
	here := func(s review.Scope) bool { return s == review.Everywhere || s == review.Scope(stream) }
	sits := false
	for _, g := range all[holder].Granted {
		sits = sits || (g.Seat == signed.Seat && here(g.Scope))
	}
	if !sits || signed.For == 0 {
		return sits
	}
	for _, d := range all[holder].Delegated {
		if d.To == e.Actor && d.Seat == signed.Seat && here(d.Scope) && d.InForce(at) {
			return true
		}
	}
	return false
}
