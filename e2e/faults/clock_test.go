package faults

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/review"
)

// dayZero is the database's date when a world begins: years after any real
// one, so that a decision by the program's own clock is a wrong one.
var dayZero = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)

// date is a day of the database's clock as a form has it.
func date(day int) string { return dayZero.AddDate(0, 0, day).Format(review.DateLayout) }

// dayOf is date's way back; the zero time is day -1.
func dayOf(t time.Time) int {
	if t.IsZero() {
		return -1
	}
	return int(t.Sub(dayZero) / (24 * time.Hour))
}

// takeClock puts a function in front of PostgreSQL's clock_timestamp that adds
// what a table says. Whatever asks the database for the time asks it: the
// statements of the program and the views of the schema alike.
func (w *world) takeClock(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var held string // in words that do not name the schema of the clock yet
	if err := conn.QueryRow(ctx, `select pg_get_viewdef('held'::regclass)`).Scan(&held); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`create schema moved`,
		`create table moved.clock (ahead interval not null, stopped timestamptz)`,
		`insert into moved.clock values ('0')`,
		`create function moved.clock_timestamp() returns timestamptz language sql volatile as
		 'select coalesce(stopped, pg_catalog.clock_timestamp() + ahead) from moved.clock'`,
		`grant usage on schema moved to public`,
		`grant select on moved.clock to public`,
		`alter database ` + pgx.Identifier{w.db.Name}.Sanitize() + ` set search_path = moved, pg_catalog, public`,
		`set search_path = moved, pg_catalog, public`,
		`create or replace view public.held as ` + held,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	w.owner = w.db.OwnerPool(t)
	if err := w.setDay(ctx, 0); err != nil {
		t.Fatal(err)
	}
}

// setDay sets the database's clock to the early hours of a day. What is left
// of that day is far more than a history takes.
func (w *world) setDay(ctx context.Context, day int) error {
	_, err := w.owner.Exec(ctx, `update moved.clock set stopped = null, ahead = $1::timestamptz - pg_catalog.clock_timestamp()`,
		dayZero.AddDate(0, 0, day).Add(time.Hour))
	w.day = day
	return err
}

// stopAt makes the database's clock stand at a moment.
func (w *world) stopAt(t *testing.T, at time.Time) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), `update moved.clock set stopped = $1`, at); err != nil {
		t.Fatal(err)
	}
}

// The worlds of the other tests rely on this: time passes in the database only.
func TestTheDatabaseHasAClockOfItsOwn(t *testing.T) {
	w := newWorld(t)
	for _, day := range []int{0, 5} {
		if err := w.setDay(t.Context(), day); err != nil {
			t.Fatal(err)
		}
		v, err := w.stores[1].Who(t.Context(), w.by(olga))
		if err != nil {
			t.Fatal(err)
		}
		if dayOf(v.Now) != day {
			t.Errorf("the store's clock says %v on day %d", v.Now, day)
		}
	}
	var def string
	if err := w.owner.QueryRow(t.Context(), `select pg_get_viewdef('held'::regclass)`).Scan(&def); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"pg_catalog.clock_timestamp", "now()", "CURRENT_TIMESTAMP"} {
		if strings.Contains(def, other) {
			t.Errorf("the view of rights asks %s", other)
		}
	}
}
