package formats

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// ASVS is the form of the OWASP Application Security Verification Standard, versions
// 4 and 5: a table with a row for each requirement, as CSV or as flat JSON. Version 5
// has one column L with the lowest level that asks for a requirement. Version 4 has a
// column for each level with a mark in it, in some translations with words; its
// columns have other names in the older files. Numbers of requirements that were
// deleted stay as rows with a text in brackets and no level.
const ASVS Format = "asvs"

func asvsInfo() Info {
	return Info{
		Format: ASVS, Label: "OWASP ASVS", Extensions: []string{".csv", ".json"}, MediaType: "text/csv",
		Sniff: func(name string, src []byte) bool {
			head := src[:min(len(src), 4096)]
			if hasExtension(name, ".csv") {
				line, _, _ := bytes.Cut(head, []byte("\n"))
				return mentions(line, "req_id", "req_description") || mentions(line, "Section", "Item", "Description", "L1")
			}
			return hasExtension(name, ".json") && (mentions(head, `"req_id"`, `"req_description"`) ||
				mentions(head, `"Item"`, `"Description"`, `"L1"`) ||
				mentions(head, `"ShortCode"`, `"Requirements"`) || mentions(head, `"Shortcode"`, `"Requirements"`))
		},
		Read: readASVS,
	}
}

func readASVS(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	a := asvsReader{draft: d, sections: newSections(d)}
	if c := bytes.TrimLeft(src, " \t\r\n"); bytes.HasPrefix(c, []byte("{")) || bytes.HasPrefix(c, []byte("[")) {
		return a.json(src)
	}
	return a.table(src)
}

type asvsReader struct {
	*draft
	sections *sections
}

func (a *asvsReader) json(src []byte) (Result, error) {
	root, bad := a.readJSON(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	if root.is(mapping) {
		a.name, a.summary = clean(a.text(root.get("Name", "name"))), clean(a.text(root.get("Description", "description")))
		a.leaveOutAs("field of the standard, such as its version, was left out", "fields of the standard, such as its version, were left out",
			root,
			"Name", "name", "Description", "description", "requirements", "Requirements")
		root = root.get("requirements", "Requirements")
	}
	if !a.wants(root, list) {
		return a.finish(), nil
	}
	for _, r := range root.each() {
		if a.sections.full() {
			break
		}
		if r.get("Items", "items") != nil {
			a.refuse(r.at("This is the nested form of the standard, which is not read.", "Take the file that ends in .flat.json, or the CSV."))
			return a.finish(), nil
		}
		if a.wants(r, mapping) {
			a.requirement(r)
		}
	}
	return a.sections.finish(), nil
}

// table reads rows as what they would be in JSON.
func (a *asvsReader) table(src []byte) (Result, error) {
	rows, bad, err := a.csvRows(src)
	if err != nil {
		return Result{}, err
	}
	if bad != nil {
		return refuse(*bad), nil
	}
	if len(rows) == 0 {
		return a.finish(), nil
	}
	head := rows[0]
	if !slices.Contains(head.cells, "req_description") && !slices.Contains(head.cells, "Description") {
		a.refuse(Problem{
			Line: head.line, Column: 1, Message: "The first row does not name the columns of the standard.",
			Do: "Write req_id, req_description, chapter_name and the levels into it; or import the file as a CSV table.",
		})
		return a.finish(), nil
	}
	for _, r := range rows[1:] {
		if a.sections.full() {
			break
		}
		v := &value{kind: mapping, line: int32(r.line), column: 1}
		for i, name := range head.cells {
			if c := r.cell(i); c != "" && v.get(name) == nil {
				v.parts = append(v.parts, &value{kind: scalar, name: name, text: c, line: v.line, column: 1, parent: v})
			}
		}
		if len(v.parts) > 0 {
			a.requirement(v)
		}
	}
	return a.sections.finish(), nil
}

func (a *asvsReader) requirement(v *value) {
	text := clean(a.text(v.get("req_description", "Description")))
	id := clean(a.text(v.get("req_id", "Item")))
	levels, asked := a.levels(v)
	if text == "" || strings.HasPrefix(text, "[") && (strings.HasSuffix(text, "]") || !asked) {
		a.lose("requirement that was deleted from the standard was left out", "requirements that were deleted from the standard were left out")
		return
	}
	chapter := clean(a.text(v.get("chapter_id", "Section")))
	name := clean(a.text(v.get("chapter_name", "Name")))
	sec := a.sections.of(cmp.Or(name, chapter, "Requirements"), chapter)
	it := plan.Item{Levels: levels, Sources: a.sources(v)}
	it.Title, it.Links = a.markdown(text)
	if section := clean(a.text(v.get("section_name"))); section != "" && section != name {
		it.Guidance = joinSentences("Section: " + section)
	}
	it.Quality = []string{"security"}
	a.leaveOut(v, "req_description", "Description", "req_id", "Item", "chapter_id", "Section", "chapter_name", "Name", "section_id",
		"section_name",
		"L", "level", "level1", "level2", "level3", "L1", "L2", "L3", "cwe", "CWE", "nist", "NIST")
	a.sections.add(sec, it, id)
}

// sources are the weaknesses and the sections of NIST's guideline that a requirement
// names.
func (a *asvsReader) sources(v *value) []string {
	var out []string
	for _, from := range []struct {
		prefix string
		text   string
	}{{"CWE-", a.text(v.get("cwe", "CWE"))}, {"NIST ", a.text(v.get("nist", "NIST"))}} {
		for _, w := range strings.FieldsFunc(from.text, func(r rune) bool { return strings.ContainsRune("/,;", r) }) {
			w, _ = shorten(clean(w), 40)
			if w == "" || slices.Contains(out, from.prefix+w) {
				continue
			}
			if len(out) == 20 {
				a.lose("source beyond the 20th was left out", "sources beyond the 20th were left out")
				break
			}
			out = append(out, from.prefix+w)
		}
	}
	return out
}

// levels are by the lowest level that asks for a requirement; asked is false where
// none does. A cell may say that a level only recommends it.
func (a *asvsReader) levels(v *value) (levels [3]plan.Level, asked bool) {
	if l := v.get("L", "level"); l != nil {
		if n := digit(a.text(l)); n >= 1 && n <= 3 {
			return graded(n), true
		}
		if l.str() != "" {
			a.warn(l.at("“"+cut(l.str())+"” is no level; the requirement is required at every tier.", "Levels are 1, 2 and 3."))
			return evenly(plan.LevelMust), false
		}
		return levels, false
	}
	for i, names := range [][]string{{"level1", "L1"}, {"level2", "L2"}, {"level3", "L3"}} {
		mark := a.mark(v.get(names...))
		asked = asked || mark != plan.LevelNone
		for tier := range 3 - i { // level 1 holds at every tier, level 3 at tier 1
			if mark.Rank() > levels[tier].Rank() {
				levels[tier] = mark
			}
		}
	}
	return levels, asked
}

// mark is what a cell says: any mark or word has the level ask for a requirement,
// other than those that say no or that it is optional.
func (a *asvsReader) mark(v *value) plan.Level {
	words := strings.Trim(fold.Text(a.text(v)), " .:*")
	switch {
	case denied(words) || slices.Contains([]string{"", "—", "na", "❌"}, words):
		return plan.LevelNone
	case slices.Contains([]string{"optional", "o", "may", "recommended", "should"}, words):
		a.lose("level that only recommends its requirement was kept as recommended",
			"levels that only recommend their requirements were kept as recommended")
		return plan.LevelShould
	}
	if !strings.ContainsAny(words, "x✓✔✅☑●•1y") && len([]rune(words)) > 1 {
		a.lose("cell of a level has words in it and was taken for a mark", "cells of levels have words in them and were taken for marks")
	}
	return plan.LevelMust
}

// digit is the only number in a text, in whatever script; 0 if there is none.
func digit(s string) int {
	found := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			continue
		}
		if found != 0 {
			return min(found, digitOf(r)) // "1, 2, 3": the lowest asks for it
		}
		found = digitOf(r)
	}
	return found
}

// digitOf is the value of a decimal digit: they stand in tens in Unicode, each of
// which begins with a zero.
func digitOf(r rune) int {
	if r < 0x80 {
		return int(r - '0')
	}
	for zero := r - 9; zero <= r; zero++ {
		if unicode.IsDigit(zero) && !unicode.IsDigit(zero-1) {
			return int(r - zero)
		}
	}
	return 0
}
