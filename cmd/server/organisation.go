package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/store"
)

// standard names the standard output, or input, in place of a file.
const standard = "-"

// exportOrganisation writes everything of the organisation to a new file.
func exportOrganisation(ctx context.Context, set settings, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("export-organisation", flag.ContinueOnError)
	flags.SetOutput(stderr)
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	switch {
	case flags.NArg() != 1:
		return errors.New("say where to: export-organisation FILE; - is the standard output")
	case set.databaseURL == "":
		return errors.New("SLIPWAY_DATABASE_URL is not set")
	}
	name, w, said := flags.Arg(0), stdout, stdout
	st, err := openStore(ctx, set, store.Options{StatementTimeout: verifyTime})
	if err != nil {
		return err
	}
	defer st.Close()
	if name == standard {
		said = stderr
	} else {
		// It has everybody's name and address in it, and no file that is there is lost.
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("making the file: %w", err)
		}
		defer func() {
			if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
				err = errors.Join(err, os.Remove(name))
			}
		}()
		w = f
	}
	done, err := st.ExportOrganisation(ctx, w)
	if err != nil {
		return fmt.Errorf("nothing was exported: %w", err)
	}
	fmt.Fprintf(said, "Exported %s.\n%d lines, and one at the end, with the SHA-256 %s.\n", counted(done.Kinds), done.Lines, done.SHA256)
	fmt.Fprintln(said, "The file also has what is restricted, and everybody's name and address: keep it as you keep the database.")
	return nil
}

// importOrganisation fills an empty database with such a file.
func importOrganisation(ctx context.Context, set settings, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("import-organisation", flag.ContinueOnError)
	flags.SetOutput(stderr)
	trailOnly := flags.Bool("trail-only", false, "take the trail's word where what the file says beside it differs")
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	switch {
	case flags.NArg() != 1:
		return errors.New("say which file: import-organisation FILE; - is the standard input")
	case set.databaseURL == "":
		return errors.New("SLIPWAY_DATABASE_URL is not set; it is the address, as its owner, of the empty database to fill")
	}
	in := stdin
	if name := flags.Arg(0); name != standard {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("reading the export: %w", err)
		}
		defer f.Close()
		in = f
		// An import takes its time: that a file is whole is better known before.
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			if _, err := store.CheckOrganisation(f); err != nil {
				return fmt.Errorf("nothing was imported: %w", err)
			}
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return fmt.Errorf("reading the export again: %w", err)
			}
		}
	}
	st, err := openStore(ctx, set, store.Options{StatementTimeout: verifyTime, LockTimeout: verifyTime})
	if err != nil {
		return err
	}
	defer st.Close()
	c := &check{store: st, out: stderr}
	done, err := st.ImportOrganisation(ctx, in, store.ImportOptions{TrailOnly: *trailOnly, Check: func(v *store.Verified) error {
		if c.stream(v); c.problems > 0 {
			return fmt.Errorf("what was imported does not hold in %d places", c.problems)
		}
		return nil
	}})
	if errors.Is(err, store.ErrUncertain) {
		return fmt.Errorf("everything was written, and it is not known whether it was kept; slipway verify tells: %w", err)
	}
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	fmt.Fprintf(stdout, "Imported %s.\n%d lines, with the SHA-256 %s.\n", counted(done.Kinds), done.Lines, done.SHA256)
	fmt.Fprintln(stdout, "Verified: every chain is whole, all tables agree with the trail, and every gate passed by its rules.")
	if n := done.Kinds["checkpoint"]; n > 0 {
		fmt.Fprintf(stdout, "The signatures of %d checkpoints were not looked at: slipway verify --key KEY does, with the key of where they were made.\n", n)
	}
	fmt.Fprintln(stdout, "Everybody has to sign in, and to make a new address for their calendar.")
	return nil
}

// counted lists how many lines of each kind there are.
func counted(kinds map[string]int) string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		out = append(out, fmt.Sprintf("%s %d", kind, kinds[kind]))
	}
	return strings.Join(out, ", ")
}
