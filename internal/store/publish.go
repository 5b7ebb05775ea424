package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Publish adds a version of a document that comes with the program, as Slipway's
// own act. Publishing the same content again changes nothing; other content under a
// published version is refused, and so is a key that a document of another kind
// has. [ErrTaken] when somebody here has published a document of that key.
func Publish(ctx context.Context, db *pgx.Conn, d plan.Document) error {
	ref, err := d.Ref()
	if err != nil {
		return err
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit there is nothing to roll back
	l := &shelf{Published: &review.Published{Key: ref.Key}}
	var now time.Time
	b := &pgx.Batch{}
	l.queue(b, ref.Key)
	b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
	if err := send(ctx, tx, b); err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	if len(l.Versions) > 0 && !l.BuiltIn() {
		return fmt.Errorf("%s version %d: %w", ref.Key, ref.Version, ErrTaken)
	}
	if err := insertVersion(ctx, tx, d, ref); err != nil {
		return err
	}
	if err := l.Install(d.Kind(), ref, now); err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	b = &pgx.Batch{}
	if err := l.write(b); err != nil {
		return err
	}
	if err := send(ctx, tx, b); err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	return nil
}

// ErrTaken means that a document which comes with the program has the key of one
// that somebody made here.
var ErrTaken = errors.New("somebody published a document of this key here, so the one that comes with the program is left out")

var errPublished = errors.New("published versions never change")

// insertVersion stores what is published.
func insertVersion(ctx context.Context, tx pgx.Tx, d plan.Document, ref plan.Ref) error {
	body, err := d.Bytes()
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `
		insert into template_version (kind, key, version, digest, name, body)
		select $1, $2, $3, $4, $5, $6 where not exists (select from template_version where key = $2 and kind <> $1)
		on conflict (key, version) do nothing`, d.Kind(), ref.Key, ref.Version, ref.Digest, d.Name(), body); err != nil {
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	}
	var digest string
	err = tx.QueryRow(ctx, `
		select digest from template_version where kind = $1 and key = $2 and version = $3`, d.Kind(), ref.Key, ref.Version).Scan(&digest)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s is published as another kind of document; give the %s a key of its own", ref.Key, d.Kind())
	case err != nil:
		return fmt.Errorf("publishing %s: %w", ref.Key, err)
	case digest != ref.Digest:
		return errors.Join(
			errPublished,
			fmt.Errorf("%s version %d is published with other content; give the changed document a new version", ref.Key, ref.Version),
		)
	}
	return nil
}

// shelf is a document's place in the library, locked to be changed.
type shelf struct {
	*review.Published
	seq  int64 // of the library's stream
	hash review.Hash
}

// queue locks the library's stream and reads what it says of a document.
func (l *shelf) queue(b *pgx.Batch, key string) {
	b.Queue(`select seq, hash from stream where id = $1 for update`, int64(review.Library)).QueryRow(func(row pgx.Row) error {
		var hash []byte
		err := row.Scan(&l.seq, &hash)
		copy(l.hash[:], hash)
		return err
	})
	queuePublished(b, key, l.Published)
}

// publishedSQL reads entries of the library's stream.
const publishedSQL = `select seq, at, actor_id, kind, body, hash from trail where stream_id = -1`

// queuePublished reads what the trail says of one document.
func queuePublished(b *pgx.Batch, key string, into *review.Published) {
	b.Queue(publishedSQL+` and (item = $1 or kind = $2) order by seq`, key, review.DefaultNamed{}.Kind()).Query(func(rows pgx.Rows) error {
		all, err := collectPublished(rows)
		if err == nil && all[key] != nil {
			*into = *all[key]
		}
		return err
	})
}

func collectPublished(rows pgx.Rows) (map[string]*review.Published, error) {
	records, err := collectSealed(rows)
	if err != nil {
		return nil, err
	}
	entries := make([]review.Entry, len(records))
	for i := range records {
		if entries[i], err = records[i].Entry(); err != nil {
			return nil, fmt.Errorf("entry %d of the library: %w", records[i].Seq, err)
		}
	}
	return review.ReplayLibrary(entries)
}

// write writes what was recorded: rows, entries, and the stream's head.
func (l *shelf) write(b *pgx.Batch) error {
	if len(l.Recorded()) == 0 {
		return nil
	}
	for _, en := range l.Recorded() {
		l.seq++
		en.Seq = l.seq
		var err error
		if l.hash, err = writeLibraryEntry(b, l.hash, en); err != nil {
			return err
		}
	}
	b.Queue(`update stream set seq = $2, hash = $3 where id = $1`, int64(review.Library), l.seq, l.hash[:])
	return nil
}

// writeLibraryEntry writes an event of the library twice, its rows and its entry
// on the trail, and returns the hash of the entry.
func writeLibraryEntry(b *pgx.Batch, prev review.Hash, en review.Entry) (review.Hash, error) {
	switch ev := en.Event.(type) {
	case review.DocumentPublished, review.OwnerChanged, review.DefaultNamed: // the bytes are stored beside it, the rest is read from the trail
	case review.VersionRetired:
		b.Queue(`insert into retired_version (key, version) values ($1, $2)`, ev.Document, ev.Version)
	default:
		return prev, fmt.Errorf("no writer for event %s", en.Event.Kind())
	}
	t, err := newTrailRow(review.Library, prev, en, "", aboutOf(en.Event))
	if err != nil {
		return prev, err
	}
	b.Queue(trailSQL, t.args()...)
	return t.hash, nil
}

// aboutOf is how an entry of the library's stream names its document in the
// column that project streams use for the item.
func aboutOf(e review.Event) string {
	if about, ok := e.(interface{ About() string }); ok {
		return about.About()
	}
	return ""
}

// changeLibrary is the only way to change what is published: like [Store.Change],
// on the library's stream. Queries can be added to the first round trip; decide may
// run statements in the transaction.
func (s *Store) changeLibrary(
	ctx context.Context, by By, key string, reads func(*pgx.Batch), decide func(tx *transaction, l *shelf, v *Viewer) error,
) (*Viewer, *review.Published, error) {
	var v Viewer
	l := &shelf{Published: &review.Published{Key: key}}
	err := s.transact(ctx, func(tx *transaction) error {
		b := &pgx.Batch{}
		l.queue(b, key)
		b.Queue(`select pg_advisory_xact_lock_shared($1)`, rightsLock)
		s.queueViewer(b, by, &v)
		if reads != nil {
			reads(b)
		}
		if err := tx.begin(ctx, b); err != nil {
			return batchError("reading the library", err)
		}
		if err := decide(tx, l, &v); err != nil {
			return err
		}
		b = &pgx.Batch{}
		if err := l.write(b); err != nil {
			return err
		}
		tx.inTime(ctx, b)
		return tx.commit(ctx, b, "changing the library")
	})
	if err != nil {
		return nil, nil, err
	}
	s.templates.forget()
	return &v, l.Published, nil
}

// forget has the lists of versions looked up again.
func (c *templateCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latest.at, c.newest.at, c.words.at = time.Time{}, time.Time{}, time.Time{}
}

// Retire keeps new projects from following a version. The last lifecycle that
// they can follow stays.
func (s *Store) Retire(ctx context.Context, by By, key string, version int, reason string) (*Viewer, error) {
	others := 0
	reads := func(b *pgx.Batch) {
		b.Queue(`
			select count(*) from template_version v
			 where kind = 'lifecycle' and (key, version) <> ($1, $2) and `+currentSQL, key, version).
			QueryRow(func(row pgx.Row) error { return row.Scan(&others) })
	}
	v, _, err := s.changeLibrary(ctx, by, key, reads, func(_ *transaction, l *shelf, v *Viewer) error {
		if err := l.Retire(v.Actor, version, reason, v.Now); err != nil {
			return err
		}
		if others == 0 && l.Kind == plan.KindLifecycle && len(l.Recorded()) > 0 {
			return &review.Refused{Why: "This is the last lifecycle that new projects can follow. Publish another one before you retire it."}
		}
		return nil
	})
	return v, err
}

// currentSQL is the condition that a version v may be pinned by new projects.
const currentSQL = `not exists (select from retired_version r where r.key = v.key and r.version = v.version)`

// HandDocument is [Store.GiveDocument] for one that a certain person owns; one that
// somebody else owns by now stays with them.
func (s *Store) HandDocument(ctx context.Context, by By, key string, from, to review.PersonID) error {
	return s.giveDocument(ctx, by, key, to, func(owner review.PersonID) bool { return owner == from })
}

// GiveDocument makes somebody else the owner of a document, or with 0 nobody.
func (s *Store) GiveDocument(ctx context.Context, by By, key string, owner review.PersonID) error {
	return s.giveDocument(ctx, by, key, owner, func(review.PersonID) bool { return true })
}

func (s *Store) giveDocument(ctx context.Context, by By, key string, owner review.PersonID, of func(review.PersonID) bool) error {
	known := true
	reads := func(b *pgx.Batch) {
		queueKnown(b, owner, &known)
	}
	_, _, err := s.changeLibrary(ctx, by, key, reads, func(_ *transaction, l *shelf, v *Viewer) error {
		if err := review.May(v.Actor, review.EditLibrary, nil); err != nil {
			return err
		}
		if !known {
			return &review.Invalid{Fields: []review.FieldError{{Field: "owner", Message: "is nobody we know; choose a person from the list"}}}
		}
		if !of(l.Owner) {
			return nil
		}
		return l.GiveTo(v.Actor, owner, v.Now)
	})
	return err
}

// queueKnown asks whether somebody can be named; nobody always can.
func queueKnown(b *pgx.Batch, p review.PersonID, into *bool) {
	b.Queue(`select $1::bigint = 0 or exists (select from person where id = $1 and blocked_at is null and erased_at is null)`, int64(p)).
		QueryRow(func(row pgx.Row) error { return row.Scan(into) })
}

// library holds what is published against the replay of its stream.
func (v *Verified) library(ctx context.Context, tx source) error {
	replayed, err := review.ReplayLibrary(v.Entries)
	if err != nil {
		v.wrong("cannot be replayed: %s", err)
		return nil
	}
	rows, err := tx.Query(ctx, `
		select v.kind, v.key, v.version, v.digest, v.body, r.key is not null
		  from template_version v left join retired_version r on r.key = v.key and r.version = v.version order by v.key, v.version`)
	if err != nil {
		return batchError("reading what is published", err)
	}
	defer rows.Close()
	there := map[plan.Ref]bool{}
	for rows.Next() {
		var kind plan.Kind
		var ref plan.Ref
		var body []byte
		var retired bool
		if err := rows.Scan(&kind, &ref.Key, &ref.Version, &ref.Digest, &body, &retired); err != nil {
			return fmt.Errorf("reading what is published: %w", err)
		}
		var want *review.PublishedVersion
		if d := replayed[ref.Key]; d != nil && d.Kind == kind {
			want = d.Version(ref.Version)
		}
		sum := sha256.Sum256(body)
		switch {
		case want == nil:
			v.wrong("has the %s %s version %d, of which the trail says nothing", kind, ref.Key, ref.Version)
			continue
		case want.Ref != ref || hex.EncodeToString(sum[:]) != ref.Digest:
			v.wrong("has %s version %d with other content than was published", ref.Key, ref.Version)
		case retired == want.Retired.At.IsZero():
			v.wrong("differs in %s version %d: the table says retired %t, the trail %t", ref.Key, ref.Version, retired, !retired)
		}
		there[want.Ref] = true
	}
	if err := rows.Err(); err != nil {
		return batchError("reading what is published", err)
	}
	for _, d := range replayed {
		for i := range d.Versions {
			if ref := d.Versions[i].Ref; !there[ref] {
				v.wrong("lacks %s version %d, which was published", ref.Key, ref.Version)
			}
		}
	}
	return nil
}
