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
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

const (
	testTimeout = "8m" // for one package
	module      = "github.com/slipway-prr/slipway/"
)

// runTests runs every test with the race detector against one private
// PostgreSQL. Packages run side by side on all processors; tests within one
// mostly wait for the database or the browser, so more of them than
// processors run at once.
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
	processors := runtime.NumCPU()
	args := []string{"test", "-json", "-race", "-count=1", "-vet=off", "-timeout=" + testTimeout,
		"-p=" + strconv.Itoa(processors), "-parallel=" + strconv.Itoa(2*processors)}
	cmd := c.command(ctx, "go", append(args, packages...)...)
	cmd.Env = append(cmd.Env, storetest.ServerVar+"="+pg.SuperuserURL)
	cmd.Stdout = nil
	events, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read from go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start go test: %w", err)
	}
	results := newResults(c.out)
	readErr := results.read(events)
	if readErr != nil {
		_, _ = io.Copy(io.Discard, events) // or go test would wait for a reader
	}
	err = cmd.Wait()
	results.report()
	return errors.Join(err, readErr, results.verdict())
}

// slow packages are tested first, the longest first: one that began last would
// run alone while the other processors have nothing to do.
func slow() []string {
	return []string{"web", "e2e", "e2e/faults", "bench", "internal/store", "internal/proof"}
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
// and remembers what was skipped.
type results struct {
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
			var e event
			if jsonErr := json.Unmarshal(line, &e); jsonErr != nil {
				fmt.Fprintf(r.out, "%s", line) // go test itself, not a test
			} else {
				r.add(e)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from go test: %w", err)
		}
	}
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
