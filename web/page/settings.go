package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SettingsData is a project's own fields, to be changed.
type SettingsData struct {
	Actor     review.Actor
	Project   *review.Project
	Confirm   Confirmation
	AskedBack AskedBack
	Plan      *plan.Plan
	Template  *plan.Lifecycle // of the plan
	Names     Names
	Form      ProjectForm
	Was       review.Digest // of the fields as they are shown
	Theirs    []Difference  // what somebody else changed since the form was opened

	Proposal *plan.Proposal // by what is saved; nil: nothing is proposed
	Attached []plan.Ref     // modules of the plan
}

// Difference is a field whose value differs from what was typed.
type Difference struct{ Field, Now, Typed string }

func (d *SettingsData) mayManage() bool {
	return review.May(d.Actor, review.ManageMembers, d.Project) == nil
}

func (d *SettingsData) mayLowerTier() bool {
	return review.May(d.Actor, review.LowerTier, d.Project) == nil
}

// Differences compares a project with what was typed about it.
func Differences(p *review.Project, typed *ProjectForm, tmpl *plan.Lifecycle) []Difference {
	now := FormOf(p, tmpl)
	var out []Difference
	note := func(field, now, typed string) {
		if now != typed {
			out = append(out, Difference{fieldName(field), OrNone(now), OrNone(typed)})
		}
	}
	note("name", now.Name, strings.TrimSpace(typed.Name))
	note("summary", now.Summary, strings.TrimSpace(typed.Summary))
	note("team", now.Team, strings.TrimSpace(typed.Team))
	note("kind", FieldValue("kind", now.Kind), FieldValue("kind", typed.Kind))
	note("start", stageName(tmpl, now.Start), stageName(tmpl, typed.Start))
	note("exposure", now.Exposure, typed.Exposure)
	for _, q := range tmpl.Flags {
		if now, typed := now.answerOf(q.Key), typed.answerOf(q.Key); now != typed {
			out = append(out, Difference{q.Label, answerWord(now), answerWord(typed)})
		}
	}
	note("tier", now.Tier, typed.Tier)
	note("target", now.Target, typed.Target)
	note("restricted", strconv.FormatBool(now.Restricted), strconv.FormatBool(typed.Restricted))
	return out
}

// stageName is what a lifecycle calls a stage; its key where it has none.
func stageName(tmpl *plan.Lifecycle, key string) string {
	if i := tmpl.StageIndex(plan.StageKey(key)); i >= 0 {
		return tmpl.Stages[i].Name
	}
	return key
}

// proposedFacts say which tier and stage would suit the project, beside those that it has.
func (d *SettingsData) proposedFacts() []ui.Fact {
	p := d.Proposal
	tier, start := strconv.Itoa(int(p.Tier))+". "+p.TierWhy, stageName(d.Template, string(p.Start))+". "+p.Why
	if p.Tier == d.Project.Tier {
		tier += " It is at that tier."
	} else {
		tier += " The project is at tier " + strconv.Itoa(int(d.Project.Tier)) + "."
	}
	if begins := FormOf(d.Project, d.Template).Start; begins == string(p.Start) {
		start += " It starts there."
	} else {
		start += " The project starts with " + stageName(d.Template, begins) + "."
	}
	return []ui.Fact{{Term: "Tier", Text: tier}, {Term: "Start", Text: start}}
}

// attached reports whether the plan has a module.
func (d *SettingsData) attached(m *plan.Module) bool {
	return slices.ContainsFunc(d.Attached, func(r plan.Ref) bool { return r.Key == m.Key })
}

func (d *SettingsData) tierHint() string {
	if d.mayLowerTier() {
		return "The numbers follow the answers as they were when the page was opened."
	}
	return "You can move the project to a more critical tier; to a less critical one a manager or an admin moves it."
}

// errors are the problems of the form, for the summary above it.
func (d *SettingsData) errors() []ui.FieldError { return d.Form.summary() }
