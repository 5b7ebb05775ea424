package formats

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// evenly is a level that is the same at every tier.
func evenly(l plan.Level) [3]plan.Level { return [3]plan.Level{l, l, l} }

// graded is the level of an item in a list by grades, where the first grade asks
// the least and holds for everybody: what grade 1 asks is required at every tier, what grade 2 asks
// at tiers 1 and 2, what grade 3 asks at tier 1. Other grades are none.
func graded(grade int) [3]plan.Level {
	var levels [3]plan.Level
	if grade < 1 || grade > 3 {
		return levels
	}
	for i := range 4 - grade {
		levels[i] = plan.LevelMust
	}
	return levels
}

// levelOf reads the words in which lists say how much an item weighs: MUST, SHOULD,
// MAY and their like; high, medium and low; L1 to L3 and maturity 1 to 3, see [graded].
// Of several, separated by commas and such, the one that asks the most counts.
// ok is false for what is none of them.
func levelOf(words string) (levels [3]plan.Level, ok bool) {
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",;/|+\n", r) }) {
		l, known := levelWord(fold.Text(w))
		if !known {
			continue
		}
		ok = true
		for i := range levels {
			if l[i].Rank() > levels[i].Rank() {
				levels[i] = l[i]
			}
		}
	}
	return levels, ok
}

func levelWord(w string) ([3]plan.Level, bool) {
	w = strings.Trim(w, " .:()[]*_`\"'")
	for _, group := range []struct {
		level plan.Level
		words []string
	}{
		// NOT belongs to the item's text: a MUST NOT has to be met as a MUST has.
		{plan.LevelMust, []string{"must", "must not", "shall", "shall not", "required", "require", "mandatory", "high", "critical", "essential", "blocker"}},
		{plan.LevelShould, []string{"should", "should not", "recommended", "recommend", "medium", "moderate", "important", "normal"}},
		{plan.LevelMay, []string{"may", "suggested", "suggest", "optional", "low", "could", "nice to have", "informational", "info"}},
	} {
		if slices.Contains(group.words, w) {
			return evenly(group.level), true
		}
	}
	for _, name := range []string{"maturity level", "maturity", "level", "tier", "asvs level", "l"} {
		if rest, cut := strings.CutPrefix(w, name); cut {
			w = strings.TrimLeft(rest, " -_")
			break
		}
	}
	if g := slices.Index([]string{"1", "2", "3"}, w); g >= 0 {
		return graded(g + 1), true
	}
	return [3]plan.Level{}, false
}
