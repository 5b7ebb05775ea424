package yardstick

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

func render(t *testing.T, p *Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := checklist(p).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFitGivesTheAskedBytes(t *testing.T) {
	for _, tt := range []struct{ items, bytes int }{{120, 60 << 10}, {120, 55_123}, {120, 200_000}, {20, 15_000}, {37, 30_011},
		{206, 100_000}} {
		shape, err := Shape{Projects: 300, Items: tt.items}.Fit(t.Context(), tt.bytes)
		if err != nil {
			t.Errorf("%d items in %d bytes: %v", tt.items, tt.bytes, err)
			continue
		}
		total, pages := 0, 0
		for p := 1; p <= shape.Projects; p += 7 {
			page := shape.page(p)
			n := len(render(t, &page))
			if off := float64(n)/float64(tt.bytes) - 1; off < -0.03 || off > 0.03 {
				t.Errorf("%d items: page %d has %d bytes, %+.1f%% off the asked %d", tt.items, p, n, 100*off, tt.bytes)
			}
			total += n
			pages++
		}
		if mean := total / pages; mean < tt.bytes-tt.items || mean > tt.bytes+tt.items {
			t.Errorf("%d items: %d bytes on average, want %d", tt.items, mean, tt.bytes)
		}
	}
}

func TestFitRefusesWhatCannotBe(t *testing.T) {
	for _, bytes := range []int{0, 20_000, 100 << 20} {
		if s, err := DefaultShape().Fit(t.Context(), bytes); err == nil {
			t.Errorf("%d items in %d bytes: got %+v", s.Items, bytes, s)
		}
	}
}

func TestEscapingIsThatOfTempl(t *testing.T) {
	for _, s := range []string{"", "plain", `<a href="x">'&amp;'</a>`, "&&", "ä <€> 漢", `"`, "tail<", strings.Repeat(">", 50)} {
		if got, want := string(appendEscaped(nil, s)), templ.EscapeString(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
		if got, want := string(appendEscaped(nil, []byte(s))), templ.EscapeString(s); got != want {
			t.Errorf("%q as bytes became %q, want %q", s, got, want)
		}
	}
}

func TestPageEscapesWhatPeopleWrite(t *testing.T) {
	page := DefaultShape().page(1)
	page.Name, page.Owner = "<name>", "<owner>"
	page.Stages[3].Items[2] = item{
		ID: 5, Title: "<title>", Help: "<help>", Owner: "<by>", Evidence: []link{{Title: "<link>", URL: `https://x.test/"<url>`}},
	}
	html := render(t, &page)
	for _, raw := range []string{"<name>", "<owner>", "<help>", "<by>", "<url>", "<title><", `test/"`} {
		if strings.Contains(html, raw) {
			t.Errorf("%s is not escaped", raw)
		}
	}
}

// The floor's page must be the same to the byte, or its speed says nothing about the page's.
func TestFloorGivesTheSamePage(t *testing.T) {
	shape := Shape{Projects: 30, Items: 35, HelpBytes: 30}
	f := &floorPage{}
	for p := 1; p <= shape.Projects; p++ {
		page := shape.page(p)
		page.Stages[p%stages].Items[0].Title = `"<&>'`
		f.reset()
		f.takePage(&page)
		if got, want := string(f.render()), render(t, &page); got != want {
			t.Fatalf("project %d differs at %s", p, firstDifference(got, want))
		}
	}
}

// takePage feeds a page as the values that PostgreSQL would send.
func (f *floorPage) takePage(p *Page) {
	f.takeSession([][]byte{[]byte(p.User), p.CSRF})
	f.takeProject([][]byte{wire64(p.ID), []byte(p.Name), []byte(p.Owner), wire32(int32(p.Tier))})
	for i, s := range p.Stages {
		for _, it := range s.Items {
			f.takeItem([][]byte{
				wire64(it.ID), wire16(int16(i + 1)), wire16(it.Status), wire32(it.Version), []byte(it.Title), []byte(it.Help), []byte(it.Owner),
			})
		}
	}
	for _, s := range p.Stages {
		for _, it := range s.Items {
			for _, l := range it.Evidence {
				f.takeLink([][]byte{wire64(it.ID), []byte(l.Title), []byte(l.URL)})
			}
		}
	}
	for i, s := range p.Stages {
		if s.SignedBy != "" {
			f.takeSignoff([][]byte{wire16(int16(i + 1)), []byte(s.SignedBy), wire64(int64(s.SignedAt.Sub(postgresEpoch) / time.Microsecond))})
		}
	}
}

func wire16(v int16) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func wire32(v int32) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }
func wire64(v int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) }

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-40)
	return fmt.Sprintf("byte %d:\n%.120q\n%.120q", i, a[from:], b[from:])
}

func BenchmarkHybrid(b *testing.B) {
	page := DefaultShape().page(5)
	var buf bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		buf.Reset()
		if err := checklist(&page).Render(b.Context(), &buf); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(buf.Len()))
}

func BenchmarkFloor(b *testing.B) {
	page := DefaultShape().page(5)
	f := &floorPage{}
	f.takePage(&page)
	b.ReportAllocs()
	for b.Loop() {
		f.out = f.out[:0]
		f.render()
	}
	b.SetBytes(int64(len(f.out)))
}
