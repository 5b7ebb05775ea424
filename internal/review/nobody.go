package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// AskedSeats are the seats whose holders the loaded stages wait for: to sign, to
// confirm a condition, to judge an answer to a finding, to look back at a gate
// passed by break-glass. managers reports whether a manager could do the last of
// these as well. Without either there is nothing that nobody could do.
func (r *Review) AskedSeats() (seats []plan.Seat, managers bool) {
	for i := range r.Stages {
		s := &r.Stages[i]
		if !s.Loaded {
			continue
		}
		seats = append(seats, r.OpenSeats(s)...)
		for j := range s.Conditions {
			if c := &s.Conditions[j]; s.toConfirm(c) {
				seats = append(seats, c.Seat)
			}
		}
		for j := range s.Findings {
			if f := &s.Findings[j]; s.toJudge(f) {
				seats = append(seats, s.raisedIn(f))
			}
		}
		for j := range s.Rounds {
			if ro := &s.Rounds[j]; ro.toLookBack() {
				seats, managers = append(seats, ro.Policy.Seats...), true
			}
		}
	}
	slices.Sort(seats)
	return slices.Compact(seats), managers
}

func (s *Stage) toConfirm(c *Condition) bool { return !c.MetAt.IsZero() && !c.Closed() && s.Binds(c) }

// An answer that nobody accepted means nothing once the gate has passed without.
func (s *Stage) toJudge(f *Finding) bool {
	return f.Answered() && f.AcceptedAt.IsZero() && !s.Gate.Passed()
}

func (ro *Round) toLookBack() bool { return ro.Outcome == OutcomeForced && ro.ReviewedAt.IsZero() }

// raisedIn is the seat in which somebody raised a finding.
func (s *Stage) raisedIn(f *Finding) plan.Seat {
	if so := s.Rounds[f.Round-1].newest(f.By); so != nil {
		return so.Seat
	}
	return ""
}

// NobodyCan lists what a stage waits for that none of these people can do. among
// has to hold everybody with a seat of [Review.AskedSeats] and, where it says so,
// the managers. It asks what the commands ask, so whoever is named nowhere here
// can act. What is not active waits for nobody.
func (r *Review) NobodyCan(s *Stage, among []Actor) []Blocker {
	if !s.Loaded || r.Project.Status != StatusActive {
		return nil
	}
	bs := append(r.nobodyLeads(s), r.nobodySigns(s, among)...)
	owner := r.leads(s.Def.Key)
	add := func(kind BlockerKind, seat plan.Seat, no int, subject string, since time.Time, can func(Actor) bool) {
		if !slices.ContainsFunc(among, can) {
			bs = append(bs, Blocker{
				Kind: kind, Stage: s.Def.Key, Finding: no, Vacant: seat, Subject: subject, What: r.whyNobody(seat, among), Owner: owner, Since: since,
			})
		}
	}
	for i := range s.Conditions {
		if c := &s.Conditions[i]; s.toConfirm(c) {
			add(NobodyConfirms, c.Seat, 0, c.Text, c.MetAt,
				func(a Actor) bool { return r.MayJudgeCondition(a, s.Def.Key, c.No) })
		}
	}
	for i := range s.Findings {
		if f := &s.Findings[i]; s.toJudge(f) {
			seat := s.raisedIn(f)
			add(NobodyJudges, seat, f.No, f.Text, f.AnsweredAt,
				func(a Actor) bool { return r.MayJudgeFinding(a, s.Def.Key, f.No) })
		}
	}
	for i := range s.Rounds {
		if ro := &s.Rounds[i]; ro.toLookBack() {
			add(NobodyLooksBack, "", 0, s.Def.Gate.Name, ro.ClosedAt,
				func(a Actor) bool { return r.MayLookBack(a, s, ro) })
		}
	}
	return bs
}

// nobodyLeads says at the stage that the project is in that neither its owner nor
// a deputy can sign in. Since when, the directory knows.
func (r *Review) nobodyLeads(s *Stage) []Blocker {
	gates := make([]GateState, len(r.Stages))
	for i := range r.Stages {
		gates[i] = r.Stages[i].Gate
	}
	if r.lead() != 0 || r.Stages[Current(gates)].Def.Key != s.Def.Key {
		return nil
	}
	why := "The owner cannot sign in, and there is no deputy."
	if r.Project.Holder(DutyDeputy) != 0 {
		why = "Neither owner nor deputy can sign in."
	}
	return []Blocker{{Kind: NobodyLeads, Stage: s.Def.Key, Subject: r.Project.Name, What: why}}
}

// nobodySigns are the mandatory seats of an open round in which nobody can sign
// and, where each has somebody, the signatures for which there are too few people.
func (r *Review) nobodySigns(s *Stage, among []Actor) []Blocker {
	round := s.OpenRound()
	if round == nil {
		return nil
	}
	counting := r.Counting(s)
	able := func(seat plan.Seat) func(Actor) bool {
		return func(a Actor) bool {
			_, can := r.CouldSign(a, s, seat)
			return can
		}
	}
	var bs []Blocker
	for _, seat := range withoutSign(round.Policy.Mandatory, counting) {
		if !slices.ContainsFunc(among, able(seat)) {
			bs = append(bs, Blocker{
				Kind: NobodySigns, Stage: s.Def.Key, Vacant: seat, Subject: seat.Label(), What: r.whyNobody(seat, among),
				Owner: r.leads(s.Def.Key), Since: round.RequestedAt,
			})
		}
	}
	lack := round.Policy.Quorum - len(counting)
	if len(bs) > 0 || lack <= 0 {
		return bs
	}
	n := 0
	for _, a := range among {
		if slices.ContainsFunc(r.OpenSeats(s), func(seat plan.Seat) bool { return able(seat)(a) }) {
			n++
		}
	}
	if n < lack {
		bs = append(bs, Blocker{
			Kind: NobodySigns, Stage: s.Def.Key, Subject: s.Def.Gate.Name, Owner: r.leads(s.Def.Key), Since: round.RequestedAt,
			What: fmt.Sprintf("%d more to sign, and %d who can.", lack, n),
		})
	}
	return bs
}

// whyNobody says why nobody can act in a seat: there is nobody in it, or somebody
// who may not. Without a seat, those who could act are too many to go through.
func (r *Review) whyNobody(seat plan.Seat, among []Actor) string {
	switch {
	case seat == "":
		return "No other manager or seat holder may."
	case slices.ContainsFunc(among, func(a Actor) bool { return a.Sits(seat, r.Project.ID) }):
		return "Nobody in the " + seat.Label() + " seat may."
	}
	return "The " + seat.Label() + " seat has no holder."
}

// CouldSign reports whether somebody's signature in a seat would help: they may
// sign there, and have not signed yet in a way that counts. Between rounds it goes
// by a round that were requested now. The holding is the one by which they sign.
func (r *Review) CouldSign(a Actor, s *Stage, seat plan.Seat) (SeatHeld, bool) {
	if s.OpenRound() == nil {
		if May(a, SignGate, &r.Project) != nil {
			return SeatHeld{}, false
		}
		for _, held := range a.seatsIn(seat, r.Project.ID) {
			if !r.Plan.SoD || s.Excluded(nil, a.Person) == "" && (held.For == 0 || s.Excluded(nil, held.For) == "") {
				return held, true
			}
		}
		return SeatHeld{}, false
	}
	if slices.ContainsFunc(r.Counting(s), func(so SignOff) bool { return so.Person == a.Person }) {
		return SeatHeld{}, false // one person signs once
	}
	held, err := r.Mandate(a, s, seat)
	return held, err == nil
}
