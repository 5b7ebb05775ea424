package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Somebody who starts the demo is told the key with which its bundles are checked:
// the same after each start.
func TestTheDemoTellsItsKey(t *testing.T) {
	set := settings{dataDir: filepath.Join(t.TempDir(), "data"), origin: "http://127.0.0.1:8080"}
	i := newInstance(t)
	var told []string
	for range 2 {
		started := set
		if err := devCheckpoints(&started); err != nil {
			t.Fatal(err)
		}
		i.env["SLIPWAY_CHECKPOINT_KEY_FILE"] = started.checkpointKey
		var out strings.Builder
		printWelcome(&out, started, strings.TrimSpace(i.mustRun("key")))
		line := regexp.MustCompile(`verify FILE\.zip --key (slipway/dev\+\S+)\n`).FindStringSubmatch(out.String())
		if line == nil {
			t.Fatalf("it says\n%s", &out)
		}
		told = append(told, line[1])
	}
	if told[0] != told[1] {
		t.Errorf("the first start told %s, the next %s", told[0], told[1])
	}
	zip := filepath.Join(t.TempDir(), "none.zip")
	if out, err := i.run("verify", zip, "--key", told[0]); err == nil || !strings.Contains(err.Error(), "none.zip") {
		t.Errorf("verify takes the key as %q, %v", out, err)
	}
}
