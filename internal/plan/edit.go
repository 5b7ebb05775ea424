package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseDraft reads a document that is still being written. Unlike those of
// [ParseDocument], it can be changed and published anew.
func ParseDraft(kind Kind, b []byte) (Document, error) {
	var d Document
	var into any
	switch kind {
	case KindLifecycle:
		d.Lifecycle = &Lifecycle{}
		into = d.Lifecycle
	case KindModule:
		d.Module = &Module{}
		into = d.Module
	case KindDefinition:
		d.Definition = &Definition{}
		into = d.Definition
	case KindPolicy:
		d.Policy = &PolicyDocument{}
		into = d.Policy
	default:
		return Document{}, fmt.Errorf("reading a draft: %q is no kind of document", kind)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return Document{}, fmt.Errorf("reading a draft: %w", err)
	}
	return d, nil
}

// Draft is a copy of a document to be changed, without a version.
func (d Document) Draft() (Document, error) {
	b, err := d.Bytes()
	if err != nil {
		return Document{}, err
	}
	out, err := ParseDraft(d.Kind(), b)
	if err != nil {
		return Document{}, err
	}
	out.Number(0)
	if out.Lifecycle != nil {
		out.Lifecycle.Kind = KindLifecycle // older versions do not say it
	}
	return out, nil
}

// As is a draft of a document of another key, which has no earlier versions. Items
// of a module get keys that begin with the new one.
func (d Document) As(key, name string) (Document, error) {
	out, err := d.Draft()
	if err != nil {
		return Document{}, err
	}
	if def := out.Definition; def != nil {
		def.Key, def.Name = key, name
		return out, nil
	}
	if pol := out.Policy; pol != nil {
		pol.Key, pol.Name = key, name
		return out, nil
	}
	if m := out.Module; m != nil {
		for i := range m.Items {
			if rest, own := strings.CutPrefix(string(m.Items[i].Key), m.Key+"-"); own {
				m.Items[i].Key = ItemKey(key + "-" + rest)
			}
		}
		m.Key, m.Name = key, name
	} else {
		out.Lifecycle.Key, out.Lifecycle.Name = key, name
	}
	for _, s := range out.Sections() {
		for _, it := range s.Items {
			it.Was, it.SameAs = nil, nil
		}
	}
	return out, nil
}

// Number sets the version of a draft.
func (d Document) Number(version int) {
	switch {
	case d.Module != nil:
		d.Module.Version = version
	case d.Definition != nil:
		d.Definition.Version = version
	case d.Policy != nil:
		d.Policy.Version = version
	default:
		d.Lifecycle.Version = version
	}
}

// Key is the document's.
func (d Document) Key() string {
	switch {
	case d.Module != nil:
		return d.Module.Key
	case d.Definition != nil:
		return d.Definition.Key
	case d.Policy != nil:
		return d.Policy.Key
	}
	return d.Lifecycle.Key
}

// Summary is the document's.
func (d Document) Summary() string {
	switch {
	case d.Module != nil:
		return d.Module.Summary
	case d.Definition != nil:
		return d.Definition.Summary
	case d.Policy != nil:
		return d.Policy.Summary
	}
	return d.Lifecycle.Summary
}

// Questions are those that the document asks.
func (d Document) Questions() []Question {
	switch {
	case d.Module != nil:
		return d.Module.Flags
	case !d.Composed():
		return nil
	}
	return d.Lifecycle.Flags
}

// SetQuestions replaces them in a draft.
func (d Document) SetQuestions(all []Question) {
	switch {
	case d.Module != nil:
		d.Module.Flags = all
	case d.Lifecycle != nil:
		d.Lifecycle.Flags = all
	}
}

// NewLifecycle is the draft of a lifecycle to begin with: a stage for each phase,
// or one for all of them. It has no items.
func NewLifecycle(key, name string, phases bool) Document {
	l := &Lifecycle{Kind: KindLifecycle, Key: key, Name: name, Order: OrderAdvisory, SoD: true}
	if !phases {
		s := NewStage("work", "Work")
		s.Phases = Phases()
		l.Stages = []Stage{s}
		return Document{Lifecycle: l}
	}
	for _, p := range Phases() {
		s := NewStage(StageKey(p), p.Label())
		s.Phases = []Phase{p}
		l.Stages = append(l.Stages, s)
	}
	return Document{Lifecycle: l}
}

// NewStage is a stage to begin with. Engineering signs its gate.
func NewStage(key StageKey, name string) Stage {
	return Stage{Key: key, Name: name, Gate: Gate{
		Name: name + " is done", Quorums: [3]int{1, 1, 1},
		Seats: []GateSeat{{Seat: SeatEngineering, MandatoryAt: []Tier{TierCritical, TierStandard, TierStarter}}},
	}}
}

// NewModule is the draft of a module to begin with.
func NewModule(key, name string) Document {
	return Document{Module: &Module{Kind: KindModule, Key: key, Name: name}}
}

// Section is where items stand: a stage of a lifecycle, or a phase of a module.
type Section struct {
	Key   StageKey
	Name  string
	Items []*Item // in their order
}

// Sections are the stages of a lifecycle, or all phases of a module.
func (d Document) Sections() []Section {
	var out []Section
	if !d.Composed() {
		return nil
	}
	if m := d.Module; m != nil {
		for _, p := range Phases() {
			s := Section{Key: StageKey(p), Name: p.Label()}
			for i := range m.Items {
				if m.Items[i].Phase == p {
					s.Items = append(s.Items, &m.Items[i].Item)
				}
			}
			out = append(out, s)
		}
		return out
	}
	for i := range d.Lifecycle.Stages {
		st := &d.Lifecycle.Stages[i]
		s := Section{Key: st.Key, Name: st.Name, Items: make([]*Item, len(st.Items))}
		for j := range st.Items {
			s.Items[j] = &st.Items[j]
		}
		out = append(out, s)
	}
	return out
}

// Section is one of them; false when there is none of that key.
func (d Document) Section(k StageKey) (Section, bool) {
	all := d.Sections()
	i := slices.IndexFunc(all, func(s Section) bool { return s.Key == k })
	if i < 0 {
		return Section{}, false
	}
	return all[i], true
}

// Item is an item of a draft with the section that it is in; nil when there is none.
func (d Document) Item(k ItemKey) (*Item, StageKey) {
	for _, s := range d.Sections() {
		for _, it := range s.Items {
			if it.Key == k {
				return it, s.Key
			}
		}
	}
	return nil, ""
}

// Items counts the items.
func (d Document) Items() int {
	n := 0
	for _, s := range d.Sections() {
		n += len(s.Items)
	}
	return n
}

// Insert puts an item into a section of a draft, before another or at its end. The
// error says what is in the way.
func (d Document) Insert(it Item, in StageKey, before ItemKey) error {
	s, known := d.Section(in)
	if !known {
		return conflict("There is no stage %s.", in)
	}
	at := len(s.Items)
	if before != "" {
		at = slices.IndexFunc(s.Items, func(o *Item) bool { return o.Key == before })
		if at < 0 {
			return conflict("Item %s is no longer in this stage.", before)
		}
	}
	if d.Module == nil {
		st := &d.Lifecycle.Stages[d.Lifecycle.StageIndex(in)]
		st.Items, st.places = slices.Insert(st.Items, at, it), nil
		return nil
	}
	m := d.Module
	whole := len(m.Items)
	if at < len(s.Items) {
		whole = slices.IndexFunc(m.Items, func(o ModuleItem) bool { return o.Key == before })
	}
	m.Items = slices.Insert(m.Items, whole, ModuleItem{Phase: Phase(in), Item: it})
	return nil
}

// Remove takes an item out of a draft; false when there is none.
func (d Document) Remove(k ItemKey) (Item, bool) {
	if !d.Composed() {
		return Item{}, false
	}
	if m := d.Module; m != nil {
		i := slices.IndexFunc(m.Items, func(o ModuleItem) bool { return o.Key == k })
		if i < 0 {
			return Item{}, false
		}
		it := m.Items[i].Item
		m.Items = slices.Delete(m.Items, i, i+1)
		return it, true
	}
	for i := range d.Lifecycle.Stages {
		st := &d.Lifecycle.Stages[i]
		if j := slices.IndexFunc(st.Items, func(o Item) bool { return o.Key == k }); j >= 0 {
			it := st.Items[j]
			st.Items, st.places = slices.Delete(st.Items, j, j+1), nil
			return it, true
		}
	}
	return Item{}, false
}

// Move puts an item of a draft before another, or with none at the end of a
// section.
func (d Document) Move(k ItemKey, to StageKey, before ItemKey) error {
	if before == k {
		return nil
	}
	if _, known := d.Section(to); !known {
		return conflict("There is no stage %s.", to)
	}
	if _, in := d.Item(before); before != "" && in != to {
		return conflict("Item %s is no longer in this stage.", before)
	}
	it, there := d.Remove(k)
	if !there {
		return conflict("Item %s is no longer there.", k)
	}
	return d.Insert(it, to, before)
}

// Step moves an item of a draft by places within its section: -1 is up.
func (d Document) Step(k ItemKey, by int) error {
	_, in := d.Item(k)
	s, there := d.Section(in)
	if !there {
		return conflict("Item %s is no longer there.", k)
	}
	at := slices.IndexFunc(s.Items, func(o *Item) bool { return o.Key == k })
	to := min(max(at+by, 0), len(s.Items)-1)
	switch {
	case to == at:
		return nil
	case to > at:
		to++ // before whoever comes after that place
	}
	before := ItemKey("")
	if to < len(s.Items) {
		before = s.Items[to].Key
	}
	return d.Move(k, in, before)
}

// NewKey makes the key of a new item of its title: one that no item has.
func (d Document) NewKey(title string) ItemKey {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && b.Len() > 0:
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	word := b.String()
	if len(word) > 30 {
		word = word[:30]
	}
	word = strings.Trim(word, "-")
	if len(word) < 2 {
		word = "item"
	}
	prefix := ""
	if d.Module != nil {
		prefix = d.Module.Key + "-"
	}
	room := max(40-len(prefix)-5, 2) // five for a number
	if len(word) > room {
		word = strings.Trim(word[:room], "-")
	}
	for n := 1; ; n++ {
		key := ItemKey(prefix + word)
		if n > 1 {
			key += ItemKey("-" + strconv.Itoa(n))
		}
		if it, _ := d.Item(key); it == nil {
			return key
		}
	}
}
