package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// An export of the organisation is a file of lines, each a JSON object with a kind and a
// row. The first says what follows, the last how many lines stand before it and their
// SHA-256. It contains nothing about when, where or by whom it was written: the same
// organisation gives the same bytes.
const (
	organisationProduct = "slipway"
	organisationFormat  = 1
	kindHeader          = "organisation"
	kindEnd             = "end"
)

// organisationHeader is the row of the first line.
type organisationHeader struct {
	Product string `json:"product"`
	Format  int    `json:"format"`
	Schema  int64  `json:"schema"` // whose columns the rows have
	Zone    string `json:"zone"`   // by whose days dates end: under another, some would be other days
}

// row is its only right spelling.
func (h organisationHeader) row() []byte {
	return fmt.Appendf(nil, `{"product":%q,"format":%d,"schema":%d,"zone":%q}`, h.Product, h.Format, h.Schema, h.Zone)
}

// organisationEnd is the row of the last line.
type organisationEnd struct {
	Lines  int    `json:"lines"` // before it
	SHA256 string `json:"sha256"`
}

// sayUTC has moments written in UTC, and sayDays in the organisation's time zone again, by
// which the days of lists go.
const (
	sayUTC  = `set local timezone = 'UTC'`
	sayDays = `set local timezone = default`
)

// longestLine bounds a line in bytes; a document may have 5 MiB.
const longestLine = 16 << 20

// Exported says what is in a file.
type Exported struct {
	Lines  int
	SHA256 string         // of the lines before the last, in hex
	Kinds  map[string]int // lines of each kind
}

// ExportOrganisation writes the whole organisation as of one moment: also what is restricted, but no
// secret. It reads row by row, however much there is.
func (s *Store) ExportOrganisation(ctx context.Context, w io.Writer) (*Exported, error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning to export: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	var schema int64
	b := &pgx.Batch{}
	b.Queue(`set local idle_in_transaction_session_timeout = 0`) // whoever reads the file may be slow
	b.Queue(sayUTC)
	b.Queue(versionSQL).QueryRow(func(row pgx.Row) error { return row.Scan(&schema) })
	if err := send(ctx, tx, b); err != nil {
		return nil, batchError("looking at the database to export", err)
	}
	x := &exporter{db: tx, w: bufio.NewWriterSize(w, 1<<16), sum: sha256.New(), out: &Exported{Kinds: map[string]int{}}}
	if err := x.line(kindHeader, organisationHeader{organisationProduct, organisationFormat, schema, s.zone.String()}.row()); err != nil {
		return nil, err
	}
	for _, t := range inFile() {
		if err := x.table(ctx, t); err != nil {
			return nil, err
		}
	}
	x.out.SHA256 = hex.EncodeToString(x.sum.Sum(nil))
	x.out.Lines = x.lines
	if err := x.line(kindEnd, fmt.Appendf(nil, `{"lines":%d,"sha256":%q}`, x.out.Lines, x.out.SHA256)); err != nil {
		return nil, err
	}
	if err := x.w.Flush(); err != nil {
		return nil, fmt.Errorf("writing the export: %w", err)
	}
	return x.out, nil
}

// exporter is an export under way.
type exporter struct {
	db    source
	w     *bufio.Writer
	sum   hash.Hash // of all lines
	lines int
	out   *Exported
	buf   []byte
}

func (x *exporter) line(kind string, row []byte) error {
	x.buf = appendLine(x.buf[:0], kind, row)
	switch {
	case len(x.buf) > longestLine:
		return fmt.Errorf("a line of the kind %s has %d bytes; an import takes at most %d", kind, len(x.buf), longestLine)
	case bytes.IndexByte(x.buf, '\n') < len(x.buf)-1:
		return fmt.Errorf("a row of the kind %s has a line break outside of its texts: Slipway did not write it", kind)
	}
	x.lines++
	x.sum.Write(x.buf)
	if _, err := x.w.Write(x.buf); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

// appendLine is a line of the file.
func appendLine(b []byte, kind string, row []byte) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, kind...)
	b = append(b, `","row":`...)
	b = append(b, row...)
	return append(b, "}\n"...)
}

func (x *exporter) table(ctx context.Context, t *exported) error {
	return t.each(ctx, x.db, func(row []byte) error {
		x.out.Kinds[t.kind]++
		return x.line(t.kind, row)
	})
}

// stretchRows is how many rows are asked for at once; they are read one by one.
const stretchRows = 1000

// each hands on the rows of a table as JSON, in the order of the file. While it does, its
// connection can do nothing else.
func (t *exported) each(ctx context.Context, db source, row func([]byte) error) error {
	statements, err := rowsSQL(ctx, db, t)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		c := cursor{"lines", sql, "reading the table " + t.table}
		b := &pgx.Batch{}
		c.declare(b)
		if err := send(ctx, db, b); err != nil {
			return batchError(c.doing, err)
		}
		for n := stretchRows; n == stretchRows; {
			if n, err = c.fetch(ctx, db, stretchRows, func(r pgx.CollectableRow) error { return row(r.RawValues()[0]) }); err != nil {
				return err
			}
		}
		b = &pgx.Batch{}
		b.Queue(`close ` + c.name)
		if err := send(ctx, db, b); err != nil {
			return batchError(c.doing, err)
		}
	}
	return nil
}

// rowsSQL are the statements that read a table's rows, one after the other. Texts are
// ordered by their bytes: databases differ in how they collate.
func rowsSQL(ctx context.Context, db source, t *exported) ([]string, error) {
	columns, err := tableColumns(ctx, db, t.table)
	if err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `
		select 't.' || quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end
		  from (
		    select * from pg_index
		     where indrelid = to_regclass($1) and indisunique and indpred is null and indexprs is null
		     order by indisprimary desc, indexrelid limit 1
		  ) i
		 cross join unnest(i.indkey) with ordinality k (attnum, place)
		  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
		 order by k.place`, t.table)
	if err != nil {
		return nil, fmt.Errorf("looking at the table %s: %w", t.table, err)
	}
	key, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("looking at the table %s: %w", t.table, err)
	}
	if len(key) == 0 || len(columns) == 0 {
		return nil, fmt.Errorf("the table %s cannot be exported: it is missing, or nothing tells its rows apart", t.table)
	}
	of := func(where string) string {
		return `select row_to_json(t)::text from (select ` + quoted(t.columns(columns)) + ` from ` + t.table + where + `) t order by ` + strings.Join(key, ", ")
	}
	if t.table != "trail" {
		return []string{of("")}, nil
	}
	// Rights for one project refer to it.
	return []string{
		of(fmt.Sprintf(` where stream_id <> %d`, review.Directory)),
		of(fmt.Sprintf(` where stream_id = %d`, review.Directory)),
	}, nil
}

// columns leaves out those that are not in the file.
func (t *exported) columns(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(t.without, name) })
}

// quoted lists columns for a statement.
func quoted(columns []string) string {
	out := make([]string, len(columns))
	for i, name := range columns {
		out[i] = pgx.Identifier{name}.Sanitize()
	}
	return strings.Join(out, ", ")
}
