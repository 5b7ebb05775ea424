package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Rebuilt says what a rebuild has brought over.
type Rebuilt struct {
	Projects, Entries, People, Templates, Checkpoints int
	// Nameless are the people of whom there is nothing but their number on the trail.
	Nameless int
}

// What no event makes, a rebuild copies row by row: people and templates before
// the trail that refers to them, checkpoints after the trail that they refer to,
// and what people were typing and the snapshots of past days last. All other tables are made anew from the trail,
// but for sessions and sign-ins under way: people sign in again.
var (
	copiedFirst      = []string{"person", "template_version"}
	checkpointTables = []string{"checkpoint", "checkpoint_head"}
	copiedLast       = []string{"project_draft", "draft", "import", "import_columns", "saved_view", "calendar_feed", "snapshot", "snapshot_project"}
)

// ErrNotEmpty means that there is something already where a rebuild or an import is to go.
var ErrNotEmpty = errors.New("this database is not empty; it has to be one that was migrated and never used")

// Rebuild makes all tables anew from the trail of another database, into this
// one, which has to be empty. Each entry goes through the writers that wrote it
// first, so its rows are what they were and its hash has to come out the same.
// All of it is one transaction: what ends early leaves nothing behind and can be
// tried again. The address has to be that of the owner.
func (s *Store) Rebuild(ctx context.Context, from *pgx.Conn) (*Rebuilt, error) {
	source, err := from.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning to read the trail: %w", err)
	}
	defer func() { _ = source.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	out := &Rebuilt{}
	err = s.transact(ctx, func(tx *transaction) error {
		rb := &rebuild{store: s, source: source, tx: tx, done: out, known: map[review.PersonID]bool{}}
		return rb.run(ctx)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// rebuild is one under way.
type rebuild struct {
	store    *Store
	source   pgx.Tx
	tx       *transaction
	done     *Rebuilt
	known    map[review.PersonID]bool // people who have a row
	projects []review.ProjectID
}

func (rb *rebuild) run(ctx context.Context) error {
	if err := rb.begin(ctx); err != nil {
		return err
	}
	for _, table := range copiedFirst {
		if err := rb.copy(ctx, table); err != nil {
			return err
		}
	}
	if err := rb.notePeople(ctx); err != nil {
		return err
	}
	ids, err := rb.streams(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := rb.stream(ctx, id); err != nil {
			return err
		}
	}
	// Whose signature counts, the directory says, which came last.
	if err := rb.deriveAll(ctx); err != nil {
		return err
	}
	if err := rb.checkpoints(ctx); err != nil {
		return err
	}
	for _, table := range copiedLast {
		if err := rb.copy(ctx, table); err != nil {
			return err
		}
	}
	return rb.end(ctx)
}

// begin locks the tables that everything hangs on and demands that they are empty.
func (rb *rebuild) begin(ctx context.Context) error {
	var used, stocked bool
	b := &pgx.Batch{}
	b.Queue(`set local idle_in_transaction_session_timeout = 0`)
	b.Queue(`lock table person, stream, trail, project, checkpoint, template_version in share row exclusive mode`)
	b.Queue(`
		select exists (select from person) or exists (select from stream where id not in (1, -1) or id = 1 and seq > 0)
		    or exists (select from trail where stream_id <> -1 or actor_id <> 0) or exists (select from project) or exists (select from checkpoint),
		       exists (select from template_version)`).
		QueryRow(func(row pgx.Row) error { return row.Scan(&used, &stocked) })
	if err := rb.tx.begin(ctx, b); err != nil {
		return batchError("looking at the database to fill", err)
	}
	if used {
		return ErrNotEmpty
	}
	if stocked {
		return rb.clear(ctx)
	}
	return nil
}

// clear takes away what the migrate command published here: the library is that
// of the other database. What that lacks, the next migrate publishes again.
func (rb *rebuild) clear(ctx context.Context) error {
	b := &pgx.Batch{}
	for _, table := range []string{"trail", "template_version"} {
		b.Queue(`alter table ` + table + ` disable trigger user`)
		b.Queue(`delete from ` + table)
		b.Queue(`alter table ` + table + ` enable trigger user`)
	}
	return batchError("clearing the built-in documents", send(ctx, rb.tx.conn, b))
}

// end has new people, projects and reviews numbered after those that are there.
func (rb *rebuild) end(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`select setval(pg_get_serial_sequence('person', 'id'), max(id)) from person having max(id) > 0`)
	b.Queue(`select setval(pg_get_serial_sequence('stream', 'id'), max(id)) from stream`)
	return rb.tx.commit(ctx, b, "keeping the rebuilt tables")
}

// streams lists the streams of the trail, the library's first and the directory's
// last: rights for one project refer to it.
func (rb *rebuild) streams(ctx context.Context) ([]review.ProjectID, error) {
	rows, err := rb.source.Query(ctx, `select id from stream union select stream_id from trail order by 1`)
	if err != nil {
		return nil, fmt.Errorf("listing the streams of the trail: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[review.ProjectID])
	if err != nil {
		return nil, fmt.Errorf("listing the streams of the trail: %w", err)
	}
	if i := slices.Index(ids, review.Directory); i >= 0 {
		ids = append(slices.Delete(ids, i, i+1), review.Directory)
	}
	return ids, nil
}

// stream reads one stream, checks its chain, and writes it anew. By what its
// entries are found is written anew as well, so it may be damaged.
func (rb *rebuild) stream(ctx context.Context, id review.ProjectID) error {
	v := &Verified{Stream: id}
	if _, err := v.read(ctx, rb.source); errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("stream %d has entries, but no head that says how many", id)
	} else if err != nil {
		return fmt.Errorf("stream %d: %w", id, err)
	}
	where := nameOf(id, v.Entries)
	switch {
	case len(v.Problems) > 0:
		return fmt.Errorf("%s %s", where, v.Problems[0].What)
	case len(v.Entries) == 0 && isProject(id):
		return fmt.Errorf("%s has a head, but no entries", where)
	}
	if err := rb.nameAll(ctx, v.Entries); err != nil {
		return err
	}
	return rb.write(ctx, v.head, where, v.Entries)
}

// nameOf is what messages call a stream.
func nameOf(id review.ProjectID, entries []review.Entry) string {
	switch id {
	case review.Directory:
		return "the directory"
	case review.Library:
		return "the library"
	}
	for _, en := range entries {
		if e, ok := en.Event.(review.ProjectCreated); ok {
			return fmt.Sprintf("project %s (stream %d)", e.Key, id)
		}
	}
	return fmt.Sprintf("stream %d", id)
}

// write writes the entries of a stream whose chain is whole and ends with a head.
func (rb *rebuild) write(ctx context.Context, head review.Head, where string, entries []review.Entry) error {
	rb.done.Entries += len(entries)
	switch head.Stream {
	case review.Directory:
		return rb.shared(ctx, head, entries, writeRightEntry)
	case review.Library:
		return rb.shared(ctx, head, entries, writeLibraryEntry)
	}
	if err := rb.project(ctx, head, entries); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	rb.projects = append(rb.projects, head.Stream)
	rb.done.Projects++
	return nil
}

// rebuildBatch is how many statements go to the database at once.
const rebuildBatch = 500

// flush sends what has gathered, once it is enough.
func (rb *rebuild) flush(ctx context.Context, b *pgx.Batch, enough int) (*pgx.Batch, error) {
	if b.Len() < enough {
		return b, nil
	}
	return &pgx.Batch{}, batchError("writing entries", send(ctx, rb.tx.conn, b))
}

// project writes a project's entries one by one, each with the review as it was
// right after it.
func (rb *rebuild) project(ctx context.Context, head review.Head, entries []review.Entry) error {
	b, l := &pgx.Batch{}, &loaded{}
	var failed error
	r, err := review.ReplayEach(head.Stream, entries, rb.plans(ctx), func(en review.Entry, r *review.Review) {
		if failed != nil {
			return
		}
		l.review = r
		if failed = writeEntry(b, l, &en, en.At); failed != nil {
			return
		}
		for i := range r.Stages {
			writeTurned(b, r, &r.Stages[i], en.At)
		}
		b, failed = rb.flush(ctx, b, rebuildBatch)
	})
	if err := errors.Join(failed, err); err != nil {
		return err
	}
	l.rollups = make([]review.StageRollup, len(r.Stages))
	writeDerived(b, l, entries[len(entries)-1].At, true)
	if _, err := rb.flush(ctx, b, 1); err != nil {
		return err
	}
	return rb.same(ctx, head)
}

// shared writes the entries of a stream that is no project's.
func (rb *rebuild) shared(
	ctx context.Context, head review.Head, entries []review.Entry, write func(*pgx.Batch, review.Hash, review.Entry) (review.Hash, error),
) error {
	b, kind := &pgx.Batch{}, kindOf(head.Stream)
	var hash review.Hash
	for _, en := range entries {
		var err error
		if hash, err = write(b, hash, en); err != nil {
			return fmt.Errorf("the %s, entry %d: %w", kind, en.Seq, err)
		}
		if b, err = rb.flush(ctx, b, rebuildBatch); err != nil {
			return fmt.Errorf("the %s: %w", kind, err)
		}
	}
	b.Queue(`update stream set seq = $2, hash = $3 where id = $1`, int64(head.Stream), len(entries), hash[:])
	if _, err := rb.flush(ctx, b, 1); err != nil {
		return fmt.Errorf("the %s: %w", kind, err)
	}
	return rb.same(ctx, head)
}

// same demands that a stream ends here with the hash that it ends with there:
// every entry was written as the bytes that it was.
func (rb *rebuild) same(ctx context.Context, there review.Head) error {
	here := review.Head{Stream: there.Stream}
	var hash []byte
	if err := rb.tx.conn.QueryRow(ctx, `select seq, hash from stream where id = $1`, int64(there.Stream)).Scan(&here.Seq, &hash); err != nil {
		return fmt.Errorf("reading a stream's head: %w", err)
	}
	here.Hash = review.Hash(hash)
	if here != there {
		return errors.New("its entries come out with other hashes than they have: this program writes them in another form")
	}
	return nil
}

// deriveAll derives every project that was written.
func (rb *rebuild) deriveAll(ctx context.Context) error {
	for _, id := range rb.projects {
		if err := rb.derive(ctx, id); err != nil {
			return fmt.Errorf("stream %d: %w", id, err)
		}
	}
	return nil
}

// derive writes what lists and the queue read, now that all rights are there.
func (rb *rebuild) derive(ctx context.Context, id review.ProjectID) error {
	var rows reviewRows
	var now time.Time
	p := parts{rounds: true}
	b := &pgx.Batch{}
	b.Queue(`select clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
	queueReview(b, id, p, &rows)
	if err := send(ctx, rb.tx.conn, b); err != nil {
		return batchError("reading what was written", err)
	}
	l, err := rb.store.build(ctx, rb.tx.conn, &rows, p, 0)
	if err != nil {
		return err
	}
	b = &pgx.Batch{}
	deriveAnew(b, l, now.In(rb.store.zone))
	return batchError("writing what lists read", send(ctx, rb.tx.conn, b))
}

// plans composes plans of published documents, and sees that these are what
// their digests say.
func (rb *rebuild) plans(ctx context.Context) review.Plans {
	return func(o plan.Origin) (*plan.Plan, error) {
		return plan.ComposeFrom(o, func(ref plan.Ref) (plan.Document, error) {
			d, err := rb.store.documentOn(ctx, rb.tx.conn, ref)
			if err != nil {
				return plan.Document{}, err
			}
			if got, err := d.Ref(); err != nil || got != ref {
				return plan.Document{}, errors.Join(err, fmt.Errorf("template %s version %d was changed after it was published", ref.Key, ref.Version))
			}
			return d, nil
		})
	}
}

// checkpoints copies the signed statements of where the streams stood, unless
// the trail has something else there.
func (rb *rebuild) checkpoints(ctx context.Context) error {
	var no, stream, seq int64
	if there, err := tableColumns(ctx, rb.source, "checkpoint_head"); err != nil || len(there) == 0 {
		return err // none were ever made, or kept
	}
	err := rb.source.QueryRow(ctx, strayHeadsSQL+` limit 1`).Scan(&no, &stream, &seq)
	if err == nil {
		return fmt.Errorf("checkpoint %d saw stream %d at entry %d with another hash than the trail has there", no, stream, seq)
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("holding checkpoints against the trail: %w", err)
	}
	for _, table := range checkpointTables {
		if err := rb.copy(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

// notePeople takes down who has a row.
func (rb *rebuild) notePeople(ctx context.Context) error {
	rows, err := rb.tx.conn.Query(ctx, `select id from person`)
	if err != nil {
		return fmt.Errorf("listing people: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[review.PersonID])
	if err != nil {
		return fmt.Errorf("listing people: %w", err)
	}
	for _, id := range ids {
		rb.known[id] = true
	}
	return nil
}

// nameAll gives a row to everybody of whom the entries speak and who has none:
// the trail holds numbers only. Nobody can sign in as such a person.
func (rb *rebuild) nameAll(ctx context.Context, entries []review.Entry) error {
	var missing []int64
	for _, en := range entries {
		for _, id := range append(en.Event.People(), en.Actor) {
			if id != review.System && !rb.known[id] {
				rb.known[id] = true
				missing = append(missing, int64(id))
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	rb.done.Nameless += len(missing)
	_, err := rb.tx.conn.Exec(ctx, `
		insert into person (id, issuer, subject, name) overriding system value
		select id, 'lost', id::text, 'Person ' || id from unnest($1::bigint[]) id`, missing)
	return batchError("making rows for people of whom only their number is left", err)
}

// tableColumns lists the columns of a table; none when there is no such table.
func tableColumns(ctx context.Context, db source, table string) ([]string, error) {
	rows, err := db.Query(ctx, `
		select attname from pg_attribute
		 where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, table)
	if err != nil {
		return nil, fmt.Errorf("looking at the table %s: %w", table, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("looking at the table %s: %w", table, err)
	}
	return names, nil
}

// copy brings the rows of a table over, in the columns that both sides have. A
// table that is not there has no rows.
func (rb *rebuild) copy(ctx context.Context, table string) error {
	there, err := tableColumns(ctx, rb.source, table)
	if err != nil || len(there) == 0 {
		return err
	}
	here, err := tableColumns(ctx, rb.tx.conn, table)
	if err != nil {
		return err
	}
	var both []string
	for _, name := range here {
		if slices.Contains(there, name) {
			both = append(both, pgx.Identifier{name}.Sanitize())
		}
	}
	list := strings.Join(both, ", ")
	insert := `insert into ` + table + ` (` + list + `) overriding system value select ` + list +
		` from json_populate_recordset(null::` + table + `, $1::json) t`
	if slices.Contains(both, `"person_id"`) { // nothing is left of somebody who is no longer there
		insert += ` where exists (select from person p where p.id = t.person_id)`
	}
	insert += ` on conflict do nothing`
	rows, err := rb.source.Query(ctx, `select row_to_json(t)::text from `+table+` t`)
	if err != nil {
		return fmt.Errorf("reading the table %s: %w", table, err)
	}
	defer rows.Close()
	var some []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			return fmt.Errorf("reading the table %s: %w", table, err)
		}
		if some = append(some, row); len(some) == rebuildBatch {
			if err := rb.put(ctx, table, insert, some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the table %s: %w", table, err)
	}
	return rb.put(ctx, table, insert, some)
}

// put writes copied rows, and counts them.
func (rb *rebuild) put(ctx context.Context, table, insert string, rows []string) error {
	if len(rows) == 0 {
		return nil
	}
	tag, err := rb.tx.conn.Exec(ctx, insert, "["+strings.Join(rows, ",")+"]")
	if err != nil {
		return fmt.Errorf("copying rows of the table %s: %w", table, err)
	}
	n := int(tag.RowsAffected())
	switch table {
	case "person":
		rb.done.People += n
	case "template_version":
		rb.done.Templates += n
	case "checkpoint":
		rb.done.Checkpoints += n
	}
	return nil
}
