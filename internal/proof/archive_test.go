package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// The zip file's form is part of the format: a later program, built with a
// later archive/zip, has to come to the same bytes.
func TestTheArchiveHasOneForm(t *testing.T) {
	packed, err := writeArchive([]file{{"b.txt", []byte("second\n")}, {"a.txt", nil}, {"c-1.json", []byte("{}")}})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(packed)
	const want = "8be0880607d2eb77bdf0be4822580667d5d9eb4e76988fca606e3d903a3baf77"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the same files are packed into other bytes: %s", got)
	}
	files, problems := readArchive(packed)
	if len(files) != 3 || problems != nil || files[0].name != "a.txt" || string(files[1].data) != "second\n" {
		t.Errorf("%v, %v", files, problems)
	}
}

var rewrite = flag.Bool("rewrite", false, "make testdata/format-1.zip again; only while no release has written such bundles")

// A bundle that was made when its format was new verifies forever. When this
// fails, what is written has changed: that takes a new number, and the code
// that reads the old one stays.
func TestABundleOfThePastVerifies(t *testing.T) {
	bundle, public := filepath.Join("testdata", "format-1.zip"), filepath.Join("testdata", "format-1.pub")
	if *rewrite {
		b := build(t)
		if err := os.WriteFile(bundle, b.bytes, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(public, []byte(b.key.Verifier()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(packed, keys, nil); !r.OK() || len(r.Decisions) != 6 {
		t.Errorf("it is refused:\n%s", r)
	}
}
