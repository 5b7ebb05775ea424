package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// MostVersions is the highest number of a version that an address may name.
const MostVersions = 1 << 30

// LibraryEntry is a document with its versions.
type LibraryEntry struct {
	Newest   plan.Document
	Versions []int // the newest first
	Usual    bool  // new projects follow one of them unless they choose
}

// LibraryData is what is published, or what of it a search found.
type LibraryData struct {
	Search      string
	Lifecycles  []LibraryEntry
	Modules     []LibraryEntry
	Definitions []LibraryEntry
	Policies    []LibraryEntry
	Questions   []plan.Question // that any of them asks
	Documents   []plan.Document // found
	Items       []LibraryItem   // found
	All         int             // items that were found
	May         bool            // write documents
	Drafts      []DraftInWork   // for those who may
	Lessons     []ProposedLesson
	AllLessons  int // that propose something, listed or not
	Now         time.Time
}

// ProposedLesson is a lesson that proposes something to the library, or proposed it.
type ProposedLesson struct {
	Project review.ProjectKey
	Name    string // of the project
	No      int
	Title   string
	At      time.Time // when it was proposed, or taken up
}

func (l *ProposedLesson) href() string { return RecordURL(l.Project, record.Lesson, l.No) }

// Mark is the lesson's name within its project.
func (l *ProposedLesson) Mark() string {
	return kindOf(record.Lesson).Mark + strconv.Itoa(l.No)
}

// LibraryItem is an item that a search found.
type LibraryItem struct {
	Document plan.Document
	Older    bool   // there is a newer version, where it has not the words
	Place    string // the stage or phase
	Item     *plan.Item
	Says     string // the sentence that has the words; empty where the title has them
}

// where says where the item stands.
func (it *LibraryItem) where() string {
	words := it.Document.Name()
	if _, version := documentName(it.Document); it.Older {
		words += ", version " + strconv.Itoa(version)
	}
	return words + ", " + it.Place
}

func (it *LibraryItem) url() string {
	key, version := documentName(it.Document)
	return LifecycleURL(key, version) + "#item-" + string(it.Item.Key)
}

func documentName(d plan.Document) (key string, version int) {
	return d.Key(), d.Version()
}

func documentURL(d plan.Document) string { return LifecycleURL(documentName(d)) }

func (d *LibraryData) found() string {
	switch {
	case d.All > len(d.Items):
		return fmt.Sprintf("The first %d of %s. Add a word to narrow them.", len(d.Items), CountOf(d.All, "item"))
	case d.All == 0:
		return ""
	}
	return CountOf(d.All, "item")
}

func (e *LibraryEntry) facts() []ui.Fact { return lifecycleFacts(e.Newest.Lifecycle) }

// moduleFor is what a module is for: how its summary begins.
func moduleFor(m *plan.Module) string {
	first, _, more := strings.Cut(m.Summary, ". ")
	if more {
		first += "."
	}
	return first
}

// moduleSize says how much a module adds.
func moduleSize(m *plan.Module) string {
	parts := []string{CountOf(len(m.Items), "item")}
	if n := len(m.Flags); n > 0 {
		parts = append(parts, CountOf(n, "question"))
	}
	if seats := moduleSeats(m); len(seats) > 0 {
		parts = append(parts, "signed by "+SeatWords(seats, "and"))
	}
	return strings.Join(parts, " · ")
}

// moduleSeats are those that a module brings to gates, each once.
func moduleSeats(m *plan.Module) []plan.Seat {
	var seats []plan.Seat
	for i := range m.Seats {
		if !slices.Contains(seats, m.Seats[i].Seat) {
			seats = append(seats, m.Seats[i].Seat)
		}
	}
	return seats
}

// answers are profile questions as their labels say them.
func answers(questions []plan.Question, flags []plan.Flag) string {
	return strings.Join(flagWords(&plan.Lifecycle{Flags: questions}, flags), "; or ")
}

// lifecycleFacts say how much a lifecycle asks, before the profile adds to it.
func lifecycleFacts(l *plan.Lifecycle) []ui.Fact {
	facts := []ui.Fact{{Term: "Stages", Text: strconv.Itoa(len(l.Stages))}}
	for _, m := range tierMeanings() {
		items, musts := TierCounts(l, m.tier, "", nil)
		signatures := 0
		for i := range l.Stages {
			signatures += l.Stages[i].Gate.QuorumAt(m.tier)
		}
		text := fmt.Sprintf("%s, %d required, %s", CountOf(items, "item"), musts, CountOf(signatures, "signature"))
		facts = append(facts, ui.Fact{Term: m.name, Text: text})
	}
	if len(l.Keeps) > 0 {
		facts = append(facts, ui.Fact{Term: "Kinds of records", Text: Enumerate(kindNames(l.Keeps), "and")})
	}
	return append(facts, addedFacts(l.Adds)...)
}

// kindNames are kinds of records in words: "risks".
func kindNames(keys []record.Key) []string {
	var out []string
	for _, key := range keys {
		if k := record.Of(key); k != nil {
			out = append(out, k.Many)
		}
	}
	return out
}

// addedFacts are the words that a document adds.
func addedFacts(w plan.Words) []ui.Fact {
	var facts []ui.Fact
	if len(w.Seats) > 0 {
		facts = append(facts, ui.Fact{Term: "Seats of its own", Text: SeatWords(w.Seats, "and")})
	}
	if len(w.Evidence) > 0 {
		facts = append(facts, ui.Fact{Term: "Kinds of evidence of its own", Text: Enumerate(kindWords(w.Evidence), "and")})
	}
	if len(w.Environments) > 0 {
		facts = append(facts, ui.Fact{Term: "Kinds of environment of its own", Text: environmentKinds(w.Environments)})
	}
	return facts
}

// moduleFacts say how much a module asks where all its items apply.
func (d *DocumentData) moduleFacts() []ui.Fact {
	m, facts := d.Module, []ui.Fact(nil)
	for _, t := range tierMeanings() {
		items, musts := 0, 0
		for i := range m.Items {
			switch m.Items[i].Levels[t.tier-1] {
			case plan.LevelNone:
				continue
			case plan.LevelMust:
				musts++
			}
			items++
		}
		facts = append(facts, ui.Fact{Term: t.name, Text: fmt.Sprintf("%s, %d required", CountOf(items, "item"), musts)})
	}
	if facts = append(facts, d.usedBy()...); len(m.ProposedWhen) > 0 {
		facts = append(facts, ui.Fact{Term: "Proposed if", Text: answers(d.Shown.Flags, m.ProposedWhen)})
	}
	return append(facts, addedFacts(m.Adds)...)
}

// Export is a file in which a document can be had.
type Export struct {
	Label, Ending, URL string
	Lost               []string // what the format has no place for
}

func lostWords(n int) string {
	if n == 1 {
		return "1 thing has no place in it"
	}
	return strconv.Itoa(n) + " things have no place in it"
}

// DraftInWork is a draft that somebody writes.
type DraftInWork struct {
	Key  string
	Kind plan.Kind
	Name string
	By   string
	At   time.Time
}

// DocumentData is one version of a lifecycle or module.
type DocumentData struct {
	Shown    *plan.Lifecycle // a module's phases stand for stages
	Module   *plan.Module    // nil for a lifecycle
	Ref      plan.Ref
	Before   *plan.Lifecycle // the version before it; nil when it is the first
	Versions []int           // all, the newest first
	Uses     []DocumentUse   // the newest version first
	Exports  []Export
	May      bool // write documents
}

// DocumentUse is how many projects the reader sees that go by a version.
type DocumentUse struct{ Version, Projects int }

// NewDocument is a version as a page shows it. questions are all that the library
// asks: a module's items can depend on answers to others' questions.
func NewDocument(doc plan.Document, before *plan.Document, questions []plan.Question) *DocumentData {
	d := &DocumentData{Shown: doc.Lifecycle, Module: doc.Module}
	if doc.Module != nil {
		d.Shown = byPhase(doc.Module)
		d.Shown.Flags = questions
	}
	if before != nil {
		if d.Before = before.Lifecycle; before.Module != nil {
			d.Before = byPhase(before.Module)
		}
	}
	return d
}

func byPhase(m *plan.Module) *plan.Lifecycle {
	return &plan.Lifecycle{Key: m.Key, Version: m.Version, Name: m.Name, Summary: m.Summary, Stages: m.ByPhase()}
}

// Title names the version.
func (d *DocumentData) Title() string {
	return d.Shown.Name + ", version " + strconv.Itoa(d.Shown.Version)
}

// newest is the number of the newest version.
func (d *DocumentData) newest() int {
	if len(d.Versions) == 0 {
		return d.Shown.Version
	}
	return d.Versions[0]
}

// usedBy says how many projects go by a version, with the portfolio that lists them.
func (d *DocumentData) usedBy() []ui.Fact { return usedBy(d.Shown.Key, d.Uses) }

func usedBy(key string, uses []DocumentUse) []ui.Fact {
	if len(uses) == 0 {
		return []ui.Fact{{Term: "Used by", Text: "no project that you see"}}
	}
	var facts []ui.Fact
	for _, u := range uses {
		facts = append(facts, ui.Fact{
			Term: "Version " + strconv.Itoa(u.Version) + " is used by", Text: CountOf(u.Projects, "project"),
			Href: PortfolioFilter{Uses: key, Version: u.Version}.url(),
		})
	}
	return facts
}

// asks says on how many of a module's items the answer to a question bears.
func (d *DocumentData) asks(f plan.Flag) string {
	n := 0
	for i := range d.Module.Items {
		if slices.Contains(d.Module.Items[i].When, f) {
			n++
		}
	}
	switch {
	case n > 0:
		return "A yes adds " + CountOf(n, "item") + "."
	case slices.Contains(d.Module.ProposedWhen, f):
		return "A yes proposes this module."
	}
	return ""
}

// levels says what an item weighs at each tier.
func levels(d *plan.Item) string { return Levels(d) }

// Levels says what an item weighs at each tier.
func Levels(d *plan.Item) string { return levelWords(d, d.Levels[0]) }

// asked are what an item asks beside its text.
func asked(l *plan.Lifecycle, d *plan.Item) []ui.Fact {
	var facts []ui.Fact
	if len(d.When) > 0 {
		facts = append(facts, ui.Fact{Term: "Applies if", Text: strings.Join(flagWords(l, d.When), "; or ")})
	}
	if len(d.Environments) > 0 {
		facts = append(facts, ui.Fact{Term: "Answered for each", Text: "environment of the kind " + environmentKinds(d.Environments)})
	}
	facts = append(facts, ui.Fact{Term: "Evidence", Text: Enumerate(kindWords(d.Evidence), "or")})
	if d.ValidDays > 0 {
		facts = append(facts, ui.Fact{Term: "Renew", Text: "every " + CountOf(d.ValidDays, "day")})
	}
	return append(facts, ui.Fact{Term: "Seats", Text: SeatWords(d.Seats, "and")})
}

// Fates are the kinds of change in the order in which a page shows them.
func Fates() []plan.Fate {
	return []plan.Fate{plan.Added, plan.Merged, plan.Removed, plan.Moved, plan.Demands, plan.Rewords, plan.Explains}
}

// FateWord heads the changes of a kind between two versions of a lifecycle.
func FateWord(f plan.Fate) string { return (&DocumentData{}).fateWord(f) }

func (d *DocumentData) fateWord(f plan.Fate) string {
	switch f {
	case plan.Added:
		return "New items"
	case plan.Merged:
		return "Items that became part of others"
	case plan.Removed:
		return "Items that are gone"
	case plan.Moved:
		if d.Module != nil {
			return "Items in a different phase"
		}
		return "Items in a different stage"
	case plan.Demands:
		return "Items that ask something different"
	case plan.Rewords:
		return "Items reworded, said by their author to mean the same"
	case plan.Explains:
		return "Items in other words"
	}
	return string(f)
}

// changes are what the version changes, items by kind; kinds without any are left
// out.
func (d *DocumentData) changes() (kinds []plan.Fate, by map[plan.Fate][]plan.ItemChange, gates []string) {
	by = map[plan.Fate][]plan.ItemChange{}
	difference := plan.Compare(d.Before, d.Shown)
	for _, c := range difference.Items {
		by[c.Fate] = append(by[c.Fate], c)
	}
	for _, f := range Fates() {
		if len(by[f]) > 0 {
			kinds = append(kinds, f)
		}
	}
	for _, c := range difference.Stages {
		switch {
		case d.Module != nil && (c.Old == nil || len(c.Old.Gate.Seats) == 0) && (c.New == nil || len(c.New.Gate.Seats) == 0):
		case d.Module != nil && c.New == nil:
			gates = append(gates, c.Old.Name+" asks for no signature any more")
		case d.Module != nil:
			gates = append(gates, c.New.Name+" asks for other signatures")
		case c.Old == nil:
			gates = append(gates, c.New.Name+" is new")
		case c.New == nil:
			gates = append(gates, c.Old.Name+" is gone")
		default:
			gates = append(gates, c.New.Name+" "+GateChange(&c.Old.Gate, &c.New.Gate))
		}
	}
	return kinds, by, gates
}

// differs says in a few words what an item asked before.
func differs(c *plan.ItemChange) string {
	var said []string
	if c.From != nil && c.To != nil && c.From.Key != c.To.Key {
		said = append(said, "from "+c.From.Name)
	}
	if c.Old == nil || c.New == nil {
		return strings.Join(said, "; ")
	}
	if c.Fate == plan.Merged {
		return "now in “" + c.New.Title + "”"
	}
	if c.Old.Title != c.New.Title {
		said = append(said, "was called “"+c.Old.Title+"”")
	}
	if c.Old.Levels != c.New.Levels {
		said = append(said, "was "+strings.ToLower(levels(c.Old)[:1])+levels(c.Old)[1:])
	}
	if before, now := Enumerate(kindWords(c.Old.Evidence), "or"), Enumerate(kindWords(c.New.Evidence), "or"); before != now {
		said = append(said, "evidence was "+before)
	}
	if c.Old.ValidDays != c.New.ValidDays {
		if c.Old.ValidDays == 0 {
			said = append(said, "did not expire")
		} else {
			said = append(said, "was renewed every "+CountOf(c.Old.ValidDays, "day"))
		}
	}
	if before, now := environmentKinds(c.Old.Environments), environmentKinds(c.New.Environments); c.New.Environment == nil && before != now {
		if before == "" {
			said = append(said, "was answered once")
		} else {
			said = append(said, "was answered for each environment of the kind "+before)
		}
	}
	if !slices.EqualFunc(c.Old.Choices, c.New.Choices, func(a, b plan.Choice) bool { return a.Key == b.Key && a.Title == b.Title }) {
		said = append(said, "has other choices")
	}
	if !slices.Equal(c.Old.Rules, c.New.Rules) {
		said = append(said, "is decided by other rules")
	}
	return strings.Join(said, "; ")
}
