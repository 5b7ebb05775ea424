package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/devstack/portfolio"
	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/devstack/provider"
	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/store"
)

// devCheckpoints gives the demo a key of its own, once, and a file for its
// checkpoints, unless they are set.
func devCheckpoints(set *settings) error {
	if set.checkpointKey == "" {
		set.checkpointKey = filepath.Join(set.dataDir, "checkpoint.key")
		if _, err := os.Stat(set.checkpointKey); errors.Is(err, os.ErrNotExist) {
			if err := os.MkdirAll(set.dataDir, 0o700); err != nil {
				return fmt.Errorf("making the data folder: %w", err)
			}
			k, err := proof.NewKey("dev")
			if err != nil {
				return err
			}
			if err := k.WriteNew(set.checkpointKey); err != nil {
				return err
			}
		}
	}
	if set.checkpointFile == "" {
		set.checkpointFile = filepath.Join(set.dataDir, "checkpoints.txt")
	}
	return nil
}

// demoSignIn is where the demo provider lives on the server's own address.
const demoSignIn = "/demo-sign-in"

// dev starts everything for a look, on this machine only: a private database
// unless one is set, the demo provider, and the demo portfolio.
func dev(ctx context.Context, set settings, stdout, stderr io.Writer) error {
	host, _, err := net.SplitHostPort(set.addr)
	if err != nil || !loopback(host) {
		return fmt.Errorf("dev signs people in without a password, so SLIPWAY_ADDR must be a loopback address, not %s", set.addr)
	}
	ln, err := net.Listen("tcp", set.addr)
	if err != nil {
		return fmt.Errorf("listening (set SLIPWAY_ADDR to another address, or stop what uses this one): %w", err)
	}
	defer ln.Close()
	set.addr = ln.Addr().String() // the port may have been 0
	set.origin = originOf(set.addr)
	if set.dataDir, err = filepath.Abs(set.dataDir); err != nil {
		return fmt.Errorf("finding the data folder: %w", err)
	}
	owner := set.databaseURL
	if owner == "" {
		pg, err := startPostgres(ctx, set.dataDir, stdout)
		if err != nil {
			return err
		}
		defer func() {
			if err := pg.Stop(); err != nil {
				fmt.Fprintln(stderr, "slipway:", err)
			}
		}()
		owner, set.databaseURL = pg.OwnerURL, pg.AppURL
	}
	if err := migrate(ctx, owner, io.Discard); err != nil {
		return err
	}
	if err := devCheckpoints(&set); err != nil {
		return err
	}
	handler, err := demoProviderFor(&set, newLog(set, stderr))
	if err != nil {
		return err
	}
	key, err := proof.ReadKey(set.checkpointKey)
	if err != nil {
		return err
	}
	log := newLog(set, stderr)
	app, err := openApp(ctx, set, log, "This is the demo: pick any person, no password is asked for.")
	if err != nil {
		return err
	}
	defer app.store.Close()
	if err := prepareDemo(ctx, app.store, set, stdout); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(demoSignIn+"/", handler)
	mux.Handle("/", app.server)
	printWelcome(stdout, set, key.Verifier())
	set.lameDuck = 0 // nobody balances a load between demos
	return app.serve(ctx, set, door{ln, mux})
}

func startPostgres(ctx context.Context, dataDir string, out io.Writer) (*postgres.Server, error) {
	cache, err := postgres.CacheDir()
	if err != nil {
		return nil, err
	}
	opts := postgres.Options{DataDir: postgres.Dir(dataDir), CacheDir: cache, Log: out}
	pg, err := postgres.Start(ctx, opts)
	if errors.Is(err, postgres.ErrNotInstalled) {
		if _, err := postgres.Obtain(ctx, cache, out); err != nil {
			return nil, err
		}
		pg, err = postgres.Start(ctx, opts)
	}
	return pg, err
}

// demoProviderFor makes the demo provider and points the settings at it.
func demoProviderFor(set *settings, log *slog.Logger) (http.Handler, error) {
	groups, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		return nil, err
	}
	set.issuer, set.clientID, set.clientSecret = set.origin+demoSignIn, "slipway-demo", rand.Text()
	if !set.groupsSet {
		set.groups = groups
	}
	set.scopes = []string{"profile", "email", "groups"}
	return newDemoProvider(*set, filepath.Join(set.dataDir, "sign-in.key"), log)
}

func newDemoProvider(set settings, keyFile string, log *slog.Logger) (http.Handler, error) {
	return provider.New(provider.Config{
		Issuer: set.issuer, KeyFile: keyFile, People: devstack.People(), Logger: log,
		Client: provider.Client{
			ID: set.clientID, Secret: set.clientSecret,
			RedirectURIs:   []string{set.origin + auth.CallbackPath},
			PostLogoutURIs: []string{set.origin + "/"},
			BackChannelURL: set.origin + auth.BackChannelPath,
		},
	})
}

// prepareDemo fills an empty database. People keep who they are when the demo
// moves to another address, since its issuer is part of their identity.
func prepareDemo(ctx context.Context, st *store.Store, set settings, out io.Writer) error {
	file := filepath.Join(set.dataDir, "issuer")
	if err := os.MkdirAll(set.dataDir, 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("reading the demo's last address: %w", err)
	}
	if old := strings.TrimSpace(string(before)); old != "" && old != set.issuer {
		if err := st.MoveIssuer(ctx, old, set.issuer); err != nil {
			return err
		}
	}
	if err := os.WriteFile(file, []byte(set.issuer+"\n"), 0o600); err != nil {
		return fmt.Errorf("noting the demo's address: %w", err)
	}
	return fillDemo(ctx, st, set, out)
}

func fillDemo(ctx context.Context, st *store.Store, set settings, out io.Writer) error {
	made, err := portfolio.Fill(ctx, st, set.issuer, set.groups, set.defaultRole)
	if err != nil {
		return fmt.Errorf("filling the demo portfolio: %w", err)
	}
	if made > 0 {
		fmt.Fprintf(out, "Made a demo portfolio of %d projects.\n", made)
	}
	return nil
}

// demoPortfolio fills an empty database, for a setup that is not dev's.
func demoPortfolio(ctx context.Context, set settings, out io.Writer) error {
	if !set.demo {
		return errors.New("demo-portfolio is for demonstrations only: set SLIPWAY_DEMO=1")
	}
	if set.databaseURL == "" || set.issuer == "" {
		return errors.New("SLIPWAY_DATABASE_URL and SLIPWAY_OIDC_ISSUER have to be set")
	}
	if !set.groupsSet {
		groups, err := auth.ParseGroupMap(devstack.DemoGroupMap())
		if err != nil {
			return err
		}
		set.groups = groups
	}
	st, err := store.Open(ctx, set.databaseURL, store.Options{Zone: set.zone, Lifecycle: set.lifecycle})
	if err != nil {
		return err
	}
	defer st.Close()
	return fillDemo(ctx, st, set, out)
}

// demoProvider serves only the demo sign-in, for a setup in containers. The
// issuer has to be a loopback address nevertheless: somebody who is not at
// this machine cannot complete a sign-in.
func demoProvider(ctx context.Context, set settings, args []string, stdout, stderr io.Writer) error {
	if !set.demo {
		return errors.New("demo-provider signs people in without a password: it runs only with SLIPWAY_DEMO=1")
	}
	flags := flag.NewFlagSet("demo-provider", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("listen", "127.0.0.1:8090", "address to listen on; not a loopback address only inside a container")
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	log := newLog(set, stderr)
	handler, err := newDemoProvider(set, "", log)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Fprintf(stdout, "Demo sign-in at %s\n", set.issuer)
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: headerTime}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // nothing to finish: it keeps no data
	defer stop()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// printWelcome says where to look, who can sign in as what, and with which key
// a proof bundle is checked.
func printWelcome(w io.Writer, set settings, publicKey string) {
	fmt.Fprintf(w, "\nSlipway runs at %s\n\nSign in as (no password):\n", set.origin)
	for _, p := range devstack.People() {
		fmt.Fprintf(w, "  %-16s %-30s %s\n", p.Name, p.Title, p.Purpose)
	}
	fmt.Fprintf(w, "\nCheck a proof bundle from a project's or a gate's report with\n  bin/slipway verify FILE.zip --key %s\n", publicKey)
	fmt.Fprintf(w, "\nData is kept in %s; `make reset` empties it. Ctrl-C stops everything.\n", set.dataDir)
}
