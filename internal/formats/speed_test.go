package formats

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// largest are files with as many items as are read, of a length that people write.
func largest(t testing.TB) map[Format][]byte {
	t.Helper()
	l := &plan.Lifecycle{Kind: plan.KindLifecycle, Key: "large", Version: 1, Name: "Large", Summary: "All that is read.", Order: plan.OrderFree, SoD: true}
	for i := range MaxStages {
		s := plan.Stage{Key: plan.StageKey(fmt.Sprintf("stage-%d", i)), Name: fmt.Sprintf("Stage %d", i), Purpose: "Settles something.", Gate: defaultGate("Gate")}
		for j := range MaxItems / MaxStages {
			s.Items = append(s.Items, plan.Item{
				Key: plan.ItemKey(fmt.Sprintf("item-%d-%d", i, j)), Title: fmt.Sprintf("The backup of part %d in place %d was restored", i, j),
				Why: "What was never restored cannot be relied on.", Done: "Somebody restored it on a fresh machine, and the data was the same as before.",
				Show: "The report of the rehearsal.", Levels: evenly(plan.LevelMust), Evidence: []plan.EvidenceKind{"test-report"}, Seats: []plan.Seat{plan.SeatSRE},
				Quality: []string{"reliability"}, Links: []plan.Link{{URL: "https://example.org/rehearsals"}},
			})
		}
		l.Stages = append(l.Stages, s)
	}
	out := map[Format][]byte{}
	for _, in := range All() {
		if in.Write == nil {
			continue
		}
		b, _, err := Write(in.Format, plan.Document{Lifecycle: l})
		if err != nil {
			t.Fatal(err)
		}
		out[in.Format] = b
	}
	for f, parts := range map[Format][3]string{
		ASVS:   {`{"requirements":[`, `{"chapter_name":"Stage %d","req_id":"V%d.%d","req_description":"Verify that the backup of part %d in place %d can be restored on a fresh machine.","L":"2"},`, `{}]}`},
		Azure:  {`{"items":[`, `{"category":"Stage %d","guid":"g-%d-%d","text":"Restore the backup of part %d in place %d on a fresh machine","severity":"High","waf":"Reliability"},`, `{}]}`},
		OSCAL:  {`{"catalog":{"groups":[{"title":"All","controls":[`, `{"class":"Stage %d","id":"a-%d-%d","title":"Backup of part %d in place %d","parts":[{"name":"statement","prose":"It is restored on a [fresh](https://example.org) machine."}]},`, `{"id":"z","title":"Last"}]}]}}`},
		CISO:   {"objects:\n  framework:\n    requirement_nodes:\n", "    - {annotation: \"Stage %d\", ref_id: \"a-%d-%d\", assessable: true, depth: 1, name: \"Backup of part %d in place %d\", description: It is restored on a fresh machine.}\n", ""},
		Cortex: {"tag: a\nrules:\n", "- description: Stage %d\n  identifier: a-%d-%d\n  title: Backup of part %d in place %d\n  expression: backup.restored == true\n", ""},
	} {
		var b bytes.Buffer
		b.WriteString(parts[0])
		for i := range MaxItems - 1 {
			fmt.Fprintf(&b, parts[1], i/50, i/50, i%50, i/50, i%50)
		}
		b.WriteString(parts[2])
		out[f] = b.Bytes()
	}
	return out
}

// preview is what an import does before somebody decides: it reads the file and looks
// at what publishing would say.
func preview(t testing.TB, f Format, src []byte) Result {
	r, err := Read(f, "large", src, Options{})
	if err != nil || r.Refused() {
		t.Fatal(f, err, r.Problems)
	}
	if wrong := plan.Wrong(plan.Check(r.Document, nil)); len(wrong) > 0 && f != YAML {
		t.Fatal(f, wrong)
	}
	return r
}

// An import of 2,000 items takes less than a second of a processor that has nothing else
// to do. What is measured is the time of processors, with room for those that are busy;
// BenchmarkImport tells the rest.
func TestImportInTime(t *testing.T) {
	for f, src := range largest(t) {
		before := processorTime(t)
		r := preview(t, f, src)
		if d := processorTime(t) - before; d > 3*time.Second {
			t.Errorf("%s: %v for %d items", f, d, r.Counts.Items)
		}
		if r.Counts.Items < MaxItems-1 {
			t.Errorf("%s: %+v", f, r.Counts)
		}
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

func BenchmarkImport(b *testing.B) {
	for f, src := range largest(b) {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				preview(b, f, src)
			}
		})
	}
}
