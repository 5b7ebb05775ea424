package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/review"
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

// spellings are names that people read as one, in two spellings each, by the
// subjects of those who have them.
var spellings = map[string][2]string{
	"jose":   {"José Peña", "Jose\u0301 Pen\u0303a"},
	"straße": {"Anna Straße", "ANNA STRASSE"},
	"wide":   {"Hana Sato", "Ｈａｎａ　Ｓａｔｏ"},
	"spaced": {"Ida  B.\u00a0Wells", "Ida B. Wells"},
	"cyril":  {"Рay Low", "Pay Low"}, // the first begins with a Cyrillic letter
}

// spelled has two people join for each of the spellings.
func (f *fixture) spelled() map[string][2]review.PersonID {
	f.t.Helper()
	out := map[string][2]review.PersonID{}
	for subject, names := range spellings {
		var ids [2]review.PersonID
		for i, name := range names {
			id := store.Identity{Issuer: issuer, Subject: fmt.Sprint(subject, i), Name: name, Email: subject + "@example.test"}
			var err error
			if ids[i], err = f.Join(f.t.Context(), id, time.Time{}); err != nil {
				f.t.Fatal(err)
			}
		}
		out[subject] = ids
	}
	return out
}

// unfolded is of how many people the folded names are still to be written.
func (f *fixture) unfolded() (n int) {
	f.t.Helper()
	sql := `select count(*)::int from person where search is null or folded is null`
	if err := f.db.OwnerPool(f.t).QueryRow(f.t.Context(), sql).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// People whose names read the same are told apart and warned of, however they
// are typed.
func TestNamesakesAreComparedAsRead(t *testing.T) {
	f := newFixture(t)
	joined := f.spelled()
	odd, _, err := f.Oddities(t.Context(), f.as("adam"))
	if err != nil {
		t.Fatal(err)
	}
	if len(odd) != 2*len(spellings) {
		t.Errorf("%d accounts may be of one person, want %d", len(odd), 2*len(spellings))
	}
	for subject, ids := range joined {
		for i, id := range ids {
			v, err := f.Person(t.Context(), f.as("adam"), id)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%s (person %d)", spellings[subject][i], id); v.Person.Name != want {
				t.Errorf("%q is shown, want %q", v.Person.Name, want)
			}
			if len(v.Twins) != 1 || v.Twins[0].ID != ids[1-i] {
				t.Errorf("twins of %s: %v", v.Person.Name, v.Twins)
			}
		}
		found, err := f.FindPeople(t.Context(), f.as("adam"), spellings[subject][0], 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || found[0].Name == found[1].Name || !strings.Contains(found[0].Name, "(person ") {
			t.Errorf("offered for %q: %v", spellings[subject][0], found)
		}
	}
}

// A mention finds whoever has a name that reads the same.
func TestMentionsAreComparedAsRead(t *testing.T) {
	f := newFixture(t)
	joined := f.spelled()
	for subject, ids := range joined {
		for _, name := range spellings[subject] {
			for _, text := range []string{"@" + name, "Look, @" + name + ", please.", "(@" + name + ")", "@" + name + "\nand @nobody"} {
				got, err := f.Mentioned(t.Context(), text)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, sorted(ids[0], ids[1])) {
					t.Errorf("%q names %v, want %v", text, got, ids)
				}
			}
		}
	}
	both := joined["jose"]
	for text, want := range map[string][]review.PersonID{
		"@JOSE":             sorted(both[0], both[1]), // the address
		"@josé, you?":       sorted(both[0], both[1]),
		"@Jose Penas":       sorted(both[0], both[1]), // the address again, and a word after it
		"@Peña":             nil,
		"jose\u0301@jose.x": nil,
		"@straße":           sorted(joined["straße"][0], joined["straße"][1]),
	} {
		got, err := f.Mentioned(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q names %v, want %v", text, got, want)
		}
	}
	words, err := f.Unmatched(t.Context(), "@Jose\u0301 and @JOSÉ PEÑA, @Zoe\u0308?", both[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Zoe\u0308"}; !slices.Equal(words, want) {
		t.Errorf("without a match: %q, want %q", words, want)
	}
}

// Whatever writes a name here writes its folded form with it; the sweep does for
// what wrote it elsewhere.
func TestFoldedNamesKeepStep(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	if n := f.unfolded(); n != 0 {
		t.Fatalf("%d people joined without a folded name", n)
	}
	for _, name := range []string{"Zoë Straße", "ZOË STRASSE", "Zoë Straße"} {
		if _, err := f.Join(ctx, store.Identity{Issuer: issuer, Subject: "olga", Name: name}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if n := f.unfolded(); n != 0 {
			t.Errorf("after %q signed in, %d names are not folded", name, n)
		}
	}
	f.leave("pat", (*review.Entitlements).Erase)
	if n := f.unfolded(); n != 0 {
		t.Errorf("after somebody was erased, %d names are not folded", n)
	}
	owner := f.db.OwnerPool(t)
	if _, err := owner.Exec(ctx, `update person set name = 'ZOE STRASSE' where id = $1`, int64(f.people["mike"])); err != nil {
		t.Fatal(err)
	}
	if n := f.unfolded(); n != 1 {
		t.Errorf("a name that was changed behind the server's back: %d are not folded", n)
	}
	for _, before := range []string{
		`select 1`, `update person set folded = null`, `update person set search = null`, `update portfolio set search = null`,
	} {
		if _, err := owner.Exec(ctx, before); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if n := f.unfolded(); n != 0 {
			t.Errorf("after %q and a sweep, %d names are not folded", before, n)
		}
	}
	if got, err := f.Mentioned(ctx, "@zoë strasse"); err != nil || !slices.Equal(got, sorted(f.people["olga"], f.people["mike"])) {
		t.Errorf("named: %v, %v", got, err)
	}
	if left := f.problems(t); len(left) > 0 {
		t.Error(left)
	}
}
