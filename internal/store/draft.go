package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

// A person keeps at most so many unfinished projects, each at most so long.
const (
	draftsKept = 20
	draftDays  = 31
	// MaxDraft is the most bytes that a draft may have.
	MaxDraft = 48 << 10
)

// ProjectDraft reads what a person typed so far about a project that they are
// about to start; nil when there is no such draft of theirs.
func (s *Store) ProjectDraft(ctx context.Context, person review.PersonID, id string) ([]byte, error) {
	var body []byte
	err := s.pool.QueryRow(ctx, `select body from project_draft where id = $1 and person_id = $2`, id, int64(person)).Scan(&body)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, batchError("reading a draft", err)
	}
	return body, nil
}

// SaveProjectDraft keeps what was typed, and lets go of the person's oldest
// drafts. A draft of somebody else is [review.ErrNotFound].
func (s *Store) SaveProjectDraft(ctx context.Context, person review.PersonID, id string, body []byte) error {
	b := &pgx.Batch{}
	saved := false
	b.Queue(`
		insert into project_draft (id, person_id, body) values ($1, $2, $3::text::jsonb)
		on conflict (id) do update set body = excluded.body, changed_at = now() where project_draft.person_id = $2
		returning true`, id, int64(person), string(body)).Query(func(rows pgx.Rows) error {
		saved = rows.Next()
		rows.Close()
		return rows.Err()
	})
	b.Queue(`
		delete from project_draft
		 where changed_at < now() - make_interval(days => $3)
		    or id in (select id from project_draft where person_id = $1 order by changed_at desc, id offset $2)`, int64(person), draftsKept, draftDays)
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("keeping a draft", err)
	}
	if !saved {
		return review.ErrNotFound
	}
	return nil
}

// Namesake is a project of a name.
type Namesake struct {
	Key  review.ProjectKey
	Name string
	Team string
}

// Namesakes are projects of the same name, as people read it, that the person
// may see: the first few.
func (s *Store) Namesakes(ctx context.Context, by By, name string) ([]Namesake, error) {
	if err := s.foldNames(ctx); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select f.key, f.name, f.team from portfolio f, me
		 where f.search = $4 and f.search <> '' and `+visibleSQL+`
		 order by f.key limit 4`, by.token[:], by.person, s.idle, fold.Text(name))
	if err != nil {
		return nil, batchError("looking for projects of a name", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Namesake])
	if err != nil {
		return nil, fmt.Errorf("looking for projects of a name: %w", err)
	}
	return out, nil
}
