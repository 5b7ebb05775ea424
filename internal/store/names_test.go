package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/store"
)

// Nobody's name reads as if Slipway itself had done something, or as the number
// of somebody else.
func TestNobodyPassesForSlipway(t *testing.T) {
	f := newFixture(t)
	db, err := pgx.Connect(t.Context(), f.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	for name, marked := range map[string]bool{
		"Slipway": true, "slipway": true, "SLIPWAY": true, "S l i p w a y": false, "Slip\u200bway": true, "Ѕlірwау": true, "SIipway": true, "S1ipway": true, "Ｓｌｉｐｗａｙ": true,
		"Slipway System": true, "The Slipway": true, "Slipwayne Ho": false, "Person 7": true, "person 12": true, "Former member 17": true,
		"Rosa Almeida": false, "Jane Person": false, "Person Ola": false, "Zoë Schröder": false,
	} {
		id, err := f.Join(t.Context(), store.Identity{Issuer: "http://127.0.0.1:9", Subject: name, Name: name}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := db.QueryRow(t.Context(), `select name from person where id = $1`, int64(id)).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(kept, name) || marked != (kept != name) {
			t.Errorf("%q is shown as %q", name, kept)
		}
	}
}
