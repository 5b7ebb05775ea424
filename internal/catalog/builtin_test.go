package catalog

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

var tiers = []plan.Tier{plan.TierCritical, plan.TierStandard, plan.TierStarter}

func builtInLifecycles(t *testing.T) []plan.Lifecycle {
	t.Helper()
	var all []plan.Lifecycle
	for _, d := range builtInDocuments(t) {
		if d.Lifecycle != nil {
			all = append(all, *d.Lifecycle)
		}
	}
	return all
}

func builtInDocuments(t *testing.T) []plan.Document {
	t.Helper()
	all, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// lifecycle is the newest built-in version of a lifecycle.
func lifecycle(t *testing.T, key string) plan.Lifecycle {
	t.Helper()
	var newest plan.Lifecycle
	for _, l := range builtInLifecycles(t) {
		if l.Key == key && l.Version > newest.Version {
			newest = l
		}
	}
	if newest.Version == 0 {
		t.Fatalf("there is no lifecycle %s", key)
	}
	return newest
}

// The readiness definition that comes with the program says all that one has to say.
func TestBuiltInDefinition(t *testing.T) {
	n := 0
	for _, d := range builtInDocuments(t) {
		if d.Definition == nil {
			continue
		}
		n++
		for _, p := range plan.Wrong(plan.Check(d, nil)) {
			t.Errorf("%s: %s", d.Key(), p)
		}
	}
	if n != 1 {
		t.Errorf("%d come with the program", n)
	}
}

// current are the lifecycles that new projects can be given.
func current(t *testing.T) []plan.Lifecycle {
	return []plan.Lifecycle{lifecycle(t, "productionisation"), lifecycle(t, "prototype-to-production")}
}

// Projects are pinned to these bytes. A digest that changes here is a published
// version that was changed; a new version is a new line.
func TestPublishedVersionsNeverChange(t *testing.T) {
	want := map[string]string{
		"accessibility 1":           "77ad0ab49603a387b755ca49e794279fd1e95287b6841157fc3ee9e08304a79a",
		"ai-assistant 1":            "69a19023a4be67d3c1f43b0ed5dc876fd13aa8b6f9edf2f39ea0625cb60866e0",
		"edge 1":                    "063bd70e83d9d9db8c7768b2a1d6d0dd23f56aa6a67bbb46a21cc818ed6fbc89",
		"finance 1":                 "92d9505368194e35fbc188c49e2412fef7f18ade699ac584a3d52ab47762b061",
		"finance 2":                 "8e585e04325693ca024120ff398bb4f7869f02297a4062f07f25aca9b027fb9f",
		"gdpr 1":                    "a2e6641a46f1517f756c2f8c79a3b15aebd610b1bb684b78cb1775a986c84482",
		"gdpr 2":                    "38288ff9c3761bede73b4b53d9b6db46cecc36480f295a645265b8de87113467",
		"hipaa 1":                   "d3c6c458e7a66a3aa1ee283e2fa030505ed2349ebd971970bd3043b7aa36fdcd",
		"iso27001 1":                "6f26cf45c1d179f223b78f32f6ac33e89f36a09f9fdda4fac22ea8fc84dec9f8",
		"ml 1":                      "bf7ac938e41a87ab6583c2bd7600bf2cfb4200c3eb52f719c71f61d7c5bf0311",
		"production-ready 1":        "cef21df4a524e9e213ac0d9ceca067e1998bed6826848a038cf4e0f5c59d27e0",
		"productionisation 1":       "b8e12f6aefaabea075fb6bc6d0ca79fe7d16cf8474e849e3832231d7efdd3af7",
		"prototype-to-production 1": "7f49cd4384723b6df44a3a6bb608c7317c2cd641ee2fe4fa40dab8a486290e0d",
		"prototype-to-production 2": "ccca8dc3cd6deb369739e72ad18f4c88bb6ebbe603bc6a209a782b71986a35d3",
		"prototype-to-production 3": "24defe942bda0853a6afddd6f579e5fc6254d4ef52bf0bae48cb0dba5aabf749",
		"public-sector 1":           "3b09d23e45ff64a62dfc0dd0f8836fc8b7146dcde8d15324607d251bf1f498fa",
	}
	got := map[string]string{}
	for _, d := range builtInDocuments(t) {
		ref, err := d.Ref()
		if err != nil {
			t.Fatal(err)
		}
		got[fmt.Sprint(ref.Key, " ", ref.Version)] = ref.Digest
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// The figures come from the plan of the lifecycles, not from their files, so that
// an item lost in an edit is noticed.
func TestStagesHaveThePlannedItems(t *testing.T) {
	for key, want := range map[string]map[plan.StageKey]int{
		"prototype-to-production": {"idea": 16, "evaluation": 20, "architecture": 34, "code": 21, "pipeline": 14, "environments": 31, "security": 20, "performance": 14, "release": 24, "operations": 26},
		"productionisation":       {"scoping": 24, "design": 27, "build-and-test": 31, "deployment": 37, "iteration": 21},
	} {
		got := map[plan.StageKey]int{}
		for _, s := range lifecycle(t, key).Stages {
			got[s.Key] = len(s.Items)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s has %v items, want %v", key, got, want)
		}
	}
}

// counts are the items of a stage that apply to every project of a tier.
func counts(s *plan.Stage, tier plan.Tier) (items, musts int) {
	for i := range s.Items {
		switch s.Items[i].LevelFor(tier, nil) {
		case plan.LevelNone:
			continue
		case plan.LevelMust:
			musts++
		}
		items++
	}
	return items, musts
}

func TestTiersKeepTheirPromises(t *testing.T) {
	for _, l := range current(t) {
		var items, musts [4]int
		for i := range l.Stages {
			for _, tier := range tiers {
				n, m := counts(&l.Stages[i], tier)
				items[tier], musts[tier] = items[tier]+n, musts[tier]+m
			}
		}
		if items[plan.TierStarter] == 0 || items[plan.TierStarter] > 45 {
			t.Errorf("%s: the starter set has %d items, want 1 to 45", l.Key, items[plan.TierStarter])
		}
		if musts[plan.TierStandard]*4 > musts[plan.TierCritical]*3 {
			t.Errorf("%s: %d of %d musts stay musts at tier 2, which is to be clearly lighter", l.Key, musts[plan.TierStandard], musts[plan.TierCritical])
		}
	}
}

// What a law asks for, it asks of a small internal tool as well.
func TestTheLawCountsAtEveryTier(t *testing.T) {
	law := []plan.Flag{"personal-data", "eu-personal-data", "health-data", "iso27001", "regulated", "finance", "public-sector"}
	lawful := func(f plan.Flag) bool { return slices.Contains(law, f) }
	for _, l := range current(t) {
		duties := 0
		for _, s := range l.Stages {
			for _, item := range s.Items {
				if item.Levels[0] != plan.LevelMust || !slices.Contains(item.Quality, "compliance") || len(item.When) == 0 ||
					slices.ContainsFunc(item.When, func(f plan.Flag) bool { return !lawful(f) }) {
					continue
				}
				duties++
				if item.Levels != [3]plan.Level{"must", "must", "must"} {
					t.Errorf("%s, %s: is %v, although a law asks for it", l.Key, item.Key, item.Levels)
				}
			}
		}
		if duties < 3 {
			t.Errorf("%s has only %d duties of a law", l.Key, duties)
		}
	}
}

// The nearer the launch, the larger the share of what has to be met.
func TestRigourGrows(t *testing.T) {
	for _, l := range current(t) {
		before := 0.0
		for i := range l.Stages[:len(l.Stages)-1] {
			items, musts := counts(&l.Stages[i], plan.TierCritical)
			share := float64(musts) / float64(items)
			if share < before {
				t.Errorf("%s: %d of %d items of %s are musts, a smaller share than in the stage before", l.Key, musts, items, l.Stages[i].Key)
			}
			before = share
		}
	}
}

// A link that ages in a stage that is not gone through again would take its gate
// away although nobody did anything wrong.
func TestEvidenceAgesWhereItIsRenewed(t *testing.T) {
	for _, l := range current(t) {
		for _, s := range l.Stages {
			for _, item := range s.Items {
				if item.ValidDays > 0 && item.ValidDays < 365 && s.Gate.RepeatsDays == 0 {
					t.Errorf("%s, %s in %s: its evidence is good for %d days, and that gate does not repeat", l.Key, item.Key, s.Key, item.ValidDays)
				}
			}
		}
	}
}

// TestEveryFlagMatters: a profile question that changes nothing only costs
// the person who answers it.
func TestEveryFlagMatters(t *testing.T) {
	for _, l := range current(t) {
		used := map[plan.Flag]bool{}
		note := func(flags []plan.Flag) {
			for _, f := range flags {
				used[f] = true
			}
		}
		for _, s := range l.Stages {
			for _, seat := range s.Gate.Seats {
				note(seat.When)
			}
			for _, item := range s.Items {
				note(item.When)
			}
		}
		for _, f := range l.Flags {
			if !used[f.Key] {
				t.Errorf("%s: flag %s changes nothing", l.Key, f.Key)
			}
		}
	}
}

// One question, one label: a project that changes its lifecycle keeps its answers.
func TestFlagsMeanTheSameEverywhere(t *testing.T) {
	labels := map[plan.Flag]string{}
	for _, l := range current(t) {
		for _, f := range l.Flags {
			if other := labels[f.Key]; other != "" && other != f.Label {
				t.Errorf("flag %s is asked as %q and as %q", f.Key, f.Label, other)
			}
			labels[f.Key] = f.Label
		}
	}
}

// Lists that cross projects name a stage by its key alone.
func TestStagesOfOneKeyHaveOneName(t *testing.T) {
	names := map[plan.StageKey]string{}
	for _, l := range builtInLifecycles(t) {
		for _, s := range l.Stages {
			if other := names[s.Key]; other != "" && other != s.Name {
				t.Errorf("stage %s is called %q and %q", s.Key, other, s.Name)
			}
			names[s.Key] = s.Name
		}
	}
}

func TestGatesAskWhoTheyShould(t *testing.T) {
	for key, want := range map[string]map[plan.StageKey][3]int{
		"prototype-to-production": {"idea": {2, 2, 1}, "evaluation": {3, 2, 1}, "architecture": {3, 2, 1}, "code": {2, 2, 1}, "pipeline": {2, 2, 1}, "environments": {3, 2, 1}, "security": {2, 2, 1}, "performance": {2, 1, 1}, "release": {5, 3, 2}, "operations": {2, 1, 1}},
		"productionisation":       {"scoping": {3, 2, 1}, "design": {3, 2, 1}, "build-and-test": {3, 2, 1}, "deployment": {5, 3, 2}, "iteration": {2, 2, 1}},
	} {
		l := lifecycle(t, key)
		for i := range l.Stages {
			s := &l.Stages[i]
			for _, tier := range tiers {
				if got := s.Gate.Policy(tier, nil).Quorum; got != want[s.Key][tier-1] {
					t.Errorf("%s, %s: %d signatures at tier %d, want %d", key, s.Key, got, tier, want[s.Key][tier-1])
				}
			}
			if repeats := s.Gate.RepeatsDays > 0; repeats != (i == len(l.Stages)-1) {
				t.Errorf("%s, %s repeats every %d days; only the last gate repeats", key, s.Key, s.Gate.RepeatsDays)
			}
		}
		live := l.Stages[len(l.Stages)-2].Gate
		if got := live.Policy(plan.TierCritical, plan.Profile{"eu-personal-data"}); got.Quorum != 6 || !slices.Contains(got.Mandatory, "compliance") {
			t.Errorf("%s goes live with personal data by %+v", key, got)
		}
	}
}

// Every answer to an earlier version has its place in the newest.
func TestTheNewestVersionTakesEveryAnswer(t *testing.T) {
	home := map[plan.ItemKey]int{}
	newest := lifecycle(t, "prototype-to-production")
	for _, s := range newest.Stages {
		for _, item := range s.Items {
			home[item.Key]++
			for _, k := range item.Was {
				home[k]++
			}
		}
	}
	earlier := 0
	for _, l := range builtInLifecycles(t) {
		if l.Key != newest.Key || l.Version == newest.Version {
			continue
		}
		earlier++
		for _, s := range l.Stages {
			for _, item := range s.Items {
				if home[item.Key] != 1 {
					t.Errorf("%s of version %d has %d places in version %d", item.Key, l.Version, home[item.Key], newest.Version)
				}
			}
		}
	}
	if earlier != 2 {
		t.Errorf("%d earlier versions", earlier)
	}
}

// What the newest version asks of a project by its records, its exposure and its
// environments. One that names no environment is asked each item once.
func TestGatesGoByRecordsExposureAndEnvironments(t *testing.T) {
	l := lifecycle(t, "prototype-to-production")
	type gate struct {
		records []record.Key
		from    plan.Exposure
		kinds   []plan.EnvironmentKind
		items   int // answered for each environment
	}
	want := map[plan.StageKey]gate{
		"idea": {}, "evaluation": {}, "architecture": {records: []record.Key{"objective"}}, "code": {}, "pipeline": {},
		"environments": {from: plan.ExposurePilot, kinds: []plan.EnvironmentKind{"staging"}, items: 9},
		"security":     {from: plan.ExposurePilot},
		"performance":  {from: plan.ExposureLimited},
		"release":      {kinds: []plan.EnvironmentKind{"production"}, items: 1},
		"operations":   {kinds: []plan.EnvironmentKind{"production"}, items: 1},
	}
	for i := range l.Stages {
		s := &l.Stages[i]
		got := gate{records: s.Gate.Records, from: s.Gate.From, kinds: s.Gate.Environments}
		for _, item := range s.Items {
			if len(item.Environments) > 0 {
				got.items++
			}
		}
		if !reflect.DeepEqual(got, want[s.Key]) {
			t.Errorf("%s: %+v, want %+v", s.Key, got, want[s.Key])
		}
	}
	for _, c := range []struct {
		kinds []plan.EnvironmentKind
		want  map[plan.StageKey]int // items
	}{
		{nil, map[plan.StageKey]int{"environments": 31, "release": 24, "operations": 26}},
		{[]plan.EnvironmentKind{"production"}, map[plan.StageKey]int{"environments": 23, "release": 32, "operations": 26}},
		{[]plan.EnvironmentKind{"staging", "production", "production"}, map[plan.StageKey]int{"environments": 24, "release": 41, "operations": 27}},
	} {
		origin := plan.Origin{}
		for i, k := range c.kinds {
			key := plan.EnvironmentKey(fmt.Sprint("e", i))
			origin.Environments = append(origin.Environments, plan.Environment{Key: key, Name: string(key), Kind: k})
		}
		p, err := plan.Compose(origin, &l, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, n := range c.want {
			if got := len(p.Lifecycle.Stages[p.Lifecycle.StageIndex(key)].Items); got != n {
				t.Errorf("with %v, %s has %d items, want %d", c.kinds, key, got, n)
			}
		}
	}
}

// coverage.csv lists the facts that the lifecycles have to cover between them,
// and which of them belong to which.
//
//go:embed testdata/coverage.csv
var coverage []byte

func TestEveryFactIsCovered(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(coverage)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for column, key := range rows[0][1:] {
		covered := map[string]bool{}
		for _, s := range lifecycle(t, key).Stages {
			for _, item := range s.Items {
				for _, id := range item.Sources {
					covered[id] = true
				}
			}
		}
		wanted := 0
		for _, row := range rows[1:] {
			if row[column+1] == "" {
				continue
			}
			if wanted++; !covered[row[0]] {
				t.Errorf("%s covers nothing of %s", key, row[0])
			}
		}
		if wanted < 150 {
			t.Errorf("coverage.csv names only %d facts for %s", wanted, key)
		}
	}
}

func BenchmarkBuiltIn(b *testing.B) {
	for b.Loop() {
		if _, err := BuiltIn(); err != nil {
			b.Fatal(err)
		}
	}
}
