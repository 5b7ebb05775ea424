package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestErasePersonCommand(t *testing.T) {
	i := newInstance(t)
	i.mustRun("key", "-new", "test")
	i.tick()
	if out := i.mustRun("erase-person", "1", "--reason", "Asked by mail."); !strings.Contains(out, "Former member 1") {
		t.Errorf("it says %q", out)
	}
	if _, err := i.run("erase-person", "--reason", "Again.", "1"); err == nil || !strings.Contains(err.Error(), "erased before") {
		t.Errorf("a second time it says %v", err)
	}
	if out := i.mustRun("verify"); !strings.Contains(out, "Verified:") {
		t.Errorf("verify says\n%s", out)
	}
}

func TestErasePersonCommandSaysWhatItLacks(t *testing.T) {
	for _, c := range []struct {
		args []string
		url  string
		want string
	}{
		{nil, "postgres://127.0.0.1/x", "NUMBER"},
		{[]string{"pat"}, "postgres://127.0.0.1/x", "NUMBER"},
		{[]string{"7"}, "postgres://127.0.0.1/x", "--reason"},
		{[]string{"7", "--reason", "x"}, "", "SLIPWAY_DATABASE_URL"},
	} {
		var out bytes.Buffer
		err := run(context.Background(), append([]string{"erase-person"}, c.args...), func(name string) string {
			return map[string]string{"SLIPWAY_DATABASE_URL": c.url}[name]
		}, &out, &out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: it says %v", c.args, err)
		}
	}
}
