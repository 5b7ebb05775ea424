// Package yardstick is a small web application that does the bare work of a checklist page with the same libraries as the product,
// on a database of its own. It is what the product's speed is compared with: a ratio of two figures from the same minute on the same
// machine says something where requests per second do not.
//
// It has no rights, rules or styles, and never will: a yardstick that grows measures nothing.
package yardstick

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// MaxConns is the size of the connection pool. A larger pool gives no additional answers here and makes the slow ones slower.
const MaxConns = 8

const maxBare = 1 << 20

// Handler serves the yardsticks:
//
//	/bare/{bytes}     that many ready bytes, up to 1 MiB
//	/db1/{project}    one row by key
//	/hyb/{project}    the page: one batch of five queries, a templ page with its rows appended (page-hyb)
//	/floor/{project}  the same bytes from raw values, appended only (page-floor)
//
// The pages want the sid cookie of Cookie.
func Handler(pool *pgxpool.Pool, log *slog.Logger) http.Handler {
	s := &server{
		pool: pool, log: log, ready: bytes.Repeat([]byte("slipway "), maxBare/8),
		buffers: sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 96<<10)) }},
		floors: sync.Pool{New: func() any {
			return &floorPage{text: make([]byte, 0, 64<<10), out: make([]byte, 0, 96<<10)}
		}},
	}
	r := chi.NewRouter()
	r.Get("/bare/{bytes}", s.handle(s.bare))
	r.Get("/db1/{project}", s.handle(s.db1))
	r.Get("/hyb/{project}", s.handle(s.hyb))
	r.Get("/floor/{project}", s.handle(s.floor))
	return r
}

type server struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	ready   []byte
	buffers sync.Pool // *bytes.Buffer
	floors  sync.Pool // *floorPage
}

// errBadNumber is a number in the address that is none, or out of bounds.
var errBadNumber = errors.New("bad number in the address")

func (s *server) handle(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		switch {
		case err == nil:
		case errors.Is(err, errBadNumber), errors.Is(err, pgx.ErrNoRows):
			http.Error(w, "no such thing", http.StatusNotFound)
		default:
			s.log.Error("request failed", "path", r.URL.Path, "err", err)
			http.Error(w, "failed", http.StatusInternalServerError)
		}
	}
}

func (s *server) bare(w http.ResponseWriter, r *http.Request) error {
	n, err := number(r, "bytes", maxBare)
	if err != nil {
		return err
	}
	return send(w, s.ready[:n])
}

func (s *server) db1(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r, "project", 1<<40)
	if err != nil {
		return err
	}
	var version int64
	if err := s.pool.QueryRow(r.Context(), `select version from project where id = $1`, id).Scan(&version); err != nil {
		return fmt.Errorf("project version: %w", err)
	}
	return send(w, strconv.AppendInt(nil, version, 10))
}

func (s *server) hyb(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r, "project", 1<<40)
	if err != nil {
		return err
	}
	page, err := readPage(r.Context(), s.pool, session(r), id)
	if err != nil {
		return err
	}
	b := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(b)
	b.Reset()
	if err := checklist(page).Render(r.Context(), b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return send(w, b.Bytes())
}

func (s *server) floor(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r, "project", 1<<40)
	if err != nil {
		return err
	}
	f := s.floors.Get().(*floorPage)
	defer s.floors.Put(f)
	if err := f.read(r.Context(), s.pool, session(r), id); err != nil {
		return err
	}
	return send(w, f.render())
}

func number(r *http.Request, name string, most int64) (int64, error) {
	n, err := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, errBadNumber
	}
	return n, nil
}

func session(r *http.Request) []byte {
	c, err := r.Cookie("sid")
	if err != nil {
		return sessionID("")
	}
	return sessionID(c.Value)
}

// A whole body with its length: streaming it piece by piece costs a quarter of the speed.
func send(w http.ResponseWriter, body []byte) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
