package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// round is what the trail itself says about one round of a gate, at the moment
// at which the round ended.
type round struct {
	Review int
	Stage  *plan.Stage
	Round  review.Round
	// Signed are the numbers of the entries with the sign-offs; Counted says
	// which of them made the gate pass.
	Signed  []int64
	Counted []bool
	Ended   int64 // the entry that ended it
	Content review.SignedContent
	bytes   []byte // of the content, as they were hashed
	digest  review.Digest
	proven  bool // passed, and its policy was satisfied
}

// name is the part that the names of the round's files share.
func (r *round) name() string { return fmt.Sprintf("%d-%s-%d", r.Review, r.Stage.Key, r.Round.No) }

// title is the round in words.
func (r *round) title() string {
	s := fmt.Sprintf("Gate “%s” of stage “%s”, round %d", r.Stage.Gate.Name, r.Stage.Name, r.Round.No)
	if r.Review > 1 {
		s += fmt.Sprintf(" of review %d", r.Review)
	}
	return s
}

// history is a project's stream, replayed with an eye on its gates.
type history struct {
	rights   *rights
	review   *review.Review // as of the last entry
	rounds   []*round       // those that ended, in that order
	problems []suspect
	replayed int64         // entries that could be replayed
	strict   bool          // a round was opened under [review.ExcludeAll]
	format   review.Format // in which content is written down by now

	signing map[plan.StageKey]*signing // of the open rounds
}

// signing is what is gathered while a round is open.
type signing struct {
	entries []int64
	content review.SignedContent // at the last sign-off
}

// replay goes through the entries and checks at each whether what it says of
// digests, policies and people agrees with the state that the entries before it
// lead to. The error says that the replay came to an end too early.
func replay(stream review.ProjectID, entries []review.Entry, docs documents, held *rights) (*history, error) {
	h := &history{rights: held, signing: map[plan.StageKey]*signing{}}
	r, err := review.ReplayEach(stream, entries, docs.plans, func(e review.Entry, r *review.Review) {
		h.replayed++
		h.look(e, r)
	})
	if err != nil {
		return h, err
	}
	h.review = r
	return h, nil
}

func (h *history) wrong(seq int64, format string, args ...any) {
	h.problems = append(h.problems, suspect{seq, fmt.Sprintf(format, args...)})
}

// suspect is an entry that should not be as it is, and why: a sentence without
// its subject.
type suspect struct {
	entry int64
	why   string
}

// look is called with every entry and the state right after it.
func (h *history) look(e review.Entry, r *review.Review) {
	switch ev := e.Event.(type) {
	case review.SignOffRequested:
		if h.signing[ev.Stage] != nil {
			h.wrong(e.Seq, "opens a round while another is open")
		}
		h.signing[ev.Stage] = &signing{}
		s := r.Stage(ev.Stage)
		if got := r.Digest(s); got != ev.Digest {
			h.wrong(e.Seq, "asks to sign %s, but the content then had the digest %s", ev.Digest.Short(), got.Short())
		}
		h.samePolicy(e, r, s, ev.Policy)
		for _, b := range r.PolicyBlockers(s, e.At) {
			h.wrong(e.Seq, "asks for sign-off although a policy stood in the way: %s: %s", b.Subject, b.What)
		}
		if ev.SoD != r.Plan.SoD {
			h.wrong(e.Seq, "does not take over what the template says about separation of duties")
		}
		h.sameExclusion(e, ev)
		h.sameFormat(e, ev.Format)
	case review.GateSigned:
		h.signed(e, ev, r)
	case review.RoundClosed:
		h.closed(e, r, ev.Stage, ev.Digest)
	case review.GateForced:
		if !h.rights.manages(e.Actor, e.At) {
			h.wrong(e.Seq, "passes a gate by break-glass, but person %d was not a manager then", e.Actor)
		}
		h.samePolicy(e, r, r.Stage(ev.Stage), ev.Policy)
		if h.signing[ev.Stage] == nil { // else it ends a round that has one
			h.sameFormat(e, ev.Format)
		}
		h.closed(e, r, ev.Stage, ev.Digest)
	case review.ReviewStarted:
		h.signing = map[plan.StageKey]*signing{}
	default:
		h.apart(e, r)
	}
}

// sameExclusion checks the rule by which people are kept from signing: rounds
// from before it became stricter have the one of then, and none goes back to it.
func (h *history) sameExclusion(e review.Entry, ev review.SignOffRequested) {
	switch {
	case ev.Exclusion != review.ExcludeLast && ev.Exclusion != review.ExcludeAll || ev.Exclusion != "" && !ev.SoD:
		h.wrong(e.Seq, "names no rule for whom separation of duties keeps from signing")
	case ev.Exclusion == review.ExcludeLast && h.strict:
		h.wrong(e.Seq, "goes back to a milder rule for whom separation of duties keeps from signing")
	}
	h.strict = h.strict || ev.Exclusion == review.ExcludeAll
}

// sameFormat checks how the content of a round is written down: rounds from before
// name the template, and none goes back to that.
func (h *history) sameFormat(e review.Entry, f review.Format) {
	switch {
	case f != review.FormatTemplate && f != review.FormatStage:
		h.wrong(e.Seq, "writes its content down in a form that nobody knows")
	case f < h.format:
		h.wrong(e.Seq, "goes back to an older form of writing its content down")
	}
	h.format = max(h.format, f)
}

func (h *history) samePolicy(e review.Entry, r *review.Review, s *review.Stage, got plan.Policy) {
	want := s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile)
	if got.Quorum != want.Quorum || !slices.Equal(got.Seats, want.Seats) || !slices.Equal(got.Mandatory, want.Mandatory) {
		h.wrong(e.Seq, "records another policy than the template gave this gate then")
	}
}

func (h *history) signed(e review.Entry, ev review.GateSigned, r *review.Review) {
	s := r.Stage(ev.Stage)
	open := h.signing[ev.Stage]
	ro := s.OpenRound()
	if open == nil || ro == nil || ro.No != ev.Round {
		h.wrong(e.Seq, "signs a round that was not open")
		return
	}
	open.entries = append(open.entries, e.Seq)
	open.content = r.Content(s)
	if got := r.Digest(s); got != ev.Digest {
		h.wrong(e.Seq, "signs %s, but the content then had the digest %s", ev.Digest.Short(), got.Short())
	}
	if !slices.Contains(ro.Policy.Seats, ev.Seat) {
		h.wrong(e.Seq, "signs in the %s seat, which this gate does not have", ev.Seat.Label())
	}
	if s.Excluded(ro, e.Actor) != "" {
		h.wrong(e.Seq, "is signed by somebody whom separation of duties keeps from it")
	}
	if !h.rights.signs(r.Project.ID, e.Actor, ev.For, ev.Seat, e.At) {
		h.wrong(e.Seq, "is a signature by person %d, who did not hold the %s seat then", e.Actor, ev.Seat.Label())
	}
}

// closed takes down a round that has ended.
func (h *history) closed(e review.Entry, r *review.Review, sk plan.StageKey, closing review.Digest) {
	s := r.Stage(sk)
	ro := s.LastRound()
	open := h.signing[sk]
	delete(h.signing, sk)
	if ro == nil || ro.Closing != closing || !ro.ClosedAt.Equal(e.At) || (open == nil && ro.Outcome != review.OutcomeForced) {
		h.wrong(e.Seq, "ends a round that was not open")
		return
	}
	out := &round{Review: r.No, Stage: s.Def, Round: *ro, Ended: e.Seq, Content: r.Content(s)}
	if slices.ContainsFunc(h.rounds, func(o *round) bool { return o.name() == out.name() }) {
		h.wrong(e.Seq, "ends a round that had ended before")
		return
	}
	out.Round.SignOffs = slices.Clone(ro.SignOffs)
	if open != nil {
		out.Signed = open.entries
		if ro.Outcome == review.OutcomeReturned {
			// The findings of a return come after the signature and belong to
			// the content of the next round.
			out.Content = open.content
		}
	}
	b, err := json.Marshal(out.Content)
	if err != nil {
		h.wrong(e.Seq, "ends a round whose content cannot be written down: %v", err)
		return
	}
	sum := sha256.Sum256(b)
	out.bytes, out.digest = b, review.Digest(hex.EncodeToString(sum[:]))
	if out.digest != closing {
		h.wrong(e.Seq, "ends a round on %s, but the content then had the digest %s", closing.Short(), out.digest.Short())
	}
	if len(out.Signed) != len(out.Round.SignOffs) {
		h.wrong(e.Seq, "ends a round with %d sign-offs, of which %d were given while it was open", len(out.Round.SignOffs), len(out.Signed))
		return
	}
	wrong := out.judge(r, s, h.rights)
	for _, why := range wrong {
		h.wrong(e.Seq, "%s", why)
	}
	out.proven = len(wrong) == 0 && out.digest == closing && (ro.Outcome == review.OutcomePassed || ro.Outcome == review.OutcomeConditional)
	h.rounds = append(h.rounds, out)
}

// apart checks that somebody else did what has to be done by a different
// person, and not in the first person's place.
func (h *history) apart(e review.Entry, r *review.Review) {
	from := func(doer, holder review.PersonID, does, who string) {
		if doer == e.Actor {
			h.wrong(e.Seq, "%s by the person who %s", does, who)
		} else if holder != 0 && doer == holder {
			h.wrong(e.Seq, "%s in the place of the person who %s", does, who)
		}
	}
	switch ev := e.Event.(type) {
	case review.WaiverGranted:
		from(r.Stage(ev.Stage).Waivers[ev.No-1].RequestedBy, ev.For, "grants a waiver", "asked for it")
		h.entitled(e, r, seatsOf(r, ev.Stage), ev.For, "grants a waiver")
	case review.WaiverExtended:
		from(r.Stage(ev.Stage).Waivers[ev.No-1].RequestedBy, ev.For, "extends a waiver", "asked for it")
		h.entitled(e, r, seatsOf(r, ev.Stage), ev.For, "extends a waiver")
	case review.NotApplicableApproved:
		from(r.Stage(ev.Stage).Item(ev.Item).Answer.By, ev.For, "approves an answer", "gave it")
	case review.ConditionConfirmed:
		from(r.Stage(ev.Stage).Conditions[ev.No-1].MetBy, ev.For, "confirms a condition", "reported it as met")
	case review.ConditionReleased:
		for _, former := range r.Stage(ev.Stage).Conditions[ev.No-1].Former {
			from(former, ev.For, "takes a condition back", "once had to meet it")
		}
		from(r.Stage(ev.Stage).Conditions[ev.No-1].Owner, ev.For, "takes a condition back", "had to meet it")
	case review.GateReopened:
		h.reopened(r, ev)
	case review.RetrospectiveClosed:
		h.reviewed(r, ev)
		from(r.Stage(ev.Stage).Rounds[ev.Round-1].ClosedBy, ev.For, "closes the review of a break-glass", "broke it")
		// The round keeps the seats that it was passed under; the profile may ask for others by now.
		h.entitled(e, r, r.Stage(ev.Stage).Rounds[ev.Round-1].Policy.Seats, ev.For, "closes the review of a break-glass")
	}
}

// reviewed notes with a forced round what others found of it.
func (h *history) reviewed(r *review.Review, ev review.RetrospectiveClosed) {
	ro := r.Stage(ev.Stage).Rounds[ev.Round-1]
	for _, o := range h.rounds {
		if o.Review == r.No && o.Stage.Key == ev.Stage && o.Round.No == ev.Round {
			o.Round.ReviewedBy, o.Round.ReviewedFor, o.Round.ReviewedAt, o.Round.ReviewNote = ro.ReviewedBy, ro.ReviewedFor, ro.ReviewedAt, ro.ReviewNote
		}
	}
}

// reopened notes with a round that its pass was taken back.
func (h *history) reopened(r *review.Review, ev review.GateReopened) {
	for _, o := range h.rounds {
		if o.Review == r.No && o.Stage.Key == ev.Stage && o.Round.No == ev.Round {
			o.Round.Reopened = r.Stage(ev.Stage).Rounds[ev.Round-1].Reopened
		}
	}
}

// seatsOf are the seats that the gate of a stage asks for at present.
func seatsOf(r *review.Review, sk plan.StageKey) []plan.Seat {
	return r.Stage(sk).Def.Gate.Policy(r.Project.Tier, r.Project.Profile).Seats
}

// entitled checks that a decision was taken by a manager or in one of the seats,
// the actor's own or that of whom they stood in for.
func (h *history) entitled(e review.Entry, r *review.Review, seats []plan.Seat, holder review.PersonID, does string) {
	if !h.rights.judges(r.Project.ID, e.Actor, holder, seats, e.At) {
		h.wrong(e.Seq, "%s, but person %d was neither a manager nor in one of the gate's seats then", does, e.Actor)
	}
}
