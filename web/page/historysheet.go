package page

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/sheet"
)

// table is the trail of the filter as a file, over all its pages.
func (d *HistoryData) table(f sheet.Format) string {
	filter := d.Filter
	filter.Before = 0
	return HistoryURL(d.Project.Key) + "/export/" + string(f) + filter.query()
}

// HistoryColumns are the columns of the trail as a file.
func HistoryColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Number", Width: 10}, {Title: "When (UTC)", Width: 22}, {Title: "Who", Width: 22}, {Title: "What happened", Width: 60},
		{Title: "Reason or note", Width: 60}, {Title: "Hash", Width: 68}, {Title: "Address", Width: 40},
	}
}

// SheetRows hands on a row for each entry, until one is not taken. origin is the address of
// this Slipway.
func (d *HistoryData) SheetRows(origin string, take func(...any) error) error {
	for _, r := range d.rows() {
		address := ""
		if r.Href != "" {
			address = origin + r.Href
		}
		what := strings.TrimSpace(r.What + " " + r.Thing)
		if err := take(int(r.seq), r.At.UTC().Format(time.RFC3339), r.Who, what, r.Why, r.hash, address); err != nil {
			return err
		}
	}
	return nil
}
