package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/slipway-prr/slipway/internal/review"
)

// rawRow reads the values of a row in order, as PostgreSQL sends them. A
// checklist has some two thousand values, and [pgx.Rows.Scan] takes as long for
// them as all the rest of reading a page. It knows the few types that the hot
// path needs, refuses all others, and keeps the first error.
type rawRow struct {
	fields []rawField
	values [][]byte
	next   int
	err    error
}

// rawField is a column: its type, in binary form unless it is text, whose two
// forms are the same.
type rawField struct {
	oid    uint32
	binary bool
}

// rawRows prepares to read a query's rows, of which there are none when the
// query has failed. The driver panics when asked for the columns of such a one,
// which would keep the connection from its pool for good.
func rawRows(rows pgx.Rows) rawRow {
	r := rawRow{}
	if rows.Err() != nil {
		return r
	}
	for _, fd := range rows.FieldDescriptions() {
		r.fields = append(r.fields, rawField{fd.DataTypeOID, fd.Format == pgtype.BinaryFormatCode})
	}
	return r
}

// row begins the next row.
func (r *rawRow) row(values [][]byte) { r.values, r.next = values, 0 }

// value is the next value, which has to be of a type; nil when it is null.
func (r *rawRow) value(oid uint32, size int) []byte {
	i := r.next
	r.next++
	if r.err != nil {
		return nil
	}
	if i >= len(r.values) || i >= len(r.fields) || r.fields[i].oid != oid || (size > 0 && !r.fields[i].binary) {
		r.err = fmt.Errorf("column %d is not of type %d", i, oid)
		return nil
	}
	if v := r.values[i]; v == nil || size == 0 || len(v) == size {
		return v
	}
	r.err = fmt.Errorf("column %d has %d bytes, want %d", i, len(r.values[i]), size)
	return nil
}

// end reports what went wrong, also when the row has more values than were read.
func (r *rawRow) end() error {
	if r.err == nil && r.next != len(r.values) {
		r.err = fmt.Errorf("%d columns were read of %d", r.next, len(r.values))
	}
	return r.err
}

func (r *rawRow) text() string { return string(r.value(pgtype.TextOID, 0)) }

// one is a text that most rows have in common with others: last saves its copy.
func (r *rawRow) one(last string) string {
	v := r.value(pgtype.TextOID, 0)
	if string(v) == last {
		return last
	}
	return string(v)
}

func (r *rawRow) bool() bool {
	v := r.value(pgtype.BoolOID, 1)
	return v != nil && v[0] != 0
}

func (r *rawRow) int4() int {
	if v := r.value(pgtype.Int4OID, 4); v != nil {
		return int(int32(binary.BigEndian.Uint32(v)))
	}
	return 0
}

func (r *rawRow) int8() int64 {
	if v := r.value(pgtype.Int8OID, 8); v != nil {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

// people is an array of numbers of people, nil when null. The array has one
// dimension and holds no nulls.
func (r *rawRow) people() []review.PersonID {
	v := r.value(pgtype.Int8ArrayOID, 0)
	if v == nil {
		return nil
	}
	const head, each = 20, 12 // before the first element; one with its length
	if !r.fields[r.next-1].binary || len(v) < head || (len(v)-head)%each != 0 {
		r.err = fmt.Errorf("column %d is no plain array of numbers", r.next-1)
		return nil
	}
	out := make([]review.PersonID, 0, (len(v)-head)/each)
	for at := head; at < len(v); at += each {
		out = append(out, review.PersonID(binary.BigEndian.Uint64(v[at+4:])))
	}
	return out
}

// rawJSON is what a document of the database says, nil when null.
func rawJSON[T any](r *rawRow) *T {
	v := r.value(pgtype.JSONBOID, 0)
	if v == nil {
		return nil
	}
	const version = 1 // before the text, in the binary form
	if r.fields[r.next-1].binary && len(v) > 0 && v[0] == version {
		v = v[1:]
	}
	out := new(T)
	if err := json.Unmarshal(v, out); err != nil {
		r.err = fmt.Errorf("column %d: %w", r.next-1, err)
	}
	return out
}

// PostgreSQL counts microseconds and days from the year 2000.
const (
	epochSeconds = 946_684_800
	daySeconds   = 86_400
)

// time is a moment, zero when null.
func (r *rawRow) time() time.Time {
	v := r.value(pgtype.TimestamptzOID, 8)
	if v == nil {
		return time.Time{}
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(v)) + epochSeconds*1_000_000).UTC()
}

// date is the beginning of a day, zero when null.
func (r *rawRow) date() time.Time {
	v := r.value(pgtype.DateOID, 4)
	if v == nil {
		return time.Time{}
	}
	return time.Unix(int64(int32(binary.BigEndian.Uint32(v)))*daySeconds+epochSeconds, 0).UTC()
}
