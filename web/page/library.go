package page

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/ui"
)

// MostVersions is the highest number of a version that an address may name.
const MostVersions = 1 << 30

// LibraryEntry is a lifecycle with its versions.
type LibraryEntry struct {
	Newest   *plan.Lifecycle
	Versions []int // the newest first
	Usual    bool  // new projects get one of them unless they choose
}

// LibraryData is what is published.
type LibraryData struct{ Lifecycles []LibraryEntry }

func (e *LibraryEntry) facts() []ui.Fact { return lifecycleFacts(e.Newest) }

// lifecycleFacts say how much a lifecycle asks, before the profile adds to it.
func lifecycleFacts(l *plan.Lifecycle) []ui.Fact {
	facts := []ui.Fact{{Term: "Stages", Text: strconv.Itoa(len(l.Stages))}}
	for _, m := range tierMeanings() {
		items, musts := TierCounts(l, m.tier, nil)
		signatures := 0
		for i := range l.Stages {
			signatures += l.Stages[i].Gate.QuorumAt(m.tier)
		}
		text := fmt.Sprintf("%s, %d required, %s", CountOf(items, "item"), musts, CountOf(signatures, "signature"))
		facts = append(facts, ui.Fact{Term: m.name, Text: text})
	}
	return facts
}

// LifecycleData is one version of a lifecycle.
type LifecycleData struct {
	Lifecycle *plan.Lifecycle
	Ref       plan.Ref
	Before    *plan.Lifecycle // the version before it; nil when it is the first
	Newest    int             // the number of the newest version
}

// Title names the version.
func (d *LifecycleData) Title() string {
	return d.Lifecycle.Name + ", version " + strconv.Itoa(d.Lifecycle.Version)
}

// levels says what an item weighs at each tier.
func levels(d *plan.Item) string { return levelWords(d, d.Levels[0]) }

// asked are what an item asks beside its text.
func asked(l *plan.Lifecycle, d *plan.Item) []ui.Fact {
	var facts []ui.Fact
	if len(d.When) > 0 {
		facts = append(facts, ui.Fact{Term: "Applies if", Text: strings.Join(flagWords(l, d.When), "; or ")})
	}
	facts = append(facts, ui.Fact{Term: "Evidence", Text: Enumerate(kindWords(d.Evidence), "or")})
	if d.ValidDays > 0 {
		facts = append(facts, ui.Fact{Term: "Renew", Text: "every " + CountOf(d.ValidDays, "day")})
	}
	return append(facts, ui.Fact{Term: "Seats", Text: SeatWords(d.Seats, "and")})
}

// fates are the kinds of change in the order in which a page shows them.
func fates() []plan.Fate {
	return []plan.Fate{plan.Added, plan.Merged, plan.Removed, plan.Moved, plan.Demands, plan.Explains}
}

func fateWord(f plan.Fate) string {
	switch f {
	case plan.Added:
		return "New items"
	case plan.Merged:
		return "Items that became part of others"
	case plan.Removed:
		return "Items that are gone"
	case plan.Moved:
		return "Items in a different stage"
	case plan.Demands:
		return "Items that ask something different"
	case plan.Explains:
		return "Items in other words"
	}
	return string(f)
}

// changes are what the version changes, by kind; kinds without any are left out.
func (d *LifecycleData) changes() (kinds []plan.Fate, by map[plan.Fate][]plan.ItemChange) {
	by = map[plan.Fate][]plan.ItemChange{}
	for _, c := range plan.Compare(d.Before, d.Lifecycle).Items {
		by[c.Fate] = append(by[c.Fate], c)
	}
	for _, f := range fates() {
		if len(by[f]) > 0 {
			kinds = append(kinds, f)
		}
	}
	return kinds, by
}

// differs says in a few words what an item asked before.
func differs(c *plan.ItemChange) string {
	var said []string
	if c.From != nil && c.To != nil && c.From.Key != c.To.Key {
		said = append(said, "from "+c.From.Name)
	}
	if c.Old == nil || c.New == nil {
		return strings.Join(said, "; ")
	}
	if c.Fate == plan.Merged {
		return "now in “" + c.New.Title + "”"
	}
	if c.Old.Title != c.New.Title {
		said = append(said, "was called “"+c.Old.Title+"”")
	}
	if c.Old.Levels != c.New.Levels {
		said = append(said, "was "+strings.ToLower(levels(c.Old)[:1])+levels(c.Old)[1:])
	}
	if before, now := Enumerate(kindWords(c.Old.Evidence), "or"), Enumerate(kindWords(c.New.Evidence), "or"); before != now {
		said = append(said, "evidence was "+before)
	}
	if c.Old.ValidDays != c.New.ValidDays {
		if c.Old.ValidDays == 0 {
			said = append(said, "did not expire")
		} else {
			said = append(said, "was renewed every "+CountOf(c.Old.ValidDays, "day"))
		}
	}
	return strings.Join(said, "; ")
}
