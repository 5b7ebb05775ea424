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
	"time"

	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// key prints the public key, or makes a new one.
func key(set settings, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("key", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("new", "", "make a key for an instance of this name, such as prod or slipway.example.com")
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	if set.checkpointKey == "" {
		return errors.New("SLIPWAY_CHECKPOINT_KEY_FILE is not set")
	}
	if *name != "" {
		k, err := proof.NewKey(*name)
		if err != nil {
			return err
		}
		if err := k.WriteNew(set.checkpointKey); err != nil {
			return err
		}
	}
	k, err := proof.ReadKey(set.checkpointKey)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, k.Verifier())
	return nil
}

// verifyArgs are what the command verify was asked for.
type verifyArgs struct {
	bundle    string // empty: the database
	keys      proof.Keys
	published [][]byte // checkpoints that were kept elsewhere; nil: none given
}

// keyFlags gathers the keys of several flags.
type keyFlags struct{ keys proof.Keys }

func (k *keyFlags) String() string { return "" }

// Set takes a key, or a file with keys.
func (k *keyFlags) Set(v string) error {
	text := v
	if b, err := os.ReadFile(v); err == nil {
		text = string(b)
	}
	keys, err := proof.ParseKeys(text)
	if err != nil {
		return err
	}
	k.keys = append(k.keys, keys...)
	return nil
}

func parseVerify(args []string, stderr io.Writer) (verifyArgs, error) {
	var a verifyArgs
	var keys keyFlags
	var against string
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Var(&keys, "key", "public key to trust, or a file with one a line; may be repeated")
	flags.StringVar(&against, "against", "", "file of checkpoints that was kept elsewhere")
	// The bundle may stand before the flags as well as after them.
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		a.bundle, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return a, errUsage
	}
	switch rest := flags.Args(); {
	case len(rest) == 1 && a.bundle == "":
		a.bundle = rest[0]
	case len(rest) > 0:
		fmt.Fprintf(stderr, "verify takes one bundle, not also %q\n", rest[0])
		return a, errUsage
	}
	a.keys = keys.keys
	if against != "" {
		b, err := os.ReadFile(against)
		if err != nil {
			return a, fmt.Errorf("reading the checkpoints that were kept: %w", err)
		}
		a.published = append([][]byte{}, proof.SplitNotes(b)...)
	}
	return a, nil
}

// verify checks a bundle, for which it reads no settings, or the database.
func verify(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	a, err := parseVerify(args, stderr)
	if err != nil {
		return err
	}
	if a.bundle != "" {
		return verifyBundle(a, stdout)
	}
	set, err := readSettings(getenv)
	if err != nil {
		return err
	}
	return verifyDatabase(ctx, set, a, stdout)
}

func verifyBundle(a verifyArgs, stdout io.Writer) error {
	if len(a.keys) == 0 {
		return errors.New("name the key to trust: --key KEY, or a file that contains it; the instance's operator publishes it, " +
			"and its server prints it with the command key")
	}
	f, err := os.Open(a.bundle)
	if err != nil {
		return fmt.Errorf("reading the bundle: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, proof.MaxBytes+1))
	if err != nil {
		return fmt.Errorf("reading the bundle: %w", err)
	}
	r := proof.Verify(b, a.keys, a.published)
	fmt.Fprint(stdout, r)
	if !r.OK() {
		return fmt.Errorf("%s is not to be relied on", a.bundle)
	}
	return nil
}

// verifyTime bounds a single statement of the check: it reads whole streams.
const verifyTime = 10 * time.Minute

// check is a verification of the whole database under way.
type check struct {
	store    *store.Store
	out      io.Writer
	problems int

	projects, stale, entries int
	directory                []review.Entry
	library                  int // entries of its stream
}

// problem prints something that does not hold.
func (c *check) problem(what string) {
	c.problems++
	if c.problems == 1 {
		fmt.Fprintln(c.out, "What does NOT hold:")
	}
	fmt.Fprintln(c.out, "  -", what)
}

// verifyDatabase compares the tables with the trail, the trail with its
// chain, and both with the checkpoints.
func verifyDatabase(ctx context.Context, set settings, a verifyArgs, stdout io.Writer) error {
	if set.databaseURL == "" {
		return errors.New("SLIPWAY_DATABASE_URL is not set; to check a bundle, name its file")
	}
	if set.checkpointKey != "" {
		k, err := proof.ReadKey(set.checkpointKey)
		if err != nil {
			return err
		}
		own, err := proof.ParseKeys(k.Verifier())
		if err != nil {
			return err
		}
		a.keys = append(a.keys, own...)
	}
	st, err := openStore(ctx, set, store.Options{StatementTimeout: verifyTime})
	if err != nil {
		return err
	}
	defer st.Close()
	c := &check{store: st, out: stdout}
	if err := c.streams(ctx); err != nil {
		return err
	}
	marks, err := c.checkpoints(ctx, a)
	if err != nil {
		return err
	}
	if c.problems > 0 {
		fmt.Fprintln(stdout)
	}
	fmt.Fprintf(stdout, "Checked %d projects with %d entries, the directory with %d, the library with %d, and %s.\n", c.projects, c.entries,
		len(c.directory), c.library, marks)
	if c.stale > 0 {
		fmt.Fprintf(stdout, "The figures that lists show of %d projects wait to be brought up to date and were left out.\n", c.stale)
	}
	if c.problems > 0 {
		return fmt.Errorf("%d things in this database do not hold", c.problems)
	}
	fmt.Fprintln(stdout, "Verified: every chain is whole, all tables agree with the trail, and every gate passed by its rules, "+
		"signed by people who held their seats.")
	return nil
}

// streams checks the library and the directory, then every project.
func (c *check) streams(ctx context.Context) error {
	ids, err := c.store.Streams(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		v, err := c.store.VerifyStream(ctx, id)
		if err != nil {
			return err
		}
		c.stream(v)
	}
	return nil
}

// stream takes down what one stream has that does not hold. The library and the directory
// come before the projects.
func (c *check) stream(v *store.Verified) {
	for _, p := range v.Problems {
		c.problem(p.String())
	}
	switch {
	case v.Stream == review.Library:
		c.library = len(v.Entries)
		return
	case v.Key == "":
		c.directory = append(c.directory, v.Entries...)
		return
	}
	c.projects++
	c.entries += len(v.Entries)
	if v.Stale {
		c.stale++
	}
	if v.Documents == nil {
		return // broken, and said so
	}
	found, err := proof.Audit(v.Stream, v.Entries, c.directory, v.Documents)
	if err != nil {
		c.problem(fmt.Sprintf("Project %s cannot be audited: %v.", v.Key, err))
	}
	for _, p := range found {
		c.problem(fmt.Sprintf("Project %s, %s", v.Key, p))
	}
}

// checkpoints checks the series of checkpoints, that the trail has what they
// saw, and those that were kept elsewhere.
func (c *check) checkpoints(ctx context.Context, a verifyArgs) (string, error) {
	series := &proof.Series{Keys: a.keys}
	missing := newKept(a)
	err := c.store.Checkpoints(ctx, 0, func(p *store.Checkpoint) error {
		missing.found(p.Note)
		if len(a.keys) == 0 {
			series.Count++
			return nil
		}
		for _, why := range series.Next(p.Note, p.Changed) {
			c.problem(fmt.Sprintf("Checkpoint %d %s.", p.No, why))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if series.Count > 0 && len(a.keys) == 0 {
		c.problem(fmt.Sprintf("The signatures of %d checkpoints cannot be checked without a key: set SLIPWAY_CHECKPOINT_KEY_FILE, or "+
			"give --key.", series.Count))
	}
	for _, what := range missing.left() {
		c.problem(what)
	}
	stray, err := c.store.StrayHeads(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range stray {
		c.problem(p.String())
	}
	if a.published == nil {
		return fmt.Sprintf("%d checkpoints", series.Count), nil
	}
	return fmt.Sprintf("%d checkpoints, and the file of those that were kept elsewhere", series.Count), nil
}

// kept are checkpoints that were kept elsewhere and not yet found in the
// database.
type kept struct {
	whole  map[string]int64 // note to number
	pieces map[string]bool  // what no key has signed: cut off, or something else
}

func newKept(a verifyArgs) *kept {
	k := &kept{whole: map[string]int64{}, pieces: map[string]bool{}}
	for _, n := range a.published {
		if p, err := a.keys.Open(n); err == nil {
			k.whole[string(n)] = p.No
		} else {
			k.pieces[strings.TrimRight(string(n), "\n")] = true
		}
	}
	return k
}

// found takes a checkpoint of the database off the list, and pieces that a
// crash has left of it.
func (k *kept) found(note []byte) {
	delete(k.whole, string(note))
	for piece := range k.pieces {
		if strings.HasPrefix(string(note), piece) {
			delete(k.pieces, piece)
		}
	}
}

// left says what the database does not have.
func (k *kept) left() []string {
	var out []string
	for _, no := range slices.Sorted(maps.Values(k.whole)) {
		out = append(out, fmt.Sprintf("Checkpoint %d was kept elsewhere, and the database does not have it in this form: its history "+
			"was written again.", no))
	}
	if len(k.pieces) > 0 {
		out = append(out, fmt.Sprintf("The file of checkpoints that were kept elsewhere contains %d pieces that no given key has signed.",
			len(k.pieces)))
	}
	return out
}
