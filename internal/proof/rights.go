package proof

import (
	"cmp"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// rights are the entries of the directory by the person whose rights they
// change. Nil means that they are not known, as in a bundle without them: then
// everybody is taken to have held the right to what they did.
//
// Both streams take their times from one clock, under a lock that a decision
// shares and a change of rights takes alone: their order is that of their
// times.
type rights struct {
	of map[review.PersonID][]review.Entry
}

func rightsOf(directory []review.Entry) *rights {
	r := &rights{of: map[review.PersonID][]review.Entry{}}
	for _, e := range directory {
		if who := e.Event.People(); len(who) > 0 {
			r.of[who[0]] = append(r.of[who[0]], e)
		}
	}
	return r
}

// then are a person's rights at a moment.
func (r *rights) then(p review.PersonID, at time.Time) *review.Entitlements {
	var then []review.Entry
	for _, e := range r.of[p] {
		if !e.At.After(at) {
			then = append(then, e)
		}
	}
	all, err := review.ReplayDirectory(then)
	if err != nil || all[p] == nil {
		return &review.Entitlements{Person: p}
	}
	return all[p]
}

// signs reports whether somebody could sign in a seat at a moment: by holding
// it or, when they signed for another, by standing in for that one.
func (r *rights) signs(in review.ProjectID, p, holder review.PersonID, seat plan.Seat, at time.Time) bool {
	if r == nil {
		return true
	}
	e := r.then(cmp.Or(holder, p), at)
	holds := slices.ContainsFunc(e.Granted, func(g review.Granted) bool { return g.Seat == seat && here(g.Scope, in) })
	if !holds || holder == 0 {
		return holds
	}
	return slices.ContainsFunc(e.Delegated, func(d review.Delegation) bool {
		return d.To == p && d.Seat == seat && here(d.Scope, in) && d.InForce(at)
	})
}

// lasted reports whether the seat of a signature was held without a
// break until a moment.
func (r *rights) lasted(in review.ProjectID, so *review.SignOff, until time.Time) bool {
	if r == nil {
		return true
	}
	e := r.then(cmp.Or(so.For, so.Person), until)
	return slices.ContainsFunc(e.Granted, func(g review.Granted) bool {
		return g.Seat == so.Seat && here(g.Scope, in) && !g.At.After(so.At)
	})
}

// manages reports whether somebody was a manager at a moment.
func (r *rights) manages(p review.PersonID, at time.Time) bool {
	return r == nil || slices.ContainsFunc(r.then(p, at).Granted, func(g review.Granted) bool { return g.Role == review.RoleManager })
}

// judges reports whether somebody could decide at a moment what managers and
// those in a gate's seats decide, in their own seat or in that of whom they
// stood in for.
func (r *rights) judges(in review.ProjectID, p, holder review.PersonID, seats []plan.Seat, at time.Time) bool {
	if holder == 0 && r.manages(p, at) {
		return true
	}
	return slices.ContainsFunc(seats, func(seat plan.Seat) bool { return r.signs(in, p, holder, seat, at) })
}

func here(s review.Scope, in review.ProjectID) bool {
	return s == review.Everywhere || s == review.Scope(in)
}
