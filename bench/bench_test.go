package bench

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/bench/load"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 100}, 3}} {
		if got := median(slices.Clone(tt.values)); got != tt.want {
			t.Errorf("median of %v = %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestMeasureInterleaves(t *testing.T) {
	var order []string
	rates := map[string][]int{"a": {999, 10, 30, 20}, "b": {999, 5, 5, 8}} // the first is the warm-up
	contender := func(name string) Contender {
		return Contender{Name: name, Clients: 2, Run: func(_ context.Context, clients int, d time.Duration) (load.Sample, error) {
			order = append(order, name)
			n := rates[name][0]
			rates[name] = rates[name][1:]
			return load.Sample{Requests: n, Elapsed: time.Second, P50: time.Duration(n), Bytes: int64(n * clients), Errors: n % 2}, nil
		}}
	}
	got, err := measure(t.Context(), []Contender{contender("a"), contender("b")}, Timing{Rounds: 3, Each: 1, Warmup: 1}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a b a b b a a b"; strings.Join(order, " ") != want {
		t.Errorf("order %v, want %s", order, want)
	}
	want := []Summary{
		{Name: "a", Clients: 2, Rate: 20, P50: 20, Spread: 1, MeanBody: 2},
		{Name: "b", Clients: 2, Rate: 5, P50: 5, Spread: 0.6, MeanBody: 2, Errors: 2},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestMeasureStopsAtAFailure(t *testing.T) {
	broken := errors.New("broken")
	c := Contender{Name: "x", Clients: 1, Run: func(context.Context, int, time.Duration) (load.Sample, error) { return load.Sample{}, broken }}
	if _, err := measure(t.Context(), []Contender{c}, Timing{Rounds: 3}, nil, io.Discard); !errors.Is(err, broken) {
		t.Errorf("err = %v, want %v", err, broken)
	}
}

func TestJudge(t *testing.T) {
	f := Figures{"a rate": 80, "b rate": 100, "zero rate": 0, "m MiB": 64}
	tests := []struct {
		goal  Goal
		got   float64
		state State
	}{
		{Goal{Value: "a rate", Over: "b rate", Bound: atLeast(0.8)}, 0.8, Reached},
		{Goal{Value: "a rate", Over: "b rate", Bound: atLeast(0.81)}, 0.8, Missed},
		{Goal{Value: "a rate", Over: "b rate", Bound: atMost(0.8)}, 0.8, Reached},
		{Goal{Value: "a rate", Over: "b rate", Bound: within(0.97, 1.03)}, 0.8, Missed},
		{Goal{Value: "m MiB", Bound: atMost(64)}, 64, Reached},
		{Goal{Value: "m MiB", Bound: atMost(63)}, 64, Missed},
		{Goal{Value: "none", Bound: atMost(1)}, 0, NotMeasured},
		{Goal{Value: "a rate", Over: "none", Bound: atMost(1)}, 80, NotMeasured},
		{Goal{Value: "a rate", Over: "zero rate", Bound: atLeast(1)}, 80, NotMeasured},
	}
	for _, tt := range tests {
		if v := judge(tt.goal, f); v.State != tt.state || math.Abs(v.Got-tt.got) > 1e-9 {
			t.Errorf("%+v: got %v, %v, want %v, %v", tt.goal, v.Got, v.State, tt.got, tt.state)
		}
	}
}

func TestErrorsAreNoSpeed(t *testing.T) {
	f := Figures{}
	f.note(Summary{Name: "fast", Clients: 16, Rate: 1e6, P50: 1, Errors: 1})
	f.note(Summary{Name: "good", Clients: 1, Rate: 10, P50: time.Millisecond, P99: 2 * time.Millisecond, MeanBody: 2048})
	if _, ok := f["fast@16 rate"]; ok || f["fast@16 errors"] != 1 {
		t.Errorf("a contender with errors left %v", f)
	}
	if f["good@1 rate"] != 10 || f["good@1 p99"] != 2 || f.text("good@1 bytes") != "2.0 KiB" || f["good@1 errors"] != 0 {
		t.Errorf("figures %v", f)
	}
}

// A goal whose figure nobody can produce would stay "not measured" for ever and look harmless.
func TestGoalsNameTheirUnits(t *testing.T) {
	units := []string{"rate", "bytes", "p50", "p75", "p99", "errors", "lost", "MiB", "KiB", "MB", "ms", "elements"}
	for _, g := range Goals() {
		for _, figure := range []string{g.Value, g.Over} {
			if figure == "" {
				continue
			}
			if words := strings.Fields(figure); len(words) < 2 || !slices.Contains(units, words[len(words)-1]) {
				t.Errorf("%s %s: figure %q ends in no known unit", g.ID, g.What, figure)
			}
		}
		if g.Bound.Low > g.Bound.High || g.Value == "" {
			t.Errorf("%s %s: bound %v can never hold", g.ID, g.What, g.Bound)
		}
	}
}

func TestReportShowsGoalsAndContenders(t *testing.T) {
	s := []Summary{
		{Name: "checklist", Clients: 16, Rate: 3000, P50: 4 * time.Millisecond, MeanBody: 61440},
		{Name: "page-hyb", Clients: 16, Rate: 4000, P50: 3 * time.Millisecond, MeanBody: 61440},
		{Name: "tick-raw", Clients: 16, Rate: 1234567, Errors: 2, First: errors.New("oops")},
	}
	r := Report{Title: "quick", Machine: "A machine.", Summaries: s, Figures: Figures{"server memory MiB": 40}}
	for _, x := range s {
		r.Figures.note(x)
	}
	var b bytes.Buffer
	r.Markdown(&b)
	for _, line := range []string{
		"| P1 | checklist, 120 items, 16 clients | 3,000/s | page-hyb@16: 4,000/s | 0.75 | >= 0.8 | **missed** |\n",
		"| P9 | memory after load | 40.0 MiB |  |  | <= 64 | reached |\n",
		"Not measured in this run: P1 (",
		"| tick-raw | 16 | 1,234,567 | 0% | - | - | - | - | - | 0 | 2 |\n",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("no line %sin\n%s", line, b.String())
		}
	}
	if got := r.Failures(); len(got) != 1 || !strings.Contains(got[0], "tick-raw@16: 2 errors, first: oops") {
		t.Errorf("failures %q", got)
	}
}

func TestWriteSectionReplacesOnlyItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "RESULTS.md")
	if err := os.WriteFile(path, []byte("# Results\n\nBy hand.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, w := range [][2]string{{"quick", "one\n"}, {"full", "two\n"}, {"quick", "three\n\n"}} {
		if err := writeSection(path, w[0], w[1]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	want := "# Results\n\nBy hand.\n\n<!-- measured: quick -->\nthree\n<!-- end of quick -->\n\n<!-- measured: full -->\ntwo\n<!-- end of full -->\n"
	if err != nil || string(got) != want {
		t.Errorf("%v; got\n%s\nwant\n%s", err, got, want)
	}
	if err := os.WriteFile(path, []byte("<!-- measured: quick -->\nand by hand\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeSection(path, "quick", "x"); err == nil {
		t.Error("a section without an end was overwritten")
	}
}

func TestParsePgbench(t *testing.T) {
	out := `pgbench (15.18)
scaling factor: 1
number of transactions actually processed: 11032
number of failed transactions: 0 (0.000%)
latency average = 2.900 ms
initial connection time = 9.018 ms
tps = 5516.000000 (without initial connection time)
`
	s, err := parsePgbench(out)
	if err != nil || s.Requests != 11032 || s.Errors != 0 || math.Abs(s.Rate()-5516) > 0.01 {
		t.Errorf("%v; got %+v, rate %v", err, s, s.Rate())
	}
	s, err = parsePgbench(strings.Replace(out, "transactions: 0", "transactions: 3", 1))
	if err != nil || s.Errors != 3 || s.First == nil {
		t.Errorf("%v; failed transactions are lost: %+v", err, s)
	}
	for _, bad := range []string{"", "tps = 5 (without initial connection time)", strings.Replace(out, "5516.000000", "0", 1)} {
		if s, err := parsePgbench(bad); err == nil {
			t.Errorf("accepted %q: %+v", bad, s)
		}
	}
}

func TestParseMemory(t *testing.T) {
	now, most, err := parseMemory("Name:\tserver\nVmHWM:\t   65536 kB\nVmRSS:\t   32768 kB\nThreads:\t9\n")
	if err != nil || now != 32 || most != 64 {
		t.Errorf("%v; got %v and %v, want 32 and 64", err, now, most)
	}
	for _, bad := range []string{"", "VmHWM:\t1 kB\n", "VmHWM:\tx kB\nVmRSS:\t1 kB\n"} {
		if _, _, err := parseMemory(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestCount(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12.4: "12", 999: "999", 1000: "1,000", 1234567.8: "1,234,568"} {
		if got := count(v); got != want {
			t.Errorf("count(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestOnlyWhatMatchesIsMeasured(t *testing.T) {
	all := func() []Contender {
		return []Contender{{Name: "tick", Clients: 1}, {Name: "tick", Clients: 16}, {Name: "tick-raw", Clients: 16}}
	}
	if got := (Options{}).chosen(all()); len(got) != 3 {
		t.Errorf("without a choice there are %d contenders, want 3", len(got))
	}
	got := Options{Only: regexp.MustCompile(`^tick@16$`)}.chosen(all())
	if len(got) != 1 || got[0].key() != "tick@16" {
		t.Errorf("chosen: %v", got)
	}
	results := filepath.Join(t.TempDir(), "results.md")
	if err := (Options{Only: regexp.MustCompile(``), Results: results}).publish(Report{}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(results); !os.IsNotExist(err) {
		t.Errorf("a part of a run was recorded (%v)", err)
	}
}
