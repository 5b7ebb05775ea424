// Package sheet writes tables that spreadsheets open, a row at a time, so that a long
// list takes no more memory than a short one.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Format is a kind of file that a table is written as.
type Format string

// The formats that lists are offered in.
const (
	CSV   Format = "csv"  // text, with commas and CRLF, in UTF-8
	Excel Format = "xlsx" // a workbook with one sheet
)

// Formats lists all of them, in the order in which pages offer them.
func Formats() []Format { return []Format{CSV, Excel} }

// Label is what a reader knows the format as.
func (f Format) Label() string {
	if f == Excel {
		return "Excel"
	}
	return "CSV"
}

// MediaType is what the file is sent as.
func (f Format) MediaType() string {
	if f == Excel {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Column is a heading, and how its column looks in a workbook.
type Column struct {
	Title string
	Width int  // in characters, 10 at least
	Stays bool // in sight beside columns further right: of the first column alone
}

// MaxRows is how many rows a sheet of a workbook can have, below the headings.
const MaxRows = excelize.TotalRows - 1

// ErrTooLong is what [Writer.Row] says of a row that no workbook has room for.
var ErrTooLong = errors.New("a workbook has no room for so many rows")

// Writer writes one table. What it has written is whole only after Close.
type Writer struct {
	columns int
	rows    int
	text    *csv.Writer // nil: a workbook
	book    *book
}

// New begins a table with its headings. A workbook reaches the writer when it is closed, a
// text row by row.
func New(f Format, to io.Writer, title string, columns []Column) (*Writer, error) {
	w := &Writer{columns: len(columns)}
	if f == Excel {
		b, err := newBook(to, title, columns)
		if err != nil {
			return nil, fmt.Errorf("beginning a workbook: %w", err)
		}
		w.book = b
		return w, nil
	}
	w.text = csv.NewWriter(to)
	w.text.UseCRLF = true
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = Guard(c.Title)
	}
	if err := w.text.Write(headings); err != nil {
		return nil, fmt.Errorf("writing headings: %w", err)
	}
	return w, nil
}

// Row adds a row: texts, whole numbers, and days, which are moments of which only the date
// is written; the zero moment and nil are empty cells.
func (w *Writer) Row(cells ...any) error {
	if len(cells) != w.columns {
		return fmt.Errorf("a row has %d cells under %d headings", len(cells), w.columns)
	}
	w.rows++
	if w.book != nil {
		if w.rows > MaxRows {
			return ErrTooLong
		}
		return w.book.row(w.rows+1, cells)
	}
	texts := make([]string, len(cells))
	for i, c := range cells {
		text, err := cellText(c)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	if err := w.text.Write(texts); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

// Close writes what is left.
func (w *Writer) Close() error {
	if w.book != nil {
		return w.book.close()
	}
	w.text.Flush()
	if err := w.text.Error(); err != nil {
		return fmt.Errorf("writing the last rows: %w", err)
	}
	return nil
}

// Abandon lets go of a table that nobody gets.
func (w *Writer) Abandon() {
	if w.book != nil {
		_ = w.book.file.Close() // what it kept for itself
	}
}

func cellText(c any) (string, error) {
	switch v := c.(type) {
	case nil:
		return "", nil
	case string:
		return Guard(v), nil
	case int:
		return strconv.Itoa(v), nil
	case time.Time:
		if v.IsZero() {
			return "", nil
		}
		return v.Format(time.DateOnly), nil
	}
	return "", fmt.Errorf("no cell holds a %T", c)
}

// guarded are the characters that have a spreadsheet take a cell for a formula.
const guarded = "=+-@\t\r"

// formula reports whether a spreadsheet would take a text for a formula, but for quotes
// that it begins with.
func formula(s string) bool {
	rest := strings.TrimLeft(s, "'")
	return rest != "" && strings.ContainsRune(guarded, rune(rest[0]))
}

// Guard keeps a spreadsheet from taking a text for a formula: with one quote more, which
// [Unguard] takes away.
func Guard(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// Unguard is the text that Guard made safe.
func Unguard(s string) string {
	if formula(s) {
		return strings.TrimPrefix(s, "'")
	}
	return s
}
