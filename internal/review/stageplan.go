package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// StagePlan is who answers for a stage of a project, and by when it is to be done.
type StagePlan struct {
	Stage      plan.StageKey `json:"stage"`
	Owner      PersonID      `json:"owner,omitempty"`
	Deputy     PersonID      `json:"deputy,omitempty"` // while the owner is away
	Target     string        `json:"target,omitempty"` // date
	Milestones []Milestone   `json:"milestones,omitempty"`
}

// Milestone is something on the way of a stage that has a day.
type Milestone struct {
	Name string `json:"name"`
	Due  string `json:"due"` // date
	Done bool   `json:"done,omitempty"`
}

// MaxMilestones is how many a stage has at the most.
const MaxMilestones = 20

// Overdue reports whether the milestone should have been reached.
func (m *Milestone) Overdue(at time.Time) bool { return !m.Done && Over(parseDate(m.Due), at) }

// TargetDay is the day by which the gate is to have passed; zero for none.
func (sp *StagePlan) TargetDay() time.Time { return parseDate(sp.Target) }

// DueDay is the day of the milestone.
func (m *Milestone) DueDay() time.Time { return parseDate(m.Due) }

// Late reports whether the stage should have passed its gate, which stands like
// this.
func (sp *StagePlan) Late(g GateState, at time.Time) bool {
	return !g.Passed() && Over(sp.TargetDay(), at)
}

// MilestonesOverdue counts those that should have been reached.
func (sp *StagePlan) MilestonesOverdue(at time.Time) int {
	n := 0
	for i := range sp.Milestones {
		if sp.Milestones[i].Overdue(at) {
			n++
		}
	}
	return n
}

// Empty reports whether nothing is said of the stage.
func (sp *StagePlan) Empty() bool {
	return sp.Owner == 0 && sp.Deputy == 0 && sp.Target == "" && len(sp.Milestones) == 0
}

// Digest is the hash of all that a page shows of it.
func (sp StagePlan) Digest() Digest {
	if len(sp.Milestones) == 0 {
		sp.Milestones = nil
	}
	return digestOf(sp)
}

// StagePlan is what is said of a stage; empty when nothing is.
func (p *Project) StagePlan(k plan.StageKey) StagePlan {
	for _, sp := range p.StagePlans {
		if sp.Stage == k {
			return sp
		}
	}
	return StagePlan{Stage: k}
}

// setStagePlan keeps what is said of a stage, in the order of the keys.
func (p *Project) setStagePlan(sp StagePlan) {
	p.StagePlans = slices.DeleteFunc(slices.Clone(p.StagePlans), func(o StagePlan) bool { return o.Stage == sp.Stage })
	if !sp.Empty() {
		p.StagePlans = append(p.StagePlans, sp)
	}
	slices.SortFunc(p.StagePlans, func(a, b StagePlan) int { return strings.Compare(string(a.Stage), string(b.Stage)) })
	if len(p.StagePlans) == 0 {
		p.StagePlans = nil
	}
}

// leads is who answers for a stage: its owner or, while they cannot sign in or are
// no longer on the project, its deputy; else who leads the project.
func (r *Review) leads(k plan.StageKey) PersonID {
	for _, sp := range r.Project.StagePlans {
		if sp.Stage != k {
			continue
		}
		for _, p := range []PersonID{sp.Owner, sp.Deputy} {
			if p != 0 && r.Project.Duty(p) != "" && !r.away(p) {
				return p
			}
		}
	}
	return r.lead()
}

// MayPlanStage reports whether the actor may say who answers for a stage and by
// when it is to be done: who may edit the project, and who answers for the stage.
func (r *Review) MayPlanStage(by Actor, k plan.StageKey) error {
	if sp := r.Project.StagePlan(k); by.Person != 0 && (sp.Owner == by.Person || sp.Deputy == by.Person) {
		return May(by, AnswerItem, &r.Project)
	}
	return May(by, EditProject, &r.Project)
}

// PlanStage says who answers for a stage and by when it is to be done. shown is the
// digest of what the person was shown.
func (r *Review) PlanStage(by Actor, shown Digest, in StagePlan, at time.Time) error {
	if err := r.MayPlanStage(by, in.Stage); err != nil {
		return err
	}
	if _, err := r.loaded(in.Stage); err != nil {
		return err
	}
	if err := r.Project.stopped(); err != nil {
		return err
	}
	was := r.Project.StagePlan(in.Stage)
	sp, err := r.checkStagePlan(in, was)
	if err != nil {
		return err
	}
	if sp.Digest() == was.Digest() {
		return nil // nothing changes, or the same form was sent twice
	}
	if err := unchanged("plan of the stage", shown, was.Digest()); err != nil {
		return err
	}
	return r.record(by, at, StagePlanned{Stage: in.Stage, Plan: sp, Was: was})
}

// checkStagePlan cleans what was typed. Whoever is named already may stay, also
// where they have left the project since: nobody has to hand over what they did not
// come for.
func (r *Review) checkStagePlan(in, was StagePlan) (StagePlan, error) {
	var c input
	out := StagePlan{Stage: in.Stage, Owner: in.Owner, Deputy: in.Deputy, Target: FormatDate(c.date("target", in.Target))}
	named := func(field string, p, before PersonID) {
		switch {
		case p == 0 || p == before:
		case r.Project.Duty(p) == "":
			c.problems.Add(field, "is not on this project; choose somebody who is, or add them as a member first")
		case r.away(p):
			c.problems.Add(field, isAway)
		}
	}
	named("owner", in.Owner, was.Owner)
	named("deputy", in.Deputy, was.Deputy)
	if in.Deputy != 0 && in.Owner == 0 {
		c.problems.Add("owner", "choose the owner first; the deputy goes on for them")
	} else if in.Deputy != 0 && in.Deputy == in.Owner {
		c.problems.Add("deputy", "must be somebody else than the owner")
	}
	for i, m := range in.Milestones {
		name, due := MilestoneField("name", i+1), MilestoneField("due", i+1)
		m.Name = c.line(name, m.Name, MaxName)
		if m.Name == "" && strings.TrimSpace(m.Due) == "" && !m.Done {
			continue
		}
		c.require(name, m.Name, "say what is to be reached")
		m.Due = FormatDate(c.day(due, m.Due, "give the day by which it is to be reached"))
		out.Milestones = append(out.Milestones, m)
	}
	if len(out.Milestones) > MaxMilestones {
		c.problems.Add(MilestoneField("name", MaxMilestones+1), fmt.Sprintf("is one too many: a stage has at most %d milestones", MaxMilestones))
	}
	return out, c.problems.Err()
}

// MilestoneField names a field of a milestone of the form, from 1: its name or due.
func MilestoneField(part string, no int) string { return fmt.Sprintf("milestone-%s-%d", part, no) }

// handOverStages says who answers for the stages of somebody who leaves. Without a
// successor the deputy does, or nobody.
func (r *Review) handOverStages(from, to PersonID, reason string) []Event {
	var events []Event
	for _, was := range r.Project.StagePlans {
		sp := was
		switch from {
		case sp.Owner:
			sp.Owner = to
			if to == 0 || to == sp.Deputy {
				sp.Owner, sp.Deputy = sp.Deputy, 0
			}
		case sp.Deputy:
			sp.Deputy = to
			if to == sp.Owner {
				sp.Deputy = 0
			}
		default:
			continue
		}
		if r.Plan.StageIndex(sp.Stage) < 0 {
			continue // the plan no longer has it; whoever brings it back names somebody
		}
		events = append(events, StagePlanned{Stage: sp.Stage, Plan: sp, Was: was, Reason: reason})
	}
	return events
}

// Unowned are the stages that have begun, have not passed their gates, and have no
// owner of their own on the project. It goes by the numbers of all stages, as lists
// have them.
func (r *Review) Unowned(rollups []StageRollup) []plan.StageKey {
	if r.Project.Status == StatusStopped {
		return nil
	}
	gates := GatesOf(rollups)
	current := Current(gates)
	var out []plan.StageKey
	for i := range rollups {
		g := gates[i]
		begun := i == current || rollups[i].MustDone+rollups[i].ShouldDone > 0 || g != GateBlocked && g != GateReady
		if !begun || g.Passed() || i >= len(r.Stages) {
			continue
		}
		k := r.Stages[i].Def.Key
		if sp := r.Project.StagePlan(k); sp.Owner == 0 || r.Project.Duty(sp.Owner) == "" {
			out = append(out, k)
		}
	}
	return out
}
