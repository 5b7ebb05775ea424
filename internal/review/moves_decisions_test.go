package review_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// --- waivers

func (k *machine) wildWaiver() {
	sk, it := k.wildItem()
	k.waive(mostly(k, "who", pick(k, "teammate", member, mate, insider), crowd...), sk, it.def.Key, pick(k, "reason", "late", "later", ""),
		k.later(mostly(k, "days", 10, 0, -1, 366, 367)))
}

func (k *machine) waive(by review.PersonID, sk plan.StageKey, ik plan.ItemKey, reason, until string) {
	st := k.m.stages[sk]
	it := st.items[ik]
	end, _ := time.Parse("2006-01-02", until)
	w := &mWaiver{item: ik, reason: reason, risk: "r", measure: "m", until: end, by: by}
	v := verdict{effect: func() {
		st.lastWaiver++
		w.no = st.lastWaiver
		st.waivers = append(st.waivers, w)
	}}
	v.refuse("invalid", reason == "" || !end.After(k.now) || end.After(k.now.AddDate(0, 0, 366)))
	v.refuse("refused", k.m.level(it) == "" || k.m.level(it) == plan.LevelMay || k.m.status == review.StatusStopped)
	for _, o := range st.waivers {
		if o.item != ik {
			continue
		}
		switch o.state(k.now) {
		case "in force":
			v.refuse("refused", true)
		case "waiting":
			v.refuse("refused", o.by != by || o.reason != reason || !o.until.Equal(end))
			v.effect = nil
		}
	}
	k.do(fmt.Sprintf("waive %s until %s", ik, until), by, sk, k.m.onTeam(by), v, func(r *review.Review) error {
		return r.RequestWaiver(k.actor(by), sk, ik, review.NewWaiver{Reason: reason, Risk: "r", Measure: "m", Until: until}, k.now)
	})
}

func (k *machine) wildVerdict() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys {
		if len(k.m.stages[sk].waivers) == 0 {
			sk = other
		}
	}
	st := k.m.stages[sk]
	by := mostly(k, "who", manager, append(k.sitting(st), crowd...)...)
	if n := len(st.waivers); n > 0 && k.oneIn(5, "requester") {
		by = st.waivers[n-1].by
	}
	k.decide(by, sk, mostly(k, "newest", st.newestWaiver(), dice(k.t, "waiver", len(st.waivers)+2)), pick(k, "verdict", "grant", "grant", "deny", "extend", "revoke"), k.later(mostly(k, "days", 40, 0, 1, 400)))
}

// decide grants, denies, extends or revokes a waiver.
func (k *machine) decide(by review.PersonID, sk plan.StageKey, no int, what, until string) {
	st := k.m.stages[sk]
	v := verdict{}
	w := st.waiver(no)
	v.refuse("not found", w == nil)
	v.refuse("refused", k.m.status == review.StatusStopped)
	end, _ := time.Parse("2006-01-02", until)
	v.refuse("invalid", what == "extend" && (!end.After(k.now) || end.After(k.now.AddDate(0, 0, 366))))
	if w != nil {
		_, seats, _ := k.m.asks(st)
		v.refuse("denied", w.by == by || !k.m.hasRole(by, review.RoleManager) && !k.m.sitsAt(by, seats, w.by))
		state := w.state(k.now)
		v.refuse("refused", k.m.level(st.items[w.item]) == "" && (what == "grant" && state == "waiting" || what == "extend" && state == "in force" && !end.Equal(w.until)))
		switch {
		case what == "grant" && state == "waiting":
			v.effect = func() { w.granted, w.grantedBy, w.grantedAt = true, by, k.now }
		case what == "deny" && state == "waiting":
			v.effect = func() { w.denied, w.deniedBy = true, by }
		case what == "revoke" && state == "in force":
			v.effect = func() { w.takenBack = true }
		case what == "extend" && state == "in force":
			v.refuse("invalid", end.Before(w.until))
			if !end.Equal(w.until) {
				v.effect = func() { w.until = end }
			}
		case what == "grant" && state == "in force", what == "deny" && state == "denied" && w.deniedBy == by, what == "revoke" && state == "revoked":
		default:
			v.refuse("refused", true)
		}
	}
	read := k.read(&v, sk, "waiver", no)
	a := k.actor(by)
	machine := k.oneIn(12, "machine")
	a.Machine = machine
	k.do(fmt.Sprintf("%s waiver %d of %s", what, no, sk), by, sk, (k.m.hasRole(by, review.RoleManager) || k.m.sits(by, "")) && !machine, v, func(r *review.Review) error {
		switch what {
		case "grant":
			return r.GrantWaiver(a, sk, no, read(r), "", k.now)
		case "deny":
			return r.DenyWaiver(a, sk, no, read(r), "no", k.now)
		case "extend":
			return r.ExtendWaiver(a, sk, no, read(r), until, "more", k.now)
		}
		return r.RevokeWaiver(a, sk, no, read(r), "enough", k.now)
	})
}

// --- conditions and findings

// followUp does one thing about the conditions on which a gate has passed.
func (k *machine) followUp(sk plan.StageKey, st *mStage) {
	for i, c := range st.conditions {
		switch {
		case !slices.Contains(st.due(), c):
			continue
		case k.oneIn(8, "release"):
			k.release(mostly(k, "who", c.by, pick(k, "holder", k.sitting(st)...)), sk, i+1, "no need")
		case c.metBy == 0:
			k.meet(mostly(k, "who", c.owner, owner, deputy), sk, i+1, "done")
		default:
			k.judge(mostly(k, "who", c.by, pick(k, "holder", k.sitting(st)...)), sk, i+1, mostly(k, "judgement", "confirm", "reopen"), "hm")
		}
		return
	}
	k.wildVerdict()
}

func (k *machine) wildCondition() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys {
		if len(k.m.stages[sk].conditions) == 0 {
			sk = other
		}
	}
	st := k.m.stages[sk]
	no := dice(k.t, "condition", len(st.conditions)+2)
	if k.oneIn(2, "judge") {
		k.judge(pick(k, "who", pick(k, "holder", k.sitting(st)...), pick(k, "anybody", crowd...)), sk, no, pick(k, "judgement", "confirm", "reopen"), mostly(k, "reason", "hm", ""))
		return
	}
	if no >= 1 && no <= len(st.conditions) && st.conditions[no-1].releasedBy != 0 && k.oneIn(2, "sent twice") {
		c := st.conditions[no-1]
		k.release(c.releasedBy, sk, no, c.released)
		return
	}
	if k.oneIn(4, "release") {
		k.release(pick(k, "who", pick(k, "holder", k.sitting(st)...), pick(k, "anybody", crowd...)), sk, no, mostly(k, "reason", "no need", ""))
		return
	}
	k.meet(mostly(k, "who", pick(k, "owner", owner, member, viewer), crowd...), sk, no, pick(k, "note", "done", "really done", ""))
}

// condition is one of the model's, with what speaks against touching it.
func (k *machine) condition(v *verdict, st *mStage, no int) *mCondition {
	v.refuse("not found", no < 1 || no > len(st.conditions))
	v.refuse("refused", k.m.status == review.StatusStopped)
	if no < 1 || no > len(st.conditions) {
		return nil
	}
	c := st.conditions[no-1]
	v.refuse("refused", !st.binds(c) && (c.dropped || st.rounds[c.round-1].outcome != ""))
	return c
}

// setIn is the round in which a condition was set, as far as it says who may
// not decide on it.
func (k *machine) setIn(st *mStage, c *mCondition) *mRound {
	if c.old {
		return &mRound{sod: k.m.tmpl.SoD}
	}
	return st.rounds[c.round-1]
}

// read is the digest that somebody had before them. Now and then it is that of
// something else, and then whatever would have had an effect is refused.
func (k *machine) read(v *verdict, sk plan.StageKey, kind string, no int) func(*review.Review) review.Digest {
	if !k.oneIn(10, "outdated") {
		return func(r *review.Review) review.Digest { return shown(r, sk, kind, no) }
	}
	v.refuse("outdated", v.effect != nil || len(v.others) > 0)
	return func(*review.Review) review.Digest { return review.Digest(repeat("0", 64)) }
}

func (k *machine) meet(by review.PersonID, sk plan.StageKey, no int, note string) {
	v := verdict{}
	c := k.condition(&v, k.m.stages[sk], no)
	v.refuse("invalid", note == "")
	if c != nil {
		v.refuse("denied", by != c.owner && k.m.duties[by] != review.DutyOwner && k.m.duties[by] != review.DutyDeputy)
		if !c.closed && (c.metBy == 0 || c.note != note) {
			v.effect = func() { c.metBy, c.note, c.why = by, note, "" }
		}
	}
	read := k.read(&v, sk, "condition", no)
	may := k.m.onTeam(by) || k.m.sits(by, "") || k.m.hasRole(by, review.RoleViewer, review.RoleManager, review.RoleAdmin)
	k.do(fmt.Sprintf("meet condition %d of %s", no, sk), by, sk, may, v, func(r *review.Review) error {
		return r.MeetCondition(k.actor(by), sk, no, read(r), note, k.now)
	})
}

// mayJudge reports whether p may say whether what was asked for in a seat was
// done by somebody: p sits there now, not for a doer, and may sign the round,
// as may whom they sit there for.
func (k *machine) mayJudge(st *mStage, ro *mRound, p review.PersonID, seat plan.Seat, doers ...review.PersonID) bool {
	for _, holder := range k.m.inWhosePlace(p, seat) {
		if !slices.Contains(doers, p) && !slices.Contains(doers, holder) && !k.m.barred(st, ro, p, holder) {
			return true
		}
	}
	return false
}

func (k *machine) judge(by review.PersonID, sk plan.StageKey, no int, what, why string) {
	st := k.m.stages[sk]
	v := verdict{}
	c := k.condition(&v, st, no)
	v.refuse("invalid", what == "reopen" && why == "")
	if c != nil {
		v.refuse("denied", !k.mayJudge(st, k.setIn(st, c), by, c.seat, c.metBy))
		switch {
		case what == "confirm" && c.closed, what == "reopen" && c.metBy == 0 && c.why == why:
		case what == "confirm":
			v.refuse("refused", c.metBy == 0)
			v.effect = func() { c.closed = true }
		default:
			v.refuse("refused", c.closed || c.metBy == 0)
			v.effect = func() { c.metBy, c.why = 0, why }
		}
	}
	read := k.read(&v, sk, "condition", no)
	k.do(fmt.Sprintf("%s condition %d of %s", what, no, sk), by, sk, k.m.sits(by, ""), v, func(r *review.Review) error {
		if what == "confirm" {
			return r.ConfirmCondition(k.actor(by), sk, no, read(r), k.now)
		}
		return r.ReopenCondition(k.actor(by), sk, no, read(r), why, k.now)
	})
}

// release takes a condition back.
func (k *machine) release(by review.PersonID, sk plan.StageKey, no int, why string) {
	st := k.m.stages[sk]
	v := verdict{}
	c := k.condition(&v, st, no)
	v.refuse("invalid", why == "")
	if c != nil {
		v.refuse("denied", !k.mayJudge(st, k.setIn(st, c), by, c.seat, append(c.former, c.metBy, c.owner)...))
		v.refuse("refused", c.closed || !st.binds(c))
		v.effect = func() { c.dropped, c.releasedBy, c.released = true, by, why }
		if c.releasedBy == by && c.released == why {
			v = verdict{} // the same form sent twice
		}
	}
	read := k.read(&v, sk, "condition", no)
	k.do(fmt.Sprintf("release condition %d of %s", no, sk), by, sk, k.m.sits(by, ""), v, func(r *review.Review) error {
		return r.ReleaseCondition(k.actor(by), sk, no, read(r), why, k.now)
	})
}

// wildJudgement accepts the answer to a finding, or does not.
func (k *machine) wildJudgement() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys {
		if len(k.m.stages[sk].findings) == 0 {
			sk = other
		}
	}
	st := k.m.stages[sk]
	no := mostly(k, "newest", len(st.findings), dice(k.t, "finding", len(st.findings)+2))
	by := pick(k, "who", pick(k, "holder", k.sitting(st)...), pick(k, "anybody", crowd...))
	if n := len(st.findings); n > 0 {
		by = mostly(k, "who raised it", st.findings[n-1].by, by)
	}
	accept, why := k.oneIn(2, "accept"), mostly(k, "reason", "hm", "")
	v := verdict{}
	v.refuse("not found", no < 1 || no > len(st.findings))
	v.refuse("refused", k.m.status == review.StatusStopped)
	v.refuse("invalid", !accept && why == "")
	if no >= 1 && no <= len(st.findings) {
		f := st.findings[no-1]
		doer := f.answeredBy
		if f.answer == "" {
			doer = 0
		}
		ro, seat := st.rounds[f.round-1], plan.Seat("")
		for _, s := range ro.signs {
			if s.who == f.by {
				seat = s.seat
			}
		}
		v.refuse("denied", by == doer || !k.mayJudge(st, ro, by, seat, doer))
		switch {
		case accept && f.accepted, !accept && f.answer == "" && f.why == why:
		case accept:
			v.refuse("refused", f.answer == "")
			v.effect = func() { f.accepted = true }
		default:
			v.refuse("refused", f.accepted || f.answer == "")
			v.effect = func() { f.answer, f.answeredBy, f.answeredAt, f.why = "", 0, time.Time{}, why }
		}
	}
	read := k.read(&v, sk, "finding", no)
	k.do(fmt.Sprintf("judge finding %d of %s: %t", no, sk, accept), by, sk, k.m.sits(by, ""), v, func(r *review.Review) error {
		if accept {
			return r.AcceptFinding(k.actor(by), sk, no, read(r), k.now)
		}
		return r.ReopenFinding(k.actor(by), sk, no, read(r), why, k.now)
	})
}

// --- break-glass

func (k *machine) wildForce() {
	sk, by := pick(k, "stage", stageKeys...), mostly(k, "who", manager, crowd...)
	if !k.oneIn(3, "force") {
		sk, by = run, manager // a service that is live, for what comes after
	}
	st := k.m.stages[sk]
	days, reason := mostly(k, "days", 10, 0, -1, 30, 31), mostly(k, "reason", "fire", "")
	v := verdict{effect: func() {
		ro := st.waiting()
		if ro == nil {
			ro = &mRound{sod: k.m.tmpl.SoD}
			ro.quorum, ro.seats, ro.mandatory = k.m.asks(st)
			st.rounds = append(st.rounds, ro)
		}
		ro.records = k.m.recordsNow(st)
		ro.outcome, ro.closing, ro.closedAt, ro.forcedBy = review.OutcomeForced, k.m.content(st), k.now, by
		ro.endedWhy = reason
	}}
	v.refuse("invalid", days < 0 || days == 31 || reason == "")
	v.refuse("refused", k.m.status != review.StatusActive || open[k.m.gate(st, k.now)])
	if last := st.last(); last != nil && last.outcome == review.OutcomeForced && last.forcedBy == by && last.endedWhy == reason && last.closing == k.m.content(st) && last.reopened == 0 && days >= 0 && days != 31 {
		v = verdict{} // the same form sent twice
	}
	k.do("force "+string(sk), by, sk, k.m.hasRole(by, review.RoleManager), v, func(r *review.Review) error {
		return r.Force(k.actor(by), sk, r.Digest(r.Stage(sk)), reason, k.later(days), k.now)
	})
}

// wildReopening takes back that a gate has passed, if there is one to be found.
func (k *machine) wildReopening() {
	sk := pick(k, "stage", stageKeys...)
	for _, other := range stageKeys {
		if open[k.m.gate(k.m.stages[other], k.now)] && !k.oneIn(3, "elsewhere") {
			sk = other
		}
	}
	st := k.m.stages[sk]
	by := mostly(k, "who", pick(k, "lead", owner, manager, pick(k, "holder", k.sitting(st)...)), crowd...)
	no := mostly(k, "round", len(st.rounds), 0, 1, len(st.rounds)+1)
	reason, impact := mostly(k, "reason", "a leak", "another", ""), mostly(k, "impact", "it waits", "")
	v := verdict{}
	there := no >= 1 && no <= len(st.rounds)
	v.refuse("not found", !there)
	v.refuse("invalid", reason == "" || impact == "")
	leads := k.m.hasRole(by, review.RoleManager) || slices.Contains([]review.Duty{review.DutyOwner, review.DutyDeputy}, k.m.duties[by])
	if there {
		ro := st.rounds[no-1]
		v.refuse("denied", !leads && !k.m.sitsAt(by, ro.seats, -1))
		if ro.reopened != by || ro.reopenWhy != reason { // not the same form sent twice
			v.refuse("refused", k.m.status != review.StatusActive || ro != st.last() || !open[k.m.gate(st, k.now)] || !k.m.needed(st))
			v.effect = func() { ro.reopened, ro.reopenWhy = by, reason }
		}
	}
	may := leads || k.m.sits(by, "")
	k.do(fmt.Sprintf("reopen %s, round %d", sk, no), by, sk, may, v, func(r *review.Review) error {
		return r.Reopen(k.actor(by), sk, review.NewReopening{Round: no, Reason: reason, Impact: impact}, k.now)
	})
}

func (k *machine) wildLookBack() {
	sk, no := pick(k, "stage", stageKeys...), 0
	for _, other := range stageKeys { // one that is owed, if there is one
		for i, ro := range k.m.stages[other].rounds {
			if ro.outcome == review.OutcomeForced && !k.oneIn(4, "elsewhere") {
				sk, no = other, i+1
			}
		}
	}
	if no == 0 {
		no = dice(k.t, "round", len(k.m.stages[sk].rounds)+2)
	}
	st := k.m.stages[sk]
	by := pick(k, "who", pick(k, "holder", k.sitting(st)...), pick(k, "anybody", crowd...))
	note := mostly(k, "note", "it was right", "")
	v := verdict{}
	there := no >= 1 && no <= len(st.rounds) && st.rounds[no-1].outcome == review.OutcomeForced
	v.refuse("not found", !there)
	v.refuse("invalid", note == "")
	if there {
		ro := st.rounds[no-1]
		apart := k.m.hasRole(by, review.RoleManager)
		for _, seat := range ro.seats {
			apart = apart || k.mayJudge(st, ro, by, seat, ro.forcedBy)
		}
		v.refuse("denied", by == ro.forcedBy || !apart || k.m.barred(st, ro, by, by))
		if ro.reviewer == 0 {
			v.effect = func() { ro.reviewer = by }
		}
		v.refuse("refused", ro.reviewer != 0 && ro.reviewer != by)
	}
	k.do(fmt.Sprintf("look back at %s, round %d", sk, no), by, sk, k.m.hasRole(by, review.RoleManager) || k.m.sits(by, ""), v, func(r *review.Review) error {
		return r.CloseRetrospective(k.actor(by), sk, no, note, k.now)
	})
}

// --- stand-ins and reviews

// wildLoan lets somebody stand in for a holder, or ends that, which is nobody's
// command here.
func (k *machine) wildLoan() {
	if n := len(k.m.loans); n > 0 && k.oneIn(3, "end") {
		i := dice(k.t, "loan", n)
		k.t.Logf("%d stands in for %d no longer", k.m.loans[i].to, k.m.loans[i].holder)
		k.m.loans = slices.Delete(k.m.loans, i, i+1)
		k.check()
		return
	}
	holder := pick(k, "holder", archie, enya, quinn, sri, priya, twin, insider)
	to := pick(k, "stand-in", viewer, manager, enzo, enya, twin, insider, nobody, member)
	for _, seat := range plan.Seats() {
		for _, scope := range []review.Scope{review.Everywhere, review.Scope(project), review.Scope(project + 1)} {
			pl := place{seat, scope}
			if _, holds := k.m.seats[holder][pl]; holds && holder != to {
				k.m.loans = append(k.m.loans, &mLoan{to, holder, pl, k.now})
				k.t.Logf("%d stands in for %d in %v", to, holder, pl)
			}
		}
	}
	k.check()
}

func (k *machine) wildReview() {
	k.startReview(mostly(k, "who", owner, crowd...), mostly(k, "reason", "a year has passed", ""), k.oneIn(10, "machine"))
}

func (k *machine) startReview(by review.PersonID, reason string, machine bool) {
	last := k.m.stages[run].passedLast()
	v := verdict{effect: func() {
		k.m.no, k.m.before = k.m.no+1, last.closedAt
		k.m.plan.upgrade, k.m.plan.wishes = nil, map[plan.ItemKey]mWish{}
		for _, st := range k.m.stages {
			st.rounds, st.findings, st.conditions = nil, nil, st.due()
			st.target, st.milestone = "", ""
			for _, c := range st.conditions {
				c.old = true
			}
			for _, it := range st.items {
				it.said = it.said[max(0, len(it.said)-1):]
				it.again = (it.again || it.def.ValidDays > 0) && it.state != review.Open
			}
		}
	}}
	v.refuse("invalid", reason == "")
	v.refuse("refused", last == nil || k.m.status != review.StatusActive || len(k.m.owed()) > 0)
	for _, st := range k.m.stages {
		v.refuse("refused", st.waiting() != nil)
		for _, f := range st.findings {
			v.refuse("refused", f.answer == "")
		}
	}
	a := k.actor(by)
	a.Machine = machine
	may := k.m.duties[by] == review.DutyOwner || k.m.duties[by] == review.DutyDeputy || k.m.hasRole(by, review.RoleManager)
	k.do("start the next review", by, "", may && !machine, v, func(r *review.Review) error {
		return r.StartReview(a, r.No, reason, k.now)
	})
}
