package formats

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// AnswerRow is a row of a spreadsheet with answers to a checklist, as it stands there.
type AnswerRow struct {
	Line                          int // of the text, or the row's number in a sheet
	Item, Key, Answer, Note, Link string
}

// Answers are the rows of a table, and the headings of columns that are not read.
type Answers struct {
	Rows   []AnswerRow
	Unread []string
}

// ReadAnswers reads a workbook, or a text with commas, semicolons or tabs. Without
// headings the columns are item, answer, note and link.
func ReadAnswers(name string, src []byte) (Answers, *Problem) {
	rows, bad := answerRows(name, src)
	if bad != nil || len(rows) == 0 {
		return Answers{}, bad
	}
	columns := answerColumns(rows[0].cells)
	var out Answers
	if columns == nil {
		columns = map[string]int{"item": 0, "key": -1, "answer": 1, "note": 2, "link": 3}
	} else {
		for i, heading := range rows[0].cells {
			if heading != "" && !used(columns, i) {
				out.Unread = append(out.Unread, cut(heading))
			}
		}
		rows = rows[1:]
	}
	for _, r := range rows {
		at := func(column string) string { return strings.TrimSpace(r.cell(columns[column])) }
		if n, _ := r.filled(); n > 0 {
			out.Rows = append(out.Rows, AnswerRow{Line: r.line, Item: at("item"), Key: at("key"), Answer: at("answer"), Note: at("note"), Link: at("link")})
		}
	}
	return out, nil
}

// Text is the same table as somebody pastes it, to be shown and changed.
func (a Answers) Text() (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = '\t'
	if err := w.Write([]string{"Item", "Key", "Answer", "Note", "Link"}); err != nil {
		return "", fmt.Errorf("writing headings: %w", err)
	}
	for _, r := range a.Rows {
		if err := w.Write(own.Convert([]string{r.Item, r.Key, r.Answer, r.Note, r.Link}, sheet.Guard)); err != nil {
			return "", fmt.Errorf("writing a row: %w", err)
		}
	}
	w.Flush()
	return b.String(), w.Error()
}

func used(columns map[string]int, i int) bool {
	for _, at := range columns {
		if at == i {
			return true
		}
	}
	return false
}

// answerColumns finds the columns by their headings; nil where the row has none: it takes
// an item and something that is said of it.
func answerColumns(headings []string) map[string]int {
	out := map[string]int{}
	for _, c := range []struct {
		column string
		words  []string // as [fold.Text] makes them
	}{
		{"item", []string{"item", "title", "checklist item", "item title", "requirement", "check", "control", "question", "criterion", "task", "name"}},
		{"key", []string{"key", "item key", "id", "item id", "number", "no", "no.", "nr", "#", "ref", "reference"}},
		{"answer", []string{"answer", "status", "state", "result", "response", "met", "done", "fulfilled"}},
		{"note", []string{"note", "notes", "comment", "comments", "remark", "remarks", "reason", "explanation"}},
		{"link", []string{"link", "links", "url", "urls", "evidence", "proof", "evidence link", "evidence links"}},
	} {
		out[c.column] = -1
		for i, h := range headings {
			if !used(out, i) && slices.Contains(c.words, strings.Trim(fold.Text(h), " :*?")) {
				out[c.column] = i
				break
			}
		}
	}
	if out["item"] < 0 && out["key"] < 0 || out["answer"] < 0 && out["note"] < 0 && out["link"] < 0 {
		return nil
	}
	return out
}

func answerRows(name string, src []byte) ([]row, *Problem) {
	if !hasExtension(name, ".xlsx", ".xlsm", ".xls") && !bytes.HasPrefix(src, []byte("PK\x03\x04")) {
		return answerText(withoutBOM(src))
	}
	if p, bad := checkZip(src); bad {
		return nil, &p
	}
	f, err := excelize.OpenReader(bytes.NewReader(src), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		p := notReadable()
		return nil, &p
	}
	defer func() { _ = f.Close() }() // nothing was written
	s := sheetReader{draft: newDraft(Options{}), book: f, lines: true}
	_, rows, bad := s.choose()
	return rows, bad
}

// answerText reads rows of a text. Quotes within a cell are taken as they are, as
// spreadsheets copy them.
func answerText(src []byte) ([]row, *Problem) {
	if p, bad := notText(src); bad {
		return nil, &p
	}
	mark := delimiter(src)
	if first, _, _ := bytes.Cut(src, []byte("\n")); bytes.ContainsRune(first, '\t') {
		mark = '\t' // it was copied from a spreadsheet, whatever else stands in its notes
	}
	if bytes.Count(src, []byte(string(mark))) > maxMarks {
		p := tooLargeTable(1)
		return nil, &p
	}
	in := csv.NewReader(bytes.NewReader(src))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = mark, -1, true
	var rows []row
	cells := 0
	for {
		record, err := in.Read()
		var at *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &at):
			return nil, &Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf("The table cannot be read here: %v.", at.Err)}
		case err != nil:
			return nil, &Problem{Message: "The table cannot be read."}
		}
		line, _ := in.FieldPos(0)
		if cells += len(record); len(record) > maxColumns || cells > maxCells || len(rows) >= maxRows {
			p := tooLargeTable(line)
			return nil, &p
		}
		rows = append(rows, row{line: line, cells: own.Convert(record, func(c string) string {
			return sheet.Unguard(strings.TrimSpace(c))
		})})
	}
}
