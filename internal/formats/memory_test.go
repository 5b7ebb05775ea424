package formats

import (
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// heaviest are files that hold as much as is read of them before something is refused,
// for each way of reading: forms of YAML and JSON share theirs, and so do those of Markdown.
func heaviest(t testing.TB) map[string]struct {
	format Format
	src    []byte
} {
	some := func(n int, before, again, after string) []byte {
		return []byte(before + strings.Repeat(again, n) + after)
	}
	deep := strings.Repeat(`{"`+strings.Repeat("k", 60)+`":`, 45)
	wide := strings.Repeat("a,", 199) + "a\n"
	stars := strings.Repeat("*a* ", 4000) + "\n\n" // two marks of what the parser looks at for each
	rows := maxCells/200 - 2
	return map[string]struct {
		format Format
		src    []byte
	}{
		"own form, small values": {YAML, some(49_000, "kind: lifecycle\nkey: abc\nflags:\n", "- key: b\n", "")},
		"own form, long lines":   {YAML, some(80, "kind: lifecycle\nkey: abc\nstages:\n", "- purpose: "+strings.Repeat("x", 60<<10)+"\n", "")},
		"lens":                   {Lens, some(199_000, `{"pillars":[`, `[],`, `[]]}`)},
		"oscal, deep names":      {OSCAL, some(60_000, deep+`[`, `{},`, `{}]`+strings.Repeat("}", 45))},
		"csv, cells":             {CSV, some(rows, strings.Replace(wide, "a,", "title,", 1), wide, "")},
		"csv, joined rows":       {CSV, some(19_000, "title,text\na,b\n", ","+strings.Repeat("w ", 130)+"\n", "")},
		"cortex":                 {Cortex, some(30_000, "tag: a\nrules:\n", "- title: b\n  c: d\n", "")},
		"markdown, stars":        {Markdown, some(maxMarkdownMarks/8000-1, "# a\n\n- [ ] b\n\n", stars, "")},
		"markdown, links":        {Markdown, some(maxMarkdownMarks/3000-1, "# a\n\n", strings.Repeat("[a](b)", 3000)+"\n\n", "")},
		"markdown, table":        {Markdown, some(rows, strings.Repeat("|a", 199)+"\n"+strings.Repeat("|-", 199)+"\n", "|b\n", "")},
		"workbook, formats":      {XLSX, partBook(t, "xl/styles.xml", []byte(`<styleSheet xmlns="`+spreadsheet+`"><cellXfs>`+strings.Repeat("<xf/>", maxElements-3000)+`</cellXfs></styleSheet>`))},
		"csv, one row":           {CSV, some(maxMarks, "title", ",", "")},
		"markdown, mail":         {Markdown, some(maxMarkdownMarks/1500-1, "# a\n\n", strings.Repeat("a@b.c ", 1500)+"\n\n", "")},
		"yaml, dashes":           {Baseline, some(14_000, "", strings.Repeat("- ", 20)+"a\n", "")},
		"workbook, texts":        {XLSX, heavySheet(t, `<c t="inlineStr"><is><t>`+strings.Repeat("w ", 80)+`</t></is></c>`, 60)},
	}
}

const spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// heavySheet is a workbook with as many rows of a kind of cell as unpack within the limits.
func heavySheet(t testing.TB, cell string, columns int) []byte {
	t.Helper()
	head := `<?xml version="1.0"?><worksheet xmlns="` + spreadsheet + `"><sheetData><row><c t="inlineStr"><is><t>Title</t></is></c></row>`
	row := "<row>" + strings.Repeat(cell, columns) + "</row>"
	n := min((maxUnzipped-1<<20)/len(row), maxCells/columns-1, maxRows-2, (maxElements-2000)/(columns*strings.Count(cell, "</")))
	return sheetBook(t, []byte(head+strings.Repeat(row, n)+"</sheetData></worksheet>"))
}

// What is read takes less than 200 MiB and a few seconds, whatever the file is.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads what takes most")
	}
	const most = 200 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(30)) // so that what is measured is in use, or nearly
	for name, file := range heaviest(t) {
		if file.format != XLSX && len(file.src) > MaxBytes {
			t.Errorf("%s: %d bytes are too many to be read", name, len(file.src))
		}
		begin := time.Now()
		var r Result
		peak := peakHeap(func() {
			var err error
			if r, err = Read(file.format, "a file.txt", file.src, Options{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		first := "imported"
		if r.Refused() {
			first = r.Problems[0].String()
		}
		t.Logf("%-24s %4d MiB %6d ms  %.90s", name, peak>>20, time.Since(begin).Milliseconds(), first)
		if peak > most {
			t.Errorf("%s takes %d MiB", name, peak>>20)
		}
	}
}

// peakHeap is how much more than before is on the heap at most while f runs.
func peakHeap(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	now := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	debug.FreeOSMemory()
	before := now()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for tick := time.NewTicker(time.Millisecond); ; {
			most = max(most, now())
			select {
			case <-done:
				tick.Stop()
				peak <- most
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(done)
	most := <-peak
	return most - min(before, most)
}
