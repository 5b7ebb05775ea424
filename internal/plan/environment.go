package plan

import (
	"slices"
	"strings"
)

// EnvironmentKind says what an environment is for, by its key. Those that come with
// Slipway are in [EnvironmentKinds]; documents add their own ([Words]).
type EnvironmentKind string

// EnvironmentKinds lists the kinds that come with Slipway, in the order in which
// software goes through them.
func EnvironmentKinds() []EnvironmentKind {
	return []EnvironmentKind{"test", "staging", "production"}
}

// Valid reports whether k has the form of a kind's key. Whether there is such a
// kind, documents say.
func (k EnvironmentKind) Valid() bool { return validWord(string(k)) }

// Label is the kind's name on pages; see [label].
func (k EnvironmentKind) Label() string { return label(string(k)) }

// EnvironmentKey names an environment within a project, for good.
type EnvironmentKey string

// Environment is a place where a project's software runs, or ran: items that are
// answered for its kind are asked for it by itself.
type Environment struct {
	Key  EnvironmentKey  `json:"key"`
	Name string          `json:"name"`
	Kind EnvironmentKind `json:"kind"`
	// Retired keeps the name of one that is no longer there and for which something was
	// said.
	Retired bool `json:"retired,omitempty"`
}

// environmentMark stands between the key of an item and that of an environment. No
// key has it.
const environmentMark = "@"

// In is the key of an item as it is asked for an environment.
func (k ItemKey) In(e EnvironmentKey) ItemKey { return k + environmentMark + ItemKey(e) }

// Environment is the one for which an item is asked; empty: it is asked once.
func (k ItemKey) Environment() EnvironmentKey {
	_, e, _ := strings.Cut(string(k), environmentMark)
	return EnvironmentKey(e)
}

// Bare is the key that the item has in its document.
func (k ItemKey) Bare() ItemKey {
	bare, _, _ := strings.Cut(string(k), environmentMark)
	return ItemKey(bare)
}

// Valid reports whether k has the form of an item's key, as a document has it or as it is
// asked for an environment.
func (k ItemKey) Valid() bool {
	bare, e, in := strings.Cut(string(k), environmentMark)
	return ValidKey(bare) && (!in || ValidKey(e))
}

// Claim is what the item is called in its document, without the name of the
// environment for which it is asked: that can change, and what was said still holds.
func (d *Item) Claim() string {
	if d.claim != "" {
		return d.claim
	}
	return d.Title
}

// in is the item as it is asked for an environment. The first one takes over what was
// said while the item was asked once.
func (d *Item) in(e *Environment, first bool) Item {
	out := *d
	out.Key, out.Environment = d.Key.In(e.Key), e
	out.claim, out.Title = d.Title, d.Title+" ("+e.Name+")"
	out.Was = make([]ItemKey, 0, 2*len(d.Was)+1)
	for _, was := range d.Was {
		out.Was = append(out.Was, was.In(e.Key))
	}
	if first {
		out.Was = append(append(out.Was, d.Key), d.Was...)
	}
	return out
}

// Decides reports whether the gate names a kind of environment on which it decides.
func (d *Gate) Decides(k EnvironmentKind) bool { return slices.Contains(d.Environments, k) }

// Situated reports whether any item of the lifecycle is answered for environments by
// itself.
func (t *Lifecycle) Situated() bool {
	return slices.ContainsFunc(t.Stages, func(s Stage) bool {
		return slices.ContainsFunc(s.Items, func(it Item) bool { return len(it.Environments) > 0 })
	})
}

// spread asks each item that is answered for environments once for each of those of its
// kinds, at the gate that decides on it: that of the first stage from its own on which
// names the kind, or else its own. One for whose kinds there is no environment is asked
// once, as if there were none at all, so that naming environments never asks less.
func (c *composing) spread(all []Environment) error {
	n := 0
	moved := make([][]Item, len(c.Stages))
	for i := range c.Stages {
		var stay []Item
		for _, it := range c.Stages[i].Items {
			first := true
			for j := range all {
				e := &all[j]
				if e.Retired || !slices.Contains(it.Environments, e.Kind) {
					continue
				}
				if at := c.deciding(i, e.Kind); at != i {
					moved[at] = append(moved[at], it.in(e, first))
					c.bound(at, it.From)
				} else {
					stay = append(stay, it.in(e, first))
				}
				first = false
				n++
			}
			if first {
				stay = append(stay, it)
			}
		}
		c.Stages[i].Items = stay
	}
	for i := range moved {
		c.Stages[i].Items = append(c.Stages[i].Items, moved[i]...)
	}
	if n > MaxItems {
		return conflict("What is asked for each environment comes to %d items; at most %d are possible.", n, MaxItems)
	}
	return nil
}

// deciding is the first stage, from one on, whose gate decides on environments of a
// kind; the stage itself where none does.
func (c *composing) deciding(from int, k EnvironmentKind) int {
	for i := from; i < len(c.Stages); i++ {
		if c.Stages[i].Gate.Decides(k) {
			return i
		}
	}
	return from
}

// bound is [composing.binding] for an item of a module that goes to another stage.
func (c *composing) bound(stage int, module string) {
	for _, m := range c.Modules {
		if m.Key == module {
			c.binding(stage, m)
		}
	}
}

// Within is the origin with other environments.
func (o Origin) Within(all []Environment) Origin {
	o.Environments = nilIfEmpty(slices.Clone(all))
	return o
}

// Environment is one of a project, also one that is retired; nil: there is none of that
// key.
func (o *Origin) Environment(k EnvironmentKey) *Environment {
	for i := range o.Environments {
		if o.Environments[i].Key == k {
			return &o.Environments[i]
		}
	}
	return nil
}

// Present are the environments that are not retired.
func (o *Origin) Present() []Environment {
	var out []Environment
	for _, e := range o.Environments {
		if !e.Retired {
			out = append(out, e)
		}
	}
	return out
}

// Formerly are the keys that an item had in earlier versions, without the one under
// which it was asked before the project had environments: an answer for one of them says
// nothing of the others.
func (d *Item) Formerly() []ItemKey {
	if d.Environment == nil {
		return d.Was
	}
	return slices.DeleteFunc(slices.Clone(d.Was), func(k ItemKey) bool { return k.Environment() != d.Environment.Key })
}
