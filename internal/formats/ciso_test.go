package formats

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestCISO(t *testing.T) {
	r := readExample(t, CISO, "ciso.yaml", Options{})
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 3, Items: 3}) || l.Name != "Bakery framework" || l.Summary != "What a bakery does for safe bread." {
		t.Errorf("%+v %+v", r.Counts, l)
	}
	if l.Stages[0].Name != "Doors" || l.Stages[0].Purpose != "Who comes in." || l.Stages[1].Name != "Ovens" || l.Stages[2].Name != "Requirements" {
		t.Errorf("%+v", l.Stages)
	}
	items := itemsOf(r)
	door, oven, crumbs := items["d-1-1"], items["o-1"], items["o-2"]
	if door.Title != "The back door is locked" || door.Done != "When the shop is closed, the back door is locked." || door.Show != "A picture of the lock" ||
		door.Guidance != "Part of: At night. A lock does it. Two are better. Usual controls: Locks." || len(door.Links) != 1 || door.Levels != graded(1) {
		t.Errorf("%+v", door)
	}
	if oven.Title != "Is the oven off at night?" || oven.Guidance != "Answers: Yes / No, it is hot." || oven.Levels != graded(3) || crumbs.Levels != graded(2) {
		t.Errorf("%+v %+v", oven, crumbs)
	}
	says(t, "what is lost", r.Lost, "fields of the library", "1 threat, matrix or other object", "1 score to give", "1 threat that a requirement answers", "1 control of another library",
		"1 control is told by its name only", "1 question with answers", "1 translation", "1 field “weight”")
	says(t, "the list of problems", problems(r), "9:1: copyright: The library has a copyright notice", "There is no requirement “urn:bakers:risk:req_node:bakery:nowhere”")
}

func ciso(nodes string) string {
	return "urn: a\nobjects:\n  framework:\n    implementation_groups_definition: [{ref_id: A}, {ref_id: B}]\n    requirement_nodes:\n" + nodes
}

// Without parents, the depth says what stands in what; a heading around all says nothing.
func TestCISOByDepth(t *testing.T) {
	r, err := Read(CISO, "x.yaml", []byte(ciso(`    - {depth: 1, name: All, assessable: false}
    - {depth: 2, name: Doors, assessable: false}
    - {depth: 3, name: Lock, assessable: true, implementation_groups: [A]}
    - {depth: 2, name: Ovens, assessable: false}
    - {depth: 3, name: Heat, assessable: true, implementation_groups: [B]}
    - {depth: 4, name: At night, assessable: true}
`)), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, problems(r))
	}
	checkDraft(t, r)
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 2, Items: 3}) || l.Stages[0].Name != "Doors" || l.Stages[1].Items[1].Guidance != "Part of: Heat." {
		t.Errorf("%+v", l.Stages)
	}
	if l.Stages[0].Items[0].Levels != evenly(plan.LevelMust) || !has(r.Lost, itself, "2 groups that requirements belong to") {
		t.Errorf("groups that are no grades: %+v %q", l.Stages[0].Items[0], r.Lost)
	}
}

func TestCISORefuses(t *testing.T) {
	refused(t, CISO, "urn: a\nobjects:\n  risk_matrix: []\n", "no framework in the library")
	refused(t, CISO, "urn: a\nobjects: 3\n", "should be a mapping here")
	refused(t, CISO, "urn: a\nobjects: {framework: {name: b}}\n", "no requirement_nodes")
	refused(t, CISO, "urn: a\nobjects: {frameworks: [{name: b}, {name: c}]}\n", "2 frameworks")
	refused(t, CISO, ciso("    - 3\n"), "should be a mapping here, not a text")
	refused(t, CISO, ciso("    - {depth: 51, name: a}\n"), "more than 50 deep")
	refused(t, CISO, ciso("    - {urn: a, parent_urn: b, name: a}\n    - {urn: b, parent_urn: a, name: b}\n"), "stand in themselves")
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "    - {urn: n%d, parent_urn: n%d, name: a}\n", i+1, i)
	}
	refused(t, CISO, ciso(b.String()), "more than 50 deep")
	refused(t, CISO, ciso("    - {name: a, questions: {a: 3}}\n"), "should be a mapping here, not a text")
}

func FuzzCISO(f *testing.F) {
	f.Add(example(f, "ciso.yaml"))
	f.Add([]byte(ciso("    - {depth: 1, name: All, assessable: false}\n    - {depth: 3, description: b, implementation_groups: [A, B], questions: {q: {text: c, choices: [d, {value: e}]}}}\n")))
	f.Add([]byte(ciso("    - {urn: a, name: b}\n    - {urn: c, parent_urn: A, question: {text: d}}\n")))
	fuzzForeign(f, CISO)
}
