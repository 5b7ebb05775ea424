//go:build linux

package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/slipway-prr/slipway/internal/devstack"
)

const (
	// childVar makes the test binary play the program that owns a server.
	childVar = "SLIPWAY_DEVSTACK_TEST_CHILD"
	// familyVar makes it play a parent, or the child that ends with it.
	familyVar = "SLIPWAY_DEVSTACK_TEST_FAMILY"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		os.Exit(child(dir))
	}
	switch os.Getenv(familyVar) {
	case "parent":
		os.Exit(parentOfOne())
	case "child":
		if err := devstack.StopWithParent(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(os.Getpid())
		time.Sleep(time.Minute)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// parentOfOne starts a child that shares its output, and waits to be killed.
func parentOfOne() int {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), familyVar+"=child")
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		fmt.Println(err)
	}
	return 1
}

// child starts a server on dir, keeps one connection busy, says so, and waits to be killed.
func child(dir string) int {
	ctx := context.Background()
	p, err := Start(ctx, Options{DataDir: dir})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	go func() {
		if conn, err := pgx.Connect(ctx, p.AppURL); err == nil {
			_, _ = conn.Exec(ctx, "select pg_sleep(600)")
		}
	}()
	conn, err := pgx.Connect(ctx, p.SuperuserURL)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for busy := false; !busy; time.Sleep(5 * time.Millisecond) {
		err := conn.QueryRow(ctx, "select exists (select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active')").Scan(&busy)
		if err != nil {
			fmt.Println(err)
			return 1
		}
	}
	fmt.Println("ready")
	<-p.Done()
	return 1
}

// shortDir is a data folder whose path fits a socket address.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "slipway-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	p, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Logf("stop: %v", err) // some tests kill it
		}
	})
	return p
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func queryString(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

// processesOf lists live processes that work in the folder or name it.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		cmdline, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		cwd, _ := os.Readlink(filepath.Join("/proc", e.Name(), "cwd"))
		if strings.HasPrefix(cwd, dir) || strings.Contains(string(cmdline), dir) {
			found = append(found, fmt.Sprintf("%d %s", pid, strings.ReplaceAll(string(cmdline), "\x00", " ")))
		}
	}
	return found
}

func waitGone(t *testing.T, dir string) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if left = processesOf(t, dir); len(left) == 0 {
			return
		}
	}
	t.Fatalf("still running:\n%s", strings.Join(left, "\n"))
}

func TestServerKeepsDataAndSeparatesRoles(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	p := start(t, Options{DataDir: dir})
	if !p.Fresh || p.Major < minMajor {
		t.Errorf("first start: Fresh=%v Major=%d", p.Fresh, p.Major)
	}
	owner := connect(t, p.OwnerURL)
	for _, sql := range []string{"create table kept (n int)", "insert into kept values (7)"} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if got := queryString(t, owner, "select current_setting('synchronous_commit') || ' ' || current_setting('fsync')"); got != "on on" {
		t.Errorf("synchronous_commit and fsync: %s", got)
	}
	app := connect(t, p.AppURL)
	if got := queryString(t, app, "select current_user || ' ' || current_database()"); got != "slipway_app slipway" {
		t.Errorf("app connects as %s", got)
	}
	for _, sql := range []string{"create table t (n int)", "select * from kept", "create schema s", "create temp table t (n int)"} {
		_, err := app.Exec(t.Context(), sql)
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || pgErr.Code != "42501" {
			t.Errorf("app: %s: got %v, want permission denied", sql, err)
		}
	}
	for _, conn := range []*pgx.Conn{owner, app} {
		if got := queryString(t, conn, "select concat(rolsuper, rolcreaterole, rolcreatedb, rolbypassrls) from pg_roles where rolname "+
			"= current_user"); got != "ffff" {
			t.Errorf("superuser, createrole, createdb, bypassrls: %s", got)
		}
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if left := processesOf(t, dir); len(left) > 0 {
		t.Errorf("left after Stop: %v", left)
	}

	again := start(t, Options{DataDir: dir})
	if again.Fresh {
		t.Error("second start made a new cluster")
	}
	if got := queryString(t, connect(t, again.OwnerURL), "select n::text from kept"); got != "7" {
		t.Errorf("kept row: %s", got)
	}
}

func TestPasswordIsNeeded(t *testing.T) {
	t.Parallel()
	p := start(t, Options{DataDir: shortDir(t)})
	for _, url := range []string{p.OwnerURL, p.AppURL, p.SuperuserURL} {
		cfg, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Password = "wrong"
		conn, err := pgx.ConnectConfig(t.Context(), cfg)
		if err == nil {
			conn.Close(t.Context())
			t.Errorf("role %s connected with a wrong password", cfg.User)
		}
	}
}

// A path too long for a socket address makes the server listen on a loopback port.
func TestLongPathUsesLoopback(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(shortDir(t), strings.Repeat("long-", 20))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, Options{DataDir: dir})
	cfg, err := pgx.ParseConfig(p.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Host != "127.0.0.1" {
		t.Errorf("host %q", cfg.Host)
	}
	connect(t, p.AppURL)
}

func TestTwoServersSideBySide(t *testing.T) {
	t.Parallel()
	a := start(t, Options{Unsafe: true})
	b := start(t, Options{Unsafe: true})
	const sql = "select current_setting('data_directory')"
	if queryString(t, connect(t, a.SuperuserURL), sql) == queryString(t, connect(t, b.SuperuserURL), sql) {
		t.Error("both use one folder")
	}
	dir := a.folder.dir
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("temporary folder is left: %v", err)
	}
	connect(t, b.AppURL)
}

func TestFolderInUseIsRefused(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	p := start(t, Options{DataDir: dir})
	before := time.Now()
	_, err := Start(t.Context(), Options{DataDir: dir})
	if !errors.Is(err, ErrDataDirInUse) {
		t.Fatalf("got %v, want ErrDataDirInUse", err)
	}
	if took := time.Since(before); took > 2*time.Second {
		t.Errorf("refusal took %v", took)
	}
	connect(t, p.AppURL) // the first one is unharmed
}

func TestParentKilled(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("child: %q", line)
	}
	if n := len(processesOf(t, dir)); n < 3 { // or the check below proves nothing
		t.Errorf("only %d server processes seen while it runs", n)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"

	// A start right away waits for the old server, then works.
	p := start(t, Options{DataDir: dir})
	connect(t, p.AppURL)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	waitGone(t, dir)
}

// TestParentKilledLeavesNothing is the same without a second start that could clean up.
func TestParentKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if line != "ready\n" {
		t.Fatalf("child: %q", line)
	}
	waitGone(t, dir)
}

// The pid file of a killed server may name a process that is alive by chance
// and runs as the same user; PostgreSQL alone would refuse to start.
func TestStalePidFile(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	p := start(t, Options{DataDir: dir})
	pidFile := p.folder.pidFile()
	content, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("Err: %v", err)
	}
	_ = p.Stop()
	waitGone(t, dir)

	info, err := os.Stat(pidFile)
	if err != nil {
		t.Fatalf("a killed server should leave its pid file: %v", err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	bystander := exec.Command("sleep", "60")
	if os.Geteuid() == 0 {
		bystander.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	bystander.Dir = "/"
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bystander.Process.Kill(); _ = bystander.Wait() }()
	_, rest, _ := strings.Cut(string(content), "\n")
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(bystander.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	connect(t, start(t, Options{DataDir: dir}).AppURL)
}

func TestInterruptedFirstStart(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	half := filepath.Join(dir, "cluster.new", "data")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, Options{DataDir: dir, Unsafe: true})
	if !p.Fresh {
		t.Error("the half-made cluster was used")
	}
}

func TestDataOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	data := filepath.Join(dir, "cluster", "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{DataDir: dir})
	if err == nil || !strings.Contains(err.Error(), "holds data of PostgreSQL 99") {
		t.Errorf("got %v", err)
	}
}

func TestServerIsNotInOurProcessGroup(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Unsafe: true})
	group, err := syscall.Getpgid(p.process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if group == syscall.Getpgrp() {
		t.Error("Ctrl-C in the terminal would reach the server before us")
	}
}

// Root's checkout may be in a folder that no other user can enter.
func TestRootWithClosedFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("runs as root only: the server changes its user only there")
	}
	closed := shortDir(t) // 0700, root's
	dir := filepath.Join(closed, "pg")
	for range 2 {
		p := start(t, Options{DataDir: dir})
		connect(t, p.AppURL)
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(status), "Uid:\t0\t") {
			t.Error("the server runs as root")
		}
		if err := p.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// Where root cannot become another user, a user namespace hides that it is root.
func TestUserNamespace(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("runs as root only: the fallback is for root")
	}
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = rootCandidates()[0].sysProcAttr()
	if out, err := runTied(probe); err != nil {
		t.Skipf("user namespaces are not allowed here: %v %s", err, out)
	}
	dir := filepath.Join(shortDir(t), "pg")
	first, err := openClusterFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	bin, err := chooseBinaries(t.Context(), Options{}, first)
	if err != nil {
		t.Fatal(err)
	}
	id := rootCandidates()[0]
	if err := id.try(t.Context(), first, bin); err != nil {
		t.Fatal(err)
	}
	if _, err := first.initialise(t.Context(), bin, id, Options{Unsafe: true}); err != nil {
		t.Fatal(err)
	}
	first.close()
	// The cluster now belongs to root, so the start must find the namespace by itself.
	connect(t, start(t, Options{DataDir: dir}).AppURL)
}

func TestWatchdogShutsDown(t *testing.T) {
	t.Parallel()
	sleeper := exec.Command("sleep", "60")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	release, err := watchdog(sleeper.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	release() // closes the pipe, as the end of this process would
	err = sleeper.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("sleeper ended with %v", err)
	}
}

func TestSweepRemovesAbandonedFolders(t *testing.T) {
	t.Parallel()
	parent := shortDir(t)
	hour := time.Now().Add(-time.Hour)
	folder := func(name string, made time.Time) string {
		dir := filepath.Join(parent, temporaryPrefix+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, made, made); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	abandoned, young, held := folder("1", hour), folder("2", time.Now()), folder("3", hour)
	lock, err := openClusterFolder(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.close()
	if err := os.Chtimes(held, hour, hour); err != nil {
		t.Fatal(err)
	}
	sweepTemporaryDirs(parent)
	for dir, want := range map[string]bool{abandoned: false, young: true, held: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s exists: %v, want %v", dir, err == nil, want)
		}
	}
}

func TestStopWithParent(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(exe)
	parent.Env = append(os.Environ(), familyVar+"=parent")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("child said %q", line)
	}
	// The child holds the other end of our pipe until it has ended.
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, out); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(child, syscall.SIGKILL)
		t.Error("the child outlived its parent")
	}
	_ = parent.Wait() // "signal: killed"
}
