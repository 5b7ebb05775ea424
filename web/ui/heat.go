package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// HeatCell is one stage of one project in the portfolio. A cell under way shows its counts, unless it has a word; every other state shows its word.
type HeatCell struct {
	State State
	Word  string
	Done  int // musts satisfied
	Total int // musts that apply
}

// HeatCells writes the cells of a row. They are plain text, not links: five hundred links would outweigh the page. app.js makes
// a cell lead to its stage; without scripts the project's own page does.
func HeatCells(cells []HeatCell) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return writePooled(w, func(b []byte) []byte {
			for i := range cells {
				b = appendHeatCell(b, &cells[i])
			}
			return b
		})
	})
}

func appendHeatCell(b []byte, c *HeatCell) []byte {
	b = append(b, `<td class="`...)
	b = append(b, c.State.class()...)
	b = append(b, `">`...)
	if c.Word == "" && (c.State == Part || c.State == Open) {
		b = strconv.AppendInt(b, int64(c.Done), 10)
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(c.Total), 10)
	} else {
		b = appendText(b, c.Word)
	}
	return append(b, `</td>`...)
}

// HeatColumns appends a column for each stage to the leading columns.
func HeatColumns(lead []Column, keys, names []string) []Column {
	columns := make([]Column, 0, len(lead)+len(keys))
	columns = append(columns, lead...)
	for i, key := range keys {
		columns = append(columns, Column{Label: names[i], Key: key})
	}
	return columns
}
