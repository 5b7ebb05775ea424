package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// A pasted text has no name; what it looks like decides.
func TestDetectText(t *testing.T) {
	for text, want := range map[string]Format{
		"# Launch\n\n- [ ] Rehearse the rollback\n":       Markdown,
		"Launch\n======\n\n* one\n* two\n":                Markdown,
		"| Item | Level |\n| --- | --- |\n| a | must |\n": Markdown,
		"Title,Level\nRehearse the rollback,must\n":       CSV,
		"Title\tLevel\nA, B\tmust\n":                      CSV,
		"\ufeffTitle;Level\nA;must\n":                     CSV,
		"kind: lifecycle\nkey: house\n":                   YAML,
		`{"pillars": [{"questions": []}]}`:                Lens,
		"Dear all\n":                                      "",
		"":                                                "",
		"\xff\xfe a":                                      "",
		"PK\x03\x04x":                                     XLSX,
	} {
		if got, ok := DetectText([]byte(text)); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A file without phases becomes a module whose sections have the phase that their
// name tells, or that a person chose.
func TestPhasesOfSections(t *testing.T) {
	src := "## Security review\n- [ ] One\n## Miscellaneous\n- [ ] Two\n- [ ] Three\n## Monitoring\n- [ ] Four\n"
	read := func(phases map[string]plan.Phase) Result {
		t.Helper()
		r, err := Read(Markdown, "list.md", []byte(src), Options{Kind: plan.KindModule, Phases: phases})
		if err != nil || r.Refused() {
			t.Fatal(err, r.Problems)
		}
		return r
	}
	said := func(r Result) bool {
		for _, p := range r.Problems {
			if strings.Contains(p.Message, "guessed") {
				return true
			}
		}
		return false
	}
	r := read(nil)
	want := []Section{{"Security review", 1, "security"}, {"Miscellaneous", 2, "design"}, {"Monitoring", 1, "operation"}}
	for i, s := range want {
		if i != 1 && r.Sections[i] != s {
			t.Errorf("section %+v, want %+v", r.Sections[i], s)
		}
	}
	if len(r.Sections) != 3 || !said(r) {
		t.Errorf("%+v, %v", r.Sections, r.Problems)
	}
	r = read(map[string]plan.Phase{"Security review": "design", "Miscellaneous": "no-such", "Monitoring": "release"})
	if r.Sections[0].Phase != "design" || r.Sections[2].Phase != "release" || !said(r) || r.Document.Module.Items[3].Phase != "release" {
		t.Errorf("%+v, %v", r.Sections, r.Problems)
	}
	if r = read(map[string]plan.Phase{"Security review": "design", "Miscellaneous": "idea", "Monitoring": "release"}); said(r) {
		t.Errorf("all phases were chosen, and still: %v", r.Problems)
	}
}
