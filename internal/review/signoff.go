package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"strings"
	"time"
)

// SignOff is one person's decision in one seat on one digest.
type SignOff struct {
	No       int
	Person   PersonID
	Seat     plan.Seat
	Decision Decision
	Note     string
	Digest   Digest
	At       time.Time
	For      PersonID // who holds the seat, when a stand-in signed
	Effort   Effort   // how long deciding took, as the signer said
}

// NewSignOff is what a signer decides. Digest is that of the content which the
// person was shown. Findings are asked for when the decision is to return.
type NewSignOff struct {
	Seat     plan.Seat
	Decision Decision
	Note     string
	Findings []string
	// Conditions are asked for when the decision is go with conditions.
	Conditions []NewCondition
	Digest     Digest
	Effort     Effort // how long it took them; empty: not said
}

// Owners are the people to whom the signature gives conditions.
func (in *NewSignOff) Owners() []PersonID {
	var out []PersonID
	for _, c := range in.Conditions {
		if c.Owner != 0 {
			out = append(out, c.Owner)
		}
	}
	return out
}

// SignOff records a person's decision and, when that completes the quorum,
// passes the gate; a return sends the stage back. What a person signs anew
// replaces what they signed before.
func (r *Review) SignOff(by Actor, sk plan.StageKey, in NewSignOff, at time.Time) error {
	if err := May(by, SignGate, &r.Project); err != nil {
		return err
	}
	s, err := r.loaded(sk)
	if err != nil {
		return err
	}
	round := s.OpenRound()
	if round == nil {
		if last := s.LastRound(); last != nil && last.has(by.Person, in) {
			return nil // the same form sent twice: it ended the round
		}
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
	if in.Decision != Conditional && s.asked(round, by.Person, conditionsOf(in.Conditions)) {
		in.Conditions = nil // the page offered them anew
	}
	d, err := r.checkSignOff(in, at)
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
	e := GateSigned{
		Stage: sk, Round: round.No, No: len(round.SignOffs) + 1, Seat: in.Seat, Decision: in.Decision, Digest: now, Note: d.note, For: held.For, Effort: in.Effort,
	}
	if err := r.record(by, at, e); err != nil {
		return err
	}
	return r.follow(by, s, d, at)
}

// has reports whether a person gave this very decision in the round.
func (ro *Round) has(p PersonID, in NewSignOff) bool {
	return slices.ContainsFunc(ro.SignOffs, func(so SignOff) bool {
		return so.Person == p && so.Seat == in.Seat && so.Decision == in.Decision && so.Digest == in.Digest
	})
}

// conditionsOf are conditions as they were typed, unchecked.
func conditionsOf(in []NewCondition) []ConditionSet {
	out := make([]ConditionSet, len(in))
	for i, n := range in {
		out[i] = ConditionSet{Text: n.Text, Owner: n.Owner, Due: n.Due}
	}
	return out
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

func (r *Review) checkSignOff(in NewSignOff, at time.Time) (signature, error) {
	var c input
	d := signature{decision: in.Decision, note: c.text("note", in.Note, MaxNote)}
	// What was typed for another decision is never dropped in silence.
	if in.Decision != Return && slices.ContainsFunc(in.Findings, func(f string) bool { return strings.TrimSpace(f) != "" }) {
		c.problems.Add("findings", "belong to a return; choose that, or clear them")
	}
	if in.Decision != Conditional && len(in.Conditions) > 0 {
		c.problems.Add("conditions-1", "belongs to an approval with conditions; choose that, or clear it")
	}
	if !in.Effort.valid() {
		c.problems.Add("effort", "choose one of the list, or nothing")
	}
	switch in.Decision {
	case Go:
	case Recuse:
		c.require("note", d.note, "say why you recuse yourself")
	case Conditional:
		d.conditions = r.conditions(&c, in.Conditions, at)
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
		c.problems.Add("decision", "choose to approve, approve with conditions, return or recuse yourself")
	}
	return d, c.problems.Err()
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
