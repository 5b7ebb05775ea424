package review_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// model is the rules of readiness a second time, written from their text with
// plain maps, so that the domain can be compared with it. It uses the
// template's data, and none of the domain's code.
type model struct {
	tmpl       *review.Template
	name       string
	tier       int
	profile    map[review.Flag]bool
	status     review.Status
	restricted bool
	created    time.Time
	duties     map[review.PersonID]review.Duty
	roles      map[review.PersonID][]review.Role
	seats      map[review.PersonID]map[place]time.Time // since when
	stages     map[review.StageKey]*mStage
}

// place is a seat, here or everywhere (or in a project that is not ours).
type place struct {
	seat  review.Seat
	scope review.Scope
}

type mStage struct {
	def      *review.StageDef
	items    map[review.ItemKey]*mItem
	links    []*mLink
	findings []*mFinding
	rounds   []*mRound
}

type mItem struct {
	def        *review.ItemDef
	state      review.State
	note       string
	by         review.PersonID
	at         time.Time
	version    int
	approver   review.PersonID
	approvedAt time.Time
}

type mLink struct {
	item      review.ItemKey
	url, kind string
	effective string
	expires   time.Time // zero: never
	by        review.PersonID
	at        time.Time
	removed   bool
}

type mFinding struct {
	text       string
	by         review.PersonID
	answer     string
	answeredBy review.PersonID
	answeredAt time.Time
}

type mRound struct {
	quorum    int
	seats     []review.Seat
	mandatory []review.Seat
	sod       bool
	early     []string
	signs     []mSign
	outcome   review.Outcome
	closing   string // what the content was when it passed
	changed   bool
}

type mSign struct {
	who      review.PersonID
	seat     review.Seat
	decision review.Decision
	content  string
	at       time.Time
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

// sits reports whether p holds the seat for our project; any seat when empty.
func (m *model) sits(p review.PersonID, seat review.Seat) bool {
	for pl := range m.seats[p] {
		if (seat == "" || pl.seat == seat) && (pl.scope == review.Everywhere || pl.scope == review.Scope(project)) {
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

func (m *model) holds(when []review.Flag) bool {
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

func (m *model) level(it *mItem) review.Level {
	if !m.holds(it.def.When) {
		return ""
	}
	return it.def.Levels[m.tier-1]
}

// asks is who has to sign a gate: how many, which seats, and which of them
// without fail.
func (m *model) asks(st *mStage) (quorum int, seats, mandatory []review.Seat) {
	quorum = st.def.Gate.Quorum
	for _, s := range st.def.Gate.Seats {
		if len(s.When) > 0 && m.holds(s.When) {
			quorum++
		}
		if m.holds(s.When) {
			seats = append(seats, s.Seat)
			if s.Mandatory {
				mandatory = append(mandatory, s.Seat)
			}
		}
	}
	return quorum, seats, mandatory
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
		if l.removed || l.item != it.def.Key || !slices.Contains(it.def.Evidence, review.EvidenceKind(l.kind)) {
			continue
		}
		if l.expires.IsZero() || at.Before(l.expires) {
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
	for _, it := range st.inOrder() {
		word := ""
		switch level := m.level(it); {
		case level == review.LevelMust && it.state == review.Open:
			word = "must-open"
		case level == review.LevelMust && it.state == review.NotMet:
			word = "must-not-met"
		case level == review.LevelMust && it.state == review.NotApplicable && it.approver == 0:
			word = "not-applicable-unapproved"
		case level == review.LevelMust && it.state == review.Met:
			word = st.evidence(it, at)
		case level == review.LevelShould && it.note == "" && (it.state == review.Open || it.state == review.NotMet):
			word = "should-unexplained"
		}
		if word != "" {
			words = append(words, word+" "+string(it.def.Key))
		}
	}
	return words
}

// --- rule 6: order

func (m *model) earlier(st *mStage, at time.Time) []string {
	var names []string
	for i := range m.tmpl.Stages {
		def := &m.tmpl.Stages[i]
		if def.Key == st.def.Key {
			break
		}
		if m.gate(m.stages[def.Key], at) != review.GatePassed {
			names = append(names, def.Name)
		}
	}
	return names
}

func (m *model) notRequestable(st *mStage, at time.Time) []string {
	words := m.inTheWay(st, at)
	if m.tmpl.Order == review.OrderStrict {
		for _, n := range m.earlier(st, at) {
			words = append(words, "earlier-gate "+n)
		}
	}
	return words
}

// --- rule 4: content

// content writes down everything that a signer decides on.
func (m *model) content(st *mStage) string {
	var b strings.Builder
	quorum, seats, mandatory := m.asks(st)
	fmt.Fprintln(&b, m.tier, quorum, seats, mandatory)
	applies := map[review.ItemKey]bool{}
	for _, it := range st.inOrder() {
		if lv := m.level(it); lv != "" {
			applies[it.def.Key] = true
			fmt.Fprintf(&b, "%s %s %s %q %d %d %d %d %d\n", it.def.Key, lv, it.state, it.note, it.by, it.at.UnixMicro(), it.version, it.approver, it.approvedAt.UnixMicro())
		}
	}
	for i, l := range st.links {
		if !l.removed && applies[l.item] {
			fmt.Fprintln(&b, i, l.item, l.url, l.kind, l.effective, l.expires.Unix(), l.by, l.at.UnixMicro())
		}
	}
	for _, f := range st.findings {
		fmt.Fprintf(&b, "%q %d %q %d %d\n", f.text, f.by, f.answer, f.answeredBy, f.answeredAt.UnixMicro())
	}
	return b.String()
}

// settle notes which passed gates no longer have the content that was signed.
func (m *model) settle() {
	for _, st := range m.stages {
		if ro := st.last(); ro != nil && ro.outcome == review.OutcomePassed && m.content(st) != ro.closing {
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
	case ro == nil:
	case ro.outcome == "":
		return review.GateWaiting
	case ro.outcome == review.OutcomeReturned:
		return review.GateReturned
	case ro.outcome == review.OutcomePassed && ro.changed:
		return review.GateChanged
	case ro.outcome == review.OutcomePassed:
		for _, it := range st.items {
			if m.level(it) == review.LevelMust && it.state == review.Met && st.evidence(it, at) == "evidence-expired" {
				return review.GateLapsed
			}
		}
		return review.GatePassed
	}
	if len(m.notRequestable(st, at)) > 0 {
		return review.GateBlocked
	}
	return review.GateReady
}

// --- rule 3: separation of duties

func (m *model) excluded(st *mStage, p review.PersonID) bool {
	for _, it := range st.items {
		if m.level(it) == "" {
			continue
		}
		if it.by == p && it.state != review.Open {
			return true
		}
		givers := map[review.PersonID]bool{}
		for _, l := range st.links {
			if l.item == it.def.Key && !l.removed {
				givers[l.by] = true
			}
		}
		if len(givers) == 1 && givers[p] {
			return true
		}
	}
	return false
}

// --- rule 2: who counts

// counting maps each person whose go counts in the open round to the seat.
func (m *model) counting(st *mStage) map[review.PersonID]review.Seat {
	counts := map[review.PersonID]review.Seat{}
	ro := st.waiting()
	if ro == nil {
		return counts
	}
	now := m.content(st)
	for _, s := range ro.signs {
		if s.decision != review.Go || s.content != now || (ro.sod && m.excluded(st, s.who)) {
			continue
		}
		for _, scope := range []review.Scope{review.Everywhere, review.Scope(project)} {
			if since, ok := m.seats[s.who][place{s.seat, scope}]; ok && !since.After(s.at) {
				counts[s.who] = s.seat
			}
		}
	}
	return counts
}

// missing are the mandatory seats that nobody who counts has signed in, and
// how many people are still needed.
func (m *model) missing(st *mStage) (seats []review.Seat, people int) {
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
		words = m.notRequestable(st, at)
		if last := st.last(); last != nil && last.changed {
			words = append(words, "content-changed")
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// readiness counts the items of a level, and those of them that are done.
func (m *model) readiness(st *mStage, level review.Level, at time.Time) (total, done int16) {
	for _, it := range st.items {
		if m.level(it) != level {
			continue
		}
		total++
		must := level == review.LevelMust
		if it.state == review.Met && (!must || st.evidence(it, at) == "") || it.state == review.NotApplicable && (!must || it.approver != 0) {
			done++
		}
	}
	return total, done
}
