package plan

import "slices"

// OwnPrefix begins the keys of items that a project added itself.
const OwnPrefix = "own-"

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

// Raise makes an item weigh more, in place of what was set for it before.
func (t Tailoring) Raise(k ItemKey, to Level) Tailoring {
	t = t.Unset(k)
	at, _ := slices.BinarySearchFunc(t.Raised, k, func(r RaisedItem, k ItemKey) int { return compareText(r.Item, k) })
	t.Raised = slices.Insert(t.Raised, at, RaisedItem{k, to})
	return t
}

// Lower makes an item weigh less, in place of what was set for it before.
func (t Tailoring) Lower(k ItemKey, to Level, tier Tier) Tailoring {
	t = t.Unset(k)
	at, _ := slices.BinarySearchFunc(t.Lowered, k, func(l LoweredItem, k ItemKey) int { return compareText(l.Item, k) })
	t.Lowered = slices.Insert(t.Lowered, at, LoweredItem{k, to, tier})
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

func compareText[A, B ~string](a A, b B) int {
	switch {
	case string(a) < string(b):
		return -1
	case string(a) > string(b):
		return 1
	}
	return 0
}
