package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Proposed is what was proposed for a project that is about to start, as its form
// was filled in with it.
type Proposed struct {
	From    string   // what it was made from; empty: nothing was proposed
	Tier    string   // number
	Start   string   // stage
	Modules []string // keys
}

// Propose works out what suits the project by what the form says so far; nil where
// it does not say what kind of project it is, or who it is open to.
func (f *ProjectForm) Propose(tmpl *plan.Lifecycle, modules []*plan.Module) *plan.Proposal {
	reach := review.Exposure(f.Exposure).Reach()
	if !slices.Contains(plan.Originations(), plan.Origination(f.Kind)) || reach < 0 {
		return nil
	}
	s := plan.Situation{Kind: plan.Origination(f.Kind), Reach: reach}
	for _, q := range f.Profile {
		s.Yes = append(s.Yes, plan.Flag(q))
	}
	p := plan.Propose(tmpl, modules, s)
	return &p
}

// TakeProposal fills in what is proposed wherever nobody chose anything else, and
// reports whether it differs from what was proposed before.
func (f *ProjectForm) TakeProposal(tmpl *plan.Lifecycle, p *plan.Proposal) bool {
	if p == nil {
		f.Modules, f.Start, f.Proposed = nil, "", Proposed{}
		return false
	}
	is := Proposed{Tier: strconv.Itoa(int(p.Tier)), Start: string(p.Start)}
	for _, m := range p.Modules {
		is.Modules = append(is.Modules, m.Module.Key)
	}
	is.From = strings.Join(append([]string{tmpl.Key, f.Kind, is.Tier, is.Start}, is.Modules...), " ")
	was := f.Proposed
	if was.From == is.From {
		return false
	}
	if f.Tier == "" || f.Tier == was.Tier {
		f.Tier = is.Tier
	}
	if f.Start == was.Start || tmpl.StageIndex(plan.StageKey(f.Start)) < 0 {
		f.Start = is.Start
	}
	var chosen []string
	for _, k := range is.Modules {
		if slices.Contains(f.Modules, k) || !slices.Contains(was.Modules, k) {
			chosen = append(chosen, k)
		}
	}
	f.Modules, f.Proposed = chosen, is
	return true
}

// ProposedTier is what a form that was sent whole is held against.
func ProposedTier(p *plan.Proposal) Proposed {
	if p == nil {
		return Proposed{}
	}
	return Proposed{Tier: strconv.Itoa(int(p.Tier))}
}

func (f *ProjectForm) kindOptions() []ui.Option {
	var out []ui.Option
	for _, k := range plan.Originations() {
		out = append(out, ui.Option{Value: string(k), Label: k.Label(), Selected: string(k) == f.Kind})
	}
	return out
}

// tierHint says which tier is proposed, and why.
func (d *NewProjectData) tierHint() string {
	hint := "The tier decides how much applies."
	if p := d.Proposal; p != nil {
		hint += " Proposed: tier " + strconv.Itoa(int(p.Tier)) + ". " + p.TierWhy
	}
	return hint
}

func (f *ProjectForm) startOptions(tmpl *plan.Lifecycle) []ui.Option {
	out := make([]ui.Option, len(tmpl.Stages))
	for i := range tmpl.Stages {
		s := &tmpl.Stages[i]
		out[i] = ui.Option{Value: string(s.Key), Label: strconv.Itoa(i+1) + ". " + s.Name, Selected: string(s.Key) == f.Start}
	}
	return out
}

// stagesBefore says what starting at a later stage leaves to do.
const stagesBefore = "The stages before it stay in the plan, and their gates are still to be passed."

func (d *NewProjectData) startHint() string {
	name := ""
	if i := d.Template.StageIndex(d.Proposal.Start); i >= 0 {
		name = d.Template.Stages[i].Name
	}
	return "Proposed: " + name + ". " + d.Proposal.Why + " " + stagesBefore
}

func (d *NewProjectData) moduleOptions() []ui.Option {
	var out []ui.Option
	for _, m := range d.Proposal.Modules {
		out = append(out, ui.Option{
			Value: m.Module.Key, Label: m.Module.Name, Selected: slices.Contains(d.Form.Modules, m.Module.Key),
			Hint: "Because you answered yes: " + strings.Join(m.Because, "; ") + ".",
		})
	}
	return out
}
