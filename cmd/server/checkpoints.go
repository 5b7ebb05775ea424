package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/store"
)

// checkpoints writes a checkpoint now and then, and passes all of them on, also
// those of other replicas, to the log and to a file: nobody on the machine can
// take back what has left it.
type checkpoints struct {
	store *store.Store
	key   *proof.Key // nil: none are written
	file  string     // empty: none
	every time.Duration
	log   *slog.Logger
	told  int64 // number of the newest that was handed on
}

// openCheckpoints reads the key, and finds out which checkpoints the file has.
func openCheckpoints(ctx context.Context, set settings, st *store.Store, log *slog.Logger) (*checkpoints, error) {
	c := &checkpoints{store: st, file: set.checkpointFile, every: set.checkpointEvery, log: log}
	if set.checkpointKey == "" {
		log.Warn("no checkpoints are written and no proof bundles given out: SLIPWAY_CHECKPOINT_KEY_FILE is not set")
		return c, nil
	}
	var err error
	if c.key, err = proof.ReadKey(set.checkpointKey); err != nil {
		return nil, err
	}
	last, err := st.LastCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	if c.file == "" {
		c.told = last
		return c, nil
	}
	kept, err := os.ReadFile(c.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the file of checkpoints: %w", err)
	}
	keys, err := proof.ParseKeys(c.key.Verifier())
	if err != nil {
		return nil, err
	}
	c.told = keys.Newest(proof.SplitNotes(kept))
	if c.told > last {
		// What is written from now on is still passed on: it must not stay
		// hidden that there are two histories.
		log.Error("the file has checkpoints that the database does not have: the database is an older copy, "+
			"and what came after is lost or was removed", "file", c.told, "database", last)
		c.told = last
	}
	if len(kept) > 0 && !bytes.HasSuffix(kept, []byte("\n\n")) {
		// The last one was cut off by a crash. It is written again, apart from
		// what is left of it.
		return c, appendTo(c.file, []byte("\n\n"))
	}
	return c, nil
}

// tick writes a checkpoint if one is due, and hands on what is new. It never
// stops the server: a checkpoint that fails is tried again the next time.
func (c *checkpoints) tick(ctx context.Context) {
	// Replicas tick on their own; half the time between two is young enough
	// for the others to leave it at that.
	c.write(ctx, c.every/2)
}

// last covers what happened since the last tick, however short that is ago: the
// server ends.
func (c *checkpoints) last(ctx context.Context) { c.write(ctx, 0) }

func (c *checkpoints) write(ctx context.Context, minAge time.Duration) {
	if c.key == nil {
		return
	}
	if _, err := c.store.Checkpoint(ctx, c.key.Seal, minAge); err != nil {
		c.log.Error("writing a checkpoint failed", "err", err)
	}
	if err := c.store.Checkpoints(ctx, c.told, c.tell); err != nil {
		c.log.Error("handing on checkpoints failed", "err", err)
	}
}

func (c *checkpoints) tell(p *store.Checkpoint) error {
	if c.file != "" {
		if err := appendTo(c.file, proof.AppendNote(nil, p.Note)); err != nil {
			return err
		}
	}
	c.told = p.No
	c.log.Info("checkpoint", "number", p.No, "moved", len(p.Changed), "note", string(p.Note))
	return nil
}

func appendTo(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("opening the file of checkpoints: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the file of checkpoints: %w", err)
	}
	return nil
}
