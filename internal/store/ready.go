package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// probeTime is how long the database may take to answer whether it works.
const probeTime = 1500 * time.Millisecond

// probe asks the database how it is, on a connection of its own: that the pool
// is used up says nothing of the database. However many ask, it asks once at a
// time.
type probe struct {
	cfg *pgx.ConnConfig

	mu      sync.Mutex
	running *probing
	conn    *pgx.Conn // nil: there is none; used by the one that is running
	closed  bool
}

// probing is one question under way.
type probing struct {
	done   chan struct{}
	schema Schema
	err    error
}

func newProbe(pool *pgx.ConnConfig) probe {
	cfg := pool.Copy()
	cfg.Tracer = nil
	cfg.ConnectTimeout = probeTime
	cfg.RuntimeParams["application_name"] = "slipway probe" // not counted among the connections at work
	cfg.RuntimeParams["statement_timeout"] = millis(probeTime)
	cfg.RuntimeParams["work_mem"] = "64kB" // so that what probeSQL counts does not fit
	return probe{cfg: cfg}
}

// Schema is what the database says of its tables.
type Schema struct {
	Version int64 // number of the newest migration; 0: nothing was migrated yet
	Oldest  int64 // the oldest schema whose programs still work with it; 0: it does not say
}

// Ready reports whether the database works: it answers, takes changes, and has
// room on its disk. It does so within two seconds, however the database is.
func (s *Store) Ready(ctx context.Context) error {
	_, err := s.Probe(ctx)
	return err
}

// Probe is [Store.Ready], and which schema there is.
func (s *Store) Probe(ctx context.Context) (Schema, error) {
	p := s.probe.join()
	select {
	case <-p.done:
		return p.schema, p.err
	case <-ctx.Done():
		return Schema{}, fmt.Errorf("asking the database how it is: %w", ctx.Err())
	}
}

// join takes part in the question under way, or begins one.
func (p *probe) join() *probing {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		p.running = &probing{done: make(chan struct{})}
		go p.run(p.running, p.conn)
	}
	return p.running
}

func (p *probe) run(now *probing, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	now.schema, conn, now.err = p.ask(ctx, conn)
	if now.err != nil && conn != nil {
		go discard(conn)
		conn = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.conn = nil, conn
	if p.closed && conn != nil {
		go discard(conn)
		p.conn = nil
	}
	close(now.done)
}

func (p *probe) ask(ctx context.Context, conn *pgx.Conn) (Schema, *pgx.Conn, error) {
	if conn != nil {
		schema, err := readSchema(ctx, conn)
		if OutageOf(err) != Unreachable {
			return schema, conn, err
		}
		go discard(conn) // it may have restarted since
	}
	conn, err := pgx.ConnectConfig(ctx, p.cfg)
	if err != nil {
		return Schema{}, nil, fmt.Errorf("connecting to the database: %w", redact(err))
	}
	schema, err := readSchema(ctx, conn)
	return schema, conn, err
}

// probeSQL counts more than the connection may keep in memory, so that it is
// written to the disk: with no room left there it fails as a change would.
const (
	probeSQL = `
		select coalesce(max(version_id), 0), (select coalesce(max(oldest), 0) from schema_range),
		       current_setting('transaction_read_only') = 'on', (select count(*) from generate_series(1, 8192))
		  from goose_db_version where is_applied`
	versionSQL     = `select coalesce(max(version_id), 0) from goose_db_version where is_applied`
	undefinedTable = "42P01"
)

// errReadOnly is the state of a database that answers and takes no changes.
var errReadOnly = errors.New("the database takes no changes: it is read-only, or a standby")

func readSchema(ctx context.Context, conn *pgx.Conn) (Schema, error) {
	var out Schema
	var readOnly bool
	var pg *pgconn.PgError
	err := conn.QueryRow(ctx, probeSQL).Scan(&out.Version, &out.Oldest, &readOnly, nil)
	if errors.As(err, &pg) && pg.Code == undefinedTable { // an older schema, or none
		err = conn.QueryRow(ctx, versionSQL).Scan(&out.Version)
		if errors.As(err, &pg) && pg.Code == undefinedTable {
			return Schema{}, nil
		}
	}
	switch {
	case err != nil:
		return Schema{}, fmt.Errorf("asking the database how it is: %w", err)
	case readOnly:
		return out, errReadOnly
	}
	return out, nil
}

// discard closes a connection that may not answer.
func discard(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	_ = conn.Close(ctx)
}

func (p *probe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.running == nil && p.conn != nil {
		discard(p.conn)
		p.conn = nil
	}
}
