package formats

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

func TestKubernetes(t *testing.T) {
	r := readExample(t, Kubernetes, "kubernetes.md", Options{})
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 2, Items: 4, Questions: 1}) || l.Stages[0].Name != "Switching on and off" || l.Stages[0].Purpose != "Fill this in before the first oven." {
		t.Fatalf("%+v %+v", r.Counts, l)
	}
	off := l.Stages[0].Items[0]
	if off.Title != "How can bread be switched off?" || !strings.HasPrefix(off.Guidance, "Pick one. See the list.") || len(off.Links) != 1 || len(off.Choices) != 2 ||
		off.Choices[0].Title != "Oven switch" || off.Choices[0].Help != "Name of the switch. Who has it." {
		t.Errorf("%+v", off)
	}
	chosen, err := plan.Choose("choice-2")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := off.Outcome(chosen); err != nil || out.Risk != plan.RiskNone {
		t.Errorf("%+v %v", out, err)
	}
	if near := l.Stages[1].Items[1]; near.Title != "Is somebody near?" || near.Guidance != "Say who." {
		t.Errorf("%+v", near)
	}
	says(t, "what is lost", r.Lost, "4 parts of the proposal before", "1 comment that belongs to no question", "4 paragraphs and entries below questions are answers")
	says(t, "the list of problems", problems(r), "1 box is ticked", "1 question got the rule")
}

func TestKubernetesRefuses(t *testing.T) {
	refused(t, Kubernetes, "# A list\n\n- [ ] a\n", "No heading says")
	r, err := Read(Kubernetes, "x.md", []byte("## Production Readiness Review Questionnaire\n\n"+strings.Repeat("- ", 60)+"a\n"), Options{})
	if err != nil || !r.Refused() {
		t.Error(err, problems(r))
	}
}

func FuzzKubernetes(f *testing.F) {
	f.Add(example(f, "kubernetes.md"))
	f.Add([]byte("# Production Readiness Review Questionnaire\n## a\n<!-- b -->\n### c\n- [ ] d\n  - e\n- [x]\n* **f** g\n  - [ ] h\n"))
	fuzzForeign(f, Kubernetes)
}
