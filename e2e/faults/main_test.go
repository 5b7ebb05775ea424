// Package faults tries what goes wrong between many people, several servers
// and a database: requests at once, clocks that differ, processes that are
// killed. It drives the real server over HTTP against a real PostgreSQL and
// compares what came back with an independent model of a gate.
package faults

import (
	"os"
	"strconv"
	"testing"

	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// Settings of the long runs, from the environment; see docs/verification.md.
const (
	historiesVar = "SLIPWAY_HISTORIES"    // how many histories to check
	seedVar      = "SLIPWAY_SEED"         // of the first history; otherwise 1
	mutantsVar   = "SLIPWAY_MUTANTS"      // 1: seed each bug and see it caught
	crashesVar   = "SLIPWAY_CRASH_ROUNDS" // kills of each kind
	upheavalsVar = "SLIPWAY_UPHEAVALS"    // how many histories of whole projects
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// setting reads a whole number from the environment.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, want a whole number from 1", name, v)
	}
	return n
}
