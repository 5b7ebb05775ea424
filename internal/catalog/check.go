package catalog

import (
	"fmt"
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// check says what is wrong with a lifecycle that was read, beside what is wrong
// with its files.
func check(t *plan.Lifecycle, head headFile, problems *Invalid) {
	if head.Kind != "" && head.Kind != "lifecycle" {
		problems.add(Problem{File: headName, Message: fmt.Sprintf("kind: %q is not lifecycle, and nothing else is read from a folder", head.Kind)})
	}
	if head.SoD == nil {
		problems.add(Problem{File: headName, Message: "separation_of_duties: is missing; say true or false"})
	}
	for _, p := range plan.Check(plan.Document{Lifecycle: t}, nil) {
		file := headName
		if p.Stage != "" {
			file = stageName(slices.Index(head.Stages, p.Stage), p.Stage)
		}
		problems.add(Problem{File: file, Where: p.Where, Message: p.Message})
	}
	if len(problems.Problems) > 0 {
		return // what a stage covers may be among them
	}
	for _, p := range t.Uncovered() {
		problems.add(Problem{File: headName, Message: fmt.Sprintf("phases: no stage covers %q", p)})
	}
}

// checkModule says what is wrong with a module. asked are the questions that a
// profile answers already.
func checkModule(m *plan.Module, file string, asked []plan.Flag, problems *Invalid) {
	if m.Kind != plan.KindModule {
		problems.add(Problem{File: file, Message: fmt.Sprintf("kind: %q is not module, and nothing else is read from one file", m.Kind)})
	}
	for _, p := range plan.Check(plan.Document{Module: m}, asked) {
		problems.add(Problem{File: file, Where: p.Where, Message: p.Message})
	}
}
