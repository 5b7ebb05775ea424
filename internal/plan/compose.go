package plan

import (
	"fmt"
	"slices"
)

// Conflict is why documents make no plan together. Its text is for people.
type Conflict struct{ Message string }

func (e *Conflict) Error() string { return e.Message }

func conflict(format string, args ...any) *Conflict { return &Conflict{fmt.Sprintf(format, args...)} }

// Compose makes the plan of a review. It looks at nothing but what it is given,
// and the same gives the same. Tiers and profiles are no part of it: levels and
// seats of a plan depend on them as those of a lifecycle do, so that projects
// share plans. The documents have to be those that the origin names, modules in
// its order. The error is a [*Conflict] where they do not fit together.
func Compose(o Origin, l *Lifecycle, modules []*Module) (*Plan, error) {
	p := &Plan{Lifecycle: *l, Origin: o, Modules: modules, Base: l}
	if len(modules)+len(o.Environments) == 0 && o.Tailoring.IsZero() {
		return p, nil // the lifecycle's own stages, shared
	}
	c := composing{p, map[ItemKey]string{}, map[Phase]int{}}
	c.copy(l)
	for _, m := range modules {
		if err := c.join(m); err != nil {
			return nil, err
		}
	}
	if err := c.spread(o.Environments); err != nil {
		return nil, err
	}
	if err := c.tailor(o.Tailoring); err != nil {
		return nil, err
	}
	p.Index()
	return p, nil
}

type composing struct {
	*Plan
	items  map[ItemKey]string // which document has it
	phases map[Phase]int      // the stage that covers each
}

func (c *composing) copy(l *Lifecycle) {
	c.Stages, c.Flags, c.published = slices.Clone(l.Stages), slices.Clone(l.Flags), nil
	for i := range c.Stages {
		s := &c.Stages[i]
		s.Items, s.Gate.Seats = slices.Clone(s.Items), slices.Clone(s.Gate.Seats)
		for j := range s.Items {
			c.items[s.Items[j].Key] = l.Name
		}
		for _, phase := range s.Phases {
			c.phases[phase] = i
		}
	}
}

// join adds what a module brings.
func (c *composing) join(m *Module) error {
	if len(c.phases) == 0 {
		return conflict("%s version %d is from before modules, and has no place for those of %s. A newer version has.", c.Name, c.Version, m.Name)
	}
	for _, q := range m.Flags {
		if !c.HasFlag(q.Key) {
			c.Flags = append(c.Flags, q)
		}
	}
	c.Adds = c.Adds.And(m.Adds)
	for _, s := range m.Seats {
		i, covered := c.phases[s.Phase]
		if !covered {
			return conflict("%s has no stage for the phase “%s”, where %s has the %s seat sign.", c.Name, s.Phase, m.Name, s.Seat.Label())
		}
		seat := s.GateSeat
		seat.From = m.Key
		c.binding(i, m)
		c.Stages[i].Gate.Seats = append(c.Stages[i].Gate.Seats, seat)
	}
	for _, it := range m.Items {
		i, covered := c.phases[it.Phase]
		if !covered {
			return conflict("%s has no stage for the phase “%s”, which %s has items for.", c.Name, it.Phase, m.Name)
		}
		if other, taken := c.items[it.Key]; taken {
			return conflict("Item %s is in both %s and %s.", it.Key, other, m.Name)
		}
		c.items[it.Key] = m.Name
		item := it.Item
		item.From = m.Key
		c.binding(i, m)
		c.Stages[i].Items = append(c.Stages[i].Items, item)
	}
	return nil
}

// binding has the gate of a stage needed at every exposure where a module adds to
// it that binds at every tier: a law knows no pilots.
func (c *composing) binding(stage int, m *Module) {
	if m.binds() {
		c.Stages[stage].Gate.From = ""
	}
}

// tailor does what the project asked for. What it set for an item that the plan
// no longer has waits until the item returns.
func (c *composing) tailor(t Tailoring) error {
	for _, own := range t.Own {
		i := c.StageIndex(own.Stage)
		switch other, taken := c.items[own.Key]; {
		case i < 0:
			return conflict("%s has no stage %s, to which the project added “%s”.", c.Name, own.Stage, own.Title)
		case taken:
			return conflict("Item %s, which the project added, is in %s too.", own.Key, other)
		case !own.Key.Own():
			return conflict("Item %s, which the project added, needs a key that begins with %s.", own.Key, OwnPrefix)
		}
		c.items[own.Key] = "the project"
		item := own.Item
		item.Own = true
		c.Stages[i].Items = append(c.Stages[i].Items, item)
	}
	at := make(map[ItemKey]*Item, len(c.items))
	in := map[ItemKey][]*Item{} // those that are asked for environments, by the item's bare key
	for i := range c.Stages {
		for j := range c.Stages[i].Items {
			item := &c.Stages[i].Items[j]
			at[item.Key] = item
			if item.Environment != nil {
				in[item.Key.Bare()] = append(in[item.Key.Bare()], item)
			}
		}
	}
	// What was raised or is to be kept holds in every environment. What was lowered was
	// approved for the project before it had them, and is asked again.
	for _, r := range t.Raised {
		items := in[r.Item]
		if item := at[r.Item]; item != nil {
			items = append(items, item)
		}
		for _, item := range items {
			for i := range item.Levels {
				item.Levels[i] = heavier(item.Levels[i], r.Level)
			}
		}
	}
	for _, l := range t.Lowered {
		item := at[l.Item]
		if item == nil || item.Core {
			continue // a newer version may have made it core: then it stays
		}
		for i := range item.Levels {
			if Tier(i+1) >= l.Tier {
				item.Levels[i] = lighter(item.Levels[i], l.Level)
			}
		}
	}
	for _, k := range t.Core {
		if item := at[k]; item != nil {
			item.Core = true
		}
		for _, item := range in[k] {
			item.Core = true
		}
	}
	return nil
}

func heavier(a, b Level) Level {
	if a.Rank() >= b.Rank() {
		return a
	}
	return b
}

func lighter(a, b Level) Level {
	if a.Rank() <= b.Rank() {
		return a
	}
	return b
}

// ComposeFrom is [Compose] with documents that find gets by their references.
func ComposeFrom(o Origin, find func(Ref) (Document, error)) (*Plan, error) {
	d, err := find(o.Lifecycle)
	if err != nil {
		return nil, err
	}
	if d.Lifecycle == nil {
		return nil, fmt.Errorf("%s version %d is no lifecycle", o.Lifecycle.Key, o.Lifecycle.Version)
	}
	modules := make([]*Module, len(o.Modules))
	for i, ref := range o.Modules {
		m, err := find(ref)
		if err != nil {
			return nil, err
		}
		if m.Module == nil {
			return nil, conflict("%s version %d is no module.", ref.Key, ref.Version)
		}
		modules[i] = m.Module
	}
	p, err := Compose(o, d.Lifecycle, modules)
	if err != nil {
		return nil, err
	}
	if o.Definition != (Ref{}) {
		def, err := find(o.Definition)
		if err != nil {
			return nil, err
		}
		if def.Definition == nil {
			return nil, conflict("%s version %d is no readiness definition.", o.Definition.Key, o.Definition.Version)
		}
		p.Definition = def.Definition
	}
	for _, ref := range o.Policies {
		d, err := find(ref)
		if err != nil {
			return nil, err
		}
		if d.Policy == nil {
			return nil, conflict("%s version %d is no policy.", ref.Key, ref.Version)
		}
		p.Policies = append(p.Policies, d.Policy)
	}
	return p, nil
}
