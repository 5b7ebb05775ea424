package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Rule 2: a gate passes when enough distinct people, each mandatory seat among
// them, signed go on what is there now.
func TestQuorum(t *testing.T) {
	type signature struct {
		who  review.PersonID
		seat plan.Seat
		want string
	}
	const arch, eng, qa, sre, product, data = plan.SeatArchitecture, plan.SeatEngineering, plan.SeatQA, plan.SeatSRE, plan.SeatProduct, plan.SeatData
	tests := []struct {
		name    string
		stage   plan.StageKey
		profile []plan.Flag
		signs   []signature
		passed  bool
		missing []string
	}{
		{"one of two", design, nil, []signature{{enya, eng, "ok"}}, false, []string{"seat-missing architecture"}},
		{"both", design, nil, []signature{{enya, eng, "ok"}, {archie, arch, "ok"}}, true, nil},
		{"two people without the mandatory seat", design, nil, []signature{{enya, eng, "ok"}, {enzo, eng, "ok"}}, false, []string{"seat-missing architecture"}},
		{"the mandatory seat alone", design, nil, []signature{{archie, arch, "ok"}}, false, []string{"signers-missing"}},
		{"one person in two seats", design, nil, []signature{{twin, arch, "ok"}, {twin, eng, "refused"}}, false, []string{"signers-missing"}},
		{"the mandatory seat twice", design, nil, []signature{{archie, arch, "ok"}, {twin, arch, "ok"}}, true, nil},
		{"twice the same form", design, nil, []signature{{archie, arch, "ok"}, {archie, arch, "ok"}}, false, []string{"signers-missing"}},
		{"a seat that one does not hold", design, nil, []signature{{enya, arch, "denied"}}, false, []string{"seat-missing architecture", "signers-missing"}},
		{"a seat of another gate", design, nil, []signature{{quinn, qa, "invalid"}}, false, []string{"seat-missing architecture", "signers-missing"}},
		{"a seat that the profile does not call for", design, nil, []signature{{seth, plan.SeatSecurity, "invalid"}}, false, []string{"seat-missing architecture", "signers-missing"}},
		{"people without a seat", design, nil, []signature{{manager, arch, "denied"}, {admin, arch, "denied"}, {owner, arch, "denied"}, {nobody, arch, "not found"}}, false, []string{"seat-missing architecture", "signers-missing"}},
		{"the conditional seat raises the quorum", design, []plan.Flag{"pii"}, []signature{{archie, arch, "ok"}, {enya, eng, "ok"}}, false, []string{"seat-missing security"}},
		{"and completes it", design, []plan.Flag{"pii"}, []signature{{archie, arch, "ok"}, {enya, eng, "ok"}, {seth, plan.SeatSecurity, "ok"}}, true, nil},
		{"any single seat", build, nil, []signature{{enzo, eng, "ok"}}, true, nil},
		{"all mandatory, not enough people", run, nil, []signature{{sri, sre, "ok"}, {priya, product, "ok"}}, false, []string{"signers-missing"}},
		{"enough people, a mandatory seat missing", run, nil, []signature{{sri, sre, "ok"}, {enya, eng, "ok"}, {quinn, qa, "ok"}}, false, []string{"seat-missing product"}},
		{"nobody yet", run, nil, nil, false, []string{"seat-missing sre", "seat-missing product", "signers-missing"}},
		{"complete", run, nil, []signature{{sri, sre, "ok"}, {priya, product, "ok"}, {quinn, qa, "ok"}}, true, nil},
		{"a conditional seat that is not mandatory", run, []plan.Flag{"ml"}, []signature{{sri, sre, "ok"}, {priya, product, "ok"}, {quinn, qa, "ok"}, {enya, eng, "ok"}}, true, nil},
		{"it raises the quorum all the same", run, []plan.Flag{"ml"}, []signature{{sri, sre, "ok"}, {priya, product, "ok"}, {quinn, qa, "ok"}, {twin, data, "denied"}}, false, []string{"signers-missing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, withProfile(tt.profile...))
			w.open(tt.stage)
			for _, s := range tt.signs {
				w.refused(w.sign(s.who, tt.stage, s.seat), s.want)
			}
			want := review.GateWaiting
			if tt.passed {
				want = review.GatePassed
			}
			w.gate(tt.stage, want)
			w.blocked(tt.stage, tt.missing...)
			if ro := w.stage(tt.stage).LastRound(); tt.passed && (ro.Closing != w.digest(tt.stage) || ro.ClosedBy != tt.signs[len(tt.signs)-1].who || !ro.ClosedAt.Equal(w.now)) {
				t.Errorf("the outcome is kept as %+v", ro)
			}
		})
	}
}

// Once the quorum is reached nothing further can be signed in that round.
func TestSigningAfterTheDecision(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	w.refused(w.silent(func() error { return w.sign(enya, build, plan.SeatEngineering) }), "refused")
	w.ok(w.silent(func() error { return w.sign(quinn, build, plan.SeatQA) })) // the same form sent twice: it ended the round
	w.refused(w.silent(func() error {
		return w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: plan.SeatQA, Decision: review.Return, Findings: []string{"x"}, Digest: w.digest(build)}, w.tick())
	}), "refused")
}

func TestSignOffNeedsTheContentShown(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	shown := w.digest(design)
	for _, d := range []review.Digest{"", "0000", shown[:12]} {
		err := w.silent(func() error {
			return w.r.SignOff(w.actor(archie), design, review.NewSignOff{Seat: plan.SeatArchitecture, Decision: review.Go, Digest: d}, w.tick())
		})
		w.refused(err, "stale")
	}
	w.ok(w.answer(member, design, "naming", review.NotMet, "one file left"))
	err := w.silent(func() error {
		return w.r.SignOff(w.actor(archie), design, review.NewSignOff{Seat: plan.SeatArchitecture, Decision: review.Go, Digest: shown}, w.tick())
	})
	w.refused(err, "stale")
	var stale *review.StaleDigest
	if errors.As(err, &stale); stale.Shown != shown || stale.Current != w.digest(design) {
		t.Errorf("the refusal compares %q and %q", stale.Shown, stale.Current)
	}
}

func TestSignOffInput(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	many := slices.Repeat([]string{"a finding"}, 21)
	for _, in := range []review.NewSignOff{
		{Decision: ""}, {Decision: "conditional"}, {Decision: review.Return}, {Decision: review.Return, Findings: []string{"", " ", "\u200b"}},
		{Decision: review.Return, Findings: many}, {Decision: review.Return, Findings: []string{repeat("x", review.MaxReason+1)}},
		{Decision: review.Go, Note: repeat("x", review.MaxNote+1)}, {Decision: review.Go, Note: "a\x00b"}, {Decision: review.Go, Seat: "king"},
	} {
		if in.Seat == "" {
			in.Seat = plan.SeatArchitecture
		}
		in.Digest = w.digest(design)
		w.refused(w.silent(func() error { return w.r.SignOff(w.actor(archie), design, in, w.tick()) }), "invalid")
	}
}

// Rule 4: a change puts the signatures out of date; they have to be given
// again, and nothing is deleted.
func TestChangeDuringARound(t *testing.T) {
	changes := []struct {
		name string
		do   func(*world) error
	}{
		{"an answer", func(w *world) error { return w.answer(member, design, "naming", review.NotApplicable, "no names") }},
		{"a note", func(w *world) error { return w.answer(member, design, "adr", review.Met, "all of them") }},
		{"new evidence", func(w *world) error { return w.link(mate, design, "adr", "https://wiki.example.com/2", "doc") }},
		{"evidence that nothing demands", func(w *world) error { return w.link(mate, design, "naming", "https://wiki.example.com/2", "doc") }},
		{"a higher tier", func(w *world) error { return w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }) }},
	}
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.open(design)
			w.ok(w.sign(archie, design, plan.SeatArchitecture))
			signed := w.digest(design)
			w.ok(c.do(w))
			if w.digest(design) == signed {
				t.Fatal("the digest is the same")
			}
			w.blocked(design, "seat-missing architecture", "signers-missing")
			w.ok(w.sign(enya, design, plan.SeatEngineering))
			w.gate(design, review.GateWaiting)
			w.ok(w.sign(archie, design, plan.SeatArchitecture)) // again, on what is there now
			w.gate(design, review.GatePassed)
			if so := w.stage(design).LastRound().SignOffs; len(so) != 3 || so[0].Digest != signed {
				t.Errorf("the first signature is gone: %+v", so)
			}
		})
	}
}

// Setting an answer back, or linking evidence again, does not bring the old
// signatures back.
func TestChangeAndBack(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	signed := w.digest(design)
	w.ok(w.answer(member, design, "naming", review.NotMet, "wait"))
	w.ok(w.answer(member, design, "naming", review.Met, ""))
	if w.digest(design) == signed {
		t.Fatal("the digest came back with the answer")
	}
	w.ok(w.r.RemoveEvidence(w.actor(mate), design, "adr", 1, w.tick()))
	w.ok(w.link(mate, design, "adr", "https://wiki.example.com/adr", "doc"))
	if w.digest(design) == signed {
		t.Fatal("the digest came back with the evidence")
	}
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.gate(design, review.GateWaiting)
}

// A passed gate shows that something changed, asks for a new round and keeps
// the earlier one as it was.
func TestChangeAfterPassing(t *testing.T) {
	changes := []struct {
		name    string
		do      func(*world) error
		changed bool
	}{
		{"an answer", func(w *world) error { return w.answer(member, design, "adr", review.NotMet, "") }, true},
		{"a note", func(w *world) error { return w.answer(member, design, "adr", review.Met, "see 4") }, true},
		{"evidence added", func(w *world) error { return w.link(mate, design, "adr", "https://wiki.example.com/2", "doc") }, true},
		{"evidence removed", func(w *world) error { return w.r.RemoveEvidence(w.actor(owner), design, "adr", 1, w.tick()) }, true},
		{"a must joins by profile", func(w *world) error {
			return w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} })
		}, true},
		{"the tier rises", func(w *world) error { return w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }) }, true},
		{"another stage's answer", func(w *world) error { return w.answer(member, run, "runbook", review.Met, "") }, false},
		{"a comment", func(w *world) error {
			return w.r.Discuss(w.actor(archie), design, "adr", "well done", "", w.tick())
		}, false},
		{"an assignment", func(w *world) error { return w.r.Assign(w.actor(owner), design, "adr", mate, "", w.tick()) }, false},
		{"the project's name", func(w *world) error { return w.edit(owner, func(f *review.ProjectFields) { f.Name = "Payments 2" }) }, false},
		{"a question that nothing hangs on", func(w *world) error {
			return w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"public"} })
		}, false},
		{"a new owner", func(w *world) error { return w.r.SetDuty(w.actor(owner), mate, review.DutyOwner, w.tick()) }, false},
		{"a hold", func(w *world) error {
			return w.r.SetStatus(w.actor(owner), design, review.StatusOnHold, "no money", w.tick())
		}, false},
		{"the same answer again", func(w *world) error { return w.answer(mate, design, "adr", review.Met, "") }, false},
	}
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(design)
			before := *w.stage(design).LastRound()
			w.ok(c.do(w))
			after := *w.stage(design).LastRound()
			if !c.changed {
				w.gate(design, review.GatePassed)
				if !after.ChangedAt.IsZero() {
					t.Errorf("marked as changed at %v", after.ChangedAt)
				}
				return
			}
			w.gate(design, review.GateChanged)
			if !after.ChangedAt.Equal(w.now) || after.Outcome != review.OutcomePassed || after.Closing != before.Closing || len(after.SignOffs) != len(before.SignOffs) {
				t.Errorf("the earlier round was %+v and is %+v", before, after)
			}
			if !slices.Contains(kinds(w.r.Blockers(w.stage(design), w.now)), review.ContentChanged) {
				t.Errorf("nothing asks for a new round: %s", w.blockers(design))
			}
		})
	}
}

// A profile that is changed and changed back leaves the gate changed: only a
// new round settles what happened in between.
func TestProfileChangeAndBackAfterPassing(t *testing.T) {
	w := newWorld(t)
	w.pass(design)
	closing := w.stage(design).LastRound().Closing
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	w.ok(w.answered(manager))
	if w.digest(design) != closing {
		t.Error("the content is what it was; the digest should say so")
	}
	w.gate(design, review.GateChanged)
	w.blocked(design, "content-changed")
	w.ok(w.request(owner, design))
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.gate(design, review.GateWaiting) // the signatures of the first round stay there
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.gate(design, review.GatePassed)
	if n := len(w.stage(design).Rounds); n != 2 {
		t.Errorf("%d rounds", n)
	}
}

// A profile that changes who has to sign ends open rounds: each is decided by
// the policy under which it was opened, or not at all.
func TestProfileChangeDuringARound(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.open(build)
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	if ro := w.stage(design).LastRound(); ro.Outcome != review.OutcomeWithdrawn || ro.Why == "" || ro.ClosedBy != owner {
		t.Errorf("the design's round goes on: %+v", ro)
	}
	w.refused(w.sign(enya, design, plan.SeatEngineering), "refused")
	w.gate(design, review.GateBlocked)
	w.gate(build, review.GateWaiting) // asks nothing new
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
}

// So does a tier at which another number of people has to sign, or other seats.
func TestTierChangeDuringARound(t *testing.T) {
	w := newWorld(t, func(l *plan.Lifecycle, _ *review.NewProject) {
		gate := &l.Stages[l.StageIndex(design)].Gate
		gate.Quorums = [3]int{gate.Quorum, gate.Quorum, 1}
		for i := range gate.Seats {
			gate.Seats[i].Mandatory, gate.Seats[i].MandatoryAt = false, []plan.Tier{1}
		}
	})
	w.open(design)
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Summary = "Nothing that a gate asks about." }))
	if w.stage(design).OpenRound() == nil {
		t.Fatal("the round ended although nothing changed for it")
	}
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = plan.TierStarter }))
	if ro := w.stage(design).LastRound(); ro.Outcome != review.OutcomeWithdrawn || ro.Why == "" {
		t.Errorf("the round goes on: %+v", ro)
	}
}

// Musts that come up in an open round keep it from passing, whoever signs.
func TestBlockersDuringARound(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.answer(member, build, "tests", review.NotMet, "red since noon"))
	w.blocked(build, "must-not-met tests", "signers-missing")
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GateWaiting)
	w.blocked(build, "must-not-met tests")
	w.ok(w.answer(member, build, "tests", review.Met, "green again"))
	w.blocked(build, "signers-missing")
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
}

// The order is a matter of the request. A round that was rightly opened is not
// left hanging with all its signatures when an earlier gate reopens meanwhile.
func TestEarlierGateReopensDuringARound(t *testing.T) {
	w := newWorld(t, ordered(plan.OrderStrict))
	w.pass(design)
	w.open(build)
	w.ok(w.answer(member, design, "naming", review.NotMet, "one left"))
	w.gate(design, review.GateChanged)
	w.blocked(build, "signers-missing")
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
}

// A sign-off counts while its signer holds the seat without a break.
func TestEntitlementAtTheDecision(t *testing.T) {
	t.Run("revoked before signing", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.roles[archie] = []review.Role{review.RoleViewer}
		w.revoke(archie, plan.SeatArchitecture)
		w.refused(w.silent(func() error { return w.sign(archie, design, plan.SeatArchitecture) }), "denied")
	})
	t.Run("revoked after signing", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.revoke(archie, plan.SeatArchitecture)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		if open := w.r.OpenSeats(w.stage(design)); !slices.Equal(open, []plan.Seat{plan.SeatArchitecture, plan.SeatEngineering}) {
			t.Errorf("seats that would still help: %v", open)
		}
		w.ok(w.sign(enya, design, plan.SeatEngineering))
		w.gate(design, review.GateWaiting)
		w.ok(w.sign(twin, design, plan.SeatArchitecture))
		w.gate(design, review.GatePassed)
	})
	t.Run("revoked and granted again", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.revoke(archie, plan.SeatArchitecture)
		w.grant(archie, plan.SeatArchitecture)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(enya, design, plan.SeatEngineering))
		w.gate(design, review.GateWaiting)
		w.ok(w.sign(archie, design, plan.SeatArchitecture)) // the first no longer counts
		w.gate(design, review.GatePassed)
	})
	t.Run("moved to another seat", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.sign(enya, design, plan.SeatEngineering))
		w.revoke(enya, plan.SeatEngineering)
		w.grant(enya, plan.SeatArchitecture)
		w.ok(w.sign(enya, design, plan.SeatArchitecture))
		w.blocked(design, "signers-missing")
		w.ok(w.sign(enzo, design, plan.SeatEngineering))
		w.gate(design, review.GatePassed)
	})
	t.Run("one of two grants revoked", func(t *testing.T) {
		w := newWorld(t)
		w.seats[archie] = append(w.seats[archie], heldIn(review.Scope(project), plan.SeatArchitecture)...)
		w.open(design)
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.seats[archie] = w.seats[archie][1:]
		w.ok(w.sign(enya, design, plan.SeatEngineering))
		w.gate(design, review.GatePassed)
	})
	t.Run("a seat in another project", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.roles[archie] = []review.Role{review.RoleViewer}
		w.seats[archie] = heldIn(review.Scope(project+1), plan.SeatArchitecture)
		w.refused(w.silent(func() error { return w.sign(archie, design, plan.SeatArchitecture) }), "denied")
	})
	t.Run("granted at that very moment", func(t *testing.T) {
		w := newWorld(t)
		w.open(build)
		w.seats[quinn][0].Since = w.now.Add(time.Second) // the tick of the signature
		w.ok(w.sign(quinn, build, plan.SeatQA))
		w.gate(build, review.GatePassed)
	})
	t.Run("holders unknown", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.r.Holders = nil
		w.blocked(design, "seat-missing architecture", "signers-missing")
	})
}

// Who counts is told one by one, and nobody twice.
func TestCounting(t *testing.T) {
	w := newWorld(t)
	if so := w.r.Counting(w.stage(run)); so != nil {
		t.Errorf("%v count without a round", so)
	}
	w.open(run)
	w.ok(w.sign(sri, run, plan.SeatSRE))
	w.ok(w.sign(enya, run, plan.SeatEngineering))
	var who []review.PersonID
	for _, so := range w.r.Counting(w.stage(run)) {
		who = append(who, so.Person)
	}
	if !slices.Equal(who, []review.PersonID{sri, enya}) {
		t.Errorf("%v count", who)
	}
}

// What counts is worked out from the state alone. Rows that no command would
// have let in do not pass a gate.
func TestCountingRowsThatShouldNotBe(t *testing.T) {
	rows := func(t *testing.T, signs ...review.SignOff) *world {
		w := newWorld(t)
		w.open(design)
		round := w.stage(design).OpenRound()
		for i, so := range signs {
			so.No, so.Decision, so.Digest, so.At = i+1, review.Go, w.digest(design), w.now
			round.SignOffs = append(round.SignOffs, so)
		}
		w.hold()
		return w
	}
	t.Run("one person in two seats", func(t *testing.T) {
		w := rows(t, review.SignOff{Person: twin, Seat: plan.SeatArchitecture}, review.SignOff{Person: twin, Seat: plan.SeatEngineering})
		if n := len(w.r.Counting(w.stage(design))); n != 1 {
			t.Errorf("%d sign-offs count", n)
		}
		w.blocked(design, "seat-missing architecture")
		w.ok(w.sign(enya, design, plan.SeatEngineering))
		w.gate(design, review.GateWaiting)
	})
	t.Run("who answered an item", func(t *testing.T) {
		w := rows(t, review.SignOff{Person: insider, Seat: plan.SeatEngineering})
		w.stage(design).Items[0].Answer.By = insider
		w.stage(design).OpenRound().SignOffs[0].Digest = w.digest(design)
		w.blocked(design, "seat-missing architecture", "signers-missing")
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.gate(design, review.GateWaiting)
	})
	t.Run("who sits in another project", func(t *testing.T) {
		w := rows(t, review.SignOff{Person: enya, Seat: plan.SeatEngineering})
		w.seats[enya] = heldIn(review.Scope(project+1), plan.SeatEngineering)
		w.hold()
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.gate(design, review.GateWaiting)
	})
	t.Run("a return", func(t *testing.T) {
		w := rows(t, review.SignOff{Person: enya, Seat: plan.SeatEngineering})
		w.stage(design).OpenRound().SignOffs[0].Decision = review.Return
		w.ok(w.sign(archie, design, plan.SeatArchitecture))
		w.gate(design, review.GateWaiting)
	})
}

// In a restricted project the holders of seats everywhere sign nothing, and do
// not learn of it; those who hold the seat for this project do sign.
func TestSigningARestrictedProject(t *testing.T) {
	w := newWorld(t, restricted)
	w.open(build)
	w.refused(w.silent(func() error { return w.sign(quinn, build, plan.SeatQA) }), "not found")
	w.seats[quinn] = heldIn(review.Scope(project), plan.SeatQA)
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GatePassed)
}

// Rule 3: who answered an item, or alone gave its evidence, does not sign.
func TestSeparationOfDuties(t *testing.T) {
	tests := []struct {
		name string
		do   func(*world)
		want string
	}{
		{"neither answered nor linked", func(*world) {}, "ok"},
		{"answered an item", func(w *world) { w.ok(w.answer(insider, build, "load", review.NotMet, "later")) }, "denied"},
		{"answered and another took over", func(w *world) {
			w.ok(w.answer(insider, build, "load", review.NotMet, "later"))
			w.ok(w.answer(member, build, "load", review.NotMet, "much later"))
		}, "denied"},
		{"answered a may", func(w *world) { w.ok(w.answer(insider, build, "style", review.Met, "")) }, "denied"},
		{"answered an item of another stage", func(w *world) { w.ok(w.answer(insider, run, "runbook", review.Met, "")) }, "ok"},
		{"answered and opened again", func(w *world) {
			w.ok(w.answer(insider, build, "load", review.Met, ""))
			w.ok(w.answer(insider, build, "load", review.Open, "not yet"))
		}, "denied"},
		{"alone gave an item's evidence", func(w *world) { w.ok(w.link(insider, build, "load", "https://ci.example.com/9", "ci-run")) }, "denied"},
		{"gave evidence with another", func(w *world) { w.ok(w.link(insider, build, "tests", "https://ci.example.com/9", "ci-run")) }, "denied"},
		{"the other's was removed", func(w *world) {
			w.ok(w.link(insider, build, "tests", "https://ci.example.com/9", "ci-run"))
			w.ok(w.r.RemoveEvidence(w.actor(member), build, "tests", 1, w.tick()))
		}, "denied"},
		{"the own was removed", func(w *world) {
			w.ok(w.link(insider, build, "load", "https://ci.example.com/9", "ci-run"))
			w.ok(w.r.RemoveEvidence(w.actor(member), build, "load", 2, w.tick()))
		}, "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(build)
			tt.do(w)
			w.ok(w.request(owner, build))
			before := len(w.r.Recorded())
			err := w.sign(insider, build, plan.SeatEngineering)
			w.refused(err, tt.want)
			if excluded := w.stage(build).Excluded(w.stage(build).OpenRound(), insider) != ""; excluded != (tt.want == "denied") {
				t.Errorf("Excluded says %t", excluded)
			}
			if tt.want == "denied" && len(w.r.Recorded()) != before {
				t.Error("the refused signature left events")
			}
		})
		t.Run(tt.name+", switched off", func(t *testing.T) {
			w := newWorld(t, withoutSoD)
			w.fill(build)
			tt.do(w)
			w.ok(w.request(owner, build))
			w.ok(w.sign(insider, build, plan.SeatEngineering))
			w.gate(build, review.GatePassed)
			if w.stage(build).LastRound().SoD {
				t.Error("the round does not say that it was off")
			}
		})
	}
}

// An item that no longer applies excludes nobody.
func TestSeparationOfDutiesOnItemsThatDoNotApply(t *testing.T) {
	w := newWorld(t, withTier(1))
	w.fill(build)
	w.ok(w.answer(insider, build, "style", review.Met, ""))
	w.ok(w.link(insider, build, "load", "https://ci.example.com/9", "ci-run"))
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 }))
	w.ok(w.request(owner, build))
	w.ok(w.sign(insider, build, plan.SeatEngineering))
	w.gate(build, review.GatePassed)
}

// Who signed and then answers an item has changed the content, and cannot sign
// it again.
func TestSignerAnswersAfterwards(t *testing.T) {
	w := newWorld(t)
	w.open(run)
	w.ok(w.sign(insider, run, plan.SeatEngineering))
	w.ok(w.sign(sri, run, plan.SeatSRE))
	w.ok(w.answer(insider, run, "drill", review.NotMet, "next week"))
	w.ok(w.sign(sri, run, plan.SeatSRE))
	w.ok(w.sign(priya, run, plan.SeatProduct))
	w.blocked(run, "signers-missing")
	w.refused(w.sign(insider, run, plan.SeatEngineering), "denied")
	w.gate(run, review.GateWaiting)
}

func TestReturn(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.ok(w.sendBack(enya, design, plan.SeatEngineering, " the queue has no owner ", "", "no diagram")) // after go: a change of mind
	ro := w.stage(design).LastRound()
	if ro.Outcome != review.OutcomeReturned || ro.ClosedBy != enya || len(ro.SignOffs) != 2 {
		t.Fatalf("the round ended as %+v", ro)
	}
	if f := w.stage(design).Findings; len(f) != 2 || f[0].Text != "the queue has no owner" || f[1].No != 2 || f[1].By != enya || f[1].Round != 1 {
		t.Fatalf("findings %+v", f)
	}
	w.gate(design, review.GateReturned)
	w.blocked(design, "finding-open 1", "finding-open 2")
	w.refused(w.silent(func() error { return w.sign(archie, design, plan.SeatArchitecture) }), "refused")
	w.refused(w.silent(func() error { return w.request(owner, design) }), "blocked")

	reply := func(p review.PersonID, no int, text string) error {
		return w.r.AnswerFinding(w.actor(p), design, no, shown(w.r, design, "finding", no), text, w.tick())
	}
	w.refused(w.silent(func() error { return reply(archie, 1, "it has") }), "denied")
	w.refused(w.silent(func() error { return reply(member, 3, "it has") }), "not found")
	w.refused(w.silent(func() error { return reply(member, 0, "it has") }), "not found")
	w.refused(w.silent(func() error { return reply(member, 1, "\n \u200b") }), "invalid")
	w.ok(reply(member, 1, "it has one now"))
	w.ok(w.silent(func() error { return reply(mate, 1, "it has one now") }))
	w.refused(w.silent(func() error { return w.request(owner, design) }), "blocked")
	w.ok(reply(member, 2, "there is one on page 3"))
	w.ok(reply(mate, 2, "there is one on page 4"))
	w.blocked(design)

	w.ok(w.request(owner, design))
	w.refused(w.silent(func() error { return reply(member, 2, "on page 5") }), "refused") // it is being signed
	w.ok(w.sign(archie, design, plan.SeatArchitecture))
	w.gate(design, review.GateWaiting) // enya's first go belongs to the round that was returned
	w.ok(w.sign(enya, design, plan.SeatEngineering))
	w.gate(design, review.GatePassed)
	w.ok(reply(member, 2, "on page 5"))
	w.gate(design, review.GateChanged)
}

// Numbers of findings go on from round to round.
func TestSecondReturn(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.sendBack(quinn, build, plan.SeatQA, "flaky"))
	w.ok(w.r.AnswerFinding(w.actor(member), build, 1, shown(w.r, build, "finding", 1), "steady now", w.tick()))
	w.ok(w.request(owner, build))
	w.ok(w.sendBack(quinn, build, plan.SeatQA, "still flaky"))
	w.blocked(build, "finding-open 2")
	if f := w.stage(build).Findings[1]; f.No != 2 || f.Round != 2 {
		t.Errorf("the finding is kept as %+v", f)
	}
}

// Separation of duties and entitlement hold for a return as well.
func TestReturnIsASignOff(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.answer(insider, build, "style", review.Met, ""))
	w.ok(w.request(owner, build))
	w.refused(w.silent(func() error { return w.sendBack(insider, build, plan.SeatEngineering, "no") }), "denied")
	w.refused(w.silent(func() error { return w.sendBack(archie, build, plan.SeatEngineering, "no") }), "denied")
	w.refused(w.silent(func() error { return w.sendBack(owner, build, plan.SeatEngineering, "no") }), "denied")
}

func TestMachinesNeverSign(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	m := w.actor(quinn)
	m.Machine = true
	w.hold()
	for _, d := range []review.Decision{review.Go, review.Return} {
		in := review.NewSignOff{Seat: plan.SeatQA, Decision: d, Findings: []string{"x"}, Digest: w.digest(build)}
		w.refused(w.silent(func() error { return w.r.SignOff(m, build, in, w.tick()) }), "denied")
	}
}

// Holding and stopping end the round of the gate on which it was decided.
func TestHoldAndStop(t *testing.T) {
	for _, tt := range []struct {
		to      review.Status
		outcome review.Outcome
	}{{review.StatusOnHold, review.OutcomeOnHold}, {review.StatusStopped, review.OutcomeStopped}} {
		t.Run(string(tt.to), func(t *testing.T) {
			w := newWorld(t)
			set := func(p review.PersonID, sk plan.StageKey, to review.Status, why string) error {
				return w.r.SetStatus(w.actor(p), sk, to, why, w.tick())
			}
			w.open(design)
			w.open(build)
			w.ok(w.sign(archie, design, plan.SeatArchitecture))
			for _, p := range []review.PersonID{deputy, member, archie, admin, viewer} {
				w.refused(w.silent(func() error { return set(p, design, tt.to, "no money") }), "denied")
			}
			w.refused(w.silent(func() error { return set(owner, design, tt.to, "  ") }), "invalid")
			w.refused(w.silent(func() error { return set(owner, design, "asleep", "no money") }), "invalid")
			w.refused(w.silent(func() error { return set(owner, "launch", tt.to, "no money") }), "not found")
			w.ok(w.silent(func() error { return set(owner, design, review.StatusActive, "money") })) // it is so already
			w.ok(set(owner, design, tt.to, "no money"))
			if ro := w.stage(design).LastRound(); ro.Outcome != tt.outcome || ro.Why != "no money" || ro.ClosedBy != owner {
				t.Errorf("the round ended as %+v", ro)
			}
			w.gate(design, review.GateBlocked)
			w.gate(build, review.GateWaiting)
			w.blocked(design, "project-not-active")
			w.refused(w.silent(func() error { return w.sign(quinn, build, plan.SeatQA) }), "refused")
			w.ok(w.silent(func() error { return set(owner, design, tt.to, "no money") })) // the same form again

			w.ok(set(manager, "", review.StatusActive, "money"))
			w.gate(design, review.GateReady)
			w.refused(w.sign(enya, design, plan.SeatEngineering), "refused")
			w.ok(w.sign(quinn, build, plan.SeatQA))
			w.gate(build, review.GatePassed)
		})
	}
}

// edit changes some of the project's fields and leaves the others.
func (w *world) edit(p review.PersonID, change func(*review.ProjectFields)) error {
	f := w.r.Project.Fields()
	f.Reason = "We looked again."
	change(&f)
	return w.r.Edit(w.actor(p), f, w.tick())
}

func kinds(bs []review.Blocker) []review.BlockerKind {
	var ks []review.BlockerKind
	for _, b := range bs {
		ks = append(ks, b.Kind)
	}
	return ks
}
