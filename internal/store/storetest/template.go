package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
)

// templateLock is the advisory lock under which templates are made: several
// test binaries start at once on a shared server.
const templateLock = 0x511b_7e57

// clone makes a test's database from the template of the given migrations.
func (s *server) clone(t testing.TB, files fs.FS) *DB {
	t.Helper()
	ctx := t.Context()
	template, err := s.template(ctx, files)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return s.copyFor(t, template)
}

// copyFor makes a test's database from one that nobody is connected to.
func (s *server) copyFor(t testing.TB, template string) *DB {
	t.Helper()
	ctx := t.Context()
	db := s.database(newName())
	if err := s.copyTemplate(ctx, template, db.Name); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() && s.private == nil {
			t.Logf("storetest: database %s is kept", db.Name)
			return
		}
		if err := s.drop(db.Name); err != nil {
			t.Errorf("storetest: drop the test's database: %v", err)
		}
	})
	return db
}

func newName() string { return "slipway_test_" + strings.ToLower(rand.Text()[:16]) }

// fill returns the database of a name, and makes it when it is first asked for.
func (s *server) fill(ctx context.Context, name string, files fs.FS, fill func(*DB) (any, error)) (f filled, err error) {
	s.fillMu.Lock()
	defer s.fillMu.Unlock()
	if f, ok := s.filled[name]; ok {
		return f, nil
	}
	template, err := s.template(ctx, files)
	if err != nil {
		return filled{}, err
	}
	f.database = newName()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.drop(f.database))
		}
	}()
	if err := s.copyTemplate(ctx, template, f.database); err != nil {
		return f, err
	}
	if f.made, err = fill(s.database(f.database)); err != nil {
		return f, fmt.Errorf("fill the database %s: %w", name, err)
	}
	s.filled[name] = f
	return f, nil
}

// copyTemplate copies files: several times faster than writing the copy
// through the write-ahead log when the template is small.
func (s *server) copyTemplate(ctx context.Context, template, name string) error {
	conn, err := s.admin.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, fmt.Sprintf("create database %s template %s owner %s strategy file_copy",
		pgx.Identifier{name}.Sanitize(), pgx.Identifier{template}.Sanitize(), postgres.OwnerRole))
	if err != nil {
		return fmt.Errorf("copy the template database: %w", err)
	}
	return postgres.RestrictDatabase(ctx, conn.Conn(), name)
}

// template returns the name of a migrated database that nobody can connect to,
// and makes it if it does not exist.
func (s *server) template(ctx context.Context, files fs.FS) (string, error) {
	name, err := templateName(files)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.templates[name] {
		return name, nil
	}
	conn, err := s.admin.Acquire(ctx)
	if err != nil {
		return "", fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Release()
	if err := s.ensureTemplate(ctx, conn.Conn(), name, files); err != nil {
		return "", fmt.Errorf("make the template database: %w", err)
	}
	s.templates[name] = true
	return name, nil
}

// templateName changes with every byte of every migration.
func templateName(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s\x00%d\x00", path, len(content))
		h.Write(content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	return "slipway_template_" + hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func (s *server) ensureTemplate(ctx context.Context, conn *pgx.Conn, name string, files fs.FS) (err error) {
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	defer func() {
		_, unlockErr := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", templateLock)
		err = errors.Join(err, unlockErr)
	}()
	var ready bool
	if err := conn.QueryRow(
		ctx, "select exists (select from pg_database where datname = $1 and datistemplate)", name,
	).Scan(&ready); err != nil || ready {
		return err
	}
	password, _ := s.address.User.Password()
	if err := postgres.EnsureRoles(ctx, conn, password, password); err != nil {
		return err
	}
	quoted := pgx.Identifier{name}.Sanitize()
	if _, err := conn.Exec(ctx, "drop database if exists "+quoted+" with (force)"); err != nil { // half-made
		return err
	}
	if _, err := conn.Exec(ctx, "create database "+quoted+" owner "+postgres.OwnerRole); err != nil {
		return err
	}
	if err := s.migrate(ctx, name, files); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "alter database "+quoted+" is_template true allow_connections false")
	return err
}

// migrate runs as the owner, as in production.
func (s *server) migrate(ctx context.Context, name string, files fs.FS) error {
	cfg, err := pgx.ParseConfig(s.urlFor(postgres.OwnerRole, name))
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
