package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// MaxDocument is the most bytes that a draft may have.
const MaxDocument = 5 << 20

// DocumentDraft is what somebody is writing: the next version of a document, or
// its first. There is at most one a document.
type DocumentDraft struct {
	Document plan.Document
	From     int              // the version of the same document that it was made from; 0: none
	Saved    int64            // how often it was saved
	Touched  map[string]Touch // who changed each part last, by the part's name
	By       review.PersonID  // who changed it last
	At       time.Time
}

// Touch is who changed a part of a draft, and when.
type Touch struct {
	By review.PersonID `json:"by"`
	At time.Time       `json:"at"`
}

// DraftView is a draft for somebody who may write it.
type DraftView struct {
	Viewer
	*DocumentDraft
	Published *review.Published // what the trail says of the document
	Names     Names
}

// ErrDraftGone means that a draft was published or discarded by somebody else.
var ErrDraftGone = errors.New("the draft is no longer there")

// StartDraft makes a draft of a document, new or copied or read from a file. from is
// the version of the same document that it changes; 0: none. A document that has a
// draft, and one that comes with the program, is refused.
func (s *Store) StartDraft(ctx context.Context, by By, d plan.Document, from int) (*Viewer, error) {
	return s.startDraft(ctx, by, d, from, func(*transaction, *Viewer) error { return nil })
}

// startDraft does also what else belongs into the same transaction.
func (s *Store) startDraft(ctx context.Context, by By, d plan.Document, from int, also func(*transaction, *Viewer) error) (*Viewer, error) {
	d.Number(0)
	body, err := draftBytes(d)
	if err != nil {
		return nil, err
	}
	key := d.Key()
	var taken bool
	reads := func(b *pgx.Batch) {
		b.Queue(`select exists (select from draft where key = $1)`, key).QueryRow(func(row pgx.Row) error { return row.Scan(&taken) })
	}
	v, _, err := s.changeLibrary(ctx, by, key, reads, func(tx *transaction, l *shelf, v *Viewer) error {
		if err := l.MayDraft(v.Actor); err != nil {
			return err
		}
		switch {
		case !plan.ValidKey(key):
			return &review.Invalid{Fields: []review.FieldError{{Field: "key", Message: plan.KeyForm}}}
		case taken:
			return &review.Invalid{Fields: []review.FieldError{{Field: "key", Message: "has a draft already; go on with that, or choose another key"}}}
		case from == 0 && len(l.Versions) > 0:
			return &review.Invalid{Fields: []review.FieldError{{Field: "key", Message: "is that of a document which is published; choose another key"}}}
		case from != 0 && l.Version(from) == nil:
			return review.ErrNotFound
		case from != 0 && l.Kind != d.Kind():
			return &review.Invalid{Fields: []review.FieldError{{Field: "key", Message: "is that of a " + strings.ToLower(l.Kind.Label()) + "; choose another key"}}}
		}
		_, err := tx.conn.Exec(ctx, `
			insert into draft (key, kind, made_from, body, started_by, started_at, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6, $5, $6)`,
			key, d.Kind(), from, string(body), int64(v.Actor.Person), v.Now)
		if err != nil {
			return batchError("keeping a draft", err)
		}
		return also(tx, v)
	})
	return v, err
}

// draftBytes is a draft as it is stored.
func draftBytes(d plan.Document) ([]byte, error) {
	body, err := d.Bytes()
	if err != nil {
		return nil, err
	}
	if n := d.Items(); n > plan.MaxItems {
		return nil, &review.Refused{Why: fmt.Sprintf("This document would have %d items; at most %d are possible.", n, plan.MaxItems)}
	}
	if len(body) > MaxDocument {
		return nil, &review.Refused{Why: fmt.Sprintf("This document would be %d KiB long; at most %d are possible.", len(body)>>10, MaxDocument>>10)}
	}
	return body, nil
}

const draftSQL = `select kind, made_from, body, saved, touched, changed_by, changed_at from draft where key = $1`

// queueDraft reads a draft, if there is one.
func queueDraft(b *pgx.Batch, sql, key string, into **DocumentDraft) {
	b.Queue(sql, key).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var kind plan.Kind
			var body, touched []byte
			d := &DocumentDraft{}
			if err := rows.Scan(&kind, &d.From, &body, &d.Saved, &touched, (*int64)(&d.By), &d.At); err != nil {
				return fmt.Errorf("reading a draft: %w", err)
			}
			var err error
			if d.Document, err = plan.ParseDraft(kind, body); err != nil {
				return err
			}
			if err := json.Unmarshal(touched, &d.Touched); err != nil {
				return fmt.Errorf("reading who changed a draft: %w", err)
			}
			*into = d
		}
		return rows.Err()
	})
}

// DocumentDraft reads a draft. The error wraps [review.ErrNotFound] when there is
// none.
func (s *Store) DocumentDraft(ctx context.Context, by By, key string) (*DraftView, error) {
	out := &DraftView{Published: &review.Published{Key: key}}
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	queueDraft(b, draftSQL, key, &out.DocumentDraft)
	queuePublished(b, key, out.Published)
	if err := send(ctx, s.pool, b); err != nil {
		return nil, batchError("reading a draft", err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	if err := review.May(out.Actor, review.EditLibrary, nil); err != nil {
		return nil, err
	}
	if out.DocumentDraft == nil {
		return nil, fmt.Errorf("draft of %s: %w", key, review.ErrNotFound)
	}
	var err error
	out.Names, err = s.resolve(ctx, out.people())
	return out, err
}

func (v *DraftView) people() map[review.PersonID]struct{} {
	ids := map[review.PersonID]struct{}{v.By: {}}
	for _, t := range v.Touched {
		ids[t.By] = struct{}{}
	}
	return ids
}

// Edit changes a draft and names the part that it changed; an empty name: nothing
// of which somebody else could have another opinion.
type Edit func(d *DocumentDraft) (part string, err error)

// EditDraft changes a draft. An error, whoever's, changes nothing.
func (s *Store) EditDraft(ctx context.Context, by By, key string, edit Edit) (*DraftView, error) {
	out := &DraftView{Published: &review.Published{Key: key}}
	err := s.transact(ctx, func(tx *transaction) error {
		b := &pgx.Batch{}
		queueDraft(b, draftSQL+` for update`, key, &out.DocumentDraft)
		s.queueViewer(b, by, &out.Viewer)
		queuePublished(b, key, out.Published)
		if err := tx.begin(ctx, b); err != nil {
			return batchError("reading a draft", err)
		}
		if err := review.May(out.Actor, review.EditLibrary, nil); err != nil {
			return err
		}
		if out.DocumentDraft == nil {
			return ErrDraftGone
		}
		part, err := edit(out.DocumentDraft)
		if err != nil {
			return err
		}
		body, err := draftBytes(out.Document)
		if err != nil {
			return err
		}
		out.Saved++
		out.By, out.At = out.Actor.Person, out.Now
		if part != "" {
			out.Touched[part] = Touch{out.By, out.At.UTC()}
		}
		touched, err := json.Marshal(out.Touched)
		if err != nil {
			return fmt.Errorf("encoding who changed a draft: %w", err)
		}
		b = &pgx.Batch{}
		b.Queue(`update draft set body = $2, saved = $3, touched = $4, changed_by = $5, changed_at = $6 where key = $1`,
			key, string(body), out.Saved, string(touched), int64(out.By), out.At)
		tx.inTime(ctx, b)
		return tx.commit(ctx, b, "saving a draft")
	})
	if err != nil {
		return nil, err
	}
	out.Names, err = s.resolve(ctx, out.people())
	return out, err
}

// DropDraft throws a draft away.
func (s *Store) DropDraft(ctx context.Context, by By, key string, saved int64) error {
	_, _, err := s.changeLibrary(ctx, by, key, nil, func(tx *transaction, _ *shelf, v *Viewer) error {
		if err := review.May(v.Actor, review.EditLibrary, nil); err != nil {
			return err
		}
		return takeDraft(ctx, tx, key, saved)
	})
	return err
}

// takeDraft deletes a draft that is still what somebody saw.
func takeDraft(ctx context.Context, tx *transaction, key string, saved int64) error {
	tag, err := tx.conn.Exec(ctx, `delete from draft where key = $1 and saved = $2`, key, saved)
	if err != nil {
		return batchError("taking a draft away", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrDraftGone
	}
	return nil
}

// NotPublishable says what is wrong with a draft.
type NotPublishable struct{ Problems []plan.Problem }

func (e *NotPublishable) Error() string {
	return fmt.Sprintf("the draft cannot be published: %d problems, such as %s", len(e.Problems), e.Problems[0])
}

// PublishDraft makes a draft the next version of its document. It has to be as it
// was when it had been saved so often: [ErrDraftGone] when it is not, because
// somebody else published or changed it. last may change the document once more.
func (s *Store) PublishDraft(
	ctx context.Context, by By, key string, saved int64, in review.Publication, last func(plan.Document) error,
) (*review.Published, error) {
	var draft *DocumentDraft
	var asked []plan.Flag
	var known bool
	reads := func(b *pgx.Batch) {
		queueDraft(b, draftSQL+` for update`, key, &draft)
		queueAsked(b, &asked)
		queueKnown(b, in.ValidatedBy, &known)
	}
	_, p, err := s.changeLibrary(ctx, by, key, reads, func(tx *transaction, l *shelf, v *Viewer) error {
		if err := l.MayDraft(v.Actor); err != nil {
			return err
		}
		if draft == nil || draft.Saved != saved {
			return ErrDraftGone
		}
		if !known {
			return &review.Invalid{Fields: []review.FieldError{{Field: "validated-by", Message: "is nobody we know; choose a person from the list"}}}
		}
		d := draft.Document
		if err := last(d); err != nil {
			return err
		}
		d.Number(l.Next())
		if problems := Unpublishable(d, plan.Check(d, asked)); len(problems) > 0 {
			return &NotPublishable{problems}
		}
		ref, err := d.Ref()
		if err != nil {
			return err
		}
		if err := l.Publish(v.Actor, d.Kind(), ref, in, v.Now); err != nil {
			return err
		}
		if err := takeDraft(ctx, tx, key, saved); err != nil {
			return err
		}
		return insertDraftVersion(ctx, tx, d, ref)
	})
	return p, err
}

func insertDraftVersion(ctx context.Context, tx *transaction, d plan.Document, ref plan.Ref) error {
	body, err := d.Bytes()
	if err != nil {
		return err
	}
	_, err = tx.conn.Exec(ctx, `insert into template_version (kind, key, version, digest, name, body) values ($1, $2, $3, $4, $5, $6)`,
		d.Kind(), ref.Key, ref.Version, ref.Digest, d.Name(), string(body))
	return batchError("publishing a draft", err)
}

// Unpublishable is what keeps a document from being published, of what [plan.Check]
// found and beside it.
func Unpublishable(d plan.Document, found []plan.Problem) []plan.Problem {
	problems := plan.Wrong(found)
	if d.Lifecycle != nil {
		for _, p := range d.Lifecycle.Uncovered() {
			problems = append(problems, plan.Problem{Message: fmt.Sprintf("no stage covers the phase %q, which modules may have items for", p)})
		}
		if d.Items() == 0 {
			problems = append(problems, plan.Problem{Message: "it has no items"})
		}
	}
	return problems
}

// queueAsked reads the questions of all lifecycles that projects can follow.
func queueAsked(b *pgx.Batch, into *[]plan.Flag) {
	b.Queue(`
		select distinct f->>'key' from (
		    select distinct on (key) body from template_version v where kind = 'lifecycle' and ` + currentSQL + ` order by key, version desc) v
		 cross join lateral json_array_elements(case json_typeof(body->'flags') when 'array' then body->'flags' else '[]' end) f`).
		Query(func(rows pgx.Rows) (err error) {
			*into, err = pgx.CollectRows(rows, pgx.RowTo[plan.Flag])
			return err
		})
}

// Surroundings are what a draft is looked at beside.
type Surroundings struct {
	Asked []plan.Flag        // by the lifecycles that projects can follow
	Held  map[plan.Seat]bool // by anybody, everywhere
}

// Surroundings reads them.
func (s *Store) Surroundings(ctx context.Context) (*Surroundings, error) {
	out := &Surroundings{Held: map[plan.Seat]bool{}}
	b := &pgx.Batch{}
	queueAsked(b, &out.Asked)
	b.Queue(`select distinct seat from held where seat <> '' and project_id is null`).Query(func(rows pgx.Rows) error {
		seats, err := pgx.CollectRows(rows, pgx.RowTo[plan.Seat])
		for _, seat := range seats {
			out.Held[seat] = true
		}
		return err
	})
	return out, batchError("reading what is asked and which seats are held", send(ctx, s.pool, b))
}
