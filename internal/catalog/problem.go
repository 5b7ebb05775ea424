package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	File    string // within the document's folder
	Line    int    // 1-based; 0 when the problem is not tied to a line
	Column  int    // 1-based; 0 with Line
	Where   string // "item data-validated", "gate", "flag users"; empty for the file as a whole
	Message string
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Where != "" {
		b.WriteString(p.Where + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Invalid lists everything that is wrong with a document, one problem a line.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return fmt.Sprintf("not a valid document (problems: %d)\n%s", len(lines), strings.Join(lines, "\n"))
}

func (e *Invalid) add(p Problem) { e.Problems = append(e.Problems, p) }

// sort puts the problems into the order in which an author works through the
// files; within a file they stay in the order of discovery.
func (e *Invalid) sort() {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int { return cmp.Compare(a.File, b.File) })
}
