package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Problem is something in the database that does not hold: where, and what, as
// a sentence without its subject.
type Problem struct{ Where, What string }

func (p Problem) String() string { return p.Where + " " + p.What + "." }

// Verified is a stream that was checked.
type Verified struct {
	Stream    review.ProjectID
	Key       review.ProjectKey // empty for the directory and the library
	Entries   []review.Entry
	Documents []plan.Document // that a project's entries name; nil where they could not be read
	Stale     bool            // its rollups wait for the sweep, so they were left out
	Problems  []Problem
	named     map[plan.Ref]plan.Document // Documents, as the entries name them
	head      review.Head                // where it ends, once it was read as whole
}

func (v *Verified) wrong(format string, args ...any) {
	where := fmt.Sprintf("Project %s (stream %d)", v.Key, v.Stream)
	switch v.Stream {
	case review.Directory:
		where = "The directory"
	case review.Library:
		where = "The library"
	}
	v.Problems = append(v.Problems, Problem{where, fmt.Sprintf(format, args...)})
}

// Streams lists all streams by number, the library's and the directory's first.
func (s *Store) Streams(ctx context.Context) ([]review.ProjectID, error) {
	return streamsOn(ctx, s.pool)
}

func streamsOn(ctx context.Context, db source) ([]review.ProjectID, error) {
	rows, err := db.Query(ctx, `select id from stream order by id`)
	if err != nil {
		return nil, batchError("listing streams", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[review.ProjectID])
	if err != nil {
		return nil, batchError("listing streams", err)
	}
	return ids, nil
}

// VerifyStream holds a stream's chain against its head, and everything that
// the tables say against what its entries lead to. The error is about reading;
// what does not hold is in Problems.
func (s *Store) VerifyStream(ctx context.Context, id review.ProjectID) (*Verified, error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning to verify: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	return s.verifyOn(ctx, tx, id)
}

// verifyOn is the same in a transaction that the caller has.
func (s *Store) verifyOn(ctx context.Context, tx source, id review.ProjectID) (*Verified, error) {
	v := &Verified{Stream: id}
	if isProject(id) {
		err := tx.QueryRow(ctx, `select key from project where id = $1`, int64(id)).Scan(&v.Key)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, batchError("verifying a project", err)
		}
		if v.Key == "" {
			v.wrong("has a stream, but no project")
			return v, nil
		}
	}
	if whole, err := v.chain(ctx, tx); err != nil || !whole {
		return v, err
	}
	switch id {
	case review.Directory:
		return v, v.directory(ctx, tx)
	case review.Library:
		return v, v.library(ctx, tx)
	}
	return v, s.verifyProject(ctx, tx, v)
}

// chain checks the entries, and that the columns beside what is hashed agree
// with it.
func (v *Verified) chain(ctx context.Context, tx source) (bool, error) {
	if whole, err := v.read(ctx, tx); err != nil || !whole {
		return false, err
	}
	return true, v.subjects(ctx, tx)
}

// read reads the entries, checks them from the first on, and that they end where
// the stream's head says. It reports whether they are whole.
func (v *Verified) read(ctx context.Context, tx source) (bool, error) {
	var head review.Head
	var hash []byte
	var kind string
	if err := tx.QueryRow(
		ctx, `select id, kind, seq, hash from stream where id = $1`, int64(v.Stream),
	).Scan((*int64)(&head.Stream), &kind, &head.Seq, &hash); err != nil {
		return false, batchError("reading a stream's head", err)
	}
	head.Hash = review.Hash(hash)
	if kind != kindOf(v.Stream) {
		v.wrong("has a stream of the kind %q", kind)
	}
	rows, err := tx.Query(ctx, sealedSQL+` order by seq`, int64(v.Stream))
	if err != nil {
		return false, batchError("reading the trail", err)
	}
	records, err := collectSealed(rows)
	if err != nil {
		return false, batchError("reading the trail", err)
	}
	entries, end, err := review.CheckChain(v.Stream, records)
	v.Entries = entries
	if err != nil {
		v.wrong("has a broken trail: %s", err)
		return false, nil
	}
	if end != head {
		v.wrong(
			"ends at entry %d, but its head is at entry %d or has another hash: entries are missing at the end, or the head was changed", end.Seq,
			head.Seq,
		)
		return false, nil
	}
	v.head = head
	return true, nil
}

// isProject reports whether a stream is that of a project.
func isProject(stream review.ProjectID) bool {
	return stream != review.Directory && stream != review.Library
}

// kindOf is what the table calls a stream.
func kindOf(stream review.ProjectID) string {
	switch stream {
	case review.Directory:
		return "directory"
	case review.Library:
		return "library"
	}
	return "project"
}

// subjects checks the columns by which entries are found: they are not hashed,
// since the event says the same.
func (v *Verified) subjects(ctx context.Context, tx source) error {
	rows, err := tx.Query(ctx, `select coalesce(stage, ''), coalesce(item, '') from trail where stream_id = $1 order by seq`, int64(v.Stream))
	if err != nil {
		return batchError("reading the trail", err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var stage, item string
		if err := rows.Scan(&stage, &item); err != nil {
			return fmt.Errorf("reading the trail: %w", err)
		}
		wantStage, wantItem := v.Entries[i].Event.Subject()
		switch v.Stream {
		case review.Directory:
			wantItem = plan.ItemKey(subjectOf(personOf(v.Entries[i].Event)))
		case review.Library:
			wantItem = plan.ItemKey(aboutOf(v.Entries[i].Event))
		}
		if stage != string(wantStage) || item != string(wantItem) {
			v.wrong("has entry %d filed under stage %q and item %q, but it is about %q and %q", i+1, stage, item, wantStage, wantItem)
		}
	}
	return rows.Err()
}

// strayHeadsSQL finds heads of checkpoints that the trail has otherwise.
const strayHeadsSQL = `
	select h.no, h.stream_id, h.seq
	  from checkpoint_head h left join trail t on t.stream_id = h.stream_id and t.seq = h.seq
	 where t.hash is distinct from h.hash order by h.no, h.stream_id`

// StrayHeads lists the heads of checkpoints that the trail does not have as
// they were signed, at most a hundred.
func (s *Store) StrayHeads(ctx context.Context) ([]Problem, error) {
	return strayHeadsOn(ctx, s.pool)
}

func strayHeadsOn(ctx context.Context, db source) ([]Problem, error) {
	rows, err := db.Query(ctx, strayHeadsSQL+` limit 100`)
	if err != nil {
		return nil, batchError("holding checkpoints against the trail", err)
	}
	defer rows.Close()
	var out []Problem
	for rows.Next() {
		var no, stream, seq int64
		if err := rows.Scan(&no, &stream, &seq); err != nil {
			return nil, fmt.Errorf("holding checkpoints against the trail: %w", err)
		}
		out = append(out, Problem{
			fmt.Sprintf("Checkpoint %d", no), fmt.Sprintf("saw stream %d at entry %d with another hash than the trail has there", stream, seq),
		})
	}
	return out, rows.Err()
}
