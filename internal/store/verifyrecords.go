package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// alarms checks why records ask for attention in lists.
func (v *Verified) alarms(ctx context.Context, tx source, r *review.Review) error {
	if len(r.Records) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `select no, alarm, closed, at_gate from record where project_id = $1 order by no`, int64(v.Stream))
	if err != nil {
		return batchError("reading what lists say of records", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int
		var alarm record.Alarm
		var closed, atGate bool
		if err := rows.Scan(&no, (*string)(&alarm), &closed, &atGate); err != nil {
			return fmt.Errorf("reading what lists say of records: %w", err)
		}
		rec := r.Kept(no)
		if rec == nil {
			continue // which is said of the record itself
		}
		if st := rec.Standing(); alarm != rec.Alarm() || closed != st.Closed || atGate != st.AtGate {
			v.wrong("lists record %d wrongly: %q, where %q is right, closed %t and at a gate %t", no, alarm, rec.Alarm(), closed, atGate)
		}
	}
	return rows.Err()
}

// recordComments checks the discussions of so many records. Without one there is
// none: a comment refers to its record.
func (v *Verified) recordComments(ctx context.Context, tx source, records int) error {
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
