package review_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// repeating makes the last gate repeat every so many days, and the runbook's
// evidence last for longer than that.
func repeating(days int) option {
	return func(t *plan.Lifecycle, _ *review.NewProject) { t.Stages[2].Gate.RepeatsDays = days }
}

func (w *world) live(want review.Live) {
	w.Helper()
	if got, _ := w.r.Live(w.now); got != want {
		w.Fatalf("%s, want %s", got.Label(), want.Label())
	}
}

// The review calendar, to the microsecond.
func TestLive(t *testing.T) {
	w := newWorld(t, repeating(90))
	w.live(review.NotLive)
	if _, due := w.r.Live(w.now); !due.IsZero() {
		t.Errorf("due %v before it is live", due)
	}
	w.open(run)
	w.live(review.NotLive)
	w.signAll(run)
	w.live(review.LiveCurrent)
	last := review.Today(w.now).AddDate(0, 0, 90)
	soon, due := last.AddDate(0, 0, -14), last.AddDate(0, 0, 1)
	if _, got := w.r.Live(w.now); !got.Equal(last) {
		t.Errorf("due %v, want %v", got, last)
	}
	if next := w.r.Rollup(w.stage(run), w.now).NextChange; !next.Equal(soon) {
		t.Errorf("next change %v, want %v", next, soon)
	}
	for _, off := range edges {
		w.now = soon.Add(off)
		want := review.LiveReviewDue
		if off < 0 {
			want = review.LiveCurrent
		}
		w.live(want)
		w.gate(run, review.GatePassed)
	}
	if next := w.r.Rollup(w.stage(run), w.now).NextChange; !next.Equal(due) {
		t.Errorf("next change %v, want %v", next, due)
	}
	for _, off := range edges {
		w.now = due.Add(off)
		live, gate := review.LiveLapsed, review.GateLapsed
		if off < 0 {
			live, gate = review.LiveReviewDue, review.GatePassed
		}
		w.live(live)
		w.gate(run, gate)
	}
	if next := w.r.Rollup(w.stage(run), w.now).NextChange; !next.IsZero() {
		t.Errorf("next change %v", next)
	}
	w.ok(w.request(owner, run))
	w.live(review.LiveLapsed)
	w.signAll(run)
	w.live(review.LiveCurrent)
}

// A gate that does not repeat is never due.
func TestLiveWithoutRepeating(t *testing.T) {
	w := newWorld(t)
	w.pass(run)
	w.now = w.now.AddDate(20, 0, 0)
	w.live(review.LiveCurrent)
	w.gate(run, review.GatePassed)
}

// What runs out under a live service shows, whatever else happens at its gate.
func TestLiveLapses(t *testing.T) {
	until := time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	causes := map[string]func(*world){
		"evidence": func(w *world) {
			w.fill(run, "runbook")
			w.ok(w.answer(member, run, "runbook", review.Met, ""))
			w.ok(w.r.AddEvidence(w.actor(mate), run, "runbook", review.NewEvidence{URL: "https://wiki.example.com/rb", Type: "runbook", Expires: "2026-03-31"}, w.tick()))
			w.ok(w.request(owner, run))
			w.signAll(run)
		},
		"a waiver": func(w *world) {
			w.fill(run, "runbook")
			w.leave(run, "runbook", "2026-03-31")
			w.ok(w.request(owner, run))
			w.signAll(run)
		},
		"a condition": func(w *world) {
			w.open(run)
			w.ok(w.signIf(sri, run, plan.SeatSRE, "2026-03-31", "rehearse"))
			w.ok(w.sign(priya, run, plan.SeatProduct))
			w.ok(w.sign(enya, run, eng))
		},
	}
	afterwards := map[string]func(*world){
		"nothing":  func(*world) {},
		"a change": func(w *world) { w.ok(w.link(mate, run, "drill", "https://wiki.example.com/d", "doc")) },
		"a new round": func(w *world) {
			w.ok(w.link(mate, run, "drill", "https://wiki.example.com/d", "doc"))
			w.ok(w.request(owner, run))
		},
		"a return": func(w *world) {
			w.ok(w.link(mate, run, "drill", "https://wiki.example.com/d", "doc"))
			w.ok(w.request(owner, run))
			w.ok(w.sendBack(priya, run, plan.SeatProduct, "no"))
		},
	}
	for cause, pass := range causes {
		for then, do := range afterwards {
			t.Run(cause+", then "+then, func(t *testing.T) {
				w := newWorld(t)
				pass(w)
				do(w)
				for _, off := range edges {
					w.now = until.Add(off)
					want := review.LiveLapsed
					if off < 0 {
						want = review.LiveCurrent
					}
					w.live(want)
				}
			})
		}
	}
}

// What a forced gate lacks does not make the service lapse; its date does.
func TestLiveByBreakGlass(t *testing.T) {
	w := newWorld(t, repeating(90))
	w.leave(run, "runbook", "2026-03-09")
	w.now = time.Date(2026, time.March, 10, 0, 0, 0, 0, time.UTC)
	w.ok(w.force(manager, run))
	w.live(review.LiveCurrent)
	w.now = w.now.AddDate(0, 0, 90)
	w.live(review.LiveReviewDue)
	w.now = w.now.AddDate(0, 0, 1)
	w.live(review.LiveLapsed)
	w.gate(run, review.GateLapsed)
}

func TestStartReviewIsRefused(t *testing.T) {
	start := func(w *world, p review.PersonID, why string) error {
		return w.r.StartReview(w.actor(p), w.r.No, why, w.tick())
	}
	w := newWorld(t)
	w.refused(w.silent(func() error { return start(w, owner, "yearly") }), "refused") // not live
	w.pass(design)
	w.refused(w.silent(func() error { return start(w, owner, "yearly") }), "refused")
	w.pass(run)
	for _, p := range []review.PersonID{member, quinn, viewer, admin, auditor} {
		w.refused(w.silent(func() error { return start(w, p, "yearly") }), "denied")
	}
	m := w.actor(owner)
	m.Machine = true
	w.refused(w.silent(func() error { return w.r.StartReview(m, w.r.No, "yearly", w.tick()) }), "denied")
	w.refused(w.silent(func() error { return start(w, owner, " ") }), "invalid")
	w.open(build)
	w.refused(w.silent(func() error { return start(w, owner, "yearly") }), "refused")
	w.signAll(build)
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusOnHold, "x", w.tick()))
	w.refused(w.silent(func() error { return start(w, owner, "yearly") }), "refused")
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusActive, "x", w.tick()))
	w.ok(w.answer(member, build, "load", review.NotMet, "slow"))
	w.ok(w.force(manager, build))
	w.refused(w.silent(func() error { return start(w, owner, "yearly") }), "refused") // that is still to be looked at
	w.ok(w.lookBack(quinn, build, 1+1))
	w.ok(start(w, deputy, "yearly"))
	w.refused(w.silent(func() error { return start(w, deputy, "yearly") }), "refused") // it has just begun
	from := func(p review.PersonID, shown int, why string) error {
		return w.silent(func() error { return w.r.StartReview(w.actor(p), shown, why, w.tick()) })
	}
	w.ok(from(deputy, 1, "yearly")) // the same form twice
	w.ok(from(owner, 1, " "))       // somebody else's for the same review
	w.refused(from(viewer, 1, "yearly"), "denied")
	for _, shown := range []int{-1, 0, 3, 7} {
		w.refused(from(owner, shown, "yearly"), "refused")
	}

	part := review.Blank(w.r.Project, 1, w.r.Plan)
	part.Load(2)
	if err := part.StartReview(w.actor(owner), part.No, "yearly", w.now); refusal(err) != "broken" {
		t.Errorf("with one stage loaded: %v", err)
	}
}

// The next review carries over what was said, asks again for what repeats, and
// begins with fresh gates; the service stays live meanwhile.
func TestNextReview(t *testing.T) {
	w := newWorld(t, repeating(365), withProfile("pii"))
	w.fill(design, "privacy")
	w.leave(design, "privacy", "2026-06-01")
	w.ok(w.request(owner, design))
	w.ok(w.signIf(archie, design, arch, "2026-03-31", "draw it"))
	w.ok(w.sign(enya, design, eng))
	w.ok(w.sign(seth, design, plan.SeatSecurity))
	w.pass(build)
	w.open(run)
	w.ok(w.sendBack(sri, run, plan.SeatSRE, "no owner"))
	w.ok(w.r.AnswerFinding(w.actor(member), run, 1, shown(w.r, run, "finding", 1), "it has one", w.tick()))
	w.ok(w.request(owner, run))
	w.signAll(run)
	passed := w.now
	first := w.digest(build)

	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	if w.r.No != 2 {
		t.Errorf("review %d", w.r.No)
	}
	for _, sk := range stageKeys {
		s := w.stage(sk)
		if len(s.Rounds)+len(s.Findings) != 0 || (len(s.Conditions) != 0) != (sk == design) {
			t.Errorf("%s keeps %v %v %v", sk, s.Rounds, s.Findings, s.Conditions)
		}
	}
	w.gate(design, review.GateReady)
	w.gate(build, review.GateBlocked)
	w.gate(run, review.GateReady)
	for _, sk := range stageKeys {
		if got, want := w.stage(sk).Gate, w.r.Standing(w.stage(sk), w.now); got != want {
			t.Errorf("the gate of %s is kept as %q, want %q", sk, got.Label(), want.Label())
		}
	}
	w.blocked(build, "reattest tests")
	w.refused(w.silent(func() error { return w.request(owner, build) }), "blocked")
	if w.digest(build) == first {
		t.Error("the digest is that of the first review")
	}
	roll := w.r.Rollup(w.stage(build), w.now)
	if roll.MustTotal != 1 || roll.MustDone != 0 || roll.ShouldDone != 1 {
		t.Errorf("readiness %+v", roll)
	}

	// Saying the same again is an answer of its own.
	it := w.stage(build).Item("tests")
	if !it.Reattest || w.stage(build).Item("load").Reattest || w.stage(run).Item("runbook").Reattest {
		t.Error("the wrong items are to be attested anew")
	}
	before, version := w.digest(build), it.Answer.Version
	w.refused(w.silent(func() error { return w.r.Answer(w.actor(mate), build, "tests", review.Met, "", version-1, w.tick()) }), "conflict")
	w.ok(w.r.Answer(w.actor(mate), build, "tests", review.Met, "", version, w.tick()))
	w.ok(w.silent(func() error { return w.r.Answer(w.actor(mate), build, "tests", review.Met, "", version, w.tick()) }))
	if it.Reattest || it.Answer.By != mate || it.Answer.Version != version+1 || w.digest(build) == before {
		t.Errorf("attested as %+v", it.Answer)
	}
	w.blocked(build)

	// The calendar goes on from the last pass.
	w.live(review.LiveCurrent)
	last := review.Today(passed).AddDate(0, 0, 365)
	due := last.AddDate(0, 0, 1)
	if _, got := w.r.Live(w.now); !got.Equal(last) || !w.r.PassedBefore.Equal(passed) {
		t.Errorf("due %v, want %v", got, last)
	}
	if next := w.r.Rollup(w.stage(run), w.now).NextChange; !next.Equal(last.AddDate(0, 0, -14)) {
		t.Errorf("next change %v", next)
	}
	for _, off := range edges {
		w.now = due.Add(off)
		want := review.LiveLapsed
		if off < 0 {
			want = review.LiveReviewDue
		}
		w.live(want)
	}
	w.ok(w.request(owner, run))
	w.signAll(run)
	w.live(review.LiveCurrent)

	got, err := review.Replay(project, recode(t, w.r.Recorded()), known(w.r.Plan))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(stateOf(got), stateOf(w.r)) {
		t.Errorf("replayed\n%+v\nwas\n%+v", stateOf(got), stateOf(w.r))
	}
}

// An approval that something does not apply is given anew with the answer.
func TestReattestNotApplicable(t *testing.T) {
	w := newWorld(t)
	w.pass(run)
	w.ok(w.answer(member, build, "tests", review.NotApplicable, "no code"))
	w.ok(w.approve(quinn, build, "tests"))
	w.ok(w.answer(member, build, "load", review.Met, ""))
	w.blocked(build)
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	w.blocked(build, "reattest tests")
	w.ok(w.silent(func() error { return w.approve(quinn, build, "tests") })) // of the last review
	w.blocked(build, "reattest tests")
	w.ok(w.answer(member, build, "tests", review.NotApplicable, "no code"))
	w.blocked(build, "not-applicable-unapproved tests")
	w.ok(w.approve(quinn, build, "tests"))
	w.blocked(build)
}

// A waiver covers what is to be attested anew, until it ends.
func TestReattestUnderAWaiver(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.pass(run)
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	w.blocked(build, "reattest tests")
	w.leave(build, "tests", "2026-03-31")
	w.ok(w.request(owner, build))
	w.signAll(build)
	w.now = time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	w.gate(build, review.GateLapsed)
}

// In a new review, evidence that expires under a must still shows.
func TestLiveLapsesDuringTheNextReview(t *testing.T) {
	w := newWorld(t, func(t *plan.Lifecycle, _ *review.NewProject) { t.Stages[2].Items[0].ValidDays = 30 })
	w.pass(run)
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "monthly", w.tick()))
	at := expiry(w, run)
	for _, off := range edges {
		w.now = at.Add(off)
		want := review.LiveLapsed
		if off < 0 {
			want = review.LiveCurrent
		}
		w.live(want)
	}
	w.blocked(run, "reattest runbook")
}

// Any gate may repeat, not only the last.
func TestRepeatingGate(t *testing.T) {
	w := newWorld(t, func(t *plan.Lifecycle, _ *review.NewProject) { t.Stages[0].Gate.RepeatsDays = 30 })
	w.pass(design)
	due := review.EndOf(review.Today(w.now).AddDate(0, 0, 30), time.UTC)
	if next := w.r.Rollup(w.stage(design), w.now).NextChange; !next.Equal(due) {
		t.Errorf("next change %v", next)
	}
	for _, off := range edges {
		w.now = due.Add(off)
		want := review.GateLapsed
		if off < 0 {
			want = review.GatePassed
		}
		w.gate(design, want)
	}
	w.ok(w.request(owner, design))
	w.signAll(design)
}

// Evidence and waivers turn amber 14 days before they end.
func TestExpiring(t *testing.T) {
	w := newWorld(t)
	w.fill(build, "load")
	w.leave(build, "load", "2026-03-31")
	wv, until := &w.stage(build).Waivers[0], time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	ev, expires := &w.stage(build).Evidence[0], expiry(w, build)
	for _, off := range edges {
		if got := wv.Expiring(until.AddDate(0, 0, -15).Add(off)); got != (off >= 0) {
			t.Errorf("14 days before, %v: waiver %t", off, got)
		}
		if got := wv.Expiring(until.Add(off)); got != (off < 0) {
			t.Errorf("at the end, %v: waiver %t", off, got)
		}
		if got := ev.Expiring(expires.AddDate(0, 0, -15).Add(off)); got != (off >= 0) {
			t.Errorf("14 days before, %v: evidence %t", off, got)
		}
		if got := ev.Expiring(expires.Add(off)); got != (off < 0) {
			t.Errorf("at the end, %v: evidence %t", off, got)
		}
	}
	w.ok(w.r.RevokeWaiver(w.actor(manager), build, 1, shown(w.r, build, "waiver", 1), "x", w.tick()))
	if wv.Expiring(until.Add(-time.Hour)) || (&review.Evidence{}).Expiring(until) {
		t.Error("what was taken back, or never ends, is expiring")
	}
}

// What a reviewer wants answered is not dropped by starting over.
func TestNextReviewWaitsForAnswers(t *testing.T) {
	w := newWorld(t)
	w.pass(run)
	w.open(build)
	w.ok(w.sendBack(quinn, build, qa, "no owner"))
	w.refused(w.silent(func() error { return w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()) }), "refused")
	w.ok(w.r.AnswerFinding(w.actor(member), build, 1, shown(w.r, build, "finding", 1), "it has one", w.tick()))
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
}

// The next review carries open conditions over: they are worked on as before,
// and the gate does not pass without them.
func TestNextReviewCarriesConditions(t *testing.T) {
	w := newWorld(t, repeating(365))
	w.pass(run)
	w.open(build)
	w.ok(w.signIf(quinn, build, qa, "2026-03-20", "rehearse", "write it up", "show it"))
	w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "done", w.tick()))
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), w.tick()))
	w.ok(w.r.MeetCondition(w.actor(owner), build, 3, shown(w.r, build, "condition", 3), "shown", w.tick()))
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))

	cs := w.stage(build).Conditions
	if len(cs) != 2 || cs[0].No != 1 || cs[0].Text != "write it up" || cs[1].No != 2 || cs[1].Text != "show it" || cs[1].MetBy != owner {
		t.Fatalf("carried over are %+v", cs)
	}
	if c := cs[0]; c.Review != 1 || c.Round != 1 || c.Seat != qa || c.By != quinn || len(w.stage(build).OpenConditions()) != 2 {
		t.Errorf("carried over as %+v", c)
	}
	if next := w.r.Rollup(w.stage(build), w.now).NextChange; next.IsZero() || !next.Equal(review.EndOf(cs[0].Due, time.UTC)) {
		t.Errorf("next change %v", next)
	}
	w.ok(w.answer(mate, build, "tests", review.Met, ""))
	w.ok(w.request(owner, build))
	w.ok(w.sign(quinn, build, qa)) // round 1 of this review, signed by who set them in round 1 of the last
	w.gate(build, review.GateConditional)
	w.refused(w.silent(func() error {
		return w.r.ConfirmCondition(w.actor(enya), build, 2, shown(w.r, build, "condition", 2), w.tick())
	}), "denied")
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 2, shown(w.r, build, "condition", 2), w.tick()))
	w.now = review.EndOf(cs[0].Due, time.UTC)
	w.gate(build, review.GateOverdue)
	w.blocked(build, "condition-overdue")
	w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "written", w.tick()))
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), w.tick()))
	w.gate(build, review.GatePassed)
	if c := w.stage(build).GateConditions(); len(c) != 2 {
		t.Errorf("the gate names %+v", c)
	}
}

// An overdue condition of the last stage lapses a running service, also one that
// was carried over.
func TestCarriedConditionLapsesALiveService(t *testing.T) {
	w := newWorld(t, repeating(365))
	w.open(run)
	w.ok(w.signIf(sri, run, plan.SeatSRE, "2026-03-20", "rehearse"))
	w.ok(w.sign(priya, run, plan.SeatProduct))
	w.ok(w.sign(enya, run, eng))
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	w.live(review.LiveCurrent)
	w.ok(w.request(owner, run))
	w.ok(w.sign(sri, run, plan.SeatSRE))
	w.ok(w.sign(priya, run, plan.SeatProduct))
	w.ok(w.sign(enya, run, eng))
	w.gate(run, review.GateConditional)
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	if c := w.stage(run).Conditions; len(c) != 1 || c[0].Review != 1 {
		t.Errorf("carried over twice as %+v", c)
	}
	w.now = review.EndOf(w.stage(run).Conditions[0].Due, time.UTC)
	w.live(review.LiveLapsed)
	w.ok(w.r.ReleaseCondition(w.actor(sri), run, 1, shown(w.r, run, "condition", 1), "off", w.tick()))
	w.live(review.LiveCurrent)
}

// A trail from before conditions were carried over says of none that it was.
func TestReviewsStartedBeforeConditionsCarriedOver(t *testing.T) {
	w := newWorld(t)
	w.open(run)
	w.ok(w.signIf(sri, run, plan.SeatSRE, "2026-03-20", "rehearse"))
	w.ok(w.sign(priya, run, plan.SeatProduct))
	w.ok(w.sign(enya, run, eng))
	entries := append(slices.Clone(w.r.Recorded()), review.Entry{At: w.tick(), Actor: owner, Event: review.ReviewStarted{No: 2, Reason: "yearly"}})
	old, err := review.Replay(project, entries, known(w.r.Plan))
	w.ok(err)
	if c := old.Stage(run).Conditions; len(c) != 0 {
		t.Errorf("carried over are %+v", c)
	}
	for _, refs := range [][]review.ConditionRef{{{Stage: run, No: 2}}, {{Stage: run, No: 0}}, {{Stage: "nowhere", No: 1}}} {
		entries[len(entries)-1].Event = review.ReviewStarted{No: 2, Reason: "yearly", Conditions: refs}
		if _, err := review.Replay(project, entries, known(w.r.Plan)); err == nil {
			t.Errorf("a review carries %v over, which there is not", refs)
		}
	}
}
