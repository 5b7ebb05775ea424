package formats

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// XLSX is a workbook of Excel and of what else writes such.
const XLSX Format = "xlsx"

// Limits of what a workbook may unpack to.
const (
	maxUnzipped = 24 << 20
	maxParts    = 500
)

func xlsxInfo() Info {
	return Info{
		Format: XLSX, Label: "Excel workbook", Extensions: []string{".xlsx"}, Binary: true, Columns: true,
		MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".xlsx", ".xlsm", ".xls") || bytes.HasPrefix(src, []byte("PK\x03\x04"))
		},
		Read: readXLSX, Write: tableWriter(sheet.Excel), Lost: tableLost,
	}
}

func readXLSX(src []byte, opts Options) (Result, error) {
	if p, bad := checkZip(src); bad {
		return refuse(p), nil
	}
	f, err := excelize.OpenReader(bytes.NewReader(src), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return refuse(notReadable()), nil
	}
	defer func() { _ = f.Close() }() // nothing was written
	d := newDraft(opts)
	s := sheetReader{draft: d, book: f}
	name, rows, bad := s.choose()
	if bad != nil {
		r := refuse(*bad)
		r.Sheets = f.GetSheetList()
		return r, nil
	}
	for _, other := range f.GetSheetList() {
		if other != name {
			d.lose("other sheet of the workbook was not read", "other sheets of the workbook were not read")
		}
	}
	s.unread(name)
	d.noteFirst(s.formulas, "cell is a formula; what it came to when the workbook was saved is taken", "cells are formulas; what they came to when the workbook was saved is taken")
	r := d.readRows(rows, nameOf(opts.File), func(line, column int) Problem {
		cell, err := excelize.CoordinatesToCellName(column+1, line)
		if err != nil {
			return Problem{}
		}
		return Problem{Line: line, Column: column + 1, Path: fmt.Sprintf("sheet %s, cell %s", cut(name), cell)}
	})
	r.Sheet, r.Sheets = name, f.GetSheetList()
	return r, nil
}

// checkZip refuses what would unpack to more than is looked at, before anything is
// unpacked.
func checkZip(src []byte) (Problem, bool) {
	z, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		return Problem{Message: "This is no .xlsx workbook; older and protected ones are not read.", Do: "Save it as .xlsx without a password."}, true
	}
	if len(z.File) > maxParts {
		return Problem{Message: fmt.Sprintf("The workbook has %d parts; at most %d are read.", len(z.File), maxParts), Do: "Save the sheet with the checklist alone."}, true
	}
	var total uint64
	var b bounds
	seen := map[string]bool{}
	for _, part := range z.File {
		if total += part.UncompressedSize64; part.UncompressedSize64 > maxUnzipped || total > maxUnzipped {
			return Problem{
				Path:    cut(part.Name),
				Message: fmt.Sprintf("The workbook unpacks to more than %d MiB, here at the latest.", maxUnzipped>>20), Do: "Save the sheet with the checklist alone.",
			}, true
		}
		name := strings.ToLower(part.Name)
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "macrosheets/") {
			return Problem{Path: cut(part.Name), Message: "The workbook has macros in it, which are code.", Do: "Save it as .xlsx, without macros."}, true
		}
		if seen[name] {
			return Problem{Path: cut(part.Name), Message: "The workbook has a part twice.", Do: "Open it in a spreadsheet and save it as .xlsx again."}, true
		}
		seen[name] = true
		if p, bad := b.part(part); bad {
			p.Path = cut(part.Name)
			return p, true
		}
	}
	return Problem{}, false
}

const (
	maxMerged   = 2000
	maxElements = 400_000 // of XML in all parts; the library takes up to 400 bytes for each
	maxToken    = 1 << 20 // bytes of one tag or text of XML
)

// tokenReader ends where a tag or text is longer than is read.
type tokenReader struct {
	in   io.Reader
	left int
}

var errLongToken = errors.New("a tag or text is too long")

func (r *tokenReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongToken
	}
	n, err := r.in.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// bounds counts what is in the parts of a workbook. All of them are looked through
// before the library reads any, whatever they are called: which is a sheet is said by
// one of them, an element of few bytes takes hundreds, and one cell far to the right
// and below has the library make all the rows above.
type bounds struct{ cells, rows, merged, elements int }

func (b *bounds) part(part *zip.File) (Problem, bool) {
	in, err := part.Open()
	if err != nil {
		return notReadable(), true
	}
	defer func() { _ = in.Close() }() // it was only read
	tokens := &tokenReader{in: in}
	dec := xml.NewDecoder(tokens)
	foreign := false
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		foreign = true // it would be read as something else than what is counted here
		return in, nil
	}
	b.cells, b.rows = 0, 0
	for {
		tokens.left = maxToken
		token, err := dec.RawToken()
		if foreign || errors.Is(err, errLongToken) {
			return notReadable(), true
		}
		if err != nil {
			return Problem{}, false // its end, or no XML: the library gets no further either
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		b.elements++
		switch e.Name.Local {
		case "row":
			b.rows++
		case "c":
			b.cells++
		case "mergeCell":
			b.merged++
		}
		if b.elements > maxElements {
			return Problem{
				Message: fmt.Sprintf("The workbook has more than %d elements in it.", maxElements), Do: "Save the sheet with the checklist alone, without empty rows and formats.",
			}, true
		}
		if b.cells > maxCells || b.rows > maxRows || b.merged > maxMerged || !boundedPlace(e) {
			p := tooLargeTable(0)
			p.Column = 0
			return p, true
		}
	}
}

func notReadable() Problem {
	return Problem{Message: "The workbook cannot be read.", Do: "Open it in a spreadsheet and save it as .xlsx again."}
}

// boundedPlace looks at where an element of a sheet says that it stands.
func boundedPlace(e xml.StartElement) bool {
	for _, a := range e.Attr {
		switch {
		case e.Name.Local == "row" && a.Name.Local == "r":
			if n, err := strconv.Atoi(a.Value); err == nil && (n < 0 || n > maxRows) {
				return false
			}
		case e.Name.Local == "c" && a.Name.Local == "r", e.Name.Local == "mergeCell" && a.Name.Local == "ref",
			e.Name.Local == "f" && a.Name.Local == "ref":
			for _, name := range strings.Split(a.Value, ":") {
				column, line, err := excelize.CellNameToCoordinates(name)
				if err == nil && (column > maxColumns || line > maxRows) {
					return false
				}
			}
		}
	}
	return true
}

type sheetReader struct {
	*draft
	book     *excelize.File
	formulas met
	lines    bool // cells keep their lines
}

// choose is the sheet that was asked for, or the first with rows in it.
func (s *sheetReader) choose() (string, []row, *Problem) {
	sheets := s.book.GetSheetList()
	if s.opts.Sheet != "" && !slices.Contains(sheets, s.opts.Sheet) {
		return "", nil, &Problem{Message: fmt.Sprintf("There is no sheet %q.", cut(s.opts.Sheet)), Do: "Choose another."}
	}
	for _, name := range sheets {
		if s.opts.Sheet != "" && name != s.opts.Sheet {
			continue
		}
		rows, bad := s.rows(name)
		if bad != nil || len(rows) > 0 {
			return name, rows, bad
		}
	}
	return "", nil, &Problem{Message: "The workbook has no sheet with rows in it.", Do: "Choose another sheet, or another file."}
}

var errTooLarge = errors.New("the sheet is too large")

func (s *sheetReader) rows(sheet string) ([]row, *Problem) {
	rows, err := s.cells(sheet)
	if errors.Is(err, errTooLarge) {
		p := tooLargeTable(0)
		p.Column, p.Path = 0, "sheet "+cut(sheet)
		return nil, &p
	}
	if err == nil {
		err = s.merged(sheet, rows)
	}
	if err != nil {
		return nil, &Problem{Path: "sheet " + cut(sheet), Message: "The sheet cannot be read.", Do: "Open it in a spreadsheet and save it as .xlsx again."}
	}
	return slices.DeleteFunc(rows, func(r row) bool { n, _ := r.filled(); return n == 0 }), nil
}

func (s *sheetReader) cells(sheet string) (rows []row, err error) {
	in, err := s.book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	cells := 0
	for line := 1; in.Next(); line++ {
		record, err := in.Columns()
		if err != nil {
			return nil, err
		}
		if cells += len(record); len(record) > maxColumns || cells > maxCells || len(rows) >= maxRows {
			return nil, errTooLarge
		}
		r := row{line: line, cells: own.Convert(record, s.cell)}
		for i, c := range r.cells {
			if c == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(i+1, line)
			if err != nil {
				return nil, err
			}
			formula, err := s.book.GetCellFormula(sheet, name)
			if err != nil {
				return nil, err
			}
			if formula != "" {
				s.formulas.at(Problem{Path: name})
			}
		}
		rows = append(rows, r)
	}
	return rows, in.Error()
}

func (s *sheetReader) cell(text string) string {
	if s.lines {
		return cleanLines(text)
	}
	return clean(text)
}

// unread counts what hangs on a sheet besides its cells. What the library cannot read
// of it is none.
func (s *sheetReader) unread(sheet string) {
	if comments, err := s.book.GetComments(sheet); err == nil {
		s.loseSome(len(comments), "comment on a cell was left out", "comments on cells were left out")
	}
	if links, err := s.book.GetHyperLinkCells(sheet, ""); err == nil {
		s.loseSome(len(links), "link behind a cell was left out", "links behind cells were left out")
	}
	if pictures, err := s.book.GetPictureCells(sheet); err == nil {
		s.loseSome(len(pictures), "picture was left out", "pictures were left out")
	}
	if lists, err := s.book.GetDataValidations(sheet); err == nil {
		s.loseSome(len(lists), "rule on what may stand in cells was left out", "rules on what may stand in cells were left out")
	}
}

// merged writes the text of merged cells into each of their rows, and marks rows
// that are one text over several columns.
func (s *sheetReader) merged(sheet string, rows []row) error {
	list, err := s.book.GetMergeCells(sheet)
	if err != nil {
		return err
	}
	filled := 0
	for _, m := range list {
		left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return err
		}
		right, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return err
		}
		if top > len(rows) || left > len(rows[top-1].cells) {
			continue
		}
		text := rows[top-1].cells[left-1]
		if right > left && top == bottom {
			n, _ := rows[top-1].filled()
			rows[top-1].band = n == 1
			continue
		}
		for line := top + 1; line <= min(bottom, len(rows)); line++ {
			r := &rows[line-1]
			if n, _ := r.filled(); n == 0 {
				continue
			}
			if filled++; filled > maxCells {
				return errTooLarge
			}
			for len(r.cells) < left {
				r.cells = append(r.cells, "")
			}
			if r.cells[left-1] == "" {
				r.cells[left-1], r.down = text, append(r.down, left-1)
			}
		}
	}
	return nil
}
