package store_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/internal/store/storetest"
)

// farAway is a time zone in which midnight of UTC is on the day before.
var farAway = time.FixedZone("Etc/GMT+11", -11*60*60)

// exportOf is the file that a database gives.
func exportOf(t *testing.T, db *storetest.DB, opt store.Options) []byte {
	t.Helper()
	s, err := store.Open(t.Context(), db.AppURL, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	done, err := s.ExportOrganisation(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != done.Lines+1 {
		t.Errorf("it tells of %d lines and an end, and wrote %d", done.Lines, n)
	}
	return out.Bytes()
}

// importInto imports a file as the owner.
func importInto(t *testing.T, db *storetest.DB, file []byte, opt store.ImportOptions) (*store.Exported, error) {
	t.Helper()
	s, err := store.Open(t.Context(), db.OwnerURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.ImportOrganisation(t.Context(), bytes.NewReader(file), opt)
}

// TestOrganisation exports one in which all tables have rows, and imports it.
func TestOrganisation(t *testing.T) {
	t.Parallel()
	f := everything(t)
	file := exportOf(t, f.db, store.Options{})
	t.Run("has no secrets", func(t *testing.T) {
		token := store.HashToken("a secret")
		for _, secret := range []string{fmt.Sprintf("%x", token[:]), "token_hash", "a secret"} {
			if bytes.Contains(file, []byte(secret)) {
				t.Errorf("%q is in the file", secret)
			}
		}
	})
	t.Run("has its moments in UTC, and names its time zone", func(t *testing.T) {
		other := exportOf(t, f.db, store.Options{Zone: farAway})
		if _, err := importInto(t, storetest.New(t), other, store.ImportOptions{}); err == nil || !strings.Contains(err.Error(), "line 1 says that days end in the time zone Etc/GMT+11") {
			t.Errorf("where days end elsewhere it says %v", err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(strings.Replace(string(other), `"zone":"Etc/GMT+11"`, `"zone":"UTC"`, 1), "\n"), "\n")
		if again := sealed(lines); !bytes.Equal(again, file) {
			t.Error(firstDifference(file, again))
		}
	})
	t.Run("moves", func(t *testing.T) { f.moves(t, file) })
	t.Run("is refused", func(t *testing.T) { refusesToImport(t, file) })
	t.Run("moves by its trail alone", func(t *testing.T) { f.movesByTrail(t, file) })
}

// moves has everything of an organisation come into an empty instance, which exports the
// same bytes and goes on from there.
func (f *fixture) moves(t *testing.T, file []byte) {
	to := storetest.New(t)
	if _, err := store.CheckOrganisation(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	done, err := importInto(t, to, file, store.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range store.Organisation() {
		if (table.Kind != "") != (done.Kinds[table.Kind] > 0) {
			t.Errorf("the table %s has %d lines: nothing is proven about it", table.Name, done.Kinds[table.Kind])
		}
	}
	if again := exportOf(t, to, store.Options{}); !bytes.Equal(again, file) {
		t.Errorf("an export of what was imported differs:\n%s", firstDifference(file, again))
	}
	for _, table := range remade {
		switch table {
		case "calendar_feed", "import":
			if left := rows(t, to, table); len(left) > 0 {
				t.Errorf("%s came along: %v", table, left)
			}
			continue
		case "person", "project", "evidence", "record", "comment", "record_comment": // without what searches go by
			continue
		}
		if want, got := rows(t, f.db, table), rows(t, to, table); !slices.Equal(got, want) {
			t.Errorf("%s is\n%s\nwhere it was\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	g := f.on(t, to)
	if found := g.problems(t); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	g.create("zeta")
	g.answerIdea("zeta")
	g.checkpoint()
	if found := g.problems(t); len(found) > 0 {
		t.Errorf("after going on %s", strings.Join(found, "\n"))
	}
	if _, err := importInto(t, to, file, store.ImportOptions{}); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("into what is there it says %v", err)
	}
}

func firstDifference(a, b []byte) string {
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return fmt.Sprintf("line %d\n%s\n%s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines and %d", len(x), len(y))
}

// Each table of the schema is one of which the list says what becomes of it.
func TestAnExportKnowsEveryTable(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), storetest.New(t).OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(), `select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, table := range store.Organisation() {
		known = append(known, table.Name)
		if table.Why == "" {
			t.Errorf("nothing says why of the table %s", table.Name)
		}
	}
	slices.Sort(known)
	if !slices.Equal(known, tables) {
		t.Errorf("the list has the tables\n%v\nand the schema\n%v\n: say in internal/store/organisation.go what becomes of each in an export", known, tables)
	}
}

// sealed has the end of a file say what stands before it.
func sealed(lines []string) []byte {
	text := strings.Join(lines[:len(lines)-1], "")
	return fmt.Appendf(nil, "%s{\"kind\":\"end\",\"row\":{\"lines\":%d,\"sha256\":\"%x\"}}\n", text, len(lines)-1, sha256.Sum256([]byte(text)))
}

// refusesToImport tries files that are not whole, not ours or not true: they are refused,
// with the line, and nothing of them is stored: in the end the right one goes into the same
// database.
func refusesToImport(t *testing.T, file []byte) {
	to := storetest.New(t)
	lines := strings.SplitAfter(string(file), "\n")
	lines = lines[:len(lines)-1] // nothing stands behind the last line break
	at := func(part string) int {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, part) })
		if i < 0 {
			t.Fatalf("no line has %s", part)
		}
		return i
	}
	// changed has another text in the first line with such a part, and an end that fits.
	changed := func(part, old, now string) ([]byte, int) {
		i := at(part)
		other := slices.Clone(lines)
		if other[i] = strings.Replace(other[i], old, now, 1); other[i] == lines[i] {
			t.Fatalf("line %d has no %s: %s", i+1, old, lines[i])
		}
		return sealed(other), i + 1
	}
	without := func(i int) []byte { return sealed(slices.Delete(slices.Clone(lines), i, i+1)) }
	cases := []struct {
		name string
		file func() ([]byte, string)
	}{
		{"empty", func() ([]byte, string) { return nil, "is empty" }},
		{"something else", func() ([]byte, string) { return []byte("id,name\n1,x\n"), "line 1 is not the first line" }},
		{"newer format", func() ([]byte, string) {
			b, _ := changed(`"kind":"organisation"`, `"format":1,`, `"format":2,"more":[],`)
			return b, "line 1 says that the file has format 2"
		}},
		{"newer schema", func() ([]byte, string) {
			b, _ := changed(`"kind":"organisation"`, `"schema":`, `"schema":9`)
			return b, "line 1 says that the file is from a newer Slipway"
		}},
		{"cut off at a line", func() ([]byte, string) {
			return []byte(strings.Join(lines[:20], "")), "was cut off: its last line, 20,"
		}},
		{"cut off in a line", func() ([]byte, string) {
			return file[:len(strings.Join(lines[:20], ""))+30], "line 21 is cut off"
		}},
		{"other digest", func() ([]byte, string) {
			return bytes.Replace(file, []byte("Typed “so” far"), []byte("Typed “so” fur"), 1), fmt.Sprintf("line %d has another digest", len(lines))
		}},
		{"line missing", func() ([]byte, string) {
			i := at(`"kind":"saved-view"`)
			return []byte(strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "")), fmt.Sprintf("line %d says that %d lines", len(lines)-1, len(lines)-1)
		}},
		{"something behind it", func() ([]byte, string) {
			return append(slices.Clone(file), '\n'), fmt.Sprintf("line %d comes after the end", len(lines)+1)
		}},
		{"entry changed", func() ([]byte, string) {
			b, n := changed("Why so?", "Why so?", "Why not?")
			return b, fmt.Sprintf("line %d breaks the trail of project alpha (stream 2)", n)
		}},
		{"entry missing", func() ([]byte, string) {
			i := at(`"stream_id":2,"seq":5,`)
			return without(i), fmt.Sprintf("line %d breaks the trail of project alpha (stream 2): entry 5 is missing", i+1)
		}},
		{"entry missing at the end", func() ([]byte, string) {
			last := at(`"stream_id":3,"seq":1,`) - 1
			other := slices.DeleteFunc(slices.Delete(slices.Clone(lines), last, last+1), func(l string) bool { return strings.Contains(l, `"kind":"checkpoint`) })
			n := slices.IndexFunc(other, func(l string) bool { return strings.Contains(l, `"kind":"stream","row":{"id":2,`) })
			return sealed(other), fmt.Sprintf("line %d says something else than the trail: \"hash\" is", n+1)
		}},
		{"entry of nobody", func() ([]byte, string) {
			i := at(`"subject":"olga"`)
			return without(i), "who has no line"
		}},
		{"answer changed", func() ([]byte, string) {
			b, n := changed(`"kind":"answer"`, `"note":"Next week."`, `"note":"Done."`)
			return b, fmt.Sprintf("line %d says something else than the trail: \"note\" is \"Done.\", where \"Next week.\" is right", n)
		}},
		{"answer missing", func() ([]byte, string) {
			i := at(`"kind":"answer"`)
			return without(i), fmt.Sprintf("line %d says something else than the trail", i+1)
		}},
		{"answer too many", func() ([]byte, string) {
			i := at(`"kind":"comment"`)
			return sealed(slices.Insert(slices.Clone(lines), i, lines[i-1])), fmt.Sprintf("line %d says something else than the trail: there is no such row", i+1)
		}},
		{"waiver missing", func() ([]byte, string) {
			i := at(`"kind":"record"`) - 1
			return without(i), fmt.Sprintf("line %d comes too early: the trail leads to one more line of the kind waiver", i+1)
		}},
		{"unknown kind", func() ([]byte, string) {
			b, n := changed(`"kind":"person"`, `"kind":"person"`, `"kind":"robot"`)
			return b, fmt.Sprintf("line %d is of a kind that this program does not know: \"robot\"", n)
		}},
		{"unknown field of a row", func() ([]byte, string) {
			b, n := changed(`"kind":"saved-view"`, `"row":{`, `"row":{"colour":1,`)
			return b, fmt.Sprintf("line %d has a field that this program does not know: \"colour\"", n)
		}},
		{"missing field", func() ([]byte, string) {
			b, n := changed(`"kind":"saved-view"`, `"shared":false,`, ``)
			return b, fmt.Sprintf("line %d lacks the field \"shared\"", n)
		}},
		{"unknown field of a line", func() ([]byte, string) {
			b, n := changed(`"kind":"person"`, `"row":`, `"more":1,"row":`)
			return b, fmt.Sprintf("line %d is not understood", n)
		}},
		{"out of place", func() ([]byte, string) {
			other := slices.Clone(lines)
			i := at(`"kind":"document"`)
			other[i-1], other[i] = other[i], other[i-1]
			return sealed(other), fmt.Sprintf("line %d is out of place", i+1)
		}},
		{"out of order", func() ([]byte, string) {
			other := slices.Clone(lines)
			other[1], other[2] = other[2], other[1]
			return sealed(other), "out of order"
		}},
		{"twice", func() ([]byte, string) {
			return sealed(slices.Insert(slices.Clone(lines), 2, lines[1])), "lines 2 to"
		}},
		{"not UTF-8", func() ([]byte, string) {
			b, n := changed(`"subject":"olga"`, `olga`, "olg\xff")
			return b, fmt.Sprintf("line %d is not UTF-8", n)
		}},
		{"zero byte", func() ([]byte, string) {
			b, n := changed(`"subject":"olga"`, `olga`, "olg\x00")
			return b, fmt.Sprintf("line %d has a zero byte", n)
		}},
		{"escaped zero byte", func() ([]byte, string) {
			b, _ := changed(`"subject":"olga"`, `olga`, `olg\u0000`)
			return b, "lines 2 to"
		}},
		{"too long", func() ([]byte, string) {
			b, n := changed(`"subject":"olga"`, `olga`, strings.Repeat("x", 16<<20))
			return b, fmt.Sprintf("line %d is longer than", n)
		}},
		{"document changed", func() ([]byte, string) {
			b, _ := changed(`"row":{"key":"small"`, "Scope is set", "Scope is lost")
			return b, "was changed after it was published"
		}},
		{"checkpoint of another history", func() ([]byte, string) {
			b, _ := changed(`"kind":"checkpoint-head"`, `"hash":"\\x`, `"hash":"\\x00`)
			return b, "lines"
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, want := c.file()
			_, err := importInto(t, to, b, store.ImportOptions{})
			var bad *store.BadFile
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
				t.Errorf("it says\n%v\nnot\n%s", err, want)
			}
		})
	}
	if _, err := importInto(t, to, file, store.ImportOptions{Check: func(*store.Verified) error { return io.ErrNoProgress }}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("what does not pass the check gives %v", err)
	}
	s, err := store.Open(t.Context(), to.OwnerURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	broken := io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(io.ErrNoProgress))
	if _, err := s.ImportOrganisation(t.Context(), broken, store.ImportOptions{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a disk that fails half way gives %v", err)
	}
	for _, table := range []string{"person", "project", "checkpoint", "saved_view", "snapshot"} {
		if left := rows(t, to, table); len(left) > 0 {
			t.Errorf("%s has %d rows", table, len(left))
		}
	}
	// A server that has run for a day has kept it.
	owner := to.OwnerPool(t)
	if _, err := owner.Exec(t.Context(), `insert into snapshot (day, taken_at) values ('2026-01-01', now())`); err != nil {
		t.Fatal(err)
	}
	if _, err := importInto(t, to, file, store.ImportOptions{}); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("where a server has run it says %v", err)
	}
	if _, err := owner.Exec(t.Context(), `delete from snapshot`); err != nil {
		t.Fatal(err)
	}
	if _, err := importInto(t, to, file, store.ImportOptions{}); err != nil {
		t.Errorf("the right one is refused: %v", err)
	}
}

// movesByTrail leaves aside what the file says beside the trail, which is also done when it
// is from an older schema, whose rows may lack columns.
func (f *fixture) movesByTrail(t *testing.T, file []byte) {
	lines := strings.SplitAfter(strings.TrimSuffix(string(file), "\n"), "\n")
	var other []string
	for _, l := range lines {
		if !strings.Contains(l, `"kind":"answer"`) {
			other = append(other, l)
		}
	}
	to := storetest.New(t)
	if _, err := importInto(t, to, sealed(other), store.ImportOptions{TrailOnly: true}); err != nil {
		t.Fatal(err)
	}
	if again := exportOf(t, to, store.Options{}); !bytes.Equal(again, file) {
		t.Errorf("an export of what was imported differs:\n%s", firstDifference(file, again))
	}
	schema := f.schema(t)
	for i := range other {
		other[i] = strings.Replace(other[i], fmt.Sprintf(`"schema":%d`, schema), fmt.Sprintf(`"schema":%d`, schema-1), 1)
		if strings.Contains(other[i], `"kind":"saved-view"`) {
			other[i] = strings.Replace(other[i], `"shared":false,`, ``, 1)
		}
	}
	older := storetest.New(t)
	if _, err := importInto(t, older, sealed(other), store.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if again := exportOf(t, older, store.Options{}); !bytes.Equal(again, file) {
		t.Errorf("an export of what was imported from an older schema differs:\n%s", firstDifference(file, again))
	}
}

func (f *fixture) schema(t *testing.T) (n int64) {
	t.Helper()
	if err := f.db.OwnerPool(t).QueryRow(t.Context(), `select max(version_id) from goose_db_version`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
