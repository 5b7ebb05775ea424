package review_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// mPlan is what the model knows of the project's plan.
type mPlan struct {
	versions [2]*plan.Lifecycle
	second   bool // the plan follows the second version
	module   bool // it has the module
	terms    int  // the version of the readiness definition that it has; 0: none
	policy   bool // the gates ask for the policy
	own      []mOwn
	added    int // own items, ever
	raised   map[plan.ItemKey]plan.Level
	lowered  map[plan.ItemKey]mLowered
	wishes   map[plan.ItemKey]mWish
	aside    map[plan.ItemKey]*mItem
	upgrade  *mUpgrade
}

type mOwn struct {
	stage plan.StageKey
	item  plan.Item
	at    time.Time
	no    int // of the review in which it was added
}

type mLowered struct {
	to   plan.Level
	tier int
}

type mWish struct {
	stage  plan.StageKey
	to     plan.Level
	by     review.PersonID
	reason string
}

// mUpgrade is the last upgrade, as long as it can be undone.
type mUpgrade struct {
	made      string // of what the plan was made by it
	at        time.Time
	reconfirm []plan.ItemKey
}

// made is what the plan is made of.
func (m *model) made() string {
	words := fmt.Sprint(m.plan.second, m.plan.module, m.plan.terms, m.plan.policy)
	for _, o := range m.plan.own {
		words += fmt.Sprint(" ", o.item.Key)
	}
	return fmt.Sprint(words, m.plan.raised, m.plan.lowered)
}

// secondVersion asks something else of one item, calls another by a better name,
// moves one, drops one, adds one, and has one more seat without fail.
func secondVersion(first *plan.Lifecycle) *plan.Lifecycle {
	l := *first
	l.Version++
	l.Stages = slices.Clone(first.Stages)
	for i := range l.Stages {
		s := &l.Stages[i]
		s.Items, s.Gate.Seats = slices.Clone(s.Items), slices.Clone(s.Gate.Seats)
	}
	des, bld, rn := &l.Stages[0], &l.Stages[1], &l.Stages[2]
	des.Items[0].Title = "Decisions are written down and found"
	tests := bld.Items[0]
	tests.Title, tests.SameAs = "Each change is tested", []string{tests.Title}
	bld.Items = bld.Items[1:]
	bld.Gate.Seats[1].Mandatory = true
	rn.Items = append(rn.Items[:1:1], rn.Items[2], tests, plan.Item{
		Key: "fresh", Title: "Backups are read back", Levels: [3]plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay}, Evidence: []plan.EvidenceKind{"doc"},
	})
	return &l
}

// replan brings the stages of the model to the plan: items with what is known of
// them, by their keys, and their evidence and waivers with them.
func (m *model) replan() {
	base := m.plan.versions[0]
	if m.plan.second {
		base = m.plan.versions[1]
	}
	known, from := m.plan.aside, map[plan.ItemKey]plan.StageKey{}
	m.plan.aside = map[plan.ItemKey]*mItem{}
	for sk, st := range m.stages {
		for k, it := range st.items {
			known[k], from[k] = it, sk
		}
	}
	asked := map[plan.ItemKey]plan.StageKey{}
	for i := range base.Stages {
		def := base.Stages[i]
		def.Items, def.Gate.Seats = slices.Clone(def.Items), slices.Clone(def.Gate.Seats)
		if m.plan.module {
			for _, it := range gdpr().Items {
				if slices.Contains(def.Phases, it.Phase) {
					def.Items, def.Gate.From = append(def.Items, it.Item), "" // it binds at every tier
				}
			}
			for _, s := range gdpr().Seats {
				if slices.Contains(def.Phases, s.Phase) {
					s.From = "gdpr"
					def.Gate.Seats, def.Gate.From = append(def.Gate.Seats, s.GateSeat), ""
				}
			}
		}
		for _, o := range m.plan.own {
			if o.stage == def.Key {
				def.Items = append(def.Items, o.item)
			}
		}
		st := m.stages[def.Key]
		st.def, st.items = &def, map[plan.ItemKey]*mItem{}
		for j := range def.Items {
			k := def.Items[j].Key
			it := known[k]
			if it == nil {
				it = &mItem{state: review.Open}
			}
			if sk, was := from[k]; was && sk != def.Key {
				it.said = m.stages[sk].carried(it)
			}
			it.def, st.items[k], asked[k] = &def.Items[j], it, def.Key
			delete(known, k)
		}
	}
	for k, it := range known { // nobody asks these now
		if it.version > 0 || it.assignee != 0 || it.again {
			m.plan.aside[k] = it
		}
	}
	m.move(asked)
	for _, st := range m.stages { // what was signed may be asked again
		if ro := st.last(); ro != nil && ro.passes() && m.signed(st, ro) == ro.closing {
			ro.changed = false
		}
	}
}

// move takes links and waivers to where their items are now. They get the next
// number there, and their old one where they come back to.
func (m *model) move(asked map[plan.ItemKey]plan.StageKey) {
	for _, sk := range stageKeys {
		st := m.stages[sk]
		for _, l := range slices.Clone(st.links) {
			if to, ok := asked[l.item]; ok && to != sk {
				st.links = slices.DeleteFunc(st.links, func(o *mLink) bool { return o == l })
				there := m.stages[to]
				l.mPlace = m.plan.place(l.mPlace, &there.lastLink)
				there.links = append(there.links, l)
				slices.SortFunc(there.links, func(a, b *mLink) int { return a.no - b.no })
			}
		}
		for _, w := range slices.Clone(st.waivers) {
			if to, ok := asked[w.item]; ok && to != sk {
				st.waivers = slices.DeleteFunc(st.waivers, func(o *mWaiver) bool { return o == w })
				there := m.stages[to]
				w.mPlace = m.plan.place(w.mPlace, &there.lastWaiver)
				there.waivers = append(there.waivers, w)
				slices.SortFunc(there.waivers, func(a, b *mWaiver) int { return a.no - b.no })
			}
		}
	}
}

// mPlace is the number of a link or of a waiver in its stage.
type mPlace struct {
	no     int
	home   int     // its number where it was before the plan moved it; 0: it is there
	before *mPlace // what the present upgrade moved was here
}

// place is where something is after a move: undoing an upgrade takes it back
// exactly; else it has the number that it had there before, or the next.
func (p *mPlan) place(was mPlace, last *int) mPlace {
	switch {
	case !p.second && was.before != nil:
		return *was.before
	case was.home != 0:
		return mPlace{no: was.home, before: p.remembered(was)}
	}
	*last++
	return mPlace{no: *last, home: was.no, before: p.remembered(was)}
}

func (p *mPlan) remembered(was mPlace) *mPlace {
	if !p.second {
		return nil
	}
	was.before = nil
	return &was
}

func (st *mStage) link(no int) *mLink {
	for _, l := range st.links {
		if l.no == no {
			return l
		}
	}
	return nil
}

func (st *mStage) waiver(no int) *mWaiver {
	for _, w := range st.waivers {
		if w.no == no {
			return w
		}
	}
	return nil
}

// newestWaiver is its number; 0 when there is none.
func (st *mStage) newestWaiver() int {
	if n := len(st.waivers); n > 0 {
		return st.waivers[n-1].no
	}
	return 0
}

// tailoredLevel is what the project made of an item's level.
func (m *model) tailoredLevel(k plan.ItemKey, l plan.Level) plan.Level {
	if up, ok := m.plan.raised[k]; ok && up.Rank() > l.Rank() {
		l = up
	}
	if down, ok := m.plan.lowered[k]; ok && m.tier >= down.tier && down.to.Rank() < l.Rank() {
		l = down.to
	}
	return l
}

// withdraw takes back the requests whose gates ask others now.
func (m *model) withdraw() {
	for _, st := range m.stages {
		quorum, seats, mandatory := m.asks(st)
		if ro := st.waiting(); ro != nil && (!m.needed(st) || fmt.Sprint(quorum, seats, mandatory) != fmt.Sprint(ro.quorum, ro.seats, ro.mandatory)) {
			ro.outcome = review.OutcomeWithdrawn
		}
	}
}

// wildPlan changes the plan.
func (k *machine) wildPlan() {
	by := mostly(k, "who", pick(k, "leader", owner, deputy, manager, manager), crowd...)
	reason := mostly(k, "reason", "we need it", "")
	pick(k, "plan", k.attach, k.detach, k.pin, k.attachPolicy, k.attachPolicy, k.detachPolicy, k.upgrade, k.upgrade, k.undo, k.undo, k.undo, k.own, k.drop, k.raise, k.lower, k.lower, k.grantLowering, k.grantLowering)(by, reason)
}

// planned runs a command about the plan; what it may be refused for apart from
// that is in v. Whoever saw another plan is told.
func (k *machine) planned(name string, by review.PersonID, reason string, v verdict, command func(r *review.Review, a review.Actor, shown review.Digest) error) {
	outdated := k.oneIn(12, "outdated")
	v.refuse("invalid", reason == "")
	v.refuse("refused", k.m.status == review.StatusStopped)
	v.refuse("outdated", outdated)
	k.do(name, by, "", k.m.leads(by), v, func(r *review.Review) error {
		shown := r.PlanDigest()
		if outdated {
			shown = "another"
		}
		return command(r, k.actor(by), shown)
	})
}

func (k *machine) attach(by review.PersonID, reason string) {
	if k.m.plan.module { // nothing is asked of who wants what is there
		k.do("attach again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.AttachModule(k.actor(by), modRef(gdpr()), "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() {
		k.m.plan.module = true
		k.m.replan()
		k.m.withdraw()
	}}
	k.planned("attach", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.AttachModule(a, modRef(gdpr()), shown, reason, k.now)
	})
}

func (k *machine) detach(by review.PersonID, reason string) {
	if !k.m.plan.module {
		k.do("detach again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.DetachModule(k.actor(by), "gdpr", "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() {
		k.m.plan.module = false
		k.m.replan()
		k.m.withdraw()
	}}
	v.refuse("denied", !k.m.hasRole(by, review.RoleManager, review.RoleAdmin)) // it takes a seat off
	k.planned("detach", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.DetachModule(a, "gdpr", shown, reason, k.now)
	})
}

// pin pins a version of the readiness definition. The second one tolerates less, so
// going back to the first takes more than changing the plan.
func (k *machine) pin(by review.PersonID, reason string) {
	version := 1 + dice(k.t, "terms", 2)
	if k.m.plan.terms == version {
		k.do("pin again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.PinDefinition(k.actor(by), defRef(version), "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() {
		k.m.plan.terms = version
		k.m.replan()
	}}
	v.refuse("denied", k.m.plan.terms > version && !k.m.hasRole(by, review.RoleManager, review.RoleAdmin))
	k.planned("pin", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.PinDefinition(a, defRef(version), shown, reason, k.now)
	})
}

func (k *machine) upgrade(by review.PersonID, reason string) {
	next := k.m.plan.versions[1]
	ref := plan.Ref{Key: next.Key, Version: next.Version, Digest: "v2"}
	if k.m.plan.second {
		k.do("upgrade again", by, "", k.m.leads(by), verdict{}, func(r *review.Review) error {
			return r.Upgrade(k.actor(by), r.Plan.Origin.On(ref), "", "", k.now)
		})
		return
	}
	v := verdict{effect: func() {
		before := map[plan.ItemKey]bool{}
		for _, st := range k.m.stages {
			for key := range st.items {
				before[key] = true
			}
		}
		k.m.plan.second = true
		k.m.replan()
		u := &mUpgrade{made: k.m.made(), at: k.now}
		for _, st := range k.m.stages {
			for key, it := range st.items {
				if it.state != review.Open && !it.again && (key == "adr" || !before[key]) {
					it.again = true
					u.reconfirm = append(u.reconfirm, key)
				}
			}
		}
		k.m.plan.upgrade = u
		k.m.withdraw()
	}}
	k.planned("upgrade", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.Upgrade(a, r.Plan.Origin.On(ref), shown, reason, k.now)
	})
}

func (k *machine) undo(by review.PersonID, reason string) {
	u := k.m.plan.upgrade
	v := verdict{effect: func() {
		for _, st := range k.m.stages {
			for _, key := range u.reconfirm {
				if it := st.items[key]; it != nil {
					it.again = false
				}
			}
		}
		k.m.plan.second, k.m.plan.upgrade = false, nil
		k.m.replan()
		k.m.withdraw()
	}}
	v.refuse("refused", u == nil || u.made != k.m.made() || k.m.decided.After(u.at))
	k.planned("undo the upgrade", by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.UndoUpgrade(a, shown, reason, k.now)
	})
}

func (k *machine) own(by review.PersonID, _ string) {
	if len(k.m.plan.own) > 1 {
		return
	}
	sk, level := pick(k, "stage", stageKeys...), pick(k, "level", plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone)
	title := fmt.Sprint("Ours ", k.m.plan.added+1)
	item := plan.Item{
		Key: plan.ItemKey(fmt.Sprint("own-ours-", k.m.plan.added+1)), Title: title, Levels: [3]plan.Level{level, level, level}, Evidence: []plan.EvidenceKind{"doc"},
	}
	v := verdict{effect: func() {
		k.m.plan.added++
		k.m.plan.own = append(k.m.plan.own, mOwn{sk, item, k.now, k.m.no})
		k.m.replan()
	}}
	v.refuse("invalid", level == plan.LevelNone)
	v.refuse("refused", k.m.status == review.StatusStopped)
	in := ownItem(title)
	in.Level = level
	k.do("add "+title, by, "", k.m.leads(by), v, func(r *review.Review) error { return r.AddItem(k.actor(by), sk, in, k.now) })
}

func (k *machine) drop(by review.PersonID, reason string) {
	_, it := k.wildItem()
	at := -1
	if n := len(k.m.plan.own); n > 0 && !k.oneIn(4, "the library's") {
		at = dice(k.t, "own", n)
		it = k.m.stages[k.m.plan.own[at].stage].items[k.m.plan.own[at].item.Key]
	}
	key := it.def.Key
	v := verdict{effect: func() {
		k.m.plan.own = slices.Delete(k.m.plan.own, at, at+1)
		delete(k.m.plan.raised, key)
		delete(k.m.plan.lowered, key)
		delete(k.m.plan.wishes, key)
		k.m.replan()
	}}
	own := slices.IndexFunc(k.m.plan.own, func(o mOwn) bool { return o.item.Key == key })
	v.refuse("refused", own < 0)
	if at = own; own >= 0 && k.m.level(it) == plan.LevelMust {
		o := &k.m.plan.own[own]
		v.refuse("refused", o.no != k.m.no)
		for _, ro := range k.m.stages[o.stage].rounds {
			seen := !ro.at.Before(o.at) || !ro.ended.Before(o.at)
			for _, s := range ro.given {
				seen = seen || !s.at.Before(o.at)
			}
			v.refuse("refused", seen)
		}
	}
	k.planned("drop "+string(key), by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.DropItem(a, key, shown, reason, k.now)
	})
}

func (k *machine) raise(by review.PersonID, reason string) {
	_, it := k.wildItem()
	key, to := it.def.Key, pick(k, "level", plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone)
	v := verdict{effect: func() {
		if down, ok := k.m.plan.lowered[key]; ok && to != plan.LevelMust {
			k.m.plan.lowered[key] = mLowered{to, down.tier}
		} else {
			delete(k.m.plan.lowered, key)
		}
		if k.m.plan.raised[key].Rank() < to.Rank() {
			k.m.plan.raised[key] = to
		}
		delete(k.m.plan.wishes, key)
		k.m.replan()
	}}
	v.refuse("invalid", to == plan.LevelNone)
	v.refuse("refused", !k.m.holds(it.def.When) || to.Rank() <= k.m.level(it).Rank())
	st, _ := k.m.asking(key)
	v.refuse("refused", !k.m.needed(st))
	k.planned(fmt.Sprintf("raise %s to %s", key, to), by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.RaiseLevel(a, key, to, shown, reason, k.now)
	})
}

func (k *machine) lower(by review.PersonID, reason string) {
	sk, it := k.wildItem()
	key, to := it.def.Key, pick(k, "level", plan.LevelNone, plan.LevelMay, plan.LevelShould, plan.LevelMust)
	v := verdict{effect: func() { k.m.plan.wishes[key] = mWish{sk, to, by, reason} }}
	if w := k.m.plan.wishes[key]; w.to == to && w.by == by && w.reason == reason {
		v.effect = nil
	}
	v.refuse("refused", !k.m.holds(it.def.When) || to.Rank() >= k.m.level(it).Rank())
	k.planned(fmt.Sprintf("ask to lower %s to %s", key, to), by, reason, v, func(r *review.Review, a review.Actor, shown review.Digest) error {
		return r.AskLowering(a, key, to, shown, reason, k.now)
	})
}

// grantLowering approves a wish, or turns it down.
func (k *machine) grantLowering(_ review.PersonID, reason string) {
	if len(k.r.Wishes) == 0 {
		return
	}
	key := k.r.Wishes[dice(k.t, "wish", len(k.r.Wishes))].Item
	w := k.m.plan.wishes[key]
	st, it := k.m.asking(key)
	by := mostly(k, "who", pick(k, "anybody", crowd...), w.by)
	if st == nil {
		st = k.m.stages[w.stage]
	}
	by = mostly(k, "who", pick(k, "holder", k.sitting(st)...), by)
	_, seats, _ := k.m.asks(st)
	decides := w.by != by && k.m.sitsAt(by, seats, w.by)
	v := verdict{}
	v.refuse("refused", k.m.status == review.StatusStopped)
	if k.oneIn(4, "turn down") {
		v.effect = func() { delete(k.m.plan.wishes, key) }
		v.refuse("invalid", reason == "")
		v.refuse("denied", !k.m.leads(by) && !decides)
		k.do("turn down "+string(key), by, "", k.m.leads(by) || k.m.sits(by, ""), v, func(r *review.Review) error {
			return r.RefuseLowering(k.actor(by), key, r.Wish(key).Digest(), reason, k.now)
		})
		return
	}
	v.effect = func() {
		k.m.plan.lowered[key] = mLowered{w.to, k.m.tier}
		delete(k.m.plan.wishes, key)
		k.m.replan()
	}
	v.refuse("denied", !decides)
	v.refuse("refused", it == nil || w.to.Rank() >= k.m.level(it).Rank())
	k.do("lower "+string(key), by, "", k.m.sits(by, ""), v, func(r *review.Review) error {
		return r.ApproveLowering(k.actor(by), key, r.Wish(key).Digest(), k.now)
	})
}

// stamp notes when rounds were asked for and when they ended.
func (m *model) stamp(at time.Time) {
	for _, st := range m.stages {
		for _, ro := range st.rounds {
			if ro.at.IsZero() {
				ro.at, m.decided = at, at
			}
			if ro.outcome != "" && ro.ended.IsZero() {
				ro.ended, m.decided = at, at
			}
		}
	}
}

// asking finds an item that the plan asks, with its stage.
func (m *model) asking(k plan.ItemKey) (*mStage, *mItem) {
	for _, st := range m.stages {
		if it := st.items[k]; it != nil {
			return st, it
		}
	}
	return nil, nil
}
