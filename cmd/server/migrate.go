package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
)

// migrate brings a database to the schema and the built-in lifecycles and modules
// of this program. url connects as the database's owner.
func migrate(ctx context.Context, url string, out io.Writer) error {
	if url == "" {
		return errors.New("SLIPWAY_DATABASE_URL is not set")
	}
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("SLIPWAY_DATABASE_URL cannot be parsed")
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	if err := migrations.Up(ctx, db); err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connecting to publish documents: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	documents, err := catalog.BuiltIn()
	if err != nil {
		return err
	}
	for _, d := range documents {
		switch err := store.Publish(ctx, conn, d); {
		case errors.Is(err, store.ErrTaken):
			fmt.Fprintln(out, err)
		case err != nil:
			return err
		}
	}
	latest, err := migrations.Latest()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The database has schema %d and %d built-in documents.\n", latest, len(documents))
	return nil
}
