package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// blockersShown is how many blockers of a stage the overview lists; the gate
// has them all.
const blockersShown = 10

// ProjectData is a project with all its stages.
type ProjectData struct {
	Review  *review.Review
	Actor   review.Actor
	Now     time.Time
	Name    Names
	Recent  []review.Entry   // newest first
	Nobody  []review.Blocker // what nobody can do
	Reviews []time.Time      // when each review started, the launch first
	Past    bool             // Now is not the present: nothing can be done here
	Pace    *Pace            // of its lifecycle; nil: not known
	Next    NextReviewForm
	Newest  []plan.Ref    // the newest version of each published document
	Others  review.Others // that records are about
	// What of other projects rests on this one, and how much there is.
	Resting    []Resting
	RestingAll int
}

// projectView is a project as its overview shows it, worked out once.
type projectView struct {
	ProjectData
	rollups []review.StageRollup
	current int
}

func newProjectView(d ProjectData) *projectView {
	v := &projectView{ProjectData: d}
	gates := make([]review.GateState, len(d.Review.Stages))
	for i := range d.Review.Stages {
		v.rollups = append(v.rollups, d.Review.Rollup(&d.Review.Stages[i], d.Now))
		gates[i] = v.rollups[i].Gate
	}
	v.current = review.Current(gates)
	return v
}

func (v *projectView) project() *review.Project { return &v.Review.Project }

func (v *projectView) key() review.ProjectKey { return v.Review.Project.Key }

func (v *projectView) may(a review.Action) bool { return review.May(v.Actor, a, v.project()) == nil }

func (v *projectView) segments() []ui.StageSegment {
	out := segments(v.key(), v.Review.Plan.Stages, v.rollups, v.current)
	for i := range out {
		if v.rollups[i].Gate == review.GateNotNeeded {
			out[i].Instead = "for " + v.project().Exposure.Words()
		}
	}
	return out
}

// facts are the line under the project's name.
func (v *projectView) facts() []ui.Fact {
	p := v.project()
	facts := []ui.Fact{
		{Term: "Owner", Text: v.Name(p.Holder(review.DutyOwner))},
		{Term: "Team", Text: p.Team, Href: PortfolioFilter{Team: p.Team}.url()},
		{Term: "Tier", Text: strconv.Itoa(int(p.Tier))},
		{Term: "Exposure", Text: string(p.Exposure)},
	}
	if d := p.Holder(review.DutyDeputy); d != 0 {
		facts = slices.Insert(facts, 1, ui.Fact{Term: "Deputy", Text: v.Name(d)})
	}
	if v.Review.No > 1 {
		facts = append(facts, ui.Fact{Term: "Review", Text: strconv.Itoa(v.Review.No), Href: "#reviews"})
	}
	if !p.Target.IsZero() {
		facts = append(facts, ui.Fact{Term: "Target", Text: p.Target.Format("2 Jan 2006") + v.targetWord()})
	}
	if f := v.forecast(); !f.day.IsZero() {
		facts = append(facts, ui.Fact{Term: "Forecast", Text: f.dayWords(v.Now) + f.afterTarget(v.project().Target), Href: "#forecast"})
	}
	if state, due := v.Review.Live(v.Now); state != review.NotLive {
		text := strings.TrimPrefix(state.Label(), "Live, ")
		if !due.IsZero() {
			text += ", next review by " + due.Format("2 Jan 2006")
		}
		facts = append(facts, ui.Fact{Term: "Live", Text: text})
	}
	if p.Restricted {
		facts = append(facts, ui.Fact{Term: "Visible", Text: "restricted to its people, admins and auditors"})
	}
	facts = append(facts, ui.Fact{
		Term: "Lifecycle", Text: v.Review.Plan.Name + ", version " + strconv.Itoa(v.Review.Plan.Ref().Version), Href: LifecycleURL(v.Review.Plan.Ref().Key, v.Review.Plan.Ref().Version),
	})
	if f, pins := definitionFact(v.Review); pins {
		facts = append(facts, f)
	}
	return facts
}

// newer says which documents of the plan have a newer version.
func (v *projectView) newer() []string {
	if v.Past || v.project().Status == review.StatusStopped {
		return nil
	}
	return NewerVersions(v.Review.Plan, v.Newest)
}

// targetWord says how far the target date is, or that it has passed while
// there is work to do.
func (v *projectView) targetWord() string {
	days := v.daysLeft()
	switch {
	case v.missed():
		return ", " + CountOf(-days, "day") + " overdue"
	case days == 0:
		return ", today"
	case days > 0:
		return ", in " + CountOf(days, "day")
	}
	return ""
}

// daysLeft is how many days there are to the target; negative once it has gone
// by.
func (v *projectView) daysLeft() int {
	return int(v.project().Target.Sub(review.Today(v.Now)).Hours() / 24)
}

func (v *projectView) missed() bool {
	live, _ := v.Review.Live(v.Now)
	return targetMissed(v.project().Target, v.project().Status, live, v.rollups, v.Now)
}

// soon is from when on a target is said to be near, in days.
const soon = 14

// countdown is how far the target is, for a project that still has to reach it;
// empty for all others.
func (v *projectView) countdown() (ui.State, string) {
	p := v.project()
	if live, _ := v.Review.Live(v.Now); p.Target.IsZero() || p.Status != review.StatusActive || live != review.NotLive || v.allPassed() {
		return ui.None, ""
	}
	switch days := v.daysLeft(); {
	case days < 0:
		return ui.Bad, CountOf(-days, "day") + " past the target"
	case days == 0:
		return ui.Warn, "Target is today"
	case days <= soon:
		return ui.Warn, CountOf(days, "day") + " to the target"
	default:
		return ui.Part, CountOf(days, "day") + " to the target"
	}
}

// start is the stage with which the project begins, as was chosen when it was
// started; nil where none was, and once a gate has passed.
func (v *projectView) start() *review.Stage {
	if v.Past || slices.ContainsFunc(v.rollups, func(r review.StageRollup) bool { return r.Gate.Passed() && r.Gate != review.GateNotNeeded }) {
		return nil
	}
	return v.Review.Stage(v.project().Start)
}

// checklist is where the work is: the stage that the project is in, or begins with.
func (v *projectView) checklist() string {
	if s := v.start(); s != nil {
		return StageURL(v.key(), s.Def.Key)
	}
	return StageURL(v.key(), v.Review.Stages[v.current].Def.Key)
}

// CurrentChecklist is the address of the checklist of the stage that a project is at.
func CurrentChecklist(d ProjectData) string { return newProjectView(d).checklist() }

func (v *projectView) allPassed() bool {
	return !slices.ContainsFunc(v.rollups, func(r review.StageRollup) bool { return !r.Gate.Passed() })
}

// members are the people on the project beside owner and deputy.
func (v *projectView) members() []string {
	var names []string
	for _, m := range v.project().Members {
		if m.Duty == review.DutyMember {
			names = append(names, v.onProject(m.Person))
		}
	}
	slices.Sort(names)
	return names
}

// onProject names somebody on the project, and says so where they cannot sign in.
func (v *projectView) onProject(p review.PersonID) string {
	if slices.Contains(v.Review.Away, p) {
		return v.Name(p) + " (blocked)"
	}
	return v.Name(p)
}

// obstacle is a stage with what stops it.
type obstacle struct {
	title    string // "3. Architecture"
	gate     string // address
	word     string
	state    ui.State
	blockers []ui.Blocker // the first few
	more     int
	count    string // how many there are, where some are about recommended items
}

// obstacles are the stages that a person would look at now: the current one,
// those with an open round, and those that passed but no longer stand so.
func (v *projectView) obstacles() []obstacle {
	var out []obstacle
	for i := range v.Review.Stages {
		s, g := &v.Review.Stages[i], v.rollups[i].Gate
		bs := NobodyIn(v.Nobody, s.Def.Key)
		if len(bs) == 0 && (g.Passed() || i != v.current && g != review.GateWaiting && g != review.GateReturned &&
			g != review.GateChanged && g != review.GateOpenAgain && g != review.GateLapsed && g != review.GateOverdue) {
			continue
		}
		bs = requiredFirst(WithNobody(bs, v.Review.Blockers(s, v.Now)))
		state, word := GateLook(g), g.Label()
		o := obstacle{title: strconv.Itoa(i+1) + ". " + s.Def.Name, gate: GateURL(v.key(), s.Def.Key), word: word, state: state}
		if recommended(bs) > 0 {
			o.count = blockerCount(bs) + ". A recommended item needs an answer, or one line that says why not."
		}
		o.more = max(len(bs)-blockersShown, 0)
		o.blockers = BlockerLines(v.Review, s, bs[:len(bs)-o.more], v.Name)
		out = append(out, o)
	}
	return out
}

// openConditions are the conditions on which a gate passed, in whatever round or
// review, and which are still to be closed; in the order of the stages.
func (v *projectView) openConditions() []OpenCondition {
	var out []OpenCondition
	for i := range v.Review.Stages {
		s := &v.Review.Stages[i]
		for _, c := range s.OpenConditions() {
			out = append(out, OpenCondition{
				Project: v.key(), Name: v.project().Name, Stage: s.Def.Key, StageName: strconv.Itoa(i+1) + ". " + s.Def.Name, No: c.No, Text: c.Text,
				Owner: v.Name(c.Owner), By: v.Name(c.By), Due: c.Due, Reported: !c.MetAt.IsZero(), Reopened: c.Reopened,
			})
		}
	}
	return out
}

// liveWord is the badge beside the name of a running service.
func (v *projectView) liveWord() (ui.State, string) {
	state, due := v.Review.Live(v.Now)
	return liveLook(state, due, v.Now)
}

// later is a stage that has not its turn yet, in a line.
type later struct{ title, href, word string }

// laterStages are the stages with blockers that [projectView.obstacles] leaves
// out.
func (v *projectView) laterStages() []later {
	var out []later
	for i := range v.Review.Stages {
		if i <= v.current || v.rollups[i].Gate != review.GateBlocked || v.rollups[i].Blockers == 0 {
			continue
		}
		s := &v.Review.Stages[i]
		words := blockerCount(v.Review.Blockers(s, v.Now))
		out = append(out, later{strconv.Itoa(i+1) + ". " + s.Def.Name, GateURL(v.key(), s.Def.Key), words})
	}
	return out
}

// ready are the stages whose sign-off could be requested now.
func (v *projectView) ready() []later {
	var out []later
	for i := range v.Review.Stages {
		if v.rollups[i].Gate == review.GateReady && i != v.current {
			def := v.Review.Stages[i].Def
			out = append(out, later{strconv.Itoa(i+1) + ". " + def.Name, GateURL(v.key(), def.Key), "ready to request"})
		}
	}
	return out
}

// totals are required and recommended items over all stages.
func (v *projectView) totals() (t review.StageRollup) {
	for _, r := range v.rollups {
		t.MustDone, t.MustTotal = t.MustDone+r.MustDone, t.MustTotal+r.MustTotal
		t.ShouldDone, t.ShouldTotal = t.ShouldDone+r.ShouldDone, t.ShouldTotal+r.ShouldTotal
	}
	return t
}

func (v *projectView) recent() []ui.Entry {
	return Teller{Project: v.key(), Template: &v.Review.Plan.Lifecycle, Names: v.Name, Others: v.Others}.DescribeAll(v.Recent)
}

// statusGate is the gate on whose page the project is held or resumed.
func (v *projectView) statusGate() string {
	return GateURL(v.key(), v.Review.Stages[v.current].Def.Key) + "#status"
}
