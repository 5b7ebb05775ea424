package review

import (
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"slices"
	"time"
)

// Review is one pass of a project through its plan: the aggregate that every
// command about a project works on.
//
// The store may load just one stage in full, since ticking an item must not
// cost reading two hundred. A stage that was not loaded knows only the state
// of its gate. A command that reaches further than what is loaded fails with
// [ErrPartial], and the store loads the rest and runs it again: nobody has to
// know beforehand how far it reaches.
type Review struct {
	Project  Project
	No       int // 1 is the launch
	Plan     *plan.Plan
	Stages   []Stage
	Former   []Stage  // that the plan no longer has, with what was done in them; by key
	Upgraded *Upgrade // the last one in this review
	Wishes   []Wish   // that items weigh less, which wait for approval
	Asked    []Asked  // which items the plan asks since later than the project's start; by time
	Moves    Moves    `json:"-"` // by the last change of the plan
	// Records are what the project keeps beside its checklists, by number. Unless
	// all are loaded they are those on which gates decide.
	Records    []Record
	AllRecords bool `json:"-"`

	// Holders are the seats now held by those who signed in an open round. The
	// store fills it whenever it loads such a round, to show it as well as to
	// change it; without it nobody counts as entitled.
	Holders map[PersonID][]SeatHeld

	// Named are the rights of people beside the one who acts, to whom a command
	// gives something to do. The store reads those that the caller names; about
	// others only their part in the project is known.
	Named map[PersonID]Actor

	// Seen are other projects that the one who acts may see, by their keys. The store
	// reads those that the caller names, for a command that has to do with one.
	Seen map[ProjectKey]ProjectID `json:"-"`

	// Away is everybody who cannot sign in now, blocked or erased, be they on the
	// project or not, in the order of their numbers. The store reads them; nothing
	// waits for them. Reviews share them, so nothing changes them either.
	Away []PersonID

	// Started is when this review began: with the project, or by [Review.StartReview].
	Started time.Time

	// PassedBefore is when the last stage's gate passed in the review before
	// this one; zero during the launch. The review calendar goes on from there.
	PassedBefore time.Time

	// Plans composes another plan, for whatever changes it.
	Plans Plans `json:"-"`

	recorded []Entry
	partial  bool // something reached further than what is loaded
}

// ErrPartial means that a command or an event reaches further than the review
// is loaded.
var ErrPartial = errors.New("the review is not loaded as far as this reaches")

// Partial reports whether anything has reached further than the review is
// loaded. What was recorded is worth nothing then, whatever became of the error.
func (r *Review) Partial() bool { return r.partial }

// Stage is the state of one stage of a review.
type Stage struct {
	Def        *plan.Stage
	Loaded     bool
	Items      []Item // in the order of Def.Items
	Aside      []Item // that the plan no longer asks here, with what was said of them; by key
	Evidence   []Evidence
	Rounds     []Round
	Findings   []Finding
	Waivers    []Waiver
	Conditions []Condition
	Gone       Numbers   // the highest that were given out when the plan last changed
	Gate       GateState // as of the last event; see also [Review.Standing]
	Passed     time.Time // see [Stage.FirstPassed]; known of stages that are not loaded only

	// digest is what [Review.Digest] found since the last event that changed
	// what is signed; a signature asks for it again and again.
	digest   Digest
	digested Format // in which it was taken
}

// Numbers are those of a stage's evidence and waivers. One that was given out is
// never given out again, also when the plan moved what had it to another stage:
// links and the trail speak of it.
type Numbers struct {
	Evidence int `json:"evidence,omitempty"`
	Waivers  int `json:"waivers,omitempty"`
}

// Stage finds a stage by key; nil when the template has none.
func (r *Review) Stage(k plan.StageKey) *Stage {
	i := r.Plan.StageIndex(k)
	if i < 0 || i >= len(r.Stages) {
		return nil
	}
	return &r.Stages[i]
}

// wholly makes sure that every stage is loaded, for what can touch them all.
func (r *Review) wholly() error { return r.loadedIn(r.Stages) }

// before makes sure that the stages before one are loaded, for commands that
// ask how their gates stand: what is kept of a gate is how it stood at its last
// event, and time may have changed that since.
func (r *Review) before(sk plan.StageKey) error {
	return r.loadedIn(r.Stages[:max(0, r.Plan.StageIndex(sk))])
}

func (r *Review) loadedIn(stages []Stage) error {
	for i := range stages {
		if _, err := r.loaded(stages[i].Def.Key); err != nil {
			return err
		}
	}
	return nil
}

// loaded finds a stage to work on.
func (r *Review) loaded(k plan.StageKey) (*Stage, error) {
	s := r.Stage(k)
	if s == nil {
		return nil, ErrNotFound
	}
	if !s.Loaded {
		r.partial = true
		return nil, fmt.Errorf("stage %s of project %d: %w", k, r.Project.ID, ErrPartial)
	}
	return s, nil
}

// Item finds an item by key; nil when the stage has none that applies.
func (s *Stage) Item(k plan.ItemKey) *Item {
	if i := s.Def.Place(k); i >= 0 && i < len(s.Items) {
		return &s.Items[i]
	}
	return nil
}

// work finds a stage and an item that applies, for a project that is not
// stopped.
func (r *Review) work(sk plan.StageKey, ik plan.ItemKey) (*Stage, *Item, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	it := s.Item(ik)
	if it == nil {
		return nil, nil, ErrNotFound
	}
	if err := r.unneeded(s); err != nil {
		return nil, nil, err
	}
	if it.Level == plan.LevelNone {
		return nil, nil, refuse("This item does not apply to a tier %d project with this profile.", r.Project.Tier)
	}
	if err := r.Project.stopped(); err != nil {
		return nil, nil, err
	}
	return s, it, nil
}

// record applies an event and keeps it for the store to write.
func (r *Review) record(by Actor, at time.Time, e Event) error {
	entry := Entry{At: trailTime(at), Actor: by.Person, Event: e}
	if err := r.apply(entry, at); err != nil {
		return err
	}
	r.recorded = append(r.recorded, entry)
	return nil
}

// Recorded are the events since the review was loaded, oldest first.
func (r *Review) Recorded() []Entry { return r.recorded }

// DocumentsIn are the published documents that a project's entries name, each
// once, in the order in which they come up.
func DocumentsIn(entries []Entry) []plan.Ref {
	var refs []plan.Ref
	for _, en := range entries {
		e, names := en.Event.(interface{ Documents() []plan.Ref })
		if !names {
			continue
		}
		for _, ref := range e.Documents() {
			if !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// Blank is a review of a project with nothing answered, ready for the store to
// fill with rows.
func Blank(p Project, no int, pl *plan.Plan) *Review {
	r := &Review{Project: p, No: no, Plan: pl, Stages: make([]Stage, len(pl.Stages))}
	for i := range r.Stages {
		r.Stages[i].Def = &pl.Stages[i]
	}
	return r
}

// Load marks a stage as loaded and gives it its items, all open.
func (r *Review) Load(i int) *Stage {
	s := &r.Stages[i]
	s.Loaded, s.Passed = true, time.Time{} // its rounds tell
	s.Items = make([]Item, len(s.Def.Items))
	for j := range s.Items {
		def := &s.Def.Items[j]
		s.Items[j] = Item{Def: def, Level: r.weight(s.Def, def), Answer: Answer{State: Open}}
	}
	return s
}
