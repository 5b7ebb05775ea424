package proof

import (
	"bytes"
	"github.com/slipway-prr/slipway/internal/plan"
	"os"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestABundleVerifies(t *testing.T) {
	b := build(t)
	r := Verify(b.bytes, b.keys, [][]byte{b.in.Note})
	if !r.OK() {
		t.Fatalf("refused:\n%s", r)
	}
	t.Logf("%d bytes, %d entries:\n%s", len(b.bytes), len(b.in.Records), r)
	for _, want := range []string{
		"41 entries", "checkpoint 1", "over 5 streams", "kept elsewhere",
		"round 1: returned", "round 2: withdrawn", "round 3: passed with conditions", "standing in for Sri", "break-glass", "round 1 of review 2: passed",
	} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	page := string(dataOf(contents(t, b.bytes), "report.html"))
	for _, want := range []string{
		"<td>Stan, standing in for Sri</td>", // who granted the waiver
		"by Stan, standing in for Sri: It was right.",
		"closed by", "Write it down.", // a condition that the second review carried over
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page to read does not say %q", want)
		}
	}
	if path := os.Getenv("SLIPWAY_KEEP_BUNDLE"); path != "" {
		if err := os.WriteFile(path, b.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A bundle without the trail of rights holds as well, and says what it leaves
// open; the same signatures by people without a seat are refused with it only.
func TestABundleWithAndWithoutRights(t *testing.T) {
	b := build(t)
	const left = "That the signers held their seats"
	if r := Verify(b.bytes, b.keys, nil); strings.Contains(strings.Join(r.Open, "\n"), left) ||
		!strings.Contains(strings.Join(r.Holds, "\n"), "Everybody who signed held the seat then") {
		t.Errorf("with rights:\n%s", r)
	}
	in := b.in
	in.Rights = nil
	packed, err := Build(b.key, in)
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(packed, b.keys, nil); !r.OK() || !strings.Contains(strings.Join(r.Open, "\n"), left) ||
		strings.Contains(r.String(), "held the seat then") {
		t.Errorf("without rights:\n%s", r)
	}
	for _, name := range []string{fileRights, fileRightsIn} {
		added := append(contents(t, packed), file{name, dataOf(contents(t, b.bytes), name)})
		if r := Verify(sealed(t, b.key, added), b.keys, nil); r.OK() || !r.names(name) {
			t.Errorf("with %s, of which the bundle does not speak:\n%s", name, r)
		}
	}

	// A checkpoint of the time before pat held the seat.
	in.Rights = chained(t, review.Directory, without[review.RightGranted](directory(),
		func(e review.RightGranted) bool { return e.Person == pat }))
	last := in.Rights[len(in.Rights)-1]
	in.Heads[0] = review.Head{Stream: review.Directory, Seq: last.Seq, Hash: last.Hash}
	if in.Note, err = b.key.Seal(1, begin.AddDate(1, 0, 0), nil, in.Heads); err != nil {
		t.Fatal(err)
	}
	if packed, err = Build(b.key, in); err != nil {
		t.Fatal(err)
	}
	r := Verify(packed, b.keys, nil)
	if r.OK() || !strings.Contains(r.String(), "who did not hold the Product seat then") ||
		!strings.Contains(r.String(), "AGAINST THE RULES") {
		t.Errorf("without the seat:\n%s", r)
	}
}

func TestABundleForOneGate(t *testing.T) {
	b := build(t)
	b.in.Stage = live
	packed, err := Build(b.key, b.in)
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(packed, b.keys, nil); !r.OK() || len(r.Decisions) != 3 {
		t.Fatalf("%d decisions:\n%s", len(r.Decisions), r)
	}
	b.in.Stage = "ghost"
	if _, err := Build(b.key, b.in); err == nil {
		t.Error("a bundle was made for a stage that is not there")
	}
}

// The same input gives the same bytes.
func TestABundleIsDeterministic(t *testing.T) {
	b := build(t)
	again, err := Build(b.key, b.in)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, b.bytes) {
		t.Error("two bundles of the same input differ")
	}
}

func TestBuildRefusesABrokenStream(t *testing.T) {
	b := build(t)
	for name, spoil := range map[string]func(*Input){
		"a changed entry":       func(in *Input) { in.Records[3].Actor++ },
		"a missing entry":       func(in *Input) { in.Records = append(in.Records[:3], in.Records[4:]...) },
		"an older checkpoint":   func(in *Input) { in.Heads[2].Seq-- },
		"no checkpoint of it":   func(in *Input) { in.Heads = in.Heads[:2] },
		"another template":      func(in *Input) { in.Documents = []plan.Document{{Lifecycle: smallTemplate(false)}} },
		"a changed right":       func(in *Input) { in.Rights[3].Actor++ },
		"a missing right":       func(in *Input) { in.Rights = in.Rights[:5] },
		"rights of a project":   func(in *Input) { in.Rights = in.Records },
		"no entries whatsoever": func(in *Input) { in.Records = nil },
	} {
		in := b.in
		in.Records = append([]review.Record(nil), b.in.Records...)
		in.Rights = append([]review.Record(nil), b.in.Rights...)
		in.Heads = append([]review.Head(nil), b.in.Heads...)
		spoil(&in)
		if _, err := Build(b.key, in); err == nil {
			t.Errorf("%s: a bundle was made", name)
		}
	}
}

// The page shows what people typed as text, and can do nothing.
func TestTheReportIsInert(t *testing.T) {
	b := build(t)
	files, problems := readArchive(b.bytes)
	if problems != nil {
		t.Fatal(problems)
	}
	for _, f := range files {
		if f.name != fileReport {
			continue
		}
		page := string(f.data)
		for _, never := range []string{"<script", "<set>", "<Owner>", "<Co>", "javascript:", "onclick", "http-equiv=\"refresh\"", "src="} {
			if strings.Contains(page, never) {
				t.Errorf("the page contains %q", never)
			}
		}
		for _, want := range []string{"default-src &#39;none&#39;", "Alpha &amp; &lt;Co&gt;", "Olga &lt;Owner&gt;",
			"https://wiki.example.test/scope-set/1", "The house burns.", b.key.Verifier()[:12]} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	}
}

// No name stands in a file that a hash of the trail or a statement covers.
func TestNamesStandApart(t *testing.T) {
	b := build(t)
	files, _ := readArchive(b.bytes)
	for _, f := range files {
		named := bytes.Contains(f.data, []byte("Mike")) || bytes.Contains(f.data, []byte("Mona"))
		if allowed := f.name == filePeople || f.name == fileReport; named != allowed {
			t.Errorf("%s: names people: %v", f.name, named)
		}
	}
	b.in.People = nil
	packed, err := Build(b.key, b.in)
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(packed, b.keys, nil); !r.OK() || !strings.Contains(r.String(), "Person 12") {
		t.Errorf("with names erased:\n%s", r)
	}
}
