package store

import (
	"cmp"
	"maps"
	"slices"
)

// TagsListed is the most tags that are offered to filter by.
const TagsListed = 100

// tags are those of the projects that the person may see, by name; where there are more
// than [TagsListed], those of the most projects.
func (t *tally) tags() []string {
	t.of.mu.RLock()
	defer t.of.mu.RUnlock()
	count := map[string]int{}
	for i := range t.of.of {
		p := &t.of.of[i]
		if len(p.tags) == 0 || !t.rights.sees(p) {
			continue
		}
		for _, tag := range p.tags {
			count[tag]++
		}
	}
	tags := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	tags = tags[:min(len(tags), TagsListed)]
	slices.Sort(tags)
	return tags
}
