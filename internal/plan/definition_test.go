package plan

import (
	"slices"
	"strings"
	"testing"
)

func aDefinition() *Definition {
	d := &Definition{
		Kind: KindDefinition, Key: "ours", Version: 1, Name: "Ours", Summary: "What we mean.", Deployment: "In steps.\nAnd back.", Incident: "Somebody cannot pay.",
	}
	for i := range d.Tiers {
		d.Tiers[i] = Terms{Recovery: "1 hour", Tolerated: 8 + i, Objectives: []Goal{{"Availability", "99.9 %", "28 days"}}}
	}
	return d
}

// A definition is published only when it says all that it is for.
func TestCheckDefinition(t *testing.T) {
	if found := Check(Document{Definition: aDefinition()}, nil); len(found) > 0 {
		t.Fatalf("%v", found)
	}
	for want, spoil := range map[string]func(*Definition){
		"name: ":                              func(d *Definition) { d.Name = "" },
		"summary: ":                           func(d *Definition) { d.Summary = "" },
		"safe deployment: is missing":         func(d *Definition) { d.Deployment = " " },
		"incident: is missing":                func(d *Definition) { d.Incident = "" },
		"recovery: ":                          func(d *Definition) { d.Tiers[1].Recovery = "" },
		"tolerated risk: is 0":                func(d *Definition) { d.Tiers[0].Tolerated = 0 },
		"tolerated risk: is 26":               func(d *Definition) { d.Tiers[2].Tolerated = 26 },
		"tolerated risk: is 7, and 9":         func(d *Definition) { d.Tiers[2].Tolerated = 7 },
		"objectives: there are 0":             func(d *Definition) { d.Tiers[2].Objectives = nil },
		"objectives: there are 21":            func(d *Definition) { d.Tiers[2].Objectives = make([]Goal, 21) },
		"indicator of objective 1: ":          func(d *Definition) { d.Tiers[0].Objectives[0].Indicator = "" },
		"window of objective 1: ":             func(d *Definition) { d.Tiers[0].Objectives[0].Window = "" },
		`objectives: "Availability" is there`: func(d *Definition) { d.Tiers[0].Objectives = append(d.Tiers[0].Objectives, d.Tiers[0].Objectives[0]) },
	} {
		d := aDefinition()
		spoil(d)
		found := Wrong(Check(Document{Definition: d}, nil))
		if !slices.ContainsFunc(found, func(p Problem) bool { return strings.HasPrefix(p.Message, want) }) {
			t.Errorf("no %q among %v", want, found)
		}
	}
}

// What is read again of a definition is what was published, to the byte.
func TestDefinitionsAreDocuments(t *testing.T) {
	d := Document{Definition: aDefinition()}
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	spaced := append([]byte(" "), b...)
	read, err := ParseDocument(spaced)
	if err != nil || read.Kind() != KindDefinition || read.Key() != "ours" || read.Version() != 1 {
		t.Fatalf("%+v, %v", read, err)
	}
	if again, _ := read.Bytes(); string(again) != string(spaced) {
		t.Error("it is encoded again")
	}
	draft, err := read.Draft()
	if err != nil || draft.Definition.Version != 0 || len(CompareDefinitions(read.Definition, draft.Definition)) != 0 {
		t.Errorf("its draft is %+v, %v", draft.Definition, err)
	}
	copied, err := read.As("theirs", "Theirs")
	if err != nil || copied.Key() != "theirs" || copied.Name() != "Theirs" || read.Key() != "ours" {
		t.Errorf("its copy is %+v, %v", copied.Definition, err)
	}
	if copied.Items() != 0 || copied.Insert(Item{Key: "x"}, "work", "") == nil {
		t.Error("it has items")
	}
}

func TestCompareDefinitions(t *testing.T) {
	old, now := aDefinition(), aDefinition()
	now.Tiers[0].Tolerated, now.Incident = 5, "Nobody can pay."
	now.Tiers[2].Objectives = append(now.Tiers[2].Objectives, Goal{"Latency", "1 s", "7 days"})
	got := CompareDefinitions(old, now)
	if len(got) != 3 || got[0] != (TermChange{"An incident", old.Incident, now.Incident}) || got[1] != (TermChange{"Tolerated risk, tier 1", "8", "5"}) || !strings.HasSuffix(got[2].New, "Latency | 1 s | 7 days") {
		t.Errorf("%+v", got)
	}
	if n := len(CompareDefinitions(nil, now)); n != 13 {
		t.Errorf("of a first version %d things are new", n)
	}
}

func TestGoalsAreLines(t *testing.T) {
	goals, err := ParseGoals(" Availability | 99.9 % | 28 days \r\n\n Latency|1 s|7 days")
	if err != nil || len(goals) != 2 || goals[0] != (Goal{"Availability", "99.9 %", "28 days"}) {
		t.Fatalf("%+v, %v", goals, err)
	}
	if again, err := ParseGoals(GoalLines(goals)); err != nil || !slices.Equal(again, goals) {
		t.Errorf("%+v, %v", again, err)
	}
	for _, text := range []string{"Availability | 99.9 %", "a|b|c|d", strings.Repeat("a|b|c\n", 21), strings.Repeat("a", 121) + "|b|c"} {
		if _, err := ParseGoals(text); err == nil {
			t.Errorf("%.20q is read", text)
		}
	}
}
