package formats

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each example is claimed by its own format and by no other, under its name and as a
// text that somebody pastes.
func TestDetect(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Format{
		"asvs4.csv": ASVS, "asvs4.flat.json": ASVS, "asvs5.flat.json": ASVS, "azure.json": Azure, "badge.yml": Badge, "baseline.yaml": Baseline, "ciso.yaml": CISO,
		"cortex.yaml": Cortex, "gosdl.json": GoSDL, "kubernetes.md": Kubernetes, "lens.json": Lens, "oscal.json": OSCAL, "own.yaml": YAML, "table.csv": CSV, "tasks.md": Markdown,
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		src := example(t, f.Name())
		if got, ok := Detect(strings.ToUpper(f.Name()), append([]byte("\xef\xbb\xbf"), src...)); !ok || got != want[f.Name()] {
			t.Errorf("%s: %q of %q", f.Name(), got, Candidates(f.Name(), src))
		}
		if f.Name() == "table.csv" {
			delete(want, f.Name())
			continue // its rows are of many lengths: people have to say that it is a table
		}
		if got, ok := DetectText(src); !ok || got != want[f.Name()] {
			t.Errorf("%s pasted: %q", f.Name(), got)
		}
		delete(want, f.Name())
	}
	if len(want) > 0 {
		t.Errorf("no example of %v", want)
	}
}

// What could be several formats, or is none, is asked about.
func TestDetectAsks(t *testing.T) {
	for name, tc := range map[string]struct {
		src  string
		want []Format
	}{
		"both.json":     {`{"pillars": [], "questions": [], "items": [{"guid": "a", "severity": "b"}]}`, []Format{Lens, Azure}},
		"both.yaml":     {"kind: module\ntag: a\nrules:\n- expression: b\n", []Format{YAML, Cortex}},
		"package.json":  {`{"name": "a", "version": "1", "scripts": {}}`, nil},
		"rules.yaml":    {"groups:\n- rules:\n  - alert: a\n    expr: b\n", nil},
		"values.yaml":   {"category: a\nkind: Deployment\n", nil},
		"severity.json": {`{"guid": "a", "severity": "b"}`, nil},
		"text.docx":     {"Words.", nil},
		"empty.json":    {"", nil},
	} {
		src := []byte(tc.src)
		got := Candidates(name, src)
		slices.Sort(got)
		slices.Sort(tc.want)
		if _, ok := Detect(name, src); ok || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q", name, got)
		}
		if f, ok := DetectText(src); ok {
			t.Errorf("%s pasted: %q", name, f)
		}
	}
	// A table with the columns of a standard is that standard, and may be read as a table all the same.
	if f, ok := Detect("x.csv", []byte("chapter_id,req_id,req_description,L\n")); !ok || f != ASVS {
		t.Errorf("%q", f)
	}
}

// Files from Windows are read like others: line ends of two characters, and a mark at the begin.
func TestCarriageReturns(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		plain := []byte(strings.ReplaceAll(string(example(t, f.Name())), "\r\n", "\n"))
		windows := append([]byte("\xef\xbb\xbf"), strings.ReplaceAll(string(plain), "\n", "\r\n")...)
		format, _ := Detect(f.Name(), windows)
		want, err := Read(format, f.Name(), plain, Options{})
		if err != nil {
			t.Fatal(f.Name(), err)
		}
		got, err := Read(format, f.Name(), windows, Options{})
		if err != nil || got.Refused() || !reflect.DeepEqual(got.Document, want.Document) || !slices.Equal(got.Lost, want.Lost) {
			t.Errorf("%s: %v %q\n%+v\n%+v", f.Name(), err, problems(got), got.Document, want.Document)
		}
	}
	r, err := Read(Markdown, "x.md", []byte("---\r\na: b\r\n---\r\n\r\n- [ ] c\r\n"), Options{})
	if err != nil || r.Counts.Items != 1 || !has(r.Lost, itself, "1 block of settings") {
		t.Errorf("%v %+v %q", err, r.Counts, r.Lost)
	}
}

// What is said to be lost is what writing says.
func TestLostIsWhatWritingSays(t *testing.T) {
	d := readExample(t, YAML, "own.yaml", Options{}).Document
	for _, in := range All() {
		if in.Write == nil {
			continue
		}
		_, want, err := Write(in.Format, d)
		got, err2 := Lost(in.Format, d)
		if err != nil || err2 != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q, %v, %v", in.Format, got, want, err, err2)
		}
	}
}
