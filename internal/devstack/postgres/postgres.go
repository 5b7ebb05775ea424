// Package postgres starts a private PostgreSQL server that lives and dies with
// the process that asked for it, for `make run` and the tests. It is for development and tests; a production server is
// named by SLIPWAY_DATABASE_URL and never started from here.
package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	readyTimeout = 30 * time.Second // crash recovery after a kill -9 included
	stopTimeout  = 10 * time.Second // fast shutdown; after it, immediate shutdown
	portAttempts = 4                // a free port may be taken between choosing and using it
)

var (
	// ErrNotInstalled says that no usable server binaries were found.
	ErrNotInstalled = errors.New("no PostgreSQL server (version 15 or newer) is installed")
	// ErrDataDirInUse says that another process runs a server on the folder.
	ErrDataDirInUse = errors.New("the data folder is in use by another running Slipway; stop that one, or set SLIPWAY_DATA_DIR to " +
		"another folder")
)

// Options configures Start. The zero value starts a throw-away server.
type Options struct {
	// DataDir keeps the cluster, its passwords, sockets and log between runs.
	// It belongs to Start alone. Empty means a temporary folder that Stop removes.
	DataDir string
	// BinDir holds postgres and initdb. Empty means the newest installed ones,
	// or those of the major version that DataDir was made with.
	BinDir string
	// CacheDir is searched too, for a server that Obtain put there.
	// Empty means what CacheDir() says.
	CacheDir string
	// Unsafe trades crash safety for speed (fsync off, no passwords on the
	// socket): for tests only. synchronous_commit stays on in either mode.
	Unsafe bool
	// Log receives a sentence about each slow step. Nil means silence.
	// The server's own log goes to postgres.log in DataDir.
	Log io.Writer
}

// Server is a running private server. Its methods are safe for concurrent use.
type Server struct {
	// OwnerURL connects to database "slipway" as its owner: for migrations.
	OwnerURL string
	// AppURL connects to database "slipway" as the restricted role that serves requests.
	AppURL string
	// SuperuserURL connects to database "postgres" as the cluster's superuser:
	// for tests that make databases of their own.
	SuperuserURL string
	// BinDir is where the server's programs are.
	BinDir string
	// Major is the server's major version.
	Major int
	// Fresh is true when this start created the cluster.
	Fresh bool

	folder    *clusterFolder
	temporary bool
	process   *os.Process
	done      chan struct{} // closed when the server's main process has ended
	exit      error         // why it ended; read after done is closed
	stopOnce  sync.Once
	stopErr   error
}

// Start starts a private server and returns once it accepts
// connections and has its two roles and its database. The server ends with
// this process, however this process ends.
//
// It returns ErrNotInstalled when no server is installed, ErrDataDirInUse when
// another process holds DataDir, and otherwise an error that quotes the end of
// the server's log. Cancelling ctx abandons the start; it does not stop a
// server that was returned.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	p := &Server{temporary: o.DataDir == ""}
	if p.temporary {
		if o.DataDir, err = temporaryDataDir(o.Unsafe); err != nil {
			return nil, err
		}
	}
	if p.folder, err = openClusterFolder(ctx, o.DataDir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.closeFolder()
		}
	}()
	bin, err := chooseBinaries(ctx, o, p.folder)
	if err != nil {
		return nil, err
	}
	p.BinDir, p.Major = bin.dir, bin.major
	id, err := chooseIdentity(ctx, p.folder, bin)
	if err != nil {
		return nil, err
	}
	if p.Fresh, err = p.folder.initialise(ctx, bin, id, o); err != nil {
		return nil, err
	}
	secrets, err := p.folder.readSecrets()
	if err != nil {
		return nil, err
	}
	listen, err := p.launch(ctx, id, o)
	if err != nil {
		return nil, err
	}
	p.SuperuserURL = listen.url(superuser, secrets.Superuser, "postgres")
	p.OwnerURL = listen.url(OwnerRole, secrets.Owner, DatabaseName)
	p.AppURL = listen.url(AppRole, secrets.App, DatabaseName)
	if err = p.provision(ctx, secrets); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// Done is closed when the server has ended, by Stop or by itself.
func (p *Server) Done() <-chan struct{} { return p.done }

// Err says why a server that nobody stopped has ended. It waits for Done.
func (p *Server) Err() error {
	<-p.done
	return fmt.Errorf("PostgreSQL ended: %w\n%s", p.exit, p.folder.logTail())
}

// Stop shuts the server down, waits for it, and removes a temporary data
// folder. Open connections are closed. Calling it again returns the same result.
func (p *Server) Stop() error {
	p.stopOnce.Do(func() {
		p.stopErr = p.shutDown()
		p.closeFolder()
	})
	return p.stopErr
}

// shutDown escalates from fast (clean, no recovery needed) to immediate (the
// write-ahead log repairs it) to killing the main process, after which its
// children notice and end by themselves.
func (p *Server) shutDown() error {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGQUIT, os.Kill} {
		if err := p.process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		select {
		case <-p.done:
			return p.exitError(sig)
		case <-time.After(stopTimeout):
		}
	}
	return errors.New("stop PostgreSQL: it did not end even after being killed")
}

// exitError turns the way the server ended into Stop's result: after the clean
// signal anything but status 0 is worth reporting.
func (p *Server) exitError(sent os.Signal) error {
	if sent != os.Interrupt {
		return fmt.Errorf("stop PostgreSQL: it needed %v to end", sent)
	}
	if p.exit != nil {
		return fmt.Errorf("stop PostgreSQL: %w", p.exit)
	}
	return nil
}

func (p *Server) closeFolder() {
	p.folder.close()
	if p.temporary {
		_ = os.RemoveAll(p.folder.dir) // a leftover is swept by the next temporary server
	}
}

// launch starts the server process and waits until it accepts connections. A
// TCP port that somebody else took in the meantime is replaced by another.
func (p *Server) launch(ctx context.Context, id identity, o Options) (endpoint, error) {
	for attempt := 1; ; attempt++ {
		listen, err := p.folder.endpoint(id)
		if err != nil {
			return endpoint{}, err
		}
		err = p.launchOn(ctx, listen, id, o)
		if err == nil {
			return listen, nil
		}
		taken := listen.port != 0 && strings.Contains(p.folder.logTail(), "Address already in use")
		if !taken || attempt == portAttempts {
			return endpoint{}, err
		}
	}
}

func (p *Server) launchOn(ctx context.Context, listen endpoint, id identity, o Options) error {
	log, err := p.folder.openLog()
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own copy
	if err := p.folder.removeStalePidFile(); err != nil {
		return err
	}
	args := append([]string{"-D", p.folder.data()}, settingArgs(listen, o.Unsafe)...)
	cmd := exec.Command(filepath.Join(p.BinDir, "postgres"), args...)
	p.folder.prepare(cmd, id)
	cmd.Stdout, cmd.Stderr = log, log
	if err := p.start(cmd); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := p.waitReady(ctx); err != nil {
		_ = p.process.Signal(syscall.SIGQUIT)
		<-p.done
		return fmt.Errorf("start PostgreSQL: %w\n%s", err, p.folder.logTail())
	}
	return nil
}

// start runs the server in the background, tied to the life of this process.
func (p *Server) start(cmd *exec.Cmd) error {
	p.done = make(chan struct{})
	started := make(chan error, 1)
	go func() {
		lockThreadForChild() // never unlocked: the thread ends with the goroutine, after the server
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.exit = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return err
	}
	p.process = cmd.Process
	release, err := tieToParent(cmd.Process.Pid)
	if err != nil {
		_ = p.process.Signal(syscall.SIGQUIT)
		<-p.done
		return err
	}
	go func() { <-p.done; release() }()
	return nil
}

// waitReady watches postmaster.pid, whose 8th line says "ready" once the
// server accepts connections. It costs no connection attempts.
func (p *Server) waitReady(ctx context.Context) error {
	deadline := time.NewTimer(readyTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return fmt.Errorf("it ended at once: %w", p.exit)
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return fmt.Errorf("it was not ready after %v", readyTimeout)
		case <-tick.C:
		}
		raw, err := os.ReadFile(p.folder.pidFile())
		if err != nil {
			continue // not written yet
		}
		lines := bytes.Split(raw, []byte("\n"))
		ours := string(lines[0]) == strconv.Itoa(p.process.Pid)
		if ours && len(lines) >= 8 && string(bytes.TrimSpace(lines[7])) == "ready" {
			return nil
		}
	}
}

// settingArgs are PostgreSQL's own defaults except where they are named here.
func settingArgs(listen endpoint, unsafe bool) []string {
	settings := append(listen.settings(),
		"shared_buffers=128MB",
		"max_connections=200",
		"log_line_prefix=%m [%p] ",
		"logging_collector=off",
		"timezone=UTC",
	)
	if unsafe {
		// A test's connections are young: for their first executions, PostgreSQL would plan most statements again each time,
		// which took a sixth of the processors' time of tests that ask the database much.
		settings = append(settings, "plan_cache_mode=force_generic_plan", "fsync=off", "full_page_writes=off", "wal_level=minimal",
			"max_wal_senders=0", "autovacuum=off", "max_wal_size=256MB")
	}
	args := make([]string, 0, 2*len(settings))
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}
