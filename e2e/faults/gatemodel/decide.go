package gatemodel

import (
	"slices"
	"strings"
)

// decide says what happens to a request. Either the answers that it may get
// are listed, and nothing changes; or it succeeds, and the next state is
// returned. More than one answer is right when a request is wrong in more than
// one way, since the rules do not say which is told first.
func (r *Rules) decide(s *State, in Input) (without []Result, next *State) {
	if in.Op == PassDays {
		next = s.clone()
		next.Day += in.Days
		return nil, next
	}
	if in.Op == SignOut {
		next = s.clone()
		if !slices.Contains(next.Gone, in.Who) {
			next.Gone = append(next.Gone, in.Who)
			slices.Sort(next.Gone)
		}
		return nil, next
	}
	if hidden := r.kept(s, in.Who); hidden != "" {
		if hidden == Hidden && (in.Op == GrantSeat || in.Op == RevokeSeat) {
			return []Result{Invalid, Denied}, nil // as for a key that no project has
		}
		return []Result{hidden}, nil
	}
	before := s.signed()
	without, next = r.rule(s, in)
	if len(without) == 0 && before != next.signed() {
		next.change()
	}
	return without, next
}

// change takes note that signed content is no longer what it was.
func (s *State) change() {
	if n := len(s.Rounds); n > 0 && passes(s.Rounds[n-1].Outcome) {
		s.Rounds[n-1].Changed = true
	}
}

func (r *Rules) rule(s *State, in Input) ([]Result, *State) {
	switch in.Op {
	case Answer, AddEvidence, RemoveEvidence, AnswerFinding, Restrict:
		if !r.Cast[in.Who].OnProject {
			return []Result{Denied}, nil
		}
		return r.edit(s, in)
	case Request, Withdraw:
		if !r.Cast[in.Who].OnProject {
			return []Result{Denied}, nil
		}
		return r.ask(s, in)
	case Sign:
		return r.sign(s, in)
	case RequestWaiver, GrantWaiver, RevokeWaiver:
		return r.waive(s, in)
	case MeetCondition, ConfirmCondition:
		return r.followUp(s, in)
	case GrantSeat, RevokeSeat:
		return r.seat(s, in)
	}
	panic("no rule for " + string(in.Op))
}

func (r *Rules) edit(s *State, in Input) ([]Result, *State) {
	next := s.clone()
	switch in.Op {
	case Answer:
		if s.Items[in.Item].Version != in.Version {
			return []Result{Conflict}, nil
		}
		next.Items[in.Item] = s.replaced(s.Items[in.Item], in)
	case AddEvidence:
		next.Evidence = append(next.Evidence, Link{By: in.Who, Last: s.Day + r.ValidDays, Renews: s.renewing()})
	case RemoveEvidence:
		if in.No > len(s.Evidence) {
			return []Result{Hidden}, nil
		}
		if s.Evidence[in.No-1].Removed {
			return []Result{OK}, nil
		}
		next.Evidence[in.No-1].Removed = true
	case AnswerFinding:
		if in.No > len(s.Findings) {
			return []Result{Hidden}, nil
		}
		if s.Findings[in.No-1].Answered && s.open() != nil {
			return []Result{Refused}, nil
		}
		next.Findings[in.No-1] = Point{true, in.Mark}
	case Restrict:
		next.Restricted = in.On
	}
	return nil, next
}

// replaced is an answer in place of another. Everybody who answered since the gate
// last passed goes on counting as an author, and so does who gave the answer
// that stood then.
func (s *State) replaced(old Said, in Input) Said {
	said := Said{State: in.State, By: in.Who, Version: in.Version + 1, Mark: in.Mark, Over: len(s.Rounds)}
	if s.open() != nil {
		said.Over--
	}
	if old.Version == 0 {
		return said
	}
	said.Before = []int{old.By}
	if !s.passedAfter(old, -1) {
		said.Before = append(slices.Clone(old.Before), old.By)
	}
	return said
}

// passedAfter reports whether the gate has passed since an answer was given, with
// another round than one.
func (s *State) passedAfter(said Said, except int) bool {
	for i := said.Over; i < len(s.Rounds); i++ {
		if i != except && strings.HasPrefix(s.Rounds[i].Outcome, "passed") {
			return true
		}
	}
	return false
}

// ask is a request for sign-off, or its withdrawal.
func (r *Rules) ask(s *State, in Input) ([]Result, *State) {
	next := s.clone()
	open := s.open()
	if in.Op == Withdraw {
		if open == nil {
			// Whoever withdrew it may have sent the same form twice, which is no mistake.
			if n := len(s.Rounds); n > 0 && s.Rounds[n-1].Outcome == "withdrawn" && s.Rounds[n-1].Ended == in.Who {
				return []Result{OK}, nil
			}
			return []Result{Refused}, nil
		}
		closing := next.open()
		closing.Outcome, closing.Ended = "withdrawn", in.Who
		return nil, next
	}
	if open != nil && open.By == in.Who && open.Digest == in.Digest {
		return []Result{OK}, nil // the same form for the second time
	}
	var without []Result
	if open != nil || s.standsPassed() {
		without = append(without, Refused)
	}
	if s.digest() != in.Digest {
		without = append(without, Stale)
	}
	if s.blocked() {
		without = append(without, Blocked)
	}
	next.Rounds = append(next.Rounds, Round{By: in.Who, Digest: in.Digest})
	return without, next
}

func (r *Rules) sign(s *State, in Input) ([]Result, *State) {
	open := s.open()
	if open == nil {
		n := len(s.Rounds)
		switch {
		case !r.sits(s, in.Who):
			return []Result{Denied, Refused}, nil
		case n > 0 && s.Rounds[n-1].has(in):
			return []Result{OK, Refused}, nil // the same form for the second time
		}
		return []Result{Refused}, nil
	}
	if in.Decision == Recuse && open.recused(in.Who) {
		return []Result{OK, Denied, Stale}, nil
	}
	var without []Result
	if !r.holds(s, in.Who, in.Seat) || open.recused(in.Who) || r.excluded(s, len(s.Rounds)-1, in.Who) {
		without = append(without, Denied)
	}
	if s.digest() != in.Digest {
		without = append(without, Stale)
	}
	for _, so := range r.counting(s) {
		if so.Who != in.Who {
			continue
		}
		if so.Seat == in.Seat && so.Decision == Go && in.Decision == Go && len(without) == 0 {
			return []Result{OK}, nil // the same form for the second time
		}
		if in.Decision == Go || in.Decision == Conditional {
			without = append(without, Refused)
		}
	}
	if len(without) > 0 {
		return without, nil
	}
	return nil, r.signed(s, in)
}

// has reports whether the round holds just this signature.
func (ro *Round) has(in Input) bool {
	return slices.ContainsFunc(ro.Signed, func(so Signature) bool {
		return so.Who == in.Who && so.Seat == in.Seat && so.Decision == in.Decision && so.Digest == in.Digest
	})
}

// signed is the state after a signature, and what it brings with it.
func (r *Rules) signed(s *State, in Input) *State {
	next := s.clone()
	no, round := len(next.Rounds), next.open()
	round.Signed = append(round.Signed, Signature{Who: in.Who, Seat: in.Seat, Decision: in.Decision, Content: s.content(), Digest: in.Digest})
	for i := range next.Conditions {
		if c := &next.Conditions[i]; c.Round == no && c.By == in.Who && !c.Confirmed {
			c.Dropped = true
		}
	}
	switch in.Decision {
	case Recuse:
		return next
	case Return:
		next.Findings = append(next.Findings, Point{})
		round.Outcome = "returned"
		return next
	case Conditional:
		next.Conditions = append(next.Conditions, Promise{Round: no, By: in.Who, Seat: in.Seat, Last: in.Until, MetBy: -1})
	}
	if !r.complete(next) || next.blocked() {
		return next
	}
	outcome := "passed"
	for _, so := range r.counting(next) {
		if so.Decision == Conditional {
			outcome = "passed with conditions"
		}
	}
	round.Outcome, round.Closing = outcome, s.content()
	return next
}

func (r *Rules) waive(s *State, in Input) ([]Result, *State) {
	next := s.clone()
	if in.Op == RequestWaiver {
		if !r.Cast[in.Who].OnProject {
			return []Result{Denied}, nil
		}
		var without []Result
		if in.Until <= s.Day {
			without = append(without, Invalid)
		}
		if slices.ContainsFunc(s.Waivers, func(w Leave) bool { st := s.leave(w); return st == "waiting" || st == "in force" }) {
			without = append(without, Refused)
		}
		next.Waivers = append(next.Waivers, Leave{By: in.Who, Last: in.Until})
		return without, next
	}
	if !r.sits(s, in.Who) {
		return []Result{Denied}, nil
	}
	if in.No > len(s.Waivers) {
		return []Result{Hidden}, nil
	}
	w := &next.Waivers[in.No-1]
	if w.By == in.Who {
		return []Result{Denied}, nil
	}
	state := s.leave(*w)
	switch {
	case in.Op == GrantWaiver && state == "waiting":
		w.Granted = true
	case in.Op == RevokeWaiver && state == "in force":
		w.TakenBack = true
	case in.Op == GrantWaiver && state == "in force", in.Op == RevokeWaiver && state == "revoked":
		return []Result{OK}, nil
	default:
		return []Result{Refused}, nil
	}
	return nil, next
}

// followUp closes a condition: somebody on the project reports it as met, and
// who sits in the seat that set it confirms.
func (r *Rules) followUp(s *State, in Input) ([]Result, *State) {
	var without []Result
	may := r.Cast[in.Who].OnProject
	if in.Op == ConfirmCondition {
		may = r.sits(s, in.Who)
	}
	if !may {
		without = append(without, Denied)
	}
	if in.No > len(s.Conditions) {
		return append(without, Hidden), nil
	}
	c := s.Conditions[in.No-1]
	if !s.asked(c) {
		without = append(without, Refused)
	}
	if in.Op == ConfirmCondition && !r.judges(s, in.Who, c) {
		without = append(without, Denied)
	}
	if len(without) > 0 {
		return without, nil
	}
	if c.Confirmed {
		return []Result{OK}, nil
	}
	next := s.clone()
	n := &next.Conditions[in.No-1]
	if in.Op == MeetCondition {
		n.MetBy = in.Who
		return nil, next
	}
	if c.MetBy < 0 {
		return []Result{Refused}, nil
	}
	n.Confirmed = true
	return nil, next
}

// judges reports whether somebody may say that a condition is met: whoever sits
// now in the seat that set it, but nobody who may not sign that round, and not
// who met it. Having set it does not help who has lost the seat.
func (r *Rules) judges(s *State, who int, c Promise) bool {
	round := s.Rounds[c.Round-1]
	if who == c.MetBy || round.recused(who) || r.excluded(s, c.Round-1, who) {
		return false
	}
	return r.holds(s, who, c.Seat)
}

func (r *Rules) seat(s *State, in Input) ([]Result, *State) {
	if !r.Cast[in.Who].Admin {
		return []Result{Denied}, nil
	}
	next := s.clone()
	held := Held{in.Whom, in.Seat}
	at := slices.Index(next.Scoped, held)
	switch {
	case in.Op == GrantSeat && at < 0:
		next.Scoped = append(next.Scoped, held)
		slices.SortFunc(next.Scoped, func(a, b Held) int {
			if a.Who != b.Who {
				return a.Who - b.Who
			}
			return slices.Index(r.Seats, a.Seat) - slices.Index(r.Seats, b.Seat)
		})
	case in.Op == RevokeSeat && at >= 0:
		next.Scoped = slices.Delete(next.Scoped, at, at+1)
		for i := range next.Rounds {
			for j := range next.Rounds[i].Signed {
				if so := &next.Rounds[i].Signed[j]; so.Who == in.Whom && so.Seat == in.Seat {
					so.Void = true
				}
			}
		}
	}
	return nil, next
}
