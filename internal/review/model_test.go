package review_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// model is the rules of readiness a second time, written from their text with
// plain maps, so that the domain can be compared with it. It uses the
// template's data, and none of the domain's code.
type model struct {
	tmpl       *plan.Lifecycle
	name       string
	tier       int
	exposure   review.Exposure
	tags       map[string]bool
	parts      map[mWhose]string // by whose they are: the parts, in their order
	profile    map[plan.Flag]bool
	open       map[plan.Flag]bool // those of the profile that nobody answered
	answers    review.Answers
	retraction *mRetraction
	status     review.Status
	restricted bool
	created    time.Time
	duties     map[review.PersonID]review.Duty
	roles      map[review.PersonID][]review.Role
	seats      map[review.PersonID]map[place]time.Time // since when
	loans      []*mLoan
	stages     map[plan.StageKey]*mStage
	no         int       // of the review
	before     time.Time // when the last gate passed in the review before
	plan       mPlan
	decided    time.Time // when a round was last asked for, or ended
	records    []*mRecord
}

// mRetraction is that answers of yes be taken back; true: to not yet.
type mRetraction struct {
	back   map[plan.Flag]bool
	by     review.PersonID
	reason string
}

// mLoan is a seat in which somebody stands in for its holder.
type mLoan struct {
	to, holder review.PersonID
	place      place
	at         time.Time
}

// canFollow reports whether somebody may see the project and close conditions.
func (m *model) canFollow(p review.PersonID) bool {
	return m.sees(p) && (m.onTeam(p) || m.sits(p, "") || m.hasRole(p, review.RoleViewer, review.RoleManager, review.RoleAdmin))
}

// asksFor reports whether a condition is still to be closed.
func (st *mStage) asksFor(c *mCondition) bool {
	return !c.closed && !c.dropped && (st.binds(c) || !c.old && st.rounds[c.round-1].outcome == "")
}

// handOver is what becomes of a person's work: all of it goes to somebody, or
// what they cannot do any more to nobody and to the project's owner.
func (m *model) handOver(from, to review.PersonID) (moved int) {
	if had := m.parts[mWhose{person: from}]; from != 0 && had != "" && (to != 0 || !m.sees(from)) {
		delete(m.parts, mWhose{person: from})
		if to != 0 {
			m.parts[mWhose{person: to}] = joined(m.parts[mWhose{person: to}], had)
		}
		moved++
	}
	for _, st := range m.stages {
		switch from {
		case 0:
		case st.owner:
			if st.owner = to; to == 0 || to == st.deputy {
				st.owner, st.deputy = st.deputy, 0
			}
			moved++
		case st.deputy:
			if st.deputy = to; to == st.owner {
				st.deputy = 0
			}
			moved++
		}
	}
	for _, c := range m.records {
		if c.owner != from || c.state == "closed" || to == 0 && m.sees(from) {
			continue
		}
		if c.owner = to; to == 0 {
			c.owner = m.holderOf(review.DutyOwner)
		}
		c.version++
		moved++
	}
	for _, st := range m.stages {
		for _, it := range st.items {
			if it.assignee == from {
				it.assignee = to
				moved++
			}
		}
		for _, c := range st.conditions {
			if c.owner != from || !st.asksFor(c) || to == 0 && m.canFollow(from) {
				continue
			}
			c.former, c.owner = append(c.former, c.owner), to
			if to == 0 {
				c.owner = m.holderOf(review.DutyOwner)
			}
			moved++
		}
	}
	return moved
}

func (m *model) holderOf(d review.Duty) review.PersonID {
	for p, other := range m.duties {
		if other == d {
			return p
		}
	}
	return 0
}

// place is a seat, here or everywhere (or in a project that is not ours).
type place struct {
	seat  plan.Seat
	scope review.Scope
}

type mStage struct {
	def      *plan.Stage
	items    map[plan.ItemKey]*mItem
	links    []*mLink
	findings []*mFinding
	rounds   []*mRound

	waivers    []*mWaiver
	conditions []*mCondition

	owner, deputy     review.PersonID // who answer for it
	target, milestone string

	lastLink, lastWaiver int // the highest numbers given out
}

type mWaiver struct {
	mPlace
	item                       plan.ItemKey
	reason, risk, measure      string
	until                      time.Time
	by, grantedBy              review.PersonID
	grantedAt                  time.Time
	granted, denied, takenBack bool
	deniedBy                   review.PersonID
}

type mCondition struct {
	round   int
	old     bool // carried over from an earlier review
	seat    plan.Seat
	text    string
	owner   review.PersonID
	former  []review.PersonID
	due     time.Time
	by      review.PersonID
	note    string
	metBy   review.PersonID // 0: not said to be met
	why     string          // it was found not to be met
	closed  bool
	dropped bool // replaced or taken back

	releasedBy review.PersonID // who took it back; 0: nobody
	released   string          // why
}

type mItem struct {
	def        *plan.Item
	state      review.State
	note       string
	by         review.PersonID
	at         time.Time
	version    int
	approver   review.PersonID
	approvedAt time.Time
	again      bool // to be said again in this review
	chosen     plan.Chosen
	assignee   review.PersonID
	said       []mSaid // since the review began, and what stood then
}

// mSaid is an answer, whatever became of it.
type mSaid struct {
	who review.PersonID
	at  time.Time
}

type mLink struct {
	mPlace
	item      plan.ItemKey
	url, kind string
	effective string
	expires   time.Time // zero: never
	by        review.PersonID
	at        time.Time
	removed   bool
	renews    *mRound // whose signatures it left in force
}

type mFinding struct {
	text       string
	by         review.PersonID
	answer     string
	answeredBy review.PersonID
	answeredAt time.Time
	round      int
	accepted   bool
	why        string // the answer before did not do
}

type mRound struct {
	quorum    int
	seats     []plan.Seat
	mandatory []plan.Seat
	sod       bool
	early     []string
	signs     []mSign
	given     []mSign // whatever became of them
	outcome   review.Outcome
	closing   string // what the content was when it passed
	records   string // on which it decided
	closedAt  time.Time
	changed   bool
	reopened  review.PersonID // who took the pass back; 0: nobody
	reopenWhy string
	by        review.PersonID // who requested it
	digest    review.Digest   // then
	endedBy   review.PersonID // who withdrew it
	endedWhy  string          // or passed it alone
	forcedBy  review.PersonID
	reviewer  review.PersonID // of a forced gate
	at, ended time.Time
}

func (ro *mRound) passes() bool {
	return ro.outcome == review.OutcomePassed || ro.outcome == review.OutcomeConditional || ro.outcome == review.OutcomeForced
}

type mSign struct {
	who      review.PersonID
	seat     plan.Seat
	decision review.Decision
	content  string
	at       time.Time
	holder   review.PersonID // whose seat it is
	digest   review.Digest
}

// --- who may do what

func (m *model) hasRole(p review.PersonID, roles ...review.Role) bool {
	for _, r := range roles {
		if slices.Contains(m.roles[p], r) {
			return true
		}
	}
	return false
}

func (pl place) ours() bool {
	return pl.scope == review.Everywhere || pl.scope == review.Scope(project)
}

// active reports whether a loan holds: its holder has kept the seat since.
func (m *model) active(l *mLoan) bool {
	since, holds := m.seats[l.holder][l.place]
	return holds && !since.After(l.at)
}

// sits reports whether p sits in the seat for our project, be it for somebody
// else; any seat when empty.
func (m *model) sits(p review.PersonID, seat plan.Seat) bool {
	return m.sitsApart(p, seat, -1)
}

// sitsApart is the same, but not counting what p does for one person.
func (m *model) sitsApart(p review.PersonID, seat plan.Seat, apart review.PersonID) bool {
	for pl := range m.seats[p] {
		if (seat == "" || pl.seat == seat) && pl.ours() {
			return true
		}
	}
	for _, l := range m.loans {
		if l.to == p && l.holder != apart && (seat == "" || l.place.seat == seat) && l.place.ours() && m.active(l) {
			return true
		}
	}
	return false
}

// inWhosePlace are the people for whom p sits in the seat, p among them when they
// hold it themselves.
func (m *model) inWhosePlace(p review.PersonID, seat plan.Seat) []review.PersonID {
	var holders []review.PersonID
	for pl := range m.seats[p] {
		if pl.seat == seat && pl.ours() {
			holders = append(holders, p)
		}
	}
	for _, l := range m.loans {
		if l.to == p && l.place.seat == seat && l.place.ours() && m.active(l) {
			holders = append(holders, l.holder)
		}
	}
	return holders
}

// sitsAt reports whether p sits in one of the seats, apart from what they do
// for one person.
func (m *model) sitsAt(p review.PersonID, seats []plan.Seat, apart review.PersonID) bool {
	for _, s := range seats {
		if m.sitsApart(p, s, apart) {
			return true
		}
	}
	return false
}

func (m *model) sees(p review.PersonID) bool {
	seatHere := false
	for pl := range m.seats[p] {
		seatHere = seatHere || pl.scope == review.Scope(project)
	}
	for _, l := range m.loans {
		seatHere = seatHere || l.to == p && l.place.scope == review.Scope(project) && m.active(l)
	}
	inside := m.duties[p] != "" || seatHere || m.hasRole(p, review.RoleAdmin, review.RoleAuditor)
	if m.restricted {
		return inside
	}
	return inside || m.hasRole(p, review.RoleViewer, review.RoleManager) || m.sits(p, "")
}

func (m *model) onTeam(p review.PersonID) bool { return m.duties[p] != "" }

func (m *model) leads(p review.PersonID) bool {
	return m.duties[p] == review.DutyOwner || m.duties[p] == review.DutyDeputy || m.hasRole(p, review.RoleManager, review.RoleAdmin)
}

// --- what applies

func (m *model) holds(when []plan.Flag) bool {
	if len(when) == 0 {
		return true
	}
	for _, f := range when {
		if m.profile[f] {
			return true
		}
	}
	return false
}

// weaker are the stages whose gates pass with less, or lose a required item, once
// a yes is taken back.
func (m *model) weaker(tier int, profile, open map[plan.Flag]bool) (weaker []*mStage) {
	with := func(tier int, holds func(plan.Flag) bool) *model {
		other := *m
		other.tier, other.profile = tier, map[plan.Flag]bool{}
		for _, f := range []plan.Flag{"pii", "ml", "public"} {
			other.profile[f] = holds(f)
		}
		return &other
	}
	now := with(tier, m.yes)
	then := with(tier, func(f plan.Flag) bool { return profile[f] && !open[f] })
	for _, st := range m.stages {
		quorum, _, mandatory := now.asks(st)
		fewer, _, left := then.asks(st)
		if fewer < quorum || slices.ContainsFunc(mandatory, func(s plan.Seat) bool { return !slices.Contains(left, s) }) {
			weaker = append(weaker, st)
			continue
		}
		for _, it := range st.items {
			if now.bare(it) == plan.LevelMust && then.bare(it) != plan.LevelMust {
				weaker = append(weaker, st)
				break
			}
		}
	}
	return weaker
}

// yes reports whether somebody answered a question with yes.
func (m *model) yes(f plan.Flag) bool { return m.profile[f] && !m.open[f] }

// losing are the stages that lose something by the retraction.
func (m *model) losing() []*mStage {
	then := map[plan.Flag]bool{}
	for f := range m.profile {
		if _, back := m.retraction.back[f]; m.yes(f) && !back {
			then[f] = true
		}
	}
	return m.weaker(m.tier, then, nil)
}

// needed reports whether the exposure needs the gate of a stage.
func (m *model) needed(st *mStage) bool {
	narrow := map[review.Exposure]int{"": 0, review.ExposureSandbox: 0, review.ExposurePilot: 1, review.ExposureLimited: 2, review.ExposureGeneral: 3}
	return narrow[m.exposure] >= narrow[st.def.Gate.From]
}

// mWhose is who has parts in the project: somebody, or a team.
type mWhose struct {
	person review.PersonID
	team   string
}

// joined are parts together with others, in their order.
func joined(a, b string) string {
	out := ""
	for _, p := range []string{"builds ", "runs ", "approves ", "informed "} {
		if strings.Contains(a+b, p) {
			out += p
		}
	}
	return out
}

func (m *model) level(it *mItem) plan.Level {
	for _, st := range m.stages {
		if it != nil && st.items[it.def.Key] == it && !m.needed(st) {
			return ""
		}
	}
	return m.bare(it)
}

// bare is what an item weighs where its gate is needed.
func (m *model) bare(it *mItem) plan.Level {
	if it == nil || !m.holds(it.def.When) { // nil: nobody asks it now
		return ""
	}
	return m.tailoredLevel(it.def.Key, it.def.Levels[m.tier-1])
}

// asks is who has to sign a gate: how many, which seats, and which of them
// without fail.
func (m *model) asks(st *mStage) (quorum int, seats, mandatory []plan.Seat) {
	quorum = st.def.Gate.Quorum
	for _, s := range st.def.Gate.Seats {
		if !m.holds(s.When) {
			continue
		}
		if !slices.Contains(seats, s.Seat) {
			seats = append(seats, s.Seat)
			if len(s.When) > 0 || s.From != "" {
				quorum++
			}
		}
		if s.Mandatory && !slices.Contains(mandatory, s.Seat) {
			mandatory = append(mandatory, s.Seat)
		}
	}
	return max(quorum, len(mandatory)), seats, mandatory
}

func (st *mStage) inOrder() []*mItem {
	var items []*mItem
	for i := range st.def.Items {
		items = append(items, st.items[st.def.Items[i].Key])
	}
	return items
}

// --- rule 1: what stands in the way

// evidence says how a met must stands: "", "evidence-missing" or
// "evidence-expired".
func (st *mStage) evidence(it *mItem, at time.Time) string {
	if len(it.def.Evidence) == 0 {
		return ""
	}
	verdict := "evidence-missing"
	for _, l := range st.links {
		if l.removed || l.item != it.def.Key || !slices.Contains(it.def.Evidence, plan.EvidenceKind(l.kind)) {
			continue
		}
		if l.expires.IsZero() || at.Before(l.expires.Add(day)) {
			return ""
		}
		verdict = "evidence-expired"
	}
	return verdict
}

func (m *model) inTheWay(st *mStage, at time.Time) []string {
	var words []string
	if m.status != review.StatusActive {
		words = append(words, "project-not-active")
	}
	for i, f := range st.findings {
		if f.answer == "" {
			words = append(words, fmt.Sprintf("finding-open %d", i+1))
		}
	}
	for range m.undecided(st) {
		words = append(words, "record-undecided")
	}
	for _, it := range st.inOrder() {
		if word := m.lacks(st, it, at); word != "" {
			words = append(words, word+" "+string(it.def.Key))
		}
	}
	return words
}

// lacks is what keeps an item from letting its gate pass.
func (m *model) lacks(st *mStage, it *mItem, at time.Time) string {
	word := ""
	switch level := m.level(it); {
	case level == plan.LevelMust && it.again:
		word = "reattest"
	case level == plan.LevelMust && it.state == review.Open:
		word = "must-open"
	case level == plan.LevelMust && it.state == review.NotMet:
		word = "must-not-met"
	case level == plan.LevelMust && it.state == review.NotApplicable && it.approver == 0:
		word = "not-applicable-unapproved"
	case level == plan.LevelMust && it.state == review.Met:
		word = st.evidence(it, at)
	case level == plan.LevelShould && it.note == "" && (it.state == review.Open || it.state == review.NotMet):
		word = "should-unexplained"
	}
	var last *mWaiver
	for _, w := range st.waivers {
		if w.item == it.def.Key && w.state(at) == "in force" {
			return ""
		}
		if w.item == it.def.Key && w.granted {
			last = w
		}
	}
	if word != "" && word != "evidence-expired" && last != nil && last.state(at) == "expired" {
		return "waiver-expired"
	}
	return word
}

// rule 5: a waiver counts from when it was granted until the end of its last day.
func (w *mWaiver) state(at time.Time) string {
	switch {
	case w.denied:
		return "denied"
	case w.takenBack:
		return "revoked"
	case !at.Before(w.until.Add(day)):
		return "expired"
	case w.granted:
		return "in force"
	}
	return "waiting"
}

func (st *mStage) covered(it *mItem, at time.Time) bool {
	for _, w := range st.waivers {
		if w.item == it.def.Key && w.state(at) == "in force" {
			return true
		}
	}
	return false
}

// ranOut reports whether time has taken something away from the stage.
func (m *model) ranOut(st *mStage, at time.Time) bool {
	for _, it := range st.items {
		stale := m.level(it) == plan.LevelMust && it.state == review.Met && st.evidence(it, at) == "evidence-expired"
		if !st.covered(it, at) && (stale || m.lacks(st, it, at) == "waiver-expired") {
			return true
		}
	}
	return false
}

// binds reports whether the gate has passed on a condition, ever.
func (st *mStage) binds(c *mCondition) bool {
	if c.dropped || c.old {
		return !c.dropped
	}
	ro := st.rounds[c.round-1]
	newest := mSign{}
	for _, s := range ro.signs {
		if s.who == c.by {
			newest = s
		}
	}
	return ro.outcome == review.OutcomeConditional && newest.content == ro.closing
}

// due are the conditions that are still to be closed.
func (st *mStage) due() []*mCondition {
	var out []*mCondition
	for _, c := range st.conditions {
		if st.binds(c) && !c.closed {
			out = append(out, c)
		}
	}
	return out
}

// asked are the conditions that a page of the gate lists: of its newest pass, of
// earlier reviews, and what is still due.
func (st *mStage) asked() []*mCondition {
	var out []*mCondition
	last := st.passedLast()
	for _, c := range st.conditions {
		if st.binds(c) && (!c.closed || c.old || st.rounds[c.round-1] == last) {
			out = append(out, c)
		}
	}
	return out
}

// overdue reports whether a condition is open after its last day.
func (c *mCondition) overdue(at time.Time) bool {
	return !c.closed && !at.Before(c.due.Add(day))
}

// --- rule 6: order

// open are the states of a gate that let the project go on.
var open = map[review.GateState]bool{review.GatePassed: true, review.GateConditional: true, review.GateBreakGlass: true, review.GateNotNeeded: true}

func (m *model) earlier(st *mStage, at time.Time) []string {
	var names []string
	for i := range m.tmpl.Stages {
		def := &m.tmpl.Stages[i]
		if def.Key == st.def.Key {
			break
		}
		if !open[m.gate(m.stages[def.Key], at)] {
			names = append(names, def.Name)
		}
	}
	return names
}

func (m *model) notRequestable(st *mStage, at time.Time) []string {
	if !m.needed(st) {
		return nil
	}
	return append(m.inTheOrder(st, at), m.policies(st, at)...)
}

// inTheOrder is what is in the way of a stage but for policies.
func (m *model) inTheOrder(st *mStage, at time.Time) []string {
	words := m.inTheWay(st, at)
	if m.tmpl.Order == plan.OrderStrict {
		for _, n := range m.earlier(st, at) {
			words = append(words, "earlier-gate "+n)
		}
	}
	return words
}

// --- rule 4: content

// renewing is the round whose signatures stay in force when somebody links more
// evidence of a kind; nil when that is a change. It passed by signatures, stands
// as it was signed, and has the item as met by evidence that runs out.
func (st *mStage) renewing(it *mItem, kind string) *mRound {
	ro := st.last()
	signed := ro != nil && (ro.outcome == review.OutcomePassed || ro.outcome == review.OutcomeConditional) && !ro.changed && ro.reopened == 0
	if !signed || it.state != review.Met || it.def.ValidDays == 0 || !slices.Contains(it.def.Evidence, plan.EvidenceKind(kind)) {
		return nil
	}
	if st.evidence(it, time.Time{}) == "evidence-missing" {
		return nil
	}
	return ro
}

// signed is the content without what has renewed it since.
func (m *model) signed(st *mStage, ro *mRound) string {
	all := st.links
	defer func() { st.links = all }()
	st.links = slices.DeleteFunc(slices.Clone(all), func(l *mLink) bool { return l.renews == ro })
	return m.contentWith(st, ro.records)
}

// content writes down everything that a signer decides on.
func (m *model) content(st *mStage) string { return m.contentWith(st, m.recordsOf(st)) }

// contentWith is the content with the records as they are written down.
func (m *model) contentWith(st *mStage, records string) string {
	var b strings.Builder
	quorum, seats, mandatory := m.asks(st)
	fmt.Fprintln(&b, m.no, m.tier, quorum, seats, mandatory, st.def.Gate.From)
	applies := map[plan.ItemKey]bool{}
	for _, it := range st.inOrder() {
		if lv := m.level(it); lv != "" {
			applies[it.def.Key] = true
			fmt.Fprintf(&b, "%s %q %v %s %s %q %d %d %d %d %d %t %s\n", it.def.Key, it.def.Title, it.def.Evidence, lv, it.state, it.note, it.by, it.at.UnixMicro(), it.version, it.approver, it.approvedAt.UnixMicro(), it.again, it.chosen)
		}
	}
	for _, l := range st.links {
		if !l.removed && applies[l.item] {
			fmt.Fprintln(&b, l.no, l.item, l.url, l.kind, l.effective, l.expires.Unix(), l.by, l.at.UnixMicro())
		}
	}
	for _, w := range st.waivers {
		if w.granted && !w.takenBack && applies[w.item] {
			fmt.Fprintf(&b, "%d %s %q %q %q %d %d %d %d\n", w.no, w.item, w.reason, w.risk, w.measure, w.until.Unix(), w.by, w.grantedBy, w.grantedAt.UnixMicro())
		}
	}
	for _, f := range st.findings {
		fmt.Fprintf(&b, "%q %d %q %d %d\n", f.text, f.by, f.answer, f.answeredBy, f.answeredAt.UnixMicro())
	}
	return b.String() + records
}

// settle notes which passed gates no longer have the content that was signed.
func (m *model) settle() {
	for _, st := range m.stages {
		if ro := st.last(); ro != nil && !m.needed(st) {
			ro.changed = false
		} else if ro != nil && ro.passes() && ro.reopened == 0 && m.signed(st, ro) != ro.closing {
			ro.changed = true
		}
	}
}

func (st *mStage) last() *mRound {
	if len(st.rounds) == 0 {
		return nil
	}
	return st.rounds[len(st.rounds)-1]
}

func (st *mStage) waiting() *mRound {
	if ro := st.last(); ro != nil && ro.outcome == "" {
		return ro
	}
	return nil
}

func (m *model) gate(st *mStage, at time.Time) review.GateState {
	ro := st.last()
	switch {
	case !m.needed(st):
		return review.GateNotNeeded
	case ro == nil:
	case ro.outcome == "":
		return review.GateWaiting
	case ro.outcome == review.OutcomeReturned:
		return review.GateReturned
	case ro.passes() && ro.reopened != 0:
		return review.GateOpenAgain
	case ro.passes() && ro.changed:
		return review.GateChanged
	case ro.passes():
		return m.passedGate(st, ro, at)
	}
	if len(m.notRequestable(st, at)) > 0 {
		return review.GateBlocked
	}
	return review.GateReady
}

// passedGate is how a gate stands that has passed and whose content has not
// changed since.
func (m *model) passedGate(st *mStage, ro *mRound, at time.Time) review.GateState {
	again := time.Duration(st.def.Gate.RepeatsDays) * day
	switch {
	case again > 0 && !at.Before(ro.closedAt.Truncate(day).Add(again+day)):
		return review.GateLapsed
	case ro.outcome == review.OutcomeForced:
		return review.GateBreakGlass
	case m.ranOut(st, at):
		return review.GateLapsed
	}
	state := review.GatePassed
	for _, c := range st.due() {
		if c.overdue(at) {
			return review.GateOverdue
		}
		state = review.GateConditional
	}
	return state
}

// passedLast is the newest round by which the stage passed in this review.
func (st *mStage) passedLast() *mRound {
	var last *mRound
	for _, ro := range st.rounds {
		if ro.passes() {
			last = ro
		}
	}
	return last
}

// --- rule 7: the last stage has no end

func (m *model) live(at time.Time) (review.Live, time.Time) {
	st := m.stages[run]
	last, since := st.passedLast(), m.before
	if last != nil {
		since = last.closedAt
	}
	if since.IsZero() {
		return review.NotLive, time.Time{}
	}
	lapsed := m.ranOut(st, at)
	for _, c := range st.due() {
		lapsed = lapsed || c.overdue(at)
	}
	lapsed = lapsed && (last == nil || last.outcome != review.OutcomeForced)
	var due time.Time
	if days := st.def.Gate.RepeatsDays; days > 0 {
		due = since.Truncate(day).Add(time.Duration(days) * day)
	}
	switch {
	case lapsed || !due.IsZero() && !at.Before(due.Add(day)):
		return review.LiveLapsed, due
	case !due.IsZero() && due.Sub(at.Truncate(day)) <= 14*day:
		return review.LiveReviewDue, due
	}
	return review.LiveCurrent, due
}

// --- rule 10: break-glass

// owed are the forced gates that nobody has looked back at.
func (m *model) owed() []string {
	var words []string
	for i := range m.tmpl.Stages {
		for no, ro := range m.stages[m.tmpl.Stages[i].Key].rounds {
			if ro.outcome == review.OutcomeForced && ro.reviewer == 0 {
				words = append(words, fmt.Sprint(m.tmpl.Stages[i].Key, no+1, ro.forcedBy))
			}
		}
	}
	return words
}

// --- rule 3: separation of duties

// excluded reports whether somebody answered an item in its present round, or
// linked evidence that is still there. An answer from before the gate last
// passed, with another round than the one in question, counts while it stands.
func (m *model) excluded(st *mStage, ro *mRound, p review.PersonID) bool {
	if ro != nil && !ro.sod {
		return false
	}
	for _, it := range st.items {
		if m.level(it) == "" {
			continue
		}
		for _, l := range st.links {
			if l.item == it.def.Key && !l.removed && l.by == p {
				return true
			}
		}
		if len(it.said) == 0 {
			continue
		}
		last := it.said[len(it.said)-1]
		if last.who == p {
			return true
		}
		if !last.at.After(st.signedOff(func(o *mRound) bool { return o != ro })) {
			continue
		}
		began := st.signedOff(func(o *mRound) bool { return o.closedAt.Before(last.at) })
		for i, said := range it.said {
			replaced := i+1 < len(it.said) && !it.said[i+1].at.After(began)
			if said.who == p && !replaced {
				return true
			}
		}
	}
	return false
}

// signedOff is when the gate last passed by signatures, in a round that fits; zero:
// never.
func (st *mStage) signedOff(fits func(*mRound) bool) time.Time {
	var at time.Time
	for _, o := range st.rounds {
		if (o.outcome == review.OutcomePassed || o.outcome == review.OutcomeConditional) && fits(o) {
			at = o.closedAt
		}
	}
	return at
}

// carried are those who stand behind the answer of an item that the plan moves out
// of the stage. The gate over there has decided on nothing of it, whenever it
// passed, so they count as long as that answer does.
func (st *mStage) carried(it *mItem) []mSaid {
	if len(it.said) == 0 {
		return nil
	}
	last := it.said[len(it.said)-1]
	began := st.signedOff(func(o *mRound) bool { return o.closedAt.Before(last.at) })
	var out []mSaid
	for i, said := range it.said {
		if replaced := i+1 < len(it.said) && !it.said[i+1].at.After(began); !replaced {
			out = append(out, mSaid{said.who, last.at})
		}
	}
	return out
}

// --- rule 2: who counts

// steppedBack reports whether a person has recused themselves from the round.
func (ro *mRound) steppedBack(p review.PersonID) bool {
	for _, s := range ro.signs {
		if s.who == p && s.decision == review.Recuse {
			return true
		}
	}
	return false
}

// barred reports whether somebody may not sign the round, or the holder in
// whose place they would.
func (m *model) barred(st *mStage, ro *mRound, who, holder review.PersonID) bool {
	for _, p := range []review.PersonID{who, holder} {
		if ro.steppedBack(p) || ro.sod && m.excluded(st, ro, p) {
			return true
		}
	}
	return false
}

// counted are the signatures that count in the open round, by person: the last
// of each.
func (m *model) counted(st *mStage) map[review.PersonID]mSign {
	counts := map[review.PersonID]mSign{}
	ro := st.waiting()
	if ro == nil {
		return counts
	}
	now := m.content(st)
	for _, s := range ro.signs {
		delete(counts, s.who)
		if s.decision != review.Go && s.decision != review.Conditional || s.content != now || m.barred(st, ro, s.who, s.holder) {
			continue
		}
		for _, scope := range []review.Scope{review.Everywhere, review.Scope(project)} {
			if since, ok := m.seats[s.holder][place{s.seat, scope}]; ok && !since.After(s.at) {
				counts[s.who] = s
			}
		}
	}
	return counts
}

// counting maps each person whose go counts in the open round to the seat.
func (m *model) counting(st *mStage) map[review.PersonID]plan.Seat {
	counts := map[review.PersonID]plan.Seat{}
	for p, s := range m.counted(st) {
		counts[p] = s.seat
	}
	return counts
}

// mandate is the holder by whose seat a person would sign: themselves first,
// then those they stand in for; 0 when there is none by which they may.
func (m *model) mandate(st *mStage, ro *mRound, p review.PersonID, seat plan.Seat, goes bool) review.PersonID {
	holders := []review.PersonID{}
	for pl := range m.seats[p] {
		if pl.seat == seat && pl.ours() {
			holders = append(holders, p)
		}
	}
	for _, l := range m.loans {
		if l.to == p && l.place.seat == seat && l.place.ours() && m.active(l) {
			holders = append(holders, l.holder)
		}
	}
	for _, h := range holders {
		free := !m.barred(st, ro, p, h)
		for other, s := range m.counted(st) {
			if goes && other != p && s.seat == seat && s.holder == h {
				free = false
			}
		}
		if free {
			return h
		}
	}
	return 0
}

// missing are the mandatory seats that nobody who counts has signed in, and
// how many people are still needed.
func (m *model) missing(st *mStage) (seats []plan.Seat, people int) {
	ro, counts := st.waiting(), m.counting(st)
	for _, seat := range ro.mandatory {
		signed := false
		for _, s := range counts {
			signed = signed || s == seat
		}
		if !signed {
			seats = append(seats, seat)
		}
	}
	return seats, max(0, ro.quorum-len(counts))
}

func (m *model) blockers(st *mStage, at time.Time) string {
	var words []string
	if !m.needed(st) {
		return ""
	}
	if ro := st.waiting(); ro != nil {
		words = m.inTheWay(st, at)
		seats, people := m.missing(st)
		for _, s := range seats {
			words = append(words, "seat-missing "+string(s))
		}
		if people > len(seats) {
			words = append(words, "signers-missing")
		}
	} else {
		words = m.inTheOrder(st, at)
		if !m.gate(st, at).Passed() { // what has passed is not asked anew
			words = append(words, m.policies(st, at)...)
		}
		if last := st.last(); last != nil && last.passes() {
			if last.reopened != 0 {
				words = append(words, "gate-reopened")
			}
			if last.changed {
				words = append(words, "content-changed")
			}
		}
	}
	for _, c := range st.due() {
		if c.overdue(at) {
			words = append(words, "condition-overdue")
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// readiness counts the items of a level, and those of them that are done.
func (m *model) readiness(st *mStage, level plan.Level, at time.Time) (total, done int16) {
	for _, it := range st.items {
		if m.level(it) != level {
			continue
		}
		total++
		must := level == plan.LevelMust
		if st.covered(it, at) {
			done++
			continue
		}
		if it.again {
			continue
		}
		if it.state == review.Met && (!must || st.evidence(it, at) == "") || it.state == review.NotApplicable && (!must || it.approver != 0) {
			done++
		}
	}
	return total, done
}
