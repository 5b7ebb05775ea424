// Package store keeps Slipway's data in PostgreSQL. Every SQL statement and
// every transaction of the program is here.
//
// Changes go through [Store.Change] and its two sisters for new projects and
// for people's rights; there is no other way to write domain data. Pages read
// through one method each, in one round trip that also settles who is asking.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/slipway-prr/slipway/internal/lru"
	"github.com/slipway-prr/slipway/internal/review"
)

// ErrNoSession means that the request proves nobody: no session, an expired
// or a forged one.
var ErrNoSession = errors.New("no session")

// ErrAnother means that a request comes from somebody else than [By.Only] allows.
var ErrAnother = errors.New("somebody else asks")

// Options of a store. The zero value is good for tests.
type Options struct {
	MaxConns    int32         // connections to the database; 0: 8, more only lengthens the tail
	SessionIdle time.Duration // a session unused for so long ends; 0: 12 hours
	// Statement and lock time limits; 0: 5 s and 3 s.
	StatementTimeout, LockTimeout time.Duration
	Tracer                        pgx.QueryTracer // told of every statement; nil: nobody is
	Zone                          *time.Location  // whose days dates are; nil: UTC
	Lifecycle                     string          // of new projects: its key, or key@version; empty: [UsualLifecycle], or the first where that is not published
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	pool      *pgxpool.Pool
	zone      *time.Location // of whatever moment rules are asked at
	templates templateCache
	names     nameCache
	places    placeCache
	away      awayCache
	standings standings
	kept      *keptReviews
	rights    *lru.Cache[Token, *keptRights]
	plans     *planCache
	probe     probe
	idle      time.Duration
	usual     string // [Options.Lifecycle]
}

// Open connects to a migrated database.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", redact(err))
	}
	cfg.MaxConns = cmpOr(o.MaxConns, 8)
	cfg.ConnConfig.Tracer = o.Tracer
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "slipway"
	params["statement_timeout"] = millis(cmpOr(o.StatementTimeout, 5*time.Second))
	params["lock_timeout"] = millis(cmpOr(o.LockTimeout, 3*time.Second))
	params["idle_in_transaction_session_timeout"] = "10000"
	zone := cmpOr(o.Zone, time.UTC)
	params["timezone"] = zone.String() // so that current_date is today there
	// PostgreSQL compiles a statement that it thinks will read a lot, for 200 ms
	// where none of ours runs for five.
	params["jit"] = "off"
	// What is acknowledged is on disk, whatever the database's own default is or
	// becomes. An address may ask for more, such as remote_apply.
	if params["synchronous_commit"] == "" {
		params["synchronous_commit"] = "on"
	}
	bound(cfg)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connecting to the database: %w", redact(err))
	}
	return &Store{
		pool: pool, zone: zone, kept: newKeptReviews(), rights: newKeptRights(), plans: newPlanCache(), probe: newProbe(cfg.ConnConfig), idle: cmpOr(o.SessionIdle, 12*time.Hour),
		usual: o.Lifecycle, standings: standings{age: standingsAge},
	}, nil
}

// Limits on what a request's own deadline does not reach: a connection is made
// for whoever comes next, and looked at before it is used.
const (
	connectTime = 4 * time.Second
	pingTime    = 2 * time.Second
)

// bound keeps a database that does not answer from holding on to the pool.
func bound(cfg *pgxpool.Config) {
	if t := cfg.ConnConfig.ConnectTimeout; t == 0 || t > connectTime {
		cfg.ConnConfig.ConnectTimeout = connectTime
	}
	cfg.PingTimeout = pingTime
}

// Close ends all connections; running statements are waited for.
func (s *Store) Close() {
	s.probe.close()
	s.pool.Close()
}

// Zone is the time zone whose days dates are.
func (s *Store) Zone() *time.Location { return s.zone }

// Pool gives the connection pool's figures for /metrics.
func (s *Store) Pool() *pgxpool.Stat { return s.pool.Stat() }

// CheckDurability refuses a database that acknowledges a commit before it is
// safely on disk.
func (s *Store) CheckDurability(ctx context.Context) error {
	var commit, fsync string
	err := s.pool.QueryRow(ctx, `select current_setting('synchronous_commit'), current_setting('fsync')`).Scan(&commit, &fsync)
	if err != nil {
		return fmt.Errorf("reading the database's settings: %w", err)
	}
	if commit == "off" || fsync == "off" {
		return fmt.Errorf(
			"the database runs with synchronous_commit=%s and fsync=%s: it would acknowledge sign-offs that a crash then loses; turn both on",
			commit, fsync,
		)
	}
	return nil
}

// batchError turns a driver's error into a domain error, by the name of the
// violated constraint, never by the text of a message.
func batchError(doing string, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	switch pg.ConstraintName {
	case "project_key_key":
		return &review.Invalid{Fields: []review.FieldError{{Field: "key", Message: "is taken by another project; choose another"}}}
	case "comment_once", "record_comment_once":
		return errDoneBefore
	case "project_member_person_id_fkey", "item_assignee_id_fkey", "portfolio_owner_id_fkey":
		return &review.Invalid{Fields: []review.FieldError{{Field: "person", Message: "is nobody we know; choose a person from the list"}}}
	case "record_owner_id_fkey":
		return &review.Invalid{Fields: []review.FieldError{{Field: "owner", Message: "is nobody we know; choose a person from the list"}}}
	case "condition_owner_id_fkey":
		return &review.Invalid{Fields: []review.FieldError{{Field: "conditions-1", Message: "names an owner whom nobody knows; choose a person from the list"}}}
	case "delegation_to_id_fkey":
		return &review.Invalid{Fields: []review.FieldError{{Field: "to", Message: "is nobody we know; choose a person from the list"}}}
	}
	if outageOfCode(pg.Code) == Busy {
		return fmt.Errorf("%s: %w: %w", doing, ErrOverloaded, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// errDoneBefore means that the same form arrived before and had its effect.
var errDoneBefore = errors.New("done before")

// redact keeps a password that is part of an address out of an error.
func redact(err error) error {
	var pe *pgconn.ParseConfigError
	if errors.As(err, &pe) {
		return errors.New("the address cannot be parsed")
	}
	return err
}

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

func cmpOr[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// send runs a batch in one round trip; the callbacks of its queries run in
// order, and the first error ends it.
func send(ctx context.Context, to interface {
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}, b *pgx.Batch) error {
	return to.SendBatch(ctx, b).Close()
}
