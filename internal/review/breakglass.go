package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// maxRetrospective is how many days ahead the review of a forced gate may lie.
const maxRetrospective = 30

// Force passes a gate on one entitled person's word. It is recorded as such,
// shows on every page of the project until others have looked at it, and says
// by when they have to. shown is the digest of the content that the person saw.
func (r *Review) Force(by Actor, sk plan.StageKey, shown Digest, reason, reviewDue string, at time.Time) error {
	if err := May(by, BreakGlass, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say what cannot wait, and why")
	due := c.day("review-due", reviewDue, "give the day by which others review this")
	switch {
	case due.IsZero():
	case due.Before(Today(at)):
		c.problems.Add("review-due", "lies in the past")
	case due.After(Today(at).AddDate(0, 0, maxRetrospective)):
		c.problems.Add("review-due", "lies more than 30 days ahead")
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	if last := s.LastRound(); last != nil && last.Outcome == OutcomeForced && last.ClosedBy == by.Person && last.Why == reason && last.Closing == shown && !last.reopened() {
		return nil // the same form sent twice
	}
	if r.Project.Status != StatusActive {
		return refuse("The project is %s; resume it first.", r.Project.Status)
	}
	if err := r.unneeded(s); err != nil {
		return err
	}
	if r.passed(s, at) {
		return refuse("The gate has passed; there is no glass to break.")
	}
	now := r.Digest(s)
	if shown != now {
		return &StaleDigest{Shown: shown, Current: now}
	}
	no, exclusion, format := len(s.Rounds)+1, exclusion(r.Plan), FormatStage
	if open := s.OpenRound(); open != nil {
		no, exclusion, format = open.No, open.Exclusion, open.Format
	}
	return r.record(by, at, GateForced{
		Stage: sk, Round: no, Format: format, Digest: r.opening(s, format), Policy: s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile), Reason: reason, ReviewDue: FormatDate(due), Exclusion: exclusion,
	})
}

// CloseRetrospective is the review of a forced gate by somebody else: another
// manager, or a holder of one of the gate's seats who could have signed it.
func (r *Review) CloseRetrospective(by Actor, sk plan.StageKey, round int, note string, at time.Time) error {
	if err := May(by, CloseRetrospective, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if round < 1 || round > len(s.Rounds) || s.Rounds[round-1].Outcome != OutcomeForced {
		return ErrNotFound
	}
	var c input
	note = c.text("note", note, MaxNote)
	c.require("note", note, "say what the review found, and what follows from it")
	if err := c.problems.Err(); err != nil {
		return err
	}
	ro := &s.Rounds[round-1]
	held, err := r.mayLookBack(by, s, ro)
	if err != nil {
		return err
	}
	if !ro.ReviewedAt.IsZero() {
		if ro.ReviewedBy == by.Person && ro.ReviewNote == note {
			return nil // the same form sent twice
		}
		return refuse("The review is closed already.")
	}
	return r.record(by, at, RetrospectiveClosed{Stage: sk, Round: round, Note: note, For: held.For})
}

// mayLookBack finds the seat in which the actor reviews a forced round; none for
// a manager.
func (r *Review) mayLookBack(by Actor, s *Stage, ro *Round) (SeatHeld, error) {
	if ro.ClosedBy == by.Person {
		return SeatHeld{}, &Denied{CloseRetrospective, "You passed this gate by break-glass yourself; somebody else has to review it."}
	}
	if why := s.barred(ro, by.Person, 0); why != "" {
		return SeatHeld{}, &Denied{CloseRetrospective, why}
	}
	if by.HasRole(RoleManager) {
		return SeatHeld{}, nil
	}
	held, sits := by.sitting(ro.Policy.Seats, r.Project.ID, func(h SeatHeld) bool {
		return apart(ro.ClosedBy)(h) && s.barred(ro, by.Person, h.For) == ""
	})
	if !sits {
		return SeatHeld{}, &Denied{
			CloseRetrospective, "Only managers and holders of a seat at this gate review it: " + seatList(ro.Policy.Seats) + ".",
		}
	}
	return held, nil
}

// Forced is a gate that was passed by break-glass and not yet reviewed.
type Forced struct {
	Stage     plan.StageKey
	Round     int
	By        PersonID
	At        time.Time
	Reason    string
	ReviewDue time.Time
}

// Overdue reports whether the review should have taken place.
func (f *Forced) Overdue(at time.Time) bool { return Over(f.ReviewDue, at) }

// Forced lists the forced gates of the loaded stages that wait for review.
func (r *Review) Forced() []Forced {
	var out []Forced
	for i := range r.Stages {
		for _, ro := range r.Stages[i].Rounds {
			if ro.toLookBack() {
				out = append(out, Forced{r.Stages[i].Def.Key, ro.No, ro.ClosedBy, ro.ClosedAt, ro.Why, ro.ReviewDue})
			}
		}
	}
	return out
}
