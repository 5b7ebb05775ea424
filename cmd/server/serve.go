package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
	"github.com/slipway-prr/slipway/web"
)

// serve answers browsers until ctx ends.
func serve(ctx context.Context, set settings, stderr io.Writer) error {
	var wrong []error
	if set.databaseURL == "" {
		wrong = append(wrong, errors.New("SLIPWAY_DATABASE_URL is not set"))
	}
	if set.issuer == "" {
		wrong = append(wrong, errors.New("SLIPWAY_OIDC_ISSUER is not set"))
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	log := newLog(set, stderr)
	app, err := openApp(ctx, set, log, "")
	if err != nil {
		return err
	}
	defer app.store.Close()
	ln, err := net.Listen("tcp", set.addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	log.Info("serving", "addr", ln.Addr().String(), "origin", set.origin, "version", version())
	return app.serve(ctx, set, door{ln, app.server})
}

// app is the server with what it needs.
type app struct {
	store       *store.Store
	server      *web.Server
	log         *slog.Logger
	ready       func(context.Context) error
	checkpoints *checkpoints
}

// openApp connects to a migrated database and puts the server together.
func openApp(ctx context.Context, set settings, log *slog.Logger, demo string) (*app, error) {
	st, err := store.Open(ctx, set.databaseURL, store.Options{MaxConns: int32(set.conns), SessionIdle: set.sessionIdle, Zone: set.zone, Lifecycle: set.lifecycle})
	if err != nil {
		return nil, err
	}
	ready := func(ctx context.Context) error { return checkSchema(ctx, st) }
	if err := errors.Join(ready(ctx), st.CheckDurability(ctx)); err != nil {
		st.Close()
		return nil, err
	}
	if err := warnOfSeats(ctx, set, st, log); err != nil {
		st.Close()
		return nil, err
	}
	client, err := auth.NewLazy(auth.Config{
		Issuer: set.issuer, ClientID: set.clientID, ClientSecret: set.clientSecret, Origin: set.origin,
		Scopes: set.scopes, GroupsClaim: set.groupsClaim,
	})
	if err != nil {
		st.Close()
		return nil, err
	}
	marks, err := openCheckpoints(ctx, set, st, log)
	if err != nil {
		st.Close()
		return nil, err
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	srv, err := web.New(web.Config{
		Store: st, Auth: client, Groups: set.groups, DefaultRole: set.defaultRole, Origin: set.origin, Session: set.sessionLasts, Links: set.links,
		Ready: ready, OwnOps: set.opsAddr != "", Key: marks.key, Metrics: reg, Log: log, Version: version(), Demo: demo, Limits: set.limits, Proxies: set.proxies,
		Signing: set.signing,
	})
	if err != nil {
		st.Close()
		return nil, err
	}
	return &app{store: st, server: srv, log: log, ready: ready, checkpoints: marks}, nil
}

// openStore opens the database for a command that runs beside a server or in its place, and
// refuses one whose schema this program does not know.
func openStore(ctx context.Context, set settings, o store.Options) (*store.Store, error) {
	o.MaxConns, o.Zone = 2, set.zone
	st, err := store.Open(ctx, set.databaseURL, o)
	if err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, st); err != nil {
		st.Close()
		return nil, err
	}
	return st, nil
}

// checkSchema refuses a database whose schema this program does not know.
func checkSchema(ctx context.Context, st *store.Store) error {
	have, err := st.Probe(ctx)
	if err != nil {
		return err
	}
	want, err := migrations.Latest()
	if err != nil {
		return err
	}
	return serves(have, want)
}

// warnOfSeats tells of seats that groups give and no published document has: a
// slip of the pen, or a document that is still to be published.
func warnOfSeats(ctx context.Context, set settings, st *store.Store, log *slog.Logger) error {
	added := slices.DeleteFunc(set.groups.Seats(), func(seat string) bool { return slices.Contains(plan.Seats(), plan.Seat(seat)) })
	if len(added) == 0 {
		return nil // the whole library need not be read for that
	}
	words, err := st.Words(ctx)
	if err != nil {
		return err
	}
	for _, seat := range added {
		if !words.HasSeat(plan.Seat(seat)) {
			log.Warn("groups give a seat that no published document has", "setting", "SLIPWAY_GROUPS", "seat", seat)
		}
	}
	return nil
}

// serves says whether a program whose newest migration is want works with a
// schema: its own, or a newer one that still serves it by its own word. So old
// replicas stay ready while new ones are rolled out.
func serves(have store.Schema, want int64) error {
	if have.Version < want {
		return fmt.Errorf("the database has schema %d, this program needs %d: run the migrate command first", have.Version, want)
	}
	if have.Version > want && (have.Oldest == 0 || have.Oldest > want) {
		return fmt.Errorf("the database has schema %d, which serves programs from schema %d on, and this one's is %d: run the newer "+
			"program", have.Version, have.Oldest, want)
	}
	return nil
}

// What may take how long once the server is told to stop and its time as a lame
// duck is over: running requests, forms that are still arriving, and then the
// last checkpoint.
const (
	shutdownTime = 10 * time.Second
	arrivalTime  = 2 * time.Second
	lastTime     = 5 * time.Second
)

// Lists show that evidence has expired at most this late; expired sessions are
// refused at once and only cleaned up now and then.
const (
	refreshEvery = 10 * time.Second
	sweepEvery   = 5 * time.Minute
)

// headerTime is how long a client may take to send its headers.
const headerTime = 5 * time.Second

// door is a listener with what answers there.
type door struct {
	ln      net.Listener
	handler http.Handler
}

// serve answers at a door, and monitoring at its own where one is set, until ctx
// ends.
func (a *app) serve(ctx context.Context, set settings, front door) error {
	doors := []door{front}
	if set.opsAddr != "" {
		ln, err := net.Listen("tcp", set.opsAddr)
		if err != nil {
			return fmt.Errorf("listening for monitoring: %w", err)
		}
		a.log.Info("serving monitoring", "addr", ln.Addr().String())
		doors = append(doors, door{ln, a.server.Ops()})
	}
	return a.listen(ctx, set.lameDuck, doors...)
}

// listen serves until ctx ends. Then it goes on for a while in which /readyz
// says that it will end, lets running requests finish, and returns.
func (a *app) listen(ctx context.Context, lameDuck time.Duration, doors ...door) error {
	done := make(chan error, len(doors))
	servers := make([]*http.Server, len(doors))
	for i, d := range doors {
		servers[i] = &http.Server{
			Handler: d.handler, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
			ReadHeaderTimeout: headerTime, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
			MaxHeaderBytes: 32 << 10,
		}
		defer servers[i].Close()
		go func() { done <- servers[i].Serve(d.ln) }()
	}
	refresh, sweep := time.NewTicker(refreshEvery), time.NewTicker(sweepEvery)
	defer refresh.Stop()
	defer sweep.Stop()
	mark := time.NewTicker(a.checkpoints.every)
	defer mark.Stop()
	within(ctx, a.checkpoints.tick)
	for {
		select {
		case err := <-done:
			return fmt.Errorf("serving: %w", err)
		case <-refresh.C:
			within(ctx, func(ctx context.Context) {
				n, err := a.store.Refresh(ctx)
				if err != nil {
					a.log.Warn("refreshing rollups failed", "err", err)
				}
				if n == 0 { // all that the new day has changed is in the lists
					a.snapshot(ctx)
				}
				if _, err := a.store.FollowOffers(ctx); err != nil {
					a.log.Warn("following what other projects offer failed", "err", err)
				}
			})
		case <-sweep.C:
			within(ctx, func(ctx context.Context) {
				if err := a.store.Sweep(ctx); err != nil {
					a.log.Warn("sweep failed", "err", err)
				}
			})
		case <-mark.C:
			within(ctx, a.checkpoints.tick)
		case <-ctx.Done():
			a.stop(context.WithoutCancel(ctx), lameDuck, servers)
			return nil
		}
	}
}

// snapshot keeps where all projects stand today, unless that was done.
func (a *app) snapshot(ctx context.Context) {
	n, err := a.store.Snapshot(ctx)
	if err != nil {
		a.log.Warn("keeping where all projects stand failed", "err", err)
	} else if n > 0 {
		a.log.Info("kept where all projects stand", "projects", n)
	}
}

// stop ends the servers, the first one first. However slow a client is, it takes
// no longer than lameDuck, shutdownTime and a last checkpoint.
func (a *app) stop(ctx context.Context, lameDuck time.Duration, servers []*http.Server) {
	a.log.Info("stopping", "in", lameDuck)
	a.server.Leave()
	time.Sleep(lameDuck)
	a.server.Hurry(arrivalTime)
	end, cancel := context.WithTimeout(ctx, shutdownTime)
	defer cancel()
	for _, srv := range servers {
		if err := srv.Shutdown(end); err != nil {
			a.log.Warn("requests that had not ended are cut off", "err", err)
			_ = srv.Close()
		}
	}
	last, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	a.checkpoints.last(last)
	a.log.Info("stopped")
}

// jobTime is how long a job beside the requests may take: a database that does
// not answer must not keep the next one waiting for ever.
const jobTime = 30 * time.Second

func within(ctx context.Context, job func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, jobTime)
	defer cancel()
	job(ctx)
}

func newLog(set settings, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: set.logLevel}
	if set.logJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
