package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// Kept is what a list of projects tells of the records that one of them keeps.
type Kept struct {
	Alarms map[record.Alarm]int // nil: none
	Read   int                  // objectives and measures of which something was read
	Stale  int                  // documents that nobody has looked at in time
}

// keptSQL counts what projects keep.
const keptSQL = `
	select t.project_id, t.alarm, count(*), count(t.latest), count(*) filter (where t.kind = 'document' and t.due < current_date)
	  from record t
	 where t.project_id = any($1) and not t.closed
	   and (t.alarm <> '' or t.latest is not null or t.kind = 'document')
	 group by t.project_id, t.alarm`

// keptCounts are what projects keep.
type keptCounts map[review.ProjectID]Kept

func (c keptCounts) scan(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var id review.ProjectID
		var alarm record.Alarm
		var n, read, stale int
		if err := rows.Scan(&id, (*string)(&alarm), &n, &read, &stale); err != nil {
			return fmt.Errorf("reading what projects keep: %w", err)
		}
		k := c[id]
		k.Read, k.Stale = k.Read+read, k.Stale+stale
		if alarm != record.NoAlarm {
			if k.Alarms == nil {
				k.Alarms = map[record.Alarm]int{}
			}
			k.Alarms[alarm] = n
		}
		c[id] = k
	}
	return rows.Err()
}

func (c keptCounts) fill(list []PortfolioRow) {
	for i := range list {
		list[i].Kept = c[list[i].id]
	}
}

// fillKept counts what the projects of a stretch of a file keep.
func fillKept(ctx context.Context, db source, list []PortfolioRow) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = int64(list[i].id)
	}
	found, err := db.Query(ctx, keptSQL, ids)
	if err != nil {
		return fmt.Errorf("reading what projects keep: %w", err)
	}
	kept := keptCounts{}
	if err := kept.scan(found); err != nil {
		return err
	}
	kept.fill(list)
	return nil
}
