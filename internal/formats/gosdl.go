package formats

import (
	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// GoSDL is the form of the modules of goSDL: JSON with a title, a description and
// questions, which are lists by the name of a checklist. A question is a statement to
// tick, or has a text and an explanation. A module may have submodules, of the same
// form, that are chosen by themselves. Several modules may stand in a list.
const GoSDL Format = "gosdl"

func goSDLInfo() Info {
	return Info{
		Format: GoSDL, Label: "goSDL module", Extensions: []string{".json"}, MediaType: "application/json",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".json") && mentions(src, `"title"`, `"questions"`) &&
				(mentions(src, `"minimum_risk_required"`) || mentions(src, `"submodules"`) || mentions(src, `"tags"`))
		},
		Read: readGoSDL,
	}
}

func readGoSDL(src []byte, opts Options) (Result, error) {
	d := newDraft(opts)
	root, bad := d.readJSON(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	g := goSDLReader{draft: d, sections: newSections(d)}
	if root.is(list) {
		for _, m := range root.each() {
			g.module(m, len(root.each()) > 1)
		}
		return g.sections.finish(), nil
	}
	d.name, d.summary = clean(d.text(root.get("title"))), clean(d.text(root.get("description")))
	g.module(root, false)
	return g.sections.finish(), nil
}

type goSDLReader struct {
	*draft
	sections *sections
}

// module reads one. named has its checklists named after it too, where there are
// those of others.
func (g *goSDLReader) module(v *value, named bool) {
	if !g.wants(v, mapping) {
		return
	}
	title := clean(g.text(v.get("title")))
	questions := v.get("questions")
	switch {
	case questions.is(list):
		g.checklist(v, title, questions)
	case g.wants(questions, mapping):
		for _, c := range questions.each() {
			name := clean(c.name)
			if named && title != "" {
				if name = title + ": " + name; len(questions.each()) == 1 {
					name = title
				}
			}
			g.checklist(v, name, c)
		}
	}
	if tags := v.get("tags"); tags != nil {
		g.lose("list of tags, by which a module is proposed, was left out", "lists of tags, by which modules are proposed, were left out")
	}
	if clean(g.text(v.get("category"))) != "" {
		g.lose("category of a module was left out", "categories of modules were left out")
	}
	g.leaveOut(v, "title", "description", "questions", "submodules", "tags", "category", "minimum_risk_required")
	submodules := v.get("submodules")
	if !g.wants(submodules, list) {
		return
	}
	for _, s := range submodules.each() {
		g.lose("submodule, which is chosen by itself, became stages like the others",
			"submodules, which are chosen by themselves, became stages like the others")
		g.module(s, true)
	}
}

func (g *goSDLReader) checklist(module *value, name string, questions *value) {
	if !g.wants(questions, list) {
		return
	}
	sec := g.sections.of(name)
	if sec.purpose == "" {
		sec.purpose, _ = g.markdown(g.text(module.get("description")))
	}
	levels := g.risk(module.get("minimum_risk_required"))
	for _, q := range questions.each() {
		if g.sections.full() {
			return
		}
		it := plan.Item{Levels: levels}
		text, more := q, (*value)(nil)
		if q.is(mapping) {
			text, more = q.get("text"), q.get("explanation")
		}
		it.Title, it.Links = g.markdown(g.text(text))
		if it.Title == "" {
			g.lose("question without a text was left out", "questions without a text were left out")
			continue
		}
		g.leaveOut(q, "text", "explanation")
		explanation, links := g.markdown(g.text(more))
		it.Guidance, it.Links = explanation, g.moreLinks(it.Links, links)
		g.sections.add(sec, it)
	}
}

// risk is the level by the least risk of a project that a module is for: low is for
// all tiers, high for tier 1.
func (g *goSDLReader) risk(v *value) [3]plan.Level {
	switch words := fold.Text(g.text(v)); words {
	case "":
		return [3]plan.Level{}
	case "low risk", "low":
		return graded(1)
	case "medium risk", "medium":
		return graded(2)
	case "high risk", "high":
		return graded(3)
	default:
		g.warn(v.at("“"+cut(v.str())+"” is no risk that is known; the questions are required at every tier.",
			"Write Low Risk, Medium Risk or High Risk."))
		return graded(1)
	}
}
