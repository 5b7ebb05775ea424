package proof

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// The people of the tests.
const (
	olga review.PersonID = 10 + iota // owner
	mike                             // deputy, who answers
	pat                              // product
	eng                              // engineering
	sre                              // sre
	stan                             // stands in for sre
	mona                             // manager
)

const (
	alpha review.ProjectID = 7
	idea  plan.StageKey    = "idea"
	live  plan.StageKey    = "live"
)

// begin is when the story starts, with microseconds that are not zero.
var begin = time.Date(2026, time.March, 2, 9, 30, 0, 123_456_000, time.UTC)

func smallTemplate(sod bool) *plan.Lifecycle {
	must, should := plan.LevelMust, plan.LevelShould
	return &plan.Lifecycle{
		Key: "small", Version: 1, Name: "Small", Order: plan.OrderFree, SoD: sod,
		Stages: []plan.Stage{
			{Key: idea, Name: "Idea", Items: []plan.Item{
				{Key: "scope-set", Title: "Scope is <set>", Levels: [3]plan.Level{must, must, must}, Evidence: []plan.EvidenceKind{"doc"}},
				{Key: "demo-shown", Title: "A demo was shown", Levels: [3]plan.Level{should, should, should}},
			}, Gate: plan.Gate{Name: "Worth building", Quorum: 2, Seats: []plan.GateSeat{{Seat: plan.SeatProduct, Mandatory: true},
				{Seat: plan.SeatEngineering}, {Seat: plan.SeatSRE}}}},
			{Key: live, Name: "Live", Items: []plan.Item{
				{Key: "restore-tested", Title: "Restore is tested", Levels: [3]plan.Level{must, must, must},
					Evidence: []plan.EvidenceKind{"test-report"}, ValidDays: 30},
			}, Gate: plan.Gate{Name: "Go live", Quorum: 1, Seats: []plan.GateSeat{{Seat: plan.SeatSRE, Mandatory: true}}}},
		},
	}
}

// world is a project of which a story is told, command by command.
type world struct {
	testing.TB
	r    *review.Review
	tmpl *plan.Lifecycle
	now  time.Time
	acts int
}

func newWorld(tb testing.TB, tmpl *plan.Lifecycle) *world {
	tb.Helper()
	w := &world{TB: tb, tmpl: tmpl, now: begin}
	ref, err := tmpl.Ref()
	if err != nil {
		tb.Fatal(err)
	}
	w.r, err = review.Create(actor(mona), alpha, plan.Bare(tmpl, ref), review.NewProject{
		Key: "alpha", Name: "Alpha & <Co>", Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: olga, Deputy: mike,
	}, w.tick())
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// actor is a person with the rights that the story gives them.
func actor(p review.PersonID) review.Actor {
	a := review.Actor{Person: p, Roles: []review.Role{review.RoleViewer}}
	seat := func(s plan.Seat, holder review.PersonID) {
		a.Seats = append(a.Seats, review.SeatHeld{Seat: s, Since: begin.AddDate(0, -1, 0), For: holder})
	}
	switch p {
	case pat:
		seat(plan.SeatProduct, 0)
	case eng:
		seat(plan.SeatEngineering, 0)
	case sre:
		seat(plan.SeatSRE, 0)
	case stan:
		seat(plan.SeatSRE, sre)
	case mona:
		a.Roles = append(a.Roles, review.RoleManager)
	}
	return a
}

func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Minute + time.Microsecond)
	return w.now
}

// must fails the test when a command was refused.
func (w *world) must(err error) {
	w.Helper()
	w.acts++
	if err != nil {
		w.Fatalf("step %d of the story: %v", w.acts, err)
	}
}

func (w *world) answer(sk plan.StageKey, ik plan.ItemKey, to review.State, note string) {
	w.Helper()
	it := w.r.Stage(sk).Item(ik)
	w.must(w.r.Answer(actor(mike), sk, ik, to, note, it.Answer.Version, w.tick()))
}

func (w *world) link(sk plan.StageKey, ik plan.ItemKey, kind plan.EvidenceKind, n int) {
	w.Helper()
	w.must(w.r.AddEvidence(actor(mike), sk, ik, review.NewEvidence{URL: fmt.Sprintf("https://wiki.example.test/%s/%d", ik, n),
		Title: "See \"here\"", Type: kind}, w.tick()))
}

func (w *world) request(sk plan.StageKey) {
	w.Helper()
	w.must(w.r.Request(actor(olga), sk, "", "Now.", w.tick()))
}

func (w *world) sign(p review.PersonID, sk plan.StageKey, seat plan.Seat, d review.Decision) {
	w.Helper()
	in := review.NewSignOff{Seat: seat, Decision: d, Note: "I looked.", Digest: w.r.Digest(w.r.Stage(sk))}
	switch d {
	case review.Return:
		in.Findings = []string{"Who pays?", "Link the plan."}
	case review.Conditional:
		in.Conditions = []review.NewCondition{{Text: "Write it down.", Owner: mike, Due: w.now.AddDate(0, 0, 5).Format(review.DateLayout)}}
	}
	w.must(w.r.SignOff(actor(p), sk, in, w.tick()))
}

// tell tells a story in which everything happens that a bundle has to cope
// with: a return with findings, a go with conditions, a recusal, a stand-in, a
// waiver, a withdrawn round, break-glass with its review, and a second review with
// a condition that is carried over, and a risk on which a gate decided that is closed
// later.
func tell(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb, smallTemplate(true))
	w.answer(idea, "scope-set", review.Met, "See <the> note & 見積もり.")
	w.link(idea, "scope-set", "doc", 1)
	w.answer(idea, "demo-shown", review.NotMet, "Next week.")
	w.request(idea)
	w.sign(eng, idea, plan.SeatEngineering, review.Go)
	w.sign(pat, idea, plan.SeatProduct, review.Return)
	w.must(w.r.AnswerFinding(actor(olga), idea, 1, w.r.Stage(idea).Findings[0].Digest(), "We do.", w.tick()))
	w.must(w.r.AnswerFinding(actor(olga), idea, 2, w.r.Stage(idea).Findings[1].Digest(), "Linked.", w.tick()))
	w.link(idea, "scope-set", "doc", 2)
	w.request(idea)
	w.must(w.r.Withdraw(actor(olga), idea, "One more thing.", w.tick()))
	w.request(idea)
	w.sign(sre, idea, plan.SeatSRE, review.Recuse)
	w.sign(eng, idea, plan.SeatEngineering, review.Go)
	w.answer(idea, "demo-shown", review.NotMet, "In two weeks.") // puts the signature out of date
	no, err := w.r.OpenRecord(actor(mike), "risk", review.NewRecord{RecordFields: review.RecordFields{
		Title: "Nobody <wants> it", Owner: mike, Stage: idea, Values: record.Values{"likelihood": "3", "impact": "4"},
	}}, w.tick()) // and so does this
	w.must(err)
	w.sign(eng, idea, plan.SeatEngineering, review.Conditional)
	w.sign(pat, idea, plan.SeatProduct, review.Go)
	closed := review.RecordMove{To: "closed", Reason: "Ten have asked for it."}
	w.must(w.r.MoveRecord(actor(mike), no, w.r.Records[no-1].Digest(), closed, w.tick()))
	w.must(w.r.MeetCondition(actor(mike), idea, 1, w.r.Stage(idea).Conditions[0].Digest(), "Written.", w.tick()))
	w.answer(live, "restore-tested", review.NotMet, "Not yet.")
	until := w.now.AddDate(0, 1, 0).Format(review.DateLayout)
	w.must(w.r.RequestWaiver(actor(mike), live, "restore-tested",
		review.NewWaiver{Reason: "Late", Risk: "Small", Measure: "By hand", Until: until}, w.tick()))
	w.must(w.r.GrantWaiver(actor(stan), live, 1, w.r.Stage(live).Waivers[0].Digest(), "Fine.", w.tick()))
	w.request(live)
	w.sign(stan, live, plan.SeatSRE, review.Go)
	w.answer(live, "restore-tested", review.Met, "Done.")
	w.link(live, "restore-tested", "test-report", 1)
	w.must(w.r.Force(actor(mona), live, w.r.Digest(w.r.Stage(live)), "The house burns.",
		w.now.AddDate(0, 0, 2).Format(review.DateLayout), w.tick()))
	w.must(w.r.CloseRetrospective(actor(stan), live, 2, "It was right.", w.tick()))
	w.must(w.r.StartReview(actor(olga), w.r.No, "Yearly.", w.tick()))
	w.must(w.r.ConfirmCondition(actor(eng), idea, 1, w.r.Stage(idea).Conditions[0].Digest(), w.tick()))
	w.answer(live, "restore-tested", review.Met, "Done again.")
	w.request(live)
	w.sign(sre, live, plan.SeatSRE, review.Go)
	w.request(idea)
	return w
}

// tellBriefly tells a story of one gate that passed.
func tellBriefly(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb, smallTemplate(true))
	w.answer(live, "restore-tested", review.Met, "Done.")
	w.link(live, "restore-tested", "test-report", 1)
	w.request(live)
	w.sign(sre, live, plan.SeatSRE, review.Go)
	return w
}

// directory is the trail of rights that fits the stories: who holds which seat,
// who is a manager, and who stands in.
func directory() []review.Entry {
	before := begin.AddDate(0, -1, 0)
	var out []review.Entry
	add := func(e review.Event) {
		out = append(out, review.Entry{Seq: int64(len(out)) + 1, At: before, Event: e})
	}
	for _, g := range []review.RightGranted{
		{Person: pat, Seat: plan.SeatProduct}, {Person: eng, Seat: plan.SeatEngineering}, {Person: sre,
			Seat: plan.SeatSRE}, {Person: mona, Role: review.RoleManager},
	} {
		g.Source = review.FromGroup
		add(review.PersonJoined{Person: g.Person})
		add(g)
	}
	add(review.SeatDelegated{Person: sre, No: 1, To: stan, Seat: plan.SeatSRE, Starts: "2026-03-01", Ends: "2026-03-10"})
	return out
}

// records chains the story's entries, as the store does.
func (w *world) records() []review.Sealed { return chained(w, alpha, w.r.Recorded()) }

func chained(tb testing.TB, stream review.ProjectID, entries []review.Entry) []review.Sealed {
	tb.Helper()
	var out []review.Sealed
	var prev review.Hash
	for i, e := range entries {
		e.Seq = int64(i) + 1
		body, err := review.EncodeEvent(e.Event)
		if err != nil {
			tb.Fatal(err)
		}
		prev = review.ChainHash(prev, stream, e, body)
		out = append(out, review.Sealed{Seq: e.Seq, At: e.At, Actor: e.Actor, Kind: e.Event.Kind(), Body: body, Hash: prev})
	}
	return out
}

// input is what a bundle of these records is made of, the trail of rights
// included, with a checkpoint over a few streams more.
func input(tb testing.TB, k *Key, tmpl *plan.Lifecycle, records []review.Sealed) Input {
	tb.Helper()
	rights := chained(tb, review.Directory, directory())
	last := rights[len(rights)-1]
	heads := []review.Head{{Stream: review.Directory, Seq: last.Seq, Hash: last.Hash}, {Stream: 3, Seq: 4, Hash: review.Hash{3}}}
	if n := len(records); n > 0 {
		heads = append(heads, review.Head{Stream: alpha, Seq: records[n-1].Seq, Hash: records[n-1].Hash})
	}
	heads = append(heads, review.Head{Stream: 9, Seq: 1, Hash: review.Hash{9}}, review.Head{Stream: 12, Seq: 99, Hash: review.Hash{12}})
	signed, err := k.Seal(1, begin.AddDate(1, 0, 0), nil, heads)
	if err != nil {
		tb.Fatal(err)
	}
	return Input{
		Made: begin.AddDate(1, 0, 0), Project: alpha, Records: records, Rights: rights, Documents: []plan.Document{{Lifecycle: tmpl}}, Note: signed, Heads: heads,
		People: map[review.PersonID]string{olga: "Olga <Owner>", mike: "Mike", pat: "Pat", eng: "Eng", sre: "Sri", stan: "Stan", mona: "Mona"},
	}
}

func newKey(tb testing.TB, instance string) *Key {
	tb.Helper()
	k, err := NewKey(instance)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func keysOf(tb testing.TB, ks ...*Key) Keys {
	tb.Helper()
	text := ""
	for _, k := range ks {
		text += k.Verifier() + "\n"
	}
	keys, err := ParseKeys(text)
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// built is a bundle of the whole story, and what it was made with.
type built struct {
	key   *Key
	keys  Keys
	in    Input
	bytes []byte
}

func build(tb testing.TB) *built {
	tb.Helper()
	return buildOf(tb, tell(tb))
}

func buildOf(tb testing.TB, w *world) *built {
	tb.Helper()
	k := newKey(tb, "test")
	b := &built{key: k, keys: keysOf(tb, k), in: input(tb, k, w.tmpl, w.records())}
	var err error
	if b.bytes, err = Build(k, b.in); err != nil {
		tb.Fatal(err)
	}
	return b
}
