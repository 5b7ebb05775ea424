package store_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/store"
)

// Where a plan for any arguments is thought to cost more than one for those at hand, PostgreSQL
// plans a statement anew each time, and for a list that takes ten times as long as to carry
// it out. Whoever asks is one person, with a session or without: a plan that expects two
// expects twice as much of all that follows.
func TestPlansExpectOnePersonToAsk(t *testing.T) {
	f := newFixture(t)
	conn := f.owner(t)
	_, err := conn.Exec(t.Context(), `
		analyze;
		set plan_cache_mode = force_generic_plan;
		prepare asking (bytea, bigint, interval) as with `+store.MeSQL+` select reads from me`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), `explain execute asking ('\x00', 0, '12 hours')`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines[0], "rows=1 ") {
		t.Errorf("a plan for anybody expects more than one:\n%s", strings.Join(lines, "\n"))
	}
}
