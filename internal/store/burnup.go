package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/review"
)

// BurnUpDay is what a project had done on a day that has a snapshot.
type BurnUpDay struct {
	Day    time.Time
	Review int
	Items  int // required and recommended
	Done   int
}

// BurnUp reads how much of a project was done on each of the last [SnapshotDays] days, oldest
// first; days without a snapshot are left out. There are none of a project that the person
// may not see.
func (s *Store) BurnUp(ctx context.Context, by By, key review.ProjectKey) ([]BurnUpDay, error) {
	rows, err := s.pool.Query(ctx, burnUpSQL, by.token[:], by.person, s.idle, string(key))
	if err != nil {
		return nil, batchError("reading how much was done by when", err)
	}
	days, err := pgx.CollectRows(rows, pgx.RowToStructByPos[BurnUpDay])
	if err != nil {
		return nil, fmt.Errorf("reading how much was done by when: %w", err)
	}
	return days, nil
}

// burnUpSQL goes from day to day: snapshots are found by their day first.
var burnUpSQL = `with ` + meSQL + `
	select p.day, p.review_no, p.items, p.done
	  from portfolio f
	  join snapshot s on s.day > current_date - ` + strconv.Itoa(SnapshotDays) + `
	  join snapshot_project p on p.day = s.day and p.project_id = f.project_id, me
	 where ` + keySQL + ` and ` + visibleSQL + `
	 order by p.day`
