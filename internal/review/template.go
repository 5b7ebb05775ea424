package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Level says how much an item weighs. LevelNone means that the item does not
// apply.
type Level string

const (
	LevelNone   Level = ""
	LevelMust   Level = "must"
	LevelShould Level = "should"
	LevelMay    Level = "may"
)

// Rank orders levels: none < may < should < must.
func (l Level) Rank() int {
	return slices.Index([]Level{LevelNone, LevelMay, LevelShould, LevelMust}, l)
}

// Label is the level's name on pages.
func (l Level) Label() string {
	switch l {
	case LevelMust:
		return "Required"
	case LevelShould:
		return "Recommended"
	case LevelMay:
		return "Optional"
	}
	return "Does not apply"
}

// Tier says how critical a project is: 1 is the most critical and gets the
// whole template, 2 is standard, 3 gets the starter set.
type Tier int

const (
	TierCritical Tier = 1
	TierStandard Tier = 2
	TierStarter  Tier = 3
)

// Valid reports whether t is one of the three tiers.
func (t Tier) Valid() bool { return t >= TierCritical && t <= TierStarter }

// Seat is a discipline that signs gates.
type Seat string

const (
	SeatProduct      Seat = "product"
	SeatEngineering  Seat = "engineering"
	SeatArchitecture Seat = "architecture"
	SeatQA           Seat = "qa"
	SeatSRE          Seat = "sre"
	SeatSecurity     Seat = "security"
	SeatCompliance   Seat = "compliance"
	SeatData         Seat = "data"
)

// Seats lists every seat in the order in which pages show them.
func Seats() []Seat {
	return []Seat{SeatProduct, SeatEngineering, SeatArchitecture, SeatQA, SeatSRE, SeatSecurity, SeatCompliance, SeatData}
}

// Valid reports whether s is a known seat.
func (s Seat) Valid() bool { return slices.Contains(Seats(), s) }

// Label is the seat's name on pages.
func (s Seat) Label() string {
	switch s {
	case SeatQA:
		return "QA"
	case SeatSRE:
		return "SRE"
	case "":
		return ""
	}
	return string(s[0]-'a'+'A') + string(s[1:])
}

// EvidenceKind says what sort of thing an evidence link points to.
type EvidenceKind string

// EvidenceKinds lists every kind in the order in which pages offer them.
func EvidenceKinds() []EvidenceKind {
	return []EvidenceKind{"doc", "ticket", "repo", "ci-run", "test-report", "dashboard", "policy", "runbook"}
}

// Valid reports whether k is a known kind.
func (k EvidenceKind) Valid() bool { return slices.Contains(EvidenceKinds(), k) }

// Label is the kind's name on pages.
func (k EvidenceKind) Label() string {
	switch k {
	case "doc":
		return "Document"
	case "ticket":
		return "Ticket"
	case "repo":
		return "Repository"
	case "ci-run":
		return "CI run"
	case "test-report":
		return "Test report"
	case "dashboard":
		return "Dashboard"
	case "policy":
		return "Policy"
	case "runbook":
		return "Runbook"
	}
	return string(k)
}

// Order says what an earlier gate that has not passed means for a later one.
type Order string

const (
	OrderStrict   Order = "strict"   // the request is refused
	OrderAdvisory Order = "advisory" // the request needs a reason
	OrderFree     Order = "free"     // nothing
)

// Valid reports whether o is a known order.
func (o Order) Valid() bool { return o == OrderStrict || o == OrderAdvisory || o == OrderFree }

// Flag is a fact about a project, answered in its profile, on which items and
// seats can depend.
type Flag string

// FlagDef is a profile question: a short statement that a person ticks.
type FlagDef struct {
	Key   Flag   `json:"key"`
	Group string `json:"group"`
	Label string `json:"label"`
}

// Template is one published version of a readiness lifecycle. It never
// changes once published; a change is a new version.
type Template struct {
	Key     string     `json:"key"`
	Version int        `json:"version"`
	Name    string     `json:"name"`
	Summary string     `json:"summary"`
	Order   Order      `json:"order"`
	SoD     bool       `json:"separation_of_duties"`
	Flags   []FlagDef  `json:"flags"`
	Stages  []StageDef `json:"stages"`

	published []byte // as read by [ParseTemplate]; nil for one that was not published yet
}

// StageDef is an ordered part of a template: items, then a gate.
type StageDef struct {
	Key     StageKey  `json:"key"`
	Name    string    `json:"name"`
	Purpose string    `json:"purpose"`
	Items   []ItemDef `json:"items"`
	Gate    GateDef   `json:"gate"`

	places map[ItemKey]int // of Items; see [Template.Index]
}

// Place is an item's index in Items; -1 when the stage has none of that key.
func (d *StageDef) Place(k ItemKey) int {
	if d.places != nil {
		if i, ok := d.places[k]; ok {
			return i
		}
		return -1
	}
	for i := range d.Items {
		if d.Items[i].Key == k {
			return i
		}
	}
	return -1
}

// ItemDef is one thing that has to be true.
type ItemDef struct {
	Key       ItemKey        `json:"key"`
	Title     string         `json:"title"`
	Guidance  string         `json:"guidance"`
	Levels    [3]Level       `json:"levels"` // for tiers 1, 2 and 3
	Evidence  []EvidenceKind `json:"evidence"`
	Seats     []Seat         `json:"seats"`
	When      []Flag         `json:"when,omitempty"`       // any of these makes it apply; empty: always
	ValidDays int            `json:"valid_days,omitempty"` // how long evidence stays good; 0: it does not expire by itself
	Quality   []string       `json:"quality"`
	Sources   []string       `json:"sources,omitempty"` // ids of the facts that the item rests on
}

// GateDef is the decision at the end of a stage.
type GateDef struct {
	Name        string    `json:"name"`
	Exit        string    `json:"exit"`
	Quorum      int       `json:"quorum"` // distinct people; a conditional seat that joins raises it by one
	Seats       []SeatDef `json:"seats"`
	RepeatsDays int       `json:"repeats_days,omitempty"`
}

// SeatDef is a seat at a gate.
type SeatDef struct {
	Seat      Seat   `json:"seat"`
	Mandatory bool   `json:"mandatory"`
	When      []Flag `json:"when,omitempty"`
}

// Profile is the set of flags that hold for a project, sorted.
type Profile []Flag

// HasAny reports whether any of the flags holds; an empty list always does.
func (p Profile) HasAny(flags []Flag) bool {
	if len(flags) == 0 {
		return true
	}
	for _, f := range flags {
		if slices.Contains(p, f) {
			return true
		}
	}
	return false
}

// LevelFor is the item's level for a tier and profile; LevelNone when the
// item does not apply.
func (d *ItemDef) LevelFor(t Tier, p Profile) Level {
	if !t.Valid() || !p.HasAny(d.When) {
		return LevelNone
	}
	return d.Levels[t-1]
}

// Policy is what a gate demands of a project with this profile.
func (d *GateDef) Policy(p Profile) Policy {
	pol := Policy{Quorum: d.Quorum}
	for _, s := range d.Seats {
		if !p.HasAny(s.When) {
			continue
		}
		if len(s.When) > 0 {
			pol.Quorum++
		}
		pol.Seats = append(pol.Seats, s.Seat)
		if s.Mandatory {
			pol.Mandatory = append(pol.Mandatory, s.Seat)
		}
	}
	return pol
}

// Policy is who must sign: a number of distinct people, the seats that may
// sign, and those of them without which the gate does not pass.
type Policy struct {
	Quorum    int    `json:"quorum"`
	Seats     []Seat `json:"seats"`
	Mandatory []Seat `json:"mandatory,omitempty"`
}

// StageIndex finds a stage by key; -1 when there is none.
func (t *Template) StageIndex(k StageKey) int {
	for i := range t.Stages {
		if t.Stages[i].Key == k {
			return i
		}
	}
	return -1
}

// Index has [StageDef.Place] find items without looking at each. It is to be
// called before the template is shared.
func (t *Template) Index() {
	for i := range t.Stages {
		d := &t.Stages[i]
		d.places = make(map[ItemKey]int, len(d.Items))
		for j := range d.Items {
			d.places[d.Items[j].Key] = j
		}
	}
}

// HasFlag reports whether the template asks about f.
func (t *Template) HasFlag(f Flag) bool {
	return slices.ContainsFunc(t.Flags, func(d FlagDef) bool { return d.Key == f })
}

// TemplateRef names the exact template content that a review is pinned to.
type TemplateRef struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
	Digest  string `json:"digest"` // SHA-256 of the published bytes, hexadecimal
}

// ParseTemplate reads a published template. The bytes are its identity: they
// are kept and never encoded again, so that what later versions of the program
// add to Template cannot change what was published. The error says what is
// wrong with them.
func ParseTemplate(b []byte) (*Template, error) {
	t := &Template{}
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	t.Index()
	t.published = bytes.Clone(b)
	return t, nil
}

// Draft is a copy to be changed and published anew. Its stages are still those
// of t: whoever changes one replaces it.
func (t *Template) Draft() *Template {
	d := *t
	d.Stages, d.published = slices.Clone(t.Stages), nil
	return &d
}

// Bytes are those that the template was published as, for one from
// [ParseTemplate]; for any other, those that it would be published as now.
func (t *Template) Bytes() ([]byte, error) {
	if t.published != nil {
		return t.published, nil
	}
	b, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding template %s: %w", t.Key, err)
	}
	return b, nil
}

// Ref is the template's reference. It hashes the whole template: callers keep
// the result.
func (t *Template) Ref() (TemplateRef, error) {
	b, err := t.Bytes()
	if err != nil {
		return TemplateRef{}, err
	}
	sum := sha256.Sum256(b)
	return TemplateRef{Key: t.Key, Version: t.Version, Digest: hex.EncodeToString(sum[:])}, nil
}
