package page

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// StagePlanForm is what was typed about who answers for a stage, and by when it is
// to be done.
type StagePlanForm struct {
	Plan    review.StagePlan
	Shown   review.Digest // of what the person had read
	Errors  map[string]string
	Problem string
}

// StagePlanData is the page of that form.
type StagePlanData struct {
	Project *review.Project
	Stage   *plan.Stage
	Away    []review.PersonID
	Names   Names
	Form    StagePlanForm
}

func (d *StagePlanData) now() review.StagePlan { return d.Project.StagePlan(d.Stage.Key) }

// changed is what the stage says now, where somebody changed it meanwhile; empty
// otherwise.
func (d *StagePlanData) changed() []string {
	if d.Form.Problem == "" || d.Form.Shown == d.now().Digest() {
		return nil
	}
	return stagePlanLines(d.now(), d.Names)
}

// people are those who can answer for the stage, and who is named already.
func (d *StagePlanData) people(none string, named review.PersonID) []ui.Option {
	out := []ui.Option{{Label: none}}
	found := named == 0
	for _, m := range d.Project.Members {
		away := false
		for _, p := range d.Away {
			away = away || p == m.Person
		}
		if away && m.Person != named {
			continue
		}
		found = found || m.Person == named
		out = append(out, ui.Option{Value: idValue(m.Person), Label: d.Names(m.Person), Selected: m.Person == named})
	}
	if !found {
		out = append(out, ui.Option{Value: idValue(named), Label: d.Names(named) + " (not on the project)", Selected: true})
	}
	return out
}

func (d *StagePlanData) field(name, label, hint, value string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: d.Form.Errors[name]}
}

func (d *StagePlanData) fields() []ui.Field {
	target := d.field("target", "Target date", "The day by which the gate is to have passed.", d.Form.Plan.Target)
	target.Optional = true
	return []ui.Field{
		d.field("owner", "Owner", "Whom the stage's blockers wait for where nobody nearer is responsible.", ""),
		d.field("deputy", "Deputy", "While the owner is away.", ""), target,
	}
}

// milestoneRow is a row of the form.
type milestoneRow struct {
	title     string
	name, due ui.Field
	done      bool
	doneName  string
}

// milestonesFree is how many empty rows the form has beside those that are filled.
const milestonesFree = 3

func (d *StagePlanData) rows() []milestoneRow {
	ms := d.Form.Plan.Milestones
	n := max(min(len(ms)+milestonesFree, review.MaxMilestones), len(ms))
	rows := make([]milestoneRow, n)
	for i := range rows {
		var m review.Milestone
		if i < len(ms) {
			m = ms[i]
		}
		no := i + 1
		rows[i] = milestoneRow{
			title: "Milestone " + strconv.Itoa(no), name: d.field(review.MilestoneField("name", no), "Name", "", m.Name),
			due: d.field(review.MilestoneField("due", no), "Day", "", m.Due), done: m.Done, doneName: review.MilestoneField("done", no),
		}
	}
	return rows
}

func (d *StagePlanData) errors() []ui.FieldError {
	out := d.fields()
	for _, r := range d.rows() {
		r.name.Label, r.due.Label = r.title+", name", r.title+", day"
		out = append(out, r.name, r.due)
	}
	return summary(out)
}

// stagePlanLines say all that is said of a stage, a line each.
func stagePlanLines(sp review.StagePlan, name Names) []string {
	var lines []string
	if who := stageLeads(sp, name); who != "" {
		lines = append(lines, who)
	}
	if sp.Target != "" {
		lines = append(lines, "Target "+day(sp.Target))
	}
	for i := range sp.Milestones {
		lines = append(lines, milestoneWords(&sp.Milestones[i]))
	}
	return lines
}

// stageLeads says who answers for a stage; empty where nobody was named.
func stageLeads(sp review.StagePlan, name Names) string {
	switch {
	case sp.Owner == 0:
		return ""
	case sp.Deputy == 0:
		return "Owner " + name(sp.Owner)
	}
	return "Owner " + name(sp.Owner) + ", deputy " + name(sp.Deputy)
}

func milestoneWords(m *review.Milestone) string {
	words := m.Name + ", " + day(m.Due)
	if m.Done {
		return words + ", reached"
	}
	return words
}

// stagePlanChanges say what a change did to the plan of a stage.
func stagePlanChanges(e review.StagePlanned, name Names) string {
	var lines []string
	change := func(label, from, to string) {
		if from != to {
			lines = append(lines, label+": "+OrNone(from)+" → "+OrNone(to))
		}
	}
	change("Owner", NameOrNone(name, e.Was.Owner), NameOrNone(name, e.Plan.Owner))
	change("Deputy", NameOrNone(name, e.Was.Deputy), NameOrNone(name, e.Plan.Deputy))
	change("Target", day(e.Was.Target), day(e.Plan.Target))
	words := func(ms []review.Milestone) map[string]bool {
		out := map[string]bool{}
		for i := range ms {
			out[milestoneWords(&ms[i])] = true
		}
		return out
	}
	was, is := words(e.Was.Milestones), words(e.Plan.Milestones)
	for i := range e.Was.Milestones {
		if w := milestoneWords(&e.Was.Milestones[i]); !is[w] {
			lines = append(lines, "Milestone no longer: "+w)
		}
	}
	for i := range e.Plan.Milestones {
		if w := milestoneWords(&e.Plan.Milestones[i]); !was[w] {
			lines = append(lines, "Milestone: "+w)
		}
	}
	if e.Reason != "" {
		lines = append(lines, e.Reason)
	}
	return strings.Join(lines, "\n")
}

// plannedStage is what pages show of a stage's plan.
type plannedStage struct {
	title, href, change string // change: where it is changed; empty for who may not
	who                 string
	sp                  review.StagePlan
	late                bool
	overdue             int
}

// look is how the stage stands against its days.
func (p *plannedStage) look() (ui.State, string) {
	switch {
	case p.late:
		return ui.Bad, "Overdue"
	case p.overdue > 0:
		return ui.Warn, CountOf(p.overdue, "milestone") + " overdue"
	case p.sp.Target != "" || len(p.sp.Milestones) > 0:
		return ui.Part, "In time"
	}
	return ui.Open, "No dates"
}

// plannedStages are the stages of which something is said and whose gates have not
// passed, or that still have a milestone to reach.
func (v *projectView) plannedStages() []plannedStage {
	var out []plannedStage
	for i := range v.Review.Stages {
		def := v.Review.Stages[i].Def
		sp, gate := v.project().StagePlan(def.Key), v.rollups[i].Gate
		late := sp.MilestonesOverdue(v.Now)
		if sp.Empty() || gate.Passed() && late == 0 {
			continue
		}
		p := plannedStage{
			title: strconv.Itoa(i+1) + ". " + def.Name, href: StageURL(v.key(), def.Key), sp: sp, late: sp.Late(gate, v.Now), overdue: late, who: stageLeads(sp, v.Name),
		}
		if !v.Past && v.Review.MayPlanStage(v.Actor, def.Key) == nil {
			p.change = StageDatesURL(v.key(), def.Key)
		}
		out = append(out, p)
	}
	return out
}

// unowned are the stages that have begun and have no owner of their own, with the
// way to name one.
func (v *projectView) unowned() []later {
	if v.Past || !v.may(review.EditProject) {
		return nil
	}
	var out []later
	for _, k := range v.Review.Unowned(v.rollups) {
		out = append(out, later{title: v.Review.Stage(k).Def.Name, href: StageDatesURL(v.key(), k)})
	}
	return out
}

// planned is what the checklist says of its stage.
func (d ChecklistData) planned() plannedStage {
	v := d.view
	def := v.stage().Def
	sp := v.Review.Project.StagePlan(def.Key)
	p := plannedStage{sp: sp, late: sp.Late(d.gate(), v.Now), overdue: sp.MilestonesOverdue(v.Now), who: stageLeads(sp, v.Names)}
	if !v.Past && v.Review.MayPlanStage(v.Actor, def.Key) == nil {
		p.change = StageDatesURL(v.Review.Project.Key, def.Key)
	}
	return p
}

// stagePlansText says of all stages what is said of them, for comparing two moments.
func stagePlansText(r *review.Review, name Names) string {
	var lines []string
	for i := range r.Stages {
		def := r.Stages[i].Def
		if of := stagePlanLines(r.Project.StagePlan(def.Key), name); len(of) > 0 {
			lines = append(lines, def.Name+": "+strings.Join(of, "; "))
		}
	}
	return strings.Join(lines, "\n")
}

// StagePlanText is what is said of a stage, in a line; empty where nothing is.
func StagePlanText(sp review.StagePlan, name Names) string {
	return strings.Join(stagePlanLines(sp, name), "; ")
}
