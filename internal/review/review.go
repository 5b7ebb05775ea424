package review

import (
	"fmt"
	"time"
)

// Review is one pass of a project through a template version: the aggregate
// that every command about a project works on.
//
// The store may load just one stage in full, since ticking an item must not
// cost reading two hundred. A stage that was not loaded knows only the state
// of its gate; commands on it fail.
type Review struct {
	Project  Project
	No       int // 1 is the launch
	Template *Template
	Ref      TemplateRef
	Stages   []Stage
	// Holders are the seats now held by those who signed in an open round. The
	// store fills it whenever it loads such a round, to show it as well as to
	// change it; without it nobody counts as entitled.
	Holders map[PersonID][]SeatHeld

	// PassedBefore is when the last stage's gate passed in the review before
	// this one; zero during the launch. The review calendar goes on from there.
	PassedBefore time.Time

	recorded []Entry
}

// Stage is the state of one stage of a review.
type Stage struct {
	Def        *StageDef
	Loaded     bool
	Items      []Item // in the order of Def.Items
	Evidence   []Evidence
	Rounds     []Round
	Findings   []Finding
	Waivers    []Waiver
	Conditions []Condition
	Gate       GateState // as of the last event; see also [Review.Standing]

	// digest is what [Review.Digest] found since the last event that changed
	// what is signed; a signature asks for it again and again.
	digest Digest
}

// Stage finds a stage by key; nil when the template has none.
func (r *Review) Stage(k StageKey) *Stage {
	i := r.Template.StageIndex(k)
	if i < 0 || i >= len(r.Stages) {
		return nil
	}
	return &r.Stages[i]
}

// wholly makes sure that every stage is loaded, for commands that can touch
// them all.
func (r *Review) wholly() error {
	for i := range r.Stages {
		if _, err := r.loaded(r.Stages[i].Def.Key); err != nil {
			return err
		}
	}
	return nil
}

// loaded finds a stage to work on.
func (r *Review) loaded(k StageKey) (*Stage, error) {
	s := r.Stage(k)
	if s == nil {
		return nil, ErrNotFound
	}
	if !s.Loaded {
		return nil, fmt.Errorf("stage %s of project %d is not loaded", k, r.Project.ID)
	}
	return s, nil
}

// Item finds an item by key; nil when the stage has none that applies.
func (s *Stage) Item(k ItemKey) *Item {
	if i := s.Def.Place(k); i >= 0 && i < len(s.Items) {
		return &s.Items[i]
	}
	return nil
}

// work finds a stage and an item that applies, for a project that is not
// stopped.
func (r *Review) work(sk StageKey, ik ItemKey) (*Stage, *Item, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, nil, err
	}
	it := s.Item(ik)
	if it == nil {
		return nil, nil, ErrNotFound
	}
	if it.Level == LevelNone {
		return nil, nil, refuse("This item does not apply to a tier %d project with this profile.", r.Project.Tier)
	}
	if r.Project.Status == StatusStopped {
		return nil, nil, refuse("The project was stopped. Resume it before changing anything.")
	}
	return s, it, nil
}

// record applies an event and keeps it for the store to write.
func (r *Review) record(by Actor, at time.Time, e Event) error {
	entry := Entry{At: trailTime(at), Actor: by.Person, Event: e}
	if err := r.apply(entry); err != nil {
		return err
	}
	r.recorded = append(r.recorded, entry)
	return nil
}

// Recorded are the events since the review was loaded, oldest first.
func (r *Review) Recorded() []Entry { return r.recorded }

// Blank is a review of a project with nothing answered, ready for the store to
// fill with rows.
func Blank(p Project, no int, tmpl *Template, ref TemplateRef) *Review {
	r := &Review{Project: p, No: no, Template: tmpl, Ref: ref, Stages: make([]Stage, len(tmpl.Stages))}
	for i := range r.Stages {
		r.Stages[i].Def = &tmpl.Stages[i]
	}
	return r
}

// Load marks a stage as loaded and gives it its items, all open.
func (r *Review) Load(i int) *Stage {
	s := &r.Stages[i]
	s.Loaded = true
	s.Items = make([]Item, len(s.Def.Items))
	for j := range s.Items {
		def := &s.Def.Items[j]
		s.Items[j] = Item{Def: def, Level: def.LevelFor(r.Project.Tier, r.Project.Profile), Answer: Answer{State: Open}}
	}
	return s
}
