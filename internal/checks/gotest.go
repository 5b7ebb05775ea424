package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

const (
	testTimeout = "12m" // for one package, of which up to three share the processors
	module      = "github.com/slipway-prr/slipway/"
)

// runTests runs every test against one private PostgreSQL, in runs of go test
// side by side: tests wait for the database and the browser most of the time.
func (c *checker) runTests(ctx context.Context) (err error) {
	pg, err := postgres.Start(ctx, postgres.Options{Unsafe: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.Stop()) }()
	packages, err := c.packages(ctx)
	if err != nil {
		return err
	}
	raced, plain, err := divide(packages)
	if err != nil {
		return err
	}
	results := newResults(c.out)
	run := func(args ...string) error {
		return c.goTest(ctx, results, storetest.ServerVar+"="+pg.SuperuserURL, args)
	}
	beside := make(chan error, 1)
	go func() {
		err := errors.Join(run(append([]string{"-p=1", "-run=" + oneAtATime()}, plain.walkers...)...), run(append([]string{"-p=1"}, plain.pure...)...))
		beside <- err
	}()
	processors := runtime.NumCPU()
	err = run(append([]string{"-race", "-skip=" + oneAtATime(), "-p=" + strconv.Itoa(processors), "-parallel=" + strconv.Itoa(2*processors)}, raced...)...)
	err = errors.Join(err, <-beside)
	results.report()
	return errors.Join(err, results.verdict(), results.missed(walkers()))
}

// goTest runs go test once and adds what its tests say to the results.
func (c *checker) goTest(ctx context.Context, results *results, server string, args []string) error {
	cmd := c.command(ctx, "go", append([]string{"test", "-json", "-count=1", "-vet=off", "-timeout=" + testTimeout}, args...)...)
	cmd.Env = append(cmd.Env, server)
	if os.Getenv("GOGC") == "" {
		cmd.Env = append(cmd.Env, "GOGC=400") // tests make much garbage and keep little: a quarter less to do for the longest
	}
	cmd.Stdout = nil
	events, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read from go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start go test: %w", err)
	}
	readErr := results.read(events)
	if readErr != nil {
		_, _ = io.Copy(io.Discard, events) // or go test would wait for a reader
	}
	return errors.Join(cmd.Wait(), readErr)
}

// slow packages are tested first, the longest first: one that began last would
// run alone while the other processors have nothing to do.
func slow() []string {
	return []string{"web", "e2e", "e2e/faults", "bench", "internal/store", "cmd/server"}
}

// packages are all of the module's, in the order in which to test them.
func (c *checker) packages(ctx context.Context) ([]string, error) {
	cmd := c.command(ctx, "go", "list", "./...")
	var list bytes.Buffer
	cmd.Stdout = &list
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	return slowFirst(strings.Fields(list.String()))
}

// slowFirst puts the slow packages first. None is left out, and a slow one that
// is not there any more is an error, lest the order rots.
func slowFirst(all []string) ([]string, error) {
	rest := slices.Clone(all)
	var first []string
	for _, name := range slow() {
		i := slices.Index(rest, module+name)
		if i < 0 {
			return nil, fmt.Errorf("there is no package %s to test first", name)
		}
		first, rest = append(first, rest[i]), slices.Delete(rest, i, i+1)
	}
	return append(first, rest...), nil
}

// event is one line of `go test -json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build that says something
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

type testID struct{ pkg, name string }

// results shows packages as they finish and failing tests with all they said,
// and remembers what was skipped. Several runs may add to them at once.
type results struct {
	mu      sync.Mutex // held while a line is added
	out     io.Writer
	said    map[testID]*strings.Builder // by tests that have not finished
	skipped []skip
	failed  []testID
	passed  int
	longest []timed // tests that are not part of another
}

type timed struct {
	id      testID
	seconds float64
}

type skip struct {
	id     testID
	reason string
}

func newResults(out io.Writer) *results {
	return &results{out: out, said: map[testID]*strings.Builder{}}
}

func (r *results) read(events io.Reader) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.addLine(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from go test: %w", err)
		}
	}
}

func (r *results) addLine(line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		fmt.Fprintf(r.out, "%s", line) // go test itself, not a test
		return
	}
	r.add(e)
}

func (r *results) add(e event) {
	id := testID{e.Package, e.Test}
	if (e.Action == "pass" || e.Action == "fail") && e.Test != "" && !strings.Contains(e.Test, "/") {
		r.longest = append(r.longest, timed{id, e.Elapsed})
	}
	switch {
	case e.Action == "build-output":
		fmt.Fprint(r.out, e.Output)
	case e.Test == "":
		r.addPackageEvent(e)
	case e.Action == "output":
		if r.said[id] == nil {
			r.said[id] = &strings.Builder{}
		}
		r.said[id].WriteString(e.Output)
	case e.Action == "pass":
		r.passed++
		delete(r.said, id)
	case e.Action == "fail":
		r.failed = append(r.failed, id)
		fmt.Fprint(r.out, r.take(id))
	case e.Action == "skip":
		r.skipped = append(r.skipped, skip{id, skipReason(r.take(id))})
	}
}

// addPackageEvent shows go test's own result lines ("ok ...", "FAIL ...") and
// what a package says outside its tests. A bare PASS says nothing new.
func (r *results) addPackageEvent(e event) {
	if e.Action == "output" && e.Output != "PASS\n" {
		fmt.Fprint(r.out, e.Output)
	}
	if e.Action != "fail" {
		return
	}
	// A test that crashed the whole binary may never have been reported itself.
	for id, said := range r.said {
		if id.pkg == e.Package && strings.Contains(said.String(), "panic: ") {
			fmt.Fprint(r.out, r.take(id))
		}
	}
}

func (r *results) take(id testID) string {
	said := r.said[id]
	if said == nil {
		return ""
	}
	delete(r.said, id)
	return said.String()
}

// skipReason is what a skipped test said, without its file and line. It is
// empty when the test gave no reason.
func skipReason(said string) string {
	var reason []string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		if place, rest, ok := strings.Cut(line, ": "); ok && strings.Contains(place, ".go:") {
			line = rest
		} else if strings.HasSuffix(line, ":") && strings.Contains(line, ".go:") {
			continue // t.Skip() without words
		}
		reason = append(reason, line)
	}
	return strings.Join(reason, " ")
}

// listed is how many of the longest tests a run names: where to look first
// when the suite grows slow.
const listed = 8

func (r *results) report() {
	slices.SortFunc(r.longest, func(a, b timed) int { return cmp.Compare(b.seconds, a.seconds) })
	fmt.Fprintln(r.out, "\nthe longest:")
	for _, t := range r.longest[:min(listed, len(r.longest))] {
		fmt.Fprintf(r.out, "  %5.0f s  %s %s\n", t.seconds, strings.TrimPrefix(t.id.pkg, module), t.id.name)
	}
	fmt.Fprintf(r.out, "\n%d passed, %d failed, %d skipped\n", r.passed, len(r.failed), len(r.skipped))
	for _, id := range r.failed {
		fmt.Fprintf(r.out, "  failed   %s %s\n", id.pkg, id.name)
	}
	slices.SortFunc(r.skipped, func(a, b skip) int { return strings.Compare(a.id.pkg+a.id.name, b.id.pkg+b.id.name) })
	for _, s := range r.skipped {
		fmt.Fprintf(r.out, "  skipped  %s %s: %s\n", s.id.pkg, s.id.name, s.reason)
	}
}

// verdict fails on tests that were skipped without a reason, and on a run in
// which nothing was tested.
func (r *results) verdict() error {
	var wrong []error
	for _, s := range r.skipped {
		if s.reason == "" {
			wrong = append(wrong, fmt.Errorf("%s %s is skipped without a reason", s.id.pkg, s.id.name))
		}
	}
	if r.passed == 0 {
		wrong = append(wrong, errors.New("no test passed"))
	}
	return errors.Join(wrong...)
}

// missed fails for tests of their own that no run has ended.
func (r *results) missed(wanted []testID) error {
	var wrong []error
	for _, id := range wanted {
		if !slices.ContainsFunc(r.longest, func(t timed) bool { return t.id == id }) {
			wrong = append(wrong, fmt.Errorf("%s %s did not run", id.pkg, id.name))
		}
	}
	return errors.Join(wrong...)
}
