package records

import (
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// A row that does not fit its headings would be refused in the middle of a file.
func TestRowsFitTheirHeadings(t *testing.T) {
	t.Parallel()
	for _, k := range record.Kinds() {
		d := &ListData{Kind: k, All: true, View: View{
			Review: &review.Review{Records: []review.Record{
				{No: 1, Kind: k.Key, State: k.States[0].Key},
				{No: 2, Kind: k.Key, State: k.States[0].Key, Latest: &review.Reading{At: "2026-11-27"}, RecordFields: review.RecordFields{Due: "2026-11-28", Owner: 7}},
			}},
			Now: time.Now(), Name: func(review.PersonID) string { return "Somebody" },
		}}
		rows := 0
		if err := d.SheetRows("https://slipway.example.test", func(cells ...any) error {
			if rows++; len(cells) != len(d.SheetColumns()) {
				t.Errorf("a row of %s has %d cells under %d headings", k.Many, len(cells), len(d.SheetColumns()))
			}
			return nil
		}); err != nil || rows != 2 {
			t.Errorf("%d rows of %s: %v", rows, k.Many, err)
		}
	}
}
