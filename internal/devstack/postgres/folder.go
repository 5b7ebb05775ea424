package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	temporaryPrefix = "slipway-pg-"
	instanceLock    = "instance.lock"
	serverLock      = "server.lock"
	// orphanTimeout is how long a start waits for the server of a killed
	// process to finish shutting down.
	orphanTimeout = 20 * time.Second
	// maxSocketDir keeps "<dir>/.s.PGSQL.5432" within the shortest limit for
	// socket addresses among the systems we run on (104 bytes on macOS).
	maxSocketDir = 85
	// maxLogSize is when a log from earlier runs is started over.
	maxLogSize  = 8 << 20
	logTailSize = 4 << 10
)

// clusterFolder is a data folder that this process holds the lock of:
//
//	instance.lock     held by this process while it uses the folder
//	server.lock       inherited by every server process, so that it is free
//	                  exactly when none of them is left
//	cluster/data      the PostgreSQL cluster
//	cluster/secrets.json   passwords of its roles
//	run/              sockets
//	postgres.log      what the server says
type clusterFolder struct {
	dir      string
	instance *os.File
	server   *os.File
}

// secrets are the passwords of a cluster's roles, made with the cluster.
type secrets struct {
	Superuser string `json:"superuser"`
	Owner     string `json:"owner"`
	App       string `json:"app"`
}

// newSecrets makes a password for each role; a test server has one for all, so
// that somebody who knows the superuser's address can build the others'.
func newSecrets(unsafe bool) secrets {
	if unsafe {
		one := newPassword()
		return secrets{Superuser: one, Owner: one, App: one}
	}
	return secrets{Superuser: newPassword(), Owner: newPassword(), App: newPassword()}
}

func newPassword() string {
	var b [24]byte
	rand.Read(b[:]) // documented never to fail
	return hex.EncodeToString(b[:])
}

// temporaryDataDir makes a folder for a throw-away cluster and sweeps those
// that killed processes left behind.
func temporaryDataDir(inMemory bool) (string, error) {
	parent := os.TempDir()
	if inMemory {
		parent = scratchDir()
	}
	sweepTemporaryDirs(parent)
	dir, err := os.MkdirTemp(parent, temporaryPrefix)
	if err != nil {
		return "", fmt.Errorf("make a temporary data folder: %w", err)
	}
	return dir, nil
}

// sweepTemporaryDirs removes folders whose locks nobody holds. Young ones are
// left alone: their maker may not have locked them yet.
func sweepTemporaryDirs(parent string) {
	old, _ := filepath.Glob(filepath.Join(parent, temporaryPrefix+"*"))
	for _, dir := range old {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute || !ownedByUs(info) {
			continue
		}
		f := &clusterFolder{dir: dir}
		if f.instance, err = lockFile(filepath.Join(dir, instanceLock)); err != nil {
			continue
		}
		if f.server, err = lockFile(filepath.Join(dir, serverLock)); err == nil {
			_ = os.RemoveAll(dir)
		}
		f.close()
	}
}

// openClusterFolder makes the folder if need be and locks it. It waits for a
// server whose parent was killed to finish, and refuses a folder in use.
func openClusterFolder(ctx context.Context, dir string) (_ *clusterFolder, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	// The folders above can still be entered: the server may run as another user.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f := &clusterFolder{dir: dir}
	f.instance, err = lockFile(filepath.Join(dir, instanceLock))
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s: %w", dir, ErrDataDirInUse)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("the data folder %s belongs to another user: run as that user, or set SLIPWAY_DATA_DIR to another "+
			"folder: %w", dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	for deadline := time.Now().Add(orphanTimeout); ; {
		f.server, err = lockFile(filepath.Join(dir, serverLock))
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, errLocked) || time.Now().After(deadline) || ctx.Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	f.close()
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s: a PostgreSQL server of an earlier run is still shutting down; try again in a moment", dir)
	}
	return nil, fmt.Errorf("lock the data folder: %w", err)
}

// close lets go of the locks. Running server processes keep theirs.
func (f *clusterFolder) close() {
	if f.server != nil {
		f.server.Close()
	}
	unlock(f.instance)
}

func (f *clusterFolder) cluster() string     { return filepath.Join(f.dir, "cluster") }
func (f *clusterFolder) data() string        { return filepath.Join(f.cluster(), "data") }
func (f *clusterFolder) secretsFile() string { return filepath.Join(f.cluster(), "secrets.json") }
func (f *clusterFolder) pidFile() string     { return filepath.Join(f.data(), "postmaster.pid") }
func (f *clusterFolder) logFile() string     { return filepath.Join(f.dir, "postgres.log") }

// major is the version that made the cluster, 0 when there is none yet.
func (f *clusterFolder) major() (int, error) {
	raw, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the data folder's version: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(raw)))
}

// prepare gives a server program the identity, environment and lock it runs with.
func (f *clusterFolder) prepare(cmd *exec.Cmd, id identity) {
	cmd.SysProcAttr = id.sysProcAttr()
	cmd.Dir = f.dir
	if id.throughShell() {
		cmd.Args = append([]string{"sh", "-c", `cd "$0" && exec "$@"`, f.dir, cmd.Path}, cmd.Args[1:]...)
		cmd.Path, cmd.Dir = "/bin/sh", "/"
	}
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=" + clusterLocale(), "TZ=UTC"}
	cmd.ExtraFiles = []*os.File{f.server}
}

// initialise creates the cluster unless it exists and reports whether it did.
// The work happens in a side folder that is renamed at the end, so that an
// interrupted first start leaves nothing that looks like a cluster.
func (f *clusterFolder) initialise(ctx context.Context, bin binaries, id identity, o Options) (bool, error) {
	if _, err := os.Stat(f.cluster()); err == nil {
		return false, nil
	}
	if o.Log != nil && !o.Unsafe {
		fmt.Fprintf(o.Log, "Creating a PostgreSQL %d cluster in %s ...\n", bin.major, f.dir)
	}
	staging := f.cluster() + ".new"
	if err := os.RemoveAll(staging); err != nil {
		return false, fmt.Errorf("remove a half-made cluster: %w", err)
	}
	if err := id.mkdir(staging); err != nil {
		return false, err
	}
	made := newSecrets(o.Unsafe)
	if err := f.runInitdb(ctx, bin, id, staging, made, o.Unsafe); err != nil {
		return false, err
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return false, fmt.Errorf("encode the cluster's passwords: %w", err)
	}
	if err := os.WriteFile(filepath.Join(staging, "secrets.json"), raw, 0o600); err != nil {
		return false, fmt.Errorf("keep the cluster's passwords: %w", err)
	}
	if err := os.Rename(staging, f.cluster()); err != nil {
		return false, fmt.Errorf("put the new cluster in place: %w", err)
	}
	return true, nil
}

func (f *clusterFolder) runInitdb(ctx context.Context, bin binaries, id identity, staging string, s secrets, unsafe bool) error {
	pwFile := filepath.Join(staging, "password")
	if err := id.writeFile(pwFile, s.Superuser+"\n"); err != nil {
		return err
	}
	defer os.Remove(pwFile)
	args := []string{
		"-D", filepath.Join(staging, "data"), "-U", superuser, "--pwfile=" + pwFile,
		"--encoding=UTF8", "--locale=" + clusterLocale(), "--auth-host=scram-sha-256",
	}
	if unsafe {
		args = append(args, "--auth-local=trust", "--no-sync")
	} else {
		args = append(args, "--auth-local=scram-sha-256", "--data-checksums")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "initdb"), args...)
	f.prepare(cmd, id)
	if out, err := runTied(cmd); err != nil {
		return fmt.Errorf("create the PostgreSQL cluster: %w\n%s", err, out)
	}
	return nil
}

// runTied runs a short program that must not outlive this process.
func runTied(cmd *exec.Cmd) ([]byte, error) {
	type result struct {
		out []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		lockThreadForChild()
		out, err := cmd.CombinedOutput()
		done <- result{out, err}
	}()
	r := <-done
	return r.out, r.err
}

func clusterLocale() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "en_US.UTF-8" // the other systems have no C.UTF-8 in all supported versions
}

func (f *clusterFolder) readSecrets() (secrets, error) {
	var s secrets
	raw, err := os.ReadFile(f.secretsFile())
	if err != nil {
		return s, fmt.Errorf("read the cluster's passwords: %w", err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("read the cluster's passwords in %s: %w", f.secretsFile(), err)
	}
	return s, nil
}

// removeStalePidFile clears the way after a server was killed. Nobody runs on
// this folder now, because we hold server.lock; yet PostgreSQL would refuse to
// start if the old process number belonged to any live process by chance.
func (f *clusterFolder) removeStalePidFile() error {
	err := os.Remove(f.pidFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a killed server's pid file: %w", err)
	}
	return nil
}

func (f *clusterFolder) openLog() (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(f.logFile()); err == nil && info.Size() > maxLogSize {
		flags |= os.O_TRUNC
	}
	log, err := os.OpenFile(f.logFile(), flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the server's log: %w", err)
	}
	return log, nil
}

// logTail returns the end of the server's log, for error messages.
func (f *clusterFolder) logTail() string {
	raw, err := os.ReadFile(f.logFile())
	if err != nil {
		return ""
	}
	return string(raw[max(0, len(raw)-logTailSize):])
}

// endpoint is where the server listens: a socket folder, or a loopback port
// where the folder's path does not fit a socket address.
type endpoint struct {
	socketDir string
	port      int
}

func (f *clusterFolder) endpoint(id identity) (endpoint, error) {
	dir := filepath.Join(f.dir, "run")
	if len(dir) <= maxSocketDir && !strings.ContainsAny(dir, `,"'`) {
		if err := id.mkdir(dir); err != nil {
			return endpoint{}, err
		}
		return endpoint{socketDir: dir}, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return endpoint{}, fmt.Errorf("choose a port for PostgreSQL: %w", err)
	}
	defer l.Close()
	return endpoint{port: l.Addr().(*net.TCPAddr).Port}, nil
}

func (e endpoint) settings() []string {
	if e.port != 0 {
		return []string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "port=" + strconv.Itoa(e.port)}
	}
	// Quoted, because the setting is a list.
	return []string{"listen_addresses=", `unix_socket_directories="` + e.socketDir + `"`, "unix_socket_permissions=0700", "port=5432"}
}

// url names the port even for a socket, so that a PGPORT in the caller's
// environment does not change where it leads.
func (e endpoint) url(role, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database}
	q := url.Values{"sslmode": {"disable"}}
	if e.port != 0 {
		u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(e.port))
	} else {
		q.Set("host", e.socketDir)
		q.Set("port", "5432")
	}
	u.RawQuery = q.Encode()
	return u.String()
}
