package plan

import (
	"slices"
	"strings"
	"testing"
)

func aPolicy() *PolicyDocument {
	return &PolicyDocument{
		Kind: KindPolicy, Key: "changes", Version: 1, Name: "Changes", Summary: "How production changes.", Issuer: "Us", Reference: "P-7", Source: "https://policies.example/7",
		ReviewBy: "2027-03-31", Requirements: []Requirement{
			{"way-back", LevelMust, "Every change can be taken back.", []ItemKey{"rollback-rehearsed", "rollback-documented"}},
			{"told", LevelShould, "People are told.", nil},
		},
	}
}

// A policy is published only when it says all that it is for.
func TestCheckPolicy(t *testing.T) {
	if found := Check(Document{Policy: aPolicy()}, nil); len(found) > 0 {
		t.Fatalf("%v", found)
	}
	for want, spoil := range map[string]func(*PolicyDocument){
		"name: ":                         func(p *PolicyDocument) { p.Name = "" },
		"summary: ":                      func(p *PolicyDocument) { p.Summary = "" },
		"issued by: is missing":          func(p *PolicyDocument) { p.Issuer = "" },
		"link: ":                         func(p *PolicyDocument) { p.Source = "javascript:alert(1)" },
		"next review: \"soon\" is no":    func(p *PolicyDocument) { p.ReviewBy = "soon" },
		"requirements: there are 0":      func(p *PolicyDocument) { p.Requirements = nil },
		"key: \"Way back\"":              func(p *PolicyDocument) { p.Requirements[0].Key = "Way back" },
		"key: is used by an earlier":     func(p *PolicyDocument) { p.Requirements[1].Key = "way-back" },
		"level: \"\" is not one":         func(p *PolicyDocument) { p.Requirements[0].Level = LevelNone },
		"words: is missing":              func(p *PolicyDocument) { p.Requirements[1].Text = "" },
		"words: contain":                 func(p *PolicyDocument) { p.Requirements[1].Text = "a | b" },
		"items: lists \"a-b\" twice":     func(p *PolicyDocument) { p.Requirements[1].Items = []ItemKey{"a-b", "a-b"} },
		"items: \"A\" is not a key":      func(p *PolicyDocument) { p.Requirements[1].Items = []ItemKey{"A"} },
		"items: there are 41; at most 4": func(p *PolicyDocument) { p.Requirements[1].Items = make([]ItemKey, 41) },
	} {
		p := aPolicy()
		spoil(p)
		found := Wrong(Check(Document{Policy: p}, nil))
		if !slices.ContainsFunc(found, func(p Problem) bool { return strings.HasPrefix(p.Message, want) }) {
			t.Errorf("no %q among %v", want, found)
		}
	}
	p := aPolicy()
	p.Requirements[0].Items = nil
	if found := Check(Document{Policy: p}, nil); len(found) != 1 || !found[0].Style {
		t.Errorf("that nothing shows a must is said as %v", found)
	}
}

// What is read again of a policy is what was published, to the byte.
func TestPoliciesAreDocuments(t *testing.T) {
	b, err := Document{Policy: aPolicy()}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	spaced := append([]byte(" "), b...)
	read, err := ParseDocument(spaced)
	if err != nil || read.Kind() != KindPolicy || read.Key() != "changes" || read.Version() != 1 || read.Name() != "Changes" || read.Summary() == "" {
		t.Fatalf("%+v, %v", read, err)
	}
	if again, _ := read.Bytes(); string(again) != string(spaced) {
		t.Error("it is encoded again")
	}
	draft, err := read.Draft()
	if err != nil || draft.Version() != 0 || len(ComparePolicies(read.Policy, draft.Policy)) != 0 {
		t.Errorf("its draft is %+v, %v", draft.Policy, err)
	}
	copied, err := read.As("theirs", "Theirs")
	if err != nil || copied.Key() != "theirs" || copied.Name() != "Theirs" || read.Key() != "changes" {
		t.Errorf("its copy is %+v, %v", copied.Policy, err)
	}
	if copied.Composed() || copied.Items() != 0 || copied.Insert(Item{Key: "x"}, "work", "") == nil || read.Policy.Musts() != 1 {
		t.Error("it has items")
	}
}

func TestComparePolicies(t *testing.T) {
	old, now := aPolicy(), aPolicy()
	now.ReviewBy = "2028-03-31"
	now.Requirements[0].Items = now.Requirements[0].Items[:1]
	now.Requirements[1] = Requirement{"asked", LevelMay, "People are asked.", nil}
	got := ComparePolicies(old, now)
	if len(got) != 4 || got[0] != (TermChange{"Next review by", "2027-03-31", "2028-03-31"}) ||
		got[1].What != "Requirement way-back" || !strings.HasSuffix(got[1].New, "Shown by rollback-rehearsed.") ||
		got[2] != (TermChange{"Requirement asked", "", "Optional: People are asked."}) || got[3] != (TermChange{"Requirement told", "Recommended: People are told.", ""}) {
		t.Errorf("%+v", got)
	}
	if n := len(ComparePolicies(nil, now)); n != 8 {
		t.Errorf("of a first version %d things are new", n)
	}
}

func TestRequirementsAreLines(t *testing.T) {
	want := aPolicy().Requirements
	got, err := ParseRequirements(" way-back | MUST | Every change can be taken back. | rollback-rehearsed rollback-documented,rollback-rehearsed\r\n\n told|should|People are told.")
	if err != nil || RequirementLines(got) != RequirementLines(want) {
		t.Fatalf("%+v, %v", got, err)
	}
	if again, err := ParseRequirements(RequirementLines(want)); err != nil || RequirementLines(again) != RequirementLines(want) {
		t.Errorf("%+v, %v", again, err)
	}
	for text, line := range map[string]string{
		"a-b | must": "line 1", "a-b|must|b|c|d": "line 1", "\nA B|must|b": "line 2", "a-b|shall|b": "line 1", "a-b|must|" + strings.Repeat("a", 1001): "line 1", "a-b|must|b|C": "line 1",
		strings.Repeat("a-b|must|c\n", 201): "more than 200 lines",
	} {
		if _, err := ParseRequirements(text); err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("%.20q is read: %v", text, err)
		}
	}
}
