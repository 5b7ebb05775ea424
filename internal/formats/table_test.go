package formats

import (
	"archive/zip"
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
)

func TestCSV(t *testing.T) {
	r := readExample(t, CSV, "table.csv", Options{Name: "Harbour"})
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 2, Items: 4}) || l.Name != "Harbour" || l.Stages[0].Name != "Before leaving" {
		t.Fatalf("%+v %+v", r.Counts, l)
	}
	boats, horn, formula, anchor := l.Stages[0].Items[0], l.Stages[0].Items[1], l.Stages[1].Items[0], l.Stages[1].Items[1]
	if boats.Key != "item-1-1" || boats.Levels != evenly(plan.LevelMust) || boats.Evidence[0] != "doc" || boats.Seats[0] != plan.SeatSRE || boats.Guidance != "Twice, by two people" {
		t.Errorf("%+v", boats)
	}
	if horn.Title != `Test the "horn"` || horn.Levels != evenly(plan.LevelShould) || horn.Show != "photo" || horn.Guidance != "Owner: Rosa. And write it down." {
		t.Errorf("%+v", horn)
	}
	if formula.Title != "=A1+A2" || formula.Guidance != "-5 degrees is too cold" || formula.Levels != evenly(plan.LevelMust) {
		t.Errorf("%+v", formula)
	}
	if anchor.Key != "item-2-2" || anchor.Levels != evenly(plan.LevelMay) {
		t.Errorf("%+v", anchor)
	}
	if !reflect.DeepEqual(r.Columns, map[Column]int{ColumnSection: 0, ColumnID: 1, ColumnTitle: 2, ColumnLevel: 3, ColumnEvidence: 4, ColumnSeats: 5, ColumnText: 6}) {
		t.Errorf("%v", r.Columns)
	}
	for _, want := range []string{"8:1: column 3: 1 cell is a formula", "1 row without a title", `8:1: column 4: "now and then" is no level`} {
		if !has(r.Problems, Problem.String, want) {
			t.Errorf("nothing says %q: %v", want, r.Problems)
		}
	}
	for _, want := range []string{"2 cells of the column “Status”", "1 word of the evidence column", "1 word of the seats column"} {
		if !has(r.Lost, itself, want) {
			t.Errorf("nothing says %q is lost: %v", want, r.Lost)
		}
	}
}

// Rows of a section come together wherever they stand, as in a list that is sorted by
// something else.
func TestCSVSections(t *testing.T) {
	src := "Check name,Category,Severity\nLock,Doors,high\nHeat,Ovens,low\nOpen,Doors,high\nnote,,\nSweep,ovens,\n"
	r, err := Read(CSV, "x.csv", []byte(src), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	checkDraft(t, r)
	l := r.Document.Lifecycle
	if len(l.Stages) != 2 || len(l.Stages[0].Items) != 3 || l.Stages[0].Items[1].Title != "Open" || l.Stages[1].Items[1].Title != "Sweep" {
		t.Errorf("%+v", l.Stages)
	}
	says(t, "the list of problems", problems(r), "2 sections go on further down")
}

func TestCSVByMapping(t *testing.T) {
	src := []byte("foo,bar\nYes,Do this\nNo,Do that\n")
	r, err := Read(CSV, "x.csv", src, Options{})
	if err != nil || !r.Refused() || len(r.Headings) != 2 || !strings.Contains(r.Problems[0].Message, "No column is known") {
		t.Errorf("%v %+v", err, r)
	}
	r, err = Read(CSV, "x.csv", src, Options{Columns: map[Column]int{ColumnTitle: 1, ColumnLevel: 0}})
	if err != nil || r.Refused() || r.Counts.Items != 2 || r.Document.Lifecycle.Stages[0].Items[1].Levels != evenly(plan.LevelMay) {
		t.Errorf("%v %+v", err, r)
	}
	if r, err = Read(CSV, "x.csv", src, Options{Columns: map[Column]int{ColumnTitle: 99, ColumnLevel: -1}}); err != nil || !r.Refused() {
		t.Errorf("columns that there are not: %v %+v", err, r)
	}
	grades := "Item,L1,L2,L3\nA,✓,✓,✓\nB,,x,x\nC,,,1\nD,,,\n"
	if r, err = Read(CSV, "x.csv", []byte(grades), Options{}); err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	for i, want := range [][3]plan.Level{graded(1), graded(2), graded(3), evenly(plan.LevelMust)} {
		if got := r.Document.Lifecycle.Stages[0].Items[i].Levels; got != want {
			t.Errorf("row %d: %v", i, got)
		}
	}
	if r, err = Read(CSV, "x.csv", []byte("title,a\nx,\"y\" z\n"), Options{}); err != nil || !r.Refused() || r.Problems[0].Line != 2 {
		t.Errorf("%v %+v", err, r.Problems)
	}
}

// Tables that we write are read with all that they have columns for.
func TestTablesRoundTrip(t *testing.T) {
	built, err := catalog.Version("productionisation", 1)
	if err != nil {
		t.Fatal(err)
	}
	built.Stages[0].Items[0].Links = []plan.Link{{URL: "https://example.org/a"}, {URL: "https://example.org/b"}}
	built.Stages[0].Items[0].Why = "=HYPERLINK(1) is a formula."
	for _, f := range []Format{CSV, XLSX} {
		b, lost, err := Write(f, plan.Document{Lifecycle: built})
		if err != nil || !has(lost, itself, "Gates have no place") {
			t.Fatal(err, lost)
		}
		r, err := Read(f, "x", b, Options{})
		if err != nil || r.Refused() || len(r.Lost) > 0 {
			t.Fatal(err, r.Problems, r.Lost)
		}
		checkDraft(t, r)
		for i, s := range built.Stages {
			got := r.Document.Lifecycle.Stages[i]
			if got.Name != s.Name || len(got.Items) != len(s.Items) {
				t.Fatalf("%s: stage %s with %d items", f, got.Name, len(got.Items))
			}
			for j := range s.Items {
				x, y := &s.Items[j], &got.Items[j]
				if x.Key != y.Key || x.Title != y.Title || x.Why != y.Why || x.Done != y.Done || x.Show != y.Show || x.Levels != y.Levels ||
					!reflect.DeepEqual(x.Evidence, y.Evidence) && len(x.Evidence) > 0 || !reflect.DeepEqual(x.Seats, y.Seats) || !reflect.DeepEqual(x.Links, y.Links) {
					t.Errorf("%s: %+v\n%+v", f, x, y)
				}
			}
		}
	}
}

func workbook(t testing.TB, change func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for cell, v := range map[string]string{
		"A1": "Section", "B1": "Check", "C1": "Level", "D1": "Notes",
		"A2": "Tools", "B2": "Sharpen the saw", "C2": "must", "D2": "First this",
		"D3": "then that",
		"B4": "Oil the hinges", "C4": "may",
		"A5": "Afterwards", "B6": "Sweep the floor", "C6": "should",
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A2", "A4"}, {"B2", "B3"}, {"A5", "D5"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSX(t *testing.T) {
	src := workbook(t, func(f *excelize.File) {
		if err := f.SetCellFormula("Sheet1", "D4", "1+1"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellFormula("Sheet1", "D6", "1+1"); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("Other"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.AddComment("Sheet1", excelize.Comment{Cell: "B2", Author: "Ada", Text: "Sharp?"}),
			f.SetCellHyperLink("Sheet1", "B4", "https://example.org", "External"),
			f.AddDataValidation("Sheet1", &excelize.DataValidation{Sqref: "C2:C9", Type: "list", Formula1: `"must,may"`})); err != nil {
			t.Fatal(err)
		}
	})
	r, err := Read(XLSX, "work shop.xlsx", src, Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	checkDraft(t, r)
	l := r.Document.Lifecycle
	if r.Counts != (Counts{Stages: 2, Items: 3}) || l.Name != "work shop" || len(r.Sheets) != 2 {
		t.Fatalf("%+v %+v", r.Counts, l)
	}
	saw := l.Stages[0].Items[0]
	if saw.Title != "Sharpen the saw" || saw.Guidance != "First this. then that." || l.Stages[0].Items[1].Levels != evenly(plan.LevelMay) || l.Stages[1].Name != "Afterwards" {
		t.Errorf("%+v", l.Stages)
	}
	says(t, "what is lost", r.Lost, "1 other sheet", "1 comment on a cell", "1 link behind a cell", "1 rule on what may stand")
	if name, ok := Detect("x.bin", src); !ok || name != XLSX {
		t.Error(name)
	}
}

func TestXLSXRefuses(t *testing.T) {
	zipped := func(fill func(*zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		fill(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	part := func(name string, n int) func(*zip.Writer) {
		return func(z *zip.Writer) {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tc := range []struct {
		name, want string
		src        []byte
	}{
		{"no workbook", "no .xlsx workbook", []byte("PK\x03\x04 and no more")},
		{"old workbook", "no .xlsx workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
		{"bomb", "xl/worksheets/sheet1.xml: The workbook unpacks to more than 24 MiB", zipped(part("xl/worksheets/sheet1.xml", maxUnzipped+1))},
		{"macros", "xl/vbaProject.bin: The workbook has macros", zipped(part("xl/vbaProject.bin", 1))},
		{"nothing in it", "cannot be read", zipped(part("a", 1))},
		{"too many parts", "at most 500", zipped(func(z *zip.Writer) {
			for i := range maxParts + 1 {
				part(strings.Repeat("a", i+1), 0)(z)
			}
		})},
		{"far cell", "The table is too large", sheetBook(t, []byte(`<worksheet><sheetData><row r="1"><c r="A1000000"><v>1</v></c></row></sheetData></worksheet>`))},
		{"many elements", "more than 400000 elements", sheetBook(t, []byte("<worksheet><cols>"+strings.Repeat("<col/>", maxElements)+"</cols></worksheet>"))},
		{"many attributes", "cannot be read", sheetBook(t, []byte("<worksheet "+strings.Repeat(`a="" `, maxToken/5)+"/>"))},
		{"other letters", "cannot be read", sheetBook(t, []byte(`<?xml version="1.0" encoding="utf-16le"?><worksheet/>`))},
		{"other sheet", "no sheet", workbook(t, nil)},
	} {
		r, err := Read(XLSX, "x.xlsx", tc.src, Options{Sheet: "Nowhere"})
		if err != nil || !r.Refused() || !strings.Contains(r.Problems[0].String(), tc.want) {
			t.Errorf("%s: %v %v", tc.name, err, r.Problems)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add(example(f, "table.csv"))
	f.Add([]byte("Item\tL1\tTier 2\nA\tx\tno\n"))
	f.Add([]byte("section|title|link|seats\n|a|javascript:x https://example.org|qa;me\nb|||\n"))
	fuzzForeign(f, CSV)
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbook(f, nil))
	fuzzForeign(f, XLSX)
}

// sheetBook is a workbook with a sheet that is written out as XML.
func sheetBook(t testing.TB, sheet []byte) []byte {
	t.Helper()
	return partBook(t, "xl/worksheets/sheet1.xml", sheet)
}

// partBook is a workbook with one of its parts replaced.
func partBook(t testing.TB, name string, content []byte) []byte {
	t.Helper()
	return partOf(t, workbook(t, nil), name, content)
}

func partOf(t testing.TB, base []byte, name string, content []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		if part.Name != name {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	changed, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changed.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzSheet has the parts of a workbook vary inside of it, which the fuzzer cannot
// reach through the compression.
func FuzzSheet(f *testing.F) {
	base := workbook(f, func(book *excelize.File) {
		if err := errors.Join(book.AddComment("Sheet1", excelize.Comment{Cell: "B2", Author: "Ada", Text: "Sharp?"}),
			book.SetCellHyperLink("Sheet1", "B4", "https://example.org", "External"), book.SetCellFormula("Sheet1", "D4", "1+1"),
			book.AddDataValidation("Sheet1", &excelize.DataValidation{Sqref: "C2:C9", Type: "list", Formula1: `"must,may"`})); err != nil {
			f.Fatal(err)
		}
	})
	z, err := zip.NewReader(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		f.Fatal(err)
	}
	for i, part := range z.File {
		in, err := part.Open()
		if err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(in); err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), b.Bytes())
	}
	f.Fuzz(func(t *testing.T, i byte, src []byte) {
		r, err := Read(XLSX, "x.xlsx", partOf(t, base, z.File[int(i)%len(z.File)].Name, src), Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkDraft(t, r)
	})
}

// A table need not be sorted by its sections, and a heading's last word can tell what
// a column holds.
func TestTablesInAnyOrder(t *testing.T) {
	src := "Check ID,Area,Check Name,Description\n7,Data,Back it up,Daily.\n8,People,Name an owner,By name.\n9,data,Restore it,\n"
	r, err := Read(CSV, "x.csv", []byte(src), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	s := r.Document.Lifecycle.Stages
	if len(s) != 2 || len(s[0].Items) != 2 || s[0].Items[1].Title != "Restore it" || s[0].Items[0].Guidance != "Daily." || s[0].Items[0].Key != "item-7" {
		t.Errorf("%+v", s)
	}
}

// Stages cover the phases that their names tell; the others follow the order.
func TestPhasesOfStages(t *testing.T) {
	r, err := Read(Markdown, "x.md", []byte("## Operations\n- [ ] A\n## Security\n- [ ] B\n"), Options{})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	s := r.Document.Lifecycle.Stages
	if !slices.Contains(s[0].Phases, "operation") || !slices.Contains(s[1].Phases, "security") || len(s[0].Phases)+len(s[1].Phases) != len(plan.Phases()) {
		t.Errorf("%v and %v", s[0].Phases, s[1].Phases)
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
