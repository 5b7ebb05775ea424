package formats

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/slipway-prr/slipway/internal/formats/own"
	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// YAML is our own form: a lifecycle, a module, a policy or a readiness definition in one file. What is written in
// it is read again as the same document.
const YAML Format = "slipway-yaml"

// Limits of our own form.
const (
	maxOwnLine  = 64 << 10
	maxOwnDepth = 16 // the form needs 7
)

func ownInfo() Info {
	return Info{
		Format: YAML, Label: "Slipway YAML", Extensions: []string{".yaml", ".yml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && (hasLine(src, "kind: lifecycle") || hasLine(src, "kind: module") || hasLine(src, "kind: policy") || hasLine(src, "kind: definition"))
		},
		Read: readOwn,
		Write: func(d plan.Document) ([]byte, []string, error) {
			b, err := WriteYAML(d, nil)
			return b, nil, err
		},
		Lost: func(plan.Document) []string { return nil },
	}
}

// hasLine reports whether a text has a line that begins so.
func hasLine(src []byte, begin string) bool {
	return bytes.HasPrefix(src, []byte(begin)) || bytes.Contains(src, []byte("\n"+begin))
}

func readOwn(src []byte, opts Options) (Result, error) {
	var file own.File
	if f := plainyaml.Decode(src, &file, plainyaml.Limits{Line: maxOwnLine, Depth: maxOwnDepth}); f != nil {
		return refuse(ownFault(f)), nil
	}
	file.Kind = cmp.Or(file.Kind, opts.Kind, plan.KindLifecycle)
	file.Name, file.Key = cmp.Or(opts.Name, file.Name), cmp.Or(opts.Key, file.Key)
	c := ownCheck{src: src, items: map[plan.ItemKey]string{}, stages: map[plan.StageKey]bool{}}
	c.file(&file)
	if c.refused {
		return Result{Problems: c.problems}, nil
	}
	return Result{Document: file.Document(), Problems: c.problems}, nil
}

// ownFault makes a sentence of what the parser says.
func ownFault(f *plainyaml.Fault) Problem {
	p := Problem{Line: f.Line, Column: f.Column, Message: "The file cannot be read here: " + f.Message + ".", Do: "See the form of the file in docs/templates.md."}
	if f.Line == 0 {
		p.Message = "The file " + f.Message + "."
	}
	return p
}

// WriteYAML writes a document in our own form. was is the file that it was read
// from, if any: comments in it stand again beside what they stood beside, as far as
// that is still there. Keys tell which stage or item it was.
func WriteYAML(d plan.Document, was []byte) ([]byte, error) {
	file := own.Of(d)
	opts := []yaml.EncodeOption{yaml.IndentSequence(true), yaml.CustomMarshaler(quoted)}
	if comments := commentsFor(file, was); len(comments) > 0 {
		opts = append(opts, yaml.WithComment(comments))
	}
	b, err := yaml.MarshalWithOptions(file, opts...)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return b, nil
}

// plainText is what stands without quotes and is read as the same text by every
// reader of YAML.
var plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*[ /-][A-Za-z0-9 ,.()/;!?%+=“”’‘…–-]*[A-Za-z0-9.)?!]$`)

// quoted writes a text. The encoder alone leaves some without quotes that would be
// read as a number or as nothing.
func quoted(s string) ([]byte, error) {
	if plainText.MatchString(s) {
		return []byte(s), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// commentsFor are the comments of a file, by the places that what they stand at
// has in another one.
func commentsFor(file *own.File, was []byte) yaml.CommentMap {
	if len(was) == 0 || len(was) > MaxBytes {
		return nil
	}
	old, comments := &own.File{}, yaml.CommentMap{}
	if f := plainyaml.Decode(was, old, plainyaml.Limits{Line: maxOwnLine, Depth: maxOwnDepth}, yaml.CommentToMap(comments)); f != nil {
		return nil
	}
	moved := yaml.CommentMap{}
	places := movedPlaces(old, file)
	for path, list := range comments {
		if to, kept := moveTo(path, places); kept {
			moved[to] = list
		}
	}
	return moved
}

// movedPlaces maps the paths of stages and items of one file to those in another;
// to nothing where they are gone.
func movedPlaces(old, now *own.File) map[string]string {
	places, at := map[string]string{}, map[string]string{}
	each := func(f *own.File, see func(key, path string)) {
		for i, s := range f.Flags {
			see("flag "+string(s.Key), fmt.Sprintf("$.flags[%d]", i))
		}
		for i, s := range f.Stages {
			see("stage "+string(s.Key), fmt.Sprintf("$.stages[%d]", i))
			for j, it := range s.Items {
				see("item "+string(it.Key), fmt.Sprintf("$.stages[%d].items[%d]", i, j))
			}
		}
		for i, it := range f.Items {
			see("item "+string(it.Item.Key), fmt.Sprintf("$.items[%d]", i))
		}
		for i, q := range f.Policy.Requirements {
			see("requirement "+string(q.Key), fmt.Sprintf("$.requirements[%d]", i))
		}
	}
	each(now, func(key, path string) { at[key] = path })
	each(old, func(key, path string) { places[path] = at[key] })
	return places
}

// moveTo is the path that a comment has to have, by the longest part of its path
// that may have moved.
func moveTo(path string, places map[string]string) (string, bool) {
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if to, known := places[path[:end]]; known {
			return to + path[end:], to != ""
		}
	}
	return path, true
}

// ownCheck looks for what would make a draft unusable. What may still be missing
// from one is not looked for: publishing does that.
type ownCheck struct {
	src      []byte
	tree     *ast.File // parsed when the first problem needs it
	problems []Problem
	refused  bool
	items    map[plan.ItemKey]string
	stages   map[plan.StageKey]bool
	words    plan.Words
}

// seats says which there are.
func (c *ownCheck) seats() string {
	return "Seats are " + listed(c.words.AllSeats()) + "; the document can add others."
}

func (c *ownCheck) refuse(path, message, do string) {
	c.refused = true
	c.add(Problem{Path: path, Severity: Error, Message: message, Do: do})
}

func (c *ownCheck) add(p Problem) {
	if len(c.problems) >= MaxProblems {
		return
	}
	p.Line, p.Column = c.position(p.Path)
	c.problems = append(c.problems, p)
}

// position is the place of a value in the file; of what it stands in where it is
// not there itself.
func (c *ownCheck) position(path string) (line, column int) {
	if c.tree == nil {
		tree, err := parser.ParseBytes(c.src, 0)
		if err != nil {
			return 0, 0
		}
		c.tree = tree
	}
	for {
		p, err := yaml.PathString("$." + path)
		if path == "" || err != nil {
			return 0, 0
		}
		if node, err := p.FilterFile(c.tree); err == nil && node != nil && node.GetToken() != nil {
			pos := node.GetToken().Position
			return pos.Line, pos.Column
		} else if err != nil && !errors.Is(err, yaml.ErrNotFoundNode) {
			return 0, 0
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

const keyForm = "Keys are lower-case words joined by single hyphens, 2 to 40 characters."

func (c *ownCheck) key(path, key string) {
	if !plan.ValidKey(key) {
		c.refuse(path, fmt.Sprintf("%q is not a key.", cut(key)), keyForm)
	}
}

func (c *ownCheck) file(f *own.File) {
	c.key("key", f.Key)
	if f.Version < 0 {
		c.refuse("version", "Versions count from 1.", "")
	}
	if f.Order == "" && f.Kind == plan.KindLifecycle {
		f.Order = plan.OrderAdvisory
	}
	switch f.Kind {
	case plan.KindLifecycle:
		if !f.Order.Valid() {
			c.refuse("order", fmt.Sprintf("%q is no order.", cut(string(f.Order))), "Write strict, advisory or free.")
		}
		if len(f.Items)+len(f.Seats)+len(f.ProposedWhen)+len(f.Notify) > 0 || f.Notice != "" {
			c.refuse("", "A lifecycle has stages; items, seats, duties to notify, a notice and proposed_when of its own are a module's.", "Write kind: module, or put the items into stages.")
		}
		if f.SoD == nil {
			c.add(Problem{Path: "separation_of_duties", Severity: Warning, Message: "Separation of duties is not mentioned and is on.", Do: "Write true or false."})
		}
	case plan.KindModule:
		if len(f.Stages)+len(f.Keeps) > 0 || f.Order != "" || f.SoD != nil {
			c.refuse("", "A module has no stages, order, kinds of records or separation of duties.", "Write kind: lifecycle, or give each item a phase.")
		}
	case plan.KindPolicy:
		if checklist(f) {
			c.refuse("kind", "A policy has requirements, and nothing of what a lifecycle or a module has.", "Write kind: lifecycle or kind: module, or leave the rest out.")
		}
	case plan.KindDefinition:
		if checklist(f) {
			c.refuse("kind", "A readiness definition has tiers, and nothing of what a lifecycle or a module has.", "Write kind: lifecycle or kind: module, or leave the rest out.")
		}
	default:
		c.refuse("kind", fmt.Sprintf("%q is no kind of document.", cut(string(f.Kind))), "Write lifecycle, module, policy or definition.")
	}
	if p := &f.Policy; f.Kind != plan.KindPolicy && (len(p.Requirements) > 0 || p.Issuer+p.Reference+p.Source+p.ReviewBy != "") {
		c.refuse("kind", "Requirements, their issuer, reference, source and review_by are a policy's.", "Write kind: policy, or leave them out.")
	}
	if d := &f.Definition; f.Kind != plan.KindDefinition && (len(d.Tiers) > 0 || d.Deployment+d.Incident != "") {
		c.refuse("kind", "Tiers, an incident and a safe_deployment are a readiness definition's.", "Write kind: definition, or leave them out.")
	}
	c.requirements(f.Policy.Requirements)
	c.terms(f.Definition.Tiers)
	for i, q := range f.Flags {
		c.key(fmt.Sprintf("flags[%d].key", i), string(q.Key))
	}
	c.words = plan.Words(f.Adds)
	for i, s := range f.Adds.Seats {
		if !s.Valid() {
			c.refuse(fmt.Sprintf("adds.seats[%d]", i), fmt.Sprintf("%q cannot be the key of a seat.", cut(string(s))), ownWordForm)
		}
	}
	for i, k := range f.Adds.Evidence {
		if !k.Valid() {
			c.refuse(fmt.Sprintf("adds.evidence[%d]", i), fmt.Sprintf("%q cannot be the key of a kind of evidence.", cut(string(k))), ownWordForm)
		}
	}
	for i, k := range f.Adds.Environments {
		if !k.Valid() {
			c.refuse(fmt.Sprintf("adds.environments[%d]", i), fmt.Sprintf("%q cannot be the key of a kind of environment.", cut(string(k))), ownWordForm)
		}
	}
	for i := range f.Stages {
		c.stage(fmt.Sprintf("stages[%d]", i), &f.Stages[i])
	}
	for i := range f.Seats {
		path := fmt.Sprintf("seats[%d]", i)
		c.phase(path, f.Seats[i].Phase)
		c.seat(path, f.Seats[i].Seat)
	}
	for i := range f.Items {
		path := fmt.Sprintf("items[%d]", i)
		c.phase(path, f.Items[i].Phase)
		c.item(path, &f.Items[i].Item)
		if !strings.HasPrefix(string(f.Items[i].Item.Key), f.Key+"-") {
			c.refuse(path+".key", fmt.Sprintf("%q does not begin with the module's key and a hyphen.", cut(string(f.Items[i].Item.Key))), "")
		}
	}
}

// checklist reports whether a file has something that only lifecycles and modules have.
func checklist(f *own.File) bool {
	return len(f.Stages)+len(f.Keeps)+len(f.Items)+len(f.Seats)+len(f.Notify)+len(f.Flags)+len(f.ProposedWhen)+len(f.Adds.Seats)+len(f.Adds.Evidence)+len(f.Adds.Environments) > 0 ||
		f.Notice != "" || f.Order != "" || f.SoD != nil
}

// terms are those of the tiers of a readiness definition.
func (c *ownCheck) terms(all []own.Terms) {
	if n := len(all); n != 0 && n != len(plan.Definition{}.Tiers) {
		c.refuse("tiers", count(n, "tier stands here.", "tiers stand here."), "Write what holds for each of the three tiers, the most critical first.")
		return
	}
	for i := range all {
		t, path := &all[i], fmt.Sprintf("tiers[%d]", i)
		if t.Tolerated < 0 || t.Tolerated > record.WorstRisk {
			c.refuse(path+".tolerated", fmt.Sprintf("%d is no score of a risk.", t.Tolerated), fmt.Sprintf("Write one between 1 and %d.", record.WorstRisk))
		}
		if n := len(t.Objectives); n > plan.MaxGoals {
			c.refuse(path+".objectives", fmt.Sprintf("There are %d objectives; at most %d are possible.", n, plan.MaxGoals), "")
			continue
		}
		for j, g := range t.Objectives {
			for _, words := range []string{g.Indicator, g.Objective, g.Window} {
				if strings.ContainsAny(words, "|\n") || utf8.RuneCountInString(words) > plan.MaxName { // its form has a line for each
					c.refuse(fmt.Sprintf("%s.objectives[%d]", path, j), fmt.Sprintf("Indicator, objective and window stand on one line each, without “|”, and have %d characters at most.", plan.MaxName), "")
					break
				}
			}
		}
	}
}

func (c *ownCheck) requirements(all []own.Requirement) {
	seen := map[plan.RequirementKey]bool{}
	if len(all) > plan.MaxRequirements {
		c.refuse("requirements", fmt.Sprintf("There are %d requirements; at most %d are possible.", len(all), plan.MaxRequirements), "Divide the policy.")
		return
	}
	for i := range all {
		q, path := &all[i], fmt.Sprintf("requirements[%d]", i)
		c.key(path+".key", string(q.Key))
		if seen[q.Key] {
			c.refuse(path+".key", fmt.Sprintf("%q is the key of an earlier requirement.", q.Key), "Give each requirement its own.")
		}
		seen[q.Key] = true
		if q.Level.Rank() < plan.LevelMay.Rank() {
			c.refuse(path+".level", fmt.Sprintf("%q is no level of a requirement.", cut(string(q.Level))), "Write must, should or may.")
		}
		if strings.ContainsAny(q.Text, "|\n") { // its form has a line for each
			c.refuse(path+".text", "The words of a requirement stand on one line, without “|”.", "")
		}
		for j, k := range q.Items {
			c.key(fmt.Sprintf("%s.items[%d]", path, j), string(k))
		}
	}
}

const ownWordForm = "Write " + plan.WordForm + "."

func (c *ownCheck) phase(path string, p plan.Phase) {
	if p != "" && !slices.Contains(plan.Phases(), p) {
		c.refuse(path, fmt.Sprintf("%q is no phase.", cut(string(p))), "Phases are "+listed(plan.Phases())+".")
	}
}

func (c *ownCheck) stage(path string, s *own.Stage) {
	c.key(path+".key", string(s.Key))
	if c.stages[s.Key] {
		c.refuse(path+".key", fmt.Sprintf("%q is the key of an earlier stage.", s.Key), "Give each stage its own.")
	}
	c.stages[s.Key] = true
	for i, p := range s.Phases {
		c.phase(fmt.Sprintf("%s.phases[%d]", path, i), p)
	}
	if n := len(s.Gate.Quorum); n != 0 && n != 3 {
		c.refuse(path+".gate.quorum", count(n, "number stands here.", "numbers stand here."), "Write one for each of the three tiers, such as [2, 2, 1].")
	}
	for i, seat := range s.Gate.Seats {
		c.seat(fmt.Sprintf("%s.gate.seats[%d]", path, i), seat)
	}
	c.environments(path+".gate.environments", s.Gate.Environments)
	for i := range s.Items {
		c.item(fmt.Sprintf("%s.items[%d]", path, i), &s.Items[i])
	}
}

func (c *ownCheck) environments(path string, kinds []plan.EnvironmentKind) {
	for i, k := range kinds {
		if !c.words.HasEnvironment(k) {
			c.refuse(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is no kind of environment.", cut(string(k))),
				"Kinds are "+listed(c.words.AllEnvironments())+"; the document can add others.")
		}
	}
}

func (c *ownCheck) seat(path string, s own.Seat) {
	if !c.words.HasSeat(s.Seat) {
		c.refuse(path+".seat", fmt.Sprintf("%q is no seat.", cut(string(s.Seat))), c.seats())
	}
	for _, tiers := range [][]plan.Tier{s.Mandatory, s.Tiers} {
		if slices.ContainsFunc(tiers, func(t plan.Tier) bool { return !t.Valid() }) {
			c.refuse(path, "Tiers are 1, 2 and 3.", "")
		}
	}
}

func (c *ownCheck) item(path string, it *own.Item) {
	c.key(path+".key", string(it.Key))
	if _, taken := c.items[it.Key]; taken {
		c.refuse(path+".key", fmt.Sprintf("%q is the key of the item “%s” already.", it.Key, cut(c.items[it.Key])), "Give each item its own.")
	}
	c.items[it.Key] = it.Title
	for i, l := range []plan.Level{it.Level, it.Tier2, it.Tier3} {
		if l.Rank() < 0 {
			c.refuse(path+[]string{".level", ".tier2", ".tier3"}[i], fmt.Sprintf("%q is no level.", cut(string(l))), "Write must, should or may, or leave it out.")
		}
	}
	for i, k := range it.Evidence {
		if !c.words.HasEvidence(k) {
			c.refuse(fmt.Sprintf("%s.evidence[%d]", path, i), fmt.Sprintf("%q is no kind of evidence.", cut(string(k))),
				"Kinds are "+listed(c.words.AllEvidence())+"; the document can add others.")
		}
	}
	for i, s := range it.Seats {
		if !c.words.HasSeat(s) {
			c.refuse(fmt.Sprintf("%s.seats[%d]", path, i), fmt.Sprintf("%q is no seat.", cut(string(s))), c.seats())
		}
	}
	c.environments(path+".environments", it.Environments)
	if it.ValidDays < 0 {
		c.refuse(path+".valid_days", "A number of days cannot be below zero.", "")
	}
	question := it.Item()
	wrong, doubtful := plan.CheckQuestion(question.Choices, question.Rules)
	for _, w := range wrong {
		c.refuse(path, fmt.Sprintf("“%s” %s.", cut(it.Title), w), "")
	}
	for _, w := range doubtful {
		c.add(Problem{Path: path, Severity: Warning, Message: fmt.Sprintf("“%s” %s.", cut(it.Title), w)})
	}
	c.links(path, it.Links)
	for i := range it.Choices {
		c.links(fmt.Sprintf("%s.choices[%d]", path, i), it.Choices[i].Links)
	}
}

func (c *ownCheck) links(path string, links []own.Link) {
	for i, l := range links {
		if !webAddress(l.URL) {
			c.refuse(fmt.Sprintf("%s.links[%d].url", path, i), fmt.Sprintf("%q is no address of a page.", cut(l.URL)), "Write one that begins with https:// or http://.")
		}
	}
}

func listed[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return strings.Join(list, ", ")
}
