package web

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/web/page"
)

// sources tell what a handler may read from an address, as this package's own text
// says: all that it reads, and the functions and variables it names, and those they
// name in turn. A function that is kept in a variable counts where the variable is named.
type sources struct {
	reads map[types.Object][]string       // names of parameters, by the function they are read in
	uses  map[types.Object][]types.Object // what else of this package is named in it
	rows  [][]types.Object                // what each row of the table of routes names
}

var (
	readsQuery = regexp.MustCompile(`(?:Query\(\)|\bq|\bquery)\.(?:Get|Has)\("([a-z_-]+)"|(?:searchText|moment)\(r, "([a-z_-]+)"|whole\("([a-z_-]+)"`)
	knownQuery = regexp.MustCompile(`Query\(\)\.(Get|Has)\("|Query\(\)\.Get\(name\)|\b(q|query)(, status)? :?= r\.URL\.Query\(\)|u\.Query\(\)`)
)

// readsFilter reads all of [page.PortfolioParameters].
const readsFilter = "page.ReadPortfolioFilter("

// imports knows no other package: what this one names of its own can be told without them.
type imports struct{}

func (imports) Import(string) (*types.Package, error) { return nil, errors.New("not looked at") }

func readSources(t *testing.T) *sources {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, info := token.NewFileSet(), types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	texts := map[*ast.File]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "URL.Query()") && !knownQuery.MatchString(line) {
				t.Errorf("%s reads a query in a way that this test does not see: %s", name, line)
			}
		}
		file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files, texts[file] = append(files, file), string(text)
	}
	c := types.Config{Importer: imports{}, Error: func(error) {}} // which are many: no other package is known
	pkg, _ := c.Check("web", set, files, &info)
	s := &sources{map[types.Object][]string{}, map[types.Object][]types.Object{}, nil}
	named := func(n ast.Node) (all []types.Object) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			switch o := info.Uses[id].(type) {
			case *types.Func:
				all = append(all, o.Origin())
			case *types.Var:
				if o.Parent() == pkg.Scope() {
					all = append(all, o)
				}
			}
			return true
		})
		return all
	}
	for _, file := range files {
		for _, d := range file.Decls {
			text := texts[file][set.Position(d.Pos()).Offset:set.Position(d.End()).Offset]
			switch d := d.(type) {
			case *ast.FuncDecl:
				s.add(info.Defs[d.Name], d, text, named)
				if d.Name.Name == "table" {
					s.table(d, named)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						for _, n := range v.Names {
							s.add(info.Defs[n], v, text, named)
						}
					}
				}
			}
		}
	}
	return s
}

func (s *sources) add(o types.Object, d ast.Node, text string, named func(ast.Node) []types.Object) {
	for _, m := range readsQuery.FindAllStringSubmatch(text, -1) {
		s.reads[o] = append(s.reads[o], m[1]+m[2]+m[3])
	}
	if strings.Contains(text, readsFilter) {
		s.reads[o] = append(s.reads[o], page.PortfolioParameters()...)
	}
	s.uses[o] = named(d)
}

// table notes what each row of the table of routes names.
func (s *sources) table(f *ast.FuncDecl, named func(ast.Node) []types.Object) {
	ast.Inspect(f, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok || row.Type != nil {
			return true
		}
		s.rows = append(s.rows, named(row))
		return false
	})
}

// row are the names that the handler of a row may read.
func (s *sources) row(no int) []string { return s.from(s.rows[no]) }

// all are the names that anything in this package reads.
func (s *sources) all() []string {
	names := map[string]bool{}
	for _, reads := range s.reads {
		for _, n := range reads {
			names[n] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// from are the names that may be read by these and what they name.
func (s *sources) from(roots []types.Object) []string {
	names, seen := map[string]bool{}, map[types.Object]bool{}
	for todo := slices.Clone(roots); len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[o] {
			continue
		}
		seen[o] = true
		for _, r := range s.reads[o] {
			names[r] = true
		}
		todo = append(todo, s.uses[o]...)
	}
	return slices.Sorted(maps.Keys(names))
}

// check fails where something is read that no row leads to, which would never be sent by
// itself, and where a row is told to read something else than it does.
func (s *sources) check(t *testing.T, table []route) {
	t.Helper()
	if len(s.rows) != len(table) {
		t.Fatalf("%d rows of the table of routes were found, of %d", len(s.rows), len(table))
	}
	found := map[string]bool{}
	for no := range s.rows {
		for _, n := range s.row(no) {
			found[n] = true
		}
	}
	for _, n := range s.all() {
		if !found[n] {
			t.Errorf("no route reads %q", n)
		}
	}
	if len(found) < 50 {
		t.Errorf("only %d names of queries were found", len(found))
	}
	for pattern, want := range map[string]string{page.SearchURL: "kind page q", "/projects/{key}/compare": "from to", page.StartViewURL("{view}"): ""} {
		no := slices.IndexFunc(table, func(e route) bool { return e.pattern == pattern })
		if got := strings.Join(s.row(no), " "); got != want {
			t.Errorf("%s reads %q, want %q", pattern, got, want)
		}
	}
}
