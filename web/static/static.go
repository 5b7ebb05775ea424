// Package static holds the files that every page loads: one stylesheet, one script of our own, htmx, the icon.
//
// They are embedded, squeezed and compressed once at start, and served under names that carry a hash of their content, so
// that a browser keeps them for a year and never keeps a stale one.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip" // 1% smaller than the standard library's
)

// htmx comes compressed already (zopfli, 4% smaller than gzip -9): it never changes, so the effort is spent once.
//
//go:embed css js edit htmx-4.0.1.min.js htmx-4.0.1.min.js.gz icon.svg
var source embed.FS

// The stylesheet and the script are each one file for the browser and one a subject for us, joined in this order.
var parts = map[string][]string{
	CSS: {"base", "frame", "states", "controls", "tables", "checklist", "lists", "portfolio", "item", "gate", "media"},
	JS:  {"core", "messages", "drafts", "rows", "pick", "filter", "swap", "find", "keys", "start"},
}

// What only the pages have on which documents are written.
const (
	EditCSS = "edit.css"
	EditJS  = "edit.js"
)

// Prefix is the path under which the files are served.
const Prefix = "/static/"

// The files, by the names that they are served under, but for a hash of their content.
const (
	CSS  = "app.css"
	JS   = "app.js"
	HTMX = "htmx-4.0.1.min.js"
	Icon = "icon.svg"
)

// hashBytes is how much of the SHA-256 goes into a name: 6 bytes, 12 characters.
const hashBytes = 6

// Files is the set of files, ready to serve. It never changes after Load and is safe for concurrent use.
type Files struct {
	urls   map[string]string // by source name
	served map[string]file   // by request path
}

type file struct {
	contentType string
	plain, gzip []byte
}

// Load reads the embedded files. An error means that the binary was built wrongly.
func Load() (*Files, error) {
	f := &Files{urls: map[string]string{}, served: map[string]file{}}
	for _, name := range []string{CSS, JS, HTMX, Icon, EditCSS, EditJS} {
		if err := f.add(name); err != nil {
			return nil, fmt.Errorf("loading static file %s: %w", name, err)
		}
	}
	return f, nil
}

func (f *Files) add(name string) error {
	raw, err := read(name)
	if err != nil {
		return err
	}
	body, err := squeeze(name, raw)
	if err != nil {
		return err
	}
	zipped, err := zippedBody(name, body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	url := Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:hashBytes]) + ext
	f.urls[name] = url
	f.served[url] = file{contentType: contentType(ext), plain: body, gzip: zipped}
	return nil
}

// read gives a file's source. The parts of the script share one function, so that they leave no names behind in the page.
func read(name string) ([]byte, error) {
	names := parts[name]
	if name == EditCSS || name == EditJS {
		return source.ReadFile("edit/" + name)
	}
	if names == nil {
		return source.ReadFile(name)
	}
	var whole bytes.Buffer
	if name == JS {
		whole.WriteString("(() => {\n")
	}
	for _, part := range names {
		raw, err := source.ReadFile(strings.TrimPrefix(path.Ext(name), ".") + "/" + part + path.Ext(name))
		if err != nil {
			return nil, err
		}
		whole.Write(raw)
	}
	if name == JS {
		whole.WriteString("})()\n")
	}
	return whole.Bytes(), nil
}

// URL is the address of a file by its name in this folder, or "" when there is none of that name.
func (f *Files) URL(name string) string { return f.urls[name] }

// ServeHTTP answers GET and HEAD for the hashed names and 404 for any other.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := f.served[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body := found.plain
	if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = found.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client went away: nothing left to tell it
}

// AcceptsGzip reads an Accept-Encoding header: gzip or *, unless refused by q=0.
func AcceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "image/svg+xml"
}

// zippedBody is the compressed body: the stored one where there is one, else made here.
func zippedBody(name string, body []byte) ([]byte, error) {
	if name == HTMX {
		return source.ReadFile(HTMX + ".gz")
	}
	return compress(body)
}

func compress(body []byte) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(body); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
