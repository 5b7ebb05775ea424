// Package storetest gives each test a PostgreSQL database of its own with the
// current schema. The schema is migrated once into a template; a test's
// database is a copy of it, made in milliseconds.
//
// A test binary that uses it says
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
//
// The server is the one that SLIPWAY_TEST_DATABASE_URL names (a superuser's
// postgres:// address), else a private one that lives as long as the binary.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/migrations"
)

// ServerVar names the variable with the address of a server that several test
// binaries share. Its user must be a superuser.
const ServerVar = "SLIPWAY_TEST_DATABASE_URL"

const (
	dropTimeout = 20 * time.Second
	poolSize    = 8
)

// binary is the state of this test binary: Main is called before tests and
// hands over nothing, so it has to be kept here.
var binary struct {
	entered bool // Main was called
	once    sync.Once
	server  *server
	err     error
}

// Main runs the tests and stops the private server if one was started. It
// returns the status to exit with.
func Main(m *testing.M) int {
	binary.entered = true
	code := m.Run()
	if binary.server == nil {
		return code
	}
	if err := binary.server.close(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return max(code, 1)
	}
	return code
}

// DB is a database that one test has to itself. It is dropped when the test
// ends, or kept for inspection when the test failed on a shared server.
type DB struct {
	Name         string
	OwnerURL     string // as slipway_owner, who owns all tables
	AppURL       string // as slipway_app, with what the migrations grant
	SuperuserURL string // for filling a database past its triggers and foreign keys
}

// New returns a fresh copy of the migrated database.
func New(t testing.TB) *DB {
	t.Helper()
	return opened(t).clone(t, migrations.FS)
}

// NewFilled returns a fresh copy of a migrated database with what fill has put
// in it, and what fill has returned, which tests share and must not change. In a
// test binary fill runs once for a name, and has to leave no connection open.
func NewFilled[T any](t testing.TB, name string, fill func(*DB) (T, error)) (*DB, T) {
	t.Helper()
	s := opened(t)
	f, err := s.fill(t.Context(), name, migrations.FS, func(db *DB) (any, error) { return fill(db) })
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return s.copyFor(t, f.database), f.made.(T)
}

// opened is the binary's server.
func opened(t testing.TB) *server {
	t.Helper()
	if !binary.entered {
		t.Fatal("storetest: this package needs: func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }")
	}
	binary.once.Do(func() {
		binary.server, binary.err = openServer(context.Background(), os.Getenv(ServerVar))
	})
	if binary.err != nil {
		t.Fatalf("storetest: %v", binary.err)
	}
	return binary.server
}

// Pool returns a pool of up to 8 connections as slipway_app, closed when the test ends.
func (db *DB) Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pool(t, db.AppURL)
}

// OwnerPool returns a pool of up to 8 connections as slipway_owner, closed when
// the test ends: for looking behind the application's back.
func (db *DB) OwnerPool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pool(t, db.OwnerURL)
}

func pool(t testing.TB, address string) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	cfg.MaxConns = poolSize
	p, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(p.Close)
	return p
}

// server is the PostgreSQL that holds the templates and their copies.
type server struct {
	address *url.URL         // the superuser's
	admin   *pgxpool.Pool    // as the superuser
	private *postgres.Server // nil when the server is shared

	mu        sync.Mutex
	templates map[string]bool // known to be ready

	fillMu sync.Mutex // held while one is filled
	filled map[string]filled
}

// filled is a database that tests' databases are copies of.
type filled struct {
	database string
	made     any
}

func openServer(ctx context.Context, address string) (*server, error) {
	s := &server{templates: map[string]bool{}, filled: map[string]filled{}}
	if address == "" {
		var err error
		s.private, err = postgres.Start(ctx, postgres.Options{Unsafe: true})
		if err != nil {
			return nil, fmt.Errorf("start a private PostgreSQL (`make test` installs one): %w", err)
		}
		address = s.private.SuperuserURL
	}
	var err error
	if s.address, err = url.Parse(address); err != nil || s.address.Scheme != "postgres" && s.address.Scheme != "postgresql" {
		return nil, fmt.Errorf("%s must be a postgres:// address", ServerVar)
	}
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ServerVar, err)
	}
	cfg.MaxConns = 4
	if s.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("connect to the test server: %w", err)
	}
	return s, nil
}

func (s *server) close() error {
	defer s.admin.Close()
	if s.private != nil {
		return s.private.Stop()
	}
	var err error
	for _, f := range s.filled {
		err = errors.Join(err, s.drop(f.database))
	}
	return err
}

// urlFor is the address of a database as one of the roles. Their password is
// the superuser's: the roles were made so, unless the server trusts anyway.
func (s *server) urlFor(role, database string) string {
	u := *s.address
	password, _ := u.User.Password()
	u.User = url.UserPassword(role, password)
	return named(u, database)
}

// named is an address with another database.
func named(u url.URL, database string) string {
	u.Path = "/" + database
	return u.String()
}

func (s *server) database(name string) *DB {
	return &DB{Name: name, OwnerURL: s.urlFor(postgres.OwnerRole, name), AppURL: s.urlFor(postgres.AppRole, name), SuperuserURL: named(*s.address, name)}
}

func (s *server) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	_, err := s.admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)")
	return err
}
