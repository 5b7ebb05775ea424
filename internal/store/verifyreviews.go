package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// earlierReviews checks the rows of the reviews before the present one against
// the trail as it was when the next began.
func (s *Store) earlierReviews(ctx context.Context, tx source, v *Verified, now *review.Review) error {
	for i, en := range v.Entries {
		next, ok := en.Event.(review.ReviewStarted)
		if !ok {
			continue
		}
		no := next.No - 1
		then, err := v.replay(i)
		if err != nil {
			v.wrong("cannot be replayed up to review %d: %s", no, err)
			return nil
		}
		rows := reviewRows{found: true, project: then.Project, no: no}
		b := &pgx.Batch{}
		queueEarlier(b, v.Stream, no, &rows)
		if err := send(ctx, tx, b); err != nil {
			return batchError("reading an earlier review", err)
		}
		kept := review.Blank(then.Project, no, then.Plan)
		kept.Records = then.Records
		for j := range kept.Stages {
			kept.Load(j)
		}
		if err := rows.fill(kept); err != nil {
			v.wrong("has rows of review %d that fit nowhere: %s", no, err)
			continue
		}
		if err := v.reviewRow(ctx, tx, then); err != nil {
			return err
		}
		kept.Settle(en.At)
		then.Settle(en.At)
		for _, d := range review.StageDifferences(kept, then) {
			v.wrong("differs in review %d between the tables and the trail: %s", no, d)
		}
		if err := v.comments(ctx, tx, no, v.Entries[:i]); err != nil {
			return err
		}
	}
	return nil
}

// reviewRow checks the row of a review that is over.
func (v *Verified) reviewRow(ctx context.Context, tx source, then *review.Review) error {
	var digest string
	var passed *time.Time
	err := tx.QueryRow(ctx, `
		select plan, passed_before from review where project_id = $1 and no = $2`, int64(v.Stream), then.No).
		Scan(&digest, &passed)
	if errors.Is(err, pgx.ErrNoRows) {
		v.wrong("lacks review %d", then.No)
		return nil
	}
	if err != nil {
		return batchError("reading an earlier review", err)
	}
	want, err := then.Plan.Origin.Digest()
	if err != nil {
		return err
	}
	if digest != want || !deref(passed).Equal(then.PassedBefore) {
		v.wrong("has a wrong row of review %d", then.No)
	}
	return nil
}

// queueEarlier asks for the rows of a review that is over.
func queueEarlier(b *pgx.Batch, id review.ProjectID, no int, out *reviewRows) {
	b.Queue(`select planning from review where project_id = $1 and no = $2`, int64(id), no).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&out.planning)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // said elsewhere
		}
		return err
	})
	const of = ` where t.project_id = $1 and t.review_no = $2`
	b.Queue(`select t.stage, `+itemsSQL+of, int64(id), no).Query(out.scanItems)
	b.Queue(`select t.stage, `+evidenceSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanEvidence)
	b.Queue(waiversSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanWaivers)
	b.Queue(roundsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanRounds)
	b.Queue(signOffsSQL+of+` order by t.stage, t.round, t.no`, int64(id), no).Query(out.scanSignOffs)
	b.Queue(findingsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanFindings)
	b.Queue(conditionsSQL+of+` order by t.stage, t.no`, int64(id), no).Query(out.scanConditions)
}
