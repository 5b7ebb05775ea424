package review

import (
	"maps"
	"slices"
	"time"
)

// Decision is what a signer says.
type Decision string

const (
	Go     Decision = "go"
	Return Decision = "return"
)

// Outcome is how a round ended.
type Outcome string

const (
	OutcomeOpen      Outcome = "" // not ended
	OutcomePassed    Outcome = "passed"
	OutcomeReturned  Outcome = "returned"
	OutcomeWithdrawn Outcome = "withdrawn"
	OutcomeOnHold    Outcome = "on hold"
	OutcomeStopped   Outcome = "stopped"
)

// GateState is how a gate stands. The numbers are stored.
type GateState int16

const (
	GateBlocked  GateState = 0 // something stops a request
	GateReady    GateState = 1 // sign-off can be requested
	GateWaiting  GateState = 2 // a round is open
	GatePassed   GateState = 3
	GateChanged  GateState = 4 // passed, but the content changed since
	GateReturned GateState = 5 // sent back; findings to be answered
	GateLapsed   GateState = 6 // passed, but evidence it rests on has expired
)

// Label is the state's name on pages.
func (g GateState) Label() string {
	switch g {
	case GateReady:
		return "Ready to request"
	case GateWaiting:
		return "Waiting for sign-off"
	case GatePassed:
		return "Passed"
	case GateChanged:
		return "Changed since sign-off"
	case GateReturned:
		return "Returned"
	case GateLapsed:
		return "Lapsed"
	}
	return "Not ready"
}

// Round runs from the request for sign-off to its outcome. It keeps its
// sign-offs for good.
type Round struct {
	No          int
	RequestedBy PersonID
	RequestedAt time.Time
	Reason      string
	Early       []string // earlier stages that had not passed
	Digest      Digest   // of the content when it was requested
	Policy      Policy
	SoD         bool
	SignOffs    []SignOff
	Outcome     Outcome
	ClosedBy    PersonID
	ClosedAt    time.Time
	Closing     Digest    // of the content when it ended
	Why         string    // reason for the outcome, where one is asked for
	ChangedAt   time.Time // first change to the content after the gate passed
}

// SignOff is one person's decision in one seat on one digest.
type SignOff struct {
	No       int
	Person   PersonID
	Seat     Seat
	Decision Decision
	Note     string
	Digest   Digest
	At       time.Time
}

// Finding is something that a reviewer wants answered.
type Finding struct {
	No         int // within the stage
	Round      int
	Text       string
	By         PersonID
	At         time.Time
	Answer     string
	AnsweredBy PersonID
	AnsweredAt time.Time
}

// Answered reports whether the team has answered.
func (f *Finding) Answered() bool { return !f.AnsweredAt.IsZero() }

// LastRound is the newest round; nil before the first.
func (s *Stage) LastRound() *Round {
	if len(s.Rounds) == 0 {
		return nil
	}
	return &s.Rounds[len(s.Rounds)-1]
}

// OpenRound is the round that waits for sign-offs; nil when there is none.
func (s *Stage) OpenRound() *Round {
	if r := s.LastRound(); r != nil && r.Outcome == OutcomeOpen {
		return r
	}
	return nil
}

// Request asks for sign-off of a stage. It is refused with [Blocked] while
// anything stands in the way. shown is the digest that the person saw; empty
// when the form carried none.
func (r *Review) Request(by Actor, sk StageKey, shown Digest, reason string, at time.Time) error {
	if err := May(by, RequestGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	if err := c.problems.Err(); err != nil {
		return err
	}
	switch s.Gate {
	case GateWaiting:
		return refuse("Sign-off was already requested; it waits for signatures.")
	case GatePassed:
		if !r.lapsed(s, at) {
			return refuse("The gate has passed and nothing has changed since.")
		}
	}
	now := r.Digest(s)
	if shown != "" && shown != now {
		return &StaleDigest{Shown: shown, Current: now}
	}
	if bs := r.RequestBlockers(s, at); len(bs) > 0 {
		return &Blocked{bs}
	}
	early := r.EarlierOpen(s, at)
	if len(early) > 0 && r.Template.Order == OrderAdvisory && reason == "" {
		return invalid("reason", "an earlier gate has not passed; say why this one goes first")
	}
	return r.record(by, at, SignOffRequested{
		Stage: sk, Round: len(s.Rounds) + 1, Digest: now, Policy: s.Def.Gate.Policy(r.Project.Profile),
		SoD: r.Template.SoD, Early: early, Reason: reason,
	})
}

// Withdraw takes a request back.
func (r *Review) Withdraw(by Actor, sk StageKey, reason string, at time.Time) error {
	if err := May(by, RequestGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why the request is taken back")
	if err := c.problems.Err(); err != nil {
		return err
	}
	round := s.OpenRound()
	if round == nil {
		return refuse("No request is waiting for sign-off.")
	}
	return r.record(by, at, RoundClosed{Stage: sk, Round: round.No, Outcome: OutcomeWithdrawn, Digest: r.Digest(s), Reason: reason})
}

// NewSignOff is what a signer decides. Digest is that of the content which the
// person was shown. Findings are asked for when the decision is to return.
type NewSignOff struct {
	Seat     Seat
	Decision Decision
	Note     string
	Findings []string
	Digest   Digest
}

// SignOff records a person's decision and, when that completes the quorum,
// passes the gate; a return sends the stage back.
func (r *Review) SignOff(by Actor, sk StageKey, in NewSignOff, at time.Time) error {
	if err := May(by, SignGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	round := s.OpenRound()
	if round == nil {
		return refuse("No request is waiting for sign-off here; it was decided or taken back meanwhile.")
	}
	if r.Project.Status != StatusActive {
		return refuse("The project is %s; nothing can be signed until it is resumed.", r.Project.Status)
	}
	if err := r.mayTakeSeat(by, s, round, in.Seat); err != nil {
		return err
	}
	now := r.Digest(s)
	if in.Digest != now {
		return &StaleDigest{Shown: in.Digest, Current: now}
	}
	findings, err := in.check()
	if err != nil {
		return err
	}
	r.noteHolder(by)
	if prev := r.counts(s, by.Person); prev != nil {
		if prev.Seat == in.Seat && prev.Decision == in.Decision {
			return nil // the same form sent twice
		}
		if in.Decision == Go {
			return refuse("You have already signed this content in the %s seat. One person signs once.", prev.Seat.Label())
		}
	}
	var c input
	note := c.text("note", in.Note, MaxNote)
	if err := c.problems.Err(); err != nil {
		return err
	}
	if err := r.record(by, at, GateSigned{Stage: sk, Round: round.No, No: len(round.SignOffs) + 1, Seat: in.Seat, Decision: in.Decision, Digest: now, Note: note}); err != nil {
		return err
	}
	if in.Decision == Return {
		return r.sendBack(by, s, round.No, now, findings, at)
	}
	if !r.quorumReached(s) || len(r.contentBlockers(s, at)) > 0 {
		return nil
	}
	return r.record(by, at, RoundClosed{Stage: sk, Round: round.No, Outcome: OutcomePassed, Digest: now})
}

func (in NewSignOff) check() ([]string, error) {
	var c input
	var findings []string
	for _, f := range in.Findings {
		if f = c.text("findings", f, MaxReason); f != "" {
			findings = append(findings, f)
		}
	}
	switch in.Decision {
	case Go:
		findings = nil
	case Return:
		if len(findings) == 0 {
			c.problems.Add("findings", "say what has to be put right; the team answers each point")
		}
		if len(findings) > 20 {
			c.problems.Add("findings", "at most 20 findings fit one return; put the small ones together")
		}
	default:
		c.problems.Add("decision", "choose go or return")
	}
	return findings, c.problems.Err()
}

// mayTakeSeat checks the seat and the separation of duties.
func (r *Review) mayTakeSeat(by Actor, s *Stage, round *Round, seat Seat) error {
	if !slices.Contains(round.Policy.Seats, seat) {
		return invalid("seat", "choose one of this gate's seats: "+seatList(round.Policy.Seats))
	}
	if !by.Sits(seat, r.Project.ID) {
		return &Denied{SignGate, "You do not hold the " + seat.Label() + " seat."}
	}
	if round.SoD {
		if why := s.Excluded(by.Person); why != "" {
			return &Denied{SignGate, why}
		}
	}
	return nil
}

// Excluded says why separation of duties keeps a person from signing the
// stage: who answered one of its items, or alone gave an item's evidence, does
// not sign. It is empty when nothing does.
func (s *Stage) Excluded(p PersonID) string {
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level == LevelNone {
			continue
		}
		if it.Answer.By == p && it.Answer.State != Open {
			return "You answered “" + it.Def.Title + "” in this stage, so somebody else has to sign its gate."
		}
		if s.soleProvider(it.Def.Key) == p {
			return "You alone gave the evidence for “" + it.Def.Title + "”, so somebody else has to sign this gate."
		}
	}
	return ""
}

// soleProvider is the one person who linked all of an item's evidence; 0 when
// there is none or several did.
func (s *Stage) soleProvider(k ItemKey) PersonID {
	var sole PersonID
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != k || e.Removed() {
			continue
		}
		if sole != 0 && sole != e.By {
			return 0
		}
		sole = e.By
	}
	return sole
}

// noteHolder adds the seats of somebody who is about to sign to those of the
// people who have signed.
func (r *Review) noteHolder(by Actor) {
	holders := make(map[PersonID][]SeatHeld, len(r.Holders)+1)
	maps.Copy(holders, r.Holders)
	holders[by.Person] = by.Seats
	r.Holders = holders
}

// Counting are the sign-offs that count towards the quorum of the open round
// now, at most one a person: go on the present content, by somebody who has
// held the seat without a break since, and whom separation of duties does not
// exclude.
func (r *Review) Counting(s *Stage) []SignOff {
	round := s.OpenRound()
	if round == nil || len(round.SignOffs) == 0 {
		return nil
	}
	now := r.Digest(s)
	seen := map[PersonID]bool{}
	var counting []SignOff
	for i := range round.SignOffs {
		so := &round.SignOffs[i]
		if seen[so.Person] || so.Digest != now || so.Decision != Go || !entitled(r.Holders[so.Person], so, r.Project.ID) {
			continue
		}
		if round.SoD && s.Excluded(so.Person) != "" {
			continue
		}
		seen[so.Person] = true
		counting = append(counting, *so)
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

func entitled(held []SeatHeld, so *SignOff, p ProjectID) bool {
	return slices.ContainsFunc(held, func(h SeatHeld) bool {
		return h.Seat == so.Seat && (h.Scope == Everywhere || h.Scope == Scope(p)) && !h.Since.After(so.At)
	})
}

func (r *Review) sendBack(by Actor, s *Stage, round int, d Digest, findings []string, at time.Time) error {
	sk := s.Def.Key
	for _, f := range findings {
		if err := r.record(by, at, FindingRaised{Stage: sk, Round: round, No: len(s.Findings) + 1, Text: f}); err != nil {
			return err
		}
	}
	return r.record(by, at, RoundClosed{Stage: sk, Round: round, Outcome: OutcomeReturned, Digest: d})
}

// AnswerFinding gives the team's answer to a finding. All findings must be
// answered before the next request.
func (r *Review) AnswerFinding(by Actor, sk StageKey, no int, answer string, at time.Time) error {
	if err := May(by, AnswerItem, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	if no < 1 || no > len(s.Findings) {
		return ErrNotFound
	}
	var c input
	answer = c.text("answer", answer, MaxReason)
	c.require("answer", answer, "say what was done about it, or why nothing has to be")
	if err := c.problems.Err(); err != nil {
		return err
	}
	if r.Project.Status == StatusStopped {
		return refuse("The project was stopped. Resume it before changing anything.")
	}
	f := s.Findings[no-1]
	if f.Answer == answer {
		return nil
	}
	if f.Answered() && s.OpenRound() != nil {
		return refuse("The answer is part of what is being signed; take the request back to change it.")
	}
	return r.record(by, at, FindingAnswered{Stage: sk, No: no, Answer: answer})
}
