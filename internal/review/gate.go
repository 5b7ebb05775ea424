package review

import (
	"maps"
	"slices"
	"time"
)

// Decision is what a signer says.
type Decision string

const (
	Go          Decision = "go"
	Conditional Decision = "conditional" // go, with conditions
	Return      Decision = "return"
	Recuse      Decision = "recuse" // the signer steps back from this round
)

// Goes reports whether the decision counts towards the quorum.
func (d Decision) Goes() bool { return d == Go || d == Conditional }

// Outcome is how a round ended.
type Outcome string

const (
	OutcomeOpen      Outcome = "" // not ended
	OutcomePassed    Outcome = "passed"
	OutcomeReturned  Outcome = "returned"
	OutcomeWithdrawn Outcome = "withdrawn"
	OutcomeOnHold    Outcome = "on hold"
	OutcomeStopped   Outcome = "stopped"
	// OutcomeConditional is passed with conditions.
	OutcomeConditional Outcome = "passed with conditions"
	// OutcomeForced is passed by break-glass.
	OutcomeForced Outcome = "break-glass"
)

// Passes reports whether the gate passed with this outcome.
func (o Outcome) Passes() bool {
	return o == OutcomePassed || o == OutcomeConditional || o == OutcomeForced
}

// GateState is how a gate stands. The numbers are stored.
type GateState int16

const (
	GateBlocked  GateState = 0 // something stops a request
	GateReady    GateState = 1 // sign-off can be requested
	GateWaiting  GateState = 2 // a round is open
	GatePassed   GateState = 3
	GateChanged  GateState = 4 // passed, but the content changed since
	GateReturned GateState = 5 // sent back; findings to be answered
	GateLapsed   GateState = 6 // passed, but evidence or a waiver that it rests on has run out
	// GateConditional has passed with conditions that are still open.
	GateConditional GateState = 7
	// GateOverdue has passed with a condition whose date has gone by.
	GateOverdue GateState = 8
	// GateBreakGlass has passed by break-glass.
	GateBreakGlass GateState = 9
)

// Passed reports whether a gate in this state lets the project go on.
func (g GateState) Passed() bool {
	return g == GatePassed || g == GateConditional || g == GateBreakGlass
}

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
	case GateConditional:
		return "Passed with conditions"
	case GateOverdue:
		return "Condition overdue"
	case GateBreakGlass:
		return "Passed by break-glass"
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
	ReviewDue   time.Time // of a forced gate: the last day for its review
	ReviewedBy  PersonID
	ReviewedAt  time.Time
	ReviewNote  string
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
	For      PersonID // who holds the seat, when a stand-in signed
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
	AcceptedBy PersonID
	AcceptedAt time.Time
	Reopened   string // why an earlier answer did not settle it
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
	case GatePassed, GateConditional:
		if r.passed(s, at) {
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
	// Conditions are asked for when the decision is go with conditions.
	Conditions []NewCondition
	Digest     Digest
}

// SignOff records a person's decision and, when that completes the quorum,
// passes the gate; a return sends the stage back. What a person signs anew
// replaces what they signed before.
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
	if in.Decision == Recuse && round.recused(by.Person) {
		return nil // the same form sent twice
	}
	held, err := r.mandate(by, s, round, in)
	if err != nil {
		return err
	}
	now := r.Digest(s)
	if in.Digest != now {
		return &StaleDigest{Shown: in.Digest, Current: now}
	}
	d, err := in.check(at)
	if err != nil {
		return err
	}
	r.noteHolder(by)
	if prev := r.counts(s, by.Person); prev != nil && in.Decision.Goes() {
		if prev.Seat == in.Seat && prev.Decision == in.Decision && s.asked(round, by.Person, d.conditions) {
			return nil // the same form sent twice
		}
		return refuse("You have already signed this content in the %s seat. One person signs once.", prev.Seat.Label())
	}
	e := GateSigned{Stage: sk, Round: round.No, No: len(round.SignOffs) + 1, Seat: in.Seat, Decision: in.Decision, Digest: now, Note: d.note, For: held.For}
	if err := r.record(by, at, e); err != nil {
		return err
	}
	return r.follow(by, s, d, at)
}

// signature is a decision whose words were checked.
type signature struct {
	decision   Decision
	note       string
	findings   []string
	conditions []ConditionSet
}

// follow records what a signature brings with it: conditions or findings, and
// the end of the round when that completes it.
func (r *Review) follow(by Actor, s *Stage, d signature, at time.Time) error {
	sk, round, now := s.Def.Key, s.OpenRound().No, r.Digest(s)
	for _, e := range d.conditions {
		e.Stage, e.Round, e.No = sk, round, len(s.Conditions)+1
		if err := r.record(by, at, e); err != nil {
			return err
		}
	}
	switch {
	case d.decision == Return:
		return r.sendBack(by, s, round, now, d.findings, at)
	case !d.decision.Goes() || !r.quorumReached(s) || len(r.contentBlockers(s, at)) > 0:
		return nil
	}
	outcome := OutcomePassed
	for _, so := range r.Counting(s) {
		if so.Decision == Conditional {
			outcome = OutcomeConditional
		}
	}
	return r.record(by, at, RoundClosed{Stage: sk, Round: round, Outcome: outcome, Digest: now})
}

func (in NewSignOff) check(at time.Time) (signature, error) {
	var c input
	d := signature{decision: in.Decision, note: c.text("note", in.Note, MaxNote)}
	switch in.Decision {
	case Go:
	case Recuse:
		c.require("note", d.note, "say why you step back")
	case Conditional:
		d.conditions = c.conditions(in.Conditions, at)
	case Return:
		for _, f := range in.Findings {
			if f = c.text("findings", f, MaxReason); f != "" {
				d.findings = append(d.findings, f)
			}
		}
		if len(d.findings) == 0 {
			c.problems.Add("findings", "say what has to be put right; the team answers each point")
		}
		if len(d.findings) > 20 {
			c.problems.Add("findings", "at most 20 findings fit one return; put the small ones together")
		}
	default:
		c.problems.Add("decision", "choose go, go with conditions, return or step back")
	}
	return d, c.problems.Err()
}

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
	if !round.SoD {
		return ""
	}
	if why := s.Excluded(p); why != "" {
		return why
	}
	if holder != 0 && s.Excluded(holder) != "" {
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
