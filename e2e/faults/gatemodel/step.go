package gatemodel

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// Model is the sequential gate that a history is checked against, from a state
// on.
func (r *Rules) Model(from *State) porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init: func() any { return newWorld(from, seed) },
		Step: func(state, input, output any) (bool, any) {
			w := state.(*world)
			ok, next := r.Step(w.State, input.(Input), output.(Output))
			if !ok || next == w.State {
				return ok, w
			}
			return true, newWorld(next, seed)
		},
		Equal: func(a, b any) bool { return a.(*world).word == b.(*world).word },
		Hash:  func(a any) uint64 { return a.(*world).hash },
		DescribeOperation: func(input, output any) string {
			return r.Tell(input.(Input), output.(Output))
		},
		DescribeState: func(state any) string {
			w := state.(*world)
			return w.Describe(w.Standing())
		},
	}
}

// world is a state with its word, worked out once.
type world struct {
	*State
	word string
	hash uint64
}

func newWorld(s *State, seed maphash.Seed) *world {
	word := s.key()
	return &world{s, word, maphash.String(seed, word)}
}

// Start is a stage in which nobody has said anything yet.
func (r *Rules) Start(day int) *State {
	s := &State{Day: day}
	for i := range s.Items {
		s.Items[i] = Said{State: "open", By: -1}
	}
	return s
}

// Apply takes a step that is known to succeed, to prepare a state.
func (r *Rules) Apply(s *State, in Input) (*State, error) {
	without, next := r.decide(s, in)
	if len(without) > 0 {
		return nil, fmt.Errorf("%s is answered with %v, want ok", r.Tell(in, Output{}), without)
	}
	return next, nil
}

// Step reports whether the output is right for the input in a state, and what
// the state is afterwards.
func (r *Rules) Step(s *State, in Input, out Output) (bool, *State) {
	switch in.Op {
	case ReadGate, ReadItem, ReadAll:
		return r.read(s, in, out)
	}
	without, next := r.decide(s, in)
	if len(without) > 0 {
		return out.Unknown || !out.Passed && slices.Contains(without, out.Result), s
	}
	if out.Unknown {
		return true, next
	}
	if in.Op == Sign && out.Passed != (s.open() != nil && next.open() == nil && next.Rounds[len(next.Rounds)-1].Outcome == "passed") {
		return false, s
	}
	return out.Result == OK, next
}

// read compares what somebody read with what there is.
func (r *Rules) read(s *State, in Input, out Output) (bool, *State) {
	if in.Op == ReadAll {
		return out.All == s.Describe(s.Standing()), s
	}
	if hidden := r.kept(s, in.Who); hidden != "" {
		return out.Result == hidden, s
	}
	if out.Result != OK {
		return false, s
	}
	if in.Op == ReadItem {
		want := ItemRead{s.Items[in.Item].Version, s.Items[in.Item].State, ""}
		if in.Item == Proved {
			want.Evidence = s.links()
		}
		return out.Item == want, s
	}
	want := GateRead{Standing: s.Standing(), Digest: out.Gate.Digest}
	if s.open() != nil {
		want.Round, want.Counted = len(s.Rounds), len(r.counting(s))
	}
	if out.Gate != want {
		return false, s
	}
	return s.Saw(out.Gate.Digest)
}

// Saw notes the digest that a reader saw. The same content has the same
// digest, and other content another one.
func (s *State) Saw(digest string) (bool, *State) {
	now := s.content()
	for _, n := range s.digests {
		if (n.content == now) != (n.digest == digest) {
			return false, s
		}
		if n.content == now {
			return true, s
		}
	}
	next := s.clone()
	next.digests = append(slices.Clone(s.digests), named{now, digest})
	slices.SortFunc(next.digests, func(a, b named) int { return strings.Compare(a.content, b.content) })
	return digest != "", next
}

// links are the numbers of the evidence that is not removed.
func (s *State) links() string {
	var b []byte
	for i, e := range s.Evidence {
		if !e.Removed {
			b = fmt.Appendf(b, "%d ", i+1)
		}
	}
	return string(b)
}

// kept says how the program hides the project from somebody; empty when it
// does not. It must not give away anything else to them.
func (r *Rules) kept(s *State, who int) Result {
	p := r.Cast[who]
	switch {
	case slices.Contains(s.Gone, who):
		return Nobody
	case !s.Restricted, p.OnProject, p.Admin:
		return ""
	case slices.ContainsFunc(s.Scoped, func(h Held) bool { return h.Who == who }):
		return ""
	}
	return Hidden
}

// holds reports whether somebody sits in a seat.
func (r *Rules) holds(s *State, who int, seat string) bool {
	return slices.Contains(r.Cast[who].Seats, seat) || slices.Contains(s.Scoped, Held{who, seat})
}

// sits reports whether somebody sits in any seat.
func (r *Rules) sits(s *State, who int) bool {
	return slices.ContainsFunc(r.Seats, func(seat string) bool { return r.holds(s, who, seat) })
}

// excluded reports whether separation of duties keeps somebody from signing a
// round, by its place: they answered an item in it, or linked evidence that is
// still there.
func (r *Rules) excluded(s *State, round, who int) bool {
	if !r.Duties {
		return false
	}
	for _, it := range s.Items {
		if it.Version == 0 {
			continue
		}
		if it.By == who || slices.Contains(it.Before, who) && !s.passedAfter(it, round) {
			return true
		}
	}
	return slices.ContainsFunc(s.Evidence, func(e Link) bool { return !e.Removed && e.By == who })
}

// counting are the signatures that count: what distinct people signed last, if
// it is go on the present content in a seat that they hold still, and they may
// sign.
func (r *Rules) counting(s *State) []Signature {
	round := s.open()
	if round == nil {
		return nil
	}
	now := s.content()
	var out []Signature
	for _, so := range round.Signed {
		goes := so.Decision == Go || so.Decision == Conditional
		if goes && so == round.newest(so.Who) && so.Content == now && !so.Void && !round.recused(so.Who) &&
			!r.excluded(s, len(s.Rounds)-1, so.Who) {
			out = append(out, so)
		}
	}
	return out
}

func (ro *Round) recused(who int) bool {
	return slices.ContainsFunc(ro.Signed, func(so Signature) bool { return so.Who == who && so.Decision == Recuse })
}

// complete reports whether enough people have signed, every mandatory seat
// among them.
func (r *Rules) complete(s *State) bool {
	counting := r.counting(s)
	if len(counting) < r.Quorum {
		return false
	}
	for _, seat := range r.Mandatory {
		if !slices.ContainsFunc(counting, func(so Signature) bool { return so.Seat == seat }) {
			return false
		}
	}
	return true
}

// Tell writes an operation on a line.
func (r *Rules) Tell(in Input, out Output) string {
	name := "clock"
	if in.Op != PassDays {
		name = r.Cast[in.Who].Name
	}
	b := fmt.Appendf(nil, "%s: %s", name, in.Op)
	switch in.Op {
	case Answer:
		b = fmt.Appendf(b, " item %d %s version %d", in.Item, in.State, in.Version)
	case Sign:
		b = fmt.Appendf(b, " %s as %s on %.6s", in.Decision, in.Seat, in.Digest)
	case Request:
		b = fmt.Appendf(b, " on %.6s", in.Digest)
	case GrantSeat, RevokeSeat:
		b = fmt.Appendf(b, " %s of %s", in.Seat, r.Cast[in.Whom].Name)
	case RemoveEvidence, AnswerFinding, GrantWaiver, RevokeWaiver, MeetCondition, ConfirmCondition:
		b = fmt.Appendf(b, " %d", in.No)
	case RequestWaiver:
		b = fmt.Appendf(b, " until day %d", in.Until)
	case Restrict:
		b = fmt.Appendf(b, " %v", in.On)
	case PassDays:
		b = fmt.Appendf(b, " %d", in.Days)
	case ReadItem:
		b = fmt.Appendf(b, " %d", in.Item)
	}
	switch {
	case out.Unknown:
		b = append(b, " -> no answer"...)
	case in.Op == ReadGate && out.Result == OK:
		g := out.Gate
		b = fmt.Appendf(b, " -> %s, digest %.6s, round %d with %d", g.Standing, g.Digest, g.Round, g.Counted)
	case in.Op == ReadItem && out.Result == OK:
		b = fmt.Appendf(b, " -> %s version %d evidence %s", out.Item.State, out.Item.Version, out.Item.Evidence)
	case in.Op == ReadAll:
		b = fmt.Appendf(b, " -> %s", out.All)
	default:
		b = fmt.Appendf(b, " -> %s", out.Result)
		if out.Passed {
			b = append(b, ", passed"...)
		}
	}
	return string(b)
}
