package edit

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/web/page"
)

// Definition is what a readiness definition says, but for its name.
func Definition() Part {
	p := Part{
		Name:   "definition",
		Fields: []Input{{"deployment", "A safe deployment", One}, {"incident", "An incident", One}},
		values: func(d plan.Document) (url.Values, bool) {
			if d.Definition == nil {
				return nil, false
			}
			v := url.Values{"deployment": {d.Definition.Deployment}, "incident": {d.Definition.Incident}}
			for i := range d.Definition.Tiers {
				t := &d.Definition.Tiers[i]
				v.Set(atTier("recovery", i), t.Recovery)
				v.Set(atTier("tolerated", i), numberText(t.Tolerated))
				v.Set(atTier("objectives", i), plan.GoalLines(t.Objectives))
			}
			return v, true
		},
		put: func(d plan.Document, r *reader) {
			def := d.Definition
			def.Deployment, def.Incident = r.text("deployment", plan.MaxParagraph, true), r.text("incident", plan.MaxParagraph, true)
			for i := range def.Tiers {
				t := &def.Tiers[i]
				t.Recovery = r.text(atTier("recovery", i), plan.MaxTitle, false)
				t.Tolerated = r.number(atTier("tolerated", i), r.form.Get(atTier("tolerated", i)), record.WorstRisk)
				goals, err := plan.ParseGoals(r.text(atTier("objectives", i), plan.MaxParagraph, true))
				if err != nil {
					r.problems.Add(atTier("objectives", i), err.Error())
					continue
				}
				t.Objectives = goals
			}
		},
	}
	for i := range (&plan.Definition{}).Tiers {
		tier := fmt.Sprintf(", tier %d", i+1)
		p.Fields = append(p.Fields, Input{atTier("recovery", i), "Recovery" + tier, One}, Input{atTier("tolerated", i), "Tolerated risk" + tier, One},
			Input{atTier("objectives", i), "Objectives" + tier, One})
	}
	return p
}

// atTier is the name of a field of a tier, which counts from 0.
func atTier(name string, i int) string { return name + "-" + strconv.Itoa(i+1) }

// terms are what the draft of a definition or of a policy says differently from what
// is published.
func (d *Publish) terms() []plan.TermChange {
	if d.Policy != nil {
		return plan.ComparePolicies(d.BeforeWords.Policy, d.Policy)
	}
	return plan.CompareDefinitions(d.BeforeWords.Definition, d.Definition)
}

func (d *Publish) since() string {
	if d.BeforeWords != (plan.Document{}) {
		return "What changed since version " + strconv.Itoa(d.BeforeWords.Version())
	}
	return "What it says"
}

// definitionURL is where the form of a definition is sent.
func (d *Draft) definitionURL() string { return page.DraftURL(d.Key()) + "/definition" }

// publishing says what publishing a draft means.
func (d *Publish) publishing() string {
	if !d.Composed() {
		return "A published version never changes. From now on everybody can read it."
	}
	return "A published version never changes. Projects start with it from now on; those that follow an earlier one are not changed."
}

// reader says who reads why there is a new version.
func (d *Publish) reader() string {
	if d.Policy != nil {
		return "Projects that attached an earlier version read it."
	}
	if d.Definition != nil {
		return "Whoever compares versions reads it."
	}
	return "Projects that are asked to upgrade read it."
}
