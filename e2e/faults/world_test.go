package faults

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
	"github.com/slipway-prr/slipway/web"
)

// The cast, by place.
const (
	olga = iota // owner
	dave        // deputy, and holds two seats
	pat
	sam
	sue
	flo  // is given seats and loses them
	adam // gives them
	lee  // signs out
	vic  // may only look
)

// rules are what the template below says, in the model's words.
func rules() *gatemodel.Rules {
	return &gatemodel.Rules{
		Cast: []gatemodel.Person{
			olga: {Name: "olga", OnProject: true},
			dave: {Name: "dave", OnProject: true, Seats: []string{"sre", "security"}},
			pat:  {Name: "pat", Seats: []string{"product"}},
			sam:  {Name: "sam", Seats: []string{"sre"}},
			sue:  {Name: "sue", Seats: []string{"security"}},
			flo:  {Name: "flo"},
			adam: {Name: "adam", Admin: true},
			lee:  {Name: "lee", Seats: []string{"sre"}},
			vic:  {Name: "vic"},
		},
		Seats: []string{"product", "sre", "security"}, Mandatory: []string{"product"}, Quorum: 2, Duties: true, ValidDays: 1,
	}
}

var stages = []plan.StageKey{"build", "run"}

var items = [gatemodel.Items]plan.ItemKey{gatemodel.Plain: "plain", gatemodel.Proved: "proved", gatemodel.Waivable: "waivable"}

// trial is a template of two stages whose order is free.
func trial() *plan.Lifecycle {
	must := [3]plan.Level{plan.LevelMust, plan.LevelMust, plan.LevelMust}
	seats := []plan.Seat{plan.SeatProduct}
	t := &plan.Lifecycle{Key: "trial", Version: 1, Name: "Trial", Order: plan.OrderFree, SoD: true}
	for _, key := range stages {
		t.Stages = append(t.Stages, plan.Stage{
			Key: key, Name: "Stage " + string(key),
			Items: []plan.Item{
				{Key: items[gatemodel.Plain], Title: "Plain", Levels: must, Seats: seats},
				{Key: items[gatemodel.Proved], Title: "Proved", Levels: must, Seats: seats, Evidence: []plan.EvidenceKind{"doc"}, ValidDays: 1},
				{Key: items[gatemodel.Waivable], Title: "Waivable", Levels: must, Seats: seats},
			},
			Gate: plan.Gate{Name: "Gate " + string(key), Quorum: 2, Seats: []plan.GateSeat{
				{Seat: plan.SeatProduct, Mandatory: true}, {Seat: plan.SeatSRE}, {Seat: plan.SeatSecurity},
			}},
		})
	}
	return t
}

const (
	origin   = "http://127.0.0.1:8080" // of all replicas, as behind one balancer
	cookie   = "slipway-8080"
	lifetime = 100 * 365 * 24 * time.Hour // of sessions: the database's clock runs through years
)

// world is a database with two servers on it, and people who are signed in.
// Its clock is the database's, years away from ours and moved by the test.
type world struct {
	db       *storetest.DB
	owner    *pgxpool.Pool
	rules    *gatemodel.Rules
	ref      plan.Ref
	stores   [2]*store.Store
	servers  [2]*httptest.Server
	client   *http.Client
	inFlight atomic.Int64
	people   []review.PersonID
	secrets  []string
	day      int // of the database's clock
	log      failureLog
	made     int  // projects
	left     bool // lee's session was ended
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: storetest.New(t), rules: rules(), client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}}
	t.Cleanup(w.client.CloseIdleConnections)
	w.takeClock(t)
	w.publish(t)
	for i := range w.servers {
		w.serve(t, i)
	}
	for who := range w.rules.Cast {
		w.people, w.secrets = append(w.people, 0), append(w.secrets, "")
		w.signIn(t, who)
	}
	return w
}

func (w *world) publish(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	tmpl := trial()
	conn, err := pgx.Connect(ctx, w.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := store.Publish(ctx, conn, plan.Document{Lifecycle: tmpl}); err != nil {
		t.Fatal(err)
	}
	if w.ref, err = tmpl.Ref(); err != nil {
		t.Fatal(err)
	}
}

// serve starts one replica.
func (w *world) serve(t *testing.T, i int) {
	t.Helper()
	st, err := store.Open(context.Background(), w.db.AppURL, store.Options{SessionIdle: lifetime, StatementTimeout: 20 * time.Second,
		LockTimeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !eventually(patience, func() bool { return st.Pool().AcquiredConns() == 0 }) {
			t.Error("a connection to the database is lost")
			return // closing would wait for it
		}
		st.Close()
	})
	client, err := auth.NewLazy(auth.Config{Issuer: "http://127.0.0.1:9", ClientID: "slipway", Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := web.New(web.Config{
		Store: st, Auth: client, Origin: origin, Session: lifetime, Deadline: 25 * time.Second, Ready: st.Ready, Metrics: prometheus.NewRegistry(),
		Log: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelError})), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.stores[i] = st
	w.servers[i] = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.inFlight.Add(1)
		defer w.inFlight.Add(-1)
		srv.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.servers[i].Close)
}

// signIn begins a new session of somebody in the cast.
func (w *world) signIn(t *testing.T, who int) {
	t.Helper()
	p := w.rules.Cast[who]
	rights := []review.Right{{Role: review.RoleViewer}}
	if p.Admin {
		rights = append(rights, review.Right{Role: review.RoleAdmin})
	}
	for _, seat := range p.Seats {
		rights = append(rights, review.Right{Seat: plan.Seat(seat)})
	}
	secret := rand.Text()
	id, err := w.stores[0].SignIn(context.Background(), store.Identity{
		Issuer: "http://127.0.0.1:9", Subject: p.Name, Name: "Person " + p.Name, Rights: rights,
	}, store.HashToken(secret), lifetime)
	if err != nil {
		t.Fatal(err)
	}
	w.people[who], w.secrets[who] = id, secret
}

// by is somebody with their session.
func (w *world) by(who int) store.By { return store.BySession(store.HashToken(w.secrets[who])) }

// place is where in the cast a person is; -1 for nobody.
func (w *world) place(id review.PersonID) int {
	for i, p := range w.people {
		if p == id {
			return i
		}
	}
	return -1
}

// settled waits until no request is under way any more, also none whose client
// has gone away.
func (w *world) settled(ctx context.Context) error {
	for {
		busy := int(w.inFlight.Load())
		if busy == 0 {
			err := w.owner.QueryRow(ctx, `
				select count(*) from pg_stat_activity
				 where datname = current_database() and application_name = 'slipway' and state <> 'idle'`).Scan(&busy)
			if err != nil {
				return fmt.Errorf("waiting for requests under way: %w", err)
			}
		}
		if busy == 0 {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

// failureLog keeps what the servers logged of failures, by request.
type failureLog struct {
	mu    sync.Mutex
	lines map[string]string
}

var requestOf = regexp.MustCompile(`request=([A-Z0-9]+)`)

func (l *failureLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines == nil {
		l.lines = map[string]string{}
	}
	if id := requestOf.FindSubmatch(b); id != nil {
		l.lines[string(id[1])] = string(b)
	}
	return len(b), nil
}

// about is what was logged of the request whose number a page gives.
func (l *failureLog) about(page string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, line := range l.lines {
		if strings.Contains(page, id) {
			return line
		}
	}
	return ""
}
