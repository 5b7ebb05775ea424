package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// packQualities writes the counts of all stages for the portfolio's row: how many qualities there
// are, and of each stage what each of them asks and what is done. Few numbers are above 127, so
// each takes a byte: an array of numbers would take six, in every row that a tick writes.
func packQualities(stages []review.StageRollup) []byte {
	out := make([]byte, 0, 1+2*len(stages)*len(review.Qualities{}))
	out = binary.AppendUvarint(out, uint64(len(review.Qualities{})))
	for i := range stages {
		for _, n := range stages[i].Qualities {
			out = binary.AppendUvarint(out, uint64(n.Asked))
			out = binary.AppendUvarint(out, uint64(n.Done))
		}
	}
	return out
}

// readQualities hands on the counts of so many stages. What was written when there were other qualities, or
// before there were any, counts nothing until the sweep writes it.
func readQualities(b []byte, stages int, each func(stage, quality int, n review.QualityCount)) {
	next := func() uint64 {
		n, size := binary.Uvarint(b)
		b = b[max(0, size):]
		return n
	}
	if next() != uint64(len(review.Qualities{})) {
		return
	}
	for i := range stages {
		for j := range len(review.Qualities{}) {
			each(i, j, review.QualityCount{Asked: int16(next()), Done: int16(next())})
		}
	}
}

// sumQualities are the counts of a project.
func sumQualities(b []byte, stages int) (sum review.Qualities) {
	readQualities(b, stages, func(_, quality int, n review.QualityCount) {
		sum[quality].Asked += n.Asked
		sum[quality].Done += n.Done
	})
	return sum
}

// WeakestShown is how many of the projects that lack most of a quality are named.
const WeakestShown = 3

// QualityTotal is what the projects of the portfolio amount to in a quality.
type QualityTotal struct {
	Quality     string // of [plan.Qualities]
	Projects    int    // that are asked for something
	Asked, Done int    // required items
	Weakest     []WeakProject
}

// WeakProject is one that has little of a quality done, of what it is asked for.
type WeakProject struct {
	Key  review.ProjectKey
	Name string
	review.QualityCount
	id review.ProjectID
}

// compare orders them: the smallest share first, of equal shares what lacks more.
func (w *WeakProject) compare(other *WeakProject) int {
	return cmp.Or(
		cmp.Compare(int(w.Done)*int(other.Asked), int(other.Done)*int(w.Asked)),
		cmp.Compare(other.Asked, w.Asked),
		cmp.Compare(w.id, other.id),
	)
}

// QualitiesView are the projects that a filter leaves, by quality.
type QualitiesView struct {
	GroupsView // without groups
	Qualities  []QualityTotal
}

// PortfolioQualities counts the required items of the projects that the person may see, by quality.
func (s *Store) PortfolioQualities(ctx context.Context, by By, f PortfolioFilter) (*QualitiesView, error) {
	out := &QualitiesView{}
	tally, err := s.tally(ctx, by, f, &out.Viewer, &out.Teams, &out.Views)
	if err != nil {
		return nil, err
	}
	out.Tmpl, out.Totals, out.Tags = tally.tmpl, tally.strip(out.Now), tally.tags()
	out.Qualities = tally.qualities(out.Now)
	return out, s.nameWeakest(ctx, by, out.Qualities)
}

// qualities are the totals of all projects, the smallest share first; those without projects are left out.
func (t *tally) qualities(now time.Time) []QualityTotal {
	out := make([]QualityTotal, len(review.Qualities{}))
	for i, word := range plan.Qualities() {
		out[i].Quality = word
	}
	t.each(now, func(p *standing, is facts) {
		if !t.filter.leaves(p, is) {
			return
		}
		for i, n := range p.qualities {
			if n.Asked == 0 {
				continue
			}
			q := &out[i]
			q.Projects++
			q.Asked += int(n.Asked)
			q.Done += int(n.Done)
			if n.Done < n.Asked && p.status != review.StatusStopped { // nobody goes on with a stopped one
				q.Weakest = keepFirst(q.Weakest, WeakestShown, WeakProject{QualityCount: n, id: p.id}, func(a, b WeakProject) int { return a.compare(&b) })
			}
		}
	})
	out = slices.DeleteFunc(out, func(q QualityTotal) bool { return q.Projects == 0 })
	slices.SortStableFunc(out, func(a, b QualityTotal) int { return cmp.Compare(a.Done*b.Asked, b.Done*a.Asked) })
	return out
}

// keepFirst puts a value into a sorted list that has at most so many.
func keepFirst[T any](list []T, most int, v T, compare func(a, b T) int) []T {
	at, _ := slices.BinarySearchFunc(list, v, compare)
	if at == most {
		return list
	}
	if len(list) == most {
		list = list[:most-1]
	}
	return slices.Insert(list, at, v)
}

// nameWeakest reads the names of the projects that are listed. Who may not see one any longer, since
// the counts may be a second old, does not get it.
func (s *Store) nameWeakest(ctx context.Context, by By, qualities []QualityTotal) error {
	ids := []int64{}
	for _, q := range qualities {
		for _, w := range q.Weakest {
			ids = append(ids, int64(w.id))
		}
	}
	rows, err := s.pool.Query(ctx, `with `+meSQL+`
		select f.project_id, f.key, `+nameSQL(`f`)+` from portfolio f, me where f.project_id = any($4) and `+visibleSQL, by.token[:], by.person, s.idle, ids)
	if err != nil {
		return fmt.Errorf("reading names: %w", err)
	}
	named := map[review.ProjectID]WeakProject{}
	var w WeakProject
	if _, err := pgx.ForEachRow(rows, []any{(*int64)(&w.id), (*string)(&w.Key), &w.Name}, func() error {
		named[w.id] = w
		return nil
	}); err != nil {
		return fmt.Errorf("reading names: %w", err)
	}
	for i := range qualities {
		q := &qualities[i]
		q.Weakest = slices.DeleteFunc(q.Weakest, func(w WeakProject) bool { return named[w.id].Key == "" })
		for j := range q.Weakest {
			q.Weakest[j].Key, q.Weakest[j].Name = named[q.Weakest[j].id].Key, named[q.Weakest[j].id].Name
		}
	}
	return nil
}
