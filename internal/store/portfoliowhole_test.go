package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// The whole list is what its pages show one after the other, in every order, and of every
// reader only what they see.
func TestTheWholePortfolioIsItsPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	for i := range store.PortfolioPage + 5 {
		f.create(fmt.Sprintf("project-%02d", i))
	}
	f.start("project-hidden", func(p *review.NewProject) { p.Restricted = true })
	for _, order := range []store.PortfolioSort{
		store.SortDue, store.SortName, store.SortTeam, store.SortOwner, store.SortTier, store.SortReady, store.SortBlocked, store.SortSince,
	} {
		for _, who := range []string{"olga", "eng", "out"} {
			filter := store.PortfolioFilter{Sort: order, Desc: order == store.SortName}
			var pages []store.PortfolioRow
			for more := true; more; {
				filter.Page++
				v, err := f.Portfolio(ctx, f.as(who), filter)
				if err != nil {
					t.Fatal(err)
				}
				pages, more = append(pages, v.Rows...), v.More
			}
			for _, stretch := range []int{7, 500} {
				var whole []store.PortfolioRow
				calls := 0
				if err := f.WholePortfolio(ctx, f.as(who), filter, stretch, func(v *store.PortfolioView) error {
					calls++
					for i := range v.Rows {
						if v.Names.Of(v.Rows[i].Owner) == "" {
							t.Errorf("the owner of %s has no name", v.Rows[i].Key)
						}
					}
					whole = append(whole, v.Rows...)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(whole, pages) {
					t.Errorf("%s by %s in stretches of %d: %d projects, the pages have %d, or others", who, order, stretch, len(whole), len(pages))
				}
				if calls == 0 {
					t.Errorf("%s: nobody says that there is nothing", who)
				}
			}
		}
	}
}

func TestTheWholePortfolioStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("one")
	f.create("two")
	gone := errors.New("gone")
	calls := 0
	err := f.WholePortfolio(context.Background(), f.as("olga"), store.PortfolioFilter{}, 1, func(*store.PortfolioView) error {
		calls++
		return gone
	})
	if !errors.Is(err, gone) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if err := f.WholePortfolio(context.Background(), store.BySession(store.HashToken("nobody")), store.PortfolioFilter{}, 1, func(*store.PortfolioView) error { return nil }); !errors.Is(err, store.ErrNoSession) {
		t.Errorf("nobody gets %v", err)
	}
}
