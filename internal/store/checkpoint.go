package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Checkpoint is a signed statement of where all streams stood at a moment.
type Checkpoint struct {
	No      int64
	At      time.Time
	Note    []byte
	Changed []review.Head // the heads that had moved since the one before, by stream
}

// Seal signs the next checkpoint: its number, its time, the note before it
// (nil for the first), and the heads of all streams that have an entry, in the
// order of the streams.
type Seal func(no int64, at time.Time, previous []byte, heads []review.Head) ([]byte, error)

// checkpointLock is an arbitrary number that nothing else locks: one server at
// a time writes a checkpoint.
const checkpointLock = 7_314_459_022

// ErrWentBack means that a stream is not where the last checkpoint saw it: the
// trail was changed past the server, or is an older copy.
var ErrWentBack = errors.New("a stream went back behind its last checkpoint")

// Checkpoint writes the next checkpoint, unless nothing has happened since the
// last or that one is younger than minAge. It reports whether it wrote one.
func (s *Store) Checkpoint(ctx context.Context, seal Seal, minAge time.Duration) (bool, error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return false, fmt.Errorf("beginning a checkpoint: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit there is nothing to roll back
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(checkpointLock)); err != nil {
		return false, batchError("waiting for another checkpoint", err)
	}
	var last Checkpoint
	var fresh bool
	err = tx.QueryRow(ctx, `select no, at, note, at > clock_timestamp() - $1::interval from checkpoint order by no desc limit 1`, minAge).
		Scan(&last.No, &last.At, &last.Note, &fresh)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, batchError("reading the last checkpoint", err)
	}
	if fresh {
		return false, nil
	}
	m, err := movedHeads(ctx, tx, last.At)
	if err != nil || len(m.moved) == 0 {
		return false, err
	}
	next := Checkpoint{No: last.No + 1, At: m.at, Changed: m.moved}
	if next.Note, err = seal(next.No, next.At, last.Note, m.all); err != nil {
		return false, fmt.Errorf("sealing checkpoint %d: %w", next.No, err)
	}
	return true, insertCheckpoint(ctx, tx, &next)
}

// moved are the heads of all streams at one moment.
type moved struct {
	at         time.Time // never before the last checkpoint
	all, moved []review.Head
}

// movedHeads reads all heads and which of them the last checkpoint does not
// have, in one statement: a change under way is in it wholly or not at all.
func movedHeads(ctx context.Context, tx pgx.Tx, last time.Time) (*moved, error) {
	rows, err := tx.Query(ctx, `
		select greatest(clock_timestamp(), $1::timestamptz), s.id, s.seq, s.hash, coalesce(h.seq, 0), coalesce(h.hash, '')
		  from stream s
		  left join lateral (select seq, hash from checkpoint_head h where h.stream_id = s.id order by h.no desc limit 1) h on true
		 where s.seq > 0 or h.seq > 0
		 order by s.id`, nullable(last))
	if err != nil {
		return nil, batchError("reading the heads of all streams", err)
	}
	defer rows.Close()
	var m moved
	for rows.Next() {
		var h review.Head
		var before int64
		var hash, hashBefore []byte
		if err := rows.Scan(&m.at, (*int64)(&h.Stream), &h.Seq, &hash, &before, &hashBefore); err != nil {
			return nil, fmt.Errorf("reading the heads of all streams: %w", err)
		}
		h.Hash = review.Hash(hash)
		if h.Seq < before || (h.Seq == before && string(hash) != string(hashBefore)) {
			return nil, fmt.Errorf("%w: stream %d is at entry %d, and was at entry %d", ErrWentBack, h.Stream, h.Seq, before)
		}
		m.all = append(m.all, h)
		if h.Seq > before {
			m.moved = append(m.moved, h)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, batchError("reading the heads of all streams", err)
	}
	m.at = m.at.UTC()
	return &m, nil
}

func insertCheckpoint(ctx context.Context, tx pgx.Tx, c *Checkpoint) error {
	streams, seqs, hashes := make([]int64, len(c.Changed)), make([]int64, len(c.Changed)), make([][]byte, len(c.Changed))
	for i := range c.Changed {
		h := &c.Changed[i]
		streams[i], seqs[i], hashes[i] = int64(h.Stream), h.Seq, h.Hash[:]
	}
	b := &pgx.Batch{}
	b.Queue(`insert into checkpoint (no, at, note) values ($1, $2, $3)`, c.No, c.At, string(c.Note))
	b.Queue(`
		insert into checkpoint_head (no, stream_id, seq, hash)
		select $1, h.* from unnest($2::bigint[], $3::bigint[], $4::bytea[]) h`, c.No, streams, seqs, hashes)
	if err := send(ctx, tx, b); err != nil {
		return batchError("keeping a checkpoint", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing a checkpoint: %w", err)
	}
	return nil
}

// Checkpoints goes through the checkpoints after a number, oldest first, until
// see returns an error.
func (s *Store) Checkpoints(ctx context.Context, after int64, see func(*Checkpoint) error) error {
	rows, err := s.pool.Query(ctx, `
		select c.no, c.at, c.note, h.stream_id, h.seq, h.hash
		  from checkpoint c left join checkpoint_head h on h.no = c.no
		 where c.no > $1 order by c.no, h.stream_id`, after)
	if err != nil {
		return batchError("reading checkpoints", err)
	}
	defer rows.Close()
	var c *Checkpoint
	for rows.Next() {
		var next Checkpoint
		var stream, seq *int64
		var hash []byte
		if err := rows.Scan(&next.No, &next.At, &next.Note, &stream, &seq, &hash); err != nil {
			return fmt.Errorf("reading checkpoints: %w", err)
		}
		if c == nil || next.No != c.No {
			if c != nil {
				if err := see(c); err != nil {
					return err
				}
			}
			next.At = next.At.UTC()
			c = &next
		}
		if stream != nil {
			c.Changed = append(c.Changed, review.Head{Stream: review.ProjectID(*stream), Seq: *seq, Hash: review.Hash(hash)})
		}
	}
	if err := rows.Err(); err != nil {
		return batchError("reading checkpoints", err)
	}
	if c == nil {
		return nil
	}
	return see(c)
}

// LastCheckpoint is the number of the newest checkpoint; 0 before the first.
func (s *Store) LastCheckpoint(ctx context.Context) (int64, error) {
	var no int64
	if err := s.pool.QueryRow(ctx, `select coalesce(max(no), 0) from checkpoint`).Scan(&no); err != nil {
		return 0, batchError("reading the last checkpoint", err)
	}
	return no, nil
}

// Export is all that a proof about a project is made of.
type Export struct {
	Viewer
	Project   review.Project
	Documents []plan.Document // that the records name, see [review.DocumentsIn]
	Records   []review.Sealed // of its stream, from the first to the one that the checkpoint has
	Rights    []review.Sealed // of the directory's stream likewise; nil unless asked for
	Note      []byte          // the newest checkpoint; nil when none covers the project yet
	Heads     []review.Head   // all of that checkpoint's, in the order of the streams
	Names     Names           // of everybody whom the entries speak of
}

// Export reads a project's stream for somebody who may see it, and the newest
// checkpoint, as of one moment; and, for somebody who may see that too, the
// trail of everybody's rights.
func (s *Store) Export(ctx context.Context, by By, key review.ProjectKey, rights bool) (*Export, error) {
	id, err := s.enter(ctx, by, key)
	if err != nil {
		return nil, err
	}
	out, err := s.readExport(ctx, by, id, rights)
	if err != nil {
		return nil, s.places.doubt(key, err)
	}
	s.noteUse(ctx, by, &out.Viewer)
	out.Names, err = s.namesIn(ctx, out.Records)
	return out, err
}

func (s *Store) readExport(ctx context.Context, by By, id review.ProjectID, rights bool) (*Export, error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning an export: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	var out Export
	var rows reviewRows
	b := &pgx.Batch{}
	s.queueViewer(b, by, &out.Viewer)
	b.Queue(projectSQL, int64(id)).Query(rows.scanProject)
	out.queue(b, id)
	if rights {
		queueSealed(b, review.Directory, &out.Rights)
	}
	if err := send(ctx, tx, b); err != nil {
		return nil, batchError("exporting a project", err)
	}
	if !rows.found {
		return nil, review.ErrNotFound
	}
	out.Project = rows.project
	s.places.note(&out.Project)
	if err := review.May(out.Actor, review.ViewProject, &out.Project); err != nil {
		return nil, err
	}
	if rights {
		if err := review.May(out.Actor, review.ViewDirectory, nil); err != nil {
			return nil, err
		}
	}
	out.Documents, err = s.documentsOf(ctx, tx, out.Records)
	return &out, err
}

func (e *Export) queue(b *pgx.Batch, id review.ProjectID) {
	b.Queue(`
		select note from checkpoint
		 where exists (select from checkpoint_head where stream_id = $1) order by no desc limit 1`, int64(id)).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&e.Note)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	b.Queue(`
		select s.id, h.seq, h.hash
		  from stream s
		 cross join lateral (select seq, hash from checkpoint_head h where h.stream_id = s.id order by h.no desc limit 1) h
		 order by s.id`).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var h review.Head
			var hash []byte
			if err := rows.Scan((*int64)(&h.Stream), &h.Seq, &hash); err != nil {
				return fmt.Errorf("reading a checkpoint's heads: %w", err)
			}
			h.Hash = review.Hash(hash)
			e.Heads = append(e.Heads, h)
		}
		return rows.Err()
	})
	queueSealed(b, id, &e.Records)
}

// queueSealed reads a stream up to where the newest checkpoint has it.
func queueSealed(b *pgx.Batch, stream review.ProjectID, into *[]review.Sealed) {
	b.Queue(
		sealedSQL+` and seq <= (select max(seq) from checkpoint_head where stream_id = $1) order by seq`, int64(stream),
	).Query(func(rows pgx.Rows) (err error) {
		*into, err = collectSealed(rows)
		return err
	})
}

// sealedSQL reads a stream's entries as they were hashed.
const sealedSQL = `select seq, at, actor_id, kind, body, hash from trail where stream_id = $1`

func collectSealed(rows pgx.Rows) ([]review.Sealed, error) {
	defer rows.Close()
	var out []review.Sealed
	for rows.Next() {
		var r review.Sealed
		var hash []byte
		if err := rows.Scan(&r.Seq, &r.At, (*int64)(&r.Actor), &r.Kind, &r.Body, &hash); err != nil {
			return nil, fmt.Errorf("reading the trail: %w", err)
		}
		r.At, r.Hash = r.At.UTC(), review.Hash(hash)
		out = append(out, r)
	}
	return out, rows.Err()
}

// namesIn are the names of everybody whom entries speak of.
func (s *Store) namesIn(ctx context.Context, records []review.Sealed) (Names, error) {
	ids := map[review.PersonID]struct{}{}
	for i := range records {
		ids[records[i].Actor] = struct{}{}
		e, err := records[i].Entry()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", records[i].Seq, err)
		}
		for _, p := range e.Event.People() {
			ids[p] = struct{}{}
		}
	}
	return s.resolve(ctx, ids)
}
