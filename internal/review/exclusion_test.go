package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// The explanation names the item, and tells apart what the person did.
func TestExclusionNamesTheItem(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	s := w.stage(build)
	for what, tt := range map[string]struct {
		do   func()
		want string
	}{
		"answered":     {func() { w.ok(w.answer(insider, build, "style", review.Met, "")) }, "You answered “Style is checked” in this stage"},
		"was replaced": {func() { w.ok(w.answer(mate, build, "style", review.Met, "so it is")) }, "You answered “Style is checked” before somebody else did"},
	} {
		if what == "was replaced" && w.stage(build).Item("style").Answer.By != insider {
			w.ok(w.answer(insider, build, "style", review.NotMet, "for now"))
		}
		tt.do()
		if why := s.Excluded(nil, insider); !strings.Contains(why, tt.want) {
			t.Errorf("%s: %q", what, why)
		}
	}
	w = newWorld(t)
	w.fill(build)
	w.ok(w.link(insider, build, "tests", "https://ci.example.com/9", "ci-run"))
	if why := w.stage(build).Excluded(nil, insider); !strings.Contains(why, "You gave evidence for “Tests run on each change”") {
		t.Errorf("a co-author of evidence: %q", why)
	}
}

// A colleague's small edit does not wash an author clean: neither while the
// round is open, nor by withdrawing, returning or breaking the glass and asking
// anew. A pass by signatures does, for answers that were replaced before it.
func TestPresentRound(t *testing.T) {
	edit := func(w *world) { w.ok(w.answer(member, build, "load", review.Met, w.tick().String())) }
	for _, tt := range []struct {
		name string
		do   func(w *world)
		ok   bool
	}{
		{"edited", edit, false},
		{"withdrawn and asked anew", func(w *world) {
			edit(w)
			w.ok(w.request(owner, build))
			w.ok(w.r.Withdraw(w.actor(owner), build, "wait", w.tick()))
			edit(w)
		}, false},
		{"returned", func(w *world) {
			edit(w)
			w.ok(w.request(owner, build))
			w.ok(w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: plan.SeatQA, Decision: review.Return, Findings: []string{"no"}, Digest: w.digest(build)}, w.tick()))
			w.ok(w.r.AnswerFinding(w.actor(member), build, 1, shown(w.r, build, "finding", 1), "done", w.tick()))
			edit(w)
		}, false},
		{"forced", func(w *world) {
			edit(w)
			w.ok(w.r.Force(w.actor(manager), build, w.digest(build), "fire", review.FormatDate(w.now.Add(5*day)), w.tick()))
			edit(w)
		}, false},
		{"replaced, passed, and another's since", func(w *world) {
			edit(w)
			w.ok(w.request(owner, build))
			w.ok(w.sign(quinn, build, plan.SeatQA))
			w.tick()
			edit(w)
		}, true},
		{"passed with it, and then replaced", func(w *world) {
			w.ok(w.request(owner, build))
			w.ok(w.sign(quinn, build, plan.SeatQA))
			w.tick()
			edit(w)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(build)
			w.ok(w.answer(insider, build, "load", review.Met, "mine"))
			tt.do(w)
			w.ok(w.request(owner, build))
			want := "denied"
			if tt.ok {
				want = "ok"
			}
			w.refused(w.sign(insider, build, plan.SeatEngineering), want)
		})
	}
}

// A new review starts with whose answers stand.
func TestPresentRoundOfTheNextReview(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(insider, design, "naming", review.Met, "mine"))
	w.ok(w.answer(member, design, "naming", review.Met, "ours"))
	w.ok(w.answer(mate, build, "style", review.Met, ""))
	w.pass(run)
	w.ok(w.r.StartReview(w.actor(owner), w.r.No, "yearly", w.tick()))
	for p, want := range map[review.PersonID]bool{insider: false, member: true} {
		if why := w.stage(design).Excluded(nil, p); (why != "") != want {
			t.Errorf("%d: %q", p, why)
		}
	}
	w.ok(w.answer(enzoed(w), design, "naming", review.Met, "anew"))
	if why := w.stage(design).Excluded(nil, member); why == "" {
		t.Error("an edit in the new review frees who gave the answer that stood")
	}
}

// enzoed makes another member of the team.
func enzoed(w *world) review.PersonID {
	w.ok(w.r.SetDuty(w.actor(owner), enzo, review.DutyMember, w.tick()))
	return enzo
}

// A round that was requested before the rule became stricter is judged by the
// rule of then: who gave the answer that stands and who alone gave evidence.
func TestRoundsKeepTheirRule(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.answer(insider, build, "load", review.Met, "mine"))
	w.ok(w.answer(member, build, "load", review.Met, "ours"))
	w.ok(w.answer(viewerTurned(w), build, "style", review.Open, "not yet"))
	w.ok(w.link(insider, build, "tests", "https://ci.example.com/9", "ci-run"))
	w.ok(w.link(mate, build, "load", "https://ci.example.com/8", "ci-run"))
	w.ok(w.request(owner, build))
	entries := slices.Clone(w.r.Recorded())
	last := &entries[len(entries)-1]
	ev := last.Event.(review.SignOffRequested)
	if ev.Exclusion != review.ExcludeAll {
		t.Fatalf("the request records %q", ev.Exclusion)
	}
	ev.Exclusion = ""
	last.Event = ev
	old, err := review.Replay(project, entries, known(w.r.Plan))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		person        review.PersonID
		before, since bool
	}{{insider, false, true}, {member, true, true}, {mate, true, true}, {viewer, false, true}, {quinn, false, false}} {
		was, is := old.Stage(build).Excluded(old.Stage(build).OpenRound(), tt.person), w.stage(build).Excluded(w.stage(build).OpenRound(), tt.person)
		if (was != "") != tt.before || (is != "") != tt.since {
			t.Errorf("%d: %q by the rule of then, %q by the present one", tt.person, was, is)
		}
	}
	q := old.Queue(old.Stage(build)).Excluded
	if slices.Contains(q, insider) || !slices.Contains(q, mate) || !slices.Contains(q, member) {
		t.Errorf("the queue leaves out %v", q)
	}
}

func viewerTurned(w *world) review.PersonID {
	w.ok(w.r.SetDuty(w.actor(owner), viewer, review.DutyMember, w.tick()))
	return viewer
}

// A round that is over is looked back at by those who had no part in it.
func TestJudgingAConditionOfAPastRound(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.answer(insider, build, "load", review.Met, "mine"))
	w.ok(w.answer(member, build, "load", review.Met, "ours"))
	w.ok(w.request(owner, build))
	in := review.NewSignOff{Seat: plan.SeatEngineering, Decision: review.Conditional, Digest: w.digest(build),
		Conditions: []review.NewCondition{{Text: "Measure it.", Owner: member, Due: "2026-04-01"}}}
	w.ok(w.r.SignOff(w.actor(enzo), build, in, w.tick()))
	w.ok(w.r.MeetCondition(w.actor(member), build, 1, shown(w.r, build, "condition", 1), "done", w.now.Add(time.Hour)))
	confirm := func(p review.PersonID) error {
		return w.r.ConfirmCondition(w.actor(p), build, 1, w.stage(build).Conditions[0].Digest(), w.now.Add(2*time.Hour))
	}
	w.refused(confirm(insider), "denied")
	w.ok(confirm(enya))
}
