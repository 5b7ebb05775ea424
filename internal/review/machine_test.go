package review_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"pgregory.net/rapid"
)

// machine runs the domain and the model side by side.
type machine struct {
	t       *rapid.T
	r       *review.Review
	m       *model
	now     time.Time
	digests map[string]review.Digest
	content map[review.Digest]string
	stale   map[plan.StageKey][]review.Digest // what earlier pages showed
	checks  int
	lists   lists
	plans   review.Plans
}

// lists is what the tables of a store hold beside the facts, for lists and the
// queue: a change writes what it has loaded, and the sweep all of it.
type lists struct {
	rows  []string // one a stage
	gates []review.GateState
	next  time.Time // when the sweep is due; zero: never
}

// write puts the stages down that a change has loaded; empty: all of them.
func (k *machine) write(sk plan.StageKey) {
	n := len(k.r.Stages)
	if sk == "" {
		k.lists = lists{rows: make([]string, n), gates: make([]review.GateState, n)}
	}
	for i := range k.r.Stages {
		s := &k.r.Stages[i]
		if sk != "" && s.Def.Key != sk {
			continue
		}
		roll := k.r.Rollup(s, k.now)
		if next := roll.NextChange; k.lists.next.IsZero() || !next.IsZero() && next.Before(k.lists.next) {
			k.lists.next = next
		}
		k.lists.rows[i], k.lists.gates[i] = k.row(s), roll.Gate
	}
}

// row is what the tables have to hold of a stage now.
func (k *machine) row(s *review.Stage) string {
	roll := k.r.Rollup(s, k.now)
	roll.NextChange = time.Time{}
	return fmt.Sprintf("%+v, in the queue %+v of %s", roll, k.r.Queue(s), k.r.Digest(s))
}

// due reports whether the sweep has something to do.
func (k *machine) due() bool { return !k.lists.next.IsZero() && !k.lists.next.After(k.now) }

// checkLists demands of the tables what `slipway verify` demands of them.
func (k *machine) checkLists(after string) {
	k.t.Helper()
	if k.due() {
		return
	}
	for i := range k.r.Stages {
		if want := k.row(&k.r.Stages[i]); k.lists.rows[i] != want {
			k.t.Fatalf("after %s the lists say of stage %s\n%s, where\n%s is right", after, stageKeys[i], k.lists.rows[i], want)
		}
	}
}

// verdict is what the model expects of a command: the ways in which it may be
// refused, or else what it does; no effect at all for what is there already.
type verdict struct {
	only   string   // the one right refusal, when rights decide
	others []string // refusals any of which is right
	effect func()
}

func (v *verdict) refuse(kind string, when bool) {
	if when {
		v.others = append(v.others, kind)
	}
}

var stageKeys = []plan.StageKey{design, build, run}

// crowd are those who act, and the seats that come and go.
var crowd = []review.PersonID{owner, deputy, member, mate, insider, archie, enya, enzo, seth, quinn, sri, priya, twin, viewer, manager, admin, auditor, nobody}

func newMachine(t *rapid.T) *machine {
	tmpl := lifecycle([]plan.Order{plan.OrderFree, plan.OrderAdvisory, plan.OrderStrict}[dice(t, "order", 3)], dice(t, "sod", 4) < 3)
	tmpl.Stages[0].Gate.RepeatsDays, tmpl.Stages[2].Gate.RepeatsDays = 150, []int{0, 60}[dice(t, "repeats", 2)]
	tmpl.Stages[2].Items[0].ValidDays = 50
	ask(&tmpl.Stages[1].Items[1], "alarm && stop", plan.RiskNone, "alarm || slow", plan.RiskMedium)
	ask(&tmpl.Stages[2].Items[0], "!alarm && !slow", plan.RiskNone, "alarm", plan.RiskMedium, "default", plan.RiskHigh)
	phased(tmpl, nil)
	if dice(t, "gates by exposure", 2) == 0 {
		tmpl.Stages[0].Gate.From, tmpl.Stages[1].Gate.From = review.ExposureLimited, review.ExposurePilot
	}
	exposure := review.Exposure(rapid.SampledFrom(append(plan.Exposures(), review.ExposureGeneral, review.ExposureGeneral)).Draw(t, "exposure"))
	tier := 1 + dice(t, "tier", 3)
	k := &machine{t: t, now: base, digests: map[string]review.Digest{}, content: map[review.Digest]string{}, stale: map[plan.StageKey][]review.Digest{}}
	k.m = &model{
		no: 1, tmpl: tmpl, name: "Payments", tier: tier, exposure: exposure, tags: map[string]bool{}, parts: map[mWhose]string{}, profile: map[plan.Flag]bool{}, answers: review.Answers{By: admin}, status: review.StatusActive,
		restricted: dice(t, "restricted", 5) == 4, created: k.now,
		duties: map[review.PersonID]review.Duty{owner: review.DutyOwner, deputy: review.DutyDeputy},
		roles: map[review.PersonID][]review.Role{
			viewer: {review.RoleViewer}, manager: {review.RoleManager}, admin: {review.RoleAdmin}, auditor: {review.RoleAuditor},
			archie: {review.RoleViewer}, enya: {review.RoleViewer}, seth: {review.RoleViewer},
		},
		seats: map[review.PersonID]map[place]time.Time{}, stages: map[plan.StageKey]*mStage{},
		plan: mPlan{
			versions: [2]*plan.Lifecycle{tmpl, secondVersion(tmpl)}, raised: map[plan.ItemKey]plan.Level{}, lowered: map[plan.ItemKey]mLowered{},
			wishes: map[plan.ItemKey]mWish{}, aside: map[plan.ItemKey]*mItem{},
		},
	}
	k.plans = shelf{lifecycles: k.m.plan.versions[:], modules: []*plan.Module{gdpr()}, definitions: terms(), policies: []*plan.PolicyDocument{changes(1)}}.plans
	for p, seat := range map[review.PersonID]plan.Seat{
		archie: plan.SeatArchitecture, enya: plan.SeatEngineering, enzo: plan.SeatEngineering, seth: plan.SeatSecurity, quinn: plan.SeatQA,
		sri: plan.SeatSRE, priya: plan.SeatProduct, twin: plan.SeatArchitecture, insider: plan.SeatEngineering, auditor: plan.SeatData,
	} {
		k.m.seats[p] = map[place]time.Time{{seat, review.Scope(project)}: k.now, {seat, review.Scope(project + 1)}: k.now}
	}
	for p, seat := range map[review.PersonID]plan.Seat{twin: plan.SeatEngineering, enya: plan.SeatQA, sri: plan.SeatProduct} {
		k.m.seats[p][place{seat, review.Everywhere}] = k.now
	}
	for i := range tmpl.Stages {
		def := &tmpl.Stages[i]
		st := &mStage{def: def, items: map[plan.ItemKey]*mItem{}}
		for j := range def.Items {
			st.items[def.Items[j].Key] = &mItem{def: &def.Items[j], state: review.Open}
		}
		k.m.stages[def.Key] = st
	}
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	in := review.NewProject{Key: "payments-api", Name: k.m.name, Team: "Till", Tier: plan.Tier(tier), Exposure: exposure, Owner: owner, Deputy: deputy, Restricted: k.m.restricted}
	if k.r, err = review.Create(k.actor(admin), project, plan.Bare(tmpl, ref), in, k.now); err != nil {
		t.Fatal(err)
	}
	k.r.Plans = k.plans
	for _, p := range []review.PersonID{member, mate, insider} {
		k.setDuty(owner, p, review.DutyMember)
	}
	return k
}

// ask makes an item a question of three choices; rules are conditions and risks.
func ask(d *plan.Item, rules ...any) {
	d.Choices = []plan.Choice{{Key: "stop", Title: "It stops"}, {Key: "alarm", Title: "An alarm sounds"}, {Key: "slow", Title: "It gets slow"}}
	for i := 0; i < len(rules); i += 2 {
		d.Rules = append(d.Rules, plan.Rule{When: rules[i].(string), Risk: rules[i+1].(plan.Risk)})
	}
}

// risk is what choices come to, by the rules of [newMachine].
func risk(d *plan.Item, stop, alarm, slow bool) plan.Risk {
	switch {
	case d.Key == "load" && alarm && stop, d.Key == "runbook" && !alarm && !slow:
		return plan.RiskNone
	case alarm, d.Key == "load" && slow:
		return plan.RiskMedium
	}
	return plan.RiskHigh
}

func (k *machine) actor(p review.PersonID) review.Actor {
	a := review.Actor{Person: p, Roles: k.m.roles[p]}
	for pl, since := range k.m.seats[p] {
		a.Seats = append(a.Seats, review.SeatHeld{Seat: pl.seat, Scope: pl.scope, Since: since})
	}
	for _, l := range k.m.loans {
		if l.to == p && k.m.active(l) {
			a.Seats = append(a.Seats, review.SeatHeld{Seat: l.place.seat, Scope: l.place.scope, Since: k.m.seats[l.holder][l.place], For: l.holder})
		}
	}
	return a
}

// holders are the seats on which signatures rest, as the store reads them:
// also after a delegation has ended.
func (k *machine) holders() map[review.PersonID][]review.SeatHeld {
	held := map[review.PersonID][]review.SeatHeld{}
	for _, st := range k.m.stages {
		if ro := st.waiting(); ro != nil {
			for _, s := range ro.signs {
				for pl, since := range k.m.seats[s.holder] {
					h := review.SeatHeld{Seat: pl.seat, Scope: pl.scope, Since: since}
					if s.holder != s.who {
						h.For = s.holder
					}
					if pl.seat == s.seat {
						held[s.who] = append(held[s.who], h)
					}
				}
			}
		}
	}
	return held
}

// do runs a command and holds what it did against the verdict. It runs a second
// time on a review of which one stage is loaded, that which it is about or any
// other, and has to come out the same or to say that it reaches further; what
// the lists hold of the other stages has to be right all the same.
func (k *machine) do(name string, by review.PersonID, sk plan.StageKey, mayDo bool, v verdict, command func(*review.Review) error) {
	switch {
	case !k.m.sees(by):
		v = verdict{only: "not found"}
	case !mayDo:
		v = verdict{only: "denied"}
	}
	k.r.Holders, k.r.Named = k.holders(), map[review.PersonID]review.Actor{}
	for _, p := range crowd {
		k.r.Named[p] = k.actor(p)
	}
	if k.lists.rows == nil || k.due() && k.checks%2 == 0 {
		k.write("")
	}
	before := len(k.r.Recorded())
	only := sk
	if only == "" {
		only = stageKeys[k.checks%len(stageKeys)]
	}
	part := k.part(only)
	err := command(k.r)
	events := k.r.Recorded()[before:]
	got := refusal(err)
	k.t.Logf("%s  %s by %d: %s, %d events", k.now.Format(time.RFC3339Nano), name, by, got, len(events))
	kind := refusal(command(part))
	switch {
	case part.Partial() && sk != "" && k.r.Plan.Order != plan.OrderStrict && len(k.r.Plan.Policies) == 0 && !strings.HasPrefix(name, "request "):
		k.t.Fatalf("with stage %s loaded, %s reaches further", only, name)
	case !part.Partial() && (kind != got || !reflect.DeepEqual(append([]review.Entry{}, part.Recorded()...), append([]review.Entry{}, events...))):
		k.t.Fatalf("with one stage loaded: %s, %v", kind, part.Recorded())
	}
	want := v.others
	if v.only != "" {
		want = []string{v.only}
	}
	if len(want) == 0 {
		want = []string{"ok"}
	}
	if !slices.Contains(want, got) {
		k.t.Fatalf("%s by %d: %s (%v), want %v", name, by, got, err, want)
	}
	happens := got == "ok" && v.effect != nil
	if happens != (len(events) > 0) {
		k.t.Fatalf("%s by %d recorded %v, want an effect: %t", name, by, events, happens)
	}
	if happens {
		for _, key := range stageKeys {
			k.stale[key] = append(k.stale[key], k.r.Digest(k.r.Stage(key)))
		}
		v.effect()
		k.m.stamp(k.now)
		k.m.settle()
		k.r.Holders = k.holders()
		if part.Partial() {
			only = ""
		}
		k.write(only)
	}
	k.check()
	k.checkLists(name)
	for i := range k.r.Stages {
		if want := k.m.gate(k.m.stages[stageKeys[i]], k.now); happens && k.r.Stages[i].Gate != want {
			k.t.Fatalf("after the event the gate of %s is kept as %q, want %q", stageKeys[i], k.r.Stages[i].Gate.Label(), want.Label())
		}
	}
	if ro, ok := lastOf(events); ok && ro.Outcome.Passes() {
		k.now = k.now.Add(time.Microsecond) // what comes after a pass comes later
	}
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// lastOf is how the last of some events ended a round, if it did.
func lastOf(events []review.Entry) (review.RoundClosed, bool) {
	if len(events) == 0 {
		return review.RoundClosed{}, false
	}
	e, ok := events[len(events)-1].Event.(review.RoundClosed)
	return e, ok
}

// part is the review as the store would load it for one stage.
func (k *machine) part(sk plan.StageKey) *review.Review {
	p := k.r.Project
	p.Members = slices.Clone(p.Members)
	r := review.Blank(p, k.r.No, k.r.Plan)
	r.PassedBefore, r.Plans = k.r.PassedBefore, k.plans
	r.Upgraded, r.Wishes, r.Asked = k.r.Upgraded, k.r.Wishes, k.r.Asked
	r.Holders, r.Named = maps.Clone(k.r.Holders), k.r.Named
	for i := range k.r.Records {
		if rec := k.r.Records[i]; rec.Standing().AtGate {
			r.Records = append(r.Records, rec)
		}
	}
	for i := range k.r.Stages {
		from := &k.r.Stages[i]
		r.Stages[i].Gate = k.lists.gates[i] // as of the last event or sweep
		if from.Def.Key != sk {
			continue
		}
		to := r.Load(i)
		to.Items, to.Evidence, to.Findings, to.Rounds = slices.Clone(from.Items), slices.Clone(from.Evidence), slices.Clone(from.Findings), slices.Clone(from.Rounds)
		to.Waivers, to.Conditions = slices.Clone(from.Waivers), slices.Clone(from.Conditions)
		to.Aside, to.Gone = slices.Clone(from.Aside), from.Gone
		for j := range to.Rounds {
			to.Rounds[j].SignOffs = slices.Clone(to.Rounds[j].SignOffs)
		}
	}
	return r
}

// check compares all that can be seen of the review with the model.
func (k *machine) check() {
	k.t.Helper()
	k.r.Holders = k.holders()
	p := &k.r.Project
	if p.Status != k.m.status || p.Answers != k.m.answers || int(p.Tier) != k.m.tier || p.Exposure != k.m.exposure || p.Restricted != k.m.restricted || p.Name != k.m.name || len(p.Members) != len(k.m.duties) {
		k.t.Fatalf("the project is %+v", p)
	}
	if tags := slices.Sorted(maps.Keys(k.m.tags)); !slices.Equal(tags, p.Tags) {
		k.t.Fatalf("the tags are %q, want %q", p.Tags, tags)
	}
	if a := p.Retraction; (a != nil) != (k.m.retraction != nil) || a != nil && (a.By != k.m.retraction.by || a.Reason != k.m.retraction.reason || len(a.Back) != len(k.m.retraction.back)) {
		k.t.Fatalf("the answers to take back are %+v, want %+v", a, k.m.retraction)
	}
	parts := map[mWhose]string{}
	for _, said := range p.Responsibilities {
		parts[mWhose{said.Person, said.Team}] = strings.Join(words(said.Parts), " ") + " "
	}
	if !maps.Equal(parts, k.m.parts) {
		k.t.Fatalf("the parts are %v, want %v", parts, k.m.parts)
	}
	for person, d := range k.m.duties {
		if p.Duty(person) != d {
			k.t.Fatalf("%d is %q, want %q", person, p.Duty(person), d)
		}
	}
	if k.r.No != k.m.no || !k.r.PassedBefore.Equal(k.m.before) {
		k.t.Fatalf("review %d after %v, want %d after %v", k.r.No, k.r.PassedBefore, k.m.no, k.m.before)
	}
	live, due := k.r.Live(k.now)
	if wantLive, wantDue := k.m.live(k.now); live != wantLive || !due.Equal(wantDue) {
		k.t.Fatalf("%s, due %v, want %s, due %v", live.Label(), due, wantLive.Label(), wantDue)
	}
	var owed []string
	for _, f := range k.r.Forced() {
		owed = append(owed, fmt.Sprint(f.Stage, f.Round, f.By))
	}
	if want := k.m.owed(); !slices.Equal(owed, want) {
		k.t.Fatalf("forced gates %v, want %v", owed, want)
	}
	k.checkPlan()
	k.checkRecords()
	k.checks++
	for _, sk := range stageKeys {
		k.checkStage(k.r.Stage(sk), k.m.stages[sk])
	}
	if k.checks%5 == 0 {
		k.checkNextChange()
	}
}

// checkPlan compares what is wished for, and what is kept of items that nobody asks.
func (k *machine) checkPlan() {
	k.t.Helper()
	if len(k.r.Wishes) != len(k.m.plan.wishes) {
		k.t.Fatalf("wishes %+v, want %v", k.r.Wishes, k.m.plan.wishes)
	}
	for _, w := range k.r.Wishes {
		if want := k.m.plan.wishes[w.Item]; w.To != want.to || w.By != want.by {
			k.t.Fatalf("the wish %+v, want %+v", w, want)
		}
	}
	aside := map[plan.ItemKey]string{}
	for _, s := range k.r.All() {
		for i := range s.Aside {
			if a := s.Aside[i].Answer; a.Version > 0 {
				aside[s.Aside[i].Def.Key] = fmt.Sprint(a.State, a.Note, a.By, a.Version, s.Aside[i].Assignee)
			}
		}
	}
	want := map[plan.ItemKey]string{}
	for key, it := range k.m.plan.aside {
		if it.version > 0 {
			want[key] = fmt.Sprint(it.state, it.note, it.by, it.version, it.assignee)
		}
	}
	if !maps.Equal(aside, want) {
		k.t.Fatalf("set aside are %v, want %v", aside, want)
	}
}

// checkNextChange demands that the rollups say when time will change them: up
// to the microsecond before, everything is what it is now.
func (k *machine) checkNextChange() {
	k.t.Helper()
	until := k.now.AddDate(50, 0, 0)
	seen := func(at time.Time) string {
		live, due := k.r.Live(at)
		words := fmt.Sprintln(live, due)
		for i := range k.r.Stages {
			s := &k.r.Stages[i]
			roll := k.r.Rollup(s, at)
			if next := roll.NextChange; !next.IsZero() && next.Before(until) {
				until = next
			}
			words += fmt.Sprintf("%+v %s\n", roll, blockerWords(k.r.Blockers(s, at)))
		}
		return words
	}
	now := seen(k.now)
	if !until.After(k.now) {
		k.t.Fatalf("something has changed by itself at %v already", until)
	}
	if then := seen(until.Add(-time.Microsecond)); now != then {
		k.t.Fatalf("it is\n%s\nand before the next change\n%s", now, then)
	}
}

func (k *machine) checkStage(s *review.Stage, st *mStage) {
	k.t.Helper()
	k.checkStagePlan(s, st)
	same := func(what string, got, want any) {
		k.t.Helper()
		if !reflect.DeepEqual(got, want) {
			k.t.Fatalf("%s of %s: %v, want %v", what, s.Def.Key, got, want)
		}
	}
	same("number of items", len(s.Items), len(st.def.Items))
	for i, it := range st.inOrder() {
		a := s.Items[i].Answer
		same("item", s.Items[i].Def.Key, it.def.Key)
		same("answer of "+string(it.def.Key), fmt.Sprint(s.Items[i].Level, a.State, a.Note, a.By, a.Version, a.ApprovedBy, s.Items[i].Reattest, a.Choices), fmt.Sprint(k.m.level(it), it.state, it.note, it.by, it.version, it.approver, it.again, it.chosen))
	}
	for i, it := range st.inOrder() {
		same("assignee of "+string(it.def.Key), s.Items[i].Assignee, it.assignee)
	}
	same("number of links", len(s.Evidence), len(st.links))
	for i, l := range st.links {
		e := &s.Evidence[i]
		same("link", fmt.Sprint(e.No, e.Item, e.Type, e.Removed(), e.Expires.Equal(l.expires)), fmt.Sprint(l.no, l.item, l.kind, l.removed, true))
	}
	k.checkRenewals(s, st)
	same("number of findings", len(s.Findings), len(st.findings))
	for i, f := range st.findings {
		same("finding", fmt.Sprint(s.Findings[i].Answer, !s.Findings[i].AcceptedAt.IsZero()), fmt.Sprint(f.answer, f.accepted))
	}
	same("number of waivers", len(s.Waivers), len(st.waivers))
	for i, w := range st.waivers {
		same("waiver", fmt.Sprint(s.Waivers[i].No, s.Waivers[i].Item, s.Waivers[i].State(k.now)), fmt.Sprint(w.no, w.item, w.state(k.now)))
	}
	same("number of conditions", len(s.Conditions), len(st.conditions))
	for i, c := range st.conditions {
		d := &s.Conditions[i]
		same("condition", fmt.Sprint(d.Text, d.Owner, d.Former, d.MetBy, d.Closed(), !d.DroppedAt.IsZero(), d.Overdue(k.now)), fmt.Sprint(c.text, c.owner, c.former, c.metBy, c.closed || c.dropped, c.dropped, !c.dropped && c.overdue(k.now)))
	}
	var got, want []string
	for _, c := range s.GateConditions() {
		got = append(got, c.Text)
	}
	for _, c := range st.asked() {
		want = append(want, c.text)
	}
	same("conditions of the gate", got, want)
	same("number of rounds", len(s.Rounds), len(st.rounds))
	for i, ro := range st.rounds {
		r := &s.Rounds[i]
		same("round", fmt.Sprint(r.Outcome, len(r.SignOffs), !r.ChangedAt.IsZero(), r.Reopened.By, r.Reopened.Reason, r.SoD, r.Early, r.Policy.Quorum, r.Policy.Seats, r.Policy.Mandatory),
			fmt.Sprint(ro.outcome, len(ro.signs), ro.changed, ro.reopened, ro.reopenWhy, ro.sod, ro.early, ro.quorum, ro.seats, ro.mandatory))
	}
	same("gate", k.r.Standing(s, k.now).Label(), k.m.gate(st, k.now).Label())
	same("blockers", blockerWords(k.r.Blockers(s, k.now)), k.m.blockers(st, k.now))
	counts := map[review.PersonID]plan.Seat{}
	for _, so := range k.r.Counting(s) {
		if _, twice := counts[so.Person]; twice {
			k.t.Fatalf("%d counts twice", so.Person)
		}
		counts[so.Person] = so.Seat
	}
	same("who counts", counts, k.m.counting(st))
	k.checkQueue(s, st)
	for _, p := range crowd {
		same(fmt.Sprintf("exclusion of %d", p), s.Excluded(s.OpenRound(), p) != "", k.m.excluded(st, st.waiting(), p))
	}
	roll := k.r.Rollup(s, k.now)
	mt, md := k.m.readiness(st, plan.LevelMust, k.now)
	stot, sd := k.m.readiness(st, plan.LevelShould, k.now)
	same("readiness", []int16{roll.MustTotal, roll.MustDone, roll.ShouldTotal, roll.ShouldDone}, []int16{mt, md, stot, sd})
	k.checkDigest(s, st)
}

// checkQueue holds what the approvers' queue reads against who signed.
func (k *machine) checkQueue(s *review.Stage, st *mStage) {
	k.t.Helper()
	q, ro, counts := k.r.Queue(s), st.waiting(), k.m.counting(st)
	want := review.QueueEntry{}
	if ro != nil {
		for _, sign := range ro.signs {
			_, signed := counts[sign.who]
			switch {
			case ro.steppedBack(sign.who):
				if !slices.Contains(q.Excluded, sign.who) {
					k.t.Fatalf("the queue of %s: %+v asks %d, who stepped back", s.Def.Key, q, sign.who)
				}
			case !signed && !slices.Contains(want.Outdated, sign.who):
				want.Outdated = append(want.Outdated, sign.who)
			case signed && !slices.Contains(q.Signed, sign.who):
				k.t.Fatalf("the queue of %s: %+v lacks the signature of %d", s.Def.Key, q, sign.who)
			}
		}
		for _, seat := range ro.seats {
			if !slices.Contains(slices.Collect(maps.Values(counts)), seat) {
				want.OpenSeats = append(want.OpenSeats, seat)
			}
		}
	}
	if !slices.Equal(q.Outdated, want.Outdated) || !slices.Equal(q.OpenSeats, want.OpenSeats) || len(q.Signed) != len(counts) {
		k.t.Fatalf("the queue of %s: %+v, want %+v", s.Def.Key, q, want)
	}
}

// checkRenewals compares what came since the signatures and left them in force.
func (k *machine) checkRenewals(s *review.Stage, st *mStage) {
	k.t.Helper()
	var got, want []int
	for _, e := range s.Renewed() {
		got = append(got, e.No)
	}
	for _, l := range st.links {
		if ro := st.last(); l.renews != nil && l.renews == ro && ro.reopened == 0 && !l.removed && k.m.level(st.items[l.item]) != "" {
			want = append(want, l.no)
		}
	}
	if !slices.Equal(got, want) {
		k.t.Fatalf("renewed in %s is %v, want %v", s.Def.Key, got, want)
	}
	for i, it := range st.inOrder() {
		for _, kind := range it.def.Evidence {
			if got, want := s.Renewable(&s.Items[i]) != nil, k.m.level(it) != "" && st.renewing(it, string(kind)) != nil; got != want {
				k.t.Fatalf("evidence for %s renews: %t, want %t", it.def.Key, got, want)
			}
		}
	}
}

// checkDigest demands that equal content has the same digest, and only it.
func (k *machine) checkDigest(s *review.Stage, st *mStage) {
	k.t.Helper()
	content, d := string(s.Def.Key)+"\n"+k.m.content(st), k.r.Digest(s)
	if was, ok := k.digests[content]; ok && was != d {
		k.t.Fatalf("the same content of %s has the digests %s and %s", s.Def.Key, was.Short(), d.Short())
	}
	if was, ok := k.content[d]; ok && was != content {
		k.t.Fatalf("the digest %s stands for\n%s\nand\n%s", d.Short(), was, content)
	}
	k.digests[content], k.content[d] = d, content
}

// TestAgainstTheModel is the state machine: random people give random
// commands, and after each of them domain and model agree on whether and how
// it was refused, how every gate stands, what is in its way and who counts.
func TestAgainstTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := newMachine(t)
		k.walk(25 + dice(t, "steps", 31))
	})
}

// TestReplayOfRandomRuns holds the replayed trail against the state, at the
// end and at a moment before it.
func TestReplayOfRandomRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := newMachine(t)
		k.walk(5 + dice(t, "steps", 11))
		then := len(k.r.Recorded())
		past := k.replay(then)
		k.now = k.now.Add(time.Second)
		if !reflect.DeepEqual(stateOf(past), stateOf(k.r)) {
			t.Fatalf("replayed\n%+v\nwas\n%+v", stateOf(past), stateOf(k.r))
		}
		k.walk(5 + dice(t, "more steps", 6))
		if whole := k.replay(len(k.r.Recorded())); !reflect.DeepEqual(stateOf(whole), stateOf(k.r)) {
			t.Fatalf("replayed\n%+v\nwas\n%+v", stateOf(whole), stateOf(k.r))
		}
		if again := k.replay(then); !reflect.DeepEqual(stateOf(again), stateOf(past)) {
			t.Fatalf("as of then it was\n%+v\nand is\n%+v", stateOf(past), stateOf(again))
		}
		for range 3 {
			k.replay(1 + dice(t, "prefix", len(k.r.Recorded())))
		}
	})
}

// replay rebuilds the review from the first entries, by their stored form.
func (k *machine) replay(n int) *review.Review {
	k.t.Helper()
	r, err := review.Replay(project, recode(k.t, k.r.Recorded()[:n]), k.plans)
	if err != nil {
		k.t.Fatalf("the first %d of %d entries: %v", n, len(k.r.Recorded()), err)
	}
	if len(r.Recorded()) != 0 || r.Holders != nil {
		k.t.Fatalf("the replayed review has recorded %d events and %v", len(r.Recorded()), r.Holders)
	}
	return r
}
