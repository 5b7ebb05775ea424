// Package web is what a browser talks to: routes, handlers, sessions, and
// errors turned into pages.
package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/static"
	"github.com/slipway-prr/slipway/web/ui"
)

// Config is what the server is made of.
type Config struct {
	Store       *store.Store
	Auth        *auth.Client
	Groups      auth.GroupMap
	DefaultRole review.Role // of everybody who signs in; empty: none
	Origin      string      // public address without a path; https except on loopback
	Session     time.Duration
	Deadline    time.Duration               // of a request; zero: 10 s
	Links       review.LinkRules            // what counts as a link beside https
	Ready       func(context.Context) error // what /readyz asks
	OwnOps      bool                        // monitoring is served by [Server.Ops] alone
	Key         *proof.Key                  // signs checkpoints and proof bundles; nil: there are none
	Metrics     *prometheus.Registry
	Static      *static.Files // what several servers of one process share; nil: loaded
	Log         *slog.Logger
	Version     string
	Demo        string      // a line for the sign-in page of the demo mode; empty otherwise
	Limits      Limits      // zero: none
	Signing     auth.Demand // what a sign-in has to be to decide; zero: any
	Proxies     []string    // address ranges (CIDR) of proxies whose X-Forwarded-For is believed
}

// Limits are the most requests in a minute. A whole company may come from one
// address, so that one is generous.
// Changes are forms of people who have signed in, in one session; 0: as many as
// requests.
type Limits struct{ Address, Session, SignIn, Changes int }

// Server answers requests.
type Server struct {
	Config
	static  *static.Files
	assets  ui.Assets
	metrics metrics
	cookies cookies
	kept    *pageCache
	read    *readCache
	floods  budget // of the log
	replays replays
	bundles chan struct{} // a place for each bundle that is being made
	reads   chan struct{} // a place for each file that is read or written in a format
	forms   arrivals
	leaving atomic.Bool
	tagKey  [32]byte // of the tags that this process gives to pages
	router  chi.Router
}

// New puts the server together. It starts nothing.
func New(cfg Config) (*Server, error) {
	files := cfg.Static
	if files == nil {
		var err error
		if files, err = static.Load(); err != nil {
			return nil, err
		}
	}
	if cfg.Deadline == 0 {
		cfg.Deadline = requestTime
	}
	s := &Server{
		Config: cfg, static: files,
		assets:  ui.Assets{CSS: files.URL(static.CSS), JS: files.URL(static.JS), HTMX: files.URL(static.HTMX), Icon: files.URL(static.Icon), EditCSS: files.URL(static.EditCSS), EditJS: files.URL(static.EditJS)},
		metrics: newMetrics(cfg.Metrics, cfg.Store),
		cookies: newCookies(cfg.Origin),
		kept:    newPageCache(),
		read:    newReadCache(),
		bundles: make(chan struct{}, maxBundles),
		reads:   make(chan struct{}, maxReads),
	}
	_, _ = rand.Read(s.tagKey[:]) // never fails
	s.router = s.routes()
	return s, nil
}

// Ops answers monitoring, for a listener of its own.
func (s *Server) Ops() http.Handler { return s.ops() }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }
