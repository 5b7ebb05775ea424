package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// Live is how a running service stands in its review calendar.
type Live string

const (
	NotLive       Live = ""
	LiveCurrent   Live = "live-current"
	LiveReviewDue Live = "live-review-due"
	LiveLapsed    Live = "live-lapsed"
)

// Label is the state's name on pages.
func (l Live) Label() string {
	switch l {
	case LiveCurrent:
		return "Live, current"
	case LiveReviewDue:
		return "Live, review due"
	case LiveLapsed:
		return "Live, lapsed"
	}
	return "Not live"
}

// Live is the state of the cyclic last stage, which has to be loaded: current
// after its gate has passed, due in the 14 days before the gate repeats, lapsed
// after that or when evidence, a waiver or a condition under it has run out. A
// service stays live while its content changes, and through the next rounds
// and reviews. due is when the gate has to pass again; zero while the project
// is not live, and when the gate does not repeat.
func (r *Review) Live(at time.Time) (state Live, due time.Time) {
	if len(r.Stages) == 0 {
		return NotLive, time.Time{}
	}
	s := &r.Stages[len(r.Stages)-1]
	last := s.lastPassed()
	if last == nil && r.PassedBefore.IsZero() {
		return NotLive, time.Time{}
	}
	due = r.dueOn(s, at.Location())
	switch {
	case Over(due, at) || s.ranOutSince(last, at):
		return LiveLapsed, due
	case Soon(due, at):
		return LiveReviewDue, due
	}
	return LiveCurrent, due
}

// ranOutSince reports whether anything has run out under a gate since it
// passed; nil stands for a pass in an earlier review. What a forced gate lacks,
// it lacked when the glass was broken.
func (s *Stage) ranOutSince(last *Round, at time.Time) bool {
	if last != nil && last.Outcome == OutcomeForced {
		return false
	}
	return s.lapsed(at) || len(s.overdue(at)) > 0
}

// isLast reports whether a stage is the cyclic last one.
func (r *Review) isLast(s *Stage) bool { return s.Def.Key == r.Stages[len(r.Stages)-1].Def.Key }

// dueOn is the last day on which the gate of a stage passes again in time; zero
// when it does not repeat or never passed.
func (r *Review) dueOn(s *Stage, zone *time.Location) time.Time {
	if last := s.lastPassed(); last != nil {
		return s.repeatsOn(last.ClosedAt.In(zone))
	}
	if r.isLast(s) && !r.PassedBefore.IsZero() {
		return s.repeatsOn(r.PassedBefore.In(zone))
	}
	return time.Time{}
}

// calendar are the moments at which a repeating gate changes by itself.
func (r *Review) calendar(s *Stage, zone *time.Location) []time.Time {
	due := r.dueOn(s, zone)
	if due.IsZero() {
		return nil
	}
	if r.isLast(s) {
		return []time.Time{EndOf(due.AddDate(0, 0, -DueAhead-1), zone), EndOf(due, zone)}
	}
	return []time.Time{EndOf(due, zone)}
}

// lastPassed is the newest round by which the gate passed.
func (s *Stage) lastPassed() *Round {
	for i := len(s.Rounds) - 1; i >= 0; i-- {
		if s.Rounds[i].Outcome.Passes() {
			return &s.Rounds[i]
		}
	}
	return nil
}

// repeatsOn is the last day for a gate that has passed at a moment to pass again;
// zero when it does not repeat.
func (s *Stage) repeatsOn(passed time.Time) time.Time {
	if s.Def.Gate.RepeatsDays == 0 {
		return time.Time{}
	}
	return Today(passed).AddDate(0, 0, s.Def.Gate.RepeatsDays)
}

// TermOver reports whether the newest round has passed too long ago for a gate that
// repeats: its signatures no longer count, whatever is renewed.
func (s *Stage) TermOver(at time.Time) bool {
	last := s.LastRound()
	return last != nil && last.Outcome.Passes() && Over(s.repeatsOn(last.ClosedAt.In(at.Location())), at)
}

// StartReview begins the next pass of the project through its template.
// Answers, evidence, waivers and open conditions carry over; items whose evidence
// expires have to be attested anew; the gates start afresh. Earlier rounds stay
// readable. Findings have to be answered and break-glass passes to be reviewed
// first, so that none gets out of sight. shown is the review that the person was
// shown: a form that is sent twice starts one review, and changes nothing then.
func (r *Review) StartReview(by Actor, shown int, reason string, at time.Time) error {
	if err := May(by, StartReview, &r.Project); err != nil {
		return err
	}
	switch {
	case shown == r.No:
	case shown > 0 && shown == r.No-1:
		return nil // this form, or another's, had its effect before
	default:
		return refuse("Review %d has been started meanwhile.", r.No)
	}
	if err := r.wholly(); err != nil {
		return err
	}
	reason, err := needReason(reason, "say what the review is for, such as the yearly operating review")
	if err != nil {
		return err
	}
	if r.Project.Status != StatusActive {
		return refuse("The project is %s; resume it first.", r.Project.Status)
	}
	for i := range r.Stages {
		if r.Stages[i].OpenRound() != nil {
			return refuse("Sign-off of “%s” is under way; let it end or withdraw it first.", r.Stages[i].Def.Name)
		}
	}
	if r.Stages[len(r.Stages)-1].lastPassed() == nil {
		return refuse("The present review is still on its way: its last gate has not passed.")
	}
	for i := range r.Stages {
		if r.Stages[i].Unanswered() {
			return refuse("“%s” was sent back with findings; answer them first, since they do not carry over.", r.Stages[i].Def.Name)
		}
	}
	if owed := r.Forced(); len(owed) > 0 {
		return refuse("“%s” was passed by break-glass; that has to be reviewed first.", r.Stage(owed[0].Stage).Def.Name)
	}
	e := ReviewStarted{No: r.No + 1, Reason: reason}
	for i := range r.Stages {
		for _, c := range r.Stages[i].OpenConditions() {
			e.Conditions = append(e.Conditions, ConditionRef{r.Stages[i].Def.Key, c.No})
		}
	}
	return r.record(by, at, e)
}

func (r *Review) foldReview(e ReviewStarted, at time.Time) error {
	carried, err := r.carry(e.Conditions)
	if err != nil {
		return err
	}
	r.No, r.Started = e.No, at
	if last := r.Stages[len(r.Stages)-1].lastPassed(); last != nil {
		r.PassedBefore = last.ClosedAt
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		s.Rounds, s.Findings, s.Conditions = nil, nil, carried[s.Def.Key]
		for j := range s.Evidence {
			s.Evidence[j].Renews = 0 // its round is of the review before
		}
		for j := range s.Items {
			it := &s.Items[j]
			it.Earlier = nil // what stands now was signed off with the last gate
			it.Reattest = (it.Reattest || it.Def.ValidDays > 0) && it.Answer.State != Open
		}
	}
	for i := range r.Former {
		s := &r.Former[i]
		s.Rounds, s.Findings, s.Conditions = nil, nil, nil
		for j := range s.Evidence {
			s.Evidence[j].Renews = 0
		}
	}
	r.Former = slices.DeleteFunc(slices.Clone(r.Former), func(s Stage) bool { return s.empty() })
	for _, sp := range r.Project.StagePlans { // who answers for a stage goes on doing that, on other days
		sp.Target, sp.Milestones = "", nil
		r.Project.setStagePlan(sp)
	}
	r.Upgraded, r.Wishes, r.Asked = nil, nil, slices.Clone(r.Asked)
	for i := range r.Asked {
		r.Asked[i].Earlier = true
	}
	return nil
}

// carry are the conditions that go on in the next review, as it has them.
func (r *Review) carry(refs []ConditionRef) (map[plan.StageKey][]Condition, error) {
	carried := map[plan.StageKey][]Condition{}
	for i, ref := range refs {
		if slices.Contains(refs[:i], ref) {
			return nil, fmt.Errorf("carries condition %d of stage %s over twice", ref.No, ref.Stage)
		}
		s, err := r.loaded(ref.Stage)
		if err != nil {
			return nil, err
		}
		if ref.No < 1 || ref.No > len(s.Conditions) {
			return nil, fmt.Errorf("no condition %d in stage %s", ref.No, ref.Stage)
		}
		c := s.Conditions[ref.No-1]
		if c.Review == 0 {
			c.Review = r.No
		}
		c.No = len(carried[ref.Stage]) + 1
		carried[ref.Stage] = append(carried[ref.Stage], c)
	}
	return carried, nil
}
