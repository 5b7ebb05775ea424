package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// HeatCell is one stage of one project in the portfolio: its shape, and its
// name for those who point at it or cannot see it. A cell under way shows its
// counts.
type HeatCell struct {
	State State
	Href  string
	Name  string // "Idea: passed"
	Done  int    // musts satisfied
	Total int    // musts that apply; 0 shows no count
}

// HeatCells writes the cells of a row, each a link. They are written by hand:
// there are hundreds on a page.
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
	b = append(b, `"><a href="`...)
	b = appendText(b, c.Href)
	b = append(b, `" title="`...)
	b = appendText(b, c.Name)
	b = append(b, `">`...)
	if c.State == Part && c.Total > 0 {
		b = strconv.AppendInt(b, int64(c.Done), 10)
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(c.Total), 10)
	}
	return append(b, `</a></td>`...)
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
