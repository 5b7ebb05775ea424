package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func one(t *testing.T, address, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func TestNewIsMigratedAndRestricted(t *testing.T) {
	t.Parallel()
	db := New(t)
	if got := one(t, db.AppURL, "select current_user || ' ' || current_database()"); got != "slipway_app "+db.Name {
		t.Errorf("app: %s", got)
	}
	if got := one(t, db.OwnerURL, "select (max(version_id) > 0)::text from goose_db_version"); got != "true" {
		t.Errorf("migrated: %s", got)
	}
	const owners = "select coalesce(string_agg(distinct pg_get_userbyid(relowner), ','), 'none') from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'public'"
	if got := one(t, db.OwnerURL, owners); got != "slipway_owner" {
		t.Errorf("tables belong to %s", got)
	}
	if got := one(t, db.AppURL, "select current_setting('synchronous_commit')"); got != "on" {
		t.Errorf("synchronous_commit: %s", got)
	}
	_, err := db.Pool(t).Exec(t.Context(), "create table t (n int)")
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) || pgErr.Code != "42501" {
		t.Errorf("app creates a table: %v, want permission denied", err)
	}
}

func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			p := New(t).OwnerPool(t)
			if _, err := p.Exec(t.Context(), "create table only_here (n int)"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("inner", func(t *testing.T) { name = New(t).Name })
	var exists bool
	if err := binary.server.admin.QueryRow(t.Context(), "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil {
		t.Fatal(err)
	}
	if exists {
		t.Errorf("%s is left", name)
	}
}

// What was put in once is in every copy, and a copy keeps what is added to itself.
func TestFilledOnce(t *testing.T) {
	t.Parallel()
	times := 0
	fill := func(db *DB) (int, error) {
		times++
		conn, err := pgx.Connect(t.Context(), db.OwnerURL)
		if err != nil {
			return 0, err
		}
		defer conn.Close(context.Background())
		_, err = conn.Exec(t.Context(), "create table kept (n int); insert into kept values (1)")
		return 7, err
	}
	for range 2 {
		db, made := NewFilled(t, "kept", fill)
		if made != 7 {
			t.Errorf("what was made is %d", made)
		}
		if got := one(t, db.OwnerURL, "with a as (select count(*) from kept), b as (insert into kept values (2)) select count::text from a"); got != "1" {
			t.Errorf("%s rows", got)
		}
	}
	if times != 1 {
		t.Errorf("filled %d times", times)
	}
	broken := func(*DB) (any, error) { return nil, errors.New("no ink") }
	if _, err := binary.server.fill(t.Context(), "broken", files("select 1;"), broken); err == nil || !strings.Contains(err.Error(), "no ink") {
		t.Errorf("got %v", err)
	}
}

func files(sql string) fs.FS {
	return fstest.MapFS{"00001_t.sql": {Data: []byte("-- +goose Up\n" + sql)}}
}

// Several test binaries reach a new server at once: one makes the template.
func TestTemplateIsMadeOnce(t *testing.T) {
	t.Parallel()
	New(t) // opens the server
	schema := files("create table made (at timestamptz default clock_timestamp()); insert into made default values; grant select on made to slipway_app;")
	var wg sync.WaitGroup
	made := make([]string, 3)
	for i := range made {
		wg.Add(1)
		go func() {
			defer wg.Done()
			other, err := openServer(t.Context(), binary.server.address.String())
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { other.close() }) // after its databases are dropped
			db := other.clone(t, schema)
			conn, err := pgx.Connect(t.Context(), db.AppURL)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(context.Background())
			if err := conn.QueryRow(t.Context(), "select at::text from made").Scan(&made[i]); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if made[0] == "" || made[1] != made[0] || made[2] != made[0] {
		t.Errorf("made at different times: %q", made)
	}
}

func TestTemplateFollowsTheMigrations(t *testing.T) {
	t.Parallel()
	a, err := templateName(files("create table a (n int);"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := templateName(files("create table b (n int);"))
	if err != nil {
		t.Fatal(err)
	}
	if a == b {
		t.Error("different migrations share a template")
	}
}

// A migration that fails must not leave a template that looks finished.
func TestFailedMigration(t *testing.T) {
	t.Parallel()
	New(t) // opens the server
	broken := files("create table half (n int); select 1/0;")
	for range 2 {
		_, err := binary.server.template(t.Context(), broken)
		if err == nil || !strings.Contains(err.Error(), "division by zero") {
			t.Errorf("got %v", err)
		}
	}
}

func TestServerAddressIsChecked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"host=localhost user=postgres", "mysql://localhost/x"} {
		if _, err := openServer(t.Context(), address); err == nil || !strings.Contains(err.Error(), ServerVar) {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(b)
	}
}
