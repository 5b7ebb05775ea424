package seed

import (
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Far pages of a long portfolio are read from its end. In every order, page
// after page lists each project once, and whatever lies beyond the last page is
// the last page.
func TestPagesHaveNoGaps(t *testing.T) {
	w, conn := newWorld(t)
	ctx := t.Context()
	if err := w.Fresh(ctx, "fresh"); err != nil {
		t.Fatal(err)
	}
	const projects = 30*store.PortfolioPage + 7
	if err := Copy(ctx, conn, []Pattern{{Key: "fresh", Copies: projects - 1}}); err != nil {
		t.Fatal(err)
	}
	if err := Vary(ctx, conn, w.Busy); err != nil {
		t.Fatal(err)
	}
	sorts := []store.PortfolioSort{store.SortDue, store.SortName, store.SortTeam, store.SortOwner, store.SortTier, store.SortReady, store.SortBlocked, store.SortSince}
	for i, f := range append(slices.Repeat([]store.PortfolioFilter{{}}, 2*len(sorts)), store.PortfolioFilter{Tier: 2}) {
		f.Sort, f.Desc = sorts[i/2%len(sorts)], i%2 == 1
		var keys []review.ProjectKey
		more := true
		for f.Page = 1; more; f.Page++ {
			v, err := w.Store.Portfolio(ctx, By(w.Busy), f)
			if err != nil {
				t.Fatal(err)
			}
			if v.Page != f.Page || len(v.Rows) == 0 {
				t.Fatalf("%s: page %d has %d rows and calls itself %d", f.Sort, f.Page, len(v.Rows), v.Page)
			}
			for _, r := range v.Rows {
				keys = append(keys, r.Key)
			}
			more = v.More
		}
		beyond := f
		beyond.Page = 9_000
		v, err := w.Store.Portfolio(ctx, By(w.Busy), beyond)
		if err != nil || v.Page != f.Page-1 || v.More || len(v.Rows) == 0 || v.Rows[len(v.Rows)-1].Key != keys[len(keys)-1] {
			t.Errorf("%s: beyond the end is page %d of %d: %v", f.Sort, v.Page, f.Page-1, err)
		}
		listed := len(keys)
		slices.Sort(keys)
		if keys = slices.Compact(keys); len(keys) != listed || f.Tier == 0 && listed != projects {
			t.Errorf("%s, desc %v: %d rows of %d projects, want %d", f.Sort, f.Desc, listed, len(keys), projects)
		}
	}
}
