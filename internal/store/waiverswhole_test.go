package store_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// The whole register and the whole trail are what their pages show, in stretches of any
// length, and of every reader only what they see.
func TestWholeListsAreTheirPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	for _, key := range []review.ProjectKey{"one", "two", "three", "four", "five"} {
		f.create(string(key))
		f.askWaiver("olga", key, "risks-listed", time.Now().UTC().AddDate(0, 0, 30))
	}
	f.decideWaiver("pat", "two", grantFirst)
	f.start("hidden", func(p *review.NewProject) { p.Restricted = true })
	f.askWaiver("olga", "hidden", "risks-listed", time.Now().UTC().AddDate(0, 0, 30))
	one, err := store.Open(ctx, f.db.AppURL, store.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(one.Close)
	for who, n := range map[string]int{"olga": 6, "eng": 5, "out": 0} {
		_, listed := f.waivers(f.as(who), store.WaiverFilter{})
		for _, stretch := range []int{1, 2, 500} {
			whole, calls := []store.WaiverRow{}, 0
			if err := f.WholeWaivers(ctx, f.as(who), store.WaiverFilter{}, stretch, func(v *store.WaiversView) error {
				whole, calls = append(whole, v.Rows...), calls+1
				for i := range v.Rows {
					if v.Names.Of(v.Rows[i].Waiver.RequestedBy) == "" {
						t.Error("whoever asked has no name")
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if len(whole) != n || calls == 0 || !reflect.DeepEqual(whole, listed.Rows) {
				t.Errorf("%s in stretches of %d: %d waivers, the register has %d, or others", who, stretch, len(whole), len(listed.Rows))
			}
		}
	}
	for range 2 { // on the one connection that has read the portfolio so
		if err := one.WholePortfolio(ctx, f.as("eng"), store.PortfolioFilter{}, 500, func(*store.PortfolioView) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := one.WholeWaivers(ctx, f.as("eng"), store.WaiverFilter{}, 500, func(*store.WaiversView) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	page, err := f.History(ctx, f.as("eng"), "two", store.HistoryFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var whole []review.Entry
	if err := f.WholeHistory(ctx, f.as("eng"), "two", store.HistoryFilter{}, 2, func(v *store.HistoryView) error {
		whole = append(whole, v.Entries...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(whole, page.Entries) {
		t.Errorf("%d entries, the trail has %d, or others", len(whole), len(page.Entries))
	}
}
