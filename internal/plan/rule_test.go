package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func chosen(t testing.TB, keys ...plan.ChoiceKey) plan.Chosen {
	t.Helper()
	c, err := plan.Choose(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		when   string
		chosen string // by commas
		holds  bool
	}{
		{"default", "", true},
		{" default ", "a", true},
		{"a", "a", true},
		{"a", "", false},
		{"!a", "", true},
		{"!!a", "a", true},
		{"a && b", "a", false},
		{"a&&b", "a,b", true},
		{"a || b && c", "a", true}, // && is stronger
		{"(a || b) && c", "a", false},
		{"!(a || b)", "c", true},
		{"a-b && !a", "a-b", true},
		{"a-b", "a,b", false},
		{"1_no || sec_1", "1_no", true},
		{"a\n  &&\tb", "a,b", true},
		{"func && return", "func,return", true}, // words that mean something to Go
		{"--- || -1", "", false},
	} {
		cond, err := plan.ParseCondition(c.when)
		if err != nil {
			t.Errorf("%q: %v", c.when, err)
			continue
		}
		has := func(k plan.ChoiceKey) bool { return slices.Contains(strings.Split(c.chosen, ","), string(k)) }
		if got := cond.Holds(has); got != c.holds {
			t.Errorf("%q of %q: %v", c.when, c.chosen, got)
		}
	}
}

func TestConditionsThatCannotBeRead(t *testing.T) {
	for when, want := range map[string]string{
		"":                            "missing at its end",
		"a &&":                        "missing at its end",
		"(a":                          "missing at its end",
		"a b":                         "from character 3 on, “b”",
		"a & b":                       "from character 3 on, “& b”: write && and || twice each",
		"a | b":                       "twice each",
		"&a":                          "twice each",
		"a &^ b":                      "'^' is neither",
		"a)":                          "from character 2 on, “)”",
		"a == b":                      "'=' is neither",
		"a()":                         "joined by && or ||",
		"a(b)":                        "joined by && or ||",
		"a.b":                         "'.' is neither",
		"ä && b":                      "from character 1 on",
		"“a”":                         "from character 1 on",
		"a && default":                "“default” stands alone",
		"if(a){panic()}":              "'{' is neither",
		"\x00":                        "neither",
		"a\xff":                       "neither",
		strings.Repeat("a", 2001):     "2001 characters",
		strings.Repeat("(", 1500):     "1500 parentheses",
		strings.Repeat("!", 30) + "a": "nested more than 20 deep",
		strings.Repeat("(", 30) + "a" + strings.Repeat(")", 30): "nested more than 20 deep",
		"() || a": "character 2",
	} {
		_, err := plan.ParseCondition(when)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", when, err, want)
		}
	}
	if _, err := plan.ParseCondition(strings.Repeat("a||", 600) + "a"); err != nil {
		t.Errorf("a long chain is not nested: %v", err)
	}
}

func question(rules ...plan.Rule) *plan.Item {
	return &plan.Item{Title: "Backups", Rules: rules, Choices: []plan.Choice{
		{Key: "taken", Title: "They are taken"}, {Key: "restored", Title: "Restoring was tried."}, {Key: "cold", Title: "A copy is offline"},
	}}
}

func TestOutcome(t *testing.T) {
	it := question(plan.Rule{When: "taken && restored", Risk: plan.RiskNone}, plan.Rule{When: "taken", Risk: plan.RiskMedium}, plan.Rule{When: "cold", Risk: plan.RiskNone})
	for _, c := range []struct {
		chosen plan.Chosen
		want   plan.Outcome
	}{
		{chosen(t, "restored", "taken"), plan.Outcome{Risk: plan.RiskNone}},
		{chosen(t, "taken", "cold"), plan.Outcome{Risk: plan.RiskMedium, Rule: 1}},
		{chosen(t, "cold"), plan.Outcome{Risk: plan.RiskNone, Rule: 2}},
		{plan.NoneOf, plan.Outcome{Risk: plan.RiskHigh, Rule: -1}},
	} {
		if got, err := it.Outcome(c.chosen); err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.chosen, got, err)
		}
	}
	for _, c := range []plan.Chosen{"", chosen(t, "stolen")} {
		if got, err := it.Outcome(c); err == nil {
			t.Errorf("%q comes to %+v", c, got)
		}
	}
}

func TestCheckQuestion(t *testing.T) {
	none, high := plan.RiskNone, plan.RiskHigh
	for name, c := range map[string]struct {
		it              *plan.Item
		wrong, doubtful string
	}{
		"a good one":        {question(plan.Rule{"taken", none}, plan.Rule{"default", high}), "", ""},
		"a statement":       {&plan.Item{}, "", ""},
		"no rules":          {question(), "no answer could meet it", ""},
		"no choices":        {&plan.Item{Rules: []plan.Rule{{"default", none}}}, "no choices", ""},
		"an unknown risk":   {question(plan.Rule{"taken", "low"}), `"low" is not one of`, ""},
		"a broken rule":     {question(plan.Rule{"taken &", none}), "rule 1 cannot be read", ""},
		"an unknown key":    {question(plan.Rule{"taken || lost", none}, plan.Rule{"default", high}), "", `speaks of "lost"`},
		"a contradiction":   {question(plan.Rule{"taken && !taken", high}, plan.Rule{"default", none}), "", "rule 1 never decides"},
		"one after another": {question(plan.Rule{"taken", none}, plan.Rule{"taken && cold", high}, plan.Rule{"default", high}), "", "rule 2 never decides"},
		"after the default": {question(plan.Rule{"default", none}, plan.Rule{"taken", high}), "", "rule 2 never decides"},
		"a gap":             {question(plan.Rule{"taken", none}), "", "no rule for some"},
		"never met":         {question(plan.Rule{"default", high}), "", "no answer can meet it"},
		"a key twice":       {&plan.Item{Choices: []plan.Choice{{Key: "a"}, {Key: "a"}}, Rules: []plan.Rule{{"a", none}}}, `two choices "a"`, ""},
		"a bad key":         {&plan.Item{Choices: []plan.Choice{{Key: "a b"}, {Key: "default"}}, Rules: []plan.Rule{{"default", none}}}, `the choice "a b"`, ""},
	} {
		wrong, doubtful := plan.CheckQuestion(c.it.Choices, c.it.Rules)
		for _, part := range []struct {
			got  []string
			want string
		}{{wrong, c.wrong}, {doubtful, c.doubtful}} {
			got := strings.Join(part.got, "\n")
			if !strings.Contains(got, part.want) || (part.want == "" && got != "") {
				t.Errorf("%s: %q, want %q", name, got, part.want)
			}
		}
	}
	var many []plan.Choice
	for i := range plan.MaxChoices {
		many = append(many, plan.Choice{Key: plan.ChoiceKey("c" + string(rune('0'+i/10)) + string(rune('0'+i%10)))})
	}
	if _, doubtful := plan.CheckQuestion(many, []plan.Rule{{"c01", none}, {"default", high}, {"c02", high}}); len(doubtful) != 1 {
		t.Errorf("of many choices: %q", doubtful)
	}
}

func TestRulesInWords(t *testing.T) {
	for when, want := range map[string]string{
		"default":                      "High risk whatever you choose.",
		"taken":                        "High risk if you chose “They are taken”.",
		"!taken":                       "High risk if you did not choose “They are taken”.",
		"taken && restored":            "High risk if you chose “They are taken” and “Restoring was tried”.",
		"!(taken && restored)":         "High risk unless you chose “They are taken” and “Restoring was tried”.",
		"!(taken || restored)":         "High risk unless you chose “They are taken” or “Restoring was tried”.",
		"!taken && !cold":              "High risk if you chose neither “They are taken” nor “A copy is offline”.",
		"!taken || !cold":              "High risk if you did not choose all of “They are taken” and “A copy is offline”.",
		"!taken && !cold && !restored": "High risk if you chose none of “They are taken”, “A copy is offline” and “Restoring was tried”.",
		"taken && !cold":               "High risk if you chose “They are taken” and you did not choose “A copy is offline”.",
		"(taken || cold) && !restored": "High risk if you did not choose “Restoring was tried” and (you chose “They are taken” or “A copy is offline”).",
		"taken && gone":                "High risk if you chose “They are taken” and “gone” (which is no choice here).",
		"taken &&":                     "High risk by a rule that cannot be read.",
		"taken && !(cold && restored)": "High risk if you chose “They are taken” and (you did not choose all of “A copy is offline” and “Restoring was tried”).",
	} {
		if got := question(plan.Rule{When: when, Risk: plan.RiskHigh}).InWords()[0]; got != want {
			t.Errorf("%s\n got %s\nwant %s", when, got, want)
		}
	}
	got := question(plan.Rule{When: "taken", Risk: plan.RiskNone}, plan.Rule{When: "!cold", Risk: plan.RiskMedium}).InWords()
	want := []string{"Met if you chose “They are taken”.", "Medium risk, otherwise, if you did not choose “A copy is offline”.", "High risk otherwise, since no rule decides about the rest."}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Choices are written as a list, in one form only, so that the same answer has
// the same bytes.
func TestChosenAsJSON(t *testing.T) {
	type answer struct {
		Choices plan.Chosen `json:"choices,omitempty"`
	}
	for _, c := range []struct {
		chosen plan.Chosen
		want   string
	}{{"", `{}`}, {plan.NoneOf, `{"choices":[]}`}, {chosen(t, "b", "a", "b"), `{"choices":["a","b"]}`}} {
		b, err := json.Marshal(answer{c.chosen})
		if err != nil || string(b) != c.want {
			t.Errorf("%q: %s, %v", c.chosen, b, err)
		}
		var back answer
		if err := json.Unmarshal(b, &back); err != nil || back.Choices != c.chosen {
			t.Errorf("%s: %q, %v", b, back.Choices, err)
		}
	}
	for _, s := range []string{`["b","a"]`, `["a","a"]`, `["a b"]`, `["-"]`, `[""]`, `["default"]`, `"a"`, `[1]`} {
		var c plan.Chosen
		if err := json.Unmarshal([]byte(s), &c); err == nil {
			t.Errorf("%s was read as %q", s, c)
		}
	}
}

// Whatever is written as a rule is read or refused in words; what is read can be
// evaluated and said.
func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{"default", "a && !(b || c-d)", "a &^ b", "a &", "((((", "!!!!a", "a\xff", "a(b)", "func && 0x1p4", "ä", "a//b", "a/*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := plan.ParseCondition(s)
		if err != nil {
			if err.Error() == "" {
				t.Error("no word on what is wrong")
			}
			return
		}
		yes := c.Holds(func(plan.ChoiceKey) bool { return true })
		if c.Always() && !yes {
			t.Error("default does not hold")
		}
		for _, k := range c.Keys() {
			if !strings.Contains(s, string(k)) {
				t.Errorf("%q is not in %q", k, s)
			}
		}
		question(plan.Rule{When: s, Risk: plan.RiskNone}).InWords()
	})
}
