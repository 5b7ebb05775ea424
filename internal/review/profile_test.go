package review_test

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func withUnanswered(fs ...plan.Flag) option {
	return func(_ *plan.Lifecycle, p *review.NewProject) { p.Unanswered = fs }
}

// What nobody has answered applies, and each answer is one of three.
func TestUnansweredQuestionsApply(t *testing.T) {
	w := newPlanned(t, shelf{}, withProfile("public"), withUnanswered("pii"))
	p := &w.r.Project
	for f, want := range map[plan.Flag]review.Reply{"pii": review.ReplyNotYet, "public": review.ReplyYes, "ml": review.ReplyNo} {
		if got := p.Reply(f); got != want {
			t.Errorf("%s is answered %q, want %q", f, got, want)
		}
	}
	w.level("privacy", plan.LevelMust)
	for _, k := range []struct{ when, want []plan.Flag }{
		{nil, nil}, {[]plan.Flag{"pii"}, []plan.Flag{"pii"}}, {[]plan.Flag{"ml", "pii"}, []plan.Flag{"pii"}}, {[]plan.Flag{"pii", "public"}, nil}, {[]plan.Flag{"ml"}, nil},
	} {
		if got := p.AppliesUntil(k.when); !slices.Equal(got, k.want) {
			t.Errorf("%v applies until %v, want %v", k.when, got, k.want)
		}
	}
	d := w.r.Digest(w.stage(design))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = nil })) // yes
	if p.Reply("pii") != review.ReplyYes || w.r.Digest(w.stage(design)) != d {
		t.Error("a yes to what applied already changes what is signed")
	}
	w.replays()
}

// A seat says until which answer it sits at a gate, unless it sits there anyway.
func TestSeatsSitUntilQuestionsAreAnswered(t *testing.T) {
	gate := &plan.Gate{Seats: []plan.GateSeat{
		{Seat: plan.SeatQA}, {Seat: plan.SeatSecurity, When: []plan.Flag{"pii", "ml"}}, {Seat: plan.SeatData, When: []plan.Flag{"pii"}}, {Seat: plan.SeatData, When: []plan.Flag{"ml"}},
		{Seat: plan.SeatSRE, When: []plan.Flag{"ml"}}, {Seat: plan.SeatSRE}, {Seat: plan.SeatProduct, When: []plan.Flag{"pii"}, Tiers: []plan.Tier{1}},
	}}
	for _, c := range []struct {
		yes, open []plan.Flag
		seat      plan.Seat
		want      []plan.Flag
	}{
		{nil, []plan.Flag{"pii"}, plan.SeatQA, nil},
		{nil, []plan.Flag{"pii"}, plan.SeatSecurity, []plan.Flag{"pii"}},
		{nil, []plan.Flag{"ml", "pii"}, plan.SeatSecurity, []plan.Flag{"ml", "pii"}},
		{[]plan.Flag{"ml"}, []plan.Flag{"pii"}, plan.SeatSecurity, nil},
		{nil, []plan.Flag{"ml", "pii"}, plan.SeatData, []plan.Flag{"ml", "pii"}},
		{[]plan.Flag{"ml"}, []plan.Flag{"pii"}, plan.SeatData, nil},
		{nil, []plan.Flag{"ml"}, plan.SeatSRE, nil},
		{nil, []plan.Flag{"pii"}, plan.SeatProduct, nil}, // not at tier 2
		{nil, nil, plan.SeatSecurity, nil},
	} {
		p := review.Project{Tier: 2, Profile: slices.Sorted(slices.Values(slices.Concat(c.yes, c.open))), Unanswered: c.open}
		if got := p.SitsUntil(gate, c.seat); !slices.Equal(got, c.want) {
			t.Errorf("%s with yes to %v and %v open sits until %v, want %v", c.seat, c.yes, c.open, got, c.want)
		}
	}
}

func TestUnansweredQuestionsAreAsked(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.refused(w.silent(func() error {
		return w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = []plan.Flag{"moon"} })
	}), "invalid")
	tmpl := lifecycle(plan.OrderFree, true)
	in := review.NewProject{Key: "wallet", Name: "W", Team: "T", Tier: 2, Exposure: review.ExposurePilot, Owner: owner, Unanswered: []plan.Flag{"moon"}}
	if _, err := review.Create(w.actor(manager), project, plan.Bare(tmpl, plan.Ref{}), in, base); refusal(err) != "invalid" {
		t.Errorf("a project is started with a question that nobody asks: %v", err)
	}
}

// A yes is taken back by approval, and asked for with a reason, where that asks
// less; a question that nobody answered is answered with no by whoever may edit the
// project. A yes does not become a no by way of not yet.
func TestWhoTakesAnAnswerBack(t *testing.T) {
	later := func(flag plan.Flag) func(*review.ProjectFields) {
		return func(f *review.ProjectFields) { f.Profile, f.Unanswered = nil, []plan.Flag{flag} }
	}
	mute := func(change func(*review.ProjectFields)) func(*review.ProjectFields) {
		return func(f *review.ProjectFields) { change(f); f.Reason = " " }
	}
	for _, k := range []struct {
		name   string
		is     option
		by     review.PersonID
		change func(*review.ProjectFields)
		want   string
	}{
		{"a yes to no, by the owner", withProfile("pii"), owner, no, "asked"},
		{"a yes to not yet, by the owner", withProfile("pii"), owner, later("pii"), "asked"},
		{"a yes to not yet, by a manager", withProfile("pii"), manager, later("pii"), "asked"},
		{"a yes to no, without a reason", withProfile("pii"), manager, mute(no), "invalid"},
		{"a yes to no, by a manager", withProfile("pii"), manager, no, "asked"},
		{"a yes to no, by an admin", withProfile("pii"), admin, no, "asked"},
		{"a yes that only a required item hangs on", both(withProfile("ml"), bare), owner, no, "asked"},
		{"a yes that only the quorum hangs on", withProfile("ml"), deputy, no, "asked"},
		{"a yes to no, by who has no part in it", withProfile("pii"), archie, no, "denied"},
		{"a yes that nothing hangs on", withProfile("public"), owner, mute(no), "ok"},
		{"not yet to no, by the owner", withUnanswered("pii"), owner, mute(no), "ok"},
		{"not yet to no beside a yes that stays", both(withProfile("ml"), withUnanswered("pii")), owner, mute(func(f *review.ProjectFields) {
			f.Profile, f.Unanswered = []plan.Flag{"ml"}, nil
		}), "ok"},
		{"not yet to yes", withUnanswered("pii"), owner, mute(func(f *review.ProjectFields) { f.Unanswered = nil }), "ok"},
		{"one yes for another that asks more", withProfile("public"), owner, mute(func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }), "ok"},
	} {
		w := newPlanned(t, shelf{}, k.is)
		if k.want == "denied" || k.want == "invalid" {
			if got := refusal(w.silent(func() error { return w.edit(k.by, k.change) })); got != k.want {
				t.Errorf("%s: %s, want %s", k.name, got, k.want)
			}
			continue
		}
		before := w.r.Project.AnswersDigest()
		if err := w.edit(k.by, k.change); err != nil {
			t.Errorf("%s: %v", k.name, err)
			continue
		}
		if asked := w.r.Project.Retraction != nil; asked != (k.want == "asked") || asked && w.r.Project.AnswersDigest() != before {
			t.Errorf("%s: waits for approval: %t", k.name, asked)
		}
		w.replays()
	}
}

func both(a, b option) option {
	return func(l *plan.Lifecycle, p *review.NewProject) { a(l, p); b(l, p) }
}

// bare has no seat depend on an answer.
func bare(l *plan.Lifecycle, _ *review.NewProject) {
	for i := range l.Stages {
		for j := range l.Stages[i].Gate.Seats {
			l.Stages[i].Gate.Seats[j].When = nil
		}
	}
}

// curious is a module that asks something of its own.
func curious() *plan.Module {
	m := light()
	m.Flags = []plan.Question{{Key: "light-on", Label: "It is light"}}
	m.Items[0].When = []plan.Flag{"light-on"}
	return m
}

// A module's questions are unanswered when it is attached, and go with it unless
// somebody answered them.
func TestQuestionsOfAModule(t *testing.T) {
	m := curious()
	w := newPlanned(t, shelf{modules: []*plan.Module{m}}, withUnanswered("ml"))
	then, err := w.r.Preview(w.r.Plan.Origin.With(modRef(m)))
	w.ok(err)
	w.ok(w.attach(owner, m))
	if got := w.r.Project.Unanswered; !slices.Equal(got, []plan.Flag{"light-on", "ml"}) || !slices.Equal(then.Project.Unanswered, got) {
		t.Errorf("unanswered: %v, in the preview %v", got, then.Project.Unanswered)
	}
	if e := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.ModuleAttached); !slices.Equal(e.Asks, []plan.Flag{"light-on"}) {
		t.Errorf("the trail has it ask %v", e.Asks)
	}
	w.level("light-touch", plan.LevelMay)
	w.ok(w.detach(owner, "light"))
	if p := w.r.Project; !slices.Equal(p.Unanswered, []plan.Flag{"ml"}) || !slices.Equal(p.Profile, plan.Profile{"ml"}) {
		t.Errorf("without the module: %v, unanswered %v", p.Profile, p.Unanswered)
	}
	w.ok(w.attach(owner, m))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Unanswered = []plan.Flag{"ml"} })) // yes to the module's question
	w.ok(w.detach(manager, "light"))
	w.ok(w.attach(owner, m))
	if got := w.r.Project.Reply("light-on"); got != review.ReplyYes {
		t.Errorf("an answer that outlived its module is %q", got)
	}
	w.replays()
}

// An upgrade opens what only the new version asks, and closes what it no longer
// asks; undoing it brings back how each question stood, but for those answered since.
func TestQuestionsOfAnUpgrade(t *testing.T) {
	v2 := second(plan.OrderFree)
	v2.Flags = []plan.Question{{Key: "pii", Label: "Personal data"}, {Key: "cloud", Label: "Runs in a cloud"}, {Key: "edge", Label: "Runs at the edge"}}
	for i := range v2.Stages {
		s := &v2.Stages[i]
		s.Gate.Seats = slices.DeleteFunc(slices.Clone(s.Gate.Seats), func(g plan.GateSeat) bool { return slices.Contains(g.When, "ml") })
	}
	w := newPlanned(t, shelf{lifecycles: []*plan.Lifecycle{v2}}, withUnanswered("ml", "pii"))
	w.ok(w.upgrade(owner, v2))
	if p := w.r.Project; !slices.Equal(p.Unanswered, []plan.Flag{"cloud", "edge", "pii"}) || !slices.Equal(p.Profile, plan.Profile{"cloud", "edge", "pii"}) {
		t.Errorf("upgraded: %v, unanswered %v", p.Profile, p.Unanswered)
	}
	w.ok(w.edit(owner, func(f *review.ProjectFields) { // yes to edge, no to pii
		f.Profile, f.Unanswered = []plan.Flag{"cloud", "edge"}, []plan.Flag{"cloud"}
	}))
	then, err := w.r.PreviewUndo()
	w.ok(err)
	w.ok(w.undo(owner))
	if p := w.r.Project; !slices.Equal(p.Unanswered, []plan.Flag{"ml"}) || !slices.Equal(p.Profile, plan.Profile{"edge", "ml"}) {
		t.Errorf("undone: %v, unanswered %v", p.Profile, p.Unanswered)
	}
	if p := then.Project; !slices.Equal(p.Unanswered, []plan.Flag{"ml"}) {
		t.Errorf("the preview has %v unanswered", p.Unanswered)
	}
	w.replays()
}
