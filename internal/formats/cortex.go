package formats

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Cortex is the form of the scorecards of Cortex: YAML with rules, each of which has a
// title, a text, an expression that the tool evaluates, and the level of a ladder that it
// belongs to. Levels have a rank, the lowest first: what stands on the first rung is
// asked of everything. A scorecard may have points by weight instead of a ladder.
const Cortex Format = "cortex-scorecard"

func cortexInfo() Info {
	return Info{
		Format: Cortex, Label: "Cortex scorecard", Extensions: []string{".yaml", ".yml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && hasLine(src, "rules:") && mentions(src, "expression:") &&
				(hasLine(src, "ladder:") || hasLine(src, "tag:"))
		},
		Read: readCortex,
	}
}

// rung is one level of the ladder.
type rung struct {
	name, text string
	rank       int
}

type cortexReader struct {
	*draft
	sections *sections
	rungs    []rung // the lowest first
}

func readCortex(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readYAML(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	c := cortexReader{draft: d, sections: newSections(d)}
	if !d.wants(root, mapping) {
		return d.finish(), nil
	}
	d.name = clean(d.text(firstOf(root.get("name"), root.get("tag"))))
	d.summary, _ = d.markdown(d.text(root.get("description")))
	c.ladder(root.get("ladder"))
	rules := root.get("rules")
	if !d.wants(rules, list) {
		return d.finish(), nil
	}
	for _, r := range c.rungs { // stages stand in the order of the rungs
		c.sections.of(r.name).purpose = r.text
	}
	for _, r := range rules.each() {
		if c.sections.full() {
			break
		}
		if d.wants(r, mapping) {
			c.rule(r)
		}
	}
	if root.get("draft").truth() {
		d.warn(root.get("draft").at("The scorecard is marked as a draft.", ""))
	}
	d.leaveOut(root, "name", "tag", "description", "ladder", "rules", "draft")
	return c.sections.finish(), nil
}

func (c *cortexReader) ladder(v *value) {
	if !c.wants(v, mapping) {
		return
	}
	levels := v.get("levels")
	if !c.wants(levels, list) {
		return
	}
	for i, l := range levels.each() {
		if !c.wants(l, mapping) {
			return
		}
		r := rung{name: clean(c.text(l.get("name"))), rank: i + 1}
		if n, err := strconv.Atoi(strings.TrimSpace(c.text(l.get("rank")))); err == nil {
			r.rank = n
		} else if l.get("rank") != nil {
			c.warn(l.get("rank").at("“"+cut(l.get("rank").str())+"” is no rank; the level stands where the file has it.",
				"Write a whole number, the lowest level first."))
		}
		r.text, _ = c.markdown(c.text(l.get("description")))
		if r.name == "" || slices.ContainsFunc(c.rungs, func(o rung) bool { return fold.Text(o.name) == fold.Text(r.name) }) {
			c.warn(l.at("The level has no name of its own and is left out.", "Give each level another name."))
			continue
		}
		c.rungs = append(c.rungs, r)
		c.leaveOut(l, "name", "rank", "description")
	}
	slices.SortStableFunc(c.rungs, func(a, b rung) int { return cmp.Compare(a.rank, b.rank) })
	c.leaveOut(v, "levels", "name")
}

func (c *cortexReader) rule(v *value) {
	expression := clean(c.text(v.get("expression")))
	message, links := c.markdown(c.text(firstOf(v.get("failureMessage"), v.get("failure_message"))))
	it := plan.Item{Title: clean(c.text(v.get("title"))), Links: links}
	if it.Title == "" {
		it.Title = cmp.Or(message, expression)
	}
	if it.Title == "" {
		c.lose("rule without a title and an expression was left out", "rules without a title and an expression were left out")
		return
	}
	text, links := c.markdown(c.text(v.get("description")))
	it.Links = c.moreLinks(it.Links, links)
	if message == it.Title || message == text {
		message = ""
	}
	it.Guidance = joinSentences(text, message)
	if expression != "" {
		c.lose("expression stands in what to show as a text, since nothing is run here",
			"expressions stand in what to show as texts, since nothing is run here")
		it.Show = "What the scorecard looks at: " + expression
	}
	section := "Rules"
	if i := c.rung(v.get("level")); i >= 0 {
		section = c.rungs[i].name
		it.Levels = graded(1 + i*min(len(c.rungs), 3)/max(len(c.rungs), 1))
	} else if c.name != "" {
		section = c.name
	}
	c.leaveOut(v, "title", "expression", "description", "failureMessage", "failure_message", "level", "identifier")
	c.sections.add(c.sections.of(section), it, clean(c.text(v.get("identifier"))))
}

// rung is the number of the level that a rule belongs to, or -1.
func (c *cortexReader) rung(v *value) int {
	name := fold.Text(c.text(v))
	if name == "" {
		return -1
	}
	i := slices.IndexFunc(c.rungs, func(r rung) bool { return fold.Text(r.name) == name })
	if i < 0 {
		c.warn(v.at("“"+cut(v.str())+"” is no level of the ladder; the rule is required at every tier.", "Write one of the ladder's levels."))
	}
	return i
}
