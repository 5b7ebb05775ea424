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
		"43 entries", "checkpoint 1", "over 5 streams", "kept elsewhere",
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
		in.Records = append([]review.Sealed(nil), b.in.Records...)
		in.Rights = append([]review.Sealed(nil), b.in.Rights...)
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

// tellOfARenewal goes on from a gate that passed: its evidence is renewed, the
// renewal taken back and given again, and the next round signs it.
func tellOfARenewal(tb testing.TB) *world {
	tb.Helper()
	w := tellBriefly(tb)
	w.link(live, "restore-tested", "test-report", 2)
	w.must(w.r.RemoveEvidence(actor(mike), live, "restore-tested", 2, w.tick()))
	w.now = w.now.AddDate(0, 0, 31)
	w.link(live, "restore-tested", "test-report", 3)
	if g := w.r.Stage(live).Gate; g != review.GatePassed {
		tb.Fatalf("renewed, the gate stands %q", g.Label())
	}
	w.answer(live, "restore-tested", review.Met, "Both ways.")
	w.request(live)
	w.link(live, "restore-tested", "test-report", 4)
	w.sign(sre, live, plan.SeatSRE, review.Go)
	return w
}

// A bundle with renewals verifies, and the round that signed them holds them. Without
// the mark, they are what they were before there were renewals: changes.
func TestABundleWithRenewals(t *testing.T) {
	w := tellOfARenewal(t)
	unmarked := edit(func(_ *review.Entry, e *review.EvidenceAdded) { e.Renews = 0 })(append([]review.Entry(nil), w.r.Recorded()...))
	for name, entries := range map[string][]review.Entry{"marked": w.r.Recorded(), "unmarked": unmarked} {
		k := newKey(t, "test")
		packed, err := Build(k, input(t, k, w.tmpl, chained(t, alpha, entries)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r := Verify(packed, keysOf(t, k), nil); !r.OK() {
			t.Errorf("%s, it is refused:\n%s", name, r)
		}
		signed := string(dataOf(contents(t, packed), "content-1-live-2.json"))
		if !strings.Contains(signed, "restore-tested/3") || !strings.Contains(signed, "restore-tested/4") {
			t.Errorf("%s, the second round signed %s", name, signed)
		}
	}
}

// Evidence that is said to renew what it does not is refused, however well the
// chain and the seals fit, by who makes a bundle and by who verifies one.
func TestAForgedRenewalIsRefused(t *testing.T) {
	w := tellOfARenewal(t)
	k := newKey(t, "test")
	packed, err := Build(k, input(t, k, w.tmpl, w.records()))
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []struct{ no, renews int }{{1, 1}, {2, 2}, {4, 1}, {4, 2}} {
		entries := edit(func(_ *review.Entry, e *review.EvidenceAdded) {
			if e.No == forged.no {
				e.Renews = forged.renews
			}
		})(append([]review.Entry(nil), w.r.Recorded()...))
		records := chained(t, alpha, entries)
		if _, err := Build(k, input(t, k, w.tmpl, records)); err == nil || !strings.Contains(err.Error(), "renew") {
			t.Errorf("evidence %d for round %d is packed: %v", forged.no, forged.renews, err)
		}
		spoiled := sealed(t, k, with(contents(t, packed), fileEntries, encodeRecords(records)))
		if r := Verify(spoiled, keysOf(t, k), nil); r.OK() || !strings.Contains(r.String(), "said to renew") {
			t.Errorf("evidence %d for round %d:\n%s", forged.no, forged.renews, r)
		}
	}
}
