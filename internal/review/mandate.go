package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
)

// mandate finds the holding of the seat by which the actor may sign: their own
// before those that they stand in for.
func (r *Review) mandate(by Actor, s *Stage, round *Round, in NewSignOff) (SeatHeld, error) {
	if !slices.Contains(round.Policy.Seats, in.Seat) {
		return SeatHeld{}, invalid("seat", "choose one of this gate's seats: "+seatList(round.Policy.Seats))
	}
	why := ""
	for _, held := range by.seatsIn(in.Seat, r.Project.ID) {
		barred := s.barred(round, by.Person, held.For)
		if barred == "" && in.Decision.Goes() && r.voiced(s, by.Person, held) {
			barred = "This seat's holder and their stand-in sign once between them, and the other one has signed."
		}
		if barred == "" {
			return held, nil
		}
		if why == "" {
			why = barred
		}
	}
	if why == "" {
		why = "You do not hold the " + in.Seat.Label() + " seat."
	}
	return SeatHeld{}, &Denied{SignGate, why}
}

// barred says what keeps a person from signing the round, be it themselves or
// whoever they stand in for (0: nobody): what the holder of a seat may not
// sign, nobody signs in their place. It is empty when nothing does.
func (s *Stage) barred(round *Round, p, holder PersonID) string {
	if round.recused(p) {
		return "You stepped back from this round; somebody else in the seat signs it."
	}
	if round.recused(holder) {
		return "Whom you stand in for stepped back from this round; somebody else in the seat signs it."
	}
	if why := s.Excluded(round, p); why != "" {
		return why
	}
	if holder != 0 && s.Excluded(round, holder) != "" {
		return "Whom you stand in for may not sign this gate, having worked on the stage; somebody else in the seat signs it."
	}
	return ""
}

// voiced reports whether a signature of somebody else counts that rests on the
// same holding of a seat: the holder's for a stand-in, a stand-in's for the
// holder.
func (r *Review) voiced(s *Stage, p PersonID, held SeatHeld) bool {
	holder := held.For
	if holder == 0 {
		holder = p
	}
	return slices.ContainsFunc(r.Counting(s), func(so SignOff) bool {
		return so.Person != p && so.Seat == held.Seat && so.holder() == holder
	})
}

// holder is the person on whose holding of the seat a signature rests.
func (so *SignOff) holder() PersonID {
	if so.For != 0 {
		return so.For
	}
	return so.Person
}

// newest is the person's latest signature in the round; nil when they gave
// none.
func (ro *Round) newest(p PersonID) *SignOff {
	for i := len(ro.SignOffs) - 1; i >= 0; i-- {
		if ro.SignOffs[i].Person == p {
			return &ro.SignOffs[i]
		}
	}
	return nil
}

// recused reports whether a person has stepped back from the round.
func (ro *Round) recused(p PersonID) bool {
	return slices.ContainsFunc(ro.SignOffs, func(so SignOff) bool { return so.Person == p && so.Decision == Recuse })
}

// judge finds the holding of a seat by which the actor may say whether what was
// asked for in that seat was done: their own before those that they stand in
// for, but not in the place of a doer, and not where anything bars them from
// signing. who is the refusal when they do not sit there at all. That the actor
// asked for it does not help them once they have lost the seat.
func (r *Review) judge(by Actor, s *Stage, ro *Round, seat plan.Seat, who string, doers ...PersonID) (SeatHeld, error) {
	why := ""
	for _, held := range by.seatsIn(seat, r.Project.ID) {
		if held.For != 0 && slices.Contains(doers, held.For) {
			continue
		}
		barred := s.barred(ro, by.Person, held.For)
		if barred == "" {
			return held, nil
		}
		if why == "" {
			why = barred
		}
	}
	if why == "" {
		why = who
	}
	return SeatHeld{}, &Denied{SignGate, why}
}
