package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// base is when every test's world begins. Its fraction is odd on purpose: the
// domain keeps microseconds.
var base = time.Date(2026, time.March, 2, 9, 30, 0, 123_456_000, time.UTC)

const day = 24 * time.Hour

// The people of the tests. Numbers are spaced so that a failure shows at once
// which sort of person it speaks of.
const (
	owner  review.PersonID = 1
	deputy review.PersonID = 2
	member review.PersonID = 3
	mate   review.PersonID = 4 // a second member

	archie  review.PersonID = 11 // architecture
	enya    review.PersonID = 12 // engineering
	enzo    review.PersonID = 13 // engineering too
	seth    review.PersonID = 14 // security
	quinn   review.PersonID = 15 // qa
	sri     review.PersonID = 16 // sre
	priya   review.PersonID = 17 // product
	twin    review.PersonID = 18 // architecture and engineering
	insider review.PersonID = 19 // a member of the project who also holds the engineering seat

	viewer  review.PersonID = 21
	manager review.PersonID = 22
	admin   review.PersonID = 23
	auditor review.PersonID = 24
	nobody  review.PersonID = 29
)

const (
	design plan.StageKey = "design"
	build  plan.StageKey = "build"
	run    plan.StageKey = "run"
)

const project review.ProjectID = 7

// lifecycle is a small template with one of everything: conditional items and
// seats, a repeating item, levels that depend on the tier.
func lifecycle(order plan.Order, sod bool) *plan.Lifecycle {
	const must, should, may, none = plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone
	return &plan.Lifecycle{
		Key: "small", Version: 3, Name: "Small lifecycle", Order: order, SoD: sod,
		Flags: []plan.Question{{Key: "pii", Label: "Personal data"}, {Key: "ml", Label: "Learns from data"}, {Key: "public", Label: "Open to the public"}},
		Stages: []plan.Stage{
			{Key: design, Name: "Design", Items: []plan.Item{
				{Key: "adr", Title: "Decisions are written down", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc", "repo"}},
				{Key: "privacy", Title: "Personal data is mapped", Levels: [3]plan.Level{must, must, should}, Evidence: []plan.EvidenceKind{"policy"}, When: []plan.Flag{"pii"}, Seats: []plan.Seat{plan.SeatSecurity}},
				{Key: "naming", Title: "Names follow the guide", Levels: [3]plan.Level{should, should, may}},
			}, Gate: plan.Gate{Name: "Design agreed", Exit: "Somebody else could build it", Quorum: 2, Seats: []plan.GateSeat{
				{Seat: plan.SeatArchitecture, Mandatory: true}, {Seat: plan.SeatEngineering}, {Seat: plan.SeatSecurity, Mandatory: true, When: []plan.Flag{"pii"}},
			}}},
			{Key: build, Name: "Build", Items: []plan.Item{
				{Key: "tests", Title: "Tests run on each change", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"ci-run", "test-report"}, ValidDays: 90},
				{Key: "load", Title: "Load was tried", Levels: [3]plan.Level{must, should, none}},
				{Key: "style", Title: "Style is checked", Levels: [3]plan.Level{may, may, none}},
			}, Gate: plan.Gate{Name: "Build accepted", Quorum: 1, Seats: []plan.GateSeat{
				{Seat: plan.SeatEngineering}, {Seat: plan.SeatQA},
			}}},
			{Key: run, Name: "Run", Items: []plan.Item{
				{Key: "runbook", Title: "A runbook exists", Levels: [3]plan.Level{must, must, should}, Evidence: []plan.EvidenceKind{"runbook"}},
				{Key: "drill", Title: "Recovery was rehearsed", Levels: [3]plan.Level{must, should, none}},
				{Key: "drift", Title: "Model drift is watched", Levels: [3]plan.Level{must, must, must}, When: []plan.Flag{"ml", "pii"}},
			}, Gate: plan.Gate{Name: "Ready to run", Quorum: 3, Seats: []plan.GateSeat{
				{Seat: plan.SeatSRE, Mandatory: true}, {Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatEngineering}, {Seat: plan.SeatQA}, {Seat: plan.SeatData, When: []plan.Flag{"ml"}},
			}}},
		},
	}
}

// world is a project, the people around it and a clock.
type world struct {
	testing.TB
	r     *review.Review
	now   time.Time
	roles map[review.PersonID][]review.Role
	seats map[review.PersonID][]review.SeatHeld
}

type option func(*plan.Lifecycle, *review.NewProject)

func ordered(o plan.Order) option {
	return func(t *plan.Lifecycle, _ *review.NewProject) { t.Order = o }
}

func withoutSoD(t *plan.Lifecycle, _ *review.NewProject) { t.SoD = false }
func restricted(_ *plan.Lifecycle, p *review.NewProject) { p.Restricted = true }
func withTier(n plan.Tier) option {
	return func(_ *plan.Lifecycle, p *review.NewProject) { p.Tier = n }
}
func withProfile(fs ...plan.Flag) option {
	return func(_ *plan.Lifecycle, p *review.NewProject) { p.Profile = fs }
}
func everywhere(seats ...plan.Seat) []review.SeatHeld { return heldIn(review.Everywhere, seats...) }
func heldIn(scope review.Scope, seats ...plan.Seat) []review.SeatHeld {
	var held []review.SeatHeld
	for _, s := range seats {
		held = append(held, review.SeatHeld{Seat: s, Scope: scope, Since: base.Add(-30 * day)})
	}
	return held
}

// newWorld starts a tier 2 project in a free order with separation of duties.
func newWorld(tb testing.TB, opts ...option) *world {
	tb.Helper()
	w := &world{TB: tb, now: base,
		roles: map[review.PersonID][]review.Role{viewer: {review.RoleViewer}, manager: {review.RoleManager}, admin: {review.RoleAdmin}, auditor: {review.RoleAuditor}},
		seats: map[review.PersonID][]review.SeatHeld{
			archie: everywhere(plan.SeatArchitecture), enya: everywhere(plan.SeatEngineering), enzo: everywhere(plan.SeatEngineering),
			seth: everywhere(plan.SeatSecurity), quinn: everywhere(plan.SeatQA), sri: everywhere(plan.SeatSRE), priya: everywhere(plan.SeatProduct),
			twin: everywhere(plan.SeatArchitecture, plan.SeatEngineering), insider: everywhere(plan.SeatEngineering),
		},
	}
	tmpl := lifecycle(plan.OrderFree, true)
	in := review.NewProject{Key: "payments-api", Name: "Payments", Team: "Till", Tier: plan.TierStandard, Exposure: review.ExposurePilot, Owner: owner, Deputy: deputy}
	for _, o := range opts {
		o(tmpl, &in)
	}
	ref, err := tmpl.Ref()
	w.ok(err)
	w.r, err = review.Create(w.actor(manager), project, plan.Bare(tmpl, ref), in, w.tick())
	w.ok(err)
	w.know()
	for _, p := range []review.PersonID{member, mate, insider} {
		w.ok(w.r.SetDuty(w.actor(owner), p, review.DutyMember, w.tick()))
	}
	return w
}

// know gives the review everybody's rights, as the store does of those whom a
// command names.
func (w *world) know() {
	w.r.Named = map[review.PersonID]review.Actor{}
	for p := range w.roles {
		w.r.Named[p] = w.actor(p)
	}
	for p := range w.seats {
		w.r.Named[p] = w.actor(p)
	}
}

// tick lets a second pass.
func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Second)
	return w.now
}

func (w *world) actor(p review.PersonID) review.Actor {
	return review.Actor{Person: p, Roles: w.roles[p], Seats: w.seats[p]}
}

func (w *world) stage(k plan.StageKey) *review.Stage { return w.r.Stage(k) }

func (w *world) digest(k plan.StageKey) review.Digest { return w.r.Digest(w.stage(k)) }

// hold gives the review the seats that its signers hold now, as the store
// does before each command: for what a stand-in signed, those of the holder.
func (w *world) hold() {
	w.r.Holders = map[review.PersonID][]review.SeatHeld{}
	for i := range w.r.Stages {
		if round := w.r.Stages[i].OpenRound(); round != nil {
			for _, so := range round.SignOffs {
				w.r.Holders[so.Person] = append(w.r.Holders[so.Person], w.heldBy(so)...)
			}
		}
	}
}

// heldBy are the seats, held in somebody's own right, on which a signature
// rests.
func (w *world) heldBy(so review.SignOff) []review.SeatHeld {
	holder := so.Person
	if so.For != 0 {
		holder = so.For
	}
	var held []review.SeatHeld
	for _, h := range w.seats[holder] {
		if h.For == 0 && h.Seat == so.Seat {
			h.For = so.For
			held = append(held, h)
		}
	}
	return held
}

// standIn lets p sit in a seat for its holder.
func (w *world) standIn(p, holder review.PersonID, seat plan.Seat) {
	w.seats[p] = append(slices.Clone(w.seats[p]), review.SeatHeld{Seat: seat, Scope: review.Everywhere, Since: base.Add(-30 * day), For: holder})
}

// standDown ends every delegation to p.
func (w *world) standDown(p review.PersonID) {
	w.seats[p] = slices.DeleteFunc(slices.Clone(w.seats[p]), func(h review.SeatHeld) bool { return h.For != 0 })
}

// revoke takes a seat away; regrant gives it back as of now.
func (w *world) revoke(p review.PersonID, s plan.Seat) {
	w.seats[p] = slices.DeleteFunc(slices.Clone(w.seats[p]), func(h review.SeatHeld) bool { return h.Seat == s })
	w.hold()
}

func (w *world) grant(p review.PersonID, s plan.Seat) {
	w.seats[p] = append(slices.Clone(w.seats[p]), review.SeatHeld{Seat: s, Scope: review.Everywhere, Since: w.tick()})
	w.hold()
}

func (w *world) answer(p review.PersonID, sk plan.StageKey, ik plan.ItemKey, to review.State, note string) error {
	return w.r.Answer(w.actor(p), sk, ik, to, note, w.stage(sk).Item(ik).Answer.Version, w.tick())
}

func (w *world) approve(p review.PersonID, sk plan.StageKey, ik plan.ItemKey) error {
	return w.r.ApproveNotApplicable(w.actor(p), sk, ik, w.stage(sk).Item(ik).Answer.Version, w.tick())
}

func (w *world) link(p review.PersonID, sk plan.StageKey, ik plan.ItemKey, url string, kind plan.EvidenceKind) error {
	return w.r.AddEvidence(w.actor(p), sk, ik, review.NewEvidence{URL: url, Type: kind}, w.tick())
}

func (w *world) request(p review.PersonID, sk plan.StageKey) error {
	return w.r.Request(w.actor(p), sk, w.digest(sk), "", w.tick())
}

func (w *world) sign(p review.PersonID, sk plan.StageKey, seat plan.Seat) error {
	w.hold()
	return w.r.SignOff(w.actor(p), sk, review.NewSignOff{Seat: seat, Decision: review.Go, Digest: w.digest(sk)}, w.tick())
}

func (w *world) sendBack(p review.PersonID, sk plan.StageKey, seat plan.Seat, findings ...string) error {
	w.hold()
	return w.r.SignOff(w.actor(p), sk, review.NewSignOff{Seat: seat, Decision: review.Return, Findings: findings, Digest: w.digest(sk)}, w.tick())
}

func (w *world) recuse(p review.PersonID, sk plan.StageKey, seat plan.Seat) error {
	w.hold()
	return w.r.SignOff(w.actor(p), sk, review.NewSignOff{Seat: seat, Decision: review.Recuse, Note: "my brother wrote it", Digest: w.digest(sk)}, w.tick())
}

// signIf signs a conditional go with conditions that the owner has to meet by
// a day.
func (w *world) signIf(p review.PersonID, sk plan.StageKey, seat plan.Seat, due string, texts ...string) error {
	w.hold()
	in := review.NewSignOff{Seat: seat, Decision: review.Conditional, Digest: w.digest(sk)}
	for _, t := range texts {
		in.Conditions = append(in.Conditions, review.NewCondition{Text: t, Owner: owner, Due: due})
	}
	return w.r.SignOff(w.actor(p), sk, in, w.tick())
}

// waive asks for a waiver until a date; leave asks and has the manager grant
// it.
func (w *world) waive(p review.PersonID, sk plan.StageKey, ik plan.ItemKey, until string) error {
	in := review.NewWaiver{Reason: "the vendor is late", Risk: "a slow failover", Measure: "somebody watches it", Until: until}
	return w.r.RequestWaiver(w.actor(p), sk, ik, in, w.tick())
}

func (w *world) leave(sk plan.StageKey, ik plan.ItemKey, until string) {
	w.Helper()
	w.ok(w.waive(member, sk, ik, until))
	w.ok(w.r.GrantWaiver(w.actor(manager), sk, len(w.stage(sk).Waivers), shown(w.r, sk, "waiver", len(w.stage(sk).Waivers)), "", w.tick()))
}

// fill does what a stage needs before sign-off can be requested: member
// answers, mate gives the evidence. Items can be left out.
func (w *world) fill(sk plan.StageKey, but ...plan.ItemKey) {
	w.Helper()
	s := w.stage(sk)
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level != plan.LevelMust && it.Level != plan.LevelShould || slices.Contains(but, it.Def.Key) {
			continue
		}
		w.ok(w.answer(member, sk, it.Def.Key, review.Met, ""))
		if len(it.Def.Evidence) > 0 {
			w.ok(w.link(mate, sk, it.Def.Key, "https://wiki.example.com/"+string(it.Def.Key), it.Def.Evidence[0]))
		}
	}
}

// open fills a stage and requests its sign-off.
func (w *world) open(sk plan.StageKey) {
	w.Helper()
	w.fill(sk)
	w.ok(w.request(owner, sk))
}

// pass takes a stage through its gate.
func (w *world) pass(sk plan.StageKey) {
	w.Helper()
	w.open(sk)
	w.signAll(sk)
}

// signAll has those sign who are needed.
func (w *world) signAll(sk plan.StageKey) {
	w.Helper()
	switch sk {
	case design:
		w.ok(w.sign(archie, sk, plan.SeatArchitecture))
		w.ok(w.sign(enya, sk, plan.SeatEngineering))
	case build:
		w.ok(w.sign(quinn, sk, plan.SeatQA))
	case run:
		w.ok(w.sign(sri, sk, plan.SeatSRE))
		w.ok(w.sign(priya, sk, plan.SeatProduct))
		w.ok(w.sign(enya, sk, plan.SeatEngineering))
	}
	w.gate(sk, review.GatePassed)
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("refused: %v", err)
	}
}

// refused checks that a command was refused in the way that is expected.
func (w *world) refused(err error, kind string) {
	w.Helper()
	if got := refusal(err); got != kind {
		w.Fatalf("got %s (%v), want %s", got, err, kind)
	}
}

// gate checks how a gate stands now.
func (w *world) gate(sk plan.StageKey, want review.GateState) {
	w.Helper()
	if got := w.r.Standing(w.stage(sk), w.now); got != want {
		w.Fatalf("the gate of %s stands %q, want %q; blockers %v", sk, got.Label(), want.Label(), w.blockers(sk))
	}
}

// blockers writes the stage's blockers in short.
func (w *world) blockers(sk plan.StageKey) string {
	return blockerWords(w.r.Blockers(w.stage(sk), w.now))
}

func (w *world) blocked(sk plan.StageKey, want ...string) {
	w.Helper()
	slices.Sort(want)
	if got := w.blockers(sk); got != strings.Join(want, ", ") {
		w.Fatalf("blockers of %s: %q, want %q", sk, got, strings.Join(want, ", "))
	}
}

// silent runs a command that must record nothing.
func (w *world) silent(f func() error) error {
	w.Helper()
	before := len(w.r.Recorded())
	err := f()
	if n := len(w.r.Recorded()) - before; n != 0 {
		w.Fatalf("recorded %d events, want none: %v", n, w.r.Recorded()[before:])
	}
	return err
}

// blockerWords is a list of blockers as sorted words: the kind and what it
// concerns.
func blockerWords(bs []review.Blocker) string {
	words := make([]string, len(bs))
	for i, b := range bs {
		words[i] = string(b.Kind)
		switch {
		case b.Kind == review.SeatMissing:
			words[i] += " " + string(b.Seat)
		case b.Kind == review.FindingOpen:
			words[i] += " " + string(rune('0'+b.Finding))
		case b.Kind == review.EarlierGate:
			words[i] += " " + b.Subject
		case b.Item != "":
			words[i] += " " + string(b.Item)
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// refusal names the sort of an error; "ok" for none.
func refusal(err error) string {
	var (
		denied   *review.Denied
		invalid  *review.Invalid
		conflict *review.AnswerConflict
		stale    *review.StaleDigest
		outdated *review.Outdated
		blocked  *review.Blocked
		refused  *review.Refused
	)
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, review.ErrNotFound):
		return "not found"
	case errors.As(err, &denied):
		return "denied"
	case errors.As(err, &invalid):
		return "invalid"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &stale):
		return "stale"
	case errors.As(err, &outdated):
		return "outdated"
	case errors.As(err, &blocked):
		return "blocked"
	case errors.As(err, &refused):
		return "refused"
	}
	return "broken"
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// edges are the moments around one at which something begins or ends.
var edges = []time.Duration{-time.Microsecond, 0, time.Microsecond}

// expiry is the first moment at which evidence of a stage no longer counts.
func expiry(w *world, sk plan.StageKey) time.Time {
	w.Helper()
	for _, e := range w.stage(sk).Evidence {
		if !e.Removed() && !e.Expires.IsZero() {
			return review.EndOf(e.Expires, time.UTC)
		}
	}
	w.Fatalf("no evidence of %s expires", sk)
	return time.Time{}
}

// shown is the digest of a waiver, a condition or a finding as it is now; one
// that is not there was not shown.
func shown(r *review.Review, sk plan.StageKey, kind string, no int) review.Digest {
	s := r.Stage(sk)
	switch {
	case s == nil || no < 1:
	case kind == "waiver":
		for i := range s.Waivers {
			if s.Waivers[i].No == no {
				return s.Waivers[i].Digest()
			}
		}
	case kind == "condition" && no <= len(s.Conditions):
		return s.Conditions[no-1].Digest()
	case kind == "finding" && no <= len(s.Findings):
		return s.Findings[no-1].Digest()
	}
	return ""
}
