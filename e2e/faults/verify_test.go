package faults

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/internal/review"
)

// verify checks what must hold of every stream when all is over: its chain is
// whole, and the trail replayed gives what the tables hold, also those that
// wait for the sweep.
func (w *world) verify(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	for {
		n, err := w.stores[0].Refresh(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		if n == 0 {
			break
		}
	}
	streams, err := w.stores[0].Streams(ctx)
	if err != nil {
		t.Error(err)
		return
	}
	for _, id := range streams {
		v, err := w.stores[0].VerifyStream(ctx, id)
		if err != nil {
			t.Error(err)
			return
		}
		for _, p := range v.Problems {
			t.Error(p)
		}
	}
	t.Logf("%d streams verified against their tables", len(streams))
}

// trailOf reads a stream and checks its chain up to its head.
func trailOf(ctx context.Context, db *pgxpool.Pool, stream review.ProjectID) ([]review.Entry, error) {
	rows, err := db.Query(ctx, `select seq, at, actor_id as actor, kind, convert_to(body::text, 'UTF8') as body, hash from trail where stream_id = $1 order by seq`, int64(stream))
	if err != nil {
		return nil, fmt.Errorf("reading stream %d: %w", stream, err)
	}
	records, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r review.Sealed, err error) {
		var hash []byte
		err = row.Scan(&r.Seq, &r.At, &r.Actor, &r.Kind, &r.Body, &hash)
		copy(r.Hash[:], hash)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading stream %d: %w", stream, err)
	}
	entries, head, err := review.CheckChain(stream, records)
	if err != nil {
		return nil, fmt.Errorf("stream %d: %w", stream, err)
	}
	var seq int64
	var hash []byte
	if err := db.QueryRow(ctx, `select seq, hash from stream where id = $1`, int64(stream)).Scan(&seq, &hash); err != nil {
		return nil, fmt.Errorf("reading the head of stream %d: %w", stream, err)
	}
	if seq != head.Seq || string(hash) != string(head.Hash[:]) {
		return nil, fmt.Errorf("stream %d: its head says %d entries, the trail has %d", stream, seq, head.Seq)
	}
	return entries, nil
}
