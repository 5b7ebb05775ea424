package gate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// baseline is the moment against which the page marks what changed.
type baseline struct {
	at   time.Time // zero: nothing to compare with
	word string    // "you signed"
}

// baseline compares with what the reader signed last, else with the end of the
// round before, else with the request.
func (v *view) baseline() baseline {
	var b baseline
	for i := range v.Stage.Rounds {
		for _, so := range v.Stage.Rounds[i].SignOffs {
			if so.Person == v.Actor.Person && so.At.After(b.at) {
				b = baseline{so.At, "you signed"}
			}
		}
	}
	if !b.at.IsZero() || v.last == nil {
		return b
	}
	if v.open == nil {
		return baseline{v.last.ClosedAt, "round " + strconv.Itoa(v.last.No) + " ended"}
	}
	if n := len(v.Stage.Rounds); n > 1 {
		before := &v.Stage.Rounds[n-2]
		return baseline{before.ClosedAt, "round " + strconv.Itoa(before.No) + " ended"}
	}
	return baseline{v.open.RequestedAt, "sign-off was requested"}
}

// resigning reports whether the reader is asked to sign once more: then what
// changed is what they came for.
func (v *view) resigning() bool {
	return v.open != nil && v.signing().stale != nil && len(v.changes()) > 0
}

func changedTitle(v *view) string {
	if v.since.at.IsZero() {
		return "Changed after you opened the page"
	}
	return "Changed since " + v.since.word
}

// contentChange is what became of one thing that is signed: the first and the
// last of its states, whatever lay between.
type contentChange struct {
	what, from, to, href string
	who                  string // made the last change
	at                   time.Time
	fresh                bool // made after the reader had opened the page on which they decided
	item                 plan.ItemKey
	title                string // of the item
}

// changes are what differs from the baseline or, when the content changed under
// the reader's decision, from what it was when they opened the page; newest first.
func (v *view) changes() []contentChange {
	renewed := v.Stage.Renewed()
	return v.net(func(en *review.Entry, fresh bool) bool {
		if fresh {
			return true
		}
		e, linked := en.Event.(review.EvidenceAdded)
		if linked && slices.ContainsFunc(renewed, func(n *review.Evidence) bool { return n.No == e.No }) {
			return false // listed apart
		}
		return !v.since.at.IsZero() && en.At.After(v.since.at)
	})
}

// lapsedText says why a gate has lapsed, and what brings it back.
func (v *view) lapsedText() string {
	if v.Stage.TermOver(v.Now) {
		return "and that was too long ago: it has to pass again. Request sign-off once nothing else stands in the way."
	}
	for i := range v.Stage.Items {
		it := &v.Stage.Items[i]
		if kind, _ := v.Stage.Need(it, v.Now); kind != "" && kind != review.EvidenceExpired {
			return "and evidence or a waiver it passed with has expired since. Settle the blockers, then request sign-off again."
		}
	}
	return "and evidence it passed with has expired since. Link newer evidence to the items below: the signatures stay in force, and the gate stands as passed again."
}

// renewal is evidence that came after the gate had passed and left its signatures
// in force.
type renewal struct {
	item, href, link, title, kind, expires, who string
	at                                          time.Time
}

// renewals are listed apart from what changed, newest first.
func (v *view) renewals() []renewal {
	var out []renewal
	for _, e := range slices.Backward(v.Stage.Renewed()) {
		out = append(out, renewal{
			item: v.Stage.Item(e.Item).Def.Title, href: page.ItemURL(v.key, v.stage, e.Item) + "#evidence", link: string(e.URL), title: e.Title,
			kind: page.KindWord(e.Type), expires: page.DayOrNone(e.Expires), who: v.Name(e.By), at: e.At,
		})
	}
	return out
}

// freshChanges are those under the reader's decision.
func (v *view) freshChanges() []contentChange {
	return v.net(func(_ *review.Entry, fresh bool) bool { return fresh })
}

// changedItems are the items among the changes, and when each last changed.
func (v *view) changedItems() map[plan.ItemKey]time.Time {
	out := map[plan.ItemKey]time.Time{}
	for _, c := range v.changes() {
		if c.item != "" && c.at.After(out[c.item]) {
			out[c.item] = c.at
		}
	}
	return out
}

// step is one change of one thing: an answer, a note, a link, the tier.
type step struct {
	thing  string // what it is a change of
	change contentChange
	begins bool // the thing was not there before
	ends   bool // nor is it after this
}

// folded is what several steps of one thing come to.
type folded struct {
	step
	born bool // its first step began it
}

// net folds the entries that count into one change a thing. What came and went
// is left out. An answer that is again what it was counts as said anew: by whom
// and when is part of what is signed.
func (v *view) net(counts func(en *review.Entry, fresh bool) bool) []contentChange {
	var order []string
	all := map[string]*folded{}
	for _, en := range slices.Backward(v.Changes) { // the oldest first
		fresh := v.Form.Seen > 0 && en.Seq > v.Form.Seen
		if !counts(&en, fresh) {
			continue
		}
		for _, s := range v.steps(&en) {
			s.change.who, s.change.at, s.change.fresh = v.Name(en.Actor), en.At, fresh
			f := all[s.thing]
			if f == nil {
				all[s.thing] = &folded{step: s, born: s.begins}
				order = append(order, s.thing)
				continue
			}
			s.change.from, s.change.fresh = f.change.from, f.change.fresh || fresh
			f.step = s
		}
	}
	var out []contentChange
	said := map[plan.ItemKey]bool{}
	for _, thing := range order {
		f := all[thing]
		c := f.change
		if f.born && f.ends {
			continue
		}
		if f.born {
			c.from = ""
		}
		if c.from == c.to && (f.isSaid("answer") || f.isSaid("note")) {
			if said[c.item] {
				continue
			}
			c.what, c.from, c.to = c.title+": said again as before", "", ""
		}
		said[c.item] = said[c.item] || f.isSaid("answer") || f.isSaid("note")
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b contentChange) int { return b.at.Compare(a.at) })
	return out
}

// isSaid reports whether the thing is an item's answer, or its note.
func (s *step) isSaid(kind string) bool { return strings.HasPrefix(s.thing, kind+" ") }

// steps are what an entry changed.
func (v *view) steps(en *review.Entry) []step {
	sk, ik := en.Event.Subject()
	title, href := string(ik), page.ItemURL(v.key, sk, ik)
	if it := v.Stage.Item(ik); it != nil {
		title = it.Def.Title
	}
	one := func(thing, what, anchor, from, to string) step {
		return step{
			thing:  thing + " " + string(ik),
			change: contentChange{what: title + ": " + what, href: href + anchor, from: from, to: to, item: ik, title: title},
		}
	}
	switch e := en.Event.(type) {
	case review.ItemAnswered:
		var out []step
		if e.From != e.To {
			out = append(out, one("answer", "answer changed", "", e.From.Label(), e.To.Label()))
		}
		if e.FromNote != e.Note {
			out = append(out, one("note", "note changed", "", e.FromNote, e.Note))
		}
		return out
	case review.NotApplicableApproved:
		return []step{one("approval", "approved as not applicable", "", "", "")}
	case review.EvidenceAdded:
		s := one("link "+strconv.Itoa(e.No), "evidence linked", "#evidence", "", e.Title)
		s.begins = true
		return []step{s}
	case review.EvidenceRemoved:
		s := one("link "+strconv.Itoa(e.No), "evidence removed", "#evidence", v.evidenceTitle(e.No), "")
		s.ends = true
		return []step{s}
	case review.FindingAnswered:
		return []step{v.findingStep(e.No, "answered", e.Answer)}
	case review.FindingReopened:
		return []step{v.findingStep(e.No, "not settled by its answer", e.Reason)}
	case review.WaiverGranted, review.WaiverExtended, review.WaiverRevoked:
		return []step{v.waiverStep(title, href, ik, e)}
	case review.AnswersRetracted:
		var out []step
		for _, b := range e.Back {
			out = append(out, v.replyStep(review.Replied{Question: b.Question, From: review.ReplyYes, To: b.To}))
		}
		return out
	case review.ProjectEdited:
		var out []step
		for _, c := range e.Changes {
			if c.Field == "tier" {
				out = append(out, step{
					thing:  c.Field,
					change: contentChange{what: "The project's tier changed", href: page.ProjectURL(v.key), from: c.From, to: c.To},
				})
			}
		}
		for _, a := range e.Replies() {
			out = append(out, v.replyStep(a))
		}
		return out
	}
	return nil
}

// replyStep says that the answer to a question about the project changed.
func (v *view) replyStep(a review.Replied) step {
	label := page.QuestionLabel(&v.Review.Plan.Lifecycle, a.Question)
	return step{
		thing:  "answer " + string(a.Question),
		change: contentChange{what: "The answer to “" + label + "” changed", href: page.ProjectURL(v.key), from: string(a.From), to: string(a.To)},
	}
}

func (v *view) findingStep(no int, what, said string) step {
	n := strconv.Itoa(no)
	return step{thing: "finding " + n, change: contentChange{what: "Finding " + n + " " + what, href: "#" + page.FindingID(no), to: said}}
}

// waiverStep says what a decision on a waiver changed in what is signed.
func (v *view) waiverStep(title, href string, ik plan.ItemKey, ev review.Event) step {
	s := step{change: contentChange{href: href + "#waiver", item: ik}}
	no := 0
	switch e := ev.(type) {
	case review.WaiverGranted:
		no, s.begins, s.change.what = e.No, true, title+": waiver granted"
		if e.No >= 1 && e.No <= len(v.Stage.Waivers) {
			s.change.to = v.Stage.Waivers[e.No-1].Reason
		}
	case review.WaiverExtended:
		no, s.change.what, s.change.from, s.change.to = e.No, title+": waiver extended", "until "+e.From, "until "+e.Until
	case review.WaiverRevoked:
		no, s.change.what, s.change.to = e.No, title+": waiver revoked", e.Reason
		s.ends = true
	}
	s.thing = "waiver " + strconv.Itoa(no) + " " + string(ik)
	return s
}

func (v *view) evidenceTitle(no int) string {
	for i := range v.Stage.Evidence {
		if v.Stage.Evidence[i].No == no {
			return v.Stage.Evidence[i].Title
		}
	}
	return ""
}
