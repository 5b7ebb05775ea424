package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// LostAnswer is an item whose answer was taken over from another project, which no
// longer gives it: it needs one of its own.
type LostAnswer struct {
	Project review.ProjectKey
	Name    string // of the project
	Stage   plan.StageKey
	Item    plan.ItemKey
	Title   string
	Why     review.WhyLost
	At      time.Time // when that came about
}

// lostRead is how many of them are read.
const lostRead = 200

// queueLostAnswers asks for them in the projects that the person leads, and for those
// that the person took over or is assigned in others.
func (s *Store) queueLostAnswers(b *pgx.Batch, by By, out *[]LostAnswer, pins *[]pinned) {
	b.Queue(`with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, i.stage, i.item, i.inherited ->> 'lost', coalesce(i.answered_at, (i.inherited ->> 'at')::timestamptz),
		       r.plan, f.tier, (select profile from project where id = f.project_id), (select exposure from project where id = f.project_id)
		  from me
		  join project_member m on m.person_id = me.id
		  join portfolio f on f.project_id = m.project_id
		  join item i on i.project_id = f.project_id and i.review_no = f.review_no and i.inherited is not null
		  join review r on r.project_id = f.project_id and r.no = f.review_no
		 where f.status = 'active' and i.state = 'open' and coalesce(i.inherited ->> 'lost', '') <> ''
		   and (m.duty in ('owner', 'deputy') or (i.inherited ->> 'by')::bigint = me.id or i.assignee_id = me.id)
		 order by 6, f.name, i.stage, i.item
		 limit `+strconv.Itoa(lostRead), by.token[:], by.person, s.idle).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var l LostAnswer
			var pin pinned
			into := append([]any{(*string)(&l.Project), &l.Name, (*string)(&l.Stage), (*string)(&l.Item), (*string)(&l.Why), &l.At}, pin.into()...)
			if err := rows.Scan(into...); err != nil {
				return fmt.Errorf("reading answers that are no longer taken over: %w", err)
			}
			l.At = l.At.UTC()
			*out, *pins = append(*out, l), append(*pins, pin)
		}
		return rows.Err()
	})
}

// whatIsLost leaves out items that nobody asks for, and says what the others are called.
func (s *Store) whatIsLost(ctx context.Context, list []LostAnswer, pins []pinned) ([]LostAnswer, error) {
	var out []LostAnswer
	for i, l := range list {
		d, level, err := s.item(ctx, &pins[i], l.Stage, l.Item)
		if err != nil {
			return nil, err
		}
		if level != plan.LevelNone {
			l.Title = d.Title
			out = append(out, l)
		}
	}
	return out, nil
}
