package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/review"
)

// An ImportOptions says how strictly a file is taken.
type ImportOptions struct {
	// TrailOnly takes the trail's word for everything that can be read off it, and does
	// not compare it with what the file says beside it.
	TrailOnly bool
	// Check is asked about each stream once all is written: the library and the directory
	// come first. Its error ends the import, as does any problem that was found.
	Check func(*Verified) error
}

// ImportOrganisation fills this database, which has to be empty, with an export. Entries go
// through the writers of changes, as in a rebuild; then everything is verified, and it is
// seen to that an export would be the same bytes again. All of it is one transaction: what is
// refused, or ends early, leaves nothing behind. The address has to be that of the owner.
func (s *Store) ImportOrganisation(ctx context.Context, r io.Reader, opt ImportOptions) (*Exported, error) {
	file, err := openOrganisation(r)
	if err != nil {
		return nil, err
	}
	err = s.transact(ctx, func(tx *transaction) error {
		im := &importer{
			rebuild: rebuild{store: s, tx: tx, done: &Rebuilt{}, known: map[review.PersonID]bool{}}, file: file, trailOnly: opt.TrailOnly, check: opt.Check,
		}
		return im.run(ctx)
	})
	if err != nil {
		return nil, err
	}
	return &file.out, nil
}

// importer is an import under way. It rebuilds from a file what a rebuild reads from a
// database.
type importer struct {
	rebuild
	file      *organisationFile
	same      bool // the file has the schema of this database
	trailOnly bool
	check     func(*Verified) error
}

func (im *importer) run(ctx context.Context) error {
	if err := im.begin(ctx); err != nil {
		return err
	}
	for _, t := range inFile() {
		columns, err := tableColumns(ctx, im.tx.conn, t.table)
		if err != nil {
			return err
		}
		switch columns = t.columns(columns); {
		case t.table == "trail":
			err = im.trail(ctx, t, columns)
		case t.fate == carried:
			err = im.carry(ctx, t, columns)
		default:
			err = im.compare(ctx, t, columns)
		}
		if err != nil {
			return err
		}
	}
	if err := im.sameBytes(ctx); err != nil {
		return err
	}
	if err := im.say(ctx, sayDays); err != nil {
		return err
	}
	if err := im.verify(ctx); err != nil {
		return err
	}
	return im.end(ctx)
}

// begin demands an empty database, of no older schema than the file.
func (im *importer) begin(ctx context.Context) error {
	if err := im.rebuild.begin(ctx); err != nil {
		return err
	}
	var empty []string
	for _, t := range inFile() {
		if t.fate == carried && t.table != "trail" && t.table != "template_version" { // what migrate published was looked at
			empty = append(empty, `not exists (select from `+t.table+`)`)
		}
	}
	var unused bool
	var schema int64
	b := &pgx.Batch{}
	b.Queue(`select ` + strings.Join(empty, ` and `)).QueryRow(func(row pgx.Row) error { return row.Scan(&unused) })
	b.Queue(versionSQL).QueryRow(func(row pgx.Row) error { return row.Scan(&schema) })
	if err := send(ctx, im.tx.conn, b); err != nil {
		return batchError("looking at the database to fill", err)
	}
	switch {
	case !unused:
		return ErrNotEmpty
	case im.file.header.Zone != im.store.zone.String():
		return badLine(1, "says that days end in the time zone %s, and here they end in %s: SLIPWAY_TIME_ZONE has to be the same", im.file.header.Zone, im.store.zone)
	case im.file.header.Schema > schema:
		return badLine(1, "says that the file is from a newer Slipway: it has schema %d, and this database %d; upgrade this one first", im.file.header.Schema, schema)
	}
	im.same = im.file.header.Schema == schema
	return nil
}

// importBytes bounds what is sent to the database at once.
const importBytes = 1 << 20

// carry writes the rows of a table.
func (im *importer) carry(ctx context.Context, t *exported, columns []string) error {
	var some []string
	var insert string
	var fields []string
	from, size := 0, 0
	flush := func() error {
		if len(some) == 0 {
			return nil
		}
		if err := im.put(ctx, t.table, insert, some); err != nil {
			return im.refused(err, from, from+len(some)-1)
		}
		some, size = some[:0], 0
		return nil
	}
	for im.file.line.kind == t.kind {
		line := im.file.line
		has, err := im.fields(line, columns)
		if err != nil {
			return err
		}
		if !slices.Equal(has, fields) {
			if err := flush(); err != nil {
				return err
			}
			fields = has
			insert = `insert into ` + t.table + ` (` + quoted(has) + `) overriding system value select ` + quoted(has) +
				` from json_populate_recordset(null::` + t.table + `, $1::json) t`
		}
		if len(some) == 0 {
			from = line.no
		}
		some = append(some, string(line.row))
		if size += len(line.row); size > importBytes || len(some) == rebuildBatch {
			if err := flush(); err != nil {
				return err
			}
		}
		if err := im.file.next(); err != nil {
			return err
		}
	}
	return flush()
}

// fields lists the columns that a line has values for. All have to be known, and, in a
// file of this schema, to be there.
func (im *importer) fields(line organisationLine, columns []string) ([]string, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(line.row, &row); err != nil {
		return nil, badLine(line.no, "is not understood: %v", err)
	}
	var has []string
	for _, name := range columns {
		if _, ok := row[name]; ok {
			has = append(has, name)
			delete(row, name)
		} else if im.same {
			return nil, badLine(line.no, "lacks the field %q", name)
		}
	}
	if len(row) > 0 {
		return nil, badLine(line.no, "has a field that this program does not know: %q", slices.Sorted(maps.Keys(row))[0])
	}
	return has, nil
}

// refused says of which lines an error is, unless it is the database that failed.
func (im *importer) refused(err error, from, to int) error {
	if OutageOf(err) != 0 || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &BadFile{From: from, To: to, Why: err.Error()}
}

// trail writes one stream after the other, and then what lists read.
func (im *importer) trail(ctx context.Context, t *exported, columns []string) error {
	if err := im.notePeople(ctx); err != nil {
		return err
	}
	var records []review.Sealed
	var stream review.ProjectID
	first := 0
	for {
		line := im.file.line
		var r review.Sealed
		of := stream
		if line.kind == t.kind {
			if _, err := im.fields(line, columns); err != nil {
				return err
			}
			var err error
			if of, r, err = sealedOf(line); err != nil {
				return err
			}
		}
		if len(records) > 0 && (line.kind != t.kind || of != stream) {
			if err := im.stream(ctx, stream, records, first); err != nil {
				return err
			}
			records = records[:0]
		}
		if line.kind != t.kind {
			return errors.Join(im.deriveAll(ctx), im.say(ctx, sayUTC)) // from here on rows are read back
		}
		if len(records) == 0 {
			stream, first = of, line.no
		}
		records = append(records, r)
		if err := im.file.next(); err != nil {
			return err
		}
	}
}

func (im *importer) say(ctx context.Context, zone string) error {
	_, err := im.tx.conn.Exec(ctx, zone)
	return batchError("choosing the time zone", err)
}

// sealedOf is the entry that a line has, and whose stream's it is.
func sealedOf(line organisationLine) (review.ProjectID, review.Sealed, error) {
	var row struct {
		Stream int64           `json:"stream_id"`
		Seq    int64           `json:"seq"`
		At     time.Time       `json:"at"`
		Actor  review.PersonID `json:"actor_id"`
		Kind   string          `json:"kind"`
		Body   json.RawMessage `json:"body"`
		Hash   string          `json:"hash"`
	}
	if err := json.Unmarshal(line.row, &row); err != nil {
		return 0, review.Sealed{}, badLine(line.no, "is not understood: %v", err)
	}
	digits, found := strings.CutPrefix(row.Hash, `\x`)
	hash, err := hex.DecodeString(digits)
	if !found || err != nil || len(hash) != len(review.Hash{}) {
		return 0, review.Sealed{}, badLine(line.no, "has no hash of an entry")
	}
	return review.ProjectID(row.Stream), review.Sealed{
		Seq: row.Seq, At: row.At.UTC(), Actor: row.Actor, Kind: row.Kind, Body: row.Body, Hash: review.Hash(hash),
	}, nil
}

// stream checks a stream's chain, and writes it anew.
func (im *importer) stream(ctx context.Context, id review.ProjectID, records []review.Sealed, first int) error {
	entries, head, err := review.CheckChain(id, records)
	if err != nil {
		return badLine(first+len(entries), "breaks the trail of %s: %v", nameOf(id, entries), err)
	}
	for i, en := range entries {
		for _, p := range append(en.Event.People(), en.Actor) {
			if p != review.System && !im.known[p] {
				return badLine(first+i, "names person %d, who has no line", p)
			}
		}
	}
	if err := im.write(ctx, head, nameOf(id, entries), entries); err != nil {
		return im.refused(err, first, first+len(records)-1)
	}
	return nil
}

// compare holds what the file says beside the trail against the rows that came of it. In an
// older schema rows had other columns.
func (im *importer) compare(ctx context.Context, t *exported, columns []string) error {
	if im.same && !im.trailOnly {
		err := t.each(ctx, im.tx.conn, func(row []byte) error {
			line := im.file.line
			if line.kind != t.kind {
				return badLine(line.no, "comes too early: the trail leads to one more line of the kind %s, %s", t.kind, shortened(row))
			}
			if _, err := im.fields(line, columns); err != nil {
				return err
			}
			if !bytes.Equal(row, line.row) {
				return badLine(line.no, "says something else than the trail: %s", whereDiffers(row, line.row))
			}
			return im.file.next()
		})
		if err != nil {
			return err
		}
		if line := im.file.line; line.kind == t.kind {
			return badLine(line.no, "says something else than the trail: there is no such row")
		}
		return nil
	}
	for im.file.line.kind == t.kind {
		if _, err := im.fields(im.file.line, columns); err != nil {
			return err
		}
		if err := im.file.next(); err != nil {
			return err
		}
	}
	return nil
}

// whereDiffers names the field in which a line differs from the row that is right.
func whereDiffers(right, line []byte) string {
	var want, got map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(right, &want), json.Unmarshal(line, &got)); err == nil {
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if !bytes.Equal(want[name], got[name]) {
				return fmt.Sprintf("%q is %s, where %s is right", name, shortened(got[name]), shortened(want[name]))
			}
		}
	}
	return "it is written in another way"
}

// shortened is the beginning of something long.
func shortened(b []byte) string {
	const longest = 200
	if len(b) > longest {
		return strings.ToValidUTF8(string(b[:longest]), "") + "…"
	}
	return string(b)
}

// sameBytes demands that what was carried over would be exported as the same bytes.
func (im *importer) sameBytes(ctx context.Context) error {
	if !im.same {
		return nil
	}
	sum := sha256.New()
	for _, t := range inFile() {
		if t.fate != carried {
			continue
		}
		err := t.each(ctx, im.tx.conn, func(row []byte) error {
			sum.Write(appendLine(nil, t.kind, row))
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !bytes.Equal(sum.Sum(nil), im.file.bytes.Sum(nil)) {
		return &BadFile{Why: "is not what an export of it would be: some of its lines are out of order, or written in another way"}
	}
	return nil
}

// verify checks everything that is there now, as the command verify does.
func (im *importer) verify(ctx context.Context) error {
	ids, err := streamsOn(ctx, im.tx.conn)
	if err != nil {
		return err
	}
	for _, id := range ids {
		v, err := im.store.verifyOn(ctx, im.tx.conn, id)
		if err != nil {
			return err
		}
		if len(v.Problems) > 0 {
			return &BadFile{Why: "does not hold once it is imported: " + v.Problems[0].String()}
		}
		if im.check == nil {
			continue
		}
		if err := im.check(v); err != nil {
			return err
		}
	}
	stray, err := strayHeadsOn(ctx, im.tx.conn)
	if err != nil {
		return err
	}
	if len(stray) > 0 {
		return &BadFile{Why: "does not hold once it is imported: " + stray[0].String()}
	}
	return nil
}
