package plan_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func base() *plan.Lifecycle {
	return &plan.Lifecycle{
		Key: "way", Version: 1, Name: "The way", Flags: []plan.Question{{Key: "law", Group: "Rules", Label: "A law applies"}},
		Stages: []plan.Stage{
			{Key: "make", Phases: []plan.Phase{"design", "build"}, Items: []plan.Item{
				{Key: "scope", Title: "Scope", Levels: [3]plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelNone}},
				{Key: "tests", Title: "Tests", Levels: [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMay}, Core: true},
			}, Gate: plan.Gate{Quorums: [3]int{1, 1, 1}, Seats: []plan.GateSeat{{Seat: "sre"}}}},
			{Key: "run", Phases: []plan.Phase{"operation"}, Items: []plan.Item{
				{Key: "alerts", Title: "Alerts", Levels: [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}},
			}, Gate: plan.Gate{Quorums: [3]int{2, 1, 1}, Seats: []plan.GateSeat{
				{Seat: "sre", MandatoryAt: []plan.Tier{1}}, {Seat: "product"}, {Seat: "compliance", MandatoryAt: []plan.Tier{1}, When: []plan.Flag{"law"}},
			}}},
		},
	}
}

func privacy() *plan.Module {
	return &plan.Module{
		Kind: plan.KindModule, Key: "privacy", Version: 2, Name: "Privacy",
		Flags: []plan.Question{{Key: "law", Label: "again"}, {Key: "privacy-abroad", Label: "Data goes abroad"}},
		Seats: []plan.ModuleSeat{
			{Phase: "operation", GateSeat: plan.GateSeat{Seat: "compliance", MandatoryAt: []plan.Tier{1, 2, 3}}},
			{Phase: "design", GateSeat: plan.GateSeat{Seat: "sre", MandatoryAt: []plan.Tier{1}}},
		},
		Items: []plan.ModuleItem{
			{Phase: "build", Item: plan.Item{Key: "privacy-list", Title: "List", Levels: [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}}},
			{Phase: "operation", Item: plan.Item{Key: "privacy-erase", Title: "Erase", When: []plan.Flag{"privacy-abroad"}, Levels: [3]plan.Level{plan.LevelMay}}},
		},
	}
}

func ref(key string) plan.Ref { return plan.Ref{Key: key, Version: 1, Digest: strings.Repeat("a", 64)} }

// A module's items, seats and questions join the stages that cover their phases,
// and the lifecycle stays what it is.
func TestCompose(t *testing.T) {
	l, was := base(), base()
	p, err := plan.Compose(plan.Origin{Lifecycle: ref("way")}.With(ref("privacy")), l, []*plan.Module{privacy()})
	if err != nil {
		t.Fatal(err)
	}
	var items []string
	for _, s := range p.Stages {
		for _, it := range s.Items {
			items = append(items, fmt.Sprintf("%s/%s/%s", s.Key, it.Key, it.From))
		}
	}
	want := []string{"make/scope/", "make/tests/", "make/privacy-list/privacy", "run/alerts/", "run/privacy-erase/privacy"}
	if !reflect.DeepEqual(items, want) {
		t.Errorf("items %v, want %v", items, want)
	}
	if len(p.Flags) != 2 || p.Flags[0].Label != "A law applies" {
		t.Errorf("questions %v", p.Flags)
	}
	// The compliance seat counts once, whether the law brings it, the module, or both.
	for _, profile := range []plan.Profile{nil, {"law"}} {
		got := p.Stages[1].Gate.Policy(1, profile)
		if want := (plan.Policy{Quorum: 3, Seats: []plan.Seat{"sre", "product", "compliance"}, Mandatory: []plan.Seat{"sre", "compliance"}}); !reflect.DeepEqual(got, want) {
			t.Errorf("policy with %v: %+v", profile, got)
		}
	}
	if got := p.Stages[0].Gate.Policy(1, nil); !reflect.DeepEqual(got, plan.Policy{Quorum: 1, Seats: []plan.Seat{"sre"}, Mandatory: []plan.Seat{"sre"}}) {
		t.Errorf("a seat that was there already: %+v", got)
	}
	if !reflect.DeepEqual(l, was) {
		t.Error("the lifecycle changed")
	}
	if item, stage := p.Find("privacy-erase"); item == nil || stage.Key != "run" {
		t.Error("an item of the module is not found")
	}
}

// What does not fit together is refused by name of both sides.
func TestComposeConflicts(t *testing.T) {
	old := base()
	for i := range old.Stages {
		old.Stages[i].Phases = nil
	}
	twice := privacy()
	twice.Name, twice.Key = "Secrecy", "secrecy"
	nowhere := privacy()
	nowhere.Items[0].Phase = "idea"
	for _, tc := range []struct {
		lifecycle *plan.Lifecycle
		modules   []*plan.Module
		tailoring plan.Tailoring
		want      string
	}{
		{old, []*plan.Module{privacy()}, plan.Tailoring{}, "The way version 1 is from before modules"},
		{base(), []*plan.Module{privacy(), twice}, plan.Tailoring{}, "Item privacy-list is in both Privacy and Secrecy."},
		{base(), []*plan.Module{nowhere}, plan.Tailoring{}, "The way has no stage for the phase “idea”, which Privacy has items for."},
		{base(), nil, plan.Tailoring{}.Add("gone", plan.Item{Key: "own-x", Title: "X"}), "The way has no stage gone, to which the project added “X”."},
		{base(), nil, plan.Tailoring{}.Add("run", plan.Item{Key: "x", Title: "X"}), "needs a key that begins with own-"},
	} {
		_, err := plan.Compose(plan.Origin{Tailoring: tc.tailoring}, tc.lifecycle, tc.modules)
		if _, ok := err.(*plan.Conflict); !ok || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v, want %q", err, tc.want)
		}
	}
}

// Raising holds at every tier; lowering at the tier that it was approved for and
// at less critical ones, and never for an item that the documents call core.
func TestTailoring(t *testing.T) {
	tailoring := plan.Tailoring{}.Raise("scope", plan.LevelMust).Raise("alerts", plan.LevelMust).Lower("alerts", plan.LevelNone, 2).
		Lower("tests", plan.LevelNone, 1).Add("run", plan.Item{Key: "own-drill", Title: "Drill", Levels: [3]plan.Level{plan.LevelMay, plan.LevelMay, plan.LevelMay}}).
		Keep("own-drill", true).Raise("gone", plan.LevelMust)
	p, err := plan.Compose(plan.Origin{Tailoring: tailoring}, base(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[plan.ItemKey][3]plan.Level{
		"scope": {"must", "must", "must"}, "alerts": {"must", "", ""}, "tests": {"must", "must", "may"}, "own-drill": {"may", "may", "may"},
	} {
		if item, _ := p.Find(key); item == nil || item.Levels != want {
			t.Errorf("%s: %+v, want %v", key, item, want)
		}
	}
	if item, _ := p.Find("own-drill"); !item.Core || !item.Own {
		t.Errorf("own item %+v", item)
	}
	if !tailoring.Drop("own-drill").Unset("scope").Unset("alerts").Unset("tests").Unset("gone").IsZero() {
		t.Error("taking everything back leaves something")
	}
}

// Plans of the same parts have one digest, in whatever order they were attached;
// a bare lifecycle's is its own.
func TestOriginDigest(t *testing.T) {
	o := plan.Origin{Lifecycle: plan.Ref{Key: "way", Version: 1, Digest: "d"}}
	if d, err := o.Digest(); err != nil || d != "d" {
		t.Errorf("a bare lifecycle: %s, %v", d, err)
	}
	a, errA := o.With(ref("aa")).With(ref("bb")).Digest()
	b, errB := o.With(ref("bb")).With(ref("cc")).With(ref("aa")).Without("cc").Digest()
	if errA != nil || errB != nil || a != b || a == "d" {
		t.Errorf("%s and %s", a, b)
	}
	if d, err := o.With(ref("aa")).Without("aa").Digest(); err != nil || d != "d" {
		t.Errorf("attached and detached: %s, %v", d, err)
	}
}

func BenchmarkCompose(b *testing.B) {
	l, m := base(), privacy()
	for i := range l.Stages {
		for j := range 160 {
			l.Stages[i].Items = append(l.Stages[i].Items, plan.Item{Key: plan.ItemKey(fmt.Sprintf("item-%d-%d", i, j))})
		}
	}
	for j := range 80 {
		m.Items = append(m.Items, plan.ModuleItem{Phase: "build", Item: plan.Item{Key: plan.ItemKey(fmt.Sprintf("privacy-%d", j))}})
	}
	o := plan.Origin{Lifecycle: ref("way"), Tailoring: plan.Tailoring{}.Raise("scope", plan.LevelMust)}.With(ref("privacy"))
	for b.Loop() {
		if _, err := plan.Compose(o, l, []*plan.Module{m}); err != nil {
			b.Fatal(err)
		}
	}
}
