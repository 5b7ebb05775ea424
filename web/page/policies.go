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

// PoliciesURL is the page that says how the policies of a project stand.
func PoliciesURL(p review.ProjectKey) string { return ProjectURL(p) + "/policies" }

// RequirementURL is a requirement on that page.
func RequirementURL(p review.ProjectKey, policy string, k plan.RequirementKey) string {
	return PoliciesURL(p) + "#" + requirementID(policy, k)
}

// requirementID names a requirement within the page. Keys have no two hyphens in a row.
func requirementID(policy string, k plan.RequirementKey) string {
	if k == "" {
		return "policy-" + policy
	}
	return "policy-" + policy + "--" + string(k)
}

// PoliciesData is how the policies of a project stand at a moment.
type PoliciesData struct {
	Review  *review.Review
	Now     time.Time
	Names   Names
	Entries []review.Entry // among them those that attached policies, in any order
	Offered []PlanPolicy   // that could be attached
	Newest  []plan.Ref     // of each document that is not retired; none in the past
	Actor   review.Actor
	Past    bool
}

// PlanPolicy is a policy that a project could have.
type PlanPolicy struct {
	Ref    plan.Ref
	Policy *plan.PolicyDocument
}

func (d *PoliciesData) key() review.ProjectKey { return d.Review.Project.Key }

func (d *PoliciesData) may() bool { return !d.Past && mayPlan(d.Actor, &d.Review.Project) }

// standing is a policy with how its requirements stand.
type standingPolicy struct {
	*plan.PolicyDocument
	rows  []standingRequirement
	since string // who attached it, when and why
	newer int    // the number of a newer version; 0: there is none
}

// standingRequirement is a requirement with the items that show it.
type standingRequirement struct {
	*plan.Requirement
	state review.RequirementState
	by    []review.ShownBy
	gate  string // from which gate on it is asked; empty: from none
}

func (d *PoliciesData) policies() []standingPolicy {
	var out []standingPolicy
	for i, p := range d.Review.Plan.Policies {
		s := standingPolicy{PolicyDocument: p, rows: standingRows(d.Review, p, d.Now)}
		has := d.Review.Plan.Origin.Policies[i]
		var latest *review.Entry
		for j := range d.Entries {
			if e, ok := d.Entries[j].Event.(review.PolicyAttached); ok && e.Policy == has && (latest == nil || d.Entries[j].At.After(latest.At)) {
				latest = &d.Entries[j]
			}
		}
		if latest != nil {
			s.since = "Attached by " + d.Names(latest.Actor) + " on " + DayOf(latest.At, d.Now) + ": " + strings.TrimSpace(latest.Event.(review.PolicyAttached).Reason)
		}
		for _, ref := range d.Newest {
			if ref.Key == has.Key && ref.Version > has.Version {
				s.newer = ref.Version
			}
		}
		out = append(out, s)
	}
	return out
}

func standingRows(r *review.Review, p *plan.PolicyDocument, at time.Time) []standingRequirement {
	rows := make([]standingRequirement, len(p.Requirements))
	for i := range p.Requirements {
		q := &p.Requirements[i]
		row := standingRequirement{Requirement: q}
		row.state, row.by = r.StandsBy(q, at)
		if s := r.AskedFrom(p.Key, q); s != nil {
			row.gate = s.Def.Name
		}
		rows[i] = row
	}
	return rows
}

// stands counts the required requirements of rows, and those of them that hold or do
// not apply.
func stands(rows []standingRequirement) (holding, all int) {
	for i := range rows {
		if rows[i].Level != plan.LevelMust {
			continue
		}
		all++
		if rows[i].state == review.RequirementHolds || rows[i].state == review.RequirementMoot {
			holding++
		}
	}
	return holding, all
}

// standsWords says how many of the required ones hold.
func standsWords(rows []standingRequirement) string {
	holding, all := stands(rows)
	if all == 0 {
		return "It requires nothing."
	}
	return "Required: " + strconv.Itoa(holding) + " of " + strconv.Itoa(all) + " hold or do not apply."
}

func (p *standingPolicy) look() ui.State {
	if holding, all := stands(p.rows); holding < all {
		return ui.Bad
	}
	return ui.Met
}

func (p *standingPolicy) word() string {
	if p.look() == ui.Met {
		return "Holds"
	}
	return "Does not hold"
}

func (q *standingRequirement) look() ui.State {
	switch q.state {
	case review.RequirementHolds:
		return ui.Met
	case review.RequirementMoot:
		return ui.NA
	case review.RequirementUnshown:
		if q.Level == plan.LevelMust {
			return ui.Warn
		}
		return ui.Open
	}
	if q.Level == plan.LevelMust {
		return ui.Bad
	}
	return ui.Open
}

func (q *standingRequirement) word() string {
	switch q.state {
	case review.RequirementHolds:
		return "Holds"
	case review.RequirementMoot:
		return "Does not apply"
	case review.RequirementUnshown:
		return "Nothing here shows it"
	}
	return "Does not hold"
}

// asked says where gates ask for it.
func (q *standingRequirement) asked() string {
	switch {
	case q.Level != plan.LevelMust:
		return "No gate asks for it."
	case q.gate == "":
		return "No gate of this plan asks for it."
	}
	return "Asked from the gate of “" + q.gate + "” on."
}

// policyNames are a project's policies with their versions.
func policyNames(r *review.Review) string {
	names := make([]string, len(r.Plan.Policies))
	for i, p := range r.Plan.Policies {
		names[i] = p.Name + " " + strconv.Itoa(p.Version)
	}
	return strings.Join(names, ", ")
}

// PolicyLines say of each policy of a project how many of its required requirements
// hold.
func PolicyLines(r *review.Review, at time.Time) []ShownPolicy {
	var out []ShownPolicy
	for _, p := range r.Plan.Policies {
		words := standsWords(standingRows(r, p, at))
		out = append(out, ShownPolicy{p.Name, strings.ToLower(words[:1]) + words[1:], RequirementURL(r.Project.Key, p.Key, "")})
	}
	return out
}

// ShownPolicy is a requirement of a policy that an item shows.
type ShownPolicy struct{ Policy, Text, Href string }

// PoliciesOf are the requirements of a project's policies that an item shows.
func PoliciesOf(r *review.Review, it *plan.Item) []ShownPolicy {
	var out []ShownPolicy
	for _, p := range r.Plan.Policies {
		for i := range p.Requirements {
			q := &p.Requirements[i]
			if slices.ContainsFunc(q.Items, func(k plan.ItemKey) bool {
				return slices.ContainsFunc(r.Plan.Showing(k), func(p plan.Placed) bool { return p.Item.Key == it.Key })
			}) {
				out = append(out, ShownPolicy{p.Name, q.Level.Label() + ": " + q.Text, RequirementURL(r.Project.Key, p.Key, q.Key)})
			}
		}
	}
	return out
}
