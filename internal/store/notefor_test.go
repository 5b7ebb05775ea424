package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/migrations"
)

// Notes from before the column know from the trail for which answer they were
// written.
func TestNotesOfOldKnowTheirAnswer(t *testing.T) {
	f, ctx := newFixture(t), context.Background()
	f.create("ledger")
	answer := func(item plan.ItemKey, to review.State, note string) {
		t.Helper()
		_, err := f.Change(ctx, f.as("olga"), store.Target{Project: "ledger", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Answer(who, "idea", item, to, note, r.Stage("idea").Item(item).Answer.Version, at)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	answer("scope-set", review.NotMet, "Not yet")
	answer("scope-set", review.Met, "Not yet")
	answer("demo-shown", review.NotMet, "Not yet")
	answer("demo-shown", review.Met, "Shown")
	answer("risks-listed", review.Met, "")
	db, err := sql.Open("pgx", f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := func() (out string) {
		t.Helper()
		if err := db.QueryRowContext(ctx, `select string_agg(item || '=' || note_for, ' ' order by item) from item`).Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	const want = "demo-shown=met risks-listed= scope-set=not-met"
	if got := read(); got != want {
		t.Errorf("written: %s", got)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(ctx, 14); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != want {
		t.Errorf("found again on the trail: %s", got)
	}
}
