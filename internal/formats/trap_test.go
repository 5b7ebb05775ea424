package formats

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Files that only serve to take time are read, or refused, in no more of it than others.
func TestTrapsInTime(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		for i := range n {
			depth := i%50 + 1
			fmt.Fprintf(&b, "    - {depth: %d, assessable: %v, name: a%d}\n", depth, depth == 50, i)
		}
		return b.String()
	}
	for name, tc := range map[string]struct {
		format Format
		src    string
	}{
		"insertions": {OSCAL, `{"catalog":{"params":[{"id":"a","label":"` + strings.Repeat("label ", 50) + `"}],"controls":[{"id":"b","title":"c","parts":[` +
			strings.Repeat(`{"name":"statement","prose":"`+strings.Repeat("{{a}}", 3000)+`"},`, 100) + `{}]}]}}`},
		"small parts":   {OSCAL, `{"catalog":{"controls":[{"id":"b","title":"c","parts":[` + strings.Repeat(`{"prose":"a"},`, 60_000) + `{}]}]}}`},
		"nested groups": {OSCAL, `{"catalog":{"controls":[` + strings.Repeat(`{"controls":[`, 22) + strings.Repeat(`{"title":"a"},`, 1900) + `{}` + strings.Repeat(`]}`, 22) + `]}}`},
		"nested chains": {CISO, ciso(chain(12_000))},
		"many sections": {CSV, "title,section,text\n" + strings.Repeat("a,b,\n,c,\n", 9000)},
		"joined rows":   {CSV, "title,text\na,b\n" + strings.Repeat(",w w w w w w w w w\n", 19_000)},
		"words":         {CSV, "title,seats,evidence\na," + strings.Repeat("b;", 200_000) + "," + strings.Repeat("c;", 200_000) + "\n"},
		"wrong values":  {GoSDL, `[` + strings.Repeat(`"a",`, 190_000) + `"b"]`},
		"extra fields":  {Azure, `{"items":[{"text":"a"` + strings.Repeat(`,"b%d":1`, 1) + manyFields(150_000) + `}]}`},
		"levels":        {ASVS, "req_id,req_description,level1\n" + strings.Repeat("1,a,"+strings.Repeat("w ", 100)+"\n", 1900)},
		"choices":       {Kubernetes, "# Production Readiness Review Questionnaire\n## a\n### b\n" + strings.Repeat("- [ ] c\n", 19_000)},
		"comments":      {Kubernetes, "# Production Readiness Review Questionnaire\n## a\n### b\n" + strings.Repeat("<!-- c -->\n\n", 20_000)},
		"rungs":         {Cortex, "tag: a\nladder: {levels: [" + strings.Repeat("{name: a},", 300) + "{name: b}]}\nrules: [{title: c, level: b}]\n"},
	} {
		if len(tc.src) > MaxBytes {
			t.Errorf("%s: too long", name)
		}
		before := processorTime(t)
		r, err := Read(tc.format, "x", []byte(tc.src), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkDraft(t, r)
		d := processorTime(t) - before
		t.Logf("%-14s %v", name, d)
		// A trap costs minutes; what is here takes a second at most by itself, and
		// several times that where the whole suite shares the processors.
		if d > 20*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"c%d":1`, i)
	}
	return b.String()
}
