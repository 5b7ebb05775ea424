package review_test

import (
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

const arch, eng, qa = plan.SeatArchitecture, plan.SeatEngineering, plan.SeatQA

func TestConditionalGoInput(t *testing.T) {
	good := review.NewCondition{Text: "rehearse the failover", Owner: owner, Due: "2026-03-10"}
	with := func(change func(*review.NewCondition)) []review.NewCondition {
		c := good
		change(&c)
		return []review.NewCondition{c}
	}
	for _, tt := range []struct {
		name string
		in   []review.NewCondition
		want string
		set  int
	}{
		{"one", []review.NewCondition{good}, "ok", 1},
		{"two, with an empty row between", []review.NewCondition{good, {}, good}, "ok", 2},
		{"none", nil, "invalid", 0},
		{"only empty rows", []review.NewCondition{{}, {}}, "invalid", 0},
		{"no text", with(func(c *review.NewCondition) { c.Text = " \u200b" }), "invalid", 0},
		{"nobody to do it", with(func(c *review.NewCondition) { c.Owner = 0 }), "invalid", 0},
		{"no date", with(func(c *review.NewCondition) { c.Due = "" }), "invalid", 0},
		{"no such date", with(func(c *review.NewCondition) { c.Due = "soon" }), "invalid", 0},
		{"due yesterday", with(func(c *review.NewCondition) { c.Due = "2026-03-01" }), "invalid", 0},
		{"due today", with(func(c *review.NewCondition) { c.Due = "2026-03-02" }), "ok", 1},
		{"too long", with(func(c *review.NewCondition) { c.Text = repeat("x", review.MaxReason+1) }), "invalid", 0},
		{"twenty", slices.Repeat([]review.NewCondition{good}, 20), "ok", 20},
		{"too many", slices.Repeat([]review.NewCondition{good}, 21), "invalid", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.open(build)
			before := len(w.r.Recorded())
			err := w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: qa, Decision: review.Conditional, Conditions: tt.in, Digest: w.digest(build)}, w.tick())
			w.refused(err, tt.want)
			if n := len(w.stage(build).Conditions); n != tt.set {
				t.Errorf("%d conditions are set", n)
			}
			if err != nil {
				if n := len(w.r.Recorded()); n != before {
					t.Errorf("a refused signature recorded %d events", n-before)
				}
				return
			}
			w.gate(build, review.GateConditional)
			if c := w.stage(build).Conditions[0]; c.No != 1 || c.Round != 1 || c.Owner != owner || c.By != quinn || c.Text != good.Text {
				t.Errorf("kept as %+v", c)
			}
		})
	}
	w := newWorld(t)
	w.open(build)
	err := w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: qa, Decision: review.Conditional, Conditions: with(func(c *review.NewCondition) { c.Due = "soon" }), Digest: w.digest(build)}, w.tick())
	if got := wrong(err); len(got) != 1 {
		t.Errorf("one wrong date is named %v", got)
	}
	in := []review.NewCondition{good, {Text: "Draw it."}, {Owner: owner, Due: "2026-03-01"}}
	err = w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: qa, Decision: review.Conditional, Conditions: in, Digest: w.digest(build)}, w.tick())
	if got, want := wrong(err), []string{"conditions-2-owner", "conditions-2-due", "conditions-3", "conditions-3-due"}; !slices.Equal(got, want) {
		t.Errorf("wrong are %v, want %v", got, want)
	}
}

// Conditions go with a conditional go alone, and findings with a return. What was
// typed for another decision is not dropped in silence.
func TestWhatBelongsToAnotherDecisionIsRefused(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.hold()
	asked := []review.NewCondition{{Text: "x", Owner: owner, Due: "2026-03-10"}}
	sign := func(in review.NewSignOff) error {
		in.Seat, in.Digest = qa, w.digest(build)
		return w.silent(func() error { return w.r.SignOff(w.actor(quinn), build, in, w.tick()) })
	}
	for field, in := range map[string]review.NewSignOff{
		"conditions-1": {Decision: review.Go, Conditions: asked},
		"findings":     {Decision: review.Go, Findings: []string{" ", "Say who pays."}},
	} {
		if got := wrong(sign(in)); !slices.Equal(got, []string{field}) {
			t.Errorf("%s: %v", field, got)
		}
	}
	w.gate(build, review.GateWaiting)
}

// The gate is passed with conditions until all of them are closed; it reopens
// when the last day of an open one has gone by, and closing that mends it.
func TestConditionIsOverdueAfterItsDay(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.signIf(quinn, build, qa, "2026-03-10", "rehearse", "write it up"))
	if ro := w.stage(build).LastRound(); ro.Outcome != review.OutcomeConditional || !ro.Outcome.Passes() {
		t.Fatalf("the round ended %q", ro.Outcome)
	}
	end := time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)
	for _, off := range edges {
		w.now = end.Add(off)
		roll := w.r.Rollup(w.stage(build), w.now)
		if off < 0 {
			w.gate(build, review.GateConditional)
			w.blocked(build)
			if !roll.NextChange.Equal(end) {
				t.Errorf("at %v the next change is %v", off, roll.NextChange)
			}
			continue
		}
		w.gate(build, review.GateOverdue)
		w.blocked(build, "condition-overdue", "condition-overdue")
		if roll.NextChange.Equal(end) || roll.Gate.Passed() || len(w.r.EarlierOpen(w.stage(run), w.now)) != 2 {
			t.Errorf("at %v: %+v, open before the last stage %v", off, roll, w.r.EarlierOpen(w.stage(run), w.now))
		}
	}
	for _, b := range w.r.Blockers(w.stage(build), w.now) {
		if b.Owner != owner || !b.Since.Equal(end) || b.What == "" || b.Subject == "" {
			t.Errorf("the blocker is not fit to read: %+v", b)
		}
	}
	w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "done", w.tick()))
	w.gate(build, review.GateOverdue) // said is not confirmed
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), w.tick()))
	w.gate(build, review.GateOverdue)
	w.ok(w.r.MeetCondition(w.actor(owner), build, 2, shown(w.r, build, "condition", 2), "done", w.tick()))
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 2, shown(w.r, build, "condition", 2), w.tick()))
	w.gate(build, review.GatePassed)
	w.blocked(build)
}

func TestWhoMeetsACondition(t *testing.T) {
	for _, tt := range []struct {
		by   review.PersonID
		want string
	}{
		{viewer, "ok"}, // whose condition it is, though with no part in the project
		{owner, "ok"}, {deputy, "ok"},
		{member, "denied"}, {quinn, "denied"}, {enya, "denied"}, {manager, "denied"}, {auditor, "denied"}, {nobody, "not found"},
	} {
		w := newWorld(t)
		w.open(build)
		w.hold()
		in := review.NewSignOff{Seat: qa, Decision: review.Conditional, Conditions: []review.NewCondition{{Text: "x", Owner: viewer, Due: "2026-03-10"}}, Digest: w.digest(build)}
		w.ok(w.r.SignOff(w.actor(quinn), build, in, w.tick()))
		if got := refusal(w.r.MeetCondition(w.actor(tt.by), build, 1, shown(w.r, build, "condition", 1), "done", w.tick())); got != tt.want {
			t.Errorf("%d: %s, want %s", tt.by, got, tt.want)
		}
	}
}

func TestConditionToTheEnd(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.signIf(quinn, build, qa, "2026-03-10", "rehearse"))
	meet := func(note string) error {
		return w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), note, w.tick())
	}
	confirm := func(p review.PersonID) error {
		return w.r.ConfirmCondition(w.actor(p), build, 1, shown(w.r, build, "condition", 1), w.tick())
	}
	reopen := func(p review.PersonID, why string) error {
		return w.r.ReopenCondition(w.actor(p), build, 1, shown(w.r, build, "condition", 1), why, w.tick())
	}
	c := &w.stage(build).Conditions[0]

	w.refused(w.silent(func() error { return confirm(quinn) }), "refused") // nothing is said to be done
	w.refused(w.silent(func() error { return reopen(quinn, "x") }), "refused")
	w.refused(w.silent(func() error { return meet(" ") }), "invalid")
	w.ok(meet("see the log"))
	w.ok(w.silent(func() error { return meet("see the log") }))
	w.refused(w.silent(func() error { return reopen(quinn, "") }), "invalid")
	w.ok(reopen(quinn, "the log is empty"))
	w.ok(w.silent(func() error { return reopen(quinn, "the log is empty") }))
	if c.Reopened != "the log is empty" || !c.MetAt.IsZero() || c.Closed() {
		t.Errorf("reopened as %+v", c)
	}
	w.ok(meet("see the log")) // the same words, said anew
	w.ok(meet("see the second log"))
	if c.Reopened != "" || c.MetBy != owner || c.Note != "see the second log" {
		t.Errorf("met as %+v", c)
	}
	for _, no := range []int{-1, 0, 2} {
		w.refused(w.silent(func() error {
			return w.r.ConfirmCondition(w.actor(quinn), build, no, shown(w.r, build, "condition", no), w.tick())
		}), "not found")
		w.refused(w.silent(func() error {
			return w.r.MeetCondition(w.actor(owner), build, no, shown(w.r, build, "condition", no), "x", w.tick())
		}), "not found")
	}
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return confirm(quinn) }), "refused")
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusActive, "money", w.tick()))
	w.ok(confirm(quinn))
	w.ok(w.silent(func() error { return confirm(quinn) }))
	w.ok(w.silent(func() error { return meet("again") }))
	w.refused(w.silent(func() error { return reopen(quinn, "hm") }), "refused")
	if !c.Closed() || c.ConfirmedBy != quinn || c.Overdue(w.now.AddDate(1, 0, 0)) {
		t.Errorf("closed as %+v", c)
	}
	w.gate(build, review.GatePassed)
}

// Whether a condition is met is for who set it, or for another in that seat
// whom nothing keeps from signing.
func TestWhoJudgesACondition(t *testing.T) {
	for _, tt := range []struct {
		name  string
		by    review.PersonID
		owner review.PersonID // of the condition, who reports it as met
		give  func(*world)
		want  string
	}{
		{"who set it", enya, owner, nil, "ok"},
		{"who set it and has lost the seat", enya, owner, func(w *world) { w.revoke(enya, eng) }, "denied"},
		{"another in the seat, which who set it has lost", enzo, owner, func(w *world) { w.revoke(enya, eng) }, "ok"},
		{"who set it, and lost the seat, as a stand-in for another", enya, owner, func(w *world) { w.revoke(enya, eng); w.standIn(enya, enzo, eng) }, "ok"},
		{"a stand-in for one who stepped back", viewer, owner, func(w *world) { w.standIn(viewer, insider, eng) }, "denied"},
		{"a stand-in for one who stepped back, and for another", viewer, owner, func(w *world) { w.standIn(viewer, insider, eng); w.standIn(viewer, enzo, eng) }, "ok"},
		{"another in the seat", enzo, owner, nil, "ok"},
		{"in another seat of the gate", quinn, owner, nil, "denied"},
		{"the owner", owner, owner, nil, "denied"},
		{"a manager", manager, owner, nil, "denied"},
		{"who set it and did it", enya, enya, nil, "denied"},
		{"another in the seat, who did it", enzo, enzo, nil, "denied"},
		{"a stand-in for who set it", viewer, owner, func(w *world) { w.standIn(viewer, enya, eng) }, "ok"},
		{"a stand-in for who did it", viewer, enzo, func(w *world) { w.standIn(viewer, enzo, eng) }, "denied"},
		{"one in the seat who answered an item", insider, owner, func(w *world) { w.ok(w.answer(insider, run, "drill", review.NotMet, "later")) }, "denied"},
		{"one in the seat who stepped back", insider, owner, nil, "denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.roles[enya] = []review.Role{review.RoleViewer}
			w.open(run)
			w.ok(w.recuse(insider, run, eng))
			w.hold()
			in := review.NewSignOff{Seat: eng, Decision: review.Conditional, Conditions: []review.NewCondition{{Text: "x", Owner: tt.owner, Due: "2026-03-10"}}, Digest: w.digest(run)}
			w.ok(w.r.SignOff(w.actor(enya), run, in, w.tick()))
			w.ok(w.sign(sri, run, plan.SeatSRE))
			w.ok(w.sign(priya, run, plan.SeatProduct))
			w.gate(run, review.GateConditional)
			w.ok(w.r.MeetCondition(w.actor(tt.owner), run, 1, shown(w.r, run, "condition", 1), "done", w.tick()))
			if tt.give != nil {
				tt.give(w)
			}
			w.refused(w.r.ReopenCondition(w.actor(tt.by), run, 1, shown(w.r, run, "condition", 1), "not quite", w.tick()), tt.want)
			if tt.want == "ok" {
				w.ok(w.r.MeetCondition(w.actor(tt.owner), run, 1, shown(w.r, run, "condition", 1), "now", w.tick()))
			}
			w.refused(w.r.ConfirmCondition(w.actor(tt.by), run, 1, shown(w.r, run, "condition", 1), w.tick()), tt.want)
			m := w.actor(enya)
			m.Machine = true
			w.refused(w.r.ConfirmCondition(m, run, 1, shown(w.r, run, "condition", 1), w.tick()), "denied")
		})
	}
}

// What a person signs anew replaces what they signed before, conditions
// included.
func TestSigningAnewReplacesConditions(t *testing.T) {
	t.Run("the same form twice", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it", "date it"))
		w.ok(w.silent(func() error { return w.signIf(archie, design, arch, "2026-03-10", "draw it", "date it") }))
	})
	t.Run("other conditions on the same content", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.refused(w.silent(func() error { return w.signIf(archie, design, arch, "2026-03-10", "draw it well") }), "refused")
		w.refused(w.silent(func() error { return w.signIf(archie, design, arch, "2026-03-11", "draw it") }), "refused")
		w.refused(w.silent(func() error { return w.signIf(archie, design, arch, "2026-03-10", "draw it", "date it") }), "refused")
		w.refused(w.silent(func() error { return w.sign(archie, design, arch) }), "refused")
	})
	t.Run("go on the next content", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.ok(w.link(mate, design, "naming", "https://wiki.example.com/drawing", "doc"))
		w.ok(w.sign(archie, design, arch))
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GatePassed)
		if c := w.stage(design).Conditions[0]; !c.Closed() || !c.DroppedAt.Equal(w.now.Add(-time.Second)) {
			t.Errorf("the condition goes on: %+v", c)
		}
		w.refused(w.silent(func() error {
			return w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "done", w.tick())
		}), "refused")
	})
	t.Run("other conditions on the next content", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.ok(w.link(mate, design, "naming", "https://wiki.example.com/drawing", "doc"))
		w.ok(w.signIf(archie, design, arch, "2026-03-11", "date it"))
		w.ok(w.sign(enya, design, eng))
		w.gate(design, review.GateConditional)
		if c := w.stage(design).GateConditions(); len(c) != 1 || c[0].Text != "date it" || c[0].No != 2 {
			t.Errorf("the gate passed on %+v", c)
		}
	})
	t.Run("a return", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.ok(w.sendBack(archie, design, arch, "draw it first"))
		w.refused(w.silent(func() error {
			return w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "done", w.tick())
		}), "refused")
	})
	t.Run("stepping back", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.ok(w.recuse(archie, design, arch))
		w.ok(w.sign(enya, design, eng))
		w.ok(w.sign(twin, design, arch))
		w.gate(design, review.GatePassed)
	})
	t.Run("content that was signed before comes back", func(t *testing.T) {
		w := newWorld(t)
		w.open(design)
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }))
		w.ok(w.sign(archie, design, arch)) // go, at the higher tier
		w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 2 }))
		w.blocked(design, "seat-missing architecture", "signers-missing") // what archie says of this content is replaced
		w.ok(w.sign(enya, design, eng))
		w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
		w.gate(design, review.GateConditional)
	})
}

// Only the conditions of signatures that carried the gate hold.
func TestConditionsOfSignaturesThatDidNotCount(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.signIf(archie, design, arch, "2026-03-05", "draw it"))
	w.ok(w.link(mate, design, "naming", "https://wiki.example.com/drawing", "doc"))
	w.ok(w.signIf(twin, design, arch, "2026-03-10", "date it"))
	w.ok(w.sign(enya, design, eng))
	if c := w.stage(design).GateConditions(); len(c) != 1 || c[0].By != twin {
		t.Errorf("the gate passed on %+v", c)
	}
	w.now = time.Date(2026, time.March, 6, 0, 0, 0, 0, time.UTC)
	w.gate(design, review.GateConditional)
	if next := w.r.Rollup(w.stage(design), w.now).NextChange; !next.Equal(time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("next change %v", next)
	}
	w.refused(w.silent(func() error {
		return w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "done", w.tick())
	}), "refused")
	w.ok(w.r.MeetCondition(w.actor(owner), design, 2, shown(w.r, design, "condition", 2), "done", w.tick()))

	w = newWorld(t) // nobody who counts set one
	w.open(design)
	w.ok(w.signIf(archie, design, arch, "2026-03-05", "draw it"))
	w.revoke(archie, arch)
	w.ok(w.sign(enya, design, eng))
	w.ok(w.sign(twin, design, arch))
	w.gate(design, review.GatePassed)
	if ro := w.stage(design).LastRound(); ro.Outcome != review.OutcomePassed {
		t.Errorf("the round ended %q", ro.Outcome)
	}
}

// The conditions of a round that did not pass ask for nothing.
func TestConditionsOfARoundThatDidNotPass(t *testing.T) {
	ends := map[string]func(*world) error{
		"returned":  func(w *world) error { return w.sendBack(enya, design, eng, "no") },
		"withdrawn": func(w *world) error { return w.r.Withdraw(w.actor(owner), design, "x", w.tick()) },
		"held": func(w *world) error {
			if err := w.r.SetStatus(w.actor(owner), design, review.StatusOnHold, "x", w.tick()); err != nil {
				return err
			}
			return w.r.SetStatus(w.actor(owner), design, review.StatusActive, "x", w.tick())
		},
		"other seats": func(w *world) error {
			return w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} })
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.open(design)
			w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
			w.ok(end(w))
			w.refused(w.silent(func() error {
				return w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "done", w.tick())
			}), "refused")
			w.refused(w.silent(func() error {
				return w.r.ConfirmCondition(w.actor(archie), design, 1, shown(w.r, design, "condition", 1), w.tick())
			}), "refused")
			if c := w.stage(design).GateConditions(); len(c) != 0 {
				t.Errorf("the gate leans on %+v", c)
			}
			for i := range w.stage(design).Findings {
				w.ok(w.r.AnswerFinding(w.actor(member), design, i+1, shown(w.r, design, "finding", i+1), "yes", w.tick()))
			}
			if name == "other seats" {
				return
			}
			w.ok(w.request(owner, design))
			w.ok(w.sign(archie, design, arch))
			w.ok(w.sign(enya, design, eng))
			w.now = w.now.AddDate(0, 1, 0)
			w.gate(design, review.GatePassed)
		})
	}
}

// A condition can be met before the round has ended; the gate then passes
// without one.
func TestConditionMetBeforeTheRoundEnds(t *testing.T) {
	w := newWorld(t)
	w.open(design)
	w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
	w.ok(w.r.MeetCondition(w.actor(owner), design, 1, shown(w.r, design, "condition", 1), "drawn", w.tick()))
	w.ok(w.r.ConfirmCondition(w.actor(archie), design, 1, shown(w.r, design, "condition", 1), w.tick()))
	w.ok(w.sign(enya, design, eng))
	w.gate(design, review.GatePassed)
}

// A change reopens a gate that had passed with conditions like any other. The
// next round does not settle them: the gate is passed with conditions as long as
// one is open, and overdue once its day has gone by.
func TestConditionsOutliveTheirRound(t *testing.T) {
	twice := func(t *testing.T) *world {
		w := newWorld(t)
		w.open(build)
		w.ok(w.signIf(quinn, build, qa, "2026-03-10", "rehearse"))
		w.refused(w.silent(func() error { return w.request(owner, build) }), "refused")
		w.ok(w.answer(member, build, "load", review.NotMet, "slow"))
		w.gate(build, review.GateChanged)
		w.ok(w.request(owner, build))
		if c := w.stage(build).OpenConditions(); len(c) != 1 {
			t.Fatalf("open while the next round is under way: %+v", c)
		}
		w.ok(w.sign(quinn, build, qa))
		if ro := w.stage(build).LastRound(); ro.No != 2 || ro.Outcome != review.OutcomePassed {
			t.Fatalf("round %d ended %q", ro.No, ro.Outcome)
		}
		w.gate(build, review.GateConditional)
		return w
	}
	t.Run("met", func(t *testing.T) {
		w := twice(t)
		w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "done", w.tick()))
		w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), w.tick()))
		w.gate(build, review.GatePassed)
		if c := w.stage(build).GateConditions(); len(c) != 0 {
			t.Errorf("the gate still names %+v", c)
		}
	})
	t.Run("overdue", func(t *testing.T) {
		w := twice(t)
		end := time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)
		if next := w.r.Rollup(w.stage(build), w.now).NextChange; !next.Equal(end) {
			t.Errorf("next change %v", next)
		}
		w.now = end
		w.gate(build, review.GateOverdue)
		w.blocked(build, "condition-overdue")
		w.ok(w.request(owner, build)) // which it does not stop
		w.blocked(build, "condition-overdue", "signers-missing")
		w.ok(w.sign(quinn, build, qa))
		w.gate(build, review.GateOverdue) // and neither settles
		w.ok(w.r.ReleaseCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), "the drill is off", w.tick()))
		w.gate(build, review.GatePassed)
	})
	t.Run("replaced by one of the next round", func(t *testing.T) {
		w := newWorld(t)
		w.open(build)
		w.ok(w.signIf(quinn, build, qa, "2026-03-10", "rehearse"))
		w.ok(w.answer(member, build, "load", review.NotMet, "slow"))
		w.ok(w.request(owner, build))
		w.ok(w.signIf(quinn, build, qa, "2026-04-10", "rehearse with load"))
		if c := w.stage(build).GateConditions(); len(c) != 2 {
			t.Fatalf("the gate names %+v", c)
		}
		w.ok(w.r.ReleaseCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), "condition 2 takes its place", w.tick()))
		w.now = time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)
		w.gate(build, review.GateConditional)
		if c := w.stage(build).OpenConditions(); len(c) != 1 || c[0].No != 2 {
			t.Errorf("open are %+v", c)
		}
	})
	t.Run("break-glass goes before", func(t *testing.T) {
		w := twice(t)
		w.now = time.Date(2026, time.March, 11, 0, 0, 0, 0, time.UTC)
		w.ok(w.r.Force(w.actor(manager), build, w.digest(build), "the house burns", "2026-03-12", w.tick()))
		w.gate(build, review.GateBreakGlass)
		w.blocked(build, "condition-overdue")
	})
}

// Who asked for a condition, or sits there now, can take it back.
func TestTakingAConditionBack(t *testing.T) {
	set := func(t *testing.T) *world {
		w := newWorld(t)
		w.open(build)
		w.hold()
		in := review.NewSignOff{Seat: eng, Decision: review.Conditional, Conditions: []review.NewCondition{{Text: "x", Owner: enzo, Due: "2026-03-10"}}, Digest: w.digest(build)}
		w.ok(w.r.SignOff(w.actor(enya), build, in, w.tick()))
		return w
	}
	release := func(w *world, p review.PersonID, why string) error {
		return w.r.ReleaseCondition(w.actor(p), build, 1, shown(w.r, build, "condition", 1), why, w.tick())
	}
	for _, tt := range []struct {
		name string
		by   review.PersonID
		want string
	}{
		{"who set it", enya, "ok"}, {"another in the seat", twin, "ok"}, {"a stand-in", viewer, "ok"},
		{"whose condition it is", enzo, "denied"}, {"a stand-in for whose condition it is", auditor, "denied"}, {"in another seat", quinn, "denied"}, {"the owner", owner, "denied"}, {"a manager", manager, "denied"}, {"nobody", nobody, "not found"},
	} {
		w := set(t)
		w.standIn(viewer, enya, eng)
		w.standIn(auditor, enzo, eng)
		if got := refusal(release(w, tt.by, "not needed")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if tt.want != "ok" {
			continue
		}
		c := w.stage(build).Conditions[0]
		if !c.Closed() || c.DroppedBy != tt.by || c.DroppedWhy != "not needed" || (c.DroppedFor != 0) != (tt.by == viewer) {
			t.Errorf("%s: kept as %+v", tt.name, c)
		}
		w.gate(build, review.GatePassed)
		w.ok(w.silent(func() error { return release(w, tt.by, "not needed") })) // the same form sent twice
		w.refused(w.silent(func() error { return release(w, tt.by, "something else") }), "refused")
		w.refused(w.silent(func() error {
			return w.r.MeetCondition(w.actor(enzo), build, 1, shown(w.r, build, "condition", 1), "done", w.tick())
		}), "refused")
	}
	w := set(t)
	w.refused(w.silent(func() error { return release(w, enya, " ") }), "invalid")
	w.ok(w.r.MeetCondition(w.actor(enzo), build, 1, shown(w.r, build, "condition", 1), "done", w.tick()))
	w.ok(w.r.ConfirmCondition(w.actor(enya), build, 1, shown(w.r, build, "condition", 1), w.tick()))
	w.refused(w.silent(func() error { return release(w, enya, "not needed") }), "refused")

	w = newWorld(t) // while the round is open, signing anew replaces it
	w.open(design)
	w.ok(w.signIf(archie, design, arch, "2026-03-10", "draw it"))
	w.refused(w.silent(func() error {
		return w.r.ReleaseCondition(w.actor(archie), design, 1, shown(w.r, design, "condition", 1), "not needed", w.tick())
	}), "refused")
}

// Somebody decides on what they read: when it is another by then, they decide
// anew.
func TestDecisionsOnWhatWasRead(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.signIf(quinn, build, qa, "2026-03-10", "rehearse"))
	w.ok(w.r.MeetCondition(w.actor(owner), build, 1, shown(w.r, build, "condition", 1), "see the log", w.tick()))
	read := shown(w.r, build, "condition", 1)
	w.ok(w.r.MeetCondition(w.actor(deputy), build, 1, shown(w.r, build, "condition", 1), "see the other log", w.tick()))
	for _, d := range []review.Digest{read, ""} {
		w.refused(w.silent(func() error { return w.r.ConfirmCondition(w.actor(quinn), build, 1, d, w.tick()) }), "outdated")
		w.refused(w.silent(func() error { return w.r.ReopenCondition(w.actor(quinn), build, 1, d, "empty", w.tick()) }), "outdated")
		w.refused(w.silent(func() error { return w.r.ReleaseCondition(w.actor(quinn), build, 1, d, "off", w.tick()) }), "outdated")
	}
	w.ok(w.r.ConfirmCondition(w.actor(quinn), build, 1, shown(w.r, build, "condition", 1), w.tick()))

	w = newWorld(t)
	w.open(build)
	w.ok(w.sendBack(quinn, build, qa, "no owner"))
	w.ok(w.r.AnswerFinding(w.actor(member), build, 1, shown(w.r, build, "finding", 1), "it has one", w.tick()))
	read = shown(w.r, build, "finding", 1)
	w.ok(w.r.AnswerFinding(w.actor(mate), build, 1, shown(w.r, build, "finding", 1), "it has none", w.tick()))
	w.refused(w.silent(func() error { return w.r.AcceptFinding(w.actor(quinn), build, 1, read, w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.ReopenFinding(w.actor(quinn), build, 1, read, "who?", w.tick()) }), "outdated")
	w.ok(w.r.AcceptFinding(w.actor(quinn), build, 1, shown(w.r, build, "finding", 1), w.tick()))

	w = newWorld(t)
	w.ok(w.waive(member, build, "tests", "2026-04-01"))
	waiting := shown(w.r, build, "waiver", 1)
	w.ok(w.r.GrantWaiver(w.actor(quinn), build, 1, waiting, "fine", w.tick()))
	w.refused(w.silent(func() error { return w.r.DenyWaiver(w.actor(enya), build, 1, waiting, "no", w.tick()) }), "outdated")
	granted := shown(w.r, build, "waiver", 1)
	w.ok(w.r.ExtendWaiver(w.actor(quinn), build, 1, granted, "2026-05-01", "more", w.tick()))
	w.refused(w.silent(func() error {
		return w.r.ExtendWaiver(w.actor(enya), build, 1, granted, "2026-06-01", "more", w.tick())
	}), "outdated")
	w.refused(w.silent(func() error { return w.r.RevokeWaiver(w.actor(enya), build, 1, granted, "over", w.tick()) }), "outdated")
	w.ok(w.r.RevokeWaiver(w.actor(enya), build, 1, shown(w.r, build, "waiver", 1), "over", w.tick()))

	w = newWorld(t)
	saw := w.digest(build)
	w.ok(w.answer(member, build, "load", review.NotMet, "slow"))
	w.refused(w.silent(func() error { return w.r.Force(w.actor(manager), build, saw, "fire", "2026-03-04", w.tick()) }), "stale")
	w.refused(w.silent(func() error { return w.r.Force(w.actor(manager), build, "", "fire", "2026-03-04", w.tick()) }), "stale")
	w.ok(w.r.Force(w.actor(manager), build, w.digest(build), "fire", "2026-03-04", w.tick()))
}

// A stand-in's decision says for whom it was made; a manager's, and that of
// somebody who holds the seat too, is their own.
func TestForWhomAStandInDecides(t *testing.T) {
	for _, tt := range []struct {
		name string
		give func(*world)
		want review.PersonID
	}{
		{"a stand-in", func(w *world) {}, quinn},
		{"in their own seat", func(w *world) { w.grant(viewer, eng) }, 0},
		{"a manager", func(w *world) { w.roles[viewer] = []review.Role{review.RoleManager} }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.standIn(viewer, quinn, qa)
			tt.give(w)
			by := w.actor(viewer)
			w.ok(w.waive(member, build, "tests", "2026-04-01"))
			w.ok(w.r.GrantWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "", w.tick()))
			w.ok(w.r.ExtendWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "2026-05-01", "more", w.tick()))
			if e := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.WaiverExtended); e.For != tt.want {
				t.Errorf("extended for %d", e.For)
			}
			w.ok(w.r.RevokeWaiver(by, build, 1, shown(w.r, build, "waiver", 1), "over", w.tick()))
			w.ok(w.waive(member, build, "tests", "2026-04-01"))
			w.ok(w.r.DenyWaiver(by, build, 2, shown(w.r, build, "waiver", 2), "no", w.tick()))
			if a, b := w.stage(build).Waivers[0], w.stage(build).Waivers[1]; a.GrantedFor != tt.want || a.RevokedFor != tt.want || b.DeniedFor != tt.want {
				t.Errorf("kept as %+v and %+v, want for %d", a, b, tt.want)
			}
			w.ok(w.answer(member, build, "tests", review.NotApplicable, "no code"))
			if tt.want != 0 { // a manager approves nothing without a seat
				w.ok(w.approve(viewer, build, "tests"))
				if e := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.NotApplicableApproved); e.For != tt.want {
					t.Errorf("approved for %d", e.For)
				}
			}
			w.ok(w.r.Force(w.actor(manager), build, w.digest(build), "fire", "2026-03-04", w.tick()))
			w.ok(w.r.CloseRetrospective(by, build, 1, "it was right", w.tick()))
			if ro := w.stage(build).LastRound(); ro.ReviewedBy != viewer || ro.ReviewedFor != tt.want {
				t.Errorf("reviewed by %d for %d", ro.ReviewedBy, ro.ReviewedFor)
			}
		})
	}
}

// Findings: the reviewer is content with the answer, or not.
func TestJudgingFindings(t *testing.T) {
	returned := func(t *testing.T) *world {
		w := newWorld(t)
		w.open(run)
		w.ok(w.sendBack(enya, run, eng, "no owner"))
		return w
	}
	answer := func(w *world, p review.PersonID, text string) error {
		return w.r.AnswerFinding(w.actor(p), run, 1, shown(w.r, run, "finding", 1), text, w.tick())
	}
	accept := func(w *world, p review.PersonID) error {
		return w.r.AcceptFinding(w.actor(p), run, 1, shown(w.r, run, "finding", 1), w.tick())
	}
	reopen := func(w *world, p review.PersonID, why string) error {
		return w.r.ReopenFinding(w.actor(p), run, 1, shown(w.r, run, "finding", 1), why, w.tick())
	}
	t.Run("accepted", func(t *testing.T) {
		w := returned(t)
		w.refused(w.silent(func() error { return accept(w, enya) }), "refused") // no answer yet
		w.refused(w.silent(func() error { return reopen(w, enya, "x") }), "refused")
		w.ok(answer(w, member, "it has one"))
		before := w.digest(run)
		w.ok(accept(w, enya))
		w.ok(w.silent(func() error { return accept(w, enya) }))
		w.refused(w.silent(func() error { return reopen(w, enya, "x") }), "refused")
		if w.digest(run) != before {
			t.Error("accepting changes what is signed")
		}
		w.ok(answer(w, member, "it has two"))
		if f := w.stage(run).Findings[0]; f.AcceptedBy != 0 || !f.AcceptedAt.IsZero() {
			t.Errorf("a new answer counts as accepted: %+v", f)
		}
	})
	t.Run("reopened", func(t *testing.T) {
		w := returned(t)
		w.ok(answer(w, member, "it has one"))
		w.refused(w.silent(func() error { return reopen(w, enya, " ") }), "invalid")
		w.ok(reopen(w, enya, "who?"))
		w.ok(w.silent(func() error { return reopen(w, enya, "who?") }))
		w.blocked(run, "finding-open 1")
		w.refused(w.silent(func() error { return w.request(owner, run) }), "blocked")
		w.ok(answer(w, member, "it has one"))
		if f := w.stage(run).Findings[0]; f.Reopened != "" || !f.Answered() {
			t.Errorf("answered again as %+v", f)
		}
		w.blocked(run)
	})
	t.Run("reopened during the next round", func(t *testing.T) {
		w := returned(t)
		w.ok(answer(w, member, "it has one"))
		w.ok(w.request(owner, run))
		w.ok(w.sign(sri, run, plan.SeatSRE))
		w.ok(reopen(w, enya, "who?"))
		w.blocked(run, "finding-open 1", "seat-missing product", "seat-missing sre", "signers-missing")
	})
	t.Run("reopened under a passed gate", func(t *testing.T) {
		w := returned(t)
		w.ok(answer(w, member, "it has one"))
		w.ok(w.request(owner, run))
		w.signAll(run)
		w.ok(reopen(w, enya, "who?"))
		w.gate(run, review.GateChanged)
	})
	t.Run("by whom", func(t *testing.T) {
		for _, tt := range []struct {
			name string
			by   review.PersonID
			want string
		}{
			{"who raised it", enya, "ok"}, {"another in the seat", enzo, "ok"}, {"in another seat", sri, "denied"}, {"the owner", owner, "denied"},
			{"one in the seat who answered it", insider, "denied"}, {"a manager", manager, "denied"}, {"a stand-in for who answered it", viewer, "denied"},
		} {
			w := returned(t)
			w.ok(answer(w, insider, "it has one"))
			w.standIn(viewer, insider, eng)
			if got := refusal(reopen(w, tt.by, "who?")); got != tt.want {
				t.Errorf("%s reopens: %s, want %s", tt.name, got, tt.want)
			}
			w = returned(t)
			w.ok(answer(w, insider, "it has one"))
			w.standIn(viewer, insider, eng)
			if got := refusal(accept(w, tt.by)); got != tt.want {
				t.Errorf("%s accepts: %s, want %s", tt.name, got, tt.want)
			}
		}
		w := returned(t)
		w.ok(answer(w, member, "it has one"))
		w.ok(w.answer(insider, run, "drill", review.NotMet, "later"))
		w.refused(w.silent(func() error { return accept(w, insider) }), "denied") // who answered an item
		w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "x", w.tick()))
		w.refused(w.silent(func() error { return accept(w, enya) }), "refused")
		w.refused(w.silent(func() error { return reopen(w, enya, "x") }), "refused")
		for _, no := range []int{-1, 0, 2} {
			w.refused(w.silent(func() error {
				return w.r.AcceptFinding(w.actor(enya), run, no, shown(w.r, run, "finding", no), w.tick())
			}), "not found")
		}
	})
}
