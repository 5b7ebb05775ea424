package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Plan is what one review of one project has to satisfy: a lifecycle as it is
// with the items, seats and questions of modules, and with what the project made
// of it. Its stages are the lifecycle's. It never changes: projects that are made
// of the same share one.
type Plan struct {
	Lifecycle
	Origin  Origin
	Modules []*Module // in the order of Origin.Modules
	Base    *Lifecycle
	// Definition says what ready means beside the items; nil where the project pins
	// none. It changes no stage and no item.
	Definition *Definition
	// Policies are those that gates ask for, in the order of Origin.Policies. They add
	// neither stages nor items.
	Policies []*PolicyDocument
}

// Origin is what a plan is composed of. Two plans of the same origin are the
// same.
type Origin struct {
	Lifecycle Ref       `json:"lifecycle"`
	Modules   []Ref     `json:"modules,omitempty"` // in the order of their keys
	Tailoring Tailoring `json:"tailoring,omitzero"`
	// Definition is the readiness definition; the zero Ref where there is none.
	Definition Ref   `json:"definition,omitzero"`
	Policies   []Ref `json:"policies,omitempty"` // in the order of their keys
	// Environments are those of the project, in the order in which they came, with those
	// that are retired.
	Environments []Environment `json:"environments,omitempty"`
}

// Digest names the origin: the lifecycle's own digest where there is nothing
// else, and else the SHA-256 of the origin's JSON, hexadecimal.
func (o Origin) Digest() (string, error) {
	if len(o.Modules)+len(o.Policies)+len(o.Environments) == 0 && o.Tailoring.IsZero() && o.Definition == (Ref{}) {
		return o.Lifecycle.Digest, nil
	}
	b, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("encoding what a plan is made of: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Module is the version of a module that the plan has; the zero Ref when it has
// none.
func (o Origin) Module(key string) Ref { return among(o.Modules, key) }

// Policy is the version of a policy that the plan has; the zero Ref when it has none.
func (o Origin) Policy(key string) Ref { return among(o.Policies, key) }

func among(refs []Ref, key string) Ref {
	for _, ref := range refs {
		if ref.Key == key {
			return ref
		}
	}
	return Ref{}
}

// With is the origin with a module, in place of another version of it.
func (o Origin) With(module Ref) Origin {
	o.Modules = with(o.Modules, module)
	return o
}

// Without is the origin without a module.
func (o Origin) Without(key string) Origin {
	o.Modules = without(o.Modules, key)
	return o
}

// On is the origin with another version of its lifecycle.
func (o Origin) On(lifecycle Ref) Origin {
	o.Lifecycle = lifecycle
	return o
}

// Defined is the origin with a readiness definition.
func (o Origin) Defined(definition Ref) Origin {
	o.Definition = definition
	return o
}

// WithPolicy is the origin with a policy, in place of another version of it.
func (o Origin) WithPolicy(policy Ref) Origin {
	o.Policies = with(o.Policies, policy)
	return o
}

// WithoutPolicy is the origin without a policy.
func (o Origin) WithoutPolicy(key string) Origin {
	o.Policies = without(o.Policies, key)
	return o
}

// with keeps references in the order of their keys.
func with(refs []Ref, ref Ref) []Ref {
	refs = without(refs, ref.Key)
	at, _ := slices.BinarySearchFunc(refs, ref.Key, func(a Ref, key string) int { return cmp.Compare(a.Key, key) })
	return slices.Insert(refs, at, ref)
}

func without(refs []Ref, key string) []Ref {
	refs = slices.DeleteFunc(slices.Clone(refs), func(ref Ref) bool { return ref.Key == key })
	if len(refs) == 0 {
		return nil
	}
	return refs
}

// Find is an item of the plan with its stage; nil when there is none.
func (t *Lifecycle) Find(k ItemKey) (*Item, *Stage) {
	for i := range t.Stages {
		s := &t.Stages[i]
		if at := s.Place(k); at >= 0 {
			return &s.Items[at], s
		}
	}
	return nil, nil
}

// Placed is an item of a plan with its stage.
type Placed struct {
	Item  *Item
	Stage *Stage
}

// Showing are the items of the plan that something outside names by a key: the one of
// that key, or else one that had it before; of an item that is asked for environments,
// each. None when there is no such item.
func (t *Lifecycle) Showing(k ItemKey) []Placed {
	if it, s := t.Find(k); it != nil {
		return []Placed{{it, s}}
	}
	if out := t.those(func(it *Item) bool { return it.Environment != nil && it.Key.Bare() == k }); len(out) > 0 {
		return out
	}
	out := t.those(func(it *Item) bool {
		return slices.Contains(it.Was, k) || it.Environment != nil && slices.Contains(it.Was, k.In(it.Environment.Key))
	})
	if len(out) > 0 && out[0].Item.Environment == nil {
		return out[:1]
	}
	return out
}

func (t *Lifecycle) those(are func(*Item) bool) []Placed {
	var out []Placed
	for i := range t.Stages {
		for j := range t.Stages[i].Items {
			if it := &t.Stages[i].Items[j]; are(it) {
				out = append(out, Placed{it, &t.Stages[i]})
			}
		}
	}
	return out
}

// Shows reports whether any item shows a requirement of a policy.
func (t *Lifecycle) Shows(q *Requirement) bool {
	return slices.ContainsFunc(q.Items, func(k ItemKey) bool { return len(t.Showing(k)) > 0 })
}

// Bare is the plan of a lifecycle alone. ref is the lifecycle's.
func Bare(l *Lifecycle, ref Ref) *Plan {
	return &Plan{Lifecycle: *l, Origin: Origin{Lifecycle: ref}, Base: l}
}

// Ref is that of the lifecycle which the plan rests on.
func (p *Plan) Ref() Ref { return p.Origin.Lifecycle }
