package formats

import (
	"bytes"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// tableWriter writes documents as tables of a format.
func tableWriter(f sheet.Format) func(plan.Document) (b []byte, lost []string, err error) {
	return func(d plan.Document) ([]byte, []string, error) {
		var b bytes.Buffer
		if err := writeTable(f, &b, tableOf(d)); err != nil {
			return nil, nil, err
		}
		return b.Bytes(), tableLost(d), nil
	}
}

// writeTable writes rows of which the first are the headings.
func writeTable(f sheet.Format, to *bytes.Buffer, rows [][]string) error {
	columns := make([]sheet.Column, len(rows[0]))
	for i, title := range rows[0] {
		columns[i] = sheet.Column{Title: title, Width: tableWidth(i)}
	}
	w, err := sheet.New(f, to, "Checklist", columns)
	if err != nil {
		return err
	}
	for _, r := range rows[1:] {
		if err := w.Row(own.Convert(r, func(text string) any { return text })...); err != nil {
			w.Abandon()
			return err
		}
	}
	return w.Close()
}

// tableWidth is how wide a column of [tableOf] is, in characters: the texts of an item
// have room, its levels need little.
func tableWidth(column int) int {
	switch {
	case column >= 2 && column <= 6:
		return 48
	case column >= 7 && column <= 9:
		return 10
	}
	return 24
}
