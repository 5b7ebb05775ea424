package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PolicyData is one version of a policy.
type PolicyData struct {
	*plan.PolicyDocument
	Ref      plan.Ref
	Before   *plan.PolicyDocument // the version before it; nil when it is the first
	Versions []int                // all, the newest first
	Showing  map[plan.ItemKey][]LibraryItem
	Owner    string // empty: nobody
	May      bool   // write documents
	Exports  []Export
	Uses     []DocumentUse
	Now      time.Time
}

// Title names the version.
func (d *PolicyData) Title() string { return d.Name + ", version " + strconv.Itoa(d.Version) }

// newest is the number of the newest version.
func (d *PolicyData) newest() int {
	if len(d.Versions) == 0 {
		return d.Version
	}
	return d.Versions[0]
}

func (d *PolicyData) facts() []ui.Fact {
	owner := d.Owner
	if owner == "" {
		owner = "nobody"
	}
	facts := []ui.Fact{{Term: "Issued by", Text: d.Issuer}}
	if d.Reference != "" {
		facts = append(facts, ui.Fact{Term: "Reference", Text: d.Reference})
	}
	facts = append(facts, ui.Fact{Term: "Owner", Text: owner}, ui.Fact{Term: "Next review by", Text: reviewDay(d.PolicyDocument)})
	return append(facts, usedBy(d.Key, d.Uses)...)
}

// reviewDay is the last day on which a policy counts as looked after, in words.
func reviewDay(p *plan.PolicyDocument) string {
	if day := policyReview(p); !day.IsZero() {
		return DayOrNone(day)
	}
	return p.ReviewBy
}

// policyReview is that day; zero for what is no date.
func policyReview(p *plan.PolicyDocument) time.Time {
	day, err := time.Parse(time.DateOnly, p.ReviewBy)
	if err != nil {
		return time.Time{}
	}
	return day
}

// unreviewed reports whether nobody has looked at the policy in time.
func unreviewed(p *plan.PolicyDocument, now time.Time) bool { return review.Over(policyReview(p), now) }

// unshown counts the musts of which no item of the library is known to show them.
func (d *PolicyData) unshown() int {
	n := 0
	for i := range d.Requirements {
		if q := &d.Requirements[i]; q.Level == plan.LevelMust && len(d.shownBy(q)) == 0 {
			n++
		}
	}
	return n
}

// shownBy are the items of the library that show a requirement.
func (d *PolicyData) shownBy(q *plan.Requirement) []LibraryItem {
	var out []LibraryItem
	for _, k := range q.Items {
		out = append(out, d.Showing[k]...)
	}
	return out
}

// unknown are the keys that a requirement names and no item of the library has.
func (d *PolicyData) unknown(q *plan.Requirement) []plan.ItemKey {
	var out []plan.ItemKey
	for _, k := range q.Items {
		if len(d.Showing[k]) == 0 {
			out = append(out, k)
		}
	}
	return out
}
