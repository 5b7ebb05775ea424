package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// Latest is the number of the newest migration in this program.
func Latest() (int64, error) {
	files, err := fs.Glob(FS, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("listing migrations: %w", err)
	}
	var latest int64
	for _, f := range files {
		digits, _, _ := strings.Cut(f, "_")
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s has no number: %w", f, err)
		}
		latest = max(latest, n)
	}
	return latest, nil
}

// Up brings a database to the newest schema, under a lock so that two servers
// that start at once do not get in each other's way. db connects as the owner.
func Up(ctx context.Context, db *sql.DB) error {
	locked, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connecting to migrate: %w", err)
	}
	defer locked.Close()
	if _, err := locked.ExecContext(ctx, `select pg_advisory_lock($1)`, lockKey); err != nil {
		return fmt.Errorf("waiting for another migration: %w", err)
	}
	defer locked.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, lockKey)
	p, err := goose.NewProvider(goose.DialectPostgres, db, FS)
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}

// lockKey is an arbitrary number that no other program on the server uses.
const lockKey = 7_314_459_021
