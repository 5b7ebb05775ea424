package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A person keeps at most so many files to import, and what they said of the columns
// of so many tables. ImportKept is how long a file is kept.
const (
	importsKept = 10
	tablesKept  = 100
	ImportKept  = 24 * time.Hour
)

// Import is a file that somebody uploaded to make a document of. Nobody else sees it.
type Import struct {
	ID      string
	Name    string // of the file; empty: the text was pasted
	Body    []byte
	Choices []byte // how it is to be read, as the pages write it
	Made    string // the key of the draft that it became; the body is gone then
	At      time.Time
}

// KeepImport keeps a file, and lets go of the person's oldest ones.
func (s *Store) KeepImport(ctx context.Context, person review.PersonID, id, name string, body []byte) error {
	b := &pgx.Batch{}
	b.Queue(`insert into import (id, person_id, name, body) values ($1, $2, $3, $4)`, id, int64(person), name, body)
	b.Queue(`delete from import where id in (select id from import where person_id = $1 order by made_at desc, id offset $2)`, int64(person), importsKept)
	return batchError("keeping a file to import", send(ctx, s.pool, b))
}

const importSQL = ` from import where person_id = $1 and made_at > now() - make_interval(secs => $2)`

// Import reads one of a person's files. The error wraps [review.ErrNotFound] when
// there is none, or no longer.
func (s *Store) Import(ctx context.Context, person review.PersonID, id string) (*Import, error) {
	out := &Import{ID: id}
	err := s.pool.QueryRow(ctx, `select name, body, choices, made, made_at`+importSQL+` and id = $3`, int64(person), ImportKept.Seconds(), id).
		Scan(&out.Name, &out.Body, &out.Choices, &out.Made, &out.At)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("import %s: %w", id, review.ErrNotFound)
	}
	if err != nil {
		return nil, batchError("reading a file to import", err)
	}
	return out, nil
}

// Imports lists a person's files that became no draft yet, without what is in them,
// the newest first.
func (s *Store) Imports(ctx context.Context, person review.PersonID) ([]Import, error) {
	rows, err := s.pool.Query(ctx, `select id, name, made_at`+importSQL+` and made = '' order by made_at desc`, int64(person), ImportKept.Seconds())
	if err != nil {
		return nil, batchError("listing files to import", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (im Import, err error) {
		err = row.Scan(&im.ID, &im.Name, &im.At)
		return im, err
	})
	return out, batchError("listing files to import", err)
}

// Columns is what the columns of a table hold, by the digest of its headings.
type Columns struct {
	Headings string
	Holds    map[string]int // what -> number of the column, from 0
}

// ChooseImport keeps how a file is to be read, and what its columns hold if that was
// said, for this file and for others with the same headings.
func (s *Store) ChooseImport(ctx context.Context, person review.PersonID, id string, choices []byte, said *Columns) error {
	b := &pgx.Batch{}
	there := false
	b.Queue(`update import set choices = $3::text::jsonb where id = $2 and person_id = $1 and made = '' returning true`, int64(person), id, string(choices)).
		Query(func(rows pgx.Rows) error {
			there = rows.Next()
			rows.Close()
			return rows.Err()
		})
	if said != nil {
		columns, err := json.Marshal(said.Holds)
		if err != nil {
			return fmt.Errorf("encoding columns: %w", err)
		}
		b.Queue(`
			insert into import_columns (person_id, headings, columns) values ($1, $2, $3::text::jsonb)
			on conflict (person_id, headings) do update set columns = excluded.columns, used_at = now()`, int64(person), said.Headings, string(columns))
		b.Queue(`
			delete from import_columns where person_id = $1
			   and headings in (select headings from import_columns where person_id = $1 order by used_at desc, headings offset $2)`, int64(person), tablesKept)
	}
	if err := send(ctx, s.pool, b); err != nil {
		return batchError("keeping how a file is read", err)
	}
	if !there {
		return review.ErrNotFound
	}
	return nil
}

// ColumnsOf is what a person said earlier that the columns of a table hold; nil where
// they said nothing.
func (s *Store) ColumnsOf(ctx context.Context, person review.PersonID, headings string) (map[string]int, error) {
	var columns []byte
	err := s.pool.QueryRow(ctx, `select columns from import_columns where person_id = $1 and headings = $2`, int64(person), headings).Scan(&columns)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, batchError("reading what columns hold", err)
	}
	var out map[string]int
	if err := json.Unmarshal(columns, &out); err != nil {
		return nil, fmt.Errorf("reading what columns hold: %w", err)
	}
	return out, nil
}

// StoreImport makes a draft of a document that was read from a file, as
// [Store.StartDraft] does, and lets go of the file. All of it happens, or nothing.
func (s *Store) StoreImport(ctx context.Context, by By, id string, d plan.Document, from int) error {
	_, err := s.startDraft(ctx, by, d, from, func(tx *transaction, v *Viewer) error {
		tag, err := tx.conn.Exec(ctx, `update import set made = $3, body = '', choices = '{}' where id = $1 and person_id = $2 and made = ''`, id, int64(v.Actor.Person), d.Key())
		if err != nil {
			return batchError("letting go of an imported file", err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("import %s: %w", id, review.ErrNotFound)
		}
		return nil
	})
	return err
}

// dropImports lets go of files that nobody made a draft of in time.
func (s *Store) dropImports(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `delete from import where made_at < now() - make_interval(secs => $1)`, ImportKept.Seconds())
	return batchError("letting go of old files to import", err)
}

// Standing is how a key stands in the library.
type Standing struct {
	*review.Published              // without versions: nothing of that key is published
	Draft             *DraftInWork // nil: nobody writes one
}

// DraftInWork is a draft without what is in it.
type DraftInWork struct {
	Key  string
	Kind plan.Kind
	Name string
	By   string // who changed it last
	At   time.Time
}

const inWorkSQL = `
	select d.key, d.kind, coalesce(d.body->>'name', ''), p.name, d.changed_at
	  from draft d
	  join person p on p.id = d.changed_by`

// Standing reads how a key stands.
func (s *Store) Standing(ctx context.Context, key string) (*Standing, error) {
	out := &Standing{Published: &review.Published{Key: key}}
	b := &pgx.Batch{}
	queuePublished(b, key, out.Published)
	b.Queue(inWorkSQL+` where d.key = $1`, key).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[DraftInWork])
		if len(found) > 0 {
			out.Draft = &found[0]
		}
		return err
	})
	return out, batchError("reading how a key stands", send(ctx, s.pool, b))
}

// DraftsInWork lists all drafts, those that were changed last first. Whether somebody
// may see them, the caller asks.
func (s *Store) DraftsInWork(ctx context.Context) ([]DraftInWork, error) {
	rows, err := s.pool.Query(ctx, inWorkSQL+` order by d.changed_at desc, d.key`)
	if err != nil {
		return nil, batchError("listing drafts", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[DraftInWork])
	return out, batchError("listing drafts", err)
}
