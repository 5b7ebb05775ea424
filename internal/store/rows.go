package store

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

type itemRow struct {
	stage                       review.StageKey
	item                        review.ItemKey
	answer                      review.Answer
	answeredAt, approvedAt, due *time.Time
	assignee                    review.PersonID
	comments                    int
}

func (row *itemRow) to(it *review.Item) {
	it.Answer = row.answer
	it.Answer.At, it.Answer.ApprovedAt = deref(row.answeredAt), deref(row.approvedAt)
	it.Assignee, it.Due, it.Comments = row.assignee, deref(row.due), row.comments
}

func (rows *reviewRows) scanItems(r pgx.Rows) error {
	rows.items = make([]itemRow, 0, 40)
	for r.Next() {
		var row itemRow
		a := &row.answer
		if err := r.Scan((*string)(&row.stage), (*string)(&row.item), (*string)(&a.State), &a.Note, &a.Version, (*int64)(&a.By), &row.answeredAt,
			(*int64)(&a.ApprovedBy), &row.approvedAt, (*int64)(&row.assignee), &row.due, &row.comments); err != nil {
			return fmt.Errorf("reading items: %w", err)
		}
		rows.items = append(rows.items, row)
	}
	return r.Err()
}

type evidenceRow struct {
	stage review.StageKey
	review.Evidence
}

func (rows *reviewRows) scanEvidence(r pgx.Rows) error {
	for r.Next() {
		var row evidenceRow
		var expires, removed *time.Time
		e := &row.Evidence
		if err := r.Scan((*string)(&row.stage), &e.No, (*string)(&e.Item), (*string)(&e.URL), &e.Title, (*string)(&e.Type), &e.Effective, &expires, &e.Commit,
			(*int64)(&e.By), &e.At, (*int64)(&e.RemovedBy), &removed); err != nil {
			return fmt.Errorf("reading evidence: %w", err)
		}
		e.At, e.Expires, e.RemovedAt = e.At.UTC(), deref(expires), deref(removed)
		rows.evidence = append(rows.evidence, row)
	}
	return r.Err()
}

type roundRow struct {
	stage review.StageKey
	review.Round
}

func (rows *reviewRows) scanRounds(r pgx.Rows) error {
	for r.Next() {
		var row roundRow
		var closed, changed *time.Time
		o := &row.Round
		if err := r.Scan((*string)(&row.stage), &o.No, (*int64)(&o.RequestedBy), &o.RequestedAt, &o.Reason, &o.Early, (*string)(&o.Digest), &o.Policy.Quorum, &o.Policy.Seats, &o.Policy.Mandatory, &o.SoD,
			(*string)(&o.Outcome), (*int64)(&o.ClosedBy), &closed, (*string)(&o.Closing), &o.Why, &changed); err != nil {
			return fmt.Errorf("reading rounds: %w", err)
		}
		o.RequestedAt, o.ClosedAt, o.ChangedAt = o.RequestedAt.UTC(), deref(closed), deref(changed)
		rows.rounds = append(rows.rounds, row)
	}
	return r.Err()
}

type signOffRow struct {
	stage review.StageKey
	round int
	held  *time.Time // since when the signer holds the seat in which they signed; nil: no more
	review.SignOff
}

func (rows *reviewRows) scanSignOffs(r pgx.Rows) error {
	for r.Next() {
		var row signOffRow
		o := &row.SignOff
		if err := r.Scan((*string)(&row.stage), &row.round, &o.No, (*int64)(&o.Person), (*string)(&o.Seat), (*string)(&o.Decision), &o.Note, (*string)(&o.Digest), &o.At, &row.held); err != nil {
			return fmt.Errorf("reading sign-offs: %w", err)
		}
		o.At = o.At.UTC()
		rows.signOffs = append(rows.signOffs, row)
	}
	return r.Err()
}

type findingRow struct {
	stage review.StageKey
	review.Finding
}

func (rows *reviewRows) scanFindings(r pgx.Rows) error {
	for r.Next() {
		var row findingRow
		var answered *time.Time
		f := &row.Finding
		if err := r.Scan((*string)(&row.stage), &f.No, &f.Round, &f.Text, (*int64)(&f.By), &f.At, &f.Answer, (*int64)(&f.AnsweredBy), &answered); err != nil {
			return fmt.Errorf("reading findings: %w", err)
		}
		f.At, f.AnsweredAt = f.At.UTC(), deref(answered)
		rows.findings = append(rows.findings, row)
	}
	return r.Err()
}
