package formats

import (
	"bytes"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Azure is the form of the Azure review checklists: JSON with items. In the first
// schema an item has a category, subcategory, text, severity in words and one link;
// in the second it has a title, a severity from 0 (high) to 2 (low), lists of links
// and queries, and labels, and may stand in a bare list. Both name an item by its
// guid, and both have guids that stand more than once.
const Azure Format = "azure-review"

func azureInfo() Info {
	return Info{
		Format: Azure, Label: "Azure review checklist", Extensions: []string{".json"}, MediaType: "application/json",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".json") && mentions(src, `"guid"`, `"severity"`) &&
				(mentions(src, `"items"`) || bytes.HasPrefix(bytes.TrimSpace(src), []byte("[")))
		},
		Read: readAzure,
	}
}

func readAzure(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readJSON(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	a := azureReader{draft: d, sections: newSections(d), guids: map[string]string{}, severities: map[string]plan.Level{}}
	items := root
	if root.is(mapping) {
		meta := root.get("metadata")
		d.name = clean(d.text(meta.get("name")))
		d.summary = clean(d.text(meta.get("description")))
		for _, c := range root.get("categories").each() {
			if name := clean(d.text(c.get("name"))); name != "" {
				a.sections.of(name).purpose = clean(d.text(c.get("description")))
				d.leaveOut(c, "name", "description")
			}
		}
		items = root.get("items", "recommendations", "recos")
		a.words(root)
		d.leaveOut(root, "metadata", "categories", "items", "recommendations", "recos", "status", "yesno", "waf", "severities")
		d.leaveOut(meta, "name", "description")
	}
	if !d.wants(items, list) {
		return d.finish(), nil
	}
	for _, it := range items.each() {
		if a.sections.full() {
			break
		}
		if d.wants(it, mapping) {
			a.item(it)
		}
	}
	return a.sections.finish(), nil
}

type azureReader struct {
	*draft
	sections *sections
	guids    map[string]string // -> the text that it stood with first

	severities map[string]plan.Level // the file's own words for them, in whatever language
}

// words reads the lists of words that a file has people choose from. Its severities
// stand from high to low, which tells what they mean in a translation.
func (a *azureReader) words(root *value) {
	named := root.get("severities").each()
	for _, name := range []string{"status", "yesno", "waf", "severities"} {
		if root.get(name) != nil && (name != "severities" || len(named) != 3) {
			a.lose("list of words to choose from was left out", "lists of words to choose from were left out")
		}
	}
	if len(named) != 3 {
		return
	}
	for i, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		a.severities[fold.Text(a.text(named[i].get("name")))] = l
	}
}

func (a *azureReader) item(v *value) {
	text := clean(a.text(v.get("text", "title")))
	if text == "" {
		a.lose("item without a text was left out", "items without a text were left out")
		return
	}
	guid := strings.ToLower(clean(a.text(v.get("guid"))))
	before, again := a.guids[guid]
	if guid != "" && again {
		if before == text {
			a.lose("item that stands in the file before was left out", "items that stand in the file before were left out")
			return
		}
		a.warn(v.get("guid").at("The guid "+cut(guid)+" stands before with another text; both are imported.", "Give one of them another guid."))
	}
	a.guids[guid] = text
	waf := clean(a.text(v.get("waf")))
	category := clean(a.text(v.get("category", "service")))
	if category == "" {
		category = clean(a.text(firstPart(v.get("services"))))
	}
	if category == "" {
		category = waf
	}
	if category == "" {
		category = "Recommendations"
	}
	it := plan.Item{Title: text, Levels: a.severity(v.get("severity")), Quality: wafQuality(waf)}
	more, links := a.markdown(a.text(v.get("description", "longDescription")))
	it.Guidance, it.Links = more, links
	if sub := clean(a.text(v.get("subcategory"))); sub != "" && sub != category {
		it.Guidance = joinSentences("Area: "+sub, it.Guidance)
	}
	for _, name := range []string{"link", "training", "links", "learnMoreLink"} {
		a.links(&it, v.get(name))
	}
	for _, name := range []string{"graph", "query", "queries", "arm"} {
		if q := v.get(name); q != nil && (q.str() != "" || len(q.each()) > 0) {
			a.lose("query over resources was left out, since nothing is run here", "queries over resources were left out, since nothing is run here")
		}
	}
	if service := clean(a.text(v.get("service"))); service != "" && service != category {
		it.Guidance = joinSentences(it.Guidance, "Service: "+service)
	}
	if a.guids[guid] != "" && guid != "" && v.get("id", "name") != nil {
		a.lose("number of an item was left out, since its guid is its key", "numbers of items were left out, since their guids are their keys")
	}
	a.leaveOut(v, "text", "title", "guid", "waf", "category", "subcategory", "service", "services", "severity", "description",
		"longDescription", "link", "links",
		"learnMoreLink", "training", "graph", "query", "queries", "arm", "id", "name")
	a.sections.add(a.sections.of(category), it, guid, clean(a.text(v.get("id", "name"))))
}

func firstPart(v *value) *value {
	if v.is(list) && len(v.parts) > 0 {
		return v.parts[0]
	}
	return nil
}

// links adds one link or a list of them; each is an address, or has one.
func (a *azureReader) links(it *plan.Item, v *value) {
	switch {
	case v.is(scalar):
		if address := strings.TrimSpace(v.str()); !hasLink(it.Links, address) {
			it.Links = a.link(it.Links, "", address)
		}
	case v.is(list):
		for _, l := range v.each() {
			a.links(it, l)
		}
	case v.is(mapping):
		a.leaveOut(v, "url", "link", "href", "name", "title")
		address := strings.TrimSpace(a.text(v.get("url", "link", "href")))
		if !hasLink(it.Links, address) {
			it.Links = a.link(it.Links, a.text(v.get("name", "title")), address)
		}
	}
}

// severity is how much an item weighs, the same at every tier: high is required,
// medium recommended, low optional.
func (a *azureReader) severity(v *value) [3]plan.Level {
	words := fold.Text(a.text(v))
	switch words {
	case "":
		return [3]plan.Level{}
	case "0":
		return evenly(plan.LevelMust)
	case "1":
		return evenly(plan.LevelShould)
	case "2", "3":
		return evenly(plan.LevelMay)
	case "高", "높다", "높음", "alto", "alta", "élevé":
		return evenly(plan.LevelMust)
	case "中", "中程度", "보통", "medio", "media", "medio/a", "medium", "médio", "média":
		return evenly(plan.LevelShould)
	case "低", "낮다", "낮음", "bajo", "baja", "baixo", "baixa", "faible":
		return evenly(plan.LevelMay)
	}
	if l, known := a.severities[words]; known {
		return evenly(l)
	}
	if l, ok := levelOf(words); ok {
		return l
	}
	a.warn(v.at("“"+cut(v.str())+"” is no severity that is known; the item is required.", "Write High, Medium or Low."))
	return evenly(plan.LevelMust)
}

// wafQuality is what a pillar of the Well-Architected Framework is called here.
func wafQuality(pillar string) []string {
	switch p := fold.Text(pillar); {
	case strings.HasPrefix(p, "relia"), strings.HasPrefix(p, "resil"), strings.HasPrefix(p, "fiab"), strings.HasPrefix(p, "confiab"):
		return []string{"reliability"}
	case strings.HasPrefix(p, "secur"), strings.HasPrefix(p, "segur"):
		return []string{"security"}
	case strings.HasPrefix(p, "cost"):
		return []string{"cost"}
	case strings.HasPrefix(p, "oper"):
		return []string{"operability"}
	case strings.HasPrefix(p, "perf"):
		return []string{"performance"}
	}
	return nil
}
