package store

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// OwnRecord is a record that the person owns and that is not closed.
type OwnRecord struct {
	Project review.ProjectKey
	Name    string // of the project
	No      int    // within the project
	Kind    record.Key
	Title   string
	State   record.StateKey
	Due     time.Time // date; zero: none
}

// queueOwnRecords asks for the person's records by their date, so that those which
// are overdue come first and those without one last. In a stopped project nobody
// can do anything about them.
func (s *Store) queueOwnRecords(b *pgx.Batch, by By, limit int, into *[]OwnRecord, all *int) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, t.no, t.kind, t.title, t.state, t.due, count(*) over ()
		  from me
		  join record t on t.owner_id = me.id and not t.closed
		  join portfolio f on f.project_id = t.project_id
		 where f.status <> 'stopped' and `+visibleSQL+`
		 order by t.due nulls last, lower(f.name), t.project_id, t.no
		 limit $4`, by.token[:], by.person, s.idle, limit).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var r OwnRecord
			var due *time.Time
			if err := rows.Scan(&r.Project, &r.Name, &r.No, (*string)(&r.Kind), &r.Title, (*string)(&r.State), &due, all); err != nil {
				return fmt.Errorf("reading own records: %w", err)
			}
			r.Due = deref(due)
			*into = append(*into, r)
		}
		return rows.Err()
	})
}
