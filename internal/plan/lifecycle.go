package plan

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/record"
)

// Lifecycle is one published version of a readiness lifecycle. It never
// changes once published; a change is a new version.
type Lifecycle struct {
	Kind    Kind       `json:"kind,omitempty"` // lifecycle; older versions do not say it
	Key     string     `json:"key"`
	Version int        `json:"version"`
	Name    string     `json:"name"`
	Summary string     `json:"summary"`
	Order   Order      `json:"order"`
	SoD     bool       `json:"separation_of_duties"`
	Flags   []Question `json:"flags"`
	Adds    Words      `json:"adds,omitzero"`
	// Keeps are the kinds of records that projects add; none: all kinds.
	Keeps  []record.Key `json:"keeps,omitempty"`
	Stages []Stage      `json:"stages"`

	published []byte // as read by [ParseLifecycle]; nil for one that was not published yet
}

// Uses reports whether projects of the lifecycle add records of a kind.
func (t *Lifecycle) Uses(k record.Key) bool { return len(t.Keeps) == 0 || slices.Contains(t.Keeps, k) }

// Stage is an ordered part of a lifecycle: items, then a gate.
type Stage struct {
	Key     StageKey `json:"key"`
	Name    string   `json:"name"`
	Phases  []Phase  `json:"phases,omitempty"` // that it covers; versions from before phases name none
	Purpose string   `json:"purpose"`
	Items   []Item   `json:"items"`
	Gate    Gate     `json:"gate"`

	places map[ItemKey]int // of Items; see [Lifecycle.Index]
}

// Place is an item's index in Items; -1 when the stage has none of that key.
func (d *Stage) Place(k ItemKey) int {
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

// Item is one thing that has to be true. It is explained in three parts (Why,
// Done, Show); versions from before that have one paragraph (Guidance).
type Item struct {
	Key       ItemKey        `json:"key"`
	Title     string         `json:"title"`
	Guidance  string         `json:"guidance,omitempty"`
	Why       string         `json:"why,omitempty"`       // the harm that it prevents
	Done      string         `json:"done_when,omitempty"` // what a reviewer checks
	Show      string         `json:"show,omitempty"`      // what to link
	Levels    [3]Level       `json:"levels"`              // for tiers 1, 2 and 3
	Evidence  []EvidenceKind `json:"evidence"`            // any one of them is enough
	Seats     []Seat         `json:"seats"`
	When      []Flag         `json:"when,omitempty"`       // any of these makes it apply; empty: always
	ValidDays int            `json:"valid_days,omitempty"` // how long evidence stays good; 0: it does not expire by itself
	Core      bool           `json:"core,omitempty"`       // no project may drop it
	Quality   []string       `json:"quality"`
	Sources   []string       `json:"sources,omitempty"` // ids of the facts that the item rests on
	Was       []ItemKey      `json:"was,omitempty"`     // keys of earlier versions whose answers belong here
	SameAs    []string       `json:"same_as,omitempty"` // titles of earlier versions that meant the same, as the author says
	Choices   []Choice       `json:"choices,omitempty"` // of an item that is a question
	Rules     []Rule         `json:"rules,omitempty"`   // of a question: what its choices come to
	Links     []Link         `json:"links,omitempty"`   // further reading
	// Environments are the kinds of environment for each of which the item is answered
	// by itself; empty: once for the project.
	Environments []EnvironmentKind `json:"environments,omitempty"`

	From string `json:"-"` // the module that it comes from, by key; empty: the lifecycle
	Own  bool   `json:"-"` // the project's own
	// Environment is the one of the project for which the item is asked; nil: it is asked
	// once.
	Environment *Environment `json:"-"`
	claim       string       // see [Item.Claim]
}

// Gate is the decision at the end of a stage.
type Gate struct {
	Name        string     `json:"name"`
	Exit        string     `json:"exit"`
	Quorum      int        `json:"quorum,omitempty"` // distinct people at every tier; a conditional seat that joins raises it by one
	Quorums     [3]int     `json:"quorums,omitzero"` // for tiers 1, 2 and 3, instead of Quorum
	Seats       []GateSeat `json:"seats"`
	RepeatsDays int        `json:"repeats_days,omitempty"`
	// Records are the kinds of records of which the project has to keep one that is
	// not closed.
	Records []record.Key `json:"records,omitempty"`
	// Policies are the keys of policies that the project has to have attached before
	// sign-off is requested.
	Policies []string `json:"policies,omitempty"`
	// From is the exposure from which on the gate is needed; empty: it always is.
	From Exposure `json:"from_exposure,omitempty"`
	// Environments are the kinds of environment on which the gate decides.
	Environments []EnvironmentKind `json:"environments,omitempty"`
}

// QuorumAt is how many different people have to sign at a tier, before seats
// that join under a condition.
func (d *Gate) QuorumAt(t Tier) int {
	if d.Quorums == [3]int{} || !t.Valid() {
		return d.Quorum
	}
	return d.Quorums[t-1]
}

// GateSeat is a seat at a gate.
type GateSeat struct {
	Seat        Seat   `json:"seat"`
	Mandatory   bool   `json:"mandatory,omitempty"` // at every tier
	MandatoryAt []Tier `json:"mandatory_at,omitempty"`
	Tiers       []Tier `json:"tiers,omitempty"` // at which it sits here; empty: all
	When        []Flag `json:"when,omitempty"`

	From string `json:"-"` // the module that it comes from, by key; empty: the lifecycle
}

// SitsAt reports whether the seat is at its gate for projects of a tier.
func (s *GateSeat) SitsAt(t Tier) bool { return len(s.Tiers) == 0 || slices.Contains(s.Tiers, t) }

// MustSign reports whether the gate does not pass without the seat.
func (s *GateSeat) MustSign(t Tier) bool { return s.Mandatory || slices.Contains(s.MandatoryAt, t) }

// StageIndex finds a stage by key; -1 when there is none.
func (t *Lifecycle) StageIndex(k StageKey) int {
	for i := range t.Stages {
		if t.Stages[i].Key == k {
			return i
		}
	}
	return -1
}

// Covering is the index of the stage that does the work of another lifecycle's
// stage: that of its key, or the one that covers the first of its phases; -1 when
// there is neither.
func (t *Lifecycle) Covering(other *Stage) int {
	if i := t.StageIndex(other.Key); i >= 0 || len(other.Phases) == 0 {
		return i
	}
	return slices.IndexFunc(t.Stages, func(s Stage) bool { return slices.Contains(s.Phases, other.Phases[0]) })
}

// Index has [Stage.Place] find items without looking at each. It is to be
// called before the template is shared.
func (t *Lifecycle) Index() {
	for i := range t.Stages {
		d := &t.Stages[i]
		d.places = make(map[ItemKey]int, len(d.Items))
		for j := range d.Items {
			d.places[d.Items[j].Key] = j
		}
	}
}

// HasFlag reports whether the lifecycle asks about f.
func (t *Lifecycle) HasFlag(f Flag) bool { return hasQuestion(t.Flags, f) }
