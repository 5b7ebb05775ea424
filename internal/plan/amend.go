package plan

import "strings"

// Amendment is a change that somebody outside a document proposes to one of its items,
// or an item that they propose beside it.
type Amendment struct {
	Item ItemKey // that it changes, or beside which the new one goes
	Part ItemPart
	Text string // how the part should read; of a new item, its title, and below when it is done
}

// ItemPart is a part of an item that an amendment words anew.
type ItemPart string

// The parts of an item.
const (
	PartTitle ItemPart = "title"
	PartWhy   ItemPart = "why"
	PartDone  ItemPart = "done"
	PartShow  ItemPart = "show"
	PartNew   ItemPart = "new" // an item beside it
)

// of is the part of an item; nil: it has none of that name.
func (p ItemPart) of(it *Item) *string {
	switch p {
	case PartTitle:
		return &it.Title
	case PartWhy:
		return &it.Why
	case PartDone:
		return &it.Done
	case PartShow:
		return &it.Show
	}
	return nil
}

// Title is that of a new item.
func (a Amendment) Title() string {
	title, _, _ := strings.Cut(a.Text, "\n")
	return strings.TrimSpace(title)
}

// done is when a new item is done.
func (a Amendment) done() string {
	_, done, _ := strings.Cut(a.Text, "\n")
	return strings.TrimSpace(done)
}

// Find is the item of a document that has a key now or had it once; nil when there is
// none.
func (d Document) Find(k ItemKey) (*Item, StageKey) {
	if it, in := d.Item(k); it != nil {
		return it, in
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			for _, was := range it.Was {
				if was == k {
					return it, s.Key
				}
			}
		}
	}
	return nil, ""
}

// Says is what a document has where an amendment would change it: of a new item, what
// the one of that title says. false when it does not have the item that the amendment
// is about.
func (d Document) Says(a Amendment) (string, bool) {
	it, _ := d.Find(a.Item)
	if it == nil {
		return "", false
	}
	if a.Part != PartNew {
		part := a.Part.of(it)
		if part == nil {
			return "", false
		}
		return *part, true
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if it.Title == a.Title() {
				return strings.TrimSpace(it.Title + "\n" + it.Done), true
			}
		}
	}
	return "", true
}

// Concerned is the key of the item that an amendment words anew, or that is new by it;
// empty where a document has no such item.
func (d Document) Concerned(a Amendment) ItemKey {
	if a.Part != PartNew {
		if it, _ := d.Find(a.Item); it != nil {
			return it.Key
		}
		return ""
	}
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if it.Title == a.Title() {
				return it.Key
			}
		}
	}
	return ""
}

// Amended reports whether a document says what an amendment proposes.
func (d Document) Amended(a Amendment) bool {
	says, there := d.Says(a)
	if a.Part == PartNew {
		return there && says == strings.TrimSpace(a.Title()+"\n"+a.done())
	}
	return there && says == a.Text
}

// Amend has a draft say what an amendment proposes, and returns the item that does.
// key is what a new item is called; it is required at every tier until somebody says
// otherwise.
func (d Document) Amend(a Amendment, key ItemKey) (ItemKey, error) {
	it, in := d.Find(a.Item)
	if it == nil {
		return "", conflict("%s no longer has the item %s.", d.Name(), a.Item)
	}
	if a.Part != PartNew {
		part := a.Part.of(it)
		if part == nil {
			return "", conflict("Items have no part %s.", a.Part)
		}
		*part = a.Text
		return it.Key, nil
	}
	if says, _ := d.Says(a); says != "" {
		return "", conflict("%s has an item of this title already.", d.Name())
	}
	s, _ := d.Section(in)
	before := ItemKey("")
	for i, o := range s.Items {
		if o.Key == it.Key && i+1 < len(s.Items) {
			before = s.Items[i+1].Key
		}
	}
	must := [3]Level{LevelMust, LevelMust, LevelMust}
	return key, d.Insert(Item{Key: key, Title: a.Title(), Done: a.done(), Levels: must}, in, before)
}
