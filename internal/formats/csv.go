package formats

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slipway-prr/slipway/internal/sheet"
)

// CSV is a table as text, with commas, semicolons or tabs.
const CSV Format = "csv"

func csvInfo() Info {
	return Info{
		Format: CSV, Label: "CSV table", Extensions: []string{".csv", ".tsv"}, MediaType: "text/csv", Columns: true, general: true,
		Sniff: func(name string, _ []byte) bool { return hasExtension(name, ".csv", ".tsv") },
		Read:  readCSV, Write: tableWriter(sheet.CSV), Lost: tableLost,
	}
}

func readCSV(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	rows, bad, err := d.csvRows(src)
	if err != nil {
		return Result{}, err
	}
	if bad != nil {
		return refuse(*bad), nil
	}
	return d.readRows(rows, "", func(line, column int) Problem {
		return Problem{Line: line, Column: 1, Path: fmt.Sprintf("column %d", column+1)}
	}), nil
}

// csvRows are the rows of a table, their cells on one line each.
func (d *draft) csvRows(src []byte) ([]row, *Problem, error) {
	if mark := delimiter(src); bytes.Count(src, []byte(string(mark))) > maxMarks {
		p := tooLargeTable(1)
		return nil, &p, nil
	}
	in := csv.NewReader(bytes.NewReader(src))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = delimiter(src), -1, true
	var rows []row
	cells, formulas := 0, met{}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var at *csv.ParseError
		if errors.As(err, &at) {
			return nil, &Problem{
				Line: at.Line, Column: at.Column, Message: fmt.Sprintf("The table cannot be read here: %v.", at.Err),
				Do: `Put a cell with quotes in it into quotes, and write each of its quotes twice.`,
			}, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading a row: %w", err)
		}
		line, _ := in.FieldPos(0)
		if cells += len(record); len(record) > maxColumns || cells > maxCells || len(rows) >= maxRows {
			p := tooLargeTable(line)
			return nil, &p, nil
		}
		r := row{line: line, cells: make([]string, len(record))}
		for i, c := range record {
			if strings.HasPrefix(c, "=") {
				formulas.at(Problem{Line: line, Column: 1, Path: fmt.Sprintf("column %d", i+1)})
			}
			r.cells[i] = clean(sheet.Unguard(c))
		}
		rows = append(rows, r)
	}
	d.noteFirst(formulas, "cell is a formula and stands as it is written; nothing is computed", "cells are formulas and stand as they are written; nothing is computed")
	return rows, nil, nil
}

// maxMarks bounds the memory that a row takes, which is only looked at once it was read.
const maxMarks = 600_000

func tooLargeTable(line int) Problem {
	return Problem{
		Line: line, Column: 1, Message: fmt.Sprintf("The table is too large; at most %d rows, %d columns and %d cells are read.", maxRows, maxColumns, maxCells),
		Do: "Take out what is no checklist.",
	}
}

// delimiter is the character that stands most often in the first lines, outside
// quotes.
func delimiter(src []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(src[:min(len(src), 4096)]) {
		switch r {
		case '"':
			quoted = !quoted
		case ',', ';', '\t', '|':
			if !quoted {
				counts[r]++
			}
		}
	}
	best := ','
	for _, r := range []rune{';', '\t', '|'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}
