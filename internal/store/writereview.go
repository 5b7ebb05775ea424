package store

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeReviewStarted makes the next review out of the one before: answers,
// evidence, waivers and open conditions carry over, rounds do not.
func writeReviewStarted(b *pgx.Batch, r *review.Review, en review.Entry, e review.ReviewStarted) error {
	id := int64(r.Project.ID)
	if err := insertReview(b, r, e.No, en.At); err != nil {
		return err
	}
	b.Queue(`
		insert into item (project_id, review_no, stage, item, state, note, version, answered_by, answered_at, approved_by, approved_at, assignee_id, due, comments, reattest, note_for, choices, risk, offer, inherited)
		select project_id, $2, stage, item, state, note, version, answered_by, answered_at, approved_by, approved_at, assignee_id, due, comments,
		       (reattest or item = any($3)) and state <> 'open', note_for, choices, risk, offer, inherited
		  from item where project_id = $1 and review_no = $2 - 1`, id, e.No, repeating(&r.Plan.Lifecycle))
	b.Queue(`
		insert into comment (project_id, review_no, stage, item, no, person_id, at, text, mentions)
		select project_id, $2, stage, item, no, person_id, at, text, mentions from comment where project_id = $1 and review_no = $2 - 1`, id, e.No)
	b.Queue(`
		insert into evidence (project_id, review_no, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at, removed_by, removed_at, from_project, search)
		select project_id, $2, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at, removed_by, removed_at, from_project, search
		  from evidence where project_id = $1 and review_no = $2 - 1`, id, e.No)
	b.Queue(`
		insert into waiver (project_id, review_no, stage, no, item, reason, risk, measure, until, requested_by, requested_at,
		       granted_by, granted_for, granted_at, denied_by, denied_for, denied_at, revoked_by, revoked_for, revoked_at, why)
		select project_id, $2, stage, no, item, reason, risk, measure, until, requested_by, requested_at,
		       granted_by, granted_for, granted_at, denied_by, denied_for, denied_at, revoked_by, revoked_for, revoked_at, why
		  from waiver where project_id = $1 and review_no = $2 - 1`, id, e.No)
	writeCarried(b, id, e)
	b.Queue(`delete from gate where project_id = $1 and review_no < $2`, id, e.No)
	b.Queue(`update portfolio set review_no = $2 where project_id = $1`, id, e.No)
	return nil
}

// insertReview writes the row of a review, and what its plan is made of.
func insertReview(b *pgx.Batch, r *review.Review, no int, at time.Time) error {
	plan, err := planColumns(b, r)
	if err != nil {
		return err
	}
	b.Queue(`
		insert into review (project_id, no, template_key, template_version, template_digest, plan, planning, started_at, passed_before)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		append([]any{int64(r.Project.ID), no}, append(plan, at, nullable(r.PassedBefore))...)...)
	return nil
}

// writeCarried copies the conditions that carry over, under their new numbers.
func writeCarried(b *pgx.Batch, id int64, e review.ReviewStarted) {
	numbers := map[plan.StageKey]int{}
	for _, ref := range e.Conditions {
		numbers[ref.Stage]++
		b.Queue(`
			insert into condition (project_id, review_no, stage, no, round, set_in, text, owner_id, due, set_by, seat, set_at, note, met_by, met_at, reopened, former)
			select project_id, $2, stage, $5, round, set_in, text, owner_id, due, set_by, seat, set_at, note, met_by, met_at, reopened, former
			  from condition where project_id = $1 and review_no = $2 - 1 and stage = $3 and no = $4`, id, e.No, ref.Stage, ref.No, numbers[ref.Stage])
	}
}

// repeating are the items whose evidence expires.
func repeating(t *plan.Lifecycle) []string {
	keys := []string{}
	for i := range t.Stages {
		for j := range t.Stages[i].Items {
			if d := &t.Stages[i].Items[j]; d.ValidDays > 0 {
				keys = append(keys, string(d.Key))
			}
		}
	}
	return keys
}

func writeCreated(b *pgx.Batch, r *review.Review, en review.Entry, e review.ProjectCreated) error {
	id := int64(r.Project.ID)
	b.Queue(`insert into stream (id, kind) values ($1, 'project')`, id)
	b.Queue(`
		insert into project (id, key, name, summary, team, tier, exposure, target, restricted, profile, unanswered, answered_by, origination, start, created_at, search)
		values ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::date, $9, $10, $11, $12, $13, $14, $15, $16)`,
		id, e.Key, e.Name, e.Summary, e.Team, e.Tier, e.Exposure, e.Target, e.Restricted, flags(e.Profile), texts(e.Unanswered), int64(en.Actor), string(e.Origination), e.Start, en.At,
		ProjectWords(e.Name, string(e.Key), nil))
	b.Queue(`insert into project_member (project_id, person_id, duty) values ($1, $2, 'owner')`, id, int64(e.Owner))
	if e.Deputy != 0 {
		b.Queue(`insert into project_member (project_id, person_id, duty) values ($1, $2, 'deputy')`, id, int64(e.Deputy))
	}
	writeMembers(b, id)
	return insertReview(b, r, r.No, en.At)
}

func writeDuty(b *pgx.Batch, id int64, e review.DutySet) {
	if e.Duty == "" {
		b.Queue(`delete from project_member where project_id = $1 and person_id = $2`, id, int64(e.Person))
	} else {
		b.Queue(`
			insert into project_member (project_id, person_id, duty) values ($1, $2, $3)
			on conflict (project_id, person_id) do update set duty = $3`, id, int64(e.Person), e.Duty)
	}
	writeMembers(b, id)
}
