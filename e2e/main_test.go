// Package e2e holds what only a real browser against the real binary can tell:
// whole journeys through Slipway with a mouse, with the keyboard alone and with
// scripts switched off, accessibility of every page, printing, and what a
// killed server leaves behind.
//
// One server and one Chromium serve all tests. Each person has a cookie jar of
// their own, so that several are signed in side by side.
package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Settings of the tests, from the environment.
const (
	chromiumVar = "SLIPWAY_CHROMIUM"     // the browser; otherwise looked up in PATH
	modulesVar  = "SLIPWAY_NODE_MODULES" // where axe-core is; otherwise npm/node_modules
	binaryVar   = "SLIPWAY_BINARY"       // the server under test; otherwise built from this checkout
	shotsVar    = "SLIPWAY_SHOTS"        // folder for screenshots; none are taken without it
)

// site is the running server and browser that all tests share.
var site *world

// world is everything that a test needs around it.
type world struct {
	dir     string // removed at the end
	binary  string
	server  *server
	browser *browser
}

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) (code int) {
	w, err := openWorld()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	site = w
	code = m.Run()
	if err := w.close(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return code
}

func openWorld() (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			_ = w.close() // the first error is the one that matters
		}
	}()
	if w.dir, err = os.MkdirTemp("", "slipway-e2e-"); err != nil {
		return w, err
	}
	// The database's own user has to get through to its folder.
	if err = os.Chmod(w.dir, 0o755); err != nil {
		return w, err
	}
	if w.binary, err = buildServer(w.dir); err != nil {
		return w, err
	}
	if w.browser, err = startBrowser(w.dir); err != nil {
		return w, err
	}
	w.server, err = startServer(w.binary, w.dir+"/data")
	return w, err
}

// close ends everything. It is an error when the server does not end cleanly,
// leaves its database running, or reported a failure of its own.
func (w *world) close() error {
	var wrong []string
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if w.browser != nil {
		w.browser.stop()
	}
	if w.server != nil {
		note(w.server.stop())
		note(w.server.complaints())
	}
	if w.dir != "" {
		note(os.RemoveAll(w.dir))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("ending the tests: %s", strings.Join(wrong, "; "))
	}
	return nil
}
