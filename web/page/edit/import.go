package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// Upload is the page on which a file is chosen.
type Upload struct {
	Text    string
	Errors  map[string]string
	Waiting []Waiting
	Now     time.Time
	// NoSecret stands for what looks like a secret; empty: nothing does.
	NoSecret string
}

// Waiting is a file that became no draft yet.
type Waiting struct {
	ID, Name string
	At       time.Time
}

func fileWords(name string) string { return cmp.Or(name, "Pasted text") }

func (d *Upload) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Error: d.Errors[name]}
}

// readable are the formats that are read, with the endings of their files.
func readable() []string {
	var out []string
	for _, in := range formats.All() {
		if in.Read != nil {
			out = append(out, in.Label+" ("+strings.Join(in.Extensions, ", ")+")")
		}
	}
	return out
}

// Import is a file as it was read, before it is stored.
type Import struct {
	ID, File       string
	Bytes          int
	At, Until, Now time.Time

	formats.Result
	Format     formats.Format   // as which it was read; empty: none
	Chosen     formats.Format   // by the person; empty: it was recognised
	Holds      []formats.Column // what each column holds
	Headed     string           // digest of the headings
	Remembered bool             // Holds comes from another file with the same headings

	Kind      plan.Kind
	Key, Name string
	Shown     *plan.Lifecycle   // nil: nothing can be stored
	Published *review.Published // of that key; nil: nothing can be stored
	InWork    *page.DraftInWork // of that key; nil: nobody writes one
	Errors    map[string]string
}

// FileName names the file.
func (d *Import) FileName() string { return fileWords(d.File) }

func (d *Import) lead() string {
	size := fmt.Sprintf("%d bytes", d.Bytes)
	switch {
	case d.Bytes == 1:
		size = "1 byte"
	case d.Bytes >= 1<<20:
		size = fmt.Sprintf("%.1f MiB", float64(d.Bytes)/(1<<20))
	case d.Bytes >= 1<<10:
		size = fmt.Sprintf("%d KiB", d.Bytes>>10)
	}
	words := d.FileName() + ", " + size
	if d.Format != "" {
		words += ", read as " + d.formatLabel()
	}
	return words + ". Nothing is in the library yet."
}

func (d *Import) formatLabel() string {
	in, _ := formats.Find(d.Format)
	return in.Label
}

func (d *Import) field(name, label, hint, value string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Error: d.Errors[name], Value: value}
}

func (d *Upload) errors() []ui.FieldError {
	return sentences(d.Errors, "file", "text")
}

func (d *Import) errors() []ui.FieldError {
	return sentences(d.Errors, "name", "key", "format", "column")
}

// sentences are errors that say all by themselves, in the order of their fields.
func sentences(errors map[string]string, names ...string) []ui.FieldError {
	var out []ui.FieldError
	for _, name := range names {
		if text := errors[name]; text != "" {
			if name == "column" {
				name = "column-1"
			}
			out = append(out, ui.FieldError{Name: name, Text: text})
		}
	}
	return out
}

// counts are how much was read, at the most critical tier.
func (d *Import) counts() []ui.Fact {
	if p := d.Document.Policy; p != nil {
		return []ui.Fact{{Term: "Requirements", Text: strconv.Itoa(len(p.Requirements))}, {Term: plan.LevelMust.Label(), Text: strconv.Itoa(p.Musts())}}
	}
	if def := d.Document.Definition; def != nil {
		goals := 0
		for i := range def.Tiers {
			goals += len(def.Tiers[i].Objectives)
		}
		return []ui.Fact{{Term: "Objectives", Text: strconv.Itoa(goals)}}
	}
	levels := map[plan.Level]int{}
	for i := range d.Shown.Stages {
		for j := range d.Shown.Stages[i].Items {
			levels[d.Shown.Stages[i].Items[j].Levels[0]]++
		}
	}
	facts := []ui.Fact{{Term: "Items", Text: strconv.Itoa(d.Counts.Items)}}
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay} {
		facts = append(facts, ui.Fact{Term: l.Label(), Text: strconv.Itoa(levels[l])})
	}
	if d.Counts.Questions > 0 {
		facts = append(facts, ui.Fact{Term: "Answered by choosing", Text: strconv.Itoa(d.Counts.Questions)})
	}
	if d.Kind == plan.KindModule {
		return append(facts, ui.Fact{Term: "Seats that it adds", Text: strconv.Itoa(len(d.Document.Module.Seats))})
	}
	seats := 0
	for i := range d.Shown.Stages {
		seats += len(d.Shown.Stages[i].Gate.Seats)
	}
	return append(facts, ui.Fact{Term: "Stages", Text: strconv.Itoa(d.Counts.Stages)}, ui.Fact{Term: "Seats at its gates", Text: strconv.Itoa(seats)})
}

func levelCounts(items []plan.Item) (must, should, may int) {
	for i := range items {
		switch items[i].Levels[0] {
		case plan.LevelMust:
			must++
		case plan.LevelShould:
			should++
		case plan.LevelMay:
			may++
		}
	}
	return must, should, may
}

// fate says what becomes of the file when it is stored.
func (d *Import) fate() string {
	if d.Published == nil || len(d.Published.Versions) == 0 {
		return "It becomes the draft of a new " + strings.ToLower(d.Kind.Label()) + "."
	}
	return fmt.Sprintf("There is a %s of this key: the file becomes the draft of its version %d. What is published stays as it is.",
		strings.ToLower(d.Kind.Label()), d.Published.Next())
}

// ofSeverity are the problems that keep a file out, or those that do not.
func (d *Import) ofSeverity(s formats.Severity) []formats.Problem {
	return slices.DeleteFunc(slices.Clone(d.Problems), func(p formats.Problem) bool { return p.Severity != s })
}

// problemGroup is what is said of several places alike.
type problemGroup struct {
	formats.Problem
	at []string
}

// mostPlaces is how many places of a problem are named.
const mostPlaces = 8

func grouped(all []formats.Problem) []problemGroup {
	var out []problemGroup
	index := map[string]int{}
	for i := range all {
		p := &all[i]
		key := p.Message + "\x00" + p.Do
		at, there := index[key]
		if !there {
			at = len(out)
			index[key] = at
			out = append(out, problemGroup{Problem: *p})
		}
		if where := where(p); where != "" {
			out[at].at = append(out[at].at, where)
		}
	}
	// What somebody has to do comes before what was only noted.
	slices.SortStableFunc(out, func(a, b problemGroup) int {
		switch {
		case (a.Do == "") == (b.Do == ""):
			return 0
		case b.Do == "":
			return -1
		}
		return 1
	})
	return out
}

func (g *problemGroup) places() string {
	words := strings.Join(g.at[:min(len(g.at), mostPlaces)], "; ")
	if strings.HasPrefix(words, "line ") { // a path stands as the file has it
		words = page.Capital(words)
	}
	if n := len(g.at) - mostPlaces; n > 0 {
		words += "; and " + page.CountOf(n, "more place")
	}
	return words
}

// where says where in the file a problem is.
func where(p *formats.Problem) string {
	var words []string
	if p.Line > 0 {
		words = append(words, "line "+strconv.Itoa(p.Line))
		if p.Column > 1 {
			words = append(words, "column "+strconv.Itoa(p.Column))
		}
	}
	if p.Path != "" {
		words = append(words, p.Path)
	}
	return strings.Join(words, ", ")
}

// formatOptions are the formats that are read.
func (d *Import) formatOptions() []ui.Option {
	label := "Recognise it"
	if d.Chosen == "" && d.Format != "" {
		label += ": " + d.formatLabel()
	}
	out := []ui.Option{{Value: "", Label: label, Selected: d.Chosen == ""}}
	for _, in := range formats.All() {
		if in.Read != nil {
			out = append(out, ui.Option{Value: string(in.Format), Label: in.Label, Selected: d.Chosen == in.Format})
		}
	}
	return out
}

// saysKind reports whether the file itself says what it is.
func (d *Import) saysKind() bool { return d.Format == formats.YAML }

func (d *Import) kindOptions() []ui.Option {
	return []ui.Option{
		{Value: string(plan.KindLifecycle), Label: "A lifecycle", Hint: "Its sections become stages, each with a gate. A project follows one lifecycle.", Selected: d.Kind == plan.KindLifecycle},
		{Value: string(plan.KindModule), Label: "A module", Hint: "Its items join the stages of whatever lifecycle a project follows.", Selected: d.Kind == plan.KindModule},
	}
}

func (d *Import) sheetOptions() []ui.Option {
	var out []ui.Option
	for _, s := range d.Sheets {
		out = append(out, ui.Option{Value: s, Label: s, Selected: s == d.Sheet})
	}
	return out
}

func columnOptions(holds formats.Column) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Not read", Selected: holds == ""}}
	for _, c := range formats.Columns() {
		out = append(out, ui.Option{Value: string(c), Label: columnLabel(c), Selected: c == holds})
	}
	return out
}

// columnLabel is what a column holds, where its heading alone says too little.
func columnLabel(c formats.Column) string {
	switch c {
	case formats.ColumnSection:
		return "Section (stage)"
	case formats.ColumnLevel:
		return "Level (at tier 1)"
	case formats.ColumnTier2:
		return "Level at tier 2"
	case formats.ColumnTier3:
		return "Level at tier 3"
	case formats.ColumnGrade1, formats.ColumnGrade2, formats.ColumnGrade3:
		return "Ticked if " + c.Label() + " asks for it"
	}
	return c.Label()
}

// heading names a column of a table.
func (d *Import) heading(i int) string {
	if h := d.Headings[i]; h != "" {
		return h
	}
	return "Column " + strconv.Itoa(i+1)
}

// cells are the first that a column has something in.
func (d *Import) cells(i int) string {
	var out []string
	for _, r := range d.Rows {
		if i < len(r) && r[i] != "" {
			text := []rune(r[i])
			if len(text) > 60 {
				text = append(text[:59], '…')
			}
			out = append(out, string(text))
		}
	}
	return strings.Join(out, " · ")
}

// levelsRead says what the first words of a column of levels are read as.
func (d *Import) levelsRead(i int) string {
	switch d.holds(i) {
	case formats.ColumnLevel, formats.ColumnTier2, formats.ColumnTier3:
	default:
		return ""
	}
	var out []string
	seen := map[string]bool{}
	for _, r := range d.Rows {
		if i >= len(r) || r[i] == "" || seen[r[i]] {
			continue
		}
		seen[r[i]] = true
		word := "not a level"
		if l, ok := formats.LevelRead(r[i]); ok {
			word = strings.ToLower(l.Label())
		}
		out = append(out, "“"+page.Cut(r[i], 20)+"” is "+word)
	}
	if len(out) == 0 {
		return ""
	}
	return "Read as levels: " + strings.Join(out, ", ") + "."
}

func (d *Import) holds(i int) formats.Column {
	if i < len(d.Holds) {
		return d.Holds[i]
	}
	return ""
}

func phaseChoice(now plan.Phase) []ui.Option {
	var out []ui.Option
	for _, p := range plan.Phases() {
		out = append(out, ui.Option{Value: string(p), Label: p.Label(), Selected: p == now})
	}
	return out
}

func phaseLabels(all []plan.Phase) string {
	var out []string
	for _, p := range all {
		out = append(out, p.Label())
	}
	return strings.Join(out, ", ")
}

// firstItems is how many items are shown as they would look.
const firstItems = 10

// firstItem is an item with the stage that it is in; heads: it is the first there.
type firstItem struct {
	stage string
	heads bool
	item  *plan.Item
}

func (d *Import) firsts() (out []firstItem) {
	for i := range d.Shown.Stages {
		s := &d.Shown.Stages[i]
		for j := range s.Items {
			if len(out) == firstItems {
				return out
			}
			out = append(out, firstItem{s.Name, j == 0, &s.Items[j]})
		}
	}
	return out
}

// firstProblems is how many problems are listed before the others have to be opened.
const firstProblems = 10

func stagesTitle(d *Import) string {
	if d.Kind == plan.KindModule {
		return "Phases"
	}
	return "Stages"
}
