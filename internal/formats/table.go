package formats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Limits of tables.
const (
	maxRows    = 20_000
	maxColumns = 200
	maxCells   = 120_000 // bounds the memory that a workbook takes, which is about a kibibyte for each
	headRows   = 20      // among which the headings are looked for
	firstRows  = 3       // that are shown to whoever says what columns hold
)

// row is one of a table.
type row struct {
	line  int // in the file, or the row's number in a sheet
	cells []string
	band  bool  // one text over several columns and nothing else: a heading
	down  []int // columns whose text comes from a merged cell that began above
}

func (r row) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

func (r row) filled() (n, first int) {
	first = -1
	for i, c := range r.cells {
		if c != "" {
			if n++; first < 0 {
				first = i
			}
		}
	}
	return n, first
}

// table reads rows into a draft.
type table struct {
	*draft
	columns  map[Column]int
	headings []string
	place    func(line, column int) Problem // names a cell; column from 0
	current  *pending
	joined   met
	apart    int
	left     map[int]int // columns that are not read -> cells with something in them
}

// pending is an item to which a following row may add.
type pending struct {
	item plan.Item
	id   string
	line int
}

// readRows makes a result of a table. name is what the items belong to where no
// column says it. Cells are on one line already.
func (d *draft) readRows(rows []row, name string, place func(line, column int) Problem) Result {
	t := &table{draft: d, place: place, left: map[int]int{}}
	at := t.findHeadings(rows)
	result := func(r Result) Result {
		r.Columns, r.Headings = t.columns, t.headings
		for _, shown := range rows[min(at+1, len(rows)):] {
			if n, _ := shown.filled(); n > 0 && !shown.band && len(r.Rows) < firstRows {
				r.Rows = append(r.Rows, shown.cells)
			}
		}
		return r
	}
	if _, ok := t.columns[ColumnTitle]; !ok {
		p := Problem{}
		if at < len(rows) {
			p = place(rows[at].line, 0)
		}
		p.Message, p.Do = "No column is known to hold the titles of the items.", "Say which column holds what."
		d.refuse(p)
		return result(Result{Problems: d.problems})
	}
	for _, r := range rows[:min(at, len(rows))] {
		if n, _ := r.filled(); n > 0 {
			d.lose("row above the headings was left out", "rows above the headings were left out")
		}
	}
	d.name = cmp.Or(d.name, name)
	for _, r := range rows[min(at+1, len(rows)):] {
		if d.full() {
			break
		}
		t.row(r)
	}
	t.end()
	return result(d.finish())
}

// end adds the last item and tells what was left out.
func (t *table) end() {
	t.flush()
	t.noteFirst(t.joined, "row without a title was added to the item above it", "rows without a title were added to the items above them")
	t.note(t.apart, "section goes on further down; its rows were put together", "sections go on further down; their rows were put together", "")
	for _, i := range slices.Sorted(maps.Keys(t.left)) {
		h := cut(t.headings[i])
		if h == "" {
			h = fmt.Sprintf("number %d", i+1)
		}
		t.loseSome(t.left[i], fmt.Sprintf("cell of the column “%s” was left out", h), fmt.Sprintf("cells of the column “%s” were left out", h))
	}
}

// titleByPlace takes the first column that is not known for something else.
func (t *table) titleByPlace() {
	used := slices.Collect(maps.Values(t.columns))
	for i := range t.headings {
		if !slices.Contains(used, i) {
			t.columns[ColumnTitle] = i
			return
		}
	}
	t.columns = map[Column]int{ColumnTitle: 0}
}

// findHeadings finds the row with the headings, and what its columns hold.
func (t *table) findHeadings(rows []row) int {
	best, score := -1, 0
	for i, r := range rows[:min(len(rows), headRows)] {
		found := guessColumns(r.cells)
		n := len(found)
		if _, ok := found[ColumnTitle]; ok {
			n += 2
		}
		filled, _ := r.filled()
		if filled > 0 && !r.band && (best < 0 || n > score && n >= 3) { // a title at least, other than the first
			best, score = i, n
		}
	}
	if best < 0 {
		return 0
	}
	t.headings = rows[best].cells
	width := 0
	for _, r := range rows {
		width = max(width, len(r.cells))
	}
	for len(t.headings) < width {
		t.headings = append(t.headings[:len(t.headings):len(t.headings)], "")
	}
	t.columns = maps.Clone(t.opts.Columns)
	if t.columns == nil {
		t.columns = guessColumns(t.headings)
	}
	return best
}

func (t *table) at(c Column, r row) (string, bool) {
	i, ok := t.columns[c]
	if !ok {
		return "", false
	}
	return r.cell(i), true
}

func (t *table) row(r row) {
	filled, first := r.filled()
	if filled == 0 {
		return
	}
	title, _ := t.at(ColumnTitle, r)
	if slices.Contains(r.down, t.columns[ColumnTitle]) {
		title = "" // the row belongs to the item that began above
	}
	section, _ := t.at(ColumnSection, r)
	if r.band || title == "" && filled == 1 && (section != "" || t.unknown(first)) {
		t.section(r.cells[first], true)
		return
	}
	if section != "" {
		t.section(section, false)
	}
	t.countLeft(r)
	if title == "" {
		t.join(r)
		return
	}
	t.flush()
	t.current = &pending{item: plan.Item{Title: title}, line: r.line}
	t.current.id, _ = t.at(ColumnID, r)
	t.texts(r)
	if t.current.item.Levels = t.levels(r); t.current.item.Levels == [3]plan.Level{} {
		t.current.item.Levels, t.current.item.Title = t.titled(title)
	}
	t.words(r)
}

// unknown reports whether nothing is known to stand in a column.
func (t *table) unknown(column int) bool {
	return !slices.Contains(slices.Collect(maps.Values(t.columns)), column)
}

// section has the rows that follow belong to one. A heading over rows begins one anew;
// what stands in a column is the same one wherever it stands.
func (t *table) section(name string, heading bool) {
	i := t.stageOf(name)
	if i >= 0 && i == t.draft.at {
		return
	}
	t.flush()
	if i < 0 || heading {
		t.stage(name, "")
		return
	}
	t.draft.at = i
	t.apart++
}

// countLeft counts what stands in columns that are not read.
func (t *table) countLeft(r row) {
	for i, c := range r.cells {
		if c != "" && t.unknown(i) {
			t.left[i]++
		}
	}
}

// join adds a row without a title to the item above it.
func (t *table) join(r row) {
	if t.current == nil {
		t.lose("row before the first item was left out", "rows before the first item were left out")
		return
	}
	t.joined.at(t.place(r.line, 0))
	t.texts(r)
	t.words(r)
}

func (t *table) texts(r row) {
	it := &t.current.item
	for c, to := range map[Column]*string{ColumnText: &it.Guidance, ColumnWhy: &it.Why, ColumnDone: &it.Done, ColumnShow: &it.Show} {
		if text, _ := t.at(c, r); text != "" {
			*to = joinTexts(*to, text)
		}
	}
}

// words reads the cells with words out of lists. What is none of them goes into the
// item's text.
func (t *table) words(r row) {
	it := &t.current.item
	if cell, _ := t.at(ColumnEvidence, r); cell != "" {
		for _, w := range wordsOf(cell) {
			if k, ok := evidenceKind(w); ok && !slices.Contains(it.Evidence, k) {
				it.Evidence = append(it.Evidence, k)
			} else if !ok {
				it.Show = joinTexts(it.Show, w)
				t.lose("word of the evidence column is no kind of evidence and stands in what to show", "words of the evidence column are no kinds of evidence and stand in what to show")
			}
		}
	}
	if cell, _ := t.at(ColumnSeats, r); cell != "" {
		for _, w := range wordsOf(cell) {
			if s, ok := seat(w); ok && !slices.Contains(it.Seats, s) {
				it.Seats = append(it.Seats, s)
			} else if !ok {
				it.Guidance = joinTexts(it.Guidance, t.headings[t.columns[ColumnSeats]]+": "+w)
				t.lose("word of the seats column is no seat and stands in the text", "words of the seats column are no seats and stand in the texts")
			}
		}
	}
	if cell, _ := t.at(ColumnLink, r); cell != "" {
		for _, w := range strings.Fields(cell) {
			it.Links = t.link(it.Links, "", w)
		}
	}
}

func joinTexts(a, b string) string {
	if a == "" {
		return b
	}
	if len(a) > maxProse {
		return a // it is cut anyhow, and said to be
	}
	return joinSentences(a, b)
}

// levels are those of a row: of its level column, with those of the tiers where
// there are such, or of the columns of grades.
func (t *table) levels(r row) [3]plan.Level {
	for grade, c := range []Column{ColumnGrade1, ColumnGrade2, ColumnGrade3} {
		mark, _ := t.at(c, r)
		if marked(mark) {
			return graded(grade + 1)
		}
		if mark != "" && !denied(mark) {
			t.lose("cell of a level is no mark and was left out", "cells of levels are no marks and were left out")
		}
	}
	cell, _ := t.at(ColumnLevel, r)
	levels := t.level(ColumnLevel, r, cell)
	for i, c := range []Column{ColumnTier2, ColumnTier3} {
		if cell, ok := t.at(c, r); ok {
			levels[i+1] = t.level(c, r, cell)[i+1]
		}
	}
	for i := 1; i >= 0; i-- {
		if levels[i].Rank() < levels[i+1].Rank() {
			levels[i] = levels[i+1]
			t.lose("level was raised, since a more critical tier asks no less", "levels were raised, since a more critical tier asks no less")
		}
	}
	return levels
}

func (t *table) level(c Column, r row, cell string) [3]plan.Level {
	if cell == "" {
		return [3]plan.Level{}
	}
	if l, ok := levelOf(cell); ok {
		return l
	}
	switch w := fold.Text(cell); {
	case marked(w):
		return evenly(plan.LevelMust)
	case denied(w):
		if c == ColumnLevel {
			return evenly(plan.LevelMay)
		}
		return [3]plan.Level{}
	}
	p := t.place(r.line, t.columns[c])
	p.Message, p.Do = fmt.Sprintf("%q is no level that is known; the item is required.", cut(cell)), "Look at its level."
	t.warn(p)
	return evenly(plan.LevelMust)
}

// denied reports whether a cell says no.
func denied(s string) bool {
	return slices.Contains([]string{"no", "n", "false", "-", "–", "0", "none", "n/a", "✗", "✘"}, fold.Text(s))
}

// marked reports whether a cell is ticked.
func marked(s string) bool {
	return slices.Contains([]string{"x", "✓", "✔", "✅", "☑", "yes", "y", "true", "1", "•", "*", "[x]"}, strings.Trim(fold.Text(s), " \ufe0f"))
}

func (t *table) flush() {
	if t.current == nil {
		return
	}
	p := t.current
	t.current = nil
	if p.id == "" {
		t.item(p.item)
		return
	}
	t.item(p.item, p.id)
}

func wordsOf(cell string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|", r) }) {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

func evidenceKind(w string) (plan.EvidenceKind, bool) {
	w = fold.Text(w)
	for _, k := range plan.EvidenceKinds() {
		if w == string(k) || w == fold.Text(k.Label()) {
			return k, true
		}
	}
	return "", false
}

func seat(w string) (plan.Seat, bool) {
	w = fold.Text(w)
	for _, s := range plan.Seats() {
		if w == string(s) {
			return s, true
		}
	}
	return "", false
}

// tableKeeps is what our tables have columns for.
func tableKeeps() []part {
	return []part{partLevels, partTiers, partEvidence, partSeats, partLinks}
}

func tableLost(d plan.Document) []string { return notRepresented(d, "a table", tableKeeps()) }

// tableOf is a document as rows, the headings first.
func tableOf(d plan.Document) [][]string {
	columns := []Column{
		ColumnSection, ColumnID, ColumnTitle, ColumnWhy, ColumnDone, ColumnShow, ColumnText, ColumnLevel, ColumnTier2, ColumnTier3, ColumnEvidence, ColumnSeats, ColumnLink,
	}
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.Label()
	}
	rows := [][]string{head}
	eachItem(d, func(section string, it *plan.Item) {
		var links []string
		for _, l := range it.Links {
			links = append(links, l.URL)
		}
		rows = append(rows, []string{
			section, string(it.Key), it.Title, it.Why, it.Done, it.Show, it.Guidance, string(it.Levels[0]), string(it.Levels[1]), string(it.Levels[2]),
			strings.Join(texts(it.Evidence), ", "), strings.Join(texts(it.Seats), ", "), strings.Join(links, " "),
		})
	})
	return rows
}

func texts[T ~string](list []T) []string {
	return own.Convert(list, func(v T) string { return string(v) })
}
