package store

import (
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// workSign is a condition without which a list of somebody's work is empty, and what asks for the
// list. Most lists are empty for most people: to find that out for all of them at once costs
// as much as to ask for two.
type workSign struct {
	may string
	ask func(*pgx.Batch)
}

const sitsAnywhereSQL = `exists (select from sits)`

// workSignsSQL tells which of the conditions hold.
func workSignsSQL(signs []workSign) string {
	sql := `with ` + meSQL + `, ` + sitsSQL + `, mine as materialized (
		    select project_id, duty from project_member where person_id = (select id from me)
		)
		select array[`
	for i, sign := range signs {
		if i > 0 {
			sql += `,`
		}
		sql += `
		       ` + sign.may
	}
	return sql + `]
		  from me`
}

// queueSigns asks for all lists of which there is a sign, in a batch that is empty where there is
// none. Whoever acts at another moment than now may have things that are only to come, so they ask for all.
func (s *Store) queueSigns(b *pgx.Batch, by By, signs []workSign, then *pgx.Batch) {
	if !by.at.IsZero() {
		for _, sign := range signs {
			sign.ask(then)
		}
		return
	}
	b.Queue(workSignsSQL(signs), by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		var may []bool
		_, err := pgx.ForEachRow(rows, []any{&may}, func() error {
			for i, sign := range signs {
				if may[i] {
					sign.ask(then)
				}
			}
			return nil
		})
		return err
	})
}

// What there has to be for lists of [Store.MyWork] not to be empty. Each says less than its list does.
// What is a person's own is counted: asked whether there is any, the planner reads through a table as if
// everybody had some.
var (
	mayFallen = `exists (select from mine m cross join lateral (select from gate w where w.project_id = m.project_id and w.state in (4, 5, 6, 8, 10) offset 0) w)`
	mayForced = `exists (select from round r where r.outcome = 'break-glass' and r.reviewed_at is null)`
	mayExpire = `(select count(*) from evidence e
		         where e.added_by = me.id and e.removed_at is null and e.expires between current_date - 30 and current_date + ` + strconv.Itoa(review.DueAhead) + `) > 0`
	mayStandIn = `(select count(*) from delegation d where d.to_id = me.id and d.ended_at is null and d.ends > clock_timestamp()) > 0`
	mayOwe     = `(select count(*) from condition c where c.owner_id = me.id and c.confirmed_at is null and c.dropped_at is null) > 0`
	mayConfirm = sitsAnywhereSQL + ` and exists (select from condition c where c.met_at is not null and c.confirmed_at is null and c.dropped_at is null)`
	mayWaive   = `(` + sitsAnywhereSQL + ` or exists (select from held g where g.person_id = me.id and g.role = 'manager'))
		       and exists (select from waiver w where w.granted_at is null and w.denied_at is null)`
	mayMention = `(select count(*) from comment c where c.mentions <> '{}' and c.mentions @> array[me.id] and c.at > clock_timestamp() - interval '` + strconv.Itoa(mentionDays) + ` days')
		        + (select count(*) from record_comment c where c.mentions <> '{}' and c.mentions @> array[me.id] and c.at > clock_timestamp() - interval '` + strconv.Itoa(mentionDays) + ` days') > 0`
	mayDecide   = `(select count(*) from responsibility i where i.person_id = me.id and 'informed' = any(i.parts)) > 0`
	mayVacate   = `(exists (select from mine m where m.duty in ('owner', 'deputy')) or exists (select from held g where g.person_id = me.id and g.role = 'admin'))`
	mayKeep     = `(select count(*) from record t where t.owner_id = me.id and not t.closed) > 0`
	mayAnswer   = `exists (select from (` + ownersSQL + `) o where o.owner = me.id)`
	mayTakeBack = sitsAnywhereSQL + ` and exists (select from project where retraction is not null)`
	mayLower    = sitsAnywhereSQL + ` and exists (select from wish)`
	mayLose     = `exists (select from item i where i.inherited is not null)`
	mayLearn    = `exists (select from held g where g.person_id = me.id and g.project_id is null and g.role in ('admin', 'library'))
		       and exists (select from record t where t.kind = 'lesson' and t.state = '` + string(record.LessonProposed) + `')`
)
