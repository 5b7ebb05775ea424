package gatemodel

import (
	"fmt"
	"slices"
	"strings"
)

// State is one stage, with what concerns the whole project. A step never
// changes a state in place.
type State struct {
	Day        int
	Restricted bool
	Gone       []int  // whose session has ended
	Scoped     []Held // seats held in this project only
	Items      [Items]Said
	Evidence   []Link
	Waivers    []Leave
	Findings   []Point
	Rounds     []Round
	Conditions []Promise
	digests    []named // what readers saw, by content
}

// Held is a seat that somebody was given for this project.
type Held struct {
	Who  int
	Seat string
}

// Said is an answer.
type Said struct {
	State   string
	By      int
	Version int
	Mark    string
	Before  []int // who gave the answers that it replaced, since the gate last passed before it
	Over    int   // how many rounds were over when it was given
}

// Link is evidence for the item that demands it.
type Link struct {
	By      int
	Last    int // the last day on which it counts
	Removed bool
	Renews  int // the round that had passed before it and that it left as it was; 0: none
}

// Leave is a waiver for the item that allows one.
type Leave struct {
	By                 int
	Last               int // the last day on which it counts
	Granted, TakenBack bool
}

// Point is a finding.
type Point struct {
	Answered bool
	Mark     string
}

// Round runs from a request to its outcome.
type Round struct {
	By      int
	Digest  string
	Outcome string // empty while it is open
	Ended   int    // who withdrew the request
	Closing string // content with which it passed
	Changed bool   // after it had passed
	Signed  []Signature
}

// Signature is one person's decision on one content.
type Signature struct {
	Who      int
	Seat     string
	Decision Decision
	Content  string
	Digest   string
	Void     bool // the seat was taken away since
}

// Promise is a condition of a conditional go.
type Promise struct {
	Round     int
	By        int
	Seat      string // in which it was set
	Last      int    // day on which it is still in time
	MetBy     int    // -1: nobody yet
	Confirmed bool
	Dropped   bool // its setter signed again
}

type named struct{ content, digest string }

// clone copies a state so deeply that a step can write to the copy.
func (s *State) clone() *State {
	c := *s
	c.Gone, c.Scoped = slices.Clone(s.Gone), slices.Clone(s.Scoped)
	c.Evidence, c.Waivers, c.Findings = slices.Clone(s.Evidence), slices.Clone(s.Waivers), slices.Clone(s.Findings)
	c.Conditions, c.Rounds = slices.Clone(s.Conditions), slices.Clone(s.Rounds)
	for i := range c.Rounds {
		c.Rounds[i].Signed = slices.Clone(c.Rounds[i].Signed)
	}
	return &c
}

// content is all that a signature binds to, as a word that is the same exactly
// when the content is.
func (s *State) content() string {
	b := make([]byte, 0, 96)
	for _, it := range s.Items {
		b = fmt.Appendf(b, "%d%s/", it.Version, it.Mark)
	}
	for i, e := range s.Evidence {
		if !e.Removed {
			b = fmt.Appendf(b, "e%d", i+1)
		}
	}
	for i, w := range s.Waivers {
		if w.Granted && !w.TakenBack {
			b = fmt.Appendf(b, "w%d", i+1)
		}
	}
	for _, f := range s.Findings {
		b = fmt.Appendf(b, "f%s", f.Mark)
	}
	return string(b)
}

// signed is the content apart from evidence that came after the gate had passed
// and renewed what was signed.
func (s *State) signed() string {
	n := len(s.Rounds)
	if n == 0 || !passes(s.Rounds[n-1].Outcome) {
		return s.content()
	}
	bare := s.clone()
	for i := range bare.Evidence {
		if e := &bare.Evidence[i]; e.Renews == n {
			e.Removed = true
		}
	}
	return bare.content()
}

// renewing is the round that evidence leaves as it is: one that has passed, with
// the item met and with evidence for it, and nothing has changed since; else 0.
func (s *State) renewing() int {
	n := len(s.Rounds)
	if n == 0 || !passes(s.Rounds[n-1].Outcome) || s.Rounds[n-1].Changed || s.Items[Proved].State != "met" {
		return 0
	}
	if !slices.ContainsFunc(s.Evidence, func(e Link) bool { return !e.Removed }) {
		return 0
	}
	return n
}

// digest is what readers saw for the present content; empty when nobody looked.
func (s *State) digest() string {
	now := s.content()
	for _, n := range s.digests {
		if n.content == now {
			return n.digest
		}
	}
	return ""
}

// open is the round that waits for signatures; nil when there is none.
func (s *State) open() *Round {
	if n := len(s.Rounds); n > 0 && s.Rounds[n-1].Outcome == "" {
		return &s.Rounds[n-1]
	}
	return nil
}

func (s *State) waived() bool {
	return slices.ContainsFunc(s.Waivers, func(w Leave) bool { return s.leave(w) == "in force" })
}

// leave is how a waiver stands: it counts from its grant until the end of its last day, unless
// it is taken back.
func (s *State) leave(w Leave) string {
	switch {
	case w.TakenBack:
		return "revoked"
	case s.Day > w.Last:
		return "expired"
	case w.Granted:
		return "in force"
	}
	return "waiting"
}

// satisfied reports whether a must is: met with valid evidence, or validly
// waived.
func (s *State) satisfied(item int) bool {
	if item == Waivable && s.waived() {
		return true
	}
	if s.Items[item].State != "met" {
		return false
	}
	return item != Proved || slices.ContainsFunc(s.Evidence, func(e Link) bool { return !e.Removed && s.Day <= e.Last })
}

// blocked reports whether anything of the stage itself keeps its gate shut.
func (s *State) blocked() bool {
	for i := range s.Items {
		if !s.satisfied(i) {
			return true
		}
	}
	return slices.ContainsFunc(s.Findings, func(f Point) bool { return !f.Answered })
}

// passes reports whether an outcome lets the project go on.
func passes(outcome string) bool { return outcome == "passed" || outcome == "passed with conditions" }

// Standing is how the gate stands today.
func (s *State) Standing() string {
	if s.open() != nil {
		return "Waiting for sign-off"
	}
	if n := len(s.Rounds); n > 0 {
		last := s.Rounds[n-1]
		if last.Outcome == "returned" {
			return "Returned"
		}
		if passes(last.Outcome) {
			return s.standingPassed(last)
		}
	}
	if s.blocked() {
		return "Not ready"
	}
	return "Ready to request"
}

// standingPassed: nothing has changed in a gate that rests on what was signed,
// so what is no longer satisfied there was taken away by time. A condition on
// which any of its rounds passed is owed until it is confirmed.
func (s *State) standingPassed(last Round) string {
	if last.Changed {
		return "Changed since sign-off"
	}
	if s.blocked() {
		return "Lapsed"
	}
	standing := "Passed"
	for _, c := range s.Conditions {
		if c.Confirmed || !s.asked(c) {
			continue
		}
		if s.Day > c.Last {
			return "Condition overdue"
		}
		standing = "Passed with conditions"
	}
	return standing
}

// asked reports whether a condition has to be met: its round is open, or has
// passed on it.
func (s *State) asked(c Promise) bool {
	round := s.Rounds[c.Round-1]
	if c.Dropped || round.Outcome == "" {
		return !c.Dropped
	}
	setter := round.newest(c.By)
	return round.Outcome == "passed with conditions" && setter.Content == round.Closing
}

// newest is what somebody signed last in the round; the zero signature when
// they did not.
func (ro *Round) newest(who int) Signature {
	for _, so := range slices.Backward(ro.Signed) {
		if so.Who == who {
			return so
		}
	}
	return Signature{Who: -1}
}

func (s *State) standsPassed() bool {
	st := s.Standing()
	return st == "Passed" || st == "Passed with conditions"
}

// Describe writes everything down that lasts, with how the gate stands, for
// comparing with what the database holds in the end.
func (s *State) Describe(standing string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s restricted=%v", standing, s.Restricted)
	for i, it := range s.Items {
		fmt.Fprintf(&b, "\nitem %d: %s version %d by %d %q", i, it.State, it.Version, it.By, it.Mark)
	}
	for i, e := range s.Evidence {
		fmt.Fprintf(&b, "\nevidence %d by %d until %d removed=%v renews %d", i+1, e.By, e.Last, e.Removed, e.Renews)
	}
	for i, w := range s.Waivers {
		fmt.Fprintf(&b, "\nwaiver %d by %d until %d granted=%v revoked=%v", i+1, w.By, w.Last, w.Granted, w.TakenBack)
	}
	for i, f := range s.Findings {
		fmt.Fprintf(&b, "\nfinding %d answered=%v %q", i+1, f.Answered, f.Mark)
	}
	for i, r := range s.Rounds {
		fmt.Fprintf(&b, "\nround %d by %d: %q changed=%v", i+1, r.By, r.Outcome, r.Changed)
		for _, so := range r.Signed {
			fmt.Fprintf(&b, ", %d as %s: %s", so.Who, so.Seat, so.Decision)
		}
	}
	for i, c := range s.Conditions {
		fmt.Fprintf(&b, "\ncondition %d of round %d by %d last day %d met by %d confirmed=%v dropped=%v", i+1, c.Round, c.By, c.Last,
			c.MetBy, c.Confirmed, c.Dropped)
	}
	return b.String()
}

// key is the whole state as a word, for telling states apart.
func (s *State) key() string {
	b := make([]byte, 0, 512)
	b = fmt.Append(b, s.Day, s.Restricted, s.Gone, s.Scoped, s.Items, s.Evidence, s.Waivers, s.Findings, s.Rounds, s.Conditions, s.digests)
	return string(b)
}
