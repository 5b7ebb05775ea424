// Command check is what `make test` runs: everything that must hold before a
// change is accepted. It obtains the tools that the tests need where it may,
// runs its steps in order, stops at the first that fails, and shows all that a
// failing step says. Arguments name the steps to run, for a quick look at one;
// "tools" is always among them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		stop()
		fmt.Fprintf(os.Stdout, "\ncheck: FAILED: %v\n", err)
		os.Exit(1)
	}
}

// checker runs the steps in a checkout.
type checker struct {
	root string    // the checkout, where go.mod is
	out  io.Writer // what the steps say
	env  []string  // added to the environment of every command
}

// quickly has Go compile our pages without inlining, which takes a third of the time for
// the same pages: small components would be compiled again into each page that shows
// them. And programs are linked without what only a debugger reads.
func quickly() string {
	return "GOFLAGS=" + os.Getenv("GOFLAGS") + " -ldflags=-w -gcflags=" + module + "web/...=-l"
}

type step struct {
	name string
	run  func(context.Context) error
}

func run(ctx context.Context, out io.Writer, names []string) error {
	root, err := findRoot(ctx)
	if err != nil {
		return err
	}
	c := &checker{root: root, out: out, env: []string{quickly()}}
	steps, err := choose([]step{
		{"tools", c.ensureTools},
		{"build", c.goCommand("build", "-buildvcs=false", "./...")},
		{"modules", c.goCommand("mod", "tidy", "-diff")},
		{"format", c.checkFormat},
		{"vet", c.goCommand("vet", "-race", "./...")}, // what it has compiled for this, the tests need too
		{"vet for other systems", c.vetElsewhere},
		{"generated code", c.checkGenerated},
		{"staticcheck", c.goCommand("tool", "staticcheck", "./...")},
		{"tests", c.runTests},
	}, names)
	if err != nil {
		return err
	}
	return runSteps(ctx, out, steps)
}

// choose keeps the named steps and the first one, or all when none is named.
func choose(steps []step, names []string) ([]step, error) {
	if len(names) == 0 {
		return steps, nil
	}
	chosen := steps[:1:1]
	for _, s := range steps[1:] {
		if slices.Contains(names, s.name) {
			chosen = append(chosen, s)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no step %q", name)
		}
	}
	return chosen, nil
}

func runSteps(ctx context.Context, out io.Writer, steps []step) error {
	begin := time.Now()
	for i, s := range steps {
		fmt.Fprintf(out, "== %d/%d %s\n", i+1, len(steps), s.name)
		start := time.Now()
		if err := s.run(ctx); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("step %q: interrupted", s.name)
			}
			return fmt.Errorf("step %q: %w", s.name, err)
		}
		fmt.Fprintf(out, "   %s: ok in %v\n", s.name, time.Since(start).Round(100*time.Millisecond))
	}
	fmt.Fprintf(out, "\ncheck: all %d steps ok in %v\n", len(steps), time.Since(begin).Round(time.Second))
	return nil
}

func findRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	path := strings.TrimSpace(string(mod))
	if path == "" || path == os.DevNull {
		return "", errors.New("find the checkout: no go.mod here or above")
	}
	return filepath.Dir(path), nil
}

// command prepares a program that runs in the checkout and gets an interrupt
// before it is killed.
func (c *checker) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = c.root
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = c.out, c.out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

func (c *checker) goCommand(args ...string) func(context.Context) error {
	return func(ctx context.Context) error { return c.command(ctx, "go", args...).Run() }
}

// elsewhere are the other systems for which everything has to compile.
func elsewhere() []string { return []string{"darwin", "windows"} }

// vetElsewhere keeps the parts behind build tags compiling.
func (c *checker) vetElsewhere(ctx context.Context) error {
	for _, system := range elsewhere() {
		packages, err := c.tagged(ctx, system)
		if err != nil {
			return err
		}
		cmd := c.command(ctx, "go", append([]string{"vet"}, packages...)...)
		cmd.Env = append(cmd.Env, on(system)...)
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
	}
	return nil
}

func on(system string) []string { return []string{"GOOS=" + system, "CGO_ENABLED=0"} }

// tagged lists the packages that consist of other files on a system than here:
// those with a file that is left out there or here. Tests alone do not count: the
// browser's and the faults' run on Unix only, and would need all that is imported
// anywhere compiled for the other system.
func (c *checker) tagged(ctx context.Context, system string) ([]string, error) {
	here, err := c.leftOut(ctx)
	if err != nil {
		return nil, err
	}
	there, err := c.leftOut(ctx, on(system)...)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(here, there)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// leftOut lists the packages of which build tags leave out more than tests.
func (c *checker) leftOut(ctx context.Context, env ...string) ([]string, error) {
	cmd := c.command(ctx, "go", "list", "-f", `{{.ImportPath}} {{join .IgnoredGoFiles " "}}`, "./...")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout = nil
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages with build tags: %w", err)
	}
	var packages []string
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if slices.ContainsFunc(words[1:], func(file string) bool { return !strings.HasSuffix(file, "_test.go") }) {
			packages = append(packages, words[0])
		}
	}
	return packages, nil
}
