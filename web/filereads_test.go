package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
)

// A file is read once for as many looks at it as there are, and what it was read as
// is not touched by whoever makes a draft of it.
func TestAFileIsReadOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.browse("librarian")
	first := b.uploadFile("kitchen.json", ourLens(t), "").follow().want(200)
	at := first.importing()
	for range maxReads { // nobody gets to read anything now
		f.reads <- struct{}{}
	}
	if again := b.get(at).want(200); words(again.one("main")) != words(first.one("main")) {
		t.Errorf("looked at again, it is\n%s\nwas\n%s", words(again.one("main")), words(first.one("main")))
	}
	for range maxReads {
		<-f.reads
	}
	fields := first.fields(importForm, "key", "kitchen", "name", "Kitchen")
	b.post(at, fields...).want(303)
	b.get(at).want(200)
	kept, _ := f.Server.read.Holds()
	b.post(at+"/draft", fields...).want(303)
	if now, _ := f.Server.read.Holds(); kept != 2 || now != kept {
		t.Errorf("read in two ways, %d results are kept, and %d once it is a draft", kept, now)
	}
	if third := b.uploadFile("kitchen.json", ourLens(t), "").follow().want(200); third.one("#f-name").AttrOr("value", "") != first.one("#f-name").AttrOr("value", "") {
		t.Errorf("uploaded once more, it is %s", words(third.one("main")))
	}
}

func TestKeptReadsAreBounded(t *testing.T) {
	c := newReadCache()
	var src strings.Builder
	src.WriteString("Stage,Title,Why\n")
	for i := range 1500 {
		fmt.Fprintf(&src, "Design,Item %d,%s\n", i, strings.Repeat("because ", 40))
	}
	r, err := formats.Read(formats.CSV, "a.csv", []byte(src.String()), formats.Options{Kind: plan.KindLifecycle})
	if err != nil || r.Refused() {
		t.Fatal(err, r.Problems)
	}
	size, err := sizeOfRead(&r)
	if err != nil {
		t.Fatal(err)
	}
	if size < src.Len() {
		t.Fatalf("a result of %d bytes counts as %d", src.Len(), size)
	}
	for i := range 20 {
		c.Put(readKey{byte(i)}, keptRead{r, size})
	}
	if n, bytes := c.Holds(); n == 0 || n == 20 || bytes > keptReadBytes {
		t.Errorf("%d results of %d bytes are kept", n, bytes)
	}
}

func TestReadsAreKeptByAllThatTheyDependOn(t *testing.T) {
	seen := map[readKey]bool{}
	for _, c := range []struct {
		f          formats.Format
		name, body string
		opts       formats.Options
	}{
		{formats.CSV, "a", "b", formats.Options{}},
		{formats.Markdown, "a", "b", formats.Options{}},
		{formats.CSV, "ab", "", formats.Options{}},
		{formats.CSV, "a", "c", formats.Options{}},
		{formats.CSV, "a", "b", formats.Options{Key: "k"}},
		{formats.CSV, "a", "b", formats.Options{Columns: map[formats.Column]int{formats.ColumnTitle: 1}}},
		{formats.CSV, "a", "b", formats.Options{Phases: map[string]plan.Phase{"x": "design"}}},
		{formats.CSV, "a", "b", formats.Options{Kind: plan.KindModule, Sheet: "s"}},
	} {
		key, err := keyOfRead(c.f, c.name, []byte(c.body), c.opts)
		if err != nil || seen[key] {
			t.Errorf("%+v: %v, as another: %v", c, err, seen[key])
		}
		seen[key] = true
	}
}
