package plan

import (
	"slices"
	"strings"
)

// Level says how much an item weighs. LevelNone means that the item does not
// apply.
type Level string

const (
	LevelNone   Level = ""
	LevelMust   Level = "must"
	LevelShould Level = "should"
	LevelMay    Level = "may"
)

// Rank orders levels: none < may < should < must.
func (l Level) Rank() int {
	return slices.Index([]Level{LevelNone, LevelMay, LevelShould, LevelMust}, l)
}

// Label is the level's name on pages.
func (l Level) Label() string {
	switch l {
	case LevelMust:
		return "Required"
	case LevelShould:
		return "Recommended"
	case LevelMay:
		return "Optional"
	}
	return "Does not apply"
}

// Tier says how critical a project is: 1 is the most critical and gets the
// whole template, 2 is standard, 3 gets the starter set.
type Tier int

const (
	TierCritical Tier = 1
	TierStandard Tier = 2
	TierStarter  Tier = 3
)

// Valid reports whether t is one of the three tiers.
func (t Tier) Valid() bool { return t >= TierCritical && t <= TierStarter }

// Phase is a part of the way from an idea to operation, the same in all
// lifecycles: each says which of its stages covers it, so that what names a
// phase has its place in every lifecycle.
type Phase string

// Phases lists every phase in the order of the work.
func Phases() []Phase {
	return []Phase{"idea", "validation", "design", "build", "delivery", "environments", "security", "performance", "release", "operation"}
}

// Label is the phase's name on pages.
func (p Phase) Label() string {
	if p == "" {
		return ""
	}
	return strings.ToUpper(string(p[:1])) + string(p[1:])
}

// Order says what an earlier gate that has not passed means for a later one.
type Order string

const (
	OrderStrict   Order = "strict"   // the request is refused
	OrderAdvisory Order = "advisory" // the request needs a reason
	OrderFree     Order = "free"     // nothing
)

// Valid reports whether o is a known order.
func (o Order) Valid() bool { return o == OrderStrict || o == OrderAdvisory || o == OrderFree }

// Flag is a fact about a project, answered in its profile, on which items and
// seats can depend.
type Flag string

// Question is a profile question: a short statement that a person ticks.
type Question struct {
	Key   Flag   `json:"key"`
	Group string `json:"group"`
	Label string `json:"label"`
}
