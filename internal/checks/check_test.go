package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestStepsStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	var ran []string
	named := func(name string, err error) step {
		return step{name, func(context.Context) error { ran = append(ran, name); return err }}
	}
	var out bytes.Buffer
	err := runSteps(t.Context(), &out, []step{named("one", nil), named("two", errors.New("broken")), named("three", nil)})
	if err == nil || !strings.Contains(err.Error(), `"two": broken`) {
		t.Errorf("got %v", err)
	}
	if strings.Join(ran, " ") != "one two" {
		t.Errorf("ran %v", ran)
	}
}

func TestChooseSteps(t *testing.T) {
	t.Parallel()
	all := []step{{name: "tools"}, {name: "build"}, {name: "tests"}}
	for _, c := range []struct {
		names []string
		want  string
	}{{nil, "tools build tests"}, {[]string{"tests"}, "tools tests"}, {[]string{"tools"}, "tools"}} {
		chosen, err := choose(all, c.names)
		var got []string
		for _, s := range chosen {
			got = append(got, s.name)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%v: got %v, %v; want %s", c.names, got, err, c.want)
		}
	}
	if _, err := choose(all, []string{"test"}); err == nil {
		t.Error("an unknown step is passed over in silence")
	}
}

func TestSlowPackagesAreTestedFirstAndNoneIsLeftOut(t *testing.T) {
	t.Parallel()
	all := []string{module + "a", module + "z"}
	for _, name := range slow() {
		all = append(all, module+name)
	}
	slices.Sort(all)
	got, err := slowFirst(all)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range slow() {
		if got[i] != module+name {
			t.Errorf("%d is %s, want %s", i, got[i], name)
		}
	}
	if slices.Sort(got); !slices.Equal(got, all) {
		t.Errorf("got %v, want %v", got, all)
	}
	if _, err := slowFirst([]string{module + "a"}); err == nil {
		t.Error("a slow package that does not exist is passed over in silence")
	}
}

func readEvents(t *testing.T, lines ...string) (*results, string) {
	t.Helper()
	var out bytes.Buffer
	r := newResults(&out)
	if err := r.read(strings.NewReader(strings.Join(lines, "\n"))); err != nil {
		t.Fatal(err)
	}
	r.report()
	return r, out.String()
}

func TestResultLinesAreKept(t *testing.T) {
	t.Parallel()
	r, out := readEvents(t,
		`{"Action":"run","Package":"a","Test":"TestX"}`,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}`,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:1: quiet detail\n"}`,
		`{"Action":"pass","Package":"a","Test":"TestX"}`,
		`{"Action":"output","Package":"a","Output":"PASS\n"}`,
		`{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}`,
		`{"Action":"pass","Package":"a"}`,
		`{"Action":"output","Package":"b","Test":"TestY","Output":"    y_test.go:1: wrong sum\n"}`,
		`{"Action":"output","Package":"b","Test":"TestY","Output":"--- FAIL: TestY (0.00s)\n"}`,
		`{"Action":"fail","Package":"b","Test":"TestY"}`,
		`{"Action":"output","Package":"b","Output":"FAIL\tb\t0.1s\n"}`,
		`{"Action":"fail","Package":"b"}`,
		`{"ImportPath":"c","Action":"build-output","Output":"c.go:1:1: syntax error\n"}`,
		`go: something odd`,
	)
	for _, want := range []string{"ok  \ta\t0.1s\n", "wrong sum\n--- FAIL: TestY", "FAIL\tb\t0.1s\n", "c.go:1:1: syntax error",
		"go: something odd",
		"1 passed, 1 failed, 0 skipped", "failed   b TestY"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "quiet detail") {
		t.Error("a passing test's words are shown")
	}
	if err := r.verdict(); err != nil {
		t.Errorf("verdict: %v", err) // the failure itself is go test's exit status
	}
}

func TestSkipsNeedAReason(t *testing.T) {
	t.Parallel()
	pass := `{"Action":"pass","Package":"a","Test":"TestOther"}`
	explained := []string{pass,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}`,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:9: runs as root only: needs another user\n"}`,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"--- SKIP: TestX (0.00s)\n"}`,
		`{"Action":"skip","Package":"a","Test":"TestX"}`,
	}
	r, out := readEvents(t, explained...)
	if err := r.verdict(); err != nil {
		t.Error(err)
	}
	if want := "skipped  a TestX: runs as root only: needs another user\n"; !strings.Contains(out, want) {
		t.Errorf("%q is missing in:\n%s", want, out)
	}
	explained[2] = `{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:9: \n"}`
	r, _ = readEvents(t, explained...)
	if err := r.verdict(); err == nil || !strings.Contains(err.Error(), "a TestX is skipped without a reason") {
		t.Errorf("verdict: %v", err)
	}
}

func TestNothingTestedIsAFailure(t *testing.T) {
	t.Parallel()
	r, _ := readEvents(t)
	if r.verdict() == nil {
		t.Error("an empty run passes")
	}
}

func TestCrashIsShown(t *testing.T) {
	t.Parallel()
	_, out := readEvents(t,
		`{"Action":"output","Package":"a","Test":"TestX","Output":"panic: test timed out after 8m0s\n"}`,
		`{"Action":"output","Package":"a","Output":"FAIL\ta\t480s\n"}`,
		`{"Action":"fail","Package":"a"}`,
	)
	if !strings.Contains(out, "panic: test timed out") {
		t.Errorf("got:\n%s", out)
	}
}

func TestCompareGenerated(t *testing.T) {
	t.Parallel()
	write := func(dir, path, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, work := t.TempDir(), t.TempDir()
	for _, name := range []string{"same", "stale", "missing"} {
		write(work, name+"_templ.go", "new "+name)
	}
	write(root, "same_templ.go", "new same")
	write(root, "stale_templ.go", "old")
	err := compareGenerated(root, work, []string{"same.templ", "stale.templ", "missing.templ"},
		[]string{"same_templ.go", "stale_templ.go", "gone_templ.go"})
	if err == nil {
		t.Fatal("no difference found")
	}
	for _, want := range []string{"stale_templ.go is not", "missing_templ.go is not", "gone_templ.go has no"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "same_templ.go") {
		t.Errorf("a current file is named in %v", err)
	}
	if err := compareGenerated(root, work, []string{"same.templ"}, []string{"same_templ.go"}); err != nil {
		t.Errorf("current code: %v", err)
	}
}

// A program that exists but does not work is passed over.
func TestFirstWorking(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hint, good := script("hint", "exit 1"), script("good", "echo 1.0")
	if path, ok := firstWorking(t.Context(), []string{filepath.Join(dir, "none"), hint, good}); !ok || path != good {
		t.Errorf("got %q, %v", path, ok)
	}
	if path, ok := firstWorking(t.Context(), []string{hint}); ok {
		t.Errorf("got %q", path)
	}
}

// Nobody has to keep a list of the packages with files for other systems.
func TestPackagesWithBuildTagsAreVettedElsewhere(t *testing.T) {
	t.Parallel()
	root, err := findRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{root: root, out: t.Output()}
	for _, system := range elsewhere() {
		got, err := c.tagged(t.Context(), system)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{module + "internal/devstack", module + "internal/devstack/postgres"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v are vetted, want %v", system, got, want)
		}
	}
}
