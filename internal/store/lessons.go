package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// LessonAnswer is what became of a lesson that was accepted.
type LessonAnswer struct {
	Key, Name string // of the document
	Version   int
	Published bool // that version
	Says      bool // it says what was proposed
	Draft     bool // it is being written
}

// LessonAnswer reads it; nil: the lesson was not accepted.
func (s *Store) LessonAnswer(ctx context.Context, r *review.Review, rec *review.Record) (*LessonAnswer, error) {
	version, err := strconv.Atoi(rec.Values[record.LessonVersion])
	if rec.Kind != record.Lesson || rec.State != record.LessonAccepted || err != nil {
		return nil, nil //nolint:nilerr,nilnil // no number: no version took it up
	}
	out := &LessonAnswer{Key: rec.Values[record.LessonDocument], Version: version}
	out.Name = out.Key
	var newest int
	var drafted string
	err = s.pool.QueryRow(ctx, `
		select coalesce((select max(version) from template_version where key = $1), 0),
		       coalesce((select body->>'name' from draft where key = $1), (select name from template_version where key = $1 order by version desc limit 1), $1),
		       exists (select from draft where key = $1)`, out.Key).Scan(&newest, &drafted, &out.Draft)
	if err != nil {
		return nil, batchError("reading what answered a lesson", err)
	}
	out.Name, out.Published = drafted, newest >= version
	out.Draft = out.Draft && newest+1 == version
	if !out.Published {
		return out, nil
	}
	d, err := s.Document(ctx, out.Key, version)
	if errors.Is(err, review.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	a, of, ok := r.Amendment(rec)
	if !ok {
		return out, nil
	}
	want, _, err := s.wanted(ctx, s.pool, a, of)
	if err != nil {
		return nil, err
	}
	p := (&Place{Key: out.Key, document: d}).holding(want)
	out.Says = !p.Gone && d.Amended(p.amendment)
	return out, nil
}

// ProposedLesson is a lesson that proposes something to the library, or proposed it.
type ProposedLesson struct {
	Project    review.ProjectKey
	Name       string // of the project
	Restricted bool
	No         int
	Title      string
	Item       plan.ItemKey
	Owner      review.PersonID
}

// lessonsListed is how many lessons a page of the library lists.
const lessonsListed = 50

// ProposedLessons are the lessons on which somebody who may edit the library can
// decide, in the projects that they may see: the first of them, and how many there
// are.
func (s *Store) ProposedLessons(ctx context.Context, by By) (list []ProposedLesson, all int, err error) {
	return s.lessons(ctx, by, `t.state = $4`, record.LessonProposed)
}

// AnsweredLessons are the lessons that the draft of a version takes up, in the projects
// that the person may see.
func (s *Store) AnsweredLessons(ctx context.Context, by By, key string, version int) (list []ProposedLesson, all int, err error) {
	return s.lessons(ctx, by, `t.state = $4 and t.fields ->> 'document' = $5 and t.fields ->> 'version' = $6`,
		record.LessonAccepted, key, strconv.Itoa(version))
}

func (s *Store) lessons(ctx context.Context, by By, which string, args ...any) (list []ProposedLesson, all int, err error) {
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select f.key, `+nameSQL(`f`)+`, f.restricted, t.no, t.title, t.item, coalesce(t.owner_id, 0), count(*) over ()
		  from me
		  join record t on t.kind = 'lesson' and `+which+`
		  join portfolio f on f.project_id = t.project_id
		 where f.status <> 'stopped' and `+visibleSQL+`
		 order by t.moved_at, t.project_id, t.no
		 limit `+strconv.Itoa(lessonsListed), append([]any{by.token[:], by.person, s.idle}, args...)...)
	if err != nil {
		return nil, 0, batchError("listing lessons", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l ProposedLesson, err error) {
		err = row.Scan((*string)(&l.Project), &l.Name, &l.Restricted, &l.No, &l.Title, (*string)(&l.Item), (*int64)(&l.Owner), &all)
		return l, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("listing lessons: %w", err)
	}
	return list, all, nil
}
