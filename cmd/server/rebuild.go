package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/store"
)

// rebuild fills an empty database's tables from the trail of another database.
func rebuild(ctx context.Context, set settings, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("rebuild", flag.ContinueOnError)
	flags.SetOutput(stderr)
	from := flags.String("from", "", "address of the database whose trail to read, postgres://…; a password is better kept in PGPASSFILE")
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("rebuild does not know %q; name the database to read with -from", flags.Arg(0))
	case *from == "":
		return errors.New("name the database whose trail to read: -from postgres://…")
	case set.databaseURL == "":
		return errors.New("SLIPWAY_DATABASE_URL is not set; it is the address, as its owner, of the empty database to fill")
	}
	if !set.plainDatabase {
		if err := store.CheckEncrypted(*from); err != nil {
			return fmt.Errorf("-from: %w", err)
		}
	}
	st, err := openStore(ctx, set, store.Options{StatementTimeout: verifyTime, LockTimeout: verifyTime})
	if err != nil {
		return err
	}
	defer st.Close()
	cfg, err := pgx.ParseConfig(*from)
	if err != nil {
		return errors.New("-from cannot be parsed; it is an address such as postgres://slipway_app@db.example.com/slipway")
	}
	cfg.RuntimeParams["timezone"], cfg.RuntimeParams["application_name"] = "UTC", "slipway"
	source, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connecting to the database to read: %w", err)
	}
	defer source.Close(context.WithoutCancel(ctx))
	done, err := st.Rebuild(ctx, source)
	if err != nil {
		return fmt.Errorf("nothing was rebuilt: %w", err)
	}
	fmt.Fprintf(stdout, "Rebuilt %d projects from %d entries; copied %d people, %d templates and %d checkpoints.\n",
		done.Projects, done.Entries, done.People, done.Templates, done.Checkpoints)
	if done.Nameless > 0 {
		fmt.Fprintf(stdout, "Of %d people there is only their number; they are shown as “Person 7” and the like, and are somebody new "+
			"when they sign in.\n", done.Nameless)
	}
	fmt.Fprintln(stdout, "Everybody has to sign in again. Now run slipway verify.")
	return nil
}
