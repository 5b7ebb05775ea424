package formats

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// OSCAL is the form of a catalogue in the Open Security Controls Assessment Language
// of NIST, as JSON: groups with controls, which have parts (a statement, guidance,
// objectives), parameters that an organisation sets, pointers to references at the
// end of the file, and controls that enhance them. A profile that was resolved is a
// catalogue too; the other models of the language are none.
const OSCAL Format = "oscal-catalog"

func oscalInfo() Info {
	return Info{
		Format: OSCAL, Label: "OSCAL catalog", Extensions: []string{".json"}, MediaType: "application/json",
		// The other models are claimed too: their refusal says what to take instead.
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".json") && mentions(src, `"oscal-version"`)
		},
		Read: readOSCAL,
	}
}

type oscalReader struct {
	*draft
	sections  *sections
	params    map[string]string // what stands for a parameter
	resources map[string]*value // by their uuid
	byGroup   int               // the depth of the groups that become stages
}

func readOSCAL(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readJSON(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	if !d.wants(root, mapping) {
		return d.finish(), nil
	}
	catalog := root.get("catalog")
	if catalog == nil {
		d.refuse(notACatalog(root))
		return d.finish(), nil
	}
	if !d.wants(catalog, mapping) {
		return d.finish(), nil
	}
	o := oscalReader{draft: d, sections: newSections(d), params: map[string]string{}, resources: map[string]*value{}}
	meta := catalog.get("metadata")
	d.name, _ = d.markdown(d.text(meta.get("title")))
	d.summary, _ = d.markdown(d.text(meta.get("remarks")))
	d.leaveOutAs("field of the metadata, such as versions and people, was left out",
		"fields of the metadata, such as versions and people, were left out",
		meta, "title", "remarks")
	for _, r := range catalog.get("back-matter").get("resources").each() {
		if id := d.text(r.get("uuid")); id != "" {
			o.resources[id] = r
		}
	}
	o.parameters(catalog)
	groups := catalog.get("groups")
	if len(groups.each()) == 1 && len(groups.each()[0].get("groups").each()) > 0 && groups.each()[0].get("controls") == nil {
		o.byGroup = 1 // one group around all says nothing
	}
	o.controls(catalog, nil, nil)
	o.groups(groups, nil, nil, 0)
	d.leaveOut(catalog, "uuid", "metadata", "groups", "controls", "params", "back-matter")
	return o.sections.finish(), nil
}

// notACatalog says which model a file holds, as far as it is known.
func notACatalog(root *value) Problem {
	for _, p := range root.each() {
		switch p.name {
		case "profile":
			return p.at("This is a profile, which only points at controls.",
				"Take the catalog that the profile resolves to; its file often has “resolved-profile” in its name.")
		case "component-definition", "system-security-plan", "assessment-plan", "assessment-results", "plan-of-action-and-milestones",
			"mapping-collection":
			return p.at("This is no catalog but another model of OSCAL, “"+p.name+"”.", "Take the catalog that it was made for.")
		}
	}
	return Problem{Line: 1, Column: 1, Message: "There is no “catalog” in the file.", Do: "Take the catalog as JSON."}
}

// parameters notes what stands for each parameter in v and below. An organisation
// sets them later, so a label in brackets is all that there is.
func (o *oscalReader) parameters(v *value) {
	for _, p := range v.get("params").each() {
		if id := o.text(p.get("id")); id != "" {
			o.params[id] = o.parameter(p)
		}
	}
	for _, name := range []string{"groups", "controls"} {
		for _, in := range v.get(name).each() {
			o.parameters(in)
		}
	}
}

func (o *oscalReader) parameter(p *value) string {
	words := clean(o.text(p.get("label")))
	if values := p.get("values").each(); len(values) > 0 {
		words = clean(o.text(values[0]))
	}
	if choices := p.get("select").get("choice").each(); words == "" && len(choices) > 0 {
		var all []string
		for _, c := range choices[:min(len(choices), 20)] {
			all = append(all, clean(insertion.ReplaceAllString(o.text(c), "…")))
		}
		words = strings.Join(all, " / ")
	}
	words, _ = shorten(words, 80)
	return words
}

// insertion is where a text has a parameter: {{ insert: param, ac-1_prm_1 }}, and
// without the first words in older files.
var insertion = regexp.MustCompile(`\{\{\s*(?:insert:\s*)?(?:param\s*,\s*)?([A-Za-z0-9_.-]+)\s*\}\}`)

// prose is the text of a part. A parameter stands as its label, in brackets.
func (o *oscalReader) prose(v *value, it *plan.Item) string {
	text, _ := shorten(o.text(v), maxProse)
	text = insertion.ReplaceAllStringFunc(text, func(s string) string {
		o.lose("parameter, which an organisation sets, stands in brackets", "parameters, which an organisation sets, stand in brackets")
		id := insertion.FindStringSubmatch(s)[1]
		if words := o.params[id]; words != "" {
			return "(" + words + ")"
		}
		return "(" + id + ")"
	})
	words, links := o.markdown(text)
	if it != nil {
		it.Links = o.moreLinks(it.Links, links)
	}
	return words
}

// groups reads those within a group. path are the titles of the groups around below
// the one that became a stage.
func (o *oscalReader) groups(v *value, sec *section, path []string, depth int) {
	if !o.wants(v, list) {
		return
	}
	for _, g := range v.each() {
		if o.sections.full() || !o.wants(g, mapping) {
			return
		}
		title, _ := o.markdown(o.text(firstOf(g.get("title"), g.get("id"))))
		in, within := sec, path
		if depth <= o.byGroup {
			in, within = o.sections.of(title, clean(o.text(g.get("id")))), nil
			if depth < o.byGroup && o.summary == "" {
				o.summary = o.about(g)
			} else if in.purpose == "" {
				in.purpose = o.about(g)
			}
		} else {
			within = append(slices.Clip(path), title)
			if o.about(g) != "" {
				o.lose("text about a group within a group was left out", "texts about groups within groups were left out")
			}
		}
		o.leaveOut(g, "id", "class", "title", "params", "props", "parts", "groups", "controls")
		o.controls(g, in, within)
		o.groups(g.get("groups"), in, within, depth+1)
	}
}

// about is what a group says of itself.
func (o *oscalReader) about(g *value) string {
	var texts []string
	for _, p := range g.get("parts").each() {
		texts = append(texts, o.prose(p.get("prose"), nil))
	}
	return joinSentences(texts...)
}

// controls reads those of a group or of the catalogue, and those that enhance them.
func (o *oscalReader) controls(v *value, sec *section, path []string) {
	controls := v.get("controls")
	if !o.wants(controls, list) {
		return
	}
	for _, c := range controls.each() {
		if o.sections.full() || !o.wants(c, mapping) {
			return
		}
		if sec == nil {
			sec = o.sections.of("Controls")
		}
		o.control(c, sec, path)
		title, _ := o.markdown(o.text(c.get("title")))
		o.controls(c, sec, append(slices.Clip(path), title))
	}
}

func (o *oscalReader) control(c *value, sec *section, path []string) {
	o.leaveOut(c, "id", "class", "title", "params", "props", "links", "parts", "controls")
	levels, withdrawn := o.props(c)
	if withdrawn {
		o.lose("withdrawn control was left out", "withdrawn controls were left out")
		return
	}
	it := plan.Item{Levels: levels}
	it.Title, it.Links = o.markdown(o.text(c.get("title")))
	var done, guidance gathered
	for _, p := range c.get("parts").each() {
		switch name := o.text(p.get("name")); name {
		case "assessment-objective", "assessment-method", "assessment", "objective", "assessment-objects":
			o.lose("objective or method of an assessment was left out", "objectives and methods of assessments were left out")
		case "statement":
			o.within(p, &it, &done)
		default:
			o.within(p, &it, &guidance)
		}
	}
	it.Done, it.Guidance = done.text(), guidance.text()
	if it.Title == "" {
		it.Title, it.Done = it.Done, ""
	}
	if len(path) > 0 {
		it.Guidance = joinSentences("Part of: "+strings.Join(path, " > "), it.Guidance)
	}
	for _, l := range c.get("links").each() {
		o.reference(l, &it)
	}
	o.sections.add(sec, it, clean(o.text(c.get("id"))))
}

// props reads what is said of a control in words of one namespace or another: whether
// it was withdrawn, and in older files which baselines it belongs to.
func (o *oscalReader) props(c *value) (levels [3]plan.Level, withdrawn bool) {
	lowest := 0
	for _, p := range c.get("props").each() {
		switch word := strings.ToLower(o.text(p.get("value"))); o.text(p.get("name")) {
		case "status":
			withdrawn = withdrawn || word == "withdrawn"
		case "baseline-impact":
			if n := slices.Index([]string{"low", "moderate", "high"}, word) + 1; n > 0 && (lowest == 0 || n < lowest) {
				lowest = n
			}
		case "label", "sort-id", "alt-label":
		default:
			o.lose("property of a control was left out", "properties of controls were left out")
		}
	}
	return graded(lowest), withdrawn
}

// within adds the texts of a part and of those in it, in their order.
func (o *oscalReader) within(p *value, it *plan.Item, to *gathered) {
	label := ""
	for _, prop := range p.get("props").each() {
		if o.text(prop.get("name")) == "label" && prop.get("class") == nil {
			label = clean(o.text(prop.get("value")))
		}
	}
	title, _ := o.markdown(o.text(p.get("title")))
	for _, text := range []string{title, strings.TrimSpace(label + " " + o.prose(p.get("prose"), it))} {
		if text != "" && text != label {
			to.add(text)
		}
	}
	for _, in := range p.get("parts").each() {
		o.within(in, it, to)
	}
}

// reference adds what a control points at: a page, or something at the end of the file.
func (o *oscalReader) reference(l *value, it *plan.Item) {
	address := strings.TrimSpace(o.text(l.get("href")))
	id, here := strings.CutPrefix(address, "#")
	if !here {
		it.Links = o.link(it.Links, o.text(l.get("text")), address)
		return
	}
	r := o.resources[id]
	if r == nil {
		o.lose("pointer to a related control was left out", "pointers to related controls were left out")
		return
	}
	n := len(it.Links)
	title := firstOf(r.get("title"), r.get("citation").get("text"))
	for _, to := range r.get("rlinks").each() {
		if address := strings.TrimSpace(o.text(to.get("href"))); webAddress(address) {
			it.Links = o.link(it.Links, o.text(title), address)
			return
		}
	}
	if len(it.Links) == n {
		o.lose("reference without a web address was left out", "references without a web address were left out")
	}
}
