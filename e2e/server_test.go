package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTime = 90 * time.Second // a first start makes a database and the demo portfolio
	stopTime  = 20 * time.Second
)

// buildServer builds the binary once, unless one is given.
func buildServer(dir string) (string, error) {
	if path := os.Getenv(binaryVar); path != "" {
		return path, nil
	}
	path := filepath.Join(dir, "slipway")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, "../cmd/server").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return path, nil
}

// server is a running `slipway dev`.
type server struct {
	cmd      *exec.Cmd
	origin   string // http://127.0.0.1:port
	addr     string
	dataDir  string
	postgres int // pid of the private database
	log      *logs
	ended    chan struct{}
	result   error // of the process, once ended is closed
}

// startServer starts it on a free port and waits until it can answer.
func startServer(binary, dataDir string) (*server, error) {
	return startServerAt(binary, dataDir, "127.0.0.1:0")
}

func startServerAt(binary, dataDir, addr string) (*server, error) {
	s := &server{dataDir: dataDir, log: &logs{}, ended: make(chan struct{})}
	s.cmd = exec.Command(binary, "dev")
	s.cmd.Env = append(bareEnv(), "SLIPWAY_ADDR="+addr, "SLIPWAY_DATA_DIR="+dataDir, "SLIPWAY_LIMIT_ADDRESS=0",
		"SLIPWAY_LIFECYCLE=prototype-to-production@1") // what the journeys press is in it; whoever names the lifecycle gets the newest
	s.cmd.Stderr = s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("reading from the server: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fmt.Fprintln(s.log, lines.Text())
			if origin, ok := strings.CutPrefix(lines.Text(), "Slipway runs at "); ok {
				found <- origin
			}
		}
		_, _ = io.Copy(io.Discard, stdout)
	}()
	go func() {
		<-read // Wait closes the pipe
		s.result = s.cmd.Wait()
		close(s.ended)
	}()
	if err := s.awaitReady(found); err != nil {
		_ = s.cmd.Process.Kill()
		<-s.ended
		return nil, fmt.Errorf("%w\n%s", err, s.log)
	}
	return s, nil
}

func (s *server) awaitReady(found <-chan string) error {
	deadline := time.After(startTime)
	select {
	case s.origin = <-found:
		s.addr = strings.TrimPrefix(s.origin, "http://")
	case <-s.ended:
		return fmt.Errorf("the server ended before it was ready: %v", s.result)
	case <-deadline:
		return errors.New("the server did not say where it runs")
	}
	for {
		if resp, err := http.Get(s.origin + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended before it was ready: %v", s.result)
		case <-deadline:
			return errors.New("the server was not ready in time")
		case <-time.After(20 * time.Millisecond):
		}
	}
	var err error
	s.postgres, err = postgresPid(s.dataDir)
	return err
}

// stop asks the server to end, and reports what it should not have left.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	select {
	case <-s.ended:
	case <-time.After(stopTime):
		_ = s.cmd.Process.Kill()
		<-s.ended
		return fmt.Errorf("the server did not stop within %v", stopTime)
	}
	if s.result != nil {
		return fmt.Errorf("the server stopped with %w\n%s", s.result, s.log)
	}
	if running(s.postgres) {
		return fmt.Errorf("the server stopped, but its database (process %d) runs on", s.postgres)
	}
	return nil
}

// kill ends the server without a word, as a crash would.
func (s *server) kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("killing the server: %w", err)
	}
	<-s.ended
	return nil
}

// complaints are failures that the server logged: each is a bug, whatever the
// page looked like.
func (s *server) complaints() error {
	var lines []string
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		return fmt.Errorf("the server logged:\n%s", strings.Join(lines, ""))
	}
	return nil
}

// bareEnv is our environment without settings of Slipway: a developer's own
// must not change what is tested.
func bareEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "SLIPWAY_") {
			env = append(env, kv)
		}
	}
	return env
}

func postgresPid(dataDir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dataDir, "postgres", "cluster", "data", "postmaster.pid"))
	if err != nil {
		return 0, fmt.Errorf("finding the private database: %w", err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0, fmt.Errorf("reading the database's process number: %w", err)
	}
	return pid, nil
}

// running reports whether a process runs; one that has ended and waits for its
// parent to notice does not.
func running(pid int) bool {
	if !alive(pid) {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) || !hasProc()
	}
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	return !bytes.HasPrefix(rest, []byte("Z"))
}

func hasProc() bool {
	_, err := os.Stat("/proc/self")
	return err == nil
}

// eventually waits for something outside the browser.
func eventually(within time.Duration, done func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		if done() {
			return true
		}
		select {
		case <-ctx.Done():
			return done()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// logs keeps what a process says.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
