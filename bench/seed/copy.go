package seed

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// Pattern is a project that was made through the domain's own commands, and how often to copy it.
type Pattern struct {
	Key    review.ProjectKey
	Copies int
}

// CopyKey is the key of a pattern's copy (from 1).
func CopyKey(pattern review.ProjectKey, n int) review.ProjectKey {
	return review.ProjectKey(fmt.Sprintf("%s-%06d", pattern, n))
}

// projectTables are the tables with rows of a project, parents before children, and the column that says whose they are.
var projectTables = []struct{ name, project string }{
	{"stream", "id"},
	{"trail", "stream_id"},
	{"project", "id"},
	{"project_member", "project_id"},
	{"review", "project_id"},
	{"item", "project_id"},
	{"comment", "project_id"},
	{"evidence", "project_id"},
	{"round", "project_id"},
	{"sign_off", "project_id"},
	{"finding", "project_id"},
	{"waiver", "project_id"},
	{"condition", "project_id"},
	{"record", "project_id"},
	{"record_comment", "project_id"},
	{"record_reading", "project_id"},
	{"wish", "project_id"},
	{"responsibility", "project_id"},
	{"portfolio", "project_id"},
	{"gate", "project_id"},
	{"stage", "project_id"},
}

// Copy multiplies patterns with COPY, tens of thousands of projects a minute. conn is a superuser's: triggers and foreign keys
// are off meanwhile, since every row has passed them once.
//
// A copy is its pattern in everything but its id, key, name and team. That makes its trail's hashes and the digests that
// were signed those of the pattern: a copy is good for measuring, and for no audit.
func Copy(ctx context.Context, conn *pgx.Conn, patterns []Pattern) error {
	var next int64
	if err := conn.QueryRow(ctx, `select max(id) + 1 from stream`).Scan(&next); err != nil {
		return fmt.Errorf("seed: find a free project id: %w", err)
	}
	copies, err := copiesOf(ctx, conn, patterns, next)
	if err != nil {
		return err
	}
	for _, statement := range []string{`begin`, `set local session_replication_role = replica`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("seed: %s: %w", statement, err)
		}
	}
	for _, t := range projectTables {
		if err := copyTable(ctx, conn, t.name, t.project, copies); err != nil {
			return fmt.Errorf("seed: copy %s: %w", t.name, err)
		}
	}
	for _, statement := range []string{
		`select setval(pg_get_serial_sequence('stream', 'id'), (select max(id) from stream))`, `commit`, `vacuum (analyze)`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("seed: %s: %w", statement, err)
		}
	}
	return nil
}

// original is a pattern with the new projects that are made from it.
type original struct {
	id     int64
	copies []identity
}

// identity is what distinguishes a copy.
type identity struct{ id, key, name, team string }

func copiesOf(ctx context.Context, conn *pgx.Conn, patterns []Pattern, next int64) ([]original, error) {
	total := 0
	for _, p := range patterns {
		total += p.Copies
	}
	teams := max(20, total/100)
	out := make([]original, len(patterns))
	for i, p := range patterns {
		if err := conn.QueryRow(ctx, `select id from project where key = $1`, string(p.Key)).Scan(&out[i].id); err != nil {
			return nil, fmt.Errorf("seed: find pattern %s: %w", p.Key, err)
		}
		for n := 1; n <= p.Copies; n++ {
			out[i].copies = append(out[i].copies, identity{
				id: strconv.FormatInt(next, 10), key: string(CopyKey(p.Key, n)),
				// Names in another order than ids, as in life: a list by name must not find its rows side by side.
				name: fmt.Sprintf("Service %06d", next*7919%1_000_003), team: fmt.Sprintf("Team %03d", next%int64(teams)),
			})
			next++
		}
	}
	return out, nil
}

func copyTable(ctx context.Context, conn *pgx.Conn, table, project string, originals []original) error {
	columns, err := columnsOf(ctx, conn, table)
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeCopies(ctx, conn.Config(), w, table, project, columns, originals)) }()
	_, err = conn.PgConn().CopyFrom(ctx, r, `copy `+table+` (`+strings.Join(columns, ", ")+`) from stdin`)
	r.CloseWithError(err) // ends the writer when PostgreSQL has given up
	return err
}

func columnsOf(ctx context.Context, conn *pgx.Conn, table string) ([]string, error) {
	rows, err := conn.Query(ctx, `
		select quote_ident(attname) from pg_attribute
		 where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
		 order by attnum`, table)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// writeCopies reads the patterns' rows on a connection of its own, the first being busy, and writes each row once per copy.
func writeCopies(ctx context.Context, cfg *pgx.ConnConfig, w io.Writer, table, project string, columns []string,
	originals []original) error {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	out := bufio.NewWriterSize(w, 1<<20)
	for _, o := range originals {
		var rows bytes.Buffer
		ask := fmt.Sprintf(`copy (select %s from %s where %s = %d) to stdout`, strings.Join(columns, ", "), table, project, o.id)
		if _, err := conn.PgConn().CopyTo(ctx, &rows, ask); err != nil {
			return err
		}
		t := newRowTemplate(rows.Bytes(), table, project, columns)
		for _, c := range o.copies {
			if err := t.write(out, c); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// rowTemplate is a pattern's rows of one table in COPY's text form, cut where a copy has something of its own.
type rowTemplate struct {
	texts []string                // one more than there are cuts
	own   []func(identity) string // what goes between them
}

func newRowTemplate(rows []byte, table, project string, columns []string) rowTemplate {
	own := make([]func(identity) string, len(columns))
	for i, c := range columns {
		switch {
		case c == project:
			own[i] = func(c identity) string { return c.id }
		case table != "project" && table != "portfolio":
		case c == "key":
			own[i] = func(c identity) string { return c.key }
		case c == "name":
			own[i] = func(c identity) string { return c.name }
		case c == "search" && table == "project":
			own[i] = func(c identity) string { return store.ProjectWords(c.name, c.key, nil) }
		case c == "search":
			own[i] = func(c identity) string { return fold.Text(c.name) }
		case c == "team":
			own[i] = func(c identity) string { return c.team }
		}
	}
	var t rowTemplate
	var text strings.Builder
	for line := range strings.Lines(string(rows)) {
		for i, field := range strings.Split(strings.TrimSuffix(line, "\n"), "\t") {
			if i > 0 {
				text.WriteByte('\t')
			}
			if own[i] == nil {
				text.WriteString(field)
				continue
			}
			t.texts, t.own = append(t.texts, text.String()), append(t.own, own[i])
			text.Reset()
		}
		text.WriteByte('\n')
	}
	t.texts = append(t.texts, text.String())
	return t
}

func (t rowTemplate) write(w *bufio.Writer, c identity) error {
	for i, own := range t.own {
		_, _ = w.WriteString(t.texts[i]) // bufio keeps the first error
		_, _ = w.WriteString(own(c))
	}
	_, err := w.WriteString(t.texts[len(t.own)])
	return err
}
