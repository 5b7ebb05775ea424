package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
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

// What the demo portfolio has been through comes back as well.
func TestRebuildOfTheDemoPortfolio(t *testing.T) {
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
}
