package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
)

// lab is where a run takes place: a PostgreSQL server, a folder for binaries and scripts, and what has to be cleaned up.
type lab struct {
	postgres *postgres.Server
	dir      string
	released bool     // programs are built as they are released; tests share what is compiled already
	limit    string   // of the product's memory; empty: memoryLimit
	binary   string   // of the product, once it is built
	log      *os.File // of the product's servers; nil: nobody reads it
	servers  []*process
	closers  []func() error
}

// openLab starts a private PostgreSQL server. Only tests may ask for one that forgets.
func openLab(ctx context.Context, forgetful bool) (_ *lab, err error) {
	l := &lab{}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if l.dir, err = os.MkdirTemp("", "slipway-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	l.onClose(func() error { return os.RemoveAll(l.dir) })
	cache, err := postgres.CacheDir()
	if err != nil {
		return nil, err
	}
	if l.postgres, err = postgres.Start(ctx, postgres.Options{Unsafe: forgetful, CacheDir: cache}); err != nil {
		return nil, err
	}
	l.onClose(l.postgres.Stop)
	return l, nil
}

func (l *lab) onClose(f func() error) { l.closers = append(l.closers, f) }

// close cleans up in the reverse order.
func (l *lab) close() error {
	var errs []error
	for i := len(l.closers) - 1; i >= 0; i-- {
		errs = append(errs, l.closers[i]())
	}
	return errors.Join(errs...)
}

// database is one database, as each of those who use it.
type database struct{ superuser, owner, app string }

// database makes an empty database, owned and restricted as the product's are.
func (l *lab) database(ctx context.Context, name string) (database, error) {
	conn, err := pgx.Connect(ctx, l.postgres.SuperuserURL)
	if err != nil {
		return database{}, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()+" owner "+postgres.OwnerRole); err != nil {
		return database{}, fmt.Errorf("make database %s: %w", name, err)
	}
	if err := postgres.RestrictDatabase(ctx, conn, name); err != nil {
		return database{}, err
	}
	var db database
	for from, to := range map[string]*string{
		l.postgres.SuperuserURL: &db.superuser, l.postgres.OwnerURL: &db.owner, l.postgres.AppURL: &db.app,
	} {
		u, err := url.Parse(from)
		if err != nil {
			return database{}, fmt.Errorf("PostgreSQL address: %w", err)
		}
		u.Path = "/" + name
		*to = u.String()
	}
	return db, nil
}

// machine describes what the run ran on, and refuses a server that only pretends to write.
func (l *lab) machine(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, l.postgres.SuperuserURL)
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	var version, fsync, commit string
	const ask = `select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')`
	if err := conn.QueryRow(ctx, ask).Scan(&version, &fsync, &commit); err != nil {
		return "", fmt.Errorf("ask PostgreSQL for its settings: %w", err)
	}
	if fsync != "on" || commit != "on" {
		return "", fmt.Errorf("PostgreSQL has fsync %s and synchronous_commit %s: figures of a server that may lose data are worth nothing",
			fsync, commit)
	}
	return fmt.Sprintf("%d processors (%s/%s), %s, PostgreSQL %s with fsync, server and load generator on the same processors.",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), version), nil
}
