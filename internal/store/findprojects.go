package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
)

// find looks through the names of all projects that somebody may see, and returns the first
// [SearchMost] of those that have the words of a search, and one more where there is one. A word that
// every project has would have the database read, rank and sort all of them.
func (t *standings) find(q *searchedWords, who *sight) []FoundProject {
	t.readWords()
	t.mu.RLock()
	defer t.mu.RUnlock()
	type found struct {
		at, rank int
		own      bool
	}
	compare := func(a, b found) int {
		p, o := &t.of[a.at], &t.of[b.at]
		return cmp.Or(
			a.rank-b.rank, ownBefore(a.own, b.own), ownBefore(p.status != review.StatusStopped, o.status != review.StatusStopped),
			strings.Compare(p.search, o.search), cmp.Compare(p.id, o.id),
		)
	}
	var best []found
	name := strings.Join(q.folded, " ")
	for i := range t.of {
		p := &t.of[i]
		if !q.allIn(p.words) || !who.sees(p) {
			continue
		}
		f := found{i, q.rank(p, name), who.own[p.id]}
		if len(best) > SearchMost && compare(f, best[SearchMost]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, f, compare)
		best = slices.Insert(best, at, f)
		best = best[:min(len(best), SearchMost+1)]
	}
	out := make([]FoundProject, len(best))
	for i, f := range best {
		p := &t.of[f.at]
		out[i] = FoundProject{FoundIn: FoundIn{id: p.id, Own: f.own}, Team: p.team, Status: p.status, rank: f.rank}
	}
	return out
}

// rank is how well a project fits that has the words: the lower the better.
func (q *searchedWords) rank(p *standing, name string) int {
	switch {
	case p.key == q.key:
		return 0
	case p.search == name:
		return 1
	case strings.HasPrefix(p.key, q.key), strings.HasPrefix(p.words, " "+q.whole):
		return 2
	case strings.Contains(p.words, " "+q.whole):
		return 3
	}
	return 4
}

// readWords makes the words of those projects that have none yet: only the search needs them. Most
// often none lacks them, and nobody is held up.
func (t *standings) readWords() {
	t.mu.RLock()
	all := t.worded == len(t.of)
	t.mu.RUnlock()
	if all {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := t.worded; i < len(t.of); i++ {
		t.of[i].setWords()
	}
	t.worded = len(t.of)
}

func (p *standing) setWords() { p.words = ProjectWords(p.search, p.key, p.tags) }

// used are those of the documents by which projects go that somebody may see. It knows lifecycles only.
func (t *standings) used(keys []string, who *sight) (used []string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i := range t.of {
		p := &t.of[i]
		if slices.Contains(keys, p.ref.Key) && !slices.Contains(used, p.ref.Key) && who.sees(p) {
			if used = append(used, p.ref.Key); len(used) == len(keys) {
				break
			}
		}
	}
	return used
}
