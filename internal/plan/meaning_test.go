package plan_test

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// An answer stands where the author says that only the words changed and nothing
// that showed it before stops to count.
func TestSameMeaning(t *testing.T) {
	item := func(title string, same []string, evidence ...plan.EvidenceKind) *plan.Item {
		return &plan.Item{Title: title, SameAs: same, Evidence: evidence}
	}
	for _, c := range []struct {
		name     string
		from, to *plan.Item
		same     bool
	}{
		{"the same", item("A", nil, "doc"), item("A", nil, "doc"), true},
		{"another title", item("A", nil, "doc"), item("B", nil, "doc"), false},
		{"reworded", item("A", nil, "doc"), item("B", []string{"A"}, "doc"), true},
		{"reworded twice", item("A", nil, "doc"), item("C", []string{"A", "B"}, "doc"), true},
		{"back to the earlier words", item("B", []string{"A"}, "doc"), item("A", nil, "doc"), true},
		{"reworded from something else", item("X", nil, "doc"), item("B", []string{"A"}, "doc"), false},
		{"kinds in another order", item("A", nil, "doc", "repo"), item("A", nil, "repo", "doc"), true},
		{"more kinds count", item("A", nil, "doc"), item("A", nil, "repo", "doc"), true},
		{"fewer kinds count", item("A", nil, "doc", "repo"), item("A", nil, "doc"), false},
		{"reworded, and fewer kinds count", item("A", nil, "doc", "repo"), item("B", []string{"A"}, "doc"), false},
		{"nothing was asked for", item("A", nil), item("A", nil, "doc"), false},
		{"nothing is asked for any more", item("A", nil, "doc"), item("A", nil), true},
	} {
		if got := plan.SameMeaning(c.from, c.to); got != c.same {
			t.Errorf("%s: %v, want %v", c.name, got, c.same)
		}
	}
}
