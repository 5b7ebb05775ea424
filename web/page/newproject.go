package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// The steps of a new project, and what else its form's buttons ask for.
const (
	StepWhat    = "what"
	StepProfile = "profile"
	StepPeople  = "people"
	GoOn        = "on"   // to the next step, or to the project after the last; so does Enter
	GoBack      = "back" // keeping what was typed
	GoStay      = "stay" // to see the numbers for the answers
	GoRest      = "rest" // the same, with a no to what is not answered yet
	GoFind      = "find" // people to choose from
	GoCopy      = "copy" // what another project has
)

// NewProjectSteps lists the steps in order.
func NewProjectSteps() []string { return []string{StepWhat, StepProfile, StepPeople} }

// StepOf is the step that asks for a field.
func StepOf(field string) string {
	switch field {
	case "kind", "exposure", "profile", "reason", "tier", "why", "start", "module":
		return StepProfile
	case "owner", "deputy", "member", "target", "restricted", "person":
		return StepPeople
	}
	return StepWhat
}

// NewProjectData is one step of a new project.
type NewProjectData struct {
	Draft    string // what the addresses of the steps name
	Step     string
	Form     ProjectForm
	Template *plan.Lifecycle
	Planned  *plan.Plan     // Template with the modules that are chosen
	Proposal *plan.Proposal // nil: nothing is proposed
	// Lifecycles are offered in the first step; the first is what somebody gets who does not choose.
	Lifecycles []*plan.Lifecycle
	Now        time.Time
	Find       string   // what people are searched by
	People     []Choice // found, and those who are chosen
	Many       bool     // there are more than are listed
	Twins      []Twin   // projects of the same name that the reader sees
}

// Twin is another project of the same name.
type Twin struct {
	Key        review.ProjectKey
	Name, Team string
}

func (d *NewProjectData) number() int { return slices.Index(NewProjectSteps(), d.Step) + 1 }

// facts is what has been answered so far.
func (d *NewProjectData) facts() []ui.Fact {
	f := &d.Form
	items, musts := TierCounts(&d.Planned.Lifecycle, f.tier(), review.Exposure(f.Exposure), f.profile(d.Template))
	facts := []ui.Fact{
		{Term: "Name", Text: f.Name}, {Term: "Address", Text: ProjectURL(review.ProjectKey(f.Key))}, {Term: "Team", Text: f.Team},
	}
	if d.Step == StepPeople {
		facts = append(facts, d.startFacts()...)
		facts = append(facts, ui.Fact{Term: "Exposure", Text: Capital(f.Exposure)}, ui.Fact{Term: "Tier", Text: f.Tier},
			ui.Fact{Term: "Lifecycle", Text: d.Template.Name + ", version " + strconv.Itoa(d.Template.Version)},
			ui.Fact{Term: "Brings", Text: CountOf(items, "item") + ", " + strconv.Itoa(musts) + " of them required"})
	}
	return facts
}

// startFacts are what was made of the proposal.
func (d *NewProjectData) startFacts() []ui.Fact {
	var facts []ui.Fact
	if d.Form.Kind != "" {
		facts = append(facts, ui.Fact{Term: "Kind", Text: plan.Origination(d.Form.Kind).Label()})
	}
	if i := d.Template.StageIndex(plan.StageKey(d.Form.Start)); i >= 0 {
		facts = append(facts, ui.Fact{Term: "Starts with", Text: d.Template.Stages[i].Name})
	}
	if names := d.moduleNames(); len(names) > 0 {
		facts = append(facts, ui.Fact{Term: "Modules", Text: strings.Join(names, ", ")})
	}
	return facts
}

// CopyFrom takes over what another project has: its team, tags, profile, tier and
// people. Questions that the template does not ask are left out; those that only it
// asks are not answered yet. What was restricted stays so, until somebody decides
// otherwise.
func (f *ProjectForm) CopyFrom(r *review.Review, tmpl *plan.Lifecycle) {
	p := &r.Project
	f.Copied, f.From = p.Name, ""
	f.Tags = TagText(p.Tags)
	f.Team, f.Exposure, f.Tier, f.Restricted = p.Team, string(p.Exposure), strconv.Itoa(int(p.Tier)), p.Restricted
	f.takeAnswers(p, &r.Plan.Lifecycle, tmpl)
	f.Members = nil
	f.Owner, f.Deputy = p.Holder(review.DutyOwner), p.Holder(review.DutyDeputy)
	for _, m := range p.Members {
		if m.Duty == review.DutyMember {
			f.Members = append(f.Members, m.Person)
		}
	}
}

// KeepAsked leaves out of the answers what a lifecycle does not ask.
func (f *ProjectForm) KeepAsked(tmpl *plan.Lifecycle) {
	unasked := func(flag string) bool { return !tmpl.HasFlag(plan.Flag(flag)) }
	f.Profile, f.No = slices.DeleteFunc(f.Profile, unasked), slices.DeleteFunc(f.No, unasked)
}

// moduleNames are what the chosen modules are called.
func (d *NewProjectData) moduleNames() (names []string) {
	if d.Proposal == nil {
		return nil
	}
	for _, m := range d.Proposal.Modules {
		if slices.Contains(d.Form.Modules, m.Module.Key) {
			names = append(names, m.Module.Name)
		}
	}
	return names
}

// lifecycleOptions offers what the project can go through, the usual first.
func (d *NewProjectData) lifecycleOptions() []ui.Option {
	options := make([]ui.Option, len(d.Lifecycles))
	for i, l := range d.Lifecycles {
		most, _ := TierCounts(l, plan.TierCritical, "", nil)
		least, _ := TierCounts(l, plan.TierStarter, "", nil)
		about, _, _ := strings.Cut(l.Summary, ". ")
		options[i] = ui.Option{
			Value: l.Key, Label: l.Name, Selected: l.Key == d.Form.Template,
			Hint: fmt.Sprintf("%s. %s; %d items at tier 1, %d at tier 3, and those that the answers add.", strings.TrimSuffix(about, "."), CountOf(len(l.Stages), "stage"), most, least),
		}
		if i == 0 { // also where a setting holds it at a version that is not the newest
			options[i].Value, options[i].Selected = "", d.Form.Template == ""
		}
	}
	return options
}

// People are all who are chosen.
func (f *ProjectForm) People() []review.PersonID {
	return append([]review.PersonID{f.Owner, f.Deputy}, f.Members...)
}

// memberOptions offers people beside owner and deputy: those who are chosen
// first.
func (d *NewProjectData) memberOptions() []ui.Option {
	var chosen, others []ui.Option
	for _, o := range personOptions(d.People, 0, "")[1:] {
		if o.Value == idValue(d.Form.Owner) || o.Value == idValue(d.Form.Deputy) {
			continue
		}
		if o.Selected = slices.ContainsFunc(d.Form.Members, func(m review.PersonID) bool { return idValue(m) == o.Value }); o.Selected {
			chosen = append(chosen, o)
		} else {
			others = append(others, o)
		}
	}
	return append(chosen, others...)
}

// PastTarget reports whether a target, as it was typed, has gone by already.
func PastTarget(target string, now time.Time) bool {
	day, err := time.Parse(review.DateLayout, target)
	return err == nil && review.Over(day, now)
}

func idValue(id review.PersonID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}
