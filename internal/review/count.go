package review

import (
	"maps"
	"slices"
)

// noteHolder adds the seats of somebody who is about to sign to those on which
// signatures rest.
func (r *Review) noteHolder(by Actor) {
	holders := make(map[PersonID][]SeatHeld, len(r.Holders)+1)
	maps.Copy(holders, r.Holders)
	holders[by.Person] = slices.Concat(holders[by.Person], by.Seats)
	r.Holders = holders
}

// Counting are the sign-offs that count towards the quorum of the open round
// now: each person's newest, if it is go on the present content, in a seat that
// has been held without a break since, and neither the signer nor whoever they
// stood in for is barred. One holding of a seat counts once.
func (r *Review) Counting(s *Stage) []SignOff {
	round := s.OpenRound()
	if round == nil || len(round.SignOffs) == 0 {
		return nil
	}
	now := r.Digest(s)
	var counting []SignOff
	for i := range round.SignOffs {
		so := &round.SignOffs[i]
		if so.Digest != now || !so.Decision.Goes() || so != round.newest(so.Person) || !entitled(r.Holders[so.Person], so, r.Project.ID) {
			continue
		}
		twice := slices.ContainsFunc(counting, func(o SignOff) bool { return o.Seat == so.Seat && o.holder() == so.holder() })
		if !twice && s.barred(round, so.Person, so.For) == "" {
			counting = append(counting, *so)
		}
	}
	return counting
}

// counts is the person's sign-off among those that count; nil when there is
// none.
func (r *Review) counts(s *Stage, p PersonID) *SignOff {
	counting := r.Counting(s)
	i := slices.IndexFunc(counting, func(so SignOff) bool { return so.Person == p })
	if i < 0 {
		return nil
	}
	return &counting[i]
}

// quorumReached asks for enough distinct people, every mandatory seat among
// them.
func (r *Review) quorumReached(s *Stage) bool {
	policy := s.OpenRound().Policy
	counting := r.Counting(s)
	return len(counting) >= policy.Quorum && len(withoutSign(policy.Mandatory, counting)) == 0
}

// entitled reports whether the seat that a signature was given in is held
// without a break since. For a stand-in it is the holder's seat that counts:
// what they signed while they stood in outlives the delegation.
func entitled(held []SeatHeld, so *SignOff, p ProjectID) bool {
	return slices.ContainsFunc(held, func(h SeatHeld) bool {
		return h.For == so.For && h.Seat == so.Seat && h.in(p) && !h.Since.After(so.At)
	})
}
