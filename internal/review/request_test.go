package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// What an item needs before its gate can be requested (rule 1).
func TestItemNeeds(t *testing.T) {
	answered := func(item plan.ItemKey, to review.State, note string) func(*world) {
		return func(w *world) { w.ok(w.answer(member, design, item, to, note)) }
	}
	linked := func(item plan.ItemKey, kind plan.EvidenceKind) func(*world) {
		return func(w *world) { w.ok(w.link(mate, design, item, "https://wiki.example.com/x", kind)) }
	}
	tests := []struct {
		name    string
		profile []plan.Flag
		tier    plan.Tier
		do      []func(*world)
		want    []string
	}{
		{"nothing answered", nil, 2, nil, []string{"must-open adr", "should-unexplained naming"}},
		{"a conditional must applies", []plan.Flag{"pii"}, 2, nil, []string{"must-open adr", "must-open privacy", "should-unexplained naming"}},
		{"tier 3 asks less", []plan.Flag{"pii"}, 3, nil, []string{"must-open adr", "should-unexplained privacy"}},
		{"must not met", nil, 3, []func(*world){answered("adr", review.NotMet, "soon")}, []string{"must-not-met adr"}},
		{"met without evidence", nil, 3, []func(*world){answered("adr", review.Met, "")}, []string{"evidence-missing adr"}},
		{"evidence of another kind", nil, 3, []func(*world){answered("adr", review.Met, ""), linked("adr", "dashboard")}, []string{"evidence-missing adr"}},
		{"the first demanded kind", nil, 3, []func(*world){answered("adr", review.Met, ""), linked("adr", "doc")}, nil},
		{"the second demanded kind", nil, 3, []func(*world){answered("adr", review.Met, ""), linked("adr", "repo")}, nil},
		{"evidence of another item", []plan.Flag{"pii"}, 3, []func(*world){answered("adr", review.Met, ""), linked("privacy", "doc"), answered("privacy", review.Met, "")}, []string{"evidence-missing adr"}},
		{"evidence without the answer", nil, 3, []func(*world){linked("adr", "doc")}, []string{"must-open adr"}},
		{"not applicable, not approved", nil, 3, []func(*world){answered("adr", review.NotApplicable, "a script of ten lines")}, []string{"not-applicable-unapproved adr"}},
		{"should open with a reason", nil, 2, []func(*world){answered("naming", review.Open, "next month")}, []string{"must-open adr"}},
		{"should not met with a reason", nil, 2, []func(*world){answered("naming", review.NotMet, "old code")}, []string{"must-open adr"}},
		{"should not met without one", nil, 2, []func(*world){answered("naming", review.NotMet, "")}, []string{"must-open adr", "should-unexplained naming"}},
		{"a reason nobody can see", nil, 2, []func(*world){answered("naming", review.NotMet, " \u200b\u2060\ufeff ")}, []string{"must-open adr", "should-unexplained naming"}},
		{"should met needs no evidence", []plan.Flag{"pii"}, 3, []func(*world){answered("privacy", review.Met, "")}, []string{"must-open adr"}},
		{"should not applicable needs no approval", nil, 2, []func(*world){answered("naming", review.NotApplicable, "no names")}, []string{"must-open adr"}},
		{"a may never blocks", nil, 3, []func(*world){answered("naming", review.NotMet, "")}, []string{"must-open adr"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, withTier(tt.tier), withProfile(tt.profile...))
			for _, do := range tt.do {
				do(w)
			}
			w.blocked(design, tt.want...)
			before := len(w.r.Recorded())
			err := w.request(owner, design)
			if len(tt.want) == 0 {
				w.ok(err)
				w.gate(design, review.GateWaiting)
				return
			}
			w.refused(err, "blocked")
			if n := len(w.r.Recorded()); n != before {
				t.Errorf("a refused request recorded %d events", n-before)
			}
			var b *review.Blocked
			errors.As(err, &b)
			if got := blockerWords(b.Blockers); got != w.blockers(design) {
				t.Errorf("the refusal lists %q, the page %q", got, w.blockers(design))
			}
		})
	}
}

// Each blocker says what, whose turn it is and since when.
func TestBlockersNameTheirOwner(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.ok(w.r.Assign(w.actor(member), design, "adr", mate, "2026-03-31", w.tick()))
	w.ok(w.answer(member, design, "adr", review.NotMet, ""))
	answered := w.now
	w.ok(w.answer(member, design, "privacy", review.NotApplicable, "only aggregates"))
	for _, b := range w.r.Blockers(w.stage(design), w.now) {
		switch {
		case b.Subject == "" || b.What == "" || b.Stage != design:
			t.Errorf("%s is not fit to read: %+v", b.Kind, b)
		case b.Kind == review.MustNotMet && (b.Owner != mate || !b.Since.Equal(answered)):
			t.Errorf("a must's turn is its assignee's since it was answered: %+v", b)
		case b.Kind == review.NAUnapproved && (b.Seat != plan.SeatSecurity || b.Owner != 0):
			t.Errorf("an approval is the seat's turn: %+v", b)
		case b.Kind == review.ShouldUnexplained && (b.Owner != owner || !b.Since.Equal(w.r.Project.Created)):
			t.Errorf("what nobody was assigned is the owner's: %+v", b)
		}
	}
}

func TestRequestRefusals(t *testing.T) {
	t.Run("only the team asks", func(t *testing.T) {
		w := newWorld(t)
		w.fill(design)
		for _, p := range []review.PersonID{viewer, manager, admin, auditor, archie} {
			w.refused(w.silent(func() error { return w.request(p, design) }), "denied")
		}
		w.refused(w.silent(func() error { return w.request(nobody, design) }), "not found")
		w.ok(w.request(member, design))
	})
	t.Run("twice", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		by := w.stage(design).OpenRound().RequestedBy
		w.ok(w.silent(func() error { return w.request(by, design) })) // the same form
		for _, p := range []review.PersonID{owner, member} {
			if p != by {
				w.refused(w.silent(func() error { return w.request(p, design) }), "refused")
			}
		}
		w.refused(w.silent(func() error { return w.r.Request(w.actor(by), design, "", "", w.tick()) }), "refused")
		for range 2 {
			w.ok(w.r.Withdraw(w.actor(owner), design, "too early", w.tick()))
		}
		if n := len(w.stage(design).Rounds); n != 1 {
			t.Errorf("%d rounds", n)
		}
		w.refused(w.silent(func() error { return w.r.Withdraw(w.actor(owner), design, "something else", w.tick()) }), "refused")
	})
	t.Run("after it passed", func(t *testing.T) {
		w := newWorld(t)
		w.pass(design)
		w.refused(w.silent(func() error { return w.request(owner, design) }), "refused")
	})
	t.Run("on content that changed", func(t *testing.T) {
		w := newWorld(t)
		w.fill(design)
		shown := w.digest(design)
		w.ok(w.answer(member, design, "naming", review.Met, "as of today"))
		err := w.silent(func() error { return w.r.Request(w.actor(owner), design, shown, "", w.tick()) })
		w.refused(err, "stale")
		var stale *review.StaleDigest
		if errors.As(err, &stale); stale.Shown != shown || stale.Current != w.digest(design) {
			t.Errorf("the refusal compares %q and %q", stale.Shown, stale.Current)
		}
	})
	t.Run("unknown stage", func(t *testing.T) {
		w := newWorld(t)
		w.refused(w.silent(func() error { return w.r.Request(w.actor(owner), "launch", "", "", w.tick()) }), "not found")
	})
	t.Run("while on hold", func(t *testing.T) {
		w := newWorld(t)
		w.fill(design)
		w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusOnHold, "no money", w.tick()))
		w.refused(w.silent(func() error { return w.request(owner, design) }), "blocked")
		w.blocked(design, "project-not-active")
	})
	t.Run("too long a reason", func(t *testing.T) {
		w := newWorld(t)
		w.fill(design)
		long := repeat("x", review.MaxReason+1)
		w.refused(w.silent(func() error { return w.r.Request(w.actor(owner), design, "", long, w.tick()) }), "invalid")
	})
}

// Rule 6: what an earlier gate that has not passed means for a later one.
func TestOrder(t *testing.T) {
	request := func(w *world, reason string) error {
		return w.r.Request(w.actor(owner), build, "", reason, w.tick())
	}
	t.Run("free", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderFree))
		w.fill(build)
		w.ok(request(w, ""))
	})
	t.Run("advisory", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderAdvisory))
		w.fill(build)
		w.gate(build, review.GateReady)
		w.refused(w.silent(func() error { return request(w, " \n") }), "invalid")
		w.ok(request(w, "the design is a copy of last year's"))
		round := w.stage(build).OpenRound()
		if !slices.Equal(round.Early, []string{"Design"}) || round.Reason == "" {
			t.Errorf("the round keeps neither what was early nor why: %+v", round)
		}
	})
	t.Run("advisory, in order", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderAdvisory))
		w.pass(design)
		w.fill(build)
		w.ok(request(w, ""))
	})
	t.Run("strict", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderStrict))
		w.fill(build)
		w.blocked(build, "earlier-gate Design")
		w.gate(build, review.GateBlocked)
		w.refused(w.silent(func() error { return request(w, "please") }), "blocked")
		w.pass(design)
		w.gate(build, review.GateReady)
		w.ok(request(w, ""))
	})
	t.Run("strict, the earlier gate changed since", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderStrict))
		w.pass(design)
		w.fill(build)
		w.ok(w.answer(member, design, "naming", review.NotMet, "found an old one"))
		w.gate(design, review.GateChanged)
		w.refused(w.silent(func() error { return request(w, "") }), "blocked")
	})
	t.Run("strict, the earlier gate lapsed since", func(t *testing.T) {
		w := newWorld(t, ordered(plan.OrderStrict))
		w.pass(design)
		w.pass(build)
		w.fill(run)
		w.now = expiry(w, build).Add(-time.Microsecond)
		w.blocked(run)
		w.now = expiry(w, build)
		w.blocked(run, "earlier-gate Build")
		w.gate(run, review.GateBlocked)
		if early := w.r.EarlierOpen(w.stage(run), w.now); !slices.Equal(early, []string{"Build"}) {
			t.Errorf("earlier gates that have not passed: %v", early)
		}
		w.refused(w.silent(func() error { return w.r.Request(w.actor(owner), run, "", "", w.now) }), "blocked")
	})
}

// Withdrawing ends the round and keeps it readable.
func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	withdraw := func(p review.PersonID, why string) error {
		return w.r.Withdraw(w.actor(p), design, why, w.tick())
	}
	w.refused(w.silent(func() error { return withdraw(owner, "changed my mind") }), "refused")
	w.open(design)
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.refused(w.silent(func() error { return withdraw(owner, " ") }), "invalid")
	w.refused(w.silent(func() error { return withdraw(archie, "not good enough") }), "denied")
	w.ok(withdraw(member, "a page is missing"))
	w.gate(design, review.GateReady)
	w.refused(w.silent(func() error { return w.sign(archie, design, plan.SeatArchitecture) }), "refused")
	if ro := w.stage(design).LastRound(); ro.Outcome != review.OutcomeWithdrawn || ro.Why != "a page is missing" || ro.ClosedBy != member || len(ro.SignOffs) != 1 {
		t.Errorf("the round keeps too little: %+v", ro)
	}
	// A signature of the withdrawn round counts for nothing in the next.
	w.ok(w.request(owner, design))
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.gate(design, review.GateWaiting)
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.gate(design, review.GatePassed)
}

// Answering gives a conflict to the slower of two people, and only then.
func TestAnswerVersions(t *testing.T) {
	w := newWorld(t)
	answer := func(p review.PersonID, to review.State, note string, version int) error {
		return w.r.Answer(w.actor(p), design, "adr", to, note, version, w.tick())
	}
	w.ok(answer(member, review.Met, "  see the wiki\r\nand the code ", 0))
	now := w.stage(design).Item("adr").Answer
	if now.State != review.Met || now.Note != "see the wiki\nand the code" || now.By != member || now.Version != 1 || !now.At.Equal(w.now) {
		t.Fatalf("the answer is kept as %+v", now)
	}
	err := w.silent(func() error { return answer(mate, review.NotMet, "", 0) })
	w.refused(err, "conflict")
	var conflict *review.AnswerConflict
	if errors.As(err, &conflict); conflict.Current != now || conflict.Item != "adr" {
		t.Errorf("the conflict shows %+v", conflict)
	}
	w.refused(w.silent(func() error { return answer(mate, review.NotMet, "", 2) }), "conflict")
	// What is there already is no conflict, whoever sends it again.
	w.ok(w.silent(func() error { return answer(member, review.Met, "see the wiki\nand the code", 0) }))
	w.ok(w.silent(func() error { return answer(mate, review.Met, "see the wiki\nand the code", 1) }))
	w.ok(answer(mate, review.Open, "", 1))
	w.ok(w.silent(func() error { return answer(mate, review.Open, "", 1) }))
	w.refused(w.silent(func() error { return answer(mate, "maybe", "", 2) }), "invalid")
	w.refused(w.silent(func() error { return answer(mate, review.NotApplicable, " ", 2) }), "invalid")
	w.refused(w.silent(func() error { return answer(mate, review.Met, repeat("x", review.MaxNote+1), 2) }), "invalid")
	w.ok(answer(mate, review.Met, repeat("ü", review.MaxNote), 2))
}

func TestAnswerWhereThereIsNothingToAnswer(t *testing.T) {
	w := newWorld(t, withTier(3))
	to := func(p review.PersonID, sk plan.StageKey, ik plan.ItemKey) error {
		return w.silent(func() error { return w.r.Answer(w.actor(p), sk, ik, review.Met, "", 0, w.tick()) })
	}
	w.refused(to(member, "launch", "adr"), "not found")
	w.refused(to(member, design, "runbook"), "not found") // an item of another stage
	w.refused(to(member, build, "load"), "refused")       // does not apply to tier 3
	w.refused(to(viewer, build, "load"), "denied")        // the right is asked for first
	w.refused(to(nobody, build, "load"), "not found")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "another product does it", w.tick()))
	w.refused(to(member, design, "adr"), "refused")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusActive, "it does not", w.tick()))
	w.ok(w.r.Answer(w.actor(member), design, "adr", review.Met, "", 0, w.tick()))
}

// Rule 1: who may approve that a must does not apply.
func TestApproveNotApplicable(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.ok(w.answer(insider, design, "adr", review.NotApplicable, "it is a pure move"))
	for _, p := range []review.PersonID{member, owner, viewer, manager, admin, auditor} {
		w.refused(w.silent(func() error { return w.approve(p, design, "adr") }), "denied")
	}
	w.refused(w.silent(func() error { return w.approve(insider, design, "adr") }), "denied") // gave the answer
	w.refused(w.silent(func() error { return w.approve(quinn, design, "adr") }), "denied")   // a seat of another gate
	machine := w.actor(seth)
	machine.Machine = true
	w.refused(w.silent(func() error { return w.r.ApproveNotApplicable(machine, design, "adr", 1, w.tick()) }), "denied")
	w.refused(w.silent(func() error { return w.r.ApproveNotApplicable(w.actor(seth), design, "adr", 0, w.tick()) }), "conflict")
	w.blocked(design, "not-applicable-unapproved adr", "must-open privacy", "should-unexplained naming")

	w.ok(w.approve(seth, design, "adr"))
	w.blocked(design, "must-open privacy", "should-unexplained naming")
	if a := w.stage(design).Item("adr").Answer; a.ApprovedBy != seth || !a.ApprovedAt.Equal(w.now) {
		t.Errorf("the approval is kept as %+v", a)
	}
	w.ok(w.silent(func() error { return w.approve(seth, design, "adr") }))
	w.ok(w.silent(func() error { return w.approve(archie, design, "adr") }))

	// Changing the reason takes the approval with it.
	w.ok(w.answer(member, design, "adr", review.NotApplicable, "it is an impure move"))
	w.blocked(design, "not-applicable-unapproved adr", "must-open privacy", "should-unexplained naming")

	// Nothing else can be approved.
	w.ok(w.answer(member, design, "adr", review.Met, ""))
	w.refused(w.silent(func() error { return w.approve(archie, design, "adr") }), "refused")
	w.ok(w.answer(member, design, "naming", review.NotApplicable, "nothing is named"))
	w.refused(w.silent(func() error { return w.approve(archie, design, "naming") }), "refused")
}

// The security seat sits at the design gate only where personal data makes
// it; without, its holder approves nothing there.
func TestApproveNotApplicableByAConditionalSeat(t *testing.T) {
	w := newWorld(t)
	w.ok(w.answer(member, design, "adr", review.NotApplicable, "it is a pure move"))
	w.refused(w.silent(func() error { return w.approve(seth, design, "adr") }), "denied")
}

func TestAssignAndDiscuss(t *testing.T) {
	w := newWorld(t)
	w.fill(design)
	before := w.digest(design)
	assign := func(p, to review.PersonID, due string) error {
		return w.r.Assign(w.actor(p), design, "adr", to, due, w.tick())
	}
	w.ok(assign(manager, mate, "2026-05-01"))
	w.ok(w.silent(func() error { return assign(owner, mate, " 2026-05-01 ") }))
	w.refused(w.silent(func() error { return assign(owner, 0, "2026-05-01") }), "invalid")
	for _, due := range []string{"1969-12-31", "10000-01-01", "2200-01-01", "2026-02-30", "1.5.2026", "0001-01-01"} {
		w.refused(w.silent(func() error { return assign(owner, mate, due) }), "invalid")
	}
	w.refused(w.silent(func() error { return assign(archie, mate, "") }), "denied")
	w.ok(assign(owner, 0, ""))
	if it := w.stage(design).Item("adr"); it.Assignee != 0 || !it.Due.IsZero() {
		t.Errorf("the assignment stays: %+v", it)
	}
	discuss := func(p review.PersonID, text string) error {
		return w.r.Discuss(w.actor(p), design, "adr", text, "", w.tick())
	}
	w.ok(discuss(archie, "Why not a queue?"))
	w.ok(discuss(viewer, "Why not a queue?"))
	w.refused(w.silent(func() error { return discuss(viewer, " \u200b ") }), "invalid")
	w.refused(w.silent(func() error { return discuss(auditor, "hm") }), "denied")
	if n := w.stage(design).Item("adr").Comments; n != 2 {
		t.Errorf("%d comments", n)
	}
	if w.digest(design) != before {
		t.Error("assignments and comments are not part of what is signed")
	}
}
