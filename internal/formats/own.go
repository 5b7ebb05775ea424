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

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
	"github.com/slipway-prr/slipway/internal/plan"
)

// YAML is our own form: a lifecycle or a module in one file. What is written in
// it is read again as the same document.
const YAML Format = "slipway-yaml"

// Limits of our own form.
const (
	maxOwnLine  = 64 << 10
	maxOwnDepth = 16 // the form needs 7
)

// The shapes of the file. Those of a lifecycle's stages and items are the same as
// in the files of internal/catalog.
type ownFile struct {
	Kind         plan.Kind       `yaml:"kind"`
	Key          string          `yaml:"key"`
	Version      int             `yaml:"version"`
	Name         string          `yaml:"name"`
	Summary      string          `yaml:"summary,omitempty"`
	Notice       string          `yaml:"notice,omitempty"`
	Order        plan.Order      `yaml:"order,omitempty"`
	SoD          *bool           `yaml:"separation_of_duties,omitempty"`
	ProposedWhen []plan.Flag     `yaml:"proposed_when,flow,omitempty"`
	Flags        []ownFlag       `yaml:"flags,omitempty"`
	Stages       []ownStage      `yaml:"stages,omitempty"` // of a lifecycle
	Seats        []ownModuleSeat `yaml:"seats,omitempty"`  // of a module, and what follows
	Items        []ownModuleItem `yaml:"items,omitempty"`
}

type ownFlag struct {
	Key   plan.Flag `yaml:"key"`
	Group string    `yaml:"group"`
	Label string    `yaml:"label"`
}

type ownStage struct {
	Key     plan.StageKey `yaml:"key"`
	Name    string        `yaml:"name"`
	Phases  []plan.Phase  `yaml:"phases,flow,omitempty"`
	Purpose string        `yaml:"purpose,omitempty"`
	Gate    ownGate       `yaml:"gate"`
	Items   []ownItem     `yaml:"items,omitempty"`
}

type ownGate struct {
	Name        string    `yaml:"name,omitempty"`
	Exit        string    `yaml:"exit,omitempty"`
	Quorum      []int     `yaml:"quorum,flow,omitempty"` // for tiers 1, 2 and 3
	Seats       []ownSeat `yaml:"seats,omitempty"`
	RepeatsDays int       `yaml:"repeats_days,omitempty"`
}

type ownSeat struct {
	Seat      plan.Seat   `yaml:"seat"`
	Mandatory []plan.Tier `yaml:"mandatory,flow,omitempty"`
	Tiers     []plan.Tier `yaml:"tiers,flow,omitempty"`
	When      []plan.Flag `yaml:"when,flow,omitempty"`
}

type ownModuleSeat struct {
	Phase plan.Phase `yaml:"phase"`
	Seat  ownSeat    `yaml:",inline"`
}

type ownModuleItem struct {
	Phase plan.Phase `yaml:"phase"`
	Item  ownItem    `yaml:",inline"`
}

type ownItem struct {
	Key       plan.ItemKey        `yaml:"key"`
	Title     string              `yaml:"title"`
	Guidance  string              `yaml:"guidance,omitempty"`
	Why       string              `yaml:"why,omitempty"`
	Done      string              `yaml:"done_when,omitempty"`
	Show      string              `yaml:"show,omitempty"`
	Level     plan.Level          `yaml:"level,omitempty"`
	Tier2     plan.Level          `yaml:"tier2,omitempty"`
	Tier3     plan.Level          `yaml:"tier3,omitempty"`
	Evidence  []plan.EvidenceKind `yaml:"evidence,flow,omitempty"`
	Seats     []plan.Seat         `yaml:"seats,flow,omitempty"`
	When      []plan.Flag         `yaml:"when,flow,omitempty"`
	ValidDays int                 `yaml:"valid_days,omitempty"`
	Core      bool                `yaml:"core,omitempty"`
	Quality   []string            `yaml:"quality,flow,omitempty"`
	Sources   []string            `yaml:"sources,flow,omitempty"`
	Was       []plan.ItemKey      `yaml:"was,flow,omitempty"`
	SameAs    []string            `yaml:"same_as,omitempty"`
	Choices   []ownChoice         `yaml:"choices,omitempty"`
	Rules     []ownRule           `yaml:"rules,omitempty"`
	Links     []ownLink           `yaml:"links,omitempty"`
}

type ownChoice struct {
	Key   plan.ChoiceKey `yaml:"key"`
	Title string         `yaml:"title"`
	Help  string         `yaml:"help,omitempty"`
	Do    string         `yaml:"improve,omitempty"`
	Links []ownLink      `yaml:"links,omitempty"`
}

type ownRule struct {
	When string    `yaml:"when"`
	Risk plan.Risk `yaml:"risk"`
}

type ownLink struct {
	Title string `yaml:"title,omitempty"`
	URL   string `yaml:"url"`
}

func ownInfo() Info {
	return Info{
		Format: YAML, Label: "Slipway YAML", Extensions: []string{".yaml", ".yml"}, MediaType: "application/yaml",
		Sniff: func(name string, src []byte) bool {
			return hasExtension(name, ".yaml", ".yml") && (hasLine(src, "kind: lifecycle") || hasLine(src, "kind: module"))
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
	var file ownFile
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
	return Result{Document: file.document(), Problems: c.problems}, nil
}

// ownFault makes a sentence of what the parser says.
func ownFault(f *plainyaml.Fault) Problem {
	p := Problem{Line: f.Line, Column: f.Column, Message: "The file cannot be read here: " + f.Message + ".", Do: "See the form of the file in docs/templates.md."}
	if f.Line == 0 {
		p.Message = "The file " + f.Message + "."
	}
	return p
}

func (f *ownFile) document() plan.Document {
	if f.Kind == plan.KindModule {
		m := &plan.Module{
			Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Notice: text(f.Notice),
			ProposedWhen: f.ProposedWhen, Flags: convert(f.Flags, ownFlag.question),
		}
		m.Seats = convert(f.Seats, func(s ownModuleSeat) plan.ModuleSeat { return plan.ModuleSeat{Phase: s.Phase, GateSeat: s.Seat.seat()} })
		m.Items = convert(f.Items, func(it ownModuleItem) plan.ModuleItem { return plan.ModuleItem{Phase: it.Phase, Item: it.Item.item()} })
		return plan.Document{Module: m}
	}
	l := &plan.Lifecycle{
		Kind: f.Kind, Key: f.Key, Version: f.Version, Name: f.Name, Summary: text(f.Summary), Order: f.Order,
		SoD: f.SoD == nil || *f.SoD, Flags: convert(f.Flags, ownFlag.question), Stages: convert(f.Stages, ownStage.stage),
	}
	return plan.Document{Lifecycle: l}
}

// text is without the line break that YAML's folded form ends with.
func text(s string) string { return strings.TrimSpace(s) }

// convert keeps nil what is nil, so that what is left out stays so.
func convert[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func (f ownFlag) question() plan.Question {
	return plan.Question{Key: f.Key, Group: f.Group, Label: f.Label}
}

func (s ownStage) stage() plan.Stage {
	out := plan.Stage{
		Key: s.Key, Name: s.Name, Phases: s.Phases, Purpose: text(s.Purpose), Items: convert(s.Items, ownItem.item),
		Gate: plan.Gate{Name: s.Gate.Name, Exit: text(s.Gate.Exit), Seats: convert(s.Gate.Seats, ownSeat.seat), RepeatsDays: s.Gate.RepeatsDays},
	}
	copy(out.Gate.Quorums[:], s.Gate.Quorum)
	return out
}

func (s ownSeat) seat() plan.GateSeat {
	return plan.GateSeat{Seat: s.Seat, MandatoryAt: s.Mandatory, Tiers: s.Tiers, When: s.When}
}

func (it ownItem) item() plan.Item {
	return plan.Item{
		Key: it.Key, Title: it.Title, Guidance: text(it.Guidance), Why: text(it.Why), Done: text(it.Done), Show: text(it.Show),
		Levels: [3]plan.Level{it.Level, it.Tier2, it.Tier3}, Evidence: it.Evidence, Seats: it.Seats, When: it.When, ValidDays: it.ValidDays,
		Core: it.Core, Quality: it.Quality, Sources: it.Sources, Was: it.Was, SameAs: it.SameAs, Links: convert(it.Links, ownLink.link),
		Choices: convert(it.Choices, func(c ownChoice) plan.Choice {
			return plan.Choice{Key: c.Key, Title: c.Title, Help: text(c.Help), Do: text(c.Do), Links: convert(c.Links, ownLink.link)}
		}),
		Rules: convert(it.Rules, func(r ownRule) plan.Rule { return plan.Rule{When: text(r.When), Risk: r.Risk} }),
	}
}

func (l ownLink) link() plan.Link { return plan.Link{Title: l.Title, URL: l.URL} }

// WriteYAML writes a document in our own form. was is the file that it was read
// from, if any: comments in it stand again beside what they stood beside, as far as
// that is still there. Keys tell which stage or item it was.
func WriteYAML(d plan.Document, was []byte) ([]byte, error) {
	file := ownOf(d)
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

func ownOf(d plan.Document) *ownFile {
	if m := d.Module; m != nil {
		return &ownFile{
			Kind: plan.KindModule, Key: m.Key, Version: m.Version, Name: m.Name, Summary: m.Summary, Notice: m.Notice,
			ProposedWhen: m.ProposedWhen, Flags: convert(m.Flags, ownFlagOf),
			Seats: convert(m.Seats, func(s plan.ModuleSeat) ownModuleSeat { return ownModuleSeat{s.Phase, ownSeatOf(s.GateSeat)} }),
			Items: convert(m.Items, func(it plan.ModuleItem) ownModuleItem { return ownModuleItem{it.Phase, ownItemOf(it.Item)} }),
		}
	}
	l := d.Lifecycle
	return &ownFile{
		Kind: plan.KindLifecycle, Key: l.Key, Version: l.Version, Name: l.Name, Summary: l.Summary, Order: l.Order, SoD: &l.SoD,
		Flags: convert(l.Flags, ownFlagOf), Stages: convert(l.Stages, ownStageOf),
	}
}

func ownFlagOf(q plan.Question) ownFlag { return ownFlag{q.Key, q.Group, q.Label} }

func ownStageOf(s plan.Stage) ownStage {
	out := ownStage{
		Key: s.Key, Name: s.Name, Phases: s.Phases, Purpose: s.Purpose, Items: convert(s.Items, ownItemOf),
		Gate: ownGate{Name: s.Gate.Name, Exit: s.Gate.Exit, Seats: convert(s.Gate.Seats, ownSeatOf), RepeatsDays: s.Gate.RepeatsDays},
	}
	quorums := [3]int{s.Gate.QuorumAt(1), s.Gate.QuorumAt(2), s.Gate.QuorumAt(3)}
	if quorums != [3]int{} {
		out.Gate.Quorum = quorums[:]
	}
	return out
}

func ownSeatOf(s plan.GateSeat) ownSeat {
	out := ownSeat{s.Seat, s.MandatoryAt, s.Tiers, s.When}
	if s.Mandatory { // of versions from before tiers
		out.Mandatory = []plan.Tier{1, 2, 3}
	}
	return out
}

func ownItemOf(it plan.Item) ownItem {
	return ownItem{
		Key: it.Key, Title: it.Title, Guidance: it.Guidance, Why: it.Why, Done: it.Done, Show: it.Show,
		Level: it.Levels[0], Tier2: it.Levels[1], Tier3: it.Levels[2], Evidence: it.Evidence, Seats: it.Seats, When: it.When,
		ValidDays: it.ValidDays, Core: it.Core, Quality: it.Quality, Sources: it.Sources, Was: it.Was, SameAs: it.SameAs, Links: convert(it.Links, ownLinkOf),
		Choices: convert(it.Choices, func(c plan.Choice) ownChoice {
			return ownChoice{c.Key, c.Title, c.Help, c.Do, convert(c.Links, ownLinkOf)}
		}),
		Rules: convert(it.Rules, func(r plan.Rule) ownRule { return ownRule{r.When, r.Risk} }),
	}
}

func ownLinkOf(l plan.Link) ownLink { return ownLink{l.Title, l.URL} }

// commentsFor are the comments of a file, by the places that what they stand at
// has in another one.
func commentsFor(file *ownFile, was []byte) yaml.CommentMap {
	if len(was) == 0 || len(was) > MaxBytes {
		return nil
	}
	old, comments := &ownFile{}, yaml.CommentMap{}
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
func movedPlaces(old, now *ownFile) map[string]string {
	places, at := map[string]string{}, map[string]string{}
	each := func(f *ownFile, see func(key, path string)) {
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

func (c *ownCheck) file(f *ownFile) {
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
		if len(f.Items)+len(f.Seats)+len(f.ProposedWhen) > 0 || f.Notice != "" {
			c.refuse("", "A lifecycle has stages; items, seats, a notice and proposed_when of its own are a module's.", "Write kind: module, or put the items into stages.")
		}
		if f.SoD == nil {
			c.add(Problem{Path: "separation_of_duties", Severity: Warning, Message: "Separation of duties is not mentioned and is on.", Do: "Write true or false."})
		}
	case plan.KindModule:
		if len(f.Stages) > 0 || f.Order != "" || f.SoD != nil {
			c.refuse("", "A module has no stages, order or separation of duties.", "Write kind: lifecycle, or give each item a phase.")
		}
	default:
		c.refuse("kind", fmt.Sprintf("%q is no kind of document.", cut(string(f.Kind))), "Write lifecycle or module.")
	}
	for i, q := range f.Flags {
		c.key(fmt.Sprintf("flags[%d].key", i), string(q.Key))
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

func (c *ownCheck) phase(path string, p plan.Phase) {
	if p != "" && !slices.Contains(plan.Phases(), p) {
		c.refuse(path, fmt.Sprintf("%q is no phase.", cut(string(p))), "Phases are "+listed(plan.Phases())+".")
	}
}

func (c *ownCheck) stage(path string, s *ownStage) {
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
	for i := range s.Items {
		c.item(fmt.Sprintf("%s.items[%d]", path, i), &s.Items[i])
	}
}

func (c *ownCheck) seat(path string, s ownSeat) {
	if !s.Seat.Valid() {
		c.refuse(path+".seat", fmt.Sprintf("%q is no seat.", cut(string(s.Seat))), "Seats are "+listed(plan.Seats())+".")
	}
	for _, tiers := range [][]plan.Tier{s.Mandatory, s.Tiers} {
		if slices.ContainsFunc(tiers, func(t plan.Tier) bool { return !t.Valid() }) {
			c.refuse(path, "Tiers are 1, 2 and 3.", "")
		}
	}
}

func (c *ownCheck) item(path string, it *ownItem) {
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
		if !k.Valid() {
			c.refuse(fmt.Sprintf("%s.evidence[%d]", path, i), fmt.Sprintf("%q is no kind of evidence.", cut(string(k))), "Kinds are "+listed(plan.EvidenceKinds())+".")
		}
	}
	for i, s := range it.Seats {
		if !s.Valid() {
			c.refuse(fmt.Sprintf("%s.seats[%d]", path, i), fmt.Sprintf("%q is no seat.", cut(string(s))), "Seats are "+listed(plan.Seats())+".")
		}
	}
	if it.ValidDays < 0 {
		c.refuse(path+".valid_days", "A number of days cannot be below zero.", "")
	}
	wrong, doubtful := plan.CheckQuestion(convert(it.Choices, func(ch ownChoice) plan.Choice { return plan.Choice{Key: ch.Key} }),
		convert(it.Rules, func(r ownRule) plan.Rule { return plan.Rule{When: text(r.When), Risk: r.Risk} }))
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

func (c *ownCheck) links(path string, links []ownLink) {
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
