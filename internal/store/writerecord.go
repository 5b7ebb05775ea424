package store

import (
	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeRecord writes a record as it is after the change.
func writeRecord(b *pgx.Batch, r *review.Review, no int) {
	rec := &r.Records[no-1]
	state := rec.Standing()
	values, links := rec.Values, rec.Links
	if values == nil {
		values = record.Values{}
	}
	if links == nil {
		links = []review.RecordLink{}
	}
	b.Queue(`
		insert into record (project_id, no, kind, title, text, owner_id, due, stage, item, fields, links, state, version,
		       opened_by, opened_at, moved_by, moved_at, why, closed, at_gate, gates, alarm, search)
		values ($1, $2, $3, $4, $5, $6, nullif($7, '')::date, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
		on conflict (project_id, no) do update
		   set title = $4, text = $5, owner_id = $6, due = nullif($7, '')::date, stage = $8, item = $9, fields = $10, links = $11, state = $12,
		       version = $13, moved_by = $16, moved_at = $17, why = $18, closed = $19, at_gate = $20, gates = $21, alarm = $22, search = $23`,
		int64(r.Project.ID), no, string(rec.Kind), rec.Title, rec.Text, nullablePerson(rec.Owner), rec.Due, string(rec.Stage), string(rec.Item),
		values, links, string(rec.State), rec.Version, int64(rec.By), rec.At, nullablePerson(rec.MovedBy), nullable(rec.MovedAt), rec.Why,
		state.Closed, state.AtGate, rec.Gates, string(rec.Alarm()), recordWords(rec.Kind, no, rec.Title))
}

func writeRecordComment(b *pgx.Batch, project int64, en review.Entry, e review.RecordDiscussed) {
	b.Queue(`update record set comments = $3 where project_id = $1 and no = $2`, project, e.No, e.Comment)
	b.Queue(`
		insert into record_comment (project_id, record_no, no, person_id, at, text, once, mentions)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		project, e.No, e.Comment, int64(en.Actor), en.At, e.Text, e.Once, people(e.Mentions))
}

// writeReading writes a figure that was read of a record as it is after the change,
// and which of them is the latest.
func writeReading(b *pgx.Batch, r *review.Review, no, reading int) {
	rec := &r.Records[no-1]
	re := &rec.Readings[reading-1]
	project := int64(r.Project.ID)
	b.Queue(`
		insert into record_reading (project_id, record_no, no, value, at, note, url, noted_by, noted_at, struck_by, struck_at, why)
		values ($1, $2, $3, $4::text::numeric, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (project_id, record_no, no) do update set struck_by = $10, struck_at = $11, why = $12`,
		project, no, reading, re.Value.String(), re.Moment(), re.Note, string(re.URL), int64(re.By), re.Noted, nullablePerson(re.StruckBy), nullable(re.Struck), re.Why)
	b.Queue(`update record set latest = $3, alarm = $4 where project_id = $1 and no = $2`, project, no, rec.Latest, string(rec.Alarm()))
}

// decidedOn are the records on which a round decided, as its row keeps them; nil
// when there are none.
func decidedOn(r *review.Review, stage plan.StageKey, round int) any {
	if decided := r.Stage(stage).Rounds[round-1].Records; len(decided) > 0 {
		return decided
	}
	return nil
}
