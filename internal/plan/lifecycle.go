package plan

import "slices"

// Template is one published version of a readiness lifecycle. It never
// changes once published; a change is a new version.
type Lifecycle struct {
	Key     string     `json:"key"`
	Version int        `json:"version"`
	Name    string     `json:"name"`
	Summary string     `json:"summary"`
	Order   Order      `json:"order"`
	SoD     bool       `json:"separation_of_duties"`
	Flags   []Question `json:"flags"`
	Stages  []Stage    `json:"stages"`

	published []byte // as read by [ParseTemplate]; nil for one that was not published yet
}

// StageDef is an ordered part of a template: items, then a gate.
type Stage struct {
	Key     StageKey `json:"key"`
	Name    string   `json:"name"`
	Purpose string   `json:"purpose"`
	Items   []Item   `json:"items"`
	Gate    Gate     `json:"gate"`

	places map[ItemKey]int // of Items; see [Template.Index]
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

// ItemDef is one thing that has to be true.
type Item struct {
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
type Gate struct {
	Name        string     `json:"name"`
	Exit        string     `json:"exit"`
	Quorum      int        `json:"quorum"` // distinct people; a conditional seat that joins raises it by one
	Seats       []GateSeat `json:"seats"`
	RepeatsDays int        `json:"repeats_days,omitempty"`
}

// SeatDef is a seat at a gate.
type GateSeat struct {
	Seat      Seat   `json:"seat"`
	Mandatory bool   `json:"mandatory"`
	When      []Flag `json:"when,omitempty"`
}

// StageIndex finds a stage by key; -1 when there is none.
func (t *Lifecycle) StageIndex(k StageKey) int {
	for i := range t.Stages {
		if t.Stages[i].Key == k {
			return i
		}
	}
	return -1
}

// Index has [StageDef.Place] find items without looking at each. It is to be
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

// HasFlag reports whether the template asks about f.
func (t *Lifecycle) HasFlag(f Flag) bool {
	return slices.ContainsFunc(t.Flags, func(d Question) bool { return d.Key == f })
}
