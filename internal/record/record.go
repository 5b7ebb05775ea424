// Package record declares the kinds of records that a project keeps beside its
// checklists: what it risks, takes for granted, owes and learns. A kind says
// which fields and states its records have, who moves them, which of them a gate
// decides on, and in which words pages speak of them; everything else is made of
// that. A new kind is a file of its own here and a line in [Kinds]. Standard
// library only.
package record

import (
	"maps"
	"slices"
	"time"
)

// Keys of kinds, of the fields of one, and of its states. They are stored, and
// stand in addresses.
type (
	Key      string
	FieldKey string
	StateKey string
)

// Kinds lists every kind in the order in which pages show them.
func Kinds() []*Kind {
	return []*Kind{&objective, &measure, &risk, &assumption, &debt, &incident, &decision, &handover, &document, &feedback, &release, &lesson, &dependency}
}

// Of finds a kind; nil when there is none with that key.
func Of(k Key) *Kind {
	for _, kind := range Kinds() {
		if kind.Key == k {
			return kind
		}
	}
	return nil
}

// Kind is what all records of one kind have in common.
type Kind struct {
	Key       Key
	One, Many string // what it is called, in the middle of a sentence: "risk", "risks"
	Mark      string // before a record's number: "R" makes it R4
	About     string // what it is for, in one sentence
	Title     string // what the form asks for first
	Example   string // of such a title
	Text      string // what it asks beside; empty: nothing
	ItemFor   string // what a form says of it
	Item      string // what the item is to it that a form asks for; empty: the one where it came up
	Later     string // heading of the fields that are seldom known when it is added
	Due       string // what the record's date is; empty: it has none
	DueIn     int    // days from today that a form proposes for it; 0: none
	Overdue   string // what is so once that date has gone by
	Fields    []Field
	States    []State // it begins in the first
	Columns   []FieldKey
	// Check finds what is wrong between fields that are right by themselves.
	Check func(Values) []Problem
	// Score is the figure by which records of the kind are ordered, the highest
	// first; nil: by number.
	Score func(Values) Score
	// Stops says why a record keeps the gate where it counts from being asked for;
	// empty when it does not, and nil when none of the kind ever does.
	Stops func(StateKey, Values) string
	// Deadlines are moments by which somebody has to be told; nil: the kind has none.
	Deadlines func(Values) []Deadline
	// Alarm is why a record that is not closed asks for attention wherever its
	// project is listed; nil: never.
	Alarm func(StateKey, Values) Alarm
	// Derived are facts that follow from the fields; nil: none.
	Derived func(Values) []Fact
	// Reads says what is read of records of the kind from time to time; nil: nothing.
	Reads *Reads
	// CheckAt finds what is wrong with fields at the moment when somebody says them,
	// of a record that is in a state or comes into it; nil: nothing.
	CheckAt func(StateKey, Values, time.Time) []Problem
	// Warn says what people should know who look at the record, wherever it is
	// listed; empty: nothing. It stops no gate.
	Warn func(Values) string
	// NeedsGates reports whether the record tells of something before which every gate
	// of a launch should have passed; nil: none of the kind does.
	NeedsGates func(StateKey, Values) bool
}

// Type is what a field holds.
type Type string

const (
	Line   Type = "line"   // a single line, 200 characters at most
	Text   Type = "text"   // several lines, 2,000 characters at most
	Link   Type = "link"   // an address that evidence could have
	Choice Type = "choice" // one of the field's choices, by key
	Moment Type = "moment" // a minute in UTC, as in [MomentLayout]
	Number Type = "number" // a [Decimal]
	Source Type = "source" // a record of the project, or something at a gate; see [Point]
)

// Exact types, which hold one thing in one form.
const (
	Date   Type = "date"   // a day, as in [time.DateOnly]
	Commit Type = "commit" // a commit's hash, 7 to 64 hexadecimal digits in lower case
	Digest Type = "digest" // "sha256:" and 64 hexadecimal digits in lower case
)

// Project is the number of another project here. It is typed as that project's key,
// and shown by its name to those who may see it.
const Project Type = "project"

// Environment is what an environment is called: by its name where the project names it.
const Environment Type = "environment"

// MomentLayout is how moments are typed and stored.
const MomentLayout = "2006-01-02T15:04"

// Field is one that a kind has beside those that all records share.
type Field struct {
	Key      FieldKey
	Label    string
	Help     string
	Type     Type
	Required bool
	Later    bool // seldom known when the record is added
	Choices  []Option
	Of       []Key    // the kinds of records that a source can be
	From     []What   // the things at gates that it can be
	After    FieldKey // a form asks for it once that other field says something
	Sort     FieldKey // of an environment: the field that says what kind it is of
	Given    bool     // by the program, when the record is moved; no form asks for it
}

// Option is one of the choices of a field.
type Option struct{ Key, Label string }

// Mover says who may bring a record into a state.
type Mover int

const (
	Team       Mover = iota // whoever keeps the project's records
	Judges                  // who decides for the organisation, and does not own the record
	Librarians              // who may edit the library, and does not own the record
)

// State is how a record stands.
type State struct {
	Key    StateKey
	Label  string     // "Being treated"
	Act    string     // what a person does who brings it there: "Accept it"
	From   []StateKey // the states from which it gets there
	Closed bool       // nothing more has to be done
	AtGate bool       // a gate decides on it: it is shown there, and signed
	Needs  []FieldKey // what has to be filled in by then
	Gives  []FieldKey // what the program fills in; in other states there is none of that
	Dated  bool       // the record's date has to be filled in by then
	Why    string     // the reason that is asked for; empty: none
	By     Mover
	// KeepsGates has a record that comes here keep how all gates stand then.
	KeepsGates bool

	// Bounded: the score of a record that comes here lies within what the project's
	// readiness definition tolerates.
	Bounded bool

	NeedsItem bool // the record's item has to be filled in by then, and be one of the library
}

// Decided reports whether the state is a decision of others than those who keep the
// record. What was decided on stays as it is.
func (s *State) Decided() bool { return s.By != Team }

// Values are what the fields of a record hold. Fields without a value are not in it.
type Values map[FieldKey]string

// Alarm is why a record asks for attention wherever its project is listed.
type Alarm string

const (
	NoAlarm   Alarm = ""
	GoingOn   Alarm = "going-on"   // an incident is not resolved
	HighRisk  Alarm = "high-risk"  // neither treated nor accepted
	OffTarget Alarm = "off-target" // what was read last misses its target
)

// Alarms lists them, the worst first.
func Alarms() []Alarm { return []Alarm{GoingOn, HighRisk, OffTarget} }

// Deadline is by when somebody has to be told.
type Deadline struct {
	Whom string
	By   time.Time
	Told bool
}

// Fact is something that follows from fields.
type Fact struct{ Term, Text string }

// Problem is what is wrong with a field.
type Problem struct {
	Field   FieldKey
	Message string
}

// Score is a figure that orders records, and how bad it is.
type Score struct {
	Figure int    // the higher the worse
	Of     int    // the highest that there is
	Word   string // "high"
	Level  Level
}

// Level is how bad a score is.
type Level int

const (
	Low Level = iota
	Medium
	High
)

// Askable are the kinds of which a gate can ask that the project keeps one. They
// begin in a state that gates decide on.
func Askable() []*Kind {
	return slices.DeleteFunc(Kinds(), func(k *Kind) bool { return !k.States[0].AtGate })
}

// AtGates reports whether gates decide on records of the kind, in any state.
func (k *Kind) AtGates() bool {
	return slices.ContainsFunc(k.States, func(s State) bool { return s.AtGate })
}

// Field finds a field; nil when the kind has none with that key.
func (k *Kind) Field(f FieldKey) *Field {
	if i := slices.IndexFunc(k.Fields, func(x Field) bool { return x.Key == f }); i >= 0 {
		return &k.Fields[i]
	}
	return nil
}

// State finds a state; nil when the kind has none with that key.
func (k *Kind) State(s StateKey) *State {
	if i := slices.IndexFunc(k.States, func(x State) bool { return x.Key == s }); i >= 0 {
		return &k.States[i]
	}
	return nil
}

// Moves are the states that a record can be brought into from where it stands.
func (k *Kind) Moves(from StateKey) []*State {
	var out []*State
	for i := range k.States {
		if slices.Contains(k.States[i].From, from) {
			out = append(out, &k.States[i])
		}
	}
	return out
}

// Option finds a choice of a field; nil when there is none with that key.
func (f *Field) Option(key string) *Option {
	if i := slices.IndexFunc(f.Choices, func(o Option) bool { return o.Key == key }); i >= 0 {
		return &f.Choices[i]
	}
	return nil
}

// With is the values with others in their place; nil when there are none.
func (v Values) With(set Values) Values {
	if len(v)+len(set) == 0 {
		return nil
	}
	out := make(Values, len(v)+len(set))
	maps.Copy(out, v)
	maps.Copy(out, set)
	return out
}

// given reports whether the program fills a field in for a state.
func (k *Kind) given(s StateKey, f *Field) bool {
	return f.Given && slices.Contains(k.State(s).Gives, f.Key)
}

// Standing are the values that a record has in a state: without what the program
// filled in for another one.
func (k *Kind) Standing(s StateKey, v Values) Values {
	out := v
	for i := range k.Fields {
		f := &k.Fields[i]
		if _, there := out[f.Key]; there && f.Given && !k.given(s, f) {
			out = maps.Clone(out)
			delete(out, f.Key)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// moment reads a moment that a field holds; zero: none.
func (v Values) moment(f FieldKey) time.Time {
	t, err := time.Parse(MomentLayout, v[f])
	if err != nil {
		return time.Time{}
	}
	return t
}

// date reads a day that a field holds; zero: none.
func (v Values) date(f FieldKey) time.Time {
	t, err := time.Parse(time.DateOnly, v[f])
	if err != nil {
		return time.Time{}
	}
	return t
}
