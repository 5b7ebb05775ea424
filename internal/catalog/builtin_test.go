package catalog

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"maps"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// lifecycle is the built-in template that most tests here are about.
func lifecycle(t *testing.T) plan.Lifecycle {
	t.Helper()
	templates, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(templates, func(t plan.Lifecycle) bool { return t.Key == "prototype-to-production" })
	if i < 0 {
		t.Fatalf("no template prototype-to-production among the %d built in", len(templates))
	}
	return templates[i]
}

// The figures come from the plan of the template, not from its files, so that
// an item lost in an edit is noticed.
func TestStagesHaveThePlannedItems(t *testing.T) {
	want := []struct {
		key                                            plan.StageKey
		name                                           string
		total, must, should, may, conditional, expires int
	}{
		{"idea", "Idea and first prototype", 19, 10, 7, 2, 2, 0},
		{"evaluation", "Evaluate the prototype", 22, 18, 4, 0, 1, 0},
		{"architecture", "Production architecture", 39, 17, 17, 5, 21, 0},
		{"code", "Clean code and tests", 14, 9, 5, 0, 1, 0},
		{"pipeline", "Delivery pipeline", 19, 9, 10, 0, 3, 4},
		{"environments", "Environments and operations base", 22, 12, 9, 1, 7, 6},
		{"security", "Security and compliance clearance", 18, 14, 3, 1, 6, 8},
		{"performance", "Performance proof", 16, 8, 6, 2, 6, 1},
		{"release", "Release", 19, 12, 7, 0, 3, 4},
		{"operations", "Run and improve", 18, 8, 8, 2, 2, 17},
	}
	tpl := lifecycle(t)
	if len(tpl.Stages) != len(want) {
		t.Fatalf("got %d stages, want %d", len(tpl.Stages), len(want))
	}
	items := 0
	for i, w := range want {
		s := tpl.Stages[i]
		got := w
		got.key, got.name, got.total = s.Key, s.Name, len(s.Items)
		got.must, got.should, got.may, got.conditional, got.expires = 0, 0, 0, 0, 0
		for _, item := range s.Items {
			switch item.Levels[0] {
			case "must":
				got.must++
			case "should":
				got.should++
			case "may":
				got.may++
			}
			if len(item.When) > 0 {
				got.conditional++
			}
			if item.ValidDays > 0 {
				got.expires++
			}
		}
		if got != w {
			t.Errorf("stage %d\n got %+v\nwant %+v", i+1, got, w)
		}
		items += len(s.Items)
	}
	if items != 206 {
		t.Errorf("got %d items, want 206", items)
	}
}

func TestTiersKeepTheirPromises(t *testing.T) {
	tpl := lifecycle(t)
	starter := 0
	for _, s := range tpl.Stages {
		for _, item := range s.Items {
			critical, standard, small := item.Levels[0], item.Levels[1], item.Levels[2]
			if critical == "must" && standard != "must" {
				t.Errorf("%s: is a must at tier 1 and %q at tier 2", item.Key, standard)
			}
			if standard == "may" {
				t.Errorf("%s: is a may at tier 2; that tier keeps musts and the shoulds that carry risk", item.Key)
			}
			if small == plan.LevelNone {
				continue
			}
			starter++
			if len(item.When) > 0 {
				t.Errorf("%s: is conditional and in the starter set", item.Key)
			}
		}
	}
	if starter == 0 || starter > 45 {
		t.Errorf("the starter set has %d items, want 1 to 45", starter)
	}
}

// TestEveryFlagMatters: a profile question that changes nothing only costs
// the person who answers it.
func TestEveryFlagMatters(t *testing.T) {
	tpl := lifecycle(t)
	used := map[plan.Flag]bool{}
	note := func(flags []plan.Flag) {
		for _, f := range flags {
			used[f] = true
		}
	}
	for _, s := range tpl.Stages {
		for _, seat := range s.Gate.Seats {
			note(seat.When)
		}
		for _, item := range s.Items {
			note(item.When)
		}
	}
	groups := map[string]bool{}
	for _, f := range tpl.Flags {
		groups[f.Group] = true
		if !used[f.Key] {
			t.Errorf("flag %s changes nothing", f.Key)
		}
	}
	if len(groups) != 4 {
		t.Errorf("flags stand in the groups %q, want four", slices.Sorted(maps.Keys(groups)))
	}
}

func TestGatesAskWhoTheyShould(t *testing.T) {
	regulated := plan.Profile{"regulated"}
	type policy = plan.Policy
	all := func(seats ...plan.Seat) policy { return policy{Quorum: len(seats), Seats: seats, Mandatory: seats} }
	twoWithSRE := func(seats ...plan.Seat) policy {
		return policy{Quorum: 2, Seats: seats, Mandatory: []plan.Seat{"sre"}}
	}
	for _, tc := range []struct {
		stage           plan.StageKey
		gate            string
		plain, withRule policy
	}{
		{"idea", "Worth evaluating", all("product", "engineering"), all("product", "engineering")},
		{"evaluation", "Viable to build", all("product", "architecture", "engineering"),
			all("product", "architecture", "engineering", "compliance")},
		{"architecture", "Architecture approved", all("architecture", "security", "sre"), all("architecture", "security", "sre")},
		{"code", "Code base fit to build on", all("engineering", "qa"), all("engineering", "qa")},
		{"pipeline", "Delivery pipeline trusted", twoWithSRE("engineering", "sre", "security"), twoWithSRE("engineering", "sre", "security")},
		{"environments", "Environments ready", twoWithSRE("sre", "architecture", "security"), twoWithSRE("sre", "architecture", "security")},
		{"security", "Security and compliance cleared", all("security", "compliance"), all("security", "compliance")},
		{"performance", "Performance proven", twoWithSRE("qa", "sre", "engineering"), twoWithSRE("qa", "sre", "engineering")},
		{"release", "Go live", all("product", "engineering", "qa", "sre", "security"),
			all("product", "engineering", "qa", "sre", "security", "compliance")},
		{
			"operations", "Operating review", twoWithSRE("product", "sre", "engineering"),
			policy{Quorum: 3, Seats: []plan.Seat{"product", "sre", "engineering", "compliance"}, Mandatory: []plan.Seat{"sre", "compliance"}},
		},
	} {
		t.Run(string(tc.stage), func(t *testing.T) {
			tpl := lifecycle(t)
			i := tpl.StageIndex(tc.stage)
			if i < 0 {
				t.Fatal("no such stage")
			}
			gate := tpl.Stages[i].Gate
			if gate.Name != tc.gate {
				t.Errorf("gate is called %q, want %q", gate.Name, tc.gate)
			}
			samePolicy(t, "without flags", gate.Policy(nil), tc.plain)
			samePolicy(t, "regulated", gate.Policy(regulated), tc.withRule)
			if repeats := gate.RepeatsDays > 0; repeats != (tc.stage == "operations") {
				t.Errorf("repeats every %d days; only the operating review repeats", gate.RepeatsDays)
			}
		})
	}
}

func samePolicy(t *testing.T, name string, got, want plan.Policy) {
	t.Helper()
	slices.Sort(got.Seats)
	slices.Sort(got.Mandatory)
	seats, mandatory := slices.Sorted(slices.Values(want.Seats)), slices.Sorted(slices.Values(want.Mandatory))
	if got.Quorum != want.Quorum || !slices.Equal(got.Seats, seats) || !slices.Equal(got.Mandatory, mandatory) {
		t.Errorf("%s: got %+v, want quorum %d of %v with %v mandatory", name, got, want.Quorum, seats, mandatory)
	}
}

// coverage.csv lists the facts that the template has to cover: one with a
// stage has an item of its own there, which names it first; one with an
// "into" is worked into the item of that other fact.
//
//go:embed testdata/coverage.csv
var coverage []byte

func TestEveryFactIsCovered(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(coverage)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	stage := map[string]plan.StageKey{}
	merged := map[string][]string{} // own id -> ids worked into it
	for _, row := range rows[1:] {
		id, own, into := row[0], row[1], row[2]
		if (own == "") == (into == "") {
			t.Fatalf("coverage.csv: %s needs either a stage or another fact", id)
		}
		if own != "" {
			stage[id] = plan.StageKey(own)
			continue
		}
		merged[into] = append(merged[into], id)
	}
	if len(stage) != 206 {
		t.Fatalf("coverage.csv lists %d facts with an item of their own, want 206", len(stage))
	}
	covered := map[string]plan.ItemKey{}
	tpl := lifecycle(t)
	for _, s := range tpl.Stages {
		for _, item := range s.Items {
			own := item.Sources[0]
			if stage[own] != s.Key {
				t.Errorf("%s: comes from %s and is in %s; that fact belongs to %q", item.Key, own, s.Key, stage[own])
			}
			if other, taken := covered[own]; taken {
				t.Errorf("%s: comes from %s, and so does %s", item.Key, own, other)
			}
			covered[own] = item.Key
			got, want := slices.Sorted(slices.Values(item.Sources[1:])), slices.Sorted(slices.Values(merged[own]))
			if !slices.Equal(got, want) {
				t.Errorf("%s: works in %v, want %v", item.Key, got, want)
			}
			delete(merged, own)
		}
	}
	for id := range stage {
		if covered[id] == "" {
			t.Errorf("no item comes from %s", id)
		}
	}
	for into, ids := range merged {
		t.Errorf("%v should be worked into the item of %s, which is not there", ids, into)
	}
}

func BenchmarkBuiltIn(b *testing.B) {
	for b.Loop() {
		if _, err := BuiltIn(); err != nil {
			b.Fatal(err)
		}
	}
}
