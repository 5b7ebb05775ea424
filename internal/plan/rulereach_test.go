package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Which rules never decide, and whether all is decided, is what trying each
// combination of choices by itself comes to.
func TestRulesThatNeverDecideAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "choices")
		var choices []plan.Choice
		for i := range n {
			choices = append(choices, plan.Choice{Key: plan.ChoiceKey(fmt.Sprintf("c%d", i))})
		}
		var rules []plan.Rule
		for range rapid.IntRange(1, 5).Draw(t, "rules") {
			rules = append(rules, plan.Rule{When: condition(t, n, 3), Risk: plan.RiskNone})
		}
		decided, gap := make([]bool, len(rules)), false
		for set := range 1 << n {
			holds := func(k plan.ChoiceKey) bool {
				i := slices.IndexFunc(choices, func(c plan.Choice) bool { return c.Key == k })
				return i >= 0 && set&(1<<i) != 0
			}
			first := slices.IndexFunc(rules, func(r plan.Rule) bool {
				c, err := plan.ParseCondition(r.When)
				if err != nil {
					t.Fatal(err)
				}
				return c.Holds(holds)
			})
			if first < 0 {
				gap = true
			} else {
				decided[first] = true
			}
		}
		_, doubtful := plan.CheckQuestion(choices, rules)
		said := strings.Join(doubtful, "\n")
		for i, d := range decided {
			if strings.Contains(said, fmt.Sprintf("rule %d never", i+1)) == d {
				t.Errorf("rule %d of %v: %s", i+1, rules, said)
			}
		}
		if strings.Contains(said, "no rule for some") != gap {
			t.Errorf("%v: %s", rules, said)
		}
	})
}

func condition(t *rapid.T, choices, depth int) string {
	switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
	case depth == 0 || kind == 0:
		return fmt.Sprintf("c%d", rapid.IntRange(0, choices).Draw(t, "choice")) // one more than there are
	case kind == 1:
		return "!(" + condition(t, choices, depth-1) + ")"
	case kind == 2:
		return "(" + condition(t, choices, depth-1) + " || " + condition(t, choices, depth-1) + ")"
	}
	return condition(t, choices, depth-1) + " && " + condition(t, choices, depth-1)
}

// A file from elsewhere may have thousands of questions with all choices that are
// looked at.
func BenchmarkCheckQuestion(b *testing.B) {
	var choices []plan.Choice
	for i := range 12 {
		choices = append(choices, plan.Choice{Key: plan.ChoiceKey(fmt.Sprintf("c%d", i))})
	}
	rules := slices.Repeat([]plan.Rule{{When: "c11 && !c10", Risk: plan.RiskNone}}, 40)
	for b.Loop() {
		plan.CheckQuestion(choices, rules)
	}
}
