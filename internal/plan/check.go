package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/record"
)

// Limits of documents, in characters unless they say otherwise.
const (
	MaxName      = 120
	MaxLabel     = 80
	MaxParagraph = 4000 // of anything that explains
	MaxTitle     = 200  // of an item
	MaxDays      = 1826 // five years: beyond that, renewing is not meant seriously
	MaxItems     = 2000 // of a document
	MaxStages    = 40
	MaxQuestions = 200

	// What the documents that come with the program keep to.
	styleTitle     = 80
	styleParagraph = 700
	styleSentence  = 240 // of an item: why, and what to show
	styleDone      = 500 // of an item: when it is done
)

// KeyForm says what a key looks like, after the key.
const KeyForm = "is not a key: lower-case words joined by single hyphens, 2 to 40 characters"

// Qualities lists the words that an item's quality field may use, in the
// order in which pages show them.
func Qualities() []string {
	return []string{
		"reliability", "security", "performance", "scalability", "maintainability", "operability",
		"governance", "compliance", "usability", "cost", "value",
	}
}

// Problem is something about a document that its author should look at.
type Problem struct {
	Stage   StageKey // that it is in; empty: the document as a whole, and modules
	Where   string   // "item data-validated", "gate", "flag users"; empty: the stage or the document itself
	Item    ItemKey  // empty: it is not about one item, or that has no key
	Message string
	Style   bool // it can be published all the same; only those that come with the program keep to it
}

func (p Problem) String() string {
	out := p.Message
	if p.Where != "" {
		out = p.Where + ": " + out
	}
	if p.Stage != "" {
		out = string(p.Stage) + ": " + out
	}
	return out
}

// Check says what is wrong with a document. asked are the questions that a module
// need not ask itself. A lifecycle that covers a phase in no stage is wrong too;
// see [Lifecycle.Uncovered].
func Check(d Document, asked []Flag) []Problem {
	c := &checker{items: map[ItemKey]string{}, phases: map[Phase]StageKey{}, titles: map[string]ItemKey{}}
	switch m := d.Module; {
	case d.Definition != nil:
		c.definition(d.Definition)
	case d.Policy != nil:
		c.policy(d.Policy)
	case m != nil:
		c.asks = func(f Flag) bool { return m.Asks(f) || slices.Contains(asked, f) }
		c.asker = "this module or of a lifecycle"
		c.module(m, asked)
	default:
		c.asks, c.asker = d.Lifecycle.HasFlag, "this lifecycle"
		c.lifecycle(d.Lifecycle)
	}
	return c.found
}

// Wrong are those of problems that keep a document from being published.
func Wrong(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Style })
}

// Uncovered are the phases that no stage covers.
func (t *Lifecycle) Uncovered() []Phase {
	return slices.DeleteFunc(Phases(), func(p Phase) bool {
		return slices.ContainsFunc(t.Stages, func(s Stage) bool { return slices.Contains(s.Phases, p) })
	})
}

// checker carries what the checks of one document share.
type checker struct {
	found  []Problem
	stage  StageKey
	where  string
	item   ItemKey
	words  Words              // that the document adds
	asks   func(Flag) bool    // whether a profile has an answer
	asker  string             // what would have to ask, for messages
	items  map[ItemKey]string // key, or one of an earlier version -> where it is
	phases map[Phase]StageKey // -> the stage that covers it
	titles map[string]ItemKey // lower-case title -> item
}

func (c *checker) addf(format string, args ...any) {
	c.found = append(c.found, Problem{Stage: c.stage, Where: c.where, Item: c.item, Message: fmt.Sprintf(format, args...)})
}

// stylef notes what only the documents that come with the program keep to.
func (c *checker) stylef(format string, args ...any) {
	c.addf(format, args...)
	c.found[len(c.found)-1].Style = true
}

func (c *checker) lifecycle(t *Lifecycle) {
	c.name(t.Key, t.Version, t.Name, t.Summary)
	if !t.Order.Valid() {
		c.addf("order: %q is not one of strict, advisory, free", t.Order)
	}
	if n := len(t.Stages); n == 0 || n > MaxStages {
		c.addf("stages: there are %d; 1 to %d are possible", n, MaxStages)
	}
	var keys []StageKey
	n := 0
	for i := range t.Stages {
		keys = append(keys, t.Stages[i].Key)
		n += len(t.Stages[i].Items)
	}
	unique(c, "stages", keys)
	c.count(n)
	c.flags(t.Flags)
	c.adds(t.Adds)
	c.keeps(t)
	for i := range t.Stages {
		c.stage, c.where = t.Stages[i].Key, ""
		c.oneStage(&t.Stages[i])
	}
	if n > 0 && t.Stages[len(t.Stages)-1].Gate.From != "" {
		c.where = "gate"
		c.addf("from_exposure: the last gate says whether the service is live, so it is needed at every exposure")
		c.where = ""
	}
}

// keeps checks the kinds of records that projects add: gates ask for no other.
func (c *checker) keeps(t *Lifecycle) {
	unique(c, "keeps", t.Keeps)
	for _, k := range t.Keeps {
		if record.Of(k) == nil {
			c.addf("keeps: %q is no kind of records", k)
		}
	}
	for i := range t.Stages {
		for _, k := range t.Stages[i].Gate.Records {
			if !t.Uses(k) {
				c.addf("keeps: the gate of %s asks for a record of the kind %q, which projects cannot add", t.Stages[i].Name, k)
			}
		}
	}
}

func (c *checker) count(items int) {
	if items > MaxItems {
		c.addf("items: there are %d; at most %d are possible", items, MaxItems)
	}
}

func (c *checker) module(m *Module, asked []Flag) {
	c.name(m.Key, m.Version, m.Name, m.Summary)
	if m.Notice != "" {
		c.paragraph("notice", m.Notice)
	}
	c.flags(m.Flags)
	c.adds(m.Adds)
	for _, q := range m.Flags {
		if slices.Contains(asked, q.Key) {
			c.addf("flags: %q is asked by a lifecycle already", q.Key)
		}
	}
	c.answers("proposed_when", m.ProposedWhen)
	c.moduleSeats(m)
	c.duties(m.Notify)
	if len(m.Items) == 0 {
		c.addf("items: lists none")
	}
	c.count(len(m.Items))
	for i := range m.Items {
		d := &m.Items[i]
		c.at(d.Key, i)
		c.phase(d.Phase)
		c.oneItem(&d.Item)
		if !strings.HasPrefix(string(d.Key), m.Key+"-") {
			c.addf("key: %q does not begin with %q, the module's key and a hyphen", d.Key, m.Key+"-")
		}
	}
}

func (c *checker) moduleSeats(m *Module) {
	seen := map[string]bool{}
	for i := range m.Seats {
		s := &m.Seats[i]
		c.where = fmt.Sprintf("seat number %d", i+1)
		c.phase(s.Phase)
		c.gateSeat(&s.GateSeat)
		place := fmt.Sprintf("%s signs for the phase %q", s.Seat, s.Phase)
		if seen[place] {
			c.addf("seat: %s already", place)
		}
		seen[place] = true
	}
	c.where = ""
	if m.Notice == "" && slices.ContainsFunc(m.Seats, func(s ModuleSeat) bool { return s.Seat == SeatCompliance }) {
		c.stylef("notice: is missing; a module that has compliance sign says what it does not do, such as legal advice")
	}
}

func (c *checker) phase(p Phase) {
	if !slices.Contains(Phases(), p) {
		c.addf("phase: %q is not known here", p)
	}
}

// name checks what documents of all kinds begin with.
func (c *checker) name(key string, version int, name, summary string) {
	c.key("key", key)
	if version < 1 {
		c.addf("version: is %d; versions count from 1", version)
	}
	c.line("name", name, MaxName)
	c.paragraph("summary", summary)
}

func (c *checker) flags(flags []Question) {
	defer func() { c.where = "" }()
	if n := len(flags); n > MaxQuestions {
		c.addf("flags: there are %d; at most %d are possible", n, MaxQuestions)
	}
	seen := map[Flag]bool{}
	labels := map[string]bool{}
	for i, f := range flags {
		c.where = fmt.Sprintf("flag %s", nameOr(string(f.Key), i))
		c.key("key", string(f.Key))
		c.line("group", f.Group, MaxLabel)
		c.line("label", f.Label, MaxLabel)
		if seen[f.Key] {
			c.addf("key: is used by an earlier flag")
		}
		if labels[strings.ToLower(f.Label)] {
			c.addf("label: is used by an earlier flag")
		}
		seen[f.Key], labels[strings.ToLower(f.Label)] = true, true
	}
}

// adds checks the words that the document adds, and has them count from then on.
func (c *checker) adds(w Words) {
	addWords(c, "adds seats", w.Seats, Seats(), Seat.Valid)
	addWords(c, "adds evidence", w.Evidence, EvidenceKinds(), EvidenceKind.Valid)
	addWords(c, "adds environments", w.Environments, EnvironmentKinds(), EnvironmentKind.Valid)
	c.words = w
}

func addWords[T ~string](c *checker, field string, words, known []T, valid func(T) bool) {
	if len(words) > MaxWords {
		c.addf("%s: there are %d; at most %d are possible", field, len(words), MaxWords)
	}
	for _, w := range words {
		switch {
		case !valid(w):
			c.addf("%s: %q is not %s, such as legal", field, w, WordForm)
		case slices.Contains(known, w):
			c.addf("%s: %q comes with Slipway", field, w)
		}
	}
	unique(c, field, words)
}

func (c *checker) oneStage(s *Stage) {
	c.key("key", string(s.Key))
	c.line("name", s.Name, MaxName)
	members(c, "phases", s.Phases, func(p Phase) bool { return slices.Contains(Phases(), p) })
	for _, p := range s.Phases {
		if other, taken := c.phases[p]; taken && other != s.Key {
			c.addf("phases: %q is covered by stage %s already", p, other)
		}
		c.phases[p] = s.Key
	}
	c.paragraph("purpose", s.Purpose)
	if len(s.Items) == 0 {
		c.stylef("items: lists none")
	}
	c.where = "gate"
	c.gate(&s.Gate)
	for i := range s.Items {
		c.at(s.Items[i].Key, i)
		c.oneItem(&s.Items[i])
	}
	c.where, c.item = "", ""
}

// at says which item is being checked.
func (c *checker) at(key ItemKey, i int) {
	c.item, c.where = key, "item "+nameOr(string(key), i)
}

func (c *checker) gate(g *Gate) {
	c.line("name", g.Name, MaxName)
	c.paragraph("exit", g.Exit)
	c.days("repeats_days", g.RepeatsDays)
	unique(c, "records", g.Records)
	for _, k := range g.Records {
		if !slices.ContainsFunc(record.Askable(), func(known *record.Kind) bool { return known.Key == k }) {
			c.addf("records: %q is no kind of records that a gate can ask for", k)
		}
	}
	unique(c, "policies", g.Policies)
	for _, k := range g.Policies {
		c.key("policies", k)
	}
	if g.From != "" && (!g.From.Valid() || g.From == ExposureSandbox) {
		c.addf("from_exposure: %q is not pilot, limited or general; leave it out where the gate is always needed", g.From)
	}
	c.environments(g.Environments)
	var seats []Seat
	for i := range g.Seats {
		seats = append(seats, g.Seats[i].Seat)
		c.gateSeat(&g.Seats[i])
	}
	unique(c, "seats", seats)
	for t := TierCritical; t <= TierStarter; t++ {
		c.quorum(g, t)
	}
}

func (c *checker) gateSeat(s *GateSeat) {
	if !c.words.HasSeat(s.Seat) {
		c.addf("seats: %q is not a seat; the document can add it", s.Seat)
	}
	c.answers("when", s.When)
	c.tiers("tiers", s.Tiers)
	c.tiers("mandatory", s.MandatoryAt)
	for _, t := range s.MandatoryAt {
		if !s.SitsAt(t) {
			c.addf("seats: %s has to sign at tier %d, where it does not sit", s.Seat, t)
		}
	}
}

func (c *checker) quorum(g *Gate, t Tier) {
	always, mandatory := 0, 0
	for i := range g.Seats {
		s := &g.Seats[i]
		if !s.SitsAt(t) || len(s.When) > 0 {
			continue
		}
		always++
		if s.MustSign(t) {
			mandatory++
		}
	}
	quorum := g.QuorumAt(t)
	switch {
	case quorum < 1 || quorum > always:
		c.addf("quorum: is %d at tier %d; it has to lie between 1 and %d, the number of seats that are always there", quorum, t, always)
	case quorum < mandatory:
		// People sign once, so fewer signatures than mandatory seats would let
		// the number promise less than the gate demands.
		c.addf("quorum: is %d at tier %d, but %d seats are mandatory", quorum, t, mandatory)
	case t > TierCritical && quorum > g.QuorumAt(t-1):
		c.addf("quorum: is %d at tier %d, which is more than %d at the tier before; a less critical tier never demands more", quorum, t, g.QuorumAt(t-1))
	}
}

func (c *checker) tiers(field string, tiers []Tier) {
	seen := map[Tier]bool{}
	for _, t := range tiers {
		if !t.Valid() || seen[t] {
			c.addf("%s: %d is not one of 1, 2, 3, each at most once", field, t)
		}
		seen[t] = true
	}
}

func (c *checker) oneItem(d *Item) {
	c.key("key", string(d.Key))
	if other, taken := c.items[d.Key]; taken {
		c.addf("key: is used %s already", other)
	}
	c.items[d.Key] = c.place()
	c.title(d)
	c.explained("guidance", d.Guidance)
	if d.Guidance == "" || d.Why+d.Done+d.Show != "" {
		c.sentences("why", d.Why, 1, styleSentence)
		c.sentences("done_when", d.Done, 3, styleDone)
		c.sentences("show", d.Show, 1, styleSentence)
	}
	c.levels(d.Levels)
	members(c, "evidence", d.Evidence, c.words.HasEvidence)
	members(c, "seats", d.Seats, c.words.HasSeat)
	members(c, "quality", d.Quality, func(q string) bool { return slices.Contains(Qualities(), q) })
	for _, s := range d.Sources {
		if strings.TrimSpace(s) == "" || !readable(s) || utf8.RuneCountInString(s) > MaxTitle {
			c.addf("sources: %q is not known here", s)
		}
	}
	unique(c, "sources", d.Sources)
	c.answers("when", d.When)
	c.days("valid_days", d.ValidDays)
	c.environments(d.Environments)
	c.former(d.Was)
	c.reworded(d)
	c.question(d)
}

func (c *checker) environments(kinds []EnvironmentKind) {
	for _, k := range kinds {
		if !c.words.HasEnvironment(k) {
			c.addf("environments: %q is not a kind of environment; the document can add it", k)
		}
	}
	unique(c, "environments", kinds)
}

func (c *checker) former(was []ItemKey) {
	for _, k := range was {
		c.key("was", string(k))
		if other, taken := c.items[k]; taken {
			c.addf("was: %q is a key or former key %s already", k, other)
		}
		c.items[k] = c.place()
	}
}

// reworded looks at the titles of which an item says that they meant the same.
func (c *checker) reworded(d *Item) {
	for _, title := range d.SameAs {
		switch {
		case strings.TrimSpace(title) == "" || !readable(title) || utf8.RuneCountInString(title) > MaxTitle:
			c.addf("same_as: %q is no title", title)
		case title == d.Title:
			c.addf("same_as: %q is what the item is called now", title)
		}
	}
	unique(c, "same_as", d.SameAs)
}

// place says where a key is that is used a second time.
func (c *checker) place() string {
	if c.stage == "" {
		return "in this module"
	}
	return "in stage " + string(c.stage)
}

// question checks the choices of an item that is a question.
func (c *checker) question(d *Item) {
	wrong, _ := CheckQuestion(d.Choices, d.Rules)
	for _, w := range wrong {
		c.addf("%s", w)
	}
	for _, ch := range d.Choices {
		c.line("choice "+string(ch.Key), ch.Title, MaxParagraph)
		c.explained("help of "+string(ch.Key), ch.Help)
		c.explained("improve of "+string(ch.Key), ch.Do)
		c.links(ch.Links)
	}
	c.links(d.Links)
}

func (c *checker) links(links []Link) {
	for _, l := range links {
		c.explained("link", l.Title)
		c.explained("link", l.URL)
		if !strings.HasPrefix(l.URL, "https://") && !strings.HasPrefix(l.URL, "http://") {
			c.addf("link: %q is not the address of a web page", l.URL)
		}
	}
}

func (c *checker) title(d *Item) {
	c.line("title", d.Title, MaxTitle)
	if n := utf8.RuneCountInString(d.Title); n > styleTitle && n <= MaxTitle {
		c.stylef("title: is %d characters long; at most %d fit", n, styleTitle)
	}
	folded := strings.ToLower(d.Title)
	if other, taken := c.titles[folded]; taken {
		c.stylef("title: is the title of item %s already", other)
	}
	c.titles[folded] = d.Key
}

// sentenceEnd is a full stop, question or exclamation mark before space or at
// the end, so that "3.5" and "template.yaml" do not count.
var sentenceEnd = regexp.MustCompile(`[.!?]+(?:\s|$)`)

func (c *checker) sentences(field, s string, most, length int) {
	if !c.explained(field, s) {
		return
	}
	if strings.TrimSpace(s) == "" {
		c.stylef("%s: is missing", field)
		return
	}
	if strings.ContainsRune(s, '\n') {
		c.stylef("%s: contains the character U+000A, which is a line break, invisible or broken", field)
	}
	if n := utf8.RuneCountInString(s); n > length {
		c.stylef("%s: is %d characters long; at most %d fit", field, n, length)
	}
	if n := len(sentenceEnd.FindAllStringIndex(s, -1)); n < 1 || n > most {
		c.stylef("%s: has %d sentences; 1 to %d are wanted, each with its full stop", field, n, most)
	}
}

// explained checks a text that may be left out and may have several lines.
func (c *checker) explained(field, s string) bool {
	if n := utf8.RuneCountInString(s); n > MaxParagraph {
		c.addf("%s: is %d characters long; at most %d fit", field, n, MaxParagraph)
		return false
	}
	if s != strings.TrimSpace(s) {
		c.stylef("%s: begins or ends with space", field)
	}
	return c.letters(field, strings.ReplaceAll(s, "\n", " "))
}

func (c *checker) levels(levels [3]Level) {
	fields := [3]string{"level", "tier2", "tier3"}
	known := true
	for i, l := range levels {
		if l.Rank() < 0 {
			c.addf("%s: %q is not one of must, should, may", fields[i], l)
			known = false
		}
	}
	if levels[0] == LevelNone {
		c.addf("level: is missing")
		return
	}
	if !known {
		return
	}
	for i := 1; i < len(levels); i++ {
		if levels[i].Rank() > levels[i-1].Rank() {
			c.addf("%s: is %s, which is more than %s demands; a less critical tier never demands more", fields[i], levels[i], fields[i-1])
		}
	}
}

func (c *checker) key(field, key string) {
	if !ValidKey(key) {
		c.addf("%s: %q %s", field, key, KeyForm)
	}
}

func (c *checker) answers(field string, flags []Flag) {
	for _, f := range flags {
		if !c.asks(f) {
			c.stylef("%s: %q is not a flag of %s", field, f, c.asker)
		}
	}
	unique(c, field, flags)
}

func (c *checker) days(field string, n int) {
	if n < 0 || n > MaxDays {
		c.addf("%s: is %d; it has to lie between 1 and %d, or be left out", field, n, MaxDays)
	}
}

func (c *checker) paragraph(field, s string) {
	c.line(field, s, MaxParagraph)
	if n := utf8.RuneCountInString(s); n > styleParagraph && n <= MaxParagraph {
		c.stylef("%s: is %d characters long; at most %d fit", field, n, styleParagraph)
	}
}

// line checks a text that has to be there and fit on one line (a page wraps
// it; a line break in the middle is a slip of the folded form).
func (c *checker) line(field, s string, most int) {
	if strings.TrimSpace(s) == "" {
		c.addf("%s: is missing", field)
		return
	}
	if s != strings.TrimSpace(s) {
		c.addf("%s: begins or ends with space", field)
	}
	if n := utf8.RuneCountInString(s); n > most {
		c.addf("%s: is %d characters long; at most %d fit", field, n, most)
	}
	c.letters(field, s)
}

func (c *checker) letters(field, s string) bool {
	for _, r := range s {
		if !legible(r) {
			c.addf("%s: contains the character U+%04X, which is a line break, invisible or broken", field, r)
			return false
		}
	}
	return true
}

// legible reports characters that read as what they are.
func legible(r rune) bool {
	return r != utf8.RuneError && !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r)
}

func readable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !legible(r) })
}

// members checks a list whose entries have to be known words. That it may not be
// empty is a matter of style.
func members[T ~string](c *checker, field string, list []T, known func(T) bool) {
	if len(list) == 0 {
		c.stylef("%s: lists none", field)
	}
	for _, v := range list {
		if !known(v) {
			c.addf("%s: %q is not known here", field, v)
		}
	}
	unique(c, field, list)
}

func unique[T ~string](c *checker, field string, list []T) {
	seen := map[T]bool{}
	for _, v := range list {
		if seen[v] {
			c.addf("%s: lists %q twice", field, v)
		}
		seen[v] = true
	}
}

// nameOr names the i-th entry of a list (from 0) by its key, or by its place
// while it has none.
func nameOr(key string, i int) string {
	if key == "" {
		return fmt.Sprintf("number %d", i+1)
	}
	return key
}
