package records

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/page"
)

// table is the list as a file: all that it lists over its pages.
func (l *list) table(f sheet.Format) string {
	u := page.RecordsTableURL(l.key(), l.kind().Key, f)
	if l.All {
		u += "?all=1"
	}
	return u
}

// SheetColumns are the columns of the list as a file: those of the page, and all that the
// record's own page says.
func (d *ListData) SheetColumns() []sheet.Column {
	columns := []sheet.Column{{Title: page.Capital(d.Kind.One), Width: 48, Stays: true}, {Title: "Number", Width: 10}, {Title: "State", Width: 20}, {Title: "Owner", Width: 22}}
	if d.Kind.Due != "" {
		columns = append(columns, sheet.Column{Title: d.Kind.Due, Width: 12})
	}
	if d.Kind.Score != nil {
		columns = append(columns, sheet.Column{Title: "Score", Width: 14})
	}
	for i := range d.Kind.Fields {
		columns = append(columns, sheet.Column{Title: d.Kind.Fields[i].Label, Width: 28})
	}
	if d.Kind.Reads != nil {
		columns = append(columns, sheet.Column{Title: "Latest value", Width: 16}, sheet.Column{Title: "Noted on", Width: 12}, sheet.Column{Title: "Target", Width: 16})
	}
	return append(columns, []sheet.Column{
		{Title: "Description", Width: 60}, {Title: "Gate", Width: 24}, {Title: "Item", Width: 40}, {Title: "Links", Width: 60},
		{Title: "Added by", Width: 22}, {Title: "Added on", Width: 12}, {Title: "Why it stands so", Width: 40}, {Title: "Address", Width: 40},
	}...)
}

// SheetRows hands on a row for each record that the list has over all its pages, until one
// is not taken. origin is the address of this Slipway.
func (d *ListData) SheetRows(origin string, take func(...any) error) error {
	for _, rec := range newList(d).listed() {
		if err := take(d.sheetRow(rec, origin)...); err != nil {
			return err
		}
	}
	return nil
}

func (d *ListData) sheetRow(rec *review.Record, origin string) []any {
	_, state := d.badge(rec)
	row := []any{rec.Title, rec.Name(), state, page.NameOrNone(d.Name, rec.Owner)}
	if d.Kind.Due != "" {
		row = append(row, rec.DueDay())
	}
	if d.Kind.Score != nil {
		row = append(row, score(rec)+figure(rec))
	}
	for i := range d.Kind.Fields {
		f := &d.Kind.Fields[i]
		row = append(row, page.RecordValue(f, rec.Values[f.Key], d.Others))
	}
	if reads := d.Kind.Reads; reads != nil {
		var figure string
		var noted time.Time
		if rec.Latest != nil {
			figure, noted = reads.Figure(rec.Values, rec.Latest.Value), rec.Latest.Moment()
		}
		row = append(row, figure, noted, reads.Aim(rec.Values))
	}
	gate, _ := d.where(rec)
	item, _ := d.item(rec)
	links := make([]string, len(rec.Links))
	for i := range rec.Links {
		links[i] = rec.Links[i].Title + ": " + string(rec.Links[i].URL)
	}
	return append(row, rec.Text, gate, item, strings.Join(links, "\n"),
		d.Name(rec.By), rec.At.In(d.Now.Location()), rec.Why, origin+page.RecordURL(d.key(), rec.Kind, rec.No))
}
