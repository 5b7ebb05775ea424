package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/slipway-prr/slipway/internal/sheet"
)

var columns = []sheet.Column{{Title: "Project", Width: 30}, {Title: "Ready", Width: 5}, {Title: "Target", Width: 12}, {Title: "Owner"}}

func table(t *testing.T, f sheet.Format, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.New(f, &b, "Portfolio", columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hostile() [][]any {
	// Late in the evening in Honolulu it is the next day elsewhere: the day is the reader's.
	day := time.Date(2026, 11, 28, 23, 30, 0, 0, time.FixedZone("HST", -10*3600))
	return [][]any{
		{`=HYPERLINK("https://evil.example.test")`, 40, day, "@SUM(1)"},
		{"Quotes \"and\", commas\nand lines", 0, time.Time{}, nil},
		{"-1+2", 100, day, "plain"},
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	want := "Project,Ready,Target,Owner\r\n" +
		`"'=HYPERLINK(""https://evil.example.test"")",40,2026-11-28,'@SUM(1)` + "\r\n" +
		"\"Quotes \"\"and\"\", commas\r\nand lines\",0,,\r\n" +
		"'-1+2,100,2026-11-28,plain\r\n"
	if got := string(table(t, sheet.CSV, hostile()...)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExcel(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(table(t, sheet.Excel, hostile()...)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, want := range map[string]string{
		"A1": "Project", "A2": `=HYPERLINK("https://evil.example.test")`, "B2": "40", "C2": "2026-11-28", "D2": "@SUM(1)",
		"A3": "Quotes \"and\", commas\nand lines", "B3": "0", "C3": "", "D3": "", "A4": "-1+2", "D4": "plain",
	} {
		got, err := f.GetCellValue("Portfolio", cell)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
		if formula, _ := f.GetCellFormula("Portfolio", cell); formula != "" {
			t.Errorf("%s is the formula %q", cell, formula)
		}
	}
	if kind, err := f.GetCellType("Portfolio", "B2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("a number is a cell of kind %v (%v): it could not be added up", kind, err)
	}
}

func TestRowsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, f := range sheet.Formats() {
		w, err := sheet.New(f, &bytes.Buffer{}, "Portfolio", columns)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abandon()
		if err := w.Row("too", "few"); err == nil {
			t.Errorf("%s: a row without all cells is written", f)
		}
		if err := w.Row("a", 1, time.Time{}, struct{}{}); err == nil {
			t.Errorf("%s: something that is no cell is written", f)
		}
	}
}

// failing takes so many bytes and then no more.
type failing int

func (f *failing) Write(b []byte) (int, error) {
	if *f -= failing(len(b)); *f < 0 {
		return 0, errors.New("gone")
	}
	return len(b), nil
}

func TestWritersThatFail(t *testing.T) {
	t.Parallel()
	for _, f := range sheet.Formats() {
		to := failing(100)
		w, err := sheet.New(f, &to, "Portfolio", columns)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if err = w.Row("a", 1, time.Time{}, "b"); err != nil {
				break
			}
		}
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			t.Errorf("%s: nobody is told that the file is not whole", f)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", "=1", "+1", "-1", "@x", "\tx", "\rx", "'quoted", "é", "'=x", "''=x", "'"} {
		guarded := sheet.Guard(s)
		if strings.HasPrefix(guarded, "=") || strings.HasPrefix(guarded, "+") || strings.HasPrefix(guarded, "-") || strings.HasPrefix(guarded, "@") {
			t.Errorf("%q is written as %q", s, guarded)
		}
		if got := sheet.Unguard(guarded); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

// A long list takes no more memory than the writers keep for themselves.
func TestLongTablesTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100,000 rows")
	}
	for _, f := range sheet.Formats() {
		w, err := sheet.New(f, io.Discard, "Portfolio", columns)
		if err != nil {
			t.Fatal(err)
		}
		var most uint64
		for i := range 100_000 {
			if err := w.Row("A project with a name of usual length", i%100, time.Now(), "Somebody Ownername"); err != nil {
				t.Fatal(err)
			}
			if i%20_000 == 0 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if most > 100<<20 {
			t.Errorf("%s: %d MiB are kept", f, most>>20)
		}
	}
}
