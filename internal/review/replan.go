package review

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Move is what became of a part of a stage with a change of the plan: evidence
// or a waiver, by its number, or an item with number 0.
type Move struct {
	From Position     `json:"from"`
	To   Position     `json:"to"`
	Home Position     `json:"home,omitzero"` // of evidence or a waiver: its home before
	Was  plan.ItemKey `json:"was,omitempty"` // of an item: whose answer it had taken over before
}

// Position says where a part of a stage is, or was before the plan changed.
type Position struct {
	Stage plan.StageKey `json:"stage"`
	Item  plan.ItemKey  `json:"item"`
	No    int           `json:"no,omitempty"` // within the stage; 0 for the item itself
}

// Moves are what the last change of the plan moved, for the store to follow.
type Moves struct {
	Items    []Move `json:"items,omitempty"`
	Evidence []Move `json:"evidence,omitempty"`
	Waivers  []Move `json:"waivers,omitempty"`
}

// replan gives the review another plan. Stages are found again by their keys.
// So are items, wherever the new plan has them: with an item move its answer, its
// evidence and its waivers. What the new plan no longer asks is set aside in the
// stage where it was asked last, and returns when it is asked again.
func (r *Review) replan(o plan.Origin, at time.Time) error { return r.replanBack(o, nil, at) }

// replanBack is replan that takes back what an upgrade moved, and moves nothing
// else but what came since. nil: it takes nothing back.
func (r *Review) replanBack(o plan.Origin, upgrade *Upgrade, at time.Time) error {
	if err := r.wholly(); err != nil {
		return err
	}
	p, err := r.compose(o)
	if err != nil {
		return err
	}
	r.Project.forget(p)
	m := moving{r: r, to: Blank(r.Project, r.No, p), from: map[plan.ItemKey]place{}, undo: map[plan.ItemKey]Move{}}
	var undo Moves
	if upgrade != nil {
		m.back, m.since, undo = true, upgrade.At, upgrade.Moves
	}
	for _, was := range undo.Items {
		m.undo[was.To.Item] = was
	}
	m.note()
	m.stages()
	for _, moves := range [][]Move{undo.Items, undo.Evidence, undo.Waivers} {
		for _, was := range moves {
			m.to.Keeping(was.From.Stage)
		}
	}
	m.items()
	asked := m.askedSince(at)
	if upgrade != nil {
		asked = m.askedBefore(upgrade)
	}
	m.aside()
	m.evidence(undo.Evidence)
	m.waivers(undo.Waivers)
	m.to.Former = slices.DeleteFunc(m.to.Former, func(s Stage) bool { return s.empty() })
	r.Plan, r.Stages, r.Former, r.Moves, r.Asked = p, m.to.Stages, m.to.Former, m.moves, asked
	for i := range r.Stages {
		r.Stages[i].restand(r)
	}
	return nil
}

// compose makes another plan.
func (r *Review) compose(o plan.Origin) (*plan.Plan, error) {
	if r.Plans == nil {
		return nil, errors.New("nothing composes plans here")
	}
	return r.Plans(o)
}

// restand lets a gate stand again whose signers have decided on exactly what the
// plan asks now: a change of the plan that was taken back leaves no trace here.
func (s *Stage) restand(r *Review) {
	s.digest = ""
	if last := s.LastRound(); last != nil && last.Outcome.Passes() && !last.ChangedAt.IsZero() && r.Stands(s) {
		last.ChangedAt = time.Time{}
		s.digest = ""
	}
}

// moving is a change of plan under way.
type moving struct {
	r, to *Review
	from  map[plan.ItemKey]place // where each item was, asked or set aside
	taken map[plan.ItemKey]Position
	back  bool                  // an upgrade is to be taken back
	since time.Time             // when that was
	undo  map[plan.ItemKey]Move // what is to be taken back, by the item as it is now
	moves Moves
	last  func(*Stage) *int // the highest number that a stage gave out of what moves now
}

type place struct {
	stage plan.StageKey
	item  Item
}

func (m *moving) note() {
	for _, s := range m.r.All() {
		for _, it := range s.Known() {
			m.from[it.Def.Key] = place{s.Def.Key, *it}
		}
	}
}

// stages takes over what belongs to the stages themselves. One that the plan no
// longer has is kept as a former one.
func (m *moving) stages() {
	for i := range m.to.Stages {
		m.to.Load(i)
	}
	for _, was := range m.r.All() {
		s := m.to.Keeping(was.Def.Key)
		if m.to.Stage(was.Def.Key) != nil { // a former stage has no gate that stands somehow
			s.Gate = was.Gate
		}
		s.Evidence, s.Waivers = slices.Clone(was.Evidence), slices.Clone(was.Waivers)
		s.Gone = Numbers{was.nextEvidence() - 1, was.nextWaiver() - 1}
		s.Rounds, s.Findings, s.Conditions = slices.Clone(was.Rounds), was.Findings, was.Conditions
	}
}

// items finds the answer of each item that the plan asks: its own; else that of
// an item which took it over before; else the first of those that it replaces.
func (m *moving) items() {
	m.taken = map[plan.ItemKey]Position{}
	heirs := m.heirs()
	for i := range m.to.Stages {
		s := &m.to.Stages[i]
		for j := range s.Items {
			it := &s.Items[j]
			k := it.Def.Key
			source, was := k, m.from[k].item.Was
			if _, there := m.from[k]; !there {
				if heir, ok := heirs[k]; ok {
					source, was = heir, m.undo[heir].Was
				} else if !m.back {
					source = m.inherits(it.Def)
					if at := m.from[source]; !at.item.blank() { // else there is nothing to give back
						was = source
					}
				}
			}
			at, there := m.from[source]
			if _, gone := m.taken[source]; !there || gone {
				continue
			}
			def, level := it.Def, it.Level
			*it = at.item
			it.Def, it.Level, it.Was = def, level, was
			from, to := Position{Stage: at.stage, Item: source}, Position{Stage: s.Def.Key, Item: k}
			m.taken[source] = to
			if from != to {
				m.moves.Items = append(m.moves.Items, Move{From: from, To: to, Was: at.item.Was})
			}
		}
	}
}

// heirs are the items, no longer asked, that took over the answers of others: by
// those. Of two that took over from one, the first by its key gives it back.
func (m *moving) heirs() map[plan.ItemKey]plan.ItemKey {
	heirs := map[plan.ItemKey]plan.ItemKey{}
	for _, k := range slices.Sorted(maps.Keys(m.from)) {
		was := m.from[k].item.Was
		if _, asked := m.asked(k); was == "" || asked || m.back {
			continue
		}
		if _, other := heirs[was]; !other {
			heirs[was] = k
		}
	}
	for k, undone := range m.undo {
		if _, there := m.from[k]; there && undone.From.Item != k {
			heirs[undone.From.Item] = k
		}
	}
	return heirs
}

// asked finds the stage in which the new plan asks an item.
func (m *moving) asked(k plan.ItemKey) (*Stage, bool) {
	for i := range m.to.Stages {
		if m.to.Stages[i].Def.Place(k) >= 0 {
			return &m.to.Stages[i], true
		}
	}
	return nil, false
}

// inherits is the item whose answer one takes over that is new to the review: the
// first of those that it replaces which was answered, or was there at all.
func (m *moving) inherits(d *plan.Item) plan.ItemKey {
	var first plan.ItemKey
	for _, k := range d.Was {
		at, there := m.from[k]
		_, asked := m.asked(k)
		if _, gone := m.taken[k]; !there || asked || gone {
			continue
		}
		if at.item.Answer.State != Open {
			return k
		}
		if first == "" {
			first = k
		}
	}
	return first
}

// aside keeps what nothing took over.
func (m *moving) aside() {
	for _, old := range m.r.All() {
		s := m.to.stageOrFormer(old.Def.Key)
		for _, known := range old.Known() {
			it := *known
			if _, taken := m.taken[it.Def.Key]; taken || it.blank() {
				continue
			}
			to, k := s, it.Def.Key
			if undone, ok := m.undo[k]; ok { // it was set aside before, somewhere else or by another name
				from := Position{Stage: s.Def.Key, Item: k}
				m.moves.Items = append(m.moves.Items, Move{From: from, To: undone.From, Was: it.Was})
				m.taken[k] = undone.From
				to, k, it.Was = m.to.stageOrFormer(undone.From.Stage), undone.From.Item, undone.Was
			}
			it.Def, it.Level = &plan.Item{Key: k}, plan.LevelNone
			to.Aside = append(to.Aside, it)
		}
	}
	for _, s := range m.to.All() {
		slices.SortFunc(s.Aside, func(a, b Item) int { return strings.Compare(string(a.Def.Key), string(b.Def.Key)) })
	}
}

// empty reports whether nothing was ever done in the stage.
func (s *Stage) empty() bool {
	return len(s.Items) == 0 && len(s.Aside) == 0 && len(s.Evidence) == 0 && len(s.Waivers) == 0 &&
		len(s.Rounds) == 0 && len(s.Findings) == 0 && len(s.Conditions) == 0 && s.Gone == Numbers{}
}

// blank reports whether nobody ever touched the item.
func (it *Item) blank() bool {
	return it.Answer.Version == 0 && it.Assignee == 0 && it.Due.IsZero() && it.Comments == 0 && !it.Reattest &&
		len(it.Earlier) == 0 && it.Was == "" && it.Offer == nil && it.Inherited == nil
}

// All are the stages of the plan, and after them the former ones.
func (r *Review) All() []*Stage {
	out := make([]*Stage, 0, len(r.Stages)+len(r.Former))
	for i := range r.Stages {
		out = append(out, &r.Stages[i])
	}
	for i := range r.Former {
		out = append(out, &r.Former[i])
	}
	return out
}

// Known are the items that are asked in the stage, and those that are set aside.
func (s *Stage) Known() []*Item {
	out := make([]*Item, 0, len(s.Items)+len(s.Aside))
	for i := range s.Items {
		out = append(out, &s.Items[i])
	}
	for i := range s.Aside {
		out = append(out, &s.Aside[i])
	}
	return out
}

// Keeping finds a stage for rows that were read of it; one that the plan does not
// have becomes a former one.
func (r *Review) Keeping(k plan.StageKey) *Stage {
	if s := r.stageOrFormer(k); s != nil {
		return s
	}
	r.Former = append(r.Former, Stage{Def: &plan.Stage{Key: k}, Loaded: true})
	slices.SortFunc(r.Former, func(a, b Stage) int { return strings.Compare(string(a.Def.Key), string(b.Def.Key)) })
	return r.stageOrFormer(k)
}

// Keeping finds an item for a row that was read of it; one that the plan does not
// ask here becomes one that is set aside.
func (s *Stage) Keeping(k plan.ItemKey) *Item {
	if it := s.Item(k); it != nil {
		return it
	}
	at, found := slices.BinarySearchFunc(s.Aside, k, func(it Item, k plan.ItemKey) int { return strings.Compare(string(it.Def.Key), string(k)) })
	if !found {
		s.Aside = slices.Insert(s.Aside, at, Item{Def: &plan.Item{Key: k}, Answer: Answer{State: Open}})
	}
	return &s.Aside[at]
}

func (r *Review) stageOrFormer(k plan.StageKey) *Stage {
	if s := r.Stage(k); s != nil {
		return s
	}
	for i := range r.Former {
		if r.Former[i].Def.Key == k {
			return &r.Former[i]
		}
	}
	return nil
}

// whither says where evidence or a waiver of an item belongs now: home, where it
// came from, once that is asked again and the answer it was given for is not with
// its present item; with its item; or with the item that replaces its own.
func (m *moving) whither(at, home Position) Position {
	here, asked := m.asked(at.Item)
	if s, back := m.asked(home.Item); back && (!asked || m.from[at.Item].item.Was != home.Item) {
		return Position{s.Def.Key, home.Item, home.No}
	}
	if asked {
		return Position{here.Def.Key, at.Item, at.No}
	}
	if to, taken := m.taken[at.Item]; taken {
		return Position{to.Stage, to.Item, at.No}
	}
	for i := range m.to.Stages {
		s := &m.to.Stages[i]
		for j := 0; j < len(s.Def.Items) && !m.back; j++ {
			if d := &s.Def.Items[j]; slices.Contains(d.Was, at.Item) {
				return Position{s.Def.Key, d.Key, at.No}
			}
		}
	}
	return at
}

func (m *moving) evidence(undo []Move) {
	m.last = func(s *Stage) *int { return &s.Gone.Evidence }
	move(m, func(s *Stage) *[]Evidence { return &s.Evidence },
		func(e *Evidence) movable { return movable{&e.Item, &e.No, &e.Home, e.At} }, undo, &m.moves.Evidence)
}

func (m *moving) waivers(undo []Move) {
	m.last = func(s *Stage) *int { return &s.Gone.Waivers }
	move(m, func(s *Stage) *[]Waiver { return &s.Waivers },
		func(w *Waiver) movable { return movable{&w.Item, &w.No, &w.Home, w.RequestedAt} }, undo, &m.moves.Waivers)
}

// movable is what a move reads and sets of evidence or of a waiver.
type movable struct {
	item  *plan.ItemKey
	no    *int
	home  *Position
	since time.Time
}

// move puts all of one sort where they belong now, in the order of their numbers.
func move[T any](m *moving, of func(*Stage) *[]T, look func(*T) movable, undo []Move, moves *[]Move) {
	m.each(func(s *Stage) []part {
		list := *of(s)
		*of(s) = nil
		out := make([]part, len(list))
		for i := range list {
			v := look(&list[i])
			out[i] = part{Position{s.Def.Key, *v.item, *v.no}, *v.home, v.since, func(to, home Position) {
				*v.item, *v.no, *v.home = to.Item, to.No, home
				there := of(m.to.stageOrFormer(to.Stage))
				*there = append(*there, list[i])
			}}
		}
		return out
	}, undo, moves)
	for _, s := range m.to.All() {
		slices.SortFunc(*of(s), func(a, b T) int { return *look(&a).no - *look(&b).no })
	}
}

// part is a piece of evidence or a waiver that may have to move.
type part struct {
	at, home Position
	since    time.Time // it is there
	put      func(to, home Position)
}

// each puts every part where it belongs now, which is where it was before when
// that is taken back. What stays keeps its number; what comes to a stage gets its
// old number back if it was there before, and else the next that nothing ever had.
func (m *moving) each(take func(*Stage) []part, undo []Move, moves *[]Move) {
	undone := map[Position]Move{}
	for _, was := range undo {
		undone[was.To] = was
	}
	whither := func(p part) Position {
		if was, ok := undone[p.at]; ok {
			return was.From
		}
		to := p.at
		if _, asked := m.asked(p.at.Item); asked || !m.back || p.since.After(m.since) {
			to = m.whither(p.at, p.home)
		}
		if to.No = 0; p.home.Stage == to.Stage {
			to.No = p.home.No
		}
		return to
	}
	var staying, coming []part
	used := map[plan.StageKey]map[int]bool{}
	for _, s := range m.to.All() {
		used[s.Def.Key] = map[int]bool{}
		for _, p := range take(s) {
			if whither(p).Stage == s.Def.Key {
				staying = append(staying, p)
				used[s.Def.Key][p.at.No] = true
			} else {
				coming = append(coming, p)
			}
		}
	}
	put := func(p part, to Position) {
		home := p.home
		switch {
		case home == Position{}:
			home = p.at
		case home.Item == to.Item && home.Stage == to.Stage:
			home = Position{}
		}
		if was, ok := undone[p.at]; ok {
			home = was.Home
		}
		if to == p.at {
			home = p.home
		} else {
			*moves = append(*moves, Move{From: p.at, To: to, Home: p.home})
		}
		p.put(to, home)
	}
	for _, p := range staying {
		to := whither(p)
		to.No = p.at.No
		put(p, to)
	}
	for _, p := range coming {
		to := whither(p)
		if to.No == 0 || used[to.Stage][to.No] {
			last := m.last(m.to.stageOrFormer(to.Stage))
			*last++
			to.No = *last
		}
		used[to.Stage][to.No] = true
		put(p, to)
	}
}
