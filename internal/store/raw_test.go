package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/slipway-prr/slipway/internal/review"
)

// rawOf encodes values as the driver does.
func rawOf(t *testing.T, oids []uint32, values ...any) *rawRow {
	t.Helper()
	r := &rawRow{}
	m := pgtype.NewMap()
	for i, oid := range oids {
		r.fields = append(r.fields, rawField{oid, oid != pgtype.TextOID})
		b, err := m.Encode(oid, m.FormatCodeForOID(oid), values[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		r.values = append(r.values, b)
	}
	return r
}

func TestRawReadsWhatTheDriverWrites(t *testing.T) {
	for _, day := range []time.Time{
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		at := day.Add(13*time.Hour + 7*time.Minute + 59*time.Second + 123_456*time.Microsecond)
		r := rawOf(t, []uint32{pgtype.DateOID, pgtype.TimestamptzOID, pgtype.DateOID, pgtype.TimestamptzOID}, day, at, nil, nil)
		if d, a := r.date(), r.time(); !d.Equal(day) || !a.Equal(at) || d.Location() != time.UTC || a.Location() != time.UTC {
			t.Errorf("%v became %v, %v became %v", day, d, at, a)
		}
		if d, a := r.date(), r.time(); !d.IsZero() || !a.IsZero() || r.end() != nil {
			t.Errorf("null became %v and %v; %v", d, a, r.end())
		}
	}
	r := rawOf(t, []uint32{pgtype.Int8OID, pgtype.Int8OID, pgtype.Int4OID, pgtype.TextOID, pgtype.TextOID, pgtype.TextOID, pgtype.TextOID},
		int64(1)<<62, int64(-5), int32(-1), "Größe", "", "same", "same")
	if a, b, c := r.int8(), r.int8(), r.int4(); a != 1<<62 || b != -5 || c != -1 {
		t.Errorf("numbers: %d, %d, %d", a, b, c)
	}
	if a, b, c, d := r.text(), r.text(), r.one("other"), r.one("same"); a != "Größe" || b != "" || c != "same" || d != "same" || r.end() != nil {
		t.Errorf("texts: %q, %q, %q, %q; %v", a, b, c, d, r.end())
	}
}

func TestRawReadsArrays(t *testing.T) {
	oids := []uint32{pgtype.Int8ArrayOID, pgtype.Int2ArrayOID, pgtype.Int2ArrayOID, pgtype.TextArrayOID, pgtype.Int8ArrayOID, pgtype.TextArrayOID, pgtype.Int2OID, pgtype.ByteaOID}
	r := rawOf(t, oids, []int64{5, -1}, []int16{1, -2, 3}, []int16{7}, []string{"", "ü"}, []int64{}, nil, int16(-9), []byte{1, 2})
	if people := r.people(); !slices.Equal(people, []review.PersonID{5, -1}) {
		t.Errorf("people: %v", people)
	}
	first, room := r.int2s(nil)
	second, _ := r.int2s(room)
	if !slices.Equal(first, []int16{1, -2, 3}) || !slices.Equal(second, []int16{7}) {
		t.Errorf("small numbers: %v, %v", first, second)
	}
	if texts := rawTexts[string](r); !slices.Equal(texts, []string{"", "ü"}) {
		t.Errorf("texts: %q", texts)
	}
	if none, null := r.int8s(), rawTexts[string](r); none != nil || null != nil {
		t.Errorf("nothing became %v and %v", none, null)
	}
	if n, b := r.int2(), r.bytes(); n != -9 || !slices.Equal(b, []byte{1, 2}) || r.end() != nil {
		t.Errorf("%d, %v; %v", n, b, r.end())
	}
}

// What is read stays what it is when the next rows are, also where they need more room.
func TestRawTextsStayWhatTheyAre(t *testing.T) {
	var read, want []string
	row := rawOf(t, []uint32{pgtype.TextOID}, "")
	for i := range 300 {
		text := strings.Repeat(string(rune('a'+i%26)), i*7%100)
		if i == 150 {
			text = strings.Repeat("long", sharedTexts)
		}
		row.row([][]byte{[]byte(text)})
		read, want = append(read, row.near()), append(want, text)
	}
	if !slices.Equal(read, want) {
		t.Error("texts have changed under other texts")
	}
}

func TestRawRefusesWhatItDoesNotKnow(t *testing.T) {
	number := func() *rawRow { return rawOf(t, []uint32{pgtype.Int4OID}, int32(7)) }
	for name, read := range map[string]func() *rawRow{
		"another type":     func() *rawRow { r := number(); r.int8(); return r },
		"a text as number": func() *rawRow { r := rawOf(t, []uint32{pgtype.TextOID}, "1234"); r.int4(); return r },
		"the text form": func() *rawRow {
			r := number()
			r.fields[0].binary, r.values[0] = false, []byte("1234")
			r.int4()
			return r
		},
		"an array of another type": func() *rawRow {
			r := rawOf(t, []uint32{pgtype.Int8ArrayOID}, []int64{1})
			r.int2s(nil)
			return r
		},
		"an array that is cut off": func() *rawRow {
			r := rawOf(t, []uint32{pgtype.Int8ArrayOID}, []int64{1, 2})
			r.values[0] = r.values[0][:len(r.values[0])-3]
			r.people()
			return r
		},
		"an array of two dimensions": func() *rawRow {
			r := rawOf(t, []uint32{pgtype.Int2ArrayOID}, [][]int16{{1}, {2}})
			r.int2s(nil)
			return r
		},
		"too few bytes":   func() *rawRow { r := number(); r.values[0] = r.values[0][:3]; r.int4(); return r },
		"too few columns": func() *rawRow { r := number(); r.int4(); r.int4(); return r },
		"columns left":    number,
	} {
		if err := read().end(); err == nil || !strings.Contains(err.Error(), "column") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
