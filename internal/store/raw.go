package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
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
	shared strings.Builder // see [rawRow.near]
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
	columns := rows.FieldDescriptions()
	r.fields = make([]rawField, len(columns))
	for i, fd := range columns {
		r.fields[i] = rawField{fd.DataTypeOID, fd.Format == pgtype.BinaryFormatCode}
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

// more reports whether the row has values that were not read.
func (r *rawRow) more() bool { return r.next < len(r.values) }

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

// sharedTexts is room for the texts of some twenty rows.
const sharedTexts = 2 << 10

// near is a text that shares its memory with those of other rows, which saves an
// allocation for each: for what is kept no longer than its neighbours.
func (r *rawRow) near() string {
	v := r.value(pgtype.TextOID, 0)
	if len(v) == 0 {
		return ""
	}
	if r.shared.Cap()-r.shared.Len() < len(v) {
		r.shared = strings.Builder{} // what was read before keeps the old one
		r.shared.Grow(max(sharedTexts, len(v)))
	}
	from := r.shared.Len()
	r.shared.Write(v)
	return r.shared.String()[from:]
}

func (r *rawRow) bool() bool {
	v := r.value(pgtype.BoolOID, 1)
	return v != nil && v[0] != 0
}

func (r *rawRow) int2() int {
	if v := r.value(pgtype.Int2OID, 2); v != nil {
		return int(int16(binary.BigEndian.Uint16(v)))
	}
	return 0
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

// xid is the number of a transaction.
func (r *rawRow) xid() uint32 {
	if v := r.value(pgtype.XIDOID, 4); v != nil {
		return binary.BigEndian.Uint32(v)
	}
	return 0
}

func (r *rawRow) bytes() []byte { return bytes.Clone(r.value(pgtype.ByteaOID, 0)) }

// rawArray is what is left to read of an array.
type rawArray struct {
	row  *rawRow
	left int
	rest []byte
}

// array begins an array that has at most one dimension and holds no nulls; null
// has no elements either.
func (r *rawRow) array(oid uint32) rawArray {
	v := r.value(oid, 0)
	if v == nil {
		return rawArray{row: r}
	}
	const empty, head = 12, 20 // bytes before the first element: without a dimension, and with one
	if r.fields[r.next-1].binary && len(v) >= empty {
		switch dimensions := binary.BigEndian.Uint32(v); {
		case dimensions == 0:
			return rawArray{row: r}
		case dimensions == 1 && len(v) >= head && uint64(binary.BigEndian.Uint32(v[empty:])) <= uint64(len(v)):
			return rawArray{r, int(binary.BigEndian.Uint32(v[empty:])), v[head:]}
		}
	}
	r.err = fmt.Errorf("column %d is no plain array", r.next-1)
	return rawArray{row: r}
}

// element is the next one; size is how many bytes it has to have, 0 any number.
func (a *rawArray) element(size int) []byte {
	a.left--
	const length = 4 // bytes in front of an element that say how many it has
	if len(a.rest) >= length {
		n := int64(int32(binary.BigEndian.Uint32(a.rest)))
		if v := a.rest[length:]; n >= 0 && n <= int64(len(v)) && (size == 0 || n == int64(size)) {
			a.rest = v[n:]
			return v[:n]
		}
	}
	a.row.err = fmt.Errorf("column %d is no plain array", a.row.next-1)
	a.left, a.rest = 0, nil
	return make([]byte, size)
}

// people is an array of numbers of people, nil when null.
func (r *rawRow) people() []review.PersonID {
	a := r.array(pgtype.Int8ArrayOID)
	if a.left <= 0 {
		return nil
	}
	out := make([]review.PersonID, 0, a.left)
	for a.left > 0 {
		out = append(out, review.PersonID(binary.BigEndian.Uint64(a.element(8))))
	}
	return out
}

// int8s is an array of large numbers, nil when null.
func (r *rawRow) int8s() []int64 {
	a := r.array(pgtype.Int8ArrayOID)
	if a.left <= 0 {
		return nil
	}
	out := make([]int64, 0, a.left)
	for a.left > 0 {
		out = append(out, int64(binary.BigEndian.Uint64(a.element(8))))
	}
	return out
}

// int2s appends an array of small numbers, and returns it beside what it was
// appended to.
func (r *rawRow) int2s(room []int16) (array, all []int16) {
	from := len(room)
	for a := r.array(pgtype.Int2ArrayOID); a.left > 0; {
		room = append(room, int16(binary.BigEndian.Uint16(a.element(2))))
	}
	return room[from:len(room):len(room)], room
}

// rawTexts is an array of texts, nil when it is null or empty.
func rawTexts[S ~string](r *rawRow) []S {
	a := r.array(pgtype.TextArrayOID)
	if a.left <= 0 {
		return nil
	}
	out := make([]S, 0, a.left)
	for a.left > 0 {
		out = append(out, S(a.element(0)))
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

// json is a document as it was written, nil when null.
func (r *rawRow) json() []byte { return bytes.Clone(r.value(pgtype.JSONOID, 0)) }

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
