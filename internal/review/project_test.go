package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestCreate(t *testing.T) {
	tmpl := lifecycle(plan.OrderAdvisory, true)
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	good := review.NewProject{Key: " payments-api ", Name: " Payments ", Team: "Till", Tier: 1, Exposure: review.ExposureGeneral, Owner: owner, Deputy: deputy, Target: "2026-12-01", Profile: []plan.Flag{"pii", "ml", "pii"}}
	as := func(roles ...review.Role) review.Actor { return review.Actor{Person: viewer, Roles: roles} }

	r, err := review.Create(as(review.RoleViewer), project, plan.Bare(tmpl, ref), good, base)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Project
	if p.Key != "payments-api" || p.Name != "Payments" || p.Status != review.StatusActive || !p.Created.Equal(base) || review.FormatDate(p.Target) != "2026-12-01" || !slices.Equal(p.Profile, plan.Profile{"ml", "pii"}) {
		t.Errorf("the project is kept as %+v", p)
	}
	if p.Duty(owner) != review.DutyOwner || p.Duty(deputy) != review.DutyDeputy || p.Duty(viewer) != "" || p.Holder(review.DutyOwner) != owner {
		t.Errorf("its people are %+v", p.Members)
	}
	if len(r.Stages) != 3 || !r.Stages[2].Loaded || r.Stage(build).Item("load").Level != plan.LevelMust || r.Plan.Ref() != ref || r.No != 1 {
		t.Errorf("its review is %+v", r)
	}

	tests := []struct {
		name  string
		spoil func(*review.NewProject)
		field string
	}{
		{"no key", func(n *review.NewProject) { n.Key = "" }, "key"},
		{"a key in capitals", func(n *review.NewProject) { n.Key = "Payments" }, "key"},
		{"the key of a page", func(n *review.NewProject) { n.Key = "new" }, "key"},
		{"a path as key", func(n *review.NewProject) { n.Key = "a/../b" }, "key"},
		{"no name", func(n *review.NewProject) { n.Name = " " }, "name"},
		{"a name nobody can see", func(n *review.NewProject) { n.Name = "\u200b" }, "name"},
		{"a name of 10,000 characters", func(n *review.NewProject) { n.Name = repeat("x", 10_000) }, "name"},
		{"no team", func(n *review.NewProject) { n.Team = "" }, "team"},
		{"a long summary", func(n *review.NewProject) { n.Summary = repeat("x", review.MaxReason+1) }, "summary"},
		{"tier 0", func(n *review.NewProject) { n.Tier = 0 }, "tier"},
		{"tier 4", func(n *review.NewProject) { n.Tier = 4 }, "tier"},
		{"tier -1", func(n *review.NewProject) { n.Tier = -1 }, "tier"},
		{"no exposure", func(n *review.NewProject) { n.Exposure = "" }, "exposure"},
		{"no owner", func(n *review.NewProject) { n.Owner = 0 }, "owner"},
		{"the owner as deputy", func(n *review.NewProject) { n.Deputy = n.Owner }, "deputy"},
		{"a date before 1970", func(n *review.NewProject) { n.Target = "1969-12-31" }, "target"},
		{"a date in the year 10000", func(n *review.NewProject) { n.Target = "10000-01-01" }, "target"},
		{"an unknown answer", func(n *review.NewProject) { n.Profile = []plan.Flag{"pii", "moon"} }, "profile"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := good
			tt.spoil(&in)
			r, err := review.Create(as(review.RoleManager), project, plan.Bare(tmpl, ref), in, base)
			var invalid *review.Invalid
			if !errors.As(err, &invalid) || r != nil {
				t.Fatalf("got %v, %v", r, err)
			}
			if len(invalid.Fields) != 1 || invalid.Fields[0].Field != tt.field || invalid.Fields[0].Message == "" {
				t.Errorf("the problems are %+v", invalid.Fields)
			}
		})
	}
	t.Run("everything wrong at once", func(t *testing.T) {
		_, err := review.Create(as(review.RoleManager), project, plan.Bare(tmpl, ref), review.NewProject{}, base)
		var invalid *review.Invalid
		if !errors.As(err, &invalid) || len(invalid.Fields) != 6 {
			t.Errorf("got %v", err)
		}
	})
	for _, by := range []review.Actor{as(review.RoleAuditor), as(), {Person: archie, Seats: everywhere(plan.SeatArchitecture)}, {Person: review.System, Roles: []review.Role{review.RoleAdmin}}} {
		if _, err := review.Create(by, project, plan.Bare(tmpl, ref), good, base); refusal(err) != "denied" {
			t.Errorf("%+v may start a project: %v", by, err)
		}
	}
}

func TestProjectMadeByTheSameForm(t *testing.T) {
	in := review.NewProject{Key: "wallet", Name: "Wallet", Team: "Blue", Tier: 2, Exposure: review.ExposurePilot, Owner: owner}
	by := review.Actor{Person: owner, Roles: []review.Role{review.RoleManager}}
	r, err := review.Create(by, project, plan.Bare(lifecycle(plan.OrderFree, true), plan.Ref{}), in, base)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]struct {
		change func(*review.NewProject)
		after  time.Duration
		want   bool
	}{
		"the same at once":     {func(*review.NewProject) {}, 0, true},
		"a minute later":       {func(*review.NewProject) {}, time.Minute, true},
		"two minutes later":    {func(*review.NewProject) {}, 2 * time.Minute, false},
		"of another name":      {func(in *review.NewProject) { in.Name = "Another wallet" }, 0, false},
		"of another owner":     {func(in *review.NewProject) { in.Owner = deputy }, 0, false},
		"with another key":     {func(in *review.NewProject) { in.Key = "wallet-2" }, 0, false},
		"with another summary": {func(in *review.NewProject) { in.Summary = "Pays" }, 0, true},
	} {
		again := in
		k.change(&again)
		if got := again.Made(&r.Project, r.Project.Created.Add(k.after)); got != k.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestEdit(t *testing.T) {
	w := newWorld(t)
	change := func(p review.PersonID, f func(*review.ProjectFields)) error { return w.edit(p, f) }
	same := func(*review.ProjectFields) {}
	w.ok(w.silent(func() error { return change(owner, same) }))
	w.ok(w.silent(func() error {
		return change(owner, func(f *review.ProjectFields) { f.Name, f.Target = " "+f.Name+" ", " " })
	}))
	w.ok(change(deputy, func(f *review.ProjectFields) {
		f.Summary, f.Profile, f.Target = "Takes money", []plan.Flag{"public", "ml"}, "2027-01-31"
	}))
	last := w.r.Recorded()[len(w.r.Recorded())-1].Event.(review.ProjectEdited)
	want := []review.Change{{Field: "summary", From: "", To: "Takes money"}, {Field: "target", From: "", To: "2027-01-31"}, {Field: "profile", From: "", To: "ml public"}}
	if !slices.Equal(last.Changes, want) {
		t.Errorf("the trail says %+v", last.Changes)
	}
	if it := w.stage(run).Item("drift"); it.Level != plan.LevelMust {
		t.Errorf("the conditional must has level %q", it.Level)
	}
	for _, p := range []review.PersonID{member, viewer, auditor, archie} {
		w.refused(w.silent(func() error { return change(p, func(f *review.ProjectFields) { f.Name = "Mine" }) }), "denied")
	}
	w.refused(w.silent(func() error {
		return change(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"moon"} })
	}), "invalid")
}

// What somebody else changed since the form was opened is not overwritten.
func TestEditShown(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Summary = "One\nTwo" }))
	shown := w.r.Project.Fields()
	save := func(p review.PersonID, was review.Digest, change func(*review.ProjectFields)) error {
		f := shown
		change(&f)
		return w.r.EditShown(w.actor(p), was, f, w.tick())
	}
	mine := func(f *review.ProjectFields) { f.Name = "Mine" }
	for _, same := range []func(*review.ProjectFields){
		func(*review.ProjectFields) {},
		func(f *review.ProjectFields) { f.Name, f.Team, f.Summary = " "+f.Name, f.Team+" ", "One\r\nTwo " },
		func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii", "pii"} },
	} {
		w.ok(w.silent(func() error { return save(owner, "", same) })) // nothing to change: whatever was shown
	}
	w.refused(w.silent(func() error { return save(viewer, shown.Digest(), mine) }), "denied")
	w.refused(w.silent(func() error { return save(owner, shown.Digest(), func(f *review.ProjectFields) { f.Name = " " }) }), "invalid")
	w.refused(w.silent(func() error { return save(owner, "", mine) }), "outdated") // without a word on what was shown
	w.ok(w.answer(member, design, "adr", review.Met, ""))                          // no change of the settings

	w.ok(save(deputy, shown.Digest(), func(f *review.ProjectFields) { f.Name = "Theirs" }))
	w.refused(w.silent(func() error { return save(owner, shown.Digest(), mine) }), "outdated")
	w.ok(save(owner, w.r.Project.Fields().Digest(), mine)) // having seen both
	w.ok(w.silent(func() error { return save(owner, shown.Digest(), mine) }))
	if got := w.r.Project.Name; got != "Mine" {
		t.Errorf("the name is %q", got)
	}
}

// Rule 9: the level only goes up without approval.
func TestTier(t *testing.T) {
	w := newWorld(t)
	tier := func(n plan.Tier) func(*review.ProjectFields) {
		return func(f *review.ProjectFields) { f.Tier = n }
	}
	w.ok(w.edit(owner, tier(1)))
	w.refused(w.silent(func() error { return w.edit(owner, tier(2)) }), "denied")
	w.refused(w.silent(func() error {
		return w.edit(deputy, func(f *review.ProjectFields) { f.Tier, f.Name = 3, "Smaller" })
	}), "denied")
	w.ok(w.edit(manager, tier(3)))
	if w.r.Project.Tier != 3 || w.stage(build).Item("load").Level != plan.LevelNone {
		t.Errorf("tier %d, level %q", w.r.Project.Tier, w.stage(build).Item("load").Level)
	}
	w.ok(w.edit(admin, tier(1)))
	w.ok(w.edit(admin, tier(2)))
}

// A higher tier after the gate passed reopens it with what it now asks.
func TestTierRaisedAfterPassing(t *testing.T) {
	w := newWorld(t, withTier(3))
	w.pass(build)
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Tier = 1 }))
	w.gate(build, review.GateChanged)
	w.blocked(build, "content-changed", "must-open load")
	w.refused(w.silent(func() error { return w.request(owner, build) }), "blocked")
	w.ok(w.answer(member, build, "load", review.NotApplicable, "one user"))
	w.ok(w.approve(quinn, build, "load"))
	w.ok(w.request(owner, build))
	w.ok(w.sign(quinn, build, plan.SeatQA)) // approving is no answer
	w.gate(build, review.GatePassed)
}

// What applied once is kept and comes back as it was.
func TestAnswersSurviveAProfileThatComesAndGoes(t *testing.T) {
	w := newWorld(t, withProfile("pii"))
	w.ok(w.answer(member, design, "privacy", review.Met, "mapped"))
	w.ok(w.answered(manager))
	w.refused(w.silent(func() error { return w.answer(member, design, "privacy", review.Open, "") }), "refused")
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Profile = []plan.Flag{"pii"} }))
	if a := w.stage(design).Item("privacy").Answer; a.State != review.Met || a.Note != "mapped" || a.Version != 1 {
		t.Errorf("the answer is %+v", a)
	}
}

func TestSetDuty(t *testing.T) {
	w := newWorld(t)
	set := func(by, p review.PersonID, d review.Duty) error { return w.r.SetDuty(w.actor(by), p, d, w.tick()) }
	duty := func(p review.PersonID, want review.Duty) {
		t.Helper()
		if got := w.r.Project.Duty(p); got != want {
			t.Errorf("%d is %q, want %q", p, got, want)
		}
	}
	w.refused(w.silent(func() error { return set(owner, 0, review.DutyMember) }), "invalid")
	w.refused(w.silent(func() error { return set(owner, member, "boss") }), "invalid")
	w.refused(w.silent(func() error { return set(owner, owner, "") }), "refused")
	w.refused(w.silent(func() error { return set(owner, owner, review.DutyDeputy) }), "refused")
	w.refused(w.silent(func() error { return set(member, mate, "") }), "denied")
	w.refused(w.silent(func() error { return set(archie, mate, "") }), "denied")
	w.ok(w.silent(func() error { return set(owner, mate, review.DutyMember) }))
	w.ok(w.silent(func() error { return set(owner, viewer, "") }))

	w.ok(set(owner, mate, review.DutyDeputy)) // the former deputy becomes a member
	duty(deputy, review.DutyMember)
	duty(mate, review.DutyDeputy)
	w.ok(set(mate, mate, review.DutyOwner)) // and the deputy owner
	duty(owner, review.DutyMember)
	duty(mate, review.DutyOwner)
	if got := w.r.Project.Holder(review.DutyDeputy); got != 0 {
		t.Errorf("%d is deputy", got)
	}
	w.refused(w.silent(func() error { return set(owner, owner, review.DutyOwner) }), "denied")
	w.ok(set(manager, owner, ""))
	duty(owner, "")
	if owners := w.r.Project.Holder(review.DutyOwner); owners != mate {
		t.Errorf("%d is owner", owners)
	}
	if !slices.IsSortedFunc(w.r.Project.Members, func(a, b review.Member) int { return int(a.Person - b.Person) }) {
		t.Errorf("members are not sorted: %v", w.r.Project.Members)
	}
}

// Somebody who leaves the team cannot go on answering; what they answered
// still keeps them from signing.
func TestLeavingTheTeam(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	w.ok(w.answer(insider, build, "style", review.Met, ""))
	w.ok(w.r.SetDuty(w.actor(owner), insider, "", w.tick()))
	w.refused(w.silent(func() error { return w.answer(insider, build, "style", review.NotMet, "") }), "denied")
	w.ok(w.request(owner, build))
	w.refused(w.silent(func() error { return w.sign(insider, build, plan.SeatEngineering) }), "denied")
}

// Who starts a project chooses its first modules as they choose its lifecycle,
// whatever their part in it is; afterwards, modules take the right to change plans.
func TestModulesAtTheStart(t *testing.T) {
	tmpl := lifecycle(plan.OrderFree, true)
	phased(tmpl, nil)
	by := review.Actor{Person: viewer, Roles: []review.Role{review.RoleViewer}}
	in := review.NewProject{
		Key: "till", Name: "T", Team: "T", Tier: 2, Exposure: review.ExposurePilot, Owner: owner, Kind: plan.Migration, Proposed: 1, Reason: "Only two shops.", Start: build,
	}
	r, err := review.Create(by, project, plan.Bare(tmpl, version(tmpl, 3)), in, base)
	if err != nil {
		t.Fatal(err)
	}
	r.Plans = shelf{lifecycles: []*plan.Lifecycle{tmpl}, modules: []*plan.Module{curious(), gdpr()}}.plans
	for range 2 {
		if err := r.AttachAtStart(by, modRef(curious()), "Proposed.", base); err != nil {
			t.Fatal(err)
		}
	}
	events := r.Recorded()
	if r.Project.Start != build || len(events) != 2 || !slices.Equal(events[1].Event.(review.ModuleAttached).Asks, []plan.Flag{"light-on"}) {
		t.Errorf("recorded %+v", events)
	}
	other := by
	other.Person = deputy
	if err := r.AttachAtStart(other, modRef(gdpr()), "Mine.", base); refusal(err) != "refused" {
		t.Errorf("somebody else's module joins: %v", err)
	}
	if err := r.AttachAtStart(by, modRef(gdpr()), " ", base); refusal(err) != "invalid" {
		t.Errorf("without a reason: %v", err)
	}
	later, err := review.Replay(project, events, r.Plans)
	if err != nil {
		t.Fatal(err)
	}
	later.Plans = r.Plans
	if err := later.AttachAtStart(by, modRef(gdpr()), "Late.", base); refusal(err) != "refused" {
		t.Errorf("a module joins a project that is there: %v", err)
	}
}
