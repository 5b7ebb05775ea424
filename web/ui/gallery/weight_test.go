package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/web/static"
)

func testDemo(t *testing.T) demo {
	t.Helper()
	files, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	return *newDemo(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), files)
}

func body(t *testing.T, c templ.Component) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if _, err := zw.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// The checklist of 120 items: at most 14 KiB compressed, 1,400 elements, 300 allocations.
func TestChecklistStaysLight(t *testing.T) {
	page := checklist(testDemo(t))
	html := body(t, page)
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("[data-row]").Length(); n != 120 {
		t.Fatalf("%d rows, want 120", n)
	}
	if n := zipped(t, html); n > 14<<10 {
		t.Errorf("%d bytes compressed, want at most %d", n, 14<<10)
	}
	if n := doc.Find("*").Length(); n > 1400 {
		t.Errorf("%d elements, want at most 1400", n)
	}
	allocations := testing.AllocsPerRun(20, func() {
		if err := page.Render(context.Background(), io.Discard); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 300 {
		t.Errorf("%v allocations, want at most 300", allocations)
	}
	t.Logf("%d bytes, %d compressed, %d elements, %v allocations", len(html), zipped(t, html), doc.Find("*").Length(), allocations)
}

func TestPortfolioStaysLight(t *testing.T) {
	html := body(t, portfolio(testDemo(t)))
	// docs/adr/0052 says what the links in it are worth.
	if n := zipped(t, html); n > 7<<10 {
		t.Errorf("%d bytes compressed, want at most %d", n, 7<<10)
	}
}

// Every page obeys the policy (no inline script, style or handler) and has one h1, labelled controls and unique ids.
func TestPagesAreWellFormed(t *testing.T) {
	d := testDemo(t)
	for path, page := range pages(&d) {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body(t, page(d))))
		if err != nil {
			t.Fatal(err)
		}
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%s: %d h1, want 1", path, n)
		}
		if n := doc.Find("style, [style], script:not([src])").Length(); n != 0 {
			t.Errorf("%s: %d inline scripts or styles", path, n)
		}
		ids := map[string]bool{}
		doc.Find("*").Each(func(_ int, s *goquery.Selection) {
			checkElement(t, path, s, ids)
		})
	}
}

func checkElement(t *testing.T, path string, s *goquery.Selection, ids map[string]bool) {
	t.Helper()
	for _, a := range s.Nodes[0].Attr {
		if len(a.Key) > 2 && a.Key[:2] == "on" {
			t.Errorf("%s: handler attribute %s", path, a.Key)
		}
		if a.Key == "id" && ids[a.Val] {
			t.Errorf("%s: id %s twice", path, a.Val)
		}
		if a.Key == "id" {
			ids[a.Val] = true
		}
		if a.Key == "aria-current" && a.Val == "" {
			t.Errorf("%s: empty aria-current", path)
		}
	}
}
