package formats

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

// Each format that is read has a fuzz function that hands its bytes to the reader.
func TestEveryReaderIsFuzzed(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	values, fuzzed := map[string]Format{}, []string{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Format" && len(n.Values) == 1 {
					if text, err := strconv.Unquote(n.Values[0].(*ast.BasicLit).Value); err == nil {
						values[n.Names[0].Name] = Format(text)
					}
				}
			case *ast.FuncDecl:
				return n.Body != nil && (strings.HasPrefix(n.Name.Name, "Fuzz") || !strings.HasSuffix(name, "_test.go"))
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "fuzzForeign" || f.Name == "fuzzReader") {
					fuzzed = append(fuzzed, n.Args[1].(*ast.Ident).Name)
				}
			}
			return true
		})
	}
	for _, in := range All() {
		if in.Read != nil && !slices.ContainsFunc(fuzzed, func(name string) bool { return values[name] == in.Format }) {
			t.Errorf("no fuzz function reads %s", in.Format)
		}
	}
}
