package formats

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestCortex(t *testing.T) {
	r := readExample(t, Cortex, "cortex.yaml", Options{})
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 4, Items: 4}) || l.Name != "Bakery readiness" || l.Summary != "What a shop has to have before it opens." {
		t.Errorf("%+v %+v", r.Counts, l)
	}
	if l.Stages[0].Name != "Bronze" || l.Stages[0].Purpose != "Every shop has this." || l.Stages[1].Name != "Silver" || l.Stages[2].Name != "Gold" || l.Stages[3].Name != "Bakery readiness" {
		t.Errorf("%+v", l.Stages)
	}
	baker, oven, bell := l.Stages[0].Items[0], l.Stages[2].Items[0], l.Stages[1].Items[0]
	if baker.Key != "somebody-bakes" || baker.Guidance != "A baker is named, see the roster. Name a baker." || len(baker.Links) != 1 || baker.Levels != graded(1) ||
		baker.Show != "What the scorecard looks at: owners.all().length > 0" {
		t.Errorf("%+v", baker)
	}
	if oven.Levels != graded(3) || bell.Levels != graded(2) || bell.Title != "bell != null" || l.Stages[3].Items[0].Levels != evenly(plan.LevelMust) {
		t.Errorf("%+v %+v", oven, bell)
	}
	says(t, "what is lost", r.Lost, "4 expressions stand in what to show", "2 fields “weight”", "2 fields “color”", "1 rule without a title", "2 fields “filter”", "1 field “notifications”")
	says(t, "the list of problems", problems(r), "38:5: rules[3].level: “Platinum” is no level of the ladder")
}

// Without a ladder, rules stand side by side.
func TestCortexWithoutLadder(t *testing.T) {
	r, err := Read(Cortex, "x.yaml", []byte("tag: a\nname: Points\nrules:\n- title: One\n  expression: git != null\n  weight: 2\n"), Options{})
	if err != nil || r.Refused() || r.Document.Lifecycle.Stages[0].Name != "Points" || r.Counts.Items != 1 {
		t.Fatal(err, problems(r))
	}
	checkDraft(t, r)
	refused(t, Cortex, "tag: a\nrules: 3\n", "should be a list here, not a text")
	refused(t, Cortex, "tag: a\nladder: {levels: [1]}\n", "should be a mapping here, not a text")
	refused(t, Cortex, "tag: &a x\nname: *a\nrules: []\n", "anchors")
	refused(t, Cortex, "tag: a\ntag: b\n", "already defined")
}

func FuzzCortex(f *testing.F) {
	f.Add(example(f, "cortex.yaml"))
	f.Add([]byte("ladder: {levels: [{name: a}, {name: b, rank: 0}, {name: c, rank: x}, {name: d}]}\nrules: [{title: a, level: d}, {expression: b, level: b}]\n"))
	fuzzForeign(f, Cortex)
}
