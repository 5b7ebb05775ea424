package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Limits, in characters unless they say otherwise.
const (
	maxItemTitle = 80
	maxLabel     = 80
	maxParagraph = 700
	maxSentence  = 240  // of an item: why, and what to show
	maxDone      = 500  // of an item: when it is done
	maxDays      = 1826 // five years: beyond that, renewing is not meant seriously
)

const keyForm = "is not a key: lower-case words joined by single hyphens, 2 to 40 characters"

// Qualities lists the words that an item's quality field may use, in the
// order in which pages show them.
func Qualities() []string {
	return []string{
		"reliability", "security", "performance", "scalability", "maintainability", "operability",
		"governance", "compliance", "usability", "cost", "value",
	}
}

// checker carries what the checks of one document share.
type checker struct {
	problems *Invalid
	file     string // that is being checked
	where    string
	asks     func(plan.Flag) bool    // whether a profile has an answer
	asker    string                  // what would have to ask, for messages
	items    map[plan.ItemKey]string // key, or one of an earlier version -> file
	phases   map[plan.Phase]string   // -> file of the stage that covers it
	titles   map[string]plan.ItemKey // lower-case title -> item
}

func newChecker(problems *Invalid, file string) *checker {
	return &checker{
		problems: problems, file: file,
		items: map[plan.ItemKey]string{}, phases: map[plan.Phase]string{}, titles: map[string]plan.ItemKey{},
	}
}

func check(t *plan.Lifecycle, head headFile, problems *Invalid) {
	c := newChecker(problems, headName)
	c.asks, c.asker = t.HasFlag, "this template"
	c.head(t, head)
	for i := range t.Stages {
		stage := &t.Stages[i]
		c.file, c.where = stageName(slices.Index(head.Stages, stage.Key), stage.Key), ""
		c.stage(stage)
	}
	c.file, c.where = headName, ""
	if len(problems.Problems) > 0 {
		return // what a stage covers may be among them
	}
	for _, p := range plan.Phases() {
		if _, covered := c.phases[p]; !covered {
			c.addf("phases: no stage covers %q", p)
		}
	}
}

func (c *checker) addf(format string, args ...any) {
	c.problems.add(Problem{File: c.file, Where: c.where, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) head(t *plan.Lifecycle, head headFile) {
	if head.Kind != "" && head.Kind != "lifecycle" {
		c.addf("kind: %q is not lifecycle, and nothing else is read from a folder", head.Kind)
	}
	c.name(t.Key, t.Version, t.Name, t.Summary)
	if !t.Order.Valid() {
		c.addf("order: %q is not one of strict, advisory, free", t.Order)
	}
	if head.SoD == nil {
		c.addf("separation_of_duties: is missing; say true or false")
	}
	unique(c, "stages", head.Stages)
	c.flags(t.Flags)
}

// name checks what documents of all kinds begin with.
func (c *checker) name(key string, version int, name, summary string) {
	c.key("key", key)
	if version < 1 {
		c.addf("version: is %d; versions count from 1", version)
	}
	c.line("name", name, review.MaxName)
	c.paragraph("summary", summary)
}

func (c *checker) flags(flags []plan.Question) {
	defer func() { c.where = "" }()
	seen := map[plan.Flag]bool{}
	labels := map[string]bool{}
	for i, f := range flags {
		c.where = fmt.Sprintf("flag %s", nameOr(string(f.Key), i))
		c.key("key", string(f.Key))
		c.line("group", f.Group, maxLabel)
		c.line("label", f.Label, maxLabel)
		if seen[f.Key] {
			c.addf("key: is used by an earlier flag")
		}
		if labels[strings.ToLower(f.Label)] {
			c.addf("label: is used by an earlier flag")
		}
		seen[f.Key], labels[strings.ToLower(f.Label)] = true, true
	}
}

func (c *checker) stage(s *plan.Stage) {
	c.line("name", s.Name, review.MaxName)
	members(c, "phases", s.Phases, func(p plan.Phase) bool { return slices.Contains(plan.Phases(), p) })
	for _, p := range s.Phases {
		if other, taken := c.phases[p]; taken {
			c.addf("phases: %q is covered in %s already", p, other)
		}
		c.phases[p] = c.file
	}
	c.paragraph("purpose", s.Purpose)
	if len(s.Items) == 0 {
		c.addf("items: lists none")
	}
	c.where = "gate"
	c.gate(&s.Gate)
	for i := range s.Items {
		item := &s.Items[i]
		c.where = fmt.Sprintf("item %s", nameOr(string(item.Key), i))
		c.item(item)
	}
}

func (c *checker) gate(g *plan.Gate) {
	c.line("name", g.Name, review.MaxName)
	c.paragraph("exit", g.Exit)
	c.days("repeats_days", g.RepeatsDays)
	var seats []plan.Seat
	for i := range g.Seats {
		seats = append(seats, g.Seats[i].Seat)
		c.gateSeat(&g.Seats[i])
	}
	unique(c, "seats", seats)
	for t := plan.TierCritical; t <= plan.TierStarter; t++ {
		c.quorum(g, t)
	}
}

func (c *checker) gateSeat(s *plan.GateSeat) {
	if !s.Seat.Valid() {
		c.addf("seats: %q is not a seat", s.Seat)
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

func (c *checker) quorum(g *plan.Gate, t plan.Tier) {
	always, mandatory := 0, 0
	for _, s := range g.Seats {
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
	case t > plan.TierCritical && quorum > g.QuorumAt(t-1):
		c.addf("quorum: is %d at tier %d, which is more than %d at the tier before; a less critical tier never demands more", quorum, t, g.QuorumAt(t-1))
	}
}

func (c *checker) tiers(field string, tiers []plan.Tier) {
	seen := map[plan.Tier]bool{}
	for _, t := range tiers {
		if !t.Valid() || seen[t] {
			c.addf("%s: %d is not one of 1, 2, 3, each at most once", field, t)
		}
		seen[t] = true
	}
}

func (c *checker) item(d *plan.Item) {
	c.key("key", string(d.Key))
	if other, taken := c.items[d.Key]; taken {
		c.addf("key: is used in %s already", other)
	}
	c.items[d.Key] = c.file
	c.title(d)
	c.sentences("why", d.Why, 1, maxSentence)
	c.sentences("done_when", d.Done, 3, maxDone)
	c.sentences("show", d.Show, 1, maxSentence)
	c.levels(d.Levels)
	members(c, "evidence", d.Evidence, plan.EvidenceKind.Valid)
	members(c, "seats", d.Seats, plan.Seat.Valid)
	members(c, "quality", d.Quality, func(q string) bool { return slices.Contains(Qualities(), q) })
	if len(d.Sources) > 0 {
		members(c, "sources", d.Sources, func(s string) bool { return strings.TrimSpace(s) != "" })
	}
	c.answers("when", d.When)
	c.days("valid_days", d.ValidDays)
	for _, k := range d.Was {
		c.key("was", string(k))
		if other, taken := c.items[k]; taken {
			c.addf("was: %q is a key or former key in %s already", k, other)
		}
		c.items[k] = c.file
	}
}

func (c *checker) title(d *plan.Item) {
	c.line("title", d.Title, maxItemTitle)
	folded := strings.ToLower(d.Title)
	if other, taken := c.titles[folded]; taken {
		c.addf("title: is the title of item %s already", other)
	}
	c.titles[folded] = d.Key
}

// sentenceEnd is a full stop, question or exclamation mark before space or at
// the end, so that "3.5" and "template.yaml" do not count.
var sentenceEnd = regexp.MustCompile(`[.!?]+(?:\s|$)`)

func (c *checker) sentences(field, s string, most, length int) {
	c.line(field, s, length)
	if s == "" {
		return
	}
	if n := len(sentenceEnd.FindAllStringIndex(s, -1)); n < 1 || n > most {
		c.addf("%s: has %d sentences; 1 to %d are wanted, each with its full stop", field, n, most)
	}
}

func (c *checker) levels(levels [3]plan.Level) {
	fields := [3]string{"level", "tier2", "tier3"}
	known := true
	for i, l := range levels {
		if l.Rank() < 0 {
			c.addf("%s: %q is not one of must, should, may", fields[i], l)
			known = false
		}
	}
	if levels[0] == plan.LevelNone {
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
	if !plan.ValidKey(key) {
		c.addf("%s: %q %s", field, key, keyForm)
	}
}

func (c *checker) answers(field string, flags []plan.Flag) {
	for _, f := range flags {
		if !c.asks(f) {
			c.addf("%s: %q is not a flag of %s", field, f, c.asker)
		}
	}
	unique(c, field, flags)
}

func (c *checker) days(field string, n int) {
	if n < 0 || n > maxDays {
		c.addf("%s: is %d; it has to lie between 1 and %d, or be left out", field, n, maxDays)
	}
}

func (c *checker) paragraph(field, s string) { c.line(field, s, maxParagraph) }

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
	for _, r := range s {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			c.addf("%s: contains the character U+%04X, which is a line break, invisible or broken", field, r)
			return
		}
	}
}

// members checks a list that may not be empty and whose entries have to be
// known words.
func members[T ~string](c *checker, field string, list []T, known func(T) bool) {
	if len(list) == 0 {
		c.addf("%s: lists none", field)
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
