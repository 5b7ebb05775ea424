package review

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Reply is how a question about the project stands.
type Reply string

const (
	ReplyYes    Reply = "yes"
	ReplyNo     Reply = "no"
	ReplyNotYet Reply = "not yet" // nobody has answered, so what depends on it applies
)

// Reply is the answer to a question of the profile.
func (p *Project) Reply(f plan.Flag) Reply {
	switch {
	case slices.Contains(p.Unanswered, f):
		return ReplyNotYet
	case slices.Contains(p.Profile, f):
		return ReplyYes
	}
	return ReplyNo
}

// Yes are the questions answered with yes.
func (p *Project) Yes() []plan.Flag { return without(p.Profile, p.Unanswered) }

// AppliesUntil are the questions without whose answer something that depends on
// any of the flags may not apply; nil where one of them is answered yes, and where
// it does not apply.
func (p *Project) AppliesUntil(when []plan.Flag) []plan.Flag {
	var open []plan.Flag
	for _, f := range when {
		switch p.Reply(f) {
		case ReplyYes:
			return nil
		case ReplyNotYet:
			open = append(open, f)
		}
	}
	return open
}

// SitsUntil are the questions without whose answer a seat may not be at a gate; nil
// where it is there for another reason, and where it is not there.
func (p *Project) SitsUntil(g *plan.Gate, seat plan.Seat) []plan.Flag {
	var open []plan.Flag
	for i := range g.Seats {
		s := &g.Seats[i]
		if s.Seat != seat || !s.SitsAt(p.Tier) || !p.Profile.HasAny(s.When) {
			continue
		}
		until := p.AppliesUntil(s.When)
		if until == nil {
			return nil
		}
		for _, f := range until {
			open = withFlag(open, f)
		}
	}
	return open
}

// ask has questions unanswered that were no part of the profile.
func (p *Project) ask(questions []plan.Flag) {
	for _, f := range questions {
		if !slices.Contains(p.Profile, f) {
			p.Answers.replied(0)
			p.Profile, p.Unanswered = withFlag(p.Profile, f), withFlag(p.Unanswered, f)
		}
	}
}

// forget takes back the unanswered questions that a plan does not ask.
func (p *Project) forget(asked *plan.Plan) {
	var forgotten []plan.Flag
	for _, f := range p.Unanswered {
		if !asked.HasFlag(f) {
			forgotten = append(forgotten, f)
		}
	}
	if len(forgotten) > 0 {
		p.Profile, p.Unanswered = without(p.Profile, forgotten), without(p.Unanswered, forgotten)
	}
}

// opens are the questions that a plan asks and the present one does not, as far as
// the profile has no answer to them.
func (r *Review) opens(then *plan.Plan) []plan.Flag {
	var out []plan.Flag
	for _, q := range then.Flags {
		if !r.Plan.HasFlag(q.Key) && !slices.Contains(r.Project.Profile, q.Key) {
			out = append(out, q.Key)
		}
	}
	slices.Sort(out)
	return out
}

// withFlag and without leave the list that they are given as it is.
func withFlag[L ~[]plan.Flag](list L, f plan.Flag) L {
	at, found := slices.BinarySearch(list, f)
	if found {
		return list
	}
	return slices.Insert(slices.Clone(list), at, f)
}

func without[L ~[]plan.Flag](list L, flags []plan.Flag) L {
	var left L
	for _, f := range list {
		if !slices.Contains(flags, f) {
			left = append(left, f)
		}
	}
	return left
}

// lighter reports whether a gate passes by fewer people than before, or without a
// seat that had to sign.
func lighter(was, is plan.Policy) bool {
	fewer, seats := eased(was, is)
	return fewer > 0 || len(seats) > 0
}

// eased says by how many people fewer than before a gate passes, and which seats no
// longer have to sign.
func eased(was, is plan.Policy) (fewer int, seats []plan.Seat) {
	for _, s := range was.Mandatory {
		if !slices.Contains(is.Mandatory, s) {
			seats = append(seats, s)
		}
	}
	return max(0, was.Quorum-is.Quorum), seats
}

// Replied is how the answer to a question changed.
type Replied struct {
	Question plan.Flag
	From, To Reply
}

// Replies are the answers that an edit changed, sorted by question.
func (e ProjectEdited) Replies() []Replied {
	now := Project{Profile: e.Profile, Unanswered: e.Unanswered}
	before := now
	for _, c := range e.Changes {
		switch c.Field {
		case fieldProfile:
			before.Profile = splitFlags(c.From)
		case fieldUnanswered:
			before.Unanswered = splitFlags(c.From)
		}
	}
	var out []Replied
	for _, f := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(before.Profile, now.Profile)))) {
		if from, to := before.Reply(f), now.Reply(f); from != to {
			out = append(out, Replied{f, from, to})
		}
	}
	return out
}

// The fields of a [Change] that hold answers.
const (
	fieldProfile    = "profile"
	fieldUnanswered = "unanswered"
)

func splitFlags(s string) []plan.Flag {
	var out []plan.Flag
	for _, f := range strings.Fields(s) {
		out = append(out, plan.Flag(f))
	}
	return out
}
