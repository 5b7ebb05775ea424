package page

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// records are the records that were added or say something else.
func (d *CompareData) records() []difference {
	var rows []difference
	for i := range d.After.Records {
		rec := &d.After.Records[i]
		before := ""
		if i < len(d.Before.Records) {
			before = recordWords(&d.Before.Records[i], d.Name, d.Others, d.Now)
		}
		rows = d.note(rows, rec.Name(), before, recordWords(rec, d.Name, d.Others, d.Now), func(e review.Event) bool {
			_, said := e.(review.RecordDiscussed)
			return review.RecordIn(e) == rec.No && !said
		})
	}
	return rows
}

// recordWords say all that a record says but its discussion, a line each.
func recordWords(rec *review.Record, name Names, others review.Others, now time.Time) string {
	k := rec.Def()
	lines := []string{rec.Title, rec.Standing().Label + prefixed(": ", rec.Why)}
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add(k.Text, rec.Text)
	lines = append(lines, RecordLines(k, rec.Values, others)...)
	if f, ok := LatestFigure(rec, now); ok && f.Text != "" {
		add("Latest value", f.Text+", "+MomentOf(rec.Latest.At))
	}
	add("Gates when it was recorded", RecordGates(rec))
	add("Owner", NameOrNone(name, rec.Owner))
	add(k.Due, day(rec.Due))
	add("Gate", string(rec.Stage))
	add("Item", string(rec.Item))
	add("Links", rec.PastedLinks())
	return strings.Join(lines, "\n")
}
