// Package edit holds the pages on which documents of the library are written, and
// what their forms say.
package edit

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// Part is a piece of a draft that has a form of its own. Two people who save
// different parts are never in each other's way.
type Part struct {
	Name   string                                 // such as item/slo-defined
	Fields []Input                                // of its form
	values func(plan.Document) (url.Values, bool) // what its form holds; false when there is no such part
	put    func(plan.Document, *reader)           // takes what the form says
}

// Input is a field of a part's form.
type Input struct {
	Name  string
	Label string // in comparisons
	Takes Takes
}

// Takes says what a field takes. One that a form leaves out has not changed, but
// where leaving it out is how a form says no.
type Takes int

const (
	One     Takes = iota // value
	Several              // values, or none
	Ticks                // of boxes, any number
	Tick                 // yes or nothing
)

// Values are what the part's form holds; false when the draft has no such part.
func (p Part) Values(d plan.Document) (url.Values, bool) { return p.values(d) }

// Put has a draft say what a form says. The error lists what is wrong with it.
func (p Part) Put(d plan.Document, form url.Values) error {
	r := &reader{form: form}
	p.put(d, r)
	return r.problems.Err()
}

// Difference is a field in which two people want something else.
type Difference struct{ Field, Label, Theirs, Mine string }

func normal(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// reader takes values out of a form, and notes what is wrong with them.
type reader struct {
	form     url.Values
	problems review.Invalid
}

// text is a field, cleaned, as far as it can be kept in a draft at all: what a
// document lacks is said beside the draft.
func (r *reader) text(name string, most int, lines bool) string {
	s := normal(r.form.Get(name))
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s):
		r.problems.Add(name, "contains bytes that are not text")
	case n > most:
		r.problems.Add(name, fmt.Sprintf("is %d characters long; at most %d are kept", n, most))
	case !lines && strings.ContainsAny(s, "\n\t"):
		r.problems.Add(name, "must be a single line")
	default:
		for _, c := range s {
			if c != '\n' && c != '\t' && (unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)) {
				r.problems.Add(name, fmt.Sprintf("contains the invisible control character U+%04X; remove it", c))
				break
			}
		}
	}
	return s
}

// number is a field that may be empty, from 0.
func (r *reader) number(name, s string, most int) int {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		r.problems.Add(name, fmt.Sprintf("is not a number from 0 to %d", most))
		return 0
	}
	return n
}

// words are a field's values, all of them known.
func words[T ~string](r *reader, name string, known func(T) bool) []T {
	var out []T
	for _, s := range r.form[name] {
		if s == "" {
			continue
		}
		if !known(T(s)) {
			r.problems.Add(name, "has a choice that this page does not know")
			return out
		}
		if !slices.Contains(out, T(s)) {
			out = append(out, T(s))
		}
	}
	return out
}

// keys are a field's words, divided by commas or spaces.
func keys[T ~string](r *reader, name string, valid func(T) bool) []T {
	var out []T
	for _, s := range strings.FieldsFunc(r.text(name, plan.MaxParagraph, false), func(c rune) bool { return c == ',' || c == ' ' }) {
		switch {
		case !valid(T(s)):
			r.problems.Add(name, fmt.Sprintf("cannot have %q; use lower-case letters, digits and single hyphens, starting with a letter, such as data-protection", cut(s, 40)))
			return out
		case len(out) == plan.MaxWords:
			r.problems.Add(name, fmt.Sprintf("cannot be more than %d", plan.MaxWords))
			return out
		case !slices.Contains(out, T(s)):
			out = append(out, T(s))
		}
	}
	return out
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// set puts a list where there is anything in it, so that forms and drafts compare.
func set[T ~string](v url.Values, name string, list []T) {
	if len(list) > 0 {
		v[name] = texts(list)
	}
}

// yes is how a tick travels.
const yes = "yes"

func tick(v url.Values, name string, on bool) {
	if on {
		v.Set(name, yes)
	}
}

// Head is the head of a document.
func Head() Part {
	return Part{
		Name: "head",
		Fields: []Input{
			{"name", "Name", One}, {"summary", "Summary", One}, {"notice", "Notice", One}, {"order", "Order of gates", One},
			{"duties", "Separation of duties", Tick}, {"keeps", "Kinds of records", Ticks}, {"proposed", "Proposed if", Ticks}, {"notify", "Whom to tell of incidents", One},
			{"seats", "Seats of its own", One}, {"kinds", "Kinds of evidence of its own", One}, {"environments", "Kinds of environment of its own", One},
		},
		values: func(d plan.Document) (url.Values, bool) {
			v := url.Values{"name": {d.Name()}, "summary": {d.Summary()}}
			if !d.Composed() {
				return v, true
			}
			v.Set("seats", strings.Join(texts(d.Adds().Seats), ", "))
			v.Set("kinds", strings.Join(texts(d.Adds().Evidence), ", "))
			v.Set("environments", strings.Join(texts(d.Adds().Environments), ", "))
			if m := d.Module; m != nil {
				v.Set("notice", m.Notice)
				set(v, "proposed", m.ProposedWhen)
				v.Set("notify", dutyLines(m.Notify))
			} else {
				v.Set("order", string(d.Lifecycle.Order))
				tick(v, "duties", d.Lifecycle.SoD)
				set(v, "keeps", d.Lifecycle.Keeps)
			}
			return v, true
		},
		put: func(d plan.Document, r *reader) {
			name, summary := r.text("name", plan.MaxName, false), r.text("summary", plan.MaxParagraph, false)
			if name == "" {
				r.problems.Add("name", "is missing")
			}
			if def := d.Definition; def != nil {
				def.Name, def.Summary = name, summary
				return
			}
			if pol := d.Policy; pol != nil {
				pol.Name, pol.Summary = name, summary
				return
			}
			adds := plan.Words{
				Seats: keys(r, "seats", plan.Seat.Valid), Evidence: keys(r, "kinds", plan.EvidenceKind.Valid),
				Environments: keys(r, "environments", plan.EnvironmentKind.Valid),
			}
			if m := d.Module; m != nil {
				m.Adds = adds
				m.Name, m.Summary, m.Notice = name, summary, r.text("notice", plan.MaxParagraph, false)
				m.Notify = duties(r)
				m.ProposedWhen = words(r, "proposed", func(f plan.Flag) bool { return plan.ValidKey(string(f)) })
				return
			}
			l := d.Lifecycle
			l.Adds = adds
			l.Keeps = words(r, "keeps", func(k record.Key) bool { return record.Of(k) != nil })
			l.Name, l.Summary, l.SoD = name, summary, r.form.Get("duties") == yes
			if l.Order = plan.Order(r.form.Get("order")); !l.Order.Valid() {
				r.problems.Add("order", "choose one of the three")
			}
		},
	}
}

// Questions are those about the project, one a line.
func Questions() Part {
	return Part{
		Name:   "questions",
		Fields: []Input{{"questions", "Questions", One}},
		values: func(d plan.Document) (url.Values, bool) {
			var lines []string
			for _, q := range d.Questions() {
				lines = append(lines, string(q.Key)+" | "+q.Group+" | "+q.Label)
			}
			return url.Values{"questions": {strings.Join(lines, "\n")}}, true
		},
		put: func(d plan.Document, r *reader) {
			var all []plan.Question
			for line := range strings.SplitSeq(r.text("questions", plan.MaxQuestions*250, true), "\n") {
				if strings.TrimSpace(line) == "" {
					continue
				}
				parts := strings.SplitN(line, "|", 3)
				if len(parts) < 3 || !plan.ValidKey(strings.TrimSpace(parts[0])) {
					r.problems.Add("questions", "has a line that is not a key, a group and a question with “|” between them: "+cut(line, 60))
					return
				}
				all = append(all, plan.Question{Key: plan.Flag(strings.TrimSpace(parts[0])), Group: strings.TrimSpace(parts[1]), Label: strings.TrimSpace(parts[2])})
			}
			if len(all) > plan.MaxQuestions {
				r.problems.Add("questions", fmt.Sprintf("are %d; at most %d are kept", len(all), plan.MaxQuestions))
				return
			}
			d.SetQuestions(all)
		},
	}
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Stage is what a stage of a lifecycle is about.
func Stage(key plan.StageKey) Part {
	return Part{
		Name:   "stage/" + string(key),
		Fields: []Input{{"name", "Name", One}, {"purpose", "Purpose", One}, {"phases", "Phases", Ticks}},
		values: func(d plan.Document) (url.Values, bool) {
			s := stageOf(d, key)
			if s == nil {
				return nil, false
			}
			v := url.Values{"name": {s.Name}, "purpose": {s.Purpose}}
			set(v, "phases", s.Phases)
			return v, true
		},
		put: func(d plan.Document, r *reader) {
			s := stageOf(d, key)
			s.Name, s.Purpose = r.text("name", plan.MaxName, false), r.text("purpose", plan.MaxParagraph, false)
			if s.Name == "" {
				r.problems.Add("name", "is missing")
			}
			s.Phases = words(r, "phases", func(p plan.Phase) bool { return slices.Contains(plan.Phases(), p) })
		},
	}
}

func stageOf(d plan.Document, key plan.StageKey) *plan.Stage {
	if d.Lifecycle == nil {
		return nil
	}
	i := d.Lifecycle.StageIndex(key)
	if i < 0 {
		return nil
	}
	return &d.Lifecycle.Stages[i]
}

// Gate is who signs at the end of a stage; of a module, who joins there.
func Gate(key plan.StageKey) Part {
	return Part{
		Name: "gate/" + string(key),
		Fields: []Input{
			{"name", "Name", One}, {"exit", "Exit criteria", One}, {"quorum", "Signatures at tiers 1, 2 and 3", Several},
			{"repeats", "Repeats after days", One}, {"exposure", "When it is needed", One}, {"environments", "Environments on which it decides", Ticks}, {"records", "Records that have to be kept", Ticks}, {"policies", "Policies that have to be attached", One}, {"sits", "Seats and their tiers", Ticks}, {"must", "Required seats and their tiers", Ticks},
			{"when", "Conditions of the seats", Several},
		},
		values: func(d plan.Document) (url.Values, bool) { return gateValues(d, key) },
		put:    func(d plan.Document, r *reader) { putGate(d, key, r) },
	}
}

func gateValues(d plan.Document, key plan.StageKey) (url.Values, bool) {
	v := url.Values{}
	var seats []plan.GateSeat
	switch s := stageOf(d, key); {
	case s != nil:
		v.Set("name", s.Gate.Name)
		v.Set("exit", s.Gate.Exit)
		for t := plan.TierCritical; t <= plan.TierStarter; t++ {
			v.Add("quorum", strconv.Itoa(s.Gate.QuorumAt(t)))
		}
		v.Set("repeats", numberText(s.Gate.RepeatsDays))
		v.Set("exposure", string(s.Gate.From))
		set(v, "environments", s.Gate.Environments)
		set(v, "records", s.Gate.Records)
		v.Set("policies", strings.Join(s.Gate.Policies, ", "))
		seats = s.Gate.Seats
	case d.Module != nil && slices.Contains(plan.Phases(), plan.Phase(key)):
		for _, ms := range d.Module.Seats {
			if ms.Phase == plan.Phase(key) {
				seats = append(seats, ms.GateSeat)
			}
		}
	default:
		return nil, false
	}
	for _, seat := range d.Adds().AllSeats() {
		when := ""
		for i := range seats {
			s := &seats[i]
			if s.Seat != seat {
				continue
			}
			when = strings.Join(texts(s.When), ", ")
			for t := plan.TierCritical; t <= plan.TierStarter; t++ {
				if s.SitsAt(t) {
					v.Add("sits", seatAt(seat, t))
				}
				if s.SitsAt(t) && s.MustSign(t) {
					v.Add("must", seatAt(seat, t))
				}
			}
		}
		v.Add("when", when)
	}
	return v, true
}

// seatAt names a seat at a tier in a form.
func seatAt(s plan.Seat, t plan.Tier) string { return string(s) + "-" + strconv.Itoa(int(t)) }

func numberText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func putGate(d plan.Document, key plan.StageKey, r *reader) {
	seats := gateSeats(r, d.Adds().AllSeats())
	s := stageOf(d, key)
	if s == nil {
		m := d.Module
		m.Seats = slices.DeleteFunc(m.Seats, func(o plan.ModuleSeat) bool { return o.Phase == plan.Phase(key) })
		for _, seat := range seats {
			m.Seats = append(m.Seats, plan.ModuleSeat{Phase: plan.Phase(key), GateSeat: seat})
		}
		return
	}
	g := &s.Gate
	g.Name, g.Exit = r.text("name", plan.MaxName, false), r.text("exit", plan.MaxParagraph, false)
	g.RepeatsDays = r.number("repeats", r.form.Get("repeats"), plan.MaxDays)
	if g.From = plan.Exposure(r.form.Get("exposure")); g.From != "" && !slices.Contains(plan.Exposures()[1:], g.From) {
		r.problems.Add("exposure", "choose one of them")
	}
	g.Environments = words(r, "environments", d.Adds().HasEnvironment)
	g.Records = words(r, "records", func(k record.Key) bool { return record.Of(k) != nil })
	g.Policies = keys(r, "policies", plan.ValidKey)
	g.Seats = seats
	quorum := r.form["quorum"]
	if len(quorum) != 3 {
		r.problems.Add("quorum", "has to say a number for each of the three tiers")
		return
	}
	g.Quorum = 0
	for i, n := range quorum {
		g.Quorums[i] = r.number("quorum", n, 20)
	}
}

// gateSeats reads the table of seats: for each of them the tiers at which it sits
// and has to sign, and in the order of the seats what it depends on.
func gateSeats(r *reader, all []plan.Seat) []plan.GateSeat {
	when := r.form["when"]
	var out []plan.GateSeat
	for i, seat := range all {
		s := plan.GateSeat{Seat: seat}
		for t := plan.TierCritical; t <= plan.TierStarter; t++ {
			if slices.Contains(r.form["sits"], seatAt(seat, t)) {
				s.Tiers = append(s.Tiers, t)
				if slices.Contains(r.form["must"], seatAt(seat, t)) {
					s.MandatoryAt = append(s.MandatoryAt, t)
				}
			}
		}
		if len(s.Tiers) == 0 {
			continue
		}
		if len(s.Tiers) == 3 {
			s.Tiers = nil // all
		}
		if i < len(when) {
			s.When = flags(r, when[i])
		}
		out = append(out, s)
	}
	return out
}

func flags(r *reader, s string) []plan.Flag {
	var out []plan.Flag
	for _, word := range strings.FieldsFunc(s, func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		if !plan.ValidKey(word) {
			r.problems.Add("when", "has “"+cut(word, 40)+"”, which is no key of a question")
			return out
		}
		if !slices.Contains(out, plan.Flag(word)) {
			out = append(out, plan.Flag(word))
		}
	}
	return out
}

// Item is one item. Its key is changed only by a form that has it.
func Item(key plan.ItemKey) Part {
	return Part{
		Name: "item/" + string(key),
		Fields: []Input{
			{"key", "Key", One}, {"title", "Title", One}, {"guidance", "Guidance", One}, {"why", "Why", One}, {"done", "Done when", One},
			{"show", "Show", One}, {"level", "Levels at tiers 1, 2 and 3", Several}, {"evidence", "Evidence", Ticks}, {"seats", "Seats", Ticks},
			{"when", "Applies if", Ticks}, {"environments", "Answered for each environment", Ticks}, {"valid", "Renew after days", One}, {"core", "Core", Tick}, {"quality", "Quality", Ticks},
			{"choices", "Choices", One}, {"rules", "Rules", One},
		},
		values: func(d plan.Document) (url.Values, bool) {
			it, _ := d.Item(key)
			if it == nil {
				return nil, false
			}
			v := url.Values{
				"key": {string(it.Key)}, "title": {it.Title}, "why": {it.Why}, "done": {it.Done}, "show": {it.Show}, "valid": {numberText(it.ValidDays)},
				"level": texts(it.Levels[:]), "guidance": {it.Guidance}, "choices": {choiceLines(it.Choices)}, "rules": {ruleLines(it.Rules)},
			}
			set(v, "evidence", it.Evidence)
			set(v, "seats", it.Seats)
			set(v, "when", it.When)
			set(v, "environments", it.Environments)
			set(v, "quality", it.Quality)
			tick(v, "core", it.Core)
			return v, true
		},
		put: func(d plan.Document, r *reader) { putItem(d, key, r) },
	}
}

func putItem(d plan.Document, key plan.ItemKey, r *reader) {
	it, _ := d.Item(key)
	it.Title = r.text("title", plan.MaxTitle, false)
	if it.Title == "" {
		r.problems.Add("title", "is missing")
	}
	it.Why, it.Done, it.Show = r.text("why", plan.MaxParagraph, true), r.text("done", plan.MaxParagraph, true), r.text("show", plan.MaxParagraph, true)
	if r.form.Has("guidance") {
		it.Guidance = r.text("guidance", plan.MaxParagraph, true)
	}
	levels := r.form["level"]
	if len(levels) != 3 {
		r.problems.Add("level", "has to say a level for each of the three tiers")
		return
	}
	for i, l := range levels {
		it.Levels[i] = plan.Level(l)
		if it.Levels[i].Rank() < 0 {
			r.problems.Add("level", "has a level that this page does not know")
		}
	}
	it.Evidence = words(r, "evidence", d.Adds().HasEvidence)
	it.Seats = words(r, "seats", d.Adds().HasSeat)
	it.When = words(r, "when", func(f plan.Flag) bool { return plan.ValidKey(string(f)) })
	it.Environments = words(r, "environments", d.Adds().HasEnvironment)
	it.Quality = words(r, "quality", func(q string) bool { return slices.Contains(plan.Qualities(), q) })
	it.ValidDays = r.number("valid", r.form.Get("valid"), plan.MaxDays)
	it.Core = r.form.Get("core") == yes
	if r.form.Has("choices") || r.form.Has("rules") {
		it.Choices, it.Rules = r.choices("choices"), r.rules("rules")
	}
	if next := plan.ItemKey(strings.TrimSpace(r.form.Get("key"))); r.form.Has("key") && next != key {
		rename(d, it, next, r)
	}
}

// rename gives an item another key, and has it remember the old one.
func rename(d plan.Document, it *plan.Item, key plan.ItemKey, r *reader) {
	other, _ := d.Item(key)
	switch {
	case !plan.ValidKey(string(key)):
		r.problems.Add("key", plan.KeyForm)
		return
	case other != nil:
		r.problems.Add("key", "is that of another item")
		return
	}
	it.Was = slices.DeleteFunc(it.Was, func(k plan.ItemKey) bool { return k == key })
	if !slices.Contains(it.Was, it.Key) {
		it.Was = append(it.Was, it.Key)
	}
	it.Key = key
}
