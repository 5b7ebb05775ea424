package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
)

func load(t *testing.T) *Files {
	t.Helper()
	f, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every page loads these three, once a release; docs/adr/0079 and 0104 say why they may weigh this much compressed.
func TestAllFilesTogetherStayLight(t *testing.T) {
	f := load(t)
	const most = 28 << 10
	total := 0
	for _, name := range []string{CSS, JS, HTMX} {
		n := len(f.served[f.URL(name)].gzip)
		t.Logf("%s: %d bytes compressed", name, n)
		total += n
	}
	if total > most {
		t.Errorf("CSS and scripts weigh %d bytes compressed, want at most %d", total, most)
	}
}

func TestEveryPartIsJoined(t *testing.T) {
	for name, listed := range parts {
		folder := strings.TrimPrefix(path.Ext(name), ".")
		there, err := source.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range there {
			if part := strings.TrimSuffix(f.Name(), path.Ext(name)); !slices.Contains(listed, part) {
				t.Errorf("%s/%s is no part of %s", folder, f.Name(), name)
			}
		}
		if len(there) != len(listed) {
			t.Errorf("%s has %d files, %d are listed", folder, len(there), len(listed))
		}
	}
}

func TestServesCompressedAndPlainAlike(t *testing.T) {
	f := load(t)
	for _, name := range []string{CSS, JS, HTMX, Icon} {
		plain := get(t, f, f.URL(name), "")
		zipped := get(t, f, f.URL(name), "br, gzip;q=0.8")
		if got := zipped.Header().Get("Content-Encoding"); got != "gzip" {
			t.Fatalf("%s: Content-Encoding %q, want gzip", name, got)
		}
		zr, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(zr)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(body, plain.Body.Bytes()) || len(body) == 0 {
			t.Errorf("%s: compressed and plain bodies differ", name)
		}
		if got := plain.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
}

func TestUnknownNamesAndMethodsAreRefused(t *testing.T) {
	f := load(t)
	for _, path := range []string{"/static/app.css", "/static/", "/static/../static.go", "/static/app.000000000000.css"} {
		if rec := get(t, f, path, ""); rec.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, rec.Code)
		}
	}
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, f.URL(CSS), nil))
	if rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", rec.Code)
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"*": true, "*;q=0": false, "identity": false, "gzip;q=0.5, br": true, "xgzip": false,
	} {
		if got := AcceptsGzip(header); got != want {
			t.Errorf("AcceptsGzip(%q) = %v, want %v", header, got, want)
		}
	}
}

// Nothing on a page may need more than 'self' in the Content-Security-Policy.
func TestOwnFilesStayWithinThePolicy(t *testing.T) {
	for _, name := range []string{CSS, JS} {
		raw, err := read(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"url(", "@import", "data:", "eval(", "new Function", ".innerHTML", "insertAdjacentHTML", "http://", "https://", ".style"} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
}

func get(t *testing.T, f *Files, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if accept != "" {
		r.Header.Set("Accept-Encoding", accept)
	}
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, r)
	return rec
}
