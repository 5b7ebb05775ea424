package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// instance is a database with a project, a key, and what the commands take
// from their surroundings.
type instance struct {
	t     *testing.T
	db    *storetest.DB
	store *store.Store
	env   map[string]string
	owner review.PersonID
}

func newInstance(t *testing.T) *instance {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	i := &instance{t: t, db: storetest.New(t)}
	i.env = map[string]string{
		"SLIPWAY_DATABASE_URL": i.db.AppURL, "SLIPWAY_CHECKPOINT_KEY_FILE": filepath.Join(dir,
			"key"), "SLIPWAY_CHECKPOINT_FILE": filepath.Join(dir, "checkpoints"),
	}
	if err := migrate(ctx, i.db.OwnerURL, io.Discard); err != nil {
		t.Fatal(err)
	}
	var err error
	if i.store, err = store.Open(ctx, i.db.AppURL, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.store.Close)
	i.owner, err = i.store.Join(ctx, store.Identity{Issuer: "https://id.example.test", Subject: "o", Name: "Olga",
		Rights: []review.Right{{Role: review.RoleManager}}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	i.project("alpha")
	return i
}

func (i *instance) by() store.By { return store.ByPerson(i.owner, time.Time{}) }

func (i *instance) project(key string) {
	i.t.Helper()
	ref, err := i.store.DefaultLifecycle(context.Background())
	if err != nil {
		i.t.Fatal(err)
	}
	_, err = i.store.Create(context.Background(), i.by(), ref,
		review.NewProject{Key: key, Name: key, Team: "Blue", Tier: 1, Exposure: review.ExposurePilot, Owner: i.owner})
	if err != nil {
		i.t.Fatal(err)
	}
}

// run runs a command and returns what it printed.
func (i *instance) run(args ...string) (string, error) {
	i.t.Helper()
	var out, errs bytes.Buffer
	err := run(context.Background(), args, func(name string) string { return i.env[name] }, &out, &errs)
	return out.String() + errs.String(), err
}

func (i *instance) mustRun(args ...string) string {
	i.t.Helper()
	out, err := i.run(args...)
	if err != nil {
		i.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

// tick is what the server does every few minutes, in a server that has just
// been started.
func (i *instance) tick() *checkpoints {
	i.t.Helper()
	set, err := readSettings(func(name string) string { return i.env[name] })
	if err != nil {
		i.t.Fatal(err)
	}
	set.checkpointEvery = 0
	c, err := openCheckpoints(context.Background(), set, i.store, slog.New(slog.NewTextHandler(i.t.Output(), nil)))
	if err != nil {
		i.t.Fatal(err)
	}
	c.tick(context.Background())
	return c
}

// behind changes rows past every trigger, as the database's owner can.
func (i *instance) behind(statements ...string) {
	i.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, i.db.OwnerURL)
	if err != nil {
		i.t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			i.t.Fatalf("%s: %v", sql, err)
		}
	}
}

func (i *instance) kept() [][]byte {
	i.t.Helper()
	b, err := os.ReadFile(i.env["SLIPWAY_CHECKPOINT_FILE"])
	if err != nil {
		i.t.Fatal(err)
	}
	return proof.SplitNotes(b)
}

func TestKeyCommand(t *testing.T) {
	i := newInstance(t)
	if out, err := i.run("key"); err == nil {
		t.Errorf("without a key it printed %q", out)
	}
	public := strings.TrimSpace(i.mustRun("key", "--new", "prod"))
	if _, err := proof.ParseKeys(public); err != nil || !strings.HasPrefix(public, "slipway/prod+") {
		t.Errorf("%q, %v", public, err)
	}
	if _, err := i.run("key", "--new", "prod"); err == nil {
		t.Error("the key was overwritten")
	}
	if again := strings.TrimSpace(i.mustRun("key")); again != public {
		t.Errorf("%q, want %q", again, public)
	}
	if out, err := i.run("key", "--new", "Not A Name"); err == nil {
		t.Errorf("it printed %q", out)
	}
}

func TestVerifyDatabaseCommand(t *testing.T) {
	i := newInstance(t)
	public := strings.TrimSpace(i.mustRun("key", "--new", "test"))
	file := i.env["SLIPWAY_CHECKPOINT_FILE"]
	i.tick()
	i.project("beta")
	i.tick()
	i.tick() // nothing has happened
	if n := len(i.kept()); n != 2 {
		t.Fatalf("%d checkpoints were kept, want 2", n)
	}
	out := i.mustRun("verify", "--against", file)
	if !strings.Contains(out, "2 projects with 2 entries") || !strings.Contains(out, "2 checkpoints") || !strings.Contains(out, "Verified") {
		t.Errorf("it says %q", out)
	}

	// With the key given by hand, and with a wrong one only.
	keyFile := i.env["SLIPWAY_CHECKPOINT_KEY_FILE"]
	i.env["SLIPWAY_CHECKPOINT_KEY_FILE"] = ""
	i.mustRun("verify", "--key", public)
	other, err := proof.NewKey("test")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"verify", "--key", other.Verifier()}} {
		if out, err := i.run(args...); err == nil || !strings.Contains(out, "What does NOT hold") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	i.env["SLIPWAY_CHECKPOINT_KEY_FILE"] = keyFile

	// Tables and checkpoints changed behind the server's back.
	i.behind(`update project set name = 'Other' where key = 'alpha'`)
	if out, err := i.run("verify"); err == nil || !strings.Contains(out, "Project alpha") ||
		!strings.Contains(out, `"Other" against "alpha"`) {
		t.Errorf("%v\n%s", err, out)
	}
	i.behind(`update project set name = 'alpha' where key = 'alpha'`)
	i.behind(`alter table checkpoint disable trigger user`, `alter table checkpoint_head disable trigger user`,
		`delete from checkpoint_head where no = 2`, `delete from checkpoint where no = 2`)
	i.mustRun("verify") // a shorter history, but a whole one ...
	if out, err := i.run("verify", "--against", file); err == nil || !strings.Contains(out, "Checkpoint 2 was kept elsewhere") {
		t.Errorf("... which what was kept elsewhere should contradict: %v\n%s", err, out)
	}
}

// A crash in the middle of writing, a file that was moved away, and checkpoints
// of another replica: the file has all of them in the end.
func TestTheFileOfCheckpointsHeals(t *testing.T) {
	i := newInstance(t)
	i.mustRun("key", "--new", "test")
	file := i.env["SLIPWAY_CHECKPOINT_FILE"]
	i.tick()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range []int{len(whole) - 1, len(whole) - 30, 40, 1, 0} {
		if err := os.WriteFile(file, whole[:left], 0o600); err != nil {
			t.Fatal(err)
		}
		i.tick()
		if out, err := i.run("verify", "--against", file); err != nil {
			t.Errorf("cut to %d bytes: %v\n%s", left, err, out)
		}
		if kept := i.kept(); !bytes.HasSuffix(append(kept[len(kept)-1], '\n'), whole[len(whole)-20:]) {
			t.Errorf("cut to %d bytes, the last that was kept is %q", left, kept[len(kept)-1])
		}
	}
	c := i.tick()
	elsewhere := *c
	elsewhere.file = filepath.Join(t.TempDir(), "elsewhere")
	i.project("beta")
	elsewhere.tick(context.Background())
	c.tick(context.Background())
	if kept := i.kept(); len(kept) != 2 {
		t.Errorf("the checkpoint of another server is not in the file: %d", len(kept))
	}
}

// A database that was restored from an older copy goes on, and what was kept
// elsewhere shows forever that it lost something.
func TestARestoredDatabaseGoesOn(t *testing.T) {
	i := newInstance(t)
	i.mustRun("key", "--new", "test")
	i.tick()
	i.project("beta")
	i.tick()
	i.behind(`alter table checkpoint disable trigger user`, `alter table checkpoint_head disable trigger user`,
		`delete from checkpoint_head where no = 2`, `delete from checkpoint where no = 2`)
	i.tick()
	if kept := i.kept(); len(kept) != 3 {
		t.Errorf("%d checkpoints were kept, want 3", len(kept))
	}
	i.mustRun("verify")
	if out, err := i.run("verify", "--against", i.env["SLIPWAY_CHECKPOINT_FILE"]); err == nil ||
		!strings.Contains(out, "Checkpoint 2 was kept elsewhere, and the database does not have it") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWithoutAKeyThereAreNoCheckpoints(t *testing.T) {
	i := newInstance(t)
	i.env["SLIPWAY_CHECKPOINT_KEY_FILE"] = ""
	i.tick()
	if no, err := i.store.LastCheckpoint(context.Background()); err != nil || no != 0 {
		t.Errorf("checkpoint %d, %v", no, err)
	}
	if out := i.mustRun("verify"); !strings.Contains(out, "0 checkpoints") {
		t.Errorf("it says %q", out)
	}
}

func TestVerifyBundleCommand(t *testing.T) {
	i := newInstance(t)
	public := strings.TrimSpace(i.mustRun("key", "--new", "test"))
	i.tick()
	e, err := i.store.Export(context.Background(), i.by(), "alpha", false)
	if err != nil {
		t.Fatal(err)
	}
	k, err := proof.ReadKey(i.env["SLIPWAY_CHECKPOINT_KEY_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	packed, err := proof.Build(k, proof.Input{Made: e.Now, Project: e.Project.ID, Records: e.Records, Documents: e.Documents,
		People: e.Names, Note: e.Note, Heads: e.Heads})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bundle, keyFile := write("a.zip", packed), write("key.pub", []byte("# the instance's key\n"+public+"\n"))
	packed[len(packed)/2] ^= 1
	spoiled := write("b.zip", packed)

	// Nothing but its arguments: no settings, right or wrong, and no database.
	i.env = map[string]string{"SLIPWAY_ADDR": "nonsense"}
	kept := i.t.TempDir() + "/kept"
	if err := os.WriteFile(kept, proof.AppendNote(nil, e.Note), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", bundle, "--key", public}, {"verify", "--key", public, bundle}, {"verify", bundle, "--key", keyFile}, {"verify", bundle,
			"--key", public, "--against", kept},
	} {
		if out := i.mustRun(args...); !strings.Contains(out, "Verified: everything in this bundle holds.") {
			t.Errorf("%v: %s", args, out)
		}
	}
	for _, args := range [][]string{
		{"verify", spoiled, "--key", public}, {"verify", bundle}, {"verify", bundle, "--key", "x"}, {"verify", bundle, "--key", k.Name()},
		{"verify", bundle, bundle, "--key", public}, {"verify", dir + "/none.zip", "--key", public}, {"verify", bundle, "--key", public,
			"--against", spoiled},
		{"verify", bundle, "--key", public, "--against", dir + "/none"}, {"verify", keyFile, "--key", public},
	} {
		if out, err := i.run(args...); err == nil {
			t.Errorf("%v: no error\n%s", args, out)
		}
	}
}

// Every setting has a line of help, and the commands are named.
func TestHelpNamesTheCommands(t *testing.T) {
	out := (&instance{t: t}).mustRun("help")
	for _, want := range []string{"verify FILE.zip --key KEY", "key --new NAME", "SLIPWAY_CHECKPOINT_KEY_FILE",
		"SLIPWAY_CHECKPOINT_FILE", "SLIPWAY_CHECKPOINT_MINUTES"} {
		if !strings.Contains(out, want) {
			t.Errorf("help lacks %q", want)
		}
	}
}
