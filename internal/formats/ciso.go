package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// CISO is the form of the libraries of CISO Assistant: YAML with a framework, whose
// requirements stand in one flat list. Each names its parent by its URN, or follows it
// with a greater depth; only those that are assessable ask for something. Groups of
// implementation may be grades, each of which holds all that those before it ask.
const CISO Format = "ciso-assistant"

func cisoInfo() Info {
	return Info{
		Format: CISO, Label: "CISO Assistant library", Extensions: []string{".yaml", ".yml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && hasLine(src, "objects:") && mentions(src, "urn:") &&
				(mentions(src, "requirement_nodes:") || hasLine(src, "packager:"))
		},
		Read: readCISO,
	}
}

// cisoNode is a requirement, or a heading over some.
type cisoNode struct {
	v      *value
	parent *cisoNode
	depth  int    // as the file says it; 0 if it does not
	called string // its title, once it was asked for
}

type cisoReader struct {
	*draft
	sections *sections
	controls map[string]*value // by their URN
	grades   []string          // groups of implementation, where they are grades
}

func readCISO(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readYAML(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	objects := root.get("objects")
	if !d.wants(root, mapping) || !d.wants(objects, mapping) {
		return d.finish(), nil
	}
	framework := objects.get("framework", "frameworks")
	if framework.is(list) {
		if n := len(framework.each()); n != 1 {
			d.refuse(framework.at(fmt.Sprintf("There are %d frameworks in the library.", n), "Leave one in the file."))
			return d.finish(), nil
		}
		framework = framework.each()[0]
	}
	if framework == nil {
		d.refuse(firstOf(objects, root).at("There is no framework in the library.",
			"Take a library that has one; matrices, threats and controls alone are no checklist."))
		return d.finish(), nil
	}
	c := cisoReader{draft: d, sections: newSections(d), controls: map[string]*value{}}
	d.name = clean(d.text(firstOf(root.get("name"), framework.get("name"))))
	d.summary, _ = d.markdown(d.text(firstOf(root.get("description"), framework.get("description"))))
	for _, r := range objects.get("reference_controls").each() {
		c.controls[d.text(r.get("urn"))] = r
	}
	c.told(root, objects, framework)
	nodes, ok := c.nodes(framework.get("requirement_nodes"))
	if !ok {
		return d.finish(), nil
	}
	c.findGrades(framework.get("implementation_groups_definition"), nodes)
	c.items(nodes)
	return c.sections.finish(), nil
}

// told says what of a library around its requirements has no place here.
func (c *cisoReader) told(root, objects, framework *value) {
	c.leaveOutAs("field of the library, such as its version, was left out", "fields of the library, such as its version, were left out", root,
		"name", "description", "objects", "copyright", "translations")
	if copyright := root.get("copyright"); copyright.filled() {
		c.warn(copyright.at("The library has a copyright notice, which is not kept.", "See whether its texts may be used."))
	}
	c.leaveOutAs("field of the framework was left out", "fields of the framework were left out", framework,
		"name", "description", "requirement_nodes", "implementation_groups_definition", "scores_definition", "translations")
	for _, o := range objects.each() {
		if o.name != "framework" && o.name != "frameworks" && o.name != "reference_controls" {
			c.loseSome(len(o.each()), "threat, matrix or other object of the library was left out",
				"threats, matrices and other objects of the library were left out")
		}
	}
	c.loseSome(len(framework.get("scores_definition").each()), "score to give was left out", "scores to give were left out")
	for _, v := range []*value{root, framework} {
		c.translations(v)
	}
}

func (c *cisoReader) translations(v *value) {
	c.loseSome(len(v.get("translations").each()), "translation was left out", "translations were left out")
}

// nodes finds out which requirement stands in which.
func (c *cisoReader) nodes(v *value) ([]*cisoNode, bool) {
	if v == nil {
		c.refuse(Problem{
			Line: 1, Column: 1, Path: "objects.framework", Message: "The framework has no requirement_nodes.", Do: "Take a library with a framework in it.",
		})
	}
	if !v.is(list) {
		return nil, c.wants(v, list) && v != nil
	}
	named := map[string]*cisoNode{}
	var nodes, open []*cisoNode // open are those that the next may stand in, the outermost first
	for _, p := range v.each() {
		if !c.wants(p, mapping) {
			return nil, false
		}
		n := &cisoNode{v: p, depth: max(digits(c.text(p.get("depth"))), 0)}
		if n.depth > MaxDepth {
			c.refuse(p.get("depth").at(fmt.Sprintf("Requirements are nested more than %d deep.", MaxDepth), "Make the levels fewer."))
			return nil, false
		}
		for len(open) > 0 && open[len(open)-1].depth >= n.depth {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && p.get("parent_urn") == nil {
			n.parent = open[len(open)-1]
		}
		open = append(open, n)
		if urn := strings.ToLower(c.text(p.get("urn"))); urn != "" {
			if named[urn] != nil {
				c.warn(p.get("urn").at("The urn "+cut(urn)+" stands before; both are imported.", "Give one of them another."))
			} else {
				named[urn] = n
			}
		}
		nodes = append(nodes, n)
	}
	return nodes, c.parents(nodes, named)
}

// parents follows what the requirements name as theirs, which may stand later in the file.
func (c *cisoReader) parents(nodes []*cisoNode, named map[string]*cisoNode) bool {
	for _, n := range nodes {
		urn := n.v.get("parent_urn")
		if urn == nil {
			continue
		}
		if n.parent = named[strings.ToLower(c.text(urn))]; n.parent == nil {
			c.warn(urn.at("There is no requirement “"+cut(urn.str())+"” that this one could stand in.", "Write the urn of another requirement."))
		}
	}
	for _, n := range nodes {
		deep := 0
		for p := n.parent; p != nil; p = p.parent {
			if deep++; deep > MaxDepth {
				c.refuse(n.v.at(fmt.Sprintf("Requirements are nested more than %d deep, or stand in themselves.", MaxDepth), "Look at their parents."))
				return false
			}
		}
	}
	return true
}

// digits is a whole number as it is written; -1 for what is none.
func digits(s string) int {
	n := 0
	if s == "" || len(s) > 6 {
		return -1
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return -1
		}
		n = 10*n + int(r-'0')
	}
	return n
}

// around are the requirements that one stands in, the outermost first.
func (n *cisoNode) around() []*cisoNode {
	var out []*cisoNode
	for p := n.parent; p != nil; p = p.parent {
		out = append(out, p)
	}
	slices.Reverse(out)
	return out
}

// findGrades sees whether the groups of implementation are grades: two or three, and
// whatever is in one of them is in all that follow.
func (c *cisoReader) findGrades(v *value, nodes []*cisoNode) {
	var names []string
	for _, g := range v.each() {
		names = append(names, c.text(g.get("ref_id")))
	}
	if len(names) < 2 || len(names) > 3 {
		return
	}
	for _, n := range nodes {
		in := c.groups(n)
		for i, name := range names[:len(names)-1] {
			if slices.Contains(in, name) && !slices.Contains(in, names[i+1]) {
				return
			}
		}
	}
	c.grades = names
}

func (c *cisoReader) groups(n *cisoNode) []string {
	var out []string
	for _, g := range n.v.get("implementation_groups").each() {
		out = append(out, g.str())
	}
	return out
}

func (c *cisoReader) items(nodes []*cisoNode) {
	depth := c.stageDepth(nodes)
	for _, n := range nodes { // stages stand in the order of their headings
		if around := n.around(); len(around) == depth && !c.asks(n) {
			c.sections.of(c.title(n), clean(c.text(n.v.get("ref_id")))).purpose = c.purpose(n)
		}
	}
	for _, n := range nodes {
		if c.sections.full() {
			return
		}
		c.translations(n.v)
		if !c.asks(n) {
			if n.v.get("questions", "question").filled() {
				c.lose("question of a heading was left out", "questions of headings were left out")
			}
			continue
		}
		around := n.around()
		sec := "Requirements"
		if len(around) > 0 {
			sec = c.title(around[min(depth, len(around)-1)])
		}
		c.item(n, c.sections.of(sec), around[min(depth+1, len(around)):])
	}
}

// asks reports whether somebody has to do something. Where a file does not say it, all do.
func (c *cisoReader) asks(n *cisoNode) bool {
	a := n.v.get("assessable")
	return a == nil || a.truth()
}

// stageDepth is how deep the headings stand that become stages: as far out as there is
// more than one.
func (c *cisoReader) stageDepth(nodes []*cisoNode) int {
	for depth := 0; depth < MaxDepth; depth++ {
		seen, deeper, asking := map[*cisoNode]bool{}, false, 0
		for _, n := range nodes {
			if !c.asks(n) {
				continue
			}
			if asking++; asking > MaxItems {
				return 0 // it is refused anyhow
			}
			around := n.around()
			if len(around) == 0 {
				seen[nil] = true
				continue
			}
			seen[around[min(depth, len(around)-1)]] = true
			deeper = deeper || len(around) > depth+1
		}
		if len(seen) != 1 || !deeper {
			return depth
		}
	}
	return 0
}

// title is what a requirement is called: by its name, or by the beginning of its text.
func (c *cisoReader) title(n *cisoNode) string {
	if n.called != "" {
		return n.called
	}
	n.called = clean(c.text(n.v.get("name")))
	if n.called == "" {
		text, _ := c.markdown(c.text(n.v.get("description")))
		title, _ := splitTitle(text)
		n.called = cmp.Or(title, clean(c.text(n.v.get("ref_id"))), "Requirements")
	}
	n.called, _ = shorten(n.called, maxName)
	return n.called
}

// purpose is what a heading says besides its title.
func (c *cisoReader) purpose(n *cisoNode) string {
	if n.v.get("name") == nil {
		return ""
	}
	text, _ := c.markdown(c.text(n.v.get("description")))
	return text
}

func (c *cisoReader) item(n *cisoNode, sec *section, within []*cisoNode) {
	it := plan.Item{Levels: c.levels(n)}
	read := func(name string) string {
		text, links := c.markdown(c.text(n.v.get(name)))
		it.Links = c.moreLinks(it.Links, links)
		return text
	}
	it.Title, it.Done, it.Show = clean(c.text(n.v.get("name"))), read("description"), read("typical_evidence")
	if it.Title == "" {
		it.Title, it.Done = it.Done, ""
	}
	var more gathered
	for _, w := range within {
		more.add("Part of: " + c.title(w))
	}
	more.add(read("annotation"))
	for i, q := range c.questions(n.v) {
		if i == 0 && it.Title == "" {
			it.Title = q.text
		} else {
			more.add(q.text)
		}
		if len(q.choices) > 0 {
			more.add("Answers: " + strings.Join(q.choices, " / "))
		}
	}
	c.references(n, &more)
	it.Guidance = more.text()
	id := clean(c.text(n.v.get("ref_id")))
	if it.Title == "" {
		it.Title = id
	}
	if it.Title == "" {
		c.lose("requirement without a text was left out", "requirements without a text were left out")
		return
	}
	c.leaveOut(n.v, "urn", "assessable", "depth", "parent_urn", "ref_id", "name", "description", "annotation", "typical_evidence",
		"implementation_groups",
		"questions", "question", "reference_controls", "threats", "translations")
	c.sections.add(sec, it, id)
}

// levels are by the first grade that a requirement belongs to.
func (c *cisoReader) levels(n *cisoNode) [3]plan.Level {
	in := c.groups(n)
	for i, g := range c.grades {
		if slices.Contains(in, g) {
			return graded(i + 1)
		}
	}
	if len(c.grades) == 0 {
		c.loseSome(len(in), "group that a requirement belongs to was left out", "groups that requirements belong to were left out")
	}
	return [3]plan.Level{}
}

type cisoQuestion struct {
	text    string
	choices []string
}

// questions are those by which a requirement is answered. Which of the answers are
// enough stands nowhere, so that they are only told.
func (c *cisoReader) questions(v *value) []cisoQuestion {
	all := v.get("questions", "question")
	if all.get("text") != nil { // only one, as older files have it
		return []cisoQuestion{c.question(all)}
	}
	var out []cisoQuestion
	for _, q := range all.each() {
		if c.wants(q, mapping) {
			out = append(out, c.question(q))
		}
	}
	return out
}

func (c *cisoReader) question(q *value) cisoQuestion {
	text, _ := c.markdown(c.text(q.get("text")))
	out := cisoQuestion{text: text}
	choices := q.get("choices", "question_choices", "options")
	for _, ch := range choices.each() {
		words := c.text(ch.get("value", "name"))
		if ch.is(scalar) {
			words = ch.str()
		}
		if words = clean(words); words != "" && len(out.choices) < plan.MaxChoices {
			out.choices = append(out.choices, words)
		}
	}
	if len(out.choices) > 0 {
		c.lose("question with answers to choose from stands in its item's text, since no rule says which are enough",
			"questions with answers to choose from stand in their items' texts, since no rule says which are enough")
	}
	c.leaveOut(q, "type", "text", "choices", "question_choices", "options", "urn")
	return out
}

// references tells which controls a requirement is usually met by.
func (c *cisoReader) references(n *cisoNode, more *gathered) {
	c.loseSome(len(n.v.get("threats").each()), "threat that a requirement answers was left out",
		"threats that requirements answer were left out")
	var names []string
	for _, r := range n.v.get("reference_controls").each() {
		control := c.controls[r.str()]
		name := clean(c.text(firstOf(control.get("name"), control.get("ref_id"))))
		if control == nil || name == "" {
			c.lose("control of another library was left out", "controls of other libraries were left out")
			continue
		}
		names = append(names, name)
		if control.get("description") != nil {
			c.lose("control is told by its name only", "controls are told by their names only")
		}
	}
	if len(names) > 0 {
		more.add("Usual controls: " + strings.Join(names, "; "))
	}
}
