package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What is tested without the race detector has nothing that it could find, and uses
// nothing of ours that has.
func TestPurePackagesShareNothing(t *testing.T) {
	t.Parallel()
	for _, name := range pure() {
		files, err := filepath.Glob(filepath.Join("../..", name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		sources := map[string]any{}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				sources[file] = nil
			}
		}
		if len(sources) == 0 {
			t.Errorf("%s has no files", name)
		}
		for _, what := range shared(t, sources) {
			t.Error(what)
		}
	}
}

func TestSharedIsFound(t *testing.T) {
	t.Parallel()
	const here = "var seen = map[string]int{}\nvar n, m int\nvar p struct{ at *int }\n"
	for source, want := range map[string]int{
		`import "sync"`:              1,
		`import "sync/atomic"`:       1,
		`import "` + module + `web"`: 1,
		`import "` + module + `internal/fold"` + "\n" + `import "strings"`: 0,
		"func f() { go f() }":                                   1,
		"func f(c chan int) { c <- 1 }":                         2,
		"func f() { select {} }":                                1,
		"func f() { n = 1 }":                                    1,
		"func f() { m++ }":                                      1,
		"func f() { seen[`a`]++; seen[`b`] = 1 }":               2,
		"func f() { delete(seen, `a`); clear(seen) }":           2,
		"func f() { *p.at = 1 }":                                1,
		"func f() { n := 1; n = 2; n++; _ = n }":                0,
		"func f(seen map[string]int) { seen[`a`] = len(seen) }": 0,
		"var k = n\nfunc f() int { return seen[`a`] + k }":      0,
		"func f() { elsewhere = 1 }":                            1,
	} {
		body := "package a\n" + source + "\n"
		if !strings.HasPrefix(source, "import") {
			body += here
		}
		got := shared(t, map[string]any{"a.go": body, "b.go": "package a\nvar elsewhere int\n"})
		if len(got) != want {
			t.Errorf("%s: found %q, want %d", source, got, want)
		}
	}
}

// shared lists what several goroutines could have in common in the files of one package:
// goroutines, channels, locks, variables of the package that change, and packages of ours
// that are not pure. A file is read from the disk where no source is given for it.
func shared(t *testing.T, sources map[string]any) (found []string) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	variables := map[string]bool{}
	for name, source := range sources {
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		for _, o := range file.Scope.Objects {
			variables[o.Name] = variables[o.Name] || o.Kind == ast.Var
		}
	}
	note := func(n ast.Node, what string) { found = append(found, set.Position(n.Pos()).String()+": "+what) }
	for _, file := range files {
		for _, in := range file.Imports {
			path, err := strconv.Unquote(in.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			ours, isOurs := strings.CutPrefix(path, module)
			if path == "sync" || path == "sync/atomic" || isOurs && !slices.Contains(pure(), ours) {
				note(in, "imports "+path)
			}
		}
		changes := func(e ast.Expr) {
			id := root(e)
			if id != nil && variables[id.Name] && (id.Obj == nil || id.Obj == file.Scope.Lookup(id.Name)) {
				note(id, "changes "+id.Name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				note(n, "starts a goroutine")
			case *ast.ChanType, *ast.SendStmt, *ast.SelectStmt:
				note(n, "uses a channel")
			case *ast.IncDecStmt:
				changes(n.X)
			case *ast.AssignStmt:
				for _, e := range n.Lhs {
					changes(e)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") {
					changes(n.Args[0])
				}
			}
			return true
		})
	}
	return found
}

// root is the variable in which an assignment writes, if it has a name.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func TestEveryPackageIsTestedOnce(t *testing.T) {
	t.Parallel()
	all := []string{module + "cmd/server", module + "internal/devstack/portfolio", module + "web", module + "web/page"}
	for _, name := range pure() {
		all = append(all, module+name)
	}
	raced, plain, err := divide(all)
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Concat(raced, plain.pure)
	slices.Sort(got)
	slices.Sort(all)
	if !slices.Equal(got, all) {
		t.Errorf("tested are %v, want %v", got, all)
	}
	for _, name := range plain.walkers { // with and without, each for its tests
		if !slices.Contains(raced, name) {
			t.Errorf("only the walkers of %s are tested", name)
		}
	}
	if _, _, err := divide([]string{module + "web"}); err == nil {
		t.Error("a pure package that does not exist is passed over in silence")
	}
}

// A walker that was renamed would be left out of one run and not be in the other.
func TestWalkersHaveToRun(t *testing.T) {
	t.Parallel()
	r, _ := readEvents(t, `{"Action":"pass","Package":"a","Test":"TestX"}`, `{"Action":"pass","Package":"a","Test":"TestY/part"}`,
		`{"Action":"skip","Package":"a","Test":"TestZ"}`)
	if err := r.missed([]testID{{"a", "TestX"}}); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"TestY", "TestZ", "TestNone"} {
		if r.missed([]testID{{"a", "TestX"}, {"a", name}}) == nil {
			t.Errorf("nobody misses %s", name)
		}
	}
}
