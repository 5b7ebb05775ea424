package proof

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestKeys(t *testing.T) {
	k := newKey(t, "prod.example")
	path := filepath.Join(t.TempDir(), "key")
	if err := k.WriteNew(path); err != nil {
		t.Fatal(err)
	}
	if err := k.WriteNew(path); err == nil {
		t.Error("a key was overwritten")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	again, err := ReadKey(path)
	if err != nil || again.Verifier() != k.Verifier() || k.Name() != "slipway/prod.example" {
		t.Errorf("read %v, %v", again, err)
	}
	secret, _ := os.ReadFile(path)
	if _, err := ParseKeys(string(secret)); err == nil || strings.Contains(err.Error(), "AT") && strings.Contains(err.Error(), k.secret) {
		t.Errorf("a private key was taken for a public one, or printed: %v", err)
	}
	for _, bad := range []string{"", "x", "PRIVATE+KEY+a+b+c", k.Verifier(), strings.Replace(k.secret, "slipway/", "other/", 1),
		k.secret[:len(k.secret)-4]} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%q was read as a private key", bad)
		}
	}
	for _, bad := range []string{"", "\n# only words\n", "x", "a+b+c", strings.Replace(k.Verifier(), "+", "+0", 1)} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%q was read as a public key", bad)
		}
	}
	for _, name := range []string{"", "A", "a b", "a+b", "-a", strings.Repeat("a", 61), "a/b"} {
		if _, err := NewKey(name); err == nil {
			t.Errorf("a key for %q was made", name)
		}
	}
}

// heads are those of streams 1 to n at some entry.
func heads(n int, seq int64) []review.Head {
	var out []review.Head
	for i := range n {
		out = append(out, review.Head{Stream: review.ProjectID(i + 1), Seq: seq, Hash: review.Hash{byte(i), byte(seq)}})
	}
	return out
}

// Every stream of trees of many sizes has a proof, which fits no other tree,
// place or head.
func TestInclusion(t *testing.T) {
	k := newKey(t, "test")
	keys := keysOf(t, k)
	for n := 1; n <= 33; n++ {
		all := heads(n, 5)
		signed, err := k.Seal(1, begin, nil, all)
		if err != nil {
			t.Fatal(err)
		}
		c, err := keys.Open(signed)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			in, err := Include(all, h.Stream)
			if err != nil {
				t.Fatal(err)
			}
			if err := in.Check(c); err != nil {
				t.Errorf("stream %d of %d: %v", h.Stream, n, err)
			}
			encoded, err := in.encode()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := decodeInclusion(encoded); err != nil || got.Check(c) != nil {
				t.Errorf("stream %d of %d, written and read: %v", h.Stream, n, err)
			}
			for name, spoil := range map[string]func(*Inclusion){
				"entry": func(in *Inclusion) { in.Head.Seq++ },
				"hash":  func(in *Inclusion) { in.Head.Hash[31] ^= 1 },
				"name":  func(in *Inclusion) { in.Head.Stream++ },
				"size":  func(in *Inclusion) { in.Size++ },
				"index": func(in *Inclusion) { in.Index++ },
				"below": func(in *Inclusion) { in.Index = -1 },
			} {
				bad := *in
				spoil(&bad)
				if bad.Check(c) == nil {
					t.Errorf("stream %d of %d with another %s: accepted", h.Stream, n, name)
				}
			}
		}
	}
	if _, err := Include(heads(3, 1), 9); err == nil {
		t.Error("a stream that is not there has a proof")
	}
}

func TestSealRefuses(t *testing.T) {
	k := newKey(t, "test")
	twice := append(heads(2, 1), heads(1, 1)...)
	for name, err := range map[string]error{
		"no streams":          second(k.Seal(1, begin, nil, nil)),
		"out of order":        second(k.Seal(1, begin, nil, twice)),
		"an empty stream":     second(k.Seal(1, begin, nil, heads(2, 0))),
		"a first that is not": second(k.Seal(1, begin, []byte("x"), heads(2, 1))),
		"a second without":    second(k.Seal(2, begin, nil, heads(2, 1))),
	} {
		if err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

func second(_ []byte, err error) error { return err }

func TestOpenRefuses(t *testing.T) {
	k, other := newKey(t, "test"), newKey(t, "test")
	signed, err := k.Seal(1, begin, nil, heads(3, 1))
	if err != nil {
		t.Fatal(err)
	}
	c, err := keysOf(t, other, k).Open(signed)
	if err != nil || c.No != 1 || c.Size != 3 || !c.At.Equal(begin) || c.Origin != "slipway/test" {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := keysOf(t, other).Open(signed); err == nil {
		t.Error("another key opened it")
	}
	for i := range signed {
		spoiled := bytes.Clone(signed)
		spoiled[i] ^= 1 << (i % 8)
		if _, err := keysOf(t, k).Open(spoiled); err == nil {
			t.Errorf("byte %d flipped: opened", i)
		}
	}
}

// step is a checkpoint as the database keeps it.
type step struct {
	note    []byte
	changed []review.Head
}

// steps is a series: streams join, also in between, and go on.
func steps(t *testing.T, k *Key) []step {
	t.Helper()
	var out []step
	var previous []byte
	var state Series
	for no, changed := range [][]review.Head{
		{{Stream: 1, Seq: 2, Hash: review.Hash{1}}, {Stream: 5, Seq: 1, Hash: review.Hash{5}}},
		{{Stream: 5, Seq: 3, Hash: review.Hash{6}}},
		{{Stream: 3, Seq: 1, Hash: review.Hash{3}}, {Stream: 9, Seq: 1, Hash: review.Hash{9}}},
		{{Stream: 1, Seq: 4, Hash: review.Hash{2}}, {Stream: 3, Seq: 2, Hash: review.Hash{4}}},
	} {
		for _, h := range changed {
			state.move(h)
		}
		signed, err := k.Seal(int64(no)+1, begin.Add(time.Duration(no)*time.Minute), previous, state.Heads())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, step{signed, changed})
		previous = signed
	}
	return out
}

func (s *Series) run(steps []step) []string {
	var wrong []string
	for _, x := range steps {
		wrong = append(wrong, s.Next(x.note, x.changed)...)
	}
	return wrong
}

func TestSeries(t *testing.T) {
	k := newKey(t, "test")
	good := steps(t, k)
	s := &Series{Keys: keysOf(t, k)}
	if wrong := s.run(good); len(wrong) > 0 || s.Count != 4 || len(s.Heads()) != 4 || s.Heads()[0].Seq != 4 {
		t.Fatalf("%v, %+v", wrong, s.Heads())
	}
	other := steps(t, newKey(t, "test"))
	copied := func() []step {
		out := make([]step, len(good))
		for i, x := range good {
			out[i] = step{x.note, append([]review.Head(nil), x.changed...)}
		}
		return out
	}
	for name, spoil := range map[string]func([]step) []step{
		"one dropped":             func(s []step) []step { return append(s[:1], s[2:]...) },
		"the first dropped":       func(s []step) []step { return s[1:] },
		"two swapped":             func(s []step) []step { s[1], s[2] = s[2], s[1]; return s },
		"one doubled":             func(s []step) []step { return append(s[:2], s[1:]...) },
		"another's signature":     func(s []step) []step { s[3] = other[3]; return s },
		"another head":            func(s []step) []step { s[2].changed[0].Hash[0]++; return s },
		"a head left out":         func(s []step) []step { s[2].changed = s[2].changed[:1]; return s },
		"a stream that went back": func(s []step) []step { s[3].changed[0].Seq = 1; return s },
	} {
		if wrong := (&Series{Keys: keysOf(t, k)}).run(spoil(copied())); len(wrong) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
}

func TestNotesInAFile(t *testing.T) {
	var all []byte
	want := steps(t, newKey(t, "test"))
	for _, s := range want {
		all = AppendNote(all, s.note)
	}
	got := SplitNotes(all)
	if len(got) != len(want) {
		t.Fatalf("%d notes, want %d", len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i], want[i].note) {
			t.Errorf("note %d: %q", i, got[i])
		}
	}
	if n := SplitNotes(nil); n != nil {
		t.Errorf("an empty file holds %q", n)
	}
	// Cut off by a crash at any place, and then gone on with.
	for cut := range all {
		mended := slices.Concat(all[:cut], []byte("\n\n"), all)
		got := SplitNotes(mended)
		if len(got) < len(want) {
			t.Fatalf("cut at %d: %d notes", cut, len(got))
		}
		for i, s := range want {
			if !bytes.Equal(got[len(got)-len(want)+i], s.note) {
				t.Fatalf("cut at %d, note %d: %q", cut, i, got[len(got)-len(want)+i])
			}
		}
	}
}

func BenchmarkSealOver10000Streams(b *testing.B) {
	k := newKey(b, "test")
	all := heads(10_000, 3)
	for b.Loop() {
		if _, err := k.Seal(1, begin, nil, all); err != nil {
			b.Fatal(err)
		}
	}
}
