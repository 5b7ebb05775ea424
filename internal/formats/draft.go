package formats

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

const (
	maxTitle   = 80 // characters of an item; more could be published and is not good style
	maxName    = plan.MaxName
	maxSummary = 700
)

// draft is what a reader makes of a file. Stages are begun with stage; items go
// to the last of them, or to the one that was gone back to.
type draft struct {
	opts         Options
	name         string // of the document
	summary      string
	stages       []plan.Stage
	at           int // the stage that items go to
	items        int
	keys         keys // of items
	stageKeys    keys
	titles       map[string]int // how often each was used, folded
	stageTitles  map[string]int
	problems     []Problem
	more         int    // problems that were not kept
	losses       []loss // in the order in which they were met
	unleveled    int
	titledLevels int // titles that said the level
	cut          int
	firstCut     string // how the first of them begins
	again        int
}

type loss struct {
	one, many string
	n         int
}

func newDraft(opts Options) *draft {
	return &draft{
		opts: opts, keys: keys{prefix: "item", taken: map[string]int{}}, stageKeys: keys{prefix: "stage", taken: map[string]int{}},
		titles: map[string]int{}, stageTitles: map[string]int{},
	}
}

// refuse reports what has nothing imported.
func (d *draft) refuse(p Problem) { p.Severity = Error; d.add(p) }

// warn reports what is imported in another way than it stands.
func (d *draft) warn(p Problem) { p.Severity = Warning; d.add(p) }

func (d *draft) add(p Problem) {
	if len(d.problems) < MaxProblems || p.Severity == Error && len(d.problems) < 2*MaxProblems {
		d.problems = append(d.problems, p)
		return
	}
	d.more++
}

// crowded counts a problem, and reports that it is not kept, where there are so many
// already that to say where it stands would only take time.
func (d *draft) crowded() bool {
	if len(d.problems) < 2*MaxProblems {
		return false
	}
	d.more++
	return true
}

// lose counts something that the draft has no place for: "improvement plan was put
// into its item's text", "improvement plans were put into their items' texts".
func (d *draft) lose(one, many string) { d.loseSome(1, one, many) }

func (d *draft) loseSome(n int, one, many string) {
	if n == 0 {
		return
	}
	if i := slices.IndexFunc(d.losses, func(l loss) bool { return l.many == many }); i >= 0 {
		d.losses[i].n += n
		return
	}
	d.losses = append(d.losses, loss{one, many, n})
}

// full reports whether there is no room for another item. Readers stop then.
func (d *draft) full() bool { return d.items > MaxItems || len(d.stages) > MaxStages }

// stage begins a stage. ids are tried as its key before its name is.
func (d *draft) stage(name, purpose string, ids ...string) *plan.Stage {
	name = clean(name)
	if name == "" {
		name = fmt.Sprintf("Stage %d", len(d.stages)+1)
	}
	if short, cutOff := shorten(name, maxName-10); cutOff {
		d.lose("name of a stage was cut", "names of stages were cut")
		name = short
	}
	if n := again(d.stageTitles, name); n > 1 {
		name = fmt.Sprintf("%s (%d)", name, n)
	}
	if d.fit(&purpose); purpose == "" {
		purpose = fmt.Sprintf("Settles “%s”.", name)
	}
	d.stages = append(d.stages, plan.Stage{
		Key: plan.StageKey(d.stageKeys.next(append(ids, name)...)), Name: name, Purpose: purpose, Gate: defaultGate(name),
	})
	d.at = len(d.stages) - 1
	return &d.stages[d.at]
}

// stageOf is the number of the stage of a name, or -1.
func (d *draft) stageOf(name string) int {
	want, _ := shorten(clean(name), maxName-10)
	want = fold.Text(want)
	return slices.IndexFunc(d.stages, func(s plan.Stage) bool { return fold.Text(s.Name) == want })
}

// defaultGate is one that can be passed at once: one of two people signs.
func defaultGate(name string) plan.Gate {
	return plan.Gate{
		Name: name, Exit: "Every required item of this stage is met, waived or does not apply.", Quorums: [3]int{1, 1, 1},
		Seats: []plan.GateSeat{{Seat: plan.SeatProduct}, {Seat: plan.SeatEngineering}},
	}
}

// item adds an item to the stage that was begun last, and completes what the file
// does not say. Its title may be long: what does not fit goes into its text. ids
// are tried as its key before its title is.
func (d *draft) item(it plan.Item, ids ...string) {
	if d.items++; d.items > MaxItems {
		return // finish refuses it
	}
	if len(d.stages) == 0 {
		d.stage(cmp.Or(d.name, d.opts.Name, "Checklist"), "")
	}
	title, rest := splitTitle(clean(it.Title))
	if title == "" {
		title = fmt.Sprintf("Item %d", d.items)
	}
	if rest != "" {
		if d.cut++; d.cut == 1 {
			d.firstCut = cut(title)
		}
		it.Guidance = joinSentences(rest, it.Guidance)
	}
	key := d.keys.next(append(ids, it.Title)...)
	if n := again(d.titles, title); n > 1 {
		d.again++
		short, _ := shorten(title, maxTitle-8)
		title = fmt.Sprintf("%s (%d)", short, n)
		d.titles[fold.Text(title)]++
	}
	it.Key, it.Title = plan.ItemKey(key), title
	d.fit(&it.Guidance, &it.Why, &it.Done, &it.Show)
	for i := range it.Choices {
		c := &it.Choices[i]
		d.fit(&c.Title, &c.Help, &c.Do)
	}
	if it.Levels == [3]plan.Level{} {
		d.unleveled++
		it.Levels = evenly(plan.LevelMust)
	}
	if len(it.Evidence) == 0 {
		it.Evidence = []plan.EvidenceKind{"doc"}
	}
	if len(it.Seats) == 0 {
		it.Seats = []plan.Seat{plan.SeatEngineering}
	}
	s := &d.stages[d.at]
	if len(it.Quality) == 0 {
		it.Quality = quality(it.Title, s.Name)
	}
	s.Items = append(s.Items, it)
}

// fit cleans texts and cuts what is longer than can be published.
func (d *draft) fit(texts ...*string) {
	for _, t := range texts {
		var cutOff bool
		if *t, cutOff = shorten(clean(*t), plan.MaxParagraph); cutOff {
			d.lose(fmt.Sprintf("text was cut after %d characters", plan.MaxParagraph), fmt.Sprintf("texts were cut after %d characters", plan.MaxParagraph))
		}
	}
}

// finish is the result.
func (d *draft) finish() Result {
	if d.items == 0 {
		d.refuse(Problem{Message: "No items were found.", Do: "See which formats are read, and how, in the guide to formats."})
	}
	if d.items > MaxItems {
		d.refuse(tooManyItems())
	}
	if len(d.stages) > MaxStages {
		d.refuse(tooManyStages())
	}
	empty := len(d.stages)
	d.dropEmptyStages()
	empty -= len(d.stages)
	d.note(d.titledLevels, "title said how much its item weighs; the word became its level", "titles said how much their items weigh; the words became their levels", "")
	d.note(d.unleveled, "item has no level and is required at every tier", "items have no level and are required at every tier", "Look at the levels.")
	d.note(d.cut, "title was too long; the rest stands in the text", "titles were too long; the rest stands in the texts", "Look for “"+d.firstCut+"”.")
	d.note(d.again, "title stands in the file before and got a number", "titles stand in the file before and got numbers", "")
	d.note(empty, "heading has no items and was left out", "headings have no items and were left out", "")
	d.spread()
	name, cutName := shorten(clean(cmp.Or(d.opts.Name, d.name, nameOf(d.opts.File), "Imported checklist")), maxName)
	summary, cutSummary := shorten(clean(cmp.Or(d.summary, "Imported from "+cmp.Or(d.opts.File, "a file")+".")), maxSummary)
	if cutName || cutSummary {
		d.lose("name or summary of the whole was cut", "names or summaries of the whole were cut")
	}
	if d.opts.Kind == plan.KindModule {
		d.loseSome(len(d.stages), "heading became no stage, since a module has none", "headings became no stages, since a module has none")
	}
	key := d.opts.Key
	if !plan.ValidKey(key) {
		key = (&keys{prefix: "checklist", taken: map[string]int{}}).next(name)
	}
	if d.opts.Kind == plan.KindModule {
		key = (&keys{}).fit("", key, strings.Repeat("-", MaxKey-MaxModuleKey))
		key = strings.TrimRight(key, "-")
	}
	r := Result{Problems: d.problems}
	if d.more > 0 {
		r.Problems = append(r.Problems, Problem{Severity: Warning, Message: fmt.Sprintf("%d more problems are not listed.", d.more)})
	}
	for _, l := range d.losses {
		r.Lost = append(r.Lost, count(l.n, l.one, l.many)+".")
	}
	if d.opts.Kind == plan.KindModule {
		m, sections, guessed := d.module(key)
		m.Name, m.Summary = name, summary
		r.Document.Module, r.Sections = m, sections
		if guessed {
			r.Problems = append(r.Problems, Problem{
				Severity: Warning, Message: "The file does not say to which phases its items belong; they were guessed by the names and the order of its sections.",
				Do: "Choose the phase of each section.",
			})
		}
		return r
	}
	r.Document.Lifecycle = &plan.Lifecycle{
		Kind: plan.KindLifecycle, Key: key, Version: 1, Name: name, Summary: summary, Order: plan.OrderAdvisory, SoD: true, Stages: d.stages,
	}
	return r
}

// met counts something, and remembers where it was first.
type met struct {
	n     int
	first Problem // its place
}

func (m *met) at(place Problem) {
	if m.n++; m.n == 1 {
		m.first = place
	}
}

// noteFirst warns of something at the place where it was first.
func (d *draft) noteFirst(m met, one, many string) {
	if m.n == 0 {
		return
	}
	p := m.first
	p.Message = count(m.n, one, many) + "."
	if m.n > 1 {
		p.Message += " The first is here."
	}
	d.warn(p)
}

// note warns of something that was met n times.
func (d *draft) note(n int, one, many, do string) {
	if n > 0 {
		d.warn(Problem{Message: count(n, one, many) + ".", Do: do})
	}
}

func (d *draft) dropEmptyStages() {
	d.stages = slices.DeleteFunc(d.stages, func(s plan.Stage) bool { return len(s.Items) == 0 })
}

// spread has each phase covered by one stage, since a foreign file does not say it
// and modules need it: by the first stage whose name tells the phase, the others in
// the order of the work. Where there are more stages than phases, some cover none.
func (d *draft) spread() {
	all, n := plan.Phases(), len(d.stages)
	for i, p := range all {
		if n == 0 {
			return
		}
		at := slices.IndexFunc(d.stages, func(s plan.Stage) bool { return phaseOf(s.Name) == p })
		if at < 0 {
			at = i * n / len(all)
		}
		d.stages[at].Phases = append(d.stages[at].Phases, p)
	}
	if n > 0 && d.opts.Kind != plan.KindModule {
		d.warn(Problem{
			Message: "The file does not say which phases its stages cover; they were guessed by the names and the order of the stages.",
			Do:      "Look at them before you attach modules.",
		})
	}
}

// module is the draft as one: what were stages are sections, each of one phase.
func (d *draft) module(key string) (m *plan.Module, sections []Section, guessed bool) {
	m = &plan.Module{Kind: plan.KindModule, Key: key, Version: 1}
	k := keys{prefix: "item", taken: map[string]int{}, before: key + "-"}
	phases := plan.Phases()
	for i, s := range d.stages {
		phase, said := d.opts.Phases[s.Name]
		if !said || !slices.Contains(phases, phase) {
			guessed = true
			if phase = phaseOf(s.Name); phase == "" {
				phase = phases[i*len(phases)/len(d.stages)]
			}
		}
		for _, it := range s.Items {
			it.Key = plan.ItemKey(k.next(strings.TrimPrefix(string(it.Key), key+"-")))
			m.Items = append(m.Items, plan.ModuleItem{Phase: phase, Item: it})
		}
		sections = append(sections, Section{s.Name, len(s.Items), phase})
	}
	return m, sections, guessed && len(m.Items) > 0
}

// phaseOf guesses the phase of a section by words in its name; empty where none
// tells it. What names security or operation counts before what names the work.
func phaseOf(name string) plan.Phase {
	name = " " + fold.Text(name)
	for _, w := range []struct {
		phase plan.Phase
		parts []string
	}{
		{"security", []string{"secur", "authenti", "authoriz", "access control", "privacy", "crypto", "threat", "vulnerab", "secret"}},
		{"operation", []string{
			"operat", "monitor", "observab", "alert", "incident", "on-call", "on call", "runbook", "support", "maintenance", "sustain", "logging", "reliab", "backup",
			"disaster", "recovery",
		}},
		{"performance", []string{"perform", "scal", "capacity", "load test", "latency", "cost"}},
		{"delivery", []string{"deliver", "pipeline", "continuous", " ci", "deploy", "rollback", "change management"}},
		{"environments", []string{"environment", "infrastruct", "network", "cloud", "platform", "cluster", "configuration"}},
		{"release", []string{"release", "launch", "go-live", "go live", "rollout", "sign-off", "handover"}},
		{"design", []string{"design", "architect", "depend", "data model", "interface", " api"}},
		{"build", []string{"build", "code", "coding", "develop", "test", "quality", "implement"}},
		{"validation", []string{"validat", "requirement", "evaluat", "user research", "analysis"}},
		{"idea", []string{"idea", "business", "scope", "organi", "governance", "stakeholder", "planning", "ownership"}},
	} {
		for _, part := range w.parts {
			if strings.Contains(name, part) {
				return w.phase
			}
		}
	}
	return ""
}

// nameOf is what a file is called, without its ending.
func nameOf(file string) string {
	name := strings.TrimSuffix(file, path.Ext(file))
	return strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(name))
}

// keys makes keys that are valid and used once.
type keys struct {
	prefix string         // for what makes no key by itself
	before string         // with which all begin
	taken  map[string]int // base -> how often it was asked for
}

// The most characters of keys that are made here.
const (
	MaxKey       = 40
	MaxModuleKey = 24 // the keys of its items begin with it
)

// maxKeyText bounds what is looked at of a text to make a key of it.
const maxKeyText = 800

// next is a key made of the first of the texts that makes one. What has none, such
// as a title in Chinese, gets one that depends on nothing but the text.
func (k *keys) next(texts ...string) string {
	base := ""
	for _, t := range texts {
		if base = k.of(t); base != "" {
			break
		}
	}
	if base == "" {
		h := fnv.New32a()
		_, _ = h.Write([]byte(texts[len(texts)-1])) // it never fails
		base = fmt.Sprintf("%s-%08x", k.prefix, h.Sum32())
	}
	base = k.fit(k.before, base, "")
	for {
		n := k.taken[base] + 1
		k.taken[base] = n
		if n == 1 {
			return base
		}
		again := k.fit("", base, fmt.Sprintf("-%d", n))
		if k.taken[again] == 0 {
			k.taken[again] = 1
			return again
		}
	}
}

// fit joins the parts and takes from the end of the middle one what is too much.
func (k *keys) fit(before, base, after string) string {
	room := max(MaxKey-len(before)-len(after), 2)
	if len(base) > room {
		base = base[:room]
		if i := strings.LastIndexByte(base, '-'); i >= room/2 {
			base = base[:i]
		}
		base = strings.TrimRight(base, "-")
	}
	return before + base + after
}

// of is the key of a text; empty where most of it would be lost.
func (k *keys) of(text string) string {
	text = clean(text[:min(len(text), maxKeyText)])
	letters, foreign := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
			if r > unicode.MaxLatin1 && !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) {
				foreign++
			}
		}
	}
	if letters == 0 || foreign*2 > letters {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	if unicode.IsDigit(first) {
		text = k.prefix + " " + text
	}
	key := fold.Key(text)
	if strings.HasPrefix(key, plan.OwnPrefix) {
		key = fold.Key(k.prefix + " " + text) // projects name their own items so
	}
	if !plan.ValidKey(key) {
		return ""
	}
	return key
}

func again(seen map[string]int, title string) int {
	folded := fold.Text(title)
	seen[folded]++
	return seen[folded]
}

// clean is a text on one line, without what nobody sees.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// cleanLines is a text of several lines, each of them as [clean] has it.
func cleanLines(s string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// splitTitle makes a title that fits of a text. It is the first sentence, and the
// rest is what follows it; or it is cut after a word, and the rest is the whole
// text again.
func splitTitle(s string) (title, rest string) {
	if utf8.RuneCountInString(s) <= maxTitle {
		return s, ""
	}
	for i, r := range s {
		if i > maxTitle*utf8.UTFMax {
			break
		}
		ends := r == '.' || r == '?' || r == '!' || r == ':' || r == ';'
		if !ends || i+1 >= len(s) || s[i+1] != ' ' {
			continue
		}
		n := utf8.RuneCountInString(s[:i])
		if n > maxTitle-1 {
			break
		}
		if n >= 15 {
			return strings.TrimRight(s[:i+1], ".:; "), strings.TrimSpace(s[i+1:])
		}
	}
	title, _ = shorten(s, maxTitle)
	return title, s
}

// shorten cuts a text after a word, and says whether it did.
func shorten(s string, most int) (string, bool) {
	if utf8.RuneCountInString(s) <= most {
		return s, false
	}
	r := []rune(s)[:most-1]
	cut := string(r)
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " .,;:–-") + "…", true
}

// joinSentences puts texts behind each other, each with its full stop.
func joinSentences(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t = clean(t); t == "" {
			continue
		}
		if strings.HasSuffix(t, "; and") || strings.HasSuffix(t, "; or") {
			out = append(out, t)
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(t); unicode.IsLetter(last) || unicode.IsDigit(last) || last == ')' {
			t += "."
		}
		out = append(out, t)
	}
	return strings.Join(out, " ")
}

// gathered are texts that are put behind each other at the end, since to do so for
// each takes the square of the time.
type gathered struct {
	texts []string
	size  int
}

// add keeps no more than fits, and a bit, so that it is said that some was cut.
func (g *gathered) add(text string) {
	if g.size <= maxProse {
		g.texts = append(g.texts, text)
		g.size += len(text)
	}
}

func (g *gathered) text() string { return joinSentences(g.texts...) }

// count is "1 item" or "2 items".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// quality guesses what an item serves by words in its title, then its stage's name.
func quality(texts ...string) []string {
	words := []struct{ part, quality string }{
		{"secur", "security"}, {"encrypt", "security"}, {"authenti", "security"}, {"secret", "security"}, {"threat", "security"},
		{"perform", "performance"}, {"latency", "performance"}, {"scal", "scalability"}, {"capacity", "scalability"},
		{"reliab", "reliability"}, {"backup", "reliability"}, {"restore", "reliability"}, {"failover", "reliability"},
		{"maintain", "maintainability"}, {"test", "maintainability"}, {"governance", "governance"}, {"complian", "compliance"},
		{"licen", "compliance"}, {"usab", "usability"}, {"accessib", "usability"}, {"cost", "cost"}, {"business", "value"},
	}
	for _, t := range texts {
		t = fold.Text(t)
		for _, w := range words {
			if strings.Contains(t, w.part) {
				return []string{w.quality}
			}
		}
	}
	return []string{"operability"}
}
