package formats

import (
	"cmp"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Badge is the form of the criteria of the OpenSSF Best Practices badge: YAML,
// ordered by the tag !!omap, as level > group > subgroup > id > what is known of the
// criterion. The levels are 0, 1 and 2, for passing, silver and gold. An id stands at
// a higher level again where that asks more. The texts stand in files of another
// form, one a language; files of forks have them in place.
const Badge Format = "openssf-badge"

func badgeInfo() Info {
	return Info{
		Format: Badge, Label: "OpenSSF Best Practices criteria", Extensions: []string{".yml", ".yaml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && mentions(src, "category: ") &&
				(mentions(src, "!!omap") && (mentions(src, "MUST") || mentions(src, "SUGGESTED")) || mentions(src, "met_url_required"))
		},
		Read: readBadge,
	}
}

// criterion is one id, with what each level says of it.
type criterion struct {
	id         string
	section    *section
	categories [3]plan.Level // at passing, silver and gold
	item       plan.Item
}

func readBadge(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readYAML(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	b := badgeReader{draft: d, sections: newSections(d), known: map[string]*criterion{}}
	if d.wants(root, mapping) {
		for _, level := range root.each() {
			b.level(level)
		}
	}
	return b.finish(), nil
}

type badgeReader struct {
	*draft
	sections *sections
	known    map[string]*criterion
	order    []*criterion
	untold   int // criteria without a text
}

// grade is the number of a level: 0 is the one that asks the least.
func (b *badgeReader) grade(v *value) (int, bool) {
	name := strings.ToLower(strings.TrimSpace(v.name))
	name = strings.TrimPrefix(strings.TrimPrefix(name, "baseline-"), "level-")
	baseline := name != strings.ToLower(v.name)
	switch {
	case name == "0" || name == "passing" || name == "bronze" || baseline && name == "1":
		return 0, true
	case name == "silver" || name == "1" && !baseline || baseline && name == "2":
		return 1, true
	case name == "gold" || name == "2" && !baseline || baseline && name == "3":
		return 2, true
	}
	b.refuse(v.at("“"+cut(v.name)+"” is no level of the badge.", "Levels are 0, 1 and 2, or passing, silver and gold."))
	return 0, false
}

func (b *badgeReader) level(v *value) {
	grade, ok := b.grade(v)
	if !ok || !b.wants(v, mapping) {
		return
	}
	for _, group := range v.each() {
		if !b.wants(group, mapping) {
			continue
		}
		for _, part := range group.each() {
			if !b.wants(part, mapping) {
				continue
			}
			if part.get("category") != nil { // a file without subgroups
				b.criterion(grade, group, nil, part)
				continue
			}
			if part.filled() {
				b.lose("heading within a group was left out", "headings within groups were left out")
			}
			for _, c := range part.each() {
				if b.wants(c, mapping) {
					b.criterion(grade, group, part, c)
				}
			}
		}
	}
}

func (b *badgeReader) criterion(grade int, group, part, v *value) {
	c, again := b.known[v.name]
	if !again {
		if len(b.order) > MaxItems {
			return
		}
		c = &criterion{id: v.name, section: b.sections.of(group.name)}
		b.known[v.name] = c
		b.order = append(b.order, c)
	} else {
		b.lose("text of a level that repeats a criterion was joined with the others", "texts of levels that repeat a criterion were joined with the others")
	}
	c.categories[grade] = b.category(v)
	b.texts(c, part, v)
}

func (b *badgeReader) category(v *value) plan.Level {
	switch category := v.get("category"); strings.ToUpper(b.text(category)) {
	case "MUST":
		if v.get("future").truth() {
			b.lose("criterion is marked as one for the future and is recommended only", "criteria are marked as ones for the future and are recommended only")
			return plan.LevelShould
		}
		return plan.LevelMust
	case "SHOULD":
		return plan.LevelShould
	case "SUGGESTED":
		return plan.LevelMay
	default:
		b.warn(cmp.Or(category, v).at("“"+cut(v.name)+"” has no category that is known; it is required.", "Write MUST, SHOULD or SUGGESTED."))
		return plan.LevelMust
	}
}

// texts adds what a level says of a criterion.
func (b *badgeReader) texts(c *criterion, part, v *value) {
	it := &c.item
	add := func(to *string, from *value) {
		words, links := b.hypertext(b.text(from))
		if words != "" && !strings.Contains(*to, strings.TrimSuffix(words, ".")) {
			*to = joinSentences(*to, words)
		}
		it.Links = b.moreLinks(it.Links, links)
	}
	if it.Title == "" {
		it.Title, it.Links = b.hypertext(b.text(v.get("description")))
	} else if words, _ := b.hypertext(v.get("description").str()); words != it.Title {
		add(&it.Guidance, v.get("description"))
	}
	add(&it.Guidance, v.get("details"))
	add(&it.Why, v.get("rationale"))
	add(&it.Show, v.get("met_placeholder"))
	if v.get("met_url_required").truth() {
		if it.Show == "" {
			it.Show = "A web page that shows it."
		} else {
			b.lose("demand for a web page was left out", "demands for web pages were left out")
		}
	}
	b.leaveOut(v, "category", "description", "details", "rationale", "met_placeholder", "met_url_required", "future", "autofill", "na_allowed", "met_justification_required")
	if part != nil && len(it.Quality) == 0 {
		it.Quality = quality(part.name, c.section.name)
	}
	for _, field := range []struct{ name, one, many string }{
		{"autofill", "idea of how a criterion could be looked up was left out", "ideas of how criteria could be looked up were left out"},
		{"na_allowed", "rule on whether a criterion may be not applicable was left out", "rules on whether criteria may be not applicable were left out"},
		{"met_justification_required", "demand for a justification was left out", "demands for a justification were left out"},
	} {
		if v.get(field.name) != nil {
			b.lose(field.one, field.many)
		}
	}
}

// levels are those for tiers 1, 2 and 3: gold, silver and passing. Each level of the
// badge holds all that those below it ask.
func (c *criterion) levels() [3]plan.Level {
	var out [3]plan.Level
	for grade, l := range c.categories {
		for tier := range 3 - grade {
			if l.Rank() > out[tier].Rank() {
				out[tier] = l
			}
		}
	}
	return out
}

func (b *badgeReader) finish() Result {
	for _, c := range b.order {
		if c.item.Title == "" {
			b.untold++
			c.item.Title = words(c.id)
		}
		c.item.Levels = c.levels()
		b.sections.add(c.section, c.item, c.id)
	}
	b.note(b.untold, "criterion has no text in this file and is named after its id", "criteria have no text in this file and are named after their ids",
		"The project keeps the texts in its files for each language; put them in as description and details.")
	return b.sections.finish()
}

// words makes a title of an id such as test_policy.
func words(id string) string {
	id = clean(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(id))
	if id == "" {
		return ""
	}
	return strings.ToUpper(id[:1]) + id[1:]
}

// moreLinks are links with others behind them, each address once.
func (d *draft) moreLinks(links, more []plan.Link) []plan.Link {
	for _, l := range more {
		if !hasLink(links, l.URL) {
			links = append(links, l)
		}
	}
	return links
}

func hasLink(links []plan.Link, address string) bool {
	for _, l := range links {
		if l.URL == address {
			return true
		}
	}
	return false
}
