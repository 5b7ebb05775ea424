package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// recordComments checks the discussions of so many records. Without one there is
// none: a comment refers to its record.
func (v *Verified) recordComments(ctx context.Context, tx pgx.Tx, records int) error {
	if records == 0 {
		return nil
	}
	type comment struct {
		Record int
		No     int
		Person review.PersonID
		At     time.Time
		Text   string
		Named  string // those whom it mentions
	}
	rows, err := tx.Query(ctx, `
		select record_no as record, no, person_id as person, at, text, array_to_string(mentions, ' ') as named from record_comment
		 where project_id = $1`, int64(v.Stream))
	if err != nil {
		return batchError("reading comments on records", err)
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByName[comment])
	if err != nil {
		return batchError("reading comments on records", err)
	}
	missing := map[comment]bool{}
	for _, en := range v.Entries {
		if e, ok := en.Event.(review.RecordDiscussed); ok {
			missing[comment{e.No, e.Comment, en.Actor, en.At, e.Text, strings.Trim(fmt.Sprint(e.Mentions), "[]")}] = true
		}
	}
	for _, c := range kept {
		c.At = c.At.UTC()
		if !missing[c] {
			v.wrong("has a comment %d on record %d that nobody made", c.No, c.Record)
		}
		delete(missing, c)
	}
	for c := range missing {
		v.wrong("lacks comment %d on record %d", c.No, c.Record)
	}
	return nil
}
