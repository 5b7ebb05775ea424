package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Lens is the form of custom lenses of the AWS Well-Architected Tool: questions
// with choices, and rules that find the risk.
const Lens Format = "aws-lens"

const lensSchema = "2021-11-01"

// Limits of the tool itself, for what we write.
const (
	lensPillars   = 10
	lensQuestions = 20
	lensChoices   = 15
	lensText      = 2048
)

// noneOfThese ends the id of a choice that says that no other holds.
const noneOfThese = "_no"

type lensFile struct {
	SchemaVersion string       `json:"schemaVersion"`
	Name          string       `json:"name"`
	Description   string       `json:"description,omitempty"`
	Pillars       []lensPillar `json:"pillars"`
}

type lensPillar struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Questions []lensQuestion `json:"questions"`
}

type lensQuestion struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Choices     []lensChoice `json:"choices"`
	Rules       []lensRule   `json:"riskRules"`
}

type lensChoice struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Help       *lensResource   `json:"helpfulResource,omitempty"`
	Plan       *lensResource   `json:"improvementPlan,omitempty"`
	Additional []lensResources `json:"additionalResources,omitempty"`
}

type lensResources struct {
	Type    string         `json:"type"`
	Content []lensResource `json:"content"`
}

type lensResource struct {
	DisplayText string `json:"displayText,omitempty"`
	URL         string `json:"url,omitempty"`
}

// UnmarshalJSON takes a bare text for what it says; tools leave an empty one where
// there is nothing.
func (r *lensResource) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, &r.DisplayText)
	}
	type plain lensResource
	return json.Unmarshal(b, (*plain)(r))
}

type lensRule struct {
	Condition string `json:"condition"`
	Risk      string `json:"risk"`
}

func lensInfo() Info {
	return Info{
		Format: Lens, Label: "AWS Well-Architected custom lens", Extensions: []string{".json"}, MediaType: "application/json",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".json") && mentions(src, `"pillars"`, `"questions"`)
		},
		Read: readLens, Write: writeLens,
	}
}

func readLens(src []byte, opts Options) (Result, error) {
	f, nans, bad := checkJSON(src)
	if bad != nil {
		return refuse(*bad), nil
	}
	var lens lensFile
	if bad := f.decode(&lens); bad != nil {
		return refuse(*bad), nil
	}
	d := newDraft(opts)
	d.name, d.summary = lens.Name, lens.Description
	d.note(nans, "value is NaN or Infinity, which JSON does not have, and is read as empty", "values are NaN or Infinity, which JSON does not have, and are read as empty", "")
	d.unreadOfLens(f)
	if lens.SchemaVersion != lensSchema {
		d.warn(f.at("", Problem{
			Message: fmt.Sprintf("The schemaVersion is %q; the file is read as %s.", cut(lens.SchemaVersion), lensSchema),
		}))
	}
	for i, p := range lens.Pillars {
		d.stage(p.Name, "", p.ID)
		for j := range p.Questions {
			if d.full() {
				return d.finish(), nil
			}
			l := lensReader{draft: d, file: f, path: fmt.Sprintf("pillars[%d].questions[%d]", i, j)}
			l.question(&p.Questions[j])
		}
	}
	return d.finish(), nil
}

// unreadOfLens counts the fields that a lens has besides those of its form.
func (d *draft) unreadOfLens(f *jsonFile) {
	root, bad := f.tree()
	if bad != nil {
		return // it was decoded, so this does not happen
	}
	get := func(v *value, name string) []*value {
		var out []*value
		for _, p := range v.each() {
			if strings.EqualFold(p.name, name) {
				out = append(out, p.each()...)
			}
		}
		return out
	}
	resource := func(v *value) { d.leaveOutFold(v, "displayText", "url") }
	d.leaveOutFold(root, "schemaVersion", "name", "description", "pillars")
	for _, p := range get(root, "pillars") {
		d.leaveOutFold(p, "id", "name", "questions")
		for _, q := range get(p, "questions") {
			d.leaveOutFold(q, "id", "title", "description", "choices", "riskRules")
			for _, r := range get(q, "riskRules") {
				d.leaveOutFold(r, "condition", "risk")
			}
			for _, c := range get(q, "choices") {
				d.leaveOutFold(c, "id", "title", "helpfulResource", "improvementPlan", "additionalResources")
				for _, part := range c.each() {
					if strings.EqualFold(part.name, "helpfulResource") || strings.EqualFold(part.name, "improvementPlan") {
						resource(part)
					}
				}
				for _, more := range get(c, "additionalResources") {
					d.leaveOutFold(more, "type", "content")
					for _, r := range get(more, "content") {
						resource(r)
					}
				}
			}
		}
	}
}

// lensReader reads one question.
type lensReader struct {
	*draft
	file *jsonFile
	path string
	name string
	none string // the choice that says that no other holds; empty: there is none
	rest string // the condition that stands for it
}

func (l *lensReader) question(q *lensQuestion) {
	l.name = cut(q.Title)
	it := plan.Item{Title: q.Title}
	it.Guidance, it.Links = l.inline(q.Description, nil)
	l.findNone(q)
	for k := range q.Choices {
		c := &q.Choices[k]
		if c.ID == l.none {
			l.dropNone(c)
			continue
		}
		it.Choices = append(it.Choices, l.choice(c))
	}
	for k := range q.Rules {
		if rule, ok := l.rule(k, &q.Rules[k]); ok {
			it.Rules = append(it.Rules, rule)
		}
	}
	switch {
	case len(it.Choices) == 0:
		it.Rules = nil
		l.warn(l.at("has no choices and becomes a statement", "Say in it what has to be true."))
	case len(q.Rules) == 0:
		it.Rules = allOrNothing(it.Choices)
		l.warn(l.at("has no rules; it got one by which every choice has to be true", "Look at its rules."))
	}
	wrong, doubtful := plan.CheckQuestion(it.Choices, it.Rules)
	for _, w := range wrong {
		l.refuse(l.at(w, ""))
	}
	for _, w := range doubtful {
		l.warn(l.at(w, ""))
	}
	l.item(it, q.ID)
}

func (l *lensReader) at(sentence, do string) Problem {
	return l.file.at(l.path, Problem{Message: fmt.Sprintf("“%s” %s.", l.name, sentence), Do: do})
}

// findNone sees whether a choice means that none of the others is true. Nothing
// being chosen says that here.
func (l *lensReader) findNone(q *lensQuestion) {
	i := slices.IndexFunc(q.Choices, func(c lensChoice) bool { return strings.HasSuffix(strings.ToLower(c.ID), noneOfThese) })
	if i < 0 || len(q.Choices) < 2 || len(q.Choices) > plan.MaxChoices {
		return
	}
	var others []string
	for k, c := range q.Choices {
		if k != i {
			others = append(others, c.ID)
		}
	}
	rest := "!(" + strings.Join(others, " || ") + ")"
	for _, r := range q.Rules {
		if len(putFor(r.Condition, q.Choices[i].ID, rest)) > plan.MaxCondition {
			return // it stays a choice like others
		}
	}
	l.none, l.rest = q.Choices[i].ID, rest
}

func (l *lensReader) dropNone(c *lensChoice) {
	l.lose("choice that says that none of the others is true was left out: nothing being chosen says it",
		"choices that say that none of the others is true were left out: nothing being chosen says it")
	if c.Help != nil && c.Help.DisplayText+c.Help.URL != "" || c.Plan != nil && c.Plan.DisplayText+c.Plan.URL != "" {
		l.lose("text beside such a choice was left out", "texts beside such choices were left out")
	}
}

func (l *lensReader) choice(c *lensChoice) plan.Choice {
	title, cutOff := shorten(clean(c.Title), 500)
	if title == "" {
		title = c.ID
	}
	out := plan.Choice{Key: plan.ChoiceKey(c.ID), Title: title}
	if cutOff {
		out.Help = clean(c.Title)
	}
	if c.Help != nil {
		var help string
		help, out.Links = l.inline(c.Help.DisplayText, out.Links)
		out.Help = joinSentences(out.Help, help)
		out.Links = l.link(out.Links, "", c.Help.URL)
	}
	if c.Plan != nil {
		out.Do, out.Links = l.inline(c.Plan.DisplayText, out.Links)
		out.Links = l.planLink(out.Links, *c.Plan)
	}
	for _, more := range c.Additional {
		for _, r := range more.Content {
			if more.Type == "IMPROVEMENT_PLAN" {
				out.Do = joinSentences(out.Do, r.DisplayText)
				out.Links = l.planLink(out.Links, r)
				continue
			}
			if r.URL == "" {
				out.Help = joinSentences(out.Help, r.DisplayText)
				continue
			}
			out.Links = l.link(out.Links, r.DisplayText, r.URL)
		}
	}
	return out
}

// inlineLink is the only markup that lenses have in their texts.
var inlineLink = regexp.MustCompile(`\[([^\[\]]{1,200})\]\((https?://[^\s()<>]{1,500})\)`)

// inline is a text without the links in it, which are added to links.
func (l *lensReader) inline(text string, links []plan.Link) (string, []plan.Link) {
	text = inlineLink.ReplaceAllStringFunc(text, func(s string) string {
		found := inlineLink.FindStringSubmatch(s)
		links = l.link(links, found[1], found[2])
		return found[1]
	})
	return clean(text), links
}

func (l *lensReader) planLink(links []plan.Link, r lensResource) []plan.Link {
	n := len(links)
	links = l.link(links, r.DisplayText, r.URL)
	if len(links) > n {
		l.lose("link of an improvement plan stands among the further reading of its choice",
			"links of improvement plans stand among the further reading of their choices")
	}
	return links
}

func (l *lensReader) rule(k int, r *lensRule) (plan.Rule, bool) {
	out := plan.Rule{When: strings.TrimSpace(r.Condition)}
	if l.none != "" {
		out.When = putFor(out.When, l.none, l.rest)
	}
	switch strings.ToUpper(strings.TrimSpace(r.Risk)) {
	case "NO_RISK", "NONE":
		out.Risk = plan.RiskNone
	case "MEDIUM_RISK", "MEDIUM":
		out.Risk = plan.RiskMedium
	case "HIGH_RISK", "HIGH":
		out.Risk = plan.RiskHigh
	default:
		p := l.at(fmt.Sprintf("rule %d comes to %q, which is no risk", k+1, cut(r.Risk)), "Write NO_RISK, MEDIUM_RISK or HIGH_RISK.")
		l.refuse(l.file.at(fmt.Sprintf("%s.riskRules[%d]", l.path, k), p))
		return plan.Rule{}, false
	}
	return out, true
}

// allOrNothing are rules by which every choice has to be true.
func allOrNothing(choices []plan.Choice) []plan.Rule {
	keys := make([]string, len(choices))
	for i, c := range choices {
		keys[i] = string(c.Key)
	}
	return []plan.Rule{{When: strings.Join(keys, " && "), Risk: plan.RiskNone}, {When: plan.Default, Risk: plan.RiskHigh}}
}

var choiceWord = regexp.MustCompile(`[A-Za-z0-9_-]+`)

// putFor writes a condition with something else for one of its choices.
func putFor(condition, choice, other string) string {
	return choiceWord.ReplaceAllStringFunc(condition, func(w string) string {
		if w == choice {
			return other
		}
		return w
	})
}

// writeLens writes stages as pillars and items as questions. A statement becomes a
// question with one choice.
func writeLens(d plan.Document) ([]byte, []string, error) {
	w := lensWriter{ids: map[string]bool{}}
	lens := lensFile{SchemaVersion: lensSchema, Name: d.Name(), Pillars: []lensPillar{}}
	if l := d.Lifecycle; l != nil {
		lens.Description = l.Summary
		for i := range l.Stages {
			s := &l.Stages[i]
			p := lensPillar{ID: w.id(string(s.Key)), Name: s.Name, Questions: []lensQuestion{}}
			for j := range s.Items {
				p.Questions = append(p.Questions, w.question(&s.Items[j]))
			}
			lens.Pillars = append(lens.Pillars, p)
		}
	}
	if m := d.Module; m != nil {
		lens.Description = m.Summary
		lens.Pillars = w.byPhase(m)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(lens); err != nil {
		return nil, nil, fmt.Errorf("encoding: %w", err)
	}
	lost := notRepresented(d, "a lens", lensKeeps())
	if w.statements > 0 {
		lost = append(lost, count(w.statements, "item is a statement and became a question with one choice.", "items are statements and became questions with one choice each."))
	}
	return b.Bytes(), append(lost, w.limits(lens)...), nil
}

type lensWriter struct {
	ids        map[string]bool
	statements int
}

// byPhase has a pillar for each phase that a module has items for.
func (w *lensWriter) byPhase(m *plan.Module) []lensPillar {
	out := []lensPillar{}
	for _, phase := range plan.Phases() {
		var p lensPillar
		for i := range m.Items {
			if m.Items[i].Phase == phase {
				p.Questions = append(p.Questions, w.question(&m.Items[i].Item))
			}
		}
		if len(p.Questions) > 0 {
			p.ID, p.Name = w.id(string(phase)), phase.Label()
			out = append(out, p)
		}
	}
	return out
}

// id is one as the tool wants it: 3 to 128 letters, digits and underscores, used
// once.
func (w *lensWriter) id(parts ...string) string {
	id := strings.ReplaceAll(strings.Join(parts, "_"), "-", "_")
	id = id[:min(len(id), 120)]
	for len(id) < 3 {
		id += "_"
	}
	base := id
	for i := 2; w.ids[id]; i++ {
		id = fmt.Sprintf("%s_%d", base, i)
	}
	w.ids[id] = true
	return id
}

func (w *lensWriter) question(it *plan.Item) lensQuestion {
	q := lensQuestion{ID: w.id(string(it.Key)), Title: it.Title, Description: explanation(it)}
	if !it.IsQuestion() {
		w.statements++
		id := w.id(q.ID, "true")
		q.Choices = []lensChoice{{ID: id, Title: "This is true and can be shown"}}
		risk := "HIGH_RISK"
		if it.Levels[0] != plan.LevelMust {
			risk = "MEDIUM_RISK"
		}
		q.Rules = []lensRule{{Condition: id, Risk: "NO_RISK"}, {Condition: plan.Default, Risk: risk}}
		return q
	}
	ids := map[string]string{}
	for _, c := range it.Choices {
		id := string(c.Key)
		if len(id) < 3 || w.ids[id] || strings.Contains(id, "-") || strings.HasSuffix(strings.ToLower(id), noneOfThese) {
			id = w.id(q.ID, id, "choice")
		} else {
			w.ids[id] = true
		}
		ids[string(c.Key)] = id
		q.Choices = append(q.Choices, lensChoiceOf(id, c))
	}
	for _, r := range it.Rules {
		risk := map[plan.Risk]string{plan.RiskNone: "NO_RISK", plan.RiskMedium: "MEDIUM_RISK", plan.RiskHigh: "HIGH_RISK"}[r.Risk]
		when := choiceWord.ReplaceAllStringFunc(r.When, func(word string) string {
			if id, known := ids[word]; known {
				return id
			}
			return word
		})
		q.Rules = append(q.Rules, lensRule{Condition: when, Risk: risk})
	}
	return q
}

func lensChoiceOf(id string, c plan.Choice) lensChoice {
	out := lensChoice{ID: id, Title: c.Title}
	if c.Help != "" || len(c.Links) > 0 {
		out.Help = &lensResource{DisplayText: c.Help}
	}
	if c.Do != "" {
		out.Plan = &lensResource{DisplayText: c.Do}
	}
	for i, link := range c.Links {
		switch {
		case i == 0 && link.Title == "":
			out.Help.URL = link.URL
		case len(out.Additional) == 0:
			out.Additional = []lensResources{{Type: "HELPFUL_RESOURCE"}}
			fallthrough
		default:
			out.Additional[0].Content = append(out.Additional[0].Content, lensResource{DisplayText: link.Title, URL: link.URL})
		}
	}
	if out.Help != nil && *out.Help == (lensResource{}) {
		out.Help = nil
	}
	return out
}

// limits says where the tool would refuse the file for its size.
func (w *lensWriter) limits(lens lensFile) []string {
	var out []string
	if n := len(lens.Pillars); n > lensPillars {
		out = append(out, fmt.Sprintf("The tool takes at most %d pillars; the file has %d.", lensPillars, n))
	}
	questions, choices, texts := 0, 0, 0
	for _, p := range lens.Pillars {
		if len(p.Questions) > lensQuestions {
			questions++
		}
		for _, q := range p.Questions {
			if len(q.Choices) > lensChoices {
				choices++
			}
			if len(q.Description) > lensText {
				texts++
			}
		}
	}
	if questions > 0 {
		out = append(out, fmt.Sprintf("The tool takes at most %d questions in a pillar; %s more.", lensQuestions, count(questions, "has", "have")))
	}
	if choices > 0 {
		out = append(out, fmt.Sprintf("The tool takes at most %d choices in a question; %s more.", lensChoices, count(choices, "has", "have")))
	}
	if texts > 0 {
		out = append(out, fmt.Sprintf("The tool takes at most %d characters of description; %s more.", lensText, count(texts, "has", "have")))
	}
	return out
}
