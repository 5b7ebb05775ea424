package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web"
)

// A replica works with its own schema, and with a newer one that says so.
func TestWhichSchemasAProgramServes(t *testing.T) {
	t.Parallel()
	const ours = 7
	for _, c := range []struct {
		have store.Schema
		want string // part of the refusal; empty: it serves
	}{
		{store.Schema{}, "run the migrate command"},
		{store.Schema{Version: 6, Oldest: 5}, "run the migrate command"},
		{store.Schema{Version: 7, Oldest: 5}, ""},
		{store.Schema{Version: 7, Oldest: 7}, ""},
		{store.Schema{Version: 9, Oldest: 5}, ""},
		{store.Schema{Version: 9, Oldest: 7}, ""},
		{store.Schema{Version: 9, Oldest: 8}, "run the newer program"},
		{store.Schema{Version: 9}, "run the newer program"},
	} {
		err := serves(c.have, ours)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.have, err, c.want)
		}
	}
}

// A database without a word for programs like this one is refused at start; one
// that is newer and has it is served.
func TestANewerSchemaIsServed(t *testing.T) {
	i := newInstance(t)
	ctx := context.Background()
	if err := checkSchema(ctx, i.store); err != nil {
		t.Fatal(err)
	}
	i.behind(`insert into goose_db_version (version_id, is_applied) values (900, true)`)
	if err := checkSchema(ctx, i.store); err != nil {
		t.Errorf("after a migration that changes nothing for us: %v", err)
	}
	i.behind(`update schema_range set oldest = 900`)
	if err := checkSchema(ctx, i.store); err == nil || !strings.Contains(err.Error(), "run the newer program") {
		t.Errorf("after one that does: %v", err)
	}
}

// What happened right after a checkpoint is covered by another when the server
// ends, however short the time between.
func TestTheLastCheckpointIsNotTooYoung(t *testing.T) {
	i := newInstance(t)
	i.mustRun("key", "--new", "test")
	set, err := readSettings(func(name string) string { return i.env[name] })
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, stop := context.WithCancel(context.Background())
	marks, err := openCheckpoints(ctx, set, i.store, log)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{store: i.store, server: new(web.Server), log: log, checkpoints: marks}
	done := make(chan error, 1)
	go func() { done <- a.listen(ctx, 0, door{ln, http.NotFoundHandler()}) }()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if no, err := i.store.LastCheckpoint(ctx); err != nil || time.Now().After(end) {
			t.Fatalf("no first checkpoint: %v", err)
		} else if no == 1 {
			break
		}
	}
	i.project("beta")
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if no, err := i.store.LastCheckpoint(context.Background()); err != nil || no != 2 {
		t.Errorf("the last checkpoint is number %d, %v", no, err)
	}
}

// What decisions ask for is off unless it is set, and nonsense is refused.
func TestSigningSettings(t *testing.T) {
	read := func(age, acr string) (auth.Demand, error) {
		set, err := readSettings(func(name string) string {
			return map[string]string{"SLIPWAY_SIGNING_MAX_AGE": age, "SLIPWAY_SIGNING_ACR": acr}[name]
		})
		return set.signing, err
	}
	if d, err := read("", ""); err != nil || !d.IsZero() {
		t.Errorf("without settings: %+v, %v", d, err)
	}
	if d, err := read("15m", " phr  mfa "); err != nil || d.MaxAge != 15*time.Minute || !slices.Equal(d.ACR, []string{"phr", "mfa"}) {
		t.Errorf("%+v, %v", d, err)
	}
	for _, age := range []string{"15", "0", "30s", "-1h", "90.5s", "2161h", "soon"} {
		if _, err := read(age, ""); err == nil || !strings.Contains(err.Error(), "SLIPWAY_SIGNING_MAX_AGE") {
			t.Errorf("%q is taken: %v", age, err)
		}
	}
}

// Days of a zone that does not exist would be those of UTC without a word.
func TestTheTimeZoneIsCheckedAtTheStart(t *testing.T) {
	for value, want := range map[string]string{"": "UTC", "UTC": "UTC", "Pacific/Kiritimati": "Pacific/Kiritimati"} {
		set, err := readSettings(func(name string) string { return map[string]string{"SLIPWAY_TIME_ZONE": value}[name] })
		if err != nil || set.zone.String() != want {
			t.Errorf("%q is taken for %v, %v", value, set.zone, err)
		}
	}
	for _, value := range []string{"Local", "Mars/Olympus", "CEST+2"} {
		_, err := readSettings(func(name string) string { return map[string]string{"SLIPWAY_TIME_ZONE": value}[name] })
		if err == nil || !strings.Contains(err.Error(), "SLIPWAY_TIME_ZONE") {
			t.Errorf("%q is accepted: %v", value, err)
		}
	}
}
