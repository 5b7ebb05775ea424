package page

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// UpgradesURL lists the projects that are behind a version.
const UpgradesURL = "/projects/upgrades"

// UpgradesData is a page of the projects that are behind a version.
type UpgradesData struct {
	Groups []UpgradeGroup
	Page   int
	More   bool
	Total  int         // on all pages
	Newest string      // the newest versions, for the form that upgrades all
	Run    *UpgradeRun // of all, that has come to its end
	Most   int         // projects on a page
	All    bool        // all are selected
	Done   []UpgradeDone
	Left   []UpgradeLeft
	Picked []string // of a form that was refused
	Reason string
	Errors map[string]string
}

// UpgradeRun is how far an upgrade of all projects has come.
type UpgradeRun struct {
	Newest, Reason    string
	Done, Left, Total int // projects
	After             int // the number of the last project that it came to
}

// UpgradeGroup are the projects that the same documents are newer for.
type UpgradeGroup struct {
	Newer    []string
	Projects []Upgradable
}

// Upgradable is a project with what an upgrade would do to it.
type Upgradable struct {
	Name                    string
	Key                     review.ProjectKey
	Shown, To               review.Digest
	Kept, Again, Aside, New int
	Gates                   int    // that have passed and go out of date
	Why                     string // it cannot be upgraded now; empty: it can
}

// UpgradeDone is a project that was upgraded.
type UpgradeDone struct {
	Key  review.ProjectKey
	Name string
}

// UpgradeLeft is a project that was not, and why.
type UpgradeLeft struct{ Key, Why string }

// NewUpgradable counts what an upgrade does; then may be nil where why says that
// there is none.
func NewUpgradable(name string, r, then *review.Review, why string) Upgradable {
	u := Upgradable{Name: name, Key: r.Project.Key, Shown: r.PlanDigest(), Why: why}
	if then == nil {
		return u
	}
	d := PlanData{Review: r, Then: then, Do: PlanUpgrade}
	u.To = then.PlanDigest()
	u.Kept, u.Again, u.Aside = d.answers()
	u.New = len(d.itemChanges()[plan.Added])
	for i := range r.Stages {
		s := &r.Stages[i]
		if t := then.Stage(s.Def.Key); t != nil && d.outdates(s, t) {
			u.Gates++
		}
	}
	return u
}

// Pick is what the form says of a project: which plan was shown, and which it is
// to have.
func (u *Upgradable) Pick() string {
	return string(u.Key) + "." + string(u.Shown) + "." + string(u.To)
}

// Add puts a project with those that the same is newer for.
func (d *UpgradesData) Add(newer []string, u Upgradable) {
	at := slices.IndexFunc(d.Groups, func(g UpgradeGroup) bool { return slices.Equal(g.Newer, newer) })
	if at < 0 {
		d.Groups = append(d.Groups, UpgradeGroup{Newer: newer})
		at = len(d.Groups) - 1
	}
	d.Groups[at].Projects = append(d.Groups[at].Projects, u)
}

func (d *UpgradesData) reason() ui.Field {
	return ui.Field{Name: "reason", Label: "Why", Hint: "The history of each project has it.", Value: d.Reason, Error: d.Errors["reason"]}
}

func (d *UpgradesData) chosen() ui.Field {
	return ui.Field{Name: "project", Label: "Projects", Error: d.Errors["project"]}
}

// total counts what an upgrade of all projects on the page does.
func (d *UpgradesData) total() []ui.Fact {
	var all Upgradable
	can, cannot := 0, 0
	for i := range d.Groups {
		for _, u := range d.Groups[i].Projects {
			if u.Why != "" {
				cannot++
				continue
			}
			can++
			all.Kept, all.Again, all.Aside, all.Gates = all.Kept+u.Kept, all.Again+u.Again, all.Aside+u.Aside, all.Gates+u.Gates
		}
	}
	facts := []ui.Fact{
		{Term: "Can be upgraded", Text: CountOf(can, "project")}, {Term: "Answers kept", Text: strconv.Itoa(all.Kept)},
		{Term: "To confirm again", Text: strconv.Itoa(all.Again)}, {Term: "Set aside", Text: strconv.Itoa(all.Aside)},
		{Term: "Gates to sign again", Text: strconv.Itoa(all.Gates)},
	}
	if cannot > 0 {
		facts = append(facts, ui.Fact{Term: "Have to wait", Text: CountOf(cannot, "project")})
	}
	return facts
}

func upgradesPage(n int) string { return UpgradesURL + "?page=" + strconv.Itoa(n) }
