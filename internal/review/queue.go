package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
)

// QueueEntry is what the approvers' queue has to know of a gate with a round:
// whose signature would help, whose counts, whose no longer does because the
// content or their right to the seat changed since, and who may not sign: those
// whom separation of duties excludes and those who stepped back. What a person
// may not sign, nobody signs in their place.
type QueueEntry struct {
	OpenSeats []plan.Seat
	Signed    []PersonID
	Outdated  []PersonID
	Excluded  []PersonID
}

// Queue computes the entry of a stage; it is empty when no round is open.
func (r *Review) Queue(s *Stage) QueueEntry {
	round := s.OpenRound()
	if round == nil {
		return QueueEntry{}
	}
	q := QueueEntry{OpenSeats: r.OpenSeats(s)}
	for _, so := range r.Counting(s) {
		q.Signed = append(q.Signed, so.Person)
	}
	for _, so := range round.SignOffs {
		if !slices.Contains(q.Signed, so.Person) && !slices.Contains(q.Outdated, so.Person) && !round.recused(so.Person) {
			q.Outdated = append(q.Outdated, so.Person)
		}
	}
	q.Excluded = s.excludedPeople(round)
	for _, so := range round.SignOffs {
		if so.Decision == Recuse && !slices.Contains(q.Excluded, so.Person) {
			q.Excluded = append(q.Excluded, so.Person)
		}
	}
	return q
}
