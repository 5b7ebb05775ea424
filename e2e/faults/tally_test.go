package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
)

// tally counts what the histories held, since a test in which nothing
// interesting happens proves nothing.
type tally struct {
	mu        sync.Mutex
	histories int
	ops       int
	unknown   int
	slowest   time.Duration // verdict
	spoilt    int           // recordings
	seen      map[string]int
}

// add counts a history and returns how many there are now.
func (t *tally) add(h *history) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	t.histories++
	t.slowest = max(t.slowest, h.took)
	for _, op := range h.ops {
		in, out := op.Input.(gatemodel.Input), op.Output.(gatemodel.Output)
		switch {
		case in.Op == gatemodel.PassDays:
			continue
		case out.Unknown:
			t.unknown++
		case in.Op == gatemodel.ReadAll:
			standing, _, _ := strings.Cut(out.All, " restricted")
			t.seen["ends: "+standing]++
			continue
		case in.Op == gatemodel.ReadGate && out.Result == gatemodel.OK:
			t.seen["reads: "+out.Gate.Standing]++
		case out.Passed:
			t.seen["sign: passed"]++
		case in.Op == gatemodel.Sign && out.Result == gatemodel.OK:
			t.seen["sign: "+string(in.Decision)]++
		default:
			t.seen[string(in.Op)+": "+string(out.Result)]++
		}
		t.ops++
	}
	return t.histories
}

func (t *tally) spoil() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spoilt++
}

func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d histories, %d requests, %d of them without an answer, the slowest verdict after %v, %d recordings spoilt",
		t.histories, t.ops, t.unknown, t.slowest.Round(time.Millisecond), t.spoilt)
	for _, what := range slices.Sorted(maps.Keys(t.seen)) {
		fmt.Fprintf(&b, "\n%7d %s", t.seen[what], what)
	}
	return b.String()
}

// enough fails a run that held too little of what is to be tried.
func (t *tally) enough(tb testing.TB) {
	tb.Helper()
	if tb.Failed() || t.histories < quickHistories/2 {
		return
	}
	for _, what := range []string{
		"sign: go", "sign: passed", "sign: return", "sign: conditional", "sign: stale", "sign: denied", "sign: refused",
		"request: ok", "request: blocked", "request: refused", "withdraw: ok", "answer: ok", "answer: conflict", "answer: denied",
		"grant waiver: ok", "grant waiver: denied", "revoke waiver: ok", "grant seat: ok", "revoke seat: ok", "sign out: ok", "sign: not signed in",
		"reads: Passed", "reads: Changed since sign-off", "reads: Waiting for sign-off", "reads: Returned", "reads: Lapsed", "ends: Passed with conditions", "ends: Condition overdue",
	} {
		if t.seen[what] == 0 {
			tb.Errorf("in %d histories there was no %q: nothing is proven about it", t.histories, what)
		}
	}
	if t.unknown == 0 {
		tb.Error("no request was left without an answer")
	}
}
