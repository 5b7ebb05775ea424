package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each fuzz function of the repository is run by make fuzz.
func TestMakeRunsEveryFuzzFunction(t *testing.T) {
	t.Parallel()
	c := checker{root: "../.."}
	files, err := c.sourceFiles("_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(c.root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				want = append(want, "test -run ^$ -fuzz ^"+f.Name.Name+"$ -fuzztime 1s ./"+filepath.ToSlash(filepath.Dir(name)))
			}
		}
	}
	said, err := exec.CommandContext(t.Context(), "make", "-s", "-C", c.root, "fuzz", "GO=echo", "FUZZ_TIME=1s").Output()
	if err != nil {
		t.Fatalf("make fuzz: %v", err)
	}
	var got []string
	for line := range strings.Lines(string(said)) {
		if strings.HasPrefix(line, "test ") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 20 || !slices.Equal(got, want) {
		t.Errorf("make fuzz runs\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
