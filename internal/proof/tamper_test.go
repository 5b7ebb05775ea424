package proof

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

// contents are the files of a bundle that are neither manifest nor signature.
func contents(tb testing.TB, packed []byte) []file {
	tb.Helper()
	files, problems := readArchive(packed)
	if problems != nil {
		tb.Fatal(problems)
	}
	return slices.DeleteFunc(files, func(f file) bool { return f.name == fileManifest || f.name == fileSignature })
}

// sealed packs files under a manifest that a key signs again.
func sealed(tb testing.TB, k *Key, files []file) []byte {
	tb.Helper()
	packed, err := (&bundle{files: files}).seal(k)
	if err != nil {
		tb.Fatal(err)
	}
	return packed
}

// with are the files with one of them replaced.
func with(files []file, name string, data []byte) []file {
	out := slices.Clone(files)
	for i := range out {
		if out[i].name == name {
			out[i].data = data
		}
	}
	return out
}

func dataOf(files []file, name string) []byte {
	for _, f := range files {
		if f.name == name {
			return f.data
		}
	}
	return nil
}

// names reports whether one of the problems names a place.
func (r *Report) names(place string) bool {
	return slices.ContainsFunc(r.Fails, func(p Problem) bool {
		return p.Where == place || strings.HasPrefix(p.Where, place+",") || strings.Contains(p.What, "in or before "+place)
	})
}

// each calls f with every step-th number below n, on all processors.
func each(n, step int, f func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)-1) * step; i < n; i = int(next.Add(1)-1) * step {
				f(i)
			}
		})
	}
	wg.Wait()
}

// everything asks for the run that takes minutes: SLIPWAY_PROOF_LONG=1.
func everything() bool { return os.Getenv("SLIPWAY_PROOF_LONG") == "1" }

// flipped is the bundle whose bytes are flipped, and how far it is from one
// byte to the next: every byte of the story in which everything happens in the
// long run, and every fifth of a brief one in all others. Five and eight have
// no common factor, so that each bit of a byte has its turn.
func flipped(t *testing.T) (*built, int) {
	t.Helper()
	if everything() {
		return build(t), 1
	}
	return buildOf(t, tellBriefly(t)), 5
}

// Every byte of a bundle is flipped in turn: it is refused, and the place is
// named.
func TestEveryFlippedByteIsRefused(t *testing.T) {
	b, step := flipped(t)
	owner := owners(t, b.bytes)
	var accepted, misplaced atomic.Int64
	each(len(b.bytes), step, func(i int) {
		spoiled := bytes.Clone(b.bytes)
		spoiled[i] ^= 1 << (i % 8)
		switch r := Verify(spoiled, b.keys, nil); {
		case r.OK():
			accepted.Add(1)
			t.Errorf("byte %d (%q): accepted", i, owner[i])
		case owner[i] != "" && !r.names(owner[i]):
			misplaced.Add(1)
			t.Errorf("byte %d is in %s, which the report does not name:\n%s", i, owner[i], r)
		}
	})
	t.Logf("flipped %d of %d bytes one by one: %d accepted, %d misplaced", (len(b.bytes)+step-1)/step, len(b.bytes), accepted.Load(),
		misplaced.Load())
}

// owners says of each byte of a bundle in which file's content it is; empty
// for the zip file's own structure.
func owners(tb testing.TB, packed []byte) []string {
	tb.Helper()
	files, _ := readArchive(packed)
	owner := make([]string, len(packed))
	from := 0
	for _, f := range files {
		at := bytes.Index(packed[from:], f.data) + from
		for i := range f.data {
			owner[at+i] = f.name
		}
		from = at + len(f.data)
	}
	return owner
}

// The same with a manifest that the right key signs again after each flip:
// what the trail, the template or a signature covers is still refused.
func TestEveryFlippedByteIsRefusedUnderANewManifest(t *testing.T) {
	b, step := flipped(t)
	files := contents(t, b.bytes)
	// Nothing but the manifest vouches for these; the docs say so.
	free := []string{fileReadme, filePeople, fileReport, fileAbout}
	total := 0
	for _, f := range files {
		if slices.Contains(free, f.name) {
			continue
		}
		total += (len(f.data) + step - 1) / step
		each(len(f.data), step, func(i int) {
			spoiled := bytes.Clone(f.data)
			spoiled[i] ^= 1 << (i % 8)
			r := Verify(sealed(t, b.key, with(files, f.name, spoiled)), b.keys, nil)
			if r.OK() {
				t.Errorf("%s, byte %d: accepted", f.name, i)
			} else if !r.names(f.name) {
				t.Errorf("%s, byte %d: the report does not name it:\n%s", f.name, i, r)
			}
		})
	}
	t.Logf("flipped %d bytes one by one under a manifest signed again", total)
}

// A bundle that ends anywhere before its end, or goes on after it, is refused.
func TestEveryTruncationIsRefused(t *testing.T) {
	b, _ := flipped(t)
	each(len(b.bytes), 1, func(n int) {
		if r := Verify(b.bytes[:n:n], b.keys, nil); r.OK() {
			t.Errorf("cut to %d bytes: accepted", n)
		}
	})
	for _, more := range [][]byte{{0}, []byte("PK"), bytes.Repeat([]byte{0}, 4096), b.bytes} {
		if r := Verify(append(bytes.Clone(b.bytes), more...), b.keys, nil); r.OK() {
			t.Errorf("with %d bytes more: accepted", len(more))
		}
		if r := Verify(append(bytes.Clone(more), b.bytes...), b.keys, nil); r.OK() {
			t.Errorf("with %d bytes before: accepted", len(more))
		}
	}
	t.Logf("cut at each of %d bytes", len(b.bytes))
}

// Every entry, of the project and of the directory, is dropped, swapped with
// its neighbour, doubled, changed or made the last, in turn; the manifest is
// signed again with the right key and with another.
func TestEveryTamperedEntryIsRefused(t *testing.T) {
	b := build(t)
	t.Logf("tampered with entries in %d ways, and with rights in %d, each under 2 keys", b.tamper(t, fileEntries, len(b.in.Records)),
		b.tamper(t, fileRights, len(b.in.Rights)))
}

// tamper tries everything with each of the n entries in a file.
func (b *built) tamper(t *testing.T, name string, n int) (tampered int) {
	t.Helper()
	other := newKey(t, "test")
	files := contents(t, b.bytes)
	lines := bytes.SplitAfter(dataOf(files, name), []byte("\n"))[:n]
	try := func(what string, entry int, lines [][]byte) {
		t.Helper()
		tampered++
		spoiled := with(files, name, bytes.Join(lines, nil))
		place := entryPlace(name, int64(entry))
		r := Verify(sealed(t, b.key, spoiled), b.keys, nil)
		if r.OK() || !r.names(place) {
			t.Errorf("%s, the right key: %s is not named:\n%s", what, place, r)
		}
		r = Verify(sealed(t, other, spoiled), b.keys, nil)
		if r.OK() || !r.names(place) || !r.names(fileSignature) {
			t.Errorf("%s, a wrong key: %s and %s are not named:\n%s", what, place, fileSignature, r)
		}
	}
	for i := range n {
		no := i + 1
		try(fmt.Sprintf("entry %d dropped", no), no, slices.Delete(slices.Clone(lines), i, i+1))
		try(fmt.Sprintf("entry %d doubled", no), no+1, slices.Insert(slices.Clone(lines), i, lines[i]))
		try(fmt.Sprintf("all after entry %d dropped", no-1), no, lines[:i])
		try(fmt.Sprintf("entry %d cut in half", no), no, append(slices.Clone(lines[:i]), lines[i][:len(lines[i])/2]))
		changed := slices.Clone(lines)
		changed[i] = bytes.Replace(lines[i], []byte(`"actor":`), []byte(`"actor":2`), 1)
		try(fmt.Sprintf("entry %d by another", no), no, changed)
		for j := i + 1; j < n && (j == i+1 || everything()); j++ {
			swapped := slices.Clone(lines)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			try(fmt.Sprintf("entries %d and %d swapped", no, j+1), no, swapped)
		}
	}
	return tampered
}

// Somebody with the right key writes the whole story again, each entry left out
// in turn or the end cut off, with a chain, statements and a manifest that fit.
// The checkpoint that was signed before stands against it; and when they sign
// another checkpoint too, the one that was kept elsewhere does.
func TestARewrittenStoryIsRefused(t *testing.T) {
	b := build(t)
	var entries []review.Entry
	for i := range b.in.Records {
		e, err := b.in.Records[i].Entry()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	rewritten, impossible := 0, 0
	try := func(what string, entries []review.Entry) {
		t.Helper()
		in := input(t, b.key, b.in.Documents[0].Lifecycle, chained(t, alpha, entries))
		if bytes.Equal(in.Note, b.in.Note) {
			t.Fatalf("%s: nothing was rewritten", what)
		}
		packed, err := Build(b.key, in)
		if err != nil {
			impossible++ // the domain itself cannot replay it
			return
		}
		rewritten++
		if r := Verify(packed, b.keys, [][]byte{b.in.Note}); r.OK() || !r.names(fileCheckpoint) {
			t.Errorf("%s, a new checkpoint: %s", what, r)
		}
		// With the old checkpoint and the old proof of inclusion.
		old := contents(t, b.bytes)
		files := with(contents(t, packed), fileCheckpoint, dataOf(old, fileCheckpoint))
		files = with(files, fileInclusion, dataOf(old, fileInclusion))
		if r := Verify(sealed(t, b.key, files), b.keys, nil); r.OK() || !strings.Contains(r.String(), "checkpoint") {
			t.Errorf("%s, the old checkpoint: %s", what, r)
		}
	}
	for i := 1; i < len(entries); i++ {
		try(fmt.Sprintf("all after entry %d left out", i), entries[:i])
		if i+1 < len(entries) {
			try(fmt.Sprintf("entry %d left out", i+1), slices.Delete(slices.Clone(entries), i, i+1))
		}
	}
	t.Logf("%d rewritten stories tried; %d could not be replayed to begin with", rewritten, impossible)
}

// Each file is left out, and one is added, under a manifest signed again.
func TestEveryFileHasToBeThere(t *testing.T) {
	b := build(t)
	files := contents(t, b.bytes)
	for i, f := range files {
		r := Verify(sealed(t, b.key, slices.Delete(slices.Clone(files), i, i+1)), b.keys, nil)
		if r.OK() || !r.names(f.name) {
			t.Errorf("without %s:\n%s", f.name, r)
		}
		// Left out after signing, with the manifest as it was.
		all, _ := readArchive(b.bytes)
		packed, err := writeArchive(slices.DeleteFunc(all, func(g file) bool { return g.name == f.name }))
		if err != nil {
			t.Fatal(err)
		}
		if r := Verify(packed, b.keys, nil); r.OK() || !r.names(f.name) {
			t.Errorf("with %s taken out:\n%s", f.name, r)
		}
	}
	extra := append(slices.Clone(files), file{"content-9-idea-9.json", []byte("{}")})
	if r := Verify(sealed(t, b.key, extra), b.keys, nil); r.OK() || !r.names("content-9-idea-9.json") {
		t.Errorf("with a file more:\n%s", r)
	}
}

// Statements that trade places, or say something else under the right key, do
// not match the replay.
func TestStatementsHaveToMatch(t *testing.T) {
	b := build(t)
	files := contents(t, b.bytes)
	swapped := with(files, "statement-1-idea-1.json", dataOf(files, "statement-1-idea-2.json"))
	if r := Verify(sealed(t, b.key, swapped), b.keys, nil); r.OK() || !r.names("statement-1-idea-1.json") {
		t.Errorf("swapped:\n%s", r)
	}
	payload, _, err := b.keys.openEnvelope(typeInToto, dataOf(files, "statement-1-idea-1.json"))
	if err != nil {
		t.Fatal(err)
	}
	lie, err := b.key.envelop(typeInToto, bytes.Replace(payload, []byte(`"result":"fail"`), []byte(`"result":"pass"`), 1))
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(sealed(t, b.key, with(files, "statement-1-idea-1.json", lie)), b.keys, nil); r.OK() || !r.names("statement-1-idea-1.json") {
		t.Errorf("a lie:\n%s", r)
	}
	as, err := b.key.envelop(typeManifest, payload) // right content under another type
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(sealed(t, b.key, with(files, "statement-1-idea-1.json", as)), b.keys, nil); r.OK() || !r.names("statement-1-idea-1.json") {
		t.Errorf("another type:\n%s", r)
	}
}

func BenchmarkVerify(bm *testing.B) {
	b := build(bm)
	bm.SetBytes(int64(len(b.bytes)))
	for bm.Loop() {
		if !Verify(b.bytes, b.keys, nil).OK() {
			bm.Fatal("refused")
		}
	}
}
