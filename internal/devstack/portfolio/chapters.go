package portfolio

import (
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// ending says how a chapter of a project's past ends.
type ending int

const (
	endsInWork ending = iota
	endsReady
	endsWaiting
	endsOutdated
	endsPassed
	endsReturned
	endsReturnedThenPassed
	endsWithdrawn
	renews
	drifted
	slipped
	held
	resumed
	stopped
	endsConditional
	forced
	reopened
)

// chapter is a stretch of a project's past, mostly spent on one stage.
type chapter struct {
	stage plan.StageKey
	end   ending
	until int    // days ago
	count int    // by ending: percent answered, signatures given, findings answered, days slipped, days for a review
	why   string // reason of a change of status, of breaking the glass, of somebody from SRE who steps back
	asks  []followUp
}

// followUp is a condition of a go, and what became of it.
type followUp struct {
	text   string
	due    int    // days from the day on; negative: past
	report string // by which the team says that it is met; empty: it has not
	closed bool
}

// The chapters as the tables write them; until is in days ago.
func work(stage plan.StageKey, until, percent int) chapter {
	return chapter{stage: stage, end: endsInWork, until: until, count: percent}
}
func ready(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: endsReady, until: until}
}
func pass(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: endsPassed, until: until}
}

// wait leaves a round open that was requested then.
func wait(stage plan.StageKey, until, signed int) chapter {
	return chapter{stage: stage, end: endsWaiting, until: until, count: signed}
}

// outdate leaves a round open with a signature on earlier content.
func outdate(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: endsOutdated, until: until}
}

// back returns the gate with two findings.
func back(stage plan.StageKey, until, answered int) chapter {
	return chapter{stage: stage, end: endsReturned, until: until, count: answered}
}

// second passes in the second round, after findings in the first.
func second(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: endsReturnedThenPassed, until: until}
}
func withdraw(stage plan.StageKey, until int, why string) chapter {
	return chapter{stage: stage, end: endsWithdrawn, until: until, why: why}
}

// renew links newer evidence where it expires, under the signatures of the gate.
func renew(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: renews, until: until}
}

// drift changes something that was signed.
func drift(stage plan.StageKey, until int) chapter {
	return chapter{stage: stage, end: drifted, until: until}
}

// slip moves the target date to where the table has it.
func slip(until, days int) chapter { return chapter{end: slipped, until: until, count: days} }
func hold(stage plan.StageKey, until int, why string) chapter {
	return chapter{stage: stage, end: held, until: until, why: why}
}
func resume(until int, why string) chapter { return chapter{end: resumed, until: until, why: why} }
func stop(stage plan.StageKey, until int, why string) chapter {
	return chapter{stage: stage, end: stopped, until: until, why: why}
}

// conditionally passes with the conditions that the last to sign sets.
func conditionally(stage plan.StageKey, until int, asks ...followUp) chapter {
	return chapter{stage: stage, end: endsConditional, until: until, asks: asks}
}

// withoutOne is [wait] with somebody who steps back first.
func withoutOne(stage plan.StageKey, until, signed int, why string) chapter {
	return chapter{stage: stage, end: endsWaiting, until: until, count: signed, why: why}
}

// force passes by break-glass, to be reviewed within so many days from the day on.
func force(stage plan.StageKey, until, days int, why string) chapter {
	return chapter{stage: stage, end: forced, until: until, count: days, why: why}
}

// reopen takes back that a gate has passed.
func reopen(stage plan.StageKey, until int, why string) chapter {
	return chapter{stage: stage, end: reopened, until: until, why: why}
}

func (s *story) tell(ch chapter) {
	switch ch.end {
	case renews:
		s.renewAll(ch)
	case drifted:
		s.drift(ch)
	case slipped:
		s.slip(ch)
	case held:
		s.turn(ch, review.StatusOnHold)
	case resumed:
		s.turn(ch, review.StatusActive)
	case stopped:
		s.turn(ch, review.StatusStopped)
	case forced:
		s.do(s.moment(float64(ch.until)), "marcus", ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Force(who, ch.stage, r.Digest(r.Stage(ch.stage)), ch.why, s.date(ch.count), at)
		})
	case reopened:
		s.do(s.moment(float64(ch.until)), s.p.owner, ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			in := review.NewReopening{Round: len(r.Stage(ch.stage).Rounds), Reason: ch.why, Impact: "Nothing more is released to the customers until this is decided again; the pilot goes on."}
			return r.Reopen(who, ch.stage, in, at)
		})
	default:
		asks := float64(ch.until) + s.lead(ch)
		s.fill(ch, asks)
		s.decide(ch, asks)
	}
}

// lead is how many days before its end a chapter asks for signatures.
func (s *story) lead(ch chapter) float64 {
	switch ch.end {
	case endsPassed, endsReturned, endsConditional:
		return min(max((s.ago()-float64(ch.until))*0.3, 0.3), 6)
	case endsReturnedThenPassed:
		return min(max((s.ago()-float64(ch.until))*0.5, 1), 16)
	}
	return 0
}

// decide plays what happens once a chapter's items are answered and, so many
// days ago, sign-off is asked for.
func (s *story) decide(ch chapter, asks float64) {
	until := float64(ch.until)
	if ch.end != endsInWork && ch.end != endsReady {
		s.request(ch.stage, s.moment(asks))
	}
	switch ch.end {
	case endsPassed:
		s.sign(ch.stage, s.shuffled(ch.stage), until)
	case endsConditional:
		s.signConditionally(ch)
	case endsWaiting:
		if ch.why != "" {
			s.decideAs(signer{"omar", plan.SeatSRE}, ch.stage, s.moment(until*0.8), review.Recuse, ch.why, nil)
		}
		s.sign(ch.stage, s.signers(ch.stage)[:ch.count], until*0.6)
	case endsOutdated:
		s.sign(ch.stage, s.signers(ch.stage)[:1], until*0.7)
		s.amend(ch.stage, until*0.5)
	case endsReturned:
		s.judge(s.sendBack(ch.stage, until, ch.count), ch.stage, ch.count)
	case endsReturnedThenPassed:
		s.accept(s.sendBack(ch.stage, until+(s.ago()-until)*0.6, len(concerns[ch.stage])), ch.stage)
		s.request(ch.stage, s.after(2))
		s.sign(ch.stage, s.shuffled(ch.stage), until)
	case endsWithdrawn:
		s.do(s.after(30), s.p.owner, ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Withdraw(who, ch.stage, ch.why, at)
		})
	}
}

func (s *story) request(stage plan.StageKey, at time.Time) {
	who := s.p.owner
	if s.p.deputy != "" && s.chance(35) {
		who = s.p.deputy
	}
	early := pick(s, earlyReasons)
	s.do(at, who, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		st := r.Stage(stage)
		reason := ""
		if len(r.EarlierOpen(st, at)) > 0 {
			reason = early
		}
		return r.Request(who, stage, r.Digest(st), reason, at)
	})
}

// sign spreads signatures from the last step to a moment.
func (s *story) sign(stage plan.StageKey, by []signer, until float64) {
	from := s.ago()
	for i, sg := range by {
		note := ""
		if s.chance(60) {
			note = pick(s, signNotes[sg.seat])
		}
		s.decideAs(sg, stage, s.moment(from-(from-until)*float64(i+1)/float64(len(by))), review.Go, note, nil)
	}
}

// shuffled are a gate's signers in the order in which they find the time.
func (s *story) shuffled(stage plan.StageKey) []signer {
	by := s.signers(stage)
	s.rng.Shuffle(len(by), func(i, j int) { by[i], by[j] = by[j], by[i] })
	return by
}

func (s *story) decideAs(sg signer, stage plan.StageKey, at time.Time, d review.Decision, note string, findings []string) {
	s.do(at, sg.who, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, stage, review.NewSignOff{
			Seat: sg.seat, Decision: d, Note: note, Findings: findings, Digest: r.Digest(r.Stage(stage)), Effort: s.effort(sg, stage),
		}, at)
	})
}

// effort is how long a signer says that it took: more where the stage has more to
// read; some never say.
func (s *story) effort(sg signer, stage plan.StageKey) review.Effort {
	i := (len(sg.who) + len(s.stage(stage).Items)/7 + len(s.p.key)%2) % 5
	if i == 4 {
		return review.EffortNotSaid
	}
	return review.Efforts()[i]
}

// sendBack has the last of the signers return the gate, sometimes after
// another has signed, and the team answer the first findings. It returns who
// sent it back.
func (s *story) sendBack(stage plan.StageKey, until float64, answered int) string {
	by := s.shuffled(stage)
	if s.chance(50) {
		s.sign(stage, by[:1], until+(s.ago()-until)*0.5)
	}
	var findings []string
	for _, c := range concerns[stage] {
		findings = append(findings, c.finding)
	}
	s.decideAs(by[len(by)-1], stage, s.moment(until), review.Return, pick(s, returnNotes), findings)
	for i, c := range concerns[stage][:min(answered, len(findings))] {
		s.do(s.after(20+s.rng.IntN(30)), pick(s, s.team()), stage, func(r *review.Review, who review.Actor, at time.Time) error {
			no := len(r.Stage(stage).Findings) - len(findings) + i + 1
			return r.AnswerFinding(who, stage, no, r.Stage(stage).Findings[no-1].Digest(), c.answer, at)
		})
	}
	return by[len(by)-1].who
}

// notEnough is what a reviewer says of an answer that settles nothing.
const notEnough = "This says that it will be looked at. By whom, and until when?"

// judge has the reviewer read the answers, once there are two or more: the
// first settles its finding, the second does not.
func (s *story) judge(reviewer string, stage plan.StageKey, answered int) {
	if answered < 2 {
		return
	}
	s.do(s.after(9), reviewer, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		first := len(r.Stage(stage).Findings) - len(concerns[stage]) + 1
		if err := r.AcceptFinding(who, stage, first, r.Stage(stage).Findings[first-1].Digest(), at); err != nil {
			return err
		}
		return r.ReopenFinding(who, stage, first+1, r.Stage(stage).Findings[first].Digest(), notEnough, at)
	})
}

// accept has the reviewer be content with all answers.
func (s *story) accept(reviewer string, stage plan.StageKey) {
	s.do(s.after(9), reviewer, stage, func(r *review.Review, who review.Actor, at time.Time) error {
		for i := range r.Stage(stage).Findings {
			if err := r.AcceptFinding(who, stage, i+1, r.Stage(stage).Findings[i].Digest(), at); err != nil {
				return err
			}
		}
		return nil
	})
}

// signConditionally has the last of the signers ask for follow-ups, and the
// team see to some of them. That is whoever holds the gate's first seat, on
// whatever weekday the portfolio is made.
func (s *story) signConditionally(ch chapter) {
	by := s.shuffled(ch.stage)
	first := s.stage(ch.stage).Gate.Policy(s.p.tier, s.p.flags()).Seats[0]
	if i := slices.IndexFunc(by, func(sg signer) bool { return sg.seat == first }); i >= 0 {
		sg := by[i]
		by = append(slices.Delete(by, i, i+1), sg)
	}
	until, last := float64(ch.until), by[len(by)-1]
	s.sign(ch.stage, by[:len(by)-1], until+(s.ago()-until)*0.2)
	doers := make([]string, len(ch.asks))
	conditions := make([]review.NewCondition, len(ch.asks))
	for i, a := range ch.asks {
		doers[i] = pick(s, s.team())
		conditions[i] = review.NewCondition{Text: a.text, Owner: s.people[doers[i]], Due: s.date(a.due)}
	}
	s.do(s.moment(until), last.who, ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SignOff(who, ch.stage, review.NewSignOff{
			Seat: last.seat, Decision: review.Conditional, Conditions: conditions, Digest: r.Digest(r.Stage(ch.stage)),
		}, at)
	})
	for i, a := range ch.asks {
		if a.report == "" {
			continue
		}
		s.do(s.after(20), doers[i], ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.MeetCondition(who, ch.stage, i+1, r.Stage(ch.stage).Conditions[i].Digest(), a.report, at)
		})
		if a.closed {
			s.do(s.after(5), last.who, ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.ConfirmCondition(who, ch.stage, i+1, r.Stage(ch.stage).Conditions[i].Digest(), at)
			})
		}
	}
}

// turn changes the project's status.
func (s *story) turn(ch chapter, to review.Status) {
	s.do(s.moment(float64(ch.until)), "marcus", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, ch.stage, to, ch.why, at)
	})
}

// slip moves the target date.
func (s *story) slip(ch chapter) {
	target := s.date(s.p.target)
	s.do(s.moment(float64(ch.until)), s.p.owner, "", func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Target = target
		return r.Edit(who, f, at)
	})
}

// date is a date so many days from the day on; 0 is none.
func (s *story) date(days int) string {
	if days == 0 {
		return ""
	}
	return review.FormatDate(s.day.AddDate(0, 0, days))
}

// firstTarget is the target date with which the project began.
func (s *story) firstTarget() string {
	days := s.p.target
	for _, ch := range s.p.past {
		if ch.end == slipped {
			days -= ch.count
		}
	}
	return s.date(days)
}
