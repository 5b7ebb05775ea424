package store

import (
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

type itemRow struct {
	stage    plan.StageKey
	item     plan.ItemKey
	answer   review.Answer
	due      time.Time
	assignee review.PersonID
	comments int32
	reattest bool
	earlier  []review.PersonID
	offer    *review.Offer
	taken    *review.Inherited
}

// blank reports whether the row says nothing: somebody was given the item, say,
// and is not any more.
func (row *itemRow) blank() bool {
	return row.answer.Version == 0 && row.assignee == 0 && row.due.IsZero() && row.comments == 0 && !row.reattest && len(row.earlier) == 0 &&
		row.offer == nil && row.taken == nil
}

func (row *itemRow) to(it *review.Item) {
	it.Answer, it.Assignee, it.Due, it.Comments, it.Reattest, it.Earlier = row.answer, row.assignee, row.due, row.comments, row.reattest, row.earlier
	it.Offer, it.Inherited = row.offer, row.taken
}

// rowBuffer has room for the rows of a checklist, which are put together into a
// review and then no longer needed.
type rowBuffer struct {
	items    []itemRow
	evidence []evidenceRow
}

var rowBuffers = sync.Pool{New: func() any {
	return &rowBuffer{make([]itemRow, 0, rowsExpected), make([]evidenceRow, 0, rowsExpected)}
}}

const (
	rowsExpected = 128  // about as many as a long checklist has
	rowsKept     = 1024 // above that, room is not kept
)

// buffer gives the rows their room.
func (rows *reviewRows) buffer() *rowBuffer {
	if rows.room == nil {
		rows.room = rowBuffers.Get().(*rowBuffer)
	}
	return rows.room
}

// release gives the room back. The rows must no longer be used.
func (rows *reviewRows) release() {
	room := rows.room
	if room == nil || cap(rows.items) > rowsKept || cap(rows.evidence) > rowsKept {
		return
	}
	clear(rows.items) // keep no text alive
	clear(rows.evidence)
	if rows.items != nil {
		room.items = rows.items[:0]
	}
	if rows.evidence != nil {
		room.evidence = rows.evidence[:0]
	}
	rows.room, rows.items, rows.evidence = nil, nil, nil
	rowBuffers.Put(room)
}

// stageOf is the stage of a row that begins with it, unless all rows have the same.
func (rows *reviewRows) stageOf(raw *rawRow, last plan.StageKey) plan.StageKey {
	if rows.stage != "" {
		return rows.stage
	}
	return plan.StageKey(raw.one(string(last)))
}

func (rows *reviewRows) scanItems(r pgx.Rows) error {
	rows.items = rows.buffer().items
	raw := rawRows(r)
	last := &itemRow{}
	for r.Next() {
		raw.row(r.RawValues())
		rows.items = append(rows.items, itemRow{})
		row := &rows.items[len(rows.items)-1]
		row.stage, row.item = rows.stageOf(&raw, last.stage), plan.ItemKey(raw.near())
		row.answer.State, row.answer.Note, row.answer.Version = review.State(raw.one(string(last.answer.State))), raw.one(last.answer.Note), raw.int4()
		row.answer.By, row.answer.At = review.PersonID(raw.int8()), raw.time()
		row.answer.ApprovedBy, row.answer.ApprovedAt = review.PersonID(raw.int8()), raw.time()
		row.assignee, row.due, row.comments, row.reattest, row.earlier = review.PersonID(raw.int8()), raw.date(), int32(raw.int4()), raw.bool(), raw.people()
		row.answer.NoteFor = review.State(raw.one(string(last.answer.NoteFor)))
		row.answer.Choices, row.answer.Risk = plan.Chosen(raw.one(string(last.answer.Choices))), plan.Risk(raw.one(string(last.answer.Risk)))
		row.offer, row.taken = rawJSON[review.Offer](&raw), rawJSON[review.Inherited](&raw)
		if err := raw.end(); err != nil {
			return fmt.Errorf("reading items: %w", err)
		}
		last = row
	}
	return r.Err()
}

type evidenceRow struct {
	stage plan.StageKey
	review.Evidence
}

func (rows *reviewRows) scanEvidence(r pgx.Rows) error {
	rows.evidence = rows.buffer().evidence
	raw := rawRows(r)
	last := &evidenceRow{}
	for r.Next() {
		raw.row(r.RawValues())
		rows.evidence = append(rows.evidence, evidenceRow{})
		row := &rows.evidence[len(rows.evidence)-1]
		row.stage = rows.stageOf(&raw, last.stage)
		row.No, row.Item, row.URL, row.Title = raw.int4(), plan.ItemKey(raw.near()), review.SafeURL(raw.near()), raw.near()
		row.Type = plan.EvidenceKind(raw.one(string(last.Type)))
		row.Effective, row.Expires, row.Commit = raw.date(), raw.date(), raw.one(last.Commit)
		row.By, row.At = review.PersonID(raw.int8()), raw.time()
		row.RemovedBy, row.RemovedAt = review.PersonID(raw.int8()), raw.time()
		row.Renews, row.From = raw.int4(), review.ProjectID(raw.int8())
		if err := raw.end(); err != nil {
			return fmt.Errorf("reading evidence: %w", err)
		}
		last = row
	}
	return r.Err()
}

type roundRow struct {
	stage plan.StageKey
	review.Round
}

func (rows *reviewRows) scanRounds(r pgx.Rows) error {
	for r.Next() {
		var row roundRow
		var closed, changed, due, reviewed, reopened *time.Time
		o := &row.Round
		if err := r.Scan((*string)(&row.stage), &o.No, (*int64)(&o.RequestedBy), &o.RequestedAt, &o.Reason, &o.Early, (*string)(&o.Digest), &o.Policy.Quorum, &o.Policy.Seats, &o.Policy.Mandatory, &o.SoD, (*string)(&o.Exclusion), (*int)(&o.Format),
			(*string)(&o.Outcome), (*int64)(&o.ClosedBy), &closed, (*string)(&o.Closing), &o.Why, &changed,
			&due, (*int64)(&o.ReviewedBy), (*int64)(&o.ReviewedFor), &reviewed, &o.ReviewNote, &o.Records,
			(*int64)(&o.Reopened.By), (*int64)(&o.Reopened.Authorised), &reopened, &o.Reopened.Reason, &o.Reopened.Impact); err != nil {
			return fmt.Errorf("reading rounds: %w", err)
		}
		o.RequestedAt, o.ClosedAt, o.ChangedAt = o.RequestedAt.UTC(), deref(closed), deref(changed)
		o.ReviewDue, o.ReviewedAt = deref(due), deref(reviewed)
		o.Reopened.At = deref(reopened)
		rows.rounds = append(rows.rounds, row)
	}
	return r.Err()
}

type signOffRow struct {
	stage plan.StageKey
	round int
	held  *time.Time // since when the signer holds the seat in which they signed; nil: no longer
	review.SignOff
}

func (rows *reviewRows) scanSignOffs(r pgx.Rows) error {
	for r.Next() {
		var row signOffRow
		o := &row.SignOff
		if err := r.Scan(
			(*string)(&row.stage), &row.round, &o.No, (*int64)(&o.Person), (*string)(&o.Seat), (*string)(&o.Decision), &o.Note, (*string)(&o.Digest),
			&o.At, (*int64)(&o.For), (*string)(&o.Effort), &row.held,
		); err != nil {
			return fmt.Errorf("reading sign-offs: %w", err)
		}
		o.At = o.At.UTC()
		rows.signOffs = append(rows.signOffs, row)
	}
	return r.Err()
}

type findingRow struct {
	stage plan.StageKey
	review.Finding
}

func (rows *reviewRows) scanFindings(r pgx.Rows) error {
	for r.Next() {
		var row findingRow
		var answered, accepted *time.Time
		f := &row.Finding
		if err := r.Scan((*string)(&row.stage), &f.No, &f.Round, &f.Text, (*int64)(&f.By), &f.At, &f.Answer, (*int64)(&f.AnsweredBy), &answered,
			(*int64)(&f.AcceptedBy), (*int64)(&f.AcceptedFor), &accepted, &f.Reopened); err != nil {
			return fmt.Errorf("reading findings: %w", err)
		}
		f.At, f.AnsweredAt, f.AcceptedAt = f.At.UTC(), deref(answered), deref(accepted)
		rows.findings = append(rows.findings, row)
	}
	return r.Err()
}

type waiverRow struct {
	stage plan.StageKey
	review.Waiver
}

func (rows *reviewRows) scanWaivers(r pgx.Rows) error {
	for r.Next() {
		var row waiverRow
		var granted, denied, revoked *time.Time
		w := &row.Waiver
		if err := r.Scan((*string)(&row.stage), &w.No, (*string)(&w.Item), &w.Reason, &w.Risk, &w.Measure, &w.Until, (*int64)(&w.RequestedBy), &w.RequestedAt,
			(*int64)(&w.GrantedBy), (*int64)(&w.GrantedFor), &granted, (*int64)(&w.DeniedBy), (*int64)(&w.DeniedFor), &denied,
			(*int64)(&w.RevokedBy), (*int64)(&w.RevokedFor), &revoked, &w.Why); err != nil {
			return fmt.Errorf("reading waivers: %w", err)
		}
		w.Until, w.RequestedAt = w.Until.UTC(), w.RequestedAt.UTC()
		w.GrantedAt, w.DeniedAt, w.RevokedAt = deref(granted), deref(denied), deref(revoked)
		rows.waivers = append(rows.waivers, row)
	}
	return r.Err()
}

type conditionRow struct {
	stage plan.StageKey
	review.Condition
}

func (rows *reviewRows) scanConditions(r pgx.Rows) error {
	for r.Next() {
		var row conditionRow
		var met, confirmed, dropped *time.Time
		var former []int64
		c := &row.Condition
		if err := r.Scan((*string)(&row.stage), &c.No, &c.Round, &c.Review, &c.Text, (*int64)(&c.Owner), &c.Due, (*int64)(&c.By), (*string)(&c.Seat), &c.At,
			&c.Note, (*int64)(&c.MetBy), &met, (*int64)(&c.ConfirmedBy), (*int64)(&c.ConfirmedFor), &confirmed, &c.Reopened,
			&dropped, (*int64)(&c.DroppedBy), (*int64)(&c.DroppedFor), &c.DroppedWhy, &former); err != nil {
			return fmt.Errorf("reading conditions: %w", err)
		}
		c.At, c.MetAt, c.ConfirmedAt, c.DroppedAt = c.At.UTC(), deref(met), deref(confirmed), deref(dropped)
		for _, p := range former {
			c.Former = append(c.Former, review.PersonID(p))
		}
		rows.conditions = append(rows.conditions, row)
	}
	return r.Err()
}
