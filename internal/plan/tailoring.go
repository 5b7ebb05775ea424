package plan

import (
	"cmp"
	"slices"
	"strings"
)

// OwnPrefix begins the keys of items that a project added itself.
const OwnPrefix = "own-"

// Own reports whether a project added the item itself.
func (k ItemKey) Own() bool { return strings.HasPrefix(string(k), OwnPrefix) }

// Tailoring is what a project made of its plan itself. Who asked for it, why,
// and who approved it are on the trail.
type Tailoring struct {
	Own     []OwnItem     `json:"own,omitempty"`     // in the order in which they were added
	Raised  []RaisedItem  `json:"raised,omitempty"`  // by key
	Lowered []LoweredItem `json:"lowered,omitempty"` // by key
	Core    []ItemKey     `json:"core,omitempty"`    // that the project wants to keep whatever comes; by key
}

// OwnItem is an item that a project added to a stage.
type OwnItem struct {
	Stage StageKey `json:"stage"`
	Item
}

// RaisedItem is an item that weighs at least Level, whatever the tier.
type RaisedItem struct {
	Item  ItemKey `json:"item"`
	Level Level   `json:"level"`
}

// LoweredItem is an item that weighs at most Level; none: it does not apply.
// That was approved for a project of a tier, and holds for it and for less
// critical ones.
type LoweredItem struct {
	Item  ItemKey `json:"item"`
	Level Level   `json:"level,omitempty"`
	Tier  Tier    `json:"tier"`
}

// IsZero reports whether the plan is as its documents have it.
func (t Tailoring) IsZero() bool {
	return len(t.Own) == 0 && len(t.Raised) == 0 && len(t.Lowered) == 0 && len(t.Core) == 0
}

// Raise makes an item weigh more. Where it was lowered, that is undone as far as
// it takes: what was lowered to optional and is raised to recommended is
// recommended, whatever the documents say.
func (t Tailoring) Raise(k ItemKey, to Level) Tailoring {
	before := t
	t = t.Unset(k)
	if i := slices.IndexFunc(before.Lowered, func(l LoweredItem) bool { return l.Item == k }); i >= 0 && to != LevelMust {
		t = t.lower(LoweredItem{k, to, before.Lowered[i].Tier})
	}
	return t.raise(RaisedItem{k, heavier(to, before.raised(k))})
}

// Lower makes an item weigh less at a tier and at less critical ones, in place of
// what it was lowered to before. At others it stays raised.
func (t Tailoring) Lower(k ItemKey, to Level, tier Tier) Tailoring {
	level := t.raised(k)
	t = t.Unset(k).lower(LoweredItem{k, to, tier})
	if level == LevelNone {
		return t
	}
	return t.raise(RaisedItem{k, level})
}

// raised is the level to which an item was raised; none when it was not.
func (t Tailoring) raised(k ItemKey) Level {
	for _, r := range t.Raised {
		if r.Item == k {
			return r.Level
		}
	}
	return LevelNone
}

func (t Tailoring) raise(r RaisedItem) Tailoring {
	at, _ := slices.BinarySearchFunc(t.Raised, r.Item, func(r RaisedItem, k ItemKey) int { return cmp.Compare(r.Item, k) })
	t.Raised = slices.Insert(slices.Clone(t.Raised), at, r)
	return t
}

func (t Tailoring) lower(l LoweredItem) Tailoring {
	at, _ := slices.BinarySearchFunc(t.Lowered, l.Item, func(l LoweredItem, k ItemKey) int { return cmp.Compare(l.Item, k) })
	t.Lowered = slices.Insert(slices.Clone(t.Lowered), at, l)
	return t
}

// Unset takes back what was set for an item's level.
func (t Tailoring) Unset(k ItemKey) Tailoring {
	t.Raised = nilIfEmpty(slices.DeleteFunc(slices.Clone(t.Raised), func(r RaisedItem) bool { return r.Item == k }))
	t.Lowered = nilIfEmpty(slices.DeleteFunc(slices.Clone(t.Lowered), func(l LoweredItem) bool { return l.Item == k }))
	return t
}

// Add adds an item of the project's own.
func (t Tailoring) Add(stage StageKey, item Item) Tailoring {
	t.Own = append(slices.Clone(t.Own), OwnItem{stage, item})
	return t
}

// Drop takes an own item away.
func (t Tailoring) Drop(k ItemKey) Tailoring {
	t.Own = nilIfEmpty(slices.DeleteFunc(slices.Clone(t.Own), func(o OwnItem) bool { return o.Key == k }))
	return t.Unset(k).Keep(k, false)
}

// Keep marks an item as core, or takes that back.
func (t Tailoring) Keep(k ItemKey, core bool) Tailoring {
	t.Core = nilIfEmpty(slices.DeleteFunc(slices.Clone(t.Core), func(c ItemKey) bool { return c == k }))
	if core {
		at, _ := slices.BinarySearch(t.Core, k)
		t.Core = slices.Insert(t.Core, at, k)
	}
	return t
}

func nilIfEmpty[E any](s []E) []E {
	if len(s) == 0 {
		return nil
	}
	return s
}
