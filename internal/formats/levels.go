package formats

import (
	"regexp"
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
// MAY and their like; high, medium and low; P0 to P4; L1 to L3 and maturity 1 to 3, see [graded].
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

var (
	levelPrefix = regexp.MustCompile(`^[\[(]?(?i:(must|should|may|required|recommended|optional|high|medium|low|L[123]))(?:[\])]\s*|\s*[:–—]\s+)(.+)$`)
	levelEnd    = regexp.MustCompile(`^(.*\pL.*?)\s*(?:[\[(]\s*(?i:(must(?:[ -]have)?|should|may|could|required|recommended|optional|mandatory|nice[ -]to[ -]have|critical|high|medium|low|P[0-4]|L[123]))\s*[\])]|` +
		`\s[-–—]\s+(?i:(must|should|may|could|required|recommended|optional|mandatory|nice[ -]to[ -]have)))\.?$`)
)

// levelBefore takes a word off the beginning of a title that says how much it
// weighs: "Optional: …", "[MUST] …".
func levelBefore(title string) ([3]plan.Level, string) {
	found := levelPrefix.FindStringSubmatch(title)
	if found == nil {
		return [3]plan.Level{}, title
	}
	levels, ok := levelOf(found[1])
	if !ok {
		return [3]plan.Level{}, title
	}
	return levels, found[2]
}

// levelAfter takes such a word off its end: "… (should)", "… [P2]", "… – optional".
func levelAfter(title string) ([3]plan.Level, string) {
	found := levelEnd.FindStringSubmatch(title)
	if found == nil {
		return [3]plan.Level{}, title
	}
	levels, ok := levelOf(found[2] + found[3])
	if !ok {
		return [3]plan.Level{}, title
	}
	return levels, found[1]
}

// titleLevel takes the word off a title that says how much it weighs, wherever it
// stands.
func titleLevel(title string) ([3]plan.Level, string) {
	if levels, rest := levelBefore(title); rest != title {
		return levels, rest
	}
	return levelAfter(title)
}

// LevelRead is what a cell of the column of levels is read as; false where nobody
// can tell.
func LevelRead(cell string) (plan.Level, bool) {
	if levels, ok := levelOf(cell); ok {
		return levels[0], true
	}
	switch {
	case marked(cell):
		return plan.LevelMust, true
	case denied(cell):
		return plan.LevelMay, true
	}
	return plan.LevelNone, false
}

func levelWord(w string) ([3]plan.Level, bool) {
	w = strings.Trim(w, " .:()[]*_`\"'")
	for _, group := range []struct {
		level plan.Level
		words []string
	}{
		// NOT belongs to the item's text: a MUST NOT has to be met as a MUST has.
		{plan.LevelMust, []string{"must", "must not", "shall", "shall not", "required", "require", "mandatory", "must have", "must-have", "high", "critical", "essential", "blocker", "p0", "p1"}},
		{plan.LevelShould, []string{"should", "should not", "recommended", "recommend", "should have", "should-have", "medium", "moderate", "important", "normal", "p2"}},
		{plan.LevelMay, []string{"may", "suggested", "suggest", "optional", "low", "could", "could have", "could-have", "nice to have", "nice-to-have", "informational", "info", "p3", "p4"}},
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
