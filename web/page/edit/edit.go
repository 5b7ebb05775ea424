package edit

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// Document is a document with all its versions.
type Document struct {
	*review.Published
	Title  string
	Now    time.Time
	Names  page.Names
	May    bool // write it
	Draft  bool // somebody does
	People []page.Choice
	Owner  review.PersonID
	Errors map[string]string
	Reason string
	Retire int  // the version whose retirement is asked for
	Naming bool // that new projects pin it is asked for, or that they do not
}

// newest first
func (d *Document) versions() []review.PublishedVersion {
	out := slices.Clone(d.Versions)
	slices.Reverse(out)
	return out
}

func (d *Document) publisher(v *review.PublishedVersion) string {
	if v.By == review.System {
		return "Comes with Slipway"
	}
	return "Published by " + d.Names(v.By)
}

func (d *Document) validated(v *review.PublishedVersion) string {
	if v.ValidatedBy == 0 {
		return "Nobody is named"
	}
	return d.Names(v.ValidatedBy) + ", " + dayText(v.ValidatedOn)
}

func dayText(s string) string {
	t, err := time.Parse(review.DateLayout, s)
	if err != nil {
		return s
	}
	return t.Format("2 Jan 2006")
}

func (d *Document) ownerText() string {
	if d.Owner == 0 {
		if d.BuiltIn() {
			return "Comes with Slipway"
		}
		return "Nobody"
	}
	return d.Names(d.Owner)
}

// New is the form with which a document is begun.
type New struct {
	Key, Name, Kind, Start string
	From                   string // the document that is copied; empty: none
	Version                int
	Errors                 map[string]string
}

func (d *New) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Error: d.Errors[name]}
}

// Draft is the overview of a draft, and what all its pages have.
type Draft struct {
	plan.Document
	From    int // version that it changes; 0: none
	Saved   int64
	By      string
	At, Now time.Time
	Wrong   []plan.Problem // keep it from being published
	Advice  []plan.Problem // do not
	Forms   map[string]Form
	Error   string // of what has no form of its own
	Exports []page.Export

	Lessons    []page.ProposedLesson // that it takes up
	AllLessons int
}

// Form is what a part's form holds.
type Form struct {
	url.Values
	Shown  string
	Errors map[string]string
}

func (f Form) field(id, name, label, hint string) ui.Field {
	return ui.Field{ID: id + "-" + name, Name: name, Label: label, Hint: hint, Error: f.Errors[name], Value: f.Get(name)}
}

func (f Form) options(name string, all []ui.Option) []ui.Option {
	for i := range all {
		all[i].Selected = slices.Contains(f.Values[name], all[i].Value)
	}
	return all
}

// nth is one of several values of a field.
func (f Form) nth(name string, i int) string {
	if v := f.Values[name]; i < len(v) {
		return v[i]
	}
	return ""
}

func (f Form) has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// FormOf is a part as a draft has it.
func FormOf(p Part, d plan.Document) Form {
	v, _ := p.Values(d)
	return Form{Values: v, Shown: p.Shown(v)}
}

func (d *Draft) form(p Part) Form {
	if f, typed := d.Forms[p.Name]; typed {
		return f
	}
	return FormOf(p, d.Document)
}

// Title names the draft.
func (d *Draft) Title() string { return d.Name() + ", draft" }

func (d *Draft) lead() string {
	if d.From == 0 {
		return "A draft of a new " + strings.ToLower(d.Kind().Label()) + ". " + d.meanwhile()
	}
	return "A draft that changes version " + strconv.Itoa(d.From) + ". What is published stays as it is."
}

// meanwhile says what a document is to others before it is published.
func (d *Draft) meanwhile() string {
	if !d.Composed() {
		return "Only those who may edit the library read it before it is published."
	}
	return "Nobody can follow it before it is published."
}

func (d *Draft) errors() []ui.FieldError {
	var out []ui.FieldError
	if d.Error != "" {
		out = append(out, ui.FieldError{Name: "main", Text: d.Error})
	}
	return out
}

// problemURL leads to where a problem is put right.
func (d *Draft) problemURL(p plan.Problem) string {
	if p.Item != "" {
		if it, _ := d.Item(p.Item); it != nil {
			return page.DraftItemURL(d.Key(), p.Item)
		}
	}
	if p.Stage != "" {
		return page.DraftStageURL(d.Key(), p.Stage)
	}
	return page.DraftURL(d.Key())
}

// about are the problems of a stage, or of one item.
func about(all []plan.Problem, s plan.StageKey, item plan.ItemKey) []plan.Problem {
	var out []plan.Problem
	for _, p := range all {
		if p.Stage == s && (item == "" || p.Item == item) {
			out = append(out, p)
		}
	}
	return out
}

// mostHere is how many problems are said beside a form.
const mostHere = 3

// Wrong are the problems of a part: of an item, of a stage's gate, or of a stage or
// the document itself.
func (p Part) Wrong(d *Draft, in plan.StageKey, item plan.ItemKey) []plan.Problem {
	var out []plan.Problem
	for _, w := range d.Wrong {
		gate := w.Where == "gate" || strings.HasPrefix(w.Where, "seat number")
		if (w.Stage == in || gate && d.Module != nil) && w.Item == item && gate == strings.HasPrefix(p.Name, "gate/") {
			out = append(out, w)
		}
	}
	return out
}

// wrongLine says the first problems in one sentence, and how many more there are.
func wrongLine(wrong []plan.Problem) string {
	var said []string
	for _, p := range wrong[:min(len(wrong), mostHere)] {
		said = append(said, inForm(p.Message))
	}
	if n := len(wrong) - len(said); n > 0 {
		said = append(said, "and "+page.CountOf(n, "other thing"))
	}
	return strings.Join(said, "; ") + "."
}

// mostShown is how many kinds of problem a page lists before it only counts them, and
// mostAlike how many places of one.
const (
	mostShown = 50
	mostAlike = 8
)

func flagOptions(d plan.Document, also []string) []ui.Option {
	var out []ui.Option
	known := map[string]bool{}
	for _, q := range d.Questions() {
		out = append(out, ui.Option{Value: string(q.Key), Label: q.Label})
		known[string(q.Key)] = true
	}
	for _, k := range also { // asked elsewhere, or by nobody
		if !known[k] {
			out = append(out, ui.Option{Value: k, Label: k})
		}
	}
	return out
}

// recordOptions are the kinds of records that a gate can ask for.
func recordOptions() []ui.Option {
	var out []ui.Option
	for _, k := range record.Askable() {
		out = append(out, ui.Option{Value: string(k.Key), Label: page.Capital(k.One)})
	}
	return out
}

// kindOptions are all kinds of records.
func kindOptions() []ui.Option {
	var out []ui.Option
	for _, k := range record.Kinds() {
		out = append(out, ui.Option{Value: string(k.Key), Label: page.Capital(k.Many)})
	}
	return out
}

// exposureOptions are from when on a gate can be needed.
func exposureOptions() []ui.Option {
	out := []ui.Option{{Label: "Always"}}
	for _, e := range plan.Exposures()[1:] {
		out = append(out, ui.Option{Value: string(e), Label: "From " + e.Words() + " on"})
	}
	return out
}

// environmentOptions are the kinds of environment that a document knows.
func environmentOptions(words plan.Words) []ui.Option {
	var out []ui.Option
	for _, k := range words.AllEnvironments() {
		out = append(out, ui.Option{Value: string(k), Label: k.Label()})
	}
	return out
}

func evidenceOptions(words plan.Words) []ui.Option {
	var out []ui.Option
	for _, k := range words.AllEvidence() {
		out = append(out, ui.Option{Value: string(k), Label: k.Label()})
	}
	return out
}

func seatOptions(words plan.Words) []ui.Option {
	var out []ui.Option
	for _, s := range words.AllSeats() {
		out = append(out, ui.Option{Value: string(s), Label: s.Label()})
	}
	return out
}

func qualityOptions() []ui.Option {
	var out []ui.Option
	for _, q := range plan.Qualities() {
		out = append(out, ui.Option{Value: q, Label: page.Capital(q)})
	}
	return out
}

func levelOptions(chosen string) []ui.Option {
	var out []ui.Option
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone} {
		out = append(out, ui.Option{Value: string(l), Label: l.Label(), Selected: string(l) == chosen})
	}
	return out
}

func phaseOptions() []ui.Option {
	var out []ui.Option
	for _, p := range plan.Phases() {
		out = append(out, ui.Option{Value: string(p), Label: page.Capital(string(p))})
	}
	return out
}

func orderOptions() []ui.Option {
	return []ui.Option{
		{Value: "strict", Label: "Strict", Hint: "A gate cannot be requested before the earlier ones have passed."},
		{Value: "advisory", Label: "Advisory", Hint: "It can, with a reason."},
		{Value: "free", Label: "Free", Hint: "Gates can be requested in any order."},
	}
}

// StageData is one stage of a draft, or one phase of a module.
type StageData struct {
	Draft
	Here plan.Section
}

// counts says how much a section asks at each tier.
func counts(items []*plan.Item) string {
	musts := [3]int{}
	for _, it := range items {
		for i, l := range it.Levels {
			if l == plan.LevelMust {
				musts[i]++
			}
		}
	}
	return fmt.Sprintf("%s; required at tiers 1, 2 and 3: %d, %d and %d", page.CountOf(len(items), "item"), musts[0], musts[1], musts[2])
}

// ItemData is one item of a draft.
type ItemData struct {
	Draft
	Item     *plan.Item
	In       plan.StageKey
	Form     Form
	Conflict *Conflict
}

// Conflict is what two people want of one part.
type Conflict struct {
	By    string
	Own   bool // it was the reader themselves, in another tab
	At    time.Time
	Other []Difference
	Part  Part
	Mine  url.Values // to be sent again
	Shown string     // of what is there now
	To    string     // where the part is shown as it is
	Post  string     // where it is saved
	Draft *Draft
}

func (c *Conflict) words() string {
	who := c.By
	if c.Own {
		who = "you"
	}
	words := "Not saved: " + who + " changed this meanwhile"
	if c.Own {
		words += " in another tab or window"
	}
	return words + ". Decide about " + page.CountOf(len(c.Other), "field") + " that both changed; yours is saved where you do not tick. Changes of other fields are put together."
}

// Preview is a draft as a project would see it.
type Preview struct {
	Draft
	Tier    plan.Tier
	Profile plan.Profile
	Plan    *plan.Lifecycle
	Asked   []plan.Question
	Refused string // why it makes no plan
}

func (d *Preview) shown(s *plan.Stage) []*plan.Item {
	var out []*plan.Item
	for i := range s.Items {
		it := &s.Items[i]
		if d.Module != nil && it.From != d.Key() {
			continue
		}
		if it.LevelFor(d.Tier, d.Profile) != plan.LevelNone {
			out = append(out, it)
		}
	}
	return out
}

func (d *Preview) total() string {
	items, musts := 0, 0
	for i := range d.Plan.Stages {
		for _, it := range d.shown(&d.Plan.Stages[i]) {
			items++
			if it.LevelFor(d.Tier, d.Profile) == plan.LevelMust {
				musts++
			}
		}
	}
	return fmt.Sprintf("%s, %d required", page.CountOf(items, "item"), musts)
}

func gateWords(g *plan.Gate, t plan.Tier, p plan.Profile) string {
	pol := g.Policy(t, p)
	seats := page.SeatWords(pol.Seats, "and")
	var text string
	switch {
	case len(pol.Seats) == 1:
		text = seats + " signs"
	case pol.Quorum == 1:
		text = "one of " + seats + " signs"
	case pol.Quorum == len(pol.Seats):
		text = seats + " sign"
	default:
		text = strconv.Itoa(pol.Quorum) + " of " + seats + " sign"
	}
	switch {
	case len(pol.Mandatory) == 0 || len(pol.Mandatory) == len(pol.Seats):
	case len(pol.Mandatory) == 1:
		text += "; " + page.SeatWords(pol.Mandatory, "and") + " has to"
	default:
		text += "; " + page.SeatWords(pol.Mandatory, "and") + " have to"
	}
	return text
}

// Publish is the page on which a draft is published.
type Publish struct {
	Draft
	Before *plan.Lifecycle // nil for a first version, and for what is no lifecycle
	// BeforeWords is the version before, for what plans are not composed of.
	BeforeWords plan.Document
	Renamed     []Renamed
	// Reworded are the items that may be called something else and mean the same.
	Reworded []Reworded
	Same     []string // of these, as they were ticked in a form that was refused
	Reason   string
	By       review.PersonID // who validated it
	On       string
	People   []page.Choice
	Errors   map[string]string
}

// Renamed asks whether an item that is new is one that is gone.
type Renamed struct {
	New  *plan.Item
	Gone []*plan.Item // the likeliest first
	Said plan.ItemKey // what was chosen
}

func (r *Renamed) options() []ui.Option {
	out := []ui.Option{{Label: "No, it is a new item"}}
	for _, it := range r.Gone {
		out = append(out, ui.Option{Value: string(r.New.Key) + " " + string(it.Key), Label: "It was “" + it.Title + "”", Selected: r.Said == it.Key})
	}
	return out
}

// Reworded asks whether an item that is called something else means the same.
type Reworded struct {
	New  *plan.Item
	Old  string // title
	Same bool
}

func (d *Publish) reworded() []ui.Option {
	out := make([]ui.Option, len(d.Reworded))
	for i, r := range d.Reworded {
		out[i] = ui.Option{Value: string(r.New.Key), Label: "“" + r.New.Title + "”, was “" + r.Old + "”", Selected: r.Same}
	}
	return out
}

func (d *Publish) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Error: d.Errors[name]}
}

// changes are what the draft changes, in words.
func (d *Publish) changes() []string {
	if d.Before == nil {
		return nil
	}
	diff := plan.Compare(d.Before, d.Lifecycle)
	byFate := map[plan.Fate][]string{}
	for _, c := range diff.Items {
		title := ""
		if c.New != nil {
			title = c.New.Title
		} else {
			title = c.Old.Title
		}
		byFate[c.Fate] = append(byFate[c.Fate], title)
	}
	var out []string
	for _, f := range page.Fates() {
		if n := len(byFate[f]); n > 0 {
			titles := byFate[f]
			more := ""
			if n > 8 {
				titles, more = titles[:8], fmt.Sprintf(" and %d more", n-8)
			}
			out = append(out, fmt.Sprintf("%s (%d): %s%s", page.FateWord(f), n, strings.Join(titles, "; "), more))
		}
	}
	for _, c := range diff.Stages {
		switch {
		case c.Old == nil:
			out = append(out, "New stage: "+c.New.Name)
		case c.New == nil:
			out = append(out, "Stage that is gone: "+c.Old.Name)
		default:
			out = append(out, "Gate “"+c.New.Gate.Name+"” "+page.GateChange(&c.Old.Gate, &c.New.Gate))
		}
	}
	return out
}

func optional(f ui.Field) ui.Field {
	f.Optional = true
	return f
}

func value(f ui.Field, v string) ui.Field {
	f.Value = v
	return f
}

// first is an error beside the first of several fields of the same name.
func first(i int, text string) string {
	if i == 0 {
		return text
	}
	return ""
}

func gateTitle(d *Draft) string {
	if d.Module != nil {
		return "Seats that join the gate"
	}
	return "Gate"
}

// summary lists what is wrong with a form, each with a link to its field.
func summary(errors map[string]string) []ui.FieldError {
	var names []string
	for name := range errors {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []ui.FieldError
	for _, name := range names {
		out = append(out, ui.FieldError{Name: name, Text: page.Capital(strings.ReplaceAll(name, "-", " ")) + " " + errors[name]})
	}
	return out
}

func fieldSummary(f Form, id string) []ui.FieldError {
	out := summary(f.Errors)
	for i := range out {
		out[i].Name = id + "-" + out[i].Name
	}
	return out
}

// partID begins the ids of a part's fields.
func partID(p Part) string {
	word, _, _ := strings.Cut(p.Name, "/")
	return word
}

func (d *Document) retireField(version int) ui.Field {
	f := ui.Field{Name: "reason", ID: "retire-" + strconv.Itoa(version), Label: "Why no new project should follow it"}
	if d.Retire == version {
		f.Value, f.Error = d.Reason, d.Errors["reason"]
	}
	return f
}

func (d *Document) defaultField() ui.Field {
	f := ui.Field{Name: "reason", ID: "default-reason", Label: "Why"}
	if d.Naming {
		f.Value, f.Error = d.Reason, d.Errors["reason"]
	}
	return f
}

func (d *ItemData) stageName() string {
	s, _ := d.Section(d.In)
	return s.Name
}

func (d *ItemData) sections() []ui.Option {
	var out []ui.Option
	for _, s := range d.Sections() {
		out = append(out, ui.Option{Value: string(s.Key), Label: s.Name, Selected: s.Key == d.In})
	}
	return out
}

func (d *Preview) tiers() []ui.Option {
	var out []ui.Option
	for t := plan.TierCritical; t <= plan.TierStarter; t++ {
		out = append(out, ui.Option{Value: strconv.Itoa(int(t)), Label: "Tier " + strconv.Itoa(int(t)), Selected: t == d.Tier})
	}
	return out
}

func (d *Preview) flags() []ui.Option {
	var out []ui.Option
	for _, q := range d.Asked {
		out = append(out, ui.Option{Value: string(q.Key), Label: q.Label, Selected: slices.Contains(d.Profile, q.Key)})
	}
	return out
}
