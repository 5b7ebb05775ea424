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
// whole, and the trail replayed gives what the tables hold.
func (w *world) verify(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	if _, err := trailOf(ctx, w.owner, 1); err != nil {
		t.Error(err)
	}
	for n := 1; n <= w.made; n++ {
		if err := w.replayed(ctx, review.ProjectKey(fmt.Sprintf("trial-%d", n))); err != nil {
			t.Error(err)
			return
		}
	}
}

func (w *world) replayed(ctx context.Context, key review.ProjectKey) error {
	v, err := w.stores[0].Project(ctx, w.by(olga), key)
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	entries, err := trailOf(ctx, w.owner, v.Review.Project.ID)
	if err != nil {
		return err
	}
	again, err := review.Replay(v.Review.Project.ID, entries, func(ref review.TemplateRef) (*review.Template, error) {
		return w.stores[0].Template(ctx, ref)
	})
	if err != nil {
		return fmt.Errorf("replaying %s: %w", key, err)
	}
	for _, stage := range stages {
		a, b := v.Review.Stage(stage), again.Stage(stage)
		tables := w.stateOf(a).Describe(v.Review.Standing(a, v.Now).Label()) + string(v.Review.Digest(a))
		trail := w.stateOf(b).Describe(again.Standing(b, v.Now).Label()) + string(again.Digest(b))
		if tables != trail {
			return fmt.Errorf("%s, stage %s: the tables and the trail differ\ntables: %s\ntrail: %s", key, stage, tables, trail)
		}
	}
	return nil
}

// trailOf reads a stream and checks its chain up to its head.
func trailOf(ctx context.Context, db *pgxpool.Pool, stream review.ProjectID) ([]review.Entry, error) {
	rows, err := db.Query(ctx, `select seq, at, actor_id as actor, kind, body::text::bytea as body, hash from trail where stream_id = $1 order by seq`, int64(stream))
	if err != nil {
		return nil, fmt.Errorf("reading stream %d: %w", stream, err)
	}
	records, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r review.Record, err error) {
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
