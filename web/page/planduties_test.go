package page

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Whom to tell is compared by authority; what stays is not spoken of.
func TestDutyChanges(t *testing.T) {
	duty := func(authority, what string, hours int) plan.DutyOf {
		return plan.DutyOf{Duty: plan.Duty{Authority: authority, What: what, Hours: hours}}
	}
	before := []plan.DutyOf{duty("Bank", "Outages", 4), duty("Court", "Leaks", 72), duty("Court", "The end", 90), duty("Press", "All", 1), duty("Police", "Theft", 2)}
	after := []plan.DutyOf{duty("Bank", "Outages", 24), duty("Court", "The end", 90), duty("Court", "Breaches", 72), duty("Police", "Theft", 2), duty("Users", "Breaches", 1)}
	want := []string{
		"Bank: within 24 hours instead of 4 hours.", "Court: Breaches. It was: Leaks.", "New: Users, within 1 hour. Breaches.", "No longer: Press.",
	}
	if got := dutyChanges(before, after); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := dutyChanges(before, before); got != nil {
		t.Errorf("without a change: %q", got)
	}
}
