package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"iter"
	"slices"
	"strings"
	"time"
)

// BlockerKind says what sort of reason a blocker is. The words are stable:
// pages, exports and pipelines share them.
type BlockerKind string

const (
	MustOpen          BlockerKind = "must-open"
	MustNotMet        BlockerKind = "must-not-met"
	EvidenceMissing   BlockerKind = "evidence-missing"
	EvidenceExpired   BlockerKind = "evidence-expired"
	NAUnapproved      BlockerKind = "not-applicable-unapproved"
	ShouldUnexplained BlockerKind = "should-unexplained"
	FindingOpen       BlockerKind = "finding-open"
	EarlierGate       BlockerKind = "earlier-gate"
	ProjectNotActive  BlockerKind = "project-not-active"
	SeatMissing       BlockerKind = "seat-missing"
	SignersMissing    BlockerKind = "signers-missing"
	WaiverRanOut      BlockerKind = "waiver-expired"
	ReattestDue       BlockerKind = "reattest"
	ConditionOverdue  BlockerKind = "condition-overdue"
	ContentChanged    BlockerKind = "content-changed"
	Reopened          BlockerKind = "gate-reopened"
	RecordUndecided   BlockerKind = "record-undecided"
	RecordMissing     BlockerKind = "record-missing"
	ObjectiveLooser   BlockerKind = "objective-looser"
	PolicyMissing     BlockerKind = "policy-missing"
	PolicyUnmet       BlockerKind = "policy-unmet"   // no item that shows a requirement holds
	PolicyUnshown     BlockerKind = "policy-unshown" // nothing in the plan shows a requirement
	// What nobody can do, see [Review.NobodyCan].
	NobodySigns     BlockerKind = "nobody-signs"
	NobodyConfirms  BlockerKind = "nobody-confirms"
	NobodyJudges    BlockerKind = "nobody-judges"
	NobodyLooksBack BlockerKind = "nobody-looks-back"
	NobodyLeads     BlockerKind = "nobody-leads"
)

// Blocker is a reason why a gate cannot be requested or cannot pass: what,
// whose turn it is, and since when.
type Blocker struct {
	Kind    BlockerKind
	Stage   plan.StageKey
	Item    plan.ItemKey // empty when it concerns no single item
	Finding int
	Record  int        // 0: it concerns none
	Type    record.Key // of the record
	// Policy is the key of a policy, and Requirement one of its requirements; empty: it
	// concerns none.
	Policy      string
	Requirement plan.RequirementKey
	Seat        plan.Seat // whose turn it is, when a seat's; Owner is 0 then
	Vacant      plan.Seat // in which nobody can do what is waited for
	Subject     string
	What        string
	Owner       PersonID  // 0: nobody in particular
	Since       time.Time // when it began to be in the way
}

// need is what an item still lacks; the empty kind means nothing.
func (s *Stage) need(it *Item, at time.Time) BlockerKind {
	if s.Waived(it.Def.Key, at) != nil {
		return ""
	}
	kind := s.bareNeed(it, at)
	if kind != "" && kind != EvidenceExpired && s.waiverRanOut(it.Def.Key, at) {
		return WaiverRanOut
	}
	return kind
}

// inWords says what an item lacks.
func (k BlockerKind) inWords(d *plan.Item) string {
	switch k {
	case WaiverRanOut:
		return "The waiver has expired; meet the item, or have another waiver granted."
	case ReattestDue:
		return "Answered before the last review or upgrade; confirm that it still holds."
	case MustOpen:
		return "Required, not answered."
	case MustNotMet:
		return "Required, not met."
	case NAUnapproved:
		return "A seat holder has to approve that this does not apply."
	case ShouldUnexplained:
		return "Recommended; answer it, or add one line saying why not."
	case EvidenceExpired:
		return "The evidence has expired; link a newer one."
	case EvidenceMissing:
		return "Marked as met, but needs " + article(kindList(d.Evidence)) + " link."
	}
	return ""
}

// waiverRanOut reports whether the waiver that the item was granted last has
// expired.
func (s *Stage) waiverRanOut(k plan.ItemKey, at time.Time) bool {
	for i := len(s.Waivers) - 1; i >= 0; i-- {
		if w := &s.Waivers[i]; w.Item == k && !w.GrantedAt.IsZero() {
			return w.State(at) == WaiverExpired
		}
	}
	return false
}

// bareNeed is what an item lacks when no waiver covers it.
func (s *Stage) bareNeed(it *Item, at time.Time) BlockerKind {
	a := &it.Answer
	if it.Reattest && it.Level == plan.LevelMust {
		return ReattestDue
	}
	switch it.Level {
	case plan.LevelMust:
		switch a.State {
		case Open:
			return MustOpen
		case NotMet:
			return MustNotMet
		case NotApplicable:
			if a.ApprovedBy == 0 {
				return NAUnapproved
			}
			return ""
		}
		return s.evidenceNeed(it, at)
	case plan.LevelShould:
		if (a.State == Open || a.State == NotMet) && a.Note == "" {
			return ShouldUnexplained
		}
	}
	return ""
}

// ranOut reports whether time has taken away what an item rested on: the
// evidence of a met must, or a waiver without which it lacks something.
func (s *Stage) ranOut(it *Item, at time.Time) bool {
	if it.Level == plan.LevelNone || s.Waived(it.Def.Key, at) != nil {
		return false
	}
	if it.Level == plan.LevelMust && it.Answer.State == Met {
		if s.evidenceNeed(it, at) == EvidenceExpired {
			return true
		}
	}
	return s.need(it, at) == WaiverRanOut
}

// evidenceNeed checks a met must for a live link of a kind that it demands.
func (s *Stage) evidenceNeed(it *Item, at time.Time) BlockerKind {
	if len(it.Def.Evidence) == 0 {
		return ""
	}
	need := EvidenceMissing
	for e := range s.cover(it) {
		if !e.Expired(at) {
			return ""
		}
		need = EvidenceExpired
	}
	return need
}

// cover are the links of an item, expired or not, that are of a kind it demands.
func (s *Stage) cover(it *Item) iter.Seq[*Evidence] {
	return func(yield func(*Evidence) bool) {
		for i := range s.Evidence {
			e := &s.Evidence[i]
			if e.Item != it.Def.Key || e.Removed() || !slices.Contains(it.Def.Evidence, e.Type) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// article puts a or an before a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

func kindList(ks []plan.EvidenceKind) string {
	ss := make([]string, len(ks))
	for i, k := range ks {
		ss[i] = strings.ToLower(k.Label())
		if k == "ci-run" {
			ss[i] = "CI run"
		}
	}
	return joinOr(ss)
}

// Satisfied reports whether an item counts as done in the readiness figure:
// met with valid evidence, validly waived, or not applicable with the approval
// that a must needs, and attested in this review where that is asked. Items that do not apply are neither done nor missing.
func (s *Stage) Satisfied(it *Item, at time.Time) bool {
	if s.Waived(it.Def.Key, at) != nil {
		return true
	}
	return !it.Reattest && s.Settled(it, at)
}

// Settled reports whether an item's own answer and evidence count, whatever
// waiver it has.
func (s *Stage) Settled(it *Item, at time.Time) bool {
	switch it.Answer.State {
	case Met:
		if it.Level != plan.LevelMust {
			return true
		}
		return s.evidenceNeed(it, at) == ""
	case NotApplicable:
		return it.Level != plan.LevelMust || it.Answer.ApprovedBy != 0
	}
	return false
}

// Need is what keeps an item from letting its gate pass, and says it in words;
// empty when nothing does.
func (s *Stage) Need(it *Item, at time.Time) (BlockerKind, string) {
	kind := s.Lacks(it, at)
	return kind, kind.inWords(it.Def)
}

// Lacks is [Stage.Need] without the words.
func (s *Stage) Lacks(it *Item, at time.Time) BlockerKind {
	if it.Level == plan.LevelNone {
		return ""
	}
	return s.need(it, at)
}

// RequestBlockers lists why sign-off of the stage cannot be requested, in the
// order in which a person would work through them.
func (r *Review) RequestBlockers(s *Stage, at time.Time) []Blocker {
	if !r.Needed(s) {
		return nil
	}
	return append(append(r.contentBlockers(s, at), r.PolicyBlockers(s, at)...), r.orderBlockers(s, at)...)
}

// orderBlockers are the earlier gates that have to pass first, where the
// template's order is strict.
func (r *Review) orderBlockers(s *Stage, at time.Time) []Blocker {
	var bs []Blocker
	if r.Plan.Order != plan.OrderStrict {
		return bs
	}
	for _, name := range r.EarlierOpen(s, at) {
		bs = append(bs, Blocker{
			Kind: EarlierGate, Stage: s.Def.Key, Subject: name, What: "The gate of this earlier stage has to pass first.", Owner: r.leads(s.Def.Key),
			Since: r.Project.Created,
		})
	}
	return bs
}

// contentBlockers lists what the stage itself still lacks. It keeps an open
// round from passing; the order of the gates does not, because it was settled
// when the round was requested.
func (r *Review) contentBlockers(s *Stage, at time.Time) []Blocker {
	return slices.Collect(r.lacks(s, at))
}

// lacks goes through the [Review.contentBlockers]. Most who ask want to know
// only whether there is one.
func (r *Review) lacks(s *Stage, at time.Time) iter.Seq[Blocker] {
	return func(yield func(Blocker) bool) {
		sk := s.Def.Key
		owner := r.leads(sk)
		if r.Project.Status != StatusActive && !yield(Blocker{
			Kind: ProjectNotActive, Stage: sk, Subject: r.Project.Name, What: fmt.Sprintf("The project is %s.", r.Project.Status), Owner: owner,
		}) {
			return
		}
		for i := range s.Findings {
			if f := &s.Findings[i]; !f.Answered() && !yield(Blocker{
				Kind: FindingOpen, Stage: sk, Finding: f.No, Subject: f.Text, What: "A reviewer's finding waits for the team's answer.", Owner: owner,
				Since: f.At,
			}) {
				return
			}
		}
		for _, b := range r.recordBlockers(s, at) {
			if !yield(b) {
				return
			}
		}
		for i := range s.Items {
			it := &s.Items[i]
			kind := s.Lacks(it, at)
			if kind != "" && !yield(r.itemBlocker(s, it, kind, at.Location())) {
				return
			}
		}
	}
}

// itemBlocker says whose turn it is with an item that lacks something.
func (r *Review) itemBlocker(s *Stage, it *Item, kind BlockerKind, zone *time.Location) Blocker {
	b := Blocker{
		Kind: kind, Stage: s.Def.Key, Item: it.Def.Key, Subject: it.Def.Title, What: kind.inWords(it.Def), Owner: r.Responsible(s, it),
		Since: latest(r.askedSince(it.Def.Key), s.uncoveredSince(it, zone)),
	}
	if u := r.Upgraded; it.Reattest && u != nil && slices.Contains(u.Reconfirm, it.Def.Key) {
		b.Since = latest(b.Since, u.At)
	}
	if kind == NAUnapproved {
		b.Owner, b.Seat = 0, approvingSeat(it.Def, s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile))
	}
	return b
}

// uncoveredSince is since when an item that lacks something lacks it: since its
// answer, or since the last thing that covered it was gone. An old answer says
// nothing of evidence that ran out yesterday. Zero when it was neither answered
// nor ever covered.
func (s *Stage) uncoveredSince(it *Item, zone *time.Location) time.Time {
	since := it.Answer.At
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.Item == it.Def.Key && !w.GrantedAt.IsZero() {
			since = latest(since, earliest(EndOf(w.Until, zone), w.RevokedAt))
		}
	}
	if it.Level != plan.LevelMust || it.Answer.State != Met || it.Reattest {
		return since // evidence would not cover it, however long it holds
	}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Item != it.Def.Key || !slices.Contains(it.Def.Evidence, e.Type) {
			continue
		}
		// One that had run out before it was linked never covered anything.
		if end := earliest(EndOf(e.Expires, zone), e.RemovedAt); end.After(e.At) {
			since = latest(since, end)
		}
	}
	return since
}

// latest is the later of two moments.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// approvingSeat is whose turn it is to approve that a must does not apply: a
// seat of the gate, one that the item names where there is such a one.
func approvingSeat(d *plan.Item, p plan.Policy) plan.Seat {
	for _, seat := range d.Seats {
		if slices.Contains(p.Seats, seat) {
			return seat
		}
	}
	if len(p.Seats) == 0 {
		return ""
	}
	return p.Seats[0]
}

// Blockers lists what stands between the stage and a passed gate: what stops a
// request or, once one was made, whose signature is missing. Nothing was in the way of a
// stage before the project reached it.
func (r *Review) Blockers(s *Stage, at time.Time) []Blocker {
	if !r.Needed(s) {
		return nil
	}
	bs := append(r.contentBlockers(s, at), r.furtherBlockers(s, at)...)
	reached := r.Reached(r.Plan.StageIndex(s.Def.Key))
	for i := range bs {
		if !bs[i].Since.IsZero() {
			bs[i].Since = latest(bs[i].Since, reached)
		}
	}
	return bs
}

// furtherBlockers are those beside what the stage itself lacks.
func (r *Review) furtherBlockers(s *Stage, at time.Time) []Blocker {
	round := s.OpenRound()
	if round == nil {
		bs := r.orderBlockers(s, at)
		if !r.passed(s, at) {
			bs = append(bs, r.PolicyBlockers(s, at)...)
		}
		if last := s.LastRound(); last != nil && last.reopened() {
			bs = append(bs, Blocker{
				Kind: Reopened, Stage: s.Def.Key, Subject: s.Def.Gate.Name, What: "Reopened after it had passed; request sign-off again.",
				Owner: r.leads(s.Def.Key), Since: last.Reopened.At,
			})
		} else if last != nil && !last.ChangedAt.IsZero() && last.Outcome.Passes() {
			bs = append(bs, Blocker{
				Kind: ContentChanged, Stage: s.Def.Key, Subject: s.Def.Gate.Name, What: "Changed after the gate had passed; request sign-off again.",
				Owner: r.leads(s.Def.Key), Since: last.ChangedAt,
			})
		}
		return append(bs, r.overdue(s, at)...)
	}
	bs := r.overdue(s, at)
	counting := r.Counting(s)
	seats := withoutSign(round.Policy.Mandatory, counting)
	for _, seat := range seats {
		bs = append(bs, Blocker{
			Kind: SeatMissing, Stage: s.Def.Key, Seat: seat, Subject: seat.Label(), What: "Waiting for this signature.", Since: round.RequestedAt,
		})
	}
	if round.Policy.Quorum-len(counting) > len(seats) {
		bs = append(bs, Blocker{
			Kind: SignersMissing, Stage: s.Def.Key, Subject: s.Def.Gate.Name,
			What: fmt.Sprintf("%d of %d signatures.", len(counting), round.Policy.Quorum), Since: round.RequestedAt,
		})
	}
	return bs
}

// overdue are the open conditions whose day has gone by. They keep neither a
// request from being made nor a round from ending, but the gate from standing as
// passed.
func (s *Stage) overdue(at time.Time) []Blocker {
	var bs []Blocker
	for _, c := range s.OpenConditions() {
		if c.Overdue(at) {
			bs = append(bs, Blocker{
				Kind: ConditionOverdue, Stage: s.Def.Key, Subject: c.Text, What: "A condition is overdue.", Owner: c.Owner,
				Since: EndOf(c.Due, at.Location()),
			})
		}
	}
	return bs
}

// overdue are the stage's overdue conditions. One of somebody who cannot sign in
// waits for whoever answers for the stage.
func (r *Review) overdue(s *Stage, at time.Time) []Blocker {
	bs := s.overdue(at)
	for i := range bs {
		if r.away(bs[i].Owner) {
			bs[i].Owner = r.leads(s.Def.Key)
		}
	}
	return bs
}

// withoutSign are those of the seats in which nobody's sign-off counts.
func withoutSign(seats []plan.Seat, counting []SignOff) []plan.Seat {
	var open []plan.Seat
	for _, seat := range seats {
		if !slices.ContainsFunc(counting, func(so SignOff) bool { return so.Seat == seat }) {
			open = append(open, seat)
		}
	}
	return open
}

// OpenSeats are the seats in which a signature on the present content would
// still help the open round: those nobody has signed in, mandatory or not.
func (r *Review) OpenSeats(s *Stage) []plan.Seat {
	round := s.OpenRound()
	if round == nil {
		return nil
	}
	return withoutSign(round.Policy.Seats, r.Counting(s))
}

// EarlierOpen names the earlier stages whose gates have not passed, or no
// longer stand as passed at that moment. A request out of order has to give a
// reason when the template's order is advisory.
func (r *Review) EarlierOpen(s *Stage, at time.Time) []string {
	var names []string
	for i := range r.Stages {
		if r.Stages[i].Def.Key == s.Def.Key {
			break
		}
		if !r.passed(&r.Stages[i], at) {
			names = append(names, r.Stages[i].Def.Name)
		}
	}
	return names
}
