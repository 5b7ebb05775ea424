package review_test

import (
	"fmt"
	"maps"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"pgregory.net/rapid"
)

// walk gives n random commands. Many of them do what would come next, because
// chance alone hardly ever gets a gate to pass.
func (k *machine) walk(n int) {
	wild := []func(){
		k.wildAnswer, k.wildAnswer, k.wildApproval, k.wildLink, k.wildRenewal, k.wildUnlink, k.wildRequest, k.wildWithdrawal, k.wildSignOff, k.wildSignOff, k.wildSignOff, k.wildReply,
		k.wildEdit, k.wildEdit, k.wildRetraction, k.wildRetraction, k.wildConfirm, k.wildTags, k.wildDuty, k.wildStatus, k.wildRights, k.wildRights, k.wildTalk, k.wildLeaving, k.wildStagePlan, k.wildParts,
		k.wildWaiver, k.wildWaiver, k.wildVerdict, k.wildVerdict, k.wildVerdict, k.wildCondition, k.wildCondition, k.wildForce, k.wildReopening, k.wildReopening, k.wildLookBack, k.wildLookBack, k.wildLoan, k.wildLoan, k.wildReview, k.wildJudgement,
	}
	for range n {
		k.pass()
		if k.oneIn(12, "record") {
			k.wildRecord()
			continue
		}
		if k.oneIn(6, "plan") {
			k.wildPlan()
			continue
		}
		sk := pick(k, "stage", stageKeys...)
		if g := k.m.gate(k.m.stages[sk], k.now); g != review.GatePassed && !k.oneIn(3, "wild") {
			k.comesNext(sk)
			continue
		}
		if k.oneIn(6, "renewal") {
			k.wildRenewal()
			continue
		}
		if k.m.stages[run].passedLast() != nil && k.oneIn(8, "next review") {
			k.startReview(mostly(k, "who", owner, deputy, manager), "a year has passed", false)
			continue
		}
		pick(k, "move", wild...)()
	}
}

// dice is a number below n, each as likely as the others. (The ranges of the
// library prefer small numbers, which would leave most moves untried.)
func dice(t *rapid.T, label string, n int) int {
	v := 0
	for range bits.Len(uint(n-1)) + 3 {
		v <<= 1
		if rapid.Bool().Draw(t, label) {
			v |= 1
		}
	}
	return v % n
}

func pick[T any](k *machine, label string, from ...T) T { return from[dice(k.t, label, len(from))] }

// mostly is the first choice three times out of four.
func mostly[T any](k *machine, label string, usual T, from ...T) T {
	if dice(k.t, label, 4) < 3 {
		return usual
	}
	return pick(k, label, from...)
}

func (k *machine) oneIn(n int, label string) bool { return dice(k.t, label, n) == n-1 }

// pass lets time go on: by nothing, by little, or to the edge of an expiry.
func (k *machine) pass() {
	switch dice(k.t, "time", 25) {
	case 0:
		return
	case 1:
		k.now = k.now.Add(40 * day)
		return
	case 2, 3:
		if next := k.nextExpiry(); !next.IsZero() {
			if at := next.Add(pick(k, "edge", -time.Microsecond, 0, time.Microsecond)); at.After(k.now) {
				k.now = at
				k.check() // nothing happened but that time went by
			}
		}
		return
	}
	k.now = k.now.Add(pick(k, "step", time.Microsecond, time.Second, time.Hour))
}

func (k *machine) nextExpiry() time.Time {
	var next time.Time
	for _, sk := range stageKeys {
		for _, l := range k.m.stages[sk].links {
			if !l.removed {
				next = k.sooner(next, dayAfter(l.expires))
			}
		}
		for _, w := range k.m.stages[sk].waivers {
			next = k.sooner(next, dayAfter(w.until))
		}
		for _, c := range k.m.stages[sk].conditions {
			next = k.sooner(next, dayAfter(c.due))
		}
		if last := k.m.stages[sk].passedLast(); last != nil {
			next = k.sooner(next, dayAfter(last.closedAt.Truncate(day).Add(time.Duration(k.m.stages[sk].def.Gate.RepeatsDays)*day)))
		}
	}
	if _, due := k.m.live(k.now); !due.IsZero() {
		next = k.sooner(k.sooner(next, due.Add(-14*day)), dayAfter(due))
	}
	return next
}

// dayAfter is when a date is over; never where there is none.
func dayAfter(date time.Time) time.Time {
	if date.IsZero() {
		return date
	}
	return date.Add(day)
}

// sooner is the earlier of two moments that are still to come.
func (k *machine) sooner(a, b time.Time) time.Time {
	if !b.After(k.now) || !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

// later is a day so many days from now.
func (k *machine) later(days int) string {
	return k.today().AddDate(0, 0, days).Format("2006-01-02")
}

func (k *machine) today() time.Time {
	return time.Date(k.now.Year(), k.now.Month(), k.now.Day(), 0, 0, 0, 0, time.UTC)
}

// comesNext does one thing that brings a stage forward.
func (k *machine) comesNext(sk plan.StageKey) {
	st := k.m.stages[sk]
	if !k.m.needed(st) {
		k.wildEdit()
		return
	}
	if k.m.status != review.StatusActive {
		k.setStatus(manager, "", review.StatusActive, "go on")
		return
	}
	if ro := st.waiting(); ro != nil && len(k.m.inTheWay(st, k.now)) == 0 {
		k.signAsAsked(sk, st, ro)
		return
	}
	if st.waiting() == nil && len(st.due()) > 0 && k.oneIn(2, "follow up") {
		k.followUp(sk, st)
		return
	}
	for _, c := range k.m.undecided(st) {
		k.moveRecord(mostly(k, "who", member, manager, enya), c, pick(k, "to", c.moves()...), "we looked")
	}
	for i, f := range st.findings {
		if f.answer == "" {
			k.reply(member, sk, i+1, "done")
			k.wildJudgement()
		}
	}
	for _, it := range st.inOrder() {
		level := k.m.level(it)
		if level != plan.LevelMust && level != plan.LevelShould {
			continue
		}
		switch {
		case it.again:
			k.answer(member, sk, it.def.Key, it.state, it.note, it.version, false)
		case k.m.lacks(st, it, k.now) == "":
		case k.oneIn(6, "waiver"):
			k.waive(member, sk, it.def.Key, "late", k.later(pick(k, "days", 3, 30, 300)))
			if n := st.newestWaiver(); n > 0 {
				k.decide(manager, sk, n, "grant", "")
			}
			continue
		case it.state == review.NotApplicable && level == plan.LevelMust && it.approver == 0:
			k.approve(pick(k, "approver", k.sitting(st)...), sk, it, it.version, false)
		case it.state == review.Met || it.state == review.NotApplicable:
		case k.oneIn(5, "moot"):
			k.answer(member, sk, it.def.Key, review.NotApplicable, "it is moot", it.version, false)
		default:
			k.answer(mostly(k, "who", member, insider, mate), sk, it.def.Key, review.Met, "", it.version, false)
		}
		if it.state == review.Met && st.evidence(it, k.now) != "" {
			n := fmt.Sprintf("https://ci.example.com/%d", len(st.links))
			k.link(mostly(k, "who", mate, member), sk, it.def.Key, n, it.def.Evidence[0], 0, "")
		}
	}
	if st.waiting() == nil && len(k.m.inTheWay(st, k.now)) == 0 {
		k.request(mostly(k, "who", owner, deputy, member), sk, mostly(k, "shown", "current", "older", "none"), mostly(k, "reason", "it is time", ""))
	}
}

// sitting are the people who hold one of the gate's seats, if there are any.
func (k *machine) sitting(st *mStage) []review.PersonID {
	_, seats, _ := k.m.asks(st)
	ps := slices.DeleteFunc(slices.Clone(crowd), func(p review.PersonID) bool {
		return !slices.ContainsFunc(seats, func(s plan.Seat) bool { return k.m.sits(p, s) })
	})
	return append(ps, nobody)
}

// signAsAsked has somebody sign whose seat is still missing, if there is one.
func (k *machine) signAsAsked(sk plan.StageKey, st *mStage, ro *mRound) {
	counts := k.m.counting(st)
	seats, _ := k.m.missing(st)
	if len(seats) == 0 {
		seats = ro.seats
	}
	for _, seat := range seats {
		for _, p := range crowd {
			if _, signed := counts[p]; !signed && k.m.sees(p) && k.m.mandate(st, ro, p, seat, true) != 0 {
				decision := review.Go
				switch dice(k.t, "decision", 16) {
				case 0:
					decision = review.Return
				case 1:
					decision = review.Recuse
				case 2, 3, 4:
					decision = review.Conditional
				}
				k.sign(p, sk, seat, decision, "current", "what about x?", false)
				return
			}
		}
	}
	k.wildRights() // nobody is left to sign
}

// --- items

func (k *machine) wildItem() (plan.StageKey, *mItem) {
	sk := pick(k, "stage", stageKeys...)
	return sk, pick(k, "item", k.m.stages[sk].inOrder()...)
}

func (k *machine) wildAnswer() {
	sk, it := k.wildItem()
	to := pick(k, "answer", review.Met, review.NotMet, review.NotApplicable, review.NotApplicable, review.Open, review.State("maybe"))
	by, note := mostly(k, "who", pick(k, "teammate", member, mate, insider), crowd...), pick(k, "note", "", "because", "then again")
	version, machine := it.version+mostly(k, "version", 0, -1, 1), k.oneIn(10, "machine")
	if k.oneIn(6, "by choices") || it.def.IsQuestion() && k.oneIn(2, "by choices") {
		k.choose(by, sk, it, pick(k, "choices", plan.NoneOf, "alarm", "slow", "stop", "alarm stop", "slow stop", "alarm slow stop", "horn", ""), note, version, machine)
		return
	}
	k.bare(by, sk, it, to, note, version, machine)
}

// answer gives an item an answer; a question by choices that come to it.

func (k *machine) answer(by review.PersonID, sk plan.StageKey, ik plan.ItemKey, to review.State, note string, version int, machine bool) {
	it := k.m.stages[sk].items[ik]
	switch {
	case !it.def.IsQuestion() || to == review.NotApplicable || to == review.Open:
		k.bare(by, sk, it, to, note, version, machine)
	case to == it.state:
		k.choose(by, sk, it, it.chosen, note, version, machine)
	case to == review.Met && ik == "runbook":
		k.choose(by, sk, it, pick(k, "met by", plan.NoneOf, "stop"), note, version, machine)
	case to == review.Met:
		k.choose(by, sk, it, pick(k, "met by", plan.Chosen("alarm stop"), "alarm slow stop"), note, version, machine)
	default:
		k.choose(by, sk, it, pick(k, "not met by", plan.Chosen("slow"), "alarm"), note, version, machine)
	}
}

// bare answers without a word on choices.
func (k *machine) bare(by review.PersonID, sk plan.StageKey, it *mItem, to review.State, note string, version int, machine bool) {
	same := it.state == to && it.note == note && it.chosen.IsZero() && !it.again
	v := k.answers(by, it, to, "", note, same)
	v.refuse("refused", it.def.IsQuestion() && (to == review.Met || to == review.NotMet))
	v.refuse("invalid", to == "maybe" || to == review.NotApplicable && note == "")
	v.refuse("conflict", !same && version != it.version)
	a := k.actor(by)
	a.Machine = machine
	k.do(fmt.Sprintf("answer %s %s %q", it.def.Key, to, note), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.Answer(a, sk, it.def.Key, to, note, version, k.now)
	})
}

// choose answers a question.
func (k *machine) choose(by review.PersonID, sk plan.StageKey, it *mItem, chosen plan.Chosen, note string, version int, machine bool) {
	to := review.NotMet
	if risk(it.def, chosen.Has("stop"), chosen.Has("alarm"), chosen.Has("slow")) == plan.RiskNone {
		to = review.Met
	}
	same := it.note == note && it.chosen == chosen && !it.again
	v := k.answers(by, it, to, chosen, note, same)
	v.refuse("invalid", !it.def.IsQuestion() || chosen.IsZero() || chosen.Has("horn"))
	v.refuse("conflict", !same && version != it.version)
	a := k.actor(by)
	a.Machine = machine
	k.do(fmt.Sprintf("choose %s %q %q", it.def.Key, chosen, note), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.Choose(a, sk, it.def.Key, chosen, &note, version, k.now)
	})
}

// answers is what becomes of an item that is answered.
func (k *machine) answers(by review.PersonID, it *mItem, to review.State, chosen plan.Chosen, note string, same bool) verdict {
	var v verdict
	v.refuse("refused", k.m.level(it) == "" || k.m.status == review.StatusStopped)
	if same {
		return v
	}
	v.effect = func() {
		it.said = append(it.said, mSaid{by, k.now})
		it.state, it.note, it.by, it.at, it.version, it.approver, it.approvedAt = to, note, by, k.now, it.version+1, 0, time.Time{}
		it.again, it.chosen = false, chosen
	}
	return v
}

func (k *machine) wildApproval() {
	sk, it := k.wildItem()
	for _, key := range stageKeys { // those that wait for it come first
		for _, other := range k.m.stages[key].inOrder() {
			if k.m.level(other) == plan.LevelMust && other.state == review.NotApplicable && other.approver == 0 {
				sk, it = key, other
			}
		}
	}
	by := pick(k, "who", it.by, pick(k, "holder", k.sitting(k.m.stages[sk])...), pick(k, "any holder", archie, enya, quinn, seth, sri), pick(k, "anybody", crowd...))
	if by == review.System {
		by = nobody
	}
	k.approve(by, sk, it, it.version+mostly(k, "version", 0, -1), k.oneIn(10, "machine"))
}

func (k *machine) approve(by review.PersonID, sk plan.StageKey, it *mItem, version int, machine bool) {
	st, a := k.m.stages[sk], k.actor(by)
	a.Machine = machine
	_, seats, _ := k.m.asks(st)
	sits := k.m.sitsAt(by, seats, it.by)

	v := verdict{effect: func() { it.approver, it.approvedAt = by, k.now }}
	v.refuse("refused", k.m.level(it) != plan.LevelMust || it.state != review.NotApplicable || k.m.status == review.StatusStopped)
	v.refuse("conflict", version != it.version)
	v.refuse("denied", it.approver == 0 && (it.by == by || !sits))
	if it.approver != 0 {
		v.effect = nil
	}
	k.do("approve "+string(it.def.Key), by, sk, k.m.sits(by, "") && !a.Machine, v, func(r *review.Review) error {
		return r.ApproveNotApplicable(a, sk, it.def.Key, version, k.now)
	})
}

func (k *machine) wildLink() {
	sk, it := k.wildItem()
	kinds := append([]plan.EvidenceKind{"doc", "hearsay"}, it.def.Evidence...)
	k.link(mostly(k, "who", pick(k, "teammate", member, mate, insider), crowd...), sk, it.def.Key,
		mostly(k, "url", pick(k, "good url", "https://ci.example.com/0", "https://ci.example.com/x"), "http://ci.example.com", "https://me@ci.example.com"),
		pick(k, "kind", kinds...), mostly(k, "days ago", 0, 1, 85, -1, -2), mostly(k, "lasts", "", "0", "1", "90", "91"))
}

// link gives evidence that was true some days ago and lasts so many days from
// then; an empty string says nothing about it.
func (k *machine) link(by review.PersonID, sk plan.StageKey, ik plan.ItemKey, url string, kind plan.EvidenceKind, ago int, lasts string) {
	st := k.m.stages[sk]
	it := st.items[ik]
	effective := k.today().AddDate(0, 0, -ago)
	l := &mLink{item: ik, url: url, kind: string(kind), effective: effective.Format("2006-01-02"), by: by, at: k.now}
	l.renews = st.renewing(it, l.kind)
	in := review.NewEvidence{URL: url, Type: kind, Effective: l.effective}
	limit := it.def.ValidDays
	if lasts == "" && limit > 0 {
		l.expires = effective.AddDate(0, 0, limit)
	}
	v := verdict{effect: func() {
		st.lastLink++
		l.no = st.lastLink
		st.links = append(st.links, l)
	}}
	if lasts != "" {
		var days int
		fmt.Sscan(lasts, &days)
		l.expires = effective.AddDate(0, 0, days)
		in.Expires = l.expires.Format("2006-01-02")
		v.refuse("invalid", days == 0 || limit > 0 && days > limit)
	}
	v.refuse("invalid", kind == "hearsay" || !strings.HasPrefix(url, "https://ci") || ago < -1)
	v.refuse("refused", k.m.level(it) == "" || k.m.status == review.StatusStopped)
	for _, other := range st.links {
		if other.removed || other.item != ik || other.url != url || other.kind != string(kind) {
			continue
		}
		same := other.effective == l.effective && other.expires.Equal(l.expires)
		v.refuse("invalid", !same && (l.renews == nil || effective.Format("2006-01-02") <= other.effective))
		if same {
			v.effect = nil
		}
	}
	k.do(fmt.Sprintf("link %s %s %s", ik, kind, in.Expires), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.AddEvidence(k.actor(by), sk, ik, in, k.now)
	})
}

// wildRenewal links newer evidence where that renews, if there is such a place:
// most often at the address of what is there.
func (k *machine) wildRenewal() {
	for _, sk := range stageKeys {
		st := k.m.stages[sk]
		for _, it := range st.inOrder() {
			if len(it.def.Evidence) == 0 || st.renewing(it, string(it.def.Evidence[0])) == nil {
				continue
			}
			url := fmt.Sprintf("https://ci.example.com/r%d", len(st.links))
			for _, l := range st.links {
				if l.item == it.def.Key && k.oneIn(2, "same address") {
					url = l.url
				}
			}
			k.link(mostly(k, "who", mate, member, insider, quinn), sk, it.def.Key, url, it.def.Evidence[0], 0, "")
			if k.oneIn(4, "taken back") && len(st.links) > 0 {
				k.unlink(mate, sk, it, st.links[len(st.links)-1].no)
			}
			return
		}
	}
}

func (k *machine) wildUnlink() {
	sk, it := k.wildItem()
	st, by := k.m.stages[sk], mostly(k, "who", member, crowd...)
	no := dice(k.t, "link", len(st.links)+2)
	if no >= 1 && no <= len(st.links) {
		no = st.links[no-1].no
	}
	k.unlink(by, sk, it, no)
}

func (k *machine) unlink(by review.PersonID, sk plan.StageKey, it *mItem, no int) {
	l := k.m.stages[sk].link(no)
	there := l != nil && l.item == it.def.Key
	v := verdict{}
	v.refuse("not found", !there)
	v.refuse("refused", k.m.level(it) == "" || k.m.status == review.StatusStopped)
	if there && !l.removed {
		v.effect = func() { l.removed = true }
	}
	k.do(fmt.Sprintf("unlink %s %d", it.def.Key, no), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.RemoveEvidence(k.actor(by), sk, it.def.Key, no, k.now)
	})
}

// wildTalk comments and assigns, which is nothing that is signed.
func (k *machine) wildTalk() {
	sk, it := k.wildItem()
	by := pick(k, "who", crowd...)
	dead := k.m.level(it) == "" || k.m.status == review.StatusStopped
	v := verdict{effect: func() {}}
	v.refuse("refused", dead)
	may := k.m.onTeam(by) || k.m.sits(by, "") || k.m.hasRole(by, review.RoleViewer, review.RoleManager, review.RoleAdmin)
	k.do("comment "+string(it.def.Key), by, sk, may, v, func(r *review.Review) error {
		return r.Discuss(k.actor(by), sk, it.def.Key, "Why?", "", k.now)
	})
	to := mostly(k, "to", mate, member, pick(k, "anybody", crowd...), 0)
	due := ""
	if to != 0 {
		due = "2026-12-24"
	}
	v.refuse("invalid", to != 0 && !k.m.onTeam(to))
	v.effect = nil
	if it.assignee != to {
		v.effect = func() { it.assignee = to }
	}
	k.do(fmt.Sprintf("assign %s to %d", it.def.Key, to), by, sk, k.m.onTeam(by) || k.m.hasRole(by, review.RoleManager), v, func(r *review.Review) error {
		return r.Assign(k.actor(by), sk, it.def.Key, to, due, k.now)
	})
}

// wildLeaving hands a person's work over, or one of their conditions, and now
// and then takes them off the project with it.
func (k *machine) wildLeaving() {
	by := mostly(k, "who", owner, crowd...)
	from := pick(k, "from", member, viewer, mate, insider, deputy, owner, nobody, 0)
	to := mostly(k, "to", mate, pick(k, "anybody", crowd...), 0)
	v := verdict{}
	switch {
	case k.oneIn(3, "one condition"):
		sk := pick(k, "stage", stageKeys...)
		st := k.m.stages[sk]
		no := dice(k.t, "condition", len(st.conditions)+2)
		c := k.condition(&v, st, no)
		v.refuse("invalid", !k.m.canFollow(to))
		if c != nil && c.owner != to {
			v.refuse("refused", !st.asksFor(c))
			v.effect = func() { c.former, c.owner = append(c.former, c.owner), to }
		}
		if c != nil {
			v.refuse("denied", by != c.owner && !k.m.leads(by))
		}
		k.do(fmt.Sprintf("hand condition %d of %s to %d", no, sk, to), by, sk, k.m.canFollow(by), v, func(r *review.Review) error {
			return r.HandOnCondition(k.actor(by), sk, no, to, "", k.now)
		})
	case k.oneIn(2, "leave"):
		v.refuse("invalid", from == 0 || to != 0 && (to == from || !k.m.onTeam(to)))
		v.refuse("refused", k.m.duties[from] == review.DutyOwner)
		if from == 0 || k.m.onTeam(from) {
			v.effect = func() {
				delete(k.m.duties, from)
				k.m.handOver(from, to)
			}
		} else {
			v.others = nil // they are off already
		}
		k.do(fmt.Sprintf("take off %d for %d", from, to), by, "", k.m.leads(by), v, func(r *review.Review) error {
			return r.RemoveMember(k.actor(by), from, to, k.now)
		})
	default:
		v.refuse("invalid", from == 0 || to == 0 || to == from || !k.m.onTeam(to))
		work := false
		for _, st := range k.m.stages {
			for _, it := range st.items {
				work = work || it.assignee == from && from != 0
			}
			for _, c := range st.conditions {
				work = work || c.owner == from && st.asksFor(c)
			}
		}
		for _, st := range k.m.stages {
			work = work || from != 0 && (st.owner == from || st.deputy == from)
		}
		work = work || from != 0 && k.m.parts[mWhose{person: from}] != ""
		for _, c := range k.m.records {
			work = work || c.owner == from && from != 0 && c.state != "closed"
		}
		if work {
			v.effect = func() { k.m.handOver(from, to) }
		}
		k.do(fmt.Sprintf("hand the work of %d to %d", from, to), by, "", k.m.leads(by), v, func(r *review.Review) error {
			return r.HandOver(k.actor(by), from, to, "away", k.now)
		})
	}
}

// wildParts says who has which part in the project: one row more, or one less.
func (k *machine) wildParts() {
	by := mostly(k, "who", pick(k, "lead", owner, deputy, manager), crowd...)
	whose := mWhose{person: pick(k, "whose", member, viewer, archie, nobody, 0)}
	if k.oneIn(3, "a team") {
		whose = mWhose{team: pick(k, "team", "Till", "Night")}
	}
	said := pick(k, "parts", "runs ", "approves informed ", "builds runs ", "informed ", "")
	next := maps.Clone(k.m.parts)
	kept := said
	if whose.team == "Till" || k.m.onTeam(whose.person) { // who builds it already
		kept = strings.ReplaceAll(said, "builds ", "")
	}
	if next[whose] = kept; kept == "" || whose == (mWhose{}) {
		delete(next, whose)
	}
	v := verdict{effect: func() { k.m.parts = next }}
	had := k.m.parts[whose] != ""
	v.refuse("invalid", whose == (mWhose{}) && said != "")
	v.refuse("invalid", whose.person != 0 && said != "" && (!had && !k.m.sees(whose.person) || strings.Contains(said, "builds") && !k.m.onTeam(whose.person)))
	stale := k.oneIn(6, "stale")
	if maps.Equal(next, k.m.parts) {
		v.effect = nil
	} else {
		v.refuse("outdated", stale)
	}
	k.do(fmt.Sprintf("%v has the parts %s", whose, said), by, "", k.m.leads(by), v, func(r *review.Review) error {
		var rows []review.Responsibility
		for _, row := range r.Project.Responsibilities {
			if (mWhose{row.Person, row.Team}) != whose {
				rows = append(rows, row)
			}
		}
		row := review.Responsibility{Person: whose.person, Team: whose.team}
		for _, word := range strings.Fields(said) {
			row.Parts = append(row.Parts, review.Part(word))
		}
		shown := r.Project.ResponsibilitiesDigest()
		if stale {
			shown = "old"
		}
		return r.SetResponsibilities(k.actor(by), shown, append(rows, row), k.now)
	})
}

// wildStagePlan says who answers for a stage, or by when it is to be done.
func (k *machine) wildStagePlan() {
	sk := pick(k, "stage", stageKeys...)
	st := k.m.stages[sk]
	team := []review.PersonID{owner, deputy, member, mate, insider, 0}
	by := mostly(k, "who", pick(k, "lead", owner, deputy, st.owner, st.deputy), crowd...)
	to, second := mostly(k, "owner", pick(k, "of the team", team...), nobody), pick(k, "deputy", team...)
	target, milestone := pick(k, "target", "2027-03-01", "2026-03-01", ""), mostly(k, "milestone", "", "all is well")
	v := verdict{effect: func() { st.owner, st.deputy, st.target, st.milestone = to, second, target, milestone }}
	off := func(p, before review.PersonID) bool { return p != 0 && p != before && !k.m.onTeam(p) }
	v.refuse("invalid", off(to, st.owner) || off(second, st.deputy) || second != 0 && (to == 0 || to == second))
	v.refuse("refused", k.m.status == review.StatusStopped)
	stale := k.oneIn(6, "stale")
	if to == st.owner && second == st.deputy && target == st.target && milestone == st.milestone {
		v.effect = nil
	} else {
		v.refuse("outdated", stale)
	}
	may := k.m.leads(by)
	if by != 0 && (by == st.owner || by == st.deputy) {
		may = k.m.onTeam(by)
	}
	k.do("plan "+string(sk), by, sk, may, v, func(r *review.Review) error {
		in := review.StagePlan{Stage: sk, Owner: to, Deputy: second, Target: target}
		if milestone != "" {
			in.Milestones = []review.Milestone{{Name: milestone, Due: "2026-06-01"}}
		}
		shown := r.Project.StagePlan(sk).Digest()
		if stale {
			shown = "old"
		}
		return r.PlanStage(k.actor(by), shown, in, k.now)
	})
}

// checkStagePlan compares who answers for a stage, and whom its gate waits for.
func (k *machine) checkStagePlan(s *review.Stage, st *mStage) {
	k.t.Helper()
	sp := k.r.Project.StagePlan(s.Def.Key)
	got := fmt.Sprint(sp.Owner, sp.Deputy, sp.Target, len(sp.Milestones))
	n := 0
	if st.milestone != "" {
		n = 1
	}
	if want := fmt.Sprint(st.owner, st.deputy, st.target, n); got != want {
		k.t.Fatalf("the plan of %s is %s, want %s", s.Def.Key, got, want)
	}
	lead := k.m.holderOf(review.DutyOwner)
	for _, p := range []review.PersonID{st.deputy, st.owner} {
		if p != 0 && k.m.onTeam(p) {
			lead = p
		}
	}
	for _, b := range k.r.Blockers(s, k.now) {
		switch b.Kind {
		case review.FindingOpen, review.ContentChanged, review.Reopened, review.EarlierGate:
			if b.Owner != lead {
				k.t.Fatalf("%s of %s waits for %d, want %d", b.Kind, s.Def.Key, b.Owner, lead)
			}
		}
	}
}

// --- gates

// shown is the digest that a page showed: the current one, an older one, or
// none at all. It reports whether it is the current one.
func (k *machine) shown(sk plan.StageKey, which string) (review.Digest, bool) {
	now := k.r.Digest(k.r.Stage(sk))
	switch old := k.stale[sk]; {
	case which == "none":
		return "", false
	case which == "older" && len(old) > 0:
		d := old[dice(k.t, "older", len(old))]
		return d, d == now
	}
	return now, true
}

func (k *machine) wildRequest() {
	k.request(mostly(k, "who", member, crowd...), pick(k, "stage", stageKeys...), mostly(k, "shown", "current", "older", "none"), pick(k, "reason", "", "because"))
}

func (k *machine) request(by review.PersonID, sk plan.StageKey, which, reason string) {
	st := k.m.stages[sk]
	shown, current := k.shown(sk, which)
	early := k.m.earlier(st, k.now)
	v := verdict{effect: func() {
		ro := &mRound{sod: k.m.tmpl.SoD, early: early, by: by, digest: k.r.Digest(k.r.Stage(sk))}
		ro.quorum, ro.seats, ro.mandatory = k.m.asks(st)
		st.rounds = append(st.rounds, ro)
	}}
	g := k.m.gate(st, k.now)
	v.refuse("refused", st.waiting() != nil || g == review.GatePassed || g == review.GateConditional || g == review.GateNotNeeded)
	v.refuse("stale", shown != "" && !current)
	v.refuse("blocked", len(k.m.notRequestable(st, k.now)) > 0)
	v.refuse("invalid", k.m.tmpl.Order == plan.OrderAdvisory && len(early) > 0 && reason == "")
	if open := st.waiting(); open != nil && open.by == by && open.digest == shown {
		v = verdict{} // the same form sent twice
	}
	k.do("request "+string(sk), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.Request(k.actor(by), sk, shown, reason, k.now)
	})
}

func (k *machine) wildWithdrawal() {
	sk, by, reason := pick(k, "stage", stageKeys...), mostly(k, "who", owner, crowd...), mostly(k, "reason", "because", "")
	ro := k.m.stages[sk].waiting()
	v := verdict{effect: func() { ro.outcome, ro.endedBy, ro.endedWhy = review.OutcomeWithdrawn, by, reason }}
	v.refuse("invalid", reason == "")
	v.refuse("refused", ro == nil)
	if last := k.m.stages[sk].last(); ro == nil && last != nil && last.outcome == review.OutcomeWithdrawn && last.endedBy == by && last.endedWhy == reason && reason != "" {
		v = verdict{} // the same form sent twice
	}
	k.do("withdraw "+string(sk), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.Withdraw(k.actor(by), sk, reason, k.now)
	})
}

func (k *machine) wildSignOff() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys { // a gate that waits, if there is one
		if k.m.stages[sk].waiting() == nil && k.m.stages[other].waiting() != nil {
			sk = other
		}
	}
	by := mostly(k, "who", pick(k, "holder", archie, enya, enzo, seth, quinn, sri, priya, twin, insider), crowd...)
	if signed := slices.Sorted(maps.Keys(k.m.counting(k.m.stages[sk]))); len(signed) > 0 && k.oneIn(3, "once more") {
		by = pick(k, "signer", signed...)
	}
	seat := pick(k, "any seat", plan.Seats()...)
	if own := k.actor(by).Seats; len(own) > 0 {
		slices.SortFunc(own, func(a, b review.SeatHeld) int { return strings.Compare(string(a.Seat), string(b.Seat)) })
		seat = mostly(k, "seat", own[dice(k.t, "own seat", len(own))].Seat, seat)
	}
	decision := mostly(k, "decision", pick(k, "go", review.Go, review.Go, review.Conditional), review.Return, review.Recuse, review.Decision("perhaps"))
	k.sign(by, sk, seat, decision, mostly(k, "shown", "current", "older", "none"), mostly(k, "finding", "what about x?", ""), k.oneIn(10, "machine"))
}

// sign gives a signature; what it has to say beside the decision is words: a
// finding, a condition or a reason.
func (k *machine) sign(by review.PersonID, sk plan.StageKey, seat plan.Seat, decision review.Decision, which, words string, machine bool) {
	st := k.m.stages[sk]
	ro := st.waiting()
	digest, current := k.shown(sk, which)
	content := k.m.content(st)
	goes := decision == review.Go || decision == review.Conditional
	in := review.NewSignOff{Seat: seat, Decision: decision, Digest: digest}
	var c *mCondition
	switch decision {
	case review.Return:
		in.Findings = []string{words}
	case review.Recuse:
		in.Note = words
	case review.Conditional:
		c = &mCondition{round: len(st.rounds), seat: seat, text: words, owner: pick(k, "owner", owner, member, viewer, nobody), by: by}
		if words != "" && k.oneIn(3, "other words") {
			c.text = "Soon."
		}
		days := mostly(k, "due in", 2, 20, 0, -1)
		c.due = k.today().AddDate(0, 0, days)
		in.Conditions = []review.NewCondition{{Text: c.text, Owner: c.owner, Due: k.later(days)}}
	}
	var holder review.PersonID
	v := verdict{effect: func() { k.signed(st, ro, mSign{by, seat, decision, content, k.now, holder, digest}, words, c) }}
	v.refuse("refused", ro == nil || k.m.status != review.StatusActive)
	v.refuse("stale", !current)
	v.refuse("invalid", !goes && decision != review.Return && decision != review.Recuse || decision != review.Go && words == "" || c != nil && (c.due.Before(k.today()) || !k.m.canFollow(c.owner)))
	if ro != nil {
		holder = k.m.mandate(st, ro, by, seat, goes)
		v.refuse("invalid", !slices.Contains(ro.seats, seat))
		v.refuse("denied", holder == 0)
		if s, signed := k.m.counted(st)[by]; signed && goes {
			v.refuse("refused", s.seat != seat || s.decision != decision || c != nil && !st.hasAsked(c))
			v.effect = nil
		}
		if decision == review.Recuse && ro.steppedBack(by) && k.m.status == review.StatusActive {
			v = verdict{}
		}
	}
	if last := st.last(); ro == nil && last != nil && slices.ContainsFunc(last.given, func(s mSign) bool {
		return s.who == by && s.seat == seat && s.decision == decision && s.digest == digest
	}) {
		v = verdict{} // the same form sent twice: it ended the round
	}
	a := k.actor(by)
	a.Machine = machine
	k.do(fmt.Sprintf("sign %s as %s: %s", sk, seat, decision), by, sk, k.m.sits(by, "") && !machine, v, func(r *review.Review) error {
		return r.SignOff(a, sk, in, k.now)
	})
}

// signed is what a signature does.
func (k *machine) signed(st *mStage, ro *mRound, s mSign, words string, c *mCondition) {
	ro.signs, ro.given = append(ro.signs, s), append(ro.given, s)
	for _, old := range st.conditions {
		if !old.old && old.round == len(st.rounds) && old.by == s.who && !old.closed {
			old.dropped = true
		}
	}
	if c != nil {
		st.conditions = append(st.conditions, c)
	}
	if s.decision == review.Return {
		st.findings = append(st.findings, &mFinding{text: words, by: s.who, round: len(st.rounds)})
		ro.outcome = review.OutcomeReturned
		return
	}
	if s.decision == review.Recuse {
		return
	}
	if seats, people := k.m.missing(st); len(seats) > 0 || people > 0 || len(k.m.inTheWay(st, k.now)) > 0 {
		return
	}
	outcome := review.OutcomePassed
	for _, other := range k.m.counted(st) {
		if other.decision == review.Conditional {
			outcome = review.OutcomeConditional
		}
	}
	ro.records = k.m.recordsNow(st)
	ro.outcome, ro.closing, ro.closedAt = outcome, s.content, k.now
}

// hasAsked reports whether this very condition is the one that its setter has
// asked for in the open round.
func (st *mStage) hasAsked(c *mCondition) bool {
	var asked []*mCondition
	for _, o := range st.conditions {
		if !o.old && o.round == c.round && o.by == c.by && !o.dropped {
			asked = append(asked, o)
		}
	}
	return len(asked) == 1 && asked[0].text == c.text && asked[0].owner == c.owner && asked[0].due.Equal(c.due)
}

func (k *machine) wildReply() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys {
		if len(k.m.stages[sk].findings) == 0 {
			sk = other
		}
	}
	k.reply(mostly(k, "who", member, crowd...), sk, dice(k.t, "finding", len(k.m.stages[sk].findings)+2), pick(k, "answer", "done", "it is not so", ""))
}

func (k *machine) reply(by review.PersonID, sk plan.StageKey, no int, answer string) {
	st := k.m.stages[sk]
	there := no >= 1 && no <= len(st.findings)
	v := verdict{}
	v.refuse("not found", !there)
	v.refuse("invalid", answer == "")
	v.refuse("refused", k.m.status == review.StatusStopped)
	if there && st.findings[no-1].answer != answer {
		f := st.findings[no-1]
		v.refuse("refused", f.answer != "" && st.waiting() != nil)
		v.effect = func() { f.answer, f.answeredBy, f.answeredAt, f.accepted, f.why = answer, by, k.now, false, "" }
	}
	read := k.read(&v, sk, "finding", no)
	k.do(fmt.Sprintf("reply %s %d %q", sk, no, answer), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.AnswerFinding(k.actor(by), sk, no, read(r), answer, k.now)
	})
}

// --- the project

func (k *machine) wildEdit() {
	by := pick(k, "who", owner, deputy, manager, pick(k, "anybody", crowd...))
	p := &k.r.Project
	f := review.ProjectFields{Name: mostly(k, "name", p.Name, "Payments", "Till", ""), Team: p.Team, Tier: mostly(k, "tier", p.Tier, 1, 2, 3, 4), Exposure: mostly(k, "exposure", p.Exposure, plan.Exposures()...), Restricted: p.Restricted}
	if k.oneIn(6, "restrict") {
		f.Restricted = !f.Restricted
	}
	f.Reason = mostly(k, "why", "We looked again.", " ")
	profile, open := map[plan.Flag]bool{}, map[plan.Flag]bool{}
	for _, flag := range []plan.Flag{"pii", "ml", "public"} {
		if k.m.profile[flag] != (k.oneIn(4, string(flag))) {
			profile[flag] = true
			f.Profile = append(f.Profile, flag)
			if k.oneIn(3, "not yet") {
				open[flag] = true
				f.Unanswered = append(f.Unanswered, flag)
			}
		}
	}
	var ask *mRetraction
	if f.Tier < 4 && len(k.m.weaker(int(f.Tier), profile, open)) > 0 {
		ask = &mRetraction{map[plan.Flag]bool{}, by, f.Reason}
		for flag := range k.m.profile {
			if k.m.yes(flag) && (!profile[flag] || open[flag]) {
				ask.back[flag], profile[flag] = open[flag], true
				delete(open, flag)
			}
		}
	}
	unchanged := f.Name == k.m.name && int(f.Tier) == k.m.tier && f.Exposure == k.m.exposure && f.Restricted == k.m.restricted && fmt.Sprint(profile, open) == fmt.Sprint(k.m.profile, k.m.open) &&
		(ask == nil || reflect.DeepEqual(ask, k.m.retraction))
	v := verdict{effect: func() {
		for flag := range k.m.profile {
			if k.m.retraction == nil {
				break
			}
			if _, back := k.m.retraction.back[flag]; back && (!profile[flag] || open[flag]) {
				k.m.retraction = nil
			}
		}
		if ask != nil {
			k.m.retraction = ask
		}
		if fmt.Sprint(profile, open) != fmt.Sprint(k.m.profile, k.m.open) {
			k.m.answers.By, k.m.answers.Changed = by, k.m.answers.Confirmed != 0
		}
		k.m.name, k.m.tier, k.m.exposure, k.m.restricted, k.m.profile, k.m.open = f.Name, int(f.Tier), f.Exposure, f.Restricted, profile, open
		k.m.answered()
	}}
	v.refuse("invalid", ask != nil && f.Reason == " ")
	v.refuse("refused", ask != nil && k.m.status == review.StatusStopped)
	v.refuse("invalid", f.Name == "" || f.Tier == 4)
	v.refuse("denied", int(f.Tier) > k.m.tier && !k.m.hasRole(by, review.RoleManager, review.RoleAdmin))
	then := *k.m
	then.exposure = f.Exposure
	for _, st := range k.m.stages {
		if k.m.needed(st) && !then.needed(st) {
			v.refuse("denied", !k.m.hasRole(by, review.RoleManager, review.RoleAdmin))
			v.refuse("invalid", f.Reason == " ")
		}
	}
	if unchanged {
		v.effect = nil
	}
	k.do(fmt.Sprintf("edit to %q tier %d %s %v %t", f.Name, f.Tier, f.Exposure, f.Profile, f.Restricted)+fmt.Sprintf(", open %v", f.Unanswered), by, "", k.m.leads(by), v, func(r *review.Review) error {
		return r.Edit(k.actor(by), f, k.now)
	})
}

// answered brings the stages to the answers about the project.
func (m *model) answered() {
	m.settle()
	for _, st := range m.stages {
		quorum, seats, mandatory := m.asks(st)
		if ro := st.waiting(); ro != nil && (!m.needed(st) || fmt.Sprint(quorum, seats, mandatory) != fmt.Sprint(ro.quorum, ro.seats, ro.mandatory)) {
			ro.outcome = review.OutcomeWithdrawn
		}
	}
}

// wildRetraction approves that answers be taken back, or turns it down.
func (k *machine) wildRetraction() {
	ask := k.m.retraction
	if ask == nil {
		k.wildEdit()
		return
	}
	losing := k.m.losing()
	by := mostly(k, "who", pick(k, "anybody", crowd...), ask.by)
	if len(losing) > 0 {
		by = mostly(k, "who", pick(k, "holder", k.sitting(pick(k, "gate", losing...))...), by)
	}
	sits := false
	for _, st := range losing {
		_, seats, _ := k.m.asks(st)
		sits = sits || k.m.sitsAt(by, seats, ask.by)
	}
	outdated := k.oneIn(12, "outdated")
	shown := func(r *review.Review) review.Digest {
		if outdated {
			return "another"
		}
		return r.RetractionDigest()
	}
	v := verdict{}
	v.refuse("refused", k.m.status == review.StatusStopped)
	v.refuse("outdated", outdated)
	if k.oneIn(4, "turn down") {
		reason := mostly(k, "reason", "It keeps names.", "")
		v.effect = func() { k.m.retraction = nil }
		v.refuse("invalid", reason == "")
		v.refuse("denied", !k.m.leads(by) && (by == ask.by || !sits))
		v.refuse("refused", !k.m.leads(by) && len(losing) == 0)
		k.do("keep the answers", by, "", k.m.leads(by) || k.m.sits(by, ""), v, func(r *review.Review) error {
			return r.RefuseRetraction(k.actor(by), shown(r), reason, k.now)
		})
		return
	}
	v.effect = func() {
		for f, later := range ask.back {
			if k.m.open[f] = later; !later {
				delete(k.m.profile, f)
				delete(k.m.open, f)
			}
		}
		k.m.answers.By, k.m.answers.Changed, k.m.retraction = ask.by, k.m.answers.Confirmed != 0, nil
		k.m.answered()
	}
	v.refuse("denied", by == ask.by || len(losing) > 0 && !sits)
	v.refuse("refused", len(losing) == 0)
	k.do("take the answers back", by, "", k.m.sits(by, ""), v, func(r *review.Review) error {
		return r.ApproveRetraction(k.actor(by), shown(r), k.now)
	})
}

// wildConfirm confirms the answers about the project.
func (k *machine) wildConfirm() {
	by := mostly(k, "who", pick(k, "leader", owner, deputy, manager, enya), crowd...)
	outdated := k.oneIn(12, "outdated")
	v := verdict{effect: func() { k.m.answers = review.Answers{By: k.m.answers.By, Confirmed: by, At: k.now} }}
	seated, sits := false, false
	for _, h := range k.actor(by).Seats {
		if h.Scope != review.Everywhere && h.Scope != review.Scope(project) {
			continue
		}
		seated = true
		for _, st := range k.m.stages {
			_, seats, _ := k.m.asks(st)
			sits = sits || slices.Contains(seats, h.Seat) && (h.For == 0 || h.For != k.m.answers.By)
		}
	}
	v.refuse("denied", !k.m.leads(by) && !sits)
	v.refuse("refused", by == k.m.answers.By)
	v.refuse("refused", len(k.m.open) > 0)
	v.refuse("refused", k.m.status == review.StatusStopped)
	v.refuse("outdated", outdated)
	if k.m.answers.Hold() && !outdated {
		v = verdict{}
	}
	k.do("confirm the answers", by, "", k.m.leads(by) || seated, v, func(r *review.Review) error {
		shown := r.Project.AnswersDigest()
		if outdated {
			shown = "another"
		}
		return r.ConfirmProfile(k.actor(by), shown, k.now)
	})
}

// wildTags puts tags on the project and takes others off.
func (k *machine) wildTags() {
	by := pick(k, "who", owner, deputy, manager, pick(k, "anybody", crowd...))
	words := []string{"pci", "mobile", "größe", "2026", "a,b", strings.Repeat("x", 33), " "}
	add, remove := pick(k, "tag", words...), pick(k, "gone", words...)
	many := k.oneIn(20, "many")
	added := []string{strings.ToUpper(add)}
	if many {
		for i := range 13 {
			added = append(added, fmt.Sprint("n", i))
		}
	}
	tags := map[string]bool{}
	for tag := range k.m.tags {
		tags[tag] = tag != remove
	}
	for _, tag := range added {
		tags[strings.ToLower(tag)] = true
	}
	maps.DeleteFunc(tags, func(tag string, is bool) bool { return !is || tag == " " })
	v := verdict{effect: func() { k.m.tags = tags }}
	v.refuse("invalid", add == "a,b" || len(add) == 33)
	v.refuse("invalid", many)
	if maps.Equal(tags, k.m.tags) {
		v.effect = nil
	}
	k.do(fmt.Sprintf("tag %q, and not %q", added, remove), by, "", k.m.leads(by), v, func(r *review.Review) error {
		return r.Retag(k.actor(by), added, []string{remove}, k.now)
	})
}

func (k *machine) wildDuty() {
	k.setDuty(mostly(k, "who", owner, crowd...), pick(k, "person", owner, deputy, member, mate, insider, enya, nobody, 0), pick(k, "duty", review.DutyOwner, review.DutyDeputy, review.DutyMember, review.DutyMember, "", "boss"))
}

func (k *machine) setDuty(by, person review.PersonID, d review.Duty) {
	from := k.m.duties[person]
	v := verdict{effect: func() {
		if d == review.DutyOwner || d == review.DutyDeputy {
			for p, other := range k.m.duties {
				if other == d {
					k.m.duties[p] = review.DutyMember
				}
			}
		}
		k.m.duties[person] = d
		if d == "" {
			delete(k.m.duties, person)
			k.m.handOver(person, 0)
		}
	}}
	v.refuse("invalid", person == 0 || d == "boss")
	v.refuse("refused", from == review.DutyOwner && d != from)
	if from == d {
		v.effect = nil
	}
	k.do(fmt.Sprintf("make %d %q", person, d), by, "", k.m.leads(by), v, func(r *review.Review) error {
		return r.SetDuty(k.actor(by), person, d, k.now)
	})
}

func (k *machine) wildStatus() {
	sk := pick(k, "stage", "", design, build, run, "launch")
	for _, other := range stageKeys { // a gate that waits, if there is one
		if k.m.stages[other].waiting() != nil && !k.oneIn(3, "elsewhere") {
			sk = other
		}
	}
	k.setStatus(mostly(k, "who", pick(k, "entitled", owner, manager), deputy, pick(k, "anybody", crowd...)), sk,
		pick(k, "status", review.StatusActive, review.StatusOnHold, review.StatusStopped, "asleep"), mostly(k, "reason", "because", ""))
}

func (k *machine) setStatus(by review.PersonID, sk plan.StageKey, to review.Status, reason string) {
	st := k.m.stages[sk]
	v := verdict{effect: func() {
		k.m.status = to
		if st == nil || st.waiting() == nil {
			return
		}
		switch to {
		case review.StatusOnHold:
			st.waiting().outcome = review.OutcomeOnHold
		case review.StatusStopped:
			st.waiting().outcome = review.OutcomeStopped
		}
	}}
	v.refuse("invalid", reason == "" || to == "asleep")
	v.refuse("not found", sk == "launch" && to != review.StatusActive && to != k.m.status)
	if to == k.m.status {
		v.effect = nil
	}
	k.do(fmt.Sprintf("%s at %q", to, sk), by, "", k.m.duties[by] == review.DutyOwner || k.m.hasRole(by, review.RoleManager), v, func(r *review.Review) error {
		return r.SetStatus(k.actor(by), sk, to, reason, k.now)
	})
}

// wildRights gives or takes a seat or a role, which is nobody's command here.
func (k *machine) wildRights() {
	p := pick(k, "person", archie, enya, enzo, seth, quinn, sri, priya, twin, insider, member)
	if k.m.seats[p] == nil {
		k.m.seats[p] = map[place]time.Time{}
	}
	if k.oneIn(6, "role") {
		k.m.roles[p] = pick(k, "roles", nil, []review.Role{review.RoleViewer}, []review.Role{review.RoleManager})
	}
	pl := place{pick(k, "seat", plan.SeatArchitecture, plan.SeatEngineering, plan.SeatQA, plan.SeatSRE), pick(k, "scope", review.Everywhere, review.Scope(project), review.Scope(project+1))}
	var signed []place // seats that carry a signature are the ones worth taking away
	for _, st := range k.m.stages {
		for who, seat := range k.m.counting(st) {
			if who == p {
				signed = append(signed, place{seat, review.Scope(project)}, place{seat, review.Everywhere})
			}
		}
	}
	slices.SortFunc(signed, func(a, b place) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	if len(signed) > 0 {
		pl = mostly(k, "signed", pick(k, "signed seat", signed...), pl)
	}
	if _, holds := k.m.seats[p][pl]; holds {
		delete(k.m.seats[p], pl)
		if rapid.Bool().Draw(k.t, "at once again") {
			k.now = k.now.Add(time.Microsecond)
			k.m.seats[p][pl] = k.now
		}
	} else {
		k.m.seats[p][pl] = k.now
	}
	k.lists.next = k.now // changes of rights have the sweep look at what they touch
	k.t.Logf("%d now holds %v", p, k.m.seats[p])
	k.check()
}
