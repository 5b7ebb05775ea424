package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/store"
)

// site is a server process on a PostgreSQL of its own that keeps what it
// acknowledges, both to be killed.
type site struct {
	world    // its people and clients; its servers are not used
	dir      string
	postgres *postgres.Server
	binary   string
	addr     string
	server   *exec.Cmd
	ended    chan struct{} // closed when the server process has ended
	said     *bytes.Buffer // by the server; to be read once it has ended
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOn(t, filepath.Join(t.TempDir(), "data"))
}

// newSiteOn keeps its database in a folder of the test's choice.
func newSiteOn(t *testing.T, data string) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{dir: data, binary: filepath.Join(dir, "slipway"), said: &bytes.Buffer{}}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", s.binary, "./cmd/server")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}
	s.rules = rules()
	s.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       answered + 3*time.Second,
	}
	s.startPostgres(t)
	t.Cleanup(func() { _ = s.postgres.Stop() })
	s.migrate(t)
	s.connect(t)
	t.Cleanup(s.disconnect)
	for who := range s.rules.Cast {
		s.people, s.secrets = append(s.people, 0), append(s.secrets, "")
		s.signIn(t, who)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	ln.Close()
	s.startServer(t)
	t.Cleanup(func() { s.killServer(t) })
	return s
}

// connect opens what the tests themselves look at the database with.
func (s *site) connect(t *testing.T) {
	t.Helper()
	var err error
	if s.stores[0], err = store.Open(context.Background(), s.postgres.AppURL, store.Options{}); err != nil {
		t.Fatal(err)
	}
	if s.owner, err = pgxpool.New(context.Background(), s.postgres.OwnerURL); err != nil {
		t.Fatal(err)
	}
}

func (s *site) disconnect() {
	s.stores[0].Close()
	s.owner.Close()
}

// restartPostgres starts it after it ended. The tests' own connections ended
// with it; that the server finds back by itself is what is tested.
func (s *site) restartPostgres(t *testing.T) {
	t.Helper()
	s.startPostgres(t)
	s.disconnect()
	s.connect(t)
}

// migrate runs the server's own command, then publishes the trial's template.
func (s *site) migrate(t *testing.T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.binary, "migrate")
	cmd.Env = []string{"SLIPWAY_DATABASE_URL=" + s.postgres.OwnerURL}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	conn, err := pgx.Connect(t.Context(), s.postgres.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	tmpl := trial()
	if err := store.Publish(t.Context(), conn, plan.Document{Lifecycle: tmpl}); err != nil {
		t.Fatal(err)
	}
	if s.ref, err = tmpl.Ref(); err != nil {
		t.Fatal(err)
	}
}

// startServer starts serve and waits until it answers.
func (s *site) startServer(t *testing.T) {
	t.Helper()
	s.server = exec.Command(s.binary, "serve")
	s.server.Env = []string{
		"SLIPWAY_DATABASE_URL=" + s.postgres.AppURL, "SLIPWAY_ADDR=" + s.addr, "SLIPWAY_ORIGIN=" + origin,
		"SLIPWAY_OIDC_ISSUER=http://127.0.0.1:9", "SLIPWAY_LIMIT_ADDRESS=0", "SLIPWAY_LOG_LEVEL=error", "SLIPWAY_WITH_PARENT=1",
	}
	s.server.Stderr = s.said
	s.ended = make(chan struct{})
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // it ends with the thread that started it, which is to live as long
		started <- s.server.Start()
		_ = s.server.Wait() // it is killed: that is no news
		close(s.ended)
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	s.ready(t)
}

func (s *site) ready(t *testing.T) {
	t.Helper()
	last := ""
	ok := eventually(30*time.Second, func() bool {
		res, err := s.client.Get("http://" + s.addr + "/readyz")
		if err != nil {
			last = err.Error()
			return false
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		last = res.Status + " " + string(body)
		return res.StatusCode == http.StatusOK
	})
	if !ok {
		s.killServer(t)
		said := s.said.Bytes()
		t.Fatalf("the server does not become ready: %s\n%s", last, said[max(0, len(said)-2000):])
	}
}

// killServer gives the process no chance to do anything more.
func (s *site) killServer(t *testing.T) {
	t.Helper()
	if err := s.server.Process.Kill(); err != nil && err != os.ErrProcessDone {
		t.Error(err)
	}
	<-s.ended
}

func (s *site) startPostgres(t *testing.T) {
	t.Helper()
	var err error
	if s.postgres, err = postgres.Start(context.Background(), postgres.Options{DataDir: s.dir}); err != nil {
		t.Fatal(err)
	}
}

// killPostgres kills the main process and all its children at once: it is
// stopped first, so that it cannot see one of them die and clean up.
func (s *site) killPostgres(t *testing.T) {
	t.Helper()
	main := s.postmaster(t)
	if err := stopProcess(main); err != nil {
		t.Fatal(err)
	}
	for _, pid := range append(childrenOf(main), main) {
		if err := killProcess(pid); err != nil {
			t.Errorf("killing process %d: %v", pid, err)
		}
	}
	<-s.postgres.Done()
	_ = s.postgres.Stop() // lets go of the folder; that it was killed is no news
}

// postmaster is PostgreSQL's main process.
func (s *site) postmaster(t *testing.T) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, "cluster", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	main, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return main
}

// childrenOf are the processes that a process started; none where the system
// does not tell, and PostgreSQL's end by themselves then.
func childrenOf(pid int) []int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var out []int
	for word := range strings.FieldsSeq(string(raw)) {
		if child, err := strconv.Atoi(word); err == nil {
			out = append(out, child)
		}
	}
	return out
}
