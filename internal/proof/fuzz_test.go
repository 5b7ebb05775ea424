package proof

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Whatever the bytes, the verifier ends with a report and refuses all but a
// bundle that it would put together in just that way.
func FuzzVerify(f *testing.F) {
	b := buildOf(f, tellBriefly(f))
	f.Add(b.bytes)
	f.Add(b.bytes[:len(b.bytes)/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r := Verify(packed, b.keys, nil)
		if r.OK() && !bytes.Equal(packed, b.bytes) {
			t.Errorf("%d bytes that nobody signed were accepted:\n%s", len(packed), r)
		}
		if len(r.String()) == 0 {
			t.Error("no report")
		}
	})
}

// A hostile holder of the right key chains and signs whatever entries they
// like: the verifier ends, whatever it says.
func FuzzEntries(f *testing.F) {
	b := build(f)
	files := contents(f, b.bytes)
	for i := range b.in.Records {
		r := &b.in.Records[i]
		f.Add(i, r.Kind, string(r.Body), r.At.UnixMicro(), int64(r.Actor), true)
		f.Add(i, r.Kind, string(r.Body), r.At.UnixMicro(), int64(r.Actor), false)
	}
	f.Fuzz(func(t *testing.T, at int, kind, body string, micro, actor int64, replace bool) {
		if at < 0 || at >= len(b.in.Records) {
			return
		}
		records := append([]review.Sealed(nil), b.in.Records[:at]...)
		records = append(records, review.Sealed{At: time.UnixMicro(micro), Actor: review.PersonID(actor), Kind: kind, Body: []byte(body)})
		rest := b.in.Records[at:]
		if replace {
			rest = rest[1:]
		}
		records = rechain(append(records, rest...))
		in := input(t, b.key, b.in.Documents[0].Lifecycle, records)
		spoiled := with(files, fileEntries, encodeRecords(records))
		spoiled = with(spoiled, fileCheckpoint, in.Note)
		if r := Verify(sealed(t, b.key, spoiled), b.keys, nil); r.OK() && !bytes.Equal(encodeRecords(records), encodeRecords(b.in.Records)) {
			t.Errorf("another story was accepted with the files of this one:\n%s", r)
		}
		in.Records = records
		if packed, err := Build(b.key, in); err == nil {
			_ = Verify(packed, b.keys, nil).String()
		}
	})
}

// rechain numbers and chains records again, whatever they say.
func rechain(records []review.Sealed) []review.Sealed {
	var prev review.Hash
	for i := range records {
		r := &records[i]
		r.Seq = int64(i) + 1
		r.Hash = review.ChainHash(prev, alpha, review.Entry{Seq: r.Seq, At: r.At, Actor: r.Actor, Event: named(r.Kind)}, r.Body)
		prev = r.Hash
	}
	return records
}

// named is an event that has nothing but a kind.
type named string

func (n named) Kind() string                         { return string(n) }
func (named) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (named) People() []review.PersonID              { return nil }

// hostile packs a zip file as its maker likes.
func hostile(tb testing.TB, make func(*zip.Writer)) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	make(w)
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// A zip file that swells when it is unpacked, or that holds too much, is
// refused before anything of it is held in memory.
func TestZipBombsAreRefused(t *testing.T) {
	k := newKey(t, "test")
	huge := strings.Repeat("0", 32<<20)
	for name, packed := range map[string][]byte{
		"compressed": hostile(t, func(w *zip.Writer) {
			part, _ := w.Create("entries.jsonl")
			_, _ = part.Write([]byte(huge))
		}),
		"a lie about sizes": hostile(t, func(w *zip.Writer) {
			part, _ := w.CreateRaw(&zip.FileHeader{Name: "entries.jsonl", Method: zip.Store, CRC32: crc32.ChecksumIEEE(nil),
				CompressedSize64: 1 << 40, UncompressedSize64: 1 << 40})
			_, _ = part.Write([]byte("x"))
		}),
		"too many files": hostile(t, func(w *zip.Writer) {
			for i := range MaxFiles + 1 {
				_, _ = w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint("f", i), Method: zip.Store})
			}
		}),
		"a path": hostile(t, func(w *zip.Writer) {
			_, _ = w.CreateRaw(&zip.FileHeader{Name: "../entries.jsonl", Method: zip.Store})
		}),
		"a folder": hostile(t, func(w *zip.Writer) { _, _ = w.Create("folder/") }),
		"the same twice": hostile(t, func(w *zip.Writer) {
			for range 2 {
				_, _ = w.CreateRaw(&zip.FileHeader{Name: "MANIFEST", Method: zip.Store})
			}
		}),
		"too large": make([]byte, MaxBytes+1),
	} {
		r := Verify(packed, keysOf(t, k), nil)
		if r.OK() || len(r.Fails) == 0 || r.Fails[0].Where == "" {
			t.Errorf("%s:\n%s", name, r)
		}
		files, problems := readArchive(packed)
		held := 0
		for _, f := range files {
			held += len(f.data)
		}
		if held > len(packed) || len(problems) == 0 {
			t.Errorf("%s: %d bytes held of %d", name, held, len(packed))
		}
	}
}

// Many entries of the directory that point at the same bytes do not multiply.
func TestOverlappingFilesAreRefused(t *testing.T) {
	one := hostile(t, func(w *zip.Writer) {
		data := bytes.Repeat([]byte("x"), 1<<20)
		for _, name := range []string{"a", "b"} {
			part, _ := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CompressedSize64: 1 << 20, UncompressedSize64: 1 << 20})
			_, _ = part.Write(data)
		}
	})
	// The directory's second entry is made to point at the first file.
	at := bytes.LastIndex(one, []byte("PK\x01\x02"))
	copy(one[at+42:at+46], []byte{0, 0, 0, 0})
	if r := Verify(one, keysOf(t, newKey(t, "test")), nil); r.OK() {
		t.Errorf("accepted:\n%s", r)
	}
}

// What a hostile file says cannot steer the terminal that shows the report.
func TestTheReportIsPlainText(t *testing.T) {
	b := buildOf(t, tellBriefly(t))
	b.in.People[sre] = "\x1b[2J\u202eevil\r"
	packed, err := Build(b.key, b.in)
	if err != nil {
		t.Fatal(err)
	}
	r := Verify(packed, b.keys, nil).String()
	if strings.ContainsAny(r, "\x1b\r\u202e") || !strings.Contains(r, "evil") {
		t.Errorf("%q", r)
	}
}
