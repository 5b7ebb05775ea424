package formats

import (
	"regexp"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Baseline is the form of the Open Source Project Security Baseline (OSPS), and of
// other catalogues in the form of Gemara: YAML with controls, each with requirements
// that name the maturity levels they apply to. A file has one family of controls, or
// several under control-families, or all controls side by side, each with its family.
// Older files have criteria with a maturity_level and no requirements.
const Baseline Format = "osps-baseline"

func baselineInfo() Info {
	return Info{
		Format: Baseline, Label: "OSPS baseline", Extensions: []string{".yaml", ".yml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && (mentions(src, "assessment-requirements:") || mentions(src, "criteria:", "maturity_level:"))
		},
		Read: readBaseline,
	}
}

func readBaseline(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readYAML(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	if !d.wants(root, mapping) {
		return d.finish(), nil
	}
	b := baselineReader{draft: d, sections: newSections(d), families: map[string]*section{}}
	meta := root.get("metadata")
	d.name = clean(d.text(firstOf(meta.get("title"), root.get("title"), root.get("category"), meta.get("id"))))
	d.summary = clean(d.text(firstOf(meta.get("description"), root.get("description"))))
	d.leaveOutAs("field of the metadata was left out", "fields of the metadata were left out", meta, "title", "description", "id")
	d.leaveOut(root, "metadata", "title", "category", "name", "id", "description", "families", "groups", "control-families", "categories", "controls", "criteria")
	b.family(root)
	for _, name := range []string{"families", "groups", "control-families", "categories"} {
		if families := root.get(name); d.wants(families, list) {
			for _, f := range families.each() {
				b.leaveOut(f, "id", "title", "category", "name", "description", "controls", "criteria")
				b.family(f)
			}
		}
	}
	b.controls(root)
	for _, name := range []string{"control-families", "categories"} {
		for _, f := range root.get(name).each() {
			b.controls(f)
		}
	}
	return b.sections.finish(), nil
}

// firstOf is the first value that is there.
func firstOf(values ...*value) *value {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

type baselineReader struct {
	*draft
	sections *sections
	families map[string]*section // by id and by title
}

// family notes what a family is called and what it is for.
func (b *baselineReader) family(v *value) {
	title := b.text(v.get("title", "category", "name"))
	if title == "" {
		return
	}
	id := b.text(v.get("id"))
	sec := b.sections.of(title, id)
	sec.purpose, _ = b.markdown(b.text(v.get("description")))
	for _, name := range []string{id, title} {
		if name != "" && b.families[name] == nil {
			b.families[name] = sec
		}
	}
}

// controls reads those of a file or a family.
func (b *baselineReader) controls(v *value) {
	in := b.text(v.get("title", "category", "name"))
	for _, name := range []string{"controls", "criteria"} {
		controls := v.get(name)
		if !b.wants(controls, list) {
			continue
		}
		for _, c := range controls.each() {
			if b.sections.full() {
				return
			}
			if b.wants(c, mapping) {
				b.control(b.section(c, in), c)
			}
		}
	}
}

// section is that of a control: of its family, by id or title, or of what it stands in.
func (b *baselineReader) section(c *value, in string) *section {
	family := b.text(c.get("family", "group"))
	for _, name := range []string{family, in} {
		if sec := b.families[name]; sec != nil && name != "" {
			return sec
		}
	}
	if family == "" {
		family = in
	}
	if family == "" {
		family = "Controls"
	}
	return b.sections.of(family)
}

func (b *baselineReader) control(sec *section, c *value) {
	for _, name := range []string{"mappings", "control_mappings", "guideline-mappings", "guidelines", "threat-mappings", "threats"} {
		if m := c.get(name); m != nil {
			b.loseSome(max(len(m.each()), 1), "mapping to another standard was left out", "mappings to other standards were left out")
		}
	}
	title := oneLine(b.text(c.get("title", "criterion")))
	requirements := c.get("assessment-requirements")
	if !b.wants(requirements, list) {
		return
	}
	if len(requirements.each()) == 0 {
		it := plan.Item{Title: title, Levels: b.maturity(c)}
		it.Why, it.Links = b.markdown(b.text(c.get("objective", "rationale")))
		for _, name := range []string{"details", "implementation"} {
			text, links := b.markdown(b.text(c.get(name)))
			it.Guidance = joinSentences(it.Guidance, text)
			it.Links = b.moreLinks(it.Links, links)
		}
		b.leaveOutOf(c, "applicability", "maturity_level", "maturity-level", "rationale", "details", "implementation")
		b.sections.add(sec, it, b.text(c.get("id")))
		return
	}
	b.leaveOutOf(c)
	if c.get("id").filled() {
		b.lose("id of a control was left out, since its requirements have their own", "ids of controls were left out, since their requirements have their own")
	}
	for _, r := range requirements.each() {
		if b.wants(r, mapping) {
			b.requirement(sec, c, r, title)
		}
	}
}

// leaveOutOf counts the fields of a control that are not read.
func (b *baselineReader) leaveOutOf(c *value, read ...string) {
	b.leaveOut(c, append(read, "id", "title", "criterion", "objective", "family", "group", "assessment-requirements",
		"mappings", "control_mappings", "guideline-mappings", "guidelines", "threat-mappings", "threats")...)
}

// requirement makes an item of what is to be assessed: that is what somebody meets
// and shows. Its control gives the title where it is its only one.
func (b *baselineReader) requirement(sec *section, c, r *value, title string) {
	if strings.EqualFold(b.text(r.get("state")), "retired") {
		b.lose("retired requirement was left out", "retired requirements were left out")
		return
	}
	b.leaveOut(r, "id", "text", "state", "recommendation", "applicability", "maturity_level", "maturity-level")
	text, links := b.markdown(b.text(r.get("text")))
	it := plan.Item{Title: text, Levels: b.maturity(r), Links: links}
	if len(c.get("assessment-requirements").each()) == 1 && title != "" && text != "" {
		it.Title, it.Done = title, text
	} else if title != "" {
		it.Guidance = joinSentences("Part of: " + title)
	}
	var more []plan.Link
	it.Why, more = b.markdown(b.text(c.get("objective")))
	it.Links = b.moreLinks(it.Links, more)
	text, more = b.markdown(b.text(r.get("recommendation")))
	it.Guidance = joinSentences(it.Guidance, text)
	it.Links = b.moreLinks(it.Links, more)
	b.sections.add(sec, it, b.text(r.get("id")))
}

// maturityNumber is the number of a level: "Maturity Level 2", or maturity-2.
var maturityNumber = regexp.MustCompile(`^(?i:maturity|level|ml|l)?[ _-]*(?i:level)?[ _-]*([0-9])$`)

// maturity is the level by the lowest grade of maturity that something applies to.
func (b *baselineReader) maturity(v *value) [3]plan.Level {
	at := v.get("applicability", "maturity_level", "maturity-level")
	words := []*value{at}
	if at.is(list) {
		words = at.each()
	}
	lowest := 0
	for _, w := range words {
		m := maturityNumber.FindStringSubmatch(strings.TrimSpace(b.text(w)))
		if m == nil {
			if w.str() != "" {
				b.lose("word on what a requirement applies to was left out", "words on what requirements apply to were left out")
			}
			continue
		}
		if n := int(m[1][0] - '0'); n >= 1 && n <= 3 && (lowest == 0 || n < lowest) {
			lowest = n
		}
	}
	return graded(lowest)
}

// oneLine is a text on one line.
func oneLine(s string) string { return clean(s) }
