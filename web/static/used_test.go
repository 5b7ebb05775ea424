package static

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
	selector = regexp.MustCompile(`([^{}]+)\{`)
	named    = regexp.MustCompile(`[.#]([A-Za-z_][\w-]*)`)
	word     = regexp.MustCompile(`[A-Za-z_][\w-]*`)
)

// unused lists the classes and ids that a stylesheet styles and no source names.
func unused(css string, sources map[string]bool) []string {
	var dead []string
	for _, rule := range selector.FindAllStringSubmatch(quoted.ReplaceAllString(comment.ReplaceAllString(css, ""), `""`), -1) {
		for _, m := range named.FindAllStringSubmatch(rule[1], -1) {
			if !sources[m[1]] && !slices.Contains(dead, m[1]) {
				dead = append(dead, m[1])
			}
		}
	}
	return dead
}

// words are all that templates, their Go and scripts say, htmx among them.
func words(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		switch ext := filepath.Ext(name); {
		case ext != ".templ" && ext != ".go" && ext != ".js", strings.HasSuffix(name, "_templ.go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		for _, w := range word.FindAllString(string(text), -1) {
			all[w] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A rule for something that no page has any more goes with it.
func TestEveryRuleIsUsed(t *testing.T) {
	known := words(t)
	for _, name := range []string{CSS, EditCSS} {
		css, err := read(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(named.FindAllString(string(css), -1)); n < 20 {
			t.Errorf("%s: only %d names were found", name, n)
		}
		for _, dead := range unused(string(css), known) {
			t.Errorf("%s styles %q, which no page has", name, dead)
		}
	}
}

func TestUnusedRulesAreFound(t *testing.T) {
	css := `/* .gone */ .a > .b-c:is(#d, .e){margin:.5rem} @media print { .f[href$=".x"] { color: #fff } .f { top: 0 } }`
	if got := unused(css, map[string]bool{"a": true, "b": true, "d": true}); !slices.Equal(got, []string{"b-c", "e", "f"}) {
		t.Errorf("unused are %q", got)
	}
}
