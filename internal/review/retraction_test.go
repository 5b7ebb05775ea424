package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// answered has a project's answers of yes be these, whatever it takes: who edits it
// asks, and somebody who sits at a gate approves.
func (w *world) answered(p review.PersonID, yes ...plan.Flag) error {
	w.Helper()
	if err := w.edit(p, func(f *review.ProjectFields) { f.Profile = yes }); err != nil {
		return err
	}
	if w.r.Project.Retraction == nil {
		return nil
	}
	for _, holder := range []review.PersonID{archie, sri} {
		if w.r.MayDecideRetraction(w.actor(holder)) == nil {
			return w.retract(holder)
		}
	}
	w.Fatal("nobody can approve")
	return nil
}

func (w *world) retract(p review.PersonID) error {
	return w.r.ApproveRetraction(w.actor(p), w.r.RetractionDigest(), w.tick())
}

func (w *world) keepYes(p review.PersonID, why string) error {
	return w.r.RefuseRetraction(w.actor(p), w.r.RetractionDigest(), why, w.tick())
}

func no(f *review.ProjectFields) { f.Profile, f.Unanswered = nil, nil }

// A yes that a gate would ask less without stays until somebody who sits at such a
// gate, and did not ask, approves: not who owns the project, and no manager either.
func TestWhoApprovesTakingAYesBack(t *testing.T) {
	for name, c := range map[string]struct {
		flag       plan.Flag
		asks, by   review.PersonID
		want       string
		seatOfGate bool
	}{
		"who sits at the gate that loses a seat": {"pii", owner, archie, "ok", true},
		"the seat that goes":                     {"pii", manager, seth, "ok", true},
		"a manager":                              {"pii", owner, manager, "denied", false},
		"an admin":                               {"pii", owner, admin, "denied", false},
		"the deputy":                             {"pii", owner, deputy, "denied", false},
		"a seat of a gate that loses an item alone":  {"pii", owner, sri, "ok", true},
		"a seat of a gate that asks what it did":     {"ml", owner, archie, "denied", false},
		"a seat of the gate that passes with less":   {"ml", owner, sri, "ok", true},
		"somebody with a part who sits at the gate":  {"ml", owner, insider, "ok", true},
		"who asked, in whatever seat":                {"ml", insider, insider, "denied", false},
		"a seat at another gate only, asked by that": {"ml", insider, sri, "ok", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newPlanned(t, shelf{}, withProfile(c.flag))
			if c.asks == insider {
				w.ok(w.r.SetDuty(w.actor(owner), insider, review.DutyDeputy, w.tick()))
			}
			before := w.digest(run)
			w.ok(w.edit(c.asks, no))
			if r := w.r.Project.Retraction; r == nil || r.By != c.asks || r.Reason != "We looked again." || w.r.Project.Reply(c.flag) != review.ReplyYes || w.digest(run) != before {
				t.Fatalf("asked: %+v, %s", r, w.r.Project.Reply(c.flag))
			}
			if got := w.r.MayDecideRetraction(w.actor(c.by)) == nil; got != c.seatOfGate {
				t.Errorf("may decide: %t", got)
			}
			if c.want != "ok" {
				w.refused(w.silent(func() error { return w.retract(c.by) }), c.want)
				return
			}
			w.ok(w.retract(c.by))
			if p := &w.r.Project; p.Retraction != nil || p.Reply(c.flag) != review.ReplyNo || p.Answers.By != c.asks {
				t.Errorf("approved: %+v", p)
			}
			w.level("drift", plan.LevelNone)
			w.refused(w.silent(func() error { return w.retract(c.by) }), "refused") // it was decided
			w.replays()
		})
	}
}

// Whoever stands in for the person who asked decides in nobody else's place.
func TestStandInsDoNotApproveForWhoAsked(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	w.ok(w.r.SetDuty(w.actor(owner), enya, review.DutyDeputy, w.tick()))
	w.ok(w.edit(enya, no))
	lent := review.Actor{Person: nobody, Roles: []review.Role{review.RoleViewer}, Seats: []review.SeatHeld{{Seat: plan.SeatEngineering, Since: base, For: enya}}}
	approve := func() error { return w.r.ApproveRetraction(lent, w.r.RetractionDigest(), w.tick()) }
	w.refused(w.silent(approve), "denied")
	lent.Seats[0].For = enzo
	w.ok(approve())
	if e := last[review.AnswersRetracted](w); e.For != enzo || e.Asked != enya || e.Reason != "We looked again." {
		t.Errorf("the trail says %+v", e)
	}
}

// last is the last event, which is of a kind.
func last[E review.Event](w *world) E {
	w.Helper()
	e, ok := w.r.Recorded()[len(w.r.Recorded())-1].Event.(E)
	if !ok {
		w.Fatalf("the last event is %T", w.r.Recorded()[len(w.r.Recorded())-1].Event)
	}
	return e
}

// One form saves what needs nobody's approval, and asks for the rest; sent again it
// changes nothing, and another request takes the place of the one before.
func TestAskingToTakeAYesBack(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii", "public"), withUnanswered("ml"))
	shown, f := w.r.Project.Fields().Digest(), w.r.Project.Fields()
	f.Name, f.Profile, f.Unanswered, f.Reason = "Till", nil, []plan.Flag{"pii"}, "It keeps no names."
	send := func() error { return w.r.EditShown(w.actor(owner), shown, f, w.tick()) }
	w.ok(send())
	p := &w.r.Project
	if p.Name != "Till" || p.Reply("ml") != review.ReplyNo || p.Reply("pii") != review.ReplyYes || p.Reply("public") != review.ReplyYes {
		t.Errorf("saved: %+v", p)
	}
	if want := []review.TakenBack{{Question: "pii", To: review.ReplyNotYet}, {Question: "public", To: review.ReplyNo}}; !slices.Equal(p.Retraction.Back, want) {
		t.Errorf("asked for: %+v", p.Retraction)
	}
	w.ok(w.silent(send))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Team = "Tills" })) // which leaves the request
	w.refused(w.silent(func() error { return w.edit(owner, func(f *review.ProjectFields) { no(f); f.Reason = " " }) }), "invalid")
	w.ok(w.edit(deputy, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"public"} }))
	if a := w.r.Project.Retraction; a.By != deputy || !slices.Equal(a.Back, []review.TakenBack{{Question: "pii", To: review.ReplyNo}}) {
		t.Errorf("asked for instead: %+v", a)
	}
	w.ok(w.retract(archie))
	if w.r.Project.Reply("pii") != review.ReplyNo {
		t.Error("the yes was not taken back")
	}
	w.replays()
}

// A request is decided on as it was read, with what it takes away.
func TestLossesAreShownBeforeDeciding(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	w.ok(w.edit(owner, no))
	var words []string
	for _, l := range w.r.RetractionLosses() {
		words = append(words, string(l.Stage))
		for _, s := range l.Seats {
			words = append(words, string(s))
		}
		for _, k := range l.Items {
			words = append(words, string(k))
		}
	}
	if got := strings.Join(words, " "); got != "design security privacy run drift" {
		t.Errorf("it takes away: %s", got)
	}
	shown := w.r.RetractionDigest()
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }))
	w.ok(w.r.AddItem(w.actor(owner), design, ownItem("Load is shed"), w.tick()))
	if w.r.RetractionDigest() != shown {
		t.Error("what takes nothing more away has the request read again")
	}
	w.ok(w.edit(manager, func(f *review.ProjectFields) { f.Tier = 3 })) // privacy is no longer required
	w.refused(w.silent(func() error { return w.r.ApproveRetraction(w.actor(archie), shown, w.tick()) }), "outdated")
	w.refused(w.silent(func() error { return w.r.RefuseRetraction(w.actor(archie), shown, "No.", w.tick()) }), "outdated")
	w.ok(w.retract(archie))
	w.replays()
}

func TestTurningDownARetraction(t *testing.T) {
	for by, want := range map[review.PersonID]string{
		owner: "ok", deputy: "ok", manager: "ok", archie: "ok", quinn: "ok", viewer: "denied", member: "denied", nobody: "not found",
	} {
		w := newPlanned(t, shelf{}, withProfile("pii"))
		w.ok(w.edit(owner, no))
		if want != "ok" {
			w.refused(w.silent(func() error { return w.keepYes(by, "No.") }), want)
			continue
		}
		w.refused(w.silent(func() error { return w.keepYes(by, " ") }), "invalid")
		w.ok(w.keepYes(by, "It keeps names."))
		if p := &w.r.Project; p.Retraction != nil || p.Reply("pii") != review.ReplyYes {
			t.Errorf("%d turned it down: %+v", by, p)
		}
		w.ok(w.silent(func() error { return w.keepYes(by, "No.") })) // it is so already
		w.refused(w.silent(func() error { return w.retract(archie) }), "refused")
		w.replays()
	}
}

// What a plan no longer asks is not approved, and what takes nothing away any
// longer is answered without approval; the request goes with the answer.
func TestOutgrownRetractions(t *testing.T) {
	m := curious()
	m.Items[0].Levels = [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	w := newPlanned(t, shelf{modules: []*plan.Module{m}}, withProfile("pii"))
	w.ok(w.attach(owner, m))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = nil }))
	w.ok(w.edit(owner, no))
	w.ok(w.detach(manager, "light"))
	err := w.silent(func() error { return w.retract(archie) })
	w.refused(err, "refused")
	if !strings.Contains(err.Error(), "no longer asks") {
		t.Errorf("refused: %v", err)
	}
	w.ok(w.keepYes(deputy, "It is asked no longer."))

	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"light-on"} }))
	w.ok(w.retract(archie))
	w.ok(w.attach(owner, m))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = nil }))
	w.ok(w.ask(owner, m.Items[0].Key, plan.LevelMay))
	w.ok(w.lower(enya, m.Items[0].Key))
	err = w.silent(func() error { return w.retract(enya) })
	w.refused(err, "refused")
	if !strings.Contains(err.Error(), "no gate asks less") {
		t.Errorf("refused: %v", err)
	}
	w.ok(w.edit(deputy, func(f *review.ProjectFields) { f.Profile = nil }))
	if p := &w.r.Project; p.Retraction != nil || p.Reply("light-on") != review.ReplyNo || p.Answers.By != deputy {
		t.Errorf("answered: %+v", p)
	}
	w.replays()
}

// A question that nobody has answered is no cover for taking another's yes back.
func TestUnansweredQuestionsAreNoCover(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = []plan.Flag{"ml"} })) // drift hangs on either
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile, f.Unanswered = []plan.Flag{"ml"}, []plan.Flag{"ml"} }))
	if w.r.Project.Retraction == nil || !slices.ContainsFunc(w.r.RetractionLosses(), func(l review.Loss) bool { return l.Stage == run }) {
		t.Errorf("the request: %+v, takes away %+v", w.r.Project.Retraction, w.r.RetractionLosses())
	}
}

// Nothing is asked for or decided in a project that was stopped.
func TestRetractionsOfAStoppedProject(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	w.ok(w.edit(owner, no))
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.retract(archie) }), "refused")
	w.refused(w.silent(func() error { return w.keepYes(owner, "No.") }), "refused")
	w.refused(w.silent(func() error { return w.edit(deputy, no) }), "refused")
	robot := w.actor(archie)
	w.ok(w.r.SetStatus(w.actor(owner), "", review.StatusActive, "money", w.tick()))
	robot.Machine = true
	w.refused(w.silent(func() error { return w.r.ApproveRetraction(robot, w.r.RetractionDigest(), w.tick()) }), "denied")
}

// Asking leaves the gates alone; what is approved ends a request for sign-off whose
// signers change, and puts signatures out of date.
func TestRetractionsAndTheGates(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	w.ok(w.edit(owner, no))
	w.open(design)
	w.ok(w.retract(archie))
	if ro := w.stage(design).LastRound(); ro.Outcome != review.OutcomeWithdrawn {
		t.Errorf("the round is %s", ro.Outcome)
	}
	w.ok(w.answered(owner, "pii"))
	w.open(design)
	w.ok(w.sign(seth, design, plan.SeatSecurity))
	w.signAll(design)
	w.ok(w.edit(owner, no))
	w.gate(design, review.GatePassed)
	w.ok(w.retract(archie))
	w.gate(design, review.GateChanged)
	w.replays()
}

func TestReplayRefusesFalseRetractions(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("pii"))
	created := slices.Clone(w.r.Recorded())
	back := []review.TakenBack{{Question: "pii", To: review.ReplyNo}}
	asked := review.Entry{Actor: owner, Event: review.RetractionAsked{Back: back, Reason: "R"}}
	for name, es := range map[string][]review.Entry{
		"nothing to take back":       {{Actor: owner, Event: review.RetractionAsked{Reason: "R"}}},
		"of what is no yes":          {{Actor: owner, Event: review.RetractionAsked{Back: []review.TakenBack{{Question: "ml", To: review.ReplyNo}}, Reason: "R"}}},
		"to a yes":                   {{Actor: owner, Event: review.RetractionAsked{Back: []review.TakenBack{{Question: "pii", To: review.ReplyYes}}, Reason: "R"}}},
		"nobody asked":               {{Actor: archie, Event: review.AnswersRetracted{Back: back, Reason: "R", Asked: owner}}},
		"another asked":              {asked, {Actor: archie, Event: review.AnswersRetracted{Back: back, Reason: "R", Asked: deputy}}},
		"for another reason":         {asked, {Actor: archie, Event: review.AnswersRetracted{Back: back, Reason: "S", Asked: owner}}},
		"by the same":                {asked, {Actor: owner, Event: review.AnswersRetracted{Back: back, Reason: "R", Asked: owner}}},
		"turned down without a wish": {{Actor: archie, Event: review.RetractionRefused{Reason: "R"}}},
		"":                           {asked, {Actor: archie, Event: review.AnswersRetracted{Back: back, Reason: "R", Asked: owner}}},
	} {
		all := slices.Clone(created)
		for _, e := range es {
			e.Seq, e.At = int64(len(all)+1), w.now.Add(time.Duration(len(all))*time.Minute)
			all = append(all, e)
		}
		_, err := review.Replay(project, all, func(plan.Origin) (*plan.Plan, error) { return w.r.Plan, nil })
		if (err != nil) != (name != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
