// Package formats reads checklists that people already have into a draft of a
// lifecycle or of a module, and writes ours in forms that others read. It is
// pure code: bytes in, a value out. It asks no network and no database, and
// evaluates nothing that it reads.
//
// # What a reader has to do
//
// Each foreign format has a file of its own with one function
//
//	func readX(src []byte, opts Options) (Result, error)
//
// and a row in [All], whose Sniff claims no more than its own files: a file that two
// formats claim is asked about. [Read] has refused what is too large or not UTF-8 before the
// reader is called, and checks the result's limits after it. A reader
//
//   - makes a [draft] of opts, gives it the stages, items and questions in the order of
//     the file, and returns what finish gives: keys, cut titles, levels, gates and the
//     split over phases are the draft's work, the same for all formats;
//   - reports what is wrong with the file as a [Problem] with its place and what to do
//     about it, never as an error: errors are for a fault of the program. A problem of
//     [Error] has nothing imported, so that a reader may go on and find more;
//   - counts what it has no place for with lose, in words for the person who looks at
//     the preview, and keeps the text in the item where it can;
//   - takes the item's own id as its key where there is one, since keys are what answers
//     are kept by when the file is imported again;
//   - refuses what is code (templates, macros, formulas without a stored value);
//   - counts depth itself where it nests (at most [MaxDepth]); [checkJSON] does it for JSON;
//   - needs a test of an example in testdata (our own words, never a copy of somebody's
//     file) and a fuzz test that calls fuzzForeign.
package formats

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Limits of what is read.
const (
	MaxBytes    = 5 << 20
	MaxItems    = plan.MaxItems
	MaxStages   = plan.MaxStages
	MaxDepth    = 50
	MaxProblems = 200
)

// Format names a form of file.
type Format string

// Info is what there is to know about a format.
type Info struct {
	Format     Format
	Label      string   // on pages
	Extensions []string // with their dot; the first is that of files we write
	MediaType  string
	Binary     bool // it is not UTF-8 text
	Columns    bool // [Options.Columns] says which column holds what
	general    bool // it says little of itself: see [Candidates]
	// Sniff reports whether a file looks like it. name is lower-case.
	Sniff func(name string, src []byte) bool
	Read  func(src []byte, opts Options) (Result, error)             // nil: it is only written
	Write func(d plan.Document) (b []byte, lost []string, err error) // nil: it is only read
	Lost  func(d plan.Document) []string                             // what Write says of it; nil: Write is quick enough to be asked
}

// All lists the formats, in the order in which pages list them.
func All() []Info {
	return []Info{
		ownInfo(),
		lensInfo(),
		asvsInfo(),
		azureInfo(),
		goSDLInfo(),
		oscalInfo(),
		badgeInfo(),
		baselineInfo(),
		cortexInfo(),
		cisoInfo(),
		xlsxInfo(),
		csvInfo(),
		kubernetesInfo(),
		markdownInfo(),
	}
}

// Find is what there is to know about a format.
func Find(f Format) (Info, bool) {
	all := All()
	i := slices.IndexFunc(all, func(in Info) bool { return in.Format == f })
	if i < 0 {
		return Info{}, false
	}
	return all[i], true
}

// Candidates are the formats that a file may have, by its name and by what stands in
// it. Tables and Markdown, which say little of themselves, count only where nothing
// narrower does.
func Candidates(name string, src []byte) []Format {
	narrow, general := candidates(name, src)
	if len(narrow) > 0 {
		return narrow
	}
	return general
}

func candidates(name string, src []byte) (narrow, general []Format) {
	name, src = strings.ToLower(name), withoutBOM(src)
	for _, in := range All() {
		switch {
		case in.Read == nil || !in.Sniff(name, src):
		case in.general:
			general = append(general, in.Format)
		default:
			narrow = append(narrow, in.Format)
		}
	}
	return narrow, general
}

// Detect says which format a file has. Where it could have several, people have to say it.
func Detect(name string, src []byte) (Format, bool) {
	if found := Candidates(name, src); len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// DetectText says which format a text without a telling name has.
func DetectText(src []byte) (Format, bool) {
	var found []Format
	for _, name := range []string{"", "text.yaml", "text.json", "text.csv", "text.md"} {
		narrow, general := candidates(name, src)
		if name == "" { // Markdown with boxes
			narrow = append(narrow, general...)
		}
		found = append(found, narrow...)
	}
	if slices.Contains(found, Kubernetes) { // which is Markdown with boxes too
		found = slices.DeleteFunc(found, func(f Format) bool { return f == Markdown })
	}
	slices.Sort(found)
	switch found = slices.Compact(found); {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1 || !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0:
		return "", false
	}
	if tabular(withoutBOM(src)) {
		return CSV, true
	}
	if yamlKey.Match(bytes.TrimSpace(withoutBOM(src))) {
		return "", false // a list in it is none of Markdown
	}
	for line := range strings.Lines(string(src)) {
		line = strings.TrimLeft(line, "# \t")
		if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "|") {
			return Markdown, true
		}
	}
	return "", false
}

// yamlKey is how a file of YAML begins, after its comments.
var yamlKey = regexp.MustCompile(`^(?:---\s*\n|#[^\n]*\n)*[A-Za-z_][A-Za-z0-9_.-]*:(?:[ \t]|\r?\n|$)`)

// tabular reports whether the first lines of a text have the same number of
// delimiters, and more than none.
func tabular(src []byte) bool {
	mark, want, lines := []byte(string(delimiter(src))), 0, 0
	for line := range bytes.Lines(src) {
		n := bytes.Count(line, mark)
		if lines == 0 {
			want = n
		}
		if n == 0 || bytes.IndexByte(line, '"') < 0 && n != want || bytes.HasPrefix(line, []byte("|")) {
			return false
		}
		if lines++; lines == 3 {
			break
		}
	}
	return lines > 1
}

// Options say how a file is to be read. The zero value is a good start.
type Options struct {
	Kind    plan.Kind      // what to make of it; empty: what the file says, or else a lifecycle
	Key     string         // of the document; empty: made of its name
	Name    string         // of the document; empty: the file's, or else made of File
	File    string         // the file's name; set by [Read]
	Columns map[Column]int // of tables: the number of the column, from 0; nil: guessed from their headings
	Sheet   string         // of a workbook; empty: the first with rows in it
	// Phases are those to which the sections of a file belong that is read as a module, by
	// the section's name; that of others is guessed.
	Phases map[string]plan.Phase
}

// Result is what became of a file.
type Result struct {
	Document plan.Document // neither of its two where a problem is an [Error]
	Problems []Problem     // in the order of the file
	Lost     []string      // what was not represented, a sentence each
	Counts   Counts
	Columns  map[Column]int // of tables: what was used, to be remembered
	Headings []string       // of tables: what stands above each column
	Rows     [][]string     // of tables: the first ones below the headings
	Sheet    string         // of a workbook: the one that was read
	Sheets   []string       // of a workbook
	Sections []Section      // of a foreign file that is read as a module
}

// Section is a part of a foreign file, which would be a stage of a lifecycle.
type Section struct {
	Name  string
	Items int
	Phase plan.Phase // to which its items were put
}

// Counts say how much was read.
type Counts struct {
	Stages    int // of a module: 0
	Items     int
	Questions int // of the items: those that are answered by choosing
}

// Refused reports whether nothing is imported.
func (r *Result) Refused() bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Severity == Error })
}

// Severity says what follows from a problem.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // nothing is imported
	Warning Severity = "warning" // it is imported, with the change that the message tells
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line, Column int    // from 1; 0 where it is not known
	Path         string // within the file, such as pillars[2].questions[0] or "row 12"; may be empty
	Severity     Severity
	Message      string // what is wrong
	Do           string // what to do about it; empty where there is nothing to do
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", p.Line, p.Column)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Do != "" {
		b.WriteString(" " + p.Do)
	}
	return b.String()
}

func refuse(problems ...Problem) Result {
	for i := range problems {
		problems[i].Severity = Error
	}
	return Result{Problems: problems}
}

// Read reads a file. An error is a fault of the program or a format that is not
// read; what is wrong with the file is among the result's problems.
func Read(f Format, name string, src []byte, opts Options) (Result, error) {
	in, ok := Find(f)
	if !ok || in.Read == nil {
		return Result{}, fmt.Errorf("%q is no format that is read", f)
	}
	if len(src) > MaxBytes {
		return refuse(Problem{
			Message: fmt.Sprintf("The file has %.1f MiB; at most %d MiB are read.", float64(len(src))/(1<<20), MaxBytes>>20),
			Do:      "Split it, or take out what is no checklist.",
		}), nil
	}
	if !in.Binary {
		src = withoutBOM(src)
		if p, bad := notText(src); bad {
			return refuse(p), nil
		}
	}
	opts.File = path.Base(strings.ReplaceAll(name, `\`, "/"))
	r, err := in.Read(src, opts)
	if err != nil {
		return Result{}, fmt.Errorf("reading %s: %w", in.Label, err)
	}
	r.count()
	if p, bad := r.tooMuch(); bad {
		r.Problems = append(r.Problems, p)
	}
	for i := range r.Problems {
		if p := &r.Problems[i]; p.Severity == Error && p.Do == "" {
			p.Do = "Mend it in the file, and import it again."
		}
	}
	if r.Refused() {
		r.Document, r.Counts, r.Lost = plan.Document{}, Counts{}, nil
	}
	return r, nil
}

// Takes reports whether a format has a place for a document at all: all but our own
// are of checklists.
func Takes(f Format, d plan.Document) bool { return d.Composed() || f == YAML }

// Write writes a document in a format. lost says what the format has no place
// for, a sentence each.
func Write(f Format, d plan.Document) (b []byte, lost []string, err error) {
	in, ok := Find(f)
	if !ok || in.Write == nil {
		return nil, nil, fmt.Errorf("%q is no format that is written", f)
	}
	if !Takes(f, d) {
		return nil, nil, fmt.Errorf("%s has no place for a %s", in.Label, strings.ToLower(d.Kind().Label()))
	}
	if b, lost, err = in.Write(d); err != nil {
		return nil, nil, fmt.Errorf("writing %s: %w", in.Label, err)
	}
	return b, lost, nil
}

// Lost says what a format has no place for of a document, as [Write] does.
func Lost(f Format, d plan.Document) ([]string, error) {
	if in, ok := Find(f); ok && in.Lost != nil {
		return in.Lost(d), nil
	}
	_, lost, err := Write(f, d)
	return lost, err
}

func (r *Result) count() {
	r.Counts = Counts{}
	if l := r.Document.Lifecycle; l != nil {
		r.Counts.Stages = len(l.Stages)
	}
	eachItem(r.Document, func(_ string, it *plan.Item) {
		r.Counts.Items++
		if it.IsQuestion() {
			r.Counts.Questions++
		}
	})
}

// eachItem calls f with each item and the name of its stage or phase.
func eachItem(d plan.Document, f func(section string, it *plan.Item)) {
	if d.Lifecycle != nil {
		for i := range d.Lifecycle.Stages {
			s := &d.Lifecycle.Stages[i]
			for j := range s.Items {
				f(s.Name, &s.Items[j])
			}
		}
	}
	if d.Module != nil {
		for i := range d.Module.Items {
			f(string(d.Module.Items[i].Phase), &d.Module.Items[i].Item)
		}
	}
}

func (r *Result) tooMuch() (Problem, bool) {
	if r.Counts.Items > MaxItems {
		return tooManyItems(), true
	}
	if r.Counts.Stages > MaxStages {
		return tooManyStages(), true
	}
	return Problem{}, false
}

func tooManyItems() Problem {
	return Problem{Severity: Error, Message: fmt.Sprintf("There are more than %d items.", MaxItems), Do: "Split the file."}
}

func tooManyStages() Problem {
	return Problem{
		Severity: Error, Message: fmt.Sprintf("There are more than %d stages.", MaxStages),
		Do: "Choose something coarser as the stage, or split the file.",
	}
}

func withoutBOM(src []byte) []byte { return bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")) }

// notText finds what is not UTF-8.
func notText(src []byte) (Problem, bool) {
	do := "Save the file as UTF-8."
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return Problem{Line: 1, Column: 1, Message: "The file is in UTF-16.", Do: do}, true
	}
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size <= 1 || r == 0 {
			line, column := position(src, i)
			return Problem{Line: line, Column: column, Message: fmt.Sprintf("The byte %02X is not part of a text in UTF-8.", src[i]), Do: do}, true
		}
		i += size
	}
	return Problem{}, false
}

// position is the line and column of a byte of a text, both from 1. Columns are
// characters.
func position(src []byte, offset int) (line, column int) {
	offset = max(0, min(offset, len(src)))
	begin := bytes.LastIndexByte(src[:offset], '\n') + 1
	return bytes.Count(src[:begin], []byte("\n")) + 1, utf8.RuneCount(src[begin:offset]) + 1
}

// mentions reports whether a text has all of the words in it.
func mentions(src []byte, words ...string) bool {
	for _, w := range words {
		if !bytes.Contains(src, []byte(w)) {
			return false
		}
	}
	return true
}

func hasExtension(name string, extensions ...string) bool {
	return slices.Contains(extensions, path.Ext(name))
}
