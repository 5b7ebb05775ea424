package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Asked says since when the plan asks items that it did not ask from the
// project's start: what lacks since yesterday is nobody's old debt.
type Asked struct {
	Since   time.Time      `json:"since"`
	Earlier bool           `json:"earlier,omitempty"` // in a review before this one
	Items   []plan.ItemKey `json:"items"`             // sorted
}

// askedLater is the entry of an item that the plan asks since it was changed; nil
// when it asks it from the project's start.
func (r *Review) askedLater(k plan.ItemKey) *Asked {
	for i := range r.Asked {
		if _, found := slices.BinarySearch(r.Asked[i].Items, k); found {
			return &r.Asked[i]
		}
	}
	return nil
}

// askedSince is when the plan began to ask an item.
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
	note := func(since time.Time, earlier bool, k plan.ItemKey) {
		i := slices.IndexFunc(out, func(a Asked) bool { return a.Since.Equal(since) && a.Earlier == earlier })
		if i < 0 {
			i = len(out)
			out = append(out, Asked{Since: since, Earlier: earlier})
		}
		out[i].Items = append(out[i].Items, k)
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
	for i := range out {
		slices.Sort(out[i].Items)
	}
	slices.SortFunc(out, func(a, b Asked) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Items[0], b.Items[0])) })
	return out
}
