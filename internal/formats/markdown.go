package formats

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Markdown is a text with task lists or tables under headings.
const Markdown Format = "markdown"

// maxMarkdownLine bounds a line, since the parser's time grows faster than what
// opens and does not close on one.
const (
	maxMarkdownLine  = 20_000
	maxMarkdownLines = 50_000
	maxMarkdownMarks = 200_000 // bounds the memory that the parser takes
)

func markdownInfo() Info {
	return Info{
		Format: Markdown, Label: "Markdown", Extensions: []string{".md", ".markdown"}, MediaType: "text/markdown", general: true,
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".md", ".markdown", ".mdown") || hasExtension(name, ".txt", "") && hasLine(src, "- [ ] ")
		},
		Read: readMarkdown, Write: writeMarkdown, Lost: markdownLost,
	}
}

func readMarkdown(src []byte, opts Options) (Result, error) {
	if p, bad := tooTangled(src); bad {
		return refuse(p), nil
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	m := mdReader{draft: newDraft(opts), src: frontMatterOut(src)}
	if !bytes.Equal(m.src, src) {
		m.lose("block of settings before the text was left out", "blocks of settings before the text were left out")
	}
	root := goldmark.New(goldmark.WithExtensions(extension.TaskList, extension.Table, extension.Strikethrough, extension.Linkify)).
		Parser().Parse(mdtext.NewReader(m.src))
	m.tasks = hasTasks(root)
	m.begin()
	for n := root.FirstChild(); n != nil && !m.deep; n = n.NextSibling() {
		m.block(n)
	}
	if m.deep {
		return refuse(Problem{Message: fmt.Sprintf("Lists are nested more than %d deep.", MaxDepth), Do: "Make the lists flatter."}), nil
	}
	m.emit()
	m.note(m.ticked, "box is ticked in the file; its item begins without an answer", "boxes are ticked in the file; their items begin without an answer", "")
	if !m.tasks && m.entries > 0 {
		m.warn(Problem{Message: fmt.Sprintf("There are no boxes; %s taken as items.", count(m.entries, "entry of a list was", "entries of lists were"))})
	}
	return m.finish(), nil
}

// tooTangled finds lines that only serve to exhaust a parser.
func tooTangled(src []byte) (Problem, bool) {
	number, opened, marks := 0, 0, 0
	columns, cells := 0, 0 // of a table, whose rows are filled up to its columns
	for line := range bytes.Lines(src) {
		if number++; number > maxMarkdownLines {
			return Problem{Line: number, Column: 1, Message: fmt.Sprintf("The text is longer than %d lines.", maxMarkdownLines), Do: "Split it."}, true
		}
		if len(line) > maxMarkdownLine {
			return Problem{Line: number, Column: 1, Message: fmt.Sprintf("The line is %d bytes long; at most %d are read.", len(line), maxMarkdownLine), Do: "Break it."}, true
		}
		begin := line[:len(line)-len(bytes.TrimLeft(line, " \t>*+-0123456789.)"))]
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		if n := max(indent/4, bytes.Count(begin, []byte(">"))+bytes.Count(begin, []byte("- "))+bytes.Count(begin, []byte("* "))+bytes.Count(begin, []byte("+ "))); n > MaxDepth {
			return Problem{Line: number, Column: 1, Message: fmt.Sprintf("Lists and quotes are nested more than %d deep.", MaxDepth), Do: "Make them flatter."}, true
		}
		// What opens within one paragraph is looked at again and again.
		if len(bytes.Trim(line, "> \t\r\n")) == 0 {
			opened, columns = 0, 0
		}
		if bytes.Contains(line, []byte("-")) && len(bytes.Trim(line, "|:-> \t\r\n*+.)0123456789")) == 0 {
			columns = max(columns, bytes.Count(line, []byte("|"))+1)
		}
		if cells += columns; cells > maxCells {
			return tooLargeTable(number), true
		}
		before := opened
		for _, c := range line {
			if bytes.IndexByte([]byte("[*_`<~"), c) >= 0 {
				opened++
			}
		}
		if marks += opened - before + bytes.Count(line, []byte(":")) + bytes.Count(line, []byte("@")) + bytes.Count(line, []byte("www.")); marks > maxMarkdownMarks {
			return Problem{Line: number, Column: 1, Message: "There are too many brackets, stars, links and such in the text.", Do: "Split it."}, true
		}
		if opened > maxMarkdownLine {
			return Problem{Line: number, Column: 1, Message: "The paragraph has too many brackets, stars and such.", Do: "Break it by an empty line."}, true
		}
	}
	return Problem{}, false
}

// frontMatterOut blanks what some tools put before a text, between lines of dashes.
func frontMatterOut(src []byte) []byte {
	rest, ok := bytes.CutPrefix(src, []byte("---\n"))
	if !ok {
		return src
	}
	end := bytes.Index(rest, []byte("\n---\n"))
	if end < 0 || end > 4096 {
		return src
	}
	out := bytes.Clone(src)
	for i := range 4 + end + 4 {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}

// mdReader collects what stands under each heading before it makes stages, since
// how many headings there are decides which of them become some.
type mdReader struct {
	*draft
	src      []byte
	tasks    bool // there are boxes: entries without one are no items
	sections []mdSection
	path     []mdHeading
	ticked   int
	entries  int
	deep     bool
}

type mdHeading struct {
	level int
	title string
}

type mdSection struct {
	path    []string
	purpose string
	entries []mdEntry
}

// mdEntry is an item, or a table with many.
type mdEntry struct {
	item  *plan.Item
	table *east.Table
}

func hasTasks(root ast.Node) bool {
	found := false
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // it fails only where the function does
		if n.Kind() == east.KindTaskCheckBox {
			found = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

func (m *mdReader) begin() {
	s := mdSection{}
	for _, h := range m.path {
		s.path = append(s.path, h.title)
	}
	m.sections = append(m.sections, s)
}

func (m *mdReader) section() *mdSection { return &m.sections[len(m.sections)-1] }

func (m *mdReader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		m.heading(n)
	case *ast.List:
		m.list(n, "", 1)
	case *east.Table:
		s := m.section()
		s.entries = append(s.entries, mdEntry{table: n})
	case *ast.Paragraph:
		m.paragraph(n)
	case *ast.Blockquote:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			m.block(c)
		}
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.lose("block of code was left out", "blocks of code were left out")
	case *ast.HTMLBlock:
		m.lose("block of HTML or comment, with all that is in it, was left out", "blocks of HTML and comments, with all that is in them, were left out")
	}
}

func (m *mdReader) heading(n *ast.Heading) {
	title := m.words(n, nil)
	if m.name == "" && n.Level == 1 {
		m.name = title
		m.path = nil
		m.begin()
		return
	}
	for len(m.path) > 0 && m.path[len(m.path)-1].level >= n.Level {
		m.path = m.path[:len(m.path)-1]
	}
	m.path = append(slices.Clone(m.path), mdHeading{n.Level, title})
	if len(m.sections) > MaxItems {
		m.path = m.path[:1] // no file that is meant has so many
		return
	}
	m.begin()
}

func (m *mdReader) paragraph(n *ast.Paragraph) {
	in := plan.Item{}
	words := m.words(n, &in)
	m.loseSome(len(in.Links), "link in a paragraph was left out", "links in paragraphs were left out")
	s := m.section()
	switch {
	case words == "":
	case len(s.path) == 0 && m.summary == "" && len(s.entries) == 0:
		m.summary = words
	case len(s.path) > 0 && s.purpose == "" && len(s.entries) == 0:
		var cutOff bool
		if s.purpose, cutOff = shorten(words, maxSummary); cutOff {
			m.lose("paragraph under a heading was cut", "paragraphs under headings were cut")
		}
	default:
		m.lose("paragraph between the items was left out", "paragraphs between the items were left out")
	}
}

// list takes a list's entries as items, those within them too.
func (m *mdReader) list(l *ast.List, parent string, depth int) {
	if m.deep = m.deep || depth > MaxDepth; m.deep {
		return
	}
	for n := l.FirstChild(); n != nil; n = n.NextSibling() {
		if m.items+len(m.section().entries) > MaxItems {
			return // emit adds them, and finish refuses
		}
		m.entry(n, parent, depth)
	}
}

func (m *mdReader) entry(n ast.Node, parent string, depth int) {
	first := n.FirstChild()
	if first == nil {
		return
	}
	box, isTask := first.FirstChild().(*east.TaskCheckBox)
	if m.tasks && !isTask {
		m.withoutBox(n, depth)
		return
	}
	it := plan.Item{}
	it.Title = m.words(first, &it)
	if isTask && box.IsChecked {
		m.ticked++
	}
	if !isTask {
		m.entries++
	}
	it.Levels, it.Title = m.titled(it.Title)
	if parent != "" {
		if isTask {
			m.lose("box below another became an item of its own, beside it", "boxes below others became items of their own, beside them")
		}
		it.Guidance = "Part of “" + parent + "”."
	}
	var within []*ast.List
	for c := first.NextSibling(); c != nil; c = c.NextSibling() {
		if l, ok := c.(*ast.List); ok && (!m.tasks || hasTasks(l)) && !m.labelled(l) {
			within = append(within, l)
			continue
		}
		m.details(c, &it)
	}
	if points := m.subPoints(within); points != nil {
		m.fold(points, &it)
		within = nil
	}
	s := m.section()
	s.entries = append(s.entries, mdEntry{item: &it})
	short, _ := shorten(it.Title, maxTitle)
	for _, l := range within {
		m.list(l, short, depth+1)
	}
}

// The most sub-points that are folded into what they stand below, and the most
// characters of each.
const (
	maxPoints     = 8
	maxPointWords = 120
)

// subPoints are the boxes of lists that only say when the box above them is done:
// few, each on one line, none with a level or with boxes of its own. Nil when they
// are items.
func (m *mdReader) subPoints(lists []*ast.List) []ast.Node {
	var out []ast.Node
	for _, l := range lists {
		for n := l.FirstChild(); n != nil; n = n.NextSibling() {
			first := n.FirstChild()
			if first == nil || first.NextSibling() != nil || len(out) == maxPoints {
				return nil
			}
			words := m.words(first, nil)
			if _, rest := titleLevel(words); first.FirstChild() == nil || first.FirstChild().Kind() != east.KindTaskCheckBox || rest != words || len(words) > maxPointWords {
				return nil
			}
			out = append(out, first)
		}
	}
	return out
}

// fold makes sub-points what has to be so before an item is done.
func (m *mdReader) fold(points []ast.Node, it *plan.Item) {
	var words []string
	for _, p := range points {
		if box, ok := p.FirstChild().(*east.TaskCheckBox); ok && box.IsChecked {
			m.ticked++
		}
		if w := strings.TrimRight(m.words(p, it), ".;, "); w != "" {
			words = append(words, w)
		}
		m.lose("box below another became a part of its “Done when”", "boxes below others became parts of their “Done when”")
	}
	it.Done = joinTexts(it.Done, joinSentences(strings.Join(words, "; ")))
}

// titled takes off a title what says how much it weighs, and counts that.
func (d *draft) titled(title string) ([3]plan.Level, string) {
	levels, rest := titleLevel(title)
	if rest != title {
		d.titledLevels++
	}
	return levels, rest
}

// withoutBox looks for items in an entry that is none.
func (m *mdReader) withoutBox(n ast.Node, depth int) {
	words, found := "", false
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if l, ok := c.(*ast.List); ok && hasTasks(l) {
			found = true
			m.list(l, words, depth+1)
		} else if words == "" {
			words, _ = shorten(m.words(c, nil), maxTitle)
		}
	}
	if !found {
		m.lose("entry without a box was left out", "entries without a box were left out")
	}
}

// details adds a block to an item's text.
func (m *mdReader) details(n ast.Node, it *plan.Item) {
	l, isList := n.(*ast.List)
	if !isList {
		if n.Kind() == ast.KindFencedCodeBlock || n.Kind() == ast.KindCodeBlock {
			m.lose("block of code stands in its item's text without its lines", "blocks of code stand in their items' texts without their lines")
		}
		it.Guidance = joinTexts(it.Guidance, m.words(n, it))
		return
	}
	for e := l.FirstChild(); e != nil; e = e.NextSibling() {
		words := m.words(e, it)
		to := &it.Guidance
		if name, rest, ok := strings.Cut(words, ": "); ok {
			if field := labelledField(it, name); field != nil {
				to, words = field, rest
			}
		}
		*to = joinTexts(*to, words)
	}
}

func labelledField(it *plan.Item, name string) *string {
	switch fold.Text(name) {
	case "why":
		return &it.Why
	case "done when":
		return &it.Done
	case "show":
		return &it.Show
	}
	return nil
}

// labelled reports whether a list explains the item that it stands in, as those do
// that we write.
func (m *mdReader) labelled(l *ast.List) bool {
	name, _, ok := strings.Cut(m.words(l.FirstChild(), nil), ": ")
	return ok && labelledField(&plan.Item{}, name) != nil
}

// words is the text of a node on one line. Links go to an item where there is one.
func (m *mdReader) words(root ast.Node, it *plan.Item) string {
	if root == nil {
		return ""
	}
	var b strings.Builder
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // it fails only where the function does
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(plainWords(n.Segment.Value(m.src), n.IsRaw() || n.Parent().Kind() == ast.KindCodeSpan))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.RawHTML:
			b.WriteByte(' ') // such as <br>
			if it != nil && bytes.HasPrefix(n.Segments.Value(m.src), []byte("<!--")) {
				m.lose("comment within a line was left out", "comments within lines were left out")
			}
		case *ast.HTMLBlock:
			if it != nil {
				m.lose("block of HTML or comment, with all that is in it, was left out", "blocks of HTML and comments, with all that is in them, were left out")
			}
			return ast.WalkSkipChildren, nil
		case *east.Strikethrough:
			if it != nil {
				m.lose("text is struck through and stands like other text", "texts are struck through and stand like other text")
			}
		case *ast.AutoLink:
			b.Write(n.Label(m.src))
			m.addLink(it, "", string(n.URL(m.src)))
		case *ast.Link:
			m.addLink(it, "", string(n.Destination))
		case *ast.Image:
			if it != nil {
				m.lose("picture was left out", "pictures were left out")
			}
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			b.Write(n.Lines().Value(m.src))
		}
		return ast.WalkContinue, nil
	})
	return clean(b.String())
}

func plainWords(b []byte, raw bool) string {
	if raw {
		return string(b)
	}
	return html.UnescapeString(string(util.UnescapePunctuations(b)))
}

func (m *mdReader) addLink(it *plan.Item, title, address string) {
	if it == nil {
		return
	}
	if strings.HasPrefix(address, "#") || strings.HasPrefix(address, "mailto:") {
		m.lose("link within the text or to an address of mail was left out", "links within the text or to addresses of mail were left out")
		return
	}
	it.Links = m.link(it.Links, title, address)
}

// emit makes stages of the sections. Where there are more than there may be
// stages, the deeper headings make none.
func (m *mdReader) emit() {
	depth := MaxDepth
	for ; depth > 1 && m.stagesAt(depth) > MaxStages; depth-- {
		continue
	}
	var last []string
	begun := false
	for _, s := range m.sections {
		if len(s.entries) == 0 {
			if s.purpose != "" {
				m.lose("paragraph under a heading without items was left out", "paragraphs under headings without items were left out")
			}
			continue
		}
		if len(s.path) > depth {
			m.lose("deeper heading became no stage, since there are too many", "deeper headings became no stages, since there are too many")
		}
		path := s.path[:min(len(s.path), depth)]
		if !begun || !slices.Equal(path, last) {
			m.beginStage(path, s.purpose)
		} else if s.purpose != "" {
			m.lose("paragraph under a deeper heading was left out", "paragraphs under deeper headings were left out")
		}
		begun, last = true, path
		for _, e := range s.entries {
			if m.full() {
				return
			}
			if e.table != nil {
				m.table(e.table)
				continue
			}
			m.item(*e.item)
		}
	}
}

func (m *mdReader) stagesAt(depth int) int {
	seen := map[string]bool{}
	for _, s := range m.sections {
		if len(s.entries) > 0 {
			seen[strings.Join(s.path[:min(len(s.path), depth)], "\n")] = true
		}
	}
	return len(seen)
}

func (m *mdReader) beginStage(path []string, purpose string) {
	switch n := len(path); {
	case n == 0:
		name := m.name
		if name == "" {
			name = "Checklist"
		}
		m.stage(name, purpose)
	case n > 1 && m.stageTitles[fold.Text(path[n-1])] > 0:
		m.stage(path[n-2]+": "+path[n-1], purpose)
	default:
		m.stage(path[n-1], purpose)
	}
}

// table takes the rows of a table as items. Without a heading that says it, the
// first column that is not known for something else has the titles.
func (m *mdReader) table(n *east.Table) {
	t := &table{draft: m.draft, left: map[int]int{}, place: func(line, _ int) Problem { return Problem{Line: line, Column: 1} }}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		row := m.row(r)
		if t.headings == nil {
			t.headings, t.columns = row.cells, guessColumns(row.cells)
			if t.opts.Columns != nil {
				t.columns = maps.Clone(t.opts.Columns)
			}
			if _, ok := t.columns[ColumnTitle]; !ok {
				t.titleByPlace()
			}
			continue
		}
		if m.full() {
			break
		}
		for len(row.cells) > len(t.headings) {
			t.headings = append(t.headings, "")
		}
		t.row(row)
		if t.current != nil {
			m.cellLinks(r, t)
		}
	}
	t.end()
}

// cellLinks adds what the cells of a row link to.
func (m *mdReader) cellLinks(r ast.Node, t *table) {
	for c := r.FirstChild(); c != nil; c = c.NextSibling() {
		m.words(c, &t.current.item)
	}
}

func (m *mdReader) row(n ast.Node) row {
	var r row
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if r.line == 0 && c.Lines().Len() > 0 {
			r.line, _ = position(m.src, c.Lines().At(0).Start)
		}
		r.cells = append(r.cells, m.words(c, nil))
	}
	return r
}

func writeMarkdown(d plan.Document) ([]byte, []string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", escape(d.Name()))
	summary := ""
	purposes := map[string]string{}
	if l := d.Lifecycle; l != nil {
		summary = l.Summary
		for _, s := range l.Stages {
			purposes[s.Name] = s.Purpose
		}
	} else {
		summary = d.Module.Summary
	}
	if summary != "" {
		fmt.Fprintf(&b, "\n%s\n", escape(summary))
	}
	last, begun := "", false
	eachItem(d, func(section string, it *plan.Item) {
		if !begun || section != last {
			fmt.Fprintf(&b, "\n## %s\n\n", escape(section))
			if p := purposes[section]; p != "" {
				fmt.Fprintf(&b, "%s\n\n", escape(p))
			}
		}
		last, begun = section, true
		writeTask(&b, it)
	})
	return b.Bytes(), markdownLost(d), nil
}

func markdownLost(d plan.Document) []string {
	lost := notRepresented(d, "Markdown", []part{partLevels, partLinks, partPurpose})
	return append(lost, "Keys have no place in Markdown and are made of the titles when it is read.")
}

func writeTask(b *bytes.Buffer, it *plan.Item) {
	level := ""
	if it.Levels[0] == plan.LevelShould || it.Levels[0] == plan.LevelMay {
		level = it.Levels[0].Label() + ": "
	} else if _, rest := titleLevel(it.Title); rest != it.Title { // which would be taken for its level
		level = plan.LevelMust.Label() + ": "
	}
	fmt.Fprintf(b, "- [ ] %s%s\n", level, escape(it.Title))
	for _, p := range []struct{ name, text string }{{"Why", it.Why}, {"Done when", it.Done}, {"Show", it.Show}} {
		if p.text != "" {
			fmt.Fprintf(b, "  - %s: %s\n", p.name, escape(p.text))
		}
	}
	if it.Guidance != "" {
		fmt.Fprintf(b, "\n  %s\n\n", escape(it.Guidance))
	}
	for _, l := range it.Links {
		title := l.Title
		if title == "" {
			title = l.URL
		}
		fmt.Fprintf(b, "\n  [%s](<%s>)\n\n", escape(title), l.URL)
	}
}

var special = regexp.MustCompile("[\\\\`*_{}\\[\\]<>#|~&]|^[0-9]+[.)]|^[-+=]")

// escape has a text mean nothing but itself in Markdown.
func escape(s string) string {
	return special.ReplaceAllStringFunc(clean(s), func(c string) string { return c[:len(c)-1] + "\\" + c[len(c)-1:] })
}
