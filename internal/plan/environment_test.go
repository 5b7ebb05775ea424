package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// situated is a lifecycle whose second gate decides on production, with two items in its
// first stage that are answered by environment.
func situated() *plan.Lifecycle {
	l := base()
	l.Stages[0].Items[0].Environments = []plan.EnvironmentKind{"staging", "production"}
	l.Stages[0].Items[0].Was = []plan.ItemKey{"bounds"}
	l.Stages[0].Items[1].Environments = []plan.EnvironmentKind{"production"}
	l.Stages[1].Gate.Environments = []plan.EnvironmentKind{"production"}
	return l
}

func environments() []plan.Environment {
	return []plan.Environment{
		{Key: "fra", Name: "Frankfurt", Kind: "production"}, {Key: "old", Name: "Gone", Kind: "production", Retired: true},
		{Key: "stage", Name: "Stage", Kind: "staging"}, {Key: "ber", Name: "Berlin", Kind: "production"},
	}
}

func composed(t *testing.T, o plan.Origin, l *plan.Lifecycle, modules ...*plan.Module) (*plan.Plan, string) {
	t.Helper()
	o.Lifecycle = ref("way")
	p, err := plan.Compose(o, l, modules)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range p.Stages {
		for _, it := range s.Items {
			out = append(out, fmt.Sprintf("%s/%s", s.Key, it.Key))
		}
	}
	return p, strings.Join(out, " ")
}

// An item is asked for each environment of its kinds, at the gate that decides on it. One
// for whose kinds there is none is asked once.
func TestItemsByEnvironment(t *testing.T) {
	p, got := composed(t, plan.Origin{Environments: environments()}, situated())
	if want := "make/scope@stage run/alerts run/scope@fra run/scope@ber run/tests@fra run/tests@ber"; got != want {
		t.Errorf("items %s, want %s", got, want)
	}
	it, _ := p.Find("scope@stage")
	if it.Title != "Scope (Stage)" || it.Claim() != "Scope" || it.Environment.Name != "Stage" {
		t.Errorf("the item is %q, claims %q", it.Title, it.Claim())
	}
	if fra, _ := p.Find("scope@fra"); !slices.Equal(fra.Was, []plan.ItemKey{"bounds@fra", "scope", "bounds"}) || !slices.Equal(it.Was, []plan.ItemKey{"bounds@stage"}) {
		t.Errorf("the first takes over from %v, another from %v", fra.Was, it.Was)
	} else if !slices.Equal(fra.Formerly(), []plan.ItemKey{"bounds@fra"}) {
		t.Errorf("formerly %v", fra.Formerly())
	}
	if _, got := composed(t, plan.Origin{Environments: environments()[2:3]}, situated()); got != "make/scope@stage make/tests run/alerts" {
		t.Errorf("without production: %s", got)
	}
	if _, got := composed(t, plan.Origin{}, situated()); got != "make/scope make/tests run/alerts" {
		t.Errorf("without environments: %s", got)
	}
	if l := situated(); !l.Situated() || base().Situated() {
		t.Error("which lifecycles ask for environments")
	}
}

// Raising an item and keeping it hold in each environment; what was approved of the
// project as a whole is asked again.
func TestTailoringByEnvironment(t *testing.T) {
	tailoring := plan.Tailoring{}.Raise("scope", plan.LevelMust).Lower("tests", plan.LevelMay, 1).Keep("scope", true).Raise("tests@fra", plan.LevelMust)
	p, _ := composed(t, plan.Origin{Environments: environments(), Tailoring: tailoring}, situated())
	for k, want := range map[plan.ItemKey]plan.Level{"scope@stage": plan.LevelMust, "scope@ber": plan.LevelMust, "tests@ber": plan.LevelMay, "tests@fra": plan.LevelMust} {
		if it, _ := p.Find(k); it.Levels[2] != want {
			t.Errorf("%s weighs %s at tier 3, want %s", k, it.Levels[2], want)
		}
	}
	if it, _ := p.Find("tests@ber"); it.Levels[0] != plan.LevelMust {
		t.Error("what was lowered before there were environments stays lowered")
	}
	if it, _ := p.Find("scope@fra"); !it.Core {
		t.Error("no longer core")
	}
}

// A module for a law has the gate needed to which its items go.
func TestALawInEachEnvironment(t *testing.T) {
	l, m := situated(), privacy()
	l.Stages[1].Gate.From = plan.ExposureGeneral
	l.Stages = append(l.Stages, plan.Stage{Key: "end", Gate: plan.Gate{Quorums: [3]int{1, 1, 1}, Seats: []plan.GateSeat{{Seat: "sre"}}}})
	m.Seats = nil
	m.Items = m.Items[:1]
	m.Items[0].Environments = []plan.EnvironmentKind{"production"}
	p, _ := composed(t, plan.Origin{Environments: environments()}.With(ref("privacy")), l, m)
	if it, s := p.Find("privacy-list@fra"); it == nil || s.Key != "run" || it.From != "privacy" {
		t.Fatalf("the item is %+v", it)
	}
	binding := privacy()
	binding.Items = m.Items
	binding.Seats = binding.Seats[:1]
	binding.Seats[0].Phase = "build"
	if p, _ = composed(t, plan.Origin{Environments: environments()}.With(ref("privacy")), l, binding); p.Stages[1].Gate.From != "" {
		t.Error("a law knows pilots")
	}
}

// Where a policy names an item, each environment has to show it.
func TestShowingByEnvironment(t *testing.T) {
	p, _ := composed(t, plan.Origin{Environments: environments()}, situated())
	for k, want := range map[plan.ItemKey]int{"scope": 3, "bounds": 3, "tests": 2, "alerts": 1, "scope@fra": 1, "nothing": 0} {
		if got := p.Showing(k); len(got) != want {
			t.Errorf("%s is shown by %d items, want %d", k, len(got), want)
		}
	}
}

// A plan of more than fits is refused, as is what a document does not add.
func TestWrongEnvironments(t *testing.T) {
	l := base()
	l.Stages[0].Items = nil
	for i := range 200 {
		l.Stages[0].Items = append(l.Stages[0].Items, plan.Item{Key: plan.ItemKey(fmt.Sprint("item-", i)), Environments: []plan.EnvironmentKind{"production"}})
	}
	var all []plan.Environment
	for i := range 12 {
		all = append(all, plan.Environment{Key: plan.EnvironmentKey(fmt.Sprint("site-", i)), Name: fmt.Sprint("Site ", i), Kind: "production"})
	}
	if _, err := plan.Compose(plan.Origin{Lifecycle: ref("way"), Environments: all}, l, nil); err == nil || !strings.Contains(err.Error(), "comes to 2400 items") {
		t.Errorf("2400 items: %v", err)
	}
	l = situated()
	l.Stages[0].Items[0].Environments = []plan.EnvironmentKind{"edge", "edge"}
	l.Stages[1].Gate.Environments = []plan.EnvironmentKind{"Lab"}
	l.Adds.Environments = []plan.EnvironmentKind{"production", "UP"}
	var got []string
	for _, p := range plan.Check(plan.Document{Lifecycle: l}, nil) {
		if strings.Contains(p.Message, "environments") {
			got = append(got, p.String())
		}
	}
	for _, want := range []string{`"production" comes with Slipway`, `"UP" is not`, `item scope: environments: "edge" is not a kind`, `lists "edge" twice`, `gate: environments: "Lab" is not a kind`} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no problem says %s:\n%s", want, strings.Join(got, "\n"))
		}
	}
}
