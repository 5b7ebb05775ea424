package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Asked says since when the project is asked for items that it was not asked for from
// its start, because its plan or what it is has changed: what lacks since yesterday is nobody's old debt.
type Asked struct {
	Since   time.Time      `json:"since"`
	Earlier bool           `json:"earlier,omitempty"` // in a review before this one
	Items   []plan.ItemKey `json:"items"`             // sorted
}

// askedLater is the entry of an item that is asked since something changed; nil when
// it is asked from the project's start.
func (r *Review) askedLater(k plan.ItemKey) *Asked {
	for i := range r.Asked {
		if _, found := slices.BinarySearch(r.Asked[i].Items, k); found {
			return &r.Asked[i]
		}
	}
	return nil
}

// askedSince is when an item began to be asked.
func (r *Review) askedSince(k plan.ItemKey) time.Time {
	if later := r.askedLater(k); later != nil {
		return later.Since
	}
	return r.Project.Created
}

// askedSince is what [Review.Asked] says once the plan has changed at a moment. An item
// that was only moved or renamed is asked as long as it was; one that was left out
// and is asked again, from now on.
func (m *moving) askedSince(at time.Time) []Asked {
	source := make(map[plan.ItemKey]plan.ItemKey, len(m.taken))
	for from, to := range m.taken {
		source[to.Item] = from
	}
	var out []Asked
	note := func(from time.Time, earlier bool, k plan.ItemKey) {
		out = since(out, Asked{Since: from, Earlier: earlier, Items: []plan.ItemKey{k}})
	}
	for i := range m.to.Stages {
		for j := range m.to.Stages[i].Items {
			it := &m.to.Stages[i].Items[j]
			was := m.r.item(source[it.Def.Key])
			if was == nil || was.Level == plan.LevelNone && it.Level != plan.LevelNone {
				note(at, false, it.Def.Key)
			} else if later := m.r.askedLater(was.Def.Key); later != nil {
				note(later.Since, later.Earlier, it.Def.Key)
			}
		}
	}
	return out
}

// askedBefore is what [Review.Asked] says once an upgrade is taken back: as before it,
// but for what began to be asked after it.
func (m *moving) askedBefore(u *Upgrade) []Asked {
	out := u.Asked
	for _, a := range m.r.Asked {
		if !a.Since.After(u.At) {
			continue
		}
		still := Asked{Since: a.Since, Earlier: a.Earlier}
		for _, k := range a.Items {
			if to, ok := m.taken[k]; ok && m.to.item(to.Item) != nil {
				still.Items = append(still.Items, to.Item)
			}
		}
		out = since(out, still)
	}
	return out
}

// since is what is known of items with some more, which are nowhere else in it then.
// It leaves what it is given as it is, and sorts what it returns.
func since(known []Asked, more Asked) []Asked {
	if len(more.Items) == 0 {
		return known
	}
	out := make([]Asked, 0, len(known)+1)
	same := -1
	for _, a := range known {
		a.Items = slices.DeleteFunc(slices.Clone(a.Items), func(k plan.ItemKey) bool { return slices.Contains(more.Items, k) })
		if a.Since.Equal(more.Since) && a.Earlier == more.Earlier {
			same = len(out)
			a.Items = slices.Concat(a.Items, more.Items)
		}
		if len(a.Items) > 0 {
			out = append(out, a)
		}
	}
	if same < 0 {
		same, out = len(out), append(out, Asked{Since: more.Since, Earlier: more.Earlier, Items: slices.Clone(more.Items)})
	}
	slices.Sort(out[same].Items)
	slices.SortFunc(out, func(a, b Asked) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Items[0], b.Items[0])) })
	return out
}
