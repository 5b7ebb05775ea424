package faults

import (
	"context"
	"testing"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
)

// A page is read while a change is written that touches two of the tables
// behind it. It shows what was there before or after, never some of each.
func TestAPageShowsOneMoment(t *testing.T) {
	w := newWorld(t)
	p, before := w.asked(t)
	look := gatemodel.Input{Op: gatemodel.ReadGate, Who: vic}
	tx, err := w.owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }() // after a commit it does nothing
	for _, statement := range []string{
		`lock table evidence in access exclusive mode`,
		`update item set note = 'Later.'`,
		`update evidence set title = 'Later.'`,
	} {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	seen := make(chan gatemodel.Output, 1)
	go func() {
		out, _ := w.do(context.Background(), 0, p, look)
		seen <- out
	}()
	if !eventually(patience, func() bool { return len(seen) > 0 || w.waitsFor(t, "relation") }) {
		t.Error("the page neither comes nor waits")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	meanwhile := (<-seen).Gate.Digest
	after := w.must(t, p, look).Gate.Digest
	if before == after || meanwhile != before && meanwhile != after {
		t.Errorf("the content was %.6s, then %.6s; the page shows %.6s", before, after, meanwhile)
	}
}
