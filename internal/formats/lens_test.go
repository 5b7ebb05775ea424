package formats

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func readExample(t *testing.T, f Format, name string, opts Options) Result {
	t.Helper()
	src := example(t, name)
	if got, ok := Detect(name, src); !ok || got != f {
		t.Errorf("%s looks like %q", name, got)
	}
	r, err := Read(f, name, src, opts)
	if err != nil || r.Refused() {
		t.Fatalf("%s: %v %v", name, err, r.Problems)
	}
	checkDraft(t, r)
	return r
}

// has looks for a text among problems or what is lost.
func has[T any](list []T, text func(T) string, part string) bool {
	for _, v := range list {
		if strings.Contains(text(v), part) {
			return true
		}
	}
	return false
}

func itself(s string) string { return s }

func TestLens(t *testing.T) {
	r := readExample(t, Lens, "lens.json", Options{})
	if r.Counts != (Counts{Stages: 2, Items: 3, Questions: 2}) {
		t.Errorf("%+v", r.Counts)
	}
	l := r.Document.Lifecycle
	if l.Name != "Kitchen readiness" || l.Stages[1].Key != "fire" || l.Stages[0].Items[1].Key != "hyg-fridge" {
		t.Errorf("%+v", l)
	}
	hands := l.Stages[0].Items[0]
	if hands.Key != "hyg-hands" || len(hands.Choices) != 2 || hands.Guidance != "Hands carry what makes guests ill." {
		t.Errorf("%+v", hands)
	}
	wash, gloves := hands.Choices[0], hands.Choices[1]
	if wash.Help != "A sink stands beside the door." || wash.Do != "Put a sink beside the door" || len(wash.Links) != 2 || wash.Links[0].URL != "https://example.org/sink" {
		t.Errorf("%+v", wash)
	}
	if gloves.Do != "Buy gloves." || len(gloves.Links) != 1 || gloves.Links[0].Title != "Sizes of gloves" {
		t.Errorf("%+v", gloves)
	}
	for _, tc := range []struct {
		keys []plan.ChoiceKey
		want plan.Risk
	}{{[]plan.ChoiceKey{"hyg_hands_wash", "hyg_hands_gloves"}, plan.RiskNone}, {[]plan.ChoiceKey{"hyg_hands_wash"}, plan.RiskMedium}, {nil, plan.RiskHigh}} {
		chosen, err := plan.Choose(tc.keys...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := hands.Outcome(chosen); err != nil || got.Risk != tc.want {
			t.Errorf("%v: %v %v", tc.keys, got, err)
		}
	}
	for _, want := range []string{"1 value is NaN", "rule 3 never decides anything", "no rule for some combinations", "has no rules; it got one", "becomes a statement"} {
		if !has(r.Problems, Problem.String, want) {
			t.Errorf("nothing says %q: %v", want, r.Problems)
		}
	}
	for _, want := range []string{"1 link of an improvement plan", "1 choice that says that none", "1 text beside such a choice"} {
		if !has(r.Lost, itself, want) {
			t.Errorf("nothing says %q is lost: %v", want, r.Lost)
		}
	}
	if m := readExample(t, Lens, "lens.json", Options{Kind: plan.KindModule}).Document.Module; m == nil || m.Items[0].Key != "kitchen-readiness-hyg-hands" {
		t.Errorf("as a module: %+v", m)
	}
}

// What we write as a lens means the same when it is read.
func TestLensRoundTrip(t *testing.T) {
	first := readExample(t, Lens, "lens.json", Options{})
	b, lost, err := Write(Lens, first.Document)
	if err != nil || !json.Valid(b) {
		t.Fatal(err)
	}
	second, err := Read(Lens, "lens.json", b, Options{})
	if err != nil || second.Refused() {
		t.Fatal(err, second.Problems)
	}
	x, y := first.Document.Lifecycle, second.Document.Lifecycle
	if len(x.Stages) != len(y.Stages) || y.Stages[0].Items[0].Title != x.Stages[0].Items[0].Title || y.Stages[0].Items[0].Choices[0].Do != x.Stages[0].Items[0].Choices[0].Do ||
		y.Stages[0].Items[0].Rules[1] != x.Stages[0].Items[0].Rules[1] {
		t.Errorf("%+v\n%+v", x, y)
	}
	for _, want := range []string{"Gates have no place", "1 item is a statement", "Kinds of evidence"} {
		if !has(lost, itself, want) {
			t.Errorf("nothing says %q: %v", want, lost)
		}
	}
}

func TestLensRefuses(t *testing.T) {
	good := string(example(t, "lens.json"))
	for _, tc := range []struct{ old, new, path, want string }{
		{`(!hyg_hands_gloves)`, `(!hyg_hands_gloves`, "pillars[0].questions[0]", "a closing parenthesis is missing"},
		{`"MEDIUM_RISK"`, `"SOME_RISK"`, "pillars[0].questions[0].riskRules[1]", `comes to "SOME_RISK"`},
		{`"id": "hyg_hands_gloves"`, `"id": "hyg_hands_wash"`, "pillars[0].questions[0]", `has two choices "hyg_hands_wash"`},
		{`"id": "hyg_hands_gloves"`, `"id": "a b"`, "pillars[0].questions[0]", `has the choice "a b"`},
		{`"pillars": [`, `"pillars": [], "Pillars": {`, "", "not JSON"},
		{`"owner": "the canteen"`, `"name": "Kitchen"`, "", "stands twice"},
		{`"title": "Who looks at the fridge?"`, `"title": 5`, "pillars.questions.title", "should be text, not a number"},
	} {
		r, err := Read(Lens, "lens.json", []byte(strings.Replace(good, tc.old, tc.new, 1)), Options{})
		if err != nil || !r.Refused() {
			t.Errorf("%s: %v, imported", tc.new, err)
			continue
		}
		found := false
		for _, p := range r.Problems {
			found = found || p.Severity == Error && p.Line > 0 && p.Path == tc.path && strings.Contains(p.Message, tc.want)
		}
		if !found {
			t.Errorf("%s: %+v", tc.new, r.Problems)
		}
	}
}

func FuzzLens(f *testing.F) {
	f.Add(example(f, "lens.json"))
	f.Add([]byte(`{"pillars":[{"questions":[{"choices":[{"id":"a_no"},{"id":"b"}],"riskRules":[{"condition":"!a_no||b","risk":"none"}]}]}]}`))
	fuzzForeign(f, Lens)
}
