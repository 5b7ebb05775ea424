package sheet

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// book is a workbook under way. Texts are cells of text in it, whatever they begin with.
type book struct {
	to     io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	bold   int // style of headings
	day    int // style of days
}

func newBook(to io.Writer, title string, columns []Column) (_ *book, err error) {
	b := &book{to: to, file: excelize.NewFile()}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.file.Close())
		}
	}()
	if err := b.file.SetSheetName("Sheet1", title); err != nil {
		return nil, err
	}
	if b.bold, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return nil, err
	}
	iso := "yyyy-mm-dd"
	if b.day, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &iso}); err != nil {
		return nil, err
	}
	if b.stream, err = b.file.NewStreamWriter(title); err != nil {
		return nil, err
	}
	headings := make([]any, len(columns))
	for i, c := range columns {
		if err := b.stream.SetColWidth(i+1, i+1, float64(max(c.Width, 10))); err != nil {
			return nil, err
		}
		headings[i] = excelize.Cell{StyleID: b.bold, Value: c.Title}
	}
	panes := excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if columns[0].Stays {
		panes = excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}
	}
	if err := b.stream.SetPanes(&panes); err != nil {
		return nil, err
	}
	return b, b.stream.SetRow("A1", headings)
}

func (b *book) row(no int, cells []any) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case nil, string, int:
			values[i] = v
		case time.Time:
			if !v.IsZero() {
				// A workbook knows no time zones: the day is the one that the reader sees.
				y, m, d := v.Date()
				values[i] = excelize.Cell{StyleID: b.day, Value: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
			}
		default:
			return fmt.Errorf("no cell holds a %T", c)
		}
	}
	if err := b.stream.SetRow(fmt.Sprintf("A%d", no), values); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

func (b *book) close() (err error) {
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := b.stream.Flush(); err != nil {
		return fmt.Errorf("writing the last rows: %w", err)
	}
	if _, err := b.file.WriteTo(b.to); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}
