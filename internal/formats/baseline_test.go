package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestBaseline(t *testing.T) {
	r := readExample(t, Baseline, "baseline.yaml", Options{})
	if r.Counts != (Counts{Stages: 1, Items: 3}) || r.Document.Name() != "Doors" {
		t.Errorf("%+v %s", r.Counts, r.Document.Name())
	}
	if s := r.Document.Lifecycle.Stages[0]; s.Name != "Doors" || s.Purpose != "Doors is about who can come into the bakery." {
		t.Errorf("%+v", s)
	}
	items := itemsOf(r)
	lock := items["bake-do-01-01"]
	if lock.Title != "Lock the back door outside the opening hours" || lock.Done != "When the shop is closed, the back door MUST be locked." ||
		lock.Guidance != "A lock that closes by itself does it; see locks." || len(lock.Links) != 1 || lock.Levels != evenly(plan.LevelMust) ||
		lock.Why != "Keep people out who want flour for nothing." {
		t.Errorf("%+v", lock)
	}
	if keys := items["bake-do-02-01"]; keys.Title != "There MUST be a list of the keys." || keys.Guidance != "Part of: Know who has a key." || keys.Levels != graded(2) {
		t.Errorf("%+v", keys)
	}
	if items["bake-do-02-02"].Levels != graded(3) {
		t.Errorf("%+v", items["bake-do-02-02"])
	}
	says(t, "what is lost", r.Lost, "2 mappings to other standards", "1 retired requirement", "1 word on what a requirement applies to")
}

// The two other arrangements that there are: all controls side by side under their
// families' ids, and criteria without requirements.
func TestBaselineArrangements(t *testing.T) {
	for name, src := range map[string]string{
		"one file": "metadata:\n  title: Bakery\nfamilies:\n  - id: DO\n    title: Doors\n    description: Who comes in.\ncontrols:\n" +
			"  - id: A-1\n    family: DO\n    title: Lock\n    assessment-requirements:\n      - {id: A-1.01, text: It MUST lock., applicability: [Maturity Level 3]}\n",
		"nested": "metadata: {title: Bakery}\ncontrol-families:\n  - title: Doors\n    description: Who comes in.\n    controls:\n" +
			"      - {id: A-1, title: Lock, assessment-requirements: [{id: A-1.01, text: It MUST lock., applicability: [Maturity Level 3]}]}\n",
		"older": "category: Doors\ndescription: Who comes in.\ncriteria:\n  - id: A-1.01\n    maturity_level: 3\n    criterion: Lock\n    rationale: Why.\n",
	} {
		r, err := Read(Baseline, "x.yaml", []byte(src), Options{})
		if err != nil || r.Refused() {
			t.Fatal(name, err, problems(r))
		}
		checkDraft(t, r)
		s := r.Document.Lifecycle.Stages[0]
		if s.Name != "Doors" || s.Purpose != "Who comes in." || len(s.Items) != 1 || s.Items[0].Key != "a-1-01" || s.Items[0].Title != "Lock" || s.Items[0].Levels != graded(3) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestBaselineRefuses(t *testing.T) {
	good := string(example(t, "baseline.yaml"))
	refused(t, Baseline, strings.Replace(good, "controls:", "controls: 3\nothers:", 1), "should be a list here, not a text")
	refused(t, Baseline, strings.Replace(good, "    family: Doors\n", "    family: Doors\n    family: Windows\n", 1), "already defined")
}

func FuzzBaseline(f *testing.F) {
	f.Add(example(f, "baseline.yaml"))
	f.Add([]byte("category: a\ncriteria: [{id: x, maturity_level: 2, criterion: y}]\n"))
	f.Add([]byte("families: [{id: a, title: b}]\ncontrols: [{family: a, title: c, assessment-requirements: [{text: d}]}]\n"))
	fuzzForeign(f, Baseline)
}
