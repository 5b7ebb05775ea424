package faults

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// notRebuilt are the tables that a rebuild leaves as a migration made them, and what
// projects have followed of others, which begins anew.
var notRebuilt = []string{"offering", "session", "login_flow", "logout_notice", "goose_db_version", "schema_range"}

// rebuild makes another database from the trail of this one, and demands that
// each table is what it was.
func (w *world) rebuild(t *testing.T) {
	ctx := context.Background()
	to := &world{db: storetest.New(t)}
	to.takeClock(t) // what evidence has run out depends on the day
	if err := to.setDay(ctx, w.day); err != nil {
		t.Error(err)
		return
	}
	source, err := pgx.Connect(ctx, w.db.AppURL)
	if err != nil {
		t.Error(err)
		return
	}
	defer source.Close(ctx)
	st, err := store.Open(ctx, to.db.OwnerURL, store.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	defer st.Close()
	if _, err := st.Rebuild(ctx, source); err != nil {
		t.Errorf("rebuilding: %v", err)
		return
	}
	was, err := tables(ctx, w.owner)
	if err != nil {
		t.Error(err)
		return
	}
	is, err := tables(ctx, to.owner)
	if err != nil {
		t.Error(err)
		return
	}
	for name, rows := range was {
		if !slices.Contains(notRebuilt, name) && is[name] != rows {
			t.Errorf("the rebuilt table %s differs from the original", name)
		}
	}
}

// move brings everything to another database by a file, which has to be what that exports.
func (w *world) move(t *testing.T) {
	ctx := context.Background()
	to := &world{db: storetest.New(t)}
	to.takeClock(t)
	if err := to.setDay(ctx, w.day); err != nil {
		t.Error(err)
		return
	}
	from, err := store.Open(ctx, w.db.AppURL, store.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	defer from.Close()
	st, err := store.Open(ctx, to.db.OwnerURL, store.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	defer st.Close()
	var file, again bytes.Buffer
	if _, err := from.ExportOrganisation(ctx, &file); err != nil {
		t.Errorf("exporting: %v", err)
		return
	}
	if _, err := st.ImportOrganisation(ctx, bytes.NewReader(file.Bytes()), store.ImportOptions{}); err != nil {
		t.Errorf("importing: %v", err)
		return
	}
	if _, err := st.ExportOrganisation(ctx, &again); err != nil {
		t.Errorf("exporting what was imported: %v", err)
		return
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("what was imported is exported as other bytes")
	}
}

// tables is a digest of the rows of each table. When the sweep is due next is
// left out: a change of one stage only brings it forward. So are plans that no review
// has: a project that starts with a module, or pins a definition at its start, never had
// the plan without it, which a rebuild comes by on its way.
func tables(ctx context.Context, db *pgxpool.Pool) (map[string]string, error) {
	rows, err := db.Query(ctx, `select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range names {
		var digest string
		from := "public." + name + " t"
		if name == "plan" {
			from += " where digest in (select plan from review)"
		}
		err := db.QueryRow(ctx, `
			select count(*) || ' ' || coalesce(md5(string_agg(row, ' ' order by row)), '')
			  from (select regexp_replace(row_to_json(t)::text, '"next_change_at":(null|"[^"]*")', '') as row from `+from+`) rows`).Scan(&digest)
		if err != nil {
			return nil, err
		}
		all[name] = digest
	}
	return all, nil
}
