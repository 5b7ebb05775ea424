package store_test

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slipway-prr/slipway/internal/store/storetest"
	"github.com/slipway-prr/slipway/migrations"
)

// Each migration can be taken back, down to the first, and put on again.
func TestMigrationsGoBothWays(t *testing.T) {
	db, err := sql.Open("pgx", storetest.New(t).OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(context.Background()); err != nil {
		t.Fatal(err)
	}
}
