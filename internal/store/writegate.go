package store

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func writeGateRows(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	switch e := en.Event.(type) {
	case review.SignOffRequested:
		b.Queue(`
			insert into round (project_id, review_no, stage, no, requested_by, requested_at, reason, early, digest, quorum, seats, mandatory, sod, exclusion, format)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Reason, texts(e.Early), e.Digest,
			e.Policy.Quorum, texts(e.Policy.Seats), texts(e.Policy.Mandatory), e.SoD, e.Exclusion, int(e.Format))
	case review.GateSigned:
		b.Queue(`
			insert into sign_off (project_id, review_no, stage, round, no, person_id, seat, decision, note, digest, at, for_id, effort)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			id, no, e.Stage, e.Round, e.No, int64(en.Actor), e.Seat, e.Decision, e.Note, e.Digest, en.At, nullablePerson(e.For), string(e.Effort))
		if !dropsConditions(r.Stage(e.Stage), en) {
			return nil
		}
		b.Queue(`
			update condition set dropped_at = $6
			 where project_id = $1 and review_no = $2 and set_in = $2 and stage = $3 and round = $4 and set_by = $5 and confirmed_at is null and dropped_at is null`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At)
	case review.FindingRaised:
		b.Queue(`
			insert into finding (project_id, review_no, stage, no, round, text, raised_by, raised_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, no, e.Stage, e.No, e.Round, e.Text, int64(en.Actor), en.At)
	case review.FindingAnswered:
		b.Queue(`
			update finding set answer = $5, answered_by = $6, answered_at = $7, accepted_by = null, accepted_for = null, accepted_at = null, reopened = ''
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.No, e.Answer, int64(en.Actor), en.At)
	case review.RoundClosed:
		b.Queue(`
			update round set outcome = $5, closed_by = $6, closed_at = $7, closing = $8, why = $9, records = $10
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.Round, e.Outcome, int64(en.Actor), en.At, e.Digest, e.Reason, decidedOn(r, e.Stage, e.Round))
	case review.GateForced:
		b.Queue(`
			insert into round (project_id, review_no, stage, no, requested_by, requested_at, digest, quorum, seats, mandatory, sod,
			       outcome, closed_by, closed_at, closing, why, review_due, exclusion, format, records)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'break-glass', $5, $6, $7, $12, $13::date, $14, $15, $16)
			on conflict (project_id, review_no, stage, no) do update
			   set outcome = 'break-glass', closed_by = $5, closed_at = $6, closing = $7, why = $12, review_due = $13::date, records = $16`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Digest, e.Policy.Quorum, texts(e.Policy.Seats), texts(e.Policy.Mandatory), r.Plan.SoD,
			e.Reason, e.ReviewDue, e.Exclusion, int(e.Format), decidedOn(r, e.Stage, e.Round))
	case review.GateReopened:
		b.Queue(`
			update round set reopened_by = $5, reopened_at = $6, reopened_why = $7, reopened_impact = $8, reopened_for = $9
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Reason, e.Impact, nullablePerson(e.Authorised))
	case review.RetrospectiveClosed:
		b.Queue(`
			update round set reviewed_by = $5, reviewed_at = $6, review_note = $7, reviewed_for = $8
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.Round, int64(en.Actor), en.At, e.Note, nullablePerson(e.For))
	default:
		return writeFollowUp(b, r, en)
	}
	return nil
}

// writeFollowUp writes what comes after a decision: conditions, and the
// reviewer's word on the answers to findings.
func writeFollowUp(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	condition := func(stage plan.StageKey, n int, set string, args ...any) {
		b.Queue(
			`update condition set `+set+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			append([]any{id, no, stage, n}, args...)...,
		)
	}
	finding := func(stage plan.StageKey, n int, set string, args ...any) {
		b.Queue(
			`update finding set `+set+` where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			append([]any{id, no, stage, n}, args...)...,
		)
	}
	switch e := en.Event.(type) {
	case review.ConditionSet:
		b.Queue(`
			insert into condition (project_id, review_no, stage, no, round, text, owner_id, due, set_by, set_at, set_in, seat)
			values ($1, $2, $3, $4, $5, $6, $7, $8::date, $9, $10, $2, $11)`,
			id, no, e.Stage, e.No, e.Round, e.Text, int64(e.Owner), e.Due, int64(en.Actor), en.At, r.Stage(e.Stage).Conditions[e.No-1].Seat)
	case review.ConditionHandedOn:
		condition(e.Stage, e.No, `owner_id = $5, former = former || $6::bigint`, int64(e.Owner), int64(e.From))
	case review.ConditionMet:
		condition(e.Stage, e.No, `note = $5, met_by = $6, met_at = $7, reopened = ''`, e.Note, int64(en.Actor), en.At)
	case review.ConditionConfirmed:
		condition(e.Stage, e.No, `confirmed_by = $5, confirmed_at = $6, confirmed_for = $7`, int64(en.Actor), en.At, nullablePerson(e.For))
	case review.ConditionReopened:
		condition(e.Stage, e.No, `met_by = null, met_at = null, reopened = $5`, e.Reason)
	case review.ConditionReleased:
		condition(
			e.Stage, e.No, `dropped_by = $5, dropped_at = $6, dropped_for = $7, dropped_why = $8`, int64(en.Actor), en.At, nullablePerson(e.For),
			e.Reason,
		)
	case review.FindingAccepted:
		finding(e.Stage, e.No, `accepted_by = $5, accepted_at = $6, accepted_for = $7`, int64(en.Actor), en.At, nullablePerson(e.For))
	case review.FindingReopened:
		finding(e.Stage, e.No, `answer = '', answered_by = null, answered_at = null, reopened = $5`, e.Reason)
	default:
		return fmt.Errorf("no writer for event %s", en.Event.Kind())
	}
	return nil
}

// dropsConditions reports whether a signature took conditions away that the
// person had set with an earlier one.
func dropsConditions(s *review.Stage, en review.Entry) bool {
	return slices.ContainsFunc(s.Conditions, func(c review.Condition) bool { return c.By == en.Actor && c.DroppedAt.Equal(en.At) })
}
