package store

import (
	"context"
	"fmt"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// Kept is what a list of projects tells of the records that one of them keeps.
type Kept struct {
	Alarms map[record.Alarm]int // nil: none
	Read   int                  // objectives and measures of which something was read
	Stale  int                  // documents that nobody has looked at in time
}

// fillKept counts what the projects of a page keep.
func fillKept(ctx context.Context, db source, rows []PortfolioRow) error {
	byID, ids := make(map[review.ProjectID]*PortfolioRow, len(rows)), make([]int64, len(rows))
	for i := range rows {
		byID[rows[i].id], ids[i] = &rows[i], int64(rows[i].id)
	}
	found, err := db.Query(ctx, `
		select t.project_id, t.alarm, count(*), count(t.latest), count(*) filter (where t.kind = 'document' and t.due < current_date)
		  from record t
		 where t.project_id = any($1) and not t.closed
		   and (t.alarm <> '' or t.latest is not null or t.kind = 'document')
		 group by t.project_id, t.alarm`, ids)
	if err != nil {
		return fmt.Errorf("reading what projects keep: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var id review.ProjectID
		var alarm record.Alarm
		var n, read, stale int
		if err := found.Scan(&id, (*string)(&alarm), &n, &read, &stale); err != nil {
			return fmt.Errorf("reading what projects keep: %w", err)
		}
		k := &byID[id].Kept
		k.Read, k.Stale = k.Read+read, k.Stale+stale
		if alarm == record.NoAlarm {
			continue
		}
		if k.Alarms == nil {
			k.Alarms = map[record.Alarm]int{}
		}
		k.Alarms[alarm] = n
	}
	return found.Err()
}
