package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) plan(p review.PersonID, in review.StagePlan) error {
	return w.r.PlanStage(w.actor(p), w.r.Project.StagePlan(in.Stage).Digest(), in, w.tick())
}

func milestone(name, due string) review.Milestone { return review.Milestone{Name: name, Due: due} }

func TestPlanStageInput(t *testing.T) {
	many := slices.Repeat([]review.Milestone{milestone("M", "2026-04-01")}, review.MaxMilestones+1)
	for _, tt := range []struct {
		name   string
		in     review.StagePlan
		fields string
	}{
		{"all", review.StagePlan{Owner: member, Deputy: mate, Target: "2026-04-01", Milestones: []review.Milestone{milestone("Done by half", "2026-03-20")}}, ""},
		{"an empty row", review.StagePlan{Milestones: []review.Milestone{{}, milestone("M", "2026-03-20")}}, ""},
		{"in the past", review.StagePlan{Target: "2026-01-01"}, ""},
		{"somebody else", review.StagePlan{Owner: viewer}, "owner"},
		{"a deputy alone", review.StagePlan{Deputy: mate}, "owner"},
		{"the same twice", review.StagePlan{Owner: mate, Deputy: mate}, "deputy"},
		{"no date", review.StagePlan{Target: "soon"}, "target"},
		{"a day without a name", review.StagePlan{Milestones: []review.Milestone{milestone("", "2026-03-20")}}, "milestone-name-1"},
		{"a name without a day", review.StagePlan{Milestones: []review.Milestone{{}, milestone("M", "")}}, "milestone-due-2"},
		{"two lines", review.StagePlan{Milestones: []review.Milestone{milestone("M\nN", "2026-03-20")}}, "milestone-name-1"},
		{"too many", review.StagePlan{Milestones: many}, "milestone-name-21"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.in.Stage = build
			before := len(w.r.Recorded())
			err := w.plan(owner, tt.in)
			if got := strings.Join(wrong(err), " "); got != tt.fields {
				t.Errorf("%v, want %s", err, tt.fields)
			}
			if n := len(w.r.Recorded()) - before; (n == 1) != (err == nil) {
				t.Errorf("recorded %d events", n)
			}
		})
	}
}

func TestWhoPlansAStage(t *testing.T) {
	w := newWorld(t)
	in := review.StagePlan{Stage: build, Owner: member, Deputy: mate}
	for _, p := range []review.PersonID{member, viewer, auditor, quinn} {
		w.refused(w.silent(func() error { return w.plan(p, in) }), "denied")
	}
	w.ok(w.plan(owner, in))
	w.ok(w.silent(func() error { return w.plan(owner, in) })) // nothing changes
	in.Target = "2026-05-01"
	w.ok(w.plan(member, in)) // whoever answers for it says by when
	in.Milestones = []review.Milestone{milestone("Half", "2026-04-01")}
	w.ok(w.plan(mate, in))
	w.refused(w.silent(func() error {
		return w.r.PlanStage(w.actor(owner), w.r.Project.StagePlan(design).Digest(), review.StagePlan{Stage: build}, w.tick())
	}), "outdated")
	w.refused(w.silent(func() error { return w.plan(owner, review.StagePlan{Stage: "attic"}) }), "not found")
	w.ok(w.r.SetStatus(w.actor(manager), "", review.StatusStopped, "no money", w.tick()))
	w.refused(w.silent(func() error { return w.plan(owner, review.StagePlan{Stage: build}) }), "refused")
	w.replays()
}

// A stage waits for its owner, for the deputy while the owner is away, and for who
// leads the project while both are.
func TestStageOwnersAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	waits := func(sk plan.StageKey, want review.PersonID) {
		t.Helper()
		s := w.stage(sk)
		for _, b := range w.r.Blockers(s, w.now) {
			if b.Item != "" && b.Seat == "" && b.Owner != want {
				t.Errorf("%s waits for %d, want %d", b.Item, b.Owner, want)
			}
		}
	}
	waits(build, owner)
	w.ok(w.plan(owner, review.StagePlan{Stage: build, Owner: member, Deputy: mate}))
	waits(build, member)
	waits(design, owner)
	w.r.Away = []review.PersonID{member}
	waits(build, mate)
	w.r.Away = []review.PersonID{member, mate}
	waits(build, owner)
	w.r.Away = nil
	members := w.r.Project.Members
	w.r.Project.Members = slices.DeleteFunc(slices.Clone(members), func(m review.Member) bool { return m.Person == member }) // as trails of earlier versions leave it
	waits(build, mate)
	w.r.Project.Members = members
	w.ok(w.r.Assign(w.actor(owner), build, "tests", insider, "", w.tick()))
	if got := w.r.Responsible(w.stage(build), w.stage(build).Item("tests")); got != insider {
		t.Errorf("somebody nearer is passed over for %d", got)
	}
	w.fill(build)
	var last time.Time
	for _, it := range w.stage(build).Items {
		if it.Level == plan.LevelMust && it.Answer.At.After(last) {
			last = it.Answer.At
		}
	}
	for _, e := range w.stage(build).Evidence {
		if e.At.After(last) {
			last = e.At
		}
	}
	got := w.r.Rollup(w.stage(build), w.tick())
	if len(got.Waits) != 1 || got.Waits[0].Person != member {
		t.Errorf("a stage that is ready waits for %v", got.Waits)
	}
	if last = last.Truncate(time.Second); !got.WaitsSince.Equal(last) {
		t.Errorf("a stage that was ready at %s waits since %s", last, got.WaitsSince)
	}
}

func TestStagesAreHandedOver(t *testing.T) {
	for _, tt := range []struct {
		name          string
		do            func(*world) error
		owner, deputy review.PersonID
	}{
		{"to somebody", func(w *world) error { return w.r.RemoveMember(w.actor(owner), member, insider, w.tick()) }, insider, mate},
		{"to the deputy", func(w *world) error { return w.r.RemoveMember(w.actor(owner), member, mate, w.tick()) }, mate, 0},
		{"to nobody", func(w *world) error { return w.r.RemoveMember(w.actor(owner), member, 0, w.tick()) }, mate, 0},
		{"of the deputy, to nobody", func(w *world) error { return w.r.RemoveMember(w.actor(owner), mate, 0, w.tick()) }, member, 0},
		{"of the deputy, to the owner", func(w *world) error { return w.r.HandOver(w.actor(owner), mate, member, "away", w.tick()) }, member, 0},
		{"to a successor", func(w *world) error {
			return w.r.Succeed(w.actor(manager), member, insider, true, "left", w.tick())
		}, insider, mate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.ok(w.plan(owner, review.StagePlan{Stage: build, Owner: member, Deputy: mate, Target: "2026-05-01"}))
			if got := w.r.Tasks(member); len(got) != 1 || !got[0].Leads || got[0].Stage != build {
				t.Errorf("tasks are %+v", got)
			}
			w.ok(tt.do(w))
			if sp := w.r.Project.StagePlan(build); sp.Owner != tt.owner || sp.Deputy != tt.deputy || sp.Target != "2026-05-01" {
				t.Errorf("the stage is %+v", sp)
			}
			w.replays()
		})
	}
}

func TestStageDates(t *testing.T) {
	w := newWorld(t)
	done := milestone("Done", "2026-03-03")
	done.Done = true
	w.ok(w.plan(owner, review.StagePlan{Stage: build, Target: "2026-03-04", Milestones: []review.Milestone{milestone("Late", "2026-03-03"), done, milestone("Later", "2026-03-20")}}))
	sp := w.r.Project.StagePlan(build)
	on := func(day string, g review.GateState, late bool, overdue int) {
		t.Helper()
		at, _ := time.Parse("2006-01-02 15:04", day+" 12:00")
		if got, n := sp.Late(g, at), sp.MilestonesOverdue(at); got != late || n != overdue {
			t.Errorf("on %s it is late: %t, with %d milestones overdue", day, got, n)
		}
	}
	on("2026-03-03", review.GateBlocked, false, 0)
	on("2026-03-04", review.GateBlocked, false, 1)
	on("2026-03-05", review.GateBlocked, true, 1)
	on("2026-03-05", review.GatePassed, false, 1)
	on("2026-03-05", review.GateOpenAgain, true, 1)
	// Owners go on in the next review, the days are of the one before.
	w.ok(w.plan(owner, review.StagePlan{Stage: build, Owner: member, Target: "2026-03-04"}))
	w.pass(run)
	w.ok(w.r.StartReview(w.actor(owner), 1, "a year", w.tick()))
	if sp := w.r.Project.StagePlan(build); sp.Owner != member || sp.Target != "" {
		t.Errorf("in the next review the stage is %+v", sp)
	}
	w.replays()
}

func TestUnowned(t *testing.T) {
	w := newWorld(t)
	unowned := func() string {
		var rollups []review.StageRollup
		for i := range w.r.Stages {
			rollups = append(rollups, w.r.Rollup(&w.r.Stages[i], w.now))
		}
		var keys []string
		for _, k := range w.r.Unowned(rollups) {
			keys = append(keys, string(k))
		}
		return strings.Join(keys, " ")
	}
	check := func(want string) {
		t.Helper()
		if got := unowned(); got != want {
			t.Errorf("without an owner are %q, want %q", got, want)
		}
	}
	check("design")
	w.ok(w.answer(member, build, "tests", review.Met, ""))
	w.ok(w.link(member, build, "tests", "https://ci.example.com/1", "ci-run"))
	check("design build")
	w.ok(w.plan(owner, review.StagePlan{Stage: build, Owner: mate}))
	check("design")
	w.pass(design)
	check("")
	w.r.Project.Members = slices.DeleteFunc(w.r.Project.Members, func(m review.Member) bool { return m.Person == mate }) // as trails of earlier versions leave it
	check("build")
	w.r.Project.Status = review.StatusStopped
	check("")
}
