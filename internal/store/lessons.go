package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// LessonAnswer is what became of a lesson that was accepted.
type LessonAnswer struct {
	Key, Name string // of the document
	Version   int
	Published bool         // that version
	Says      bool         // it says what was proposed
	Draft     bool         // it is being written
	Item      plan.ItemKey // that says it, in that version or its draft; empty: there is none
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
	d, err := s.answering(ctx, out)
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
	if !p.Gone {
		out.Says, out.Item = out.Published && d.Amended(p.amendment), d.Concerned(p.amendment)
	}
	return out, nil
}

// answering is the document that took a lesson up: the version, or its draft.
func (s *Store) answering(ctx context.Context, a *LessonAnswer) (plan.Document, error) {
	switch {
	case a.Published:
		return s.Document(ctx, a.Key, a.Version)
	case !a.Draft:
		return plan.Document{}, review.ErrNotFound
	}
	var d *DocumentDraft
	b := &pgx.Batch{}
	queueDraft(b, draftSQL, a.Key, &d)
	if err := send(ctx, s.pool, b); err != nil {
		return plan.Document{}, batchError("reading a draft", err)
	}
	if d == nil {
		return plan.Document{}, review.ErrNotFound
	}
	return d.Document, nil
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
	At         time.Time // when it came to stand as it does
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
	rows, err := s.pool.Query(ctx, lessonsSQL(which, lessonsListed), append([]any{by.token[:], by.person, s.idle}, args...)...)
	if err != nil {
		return nil, 0, batchError("listing lessons", err)
	}
	err = collectLessons(rows, &list, &all)
	return list, all, err
}

// lessonsSQL lists lessons, those first that have stood the longest as they do.
func lessonsSQL(which string, limit int) string {
	return `with ` + meSQL + `
		select f.key, ` + nameSQL(`f`) + `, f.restricted, t.no, t.title, t.item, coalesce(t.owner_id, 0), coalesce(t.moved_at, t.opened_at), count(*) over ()
		  from me
		  join record t on t.kind = 'lesson' and ` + which + `
		  join portfolio f on f.project_id = t.project_id
		 where f.status <> 'stopped' and ` + visibleSQL + `
		 order by t.moved_at, t.project_id, t.no
		 limit ` + strconv.Itoa(limit)
}

func collectLessons(rows pgx.Rows, list *[]ProposedLesson, all *int) error {
	var err error
	*list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l ProposedLesson, err error) {
		err = row.Scan((*string)(&l.Project), &l.Name, &l.Restricted, &l.No, &l.Title, (*string)(&l.Item), (*int64)(&l.Owner), &l.At, all)
		l.At = l.At.UTC()
		return l, err
	})
	if err != nil {
		return fmt.Errorf("listing lessons: %w", err)
	}
	return nil
}

// queueLessons asks for the lessons on which the person decides: what
// review.MayMove says of those that are proposed, in SQL; a test holds the two against
// each other.
func (s *Store) queueLessons(b *pgx.Batch, by By, limit int, list *[]ProposedLesson, all *int) {
	const decides = `t.state = $4 and coalesce(t.owner_id, t.opened_by) <> me.id and exists (
		    select from held g where g.person_id = me.id and g.project_id is null and g.role in ('admin', 'library') and ` + countsSQL + `)`
	b.Queue(lessonsSQL(decides, limit), by.token[:], by.person, s.idle, string(record.LessonProposed)).Query(func(rows pgx.Rows) error {
		return collectLessons(rows, list, all)
	})
}
