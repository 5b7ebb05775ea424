package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// An operator whose tables are damaged gets them back, and verify agrees.
func TestRebuildCommand(t *testing.T) {
	i := newInstance(t)
	i.mustRun("key", "-new", "test")
	i.tick()
	i.behind(`delete from portfolio`, `update project set name = 'Spoilt'`)
	if out, err := i.run("verify"); err == nil {
		t.Fatalf("verify finds nothing:\n%s", out)
	}
	damaged, to := i.db.AppURL, storetest.New(t)
	if err := migrate(context.Background(), to.OwnerURL, io.Discard); err != nil {
		t.Fatal(err)
	}
	i.env["SLIPWAY_DATABASE_URL"] = to.OwnerURL
	out := i.mustRun("rebuild", "-from", damaged)
	builtIn, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	// An entry in the library for each document, and three of the project and its owner.
	if want := fmt.Sprintf("Rebuilt 1 projects from %d entries; copied 1 people, %d templates and 1 checkpoints.", len(builtIn)+3, len(builtIn)); !strings.Contains(out, want) {
		t.Errorf("it says\n%s", out)
	}
	i.env["SLIPWAY_DATABASE_URL"] = to.AppURL
	if out := i.mustRun("verify"); !strings.Contains(out, "Verified:") {
		t.Errorf("verify says\n%s", out)
	}
	i.env["SLIPWAY_DATABASE_URL"] = to.OwnerURL
	if _, err := i.run("rebuild", "-from", damaged); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second time it says %v", err)
	}
}

func TestRebuildCommandSaysWhatItLacks(t *testing.T) {
	for _, c := range []struct {
		args []string
		url  string
		want string
	}{
		{nil, "postgres://127.0.0.1/x", "-from"},
		{[]string{"-from", "postgres://127.0.0.1/y"}, "", "SLIPWAY_DATABASE_URL"},
		{[]string{"-from", "postgres://127.0.0.1/y", "more"}, "postgres://127.0.0.1/x", `"more"`},
		{[]string{"-from", "postgres://db.example.com/y"}, "postgres://127.0.0.1/x", "unencrypted"},
	} {
		var out bytes.Buffer
		err := run(context.Background(), append([]string{"rebuild"}, c.args...), func(name string) string {
			return map[string]string{"SLIPWAY_DATABASE_URL": c.url}[name]
		}, &out, &out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: it says %v", c.args, err)
		}
	}
}

// What the demo portfolio has been through comes back as well, and moves to another
// instance, which exports the same bytes.
func TestTheDemoPortfolioComesBack(t *testing.T) {
	i := newInstance(t)
	fresh := func() *storetest.DB {
		db := storetest.New(t)
		if err := migrate(context.Background(), db.OwnerURL, io.Discard); err != nil {
			t.Fatal(err)
		}
		return db
	}
	demo, to := fresh(), fresh()
	i.env["SLIPWAY_DEMO"], i.env["SLIPWAY_OIDC_ISSUER"] = "1", "http://127.0.0.1:9"
	i.env["SLIPWAY_DATABASE_URL"] = demo.AppURL
	i.mustRun("demo-portfolio")
	i.env["SLIPWAY_DATABASE_URL"] = to.OwnerURL
	t.Log(i.mustRun("rebuild", "-from", demo.AppURL))
	i.env["SLIPWAY_DATABASE_URL"], i.env["SLIPWAY_CHECKPOINT_KEY_FILE"] = to.AppURL, ""
	t.Log(i.mustRun("verify"))

	moved, file := fresh(), filepath.Join(t.TempDir(), "organisation.jsonl")
	i.env["SLIPWAY_DATABASE_URL"] = demo.AppURL
	t.Log(i.mustRun("export-organisation", file))
	if _, err := i.run("export-organisation", file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto a file that is there it says %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	i.env["SLIPWAY_DATABASE_URL"] = moved.OwnerURL
	t.Log(i.mustRun("import-organisation", file))
	i.env["SLIPWAY_DATABASE_URL"] = moved.AppURL
	if again := i.mustRun("export-organisation", "-"); !strings.HasPrefix(again, string(whole)+"Exported ") {
		t.Errorf("what was imported is exported in %d bytes, which are others than the %d before", len(again), len(whole))
	}
}

// A file is refused before a database is asked, when it can be.
func TestOrganisationCommandsSayWhatTheyLack(t *testing.T) {
	dir := t.TempDir()
	cut := filepath.Join(dir, "cut")
	if err := os.WriteFile(cut, []byte(`{"kind":"organisation","row":{"product":"slipway","format":1,"schema":1,"zone":"UTC"}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		url  string
		want string
	}{
		{[]string{"export-organisation"}, "postgres://127.0.0.1/x", "FILE"},
		{[]string{"export-organisation", "a", "b"}, "postgres://127.0.0.1/x", "FILE"},
		{[]string{"export-organisation", filepath.Join(dir, "new")}, "", "SLIPWAY_DATABASE_URL"},
		{[]string{"import-organisation"}, "postgres://127.0.0.1/x", "FILE"},
		{[]string{"import-organisation", "-trail-only", "a", "b"}, "postgres://127.0.0.1/x", "FILE"},
		{[]string{"import-organisation", cut}, "", "SLIPWAY_DATABASE_URL"},
		{[]string{"import-organisation", filepath.Join(dir, "none")}, "postgres://127.0.0.1/x", "no such file"},
		{[]string{"import-organisation", cut}, "postgres://127.0.0.1/x", "nothing was imported: the file was cut off"},
	} {
		var out bytes.Buffer
		err := run(context.Background(), c.args, func(name string) string { return map[string]string{"SLIPWAY_DATABASE_URL": c.url}[name] }, &out, &out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: it says %v", c.args, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("it left %v, %v", left, err)
	}
}
