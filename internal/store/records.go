package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

const recordsSQL = `
	select t.no, t.kind, t.title, t.text, coalesce(t.owner_id, 0), t.due, t.stage, t.item, t.fields, t.links, t.state, t.version,
	       t.opened_by, t.opened_at, coalesce(t.moved_by, 0), t.moved_at, t.why, t.comments, t.latest, t.gates
	  from record t
	 where t.project_id = $1`

// queueRecords asks for a project's records: all, or those on which gates decide.
func queueRecords(b *pgx.Batch, id review.ProjectID, all bool, out *reviewRows) {
	if all {
		b.Queue(recordsSQL+` order by t.no`, int64(id)).Query(out.scanRecords)
		b.Queue(readingsSQL, int64(id)).Query(out.scanReadings)
		return
	}
	b.Queue(recordsSQL+` and t.at_gate order by t.no`, int64(id)).Query(out.scanRecords)
}

func (rows *reviewRows) scanRecords(r pgx.Rows) error {
	var err error
	rows.records, err = pgx.AppendRows(rows.records, r, scanRecord)
	if err != nil {
		return fmt.Errorf("reading records: %w", err)
	}
	return nil
}

const readingsSQL = `
	select t.record_no, t.no, trim_scale(t.value)::text, to_char(t.at, 'YYYY-MM-DD"T"HH24:MI'), t.note, t.url, t.noted_by, t.noted_at,
	       coalesce(t.struck_by, 0), t.struck_at, t.why
	  from record_reading t
	 where t.project_id = $1
	 order by t.record_no, t.no`

// scanReadings gives the records, which were read before, what was read of each.
func (rows *reviewRows) scanReadings(r pgx.Rows) error {
	defer r.Close()
	for r.Next() {
		var of int
		var value string
		var struck *time.Time
		var re review.Reading
		err := r.Scan(&of, &re.No, &value, &re.At, &re.Note, (*string)(&re.URL), (*int64)(&re.By), &re.Noted, (*int64)(&re.StruckBy), &struck, &re.Why)
		if err != nil {
			return fmt.Errorf("reading what was read of records: %w", err)
		}
		if re.Value, err = record.ParseDecimal(value); err != nil {
			return fmt.Errorf("reading %d of record %d %w", re.No, of, err)
		}
		re.Noted, re.Struck = re.Noted.UTC(), deref(struck)
		i, found := slices.BinarySearchFunc(rows.records, of, func(rec review.Record, no int) int { return cmp.Compare(rec.No, no) })
		if !found {
			continue // added since the records were read, by somebody else
		}
		rows.records[i].Readings = append(rows.records[i].Readings, re)
	}
	return r.Err()
}

func scanRecord(row pgx.CollectableRow) (rec review.Record, err error) {
	var due, moved *time.Time
	err = row.Scan(&rec.No, (*string)(&rec.Kind), &rec.Title, &rec.Text, (*int64)(&rec.Owner), &due, (*string)(&rec.Stage), (*string)(&rec.Item),
		&rec.Values, &rec.Links, (*string)(&rec.State), &rec.Version, (*int64)(&rec.By), &rec.At, (*int64)(&rec.MovedBy), &moved, &rec.Why, &rec.Comments, &rec.Latest, &rec.Gates)
	if err != nil {
		return rec, err
	}
	rec.Due, rec.At, rec.MovedAt = review.FormatDate(deref(due)), rec.At.UTC(), deref(moved)
	if len(rec.Values) == 0 {
		rec.Values = nil // as an event has it
	}
	if len(rec.Links) == 0 {
		rec.Links = nil
	}
	if def := rec.Def(); def == nil || def.State(rec.State) == nil {
		return rec, fmt.Errorf("record %d is a %s that is %q, which this version does not know", rec.No, rec.Kind, rec.State)
	}
	return rec, nil
}

// Records reads a project with all its records.
func (s *Store) Records(ctx context.Context, by By, key review.ProjectKey) (*ProjectView, error) {
	return s.project(ctx, by, key, parts{rounds: true, all: true})
}

// RecordView is one record with its discussion and what happened to it.
type RecordView struct {
	ProjectView
	Record   *review.Record
	Comments []CommentView  // oldest first
	Entries  []review.Entry // newest first
}

// ofRecord are the kinds of entries that concern a record.
func ofRecord() []string {
	return []string{
		review.RecordOpened{}.Kind(), review.RecordEdited{}.Kind(), review.RecordMoved{}.Kind(), review.RecordHandedOn{}.Kind(),
		review.RecordDiscussed{}.Kind(), review.ReadingNoted{}.Kind(), review.ReadingStruck{}.Kind(),
	}
}

// Record reads one record of a project.
func (s *Store) Record(ctx context.Context, by By, key review.ProjectKey, no int) (*RecordView, error) {
	out := &RecordView{}
	view, err := s.projectWith(ctx, by, key, parts{rounds: true, all: true}, func(b *pgx.Batch) {
		b.Queue(`
			select no, person_id as person, at, text, mentions from (
			    select c.no, c.person_id, c.at, c.text, c.mentions
			      from record_comment c
			     where c.project_id = (select id from project where key = $1) and c.record_no = $2::bigint
			     order by c.no desc limit $3
			) newest order by no`, string(key), no, itemComments).Query(func(rows pgx.Rows) (err error) {
			out.Comments, err = pgx.CollectRows(rows, pgx.RowToStructByName[CommentView])
			return err
		})
		b.Queue(`
			select t.seq, t.at, t.actor_id, t.kind, t.body
			  from trail t
			 where t.stream_id = (select id from project where key = $1) and t.kind = any($2) and (t.body ->> 'no')::bigint = $3
			 order by t.seq desc limit $4`, string(key), ofRecord(), no, itemEntries).Query(func(rows pgx.Rows) (err error) {
			out.Entries, err = collectEntries(rows)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	out.ProjectView = *view
	if out.Record, err = view.Review.Record(no); err != nil {
		return nil, err
	}
	if err := s.othersIn(ctx, by, out.Entries, out.Others); err != nil {
		return nil, err
	}
	return out, s.nameMore(ctx, out.Names, out.Comments, out.Entries)
}

// RecordAsOf is what the page of a record shows of a moment.
func (v *AsOfView) RecordAsOf(no int) (*RecordView, error) {
	out := &RecordView{ProjectView: v.ProjectView}
	var err error
	if out.Record, err = v.Review.Record(no); err != nil {
		return nil, err
	}
	out.Entries, out.Comments = v.past(func(e review.Event) bool { return review.RecordIn(e) == no })
	return out, nil
}
