package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// Place is a document into which what a lesson proposes can go.
type Place struct {
	Key, Name string
	Version   int    // that its draft becomes when it is published
	Draft     bool   // somebody writes it already
	Followed  bool   // by the project, in some version
	CopyOf    string // name of the document that it would be a copy of; empty: it is no copy
	Says      string // there, now
	Gone      bool   // it no longer has the item

	amendment plan.Amendment // in the words of this document
	document  plan.Document
	from      int // the version that the draft is made from; 0: none
}

// Places are where what a lesson proposes can go.
type Places struct {
	All  []Place
	Says string // hash of what stands in all of them, to tell whether it is still so
}

// placesListed is how many documents somebody can choose from.
const placesListed = 20

// LessonPlaces finds the documents into which the proposal of a lesson can go: the one
// that its item is of, or where that comes with the program what was copied of it here,
// and a new copy.
func (s *Store) LessonPlaces(ctx context.Context, r *review.Review, rec *review.Record) (*Places, error) {
	return s.lessonPlaces(ctx, s.pool, r, rec, "")
}

// lessonPlaces can have the drafts that it reads locked.
func (s *Store) lessonPlaces(ctx context.Context, db source, r *review.Review, rec *review.Record, lock string) (*Places, error) {
	out := &Places{}
	a, of, ok := r.Amendment(rec)
	if !ok {
		return out, nil
	}
	want, newest, err := s.wanted(ctx, db, a, of)
	if err != nil {
		return nil, err
	}
	shelves, err := s.ownShelves(ctx, db, of.Key, want.origin.Kind())
	if err != nil {
		return nil, err
	}
	builtIn := true
	for _, sh := range shelves {
		builtIn = builtIn && sh.key != of.Key
	}
	for _, sh := range shelves {
		if !builtIn && sh.key != of.Key || len(out.All) == placesListed {
			continue
		}
		p, err := s.placeOn(ctx, db, sh, want, lock)
		if err != nil {
			return nil, err
		}
		p.Followed = p.Key == of.Key
		if !p.Gone || p.Followed {
			out.All = append(out.All, *p)
		}
	}
	if builtIn {
		p, err := copyPlace(newest, want, shelves)
		if err != nil {
			return nil, err
		}
		if p != nil {
			out.All = append(out.All, *p)
		}
	}
	sum := sha256.New()
	for _, p := range out.All {
		_, _ = fmt.Fprintf(sum, "%q %q %t\n", p.Key, p.Says, p.Gone)
	}
	out.Says = hex.EncodeToString(sum.Sum(nil))
	return out, nil
}

// ownShelf is a document that was made here: its newest version, and its draft.
type ownShelf struct {
	key    string
	newest plan.Ref // zero: nothing of it is published
	draft  bool
}

// ownShelves are the documents of a kind that were made here, the one of a key first.
func (s *Store) ownShelves(ctx context.Context, db source, first string, kind plan.Kind) ([]ownShelf, error) {
	rows, err := db.Query(ctx, `
		select coalesce(v.key, d.key), coalesce(v.version, 0), coalesce(v.digest, ''), d.key is not null
		  from (select distinct on (key) key, version, digest from template_version t
		         where kind = $2 and not exists (select from trail e where e.stream_id = -1 and e.item = t.key and e.kind = $3 and e.actor_id = $4)
		         order by key, version desc) v
		  full join (select key from draft where kind = $2) d on d.key = v.key
		 order by coalesce(v.key, d.key) <> $1, 1`, first, kind, review.DocumentPublished{}.Kind(), int64(review.System))
	if err != nil {
		return nil, batchError("listing own documents", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (sh ownShelf, err error) {
		err = row.Scan(&sh.key, &sh.newest.Version, &sh.newest.Digest, &sh.draft)
		sh.newest.Key = sh.key
		return sh, err
	})
	return out, batchError("listing own documents", err)
}

// placeOn is what a document has where an amendment would change it: its draft, or its
// newest version.
func (s *Store) placeOn(ctx context.Context, db source, sh ownShelf, want *wanted, lock string) (*Place, error) {
	p := &Place{Key: sh.key, Version: sh.newest.Version + 1, Draft: sh.draft, from: sh.newest.Version}
	if sh.draft {
		var d *DocumentDraft
		b := &pgx.Batch{}
		queueDraft(b, draftSQL+lock, sh.key, &d)
		if err := send(ctx, db, b); err != nil {
			return nil, batchError("reading a draft", err)
		}
		if d != nil {
			p.document = d.Document
		}
	}
	if p.document == (plan.Document{}) {
		d, err := s.documentOn(ctx, db, sh.newest)
		if err != nil {
			return nil, err
		}
		if p.document, err = d.Draft(); err != nil {
			return nil, err
		}
	}
	return p.holding(want), nil
}

// wanted is an amendment of an item that documents call differently.
type wanted struct {
	plan.Amendment
	origin plan.Document // in the version that the project follows
	now    plan.ItemKey  // the item's key in its newest version; empty: it has no such item
}

// wanted reads the document that an amendment's item is of, in the version that the
// project follows and in its newest.
func (s *Store) wanted(ctx context.Context, db source, a plan.Amendment, of plan.Ref) (*wanted, plan.Document, error) {
	origin, err := s.documentOn(ctx, db, of)
	if err != nil {
		return nil, plan.Document{}, err
	}
	newest, err := s.newestOf(ctx, db, of.Key)
	if err != nil {
		return nil, plan.Document{}, err
	}
	out := &wanted{origin: origin, Amendment: a}
	if it, _ := newest.Find(a.Item); it != nil {
		out.now = it.Key
	}
	return out, newest, nil
}

// holding has the place speak of the item as its document calls it: copies forget
// earlier keys, and those of a module give items keys of their own.
func (p *Place) holding(want *wanted) *Place {
	p.Name, p.amendment, p.Gone = p.document.Name(), want.Amendment, true
	for _, key := range []plan.ItemKey{want.Item, want.now} {
		if rest, own := strings.CutPrefix(string(key), want.origin.Key()+"-"); own && want.origin.Module != nil {
			key = plan.ItemKey(p.Key + "-" + rest)
		}
		if it, _ := p.document.Find(key); it != nil && p.Gone {
			p.amendment.Item, p.Gone = it.Key, false
		}
	}
	p.Says, _ = p.document.Says(p.amendment)
	return p
}

// newestOf is the newest version of a document.
func (s *Store) newestOf(ctx context.Context, db source, key string) (plan.Document, error) {
	ref := plan.Ref{Key: key}
	err := db.QueryRow(ctx, `select version, digest from template_version where key = $1 order by version desc limit 1`, key).Scan(&ref.Version, &ref.Digest)
	if err != nil {
		return plan.Document{}, batchError("finding a document", err)
	}
	return s.documentOn(ctx, db, ref)
}

// copyPlace is a new copy of the newest version of a document that comes with the
// program; nil where there is a document of that key already.
func copyPlace(newest plan.Document, want *wanted, shelves []ownShelf) (*Place, error) {
	const ours = "-ours"
	key := newest.Key()
	key = strings.TrimRight(key[:min(len(key), maxKey-len(ours))], "-") + ours
	if slices.ContainsFunc(shelves, func(sh ownShelf) bool { return sh.key == key }) {
		return nil, nil
	}
	d, err := newest.As(key, newest.Name()+", ours")
	if err != nil {
		return nil, err
	}
	p := (&Place{Key: key, Version: 1, CopyOf: newest.Name(), document: d}).holding(want)
	if p.Gone {
		return nil, nil
	}
	return p, nil
}

// maxKey is the most characters of a document's key.
const maxKey = 40

// AcceptLesson is what somebody decides who takes up what a lesson proposes.
type AcceptLesson struct {
	No    int
	Shown review.Digest // of the lesson as they read it
	Into  string        // key of a document
	Says  string        // [Places.Says] as they read it
}

// AcceptLesson accepts a lesson and has the draft of a document say what it proposes,
// both or neither: they are written in one transaction. The library is locked before
// the project, and nothing locks it behind one.
func (s *Store) AcceptLesson(ctx context.Context, by By, key review.ProjectKey, in AcceptLesson) (*Changed, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	var out *Changed
	err = s.transact(ctx, func(tx *transaction) error {
		first := func(b *pgx.Batch) {
			b.Queue(`select from stream where id = $1 for update`, int64(review.Library))
		}
		l, v, err := s.lockAndLoad(ctx, tx, by, id, Target{Project: key}, first)
		if err != nil {
			return err
		}
		if err := s.acceptLesson(ctx, tx, l.review, v, in); err != nil {
			return err
		}
		out, err = s.commitChange(ctx, tx, by, l, v, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Names = s.namesAfter(ctx, out)
	return out, nil
}

func (s *Store) acceptLesson(ctx context.Context, tx *transaction, r *review.Review, v *Viewer, in AcceptLesson) error {
	rec, err := r.Lesson(v.Actor, in.No)
	if err != nil {
		return err
	}
	places, err := s.lessonPlaces(ctx, tx.conn, r, rec, ` for update`)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(places.All, func(p Place) bool { return p.Key == in.Into })
	if i < 0 {
		return &review.Invalid{Fields: []review.FieldError{{Field: "into", Message: "choose one that this page offers"}}}
	}
	p := &places.All[i]
	given := record.Values{record.LessonDocument: p.Key, record.LessonVersion: strconv.Itoa(p.Version)}
	if err := r.MoveRecord(v.Actor, in.No, in.Shown, review.RecordMove{To: record.LessonAccepted, Given: given}, v.Now); err != nil {
		return err
	}
	switch {
	case len(r.Recorded()) == 0: // the same form sent twice
		return nil
	case p.Gone:
		return &review.Refused{Why: fmt.Sprintf("%s no longer has this item. Have the lesson propose something about another one, or decline it.", p.Name)}
	case places.Says != in.Says:
		return &review.Outdated{What: "text that stands there"}
	case p.document.Amended(p.amendment):
		return s.draftAmended(ctx, tx, v, p, "")
	}
	item, err := p.document.Amend(p.amendment, p.document.NewKey(p.amendment.Title()))
	if err != nil {
		return err
	}
	return s.draftAmended(ctx, tx, v, p, "item/"+string(item))
}

// draftAmended writes the draft of a place, as far as there has to be one. part is what
// changed in it.
func (s *Store) draftAmended(ctx context.Context, tx *transaction, v *Viewer, p *Place, part string) error {
	if p.Draft && part == "" {
		return nil
	}
	p.document.Number(0)
	body, err := draftBytes(p.document)
	if err != nil {
		return err
	}
	touched := map[string]Touch{}
	if part != "" {
		touched[part] = Touch{v.Actor.Person, v.Now.UTC()}
	}
	touch, err := json.Marshal(touched)
	if err != nil {
		return fmt.Errorf("encoding who changed a draft: %w", err)
	}
	if p.Draft {
		_, err = tx.conn.Exec(ctx, `update draft set body = $2, saved = saved + 1, touched = touched || $3::jsonb, changed_by = $4, changed_at = $5 where key = $1`,
			p.Key, string(body), string(touch), int64(v.Actor.Person), v.Now)
	} else {
		_, err = tx.conn.Exec(ctx, `
			insert into draft (key, kind, made_from, body, touched, started_by, started_at, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $6, $7)`,
			p.Key, p.document.Kind(), p.from, string(body), string(touch), int64(v.Actor.Person), v.Now)
	}
	return batchError("writing a draft", err)
}
