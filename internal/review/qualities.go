package review

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// qualities is how many words [plan.Qualities] has.
const qualities = 11

// QualityCount is how many required items of a quality apply, and how many of them are satisfied.
type QualityCount struct{ Asked, Done int16 }

// Qualities are the counts of each quality, in the order of [plan.Qualities]. An item of several
// qualities counts in each.
type Qualities [qualities]QualityCount

// Add adds the counts of another stage or project.
func (q *Qualities) Add(other *Qualities) {
	for i := range q {
		q[i].Asked += other[i].Asked
		q[i].Done += other[i].Done
	}
}

// count counts a required item; words are [plan.Qualities].
func (q *Qualities) count(it *plan.Item, words []string, done int16) {
	for _, word := range it.Quality {
		if i := slices.Index(words, word); i >= 0 {
			q[i].Asked++
			q[i].Done += done
		}
	}
}
