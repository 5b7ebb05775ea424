package page

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// ProjectForm is what stands in the forms about a project's own fields, as it
// was typed, and what is wrong with it by field.
type ProjectForm struct {
	Key, Name, Summary, Team string
	Tier, Exposure, Target   string
	Restricted               bool
	Profile                  []string // questions answered yes
	No                       []string `json:",omitempty"` // questions answered no; the others are not answered yet
	Tags                     string   `json:",omitempty"` // as they were typed
	Tagged                   string   `json:",omitempty"` // those that the form was shown
	Reason                   string   `json:",omitempty"` // why the answers ask less than before
	Template                 string   // key; empty: the default one
	Kind, Why, Start         string   `json:",omitempty"` // the kind of project, why another tier than the proposed one, the stage to begin with
	Modules                  []string `json:",omitempty"` // keys of those that it starts with
	Proposed                 Proposed `json:",omitzero"`
	Owner, Deputy            review.PersonID
	Members                  []review.PersonID // beside them
	From                     string            // which project to copy from, as it was typed
	Copied                   string            // the name of the one that was copied
	Made                     review.ProjectKey // the project that it became
	Errors                   map[string]string `json:",omitempty"`
}

// RestrictedValue is what the box for restricted projects posts.
const RestrictedValue = "yes"

// FormOf fills the form with a project as it stands under its plan.
func FormOf(p *review.Project, tmpl *plan.Lifecycle) ProjectForm {
	f := ProjectForm{
		Key: string(p.Key), Name: p.Name, Summary: p.Summary, Team: p.Team, Tier: strconv.Itoa(int(p.Tier)),
		Exposure: string(p.Exposure), Target: review.FormatDate(p.Target), Restricted: p.Restricted,
		Tags: TagText(p.Tags), Tagged: TagText(p.Tags),
	}
	f.Kind, f.Start = string(p.Kind), string(tmpl.Stages[max(0, tmpl.StageIndex(p.Start))].Key)
	f.takeAnswers(p, tmpl, tmpl)
	for _, flag := range p.Profile {
		if !tmpl.HasFlag(flag) {
			f.Profile = append(f.Profile, string(flag))
		}
	}
	return f
}

// Fields are the values for the domain under a plan. What is no tier becomes 0,
// which the domain refuses.
func (f *ProjectForm) Fields(tmpl *plan.Lifecycle) review.ProjectFields {
	out := review.ProjectFields{
		Name: f.Name, Summary: f.Summary, Team: f.Team, Tier: f.tier(), Exposure: review.Exposure(f.Exposure), Target: f.Target, Restricted: f.Restricted,
		Unanswered: f.unanswered(tmpl), Kind: plan.Origination(f.Kind), Start: plan.StageKey(f.Start), Reason: f.Reason,
	}
	for _, flag := range f.Profile {
		out.Profile = append(out.Profile, plan.Flag(flag))
	}
	return out
}

// NewProject is the same for a project that does not exist yet.
func (f *ProjectForm) NewProject(tmpl *plan.Lifecycle) review.NewProject {
	p := f.Fields(tmpl)
	return review.NewProject{
		Key: f.Key, Name: p.Name, Summary: p.Summary, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure,
		Owner: f.Owner, Deputy: f.Deputy, Members: f.Members, Target: p.Target, Restricted: p.Restricted,
		Profile: p.Profile, Unanswered: p.Unanswered,
		Kind: plan.Origination(f.Kind), Proposed: tierNumber(f.Proposed.Tier), Reason: f.Why, Start: plan.StageKey(f.Start),
		Tags: tagsTyped(f.Tags),
	}
}

func (f *ProjectForm) tier() plan.Tier { return tierNumber(f.Tier) }

func tierNumber(s string) plan.Tier {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return plan.Tier(n)
}

// profile is what applies by the answers: what is answered yes, or not yet.
func (f *ProjectForm) profile(tmpl *plan.Lifecycle) plan.Profile {
	in := f.Fields(tmpl)
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(in.Profile, in.Unanswered))))
}

// projectFields are the fields of the forms, in their order.
var projectFieldNames = []string{
	"name", "key", "team", "summary", "tags", "template", "kind", "exposure", "profile", "reason", "tier", "why", "start", "module", "owner", "deputy", "member", "target", "restricted", "from",
	"form",
}

// summary lists what is wrong, in the order of the fields.
func (f *ProjectForm) summary() []ui.FieldError {
	var out []ui.FieldError
	for _, name := range projectFieldNames {
		if f.Errors[name] != "" {
			out = append(out, ui.FieldError{Name: name, Text: FieldSentence(fieldName(name), f.Errors[name])})
		}
	}
	return out
}

// field is one field of the form with what is typed and what is wrong.
func (f *ProjectForm) field(name, label, hint, value string) ui.Field {
	out := ui.Field{Name: name, Label: label, Hint: hint, Value: value}
	if f.Errors[name] != "" {
		out.Error = FieldSentence(label, f.Errors[name])
	}
	return out
}

func (f *ProjectForm) optional(name, label, hint, value string) ui.Field {
	out := f.field(name, label, hint, value)
	out.Optional = true
	return out
}

// tierOptions offers the tiers, each with what it would bring by the answers.
func (f *ProjectForm) tierOptions(tmpl *plan.Lifecycle) []ui.Option {
	profile := f.profile(tmpl)
	var options []ui.Option
	for _, m := range tierMeanings() {
		n := strconv.Itoa(int(m.tier))
		items, musts := TierCounts(tmpl, m.tier, review.Exposure(f.Exposure), profile)
		options = append(options, ui.Option{
			Value: n, Label: m.name, Selected: n == f.Tier,
			Hint: m.text + " With these answers: " + CountOf(items, "item") + ", " + strconv.Itoa(musts) + " of them required.",
		})
	}
	return options
}

// TierCounts says how many items a template brings at a tier for an exposure and a
// profile, and how many of them are required.
func TierCounts(tmpl *plan.Lifecycle, t plan.Tier, e plan.Exposure, p plan.Profile) (items, musts int) {
	for i := range tmpl.Stages {
		for j := range tmpl.Stages[i].Items {
			switch tmpl.Stages[i].WeightFor(&tmpl.Stages[i].Items[j], e, t, p) {
			case plan.LevelNone:
			case plan.LevelMust:
				items++
				musts++
			default:
				items++
			}
		}
	}
	return items, musts
}

// Choice is a person to choose from a list.
type Choice struct {
	ID          review.PersonID
	Name, Email string
}

// personOptions offers people; none is the label for nobody. Namesakes are told
// apart by their addresses.
func personOptions(people []Choice, chosen review.PersonID, none string) []ui.Option {
	named := map[string]int{}
	for _, p := range people {
		named[p.Name]++
	}
	options := []ui.Option{{Label: none}}
	for _, p := range people {
		o := ui.Option{Value: idValue(p.ID), Label: p.Name, Selected: p.ID == chosen}
		if named[p.Name] > 1 && p.Email != "" {
			o.Label += " (" + p.Email + ")"
		}
		options = append(options, o)
	}
	return options
}

// PersonOptions offer people to choose from; none is the label of choosing nobody.
func PersonOptions(people []Choice, chosen review.PersonID, none string) []ui.Option {
	return personOptions(people, chosen, none)
}
